/* The plan of a whole configuration. */
#include "rule/plan_cond.h"
#include "rule/plan_select.h"

#include <errno.h>
#include <stdlib.h>

static int add_selects(struct plan_wants *wants, struct plan *plan, const struct select_set *selects)
{
	int rc = 0;

	for (size_t i = 0; selects && i < selects->count && rc >= 0; i++) {
		rc = plan_section(plan, "select", selects->part[i].name);
		if (rc >= 0)
			rc = plan_select_wants(&wants[rc], &selects->part[i], plan, (unsigned)rc);
	}
	return rc;
}

static int add_rules(struct plan_wants *wants, struct plan *plan, const struct ruleset *rules,
	const struct plan_host *host)
{
	char name[256];
	int rc = 0;

	for (size_t i = 0; rules && i < ruleset_count(rules) && rc >= 0; i++) {
		const struct rule *r = ruleset_rule(rules, i);
		size_t n = r->id.n < sizeof(name) ? r->id.n : sizeof(name) - 1;

		if (!r->enabled)
			continue;
		memcpy(name, r->id.p, n);
		name[n] = '\0';
		rc = plan_section(plan, "rule", name);
		if (rc >= 0)
			rc = plan_cond_wants(&wants[rc], &r->condition, plan, (unsigned)rc, host);
	}
	return rc;
}

static void release(struct plan_wants *wants, size_t count)
{
	for (size_t i = 0; wants && i < count; i++)
		plan_wants_release(&wants[i]);
	free(wants);
}

int plan_build_wants(struct plan_wants **wants, struct plan *plan, const struct select_set *selects,
	const struct ruleset *rules, const struct plan_host *host)
{
	size_t most = plan->section_count + (selects ? selects->count : 0) + (rules ? ruleset_count(rules) : 0);
	struct plan_wants *made = calloc(most + 1, sizeof(*made));
	int rc = made ? add_selects(made, plan, selects) : -ENOMEM;

	if (rc >= 0)
		rc = add_rules(made, plan, rules, host);
	if (rc < 0)
		release(made, most);
	else
		*wants = made;
	return rc < 0 ? rc : 0;
}

int plan_build(struct plan *plan, const struct select_set *selects, const struct ruleset *rules,
	const struct plan_host *host)
{
	struct plan_wants *wants;
	int rc = plan_build_wants(&wants, plan, selects, rules, host);

	if (rc < 0)
		return rc;
	rc = plan_make(plan, wants, plan->section_count, host);
	release(wants, plan->section_count);
	return rc;
}
