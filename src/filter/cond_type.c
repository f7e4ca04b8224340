/* What may be compared with what, and values as their types want them. */
#include "base/hash.h"
#include "filter/cond_part.h"
#include "filter/cond_regex.h"
#include "record/value.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#define T(type) (1u << TYPE_##type)
#define NUMBERS (T(I64) | T(U64) | T(TIME) | T(REL) | T(PORT))
#define SINGLE (T(STR) | NUMBERS | T(BOOL) | T(IP))

/* Types of the left operand, by operator. */
static const unsigned legal[COND_OP_COUNT] = {
	[COND_EXISTS] = SINGLE | T(LIST), [COND_EQUAL] = SINGLE, [COND_NOT_EQUAL] = SINGLE,
	[COND_LESS] = NUMBERS, [COND_LESS_EQUAL] = NUMBERS, [COND_GREATER] = NUMBERS, [COND_GREATER_EQUAL] = NUMBERS,
	[COND_CONTAINS] = T(STR), [COND_ICONTAINS] = T(STR), [COND_BCONTAINS] = T(STR),
	[COND_STARTSWITH] = T(STR), [COND_BSTARTSWITH] = T(STR), [COND_ENDSWITH] = T(STR),
	[COND_GLOB] = T(STR), [COND_IGLOB] = T(STR), [COND_REGEX] = T(STR),
	[COND_IN] = SINGLE | T(LIST), [COND_INTERSECTS] = SINGLE | T(LIST), [COND_PMATCH] = T(STR),
};

/* Operators that may have a field on the right: all of one value that need not be prepared. */
static bool takes_field(enum cond_op op)
{
	return op <= COND_IGLOB && op != COND_BCONTAINS && op != COND_BSTARTSWITH;
}

static bool comparable(enum field_type a, enum field_type b)
{
	return a == b || ((NUMBERS >> a & 1) && (NUMBERS >> b & 1));
}

bool cond_type_right(struct cond_parser *ps, const struct cond_check *check, size_t at)
{
	enum field_type left = check->left.type, right = check->right->type;
	struct span op = cond_op_names[check->op];

	if (!takes_field(check->op))
		cond_fault(ps, at, "behind '%.*s' stand values, not a field", COND_WORD(op));
	else if (check->right->ancestors)
		cond_fault(ps, at, "one field is wanted on the right side: %.*s[1]", COND_WORD(fields[check->right->field].name));
	else if (!comparable(left, right))
		cond_fault(ps, at, "%s can't be compared with %s", cond_type_words(left), cond_type_words(right));
	else
		return true;
	return false;
}

bool cond_type_operator(struct cond_parser *ps, const struct cond_check *check, size_t at)
{
	enum field_type type = check->left.type;
	struct span op = cond_op_names[check->op];
	const char *is = cond_type_words(type);

	if (legal[check->op] >> type & 1)
		return true;
	if (type == TYPE_LIST)
		cond_fault(ps, at, "'%.*s' is not for a list: use intersects (any of them), in (all of them) or exists",
			COND_WORD(op));
	else if (check->op >= COND_LESS && check->op <= COND_GREATER_EQUAL && type == TYPE_STR)
		cond_fault(ps, at, "'%.*s' is not for text, which has no order here; of its length: len(...)", COND_WORD(op));
	else if (legal[check->op] == T(STR))
		cond_fault(ps, at, "'%.*s' is for text, and this is %s; use = != %sin", COND_WORD(op), is,
			NUMBERS >> type & 1 ? "< <= > >= " : "");
	else
		cond_fault(ps, at, "'%.*s' is not for what is %s; use = != in", COND_WORD(op), is);
	return false;
}

enum cond_value_kind cond_value_kind(const struct cond_check *check)
{
	static const uint8_t kinds[] = {
		[TYPE_STR] = COND_AS_TEXT, [TYPE_I64] = COND_AS_I64, [TYPE_U64] = COND_AS_U64,
		[TYPE_BOOL] = COND_AS_BOOL, [TYPE_TIME] = COND_AS_TIME, [TYPE_REL] = COND_AS_TIME,
		[TYPE_IP] = COND_AS_ADDRESS, [TYPE_PORT] = COND_AS_PORT, [TYPE_LIST] = COND_AS_TEXT,
		[TYPE_FAMILY] = COND_AS_TEXT,
	};

	if (check->op == COND_BCONTAINS || check->op == COND_BSTARTSWITH)
		return COND_AS_BYTES;
	return check->op == COND_REGEX ? COND_AS_REGEX : (enum cond_value_kind)kinds[check->left.type];
}

/* --- values --- */

/* Decimal, or hex behind 0x; no sign. */
static bool digits(struct span s, uint64_t *out)
{
	if (s.n > 2 && s.p[0] == '0' && (s.p[1] | 0x20) == 'x')
		return value_hex64(span_of(s.p + 2, s.n - 2), out);
	return s.n && s.p[0] >= '0' && s.p[0] <= '9' && value_u64(s, out);
}

/* Looks like a number, though it is none of ours: too large, or with a point. */
static bool numeric(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!strchr("0123456789.+-eE_", s.p[i]))
			return false;
	return s.n > 0;
}

static const char *number(struct span s, bool sign, struct cond_value *out)
{
	bool minus = s.n && s.p[0] == '-';
	uint64_t v;

	if (!digits(span_of(s.p + minus, s.n - minus), &v))
		return numeric(s) ? "is no whole number of 64 bits" : "is no number";
	if (minus && !sign && v)
		return "is below 0, and this number never is";
	if (sign && v > (uint64_t)INT64_MAX + minus)
		return "is no whole number of 64 bits";
	out->i64 = (int64_t)(minus ? -v : v);
	out->big = v > INT64_MAX && !minus;
	return NULL;
}

static const char *port(struct span s, struct cond_value *out)
{
	uint64_t v;

	if (!digits(s, &v) || v > 65535)
		return "is no port: a number from 0 to 65535";
	out->i64 = (int64_t)v;
	return NULL;
}

static const char *boolean(struct span s, struct cond_value *out)
{
	out->i64 = span_eq(s, SPAN("true"));
	return out->i64 || span_eq(s, SPAN("false")) ? NULL : "is neither true nor false";
}

/* ns, or with a unit. */
static const char *duration(struct span s, struct cond_value *out)
{
	static const struct { struct span unit; uint64_t ns; } units[] = {
		{ SPAN_INIT("ns"), 1 }, { SPAN_INIT("us"), 1000 }, { SPAN_INIT("ms"), 1000000 },
		{ SPAN_INIT("s"), 1000000000 }, { SPAN_INIT("m"), UINT64_C(60000000000) },
		{ SPAN_INIT("h"), UINT64_C(3600000000000) }, { SPAN_INIT("d"), UINT64_C(86400000000000) },
		{ SPAN_INIT(""), 1 },
	};
	size_t n = s.n;
	uint64_t v;

	if (s.n > 2 && s.p[0] == '0' && (s.p[1] | 0x20) == 'x')
		return number(s, true, out);
	while (n && (s.p[n - 1] < '0' || s.p[n - 1] > '9'))
		n--;
	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (!span_eq(units[i].unit, span_of(s.p + n, s.n - n)))
			continue;
		if (!value_u64(span_of(s.p, n), &v))
			break;
		if (v > INT64_MAX / units[i].ns)
			return "is too long: a time has at most 2^63 ns";
		out->i64 = (int64_t)(v * units[i].ns);
		return NULL;
	}
	return "is no time: a whole number of ns, or with a unit (us ms s m h d)";
}

/* Without its host bits. */
static void mask(struct cond_net *net)
{
	for (unsigned i = 0; i < 16; i++) {
		unsigned bits = net->bits > i * 8 ? net->bits - i * 8 : 0;

		net->address[i] &= (uint8_t)(bits >= 8 ? 0xff : 0xff00 >> bits);
	}
}

static const char *address(struct span s, struct cond_value *out)
{
	char text[INET6_ADDRSTRLEN + 1];
	const char *slash = memchr(s.p, '/', s.n);
	size_t n = slash ? (size_t)(slash - s.p) : s.n;
	uint64_t len;
	bool v4;

	if (n >= sizeof(text) || n == 0)
		return "is no address; names are not looked up";
	memcpy(text, s.p, n);
	text[n] = '\0';
	memset(&out->net, 0, sizeof(out->net));
	v4 = inet_pton(AF_INET, text, out->net.address + 12) == 1 && strlen(text) == n;
	if (v4)
		memset(out->net.address + 10, 0xff, 2);
	else if (inet_pton(AF_INET6, text, out->net.address) != 1 || strlen(text) != n)
		return "is no address; names are not looked up";
	len = v4 ? 32 : 128;
	if (slash && (!value_u64(span_of(slash + 1, s.n - n - 1), &len) || len > (v4 ? 32 : 128)))
		return v4 ? "has no length of a net: /0 to /32" : "has no length of a net: /0 to /128";
	out->net.bits = (unsigned)len + (v4 ? 96 : 0);
	mask(&out->net);
	return NULL;
}

static const char *bytes(struct cond_parser *ps, struct span s, struct cond_value *out)
{
	char *p = cond_room(ps, ps->keep, s.n / 2 + 1);

	if (!p)
		return "";
	if (!s.n || !value_unhex(s, p))
		return "are no hex digits, two a byte";
	out->text = span_of(p, s.n / 2);
	return NULL;
}

/* Compiled only to see whether it can be: the condition keeps the text. */
static const char *regex(struct cond_parser *ps, struct span s)
{
	char what[COND_REGEX_WHAT], *kept;
	struct cond_regex *r = NULL;
	int rc = cond_regex_new(&r, s, what);

	cond_regex_free(r);
	if (rc == 0)
		return NULL;
	if (rc == -ENOMEM)
		ps->rc = rc;
	kept = rc == -EINVAL ? cond_room(ps, &ps->scrap, sizeof(what)) : NULL;
	return kept ? strcpy(kept, what) : "";
}

const char *cond_type_value(struct cond_parser *ps, enum cond_value_kind kind, struct span text, struct cond_value *out)
{
	memset(out, 0, sizeof(*out));
	out->text = text;
	switch (kind) {
	case COND_AS_BYTES:
		return bytes(ps, text, out);
	case COND_AS_I64:
	case COND_AS_U64:
		return number(text, kind == COND_AS_I64, out);
	case COND_AS_BOOL:
		return boolean(text, out);
	case COND_AS_TIME:
		return duration(text, out);
	case COND_AS_ADDRESS:
		return address(text, out);
	case COND_AS_PORT:
		return port(text, out);
	case COND_AS_REGEX:
		return regex(ps, text);
	default:
		return NULL;
	}
}

/* --- each once --- */

/* The bytes that two equal values share. */
static struct span identity(enum cond_value_kind kind, const struct cond_value *v)
{
	if (kind == COND_AS_TEXT || kind == COND_AS_BYTES || kind == COND_AS_REGEX)
		return v->text;
	if (kind == COND_AS_ADDRESS)
		return span_of((const char *)&v->net, sizeof(v->net));
	return span_of((const char *)&v->i64, sizeof(v->i64)); /* big follows from it and the kind */
}

size_t cond_type_unique(struct cond_parser *ps, enum cond_value_kind kind, struct cond_value *value, size_t count)
{
	size_t left = 0, slots = 8;
	uint32_t *slot;

	while (slots < count * 2)
		slots *= 2;
	slot = calloc(slots, sizeof(*slot));
	if (!slot) {
		ps->rc = -ENOMEM;
		return count;
	}
	for (size_t i = 0; i < count; i++) {
		struct span id = identity(kind, &value[i]);
		size_t h = hash_bytes(kind, id.p, id.n) & (slots - 1);

		while (slot[h] && !span_eq(identity(kind, &value[slot[h] - 1]), id))
			h = (h + 1) & (slots - 1);
		if (slot[h])
			continue;
		value[left++] = value[i];
		slot[h] = (uint32_t)left;
	}
	free(slot);
	return left;
}
