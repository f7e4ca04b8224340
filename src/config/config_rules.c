/* The [list], [macro] and [rule] sections, compiled together. */
#include "config/config_load.h"

#include <errno.h>
#include <stdlib.h>
#include <strings.h>

struct compile {
	struct config *c;
	struct reporter *r;
	struct cond_list_spec *lists;
	struct cond_macro_spec *macros;
	struct rule_spec *rules;
};

/* Byte `at` of a key, or what is wrong with the key as a whole. */
static void fault_at(struct compile *x, const struct config_from *from, bool warning, const char *key, size_t at,
	const char *what)
{
	struct ini_place place = ini_place(from->at, key, at);
	struct section_label label;

	report_at(x->r, warning ? CONFIG_WARNING : CONFIG_ERROR, &place, "%s %s: %s", section_label(from->at, &label), key,
		what);
}

static void cond_fault_at(void *ctx, const struct cond_fault *f)
{
	struct compile *x = ctx;
	const struct config *c = x->c;

	switch (f->place) {
	case COND_IN_LIST:
		if (c->lists[f->index].spec.items)
			fault_at(x, &c->lists[f->index].from, f->warning, "items", f->at, f->what);
		break;
	case COND_IN_MACRO:
		if (c->macros[f->index].spec.condition)
			fault_at(x, &c->macros[f->index].from, f->warning, "condition", f->at, f->what);
		break;
	default:
		if (c->rule[f->index].spec.condition)
			fault_at(x, &c->rule[f->index].from, f->warning, "condition", f->at, f->what);
	}
}

static void rule_fault_at(void *ctx, const struct rule_fault *f)
{
	static const char *const keys[] = { [RULE_OUTPUT] = "output", [RULE_TAGS] = "tags" };
	struct compile *x = ctx;

	fault_at(x, &x->c->rule[f->index].from, f->warning, keys[f->text], f->at, f->what);
}

/* A text that must be there. Without it the section is told of once, and an empty one takes its place. */
static const char *needed(struct compile *x, struct config_from *from, const char *key, const char *text)
{
	struct section_label label;

	if (text)
		return text;
	if (!from->faulty)
		report_error(x->r, -EINVAL, from->at->file, from->at->line, "%s needs %s", section_label(from->at, &label),
			key);
	from->faulty = true;
	return "";
}

static int collect(struct compile *x)
{
	struct config *c = x->c;

	x->lists = calloc(c->list_count + 1, sizeof(*x->lists));
	x->macros = calloc(c->macro_count + 1, sizeof(*x->macros));
	x->rules = calloc(c->rule_count + 1, sizeof(*x->rules));
	if (!x->lists || !x->macros || !x->rules)
		return -ENOMEM;
	for (size_t i = 0; i < c->list_count; i++) {
		x->lists[i] = c->lists[i].spec;
		x->lists[i].items = needed(x, &c->lists[i].from, "items", c->lists[i].spec.items);
	}
	for (size_t i = 0; i < c->macro_count; i++) {
		x->macros[i] = c->macros[i].spec;
		x->macros[i].condition = needed(x, &c->macros[i].from, "a condition", c->macros[i].spec.condition);
	}
	for (size_t i = 0; i < c->rule_count; i++) {
		struct config_rule *rule = &c->rule[i];
		rule->spec.rate = rule->rate.count;
		rule->spec.per_ms = rule->rate.per_ms;
		rule->spec.burst = rule->rate.burst;
		x->rules[i] = rule->spec;
		x->rules[i].condition = needed(x, &rule->from, "a condition", rule->spec.condition);
	}
	return 0;
}

static const char *name_of(const struct config_rule *rule)
{
	return rule->spec.name ? rule->spec.name : rule->spec.id;
}

/* evt.rule could not tell them apart. */
static void check_names(struct compile *x)
{
	const struct config *c = x->c;
	struct section_label label;
	struct shown room;

	for (size_t i = 1; i < c->rule_count; i++) {
		const char *name = name_of(&c->rule[i]);
		const struct ini_section *s = c->rule[i].from.at, *old;
		size_t k = 0;

		while (k < i && strcmp(name_of(&c->rule[k]), name) != 0)
			k++;
		if (k == i)
			continue;
		old = c->rule[k].from.at;
		report_error(x->r, -EINVAL, s->file, ini_line(s, "name"), "name: '%s' is what %s at %s:%u is called already",
			show(span_of(name, strlen(name)), &room), section_label(old, &label), old->file,
			ini_line(old, "name"));
	}
}

/* Conditions tell them apart by where the name stands; people may not. */
static void check_twins(struct compile *x)
{
	const struct config *c = x->c;
	struct section_label label, other;

	for (size_t i = 0; i < c->macro_count; i++) {
		const struct ini_section *s = c->macros[i].from.at;
		for (size_t k = 0; k < c->list_count; k++) {
			const struct ini_section *list = c->lists[k].from.at;
			if (strcasecmp(s->name, list->name) == 0)
				report_warning(x->r, s->file, s->line, "%s is named like %s at %s:%u", section_label(s, &label),
					section_label(list, &other), list->file, list->line);
		}
	}
}

static int choose_fields(struct compile *x)
{
	struct config *c = x->c;

	for (size_t i = 0; i < c->rule_count; i++) {
		struct config_rule *rule = &c->rule[i];
		rule->chosen = rule->fields != NULL;
		if (rule->chosen && config_fields_resolve(&rule->encode, rule->fields, rule->from.at, x->r) == -ENOMEM)
			return -ENOMEM;
	}
	return 0;
}

static int compile(struct compile *x)
{
	struct config *c = x->c;
	int rc, step = 0;

	rc = cond_scope_new(&c->scope, x->lists, c->list_count, x->macros, c->macro_count, cond_fault_at, x);
	/* Rules are looked at all the same: what is wrong in a list is told there, and not once more. */
	if (rc != -ENOMEM && c->rule_count)
		step = ruleset_new(&c->rules, x->rules, c->rule_count, c->scope, c->tiercel.rule_matching == 1,
			cond_fault_at, rule_fault_at, x);
	return step == -ENOMEM || rc == 0 ? step : rc;
}

int config_rules_compile(struct config *c, struct reporter *r)
{
	struct compile x = { .c = c, .r = r };
	int rc = 0;

	if (c->list_count || c->macro_count || c->rule_count) {
		rc = collect(&x);
		if (rc == 0) {
			check_names(&x);
			check_twins(&x);
			rc = choose_fields(&x);
		}
		if (rc == 0)
			rc = compile(&x);
	}
	free(x.lists);
	free(x.macros);
	free(x.rules);
	return rc;
}
