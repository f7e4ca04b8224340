/* uid and auid: a selection's numbers, of which -1 is unset, as compares of unsigned ones. */
#include "rule/plan_parts.h"

#define UNSET (-1)
#define ID_MAX INT64_C(4294967294)

static bool is_auid(const struct plan_ids *ids)
{
	return ids->field == WIRE_LOGINUID;
}

/* unset is the greatest for the kernel: a range with it goes to the end. */
static void hull(struct plan_ids *ids, struct id_range r)
{
	struct id_range *all = &ids->any[0];
	bool unset = all->low == UNSET || r.low == UNSET;
	int64_t low = all->low == UNSET || (r.low != UNSET && r.low < all->low) ? r.low : all->low;

	all->high = unset ? WIRE_UNSET : r.high > all->high ? r.high : all->high;
	all->low = low;
	ids->widened = true;
}

void plan_ids(struct plan_ids *ids, const struct id_test *test, uint32_t field, unsigned most)
{
	struct id_range within = test->within, r;

	memset(ids, 0, sizeof(*ids));
	ids->field = field;
	ids->test = test;
	if (!test->there || test->any_count == 0) {
		ids->count = !test->there || within.low <= within.high;
		ids->any[0] = test->there ? within : (struct id_range){ UNSET, ID_MAX };
		return;
	}
	for (size_t i = 0; i < test->any_count; i++) {
		r.low = test->any[i].low > within.low ? test->any[i].low : within.low;
		r.high = test->any[i].high < within.high ? test->any[i].high : within.high;
		if (r.low > r.high)
			continue;
		if (ids->count == most && most > 1) {
			for (unsigned k = 1; k < ids->count; k++)
				hull(ids, ids->any[k]);
			ids->count = most = 1;
		}
		if (ids->count == most)
			hull(ids, r);
		else
			ids->any[ids->count++] = r;
	}
}

static void test_range(const struct plan_ids *ids, struct id_range r, struct plan_rule *rule)
{
	uint32_t low = (uint32_t)r.low;

	if (r.low == UNSET && r.high == UNSET) {
		/* no process has an uid like this, and kernels refuse the test */
		if (is_auid(ids))
			plan_rule_test(rule, ids->field, WIRE_EQUAL, WIRE_UNSET, NULL);
		return;
	}
	if (r.low == UNSET)
		return;
	if (r.low == r.high) {
		plan_rule_test(rule, ids->field, WIRE_EQUAL, low, NULL);
		return;
	}
	if (low > 0)
		plan_rule_test(rule, ids->field, WIRE_GREATER_EQUAL, low, NULL);
	if (r.high < ID_MAX)
		plan_rule_test(rule, ids->field, WIRE_LESS_EQUAL, (uint32_t)r.high, NULL);
	else if (r.high == ID_MAX && is_auid(ids))
		plan_rule_test(rule, ids->field, WIRE_NOT_EQUAL, WIRE_UNSET, NULL);
}

void plan_ids_test(const struct plan_ids *ids, unsigned alternative, struct plan_rule *r)
{
	const struct id_test *t = ids->test;

	if (!t->there)
		return;
	test_range(ids, ids->any[alternative], r);
	for (size_t i = 0; i < t->none_count; i++) {
		bool unset = t->none[i] == UNSET;

		if (!unset || (is_auid(ids) && ids->any[alternative].low == UNSET))
			plan_rule_test(r, ids->field, WIRE_NOT_EQUAL, (uint32_t)t->none[i], NULL);
	}
}
