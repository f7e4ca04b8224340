/* Values of an event, as checks want them. */
#include "filter/ruleset_part.h"

#include "event/proctab.h"

/* Decimal, all of the text; false: no number. */
static bool parse(struct span s, struct number *out)
{
	bool minus = s.n && s.p[0] == '-';
	uint64_t v = 0;

	if (s.n == minus)
		return false;
	for (size_t i = minus; i < s.n; i++) {
		unsigned digit = (unsigned)(s.p[i] - '0');
		if (digit > 9 || v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	if (minus && v > (uint64_t)INT64_MAX + 1)
		return false;
	*out = (struct number){ (int64_t)(minus ? -v : v), !minus && v > INT64_MAX };
	return true;
}

static bool is_text(const struct value *v)
{
	return v->kind == VALUE_TEXT || v->kind == VALUE_NAME || v->kind == VALUE_DIGITS;
}

static bool as_number(const struct value *v, struct number *out)
{
	switch (v->kind) {
	case VALUE_I64:
		*out = (struct number){ v->i64, 0 };
		return true;
	case VALUE_U64:
		*out = (struct number){ v->i64, v->u64 > INT64_MAX };
		return true;
	case VALUE_BOOL:
		*out = (struct number){ v->b, 0 };
		return true;
	}
	return is_text(v) && parse(span_of(v->p, v->n), out);
}

/* Numbers are written into `digits`. */
static struct span as_written(const struct value *v, char digits[ITEM_BYTES])
{
	struct buf b = { .p = digits, .cap = ITEM_BYTES };

	if (is_text(v))
		return span_of(v->p, v->n);
	if (v->kind == VALUE_BOOL)
		buf_text(&b, v->b ? "true" : "false");
	else if (v->kind == VALUE_I64)
		buf_put_i64(&b, v->i64);
	else
		buf_put_u64(&b, v->u64);
	return span_of(b.p, b.n);
}

static struct span base_of(struct span s)
{
	const char *slash = s.n ? memrchr(s.p, '/', s.n) : NULL;

	return slash ? span_of(slash + 1, s.n - (size_t)(slash + 1 - s.p)) : s;
}

/* *used of the room is taken; a text that has none left is no value. */
static bool fold(struct operand *o, bool lower, size_t *used, struct span *s)
{
	char *w = o->folded + *used;

	if (s->n > RULESET_TEXT_MAX - *used)
		return false;
	for (size_t i = 0; i < s->n; i++)
		w[i] = lower ? cond_lower(s->p[i]) : cond_upper(s->p[i]);
	*used += s->n;
	*s = span_of(w, s->n);
	return true;
}

static void put(struct operand *o, const void *bytes, size_t n)
{
	memcpy(o->bytes[o->count], bytes, n);
	o->own[o->count] = span_of(o->bytes[o->count], n);
	o->count++;
}

/* Add one value of the event as an item. What is no number, no address, is no value. */
static void add(struct operand *o, const struct value *v, size_t *used)
{
	struct number number;
	struct span text;
	uint8_t address[16];

	if (o->count == o->item_cap)
		return;
	if (o->shape == SHAPE_NUMBER && !o->what->transform_count) {
		if (as_number(v, &number))
			put(o, &number, sizeof(number));
		return;
	}
	text = as_written(v, o->bytes[o->count]);
	for (unsigned i = 0; i < o->what->transform_count; i++) {
		switch ((enum cond_transform)o->what->transforms[i]) {
		case COND_TOLOWER:
		case COND_TOUPPER:
			if (!fold(o, o->what->transforms[i] == COND_TOLOWER, used, &text))
				return;
			break;
		case COND_BASENAME:
			text = base_of(text);
			break;
		case COND_LEN:
			number = (struct number){ (int64_t)text.n, 0 };
			put(o, &number, sizeof(number));
			return;
		case COND_TRANSFORM_COUNT:
			return;
		}
	}
	if (o->shape == SHAPE_TEXT)
		o->own[o->count++] = text;
	else if (o->shape == SHAPE_NUMBER && parse(text, &number))
		put(o, &number, sizeof(number));
	else if (o->shape == SHAPE_ADDRESS && cond_address(text, address))
		put(o, address, sizeof(address));
}

/* A list stays where it is, unless something is to be made of its items. */
static void add_list(struct operand *o, const struct value *list, size_t *used)
{
	struct number n = { list->n, 0 };

	if (o->what->transform_count && o->what->transforms[0] == COND_LEN) {
		put(o, &n, sizeof(n));
	} else if (o->what->transform_count || o->shape != SHAPE_TEXT) {
		for (uint32_t i = 0; i < list->n; i++) {
			struct value v = as_text(list->list[i]);
			add(o, &v, used);
		}
	} else {
		o->items = list->list;
		o->count = list->n;
	}
}

const struct operand *ruleset_fetch(struct ruleset *s, uint32_t operand)
{
	struct operand *o = &s->operand[operand];
	struct value one[PROC_DEPTH];
	const struct value *v = one;
	size_t n, used = 0;

	if (o->fetched == s->generation)
		return o;
	o->fetched = s->generation;
	o->count = 0;
	o->cut = false;
	o->items = o->own;
	if (o->what->ancestors) {
		n = event_ancestors(s->event, o->what->field, one, PROC_DEPTH);
	} else if (o->what->member.n) {
		n = event_get_member(s->event, o->what->member, one);
	} else {
		v = event_get(s->event, o->what->field);
		n = v != NULL;
	}
	for (size_t i = 0; i < n; i++) {
		o->cut = o->cut || v[i].cut;
		if (v[i].kind == VALUE_LIST || v[i].kind == VALUE_NAMES)
			add_list(o, &v[i], &used);
		else if (v[i].kind != VALUE_NONE)
			add(o, &v[i], &used);
	}
	if (o->cut && o->count)
		o->head = ruleset_head(o->items[0]);
	return o;
}
