/*
 * A plan against a model of an event, by the rules of audit_filter_rules() in kernel/auditsc.c. Values are cut to 32
 * bits.
 */
#include "rule/plan.h"

static bool touches(const struct plan_event *ev, const struct plan_test *t)
{
	for (size_t i = 0; ev->paths && ev->paths[i]; i++)
		if (t->field == WIRE_DIR ? plan_below(t->text, ev->paths[i]) : strcmp(t->text, ev->paths[i]) == 0)
			return true;
	return false;
}

/* ACC_MODE() of audit_match_perm(): what the access mode of an open asks for. */
static uint32_t perm_of_flags(uint64_t flags)
{
	static const uint8_t perms[] = {
		WIRE_PERM_READ, WIRE_PERM_WRITE, WIRE_PERM_READ | WIRE_PERM_WRITE, WIRE_PERM_READ | WIRE_PERM_WRITE
	};

	return perms[flags & 3];
}

static uint32_t perm_of(const struct plan_event *ev)
{
	const struct syscall_info *call = syscall_find(ev->arch, ev->nr);
	struct span name = call ? syscall_name(call) : span_of(NULL, 0);

	if (span_eq(name, SPAN("open")))
		return perm_of_flags(ev->a[1]);
	if (span_eq(name, SPAN("openat")))
		return perm_of_flags(ev->a[2]);
	if (span_eq(name, SPAN("openat2")))
		return perm_of_flags(ev->open_how);
	return call && call->kind == CALL_EXEC ? WIRE_PERM_EXEC : 0;
}

/* Has any object such a number? In a rule with path= the one that was found there is meant, so here: all must have. */
static bool objects_hold(const struct plan_rule *r, const struct plan_test *t, const struct plan_event *ev)
{
	unsigned found = 0, watches = 0;

	for (unsigned i = 0; i < ev->object_count; i++) {
		uint32_t id = t->field == WIRE_OBJ_UID ? ev->objects[i].uid : ev->objects[i].gid;

		found += wire_compare(id, t->op, t->value);
	}
	for (unsigned i = 0; i < r->test_count; i++)
		watches += r->tests[i].field == WIRE_WATCH;
	return watches ? found && found == ev->object_count : found > 0;
}

static bool is_of_type(const struct plan_test *t, const struct plan_event *ev)
{
	bool found = false;

	for (unsigned i = 0; i < ev->object_count; i++)
		found = found || ev->objects[i].type == t->value;
	return found == (t->op == WIRE_EQUAL);
}

/* What a process has, by the field's number. False: the field is of something else. */
static bool of_process(const struct plan_event *ev, uint32_t field, uint32_t *value)
{
	const uint32_t values[] = {
		[WIRE_PID] = ev->pid, [WIRE_UID] = ev->uid, [WIRE_EUID] = ev->euid, [WIRE_SUID] = ev->suid,
		[WIRE_FSUID] = ev->fsuid, [WIRE_GID] = ev->gid, [WIRE_EGID] = ev->egid, [WIRE_SGID] = ev->sgid,
		[WIRE_FSGID] = ev->fsgid, [WIRE_LOGINUID] = ev->auid
	};

	if (field <= WIRE_LOGINUID)
		*value = values[field];
	else if (field == WIRE_PPID)
		*value = ev->ppid;
	else if (field == WIRE_SESSIONID)
		*value = ev->session;
	else if (field == WIRE_LOGINUID_SET)
		*value = ev->auid != WIRE_UNSET;
	else if (field >= WIRE_ARG0 && field <= WIRE_ARG3)
		*value = (uint32_t)ev->a[field - WIRE_ARG0];
	else
		return false;
	return true;
}

static bool holds(const struct plan_rule *r, const struct plan_test *t, const struct plan_event *ev)
{
	uint32_t value;

	if (of_process(ev, t->field, &value))
		return wire_compare(value, t->op, t->value);
	switch (t->field) {
	case WIRE_EXIT:
		return ev->success != PLAN_NO_RESULT && wire_compare((uint32_t)ev->exit, t->op, t->value);
	case WIRE_SUCCESS:
		return ev->success == (t->value ? PLAN_SUCCEEDED : PLAN_FAILED);
	case WIRE_PERM:
		return (perm_of(ev) & t->value) != 0;
	case WIRE_WATCH:
	case WIRE_DIR:
		return touches(ev, t);
	case WIRE_FILETYPE:
		return is_of_type(t, ev);
	case WIRE_OBJ_UID:
	case WIRE_OBJ_GID:
		return objects_hold(r, t, ev);
	case WIRE_EXE:
		return ev->exe && (strcmp(ev->exe, t->text) == 0) == (t->op == WIRE_EQUAL);
	case WIRE_SADDR_FAM:
		return ev->family >= 0 && wire_compare((uint32_t)ev->family, t->op, t->value);
	}
	return false;
}

static bool fits(const struct plan_rule *r, const struct plan_event *ev)
{
	if (r->list != WIRE_LIST_EXIT || (r->arch >= 0 && r->arch != ev->arch))
		return false;
	if (ev->nr < 0 || ev->nr >= PLAN_CALLS || !plan_rule_has(r, (unsigned)ev->nr))
		return false;
	for (unsigned i = 0; i < r->test_count; i++)
		if (!holds(r, &r->tests[i], ev))
			return false;
	return true;
}

bool plan_accepts(const struct plan *p, const struct plan_event *ev)
{
	for (int first = 1; first >= 0; first--)
		for (size_t i = 0; i < p->count; i++)
			if (p->rules[i].first == (first == 1) && fits(&p->rules[i], ev))
				return p->rules[i].action == WIRE_ALWAYS;
	return false;
}
