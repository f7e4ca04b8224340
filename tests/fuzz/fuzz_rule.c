/*
 * The input is a rule as the kernel lists it, in a block of its exact size. Whatever it says of its lengths, nothing
 * behind it is read; and told again with its fields the other way round it is the same rule.
 */
#include "rule/rule_audit.h"
#include "rule/rule_form.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
	if (!held)
		abort();
}

/* The same fields from the last to the first; false: there are too many bytes of text. */
static bool turn_round(const struct rule_form *f, struct wire_rule *out, size_t room)
{
	for (unsigned i = 0; i < f->count; i++) {
		const struct rule_item *item = &f->items[f->count - 1 - i];

		out->fields[i] = item->field;
		out->ops[i] = item->op;
		out->values[i] = item->value;
		if (!item->text)
			continue;
		if (item->value > room - out->buf_size)
			return false;
		memcpy(out->buf + out->buf_size, item->text, item->value);
		out->buf_size += item->value;
	}
	out->flags = f->list | WIRE_PREPEND;
	out->action = f->action;
	out->field_count = f->count;
	memcpy(out->mask, f->calls, sizeof(out->mask));
	return true;
}

static void check(const struct rule_form *f, size_t size)
{
	static struct rule_form again;
	struct wire_rule *turned = calloc(1, WIRE_RULE_MIN + size);
	uint64_t h = rule_form_hash(f);

	require(turned != NULL && turn_round(f, turned, size));
	require(rule_form_read(&again, turned, WIRE_RULE_MIN + turned->buf_size));
	require(rule_form_same(f, &again) && rule_form_same(&again, f) && rule_form_hash(&again) == h);
	require(rule_form_covers(f, &again) == (f->action == WIRE_ALWAYS));
	if (f->count > 0) {
		again.items[0].op ^= 1;
		require(!rule_form_same(f, &again));
	}
	again.count = 0;
	again.action = WIRE_ALWAYS;
	require(rule_form_covers(&again, f) == (f->action == WIRE_ALWAYS));
	free(turned);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct rule_form form;
	struct wire_rule *rule = malloc(size ? size : 1);
	bool own;

	if (!rule)
		abort();
	if (size > 0)
		memcpy(rule, data, size);
	own = rule_audit_is_own(rule, size);
	if (rule_form_read(&form, rule, size)) {
		struct span key = rule_form_key(&form);

		require(own == (span_eq(key, SPAN(PLAN_KEY)) || span_eq(key, SPAN(PLAN_KEY_SELF))));
		check(&form, size);
	} else {
		require(!own);
	}
	free(rule);
	return 0;
}
