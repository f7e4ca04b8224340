/* Disjuncts in a bounded number: two become one that holds both, where that loses nothing or where it must be. */
#include "rule/plan_cond_part.h"

#include <errno.h>
#include <limits.h>

/* What two wants may differ in: bit per dimension. The numbers come last. */
enum {
	CALLS = 1, ARCHES = 2, RESULT = 4, PERM = 8, BITS = 16, PATHS = 32, EXES = 64, EXE_NOT = 128, NUMBER = 256
};

static bool same_patterns(const struct span *a, size_t a_count, const struct span *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (!span_eq(a[i], b[i]))
			return false;
	return true;
}

static bool same_bits(const struct plan_want *a, const struct plan_want *b)
{
	if (a->bits_count != b->bits_count)
		return false;
	for (unsigned i = 0; i < a->bits_count; i++) {
		const struct plan_bits *x = &a->bits[i], *y = &b->bits[i];

		if (x->arg != y->arg || x->all != y->all || x->mask != y->mask)
			return false;
	}
	return true;
}

static bool same_set(const struct plan_set *a, const struct plan_set *b)
{
	return a->count == b->count && memcmp(a->range, b->range, a->count * sizeof(a->range[0])) == 0;
}

static unsigned differences(const struct plan_want *a, const struct plan_want *b)
{
	unsigned differ = 0;

	if (memcmp(&a->calls, &b->calls, sizeof(a->calls)) != 0)
		differ |= CALLS;
	if (a->arches != b->arches)
		differ |= ARCHES;
	if (a->success != b->success)
		differ |= RESULT;
	if (a->perm != b->perm)
		differ |= PERM;
	if (!same_bits(a, b))
		differ |= BITS;
	if (!same_patterns(a->paths, a->path_count, b->paths, b->path_count))
		differ |= PATHS;
	if (!same_patterns(a->exes, a->exe_count, b->exes, b->exe_count))
		differ |= EXES;
	if (a->exe_not != b->exe_not)
		differ |= EXE_NOT;
	for (unsigned i = 0; i < PLAN_NUMBERS; i++)
		if (!same_set(&a->set[i], &b->set[i]))
			differ |= NUMBER << i;
	return differ;
}

/* Dimensions in which the want is wide open. */
static unsigned open_ones(const struct plan_want *w, unsigned of)
{
	unsigned open = 0;

	if (!w->arches)
		open |= ARCHES;
	if (w->success < 0)
		open |= RESULT;
	if (!w->perm)
		open |= PERM;
	if (w->bits_count == 0)
		open |= BITS;
	if (w->path_count == 0)
		open |= PATHS;
	if (w->exe_count == 0)
		open |= EXES;
	if (!w->exe_not)
		open |= EXE_NOT;
	for (unsigned i = 0; i < PLAN_NUMBERS; i++)
		if (of & NUMBER << i && plan_set_is_all(&w->set[i]))
			open |= NUMBER << i;
	return open & of;
}

static bool has_calls(const struct plan_calls *wide, const struct plan_calls *narrow)
{
	struct plan_calls more = *narrow;

	plan_calls_but(&more, wide);
	return !plan_calls_any(&more);
}

/* Does one hold the other, as far as is easily seen? */
static bool holds(const struct plan_want *wide, const struct plan_want *narrow, unsigned differ)
{
	return (differ & ~(unsigned)CALLS & ~open_ones(wide, differ)) == 0 && has_calls(&wide->calls, &narrow->calls);
}

/* Either's patterns; none where one has none, or where there is no memory. */
static void join_patterns(struct plan_cond *pc, const struct span **to, size_t *count, const struct span *with,
	size_t with_count)
{
	struct span *both = NULL;
	size_t n = *count;

	if (*count && with_count)
		both = plan_wants_keep(pc->list, (*count + with_count) * sizeof(*both));
	if (both) {
		memcpy(both, *to, *count * sizeof(*both));
		for (size_t i = 0; i < with_count; i++) {
			bool there = false;

			for (size_t k = 0; k < *count && !there; k++)
				there = span_eq(both[k], with[i]);
			if (!there)
				both[n++] = with[i];
		}
	}
	*to = both;
	*count = both ? n : 0;
}

static void join_set(struct plan_set *to, const struct plan_set *with)
{
	for (unsigned i = 0; i < with->count; i++)
		plan_set_add(to, with->range[i].low, with->range[i].high);
	to->widened = to->widened || with->widened;
}

/* `to` holds both. */
static void join(struct plan_cond *pc, struct plan_want *to, const struct plan_want *with, unsigned differ)
{
	plan_calls_or(&to->calls, &with->calls);
	to->arches = to->arches && with->arches ? to->arches | with->arches : 0;
	if (differ & RESULT)
		to->success = -1;
	to->perm = to->perm && with->perm ? to->perm | with->perm : 0;
	if (differ & BITS)
		to->bits_count = 0;
	if (differ & PATHS)
		join_patterns(pc, &to->paths, &to->path_count, with->paths, with->path_count);
	if (differ & EXES)
		join_patterns(pc, &to->exes, &to->exe_count, with->exes, with->exe_count);
	if (differ & EXE_NOT)
		to->exe_not = NULL;
	for (unsigned i = 0; i < PLAN_NUMBERS; i++)
		if (differ & NUMBER << i)
			join_set(&to->set[i], &with->set[i]);
}

/* One dimension apart, and the union is one, too: nothing is lost. */
static bool is_lossless(const struct plan_want *a, const struct plan_want *b, unsigned differ)
{
	unsigned i = 0;

	if (differ & (differ - 1) || differ & (BITS | EXE_NOT))
		return false;
	if (differ < NUMBER)
		return true;
	while (differ != (unsigned)NUMBER << i)
		i++;
	return a->set[i].count + b->set[i].count <= PLAN_RANGES;
}

/* How much a union would give away, in no unit. */
static unsigned loss(unsigned differ)
{
	unsigned n = 0;

	for (unsigned d = differ; d; d &= d - 1)
		n++;
	return n + (differ & CALLS ? 1 : 0) + (differ & (PATHS | EXES) ? 2 : 0);
}

void plan_cond_join(struct plan_cond *pc, struct plan_wants *list, const struct plan_want *w, size_t most)
{
	size_t nearest = 0, kept = 0;
	unsigned least = UINT_MAX;

	for (size_t i = 0; i < list->count; i++) {
		unsigned differ = differences(&list->want[i], w);

		if (holds(&list->want[i], w, differ))
			return;
		if (is_lossless(&list->want[i], w, differ)) {
			join(pc, &list->want[i], w, differ);
			return;
		}
		if (loss(differ) < least) {
			least = loss(differ);
			nearest = i;
		}
	}
	if (list->count >= most && list->count) {
		join(pc, &list->want[nearest], w, differences(&list->want[nearest], w));
		return;
	}
	for (size_t i = 0; i < list->count; i++)
		if (!holds(w, &list->want[i], differences(w, &list->want[i])))
			list->want[kept++] = list->want[i];
	list->count = kept;
	if (plan_wants_add(list, w) < 0)
		pc->rc = -ENOMEM;
}
