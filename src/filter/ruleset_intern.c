/* What rules share: each operand once, each check once, by what they say; and the indexes that checks are put in. */
#include "filter/ruleset_part.h"

#include "event/proctab.h"

#include <errno.h>

/* What a check costs, from what it costs to have the value and to look at it. */
enum { COST_COMPARE = 0, COST_SEARCH = 1, COST_SCAN = 5, COST_GLOB = 40, COST_REGEX = 80 };

static const uint32_t stage_costs[STAGE_COUNT] = {
	[STAGE_STORED] = 0, [STAGE_ARGS] = 10, [STAGE_FILE] = 12, [STAGE_PROC] = 20, [STAGE_TREE] = 22,
	[STAGE_TIME] = 25, [STAGE_RAW] = 30
};
#define COST_MEMBER 4
#define COST_ANCESTORS 10
#define COST_TRANSFORM 1

static uint32_t operand_cost(const struct cond_operand *what)
{
	return stage_costs[fields[what->field].stage] + (what->member.n ? COST_MEMBER : 0) +
		(what->ancestors ? COST_ANCESTORS : 0) + what->transform_count * COST_TRANSFORM;
}

/* What a call has not told before it has run. */
static bool is_neutral(int field)
{
	return field == FIELD_EVT_RES || field == FIELD_EVT_RAWRES || field == FIELD_EVT_FAILED ||
		field == FIELD_EVT_DIR || field == FIELD_FD_NUM;
}

static enum shape shape_of(enum field_type type)
{
	switch (type) {
	case TYPE_I64:
	case TYPE_U64:
	case TYPE_BOOL:
	case TYPE_TIME:
	case TYPE_REL:
	case TYPE_PORT:
		return SHAPE_NUMBER;
	case TYPE_IP:
		return SHAPE_ADDRESS;
	case TYPE_STR:
	case TYPE_LIST:
	case TYPE_FAMILY:
		break;
	}
	return SHAPE_TEXT;
}

static void put_number(struct buf *b, uint64_t v)
{
	buf_put(b, &v, sizeof(v));
}

static void put_text(struct buf *b, struct span s)
{
	put_number(b, s.n);
	if (s.n)
		buf_put(b, s.p, s.n);
}

/* The number of a key, RULESET_NONE: no memory. *fresh: it is new, and `count` long as the things that it counts. */
static uint32_t number_of(struct cond_set *set, const struct buf *key, bool *fresh)
{
	uint32_t id, count = set->count;

	if (cond_set_add(set, span_of(key->p, key->n), &id) < 0)
		return RULESET_NONE;
	*fresh = id == count;
	return id;
}

static bool operand_init(struct ruleset *s, struct operand *o, const struct cond_operand *what)
{
	bool folds = false, many = what->ancestors || what->type == TYPE_LIST || what->transform_count;

	memset(o, 0, sizeof(*o));
	o->what = what;
	o->shape = shape_of(what->type);
	o->neutral = is_neutral(what->field);
	o->cost = operand_cost(what);
	o->item_cap = many ? PROC_DEPTH : 1;
	for (unsigned i = 0; i < what->transform_count; i++) {
		if (what->transforms[i] == COND_TOLOWER || what->transforms[i] == COND_TOUPPER)
			folds = true;
		else
			o->derived = true;
	}
	o->own = ruleset_keep(&s->kept, o->item_cap * sizeof(*o->own));
	o->bytes = ruleset_keep(&s->kept, o->item_cap * sizeof(*o->bytes));
	o->folded = folds ? ruleset_keep(&s->kept, RULESET_TEXT_MAX) : NULL;
	return o->own && o->bytes && (o->folded || !folds);
}

static uint32_t intern_operand(struct ruleset *s, struct interned *in, const struct cond_operand *what)
{
	size_t n = what->member.n + sizeof(what->transforms) + 4 * sizeof(uint64_t);
	struct buf key = { .p = ruleset_keep(&in->keys, n), .cap = n };
	uint32_t id;
	bool fresh;
	void *p;

	if (!key.p)
		return RULESET_NONE;
	put_number(&key, (uint64_t)what->field);
	put_number(&key, what->ancestors);
	put_number(&key, (uint64_t)what->type);
	put_text(&key, what->member);
	buf_put(&key, what->transforms, what->transform_count);
	id = number_of(&in->operands, &key, &fresh);
	if (id == RULESET_NONE || !fresh)
		return id;
	p = ruleset_room(s->operand, s->operands, &s->operand_cap, sizeof(*s->operand));
	if (!p)
		return RULESET_NONE;
	s->operand = p;
	return operand_init(s, &s->operand[s->operands++], what) ? id : RULESET_NONE;
}

/* Of several items of the event one must fit, but for `in`, which wants all of a list. */
static enum cond_op plain_op(const struct cond_check *what)
{
	return what->op == COND_EQUAL || what->op == COND_INTERSECTS ? COND_IN : what->op;
}

static bool wants_every(const struct cond_check *what)
{
	return what->op == COND_IN && what->left.type == TYPE_LIST;
}

/* By value: what the test looks at, not how it was written, where that is all that counts. */
static bool check_key(struct interned *in, const struct rule_check *c, struct buf *key)
{
	size_t n = 5 * sizeof(uint64_t);

	for (size_t i = 0; i < c->what->count; i++)
		n += sizeof(uint64_t) + c->what->values[i].text.n;
	*key = (struct buf){ .p = ruleset_keep(&in->keys, n), .cap = n };
	if (!key->p)
		return false;
	put_number(key, c->left);
	put_number(key, c->right);
	put_number(key, c->op);
	put_number(key, ruleset_wants_all(c->what));
	put_number(key, c->every);
	for (size_t i = 0; i < c->what->count; i++)
		put_text(key, c->what->values[i].text);
	return true;
}

static uint32_t op_cost(const struct rule_check *c, enum shape shape)
{
	switch (c->op) {
	case COND_REGEX:
		return COST_REGEX;
	case COND_GLOB:
	case COND_IGLOB:
		return COST_GLOB;
	case COND_CONTAINS:
	case COND_ICONTAINS:
	case COND_BCONTAINS:
	case COND_PMATCH:
		return COST_SCAN;
	default:
		return shape == SHAPE_TEXT ? COST_SEARCH : COST_COMPARE;
	}
}

/* Which index can answer it, if any. */
static bool index_kind(const struct rule_check *c, const struct operand *o, enum index_kind *kind)
{
	bool glob = false, net = false, small = false;

	for (size_t i = 0; i < c->what->count; i++) {
		glob = glob || cond_is_glob(c->what->values[i].text) || c->what->values[i].text.n == 0;
		small = small || c->what->values[i].text.n < COND_GRAM;
		net = net || (o->shape == SHAPE_ADDRESS && c->what->values[i].net.bits != 128);
	}
	if (c->right != RULESET_NONE || c->every || ruleset_wants_all(c->what) || o->what->type == TYPE_BOOL)
		return false;
	switch (c->op) {
	case COND_IN:
		*kind = INDEX_EQUAL;
		return !net;
	case COND_STARTSWITH:
		*kind = INDEX_BEGIN;
		return true;
	case COND_ENDSWITH:
		*kind = INDEX_END;
		return true;
	case COND_PMATCH:
		*kind = INDEX_PATH;
		return !glob;
	case COND_CONTAINS:
	case COND_ICONTAINS:
		*kind = c->op == COND_CONTAINS ? INDEX_PART : INDEX_IPART;
		return !small;
	default:
		return false;
	}
}

static uint32_t index_of(struct ruleset *s, uint32_t operand, enum index_kind kind)
{
	void *p;

	for (uint32_t i = 0; i < s->indexes; i++) {
		if (s->index[i].operand == operand && s->index[i].kind == kind)
			return i;
	}
	p = ruleset_room(s->index, s->indexes, &s->index_cap, sizeof(*s->index));
	if (!p)
		return RULESET_NONE;
	s->index = p;
	memset(&s->index[s->indexes], 0, sizeof(*s->index));
	s->index[s->indexes].operand = operand;
	s->index[s->indexes].kind = kind;
	return (uint32_t)s->indexes++;
}

/* The value as the index has it; p NULL: no memory. */
static struct span index_text(struct ruleset *s, const struct cond_value *v, enum index_kind kind, enum shape shape)
{
	struct number number = { v->i64, v->big };
	struct span text = v->text;
	size_t n = 0;
	char *w;

	if (shape == SHAPE_NUMBER)
		text = span_of((const char *)&number, sizeof(number));
	else if (shape == SHAPE_ADDRESS)
		text = span_of((const char *)v->net.address, sizeof(v->net.address));
	w = ruleset_keep(&s->kept, text.n + 1);
	for (size_t i = 0; w && i < text.n; i++) {
		if (kind != INDEX_PATH || text.p[i] != '/' || n == 0 || w[n - 1] != '/')
			w[n++] = kind == INDEX_IPART ? cond_lower(text.p[i]) : text.p[i];
	}
	if (kind == INDEX_PATH && n && w[n - 1] == '/')
		n--;
	return span_of(w, n);
}

static bool index_check(struct ruleset *s, uint32_t check)
{
	struct rule_check *c = &s->check[check];
	const struct operand *o = &s->operand[c->left];
	struct rule_index *x;
	enum index_kind kind;
	uint32_t text;

	c->index = RULESET_NONE;
	if (!index_kind(c, o, &kind))
		return true;
	c->index = index_of(s, c->left, kind);
	if (c->index == RULESET_NONE)
		return false;
	x = &s->index[c->index];
	for (size_t i = 0; i < c->what->count; i++) {
		struct span value = index_text(s, &c->what->values[i], kind, o->shape);
		if (!value.p || cond_set_add(&x->set, value, &text) < 0 || ruleset_pair(&x->pairs, text, check) < 0)
			return false;
	}
	return true;
}

uint32_t ruleset_check(struct ruleset *s, struct interned *in, const struct cond_check *what)
{
	struct rule_check c = {
		.what = what, .op = plain_op(what), .every = wants_every(what),
		.right = RULESET_NONE, .opposite = RULESET_NONE, .index = RULESET_NONE
	};
	struct buf key;
	uint32_t id;
	bool fresh;
	void *p;

	c.left = intern_operand(s, in, &what->left);
	if (what->right)
		c.right = intern_operand(s, in, what->right);
	if (c.left == RULESET_NONE || (what->right && c.right == RULESET_NONE) || !check_key(in, &c, &key))
		return RULESET_NONE;
	id = number_of(&in->checks, &key, &fresh);
	if (id == RULESET_NONE || !fresh)
		return id;
	p = ruleset_room(s->check, s->checks, &s->check_cap, sizeof(*s->check));
	if (!p)
		return RULESET_NONE;
	s->check = p;
	const struct operand *left = &s->operand[c.left], *right = what->right ? &s->operand[c.right] : NULL;
	c.neutral = left->neutral || (right && right->neutral);
	c.cost = left->cost + (right ? right->cost : 0) + op_cost(&c, left->shape);
	c.test = !right || right->shape == left->shape ? ruleset_tests[left->shape][c.op] : NULL;
	s->check[s->checks++] = c;
	return index_check(s, id) ? id : RULESET_NONE;
}

int ruleset_begin(struct ruleset *s, struct interned *in)
{
	static const struct cond_operand evt_type = { .field = FIELD_EVT_TYPE, .type = TYPE_STR };

	return intern_operand(s, in, &evt_type) == 0 && index_of(s, 0, INDEX_EQUAL) == 0 ? 0 : -ENOMEM;
}
