/* Fewer rules that say the same. */
#include "rule/plan.h"

#include <stdlib.h>

#define COMPARE_MAX 2000 /* rules that are held against each other, as that takes the square of it */

static int compare_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int compare_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

int plan_test_compare(const struct plan_test *a, const struct plan_test *b)
{
	int c = compare_number(a->field, b->field);

	if (c == 0)
		c = compare_number(a->op, b->op);
	if (c == 0)
		c = compare_number(a->value, b->value);
	return c ? c : compare_text(a->text, b->text);
}

/* All but the calls and the tags; what is first is less, and so is the native architecture. */
static int compare_kind(const struct plan_rule *a, const struct plan_rule *b)
{
	int c = compare_number(b->first, a->first);

	if (c == 0)
		c = compare_number(a->action, b->action);
	if (c == 0)
		c = compare_number(a->list, b->list);
	if (c == 0)
		c = compare_number(a->arch, b->arch);
	if (c == 0)
		c = compare_number(a->test_count, b->test_count);
	for (unsigned i = 0; i < a->test_count && c == 0; i++)
		c = plan_test_compare(&a->tests[i], &b->tests[i]);
	return c ? c : compare_text(a->key, b->key);
}

static int order(const void *a, const void *b)
{
	const struct plan_rule *x = a, *y = b;
	int c = compare_kind(x, y);

	return c ? c : memcmp(x->calls, y->calls, sizeof(x->calls));
}

static void take_tags(struct plan_rule *to, const struct plan_rule *from)
{
	for (unsigned i = 0; i < PLAN_TAG_WORDS; i++)
		to->tags[i] |= from->tags[i];
}

/* Does b hold wherever a does? */
static bool test_follows(const struct plan_test *a, const struct plan_test *b)
{
	if (b->field == WIRE_DIR && (a->field == WIRE_DIR || a->field == WIRE_WATCH))
		return plan_below(b->text, a->text);
	return plan_test_compare(a, b) == 0;
}

/* Does `wide` let through all that `narrow` does? */
static bool contains(const struct plan_rule *wide, const struct plan_rule *narrow)
{
	if (wide->list != narrow->list || wide->test_count > narrow->test_count || wide->action != WIRE_ALWAYS ||
		narrow->action != WIRE_ALWAYS || wide->first || narrow->first)
		return false;
	if ((wide->arch != narrow->arch && wide->arch >= 0) || compare_text(wide->key, narrow->key) != 0)
		return false;
	for (unsigned i = 0; i < WIRE_MASK_WORDS; i++)
		if (narrow->calls[i] & ~wide->calls[i])
			return false;
	for (unsigned i = 0; i < wide->test_count; i++) {
		bool follows = false;

		for (unsigned k = 0; k < narrow->test_count && !follows; k++)
			follows = test_follows(&narrow->tests[k], &wide->tests[i]);
		if (!follows)
			return false;
	}
	return true;
}

/* Sorted rules: those of a kind stand together. */
static void unite(struct plan *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->count; i++) {
		struct plan_rule *last = kept ? &p->rules[kept - 1] : NULL;

		if (!last || compare_kind(last, &p->rules[i]) != 0) {
			p->rules[kept++] = p->rules[i];
			continue;
		}
		for (unsigned w = 0; w < WIRE_MASK_WORDS; w++)
			last->calls[w] |= p->rules[i].calls[w];
		take_tags(last, &p->rules[i]);
	}
	p->count = kept;
}

/* Of rules [from, to), one that contains `narrow`. */
static struct plan_rule *container(struct plan *p, size_t from, size_t to, const struct plan_rule *narrow)
{
	for (size_t i = from; i < to; i++)
		if (contains(&p->rules[i], narrow))
			return &p->rules[i];
	return NULL;
}

/* What was left out already is in [kept, i), and asked no more. */
static void leave_out(struct plan *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->count; i++) {
		struct plan_rule *wide = container(p, 0, kept, &p->rules[i]);

		if (!wide)
			wide = container(p, i + 1, p->count, &p->rules[i]);
		if (wide)
			take_tags(wide, &p->rules[i]);
		else if (kept++ != i)
			p->rules[kept - 1] = p->rules[i];
	}
	p->count = kept;
}

void plan_merge(struct plan *p)
{
	if (p->count == 0)
		return;
	qsort(p->rules, p->count, sizeof(p->rules[0]), order);
	unite(p);
	if (p->count <= COMPARE_MAX)
		leave_out(p);
}
