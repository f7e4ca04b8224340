#include "rule/plan_make.h"
#include "rule/plan_parts.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define PASSES 5      /* in which the whole is made smaller; as many again to calls alone */
#define LEAST_RULES 4 /* of a section that is to tell more than calls apart */

/* One section at work. */
struct section {
	const struct plan_wants *wants;
	struct plan_limits *limits; /* of each want */
	size_t *counts;             /* rules of each, alone */
	struct plan_rule *rules;    /* of all, merged */
	size_t count;
};

struct maker {
	struct plan_work work;
	struct plan_parts *parts;
	struct plan *bench; /* where a section's rules are made */
	struct section *section;
	size_t count;
	bool bare; /* a want may come to its calls alone, which hides the tests that others have of these */
};

int plan_wants_add(struct plan_wants *list, const struct plan_want *w)
{
	if (list->count == list->cap) {
		size_t cap = 2 * list->cap + 2;
		struct plan_want *grown = realloc(list->want, cap * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		list->want = grown;
		list->cap = cap;
	}
	list->want[list->count++] = *w;
	return 0;
}

void *plan_wants_keep(struct plan_wants *list, size_t n)
{
	size_t count = list->kept_count;
	void **kept = list->kept;

	if (!(count & (count - 1))) { /* room is doubled at each power of two */
		kept = realloc(kept, (count ? 2 * count : 1) * sizeof(*kept));
		if (!kept)
			return NULL;
		list->kept = kept;
	}
	kept[count] = calloc(1, n);
	list->kept_count += kept[count] != NULL;
	return kept[count];
}

void plan_wants_release(struct plan_wants *list)
{
	for (size_t i = 0; i < list->kept_count; i++)
		free(list->kept[i]);
	free(list->kept);
	free(list->want);
	memset(list, 0, sizeof(*list));
}

/* ---- one section ---- */

/* Make a want smaller until it has no more rules than that. m->parts is of it afterwards. 0 or -ENOMEM. */
static int fit_want(struct maker *m, struct section *s, size_t i, size_t most)
{
	struct plan_limits *limits = &s->limits[i];
	int rc = plan_parts_read(m->parts, &m->work, &s->wants->want[i], limits);

	while (rc == 0 && (s->counts[i] = plan_parts_count(m->parts)) > most &&
		plan_parts_weaken(m->parts, limits, m->bare))
		rc = plan_parts_read(m->parts, &m->work, &s->wants->want[i], limits);
	return rc;
}

static int build_section(struct maker *m, struct section *s, size_t most)
{
	struct plan_rule *kept;
	int rc = 0;

	m->bench->count = 0;
	for (size_t i = 0; i < s->wants->count && rc == 0; i++) {
		rc = fit_want(m, s, i, most);
		if (rc == 0)
			rc = plan_parts_add(m->parts, m->bench);
	}
	s->count = 0;
	if (rc < 0 || m->bench->count == 0)
		return rc;
	plan_merge(m->bench);
	kept = realloc(s->rules, m->bench->count * sizeof(*kept));
	if (!kept)
		return -ENOMEM;
	memcpy(kept, m->bench->rules, m->bench->count * sizeof(*kept));
	s->rules = kept;
	s->count = m->bench->count;
	return 0;
}

/* The greatest share that each may have, so that all together, those that want less among them, have up to `all`. */
static size_t share(const size_t *counts, size_t n, size_t all)
{
	size_t low = 0, high = all;

	while (low < high) {
		size_t middle = low + (high - low + 1) / 2, sum = 0;

		for (size_t i = 0; i < n; i++)
			sum += counts[i] < middle ? counts[i] : middle;
		if (sum <= all)
			low = middle;
		else
			high = middle - 1;
	}
	return low;
}

/* A section that was built gets up to `most` rules, as far as that goes. The wants that have the most give first. */
static int fit_section(struct maker *m, size_t index, size_t most)
{
	struct section *s = &m->section[index];
	size_t level = SIZE_MAX, all = most;
	int rc = 0;

	m->work.section = (unsigned)index;
	while (rc == 0 && s->count > most && level > 0) {
		level = share(s->counts, s->wants->count, all);
		all /= 2;
		rc = build_section(m, s, level);
	}
	return rc;
}

static int new_section(struct section *s, const struct plan_wants *wants)
{
	s->wants = wants;
	s->limits = calloc(wants->count + 1, sizeof(*s->limits));
	s->counts = calloc(wants->count + 1, sizeof(*s->counts));
	if (!s->limits || !s->counts)
		return -ENOMEM;
	for (size_t i = 0; i < wants->count; i++)
		s->limits[i].names = UINT_MAX;
	return 0;
}

static int first_form(struct maker *m, size_t index)
{
	int rc;

	m->work.section = (unsigned)index;
	rc = build_section(m, &m->section[index], PLAN_SECTION_RULES);
	for (int bare = 0; bare < 2 && rc == 0; bare++) {
		m->bare = bare;
		rc = fit_section(m, index, PLAN_SECTION_RULES);
	}
	m->bare = false;
	return rc;
}

/* ---- all ---- */

static void forget(struct maker *m)
{
	for (size_t i = 0; i < m->count; i++) {
		free(m->section[i].limits);
		free(m->section[i].counts);
		free(m->section[i].rules);
	}
	free(m->section);
	plan_parts_free(m->parts);
	plan_free(m->bench);
	plan_links_release(&m->work);
	free(m->work.numbering);
}

static int start(struct maker *m, struct plan *plan, const struct plan_host *host, size_t count)
{
	memset(m, 0, sizeof(*m));
	m->work.plan = plan;
	m->work.host = host;
	m->parts = plan_parts_new();
	m->bench = plan_new();
	m->section = calloc(count + 1, sizeof(*m->section));
	m->work.numbering = calloc(2, sizeof(*m->work.numbering));
	if (!m->parts || !m->bench || !m->section || !m->work.numbering)
		return -ENOMEM;
	for (; m->work.arches < 2 && host->arches[m->work.arches] >= 0; m->work.arches++)
		plan_numbering(&m->work.numbering[m->work.arches], host->arches[m->work.arches], host->features);
	return 0;
}

static int copy_rules(struct plan *to, const struct plan_rule *rules, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct plan_rule *r = plan_add(to);

		if (!r)
			return -ENOMEM;
		*r = rules[i];
	}
	return 0;
}

/* Merged now and then, as most sections say what others do: the rest stays small. */
static int put_together(struct maker *m, struct plan *all)
{
	size_t most = PLAN_RULES;
	int rc = 0;

	all->count = 0;
	for (size_t i = 0; i < m->count && rc == 0; i++) {
		rc = copy_rules(all, m->section[i].rules, m->section[i].count);
		if (all->count > most || i + 1 == m->count) {
			plan_merge(all);
			most = 2 * all->count + PLAN_RULES;
		}
	}
	return rc;
}

/*
 * Every section that has more rules than its share is made smaller. Where shares are too small to be of use, the first
 * sections get one that is, the others none. 0 or -ENOMEM.
 */
static int shrink(struct maker *m, size_t most)
{
	size_t *counts = calloc(m->count + 1, sizeof(*counts)), level;
	int rc = counts ? 0 : -ENOMEM;

	for (size_t i = 0; counts && i < m->count; i++)
		counts[i] = m->section[i].count;
	level = counts ? share(counts, m->count, most) : 0;
	if (m->bare && level < LEAST_RULES)
		level = LEAST_RULES;
	for (size_t i = 0; i < m->count && rc == 0; i++) {
		rc = fit_section(m, i, !m->bare || level <= most ? level : 0);
		most -= m->section[i].count < most ? m->section[i].count : most;
	}
	free(counts);
	return rc;
}

/*
 * Sections have rules in common, so the sum of all is more than comes of them: they are shrunk by the part that is too
 * much, and more each time.
 */
static int fit_all(struct maker *m, struct plan *all)
{
	int rc = put_together(m, all);

	for (unsigned pass = 0; rc == 0 && all->count >= PLAN_RULES && pass < 2 * PASSES; pass++) {
		size_t sum = 0, left = PASSES - 1 - pass % PASSES;

		for (size_t i = 0; i < m->count; i++)
			sum += m->section[i].count;
		m->bare = pass >= PASSES;
		rc = shrink(m, sum * (PLAN_RULES - 1) / all->count * left / (PASSES - 1));
		if (rc == 0)
			rc = put_together(m, all);
	}
	return rc;
}

/* Of what is loaded, and no sooner: what was tried before is nobody's business. */
static int tell(struct maker *m)
{
	int rc = 0;

	m->work.telling = true;
	for (size_t i = 0; i < m->count; i++) {
		const struct section *s = &m->section[i];

		m->work.section = (unsigned)i;
		for (size_t k = 0; k < s->wants->count && rc == 0; k++)
			rc = plan_parts_read(m->parts, &m->work, &s->wants->want[k], &s->limits[k]);
	}
	return rc;
}

/* Nobody but its own user: a program can be made to do what its caller wants (LD_PRELOAD), unseen by all. */
static int leave_out_self(struct plan *plan, const struct plan_host *host)
{
	bool by_exe = host->features & PLAN_EXE && host->self;
	const char *exe = by_exe ? plan_text(plan, host->self, strlen(host->self)) : NULL;
	struct plan_rule *r = plan_add(plan);

	if (!r || (by_exe && !exe))
		return -ENOMEM;
	r->list = WIRE_LIST_EXIT;
	r->action = WIRE_NEVER;
	r->arch = -1;
	r->first = true;
	r->key = PLAN_KEY_SELF;
	for (unsigned nr = 0; nr < PLAN_CALLS; nr++)
		plan_rule_call(r, nr);
	if (by_exe) {
		plan_rule_test(r, WIRE_UID, WIRE_EQUAL, host->uid, NULL);
		plan_rule_test(r, WIRE_EXE, WIRE_EQUAL, 0, exe);
	} else {
		plan_rule_test(r, WIRE_PID, WIRE_EQUAL, host->pid, NULL);
	}
	return 0;
}

static int put_apart(const struct maker *m, struct plan *apart)
{
	int rc = 0;

	for (size_t i = 0; i < m->count && rc >= 0; i++) {
		rc = plan_section(apart, m->work.plan->sections[i].kind, m->work.plan->sections[i].name);
		if (rc >= 0)
			rc = copy_rules(apart, m->section[i].rules, m->section[i].count);
	}
	return rc < 0 ? rc : 0;
}

int plan_make_apart(struct plan *plan, struct plan *apart, const struct plan_wants *wants, size_t count,
	const struct plan_host *host)
{
	struct plan *all = plan_new();
	struct maker m;
	bool needed = false;
	int rc = start(&m, plan, host, count);

	for (size_t i = 0; i < count && rc == 0; i++) {
		m.count++;
		needed = needed || wants[i].needs_a_rule;
		rc = new_section(&m.section[i], &wants[i]);
		if (rc == 0)
			rc = first_form(&m, i);
	}
	if (rc == 0)
		rc = all ? fit_all(&m, all) : -ENOMEM;
	if (rc == 0)
		rc = tell(&m);
	if (rc == 0)
		rc = copy_rules(plan, all->rules, all->count);
	if (rc == 0 && apart)
		rc = put_apart(&m, apart);
	if (rc == 0 && (needed || all->count))
		rc = leave_out_self(plan, host);
	if (rc == 0)
		plan_merge(plan);
	plan_free(all);
	forget(&m);
	return rc;
}

int plan_make(struct plan *plan, const struct plan_wants *wants, size_t count, const struct plan_host *host)
{
	return plan_make_apart(plan, NULL, wants, count, host);
}
