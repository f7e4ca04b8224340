/*
 * Many texts, found at once: which of them a text is, or which of them it begins (or ends) with. Filled at load, then
 * asked; the texts' bytes are the caller's.
 */
#ifndef TIERCEL_FILTER_COND_SET_H
#define TIERCEL_FILTER_COND_SET_H

#include "base/span.h"

#include <stdint.h>

#define COND_SET_NONE UINT32_MAX

/* Zero to start. Texts are numbered from 0 as they come. */
struct cond_set {
	struct span *text;
	uint32_t count, cap;
	uint32_t *slot; /* open hash: a number + 1, 0 is free */
	uint32_t slots; /* a power of two */
	uint32_t *sorted, *shorter; /* of cond_set_sort() */
	bool from_end;
};

/* The text's number, old or new, in *id. 0 or -ENOMEM. */
int cond_set_add(struct cond_set *s, struct span text, uint32_t *id);
void cond_set_release(struct cond_set *s);
/* The number of exactly this text, COND_SET_NONE: not there. */
uint32_t cond_set_find(const struct cond_set *s, struct span text);

/* When all are added: make ready for cond_set_longest(). from_end: texts are ends, not begins. 0 or -ENOMEM. */
int cond_set_sort(struct cond_set *s, bool from_end);
/* The longest that `text` begins (or ends) with, by one search; s->shorter[id] is the next one; COND_SET_NONE: none. */
uint32_t cond_set_longest(const struct cond_set *s, struct span text);

#endif
