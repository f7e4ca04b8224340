#include "filter/cond_lex.h"

const struct span cond_op_names[COND_OP_COUNT] = {
	[COND_EXISTS] = SPAN_INIT("exists"),
	[COND_EQUAL] = SPAN_INIT("="),
	[COND_NOT_EQUAL] = SPAN_INIT("!="),
	[COND_LESS] = SPAN_INIT("<"),
	[COND_LESS_EQUAL] = SPAN_INIT("<="),
	[COND_GREATER] = SPAN_INIT(">"),
	[COND_GREATER_EQUAL] = SPAN_INIT(">="),
	[COND_CONTAINS] = SPAN_INIT("contains"),
	[COND_ICONTAINS] = SPAN_INIT("icontains"),
	[COND_BCONTAINS] = SPAN_INIT("bcontains"),
	[COND_STARTSWITH] = SPAN_INIT("startswith"),
	[COND_BSTARTSWITH] = SPAN_INIT("bstartswith"),
	[COND_ENDSWITH] = SPAN_INIT("endswith"),
	[COND_GLOB] = SPAN_INIT("glob"),
	[COND_IGLOB] = SPAN_INIT("iglob"),
	[COND_REGEX] = SPAN_INIT("regex"),
	[COND_IN] = SPAN_INIT("in"),
	[COND_INTERSECTS] = SPAN_INIT("intersects"),
	[COND_PMATCH] = SPAN_INIT("pmatch"),
};

const struct span cond_transform_names[COND_TRANSFORM_COUNT] = {
	[COND_TOLOWER] = SPAN_INIT("tolower"),
	[COND_TOUPPER] = SPAN_INIT("toupper"),
	[COND_BASENAME] = SPAN_INIT("basename"),
	[COND_LEN] = SPAN_INIT("len"),
};

/* Operators made of signs, the longer ones first. */
static const struct {
	struct span sign;
	enum cond_op op;
} signs[] = {
	{ SPAN_INIT("=="), COND_EQUAL }, { SPAN_INIT("!="), COND_NOT_EQUAL }, { SPAN_INIT("<="), COND_LESS_EQUAL },
	{ SPAN_INIT(">="), COND_GREATER_EQUAL }, { SPAN_INIT("="), COND_EQUAL }, { SPAN_INIT("<"), COND_LESS },
	{ SPAN_INIT(">"), COND_GREATER },
};

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool name_byte(char c)
{
	return letter(c) || (c >= '0' && c <= '9') || c == '.' || c == '~' || c == '-';
}

char cond_lex_next(struct cond_lex *lx)
{
	while (cond_lex_blank(lx->text[lx->at]))
		lx->at++;
	return lx->text[lx->at];
}

bool cond_lex_take(struct cond_lex *lx, char c)
{
	if (cond_lex_next(lx) != c)
		return false;
	lx->at++;
	return true;
}

/* Bytes of "[...]" at p, 0: it is none. */
static size_t bracket(const char *p)
{
	size_t n = 1;

	while (cond_lex_bare(p[n]) || p[n] == '"' || p[n] == '\'') {
		if (p[n] == ']')
			return n + 1;
		n++;
	}
	return 0;
}

struct span cond_lex_peek(struct cond_lex *lx)
{
	char c = cond_lex_next(lx);
	const char *p = lx->text + lx->at;
	size_t n = 0, more;

	while (letter(c) && (name_byte(p[n]) || p[n] == '[')) {
		more = p[n] == '[' ? bracket(p + n) : 1;
		if (!more)
			break;
		n += more;
	}
	return span_of(p, n);
}

struct span cond_lex_name(struct cond_lex *lx)
{
	struct span name = cond_lex_peek(lx);

	lx->at += name.n;
	return name;
}

bool cond_lex_keyword(struct cond_lex *lx, struct span word)
{
	if (!span_eq(cond_lex_peek(lx), word))
		return false;
	lx->at += word.n;
	return true;
}

int cond_lex_operator(struct cond_lex *lx)
{
	struct span name = cond_lex_peek(lx);

	for (int op = 0; name.n && op < COND_OP_COUNT; op++)
		if (span_eq(cond_op_names[op], name)) {
			lx->at += name.n;
			return op;
		}
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++)
		if (strncmp(lx->text + lx->at, signs[i].sign.p, signs[i].sign.n) == 0) {
			lx->at += signs[i].sign.n;
			return signs[i].op;
		}
	return -1;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Bytes of the escape at p, which begins with a backslash; 0: none that we know. */
static size_t escape(const char *p, char quote)
{
	if (p[1] == 'x')
		return hex_digit(p[2]) >= 0 && hex_digit(p[3]) >= 0 ? 4 : 0;
	return p[1] != '\0' && (strchr("bfnrt\\/", p[1]) || p[1] == quote) ? 2 : 0;
}

static bool quoted(struct cond_lex *lx, struct cond_word *out)
{
	const char *p = lx->text + lx->at + 1;
	char quote = p[-1];
	size_t n = 0, more;

	out->quoted = true;
	while (p[n] != '\0' && p[n] != quote) {
		more = p[n] == '\\' ? escape(p + n, quote) : 1;
		if (!more && !out->why && p[n + 1] != '\0') {
			out->why = "unknown escape; known are \\\\ \\/ \\b \\f \\n \\r \\t \\xHH and the quote in use";
			out->why_at = lx->at + 1 + n;
		}
		n += more ? more : p[n + 1] ? 2 : 1;
	}
	if (p[n] == '\0') {
		out->why = "the quote that begins here has no end";
		out->why_at = lx->at;
	}
	out->raw = span_of(p, n);
	lx->at += n + (p[n] == quote ? 2 : 1);
	return !out->why;
}

bool cond_lex_value(struct cond_lex *lx, struct cond_word *out)
{
	char c = cond_lex_next(lx);
	const char *p = lx->text + lx->at;
	size_t n = 0;

	*out = (struct cond_word){ .at = lx->at };
	if (c == '"' || c == '\'')
		return quoted(lx, out);
	while (cond_lex_bare(p[n]))
		n++;
	out->raw = span_of(p, n);
	lx->at += n;
	return n > 0;
}

size_t cond_lex_unescape(struct span raw, char *out)
{
	static const char codes[] = "b\bf\fn\nr\rt\t";
	size_t n = 0;

	for (size_t i = 0; i < raw.n; i++) {
		char c = raw.p[i];

		if (c == '\\') {
			c = raw.p[++i];
			const char *code = memchr(codes, c, sizeof(codes) - 1);
			if (c == 'x') {
				c = (char)(hex_digit(raw.p[i + 1]) * 16 + hex_digit(raw.p[i + 2]));
				i += 2;
			} else if (code) {
				c = code[1];
			}
		}
		out[n++] = c;
	}
	return n;
}

void cond_lex_recover(struct cond_lex *lx)
{
	static const struct span words[] = { SPAN_INIT("and"), SPAN_INIT("or") };
	struct cond_word skipped;
	size_t open = 0;

	for (;;) {
		char c = cond_lex_next(lx);
		struct span name = cond_lex_peek(lx);

		if (c == '\0' || (!open && (c == ')' || span_eq(name, words[0]) || span_eq(name, words[1]))))
			return;
		open += c == '(';
		open -= c == ')';
		if (c == '"' || c == '\'' || cond_lex_bare(c))
			cond_lex_value(lx, &skipped);
		else
			lx->at++;
	}
}

void cond_lex_close(struct cond_lex *lx, size_t open)
{
	while (open && lx->text[lx->at] != '\0') {
		cond_lex_recover(lx);
		if (cond_lex_take(lx, ')'))
			open--;
		else
			cond_lex_name(lx);
	}
}
