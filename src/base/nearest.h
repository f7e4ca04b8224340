/* The nearest known word, for "did you mean": by edits, where a swap of neighbours is one and case is none. */
#ifndef TIERCEL_BASE_NEAREST_H
#define TIERCEL_BASE_NEAREST_H

#include "base/span.h"

/* Zero but for .word to start; after all the offers, best.p is NULL where nothing comes near enough. */
struct nearest {
	struct span word;
	struct span best;
	unsigned distance; /* of best */
};

/* Of candidates at the same distance the first offered stays. Words over 63 bytes are near to nothing. */
void nearest_offer(struct nearest *n, struct span candidate);

#endif
