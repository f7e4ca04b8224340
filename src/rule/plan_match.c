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

static bool holds(const struct plan_test *t, const struct plan_event *ev)
{
	switch (t->field) {
	case WIRE_PID:
		return wire_compare(ev->pid, t->op, t->value);
	case WIRE_UID:
		return wire_compare(ev->uid, t->op, t->value);
	case WIRE_EUID:
		return wire_compare(ev->euid, t->op, t->value);
	case WIRE_GID:
		return wire_compare(ev->gid, t->op, t->value);
	case WIRE_EGID:
		return wire_compare(ev->egid, t->op, t->value);
	case WIRE_LOGINUID:
		return wire_compare(ev->auid, t->op, t->value);
	case WIRE_LOGINUID_SET:
		return wire_compare(ev->auid != WIRE_UNSET, t->op, t->value);
	case WIRE_ARG0:
	case WIRE_ARG1:
	case WIRE_ARG2:
	case WIRE_ARG3:
		return wire_compare((uint32_t)ev->a[t->field - WIRE_ARG0], t->op, t->value);
	case WIRE_EXIT:
		return ev->success != PLAN_NO_RESULT && wire_compare((uint32_t)ev->exit, t->op, t->value);
	case WIRE_SUCCESS:
		return ev->success == (t->value ? PLAN_SUCCEEDED : PLAN_FAILED);
	case WIRE_PERM:
		return (perm_of(ev) & t->value) != 0;
	case WIRE_WATCH:
	case WIRE_DIR:
		return touches(ev, t);
	case WIRE_EXE:
		return ev->exe && (strcmp(ev->exe, t->text) == 0) == (t->op == WIRE_EQUAL);
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
		if (!holds(&r->tests[i], ev))
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
