/*
 * Who widens what. Each section's rules come apart into forms (their tests) by call; a form covers another if all that
 * passes the other passes it, too. Of each call the forms that no other covers are what crosses; whoever asked for one
 * that is covered gets more than that.
 */
#include "base/hash.h"
#include "rule/plan_tell_part.h"
#include "rule/plan_test.h"

#include <errno.h>
#include <stdlib.h>

/* A rule of one section. */
struct entry {
	const struct plan_rule *rule;
	unsigned section, form;
};

/* A widening under way: entries of the call that pass through it. */
struct draft {
	unsigned *by, *asks; /* places of entries */
	size_t by_count, ask_count;
	uint64_t hash;
};

struct work {
	struct plan_tell *t;
	struct entry *entries; /* by form, then by section */
	size_t count;
	size_t forms;
	size_t words;          /* a row of covered_by: of the first form alone, where they are too many */
	const struct plan_rule **form;
	uint64_t *covered_by;  /* a row a form, a bit each form that covers it */
	unsigned *here;        /* entries that have the call */
	size_t here_count;
	uint64_t *present;     /* forms that are here */
	bool *narrowed;        /* sections */
	struct draft draft;
	uint64_t *hashes;      /* of the widenings */
};

static bool has_bit(const uint64_t *bits, size_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

static void set_bit(uint64_t *bits, size_t i)
{
	bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static int order(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	int c = plan_tests_compare(x->rule, y->rule);

	return c ? c : (x->section > y->section) - (x->section < y->section);
}

/* The one section that asked for the rule. */
static unsigned section_of(const struct plan_rule *r)
{
	for (unsigned w = 0; w < PLAN_TAG_WORDS; w++)
		if (r->tags[w])
			return w * 64 + (unsigned)__builtin_ctzll(r->tags[w]);
	return 0;
}

static int find_entries(struct work *w)
{
	const struct plan *apart = w->t->apart;
	size_t most = apart->count + 1, sections = w->t->plan->section_count + 1;

	w->entries = calloc(most, sizeof(*w->entries));
	w->here = calloc(most, sizeof(*w->here));
	w->draft.by = calloc(most, sizeof(*w->draft.by));
	w->draft.asks = calloc(most, sizeof(*w->draft.asks));
	w->form = calloc(most, sizeof(*w->form));
	w->narrowed = calloc(sections, sizeof(*w->narrowed));
	if (!w->entries || !w->here || !w->draft.by || !w->draft.asks || !w->form || !w->narrowed)
		return -ENOMEM;
	for (size_t i = 0; i < apart->count; i++) {
		const struct plan_rule *r = &apart->rules[i];

		if (r->list == WIRE_LIST_EXIT && r->action == WIRE_ALWAYS)
			w->entries[w->count++] = (struct entry){ .rule = r, .section = section_of(r) };
	}
	return 0;
}

static void find_forms(struct work *w)
{
	if (w->count)
		qsort(w->entries, w->count, sizeof(*w->entries), order);
	for (size_t i = 0; i < w->count; i++) {
		if (!i || plan_tests_compare(w->entries[i - 1].rule, w->entries[i].rule) != 0)
			w->form[w->forms++] = w->entries[i].rule;
		w->entries[i].form = (unsigned)w->forms - 1;
	}
}

/* Bit by field, for a quick no. */
static uint64_t fields_of(const struct plan_rule *r)
{
	uint64_t bits = 0;

	for (unsigned i = 0; i < r->test_count; i++)
		if (r->tests[i].field != WIRE_DIR) /* which a path fulfils, too */
			bits |= UINT64_C(1) << (r->tests[i].field % 64);
	return bits;
}

static int find_covers(struct work *w)
{
	bool all = w->forms <= PLAN_TELL_FORMS;
	uint64_t *tested = calloc(w->forms + 1, sizeof(*tested));

	w->words = all ? w->forms / 64 + 1 : 1;
	w->present = calloc(w->forms / 64 + 1, sizeof(*w->present));
	w->covered_by = calloc((w->forms + 1) * w->words, sizeof(*w->covered_by));
	if (!w->present || !w->covered_by || !tested) {
		free(tested);
		return -ENOMEM;
	}
	for (size_t i = 0; i < w->forms; i++)
		tested[i] = fields_of(w->form[i]);
	for (size_t i = 0; i < w->forms; i++)
		for (size_t k = 0; k < (all ? w->forms : 1); k++)
			if (i != k && !(tested[k] & ~tested[i]) && plan_tests_follow(w->form[i], w->form[k]))
				set_bit(w->covered_by + i * w->words, k);
	free(tested);
	return 0;
}

static bool covers(const struct work *w, size_t wide, size_t narrow)
{
	return wide < 64 * w->words && has_bit(w->covered_by + narrow * w->words, wide);
}

/* Does a form that is here cover this one? */
static bool is_covered(const struct work *w, size_t form)
{
	for (size_t i = 0; i < w->words; i++)
		if (w->covered_by[form * w->words + i] & w->present[i])
			return true;
	return false;
}

static void find_here(struct work *w, int arch, unsigned nr)
{
	const struct entry *last = NULL;

	memset(w->present, 0, (w->forms / 64 + 1) * sizeof(*w->present));
	w->here_count = 0;
	for (size_t i = 0; i < w->count; i++) {
		const struct entry *e = &w->entries[i];

		if (!plan_rule_has(e->rule, nr) || (e->rule->arch >= 0 && e->rule->arch != arch))
			continue;
		if (last && last->form == e->form && last->section == e->section)
			continue;
		last = e;
		w->here[w->here_count++] = (unsigned)i;
		set_bit(w->present, e->form);
	}
}

/* Who is made wider by `form`; false: nobody. */
static bool make_draft(struct work *w, unsigned form)
{
	struct draft *d = &w->draft;
	size_t narrowed = 0;

	d->by_count = d->ask_count = 0;
	d->hash = form;
	memset(w->narrowed, 0, w->t->plan->section_count * sizeof(*w->narrowed));
	for (size_t i = 0; i < w->here_count; i++) {
		const struct entry *e = &w->entries[w->here[i]];

		if (covers(w, form, e->form))
			w->narrowed[e->section] = true;
	}
	for (size_t i = 0; i < w->here_count; i++) {
		const struct entry *e = &w->entries[w->here[i]];

		if (e->form != form)
			continue;
		w->narrowed[e->section] = false;
		d->by[d->by_count++] = w->here[i];
		d->hash = hash_mix(d->hash, e->section);
	}
	for (size_t i = 0; i < w->here_count; i++) {
		const struct entry *e = &w->entries[w->here[i]];

		if (!w->narrowed[e->section])
			continue;
		narrowed++;
		d->asks[d->ask_count++] = w->here[i];
		d->hash = hash_mix(d->hash, (uint64_t)e->section << 32 | e->form);
	}
	return narrowed > 0;
}

static bool is_draft(const struct work *w, const struct plan_tell_widening *is)
{
	const struct draft *d = &w->draft;

	if (is->by_count != d->by_count || is->ask_count != d->ask_count ||
		is->form != w->form[w->entries[d->by[0]].form])
		return false;
	for (size_t i = 0; i < d->by_count; i++)
		if (is->by[i] != w->entries[d->by[i]].section)
			return false;
	for (size_t i = 0; i < d->ask_count; i++) {
		const struct entry *e = &w->entries[d->asks[i]];

		if (is->asks[i].section != e->section || is->asks[i].form != w->form[e->form])
			return false;
	}
	return true;
}

static struct plan_tell_widening *new_widening(struct work *w)
{
	const struct draft *d = &w->draft;
	struct plan_tell *t = w->t;
	size_t n = t->widening_count;
	struct plan_tell_widening *to;

	if ((n & (n - 1)) == 0) { /* the room is a power of two */
		uint64_t *hashes = realloc(w->hashes, (n ? 2 * n : 1) * sizeof(*hashes));
		struct plan_tell_widening *all = hashes ? realloc(t->widenings, (n ? 2 * n : 1) * sizeof(*all)) : NULL;

		w->hashes = hashes ? hashes : w->hashes;
		if (!all)
			return NULL;
		t->widenings = all;
	}
	to = memset(&t->widenings[n], 0, sizeof(*to));
	to->by = calloc(d->by_count, sizeof(*to->by));
	to->asks = calloc(d->ask_count, sizeof(*to->asks));
	w->hashes[n] = d->hash;
	t->widening_count++;
	if (!to->by || !to->asks)
		return NULL;
	to->form = w->form[w->entries[d->by[0]].form];
	to->by_count = d->by_count;
	to->ask_count = d->ask_count;
	for (size_t i = 0; i < d->by_count; i++)
		to->by[i] = w->entries[d->by[i]].section;
	for (size_t i = 0; i < d->ask_count; i++) {
		to->asks[i].section = w->entries[d->asks[i]].section;
		to->asks[i].form = w->form[w->entries[d->asks[i]].form];
	}
	return to;
}

/* Calls of which the same is to be said stand together. */
static int keep_draft(struct work *w, unsigned id)
{
	struct plan_tell_widening *to = NULL;

	for (size_t i = 0; i < w->t->widening_count && !to; i++)
		if (w->hashes[i] == w->draft.hash && is_draft(w, &w->t->widenings[i]))
			to = &w->t->widenings[i];
	if (!to)
		to = new_widening(w);
	if (!to)
		return -ENOMEM;
	plan_calls_add(&to->calls, id);
	return 0;
}

static int add_call(struct work *w, int arch, unsigned nr)
{
	unsigned before = ~0u;
	int rc = 0;

	find_here(w, arch, nr);
	for (size_t i = 0; i < w->here_count && rc == 0; i++) {
		unsigned form = w->entries[w->here[i]].form;

		if (form != before && !is_covered(w, form) && make_draft(w, form))
			rc = keep_draft(w, plan_tell_id(arch, nr));
		before = form;
	}
	return rc;
}

static int by_section(const void *a, const void *b)
{
	const struct plan_tell_ask *x = a, *y = b;
	int c = (x->section > y->section) - (x->section < y->section);

	return c ? c : plan_tests_compare(x->form, y->form);
}

static int by_calls(const void *a, const void *b)
{
	const struct plan_tell_widening *x = a, *y = b;
	unsigned i = 0, k = 0;

	while (i < PLAN_CALL_BITS && !plan_calls_has(&x->calls, i))
		i++;
	while (k < PLAN_CALL_BITS && !plan_calls_has(&y->calls, k))
		k++;
	return i != k ? (i > k) - (i < k) : plan_tests_compare(x->form, y->form);
}

static int find_widenings(struct work *w, const struct plan_host *host)
{
	struct plan_tell *t = w->t;
	int rc = find_entries(w);

	if (rc == 0) {
		find_forms(w);
		rc = find_covers(w);
	}
	for (unsigned k = 0; k < 2 && host->arches[k] >= 0 && rc == 0; k++)
		for (unsigned nr = 0; nr < PLAN_CALLS && rc == 0; nr++)
			rc = add_call(w, host->arches[k], nr);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < t->widening_count; i++)
		qsort(t->widenings[i].asks, t->widenings[i].ask_count, sizeof(struct plan_tell_ask), by_section);
	if (t->widening_count)
		qsort(t->widenings, t->widening_count, sizeof(*t->widenings), by_calls);
	return 0;
}

int plan_tell_widenings(struct plan_tell *t, const struct plan_host *host)
{
	struct work w = { .t = t };
	int rc = find_widenings(&w, host);

	free(w.entries);
	free(w.here);
	free(w.draft.by);
	free(w.draft.asks);
	free(w.form);
	free(w.narrowed);
	free(w.present);
	free(w.covered_by);
	free(w.hashes);
	return rc;
}
