/* Wider forms of a rule that the kernel refused; a part of rule_audit. */
#ifndef TIERCEL_RULE_RULE_WEAKEN_H
#define TIERCEL_RULE_RULE_WEAKEN_H

#include "rule/plan.h"

struct rule_weaken {
	struct plan_rule rule; /* the form to try; first that of the plan */
	bool widened;          /* it lets more through than the plan's */
	char path[4096];       /* of the test that was changed */
};

void rule_weaken_start(struct rule_weaken *w, const struct plan_rule *rule);
/* The kernel refused w->rule with `error` (-errno): make it the next wider form; false: there is none. */
bool rule_weaken_next(struct rule_weaken *w, int error);
/* The rule that leaves out our program by its path becomes one of our pid; false: it is none such, and unchanged. */
bool rule_weaken_by_pid(struct plan_rule *rule);

#endif
