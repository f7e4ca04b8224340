/* Parents and ancestors, as far as events told of them, or live the system: proc.p*, proc.a*[n], proc.duration. */
#include "event/norm.h"

#include "sys/proc.h"
#include "table/syscall.h"
#include "table/table.h"

#include <stdio.h>

#define CLONE_THREAD_BIT 0x10000

static uint32_t pid_of(const struct event *ev, int field)
{
	int64_t v = event_has(ev, field) ? ev->value[field].i64 : 0;

	return v > 0 && v <= INT32_MAX ? (uint32_t)v : 0;
}

static struct span text_of(const struct event *ev, int field)
{
	return event_has(ev, field) ? span_of(ev->value[field].p, ev->value[field].n) : span_of(NULL, 0);
}

static bool succeeded(const struct event *ev)
{
	return event_has(ev, FIELD_EVT_FAILED) && !ev->value[FIELD_EVT_FAILED].b;
}

/* By the flags of clone, which are not the first argument everywhere; those of clone3 are not known. */
static bool makes_thread(const struct event *ev)
{
	for (unsigned i = 0; i < ev->call->arg_count; i++) {
		const struct syscall_arg *arg = syscall_arg(ev->call, i);

		if (arg->as == AS_FLAGS && arg->table == FLAGS_CLONE)
			return ev->a_known >> arg->from & 1 && ev->a[arg->from] & CLONE_THREAD_BIT;
	}
	return false;
}

/* fork, vfork and clone tell the child as their result; a thread's id harms nobody. */
static void tell_fork(struct event *ev, const struct proc_view *v)
{
	if (!makes_thread(ev) && succeeded(ev))
		proctab_fork(ev->by->procs, v, pid_of(ev, FIELD_EVT_RAWRES));
}

void norm_seen(struct event *ev)
{
	struct proctab *t = ev->by->procs;
	struct proc_view v = {
		.node = ev->group->node,
		.pid = pid_of(ev, FIELD_PROC_PID),
		.ppid = pid_of(ev, FIELD_PROC_PPID),
		.time_ns = event_ns(ev->group->time_ms),
		.text[PROC_NAME] = text_of(ev, FIELD_PROC_NAME),
		.text[PROC_EXEPATH] = text_of(ev, FIELD_PROC_EXEPATH),
	};
	struct span name;

	if (!v.pid)
		return;
	if (ev->call && ev->call->kind == CALL_EXEC && succeeded(ev)) {
		event_get(ev, FIELD_PROC_CMDLINE);
		v.text[PROC_EXE] = text_of(ev, FIELD_PROC_EXE);
		v.text[PROC_CMDLINE] = text_of(ev, FIELD_PROC_CMDLINE);
		proctab_exec(t, &v);
		return;
	}
	proctab_seen(t, &v);
	if (!ev->call || ev->call->category != CATEGORY_PROCESS)
		return;
	name = syscall_name(ev->call);
	if (span_eq(name, SPAN("exit_group")))
		proctab_exit(t, &v);
	else if (span_eq(name, SPAN("fork")) || span_eq(name, SPAN("vfork")) || span_starts(name, SPAN("clone")))
		tell_fork(ev, &v);
}

const struct proc *norm_process(struct event *ev)
{
	uint32_t pid = pid_of(ev, FIELD_PROC_PID);

	return pid ? proctab_find(ev->by->procs, ev->group->node, pid) : NULL;
}

static const struct proc *look(struct event *ev, uint32_t pid)
{
	const struct normalize_options *by = ev->by->options;
	struct proc_view v = { .node = ev->group->node, .pid = pid, .time_ns = event_ns(ev->group->time_ms) };
	struct proc_facts facts;
	int64_t start_ns = 0;

	/* What could not be asked for now is as good as gone, too: this event has one answer for all its fields. */
	if (by->look(by->looks, pid, &facts) == 0) {
		v.ppid = facts.ppid;
		v.text[PROC_NAME] = span_of(facts.comm, facts.comm_n);
		v.text[PROC_EXEPATH] = span_of(facts.exe, facts.exe_n);
		start_ns = facts.start_ns;
	}
	return proctab_looked(ev->by->procs, &v, start_ns);
}

/*
 * A parent or an ancestor. Live, the system is asked of one that nothing was heard of for a while, but never of the
 * event's own process. Other processes found for this event stay as they are.
 */
static const struct proc *find(struct event *ev, uint32_t pid)
{
	const struct proc *p = pid ? proctab_find(ev->by->procs, ev->group->node, pid) : NULL;

	if (!ev->by->options->look || !pid || pid == pid_of(ev, FIELD_PROC_PID) || !norm_is_local(ev) ||
		!proctab_is_due(p, event_ns(ev->group->time_ms)))
		return p;
	return look(ev, pid);
}

static unsigned find_ancestors(struct event *ev, const struct proc *out[PROC_DEPTH])
{
	const struct proc *self = norm_process(ev), *p = self;

	if (!self)
		return 0;
	if (ev->by->options->look)
		for (unsigned i = 0; p && i < PROC_DEPTH; i++)
			p = find(ev, p->ppid);
	return proctab_ancestors(ev->by->procs, self, out, PROC_DEPTH);
}

static void set_text(struct event *ev, int field, const struct proc *p, enum proc_text which)
{
	struct span s = proctab_text(p, which);
	char text[64];
	int n;

	if (!s.n)
		return;
	event_set_text(ev, field, s.p, s.n);
	if (proctab_is_cut(p, which)) {
		n = snprintf(text, sizeof(text), "%s:%u", fields[field].name.p, p->cut[which]);
		norm_truncated(ev, norm_copy(ev, text, (size_t)n));
	}
}

void norm_tree(struct event *ev)
{
	uint32_t ppid = pid_of(ev, FIELD_PROC_PPID);
	const struct proc *self = norm_process(ev);
	const struct proc *parent = find(ev, ppid);
	int64_t now = event_ns(ev->group->time_ms);

	if (self && self->exec_ns && now >= self->exec_ns)
		event_set_u64(ev, FIELD_PROC_DURATION, (uint64_t)(now - self->exec_ns));
	if (!parent)
		return;
	set_text(ev, FIELD_PROC_PNAME, parent, PROC_NAME);
	set_text(ev, FIELD_PROC_PEXEPATH, parent, PROC_EXEPATH);
	set_text(ev, FIELD_PROC_PEXE, parent, PROC_EXE);
	set_text(ev, FIELD_PROC_PCMDLINE, parent, PROC_CMDLINE);
}

/* One text or number of a process; false: unknown. */
static bool tell(const struct proc *p, int family, struct value *out)
{
	static const uint8_t which[FIELD_COUNT] = {
		[FIELD_PROC_ANAME] = PROC_NAME, [FIELD_PROC_AEXE] = PROC_EXE,
		[FIELD_PROC_AEXEPATH] = PROC_EXEPATH, [FIELD_PROC_ACMDLINE] = PROC_CMDLINE,
	};
	struct span s;

	if (family == FIELD_PROC_APID) {
		*out = as_i64(p->pid);
		return true;
	}
	s = proctab_text(p, (enum proc_text)which[family]);
	*out = as_text(s);
	return s.n > 0;
}

bool tree_member(struct event *ev, int field, unsigned n, struct value *out)
{
	const struct proc *line[PROC_DEPTH], *p;

	if (n > 0)
		p = n <= find_ancestors(ev, line) ? line[n - 1] : NULL;
	else
		p = norm_process(ev);
	return p && tell(p, field, out);
}

size_t event_ancestors(struct event *ev, int family, struct value *out, size_t max)
{
	const struct proc *line[PROC_DEPTH];
	unsigned depth = find_ancestors(ev, line);
	size_t n = 0;

	for (unsigned i = 0; i < depth && n < max; i++)
		n += tell(line[i], family, &out[n]);
	return n;
}
