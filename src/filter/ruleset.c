#include "filter/ruleset_part.h"

#include "filter/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct loading {
	struct ruleset *s;
	struct interned in;
	struct keep *nodes;
	struct rule_node **root;
	rule_report *report;
	void *ctx;
	uint32_t rule;
	int rc; /* the first fault that was no warning, or no memory */
};

static void fail(struct loading *l, int rc)
{
	if (rc < 0 && l->rc != -ENOMEM)
		l->rc = rc;
}

static void tell(struct loading *l, enum rule_text text, size_t at, bool warning, const char *what)
{
	struct rule_fault fault = { .index = l->rule, .text = text, .at = at, .warning = warning };

	snprintf(fault.what, sizeof(fault.what), "%s", what);
	l->report(l->ctx, &fault);
	if (!warning)
		fail(l, -EINVAL);
}

static struct span copy(struct loading *l, struct span s)
{
	char *p = ruleset_keep(&l->s->kept, s.n + EVENT_PAD);

	if (!p) {
		fail(l, -ENOMEM);
		return span_of(NULL, 0);
	}
	if (s.n)
		memcpy(p, s.p, s.n);
	return span_of(p, s.n);
}

static struct span copy_text(struct loading *l, const char *text)
{
	return copy(l, span_of(text, strlen(text)));
}

static void load_tags(struct loading *l, const char *text)
{
	struct rule *rule = &l->s->rule[l->rule];
	struct words w = { .text = text };
	struct span word, *tags = ruleset_keep(&l->s->kept, (strlen(text) / 2 + 1) * sizeof(*tags));

	if (!tags) {
		fail(l, -ENOMEM);
		return;
	}
	while (words_next(&w, &word)) {
		bool again = false;

		for (size_t i = 0; i < rule->tag_count; i++)
			again = again || span_eq(tags[i], word);
		if (word.n == 0)
			tell(l, RULE_TAGS, w.column - 1, false, "an empty word: a comma too many");
		else if (again)
			tell(l, RULE_TAGS, w.column - 1, true, "this tag stands here twice");
		else
			tags[rule->tag_count++] = copy(l, word);
	}
	rule->tags = tags;
}

static void load_output(struct loading *l, const char *text)
{
	struct template *output = NULL;
	struct template_fault fault;
	int rc = template_new(&output, text, &fault);

	l->s->rule[l->rule].output = output;
	if (rc == -EINVAL)
		tell(l, RULE_OUTPUT, fault.at, false, fault.what);
	fail(l, rc);
}

static void load_limit(struct bucket *b, const struct rule_spec *spec)
{
	uint64_t most = UINT64_MAX / 2, burst = spec->burst ? spec->burst : spec->rate;

	b->rate = spec->rate;
	b->price = spec->per_ms ? spec->per_ms : 1;
	b->full = b->credit = burst > most / b->price ? most : burst * b->price;
}

static void load_rule(struct loading *l, const struct rule_spec *spec, struct cond_scope *scope, cond_report *on_cond)
{
	struct rule *rule = &l->s->rule[l->rule];
	int rc = cond_parse(&rule->condition, scope, spec->condition, l->rule, on_cond, l->ctx);

	rule->id = copy_text(l, spec->id);
	rule->name = spec->name ? copy_text(l, spec->name) : rule->id;
	rule->priority = spec->priority;
	rule->enabled = spec->enabled;
	load_limit(&l->s->bucket[l->rule], spec);
	if (spec->tags)
		load_tags(l, spec->tags);
	if (spec->output)
		load_output(l, spec->output);
	fail(l, rc);
	if (rc == 0 && l->rc == 0 && spec->enabled)
		fail(l, ruleset_compile(l->s, &l->in, &l->nodes, l->rule, &l->root[l->rule]));
}

/* What the check is called where it is assumed. */
static void name_check(struct loading *l, struct rule_check *c)
{
	char text[512];

	for (int negated = 0; negated < 2; negated++) {
		struct buf b = { .p = text, .cap = sizeof(text) };
		cond_print_check(c->what, negated, &b);
		c->text[negated] = copy(l, span_of(b.p, b.n));
	}
}

static int finish_check(struct loading *l, struct rule_check *c)
{
	char what[COND_REGEX_WHAT];
	int rc = 0;

	name_check(l, c);
	if (c->op != COND_REGEX || c->right != RULESET_NONE)
		return l->rc;
	c->regex = ruleset_keep(&l->s->kept, (c->what->count + 1) * sizeof(struct cond_regex *));
	for (size_t i = 0; c->regex && i < c->what->count && rc == 0; i++)
		rc = cond_regex_new(&c->regex[i], c->what->values[i].text, what);
	return c->regex ? rc : -ENOMEM;
}

static int finish_index(struct ruleset *s, struct rule_index *x)
{
	int rc;

	if (x->kind == INDEX_PART || x->kind == INDEX_IPART) {
		for (size_t i = 0; i < x->pairs.count && x->set.count < INDEX_PARTS_MIN; i++)
			s->check[x->pairs.pair[i][1]].index = RULESET_NONE;
		rc = cond_grams_make(&x->grams, &x->set, x->kind == INDEX_IPART);
	} else {
		rc = x->kind == INDEX_EQUAL ? 0 : cond_set_sort(&x->set, x->kind == INDEX_END);
	}
	return rc < 0 ? rc : ruleset_lists(&x->checks, &x->pairs, x->set.count);
}

static int finish(struct loading *l)
{
	struct ruleset *s = l->s;
	int rc = 0;

	for (size_t i = 0; i < s->checks && rc == 0; i++)
		rc = finish_check(l, &s->check[i]);
	for (size_t i = 0; i < s->indexes && rc == 0; i++)
		rc = finish_index(s, &s->index[i]);
	s->names = ruleset_keep(&s->kept, (s->count + 1) * sizeof(*s->names));
	s->assumed = ruleset_keep(&s->kept, (2 * s->checks + 1) * sizeof(*s->assumed));
	s->assumed_what = ruleset_keep(&s->kept, (2 * s->checks + 1) * sizeof(*s->assumed_what));
	s->path = ruleset_keep(&s->kept, RULESET_TEXT_MAX);
	if (rc == 0 && (!s->names || !s->assumed || !s->assumed_what || !s->path))
		rc = -ENOMEM;
	return rc < 0 ? rc : ruleset_classify(s, l->root);
}

static bool make_room(struct loading *l, size_t count)
{
	struct ruleset *s = l->s = calloc(1, sizeof(*s));

	if (!s)
		return false;
	s->rule = ruleset_keep(&s->kept, (count + 1) * sizeof(*s->rule));
	s->bucket = ruleset_keep(&s->kept, (count + 1) * sizeof(*s->bucket));
	s->start = ruleset_keep(&s->kept, (count + 1) * sizeof(*s->start));
	l->root = ruleset_keep(&l->nodes, (count + 1) * sizeof(struct rule_node *));
	s->count = s->rule && s->bucket && s->start && l->root ? (uint32_t)count : 0;
	return s->count == count && ruleset_begin(s, &l->in) == 0;
}

int ruleset_new(struct ruleset **out, const struct rule_spec *specs, size_t count, struct cond_scope *scope, bool first,
	cond_report *on_cond, rule_report *on_rule, void *ctx)
{
	struct loading l = { .report = on_rule, .ctx = ctx };

	if (count >= RULESET_NONE || !make_room(&l, count))
		l.rc = -ENOMEM;
	for (size_t i = 0; i < count && l.rc != -ENOMEM; i++) {
		l.rule = (uint32_t)i;
		load_rule(&l, &specs[i], scope, on_cond);
	}
	if (l.rc == 0) {
		l.s->first = first;
		l.rc = finish(&l);
	}
	cond_set_release(&l.in.operands);
	cond_set_release(&l.in.checks);
	ruleset_keep_free(&l.in.keys);
	ruleset_keep_free(&l.nodes);
	if (l.rc == 0)
		*out = l.s;
	else
		ruleset_free(l.s);
	return l.rc;
}

void ruleset_free(struct ruleset *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->checks; i++) {
		for (size_t v = 0; s->check[i].regex && v < s->check[i].what->count; v++)
			cond_regex_free(s->check[i].regex[v]);
	}
	for (uint32_t i = 0; i < s->count; i++) {
		cond_release(&s->rule[i].condition);
		template_free((struct template *)s->rule[i].output);
	}
	for (size_t i = 0; i < s->indexes; i++) {
		cond_set_release(&s->index[i].set);
		cond_grams_release(&s->index[i].grams);
		free(s->index[i].pairs.pair);
		free(s->index[i].checks.first);
		free(s->index[i].checks.item);
	}
	free(s->operand);
	free(s->index);
	free(s->check);
	free(s->step);
	free(s->triggered.first);
	free(s->triggered.item);
	free(s->lookups.first);
	free(s->lookups.item);
	ruleset_keep_free(&s->kept);
	free(s);
}

size_t ruleset_count(const struct ruleset *s)
{
	return s->count;
}

const struct rule *ruleset_rule(const struct ruleset *s, size_t i)
{
	return &s->rule[i];
}

void ruleset_needs(const struct ruleset *s, struct field_set *set)
{
	for (size_t i = 0; i < s->checks; i++) {
		field_set_add(set, s->check[i].what->left.field);
		if (s->check[i].what->right)
			field_set_add(set, s->check[i].what->right->field);
	}
}
