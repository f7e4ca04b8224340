#include "filter/cond_lex.h"

/* Nothing behind what did not fit. */
static void put(struct buf *out, struct span s)
{
	if (!out->full)
		buf_put(out, s.p, s.n);
}

static void put_char(struct buf *out, char c)
{
	put(out, span_of(&c, 1));
}

static void put_words(struct buf *out, const char *words)
{
	put(out, span_of(words, strlen(words)));
}

static void put_hex(struct buf *out, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";

	put_char(out, hex[c >> 4]);
	put_char(out, hex[c & 15]);
}

/* As it is where the parser reads it back so, else in quotes. */
static void put_text(struct buf *out, struct span s)
{
	static const char codes[] = "\bb\ff\nn\rr\tt\"\"\\\\";
	static const struct span words[] = { SPAN_INIT("and"), SPAN_INIT("or"), SPAN_INIT("not") };
	bool bare = s.n > 0;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		bare = bare && !span_eq(words[i], s);
	for (size_t i = 0; bare && i < s.n; i++)
		bare = cond_lex_bare(s.p[i]) && (unsigned char)s.p[i] >= ' ' && s.p[i] != 0x7f;
	if (bare) {
		put(out, s);
		return;
	}
	put_char(out, '"');
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		const char *code = NULL;

		for (size_t k = 0; k + 1 < sizeof(codes) && !code; k += 2)
			code = (unsigned char)codes[k] == c ? codes + k : NULL;
		if (code) {
			put_char(out, '\\');
			put_char(out, code[1]);
		} else if (c < ' ' || c == 0x7f) {
			put_words(out, "\\x");
			put_hex(out, c);
		} else {
			put_char(out, (char)c);
		}
	}
	put_char(out, '"');
}

static void put_value(struct buf *out, const struct cond_check *c, const struct cond_value *v)
{
	if (c->op != COND_BCONTAINS && c->op != COND_BSTARTSWITH) {
		put_text(out, v->text);
		return;
	}
	for (size_t i = 0; i < v->text.n; i++)
		put_hex(out, (unsigned char)v->text.p[i]);
}

static void put_operand(struct buf *out, const struct cond_operand *o, bool right)
{
	bool val = right && !o->transform_count;

	for (unsigned i = o->transform_count; i--;) {
		put(out, cond_transform_names[o->transforms[i]]);
		put_char(out, '(');
	}
	put_words(out, val ? "val(" : "");
	put(out, o->member.n ? o->member : fields[o->field].name);
	for (unsigned i = 0; i < o->transform_count + val; i++)
		put_char(out, ')');
}

void cond_print_check(const struct cond_check *c, bool negated, struct buf *out)
{
	static const char *const among[] = { [COND_ONE] = "", [COND_ANYOF] = "anyof ", [COND_ALLOF] = "allof " };
	bool many = c->among != COND_ONE || c->op == COND_IN || c->op == COND_INTERSECTS || c->op == COND_PMATCH;

	if (negated)
		put_words(out, "not ");
	put_operand(out, &c->left, false);
	put_char(out, ' ');
	put(out, cond_op_names[c->op]);
	if (c->op == COND_EXISTS)
		return;
	put_char(out, ' ');
	if (c->right) {
		put_operand(out, c->right, true);
		return;
	}
	put_words(out, among[c->among]);
	if (many)
		put_char(out, '(');
	for (size_t i = 0; i < c->count && !out->full; i++) {
		if (i)
			put_words(out, ", ");
		put_value(out, c, &c->values[i]);
	}
	if (many)
		put_char(out, ')');
}

static void print(const struct cond_node *n, struct buf *out, bool inner)
{
	if (n->kind == COND_CHECK) {
		cond_print_check(n->check, n->negated, out);
		return;
	}
	if (!n->count) {
		put_words(out, n->kind == COND_AND ? "true" : "false");
		return;
	}
	inner = inner && n->count > 1;
	if (inner)
		put_char(out, '(');
	for (size_t i = 0; i < n->count && !out->full; i++) {
		if (i)
			put_words(out, n->kind == COND_AND ? " and " : " or ");
		print(n->part[i], out, n->count > 1);
	}
	if (inner)
		put_char(out, ')');
}

void cond_print(const struct cond_node *n, struct buf *out)
{
	print(n, out, false);
}
