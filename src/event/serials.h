/*
 * Gaps in the serial numbers of a live stream: each is an event that the kernel made and nobody got. Records interleave
 * and come out of order (by some 140), so a number is missed only when the window has gone past it, or after a quiet
 * time. 32 bits, wraps; a jump backwards or far forwards is another boot or another source, and no loss.
 */
#ifndef TIERCEL_EVENT_SERIALS_H
#define TIERCEL_EVENT_SERIALS_H

#include <stdbool.h>
#include <stdint.h>

#define SERIALS_WINDOW 1024
#define SERIALS_QUIET_MS 2000

/* Zeroed: ready. */
struct serials {
	bool started;
	uint32_t next;       /* the highest seen, and one */
	uint64_t seen[SERIALS_WINDOW / 64]; /* bit per number modulo the window, of those below next */
	uint32_t settled;    /* everything below is counted */
	uint64_t missing;    /* in all */
	uint64_t resets;     /* jumps that were taken as another stream */
	uint32_t first, last; /* of the missing ones since serials_told() */
	uint64_t untold;
	bool active;         /* something came since the last tick */
	int64_t quiet_since; /* ms */
};

/* Hot. */
void serials_push(struct serials *s, uint32_t serial);
/* now_ms: any monotonic clock. What has been quiet long enough is settled up to `next`. */
void serials_tick(struct serials *s, int64_t now_ms);
/* The end: all that is open is settled. */
void serials_end(struct serials *s);
/* What was missed since the last call: how many, and the first and last of them. */
uint64_t serials_told(struct serials *s, uint32_t *first, uint32_t *last);

#endif
