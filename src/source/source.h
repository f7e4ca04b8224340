/*
 * Sources bring records in batches: many calls of line() or datagram(), then one settle() before the memory is used
 * again. Text handed over has RECORD_PAD readable bytes behind it. A source knows no filter and no output.
 */
#ifndef TIERCEL_SOURCE_SOURCE_H
#define TIERCEL_SOURCE_SOURCE_H

#include <stddef.h>

struct source_sink {
	/* A line, without its newline. */
	void (*line)(void *ctx, const char *p, size_t n);
	/* May be NULL. Before the first of some lines: the text that they lie in, to look through at once. */
	void (*text)(void *ctx, const char *p, size_t n);
	/* A payload of audispd's binary protocol or of netlink. */
	void (*datagram)(void *ctx, unsigned type, const char *p, size_t n);
	/* A line over the bound: its first n of whole bytes. */
	void (*overlong)(void *ctx, const char *p, size_t n, size_t whole);
	/* The memory handed over is about to be reused. */
	void (*settle)(void *ctx);
	void *ctx;
};

#endif
