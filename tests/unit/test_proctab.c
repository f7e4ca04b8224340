#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "event/proctab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define S INT64_C(1000000000)

static struct span text(const char *s)
{
	return span_of(s, s ? strlen(s) : 0);
}

static struct proc_view view(uint32_t pid, uint32_t ppid, const char *name, const char *exepath, int64_t time_ns)
{
	return (struct proc_view){
		.pid = pid, .ppid = ppid, .time_ns = time_ns, .text = { text(name), text(exepath) }
	};
}

static void seen(struct proctab *t, uint32_t pid, uint32_t ppid, const char *name, const char *exepath,
	int64_t time_ns)
{
	struct proc_view v = view(pid, ppid, name, exepath, time_ns);

	proctab_seen(t, &v);
}

static void exec(struct proctab *t, uint32_t pid, uint32_t ppid, const char *exepath, const char *cmdline,
	int64_t time_ns)
{
	const char *slash = strrchr(exepath, '/');
	struct proc_view v = view(pid, ppid, slash ? slash + 1 : exepath, exepath, time_ns);

	v.text[PROC_EXE] = span_of(cmdline, strcspn(cmdline, " "));
	v.text[PROC_CMDLINE] = text(cmdline);
	proctab_exec(t, &v);
}

static void fork_of(struct proctab *t, uint32_t pid, uint32_t child, int64_t time_ns)
{
	struct proc_view v = view(pid, 0, NULL, NULL, time_ns);

	proctab_fork(t, &v, child);
}

static void check(struct proctab *t, uint32_t pid, uint32_t ppid, const char *name, const char *exepath,
	const char *cmdline)
{
	const struct proc *p = proctab_find(t, text(""), pid);

	assert_non_null(p);
	assert_int_equal(p->pid, pid);
	assert_int_equal(p->ppid, ppid);
	assert_true(span_eq(proctab_text(p, PROC_NAME), text(name)));
	assert_true(span_eq(proctab_text(p, PROC_EXEPATH), text(exepath)));
	assert_true(span_eq(proctab_text(p, PROC_CMDLINE), text(cmdline)));
}

static void events_tell_of_processes(void **state)
{
	struct proctab *t = proctab_new(0);

	(void)state;
	assert_null(proctab_find(t, text(""), 7));
	seen(t, 7, 1, "sshd", "/usr/sbin/sshd", S);
	check(t, 7, 1, "sshd", "/usr/sbin/sshd", "");
	assert_int_equal(proctab_find(t, text(""), 7)->exec_ns, 0);
	exec(t, 8, 7, "/bin/bash", "-bash --login", 2 * S);
	check(t, 8, 7, "bash", "/bin/bash", "-bash --login");
	assert_true(span_eq(proctab_text(proctab_find(t, text(""), 8), PROC_EXE), text("-bash")));
	assert_true(proctab_find(t, text(""), 8)->exec_ns == 2 * S);
	/* Neither 0 nor a pid that was never told of. */
	seen(t, 0, 1, "none", "/none", S);
	exec(t, 0, 1, "/none", "none", S);
	assert_null(proctab_find(t, text(""), 0));
	assert_null(proctab_find(t, text(""), 9));
	proctab_free(t);
	proctab_free(NULL);
}

static void nodes_are_apart(void **state)
{
	struct proctab *t = proctab_new(0);
	struct proc_view v = view(7, 1, "a", "/a", S);

	(void)state;
	v.node = text("web1");
	proctab_seen(t, &v);
	v = view(7, 2, "b", "/b", S);
	v.node = text("web2");
	proctab_seen(t, &v);
	assert_null(proctab_find(t, text(""), 7));
	assert_null(proctab_find(t, text("web"), 7));
	assert_int_equal(proctab_find(t, text("web1"), 7)->ppid, 1);
	assert_int_equal(proctab_find(t, text("web2"), 7)->ppid, 2);
	proctab_free(t);
}

static void what_an_exec_told_stands(void **state)
{
	struct proctab *t = proctab_new(0);
	struct proc_view v;

	(void)state;
	exec(t, 8, 7, "/usr/bin/java", "java -jar x", S);
	seen(t, 8, 7, "http-nio-8080", "/usr/bin/java", 2 * S);
	check(t, 8, 7, "java", "/usr/bin/java", "java -jar x");
	v = view(8, 7, "main", "/usr/bin/java", 3 * S);
	v.text[PROC_CMDLINE] = text("java (worker)");
	proctab_seen(t, &v);
	check(t, 8, 7, "java", "/usr/bin/java", "java -jar x");
	/* Without an exec the latest word counts. */
	seen(t, 9, 7, "old", "/usr/bin/java", S);
	v.pid = 9;
	proctab_seen(t, &v);
	check(t, 9, 7, "main", "/usr/bin/java", "java (worker)");
	/* Nothing said is nothing lost. */
	seen(t, 9, 0, NULL, NULL, 4 * S);
	check(t, 9, 7, "main", "/usr/bin/java", "java (worker)");
	proctab_free(t);
}

static void pids_are_used_again(void **state)
{
	struct proctab *t = proctab_new(0);

	(void)state;
	/* Another program, of which no exec was seen. */
	exec(t, 8, 7, "/bin/bash", "bash -c x", S);
	seen(t, 8, 7, "cat", "/bin/cat", 2 * S);
	check(t, 8, 7, "cat", "/bin/cat", "");
	assert_int_equal(proctab_find(t, text(""), 8)->exec_ns, 0);
	/* Another parent; but an orphan goes to init and stays who it is. */
	exec(t, 8, 7, "/bin/bash", "bash -c x", 3 * S);
	seen(t, 8, 1, "bash", "/bin/bash", 4 * S);
	check(t, 8, 1, "bash", "/bin/bash", "bash -c x");
	seen(t, 8, 6, "bash", "/bin/bash", 5 * S);
	check(t, 8, 6, "bash", "/bin/bash", "");
	/* A process that ended. */
	exec(t, 8, 6, "/bin/bash", "bash -c x", 6 * S);
	proctab_exit(t, &(struct proc_view){ .pid = 8, .time_ns = 7 * S });
	seen(t, 8, 6, "bash", "/bin/bash", 7 * S);
	check(t, 8, 6, "bash", "/bin/bash", "bash -c x");
	seen(t, 8, 6, "bash", "/bin/bash", 8 * S);
	check(t, 8, 6, "bash", "/bin/bash", "");
	/* Old news changes nothing, unless it is so old that the clock was set. */
	exec(t, 8, 6, "/bin/new", "new", 1000 * S);
	seen(t, 8, 5, "old", "/bin/old", 999 * S);
	check(t, 8, 6, "new", "/bin/new", "new");
	seen(t, 8, 5, "old", "/bin/old", 900 * S);
	check(t, 8, 5, "old", "/bin/old", "");
	seen(t, 8, 5, "old", "/bin/old", INT64_MIN);
	exec(t, 8, 5, "/bin/end", "end", INT64_MAX);
	seen(t, 8, 5, "old", "/bin/old", INT64_MIN);
	check(t, 8, 5, "old", "/bin/old", "");
	proctab_exit(t, &(struct proc_view){ .pid = 4 });
	proctab_free(t);
}

static void forks(void **state)
{
	struct proctab *t = proctab_new(0);

	(void)state;
	exec(t, 8, 7, "/bin/bash", "bash -c x", S);
	fork_of(t, 8, 9, 2 * S);
	check(t, 9, 8, "bash", "/bin/bash", "bash -c x");
	assert_int_equal(proctab_find(t, text(""), 9)->exec_ns, 0);
	/* A new child of an old pid. */
	exec(t, 9, 8, "/bin/cat", "cat", 3 * S);
	fork_of(t, 8, 9, 4 * S);
	check(t, 9, 8, "bash", "/bin/bash", "bash -c x");
	/* The child spoke before the call that made it came back. */
	exec(t, 10, 8, "/bin/ls", "ls -l", 6 * S);
	fork_of(t, 8, 10, 5 * S);
	check(t, 10, 8, "ls", "/bin/ls", "ls -l");
	/* Of an unknown parent: only that it is its child. */
	fork_of(t, 20, 21, S);
	check(t, 21, 20, "", "", "");
	fork_of(t, 8, 8, 7 * S);
	fork_of(t, 8, 0, 7 * S);
	fork_of(t, 0, 22, 7 * S);
	assert_null(proctab_find(t, text(""), 22));
	proctab_free(t);
	/* No room for both: the child is the news. */
	t = proctab_new(1);
	exec(t, 8, 7, "/bin/bash", "bash", S);
	fork_of(t, 8, 9, 2 * S);
	assert_null(proctab_find(t, text(""), 8));
	check(t, 9, 8, "", "", "");
	proctab_free(t);
}

static void ancestors(void **state)
{
	struct proctab *t = proctab_new(0);
	const struct proc *out[100];

	(void)state;
	seen(t, 1, 0, "init", "/sbin/init", S);
	seen(t, 2, 1, "sshd", "/sshd", S);
	seen(t, 3, 2, "bash", "/bash", S);
	assert_int_equal(proctab_ancestors(t, proctab_find(t, text(""), 3), out, 100), 2);
	assert_int_equal(out[0]->pid, 2);
	assert_int_equal(out[1]->pid, 1);
	assert_int_equal(proctab_ancestors(t, proctab_find(t, text(""), 3), out, 1), 1);
	assert_int_equal(proctab_ancestors(t, proctab_find(t, text(""), 1), out, 100), 0);
	/* Circles, also one that does not come back to the start. */
	seen(t, 4, 4, "self", "/self", S);
	assert_int_equal(proctab_ancestors(t, proctab_find(t, text(""), 4), out, 100), 0);
	seen(t, 5, 6, "a", "/a", S);
	seen(t, 6, 7, "b", "/b", S);
	seen(t, 7, 6, "c", "/c", S);
	assert_int_equal(proctab_ancestors(t, proctab_find(t, text(""), 5), out, 100), 2);
	assert_int_equal(proctab_ancestors(t, proctab_find(t, text(""), 7), out, 100), 1);
	for (uint32_t pid = 1000; pid < 1200; pid++)
		seen(t, pid, pid + 1, "x", "/x", S);
	assert_int_equal(proctab_ancestors(t, proctab_find(t, text(""), 1000), out, 100), PROC_DEPTH);
	proctab_free(t);
}

static void long_texts_are_cut(void **state)
{
	struct proctab *t = proctab_new(0);
	char path[201], other[201], euro[200];
	const struct proc *p;

	(void)state;
	memset(path, 'p', 200);
	path[200] = '\0';
	memcpy(other, path, 201);
	other[0] = 'q';
	exec(t, 8, 7, path, path, S);
	p = proctab_find(t, text(""), 8);
	assert_int_equal(proctab_text(p, PROC_EXEPATH).n, 96);
	assert_int_equal(proctab_text(p, PROC_EXE).n, 64);
	assert_int_equal(proctab_text(p, PROC_CMDLINE).n, PROC_TEXT_MAX);
	assert_int_equal(proctab_text(p, PROC_NAME).n, 16);
	for (int i = 0; i < PROC_TEXT_COUNT; i++)
		assert_true(proctab_is_cut(p, i));
	/* The same long path is the same program; one that is as long as what was kept is not. */
	seen(t, 8, 7, "p", path, 2 * S);
	assert_int_equal(p->exec_ns, S);
	path[96] = '\0';
	seen(t, 8, 7, "p", path, 3 * S);
	assert_int_equal(p->exec_ns, 0);
	assert_false(proctab_is_cut(p, PROC_EXEPATH));
	assert_int_equal(proctab_text(p, PROC_EXEPATH).n, 96);
	exec(t, 8, 7, other, "x", 4 * S);
	other[1] = 'q';
	seen(t, 8, 7, "p", other, 5 * S);
	assert_int_equal(p->exec_ns, 0);
	/* Characters stay whole; what is none is cut where the room ends. */
	for (int i = 0; i < 66; i++)
		memcpy(euro + i * 3, "\xe2\x82\xac", 4);
	exec(t, 8, 7, "/x", euro, 6 * S);
	assert_int_equal(proctab_text(p, PROC_CMDLINE).n, 159);
	assert_int_equal(proctab_text(p, PROC_EXE).n, 63);
	memset(euro, 0x82, 180);
	exec(t, 8, 7, "/x", euro, 7 * S);
	assert_int_equal(proctab_text(p, PROC_CMDLINE).n, 160);
	proctab_free(t);
}

static void the_longest_unheard_of_goes_first(void **state)
{
	struct proctab *t = proctab_new(100);

	(void)state;
	for (uint32_t pid = 1; pid <= 100; pid++)
		seen(t, pid, 1, "x", "/x", S);
	seen(t, 101, 1, "x", "/x", S); /* the hand goes round and takes 1 */
	assert_null(proctab_find(t, text(""), 1));
	for (uint32_t pid = 102; pid < 1000; pid++) {
		assert_non_null(proctab_find(t, text(""), 50));
		seen(t, pid, 1, "x", "/x", S);
	}
	assert_non_null(proctab_find(t, text(""), 50));
	assert_null(proctab_find(t, text(""), 51));
	proctab_free(t);
}

static const struct proc *looked(struct proctab *t, uint32_t pid, uint32_t ppid, const char *name, const char *exepath,
	int64_t time_ns, int64_t start_ns)
{
	struct proc_view v = view(pid, ppid, name, exepath, time_ns);

	return proctab_looked(t, &v, start_ns);
}

static void looks_are_remembered(void **state)
{
	struct proctab *t = proctab_new(0);
	const struct proc *p;

	(void)state;
	assert_true(proctab_is_due(NULL, 0));
	p = looked(t, 7, 1, "nginx", "/sbin/nginx", 100 * S, 50 * S);
	check(t, 7, 1, "nginx", "/sbin/nginx", "");
	assert_true(p->exec_ns == 0);
	assert_false(proctab_is_due(p, 100 * S));
	assert_false(proctab_is_due(p, 109 * S));
	assert_false(proctab_is_due(p, 91 * S)); /* times go back a little */
	assert_true(proctab_is_due(p, 110 * S));
	assert_true(proctab_is_due(p, 90 * S));
	/* who is not there is remembered as well, until an event tells */
	p = looked(t, 8, 0, NULL, NULL, 100 * S, 0);
	check(t, 8, 0, "", "", "");
	assert_false(proctab_is_due(p, 101 * S));
	seen(t, 8, 7, "sh", "/bin/sh", 102 * S);
	check(t, 8, 7, "sh", "/bin/sh", "");
	assert_false(proctab_is_due(proctab_find(t, text(""), 8), 111 * S));
	/* younger than the event that asks: another process */
	p = looked(t, 9, 1, "late", "/bin/late", 100 * S, 101 * S);
	check(t, 9, 0, "", "", "");
	p = looked(t, 9, 1, "late", "/bin/late", 112 * S, 101 * S);
	check(t, 9, 1, "late", "/bin/late", "");
	/* a kernel thread */
	looked(t, 2, 0, "kthreadd", NULL, 100 * S, 1);
	check(t, 2, 0, "kthreadd", "", "");
	proctab_free(t);
}

static void looks_and_events(void **state)
{
	struct proctab *t = proctab_new(0);

	(void)state;
	/* what an exec told stands, */
	exec(t, 7, 1, "/bin/sh", "sh -x", 100 * S);
	looked(t, 7, 3, "thread", "/jail/bin/sh", 120 * S, 90 * S);
	check(t, 7, 3, "sh", "/bin/sh", "sh -x");
	assert_true(proctab_find(t, text(""), 7)->exec_ns == 100 * S);
	looked(t, 7, 0, NULL, NULL, 140 * S, 0); /* gone: children may still ask */
	check(t, 7, 3, "sh", "/bin/sh", "sh -x");
	/* unless it is another process by its start, which a clock's tick makes none. */
	looked(t, 7, 3, "x", NULL, 160 * S, 120 * S + S / 20);
	check(t, 7, 3, "sh", "/bin/sh", "sh -x");
	looked(t, 7, 1, "cron", "/bin/cron", 180 * S, 170 * S);
	check(t, 7, 1, "cron", "/bin/cron", "");
	assert_true(proctab_find(t, text(""), 7)->exec_ns == 0);
	/* no exec of it was seen: another program, or another name where the program is not told */
	seen(t, 8, 1, "a", "/bin/a", 100 * S);
	looked(t, 8, 2, "a", NULL, 120 * S, 50 * S);
	check(t, 8, 2, "a", "/bin/a", "");
	looked(t, 8, 2, "b", NULL, 140 * S, 50 * S);
	check(t, 8, 2, "b", "", "");
	looked(t, 8, 2, "b", "/bin/b", 160 * S, 50 * S);
	check(t, 8, 2, "b", "/bin/b", "");
	looked(t, 8, 2, "b", "/bin/c", 180 * S, 50 * S);
	check(t, 8, 2, "b", "/bin/c", "");
	/* events tell of it later, and of its exec */
	exec(t, 8, 2, "/bin/d", "d -e", 200 * S);
	check(t, 8, 2, "d", "/bin/d", "d -e");
	/* a process that has ended: a new one of its pid is known by its start */
	proctab_exit(t, &(struct proc_view){ .pid = 8, .time_ns = 201 * S });
	looked(t, 8, 1, "new", "/bin/new", 220 * S, 210 * S);
	check(t, 8, 1, "new", "/bin/new", "");
	assert_false(proctab_find(t, text(""), 8)->exited);
	proctab_free(t);
}

/* Who was found for an event keeps his place, however many are looked at for it. */
static void looks_make_nobody_go(void **state)
{
	struct proctab *t = proctab_new(8);
	const struct proc *p;

	(void)state;
	for (uint32_t pid = 1; pid <= 8; pid++)
		seen(t, pid, 1, "n", NULL, S);
	for (uint32_t round = 0; round < 50; round++) {
		uint32_t kept = 100 + round;

		seen(t, kept, 1, "kept", NULL, S);
		for (uint32_t pid = 1000 + 20 * round; pid < 1020 + 20 * round; pid++) {
			p = looked(t, pid, 1, "n", NULL, S, 0);
			assert_true(!p || p->pid == pid);
			if (pid % 3 == 0)
				check(t, kept, 1, "kept", "", "");
		}
		check(t, kept, 1, "kept", "", "");
	}
	proctab_free(t);
	t = proctab_new(1);
	seen(t, 1, 0, "one", NULL, S);
	assert_null(looked(t, 2, 1, "two", NULL, S, 0));
	check(t, 1, 0, "one", "", "");
	proctab_free(t);
}

/* Any calls in any order: what is found bears the pid asked for, and only pids that were told of are found. */
static void any_calls(void **state)
{
	static const char *const paths[] = { "/bin/a", "/bin/b", NULL };
	struct proctab *t = proctab_new(37);
	uint64_t seed = 88172645463325252u;
	bool told[200] = { false };

	(void)state;
	for (int i = 0; i < 300000; i++) {
		uint32_t pid, ppid;
		const struct proc *p, *out[PROC_DEPTH];
		struct proc_view v;

		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		pid = (uint32_t)(seed >> 8) % 200;
		ppid = (uint32_t)(seed >> 24) % 200;
		v = view(pid, ppid, "n", paths[seed % 3], (int64_t)(seed >> 40) % 100 * S);
		p = proctab_find(t, text(""), pid);
		assert_true(!p || (p->pid == pid && told[pid]));
		if (p)
			assert_in_range(proctab_ancestors(t, p, out, PROC_DEPTH), 0, 36);
		if (seed >> 60 == 0) {
			told[pid] = proctab_looked(t, &v, (int64_t)(seed >> 30) % 100 * S) || told[pid];
			continue;
		}
		switch (seed >> 56 & 3) {
		case 0:
			proctab_seen(t, &v);
			break;
		case 1:
			proctab_exec(t, &v);
			break;
		case 2:
			proctab_fork(t, &v, ppid);
			told[ppid] = told[ppid] || (pid && ppid);
			break;
		default:
			proctab_exit(t, &v);
			continue;
		}
		told[pid] = pid != 0;
	}
	proctab_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(events_tell_of_processes),
		cmocka_unit_test(nodes_are_apart),
		cmocka_unit_test(what_an_exec_told_stands),
		cmocka_unit_test(pids_are_used_again),
		cmocka_unit_test(forks),
		cmocka_unit_test(ancestors),
		cmocka_unit_test(long_texts_are_cut),
		cmocka_unit_test(the_longest_unheard_of_goes_first),
		cmocka_unit_test(looks_are_remembered),
		cmocka_unit_test(looks_and_events),
		cmocka_unit_test(looks_make_nobody_go),
		cmocka_unit_test(any_calls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
