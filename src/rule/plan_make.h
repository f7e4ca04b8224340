/*
 * From wants to kernel rules, in a number that the kernel bears. The one way from a configuration to a plan:
 *
 *   [select NAME]  plan_select_wants()  \
 *                                        wants -> plan_make() -> plan
 *   [rule NAME]    plan_cond_wants()    /
 */
#ifndef TIERCEL_RULE_PLAN_MAKE_H
#define TIERCEL_RULE_PLAN_MAKE_H

#include "filter/ruleset.h"
#include "filter/select.h"
#include "rule/plan_want.h"

/*
 * What one section comes to. The wants' spans and numbers point to the section's own texts, or to the plan's
 * (plan_text()).
 */
struct plan_wants {
	struct plan_want *want; /* malloc'ed */
	size_t count, cap;
	bool needs_a_rule; /* its records come only where there is a kernel rule, whichever */
	void **kept; /* blocks of plan_wants_keep() */
	size_t kept_count;
};
/* A copy of `w` at the end; 0 or -ENOMEM. */
int plan_wants_add(struct plan_wants *list, const struct plan_want *w);
void plan_wants_release(struct plan_wants *list);
/* n bytes, zero, for what the wants point to: they live as long as the list; NULL: no memory. */
void *plan_wants_keep(struct plan_wants *list, size_t n);

/*
 * Add to `plan` the rules of all sections, which plan->sections names in the same order, and the one that leaves
 * ourselves out; merged. Above PLAN_SECTION_RULES of a section, or PLAN_RULES of all, they are weakened, never dropped:
 * paths are cut to fewer and fewer names, then given up; then exe, then numbers. Notes tell. 0 or -ENOMEM.
 */
#define PLAN_SECTION_RULES 64
#define PLAN_RULES 1024
#define PLAN_IDS 4   /* alternatives of a number as rules of their own; more become the range that holds them all */
#define PLAN_EXES 8  /* programs likewise; more are not tested */
int plan_make(struct plan *plan, const struct plan_wants *wants, size_t count, const struct plan_host *host);
/* The same; and add to `apart` the sections and the rules of each, with its tag alone. Their texts are the plan's. */
int plan_make_apart(struct plan *plan, struct plan *apart, const struct plan_wants *wants, size_t count,
	const struct plan_host *host);

/* The plan of a whole configuration; NULL, empty: none of these. Nothing selected by name: no rules at all. */
int plan_build(struct plan *plan, const struct select_set *selects, const struct ruleset *rules,
	const struct plan_host *host);
/* Its first half: the sections, and *wants of each, from the first one of the plan on; to release and free. */
int plan_build_wants(struct plan_wants **wants, struct plan *plan, const struct select_set *selects,
	const struct ruleset *rules, const struct plan_host *host);

#endif
