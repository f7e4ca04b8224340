#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "output/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64];

static int make_dir(void **state)
{
	(void)state;
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	strcpy(dir, "/tmp/tiercel-output-XXXXXX");
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", dir);
	return system(command);
}

static const char *in_dir(const char *name)
{
	static char paths[4][128];
	static unsigned next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", dir, name);
	return path;
}

static struct output *open_file(const char *path, uint64_t rotate_size, unsigned rotate_keep)
{
	struct output_settings settings = {
		.name = "test", .type = "file", .path = path, .rotate_size = rotate_size, .rotate_keep = rotate_keep
	};
	struct output *o;
	struct err err;

	assert_int_equal(output_open(&o, &settings, &err), 0);
	return o;
}

static void expect_refused(const char *type, const char *path, int rc, const char *what)
{
	struct output_settings settings = { .name = "test", .type = type, .path = path };
	struct output *o;
	struct err err;

	assert_int_equal(output_open(&o, &settings, &err), rc);
	assert_string_equal(err.where, path && *path ? path : "test");
	assert_string_equal(err.what, what);
}

static bool put(struct output *o, const char *text)
{
	size_t n = strlen(text);
	char *p = output_reserve(o, n + 64);

	if (!p)
		return false;
	memcpy(p, text, n);
	output_commit(o, n, 6);
	return true;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Static, as long as the file and one byte more; NULL: there is no such file. */
static char *read_file(const char *path)
{
	static char text[4 * 1024 * 1024];
	FILE *f = fopen(path, "r");
	size_t n;

	if (!f)
		return NULL;
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static void expect_file(const char *path, const char *want)
{
	const char *got = read_file(path);

	if (!want) {
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_string_equal(got, want);
}

static void a_file_is_private_and_appended_to(void **state)
{
	const char *path = in_dir("append");
	struct output *o = open_file(path, 0, 0);
	const struct output_counts *c = output_counts(o);
	struct stat st;

	(void)state;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_true(put(o, "one\n"));
	assert_non_null(output_reserve(o, 100));
	output_commit(o, 0, 6);
	assert_true(put(o, "two\n"));
	assert_int_equal(c->lines, 0);
	assert_true(output_flush(o));
	assert_int_equal(c->lines, 2);
	assert_int_equal(c->bytes, 8);
	assert_true(put(o, "three\n"));
	output_close(o);
	expect_file(path, "one\ntwo\nthree\n");
	o = open_file(path, 0, 0);
	assert_true(put(o, "four\n"));
	output_close(o);
	expect_file(path, "one\ntwo\nthree\nfour\n");
}

static void a_torn_line_is_ended(void **state)
{
	const char *path = in_dir("torn");
	struct output *o;

	(void)state;
	write_file(path, "whole\nto");
	o = open_file(path, 0, 0);
	expect_file(path, "whole\nto");
	put(o, "next\n");
	output_close(o);
	expect_file(path, "whole\nto\nnext\n");
}

static void what_is_no_plain_file_is_refused(void **state)
{
	(void)state;
	write_file(in_dir("target"), "");
	assert_int_equal(symlink(in_dir("target"), in_dir("link")), 0);
	assert_int_equal(symlink(in_dir("nowhere"), in_dir("dangling")), 0);
	assert_int_equal(mkfifo(in_dir("fifo"), 0600), 0);
	expect_refused("file", in_dir("link"), -ELOOP, "is a symbolic link: name the file itself");
	expect_refused("file", in_dir("dangling"), -ELOOP, "is a symbolic link: name the file itself");
	expect_file(in_dir("nowhere"), NULL);
	expect_refused("file", in_dir("fifo"), -EINVAL, "is no regular file");
	expect_refused("file", "/dev/zero", -EINVAL, "is no regular file");
	expect_refused("file", dir, -EISDIR, "Is a directory");
	expect_refused("file", in_dir("no/file"), -ENOENT, "No such file or directory");
	expect_refused("file", "", -EINVAL, "an output of type file needs a path");
	expect_refused("file", NULL, -EINVAL, "an output of type file needs a path");
	expect_refused("telegraph", NULL, -EINVAL, "there is no output type 'telegraph'");
	expect_refused(NULL, NULL, -EINVAL, "there is no output type ''");
	output_close(open_file("/dev/null", 1, 1));
}

static void rotation_is_between_lines(void **state)
{
	struct output *o = open_file(in_dir("rotate"), 10, 2);

	(void)state;
	put(o, "aaaa\n");
	put(o, "bbbb\n");
	put(o, "cccc\n");
	assert_true(output_flush(o));
	expect_file(in_dir("rotate"), "cccc\n");
	expect_file(in_dir("rotate.1"), "aaaa\nbbbb\n");
	expect_file(in_dir("rotate.2"), NULL);
	put(o, "longer than it may be\n");
	put(o, "d\n");
	put(o, "e\n");
	output_close(o);
	expect_file(in_dir("rotate"), "d\ne\n");
	expect_file(in_dir("rotate.1"), "longer than it may be\n");
	expect_file(in_dir("rotate.2"), "cccc\n");
	expect_file(in_dir("rotate.3"), NULL);
}

static void rotation_without_keeping_starts_anew(void **state)
{
	struct output *o = open_file(in_dir("none"), 10, 0);
	const struct output_counts *c = output_counts(o);

	(void)state;
	for (int i = 0; i < 9; i++)
		put(o, "aaaa\n");
	assert_true(output_flush(o));
	assert_int_equal(c->lines, 9);
	output_close(o);
	expect_file(in_dir("none"), "aaaa\n");
	expect_file(in_dir("none.1"), NULL);
}

/* A directory in the way of path.1: lines go on into the full file. */
static void rotation_that_fails_loses_nothing(void **state)
{
	struct output *o = open_file(in_dir("blocked"), 10, 1);
	const struct output_counts *c = output_counts(o);

	(void)state;
	assert_int_equal(mkdir(in_dir("blocked.1"), 0700), 0);
	put(o, "aaaa\n");
	put(o, "bbbb\n");
	put(o, "cccc\n");
	assert_true(output_flush(o));
	assert_int_equal(c->errors, 1);
	put(o, "dddd\n");
	assert_true(output_flush(o));
	assert_int_equal(c->errors, 1);
	expect_file(in_dir("blocked"), "aaaa\nbbbb\ncccc\ndddd\n");
	assert_int_equal(rmdir(in_dir("blocked.1")), 0);
	usleep(OUTPUT_RETRY_MS * 1000 + 20000);
	put(o, "eeee\n");
	assert_true(output_flush(o));
	expect_file(in_dir("blocked"), "eeee\n");
	expect_file(in_dir("blocked.1"), "aaaa\nbbbb\ncccc\ndddd\n");
	assert_int_equal(c->lines, 5);
	output_close(o);
}

static void logrotate_may_move_cut_or_remove(void **state)
{
	const char *path = in_dir("moved");
	struct output *o = open_file(path, 0, 0);
	struct err err;

	(void)state;
	put(o, "one\n");
	assert_true(output_flush(o));
	put(o, "two\n");
	assert_int_equal(rename(path, in_dir("moved.old")), 0);
	assert_int_equal(output_reopen(o, &err), 0);
	put(o, "three\n");
	assert_true(output_flush(o));
	expect_file(in_dir("moved.old"), "one\ntwo\n");
	expect_file(path, "three\n");
	assert_int_equal(unlink(path), 0);
	put(o, "lost with its file\n");
	assert_true(output_flush(o));
	assert_int_equal(output_reopen(o, &err), 0);
	put(o, "four\n");
	assert_true(output_flush(o));
	expect_file(path, "four\n");
	assert_int_equal(truncate(path, 0), 0);
	put(o, "five\n");
	output_close(o);
	expect_file(path, "five\n");
}

static void rotation_minds_what_others_did(void **state)
{
	const char *path = in_dir("shared");
	struct output *o = open_file(path, 10, 1);

	(void)state;
	put(o, "aaaaaaaaa\n");
	assert_true(output_flush(o));
	assert_int_equal(truncate(path, 0), 0);
	put(o, "bbbbbbbbb\n");
	assert_true(output_flush(o));
	expect_file(path, "bbbbbbbbb\n");
	expect_file(in_dir("shared.1"), NULL);
	assert_int_equal(rename(path, in_dir("shared.theirs")), 0);
	write_file(path, "c\n");
	put(o, "d\n");
	assert_true(output_flush(o));
	expect_file(path, "c\nd\n");
	expect_file(in_dir("shared.theirs"), "bbbbbbbbb\n");
	expect_file(in_dir("shared.1"), NULL);
	output_close(o);
}

static void reopen_that_fails_keeps_the_old(void **state)
{
	const char *path = in_dir("kept");
	struct output *o = open_file(path, 0, 0);
	struct err err;

	(void)state;
	put(o, "one\n");
	assert_int_equal(rename(path, in_dir("kept.old")), 0);
	assert_int_equal(symlink(in_dir("elsewhere"), path), 0);
	assert_int_equal(output_reopen(o, &err), -ELOOP);
	assert_string_equal(err.where, path);
	assert_int_equal(output_counts(o)->errors, 1);
	put(o, "two\n");
	output_close(o);
	expect_file(in_dir("kept.old"), "one\ntwo\n");
	expect_file(in_dir("elsewhere"), NULL);
}

/* The disk is full at this size. Other outputs of this process (cmocka's) are small or no files. */
static void set_room(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static void wait_for_retry(void)
{
	usleep(OUTPUT_RETRY_MS * 1000 + 20000);
}

static void a_full_disk_tears_no_line(void **state)
{
	const char *path = in_dir("full");
	struct output *o = open_file(path, 0, 0);
	const struct output_counts *c = output_counts(o);

	(void)state;
	set_room(12);
	put(o, "aaaa\n");
	put(o, "bbbb\n");
	put(o, "cccc\n");
	assert_false(output_flush(o));
	set_room(RLIM_INFINITY);
	expect_file(path, "aaaa\nbbbb\ncc");
	assert_int_equal(c->lines, 2);
	assert_int_equal(c->bytes, 12);
	assert_int_equal(c->errors, 1);
	assert_int_equal(c->last_errno, EFBIG);
	assert_false(output_flush(o)); /* not so soon */
	wait_for_retry();
	put(o, "dddd\n");
	assert_true(output_flush(o));
	expect_file(path, "aaaa\nbbbb\ncccc\ndddd\n");
	assert_int_equal(c->lines, 4);
	assert_int_equal(c->bytes, 20);
	assert_int_equal(c->last_errno, 0);
	output_close(o);
}

static void a_begun_line_is_taken_back_at_the_end(void **state)
{
	const char *path = in_dir("back");
	struct output *o = open_file(path, 0, 0);
	const struct output_counts *c = output_counts(o);

	(void)state;
	set_room(7);
	put(o, "aaaa\n");
	put(o, "bbbb\n");
	put(o, "cccc\n");
	output_finish(o);
	set_room(RLIM_INFINITY);
	expect_file(path, "aaaa\n");
	assert_int_equal(c->lines, 1);
	assert_int_equal(c->bytes, 5);
	assert_int_equal(c->dropped, 2);
	assert_int_equal(c->dropped_bytes, 10);
	output_close(o);
}

static void a_begun_line_moves_to_the_new_file(void **state)
{
	const char *path = in_dir("begun");
	struct output *o = open_file(path, 0, 0);
	struct err err;

	(void)state;
	set_room(7);
	put(o, "aaaa\n");
	put(o, "bbbb\n");
	assert_false(output_flush(o));
	assert_int_equal(rename(path, in_dir("begun.old")), 0);
	assert_int_equal(output_reopen(o, &err), 0);
	assert_true(output_flush(o));
	set_room(RLIM_INFINITY);
	expect_file(in_dir("begun.old"), "aaaa\n");
	expect_file(path, "bbbb\n");
	output_close(o);
}

static void a_begun_line_in_a_cut_file_starts_over(void **state)
{
	const char *path = in_dir("cut");
	struct output *o = open_file(path, 0, 0);

	(void)state;
	set_room(7);
	put(o, "aaaa\n");
	put(o, "bbbb\n");
	assert_false(output_flush(o));
	set_room(RLIM_INFINITY);
	assert_int_equal(truncate(path, 0), 0);
	wait_for_retry();
	assert_true(output_flush(o));
	expect_file(path, "bbbb\n");
	output_close(o);
}

/* All that is put is written or counted as dropped, and what is written is whole and in order. */
static void a_long_outage_drops_and_counts(void **state)
{
	const char *path = in_dir("outage");
	struct output *o = open_file(path, 0, 0);
	const struct output_counts *c = output_counts(o);
	unsigned long put_in = 0, refused = 0, number, before = 0;
	unsigned seen = 0;
	char line[1024];

	(void)state;
	set_room(300000);
	for (unsigned i = 1; i <= 6000; i++) {
		int n = snprintf(line, sizeof(line), "%u %0*d\n", i, (int)(i * 7 % 900), 0);

		if (put(o, line))
			put_in += (unsigned long)n;
		else
			refused++;
		if (i == 5000) {
			set_room(RLIM_INFINITY);
			wait_for_retry();
		}
	}
	assert_true(output_flush(o));
	assert_true(refused > 100);
	assert_int_equal(c->dropped, refused);
	assert_int_equal(c->lines, 6000 - refused);
	assert_int_equal(c->bytes, put_in);
	assert_true(c->errors >= 1);
	output_close(o);
	for (char *p = read_file(path), *rest; *p; p = rest + 1, before = number, seen++) {
		number = strtoul(p, &rest, 10);
		assert_true(number > before);
		assert_int_equal(rest[0], ' ');
		assert_int_equal(strspn(rest + 1, "0"), number * 7 % 900 ? number * 7 % 900 : 1);
		rest = strchr(rest, '\n');
	}
	assert_int_equal(seen, 6000 - refused);
}

static void the_full_device_is_retried(void **state)
{
	struct output *o = open_file("/dev/full", 10, 1);

	(void)state;
	put(o, "aaaa\n");
	assert_false(output_flush(o));
	assert_int_equal(output_counts(o)->last_errno, ENOSPC);
	assert_false(output_closed(o));
	output_finish(o);
	assert_int_equal(output_counts(o)->errors, 2);
	assert_int_equal(output_counts(o)->dropped, 1);
	output_close(o);
}

static void room_has_bounds(void **state)
{
	struct output *o = open_file("/dev/full", 0, 0);
	size_t held = 0;

	(void)state;
	assert_null(output_reserve(o, OUTPUT_LINE_MAX + 1));
	assert_int_equal(output_counts(o)->dropped, 1);
	while (output_has_room(o, OUTPUT_LINE_MAX)) {
		char *p = output_reserve(o, OUTPUT_LINE_MAX);

		assert_non_null(p);
		memset(p, 'x', 65536);
		output_commit(o, 65536, 6);
		held++;
	}
	assert_true(held >= 2);
	assert_null(output_reserve(o, OUTPUT_LINE_MAX));
	while (put(o, "\n"))
		held++;
	assert_false(output_has_room(o, 65));
	output_finish(o);
	assert_int_equal(output_counts(o)->dropped, held + 3);
	assert_true(output_has_room(o, OUTPUT_LINE_MAX));
	output_close(o);
}

/* Standard output becomes `fd` until the returned descriptor is put back. */
static int redirect(int fd)
{
	int kept = dup(STDOUT_FILENO);

	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	return kept;
}

static struct output *open_stdout(void)
{
	struct output_settings settings = { .name = "terminal", .type = "stdout" };
	struct output *o;
	struct err err;

	assert_int_equal(output_open(&o, &settings, &err), 0);
	return o;
}

static void stdout_ends_with_its_reader(void **state)
{
	int fds[2], kept;
	struct output *o;
	uint64_t errors, dropped;
	bool flushed, closed, more;

	(void)state;
	assert_int_equal(pipe(fds), 0);
	close(fds[0]);
	kept = redirect(fds[1]);
	o = open_stdout();
	put(o, "a\n");
	flushed = output_flush(o);
	closed = output_closed(o);
	more = put(o, "b\n");
	output_finish(o);
	errors = output_counts(o)->errors;
	dropped = output_counts(o)->dropped;
	output_close(o);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	assert_false(flushed);
	assert_true(closed);
	assert_false(more);
	assert_int_equal(errors, 1);
	assert_int_equal(dropped, 2);
}

/* A child that reads slowly what the pipe brings: lines of 99 y. Its status tells whether `want` bytes came. */
static pid_t fork_slow_reader(const int fds[2], size_t want)
{
	pid_t pid = fork();
	size_t got = 0;
	char part[5000];

	if (pid)
		return pid;
	close(fds[1]);
	for (ssize_t n; (n = read(fds[0], part, sizeof(part))) > 0; got += (size_t)n) {
		for (ssize_t i = 0; i < n; i++)
			if (part[i] != ((got + (size_t)i) % 100 == 99 ? '\n' : 'y'))
				_exit(1);
		usleep(100);
	}
	_exit(got == want ? 0 : 2);
}

static void stdout_waits_for_its_reader(void **state)
{
	int fds[2], kept, status;
	struct output *o;
	char line[101];
	uint64_t lines;
	pid_t pid;

	(void)state;
	memset(line, 'y', 99);
	strcpy(line + 99, "\n");
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[1], F_SETFL, O_NONBLOCK), 0);
	pid = fork_slow_reader(fds, 500000);
	close(fds[0]);
	kept = redirect(fds[1]);
	o = open_stdout();
	for (int i = 0; i < 5000; i++)
		put(o, line);
	output_finish(o);
	lines = output_counts(o)->lines;
	output_close(o);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	assert_int_equal(lines, 5000);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void stdout_that_is_not_there_is_told(void **state)
{
	struct output_settings settings = { .name = "terminal", .type = "stdout" };
	struct output *o;
	struct err err;
	int rc, kept;

	(void)state;
	fflush(stdout);
	kept = dup(STDOUT_FILENO);
	close(STDOUT_FILENO);
	rc = output_open(&o, &settings, &err);
	dup2(kept, STDOUT_FILENO);
	close(kept);
	assert_int_equal(rc, -EBADF);
	assert_string_equal(err.where, "terminal");
	assert_string_equal(err.what, "standard output: Bad file descriptor");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_private_and_appended_to),
		cmocka_unit_test(a_torn_line_is_ended),
		cmocka_unit_test(what_is_no_plain_file_is_refused),
		cmocka_unit_test(rotation_is_between_lines),
		cmocka_unit_test(rotation_without_keeping_starts_anew),
		cmocka_unit_test(rotation_that_fails_loses_nothing),
		cmocka_unit_test(logrotate_may_move_cut_or_remove),
		cmocka_unit_test(rotation_minds_what_others_did),
		cmocka_unit_test(reopen_that_fails_keeps_the_old),
		cmocka_unit_test(a_full_disk_tears_no_line),
		cmocka_unit_test(a_begun_line_is_taken_back_at_the_end),
		cmocka_unit_test(a_begun_line_moves_to_the_new_file),
		cmocka_unit_test(a_begun_line_in_a_cut_file_starts_over),
		cmocka_unit_test(a_long_outage_drops_and_counts),
		cmocka_unit_test(the_full_device_is_retried),
		cmocka_unit_test(room_has_bounds),
		cmocka_unit_test(stdout_ends_with_its_reader),
		cmocka_unit_test(stdout_waits_for_its_reader),
		cmocka_unit_test(stdout_that_is_not_there_is_told),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
