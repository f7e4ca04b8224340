/* A span is a run of bytes that somebody else owns; it is never NUL-terminated by promise. */
#ifndef TIERCEL_BASE_SPAN_H
#define TIERCEL_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct span {
	const char *p;
	size_t n;
};

#define SPAN(literal) ((struct span){ (literal), sizeof(literal) - 1 })
/* The same for tables of file scope, where gcc before 5 refuses a compound literal. */
#define SPAN_INIT(literal) { (literal), sizeof(literal) - 1 }

static inline struct span span_of(const char *p, size_t n)
{
	return (struct span){ p, n };
}

static inline bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* Bytewise, a prefix first: below 0, 0 or above it. */
static inline int span_compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

static inline bool span_starts(struct span s, struct span prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || memcmp(s.p, prefix.p, prefix.n) == 0);
}

#endif
