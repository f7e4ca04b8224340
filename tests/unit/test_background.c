#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/background.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum end { READY, FAILS, KILLED };

struct starter {
	pid_t pid;
	int go;   /* a byte lets the daemon go on */
	int told; /* the daemon's standard error at the start */
	int seen; /* what the daemon says of itself */
};

static bool is_null(int fd)
{
	char name[32], to[32];
	ssize_t n;

	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	n = readlink(name, to, sizeof(to));
	return n == 9 && memcmp(to, "/dev/null", 9) == 0;
}

/* What the program would do: start, say what it is, wait for the word, come up or end. */
static void be_daemon(int go, int seen, enum end end)
{
	struct background b;
	struct err err;
	char word, cwd[8];

	if (background_begin(&b, &err) < 0)
		_exit(9);
	dprintf(seen, "%s %s %s\n", getsid(0) == getpid() ? "leader" : "-", getcwd(cwd, sizeof(cwd)),
		is_null(0) && is_null(1) && !is_null(2) ? "quiet" : "-");
	dprintf(STDERR_FILENO, "starts\n");
	if (read(go, &word, 1) != 1 || end == FAILS)
		_exit(3);
	if (end == KILLED)
		raise(SIGKILL);
	background_ready(&b);
	background_ready(&b);
	dprintf(seen, "%s\n", is_null(2) ? "silent" : "-");
	if (read(go, &word, 1) != 1)
		_exit(0);
	dprintf(seen, "still there\n");
	_exit(0);
}

static struct starter start(enum end end, bool without_stdio)
{
	struct starter s;
	int go[2], told[2], seen[2];

	assert_int_equal(pipe2(go, O_CLOEXEC), 0);
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	assert_int_equal(pipe2(seen, O_CLOEXEC), 0);
	fflush(NULL);
	s.pid = fork();
	if (s.pid == 0) {
		close(go[1]);
		dup2(told[1], STDERR_FILENO);
		close(told[1]);
		if (without_stdio) {
			close(STDIN_FILENO);
			close(STDOUT_FILENO);
		}
		be_daemon(go[0], seen[1], end);
	}
	close(go[0]);
	close(told[1]);
	close(seen[1]);
	s.go = go[1];
	s.told = told[0];
	s.seen = seen[0];
	return s;
}

/* The next lines of a descriptor are these; "": its end. */
static void expect(int fd, const char *want)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	char text[64];
	size_t n = 0;

	while (n < strlen(want) || !*want) {
		ssize_t rc;

		assert_int_equal(poll(&ready, 1, 10000), 1);
		rc = read(fd, text + n, *want ? strlen(want) - n : 1);
		if (rc <= 0)
			break;
		n += (size_t)rc;
		assert_true(*want);
	}
	text[n] = '\0';
	assert_string_equal(text, want);
}

static void finish(const struct starter *s)
{
	close(s->go);
	close(s->told);
	close(s->seen);
}

static void comes_up(bool without_stdio)
{
	struct starter s = start(READY, without_stdio);
	int status = -1;

	expect(s.seen, "leader / quiet\n");
	expect(s.told, "starts\n");
	usleep(50000);
	assert_int_equal(waitpid(s.pid, &status, WNOHANG), 0); /* not before the daemon is ready */
	assert_int_equal(write(s.go, "", 1), 1);
	assert_int_equal(waitpid(s.pid, &status, 0), s.pid);
	assert_int_equal(status, 0);
	expect(s.seen, "silent\n");
	expect(s.told, ""); /* nobody holds the terminal any more */
	assert_int_equal(write(s.go, "", 1), 1);
	expect(s.seen, "still there\n");
	expect(s.seen, "");
	finish(&s);
}

static void the_parent_waits_till_it_is_ready(void **state)
{
	(void)state;
	comes_up(false);
}

static void closed_descriptors_do_no_harm(void **state)
{
	(void)state;
	comes_up(true);
}

/* In the foreground, too: what is opened next would be written to by whoever writes messages. */
static void closed_ones_are_filled(void **state)
{
	int seen[2], next;

	(void)state;
	assert_int_equal(pipe2(seen, O_CLOEXEC), 0);
	fflush(NULL);
	if (fork() == 0) {
		close(STDIN_FILENO);
		close(STDERR_FILENO);
		next = background_standard() == 0 ? open("/", O_RDONLY) : -1;
		dprintf(seen[1], "%s\n", is_null(0) && is_null(2) && next > 2 ? "filled" : "-");
		_exit(0);
	}
	close(seen[1]);
	expect(seen[0], "filled\n");
	expect(seen[0], "");
	close(seen[0]);
	assert_true(wait(NULL) > 0);
}

static void fails(enum end end, int want)
{
	struct starter s = start(end, false);
	int status = -1;

	expect(s.seen, "leader / quiet\n");
	assert_int_equal(write(s.go, "", 1), 1);
	assert_int_equal(waitpid(s.pid, &status, 0), s.pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), want);
	expect(s.seen, "");
	finish(&s);
}

static void the_parent_ends_as_it_did(void **state)
{
	(void)state;
	fails(FAILS, 3);
	fails(KILLED, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_parent_waits_till_it_is_ready),
		cmocka_unit_test(closed_descriptors_do_no_harm),
		cmocka_unit_test(closed_ones_are_filled),
		cmocka_unit_test(the_parent_ends_as_it_did),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
