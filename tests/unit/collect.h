/* A sink that writes down what it gets, and holds the source to its word: that stays as it is until settle. */
#ifndef TIERCEL_TESTS_COLLECT_H
#define TIERCEL_TESTS_COLLECT_H

#include "record/record.h"
#include "source/source.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct collect_piece {
	const char *p;
	size_t n, at; /* its copy lies at text + at */
};

struct collect {
	char *text; /* "L<line>\n", "D<type>:<payload>\n", "O<first>:<whole>\n" in order */
	size_t n, cap;
	unsigned lines, settled;
	unsigned pad; /* sum of the bytes behind the pieces: they must be readable */
	struct collect_piece *held;
	size_t held_count, held_cap;
};

static inline void collect_put(struct collect *c, const char *p, size_t n)
{
	if (c->n + n + 1 > c->cap) {
		c->cap = 2 * (c->n + n + 1);
		c->text = realloc(c->text, c->cap);
		assert_non_null(c->text);
	}
	memcpy(c->text + c->n, p, n);
	c->n += n;
	c->text[c->n] = '\0';
}

static inline void collect_hold(struct collect *c, const char *p, size_t n)
{
	if (c->held_count == c->held_cap) {
		c->held_cap = 2 * c->held_cap + 64;
		c->held = realloc(c->held, c->held_cap * sizeof(*c->held));
		assert_non_null(c->held);
	}
	c->held[c->held_count++] = (struct collect_piece){ p, n, c->n };
	for (size_t i = 0; i < RECORD_PAD; i++)
		c->pad += (unsigned char)p[n + i];
	collect_put(c, p, n);
	collect_put(c, "\n", 1);
}

static inline void collect_line(void *ctx, const char *p, size_t n)
{
	struct collect *c = ctx;

	c->lines++;
	collect_put(c, "L", 1);
	collect_hold(c, p, n);
}

static inline void collect_datagram(void *ctx, unsigned type, const char *p, size_t n)
{
	char head[32];

	collect_put(ctx, head, (size_t)snprintf(head, sizeof(head), "D%u:", type));
	collect_hold(ctx, p, n);
}

static inline void collect_overlong(void *ctx, const char *p, size_t n, size_t whole)
{
	char head[64];

	collect_put(ctx, head, (size_t)snprintf(head, sizeof(head), "O%zu:%zu:", n, whole));
	collect_hold(ctx, p, n);
}

static inline void collect_settle(void *ctx)
{
	struct collect *c = ctx;

	for (size_t i = 0; i < c->held_count; i++)
		assert_memory_equal(c->held[i].p, c->text + c->held[i].at, c->held[i].n);
	c->held_count = 0;
	c->settled++;
}

static inline struct source_sink collect_sink(struct collect *c)
{
	*c = (struct collect){ 0 };
	collect_put(c, "", 0);
	return (struct source_sink){
		.line = collect_line, .datagram = collect_datagram, .overlong = collect_overlong,
		.settle = collect_settle, .ctx = c
	};
}

static inline void collect_release(struct collect *c)
{
	assert_int_equal(c->held_count, 0);
	free(c->text);
	free(c->held);
}

#endif
