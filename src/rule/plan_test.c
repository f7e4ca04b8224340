#include "rule/plan_test.h"

static int compare_number(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

int plan_test_compare(const struct plan_test *a, const struct plan_test *b)
{
	int c = compare_number(a->field, b->field);

	if (c == 0)
		c = compare_number(a->op, b->op);
	if (c == 0)
		c = compare_number(a->value, b->value);
	return c ? c : plan_text_compare(a->text, b->text);
}

int plan_tests_compare(const struct plan_rule *a, const struct plan_rule *b)
{
	int c = compare_number(a->test_count, b->test_count);

	for (unsigned i = 0; i < a->test_count && c == 0; i++)
		c = plan_test_compare(&a->tests[i], &b->tests[i]);
	return c;
}

static bool follows(const struct plan_test *a, const struct plan_test *b)
{
	if (b->field == WIRE_DIR && (a->field == WIRE_DIR || a->field == WIRE_WATCH))
		return plan_below(b->text, a->text);
	return a->field == b->field && plan_test_compare(a, b) == 0;
}

bool plan_tests_follow(const struct plan_rule *narrow, const struct plan_rule *wide)
{
	for (unsigned i = 0; i < wide->test_count; i++) {
		unsigned k = 0;

		while (k < narrow->test_count && !follows(&narrow->tests[k], &wide->tests[i]))
			k++;
		if (k == narrow->test_count)
			return false;
	}
	return true;
}
