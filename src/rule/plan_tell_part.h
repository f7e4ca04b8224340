/* Inside of plan_tell: not for other files. */
#ifndef TIERCEL_RULE_PLAN_TELL_PART_H
#define TIERCEL_RULE_PLAN_TELL_PART_H

#include "rule/plan_tell.h"

/* The bit of plan_calls for a number. */
unsigned plan_tell_id(int arch, unsigned nr);
/* Fill t->widenings from what the sections would ask for alone. 0 or -ENOMEM. */
int plan_tell_widenings(struct plan_tell *t, const struct plan_host *host);
/* Fill t->crossings; t->known and t->always are there. 0 or -ENOMEM. */
int plan_tell_crossings(struct plan_tell *t, const struct plan_host *host);

#endif
