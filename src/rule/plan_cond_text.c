/* A check of a text that only a few texts can be: answered here, for each of them. */
#include "rule/plan_cond_part.h"

#define TEXT_MAX 256

bool plan_cond_is_plain(const struct cond_check *c)
{
	return !c->right && c->left.transform_count == 0;
}

bool plan_cond_is_equal(const struct cond_check *c)
{
	return plan_cond_is_plain(c) && (c->op == COND_EQUAL || c->op == COND_IN || c->op == COND_INTERSECTS);
}

/* False: it is no longer a text, or too long. */
static bool transform(const struct cond_operand *o, struct span *text, char room[TEXT_MAX])
{
	if (o->transform_count == 0)
		return true;
	if (text->n > TEXT_MAX)
		return false;
	memcpy(room, text->p, text->n);
	text->p = room;
	for (unsigned t = 0; t < o->transform_count; t++) {
		if (o->transforms[t] == COND_TOLOWER || o->transforms[t] == COND_TOUPPER) {
			for (size_t i = 0; i < text->n; i++)
				room[i] = o->transforms[t] == COND_TOLOWER ? cond_lower(room[i]) : cond_upper(room[i]);
		} else {
			return false;
		}
	}
	return true;
}

static bool starts(struct span text, struct span with)
{
	return span_starts(text, with);
}

static bool glob(struct span text, struct span pattern)
{
	return cond_glob(pattern, text, false);
}

static bool iglob(struct span text, struct span pattern)
{
	return cond_glob(pattern, text, true);
}

/* NULL: the operator is one that is not answered here. */
static bool (*const tests[COND_OP_COUNT])(struct span text, struct span value) = {
	[COND_EQUAL] = span_eq, [COND_NOT_EQUAL] = span_eq, [COND_IN] = span_eq, [COND_INTERSECTS] = span_eq,
	[COND_CONTAINS] = cond_contains, [COND_ICONTAINS] = cond_icontains, [COND_STARTSWITH] = starts,
	[COND_ENDSWITH] = cond_ends, [COND_GLOB] = glob, [COND_IGLOB] = iglob,
};

enum cond_answer plan_cond_holds(const struct cond_check *c, struct span text)
{
	char room[TEXT_MAX];
	bool all = c->among == COND_ALLOF && c->count; /* of no values none holds */

	if (c->op == COND_EXISTS)
		return COND_TRUE;
	if (c->right || !tests[c->op] || !transform(&c->left, &text, room))
		return COND_UNKNOWN;
	for (size_t i = 0; i < c->count; i++) {
		bool holds = tests[c->op](text, c->values[i].text);

		if (holds != all)
			return holds != (c->op == COND_NOT_EQUAL) ? COND_TRUE : COND_FALSE;
	}
	return all != (c->op == COND_NOT_EQUAL) ? COND_TRUE : COND_FALSE;
}

bool plan_cond_may(const struct plan_literal *l, struct span text)
{
	return plan_cond_holds(l->check, text) != (l->negated ? COND_TRUE : COND_FALSE);
}

static bool are_of(struct span text, const char *bytes)
{
	for (size_t i = 0; i < text.n; i++)
		if (!text.p[i] || !strchr(bytes, text.p[i]))
			return false;
	return true;
}

bool plan_cond_may_like(const struct plan_literal *l, struct span prefix, const char *bytes)
{
	const struct cond_check *c = l->check;
	char all[64];

	if (l->negated || !plan_cond_is_plain(c))
		return true;
	memcpy(all, prefix.p, prefix.n);
	strcpy(all + prefix.n, bytes);
	for (size_t i = 0; i < c->count; i++) {
		struct span v = c->values[i].text;

		switch (c->op) {
		case COND_EQUAL:
		case COND_IN:
		case COND_INTERSECTS:
			if (span_starts(v, prefix) && are_of(span_of(v.p + prefix.n, v.n - prefix.n), bytes))
				return true;
			break;
		case COND_CONTAINS:
		case COND_STARTSWITH:
		case COND_ENDSWITH:
			if (are_of(v, all))
				return true;
			break;
		default:
			return true;
		}
	}
	return c->op == COND_EXISTS;
}
