/* The monitor's own events: start, stop, lost, reload ... evt.source is internal, evt.type their name. */
#ifndef TIERCEL_EVENT_INTERNAL_H
#define TIERCEL_EVENT_INTERNAL_H

#include "event/normalize.h"

/* A pair of evt.args and internal.KEY; text NULL: the number. */
struct internal_pair {
	const char *key; /* [a-z_]+, not text */
	const char *text;
	uint64_t number;
};

struct internal_event {
	const char *type; /* "start"; [a-z_]+ */
	int priority;     /* syslog's */
	const char *text; /* one plain sentence: internal.text, and the end of the output line */
	int64_t time_ms;  /* since the epoch */
	const struct internal_pair *pairs;
	unsigned count;
};

/*
 * Fill `ev`; `g` lends its arena and gets the time, the rest of it is zero. The texts need not outlive the call. What
 * finds no memory is left out.
 */
void normalize_internal(struct normalizer *n, struct group *g, const struct internal_event *in, struct event *ev);

#endif
