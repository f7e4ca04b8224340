#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "source/src_files.h"

#include "collect.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Names are given and expected as words between blanks. */
static void expect_order(const char *given, const char *want)
{
	char words[1024], got[1024] = "";
	const char *names[32];
	size_t count = 0;

	snprintf(words, sizeof(words), "%s", given);
	for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
		names[count++] = w;
	assert_int_equal(src_files_order(names, count), 0);
	for (size_t i = 0; i < count; i++) {
		strcat(got, i ? " " : "");
		strcat(got, names[i]);
	}
	assert_string_equal(got, want);
}

static void a_set_is_read_oldest_first(void **state)
{
	(void)state;
	expect_order("audit.log", "audit.log");
	expect_order("audit.log audit.log.1 audit.log.2 audit.log.10.gz audit.log.3.gz",
		"audit.log.10.gz audit.log.3.gz audit.log.2 audit.log.1 audit.log");
	expect_order("a a.1 a-20260201 a-20260101.gz a.2", "a-20260101.gz a-20260201 a.2 a.1 a");
	expect_order("a a-2026-01-02 a-20260101-1767225600 a-2026-01-01",
		"a-2026-01-01 a-2026-01-02 a-20260101-1767225600 a");
	expect_order("a.gz a.01 a.00000000000000000000000000002", "a.00000000000000000000000000002 a.01 a.gz");
	expect_order("a.99999999999999999999 a.100000000000000000000",
		"a.100000000000000000000 a.99999999999999999999");
}

static void sets_stay_where_they_were_named(void **state)
{
	(void)state;
	expect_order("", "");
	expect_order("z - b a", "z - b a");
	expect_order("h2/a.1 h1/a h2/a h1/a.1", "h2/a.1 h2/a h1/a.1 h1/a");
	expect_order("b x.log b.1 a", "b.1 b x.log a");
	expect_order("a a a.1 a.1", "a.1 a.1 a a");
	expect_order("a-1 a .1 .2 1 2 -20260101 -20260102 .gz", "a-1 a .1 .2 1 2 -20260101 -20260102 .gz");
}

static char dir[64];

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/tiercel-files-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static const char *make_file(const char *name, const char *text)
{
	static char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	return path;
}

static bool count_steps(void *ctx, uint64_t bytes)
{
	unsigned *steps = ctx;

	assert_true(bytes > 0);
	return ++*steps < 3;
}

static void files_are_read_one_after_the_other(void **state)
{
	struct collect got;
	struct source_sink sink = collect_sink(&got);
	struct src_stream *s = src_stream_new(SRC_STREAM_FILE, &sink);
	struct err err;
	unsigned steps = 0;

	(void)state;
	assert_non_null(s);
	assert_int_equal(src_files_read(s, make_file("one", "1\n2"), count_steps, &steps, &err), 0);
	assert_int_equal(steps, 1);
	assert_int_equal(src_files_read(s, make_file("two", "3\n"), NULL, NULL, &err), 0);
	assert_int_equal(src_files_read(s, make_file("empty", ""), NULL, NULL, &err), 0);
	assert_string_equal(got.text, "L1\nL2\nL3\n");
	src_stream_free(s);
	collect_release(&got);
}

static void a_step_may_end_it(void **state)
{
	struct collect got;
	struct source_sink sink = collect_sink(&got);
	struct src_stream *s = src_stream_new(SRC_STREAM_FILE, &sink);
	struct err err;
	unsigned steps = 0;

	(void)state;
	assert_non_null(s);
	assert_int_equal(src_files_read(s, "/dev/zero", count_steps, &steps, &err), 0);
	assert_int_equal(steps, 3);
	src_stream_free(s);
	collect_release(&got);
}

static void what_can_not_be_read_is_named(void **state)
{
	struct collect got;
	struct source_sink sink = collect_sink(&got);
	struct src_stream *s = src_stream_new(SRC_STREAM_FILE, &sink);
	char missing[128];
	struct err err;

	(void)state;
	assert_non_null(s);
	snprintf(missing, sizeof(missing), "%s/missing", dir);
	assert_int_equal(src_files_read(s, missing, NULL, NULL, &err), -ENOENT);
	assert_string_equal(err.where, missing);
	assert_string_equal(err.what, "No such file or directory");
	assert_int_equal(src_files_read(s, dir, NULL, NULL, &err), -EISDIR);
	assert_string_equal(err.where, dir);
	assert_string_equal(err.what, "Is a directory");
	src_stream_free(s);
	collect_release(&got);
}

/* Standard input that is a pipe set to non-blocking, and slow. */
static void standard_input_is_waited_for(void **state)
{
	struct collect got;
	struct source_sink sink = collect_sink(&got);
	struct src_stream *s = src_stream_new(SRC_STREAM_FILE, &sink);
	int kept = dup(STDIN_FILENO), fds[2], status;
	struct err err;
	pid_t pid;

	(void)state;
	assert_non_null(s);
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	pid = fork();
	if (pid == 0) {
		bool done = write(fds[1], "a", 1) == 1 && usleep(20000) == 0 && write(fds[1], "b\nc", 3) == 3;

		_exit(done ? 0 : 1);
	}
	close(fds[1]);
	dup2(fds[0], STDIN_FILENO);
	close(fds[0]);
	assert_int_equal(src_files_read(s, "-", NULL, NULL, &err), 0);
	if (kept >= 0)
		dup2(kept, STDIN_FILENO);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_string_equal(got.text, "Lab\nLc\n");
	src_stream_free(s);
	collect_release(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_set_is_read_oldest_first),
		cmocka_unit_test(sets_stay_where_they_were_named),
		cmocka_unit_test(files_are_read_one_after_the_other),
		cmocka_unit_test(a_step_may_end_it),
		cmocka_unit_test(what_can_not_be_read_is_named),
		cmocka_unit_test(standard_input_is_waited_for),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
