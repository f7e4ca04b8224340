/* Tests of rules, held against each other. */
#ifndef TIERCEL_RULE_PLAN_TEST_H
#define TIERCEL_RULE_PLAN_TEST_H

#include "rule/plan.h"

/* NULL comes first. */
static inline int plan_text_compare(const char *a, const char *b)
{
	if (a == b)
		return 0;
	return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

/* The order of a rule's tests: by field, op, value, text. Below 0, 0 or above it. */
int plan_test_compare(const struct plan_test *a, const struct plan_test *b);
/* Of all tests of two rules: those of fewer come first. */
int plan_tests_compare(const struct plan_rule *a, const struct plan_rule *b);
/* Do all tests of `wide` hold wherever those of `narrow` do? True only where that is plain to see. */
bool plan_tests_follow(const struct plan_rule *narrow, const struct plan_rule *wide);

#endif
