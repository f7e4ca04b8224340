/* Tables of small logs and of what their last event must say. A case is a name, records and fields. */
#ifndef TIERCEL_TESTS_CASES_H
#define TIERCEL_TESTS_CASES_H

#include "event_kit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define CASE_FIELDS 40

struct want {
	const char *field;
	const char *value; /* as event_kit_print() writes it; NULL: the event has no such field */
};

struct log_case {
	const char *name, *log;
	struct want want[CASE_FIELDS];
};

/* A record of event 7. */
#define REC(type, body) "type=" type " msg=audit(1700000000.123:7): " body "\n"
#define WHO "ppid=10 pid=20 auid=1000 uid=1 gid=2 euid=3 suid=4 fsuid=5 egid=6 sgid=7 fsgid=8 tty=pts1 ses=9"
/* A system call: architecture, number, success and exit, arguments. */
#define CALL_OF(arch, nr, result, args) \
	REC("SYSCALL", "arch=" arch " syscall=" #nr " " result " " args " items=0 " WHO " comm=\"cmd\" exe=\"/bin/cmd\" key=(null)")
#define CALL(nr, result, args) CALL_OF("c000003e", nr, result, args)
#define CALL32(nr, result, args) CALL_OF("40000003", nr, result, args)
#define OK(value) "success=yes exit=" value
#define BAD(value) "success=no exit=" value
#define CWD(dir) REC("CWD", "cwd=" dir)
#define PATH(n, name, type) \
	REC("PATH", "item=" #n " name=" name " inode=5 dev=fd:01 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=" type)
#define MODE(n, name, mode, type) \
	REC("PATH", "item=" #n " name=" name " inode=5 dev=fd:01 mode=" mode " ouid=0 ogid=0 rdev=00:00 nametype=" type)
#define ADDR(hex) REC("SOCKADDR", "saddr=" hex)
#define TITLE(text) REC("PROCTITLE", "proctitle=" text)
#define ARGV(pairs) REC("EXECVE", pairs)

struct case_run {
	const struct log_case *c;
	unsigned wrong;
	char got[CASE_FIELDS][8192];
	bool has[CASE_FIELDS];
};

/* Values die with their event: write them down, the last event's stay. */
static inline void case_event(void *ctx, struct event *ev)
{
	struct case_run *run = ctx;

	for (size_t i = 0; i < CASE_FIELDS && run->c->want[i].field; i++) {
		struct buf b = { run->got[i], 0, sizeof(run->got[i]) - 1, false };
		struct value v;

		run->has[i] = event_kit_get(ev, run->c->want[i].field, &v);
		if (run->has[i])
			event_kit_print(&b, &v);
		assert_false(b.full);
		b.p[b.n] = '\0';
	}
}

static inline void case_check(struct case_run *run)
{
	for (size_t i = 0; i < CASE_FIELDS && run->c->want[i].field; i++) {
		const struct want *w = &run->c->want[i];

		if (run->has[i] == (w->value != NULL) && (!w->value || strcmp(run->got[i], w->value) == 0))
			continue;
		print_error("%s: %s is %s, not %s\n", run->c->name, w->field, run->has[i] ? run->got[i] : "absent",
			w->value ? w->value : "absent");
		run->wrong++;
	}
}

static inline void run_cases_with(const struct log_case *cases, size_t count, const struct normalize_options *options)
{
	static struct case_run run;

	run.wrong = 0;
	for (size_t i = 0; i < count; i++) {
		struct event_kit k = { .options = *options, .on_event = case_event, .ctx = &run };

		run.c = &cases[i];
		event_kit_start(&k, NULL);
		event_kit_feed(&k, cases[i].log, strlen(cases[i].log));
		event_kit_end(&k);
		if (!(k.groups + k.malformed)) {
			print_error("%s: no event\n", cases[i].name);
			run.wrong++;
		}
		case_check(&run);
	}
	assert_int_equal(run.wrong, 0);
}

static inline void run_cases(const struct log_case *cases, size_t count, bool tty_data)
{
	const struct normalize_options options = { .origin = SPAN("log"), .boot = SPAN("log"), .hostname = SPAN("here"),
		.tty_data = tty_data };

	run_cases_with(cases, count, &options);
}

#define RUN_CASES(table) run_cases(table, sizeof(table) / sizeof((table)[0]), false)

#endif
