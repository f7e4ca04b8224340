#include "config/config_check.h"

#include "config/config_check_part.h"
#include "config/config_load.h"
#include "sys/probe_host.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void config_check_warn(struct check *k, size_t at, const char *fmt, ...)
{
	struct ini_place place = ini_place(k->from->at, "condition", at);
	char what[sizeof(((struct err *)0)->what)];
	struct section_label label;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	report_at(&k->r, CONFIG_WARNING, &place, "%s condition: %s", section_label(k->from->at, &label), what);
	k->warned = true;
}

static void add_call(struct plan_calls *calls, const struct syscall_info *call)
{
	if (call && call->id < PLAN_NAMELESS)
		plan_calls_add(calls, call->id);
}

static void calls_of_host(struct check *k)
{
	for (unsigned i = 0; i < 2 && k->host.arches[i] >= 0; i++) {
		for (int64_t nr = 0; nr < PLAN_CALLS; nr++) {
			const struct syscall_info *call = syscall_find(k->host.arches[i], nr);
			add_call(&k->here, call);
			for (int64_t sub = 1; sub < 32 && syscall_is_socketcall(call); sub++)
				add_call(&k->here, syscall_of_socketcall(sub));
			for (int64_t sub = 1; sub < 32 && syscall_is_ipc(call); sub++)
				add_call(&k->here, syscall_of_ipc(sub));
		}
	}
}

/* More than half of the calls of this host, and those that nobody knows by name. */
static bool is_wide(const struct check *k, const struct plan_calls *calls)
{
	unsigned known = 0, wanted = 0;

	for (unsigned id = 0; id < PLAN_NAMELESS; id++) {
		known += plan_calls_has(&k->here, id);
		wanted += plan_calls_has(&k->here, id) && plan_calls_has(calls, id);
	}
	return plan_calls_has(calls, PLAN_NAMELESS) && wanted > known / 2;
}

/* Does the want leave everything open, the calls too? */
static bool is_open(const struct check *k, const struct plan_want *w)
{
	for (int i = 0; i < PLAN_NUMBERS; i++) {
		if (!plan_set_is_all(&w->set[i]))
			return false;
	}
	return is_wide(k, &w->calls) && !w->arches && w->success < 0 && !w->perm && !w->bits_count && !w->paths &&
		!w->exes && !w->exe_not;
}

/* Is there a rule but the one that leaves ourselves out? */
static bool is_told(const struct plan *p)
{
	for (size_t i = 0; i < p->count; i++) {
		if (p->rules[i].action == WIRE_ALWAYS)
			return true;
	}
	return false;
}

/* What the kernel is asked for a condition alone; told: of something at all. False: no memory. */
static bool ask(struct check *k, const struct cond *condition, bool *open, bool *told)
{
	struct plan_wants wants = { .count = 0 };
	struct plan *plan = plan_new();
	int section = plan ? plan_section(plan, "rule", k->from->at->name) : -ENOMEM;
	bool done = section >= 0 && plan_cond_wants(&wants, condition, plan, (unsigned)section, &k->host) == 0 &&
		plan_make(plan, &wants, 1, &k->host) == 0;

	*open = *told = false;
	for (size_t i = 0; done && i < wants.count; i++)
		*open = *open || is_open(k, &wants.want[i]);
	*told = done && (wants.needs_a_rule || is_told(plan) || plan_cond_records(condition));
	k->no_memory = k->no_memory || !done;
	plan_wants_release(&wants);
	plan_free(plan);
	return done;
}

/* Most can match here, which is sooner known than of all architectures. */
static bool can_match(struct check *k, const struct cond *condition)
{
	struct plan_calls calls;

	return (k->known && plan_cond_calls(condition, &k->host, &calls)) || plan_cond_records(condition) ||
		plan_cond_calls(condition, NULL, &calls);
}

static bool can_be_told(struct check *k, const struct cond *condition)
{
	bool open, told;

	return can_match(k, condition) && (!ask(k, condition, &open, &told) || told);
}

static void check_rule(struct check *k, const struct rule *rule)
{
	bool open, told;

	k->fields = (struct field_set){ { 0 } };
	k->warned = false;
	config_check_words(k, rule->condition.root);
	config_check_args(k, rule->condition.root);
	if (!can_match(k, &rule->condition)) {
		config_check_never(k, rule->condition.root, can_match);
		return;
	}
	if (!rule->enabled || !k->known || !ask(k, &rule->condition, &open, &told))
		return;
	if (open)
		config_check_warn(k, INI_WHOLE, "says neither which system calls nor anything that the kernel can test: every "
			"call crosses into user space, for all rules; say evt.type in (...)");
	else if (!k->warned && !told)
		config_check_never(k, rule->condition.root, can_be_told);
}

/* The section that the plan has told something of. */
static const struct ini_section *section_of(const struct config *c, const struct plan_section *s)
{
	for (size_t i = 0; i < c->rule_count && strcmp(s->kind, "rule") == 0; i++) {
		if (strcmp(c->rule[i].spec.id, s->name) == 0)
			return c->rule[i].from.at;
	}
	for (size_t i = 0; i < c->select_count && strcmp(s->kind, "select") == 0; i++) {
		if (strcmp(c->selects[i].spec.name, s->name) == 0)
			return c->selects[i].from.at;
	}
	return NULL;
}

static bool has_note(const struct plan *p, const struct plan_note *note)
{
	for (size_t i = 0; i < p->note_count; i++) {
		if (p->notes[i].section == note->section && strcmp(p->notes[i].what, note->what) == 0)
			return true;
	}
	return false;
}

/* What this kernel leaves to user space that a newer one would not: the notes that its plan has more. */
static void check_kernel(struct check *k)
{
	struct plan_host newest = k->host;
	struct plan *here = plan_new(), *there = plan_new();
	struct section_label label;

	newest.features = ~0U;
	if (!here || !there || plan_build(here, k->c->select, k->c->rules, &k->host) < 0 ||
		plan_build(there, k->c->select, k->c->rules, &newest) < 0)
		k->no_memory = true;
	for (size_t i = 0; !k->no_memory && i < here->note_count; i++) {
		const struct plan_note *note = &here->notes[i];
		const struct ini_section *s = NULL;
		if (note->section != PLAN_NO_SECTION)
			s = section_of(k->c, &here->sections[note->section]);
		if (s && !has_note(there, note))
			report_warning(&k->r, s->file, s->line, "%s kernel %s: %s", section_label(s, &label), k->release,
				note->what);
	}
	plan_free(here);
	plan_free(there);
}

/* A list or a macro that nobody uses. */
static void unused(void *ctx, const struct cond_fault *f)
{
	struct check *k = ctx;
	const struct config *c = k->c;
	bool list = f->place == COND_IN_LIST;
	const struct config_from *from = list ? &c->lists[f->index].from : &c->macros[f->index].from;

	report_warning(&k->r, from->at->file, from->at->line, "%s", f->what);
}

/* What lies on this host's disks is no matter here: a file is where a name says. */
static int look(const char *path)
{
	(void)path;
	return 0;
}

int config_check(const struct config *c, const char *release, const char *machine, config_report *report, void *ctx)
{
	struct check k = { .c = c, .r = { .report = report, .ctx = ctx, .hold = true }, .release = release };

	k.known = plan_arches(machine, k.host.arches) == 0;
	k.host.features = plan_features(probe_host_version(release));
	k.host.look = look;
	k.host.path_by_object = c->tiercel.path_match == 0;
	if (k.known)
		calls_of_host(&k);
	for (size_t i = 0; i < c->rule_count; i++) {
		k.from = &c->rule[i].from;
		check_rule(&k, ruleset_rule(c->rules, i));
	}
	if (k.known)
		check_kernel(&k);
	if (c->scope)
		cond_scope_unused(c->scope, unused, &k);
	if (k.r.held_count)
		config_files_tell(c->files, &k.r);
	free(k.told);
	return k.no_memory ? -ENOMEM : 0;
}
