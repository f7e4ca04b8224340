#include "config/config_needs.h"

#include <errno.h>
#include <stdlib.h>

static void need_fields(struct plan_needs *needs, const struct encode_options *o)
{
	for (size_t i = 0; i < FIELD_WORDS; i++)
		needs->fields.bit[i] |= o->fields.bit[i];
	for (size_t i = 0; i < o->member_count; i++)
		field_set_add(&needs->fields, field_family(o->members[i]));
	needs->raw |= o->raw;
}

/* A rule's fields take the place of an output's; true where some event is shown by the output's own. */
static bool need_rules(struct plan_needs *needs, const struct config *c)
{
	bool others = c->select || !c->rules;
	struct field_set asked = { { 0 } };

	needs->text |= others;
	if (c->rules)
		ruleset_needs(c->rules, &asked);
	needs->whole |= field_set_has(&asked, FIELD_EVT_INCOMPLETE) || field_set_has(&asked, FIELD_EVT_TRUNCATED);
	for (size_t i = 0; i < FIELD_WORDS; i++)
		needs->fields.bit[i] |= asked.bit[i];
	for (size_t i = 0; c->rules && i < ruleset_count(c->rules); i++) {
		const struct rule *rule = ruleset_rule(c->rules, i);

		if (!rule->enabled)
			continue;
		if (rule->output)
			template_needs(rule->output, &needs->fields);
		else
			needs->text = true;
		if (c->rule[i].chosen)
			need_fields(needs, &c->rule[i].encode);
		else
			others = true;
	}
	return others;
}

void config_needs(const struct config *c, struct plan_needs *needs)
{
	bool own = need_rules(needs, c);

	plan_needs_select(needs, c->select);
	for (size_t i = 0; i < c->output_count; i++) {
		const struct config_output *o = &c->outputs[i];

		needs->raw |= o->encoder->records || o->encode.raw;
		if (own && o->encoder == &encoder_json)
			need_fields(needs, &o->encode);
	}
}

int config_prune(const struct config *c, struct plan *plan, bool *raw)
{
	struct plan_needs *needs = calloc(1, sizeof(*needs));
	int rc;

	if (!needs)
		return -ENOMEM;
	config_needs(c, needs);
	if (raw)
		*raw = needs->raw;
	rc = plan_prune(plan, needs);
	free(needs);
	return rc;
}
