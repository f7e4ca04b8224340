/* Are two conditions the same tree? Where in the text a check stands does not matter. For unit tests and the fuzzer. */
#ifndef TIERCEL_TESTS_COND_SAME_H
#define TIERCEL_TESTS_COND_SAME_H

#include "filter/cond.h"

static inline bool same_operand(const struct cond_operand *a, const struct cond_operand *b)
{
	return a->field == b->field && span_eq(a->member, b->member) && a->ancestors == b->ancestors &&
		a->type == b->type && a->transform_count == b->transform_count &&
		memcmp(a->transforms, b->transforms, a->transform_count) == 0;
}

static inline bool same_check(const struct cond_check *a, const struct cond_check *b)
{
	if (a->op != b->op || a->among != b->among || a->count != b->count || !a->right != !b->right)
		return false;
	if (!same_operand(&a->left, &b->left) || (a->right && !same_operand(a->right, b->right)))
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct cond_value *v = &a->values[i], *w = &b->values[i];

		if (!span_eq(v->text, w->text) || v->big != w->big || memcmp(&v->net, &w->net, sizeof(v->net)) != 0)
			return false;
	}
	return true;
}

static inline bool same_cond(const struct cond_node *a, const struct cond_node *b)
{
	if (a->kind != b->kind || a->negated != b->negated || a->count != b->count)
		return false;
	if (a->kind == COND_CHECK)
		return same_check(a->check, b->check);
	for (size_t i = 0; i < a->count; i++)
		if (!same_cond(a->part[i], b->part[i]))
			return false;
	return true;
}

#endif
