/*
 * What was lost between the kernel and the outputs, from every place that counts it, told in the stream. No one of them
 * sees all: a record dropped for want of a reader leaves a gap in the serials, one dropped by a full backlog uses no
 * serial and raises the kernel's count, a multicast socket counts its own, and an output those that it had no room for.
 * So is what rules leave out for their rate limits, though nothing is lost by it.
 */
#ifndef TIERCEL_DAEMON_LOSS_H
#define TIERCEL_DAEMON_LOSS_H

#include "daemon/owner.h"
#include "daemon/pipeline.h"
#include "daemon/route.h"
#include "event/serials.h"

enum { LOSS_SERIALS, LOSS_KERNEL, LOSS_SOCKET, LOSS_CUT, LOSS_RECORDS, LOSS_RESTARTS, LOSS_COUNT };

/* Zeroed but for the pipeline and what is watched: ready. */
struct loss {
	struct pipeline *pipeline;
	struct serials *serials;       /* NULL: the source's serials tell nothing */
	const struct source *source;
	const struct owner *owner;     /* NULL: the kernel's count is not known */
	uint64_t told[LOSS_COUNT];
	int64_t next;
};

/* Tell what is new; now_ms is any monotonic clock. A loss that no output could take is told again later. */
void loss_tick(struct loss *l, struct route *route, int64_t now_ms);
/* The outputs of a configuration are finished: tell those that took over what was lost with them. */
void loss_reroute(struct loss *l, struct route *before);
/* Everything is read: tell the rest. */
void loss_end(struct loss *l, struct route *route);
/*
 * Tell what rules left out for their limits, and was not told yet; what a replay needs of all this. time_ms: of the
 * events that say so.
 */
void loss_tell_limits(struct pipeline *p, struct route *route, int64_t time_ms);
/* Sum of all that is known to be lost on the way to us. */
uint64_t loss_total(const struct loss *l);
/* "lost on the way to us: 3 events by gaps in the serials, 135 records by the kernel", or nothing. */
void loss_print(const struct loss *l, struct buf *out);

#endif
