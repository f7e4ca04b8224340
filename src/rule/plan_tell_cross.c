/*
 * What crosses, as a short list. Rules of one form (their tests) are one for all architectures; of its calls those
 * stand together that the same sections asked for, which is told apart before the rules were merged.
 */
#include "rule/plan_tell_part.h"
#include "rule/plan_test.h"

#include <errno.h>
#include <stdlib.h>

/* Sections that asked for a call. */
struct tags {
	uint64_t bit[PLAN_TAG_WORDS];
};

/* Rules of the exit list, by form. */
struct rules {
	const struct plan_rule **rule;
	size_t count;
};

static bool names_file(const struct plan_test *t)
{
	return t->text && t->op == WIRE_EQUAL;
}

static enum plan_tell_width width_of(const struct plan_rule *r)
{
	enum plan_tell_width width = PLAN_TELL_EVERY;

	for (unsigned i = 0; i < r->test_count; i++) {
		const struct plan_test *t = &r->tests[i];
		bool result = t->field == WIRE_SUCCESS || t->field == WIRE_EXIT;
		enum plan_tell_width is = result ? PLAN_TELL_RESULT : PLAN_TELL_NUMBERS;

		if (names_file(t))
			is = PLAN_TELL_NAMED;
		width = is > width ? is : width;
	}
	return width;
}

static int by_form(const void *a, const void *b)
{
	return plan_tests_compare(*(const struct plan_rule *const *)a, *(const struct plan_rule *const *)b);
}

static bool find_rules(const struct plan *plan, struct rules *out)
{
	out->rule = calloc(plan->count + 1, sizeof(*out->rule));
	if (!out->rule)
		return false;
	for (size_t i = 0; i < plan->count; i++)
		if (plan->rules[i].list == WIRE_LIST_EXIT && plan->rules[i].action == WIRE_ALWAYS)
			out->rule[out->count++] = &plan->rules[i];
	if (out->count)
		qsort(out->rule, out->count, sizeof(*out->rule), by_form);
	return true;
}

/* How many rules from the ith on have the form. */
static size_t run_of(const struct rules *rules, size_t i, const struct plan_rule *form)
{
	size_t n = 0;

	while (i + n < rules->count && plan_tests_compare(rules->rule[i + n], form) == 0)
		n++;
	return n;
}

/* Calls of a rule, without those that cross in any case. */
static struct plan_calls calls_of(const struct plan_tell *t, const struct plan_rule *r, const struct plan_host *host)
{
	struct plan_calls calls = { { 0 } };

	for (unsigned nr = 0; nr < PLAN_CALLS; nr++)
		if (plan_rule_has(r, nr))
			plan_calls_add(&calls, plan_tell_id(r->arch >= 0 ? r->arch : host->arches[0], nr));
	plan_calls_and(&calls, &t->known);
	if (r->test_count)
		plan_calls_but(&calls, &t->always);
	return calls;
}

static struct plan_tell_crossing *new_crossing(struct plan_tell *t)
{
	size_t n = t->crossing_count;

	if ((n & (n - 1)) == 0) { /* the room is a power of two */
		struct plan_tell_crossing *all = realloc(t->crossings, (n ? 2 * n : 1) * sizeof(*all));

		if (!all)
			return NULL;
		t->crossings = all;
	}
	t->crossing_count++;
	return memset(&t->crossings[n], 0, sizeof(t->crossings[n]));
}

/* The calls of one form: those for the same sections stand together, from t->crossings[first] on. */
static int add_call(struct plan_tell *t, size_t first, unsigned id, const struct plan_rule *form, const uint64_t *tags)
{
	struct plan_tell_crossing *c;
	size_t i = first;

	while (i < t->crossing_count && memcmp(t->crossings[i].tags, tags, sizeof(c->tags)) != 0)
		i++;
	c = i < t->crossing_count ? &t->crossings[i] : new_crossing(t);
	if (!c)
		return -ENOMEM;
	c->form = form;
	c->width = width_of(form);
	memcpy(c->tags, tags, sizeof(c->tags));
	plan_calls_add(&c->calls, id);
	return 0;
}

/* Rules of one form: the `n` of the plan, and the `count` that they were before the merge, which tell who asked. */
static int add_form(struct plan_tell *t, const struct plan_host *host, const struct plan_rule *const *rule, size_t n,
	const struct plan_rule *const *apart, size_t count)
{
	struct tags *tags = calloc(PLAN_CALL_BITS, sizeof(*tags));
	struct plan_calls calls = { { 0 } };
	size_t first = t->crossing_count;
	int rc = tags ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct plan_calls of = calls_of(t, rule[i], host);

		plan_calls_or(&calls, &of);
	}
	for (size_t i = 0; i < count && rc == 0; i++) {
		struct plan_calls of = calls_of(t, apart[i], host);

		for (unsigned id = 0; id < PLAN_CALL_BITS; id++)
			for (unsigned w = 0; w < PLAN_TAG_WORDS && plan_calls_has(&of, id); w++)
				tags[id].bit[w] |= apart[i]->tags[w];
	}
	for (unsigned id = 0; id < PLAN_CALL_BITS && rc == 0; id++)
		if (plan_calls_has(&calls, id))
			rc = add_call(t, first, id, rule[0], tags[id].bit);
	free(tags);
	return rc;
}

/* By tests without the names of files and programs. */
static int compare_shapes(const struct plan_rule *a, const struct plan_rule *b)
{
	if (a->test_count != b->test_count)
		return a->test_count < b->test_count ? -1 : 1;
	for (unsigned i = 0; i < a->test_count; i++) {
		struct plan_test x = a->tests[i], y = b->tests[i];

		if (x.field == y.field && names_file(&x) && names_file(&y))
			continue;
		int c = plan_test_compare(&x, &y);
		if (c)
			return c;
	}
	return 0;
}

static unsigned count_calls(const struct plan_calls *calls)
{
	unsigned n = 0;

	for (unsigned w = 0; w < PLAN_CALL_WORDS; w++)
		n += (unsigned)__builtin_popcountll(calls->bit[w]);
	return n;
}

/* Whoever has the lowest bit that the other has not comes first. */
static int compare_bits(const uint64_t *a, const uint64_t *b, unsigned words)
{
	for (unsigned w = 0; w < words; w++)
		if (a[w] != b[w])
			return a[w] >> __builtin_ctzll(a[w] ^ b[w]) & 1 ? -1 : 1;
	return 0;
}

/* The widest first; those that are alike behind each other. */
static int by_width(const void *a, const void *b)
{
	const struct plan_tell_crossing *x = a, *y = b;
	unsigned n = count_calls(&x->calls), m = count_calls(&y->calls);
	int c;

	if (x->width != y->width)
		return x->width < y->width ? -1 : 1;
	if (x->form->test_count != y->form->test_count)
		return x->form->test_count < y->form->test_count ? -1 : 1;
	if (n != m)
		return n > m ? -1 : 1;
	c = compare_bits(x->calls.bit, y->calls.bit, PLAN_CALL_WORDS);
	if (c == 0)
		c = compare_shapes(x->form, y->form);
	if (c == 0)
		c = plan_tests_compare(x->form, y->form);
	return c ? c : compare_bits(x->tags, y->tags, PLAN_TAG_WORDS);
}

static bool alike(const struct plan_tell_crossing *a, const struct plan_tell_crossing *b)
{
	unsigned named = 0;

	for (unsigned i = 0; i < a->form->test_count; i++)
		named += names_file(&a->form->tests[i]);
	return named == 1 && compare_bits(a->calls.bit, b->calls.bit, PLAN_CALL_WORDS) == 0 &&
		compare_shapes(a->form, b->form) == 0;
}

static int find_crossings(struct plan_tell *t, const struct plan_host *host, struct rules *rules, struct rules *apart)
{
	int rc = find_rules(t->plan, rules) && find_rules(t->apart, apart) ? 0 : -ENOMEM;

	for (size_t i = 0, k = 0, n, count; i < rules->count && rc == 0; i += n, k += count) {
		n = run_of(rules, i, rules->rule[i]);
		while (k < apart->count && plan_tests_compare(apart->rule[k], rules->rule[i]) < 0)
			k++;
		count = run_of(apart, k, rules->rule[i]);
		rc = add_form(t, host, rules->rule + i, n, apart->rule + k, count);
	}
	if (t->crossing_count)
		qsort(t->crossings, t->crossing_count, sizeof(*t->crossings), by_width);
	for (size_t i = 1; i < t->crossing_count; i++)
		t->crossings[i].goes_on = alike(&t->crossings[i - 1], &t->crossings[i]);
	return rc;
}

int plan_tell_crossings(struct plan_tell *t, const struct plan_host *host)
{
	struct rules rules = { NULL, 0 }, apart = { NULL, 0 };
	int rc = find_crossings(t, host, &rules, &apart);

	free(rules.rule);
	free(apart.rule);
	return rc;
}
