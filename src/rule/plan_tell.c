#include "rule/plan_tell.h"
#include "rule/plan_tell_part.h"

#include <stdlib.h>

unsigned plan_tell_id(int arch, unsigned nr)
{
	const struct syscall_info *call = syscall_find(arch, nr);

	return call && call->id < PLAN_NAMELESS ? call->id : PLAN_NAMELESS;
}

static void find_calls(struct plan_tell *t, const struct plan_host *host)
{
	for (unsigned k = 0; k < 2 && host->arches[k] >= 0; k++)
		for (unsigned nr = 0; nr < PLAN_CALLS; nr++)
			plan_calls_add(&t->known, plan_tell_id(host->arches[k], nr));
	for (size_t i = 0; i < t->plan->count; i++) {
		const struct plan_rule *r = &t->plan->rules[i];

		if (r->test_count || r->list != WIRE_LIST_EXIT || r->action != WIRE_ALWAYS)
			continue;
		for (unsigned nr = 0; nr < PLAN_CALLS; nr++)
			if (plan_rule_has(r, nr))
				plan_calls_add(&t->always, plan_tell_id(r->arch >= 0 ? r->arch : host->arches[0], nr));
	}
}

static void put_range(struct buf *out, const struct plan_range *r)
{
	buf_put_u64(out, r->low);
	if (r->high == r->low)
		return;
	buf_putc(out, '-');
	if (r->high != UINT32_MAX)
		buf_put_u64(out, r->high);
}

/* The tests that a filter can make: of the arguments. */
static void put_scalars(const struct plan_want *w, struct buf *out)
{
	for (unsigned a = 0; a < 4; a++) {
		const struct plan_set *set = &w->set[PLAN_A0 + a];

		if (plan_set_is_all(set))
			continue;
		buf_printf(out, "%sa%u=", out->n ? " " : "", a);
		for (unsigned i = 0; i < set->count; i++) {
			if (i)
				buf_putc(out, ',');
			put_range(out, &set->range[i]);
		}
	}
	for (unsigned i = 0; i < w->bits_count; i++)
		buf_printf(out, "%sa%u&%s0x%x", out->n ? " " : "", (unsigned)(w->bits[i].arg - PLAN_A0),
			w->bits[i].all ? "=" : "", (unsigned)w->bits[i].mask);
	if (w->perm)
		buf_printf(out, "%sperm=%s%s", out->n ? " " : "", w->perm & WIRE_PERM_READ ? "r" : "",
			w->perm & WIRE_PERM_WRITE ? "w" : "");
}

/* Numbers that were asked for as such may be any architecture's. */
static struct plan_calls calls_of(const struct plan_tell *t, const struct plan_want *w, const struct plan_host *host)
{
	struct plan_calls calls = w->calls;

	for (unsigned k = 0; k < 2 && host->arches[k] >= 0; k++)
		for (size_t i = 0; i < w->number_count; i++)
			if (w->numbers[i] >= 0 && w->numbers[i] < PLAN_CALLS)
				plan_calls_add(&calls, plan_tell_id(host->arches[k], (unsigned)w->numbers[i]));
	plan_calls_and(&calls, &t->known);
	return calls;
}

/* Those with these tests; NULL: no memory. The first has none. */
static struct plan_tell_notify *notify_with(struct plan_tell_section *s, const char *tests)
{
	for (size_t i = 0; i < s->notify_count; i++)
		if (strcmp(s->notify[i].tests, tests) == 0)
			return &s->notify[i];
	memset(&s->notify[s->notify_count], 0, sizeof(s->notify[0]));
	s->notify[s->notify_count].tests = strdup(tests);
	return s->notify[s->notify_count].tests ? &s->notify[s->notify_count++] : NULL;
}

/* What crosses by its number alone needs no test; those that are left without a call go. */
static void tidy(struct plan_tell_section *s)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->notify_count; i++) {
		struct plan_tell_notify *n = &s->notify[i];

		if (i)
			plan_calls_but(&n->calls, &s->notify[0].calls);
		/* The first stays to be compared with until the end. */
		if (plan_calls_any(&n->calls) || i == 0)
			s->notify[kept++] = *n;
		else
			free(n->tests);
	}
	s->notify_count = kept;
}

static bool find_notify(struct plan_tell *t, struct plan_tell_section *s, const struct plan_wants *wants,
	const struct plan_host *host)
{
	s->notify = calloc(wants->count + 1, sizeof(*s->notify));
	if (!s->notify || !notify_with(s, ""))
		return false;
	for (size_t i = 0; i < wants->count; i++) {
		struct plan_calls calls = calls_of(t, &wants->want[i], host);
		char text[4 * PLAN_RANGES * 24 + PLAN_BITS_MAX * 24 + 16];
		struct buf tests = { text, 0, sizeof(text) - 1, false };
		struct plan_tell_notify *n;

		put_scalars(&wants->want[i], &tests);
		text[tests.n] = '\0';
		n = notify_with(s, text);
		if (!n)
			return false;
		plan_calls_or(&n->calls, &calls);
	}
	tidy(s);
	if (!plan_calls_any(&s->notify[0].calls)) {
		free(s->notify[0].tests);
		memmove(s->notify, s->notify + 1, --s->notify_count * sizeof(*s->notify));
	}
	return true;
}

struct plan_tell *plan_tell_new(const struct plan *plan, const struct plan *apart, const struct plan_wants *wants,
	const struct plan_host *host)
{
	struct plan_tell *t = calloc(1, sizeof(*t));
	bool ok;

	if (!t)
		return NULL;
	t->plan = plan;
	t->apart = apart;
	t->sections = calloc(plan->section_count + 1, sizeof(*t->sections));
	ok = t->sections != NULL;
	find_calls(t, host);
	for (size_t i = 0; i < plan->section_count && ok; i++) {
		t->sections[i].calls = wants[i].count > 0;
		t->sections[i].needs_a_rule = wants[i].needs_a_rule;
		ok = find_notify(t, &t->sections[i], &wants[i], host);
	}
	if (ok && plan_tell_crossings(t, host) == 0 && plan_tell_widenings(t, host) == 0)
		return t;
	plan_tell_free(t);
	return NULL;
}

void plan_tell_free(struct plan_tell *t)
{
	if (!t)
		return;
	for (size_t i = 0; i < t->plan->section_count && t->sections; i++) {
		for (size_t k = 0; k < t->sections[i].notify_count; k++)
			free(t->sections[i].notify[k].tests);
		free(t->sections[i].notify);
	}
	for (size_t i = 0; i < t->widening_count; i++) {
		free(t->widenings[i].by);
		free(t->widenings[i].asks);
	}
	free(t->widenings);
	free(t->crossings);
	free(t->sections);
	free(t);
}

bool plan_tell_own(const struct plan_tell *t, const struct plan_rule *r, size_t s, struct plan_calls *calls)
{
	uint32_t own[WIRE_MASK_WORDS] = { 0 };
	bool part = false;

	for (size_t i = 0; i < t->apart->count; i++) {
		const struct plan_rule *from = &t->apart->rules[i];

		if (plan_tell_asked(from, s) && (from->arch == r->arch || from->arch < 0))
			for (unsigned w = 0; w < WIRE_MASK_WORDS; w++)
				own[w] |= from->calls[w];
	}
	memset(calls, 0, sizeof(*calls));
	for (unsigned nr = 0; nr < PLAN_CALLS; nr++)
		if (plan_rule_has(r, nr) && own[nr / 32] >> nr % 32 & 1)
			plan_calls_add(calls, plan_tell_id(r->arch, nr));
		else
			part |= plan_rule_has(r, nr);
	return part;
}

/* As auditctl writes them, so as plan_print_rule() does: each test alone behind the same head. */
void plan_tell_tests(const struct plan_rule *r, struct buf *out)
{
	struct plan_rule one = { .list = WIRE_LIST_EXIT, .action = WIRE_ALWAYS, .arch = -1 };
	char line[PLAN_PATH_MAX * 2 + 256];
	size_t head = 0;

	for (unsigned i = 0; i <= r->test_count; i++) {
		struct buf b = { line, 0, sizeof(line), false };

		plan_print_rule(&one, &b);
		if (i == 0)
			head = b.n - 1 + strlen(" -F ");
		else if (b.n > head)
			buf_put(out, line + head, b.n - 1 - head);
		if (i == r->test_count)
			break;
		if (i)
			buf_putc(out, ' ');
		one.tests[0] = r->tests[i];
		one.test_count = 1;
	}
}

void plan_tell_names(const struct plan_tell *t, const struct plan_calls *calls, struct plan_tell_names *names)
{
	size_t known = 0, asked = 0;

	for (unsigned id = 0; id < PLAN_CALL_BITS; id++) {
		known += plan_calls_has(&t->known, id);
		asked += plan_calls_has(calls, id);
	}
	names->but = asked > known / 2;
	names->count = 0;
	for (unsigned id = 0; id < PLAN_CALL_BITS; id++) {
		const struct syscall_info *call = id < syscall_count() ? syscall_by_id(id) : NULL;

		if (plan_calls_has(calls, id) == names->but || !plan_calls_has(&t->known, id))
			continue;
		names->name[names->count++] = call ? syscall_name(call) : SPAN("(numbers without a name)");
	}
}
