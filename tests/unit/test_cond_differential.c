/*
 * The compiled ruleset against a slow and plain evaluator that walks the parsed condition: random conditions made of
 * what the golden events say, and rows written by hand. COND_SEED and COND_SETS in the environment change the run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "event/proctab.h"
#include "event_kit.h"
#include "filter/ruleset.h"

#include <arpa/inet.h>
#include <fnmatch.h>
#include <glob.h>
#include <regex.h>
#include <stdio.h>

#define RULES 70
#define SETS 24
#define TEXT_MAX 65536

/* --- the plain evaluator --- */

struct texts {
	struct span item[4096];
	size_t count;
	bool cut;
	char room[1 << 20];
	size_t used;
};

static struct span store(struct texts *t, struct span s)
{
	char *w = t->room + t->used;

	assert_true(t->used + s.n + 1 < sizeof(t->room));
	if (s.n)
		memcpy(w, s.p, s.n);
	w[s.n] = '\0';
	t->used += s.n + 1;
	return span_of(w, s.n);
}

static void add_text(struct texts *t, struct span s)
{
	assert_true(t->count < sizeof(t->item) / sizeof(t->item[0]));
	t->item[t->count++] = store(t, s);
}

static void add_number(struct texts *t, size_t n)
{
	char text[32];

	add_text(t, span_of(text, (size_t)snprintf(text, sizeof(text), "%lu", (unsigned long)n)));
}

static void add_value(struct texts *t, const struct value *v, bool len)
{
	static char text[1 << 17];
	struct buf b = { .p = text, .cap = sizeof(text) };

	t->cut = t->cut || v->cut;
	if ((v->kind == VALUE_LIST || v->kind == VALUE_NAMES) && len) {
		add_number(t, v->n);
	} else if (v->kind == VALUE_LIST || v->kind == VALUE_NAMES) {
		for (uint32_t i = 0; i < v->n; i++)
			add_text(t, v->list[i]);
	} else if (v->kind != VALUE_NONE) {
		event_kit_print(&b, v);
		assert_false(b.full);
		add_text(t, span_of(b.p, b.n));
	}
}

/* Every transform by itself, of every text. */
static void transform(struct texts *t, enum cond_transform how)
{
	for (size_t i = 0; i < t->count; i++) {
		struct span *s = &t->item[i];
		char *p = (char *)s->p;

		if (how == COND_LEN) {
			size_t n = t->count;
			size_t len = s->n;
			add_number(t, len);
			*s = t->item[n];
			t->count = n;
		}
		for (size_t k = 0; k < s->n && how == COND_TOLOWER; k++)
			p[k] = p[k] >= 'A' && p[k] <= 'Z' ? (char)(p[k] - 'A' + 'a') : p[k];
		for (size_t k = 0; k < s->n && how == COND_TOUPPER; k++)
			p[k] = p[k] >= 'a' && p[k] <= 'z' ? (char)(p[k] - 'a' + 'A') : p[k];
		for (size_t k = s->n; k > 0 && how == COND_BASENAME; k--) {
			if (p[k - 1] == '/') {
				*s = span_of(p + k, s->n - k);
				break;
			}
		}
	}
}

static void operand_texts(struct texts *t, struct event *ev, const struct cond_operand *o)
{
	bool len = o->transform_count && o->transforms[0] == COND_LEN;
	struct value v;

	t->count = t->used = 0;
	t->cut = false;
	if (o->ancestors) {
		for (unsigned i = 1; i <= PROC_DEPTH; i++) {
			char name[64];
			snprintf(name, sizeof(name), "%s[%u]", fields[o->field].name.p, i);
			if (event_get_member(ev, span_of(name, strlen(name)), &v))
				add_value(t, &v, len);
		}
	} else if (o->member.n) {
		if (event_get_member(ev, o->member, &v))
			add_value(t, &v, len);
	} else {
		const struct value *one = event_get(ev, o->field);
		if (one)
			add_value(t, one, len);
		if (one && len && (one->kind == VALUE_LIST || one->kind == VALUE_NAMES))
			return;
	}
	for (unsigned i = 0; i < o->transform_count; i++)
		transform(t, (enum cond_transform)o->transforms[i]);
}

/* A decimal number as sign and size; false: none. */
static bool decimal(struct span s, int *sign, unsigned long long *size)
{
	char *end;

	*sign = s.n && s.p[0] == '-' ? -1 : 1;
	s = span_of(s.p + (*sign < 0), s.n - (*sign < 0));
	if (!s.n || s.n > 20 || s.p[0] < '0' || s.p[0] > '9')
		return false;
	*size = strtoull(s.p, &end, 10);
	if (*size == 0)
		*sign = 1;
	return end == s.p + s.n;
}

static bool numeric(enum field_type t)
{
	return t == TYPE_I64 || t == TYPE_U64 || t == TYPE_TIME || t == TYPE_REL || t == TYPE_PORT;
}

static bool order_fits(enum cond_op op, int order)
{
	switch (op) {
	case COND_LESS:
		return order < 0;
	case COND_LESS_EQUAL:
		return order <= 0;
	case COND_GREATER:
		return order > 0;
	case COND_GREATER_EQUAL:
		return order >= 0;
	case COND_NOT_EQUAL:
		return order != 0;
	default:
		return order == 0;
	}
}

static bool numbers_fit(enum cond_op op, struct span a, int sign, unsigned long long size)
{
	int mine;
	unsigned long long n;

	if (!decimal(a, &mine, &n))
		return false;
	if (mine != sign)
		return order_fits(op, mine < sign ? -1 : 1);
	return order_fits(op, n == size ? 0 : (n < size) == (sign > 0) ? -1 : 1);
}

static bool address(struct span s, unsigned char out[16])
{
	struct in_addr four;
	struct in6_addr six;

	if (inet_pton(AF_INET, s.p, &four) == 1) {
		char mapped[64];
		snprintf(mapped, sizeof(mapped), "::ffff:%s", s.p);
		assert_int_equal(inet_pton(AF_INET6, mapped, &six), 1);
	} else if (inet_pton(AF_INET6, s.p, &six) != 1) {
		return false;
	}
	memcpy(out, &six, 16);
	return true;
}

static bool net_fits(enum cond_op op, struct span a, const struct cond_net *net)
{
	unsigned char mine[16];
	bool in = true;

	if (!address(a, mine))
		return false;
	for (unsigned bit = 0; bit < net->bits; bit++)
		in = in && (mine[bit / 8] >> (7 - bit % 8) & 1) == (net->address[bit / 8] >> (7 - bit % 8) & 1);
	return op == COND_NOT_EQUAL ? !in : in;
}

/* The names of a path, by their first one. */
static size_t names(char *path, char **out)
{
	size_t n = 0;

	for (char *save, *p = strtok_r(path, "/", &save); p; p = strtok_r(NULL, "/", &save))
		out[n++] = p;
	return n;
}

static bool below(struct span path, struct span prefix)
{
	static char a[TEXT_MAX + 1], b[TEXT_MAX + 1], *have[TEXT_MAX], *want[TEXT_MAX];
	size_t have_n, want_n;

	if (!path.n || !prefix.n || (path.p[0] == '/') != (prefix.p[0] == '/'))
		return false;
	assert_true(path.n <= TEXT_MAX && prefix.n <= TEXT_MAX);
	memcpy(a, path.p, path.n + 1);
	memcpy(b, prefix.p, prefix.n + 1);
	have_n = names(a, have);
	want_n = names(b, want);
	for (size_t i = 0; i < want_n; i++) {
		if (i >= have_n || fnmatch(want[i], have[i], 0) != 0)
			return false;
	}
	return true;
}

/* No verdict: a regular expression may give up on a long text, and what is a string here ends at a NUL. */
static bool unsure;
#define REGEX_SURE 256 /* with two parts that give way */

static bool whole_regex(struct span text, struct span pattern)
{
	char whole[2048];
	regex_t re;
	int rc;

	unsure = unsure || text.n > REGEX_SURE;
	if (text.n > REGEX_SURE)
		return false;
	snprintf(whole, sizeof(whole), "^(%s)$", pattern.p);
	assert_int_equal(regcomp(&re, whole, REG_EXTENDED | REG_NOSUB), 0);
	rc = regexec(&re, text.p, 0, NULL, 0);
	regfree(&re);
	return rc == 0;
}

static bool found(struct span text, struct span part, bool fold)
{
	for (size_t i = 0; i + part.n <= text.n; i++) {
		if (fold ? strncasecmp(text.p + i, part.p, part.n) == 0 : strncmp(text.p + i, part.p, part.n) == 0)
			return true;
	}
	return false;
}

/* Both end with a NUL, and have none. */
static bool texts_fit(enum cond_op op, struct span a, struct span want)
{
	switch (op) {
	case COND_EQUAL:
	case COND_IN:
	case COND_INTERSECTS:
		return strcmp(a.p, want.p) == 0;
	case COND_NOT_EQUAL:
		return strcmp(a.p, want.p) != 0;
	case COND_CONTAINS:
	case COND_BCONTAINS:
		return found(a, want, false);
	case COND_ICONTAINS:
		return found(a, want, true);
	case COND_STARTSWITH:
	case COND_BSTARTSWITH:
		return strncmp(a.p, want.p, want.n) == 0;
	case COND_ENDSWITH:
		return a.n >= want.n && strcmp(a.p + a.n - want.n, want.p) == 0;
	case COND_GLOB:
		return fnmatch(want.p, a.p, 0) == 0;
	case COND_IGLOB:
		return fnmatch(want.p, a.p, FNM_CASEFOLD) == 0;
	case COND_REGEX:
		return whole_regex(a, want);
	case COND_PMATCH:
		return below(a, want);
	default:
		return false;
	}
}

static bool one_fits(const struct cond_check *c, struct span item, const struct cond_value *v, struct span theirs)
{
	enum field_type type = c->left.type;
	static struct texts z;
	bool fits;
	int sign;
	unsigned long long size;

	z.used = 0;
	if (numeric(type) && v) {
		sign = !v->big && v->i64 < 0 ? -1 : 1;
		size = (unsigned long long)v->i64;
		fits = numbers_fit(c->op, item, sign, sign < 0 ? -size : size);
	} else if (numeric(type)) {
		fits = decimal(theirs, &sign, &size) && numbers_fit(c->op, item, sign, size);
	} else if (type == TYPE_BOOL) {
		bool want = v ? v->i64 : strcmp(theirs.p, "true") == 0;
		fits = ((strcmp(item.p, "true") == 0) == want) == (c->op != COND_NOT_EQUAL);
	} else if (type == TYPE_IP) {
		struct cond_net net = { .bits = 128 };
		if (!v)
			address(theirs, net.address);
		fits = net_fits(c->op, item, v ? &v->net : &net);
	} else {
		fits = texts_fit(c->op, item, store(&z, v ? v->text : theirs));
	}
	return fits;
}

enum say { NO, MAYBE, YES };

/* Bytes of a cut text that may not be its own: dots, three or more. */
static const bool *odd_dots(struct span text)
{
	static bool odd[TEXT_MAX + 1];

	assert_true(text.n <= TEXT_MAX);
	memset(odd, 0, sizeof(odd));
	for (size_t i = 0; i + 3 <= text.n; i++) {
		if (memcmp(text.p + i, "...", 3) == 0)
			odd[i] = odd[i + 1] = odd[i + 2] = true;
	}
	return odd;
}

/* Whatever stands in the place of these dots: does it fit? */
static enum say cut_fits(enum cond_op op, struct span a, struct span want)
{
	const bool *odd = odd_dots(a);
	size_t head = 0;

	while (head < a.n && !odd[head])
		head++;
	if (op == COND_STARTSWITH || op == COND_BSTARTSWITH || op == COND_EQUAL || op == COND_IN ||
	    op == COND_INTERSECTS) {
		bool begins = op == COND_STARTSWITH || op == COND_BSTARTSWITH;
		for (size_t i = 0; i < head; i++) {
			if (i == want.n)
				return begins ? YES : NO;
			if (want.p[i] != a.p[i])
				return NO;
		}
		return begins && want.n == head ? YES : MAYBE;
	}
	if (op == COND_NOT_EQUAL)
		return (enum say)(YES - cut_fits(COND_EQUAL, a, want));
	if (op != COND_CONTAINS && op != COND_BCONTAINS && op != COND_ICONTAINS)
		return MAYBE;
	for (size_t i = 0; i + want.n <= a.n; i++) {
		size_t n = 0;
		while (n < want.n && !odd[i + n] &&
		       (op == COND_ICONTAINS ? strncasecmp(a.p + i + n, want.p + n, 1) == 0 : a.p[i + n] == want.p[n]))
			n++;
		if (n == want.n)
			return YES;
	}
	return MAYBE;
}

/* Of a cut text's length or last name nothing is known. */
static bool is_derived(const struct cond_operand *o)
{
	for (unsigned i = 0; i < o->transform_count; i++) {
		if (o->transforms[i] == COND_LEN || o->transforms[i] == COND_BASENAME)
			return true;
	}
	return false;
}

static enum say any_value(const struct cond_check *c, const struct texts *left, struct span item,
	const struct texts *right)
{
	bool all = c->among == COND_ALLOF;
	size_t count = right ? right->count : c->count, says[3] = { 0 };

	for (size_t i = 0; i < count; i++) {
		const struct cond_value *value = right ? NULL : &c->values[i];
		struct span theirs = right ? right->item[i] : span_of("", 0);

		if ((right && right->cut) || (left->cut && is_derived(&c->left)))
			says[MAYBE]++;
		else if (left->cut)
			says[cut_fits(c->op, item, value ? value->text : theirs)]++;
		else
			says[one_fits(c, item, value, theirs) ? YES : NO]++;
	}
	if (count == 0 || says[NO] == count || (all && says[NO])) /* no values: none fits */
		return NO;
	return says[YES] == count || (!all && says[YES]) ? YES : MAYBE;
}

static bool neutral(int f)
{
	return f == FIELD_EVT_RES || f == FIELD_EVT_RAWRES || f == FIELD_EVT_FAILED || f == FIELD_EVT_DIR ||
		f == FIELD_FD_NUM;
}

/* A value that is no number, or no address, where one is wanted, is none. */
static void only_typed(struct texts *t, enum field_type type)
{
	size_t n = 0;
	int sign;
	unsigned long long size;
	unsigned char bytes[16];

	for (size_t i = 0; i < t->count; i++) {
		if ((!numeric(type) || decimal(t->item[i], &sign, &size)) &&
		    (type != TYPE_IP || address(t->item[i], bytes)))
			t->item[n++] = t->item[i];
	}
	t->count = n;
}

static bool plain_check(struct event *ev, const struct cond_check *c, bool negated)
{
	static struct texts left, right;
	size_t says[3] = { 0 };
	enum say say;

	if (ev->pending && (neutral(c->left.field) || (c->right && neutral(c->right->field))))
		return true;
	operand_texts(&left, ev, &c->left);
	only_typed(&left, c->left.type);
	if (c->right) {
		operand_texts(&right, ev, c->right);
		only_typed(&right, c->right->type);
	}
	if (!left.count || (c->right && !right.count))
		return negated;
	for (size_t i = 0; i < left.count; i++)
		unsure = unsure || memchr(left.item[i].p, '\0', left.item[i].n);
	for (size_t i = 0; i < left.count && c->op != COND_EXISTS; i++)
		says[any_value(c, &left, left.item[i], c->right ? &right : NULL)]++;
	if (c->op == COND_EXISTS)
		say = YES;
	else if (c->op == COND_IN && c->left.type == TYPE_LIST)
		say = says[NO] ? NO : says[MAYBE] ? MAYBE : YES;
	else
		say = says[YES] ? YES : says[MAYBE] ? MAYBE : NO;
	return say == MAYBE || (say == YES) != negated;
}

static bool plain(struct event *ev, const struct cond_node *n)
{
	if (n->kind == COND_CHECK)
		return plain_check(ev, n->check, n->negated);
	for (size_t i = 0; i < n->count; i++) {
		if (plain(ev, n->part[i]) == (n->kind == COND_OR))
			return n->kind == COND_OR;
	}
	return n->kind == COND_AND;
}

/* --- random conditions --- */

static uint64_t seed;

static unsigned dice(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 11) % n;
}

struct sample {
	char name[64];
	enum field_type type;
	char text[200];
	size_t n;
};
static struct sample samples[3000];
static size_t sample_count, seen_count;

static void sample(const char *name, enum field_type type, const struct value *v)
{
	struct value one = *v;
	struct sample s;
	struct buf b = { .p = s.text, .cap = sizeof(s.text) };

	if (v->kind == VALUE_LIST || v->kind == VALUE_NAMES) {
		if (!v->n)
			return;
		one = as_text(v->list[dice(v->n)]);
	}
	event_kit_print(&b, &one);
	if (b.full || strlen(name) >= sizeof(s.name) || memchr(s.text, '\0', b.n))
		return;
	snprintf(s.name, sizeof(s.name), "%s", name);
	s.type = type;
	s.n = b.n;
	seen_count++;
	if (sample_count < sizeof(samples) / sizeof(samples[0]))
		samples[sample_count++] = s;
	else if (dice((unsigned)seen_count) < sample_count)
		samples[dice((unsigned)sample_count)] = s;
}

static void harvest(void *ctx, struct event *ev)
{
	static const char *const members[] = {
		"proc.aname[1]", "proc.aname[2]", "proc.apid[1]", "proc.aexepath[1]", "audit.path[0].name",
		"audit.path[0].ouid", "audit.path[1].nametype", "audit.avc.tclass", "proc.aname", "proc.acmdline"
	};
	char name[64];
	struct value v;

	(void)ctx;
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct value *one = fields[f].type == TYPE_FAMILY ? NULL : event_get(ev, f);
		if (one && (f == FIELD_EVT_TYPE || dice(4) == 0))
			sample(fields[f].name.p, fields[f].type, one);
	}
	for (uint32_t i = 0; i < ev->arg_count; i++) {
		snprintf(name, sizeof(name), "evt.arg.%.*s", (int)ev->args[i].name.n, ev->args[i].name.p);
		sample(name, TYPE_STR, &ev->args[i].value);
	}
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		bool all = !strchr(members[i], '[');
		bool number = strstr(members[i], "apid") || strstr(members[i], "ouid");
		snprintf(name, sizeof(name), "%s%s", members[i], all ? "[1]" : "");
		if (event_get_member(ev, span_of(name, strlen(name)), &v))
			sample(members[i], number ? TYPE_I64 : TYPE_STR, &v);
	}
}

static void put_quoted(struct buf *b, const char *p, size_t n)
{
	buf_putc(b, '"');
	for (size_t i = 0; i < n; i++) {
		if (p[i] == '"' || p[i] == '\\')
			buf_printf(b, "\\%c", p[i]);
		else if (p[i] < 0x20 || p[i] == 0x7f)
			buf_printf(b, "\\x%02x", (unsigned char)p[i]);
		else
			buf_putc(b, p[i]);
	}
	buf_putc(b, '"');
}

static const struct sample *any_sample(void)
{
	return &samples[dice((unsigned)sample_count)];
}

/* A value near to what an event says: of the sample, or of another one of the same type. */
static void put_near(struct buf *b, const struct sample *s, const char *op)
{
	char text[800];
	size_t from = 0, n = s->n;

	memcpy(text, s->text, n);
	if (strstr(op, "glob") || !strcmp(op, "pmatch")) {
		static const char *const put_in[] = { "*", "?", "[a-z]", "[!x]", "\\", "**", "[[:alpha:]]" };
		size_t at = n ? dice((unsigned)n) : 0, cut = n - at > 1 ? dice(2) + (dice(3) ? 0 : n - at - 1) : 0;
		const char *piece = put_in[dice(7)];
		if (dice(5) && !(piece[0] == '\\' && at + cut >= n)) {
			memmove(text + at + strlen(piece), text + at + cut, n - at - cut);
			memcpy(text + at, piece, strlen(piece));
			n = n - cut + strlen(piece);
		}
	}
	if (strstr(op, "start") || !strcmp(op, "pmatch"))
		n = n && dice(2) ? dice((unsigned)n) + 1 : n;
	else if (strstr(op, "end"))
		from = n && dice(2) ? dice((unsigned)n) : 0;
	else if (strstr(op, "contains") && n) {
		from = dice((unsigned)n);
		n = from + dice((unsigned)(n - from)) + 1;
	}
	if (dice(12) == 0 && n)
		text[n - 1] = 'Q';
	for (size_t i = 0; op[0] == 'i' && op[1] != 'n' && i < n; i++)
		if (dice(2) && ((text[i] >= 'a' && text[i] <= 'z') || (text[i] >= 'A' && text[i] <= 'Z')))
			text[i] ^= 0x20;
	/* A backslash at the end, a bracket that never ends: the C library has its own mind. */
	if (strstr(op, "glob") || !strcmp(op, "pmatch")) {
		if (memchr(s->text, '[', s->n) || memchr(s->text, '\\', s->n)) {
			put_quoted(b, "*", 1);
			return;
		}
		for (size_t i = from; i < n; i++) {
			if (text[i] == '[' && !memchr(text + i, ']', n - i))
				n = i;
		}
		if (n > from && text[n - 1] == '\\')
			n--;
	}
	if (!strcmp(op, "pmatch") && n == from)
		put_quoted(b, "/", 1);
	else
		put_quoted(b, text + from, n > from ? n - from : 0);
}

static void put_regex(struct buf *b, const struct sample *s)
{
	char text[900];
	size_t n = 0;
	unsigned loose = 0;

	for (size_t i = 0; i < s->n && n < 800; i++) {
		if (strchr("\\^$.|?*+()[]{}", s->text[i]))
			text[n++] = '\\';
		else if (loose < 2 && dice(6) == 0 && s->text[i] >= 'a' && s->text[i] <= 'z') {
			loose++;
			n += (size_t)snprintf(text + n, 32, "%s", dice(2) ? "[a-z]+" : ".*");
			continue;
		}
		text[n++] = s->text[i];
	}
	put_quoted(b, text, n);
}

static void put_list(struct buf *b, const struct sample *s, const char *op)
{
	unsigned more = dice(4);

	buf_putc(b, '(');
	if (dice(24) == 0) {
		buf_putc(b, ')');
		return;
	}
	put_near(b, s, op);
	for (unsigned i = 0; i < more; i++) {
		const struct sample *other = any_sample();
		if (other->type != s->type || other->text[0] == '@') /* no group of calls */
			continue;
		buf_lit(b, ", ");
		put_near(b, other, op);
	}
	buf_putc(b, ')');
}

static void number_check(struct buf *b, const struct sample *s)
{
	static const char *const ops[] = { "=", "!=", "<", "<=", ">", ">=" };
	char *end, text[64];
	long long v, near;

	snprintf(text, sizeof(text), "%.*s", (int)s->n, s->text);
	v = strtoll(text, &end, 10);
	if (v < 0 && s->type != TYPE_I64) {
		v = 0;
		strcpy(text, "0");
	}
	near = v > 0 && v < INT64_MAX && dice(3) == 0 ? (long long)dice(3) - 1 : 0;
	buf_printf(b, "%s ", s->name);
	if (dice(4) == 0)
		buf_printf(b, "in (%s, %u)", text, dice(100));
	else
		buf_printf(b, "%s %lld", ops[dice(6)], v + near);
}

static void address_check(struct buf *b, const struct sample *s)
{
	const char *dot = memchr(s->text, '.', s->n);
	unsigned bits = dice(3) ? (dot ? dice(33) : dice(129)) : 999;
	char net[64];

	snprintf(net, sizeof(net), bits == 999 ? "%.*s" : "%.*s/%u", (int)s->n, s->text, bits);
	switch (dice(3)) {
	case 0:
		buf_printf(b, "%s = \"%s\"", s->name, net);
		return;
	case 1:
		buf_printf(b, "%s != \"%s\"", s->name, net);
		return;
	}
	buf_printf(b, "%s in (\"%s\", \"::ffff:0:0/%u\", \"10.1.2.3\")", s->name, net, 96 + dice(33));
}

static void text_check(struct buf *b, const struct sample *s)
{
	static const char *const ops[] = {
		"=", "=", "!=", "contains", "icontains", "startswith", "startswith", "endswith", "glob", "iglob"
	};
	static const char *const transforms[] = { "tolower", "toupper", "basename" };
	const char *op = ops[dice(10)], *transform = dice(8) ? NULL : transforms[dice(3)];

	if (dice(20) == 0) {
		buf_printf(b, "len(%s) %s %u", s->name, dice(2) ? "<" : "=", (unsigned)s->n);
		return;
	}
	if (transform)
		buf_printf(b, "%s(%s) ", transform, s->name);
	else
		buf_printf(b, "%s ", s->name);
	switch (dice(9)) {
	case 0:
		buf_lit(b, "exists");
		return;
	case 1:
	case 2:
		buf_text(b, dice(2) ? "in " : "intersects ");
		put_list(b, s, "=");
		return;
	case 3:
		buf_lit(b, "pmatch ");
		put_list(b, s, "pmatch");
		return;
	case 4:
		buf_printf(b, "%s %s ", op[0] == '=' || op[0] == '!' ? "endswith" : op, dice(2) ? "anyof" : "allof");
		put_list(b, s, op);
		return;
	case 5:
		if (s->n < 60) {
			buf_lit(b, "regex ");
			put_regex(b, s);
			return;
		}
		break;
	case 6:
		buf_printf(b, "%s val(%s)", op, dice(2) ? "proc.name" : "proc.exepath");
		return;
	}
	buf_printf(b, "%s ", op);
	put_near(b, s, op);
}

static void random_check(struct buf *b)
{
	const struct sample *s = any_sample();

	while (dice(4) == 0 && strcmp(s->name, "evt.type") != 0)
		s = any_sample();
	if (s->type == TYPE_STR) {
		text_check(b, s);
	} else if (s->type == TYPE_BOOL) {
		buf_printf(b, "%s %s %s", s->name, dice(2) ? "=" : "!=", dice(2) ? "true" : "false");
	} else if (s->type == TYPE_IP) {
		address_check(b, s);
	} else if (s->type == TYPE_LIST) {
		buf_printf(b, "%s %s ", s->name, dice(2) ? "in" : "intersects");
		put_list(b, s, "=");
	} else {
		number_check(b, s);
	}
}

static void random_condition(struct buf *b, unsigned depth)
{
	unsigned parts = 2 + dice(3);
	bool is_and = dice(5) < 3;

	if (depth == 0 || dice(4) == 0) {
		buf_text(b, dice(4) == 0 ? "not " : "");
		random_check(b);
		return;
	}
	buf_text(b, dice(6) == 0 ? "not (" : "(");
	for (unsigned i = 0; i < parts; i++) {
		if (i)
			buf_text(b, is_and ? " and " : " or ");
		random_condition(b, depth - 1);
	}
	buf_putc(b, ')');
}

/* --- the two against each other --- */

struct contest {
	struct ruleset *set[SETS];
	size_t sets;
	uint64_t cases, held, pending;
	struct event *ev;
};

static void on_cond(void *ctx, const struct cond_fault *f)
{
	if (!f->warning)
		fail_msg("rule %lu, byte %lu: %s\n%s", (unsigned long)f->index, (unsigned long)f->at, f->what,
			ctx ? ((char **)ctx)[f->index] : "");
}

static void on_rule(void *ctx, const struct rule_fault *f)
{
	fail_msg("rule %lu, byte %lu: %s\n%s", (unsigned long)f->index, (unsigned long)f->at, f->what,
		ctx ? ((char **)ctx)[f->index] : "");
}

static struct ruleset *compile(char **conditions, size_t count)
{
	static struct rule_spec specs[RULES];
	static char ids[RULES][8];
	struct ruleset *set = NULL;

	assert_true(count <= RULES);
	for (size_t i = 0; i < count; i++) {
		snprintf(ids[i], sizeof(ids[i]), "%u", (unsigned)i);
		specs[i] = (struct rule_spec){ .id = ids[i], .condition = conditions[i], .enabled = true };
	}
	assert_int_equal(ruleset_new(&set, specs, count, NULL, false, on_cond, on_rule, conditions), 0);
	return set;
}

static void compare(struct contest *c, struct ruleset *set, struct event *ev)
{
	struct ruleset_match m;
	bool hit[RULES] = { false };

	ruleset_match(set, ev, &m);
	for (size_t i = 0; i < m.count; i++)
		hit[strtoul(m.names[i].p, NULL, 10)] = true;
	for (size_t i = 0; i < ruleset_count(set); i++) {
		const struct rule *rule = ruleset_rule(set, i);
		bool want;

		unsure = false;
		want = plain(ev, rule->condition.root);
		c->cases++;
		c->held += want;
		if (want != hit[i] && !unsure) {
			char text[8192];
			struct buf b = { .p = text, .cap = sizeof(text) - 1 };
			const struct value *type = event_get(ev, FIELD_EVT_TYPE), *num = event_get(ev, FIELD_EVT_NUM);
			cond_print(rule->condition.root, &b);
			text[b.n] = '\0';
			fail_msg("event %lu (%.*s)%s: the ruleset says %d, it is %d: %s",
				num ? (unsigned long)num->u64 : 0, type ? (int)type->n : 0, type ? type->p : "",
				ev->pending ? " pending" : "", hit[i], want, text);
		}
	}
}

/* Any text may have been cut. */
static void cut_some(struct event *ev)
{
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct value *v = fields[f].type == TYPE_STR ? event_get(ev, f) : NULL;
		if (v && v->kind == VALUE_TEXT)
			ev->value[f].cut = dice(6) == 0;
	}
	for (uint32_t i = 0; i < ev->arg_count; i++)
		ev->args[i].value.cut = ev->args[i].value.kind == VALUE_TEXT && dice(6) == 0;
}

static void contest(void *ctx, struct event *ev)
{
	struct contest *c = ctx;

	for (size_t i = 0; i < c->sets; i++) {
		cut_some(ev);
		ev->pending = dice(4) == 0;
		c->pending += ev->pending;
		compare(c, c->set[i], ev);
	}
	ev->pending = false;
}

static void feed(const char *path, void (*on_event)(void *ctx, struct event *ev), void *ctx)
{
	struct event_kit kit = { .on_event = on_event, .ctx = ctx };
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	assert_non_null(f);
	event_kit_start(&kit, NULL);
	while ((n = getline(&line, &cap, f)) > 0)
		event_kit_feed(&kit, line, (size_t)n);
	event_kit_end(&kit);
	free(line);
	fclose(f);
}

static void feed_golden(void (*on_event)(void *ctx, struct event *ev), void *ctx)
{
	const char *top = getenv("top_srcdir");
	char pattern[4096];
	glob_t found_files;

	assert_non_null(top);
	snprintf(pattern, sizeof(pattern), "%s/tests/golden/*/*.log", top);
	assert_int_equal(glob(pattern, 0, NULL, &found_files), 0);
	for (size_t i = 0; i < found_files.gl_pathc; i++)
		feed(found_files.gl_pathv[i], on_event, ctx);
	globfree(&found_files);
}

static void random_conditions(void **state)
{
	const char *given = getenv("COND_SEED"), *sets = getenv("COND_SETS");
	static char text[SETS][RULES][16384];
	struct contest c = { .sets = sets && atoi(sets) < SETS ? (size_t)atoi(sets) : SETS };

	(void)state;
	seed = given ? strtoull(given, NULL, 0) : UINT64_C(0x5eed0f7e57);
	print_message("COND_SEED=%#llx\n", (unsigned long long)seed);
	sample_count = seen_count = 0;
	feed_golden(harvest, NULL);
	assert_true(sample_count > 1000);
	for (size_t i = 0; i < c.sets; i++) {
		char *conditions[RULES];
		/* One rule alone and many that share. */
		size_t count = i < 4 ? 1 : i < 8 ? 5 : RULES;

		for (size_t k = 0; k < count; k++) {
			struct buf b = { .p = text[i][k], .cap = sizeof(text[i][k]) - 1 };
			random_condition(&b, 3);
			assert_false(b.full);
			text[i][k][b.n] = '\0';
			conditions[k] = text[i][k];
		}
		c.set[i] = compile(conditions, count);
	}
	feed_golden(contest, &c);
	for (size_t i = 0; i < c.sets; i++)
		ruleset_free(c.set[i]);
	print_message("%lu cases, %lu held, %lu of pending calls\n", (unsigned long)c.cases, (unsigned long)c.held,
		(unsigned long)c.pending);
	assert_true(c.held > c.cases / 20 && c.held < c.cases - c.cases / 20);
}

/* --- by hand --- */

#define WHO(pid, ppid, comm, exe) \
	" items=1 ppid=" #ppid " pid=" #pid " auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0" \
	" ses=3 comm=\"" comm "\" exe=\"" exe "\" key=\"one\"\n"
#define EXEC(id, pid, ppid, comm, exe, argv) \
	"type=SYSCALL msg=audit(1700000000.00" id ":" id "): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4" \
	WHO(pid, ppid, comm, exe) \
	"type=EXECVE msg=audit(1700000000.00" id ":" id "): " argv "\n" \
	"type=PATH msg=audit(1700000000.00" id ":" id "): item=0 name=\"" exe "\" inode=9 dev=08:01 mode=0100755 ouid=0" \
	" ogid=0 rdev=00:00 nametype=NORMAL\n" \
	"type=EOE msg=audit(1700000000.00" id ":" id "): \n"
#define OPEN(id, result, flags, name) \
	"type=SYSCALL msg=audit(1700000000.00" id ":" id "): arch=c000003e syscall=257 " result " a0=ffffff9c a1=2 a2=" flags \
	" a3=1b6" WHO(30, 20, "cat", "/usr/bin/cat") \
	"type=CWD msg=audit(1700000000.00" id ":" id "): cwd=\"/root\"\n" \
	"type=PATH msg=audit(1700000000.00" id ":" id "): item=0 name=" name " inode=7 dev=08:01 mode=0100644 ouid=33" \
	" ogid=0 rdev=00:00 nametype=NORMAL\n" \
	"type=EOE msg=audit(1700000000.00" id ":" id "): \n"
#define CONNECT(id, saddr) \
	"type=SYSCALL msg=audit(1700000000.00" id ":" id "): arch=c000003e syscall=42 success=yes exit=0 a0=3 a1=1 a2=10" \
	" a3=0" WHO(30, 20, "cat", "/usr/bin/cat") \
	"type=SOCKADDR msg=audit(1700000000.00" id ":" id "): saddr=" saddr "\n" \
	"type=EOE msg=audit(1700000000.00" id ":" id "): \n"

/* sshd, whose child is bash, whose child is cat. */
static const char *const by_hand[] = {
	EXEC("1", 10, 1, "sshd", "/usr/sbin/sshd", "argc=1 a0=\"sshd\""),
	EXEC("2", 20, 10, "bash", "/usr/bin/bash", "argc=1 a0=\"-bash\""),
	EXEC("3", 30, 20, "cat", "/usr/bin/cat", "argc=3 a0=\"cat\" a1=\"--Option=1\" a2=\"/etc/shadow\""),
	OPEN("4", "success=no exit=-13", "0", "\"/etc/shadow\""),
	OPEN("5", "success=yes exit=5", "42", "2F7661722F6C6F672F612E6220225B785D"), /* /var/log/a.b "[x] */
	CONNECT("6", "020001BB0A0102030000000000000000"),
	CONNECT("7", "0A0001BB0000000020010DB800000000000000000000000100000000"),
	("type=USER_LOGIN msg=audit(1700000000.008:8): pid=900 uid=0 auid=1000 ses=5 msg='op=login id=1000"
	 " exe=\"/usr/sbin/sshd\" hostname=? addr=10.0.0.7 terminal=ssh res=failed'\n")
};

static const struct row {
	unsigned event;
	bool want;
	const char *condition;
} rows[] = {
	/* A value that is not there. */
	{ 4, false, "audit.acct = x" },
	{ 4, false, "audit.acct != x" },
	{ 4, true, "not audit.acct = x" },
	{ 4, true, "not audit.acct != x" },
	{ 4, false, "audit.acct exists" },
	{ 4, true, "not audit.acct exists" },
	{ 4, false, "audit.acct startswith \"\"" },
	{ 4, false, "fd.sport < 65535 or fd.sport >= 0" },
	{ 4, false, "fd.sip != 10.0.0.1" },
	{ 4, true, "not fd.sip in (0.0.0.0/0, \"::/0\")" },
	{ 4, false, "proc.name = val(audit.acct)" },
	{ 4, false, "proc.name != val(audit.acct)" },
	{ 4, true, "not proc.name != val(audit.acct)" },
	{ 4, false, "len(audit.acct) = 0" },
	{ 4, false, "audit.acct regex \".*\"" },
	{ 8, false, "evt.arg.flags exists" },
	{ 8, true, "not evt.is_open_read = true and not evt.is_open_read = false" },
	/* Not, and, or. */
	{ 4, true, "not (evt.type = openat and proc.name = dog)" },
	{ 4, false, "not (evt.type = openat and proc.name = cat)" },
	{ 4, true, "not not evt.type = openat" },
	{ 4, true, "evt.type = x or evt.type = y and evt.type = z or proc.name = cat" },
	/* Negative and large numbers; numbers as text. */
	{ 4, true, "evt.rawres = -13" },
	{ 4, true, "evt.rawres < 0 and evt.rawres >= -13 and evt.rawres > -14" },
	{ 4, true, "fd.num = -1 and fd.num in (3, -1)" },
	{ 4, false, "fd.num != -1" },
	{ 4, false, "audit.serial > 18446744073709551614" },
	{ 4, true, "audit.serial < 18446744073709551615" },
	{ 4, true, "audit.path[0].ouid = 33 and audit.path[0].ouid in (0, 33)" },
	{ 4, true, "audit.path[0].mode contains 644" },
	{ 4, true, "evt.time > 1699999999999999999 and evt.time < 1700000001000000000" },
	{ 4, true, "user.loginuid = 1000 and user.loginuid = val(user.loginuid)" },
	{ 4, true, "proc.pid > val(proc.ppid)" },
	/* Text. */
	{ 5, true, "fd.name = \"/var/log/a.b \\\"[x]\"" },
	{ 5, true, "fd.name = '/var/log/a.b \"[x]'" },
	{ 5, true, "fd.name endswith \"\\x22[x]\"" },
	{ 5, true, "fd.name startswith \"\" and fd.name endswith \"\" and fd.name contains \"\"" },
	{ 5, true, "fd.name icontains \"LOG/A.B\"" },
	{ 5, false, "fd.name contains \"LOG/A.B\"" },
	{ 5, true, "fd.name bcontains 6c6f672f and fd.name bstartswith 2f766172" },
	{ 5, true, "fd.name startswith anyof (/etc, /var/log/a.b)" },
	{ 5, false, "fd.name startswith allof (/etc, /var/log/a.b)" },
	{ 5, true, "fd.name contains allof (var, log, x)" },
	{ 5, true, "fd.name startswith allof (/var, /var/log, /v)" },
	{ 5, false, "fd.name startswith /var/log/a.b/" },
	{ 5, false, "fd.name contains allof () or fd.name contains anyof () or fd.name regex allof ()" },
	{ 5, true, "not fd.name contains anyof () and not fd.name contains allof () and not evt.type glob allof ()" },
	{ 5, false, "evt.type glob allof () or fd.name in () or fd.name pmatch () or audit.keys in ()" },
	{ 5, true, "tolower(proc.name) = cat and toupper(proc.name) = CAT and not toupper(proc.name) = cat" },
	{ 5, true, "basename(proc.exepath) = cat and basename(proc.exepath) = val(proc.name)" },
	{ 5, true, "len(proc.name) = 3 and len(basename(proc.exepath)) < 4 and len(audit.keys) = 1" },
	{ 5, true, "proc.name in (dog, cat) and proc.name intersects (cat)" },
	{ 5, true, "toupper(fd.name) startswith /VAR/LOG" },
	/* A glob's star takes slashes. */
	{ 5, true, "fd.name glob \"/var/*\"" },
	{ 5, true, "fd.name glob \"*a.b*\" and fd.name glob \"/??[!x]/l*\"" },
	{ 5, false, "fd.name glob \"/var/log\"" },
	{ 5, true, "fd.name glob \"*[[]x]\" and fd.name glob \"*\\\\[x]\" and not fd.name glob \"*[x]\"" },
	{ 5, true, "fd.name iglob \"/VAR/[K-M]*\" and not fd.name glob \"/VAR/*\"" },
	{ 5, true, "fd.name glob anyof (/x, \"*[!a-w]]\")" },
	/* The whole must match. */
	{ 5, true, "proc.exepath regex \"/usr/(s?bin|lib)/[a-z]+\"" },
	{ 5, false, "proc.exepath regex \"/usr\" or proc.exepath regex \"bin/cat\"" },
	{ 5, true, "proc.name regex \"c|ca|cat\" and proc.name regex anyof (dog, \"c.t\")" },
	/* Paths by their names. */
	{ 4, true, "fd.name pmatch (/etc)" },
	{ 4, true, "fd.name pmatch (/etc/)" },
	{ 4, true, "fd.name pmatch (/etc/shadow) and fd.name pmatch (\"//etc//shadow/\")" },
	{ 4, true, "fd.name pmatch (/)" },
	{ 4, false, "fd.name pmatch (/et) or fd.name pmatch (/etc/shado, /etc/shadow/x) or fd.name pmatch (etc)" },
	{ 4, true, "fd.name pmatch (\"/e*\") and fd.name pmatch (\"/*/shadow\") and not fd.name pmatch (\"/*/*/*\")" },
	{ 4, true, "not fd.name pmatch (\"/*dow\")" },
	{ 4, false, "proc.name pmatch (/)" },
	/* Flags are one text. */
	{ 5, true, "evt.arg.flags contains O_CREAT and evt.arg.flags startswith O_RDWR" },
	{ 5, true, "evt.is_open_write = true and evt.is_open_write != false" },
	{ 5, true, "evt.arg.mode = 0666" },
	{ 5, true, "evt.args contains \"flags=\"" },
	{ 5, false, "evt.arg.request exists" },
	/* Addresses. */
	{ 6, true, "fd.sip = 10.1.2.3 and fd.sip = \"::ffff:10.1.2.3\" and fd.sport = 443" },
	{ 6, true, "fd.sip in (10.0.0.0/8) and fd.snet = 10.1.2.0/24 and fd.sip != 10.1.3.0/24" },
	{ 6, true, "fd.sip in (\"::ffff:0:0/96\") and fd.sip in (\"::/0\") and fd.sip in (0.0.0.0/0)" },
	{ 6, false, "fd.sip in (10.1.2.2, 10.1.2.4/31) or fd.sip = \"2000::/3\"" },
	{ 6, true, "fd.ip = val(fd.sip) and fd.port = val(fd.sport)" },
	{ 7, true, "fd.sip = \"2001:db8::1\" and fd.sip in (\"2001:db8::/32\") and fd.sip = \"2001:0DB8:0::0001\"" },
	{ 7, false, "fd.sip in (0.0.0.0/0) or fd.sip = \"2001:db8::/127\" and fd.sip = \"2001:db8::2/127\"" },
	{ 7, true, "fd.sip != 0.0.0.0/0 and not fd.sip = 10.0.0.0/8" },
	/* Lists: any, all. */
	{ 3, true, "audit.types intersects (PATH, NONE) and not audit.types intersects (NONE)" },
	{ 3, true, "audit.types in (EOE, SYSCALL, EXECVE, PATH, CWD, PROCTITLE)" },
	{ 3, false, "audit.types in (SYSCALL, EXECVE)" },
	{ 3, true, "audit.keys in (one) and audit.keys exists and not audit.keys in (two)" },
	{ 8, false, "audit.keys intersects (one) or audit.keys exists" },
	{ 8, true, "not audit.keys in (one)" },
	/* Ancestors: the parent is the first; without a number, one of them fits. */
	{ 4, true, "proc.aname[1] = bash and proc.aname[2] = sshd and not proc.aname[3] exists" },
	{ 4, true, "proc.aname = sshd and proc.aname in (x, bash) and not proc.aname = cat" },
	{ 4, true, "proc.aname != sshd and proc.apid = 10 and proc.apid > 19" },
	{ 4, true, "proc.aexepath startswith /usr/sbin and proc.aexepath endswith sshd" },
	{ 4, true, "toupper(proc.aname) = SSHD and len(proc.aname) = 4" },
	{ 8, false, "proc.aname exists or proc.aname != x" },
	{ 4, true, "proc.pname = bash and proc.pname = val(proc.aname[1])" },
	/* Whatever the event is. */
	{ 8, true, "evt.type = user_login and evt.failed = true" },
	{ 8, true, "evt.type startswith user_ and evt.type != user_auth and not evt.type glob \"open*\"" },
	{ 4, true, "evt.type startswith open and evt.type in (open, openat, openat2)" },
	{ 4, false, "evt.type in (open, openat2) or evt.type = OPENAT" },
	{ 3, true, "proc.cmdline icontains \"--option\" and proc.args glob \"*=? /etc/*\"" },
	{ 3, true, "evt.type exists and proc.cmdnargs = 2" },
	/* Cut: what was kept may tell, else it is true either way. */
	{ 9, true, "evt.type = execve and proc.cmdline contains curl" },
	{ 9, true, "not proc.cmdline contains curl" },
	{ 9, true, "evt.type = execve and proc.cmdline contains anyof (curl, wget, ncat, socat)" },
	{ 9, true, "proc.cmdline icontains anyof (curl, wget, ncat, socat) and proc.cmdline contains allof (aaa, curl)" },
	{ 9, false, "not proc.cmdline contains \"-c a\" or not proc.cmdline icontains BBB" },
	{ 9, false, "not proc.cmdline contains anyof (curl, wget, bbbb, socat)" },
	{ 9, true, "proc.cmdline contains a...b and not proc.cmdline contains a...b and not proc.cmdline contains .b" },
	{ 9, true, "proc.cmdline startswith \"sh -c aaa\" and proc.cmdline bstartswith 7368 and proc.cmdline startswith \"\"" },
	{ 9, false, "not proc.cmdline startswith \"sh -c aaa\" or proc.cmdline startswith bash" },
	{ 9, false, "proc.cmdline = \"sh -c aaa\" or proc.cmdline in (\"sh -c\", x) or proc.args = \"\"" },
	{ 9, true, "proc.cmdline != \"sh -c\" and not proc.cmdline = x and proc.exe = sh" },
	{ 9, false, "proc.exe != sh or proc.exe contains curl or not proc.cmdline exists" },
	{ 9, true, "proc.cmdline endswith x and not proc.cmdline endswith bbb" },
	{ 9, true, "proc.cmdline glob x and not proc.cmdline iglob \"*\" and proc.cmdline pmatch (/x)" },
	{ 9, true, "proc.cmdline regex x and not proc.cmdline regex \".*\"" },
	{ 9, true, "len(proc.cmdline) < 9 and not len(proc.cmdline) > 9 and basename(proc.args) = x" },
	{ 9, true, "basename(proc.args) contains anyof (curl, wget, ncat, socat) and not basename(proc.args) contains aaa" },
	{ 9, true, "toupper(proc.args) startswith \"-C A\" and not toupper(proc.args) startswith -c" },
	{ 9, true, "evt.args contains curl and evt.arg.args contains curl and not evt.arg.args startswith x" },
	{ 9, true, "evt.args startswith \"filename=/usr/bin/bash\" and not evt.args startswith \"filename=x\"" },
	{ 9, true, "proc.name = val(proc.args) and not proc.args contains val(proc.cmdline)" },
	{ 9, true, "proc.args contains val(proc.name) and not proc.args contains val(proc.name)" },
	{ 9, false, "proc.cmdline contains anyof () or proc.cmdline startswith anyof () or proc.cmdline in ()" },
	{ 9, true, "audit.raw contains curl and audit.raw contains \"argc=3\" and not audit.raw startswith curl" }
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

struct table {
	struct ruleset *alone[ROWS], *together[ROWS / RULES + 1];
	unsigned event, wrong;
	struct contest c;
};

static void wrong(struct table *t, size_t row, const char *how)
{
	t->wrong++;
	print_error("event %u, %s: it is %d: %s\n", t->event, how, rows[row].want, rows[row].condition);
}

static bool names_have(const struct ruleset_match *m, size_t rule)
{
	for (size_t i = 0; i < m->count; i++) {
		if (strtoul(m->names[i].p, NULL, 10) == rule)
			return true;
	}
	return false;
}

static void on_row(void *ctx, struct event *ev)
{
	struct table *t = ctx;
	struct ruleset_match m;

	t->event++;
	for (size_t i = 0; i < ROWS; i++) {
		compare(&t->c, t->alone[i], ev);
		if (rows[i].event != t->event)
			continue;
		ruleset_match(t->alone[i], ev, &m);
		if ((m.rule != NULL) != rows[i].want)
			wrong(t, i, "alone");
		ruleset_match(t->together[i / RULES], ev, &m);
		if (names_have(&m, i % RULES) != rows[i].want)
			wrong(t, i, "among others");
	}
	for (size_t i = 0; i <= (ROWS - 1) / RULES; i++)
		compare(&t->c, t->together[i], ev);
}

/* sh -c with 31,000 bytes on either side of what it does. */
static void feed_padded(struct event_kit *kit)
{
	static char text[200000], argument[31000 + sizeof(" curl evil ") - 1 + 31000];
	struct buf b = { .p = text, .cap = sizeof(text) };
	const char *exec = EXEC("9", 50, 20, "sh", "/usr/bin/bash", "argc=3 a0=\"sh\" a1=\"-c\" a2_len=124022\n@");
	const char *at = strchr(exec, '@');

	memset(argument, 'a', 31000);
	memcpy(argument + 31000, " curl evil ", 11);
	memset(argument + 31011, 'b', 31000);
	buf_put(&b, exec, (size_t)(at - exec));
	for (size_t i = 0; i < sizeof(argument); i++) {
		if (i % 3000 == 0)
			buf_printf(&b, "%stype=EXECVE msg=audit(1700000000.009:9): a2[%u]=", i ? "\n" : "", (unsigned)(i / 3000));
		buf_printf(&b, "%02X", (unsigned char)argument[i]);
	}
	buf_text(&b, at + 1);
	assert_false(b.full);
	event_kit_feed(kit, b.p, b.n);
}

static void corner_cases(void **state)
{
	static struct table t;
	struct event_kit kit = { .on_event = on_row, .ctx = &t };
	char *conditions[ROWS];

	(void)state;
	for (size_t i = 0; i < ROWS; i++) {
		conditions[i] = (char *)rows[i].condition;
		t.alone[i] = compile(&conditions[i], 1);
	}
	for (size_t i = 0; i < ROWS; i += RULES)
		t.together[i / RULES] = compile(conditions + i, ROWS - i < RULES ? ROWS - i : RULES);
	event_kit_start(&kit, NULL);
	for (size_t i = 0; i < sizeof(by_hand) / sizeof(by_hand[0]); i++)
		event_kit_feed(&kit, by_hand[i], strlen(by_hand[i]));
	feed_padded(&kit);
	event_kit_end(&kit);
	assert_int_equal(t.event, 9);
	assert_int_equal(t.wrong, 0);
	for (size_t i = 0; i < ROWS; i++)
		ruleset_free(t.alone[i]);
	for (size_t i = 0; i < ROWS; i += RULES)
		ruleset_free(t.together[i / RULES]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(corner_cases),
		cmocka_unit_test(random_conditions)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
