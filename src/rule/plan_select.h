/*
 * From [select] sections to a plan. What the plan lets through is never less than what select_match() selects, but for
 * names of files that lead elsewhere, where the host's path_by_object allows that (see tiercel.ini(5), path_match).
 */
#ifndef TIERCEL_RULE_PLAN_SELECT_H
#define TIERCEL_RULE_PLAN_SELECT_H

#include "filter/select.h"
#include "rule/plan_make.h"

/*
 * What the kernel is given, by key of a section:
 *
 *   syscalls  each call's numbers on each architecture, and socketcall and ipc where they carry one. Opens that count
 *             only when they ask to write are told by perm=w; open_by_handle_at, and openat2 before 5.16, which perm
 *             does not know, by their number alone.
 *   types     the calls that bring them; most records come by themselves
 *   success   as it is
 *   uid auid  up to PLAN_IDS alternatives as rules of their own; more as the range that holds them all
 *   exe       up to PLAN_EXES programs, named in full and there
 *   path      dir= of the last directory before a wildcard, path= of a name without one; only of calls that did not
 *             fail, whose names come from PATH records. Failures, which have no object, are rules of their own. Calls
 *             that read and write by descriptor have no PATH at all, so a section with a path can't mean them.
 *
 * A section of more than PLAN_SECTION_RULES rules is weakened: its paths are cut to fewer and fewer names, then given
 * up; then exe, auid and uid. So is one that has more than its share of PLAN_RULES: the kernel looks through all rules
 * of a call, and takes some 14 ms to delete one, which whoever stops the service waits for.
 */
#define PLAN_IDS 4
#define PLAN_EXES 8

/*
 * Add to `plan` the rule that leaves ourselves out, and those for each section of the set; merged. NULL set: no rules
 * at all, as nothing was asked for by name. 0 or -ENOMEM. plan->notes tells what was left to user space and why, one
 * line for each.
 */
int plan_select(struct plan *plan, const struct select_set *set, const struct plan_host *host);

#endif
