/* The monitor's own events: start, stop, lost, reload ... evt.source is internal, evt.type their name. */
#ifndef TIERCEL_EVENT_INTERNAL_H
#define TIERCEL_EVENT_INTERNAL_H

#include "event/event.h"

/* A pair of internal.KEY; text NULL: the number. */
struct internal_pair {
	const char *key; /* [a-z_]+ */
	const char *text;
	uint64_t number;
};

struct internal_event {
	const char *type; /* "start" */
	int priority;     /* syslog's */
	const char *text; /* one plain sentence: evt.args, and the output line's middle */
	int64_t time_ms;  /* since the epoch */
	const struct internal_pair *pairs;
	unsigned count;
};

/* Fill `ev`; `g` lends its arena, the rest of it is zero. The texts need not outlive the call. */
void normalize_internal(struct normalizer *n, struct group *g, const struct internal_event *in, struct event *ev);

#endif
