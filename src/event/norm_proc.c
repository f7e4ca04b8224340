/* The command line: from EXECVE with all its chunks, else from PROCTITLE. */
#include "event/norm.h"
#include "table/table.h"

#include "record/execve.h"
#include "record/value.h"

#include <stdio.h>

#define GAP_MAX 1024 /* empty arguments that old kernels leave out, believed in a row */
#define ARGC_MAX (1u << 22)
#define DOTS 3 /* for what was left out */
#define PROCTITLE_MAX 128 /* where the kernel cuts it: MAX_PROCTITLE_AUDIT_LEN of kernel/audit.h */

/*
 * Arguments joined by blanks. What is over ARGS_TEXT_MAX is cut out of the middle, so two passes: one counts, one
 * writes the bytes before `head` and from `tail` on.
 */
struct joiner {
	struct event *ev;
	char *out; /* NULL: only count */
	uint64_t at, head, tail;
	uint64_t first;     /* bytes of the first argument */
	uint32_t next;      /* index that comes next */
	uint32_t argc;
	bool open;          /* chunks of argument next - 1 may follow */
	bool done;          /* a second argc=: the interpreter's turn of a script on old kernels */
};

static void put(struct joiner *j, const char *p, uint64_t n)
{
	if (j->out && j->at < j->head)
		memcpy(j->out + j->at, p, (size_t)(n < j->head - j->at ? n : j->head - j->at));
	if (j->out && j->at + n > j->tail) {
		uint64_t skip = j->at < j->tail ? j->tail - j->at : 0;

		memcpy(j->out + j->head + DOTS + (j->at + skip - j->tail), p + skip, (size_t)(n - skip));
	}
	j->at += n;
}

static void put_value(struct joiner *j, const struct execve_part *part)
{
	char bytes[512];
	struct span s = part->val;

	if (part->quoted || !value_is_hex(s)) {
		put(j, s.p, s.n);
		return;
	}
	if (!j->out) {
		j->at += s.n / 2;
		return;
	}
	while (s.n) {
		size_t n = s.n < 2 * sizeof(bytes) ? s.n : 2 * sizeof(bytes);

		value_unhex(span_of(s.p, n), bytes);
		put(j, bytes, n / 2);
		s = span_of(s.p + n, s.n - n);
	}
}

static void start_argument(struct joiner *j, uint32_t index)
{
	if (j->next == 1)
		j->first = j->at;
	if (index > j->next && index - j->next <= GAP_MAX && j->next > 0)
		for (; j->next < index; j->next++)
			put(j, " ", 1);
	if (index > 0)
		put(j, " ", 1);
	j->next = index + 1;
}

static void take_part(struct joiner *j, const struct execve_part *part)
{
	switch (part->kind) {
	case EXECVE_ARGC:
		if (j->next > 0)
			j->done = true;
		else
			j->argc = part->number < ARGC_MAX ? (uint32_t)part->number : 0;
		return;
	case EXECVE_LENGTH:
		return;
	case EXECVE_WHOLE:
		if (part->index < j->next)
			return; /* told already */
		start_argument(j, part->index);
		j->open = false;
		break;
	case EXECVE_CHUNK:
		if (part->index + 1 != j->next || !j->open) {
			if (part->index < j->next)
				return;
			start_argument(j, part->index);
		}
		j->open = true;
		break;
	}
	if (part->quoted || !value_is_absent(part->val))
		put_value(j, part);
}

static void join(struct joiner *j)
{
	const struct group *g = j->ev->group;
	struct kv kv[PAIRS_MAX];

	j->at = 0;
	j->next = 0;
	j->open = j->done = false;
	for (uint32_t i = 0; i < g->count && !j->done; i++) {
		struct span rest = g->records[i].body;

		if (g->records[i].type != RECORD_TYPE_EXECVE)
			continue;
		do {
			size_t n = record_pairs(&j->ev->by->memo, rest, kv, PAIRS_MAX, &rest);
			struct execve_part part;

			for (size_t k = 0; k < n && !j->done; k++)
				if (execve_part(&kv[k], &part))
					take_part(j, &part);
		} while (rest.n && !j->done);
	}
	if (j->next <= 1)
		j->first = j->at;
}

static void tell_cut(struct event *ev, const char *field, uint64_t bytes)
{
	char text[64];
	int n = snprintf(text, sizeof(text), "%s:%llu", field, (unsigned long long)bytes);

	norm_truncated(ev, norm_copy(ev, text, (size_t)n));
}

/* `first`: where the first argument ends; `args`: where the others begin. */
static void set_line(struct event *ev, struct span line, size_t first, size_t args)
{
	event_set_text(ev, FIELD_PROC_CMDLINE, line.p, line.n);
	event_set_text(ev, FIELD_PROC_EXELINE, line.p, line.n);
	if (first)
		event_set_text(ev, FIELD_PROC_EXE, line.p, first < line.n ? first : line.n);
	if (args < line.n)
		event_set_text(ev, FIELD_PROC_ARGS, line.p + args, line.n - args);
}

/* Where byte `at` of the whole stands in what was kept; if it was left out, where the dots are. */
static size_t kept(const struct joiner *j, uint64_t at)
{
	if (at <= j->head)
		return (size_t)at;
	return (size_t)(at < j->tail ? j->head : at - j->tail + j->head + DOTS);
}

/* The line is there, without its middle. */
static void mark_cut(const struct joiner *j, size_t args)
{
	struct event *ev = j->ev;

	if (args <= j->head) {
		ev->value[FIELD_PROC_ARGS].cut = true;
		tell_cut(ev, "proc.args", j->at - j->first - (j->at > j->first));
	}
	ev->value[FIELD_PROC_CMDLINE].cut = ev->value[FIELD_PROC_EXELINE].cut = true;
	tell_cut(ev, "proc.cmdline", j->at);
	if (j->first > j->head) {
		ev->value[FIELD_PROC_EXE].cut = true;
		tell_cut(ev, "proc.exe", j->first);
	}
	tell_cut(ev, "proc.exeline", j->at);
}

static void from_execve(struct event *ev)
{
	struct joiner j = { .ev = ev };
	size_t n, first, args;

	join(&j);
	if (!j.at)
		return;
	n = (size_t)(j.at <= ARGS_TEXT_MAX ? j.at : ARGS_TEXT_MAX);
	j.head = j.at <= ARGS_TEXT_MAX ? j.at : ARGS_TEXT_MAX / 2;
	j.tail = j.at <= ARGS_TEXT_MAX ? j.at : j.at - ARGS_TEXT_MAX / 2 + DOTS;
	j.out = norm_room(ev, n + DOTS);
	if (!j.out)
		return;
	join(&j);
	first = kept(&j, j.first);
	args = kept(&j, j.first + 1);
	if (j.at > n) {
		memcpy(j.out + j.head, "...", DOTS);
		first = j.first > j.head && j.first < j.tail ? first + DOTS : first;
	}
	set_line(ev, span_of(j.out, n), first, args);
	if (j.at > n)
		mark_cut(&j, args);
	n = j.argc ? j.argc : j.next;
	event_set_u64(ev, FIELD_PROC_CMDNARGS, n ? n - 1 : 0);
}

static void from_proctitle(struct event *ev)
{
	struct span s = ev->proctitle;
	char *line = (char *)(uintptr_t)s.p;
	size_t first = s.n;
	uint64_t nuls = 0;

	if (s.n == PROCTITLE_MAX) {
		norm_truncated(ev, SPAN("proc.args:128+"));
		norm_truncated(ev, SPAN("proc.cmdline:128+"));
		norm_truncated(ev, SPAN("proc.exeline:128+"));
	}
	while (s.n && s.p[s.n - 1] == '\0')
		s.n--;
	if (!s.n)
		return;
	for (char *nul = memchr(line, '\0', s.n); nul; nul = memchr(nul, '\0', (size_t)(line + s.n - nul))) {
		if (!nuls++)
			first = (size_t)(nul - line);
		*nul = ' '; /* decoded, so the bytes are ours: text with a NUL never comes in quotes */
	}
	set_line(ev, s, first, first + 1);
	event_set_u64(ev, FIELD_PROC_CMDNARGS, nuls);
}

/* RHEL 6 has no PROCTITLE: the process table remembers what was executed. */
static void from_table(struct event *ev)
{
	const struct proc *p = norm_process(ev);
	struct span line = p ? proctab_text(p, PROC_CMDLINE) : span_of(NULL, 0);

	if (line.n && !proctab_is_cut(p, PROC_CMDLINE) && !proctab_is_cut(p, PROC_EXE))
		set_line(ev, line, proctab_text(p, PROC_EXE).n, proctab_text(p, PROC_EXE).n + 1);
}

void norm_proc(struct event *ev)
{
	static const struct span memfd = { "/memfd:", 7 };

	/* what a user's message names is no image */
	if (ev->seen >> SEEN_SYSCALL & 1 && event_has(ev, FIELD_PROC_EXEPATH)) {
		const struct value *v = &ev->value[FIELD_PROC_EXEPATH];

		event_set_bool(ev, FIELD_PROC_IS_EXE_FROM_MEMFD, span_starts(span_of(v->p, v->n), memfd));
	}
	if (ev->seen >> SEEN_EXECVE & 1)
		from_execve(ev);
	else if (ev->proctitle.n)
		from_proctitle(ev);
	else
		from_table(ev);
}
