/*
 * Sources bring records in batches: many calls of line() or datagram(), then one settle() before the memory is used
 * again. Text handed over has RECORD_PAD readable bytes behind it. A source knows no filter and no output.
 */
#ifndef TIERCEL_SOURCE_SOURCE_H
#define TIERCEL_SOURCE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

struct err;

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

/* What a live source knows to be lost, or did not take; all since its start. */
struct source_counts {
	uint64_t dropped;   /* records that found no room in the socket, where that is loss; as the kernel tells */
	uint64_t congested; /* times that it was full, and the kernel kept the records to try again: not for ever */
	uint64_t cut;       /* datagrams longer than any record may be: what came was handed over */
	uint64_t ignored;   /* datagrams that are no records of the kernel's: foreign senders, too short, odd types */
	uint64_t restarts;  /* times that the stream broke off and began anew, records between being lost */
};

/* A live source: a struct that begins with this one. */
struct source {
	const struct source_ops *ops;
	/*
	 * After a read() of less than `full`, which took all there was, it is well to let so many ms pass: what comes
	 * meanwhile is taken in one go, and costs a fraction. 0: read at once.
	 */
	unsigned gather_ms;
	int full;
};

struct source_ops {
	const char *origin; /* evt.origin */
	/* To be polled for input; -1: there is none now, and read() is to be called at each tick. May change. */
	int (*fd)(const struct source *s);
	/*
	 * Hand over what there is, as much as one go takes: > 0; -EAGAIN: nothing now; 0: the end; other -errno: an
	 * end too, which explain() tells.
	 */
	int (*read)(struct source *s);
	/* From time to time (200 ms), now_ms being any monotonic clock: what wants to be looked after. */
	void (*tick)(struct source *s, int64_t now_ms);
	void (*counts)(const struct source *s, struct source_counts *counts);
	/* Say why read() returned `code` (< 0). */
	void (*explain)(const struct source *s, int code, struct err *err);
	void (*close)(struct source *s);
};

#endif
