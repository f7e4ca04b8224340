#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "sys/proc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REST " 0 0 0 -1 4194304 0 0 0 0 1 2 3 4 20 0 1 0 "

static char root[] = "/tmp/test_proc.XXXXXX";

static const char *file_of(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/proc/612%s%s", root, *name ? "/" : "", name);
	return path;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(file_of(name), "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int start(void **state)
{
	char path[64];

	(void)state;
	strcpy(root + strlen(root) - 6, "XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/proc", root);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(mkdir(file_of(""), 0700), 0);
	return 0;
}

static int end(void **state)
{
	char path[64];

	(void)state;
	unlink(file_of("stat"));
	unlink(file_of("comm"));
	unlink(file_of("exe"));
	rmdir(file_of(""));
	snprintf(path, sizeof(path), "%s/proc", root);
	rmdir(path);
	return rmdir(root);
}

static void expect(const char *p, size_t n, const char *want)
{
	if (n != strlen(want) || memcmp(p, want, n) != 0)
		fail_msg("'%.*s' is not '%s'", (int)n, p, want);
}

static void a_process_is_told(void **state)
{
	struct proc_looks looks = { .root = root, .exe = true };
	struct proc_facts facts;

	(void)state;
	write_file("stat", "612 (a) b (c) S 42" REST "100 12345 7\n");
	assert_int_equal(symlink("/usr/sbin/nginx (deleted)", file_of("exe")), 0);
	assert_int_equal(proc_look(&looks, 612, &facts), 0);
	assert_int_equal(facts.ppid, 42);
	expect(facts.comm, facts.comm_n, "a) b (c");
	expect(facts.exe, facts.exe_n, "/usr/sbin/nginx (deleted)");
	assert_int_equal(proc_look(&looks, 613, &facts), -ESRCH);
	assert_int_equal(facts.comm_n, 0);
	looks.exe = false;
	assert_int_equal(proc_look(&looks, 612, &facts), 0);
	assert_int_equal(facts.exe_n, 0);
}

/* A kernel thread, and a name that stat shows escaped. */
static void names_are_as_they_are(void **state)
{
	struct proc_looks looks = { .root = root, .exe = true };
	struct proc_facts facts;

	(void)state;
	write_file("stat", "612 (kworker/u16:2-events_unbound) I 2" REST "100 0 0\n");
	assert_int_equal(proc_look(&looks, 612, &facts), 0);
	expect(facts.comm, facts.comm_n, "kworker/u16:2-events_unbound");
	assert_int_equal(facts.exe_n, 0);
	write_file("stat", "612 (x\\ny\\\\) S 0" REST "100 0 0\n");
	assert_int_equal(proc_look(&looks, 612, &facts), 0);
	expect(facts.comm, facts.comm_n, "x\\ny\\\\");
	write_file("comm", "x\ny\\\n");
	assert_int_equal(proc_look(&looks, 612, &facts), 0);
	expect(facts.comm, facts.comm_n, "x\ny\\");
	assert_int_equal(facts.ppid, 0);
}

static void nonsense_is_no_process(void **state)
{
	static const char *const texts[] = {
		"", "612", "612 (", "612 )(", "612 (a)", "612 (a) S", "612 (a) S 1", "612 (a) S x" REST "100 0 0",
		"612 (a) S 1" REST "x", "612 (a) S 1 0 0 0 -1 4194304 0 0 0 0 1 2 3 4 20 0 1 0"
	};
	struct proc_looks looks = { .root = root };
	struct proc_facts facts;

	(void)state;
	assert_int_equal(proc_look(&looks, 612, &facts), -ESRCH);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		write_file("stat", texts[i]);
		assert_int_equal(proc_look(&looks, 612, &facts), -EPROTO);
	}
	/* numbers beyond all bounds */
	write_file("stat", "612 (a) S 99999999999999999999" REST "99999999999999999999 0 0\n");
	assert_int_equal(proc_look(&looks, 612, &facts), 0);
	assert_int_equal(facts.ppid, 0);
	assert_true(facts.start_ns == 0);
}

static void looks_are_bounded(void **state)
{
	struct proc_looks looks = { .root = root };
	struct proc_facts facts;
	int64_t from = clock_ms(), most;
	int taken = 0;

	(void)state;
	write_file("stat", "612 (a) S 1" REST "100 0 0\n");
	for (int i = 0; i < 20 * PROC_LOOKS_PER_S && !looks.refused; i++)
		taken += proc_look(&looks, 612, &facts) == 0;
	most = PROC_LOOKS_PER_S + (clock_ms() - from + 1) * PROC_LOOKS_PER_S / 1000;
	assert_in_range(taken, PROC_LOOKS_PER_S, most);
	looks.filled_ms = clock_ms() + 60000; /* none is free for so long */
	looks.left = 0;
	assert_int_equal(proc_look(&looks, 612, &facts), -EAGAIN);
	looks.filled_ms = clock_ms() - 60000;
	looks.left = 0;
	assert_int_equal(proc_look(&looks, 612, &facts), 0);
	assert_in_range(looks.left, PROC_LOOKS_PER_S - 1, PROC_LOOKS_PER_S);
}

/* This process, in the real /proc. */
static void the_system_is_asked(void **state)
{
	struct proc_looks looks = { .root = "", .exe = true };
	struct proc_facts facts;
	char name[PROC_COMM_MAX + 2] = "";
	FILE *f = fopen("/proc/self/comm", "r");
	int64_t now = clock_ns_of(CLOCK_REALTIME);

	(void)state;
	if (!f)
		skip();
	assert_non_null(fgets(name, sizeof(name), f));
	fclose(f);
	name[strcspn(name, "\n")] = '\0';
	assert_int_equal(proc_look(&looks, (uint32_t)getpid(), &facts), 0);
	assert_int_equal(facts.ppid, getppid());
	expect(facts.comm, facts.comm_n, name);
	assert_true(facts.exe_n > 0 && facts.exe[0] == '/');
	/* Tests take no hour, and are not from the future. */
	assert_true(facts.start_ns > now - INT64_C(3600000000000) && facts.start_ns <= clock_ns_of(CLOCK_REALTIME));
}

/* Other numbers than the records' are of no use; a host that does not tell its namespace is taken for a plain one. */
static void numbers_are_the_hosts(void **state)
{
	char dir[64], link[80];
	struct proc_looks looks;

	(void)state;
	snprintf(dir, sizeof(dir), "%s/proc/self", root);
	assert_true(proc_looks_init(&looks, root));
	assert_ptr_equal(looks.root, root);
	assert_int_equal(mkdir(dir, 0700), 0);
	strcat(dir, "/ns");
	assert_int_equal(mkdir(dir, 0700), 0);
	snprintf(link, sizeof(link), "%s/pid", dir);
	assert_int_equal(symlink("pid:[4026531836]", link), 0);
	assert_true(proc_looks_init(&looks, root));
	unlink(link);
	assert_int_equal(symlink("pid:[4026532177]", link), 0);
	assert_false(proc_looks_init(&looks, root));
	unlink(link);
	rmdir(dir);
	*strrchr(dir, '/') = '\0';
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_process_is_told, start, end),
		cmocka_unit_test_setup_teardown(names_are_as_they_are, start, end),
		cmocka_unit_test_setup_teardown(nonsense_is_no_process, start, end),
		cmocka_unit_test_setup_teardown(looks_are_bounded, start, end),
		cmocka_unit_test(the_system_is_asked),
		cmocka_unit_test_setup_teardown(numbers_are_the_hosts, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
