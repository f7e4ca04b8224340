#include "rule/plan_want.h"

/* More ranges than a set holds, at work: those of two sets, and what lies between them. */
struct many {
	unsigned count;
	struct plan_range range[2 * PLAN_RANGES + 1];
};

static void put(struct many *m, uint32_t low, uint32_t high)
{
	m->range[m->count++] = (struct plan_range){ low, high };
}

/* Join the two that are closest, so that one less is left. */
static void join_closest(struct many *m)
{
	unsigned at = 1;

	for (unsigned i = 2; i < m->count; i++)
		if (m->range[i].low - m->range[i - 1].high < m->range[at].low - m->range[at - 1].high)
			at = i;
	m->range[at - 1].high = m->range[at].high;
	memmove(&m->range[at], &m->range[at + 1], (m->count - at - 1) * sizeof(m->range[0]));
	m->count--;
}

static void keep(struct plan_set *s, struct many *m)
{
	for (; m->count > PLAN_RANGES; s->widened = true)
		join_closest(m);
	s->count = m->count;
	memcpy(s->range, m->range, m->count * sizeof(m->range[0]));
}

struct plan_set plan_set_all(void)
{
	struct plan_set s = plan_set_none();

	s.count = 1;
	s.range[0] = (struct plan_range){ 0, UINT32_MAX };
	return s;
}

struct plan_set plan_set_none(void)
{
	struct plan_set s;

	memset(&s, 0, sizeof(s));
	return s;
}

bool plan_set_is_all(const struct plan_set *s)
{
	return s->count == 1 && s->range[0].low == 0 && s->range[0].high == UINT32_MAX;
}

bool plan_set_has(const struct plan_set *s, uint32_t n)
{
	for (unsigned i = 0; i < s->count; i++)
		if (n >= s->range[i].low && n <= s->range[i].high)
			return true;
	return false;
}

void plan_set_add(struct plan_set *s, uint32_t low, uint32_t high)
{
	struct many m = { .count = 0 };
	unsigned i = 0;

	if (low > high)
		return;
	for (; i < s->count && s->range[i].high < low && s->range[i].high + 1 < low; i++)
		put(&m, s->range[i].low, s->range[i].high);
	/* what it overlaps, or touches */
	for (; i < s->count && (s->range[i].low <= high || s->range[i].low - 1 == high); i++) {
		low = s->range[i].low < low ? s->range[i].low : low;
		high = s->range[i].high > high ? s->range[i].high : high;
	}
	put(&m, low, high);
	for (; i < s->count; i++)
		put(&m, s->range[i].low, s->range[i].high);
	keep(s, &m);
}

void plan_set_and(struct plan_set *s, const struct plan_set *with)
{
	struct many m = { .count = 0 };

	for (unsigned i = 0, k = 0; i < s->count && k < with->count;) {
		const struct plan_range *a = &s->range[i], *b = &with->range[k];
		uint32_t low = a->low > b->low ? a->low : b->low, high = a->high < b->high ? a->high : b->high;

		if (low <= high)
			put(&m, low, high);
		if (a->high < b->high)
			i++;
		else
			k++;
	}
	s->widened = s->widened || with->widened;
	keep(s, &m);
}

void plan_set_not(struct plan_set *s)
{
	struct many m = { .count = 0 };
	uint32_t from = 0;
	bool end = false;

	if (s->widened) {
		*s = plan_set_all();
		s->widened = true;
		return;
	}
	for (unsigned i = 0; i < s->count; i++) {
		if (s->range[i].low > from)
			put(&m, from, s->range[i].low - 1);
		end = s->range[i].high == UINT32_MAX;
		from = s->range[i].high + 1;
	}
	if (!end)
		put(&m, from, UINT32_MAX);
	keep(s, &m);
}

void plan_want_all(struct plan_want *w)
{
	memset(w, 0, sizeof(*w));
	memset(&w->calls, 0xff, sizeof(w->calls));
	w->success = -1;
	for (unsigned i = 0; i < PLAN_NUMBERS; i++)
		w->set[i] = plan_set_all();
}

/*
 * (A or M) and (B or N), A and B calls, M and N numbers: of two lists of numbers only one can be kept, with its own
 * calls whole, as what N has of A and M of B is not known here.
 */
static bool and_calls(struct plan_want *w, const struct plan_want *with)
{
	if (w->number_count == 0 || with->number_count == 0)
		plan_calls_and(&w->calls, &with->calls);
	if (w->number_count == 0) {
		w->numbers = with->numbers;
		w->number_count = with->number_count;
	}
	if (w->not_number_count == 0) {
		w->not_numbers = with->not_numbers;
		w->not_number_count = with->not_number_count;
	}
	return plan_calls_any(&w->calls) || w->number_count;
}

static bool is_of_objects(unsigned number)
{
	return number == PLAN_OBJECT_UID || number == PLAN_OBJECT_GID || number == PLAN_FILETYPE;
}

static bool and_sets(struct plan_want *w, const struct plan_want *with)
{
	for (unsigned i = 0; i < PLAN_NUMBERS; i++) {
		/* one object may fit the one, another the other */
		if (is_of_objects(i) && !plan_set_is_all(&w->set[i]))
			continue;
		plan_set_and(&w->set[i], &with->set[i]);
		if (w->set[i].count == 0)
			return false;
	}
	return true;
}

static void and_bits(struct plan_want *w, const struct plan_bits *b)
{
	for (unsigned i = 0; i < w->bits_count; i++)
		if (w->bits[i].arg == b->arg && w->bits[i].all == b->all && w->bits[i].mask == b->mask)
			return;
	if (w->bits_count < PLAN_BITS_MAX)
		w->bits[w->bits_count++] = *b;
}

static size_t length(const struct span *patterns, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += patterns[i].n;
	return n / count;
}

/* Of two lists one is kept: the shorter one, or that of the longer names, which say more. */
static void and_patterns(const struct span **to, size_t *count, const struct span *with, size_t with_count)
{
	if (with_count == 0 || (*count && *count < with_count))
		return;
	if (*count == with_count && length(*to, *count) >= length(with, with_count))
		return;
	*to = with;
	*count = with_count;
}

bool plan_want_and(struct plan_want *w, const struct plan_want *with)
{
	if (w->success >= 0 && with->success >= 0 && w->success != with->success)
		return false;
	if (w->success < 0)
		w->success = with->success;
	if (w->arches && with->arches && !(w->arches & with->arches))
		return false;
	w->arches = w->arches && with->arches ? w->arches & with->arches : w->arches | with->arches;
	if (!w->perm)
		w->perm = with->perm;
	if (!w->exe_not)
		w->exe_not = with->exe_not;
	for (unsigned i = 0; i < with->bits_count; i++)
		and_bits(w, &with->bits[i]);
	and_patterns(&w->paths, &w->path_count, with->paths, with->path_count);
	and_patterns(&w->exes, &w->exe_count, with->exes, with->exe_count);
	return and_calls(w, with) && and_sets(w, with);
}
