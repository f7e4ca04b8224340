#include "rule/rule_form.h"

#include "base/hash.h"
#include "rule/plan_prune.h"

#include <stddef.h>
#include <stdlib.h>

/* Is the field's value a text, whose length then stands in its place? */
static bool has_text(uint32_t field)
{
	return (field >= WIRE_SUBJ_USER && field <= WIRE_SUBJ_CLR) ||
		(field >= WIRE_OBJ_USER && field <= WIRE_OBJ_LEV_HIGH) ||
		field == WIRE_WATCH || field == WIRE_DIR || field == WIRE_EXE || field == WIRE_FILTERKEY;
}

static bool is_path(uint32_t field)
{
	return field == WIRE_WATCH || field == WIRE_DIR || field == WIRE_EXE;
}

/* Bytes of a path that rule_form_twin() put before it. */
static size_t dot_prefix(const char *path, size_t n)
{
	return n > 2 && memcmp(path, "/./", 3) == 0 ? 2 : 0;
}

static int by_number(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare_items(const void *x, const void *y)
{
	const struct rule_item *a = x, *b = y;
	int c = by_number(a->field, b->field);

	if (c == 0)
		c = by_number(a->op, b->op);
	if (c == 0)
		c = by_number(a->value, b->value);
	if (c == 0 && a->text && b->text)
		c = memcmp(a->text, b->text, a->value);
	return c;
}

/*
 * "auid!=unset" is kept as "loginuid_set!=0" by kernels that know that field (3.10), and comes back as one or the other,
 * depending on the version; all of them mean loginuid_set=1.
 */
static void settle_loginuid(struct rule_item *item)
{
	if (item->op != WIRE_EQUAL && item->op != WIRE_NOT_EQUAL)
		return;
	if (item->field == WIRE_LOGINUID && item->value == WIRE_UNSET) {
		item->field = WIRE_LOGINUID_SET;
		item->value = 0;
	}
	if (item->field == WIRE_LOGINUID_SET && item->op == WIRE_NOT_EQUAL && item->value <= 1) {
		item->op = WIRE_EQUAL;
		item->value = !item->value;
	}
}

bool rule_form_read(struct rule_form *f, const struct wire_rule *rule, size_t n)
{
	size_t at = 0;

	if (n < WIRE_RULE_MIN || rule->field_count > WIRE_FIELDS_MAX || rule->buf_size > n - WIRE_RULE_MIN)
		return false;
	f->list = rule->flags & ~(uint32_t)WIRE_PREPEND;
	f->action = rule->action;
	memcpy(f->calls, rule->mask, sizeof(f->calls));
	f->count = rule->field_count;
	for (unsigned i = 0; i < f->count; i++) {
		struct rule_item *item = &f->items[i];

		*item = (struct rule_item){ rule->fields[i], rule->ops[i], rule->values[i], NULL };
		settle_loginuid(item);
		if (!has_text(item->field))
			continue;
		if (item->value > rule->buf_size - at)
			return false;
		item->text = rule->buf + at;
		at += item->value;
		if (is_path(item->field)) {
			size_t skipped = dot_prefix(item->text, item->value);

			item->text += skipped;
			item->value -= (uint32_t)skipped;
		}
	}
	qsort(f->items, f->count, sizeof(f->items[0]), compare_items);
	return true;
}

struct span rule_form_key(const struct rule_form *f)
{
	for (unsigned i = 0; i < f->count; i++)
		if (f->items[i].field == WIRE_FILTERKEY)
			return span_of(f->items[i].text, f->items[i].value);
	return span_of(NULL, 0);
}

unsigned rule_form_prunes(const struct rule_form *f)
{
	const struct rule_item *mark = &f->items[0], *type = &f->items[1]; /* sorted by op */

	if (f->list != WIRE_LIST_EXCLUDE || f->count != 2 || type->field != WIRE_MSGTYPE || type->op != WIRE_EQUAL ||
		mark->field != WIRE_MSGTYPE || mark->op != WIRE_NOT_EQUAL || mark->value != PLAN_PRUNE_MARK)
		return 0;
	return type->value;
}

uint64_t rule_form_hash(const struct rule_form *f)
{
	uint64_t h = hash_bytes((uint64_t)f->list << 32 | f->action, (const char *)f->calls, sizeof(f->calls));

	for (unsigned i = 0; i < f->count; i++) {
		const struct rule_item *item = &f->items[i];

		h = hash_mix(h, (uint64_t)item->field << 32 | item->op);
		h = item->text ? hash_bytes(h, item->text, item->value) : hash_mix(h, item->value);
	}
	return hash_u64(h, f->count);
}

bool rule_form_same(const struct rule_form *a, const struct rule_form *b)
{
	if (a->list != b->list || a->action != b->action || a->count != b->count ||
		memcmp(a->calls, b->calls, sizeof(a->calls)) != 0)
		return false;
	for (unsigned i = 0; i < a->count; i++)
		if (compare_items(&a->items[i], &b->items[i]) != 0)
			return false;
	return true;
}

/* Is what `item` tests in or at the directory of `dir`? */
static bool lies_in(const struct rule_item *item, const struct rule_item *dir)
{
	size_t n = dir->value;

	if (dir->field != WIRE_DIR || (item->field != WIRE_DIR && item->field != WIRE_WATCH) || dir->op != WIRE_EQUAL ||
		item->op != WIRE_EQUAL || n == 0 || item->value < n || memcmp(item->text, dir->text, n) != 0)
		return false;
	return item->value == n || dir->text[n - 1] == '/' || item->text[n] == '/';
}

static bool implied(const struct rule_item *item, const struct rule_form *by)
{
	for (unsigned i = 0; i < by->count; i++)
		if (compare_items(&by->items[i], item) == 0 || lies_in(&by->items[i], item))
			return true;
	return false;
}

bool rule_form_covers(const struct rule_form *wide, const struct rule_form *narrow)
{
	if (wide->list != narrow->list || wide->action != WIRE_ALWAYS || narrow->action != WIRE_ALWAYS)
		return false;
	for (unsigned i = 0; i < WIRE_MASK_WORDS; i++)
		if (narrow->calls[i] & ~wide->calls[i])
			return false;
	for (unsigned i = 0; i < wide->count; i++)
		if (!implied(&wide->items[i], narrow))
			return false;
	return true;
}

size_t rule_form_twin(const struct wire_rule *rule, struct wire_rule *out)
{
	const char *from = rule->buf;
	char *to = out->buf;

	memcpy(out, rule, WIRE_RULE_MIN);
	for (uint32_t i = 0; i < rule->field_count; i++) {
		size_t n = has_text(rule->fields[i]) ? rule->values[i] : 0, skipped = 0;

		if (is_path(rule->fields[i])) {
			skipped = dot_prefix(from, n);
			if (!skipped) {
				memcpy(to, "/.", 2);
				to += 2;
			}
			out->values[i] = (uint32_t)(skipped ? n - skipped : n + 2);
		}
		memcpy(to, from + skipped, n - skipped);
		to += n - skipped;
		from += n;
	}
	out->buf_size = (uint32_t)(to - out->buf);
	return WIRE_RULE_MIN + out->buf_size;
}
