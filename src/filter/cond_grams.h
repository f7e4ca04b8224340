/*
 * Which of many texts lie somewhere in a text: one walk over it, three bytes (a gram) at a time. Of each text that gram
 * is looked for that the fewest others have, so that what all have in common costs nothing.
 */
#ifndef TIERCEL_FILTER_COND_GRAMS_H
#define TIERCEL_FILTER_COND_GRAMS_H

#include "filter/cond_set.h"

#define COND_GRAM 3 /* bytes that a text must have at least */

struct cond_grams {
	const struct cond_set *set; /* the caller's */
	bool folded;       /* letters of either case; the set's are small ones */
	unsigned bits;     /* of a gram's hash */
	uint64_t *filter;  /* bit per hash: is there one? */
	uint32_t *head;    /* by hash: a text's number + 1 */
	uint32_t *next;    /* by text: another one's number + 1 */
	uint32_t *at;      /* by text: byte of its gram */
};

/* 0 or -ENOMEM. The set must not change behind. */
int cond_grams_make(struct cond_grams *g, const struct cond_set *set, bool folded);
void cond_grams_release(struct cond_grams *g);

/* Zero to start. */
struct cond_grams_walk {
	size_t at;
	uint32_t next, gram;
};
/* The number of the next text that lies in `text`, each as often as it does; COND_SET_NONE: no more. */
uint32_t cond_grams_next(const struct cond_grams *g, struct span text, struct cond_grams_walk *w);

#endif
