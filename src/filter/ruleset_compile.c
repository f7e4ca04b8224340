/* A parsed condition becomes steps: what is cheap comes first. */
#include "filter/ruleset_part.h"

#include <errno.h>
#include <stdlib.h>

static int node_compare(const void *a, const void *b)
{
	const struct rule_node *x = *(struct rule_node *const *)a, *y = *(struct rule_node *const *)b;

	return x->cost != y->cost ? (x->cost > y->cost) - (x->cost < y->cost) : (x->at > y->at) - (x->at < y->at);
}

/* a != x is: a is there, and not a = x. Of ancestors it is: one is not x. */
static int leaf(struct ruleset *s, struct interned *in, struct rule_node *n, const struct cond_check *what)
{
	n->check = ruleset_check(s, in, what);
	if (n->check == RULESET_NONE)
		return -ENOMEM;
	n->cost = s->check[n->check].cost;
	if (what->op == COND_NOT_EQUAL && !what->left.ancestors && s->check[n->check].opposite == RULESET_NONE) {
		struct cond_check *equal = ruleset_keep(&s->kept, sizeof(*equal));
		if (!equal)
			return -ENOMEM;
		*equal = *what;
		equal->op = COND_EQUAL;
		uint32_t opposite = ruleset_check(s, in, equal);
		if (opposite == RULESET_NONE)
			return -ENOMEM;
		s->check[n->check].opposite = opposite;
	}
	return 0;
}

static int tree(struct ruleset *s, struct interned *in, struct keep **nodes, const struct cond_node *from,
	struct rule_node **out)
{
	struct rule_node *n = *out = ruleset_keep(nodes, sizeof(*n));
	int rc = 0;

	if (!n)
		return -ENOMEM;
	n->kind = from->kind;
	n->negated = from->negated;
	if (from->kind == COND_CHECK)
		return leaf(s, in, n, from->check);
	n->part = ruleset_keep(nodes, from->count * sizeof(struct rule_node *));
	if (!n->part)
		return -ENOMEM;
	for (size_t i = 0; i < from->count && rc == 0; i++) {
		rc = tree(s, in, nodes, from->part[i], &n->part[i]);
		if (rc < 0)
			return rc;
		n->part[i]->at = (uint32_t)i;
		n->count++;
		if (n->cost < n->part[i]->cost)
			n->cost = n->part[i]->cost;
	}
	qsort(n->part, n->count, sizeof(*n->part), node_compare);
	return 0;
}

/* Steps are written from the last one on, so that each knows its successors. The first one's number in *start. */
static int emit(struct ruleset *s, const struct rule_node *n, uint32_t yes, uint32_t no, uint32_t *start)
{
	int rc = 0;

	if (n->kind == COND_CHECK) {
		void *p = ruleset_room(s->step, s->steps, &s->step_cap, sizeof(*s->step));
		if (!p)
			return -ENOMEM;
		s->step = p;
		s->step[s->steps] = (struct step){ n->check, yes, no, n->negated };
		*start = (uint32_t)s->steps++;
		return 0;
	}
	*start = n->kind == COND_AND ? yes : no;
	for (size_t i = n->count; i-- > 0 && rc == 0;)
		rc = emit(s, n->part[i], n->kind == COND_AND ? *start : yes, n->kind == COND_AND ? no : *start, start);
	return rc;
}

int ruleset_compile(struct ruleset *s, struct interned *in, struct keep **nodes, uint32_t rule,
	struct rule_node **root)
{
	int rc = tree(s, in, nodes, s->rule[rule].condition.root, root);

	return rc < 0 ? rc : emit(s, *root, STEP_TRUE, STEP_FALSE, &s->start[rule]);
}
