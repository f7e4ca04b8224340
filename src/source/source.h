/*
 * Sources bring records in batches: many calls of line() or datagram(), then one settle() before the memory is used again.
 * Text handed over has RECORD_PAD readable bytes behind it. A source knows no filter and no output.
 */
#ifndef TIERCEL_SOURCE_SOURCE_H
#define TIERCEL_SOURCE_SOURCE_H

#include <stddef.h>

struct source_sink {
	void (*line)(void *ctx, const char *p, size_t n);                   /* without its newline */
	void (*datagram)(void *ctx, unsigned type, const char *p, size_t n); /* audispd's binary protocol, netlink */
	void (*overlong)(void *ctx, const char *p, size_t n, size_t whole); /* a line over the bound: its first n of whole bytes */
	void (*settle)(void *ctx);                                          /* the memory handed over is about to be reused */
	void *ctx;
};

#endif
