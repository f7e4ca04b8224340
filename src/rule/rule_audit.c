#include "rule/rule_audit.h"

#include "rule/plan_prune.h"
#include "rule/rule_form.h"
#include "rule/rule_weaken.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define OWN_MAX 10000 /* rules that are looked at in one listing; more are left for the next */
#define LINE_MAX_BYTES 16384
#define LAST_WORD 0x0000ffffu /* of the mask: its other bits are classes, for which the kernel puts in their calls */

/* One of ours, as listed. */
struct loaded {
	struct wire_rule *rule;
	size_t n;
	uint64_t hash;
	unsigned prunes; /* the record type that it excludes, 0: none */
	bool kept;   /* wanted, or already gone */
	bool behind; /* an `always` rule stands before it */
};

struct reconcile {
	struct audit_ctl *ctl;
	struct rule_audit_result *result;
	struct wire_rule *out; /* RULE_AUDIT_SIZE */
	struct rule_form form, other;
	struct rule_weaken weaken;
	struct loaded *own;
	size_t count, cap;
	unsigned foreign;   /* rules of others */
	uint32_t recording; /* bit per list in which an `always` rule was seen */
	bool no_memory;
};

static bool is_own_key(struct span key)
{
	return span_eq(key, SPAN(PLAN_KEY)) || span_eq(key, SPAN(PLAN_KEY_SELF));
}

static bool is_own(const struct rule_form *form)
{
	return is_own_key(rule_form_key(form)) || rule_form_prunes(form);
}

static bool put(struct wire_rule *out, uint32_t field, uint32_t op, uint32_t value, const char *text)
{
	uint32_t i = out->field_count;

	if (text) {
		size_t n = strlen(text);

		if (n > RULE_AUDIT_SIZE - WIRE_RULE_MIN - out->buf_size)
			return false;
		memcpy(out->buf + out->buf_size, text, n);
		out->buf_size += (uint32_t)n;
		value = (uint32_t)n;
	}
	out->fields[i] = field;
	out->ops[i] = op;
	out->values[i] = value;
	out->field_count++;
	return true;
}

int rule_audit_encode(const struct plan_rule *rule, struct wire_rule *out)
{
	bool fits = true;

	if (rule->key ? !is_own_key(span_of(rule->key, strlen(rule->key))) : !plan_prunes(rule))
		return -EINVAL;
	if (rule->key && (rule->list == WIRE_LIST_EXCLUDE || rule->list == WIRE_LIST_USER))
		return -EOPNOTSUPP;
	memset(out, 0, WIRE_RULE_MIN);
	out->flags = rule->list | (rule->first ? WIRE_PREPEND : 0);
	out->action = rule->action;
	memcpy(out->mask, rule->calls, sizeof(out->mask));
	out->mask[WIRE_MASK_WORDS - 1] &= LAST_WORD;
	if (rule->arch >= 0)
		fits = put(out, WIRE_ARCH, WIRE_EQUAL, arch_audit(rule->arch), NULL);
	for (unsigned i = 0; i < rule->test_count && fits; i++) {
		const struct plan_test *t = &rule->tests[i];

		fits = put(out, t->field, t->op, t->value, t->text);
	}
	if (rule->key)
		fits = fits && put(out, WIRE_FILTERKEY, WIRE_EQUAL, 0, rule->key);
	if (!fits || WIRE_RULE_MIN + out->buf_size > WIRE_MESSAGE_MAX)
		return -E2BIG;
	return (int)(WIRE_RULE_MIN + out->buf_size);
}

bool rule_audit_is_own(const struct wire_rule *rule, size_t n)
{
	struct rule_form form;

	return rule_form_read(&form, rule, n) && is_own(&form);
}

static bool keep_copy(struct reconcile *r, const struct wire_rule *rule, size_t n)
{
	struct loaded *l;

	if (r->count == r->cap) {
		size_t cap = r->cap ? 2 * r->cap : 64;
		struct loaded *own = realloc(r->own, cap * sizeof(*own));

		if (!own)
			return false;
		r->own = own;
		r->cap = cap;
	}
	l = &r->own[r->count];
	*l = (struct loaded){
		.rule = malloc(n), .n = n, .hash = rule_form_hash(&r->form), .prunes = rule_form_prunes(&r->form),
		.behind = r->recording >> (r->form.list & 31) & 1
	};
	if (!l->rule)
		return false;
	memcpy(l->rule, rule, n);
	r->count++;
	return true;
}

static void take_listed(void *ctx, const struct wire_rule *rule, size_t n)
{
	struct reconcile *r = ctx;

	if (!rule_form_read(&r->form, rule, n)) {
		r->foreign++;
		return;
	}
	if (!is_own(&r->form))
		r->foreign++;
	else if (r->count < OWN_MAX && !keep_copy(r, rule, WIRE_RULE_MIN + rule->buf_size))
		r->no_memory = true;
	if (r->form.action == WIRE_ALWAYS)
		r->recording |= UINT32_C(1) << (r->form.list & 31);
}

typedef int work(struct reconcile *r, const void *with);

/* Ask the kernel what it has of ours, then do the work. */
static int run(struct audit_ctl *ctl, struct rule_audit_result *result, work *todo, const void *with)
{
	struct reconcile *r = calloc(1, sizeof(*r));
	int rc;

	memset(result, 0, sizeof(*result));
	if (!r)
		return -ENOMEM;
	r->ctl = ctl;
	r->result = result;
	r->out = malloc(RULE_AUDIT_SIZE);
	rc = r->out ? audit_ctl_rules(ctl, take_listed, r) : -ENOMEM;
	if (rc >= 0 && r->no_memory)
		rc = -ENOMEM;
	if (rc >= 0) {
		result->foreign = r->foreign;
		rc = todo(r, with);
	}
	for (size_t i = 0; i < r->count; i++)
		free(r->own[i].rule);
	free(r->own);
	free(r->out);
	free(r);
	return rc;
}

/* The first listed rule like r->form. One that is there twice stays once: nobody takes the second. */
static struct loaded *find(struct reconcile *r)
{
	uint64_t hash = rule_form_hash(&r->form);

	for (size_t i = 0; i < r->count; i++) {
		struct loaded *l = &r->own[i];

		if (l->hash == hash && rule_form_read(&r->other, l->rule, l->n) && rule_form_same(&r->form, &r->other))
			return l;
	}
	return NULL;
}

/* Does it tell of more than one rule: is there no use in going on? */
static bool is_fatal(int rc)
{
	return rc == -EPERM || rc == -ECONNREFUSED || rc == -ETIMEDOUT || rc == -EPIPE || rc == -EPROTO;
}

/* See that r->out, of n bytes, is loaded. 0 or what the kernel says. */
static int ensure(struct reconcile *r, size_t n, bool first)
{
	struct loaded *l;
	int rc;

	if (!rule_form_read(&r->form, r->out, n))
		return -EINVAL;
	l = find(r);
	if (l && first && l->behind && !l->kept) {
		/* Added again it would be there twice, and a delete would find the new one. */
		rc = audit_ctl_delete_rule(r->ctl, l->rule, l->n);
		if (rc < 0 && rc != -ENOENT)
			return rc;
		r->result->deleted += rc == 0;
		l->kept = true;
		l = NULL;
	}
	rc = l ? -EEXIST : audit_ctl_add_rule(r->ctl, r->out, n);
	if (rc < 0 && rc != -EEXIST)
		return rc;
	if (l)
		l->kept = true;
	if (rc == 0)
		r->result->added++;
	else
		r->result->kept++;
	return 0;
}

/* Of the first rule that is not loaded as it should be: which, and why. */
static void tell_first(struct rule_audit_result *result, const struct plan_rule *rule, int error)
{
	char line[LINE_MAX_BYTES];
	struct buf b = { line, 0, sizeof(line), false };

	if (result->first_errno)
		return;
	result->first_errno = -error;
	plan_print_rule(rule, &b);
	if (b.n > 0 && line[b.n - 1] == '\n')
		b.n--;
	snprintf(result->first, sizeof(result->first), "%.*s", (int)b.n, line);
}

/* Load a rule of the plan, in a wider form if need be. 0, though it may have been refused. */
static int place(struct reconcile *r, const struct plan_rule *rule)
{
	struct rule_weaken *w = &r->weaken;
	int rc, cause = 0;

	rule_weaken_start(w, rule);
	do {
		rc = rule_audit_encode(&w->rule, r->out);
		if (rc >= 0)
			rc = ensure(r, (size_t)rc, rule->first);
		if (!cause)
			cause = rc;
	} while (rc < 0 && !is_fatal(rc) && rule_weaken_next(w, rc));
	if (is_fatal(rc))
		return rc;
	if (rc < 0)
		r->result->refused++;
	else if (w->widened)
		r->result->weakened++;
	else
		return 0;
	tell_first(r->result, rule, cause);
	return 0;
}

/* What goes first is prepended, so the last of it comes first; `never` before `always`. */
static int place_all(struct reconcile *r, const struct plan *plan)
{
	int rc = 0;

	for (size_t i = plan->count; i-- > 0 && rc == 0;)
		if (plan->rules[i].first)
			rc = place(r, &plan->rules[i]);
	for (size_t i = 0; i < plan->count && rc == 0; i++)
		if (!plan->rules[i].first && plan->rules[i].action == WIRE_NEVER)
			rc = place(r, &plan->rules[i]);
	for (size_t i = 0; i < plan->count && rc == 0; i++)
		if (!plan->rules[i].first && plan->rules[i].action != WIRE_NEVER && !plan_prunes(&plan->rules[i]))
			rc = place(r, &plan->rules[i]);
	return rc;
}

/* From the last on: what leaves ourselves out stands first, and is to hold while the others go. */
static int delete_others(struct reconcile *r, bool only_prunes)
{
	int first = 0;

	for (size_t i = r->count; i-- > 0 && !is_fatal(first);) {
		struct loaded *l = &r->own[i];
		int rc;

		if (l->kept || (only_prunes && !l->prunes))
			continue;
		rc = audit_ctl_delete_rule(r->ctl, l->rule, l->n);
		l->kept = rc == 0 || rc == -ENOENT;
		r->result->deleted += rc == 0;
		if (!l->kept && !first)
			first = rc;
	}
	return first;
}

/* Mark the loaded exclusions that are of the plan too, the first of each. Returns how many are not. */
static unsigned keep_pruned(struct reconcile *r, const struct plan *plan)
{
	unsigned others = 0;

	for (size_t i = 0; i < plan->count; i++) {
		unsigned type = plan_prunes(&plan->rules[i]);

		for (size_t k = 0; k < r->count && type; k++)
			if (r->own[k].prunes == type) {
				r->own[k].kept = true;
				type = 0;
			}
	}
	for (size_t k = 0; k < r->count; k++)
		others += r->own[k].prunes && !r->own[k].kept;
	return others;
}

static int apply(struct reconcile *r, const void *plan)
{
	int rc;

	keep_pruned(r, plan);
	rc = delete_others(r, true);
	if (rc == 0)
		rc = place_all(r, plan);
	return rc ? rc : delete_others(r, false);
}

int rule_audit_apply(struct audit_ctl *ctl, const struct plan *plan, struct rule_audit_result *result)
{
	return run(ctl, result, apply, plan);
}

static int prune_all(struct reconcile *r, const struct plan *plan)
{
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_rule *rule = &plan->rules[i];
		int rc;

		if (!plan_prunes(rule))
			continue;
		rc = rule_audit_encode(rule, r->out);
		if (rc >= 0)
			rc = ensure(r, (size_t)rc, false);
		if (is_fatal(rc))
			return rc;
		if (rc == 0) {
			r->result->pruned++;
			continue;
		}
		r->result->refused++;
		tell_first(r->result, rule, rc);
	}
	return 0;
}

static int prune(struct reconcile *r, const void *plan)
{
	bool wanted = plan && !r->foreign;
	int rc;

	if (wanted)
		keep_pruned(r, plan);
	rc = delete_others(r, true);
	return rc || !wanted ? rc : prune_all(r, plan);
}

int rule_audit_prune(struct audit_ctl *ctl, const struct plan *plan, struct rule_audit_result *result)
{
	return run(ctl, result, prune, plan);
}

struct staleness {
	bool (*stale)(const void *ctx, const char *path);
	const void *ctx;
};

/* Any of its paths; the one that leaves ourselves out changes its form where our program is elsewhere. */
static bool is_stale(const struct rule_form *f, const struct staleness *by)
{
	for (unsigned i = 0; i < f->count && f->action == WIRE_ALWAYS; i++) {
		const struct rule_item *item = &f->items[i];
		bool is_path = item->field == WIRE_DIR || item->field == WIRE_WATCH || item->field == WIRE_EXE;
		char path[PLAN_PATH_MAX];

		if (!is_path || item->value >= sizeof(path))
			continue;
		memcpy(path, item->text, item->value);
		path[item->value] = '\0';
		if (by->stale(by->ctx, path))
			return true;
	}
	return false;
}

static int renew(struct reconcile *r, const void *staleness)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < r->count; i++) {
		struct loaded *l = &r->own[i];

		l->kept = !rule_form_read(&r->form, l->rule, l->n) || !is_stale(&r->form, staleness);
		if (l->kept)
			continue;
		rc = audit_ctl_add_rule(r->ctl, r->out, rule_form_twin(l->rule, r->out));
		r->result->added += rc == 0;
		l->kept = rc < 0; /* the path may be gone: better the old one */
		rc = is_fatal(rc) ? rc : 0;
	}
	return rc ? rc : delete_others(r, false);
}

int rule_audit_renew(struct audit_ctl *ctl, bool (*stale)(const void *ctx, const char *path), const void *ctx,
	struct rule_audit_result *result)
{
	struct staleness by = { stale, ctx };

	return run(ctl, result, renew, &by);
}

static int clear(struct reconcile *r, const void *nothing)
{
	(void)nothing;
	return delete_others(r, false);
}

int rule_audit_clear(struct audit_ctl *ctl, unsigned *deleted)
{
	struct rule_audit_result result;
	int rc = run(ctl, &result, clear, NULL);

	*deleted = result.deleted;
	return rc;
}

/* Is there a rule of ours that lets through what r->form does? */
static bool is_covered(struct reconcile *r)
{
	if (find(r))
		return true;
	for (size_t i = 0; i < r->count; i++)
		if (rule_form_read(&r->other, r->own[i].rule, r->own[i].n) && rule_form_covers(&r->other, &r->form))
			return true;
	return false;
}

static bool is_loaded(struct reconcile *r, const struct plan_rule *rule)
{
	rule_weaken_start(&r->weaken, rule);
	do {
		int n = rule_audit_encode(&r->weaken.rule, r->out);

		if (n >= 0 && rule_form_read(&r->form, r->out, (size_t)n) && is_covered(r))
			return true;
	} while (rule_weaken_by_pid(&r->weaken.rule));
	return false;
}

static int count_missing(struct reconcile *r, const void *ctx)
{
	const struct plan *plan = ctx;
	unsigned missing = 0, others = keep_pruned(r, plan);

	for (size_t i = 0; i < plan->count; i++) {
		if (plan_prunes(&plan->rules[i]))
			r->result->unpruned++;
		else
			missing += !is_loaded(r, &plan->rules[i]);
	}
	for (size_t i = 0; i < r->count; i++) {
		r->result->pruned += r->own[i].prunes != 0;
		r->result->unpruned -= r->own[i].kept;
	}
	return (int)(missing + others);
}

int rule_audit_missing(struct audit_ctl *ctl, const struct plan *plan, struct rule_audit_result *result)
{
	return run(ctl, result, count_missing, plan);
}
