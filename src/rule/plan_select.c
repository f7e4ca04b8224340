/* From [select] sections to wants. */
#include "rule/plan_select.h"

#include "table/table.h"

#include <errno.h>
#include <stdlib.h>

static bool is_in(const uint64_t *bits, unsigned id)
{
	return bits && select_bit(bits, id);
}

static void add_number(struct plan_set *s, int64_t low, int64_t high)
{
	if (low < 0) { /* unset is the greatest, for the kernel */
		plan_set_add(s, UINT32_MAX, UINT32_MAX);
		low = 0;
	}
	if (low <= high)
		plan_set_add(s, (uint32_t)low, high < UINT32_MAX ? (uint32_t)high : UINT32_MAX - 1);
}

/* As id_matches() of filter/select.c has it. */
static struct plan_set ids_of(const struct id_test *t)
{
	struct plan_set s = plan_set_none(), none = plan_set_none();

	if (!t->there)
		return plan_set_all();
	for (size_t i = 0; i < t->any_count; i++) {
		int64_t low = t->any[i].low > t->within.low ? t->any[i].low : t->within.low;
		int64_t high = t->any[i].high < t->within.high ? t->any[i].high : t->within.high;

		if (low <= high)
			add_number(&s, low, high);
	}
	if (t->any_count == 0 && t->within.low <= t->within.high)
		add_number(&s, t->within.low, t->within.high);
	for (size_t i = 0; i < t->none_count; i++)
		add_number(&none, t->none[i], t->none[i]);
	/* of too many that are left out, some may stay */
	if (none.widened)
		none = plan_set_none();
	plan_set_not(&none);
	plan_set_and(&s, &none);
	return s;
}

/* The calls, but for those that a want of their own has: which is what calls_match() of filter/select.c has of them. */
static void take_calls(struct plan_want *w, const struct select_part *part)
{
	const struct call_set *set = &part->calls, *without = &part->not_calls;

	memset(&w->calls, 0, sizeof(w->calls));
	for (unsigned id = 0; id < PLAN_CALL_BITS; id++)
		if (set->all ? id >= syscall_count() || !is_in(without->bit, id) :
			id < syscall_count() && is_in(set->bit, id) && !is_in(without->bit, id))
			plan_calls_add(&w->calls, id);
	w->numbers = set->numbers;
	w->number_count = set->number_count;
	w->not_numbers = without->numbers;
	w->not_number_count = without->number_count;
}

static void take_opens(struct plan_want *w, const struct select_part *part)
{
	const struct call_set *set = &part->calls, *without = &part->not_calls;

	take_calls(w, part);
	w->numbers = NULL;
	w->number_count = 0;
	memset(&w->calls, 0, sizeof(w->calls));
	for (unsigned id = 0; id < syscall_count(); id++)
		if (is_in(set->write_bit, id) && !is_in(set->bit, id) && !is_in(without->bit, id) &&
			!is_in(without->write_bit, id))
			plan_calls_add(&w->calls, id);
	w->perm = WIRE_PERM_WRITE;
}

static int add(struct plan_wants *list, const struct plan_want *w)
{
	return plan_calls_any(&w->calls) || w->number_count ? plan_wants_add(list, w) : 0;
}

int plan_select_wants(struct plan_wants *list, const struct select_part *part, struct plan *plan, unsigned section)
{
	struct plan_want w, opens, typed;
	bool take_away = false;
	int rc = 0;

	plan_want_all(&w);
	w.success = part->success;
	w.set[PLAN_UID] = ids_of(&part->uid);
	w.set[PLAN_AUID] = ids_of(&part->auid);
	w.paths = part->path.word;
	w.path_count = part->path.count;
	w.exes = part->exe.word;
	w.exe_count = part->exe.count;
	opens = typed = w;
	list->needs_a_rule = plan_types(&typed.calls, part, plan, section) || list->needs_a_rule;
	for (unsigned id = 0; id < syscall_count() && !take_away; id++)
		take_away = is_in(part->not_calls.write_bit, id);
	if (take_away)
		rc = plan_note(plan, section, "syscalls: opens that write can't be taken away in the kernel");
	if (w.set[PLAN_UID].count == 0 || w.set[PLAN_AUID].count == 0)
		return rc;
	if (rc == 0 && part->calls.bit) {
		take_calls(&w, part);
		take_opens(&opens, part);
		rc = add(list, &w);
		if (rc == 0 && !part->calls.all)
			rc = add(list, &opens);
	}
	return rc == 0 ? add(list, &typed) : rc;
}
