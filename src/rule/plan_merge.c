/* Fewer rules that say the same. */
#include "base/hash.h"
#include "rule/plan_test.h"

#include <stdlib.h>

#define GONE UINT32_MAX    /* as plan_rule.list: the rule is left out */
#define COMPARE_MAX 1000 /* rules, of the widest ones, that each is held against */

static int compare_number(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
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
		c = plan_tests_compare(a, b);
	return c ? c : plan_text_compare(a->key, b->key);
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

/* Does `wide` let through all that `narrow` does? */
static bool contains(const struct plan_rule *wide, const struct plan_rule *narrow)
{
	if (wide->list != narrow->list || wide->test_count > narrow->test_count || wide->action != WIRE_ALWAYS ||
		narrow->action != WIRE_ALWAYS || wide->first || narrow->first)
		return false;
	if ((wide->arch != narrow->arch && wide->arch >= 0) || plan_text_compare(wide->key, narrow->key) != 0)
		return false;
	for (unsigned i = 0; i < WIRE_MASK_WORDS; i++)
		if (narrow->calls[i] & ~wide->calls[i])
			return false;
	return plan_tests_follow(narrow, wide);
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

/* What is quickly told of a rule: what another one must have, too, so that this one can contain it. */
struct outline {
	uint64_t tests;  /* a bit for each, by chance the same; none for a directory, which may be in another */
	uint64_t calls;  /* a bit for each word of the mask */
	int arch;
	size_t width;    /* of rules with as many tests, the greater one is no wider */
	unsigned test_count;
	size_t place;
};

static uint64_t hash_of(const struct plan_test *t)
{
	uint64_t h = hash_u64((uint64_t)t->field << 32 | t->op, t->value);

	return t->text ? hash_bytes(h, t->text, strlen(t->text)) : h;
}

static struct outline outline_of(const struct plan_rule *r, size_t place)
{
	struct outline o = { .arch = r->arch, .test_count = r->test_count, .place = place };

	for (unsigned i = 0; i < r->test_count; i++) {
		const struct plan_test *t = &r->tests[i];

		o.width += t->field == WIRE_DIR ? strlen(t->text) : t->field == WIRE_WATCH ? PLAN_PATH_MAX : 0;
		if (t->field != WIRE_DIR)
			o.tests |= UINT64_C(1) << (hash_of(t) & 63);
	}
	for (unsigned i = 0; i < WIRE_MASK_WORDS; i++)
		o.calls |= (uint64_t)(r->calls[i] != 0) << i;
	return o;
}

static int wide_first(const void *a, const void *b)
{
	const struct outline *x = a, *y = b;
	int c = compare_number(x->test_count, y->test_count);

	if (c == 0)
		c = (x->width > y->width) - (x->width < y->width);
	return c ? c : (x->place > y->place) - (x->place < y->place);
}

/* Leave out rules that others contain, which are told of who asked for them. No memory: all stay. */
static void leave_out(struct plan *p)
{
	struct outline *o = malloc(p->count * sizeof(*o));
	size_t wide = 0, kept = 0;

	for (size_t i = 0; o && i < p->count; i++)
		o[i] = outline_of(&p->rules[i], i);
	if (o)
		qsort(o, p->count, sizeof(*o), wide_first);
	/* what is kept of them comes to the front */
	for (size_t i = 0; o && i < p->count; i++) {
		struct plan_rule *narrow = &p->rules[o[i].place];
		size_t k = 0;

		while (k < wide && k < COMPARE_MAX && (o[k].tests & ~o[i].tests || o[i].calls & ~o[k].calls ||
			(o[k].arch >= 0 && o[k].arch != o[i].arch) || !contains(&p->rules[o[k].place], narrow)))
			k++;
		if (k == wide || k == COMPARE_MAX) {
			o[wide++] = o[i];
		} else {
			take_tags(&p->rules[o[k].place], narrow);
			narrow->list = GONE;
		}
	}
	for (size_t i = 0; i < p->count; i++)
		if (p->rules[i].list != GONE && kept++ != i)
			p->rules[kept - 1] = p->rules[i];
	p->count = kept;
	free(o);
}

void plan_merge(struct plan *p)
{
	if (p->count == 0)
		return;
	qsort(p->rules, p->count, sizeof(p->rules[0]), order);
	unite(p);
	leave_out(p);
}
