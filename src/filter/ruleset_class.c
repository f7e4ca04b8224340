/* Which rules an event of some evt.type can match, and by which checks most of those are found. */
#include "filter/ruleset_part.h"

#include <errno.h>
#include <stdlib.h>

#define WEIGHT_DEAD 0          /* false in this class, whatever the event */
#define WEIGHT_NONE UINT32_MAX /* can hold without any indexed check */

struct classing {
	struct ruleset *s;
	uint32_t cls;
	uint32_t *pick; /* checks, one of which holds where the node does */
	size_t picks, pick_cap;
	bool failed;    /* no memory */
	struct pairs triggers, lookups;
	bool *searched;   /* by index and class: in lookups */
	uint32_t *latest; /* by check: the rule that it was last made a trigger of, + 1 */
};

/* What a check of evt.type says in the class of a name, of another name, of no evt.type at all. */
static enum cond_answer in_class(struct ruleset *s, const struct rule_check *c, uint32_t cls)
{
	uint32_t names = s->index[0].set.count;

	if (cls == names + 1)
		return COND_FALSE;
	if (c->op == COND_EXISTS)
		return COND_TRUE;
	return cls < names ? ruleset_answer_item(s, c, s->index[0].set.text[cls]) : COND_UNKNOWN;
}

/* The names that `in` has are just the classes. */
static void in_names(struct ruleset *s)
{
	const struct rule_index *x = &s->index[0];

	for (uint32_t cls = 0; cls < x->set.count; cls++) {
		for (uint32_t i = x->checks.first[cls]; i < x->checks.first[cls + 1]; i++)
			s->check[x->checks.item[i]].by_class[cls] = COND_TRUE;
	}
}

static int answer_classes(struct ruleset *s)
{
	for (size_t i = 0; i < s->checks; i++) {
		struct rule_check *c = &s->check[i];

		if (c->left != 0 || c->right != RULESET_NONE || c->op == COND_REGEX)
			continue;
		c->by_class = ruleset_keep(&s->kept, s->classes);
		if (!c->by_class)
			return -ENOMEM;
		for (uint32_t cls = 0; cls < s->classes && c->index != 0 && c->opposite == RULESET_NONE; cls++)
			c->by_class[cls] = (uint8_t)in_class(s, c, cls);
	}
	in_names(s);
	for (size_t i = 0; i < s->checks; i++) {
		struct rule_check *c = &s->check[i];

		for (uint32_t cls = 0; c->by_class && c->opposite != RULESET_NONE && cls + 1 < s->classes; cls++)
			c->by_class[cls] = (uint8_t)(COND_TRUE - s->check[c->opposite].by_class[cls]);
	}
	return 0;
}

/* How many events it lets through, and what it costs to ask. The ends of the scale are not reached. */
static uint32_t weight(const struct ruleset *s, const struct rule_check *c)
{
	const struct operand *o = &s->operand[c->left];
	static const uint8_t texts[] = {
		[INDEX_EQUAL] = 2, [INDEX_BEGIN] = 4, [INDEX_END] = 4, [INDEX_PATH] = 4, [INDEX_PART] = 8,
		[INDEX_IPART] = 8
	};
	uint32_t each = o->shape == SHAPE_TEXT ? texts[s->index[c->index].kind] : 6;

	return 1 + 2 * o->cost + each * (uint32_t)(c->what->count < 1000 ? c->what->count : 1000);
}

static uint32_t check_weight(struct classing *g, const struct rule_node *n)
{
	const struct rule_check *c = &g->s->check[n->check];
	void *p;

	if (c->by_class)
		return c->by_class[g->cls] == (n->negated ? COND_TRUE : COND_FALSE) ? WEIGHT_DEAD : WEIGHT_NONE;
	if (n->negated || c->neutral || c->index == RULESET_NONE)
		return WEIGHT_NONE;
	p = ruleset_room(g->pick, g->picks, &g->pick_cap, sizeof(*g->pick));
	if (!p) {
		g->failed = true;
		return WEIGHT_NONE;
	}
	g->pick = p;
	g->pick[g->picks++] = n->check;
	return weight(g->s, c);
}

static uint32_t add_weights(uint32_t a, uint32_t b)
{
	return a > WEIGHT_NONE - 1 - b ? WEIGHT_NONE - 1 : a + b;
}

/* Of an AND the best part's picks, of an OR those of all parts that are not dead. */
static uint32_t node_weight(struct classing *g, const struct rule_node *n)
{
	bool is_and = n->kind == COND_AND;
	uint32_t all = is_and ? WEIGHT_NONE : WEIGHT_DEAD;
	size_t first = g->picks;

	if (n->kind == COND_CHECK)
		return check_weight(g, n);
	for (size_t i = 0; i < n->count; i++) {
		size_t from = g->picks;
		uint32_t one = node_weight(g, n->part[i]);

		if (one == (is_and ? WEIGHT_DEAD : WEIGHT_NONE)) {
			g->picks = first;
			return one;
		}
		if (!is_and) {
			all = one == WEIGHT_DEAD ? all : add_weights(all, one);
		} else if (one < all) {
			memmove(g->pick + first, g->pick + from, (g->picks - from) * sizeof(*g->pick));
			g->picks = first + g->picks - from;
			all = one;
		} else {
			g->picks = from;
		}
	}
	return all;
}

static void set_bit(uint64_t *sets, const struct ruleset *s, uint32_t cls, uint32_t rule)
{
	sets[(size_t)cls * s->words + rule / 64] |= UINT64_C(1) << (rule % 64);
}

/* The checks picked trigger the rule; their indexes are searched in this class. */
static int add_triggers(struct classing *g, uint32_t rule)
{
	struct ruleset *s = g->s;

	for (size_t i = 0; i < g->picks; i++) {
		uint32_t index = s->check[g->pick[i]].index;

		if (!g->searched[index * s->classes + g->cls] && ruleset_pair(&g->lookups, g->cls, index) < 0)
			return -ENOMEM;
		g->searched[index * s->classes + g->cls] = true;
		if (g->latest[g->pick[i]] != rule + 1 && ruleset_pair(&g->triggers, g->pick[i], rule) < 0)
			return -ENOMEM;
		g->latest[g->pick[i]] = rule + 1;
	}
	return 0;
}

static int classify(struct classing *g, const struct rule_node *root, uint32_t rule)
{
	struct ruleset *s = g->s;
	uint32_t total;

	g->picks = 0;
	total = node_weight(g, root);
	if (g->failed)
		return -ENOMEM;
	if (total == WEIGHT_DEAD)
		return 0;
	set_bit(s->may, s, g->cls, rule);
	if (total != WEIGHT_NONE)
		return add_triggers(g, rule);
	set_bit(s->always, s, g->cls, rule);
	return 0;
}

static int make_sets(struct ruleset *s, struct classing *g)
{
	size_t sets = (size_t)s->classes * s->words * sizeof(uint64_t);

	s->may = ruleset_keep(&s->kept, sets);
	s->always = ruleset_keep(&s->kept, sets);
	s->fired = ruleset_keep(&s->kept, s->words * sizeof(*s->fired));
	g->searched = calloc(s->indexes * s->classes, sizeof(*g->searched));
	g->latest = calloc(s->checks + 1, sizeof(*g->latest));
	return s->may && s->always && s->fired && g->searched && g->latest ? answer_classes(s) : -ENOMEM;
}

int ruleset_classify(struct ruleset *s, struct rule_node *const *root)
{
	struct classing g = { .s = s };
	int rc;

	s->classes = s->index[0].set.count + 2;
	s->words = (s->count + 63) / 64;
	rc = make_sets(s, &g);
	for (uint32_t rule = 0; rule < s->count && rc == 0; rule++) {
		for (g.cls = 0; root[rule] && g.cls < s->classes && rc == 0; g.cls++)
			rc = classify(&g, root[rule], rule);
	}
	if (rc == 0)
		rc = ruleset_lists(&s->triggered, &g.triggers, (uint32_t)s->checks);
	if (rc == 0)
		rc = ruleset_lists(&s->lookups, &g.lookups, s->classes);
	free(g.triggers.pair);
	free(g.lookups.pair);
	free(g.pick);
	free(g.searched);
	free(g.latest);
	return rc;
}
