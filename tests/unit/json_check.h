/*
 * A strict reader of one line of JSON, for tests and fuzz targets: RFC 8259, and what the encoders promise on top of
 * it. Keys of an object are sorted bytewise, none comes twice, none needs an escape; text is valid UTF-8 without raw
 * control characters, those of C1 and DEL included.
 */
#ifndef TIERCEL_TESTS_JSON_CHECK_H
#define TIERCEL_TESTS_JSON_CHECK_H

#include "base/span.h"
#include "base/utf8.h"

#define JSON_CHECK_DEPTH 16

struct json_check {
	const char *p, *end;
	const char *error; /* the first */
};

static inline bool json_check_fail(struct json_check *c, const char *error)
{
	if (!c->error)
		c->error = error;
	return false;
}

static inline bool json_check_take(struct json_check *c, char want)
{
	if (c->p == c->end || *c->p != want)
		return false;
	c->p++;
	return true;
}

static inline void json_check_blanks(struct json_check *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r' || *c->p == '\n'))
		c->p++;
}

/* Four hex digits of \uXXXX, or -1. */
static inline int json_check_u(struct json_check *c)
{
	int v = 0;

	for (int i = 0; i < 4; i++, c->p++) {
		char d = c->p < c->end ? *c->p : 0;

		if (d >= '0' && d <= '9')
			v = v * 16 + d - '0';
		else if ((d | 0x20) >= 'a' && (d | 0x20) <= 'f')
			v = v * 16 + (d | 0x20) - 'a' + 10;
		else
			return -1;
	}
	return v;
}

static inline bool json_check_escape(struct json_check *c)
{
	char e = c->p < c->end ? *c->p++ : 0;
	int v;

	if (e != 'u')
		return (e && strchr("\"\\/bfnrt", e)) || json_check_fail(c, "unknown escape");
	v = json_check_u(c);
	if (v < 0)
		return json_check_fail(c, "\\u without four hex digits");
	if (v >= 0xdc00 && v <= 0xdfff)
		return json_check_fail(c, "a low surrogate alone");
	if (v < 0xd800 || v > 0xdbff)
		return true;
	if (!json_check_take(c, '\\') || !json_check_take(c, 'u'))
		return json_check_fail(c, "a high surrogate alone");
	v = json_check_u(c);
	return (v >= 0xdc00 && v <= 0xdfff) || json_check_fail(c, "a high surrogate alone");
}

/* *inside is what stands between the quotes, escapes as they are. */
static inline bool json_check_string(struct json_check *c, struct span *inside)
{
	const char *start;

	if (!json_check_take(c, '"'))
		return json_check_fail(c, "a string was expected");
	for (start = c->p; c->p < c->end && *c->p != '"';) {
		unsigned char byte = (unsigned char)*c->p;
		unsigned len = utf8_sequence(c->p, (size_t)(c->end - c->p));

		if (byte < 0x20 || byte == 0x7f || (byte == 0xc2 && len == 2 && (unsigned char)c->p[1] < 0xa0))
			return json_check_fail(c, "a raw control character");
		if (!len)
			return json_check_fail(c, "not UTF-8");
		c->p += len;
		if (byte == '\\' && !json_check_escape(c))
			return false;
	}
	*inside = span_of(start, (size_t)(c->p - start));
	return json_check_take(c, '"') || json_check_fail(c, "a string without an end");
}

static inline bool json_check_digits(struct json_check *c)
{
	const char *start = c->p;

	while (c->p < c->end && *c->p >= '0' && *c->p <= '9')
		c->p++;
	return c->p > start;
}

static inline bool json_check_number(struct json_check *c)
{
	json_check_take(c, '-');
	if (!json_check_take(c, '0') && !json_check_digits(c))
		return json_check_fail(c, "not a value");
	if (c->p < c->end && *c->p >= '0' && *c->p <= '9')
		return json_check_fail(c, "a number with a leading zero");
	if (json_check_take(c, '.') && !json_check_digits(c))
		return json_check_fail(c, "a fraction without digits");
	if (!json_check_take(c, 'e') && !json_check_take(c, 'E'))
		return true;
	if (!json_check_take(c, '+'))
		json_check_take(c, '-');
	return json_check_digits(c) || json_check_fail(c, "an exponent without digits");
}

static inline bool json_check_word(struct json_check *c, const char *word)
{
	while (*word)
		if (!json_check_take(c, *word++))
			return json_check_fail(c, "not a value");
	return true;
}

/* Does key a come before key b? */
static inline bool json_check_sorted(struct json_check *c, struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int order = n ? memcmp(a.p, b.p, n) : 0;

	if (span_eq(a, b))
		return json_check_fail(c, "a key comes twice");
	return order < 0 || (order == 0 && a.n < b.n) || json_check_fail(c, "keys are not sorted");
}

static inline bool json_check_value(struct json_check *c, unsigned depth);

static inline bool json_check_object(struct json_check *c, unsigned depth)
{
	struct span key, before = { NULL, 0 };

	json_check_blanks(c);
	if (json_check_take(c, '}'))
		return true;
	do {
		json_check_blanks(c);
		if (!json_check_string(c, &key))
			return false;
		if (key.n && memchr(key.p, '\\', key.n))
			return json_check_fail(c, "a key with an escape");
		if (before.p && !json_check_sorted(c, before, key))
			return false;
		before = key;
		json_check_blanks(c);
		if (!json_check_take(c, ':'))
			return json_check_fail(c, "a key without a colon");
		if (!json_check_value(c, depth))
			return false;
	} while (json_check_take(c, ','));
	return json_check_take(c, '}') || json_check_fail(c, "an object without an end");
}

static inline bool json_check_array(struct json_check *c, unsigned depth)
{
	json_check_blanks(c);
	if (json_check_take(c, ']'))
		return true;
	do
		if (!json_check_value(c, depth))
			return false;
	while (json_check_take(c, ','));
	return json_check_take(c, ']') || json_check_fail(c, "an array without an end");
}

/* One value and the blanks around it. */
static inline bool json_check_value(struct json_check *c, unsigned depth)
{
	struct span ignored;
	bool ok;

	json_check_blanks(c);
	if (depth == 0)
		return json_check_fail(c, "too deep");
	switch (c->p < c->end ? *c->p : 0) {
	case '{':
		c->p++;
		ok = json_check_object(c, depth - 1);
		break;
	case '[':
		c->p++;
		ok = json_check_array(c, depth - 1);
		break;
	case '"':
		ok = json_check_string(c, &ignored);
		break;
	case 't':
		ok = json_check_word(c, "true");
		break;
	case 'f':
		ok = json_check_word(c, "false");
		break;
	case 'n':
		ok = json_check_word(c, "null");
		break;
	default:
		ok = json_check_number(c);
	}
	json_check_blanks(c);
	return ok;
}

/* NULL where the n bytes are one JSON value, else what is wrong first. */
static inline const char *json_check_text(const char *p, size_t n)
{
	struct json_check c = { p, p + n, NULL };

	if (json_check_value(&c, JSON_CHECK_DEPTH) && c.p != c.end)
		json_check_fail(&c, "something behind the value");
	return c.error;
}

/* The same of a line: an object, its newline the only one. */
static inline const char *json_check_line(const char *p, size_t n)
{
	if (!n || p[n - 1] != '\n')
		return "no newline at the end";
	if (memchr(p, '\n', n - 1))
		return "a newline inside";
	if (p[0] != '{')
		return "not an object";
	return json_check_text(p, n - 1);
}

#endif
