/*
 * From [select] sections to a plan. What the plan lets through is never less than what select_match() selects, but for
 * names of files that lead elsewhere, where the host's path_by_object allows that (see tiercel.ini(5), path_match).
 */
#ifndef TIERCEL_RULE_PLAN_SELECT_H
#define TIERCEL_RULE_PLAN_SELECT_H

#include "filter/select.h"
#include "rule/plan.h"

/*
 * Add to `plan` the rule that leaves ourselves out, and those for each section of the set; merged. NULL set: no rules
 * at all, as nothing was asked for by name. 0 or -ENOMEM. plan->notes tells what was left to user space and why, one
 * line for each.
 */
int plan_select(struct plan *plan, const struct select_set *set, const struct plan_host *host);

#endif
