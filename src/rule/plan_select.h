/*
 * From [select] sections to wants. What they let through is never less than what select_match() selects, but for names
 * of files that lead elsewhere, where the host's path_by_object allows that (see tiercel.ini(5), path_match).
 *
 *   syscalls  the calls; those that count only when they ask to write as a want of their own, with perm
 *   types     the calls that bring them, as a want of their own; most records come by themselves
 *   all others as they are
 */
#ifndef TIERCEL_RULE_PLAN_SELECT_H
#define TIERCEL_RULE_PLAN_SELECT_H

#include "filter/select_part.h"
#include "rule/plan_make.h"

/* Add the wants of one section, the given place of plan->sections; notes to the plan. 0 or -ENOMEM. */
int plan_select_wants(struct plan_wants *list, const struct select_part *part, struct plan *plan, unsigned section);

/*
 * The calls that the kernel adds a record of the type to; `words` names them, NULL: it comes by itself. True: it comes
 * by itself, but only where there is a kernel rule, whichever.
 */
bool plan_type_calls(unsigned type, struct plan_calls *calls, const char **words);
/* The same of all types that a section asks for, with a note for each that comes with calls. */
bool plan_types(struct plan_calls *calls, const struct select_part *part, struct plan *plan, unsigned section);

#endif
