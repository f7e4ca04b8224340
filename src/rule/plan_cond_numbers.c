/* Checks of results, ids and other numbers: as sets of what the kernel compares, unsigned and cut to 32 bits. */
#include "rule/plan_cond_part.h"

#include "table/table.h"

#define ERRNO_MAX 4095 /* MAX_ERRNO, include/linux/err.h */

static const char many[] = "the kernel compares with few numbers and ranges only";

/* A value as a signed number: greater ones are greater than any that is asked about. */
static int64_t number_of(const struct cond_value *v)
{
	return v->big ? INT64_MAX : v->i64;
}

/* Numbers from *low to *high of which the ith comparison of the check is true; false: no further. */
static bool part(const struct cond_check *c, size_t i, int64_t *low, int64_t *high)
{
	int64_t v = i < c->count ? number_of(&c->values[i]) : 0;

	*low = INT64_MIN;
	*high = INT64_MAX;
	switch (c->op) {
	case COND_EXISTS:
		return i == 0;
	case COND_EQUAL:
	case COND_IN:
	case COND_INTERSECTS:
		*low = *high = v;
		return i < c->count;
	case COND_NOT_EQUAL: /* what is below, what is above */
		v = number_of(&c->values[0]);
		if (i == 0)
			*high = v > INT64_MIN ? v - 1 : INT64_MIN;
		else
			*low = v < INT64_MAX ? v + 1 : INT64_MAX;
		return i < 2;
	case COND_LESS:
		*high = v > INT64_MIN ? v - 1 : INT64_MIN;
		return i < c->count;
	case COND_LESS_EQUAL:
		*high = v;
		return i < c->count;
	case COND_GREATER:
		*low = v < INT64_MAX ? v + 1 : INT64_MAX;
		return i < c->count;
	case COND_GREATER_EQUAL:
		*low = v;
		return i < c->count;
	default:
		return false;
	}
}

static bool is_number(const struct cond_check *c)
{
	return plan_cond_is_plain(c) && (c->left.type == TYPE_I64 || c->left.type == TYPE_U64) &&
		(c->op <= COND_GREATER_EQUAL || c->op == COND_IN || c->op == COND_INTERSECTS);
}

bool plan_cond_set(const struct cond_check *c, int64_t low, int64_t high, struct plan_set *out)
{
	int64_t from, to;

	*out = plan_set_none();
	if (!is_number(c))
		return false;
	for (size_t i = 0; part(c, i, &from, &to); i++) {
		from = from > low ? from : low;
		to = to < high ? to : high;
		if (from <= to && from < 0) /* -1, the only one below 0 that is asked about */
			plan_set_add(out, UINT32_MAX, UINT32_MAX);
		from = from > 0 ? from : 0;
		if (from <= to)
			plan_set_add(out, (uint32_t)from, (uint32_t)to);
	}
	return true;
}

static void add_set(struct plan_cond *pc, unsigned number, const struct plan_set *set, struct plan_wants *out)
{
	struct plan_want w;

	if (set->count == 0)
		return;
	plan_want_all(&w);
	w.set[number] = *set;
	plan_cond_add(pc, out, &w);
}

static void add_success(struct plan_cond *pc, int success, struct plan_wants *out)
{
	struct plan_want w;

	plan_want_all(&w);
	w.success = success;
	plan_cond_add(pc, out, &w);
}

/* Of a number that every call has, and that the kernel compares as a whole. */
static const char *whole_number(struct plan_cond *pc, const struct plan_literal *l, int64_t low, int64_t high,
	struct plan_wants *out)
{
	struct plan_set set;

	if (!plan_cond_set(l->check, low, high, &set)) {
		set = plan_set_all();
		add_set(pc, l->number, &set, out);
		return plan_cond_other_field;
	}
	if (l->negated)
		plan_set_not(&set);
	add_set(pc, l->number, &set, out);
	return set.widened ? many : NULL;
}

/* Users and groups: -1 is none, 2^32 - 1 for the kernel. */
const char *plan_cond_id(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	return whole_number(pc, l, -1, UINT32_MAX - 1, out);
}

/* Processes and sessions; a session that is unset has no value, so that only negated checks are true of it. */
const char *plan_cond_number(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	return whole_number(pc, l, 0, l->number == PLAN_SESSION ? UINT32_MAX - 1 : UINT32_MAX, out);
}

/* Of a call that does not return, as exit, there is no result: a negated check is true of it. */
const char *plan_cond_failed(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	const struct cond_check *c = l->check;
	bool may[2] = { false, false };

	for (int failed = 0; failed < 2; failed++) {
		bool equal = false;

		for (size_t i = 0; i < c->count; i++)
			equal = equal || c->values[i].i64 == failed;
		may[failed] = c->op == COND_EXISTS || !plan_cond_is_plain(c) || equal == (c->op != COND_NOT_EQUAL);
	}
	if (may[0] && may[1]) {
		add_success(pc, -1, out);
		return plan_cond_is_plain(c) ? NULL : plan_cond_other_field;
	}
	for (int failed = 0; failed < 2; failed++)
		if (may[failed])
			add_success(pc, !failed, out);
	return NULL;
}

/*
 * evt.res: SUCCESS, the error's name by exit=, or FAILED where that is no error (tell_result() in norm_syscall.c).
 * Numbers without a name are E and digits.
 */
static bool errors(const struct plan_literal *l, struct plan_set *exits)
{
	bool odd = plan_cond_may_like(l, SPAN("E"), "0123456789"), all = odd;
	struct span name;
	uint32_t number, next = 1; /* the next that is not looked at yet */

	*exits = plan_set_none();
	for (unsigned i = 0; (name = errno_at(i, &number)).n; next = number + 1, i++) {
		bool may = plan_cond_may(l, name);

		if (odd && number > next)
			plan_set_add(exits, 0 - (number - 1), 0 - next);
		if (may)
			plan_set_add(exits, 0 - number, 0 - number);
		all = all && may;
	}
	if (odd)
		plan_set_add(exits, 0 - (uint32_t)ERRNO_MAX, 0 - next);
	return all;
}

const char *plan_cond_res(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	bool all, success = plan_cond_may(l, SPAN("SUCCESS"));
	struct plan_set exits;
	struct plan_want w;

	if (l->check->op == COND_EXISTS) {
		add_success(pc, -1, out);
		return NULL;
	}
	all = errors(l, &exits) || plan_cond_may(l, SPAN("FAILED"));
	pc->records = success || all || exits.count;
	if (success || all)
		add_success(pc, success && all ? -1 : success, out);
	if (!all && exits.count) {
		plan_want_all(&w);
		w.success = 0;
		w.set[PLAN_EXIT] = exits;
		plan_cond_add(pc, out, &w);
	}
	return exits.widened ? many : NULL;
}

/*
 * A result from 0 on is a success. One below may be, too (lseek, mmap on 32 bits), so that it says nothing; but for
 * single values, as what is cut to 32 bits is still equal.
 */
const char *plan_cond_rawres(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	const struct cond_check *c = l->check;
	struct plan_set exits = plan_set_none();
	int64_t low, high, least = INT64_MAX;
	bool points = true, some = false;
	struct plan_want w;

	plan_want_all(&w);
	if (!is_number(c) || c->op == COND_EXISTS) {
		plan_cond_add(pc, out, &w);
		return c->op == COND_EXISTS ? NULL : plan_cond_other_field;
	}
	for (size_t i = 0; part(c, i, &low, &high); i++) {
		some = true;
		least = low < least ? low : least;
		points = points && low == high;
		if (low == high)
			plan_set_add(&exits, (uint32_t)low, (uint32_t)low);
	}
	if (!some)
		return NULL;
	if (points)
		w.set[PLAN_EXIT] = exits;
	if (least >= 0)
		w.success = 1;
	plan_cond_add(pc, out, &w);
	return exits.widened ? many : points || least == 0 ? NULL : "the kernel compares results for equality only";
}

/* fd.num of a call that makes one: the result, -1 where that is below 0. */
static void add_made(struct plan_cond *pc, const struct plan_set *set, unsigned kinds, struct plan_wants *out)
{
	struct plan_want w;

	plan_want_all(&w);
	memset(&w.calls, 0, sizeof(w.calls));
	plan_cond_kinds(&w.calls, kinds);
	if (plan_set_has(set, UINT32_MAX)) {
		w.success = 0;
		plan_cond_add(pc, out, &w);
	}
	w.set[PLAN_EXIT] = *set;
	if (set->count && set->range[0].low == 0 && set->range[0].high >= INT32_MAX)
		w.set[PLAN_EXIT] = plan_set_all();
	w.success = 1;
	if (set->count && set->range[0].low <= INT32_MAX)
		plan_cond_add(pc, out, &w);
}

/* fd.num of a call that is given one: a signed number of 32 bits. */
static void add_given(struct plan_cond *pc, const struct plan_set *set, unsigned from, const struct plan_calls *calls,
	struct plan_wants *out)
{
	struct plan_want w;

	plan_want_all(&w);
	w.calls = *calls;
	if (from <= ARG_A3)
		w.set[PLAN_A0 + from] = *set;
	if (set->count)
		plan_cond_add(pc, out, &w);
}

#define MAKING (1u << CALL_OPEN | 1u << CALL_SOCKET | 1u << CALL_ACCEPT)
#define GIVEN (1u << CALL_FD | 1u << CALL_CONNECT | 1u << CALL_BIND | 1u << CALL_SEND)

/* See tell_object() in norm_file.c. */
const char *plan_cond_fd_num(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct plan_place places[PLAN_COND_PLACES];
	struct plan_calls calls;
	struct plan_set made, given, below;
	unsigned count;

	pc->records = false;
	if (!plan_cond_set(l->check, -1, INT32_MAX, &made)) {
		made = given = plan_set_all();
	} else { /* and what is below -1, as the kernel has it */
		given = made;
		if (plan_cond_set(l->check, INT32_MIN, -2, &below) && below.count)
			plan_set_add(&given, (uint32_t)INT32_MAX + 1, UINT32_MAX);
	}
	add_made(pc, &made, MAKING, out);
	memset(&calls, 0, sizeof(calls));
	plan_cond_kinds(&calls, GIVEN);
	add_given(pc, &given, ARG_A0, &calls, out);
	count = plan_cond_places(pc, SPAN("fd"), places);
	memset(&calls, 0, sizeof(calls));
	plan_cond_kinds(&calls, 1u << CALL_PLAIN | 1u << CALL_PATH);
	for (unsigned i = 0; i < count; i++) {
		plan_calls_and(&places[i].calls, &calls);
		add_given(pc, &given, places[i].from, &places[i].calls, out);
	}
	return plan_cond_is_plain(l->check) ? NULL : plan_cond_other_field;
}
