/* Groups of records become events of the one schema. */
#ifndef TIERCEL_EVENT_NORMALIZE_H
#define TIERCEL_EVENT_NORMALIZE_H

#include "event/event.h"

struct names;      /* event/names.h */
struct proc_facts; /* sys/proc.h */

struct normalize_options {
	struct span origin;   /* evt.origin: log, audisp ...; may be set after normalizer_new() */
	struct span boot;     /* first part of evt.id: "log" in replay */
	struct span hostname; /* where a record has no node= */
	bool tty_data;        /* show data= of TTY and USER_TTY */
	uint32_t pruned;      /* bit per enum seen: records that the kernel was told to leave out, and none misses */
	const struct names *names; /* for this host's records, where they bring none themselves; NULL: no others */
	/*
	 * proc_look() of sys/proc.h, or its like: asked of a parent or ancestor on this host that no event told of for
	 * a while. NULL, as in a replay: only what events tell is known.
	 */
	int (*look)(void *looks, uint32_t pid, struct proc_facts *facts);
	void *looks;
};

struct normalizer;
/* `options` and what it points to must outlive the normalizer. NULL: no memory. */
struct normalizer *normalizer_new(const struct normalize_options *options);
void normalizer_free(struct normalizer *n);

/* Fill `ev` from a closed group: the STORED fields. Never fails: what can't be read comes out as it is. */
void normalize(struct normalizer *n, struct group *g, struct event *ev);
/*
 * An audit.raw event of a line that is no record: `why` is a short constant cause. `g` lends its arena and its time,
 * that of the record before; the rest of it is zero.
 */
void normalize_raw(struct normalizer *n, struct group *g, struct span raw, struct span why, struct event *ev);

#endif
