/* Answers to checks: by an index of their operand, or one by one. */
#include "filter/ruleset_part.h"

static bool text_equal(const struct cond_value *want, struct span item)
{
	return span_eq(item, want->text);
}

static bool text_differs(const struct cond_value *want, struct span item)
{
	return !span_eq(item, want->text);
}

static bool text_contains(const struct cond_value *want, struct span item)
{
	return cond_contains(item, want->text);
}

static bool text_icontains(const struct cond_value *want, struct span item)
{
	return cond_icontains(item, want->text);
}

static bool text_starts(const struct cond_value *want, struct span item)
{
	return span_starts(item, want->text);
}

static bool text_ends(const struct cond_value *want, struct span item)
{
	return cond_ends(item, want->text);
}

static bool text_glob(const struct cond_value *want, struct span item)
{
	return cond_glob(want->text, item, false);
}

static bool text_iglob(const struct cond_value *want, struct span item)
{
	return cond_glob(want->text, item, true);
}

static bool text_below(const struct cond_value *want, struct span item)
{
	return cond_path_prefix(want->text, item);
}

/* Below 0, 0, above 0: the item against what is wanted. */
static int number_order(const struct cond_value *want, struct span item)
{
	struct number n;

	memcpy(&n, item.p, sizeof(n));
	if (n.big != want->big)
		return n.big ? 1 : -1;
	if (n.big)
		return ((uint64_t)n.i64 > (uint64_t)want->i64) - ((uint64_t)n.i64 < (uint64_t)want->i64);
	return (n.i64 > want->i64) - (n.i64 < want->i64);
}

static bool number_equal(const struct cond_value *want, struct span item)
{
	return number_order(want, item) == 0;
}

static bool number_differs(const struct cond_value *want, struct span item)
{
	return number_order(want, item) != 0;
}

static bool number_less(const struct cond_value *want, struct span item)
{
	return number_order(want, item) < 0;
}

static bool number_less_equal(const struct cond_value *want, struct span item)
{
	return number_order(want, item) <= 0;
}

static bool number_greater(const struct cond_value *want, struct span item)
{
	return number_order(want, item) > 0;
}

static bool number_greater_equal(const struct cond_value *want, struct span item)
{
	return number_order(want, item) >= 0;
}

static bool address_in(const struct cond_value *want, struct span item)
{
	return cond_net_has(&want->net, (const uint8_t *)item.p);
}

static bool address_out(const struct cond_value *want, struct span item)
{
	return !address_in(want, item);
}

item_test *const ruleset_tests[SHAPE_COUNT][COND_OP_COUNT] = {
	[SHAPE_TEXT] = {
		[COND_IN] = text_equal, [COND_NOT_EQUAL] = text_differs,
		[COND_CONTAINS] = text_contains, [COND_BCONTAINS] = text_contains, [COND_ICONTAINS] = text_icontains,
		[COND_STARTSWITH] = text_starts, [COND_BSTARTSWITH] = text_starts, [COND_ENDSWITH] = text_ends,
		[COND_GLOB] = text_glob, [COND_IGLOB] = text_iglob, [COND_PMATCH] = text_below
	},
	[SHAPE_NUMBER] = {
		[COND_IN] = number_equal, [COND_NOT_EQUAL] = number_differs,
		[COND_LESS] = number_less, [COND_LESS_EQUAL] = number_less_equal,
		[COND_GREATER] = number_greater, [COND_GREATER_EQUAL] = number_greater_equal
	},
	[SHAPE_ADDRESS] = { [COND_IN] = address_in, [COND_NOT_EQUAL] = address_out }
};

/* The next piece of what was kept of a cut text; dots lie between. The first one is its head. */
static bool piece_next(struct span *rest, struct span *piece)
{
	size_t n = ruleset_head(*rest);

	if (!rest->p)
		return false;
	*piece = span_of(rest->p, n);
	*rest = n < rest->n ? span_of(rest->p + n, rest->n - n) : span_of(NULL, 0);
	while (rest->n && rest->p[0] == '.')
		*rest = span_of(rest->p + 1, rest->n - 1);
	return true;
}

/* As far as what was kept tells. */
static enum cond_answer
cut_fits(const struct rule_check *c, const struct cond_value *want, struct span item, size_t head_n)
{
	struct span rest = item, head = span_of(item.p, head_n), piece;

	switch (c->op) {
	case COND_CONTAINS:
	case COND_BCONTAINS:
	case COND_ICONTAINS:
		while (piece_next(&rest, &piece)) {
			if (c->test(want, piece))
				return COND_TRUE;
		}
		return COND_UNKNOWN;
	case COND_STARTSWITH:
	case COND_BSTARTSWITH:
		if (span_starts(head, want->text))
			return COND_TRUE;
		return span_starts(want->text, head) ? COND_UNKNOWN : COND_FALSE;
	case COND_IN:
		return span_starts(want->text, head) ? COND_UNKNOWN : COND_FALSE;
	default:
		return COND_UNKNOWN;
	}
}

/* Rules that this check triggers are to be looked at. */
static void trigger(struct ruleset *s, uint32_t check)
{
	for (uint32_t r = s->triggered.first[check]; r < s->triggered.first[check + 1]; r++)
		s->fired[s->triggered.item[r] / 64] |= UINT64_C(1) << (s->triggered.item[r] % 64);
}

static void hit(struct ruleset *s, const struct rule_index *x, uint32_t text)
{
	for (uint32_t i = x->checks.first[text]; i < x->checks.first[text + 1]; i++) {
		s->check[x->checks.item[i]].hit = s->generation;
		trigger(s, x->checks.item[i]);
	}
}

/* Runs of slashes made single: most paths have none, and stay where they are. */
static struct span single_slashes(struct ruleset *s, struct span path)
{
	size_t n = 0;

	if (path.n > RULESET_TEXT_MAX || !cond_contains(path, SPAN("//")))
		return path;
	for (size_t i = 0; i < path.n; i++) {
		if (path.p[i] != '/' || n == 0 || s->path[n - 1] != '/')
			s->path[n++] = path.p[i];
	}
	return span_of(s->path, n);
}

/* Every prefix in the set that ends where a name of the path does. The root is the empty one. */
static void search_path(struct ruleset *s, const struct rule_index *x, struct span item)
{
	struct span path = single_slashes(s, item);

	for (uint32_t id = cond_set_longest(&x->set, path); id != COND_SET_NONE; id = x->set.shorter[id]) {
		size_t n = x->set.text[id].n;
		if (n == path.n ? n > 0 : path.p[n] == '/')
			hit(s, x, id);
	}
}

static void search_item(struct ruleset *s, struct rule_index *x, struct span item)
{
	struct cond_grams_walk walk = { .at = 0 };
	uint32_t id;

	switch (x->kind) {
	case INDEX_EQUAL:
		x->found = id = cond_set_find(&x->set, item);
		if (id != COND_SET_NONE)
			hit(s, x, id);
		break;
	case INDEX_BEGIN:
	case INDEX_END:
		for (id = cond_set_longest(&x->set, item); id != COND_SET_NONE; id = x->set.shorter[id])
			hit(s, x, id);
		break;
	case INDEX_PATH:
		search_path(s, x, item);
		break;
	case INDEX_PART:
	case INDEX_IPART:
		while ((id = cond_grams_next(&x->grams, item, &walk)) != COND_SET_NONE)
			hit(s, x, id);
		break;
	}
}

static bool is_part(const struct rule_index *x)
{
	return x->kind == INDEX_PART || x->kind == INDEX_IPART;
}

/* What is not found may be in what was left out: whoever asks for it is looked at. */
static void search_cut(struct ruleset *s, struct rule_index *x, const struct operand *o)
{
	struct span rest = o->items[0], piece;

	for (uint32_t i = 0; i < x->checks.first[x->set.count]; i++)
		trigger(s, x->checks.item[i]);
	while (is_part(x) && !o->derived && piece_next(&rest, &piece))
		search_item(s, x, piece);
}

void ruleset_search(struct ruleset *s, uint32_t index)
{
	struct rule_index *x = &s->index[index];
	const struct operand *o;

	if (x->ran == s->generation)
		return;
	x->ran = s->generation;
	x->found = COND_SET_NONE;
	o = ruleset_fetch(s, x->operand);
	for (uint32_t i = 0; i < o->count; i++) {
		if (o->cut)
			search_cut(s, x, o);
		else
			search_item(s, x, o->items[i]);
	}
}

/* Any of the values or all of them. */
enum cond_answer ruleset_answer_item(struct ruleset *s, const struct rule_check *c, struct span item)
{
	bool all = ruleset_wants_all(c->what);
	enum cond_answer answer = all ? COND_TRUE : COND_FALSE;
	const struct operand *left = &s->operand[c->left];
	const struct operand *right = c->right != RULESET_NONE ? ruleset_fetch(s, c->right) : NULL;
	size_t count = right ? right->count : c->what->count;

	for (size_t i = 0; i < count && answer != (all ? COND_FALSE : COND_TRUE); i++) {
		struct cond_value theirs = { .text = { NULL, 0 } };
		enum cond_answer one;

		if (right && right->shape == SHAPE_TEXT) {
			theirs.text = right->items[i];
		} else if (right && right->shape == SHAPE_NUMBER) {
			struct number n;
			memcpy(&n, right->items[i].p, sizeof(n));
			theirs.i64 = n.i64;
			theirs.big = n.big;
		} else if (right) {
			memcpy(theirs.net.address, right->items[i].p, sizeof(theirs.net.address));
			theirs.net.bits = 128;
		}
		if ((right && right->cut) || (left->cut && left->derived))
			one = COND_UNKNOWN;
		else if (left->cut)
			one = cut_fits(c, right ? &theirs : &c->what->values[i], item, left->head);
		else if (c->regex)
			one = cond_regex_match(c->regex[i], item);
		else
			one = c->test && c->test(right ? &theirs : &c->what->values[i], item) ? COND_TRUE : COND_FALSE;
		if (all ? one < answer : one > answer)
			answer = one;
	}
	return answer;
}

static enum cond_answer answer_each(struct ruleset *s, const struct rule_check *c)
{
	const struct operand *o = ruleset_fetch(s, c->left);
	enum cond_answer answer = c->every ? COND_TRUE : COND_FALSE;

	if (o->count == 0 || (c->right != RULESET_NONE && ruleset_fetch(s, c->right)->count == 0))
		return COND_FALSE;
	if (c->op == COND_EXISTS)
		return COND_TRUE;
	if (c->opposite != RULESET_NONE)
		return (enum cond_answer)(COND_TRUE - ruleset_answer(s, c->opposite));
	for (uint32_t i = 0; i < o->count && answer != (c->every ? COND_FALSE : COND_TRUE); i++) {
		enum cond_answer one = ruleset_answer_item(s, c, o->items[i]);
		if (c->every ? one < answer : one > answer)
			answer = one;
	}
	return answer;
}

static enum cond_answer answer_indexed(struct ruleset *s, const struct rule_check *c)
{
	const struct operand *o = &s->operand[c->left];

	ruleset_search(s, c->index);
	if (c->hit == s->generation)
		return COND_TRUE;
	if (!o->cut || o->count == 0)
		return COND_FALSE;
	return is_part(&s->index[c->index]) && c->what->count ? COND_UNKNOWN : answer_each(s, c);
}

enum cond_answer ruleset_answer(struct ruleset *s, uint32_t check)
{
	struct rule_check *c = &s->check[check];

	if (c->asked == s->generation)
		return c->answer;
	c->asked = s->generation;
	if (c->neutral && s->event->pending) {
		c->answer = COND_UNKNOWN;
	} else {
		c->answer = c->index != RULESET_NONE ? answer_indexed(s, c) : answer_each(s, c);
	}
	return c->answer;
}
