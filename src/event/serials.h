/*
 * Gaps in the serial numbers of a live stream: each is an event that the kernel made and nobody got. Records interleave
 * and come out of order (by some 140), so a number is missed only when the window has gone past it, or after a quiet
 * time. 32 bits, wraps; a jump backwards or far forwards is another boot or another source, and no loss. A number or
 * two from far away are none of both: an old kernel held them back, or somebody forged a line.
 */
#ifndef TIERCEL_EVENT_SERIALS_H
#define TIERCEL_EVENT_SERIALS_H

#include <stdbool.h>
#include <stdint.h>

#define SERIALS_WINDOW 1024
#define SERIALS_QUIET_MS 2000
#define SERIALS_FAR (1u << 24) /* so many forwards are no loss any more */
#define SERIALS_ASTRAY 64      /* numbers in a row from elsewhere: that is where the stream is now */

/* Zeroed: ready. */
struct serials {
	bool started;
	uint32_t next;       /* the highest seen, and one */
	uint64_t seen[SERIALS_WINDOW / 64]; /* bit per number modulo the window, of those from settled to next */
	uint32_t settled;    /* everything below is counted; at most the window below next */
	uint64_t missing;    /* in all */
	uint64_t resets;     /* jumps that were taken as another stream */
	uint32_t first, last; /* of the missing ones since serials_told() */
	uint64_t untold;
	uint32_t stray;      /* the latest number from elsewhere */
	unsigned strays;     /* how many in a row */
	bool marked;
	uint32_t mark;       /* next, as it was at mark_ms */
	int64_t mark_ms;
};

/* Hot. */
void serials_push(struct serials *s, uint32_t serial);
/*
 * now_ms: any monotonic clock; when all that could be read has been pushed. What was below `next` so long ago and did
 * not come is settled.
 */
void serials_tick(struct serials *s, int64_t now_ms);
/* The end: all that is open is settled. */
void serials_end(struct serials *s);
/* What was missed since the last call: how many, and the first and last of them. */
uint64_t serials_told(struct serials *s, uint32_t *first, uint32_t *last);

#endif
