#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "output/output.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define AUTHPRIV 10

static char dir[64], path[80];

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/tiercel-syslog-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/log", dir);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(dir);
}

/* What listens in the daemon's place. */
static int listen_as(int type)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	unlink(path);
	strcpy(name.sun_path, path);
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	if (type == SOCK_STREAM)
		assert_int_equal(listen(fd, 5), 0);
	return fd;
}

static struct output *open_output(void)
{
	struct output_settings settings = { .name = "test", .type = "syslog", .path = path, .facility = AUTHPRIV };
	struct output *o;
	struct err err;

	assert_int_equal(output_open(&o, &settings, &err), 0);
	return o;
}

static bool put(struct output *o, const char *text, int priority)
{
	size_t n = strlen(text);
	char *p = output_reserve(o, n + 64);

	if (p) {
		memcpy(p, text, n);
		output_commit(o, n, priority);
	}
	return p != NULL;
}

/* The next datagram, static; NULL: there is none. */
static const char *next_datagram(int fd)
{
	static char text[512 * 1024];
	ssize_t n = recv(fd, text, sizeof(text) - 1, 0);

	if (n < 0)
		return NULL;
	text[n] = '\0';
	assert_int_equal(strlen(text), n);
	return text;
}

/* The message behind a good header: "<PRI>Mmm dd hh:mm:ss tiercel[PID]: ". */
static const char *behind_header(const char *text, int pri)
{
	char want[96];
	bool same = false;

	assert_non_null(text);
	for (time_t now = time(NULL); !same && now > time(NULL) - 5; now--) {
		size_t n = (size_t)snprintf(want, sizeof(want), "<%d>", pri);

		n += strftime(want + n, sizeof(want) - n, "%b %e %H:%M:%S ", localtime(&now));
		snprintf(want + n, sizeof(want) - n, "tiercel[%d]: ", (int)getpid());
		same = strncmp(text, want, strlen(want)) == 0;
	}
	if (!same)
		fail_msg("%.80s", text);
	return text + strlen(want);
}

static void expect(int fd, int pri, const char *want)
{
	assert_string_equal(behind_header(next_datagram(fd), pri), want);
}

static void wait_for_retry(void)
{
	usleep(OUTPUT_RETRY_MS * 1000 + 20000);
}

static void each_line_is_a_datagram(void **state)
{
	int fd = listen_as(SOCK_DGRAM);
	struct output *o = open_output();
	const struct output_counts *c = output_counts(o);

	(void)state;
	put(o, "one\n", 6);
	put(o, "two\n", 0);
	put(o, "a record\nanother\n\nthird", 4);
	put(o, "last\n", 7);
	assert_true(output_flush(o));
	expect(fd, 8 * AUTHPRIV + 6, "one");
	expect(fd, 8 * AUTHPRIV, "two");
	expect(fd, 8 * AUTHPRIV + 4, "a record");
	expect(fd, 8 * AUTHPRIV + 4, "another");
	expect(fd, 8 * AUTHPRIV + 4, "third");
	expect(fd, 8 * AUTHPRIV + 7, "last");
	assert_null(next_datagram(fd));
	assert_int_equal(c->lines, 4);
	assert_int_equal(c->bytes, 4 + 4 + 23 + 5);
	assert_int_equal(c->errors, 0);
	output_close(o);
	close(fd);
}

static void a_daemon_may_come_late_and_go(void **state)
{
	struct output *o = open_output();
	const struct output_counts *c = output_counts(o);
	struct err err;
	int fd;

	(void)state;
	unlink(path);
	put(o, "early\n", 6);
	assert_false(output_flush(o));
	assert_int_equal(c->last_errno, ENOENT);
	fd = listen_as(SOCK_DGRAM);
	assert_false(output_flush(o)); /* not so soon */
	wait_for_retry();
	assert_true(output_flush(o));
	assert_int_equal(c->last_errno, 0);
	expect(fd, 86, "early");
	close(fd);
	put(o, "nobody there\n", 6);
	put(o, "nor here\n", 5);
	assert_false(output_flush(o));
	assert_int_equal(c->last_errno, ECONNREFUSED);
	fd = listen_as(SOCK_DGRAM);
	assert_int_equal(output_reopen(o, &err), 0);
	assert_true(output_flush(o));
	expect(fd, 86, "nobody there");
	expect(fd, 85, "nor here");
	assert_int_equal(c->errors, 2);
	assert_int_equal(c->dropped, 0);
	close(fd);
	put(o, "for nobody\n", 6);
	output_finish(o);
	assert_int_equal(c->dropped, 1);
	assert_int_equal(c->dropped_bytes, 11);
	output_close(o);
}

static void put_numbers(struct output *o, int count)
{
	char line[16];

	for (int i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "%d\n", i);
		assert_true(put(o, line, i & 7));
	}
}

static void expect_number(const char *text, int number)
{
	char want[16];

	snprintf(want, sizeof(want), "%d", number);
	assert_string_equal(behind_header(text, 80 + (number & 7)), want);
}

/* Its queue is full: a flush comes back soon, and all goes out in order, once it is read. */
static void a_stopped_daemon_is_not_waited_for(void **state)
{
	int fd = listen_as(SOCK_DGRAM), got = 0;
	struct output *o = open_output();
	struct timespec before, after;
	const char *text;

	(void)state;
	put_numbers(o, 2000);
	clock_gettime(CLOCK_MONOTONIC, &before);
	assert_false(output_flush(o));
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true((after.tv_sec - before.tv_sec) * 1000 + (after.tv_nsec - before.tv_nsec) / 1000000 < 1000);
	assert_int_equal(output_counts(o)->last_errno, EAGAIN);
	assert_int_equal(output_counts(o)->errors, 1);
	for (int i = 0; i < 3; i++) {
		for (; (text = next_datagram(fd)) != NULL; got++)
			expect_number(text, got);
		assert_int_equal(output_counts(o)->lines, got);
		wait_for_retry();
		output_flush(o);
	}
	assert_true(got > 3);
	output_finish(o);
	assert_int_equal(output_counts(o)->lines + output_counts(o)->dropped, 2000);
	output_close(o);
	close(fd);
}

/* A child that reads `count` numbers from the socket; its status tells whether they came in order. */
static pid_t fork_daemon(int fd, int count)
{
	pid_t pid = fork();
	char text[512];

	if (pid)
		return pid;
	for (int i = 0; i < count; i++) {
		struct pollfd ready = { .fd = fd, .events = POLLIN };
		ssize_t n = poll(&ready, 1, 10000) == 1 ? recv(fd, text, sizeof(text) - 1, 0) : -1;

		text[n < 0 ? 0 : n] = '\0';
		if (n < 0 || !strstr(text, "]: ") || atoi(strstr(text, "]: ") + 3) != i)
			_exit(1);
	}
	_exit(0);
}

/* However short its queue (10 by default): each flush waits a little for a daemon that reads on. */
static void a_daemon_that_reads_gets_all(void **state)
{
	int fd = listen_as(SOCK_DGRAM), status, rounds = 0;
	struct output *o = open_output();
	pid_t pid = fork_daemon(fd, 2000);

	(void)state;
	close(fd);
	put_numbers(o, 2000);
	while (!output_flush(o) && rounds++ < 100)
		wait_for_retry();
	assert_int_equal(output_counts(o)->lines, 2000);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	output_close(o);
}

/* More than a socket takes at once (net.core.wmem_default) goes cut, and shows it; what follows is whole. */
static void a_message_too_long_is_cut(void **state)
{
	static char line[900 * 1024];
	int fd = listen_as(SOCK_DGRAM);
	struct output *o = open_output();
	const char *text;
	size_t n;

	(void)state;
	for (size_t i = 0; i + 2 < sizeof(line) - 1; i += 2)
		memcpy(line + i, "\xc3\xa4", 2);
	line[sizeof(line) - 2] = '\n';
	put(o, line, 6);
	put(o, "next\n", 6);
	assert_true(output_flush(o));
	text = behind_header(next_datagram(fd), 86);
	n = strlen(text);
	assert_true(n > 1000 && n < sizeof(line) - 2);
	assert_string_equal(text + n - 3, "...");
	assert_int_equal((n - 3) % 2, 0);
	assert_memory_equal(text, line, n - 3);
	expect(fd, 86, "next");
	assert_int_equal(output_counts(o)->lines, 2);
	assert_int_equal(output_counts(o)->errors, 1);
	output_close(o);
	close(fd);
}

/* Of a stream, a few bytes at a time: put_long()'s lines from `from` to `to`, whole, and nothing else. */
static void expect_long(int fd, struct output *o, int from, int to)
{
	static char text[1024 * 1024];
	int rounds = 0;
	size_t n = 0;

	while (from < to) {
		ssize_t rc = recv(fd, text + n, 777, 0);
		char *end, number[16];

		if (rc <= 0) {
			assert_true(rounds++ < 50);
			wait_for_retry();
			output_flush(o);
			continue;
		}
		n += (size_t)rc;
		while ((end = memchr(text, '\n', n)) != NULL) {
			*end = '\0';
			snprintf(number, sizeof(number), "%d ", from++);
			assert_memory_equal(behind_header(text, 86), number, strlen(number));
			assert_int_equal(strlen(strrchr(text, ' ')), 3001);
			n -= (size_t)(end + 1 - text);
			memmove(text, end + 1, n);
		}
	}
	assert_int_equal(n, 0);
}

static void put_long(struct output *o, int from, int to)
{
	char line[4096];

	for (; from < to; from++) {
		sprintf(line + sprintf(line, "%d ", from), "%03000d\n", 0);
		assert_true(put(o, line, 6));
	}
}

static void a_stream_gets_lines(void **state)
{
	int fd = listen_as(SOCK_STREAM), peer, taken;
	struct output *o = open_output();
	char part[5000];

	(void)state;
	put_long(o, 0, 300);
	assert_false(output_flush(o));
	peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK);
	assert_true(peer >= 0);
	expect_long(peer, o, 0, 300);
	assert_int_equal(output_counts(o)->lines, 300);
	/* One that goes in the middle of a message: the next one gets that message whole. */
	put_long(o, 300, 600);
	output_flush(o);
	assert_true(recv(peer, part, sizeof(part), 0) > 0);
	close(peer);
	wait_for_retry();
	assert_false(output_flush(o));
	assert_int_equal(output_counts(o)->last_errno, EPIPE);
	taken = (int)output_counts(o)->lines;
	assert_true(taken < 600);
	wait_for_retry();
	output_flush(o);
	peer = accept4(fd, NULL, NULL, SOCK_NONBLOCK);
	assert_true(peer >= 0);
	expect_long(peer, o, taken, 600);
	assert_int_equal(output_counts(o)->lines, 600);
	output_close(o);
	close(peer);
	close(fd);
}

static void what_is_no_path_is_refused(void **state)
{
	static const struct {
		const char *path, *what;
		int rc;
	} cases[] = {
		{ NULL, "an output of type syslog needs the path of a socket", -EINVAL },
		{ "", "an output of type syslog needs the path of a socket", -EINVAL },
		{ "dev/log", "an output of type syslog needs the path of a socket", -EINVAL },
		{ "/1234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890"
			"1234567", "longer than a socket's path can be", -ENAMETOOLONG }
	};
	struct output *o;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct output_settings settings = { .name = "test", .type = "syslog", .path = cases[i].path };

		assert_int_equal(output_open(&o, &settings, &err), cases[i].rc);
		assert_string_equal(err.where, "test");
		assert_non_null(strstr(err.what, cases[i].what));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_a_datagram),
		cmocka_unit_test(a_daemon_may_come_late_and_go),
		cmocka_unit_test(a_stopped_daemon_is_not_waited_for),
		cmocka_unit_test(a_daemon_that_reads_gets_all),
		cmocka_unit_test(a_message_too_long_is_cut),
		cmocka_unit_test(a_stream_gets_lines),
		cmocka_unit_test(what_is_no_path_is_refused),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
