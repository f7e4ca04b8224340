#include "daemon/by_rule.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t count_members(const struct template *t)
{
	size_t n = 0;

	while (t && template_member(t, n).n)
		n++;
	return n;
}

/* What is shown but for what the rule's text names. */
static const struct encode_options *base_of(const struct config *c, size_t i, const struct encode_options *of)
{
	return c->rule[i].chosen ? &c->rule[i].encode : of;
}

static void add_text_fields(struct encode_options *o, struct span *members, const struct template *t)
{
	struct field_set named = { { 0 } };

	template_needs(t, &named);
	for (int f = 0; f < FIELD_COUNT; f++)
		if (field_set_has(&named, f) && fields[f].type != TYPE_FAMILY)
			field_set_add(&o->fields, f);
	for (size_t i = 0; template_member(t, i).n; i++)
		encode_options_add(o, members, template_member(t, i));
}

int by_rule_init(struct by_rule *b, const struct config *c, const struct encode_options *of)
{
	size_t count = c->rules ? ruleset_count(c->rules) : 0, room = 1;
	struct span *at;

	for (size_t i = 0; i < count; i++)
		room += base_of(c, i, of)->member_count + count_members(ruleset_rule(c->rules, i)->output);
	*b = (struct by_rule){ .options = NULL };
	if (!count)
		return 0;
	b->options = calloc(count, sizeof(*b->options));
	b->members = at = calloc(room, sizeof(*b->members));
	if (!b->options || !b->members) {
		by_rule_release(b);
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		const struct encode_options *base = base_of(c, i, of);
		const struct template *text = ruleset_rule(c->rules, i)->output;
		struct encode_options *o = &b->options[i];

		*o = *of;
		o->fields = base->fields;
		o->members = at;
		o->member_count = base->member_count;
		if (base->member_count)
			memcpy(at, base->members, base->member_count * sizeof(*at));
		if (text)
			add_text_fields(o, at, text);
		at += o->member_count;
	}
	return 0;
}

void by_rule_release(struct by_rule *b)
{
	free(b->options);
	free(b->members);
	*b = (struct by_rule){ .options = NULL };
}
