/* From a condition to disjuncts: an AND is each part with each other, an OR all parts together, a bounded number. */
#include "rule/plan_cond_part.h"

#include <errno.h>
#include <stdlib.h>

#define PRODUCT_MAX 256 /* disjuncts of an AND before they are joined */

static void disjuncts(struct plan_cond *pc, const struct cond_node *n, struct plan_wants *out);

/* No more than `most`. */
static void shrink(struct plan_cond *pc, struct plan_wants *list, size_t most)
{
	struct plan_wants less = { .count = 0 };

	if (list->count <= most)
		return;
	for (size_t i = 0; i < list->count; i++)
		plan_cond_join(pc, &less, &list->want[i], most);
	free(list->want);
	*list = less;
}

/* `to` becomes what both let through. */
static void multiply(struct plan_cond *pc, struct plan_wants *to, struct plan_wants *with)
{
	struct plan_wants product = { .count = 0 };

	if (to->count)
		shrink(pc, with, to->count < PRODUCT_MAX / 4 ? PRODUCT_MAX / to->count : 4);
	for (size_t i = 0; i < to->count && pc->rc == 0; i++) {
		for (size_t k = 0; k < with->count && pc->rc == 0; k++) {
			struct plan_want both = to->want[i];

			if (plan_want_and(&both, &with->want[k]))
				plan_cond_join(pc, &product, &both, PLAN_DISJUNCTS);
		}
	}
	free(to->want);
	*to = product;
}

static void all_of(struct plan_cond *pc, const struct cond_node *n, struct plan_wants *out)
{
	struct plan_want all;

	plan_want_all(&all);
	plan_cond_add(pc, out, &all);
	for (size_t i = 0; i < n->count && pc->rc == 0; i++) {
		struct plan_wants part = { .count = 0 };

		disjuncts(pc, n->part[i], &part);
		multiply(pc, out, &part);
		free(part.want);
	}
}

static void any_of(struct plan_cond *pc, const struct cond_node *n, struct plan_wants *out)
{
	for (size_t i = 0; i < n->count && pc->rc == 0; i++) {
		struct plan_wants part = { .count = 0 };

		disjuncts(pc, n->part[i], &part);
		for (size_t k = 0; k < part.count; k++)
			plan_cond_join(pc, out, &part.want[k], PLAN_DISJUNCTS);
		free(part.want);
	}
}

/* `out` is empty to begin with. */
static void disjuncts(struct plan_cond *pc, const struct cond_node *n, struct plan_wants *out)
{
	struct plan_wants literal = { .count = 0 };

	switch (n->kind) {
	case COND_AND:
		all_of(pc, n, out);
		return;
	case COND_OR:
		any_of(pc, n, out);
		return;
	case COND_CHECK:
		plan_cond_literal(pc, n->check, n->negated, &literal);
		for (size_t i = 0; i < literal.count; i++)
			plan_cond_join(pc, out, &literal.want[i], PLAN_DISJUNCTS);
		free(literal.want);
		return;
	}
}

/* ---- what can match at all ---- */

struct kinds {
	struct plan_calls calls;
	bool records;
};

static struct kinds kinds_of_check(const struct cond_node *n, const struct plan_host *host)
{
	struct plan_cond pc = { .host = host };
	struct plan_wants literal = { .count = 0 };
	struct kinds k;

	plan_cond_literal(&pc, n->check, n->negated, &literal);
	memset(&k.calls, pc.rc < 0 ? 0xff : 0, sizeof(k.calls));
	k.records = pc.records;
	for (size_t i = 0; i < literal.count; i++)
		plan_calls_or(&k.calls, &literal.want[i].calls);
	free(literal.want);
	return k;
}

static struct kinds kinds_of(const struct cond_node *n, const struct plan_host *host)
{
	bool all = n->kind == COND_AND;
	struct kinds k;

	if (n->kind == COND_CHECK)
		return kinds_of_check(n, host);
	memset(&k.calls, all ? 0xff : 0, sizeof(k.calls));
	k.records = all;
	for (size_t i = 0; i < n->count; i++) {
		struct kinds part = kinds_of(n->part[i], host);

		k.records = all ? k.records && part.records : k.records || part.records;
		(all ? plan_calls_and : plan_calls_or)(&k.calls, &part.calls);
	}
	return k;
}

bool plan_cond_within(struct plan_cond *pc, const struct plan_calls *calls)
{
	struct plan_calls both;

	if (!pc->known)
		pc->within = kinds_of(pc->cond->root, pc->host).calls;
	pc->known = true;
	both = pc->within;
	plan_calls_and(&both, calls);
	return plan_calls_any(&both);
}

int plan_cond_wants(struct plan_wants *list, const struct cond *c, struct plan *plan, unsigned section,
	const struct plan_host *host)
{
	struct plan_cond pc = { .plan = plan, .section = section, .host = host, .list = list, .cond = c };
	struct plan_wants all = { .count = 0 };

	disjuncts(&pc, c->root, &all);
	for (size_t i = 0; i < all.count && pc.rc == 0; i++)
		plan_cond_add(&pc, list, &all.want[i]);
	list->needs_a_rule = list->needs_a_rule || pc.needs_a_rule;
	free(all.want);
	return pc.rc;
}

bool plan_cond_calls(const struct cond *c, const struct plan_host *host, struct plan_calls *calls)
{
	*calls = kinds_of(c->root, host).calls;
	return plan_calls_any(calls);
}

bool plan_cond_records(const struct cond *c)
{
	return kinds_of(c->root, NULL).records;
}
