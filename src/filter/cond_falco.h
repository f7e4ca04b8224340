/* Fields that Falco has and we have not, so that a rule of Falco's gets a better answer than "unknown". */
#ifndef TIERCEL_FILTER_COND_FALCO_H
#define TIERCEL_FILTER_COND_FALCO_H

#include "base/span.h"

struct cond_falco {
	struct span name;
	const char *instead; /* what tells nearly the same, NULL: nothing */
};

/* NULL: Falco has no such field either. */
const struct cond_falco *cond_falco(struct span word);

#endif
