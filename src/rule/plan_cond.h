/*
 * From a condition to wants: disjuncts of what the kernel can test, bounded. Checks that it can't test are taken for
 * true; those that it can test are made wider where its tests are not the same (see HACKING, Rules).
 */
#ifndef TIERCEL_RULE_PLAN_COND_H
#define TIERCEL_RULE_PLAN_COND_H

#include "filter/cond.h"
#include "rule/plan_make.h"

/* Disjuncts of one condition at most; beyond that those nearest to each other become one that holds both. */
#define PLAN_DISJUNCTS 64

/*
 * Add the wants of `c` to `list`; plan->notes tells of each check that stays in user space and why. `section` is the
 * rule's place in plan->sections. No want at all: no system call can match. 0 or -ENOMEM.
 */
int plan_cond_wants(struct plan_wants *list, const struct cond *c, struct plan *plan, unsigned section,
	const struct plan_host *host);
/*
 * Can any system call's event match, and of which calls; can one without a system call? As far as evt.type, evt.source
 * and fields that only some calls have tell, on the host's architectures; NULL: whatever the architecture.
 */
bool plan_cond_calls(const struct cond *c, const struct plan_host *host, struct plan_calls *calls);
bool plan_cond_records(const struct cond *c);

#endif
