#include "config/config_check.h"

#include "base/nearest.h"
#include "config/config_load.h"
#include "rule/plan_cond.h"
#include "sys/probe_host.h"
#include "table/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* Fields that only events of seccomp notify have (fields.def). */
static const enum field_id of_seccomp[] = {
	FIELD_PROC_ENV, FIELD_PROC_PGID, FIELD_PROC_SID, FIELD_PROC_VPID, FIELD_THREAD_TID
};

struct check {
	const struct config *c;
	struct reporter r;
	struct plan_host host;
	const char *release;
	bool known;             /* the machine's system calls are */
	struct plan_calls here; /* those of its architectures */
	struct span *told;      /* names of no system call, each once */
	size_t told_count;
	bool no_memory;
	/* The rule at work. */
	const struct config_from *from;
	struct field_set fields; /* told of */
	bool types;              /* it looks at audit.types */
	bool warned;
};

static void __attribute__((format(printf, 3, 4))) warn(struct check *k, size_t at, const char *fmt, ...)
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

/* The record type of this name in lower case; 0: none. */
static unsigned find_type(struct span name, struct nearest *near)
{
	for (unsigned type = 1000; type < 3000; type++) {
		struct span lower = record_type_lower(type);
		if (lower.n && span_eq(lower, name))
			return type;
		nearest_offer(near, lower);
	}
	return 0;
}

/* Once in the whole configuration: macros bring the same name to many rules. */
static bool told_already(struct check *k, struct span name)
{
	struct span *told;

	for (size_t i = 0; i < k->told_count; i++) {
		if (span_eq(k->told[i], name))
			return true;
	}
	told = realloc(k->told, (k->told_count + 1) * sizeof(*told));
	if (!told) {
		k->no_memory = true;
		return true;
	}
	k->told = told;
	told[k->told_count++] = name;
	return false;
}

/* The event of a call has its name, whatever records have joined it. */
static void check_joined(struct check *k, const struct cond_check *check, unsigned type)
{
	struct span lower = record_type_lower(type), name = record_type_name(type);

	if (!record_type_alone(type) && !k->types && !told_already(k, lower))
		warn(k, check->at, "evt.type is '%.*s' only where that record came without a system call, else it is the call's "
			"name; of both: audit.types intersects (%.*s)", (int)lower.n, lower.p, (int)name.n, name.p);
}

/* Words that stand for a call or a record without a name, or for what is no record. */
static bool is_nameless(struct span name)
{
	return span_starts(name, SPAN("syscall_")) || span_starts(name, SPAN("unknown")) || span_eq(name, SPAN("audit.raw"));
}

/* A value of evt.type; false: it is no name of an event that this host can have. */
static bool check_type(struct check *k, const struct cond_check *check, struct span name)
{
	const struct syscall_info *call = syscall_by_name(name);
	struct nearest near = { .word = name };
	struct shown shown, other;
	unsigned type;

	show(name, &shown);
	if (call && span_eq(syscall_name(call), name))
		return !k->known || plan_calls_has(&k->here, call->id);
	for (unsigned i = 0; i < syscall_count(); i++)
		nearest_offer(&near, syscall_name(syscall_by_id(i)));
	type = find_type(name, &near);
	if (type)
		check_joined(k, check, type);
	if (type || is_nameless(name) || told_already(k, name))
		return true;
	if (call)
		warn(k, check->at, "evt.type is never '%s': it is '%s', and syscall.type tells which variant", shown.text,
			show(syscall_name(call), &other));
	else if (near.best.p)
		warn(k, check->at, "evt.type is never '%s'; did you mean '%s'?", shown.text, show(near.best, &other));
	else
		warn(k, check->at, "evt.type is never '%s': no system call and no record type has that name", shown.text);
	return true;
}

/* Rules are for many hosts: that some of its calls are not here is no fault, that none of them is may be one. */
static void check_types(struct check *k, const struct cond_check *check)
{
	size_t here = 0;
	struct shown shown;

	for (size_t i = 0; i < check->count; i++)
		here += check_type(k, check, check->values[i].text);
	if (check->count && !here && !told_already(k, check->values[0].text))
		warn(k, check->at, "this machine has no system call '%s'%s", show(check->values[0].text, &shown),
			check->count > 1 ? ", nor any other of these" : "");
}

static void check_operand(struct check *k, const struct cond_check *check, const struct cond_operand *o)
{
	for (size_t i = 0; o && i < sizeof(of_seccomp) / sizeof(of_seccomp[0]); i++) {
		if (o->field != (int)of_seccomp[i] || field_set_has(&k->fields, o->field))
			continue;
		field_set_add(&k->fields, o->field);
		warn(k, check->at, "%.*s: audit's events do not have it, only those of seccomp notify",
			(int)fields[o->field].name.n, fields[o->field].name.p);
	}
}

static void check_node(struct check *k, const struct cond_node *n)
{
	for (size_t i = 0; i < n->count; i++)
		check_node(k, n->part[i]);
	if (n->kind != COND_CHECK)
		return;
	const struct cond_check *c = n->check;
	check_operand(k, c, &c->left);
	check_operand(k, c, c->right);
	if (c->left.field == FIELD_EVT_TYPE && !c->left.transform_count && !c->right &&
		(c->op == COND_EQUAL || c->op == COND_NOT_EQUAL || c->op == COND_IN || c->op == COND_INTERSECTS))
		check_types(k, c);
}

static bool looks_at(const struct cond_node *n, int field)
{
	for (size_t i = 0; i < n->count; i++) {
		if (looks_at(n->part[i], field))
			return true;
	}
	return n->kind == COND_CHECK && n->check->left.field == field;
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

/* What the kernel would be asked for this rule alone. */
static void check_alone(struct check *k, const struct cond *condition)
{
	struct plan_wants wants = { .count = 0 };
	struct plan *plan = plan_new();
	int section = plan ? plan_section(plan, "rule", k->from->at->name) : -ENOMEM;
	bool open = false;

	if (section < 0 || plan_cond_wants(&wants, condition, plan, (unsigned)section, &k->host) < 0 ||
		plan_make(plan, &wants, 1, &k->host) < 0) {
		k->no_memory = true;
	} else {
		for (size_t i = 0; i < wants.count; i++)
			open = open || is_open(k, &wants.want[i]);
		if (open)
			warn(k, INI_WHOLE, "says neither which system calls (evt.type) nor anything that the kernel can test: "
				"every call crosses into user space, for all rules");
		else if (!k->warned && !wants.needs_a_rule && !is_told(plan) && !plan_cond_records(condition))
			warn(k, INI_WHOLE, "never matches: of these calls the kernel tells nothing that it asks for");
	}
	plan_wants_release(&wants);
	plan_free(plan);
}

/* Most can match here, which is sooner known than of all architectures. */
static bool can_match(const struct check *k, const struct cond *condition)
{
	struct plan_calls calls;

	return (k->known && plan_cond_calls(condition, &k->host, &calls)) || plan_cond_records(condition) ||
		plan_cond_calls(condition, NULL, &calls);
}

static void check_rule(struct check *k, const struct rule *rule)
{
	k->fields = (struct field_set){ { 0 } };
	k->types = looks_at(rule->condition.root, FIELD_AUDIT_TYPES);
	k->warned = false;
	check_node(k, rule->condition.root);
	if (!can_match(k, &rule->condition))
		warn(k, INI_WHOLE, "never matches: no event is all that it asks for");
	else if (rule->enabled && k->known)
		check_alone(k, &rule->condition);
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
