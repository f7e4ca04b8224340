#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* What `say` writes to stderr must be `want`. */
static void expect(void (*say)(void), const char *want)
{
	int kept = dup(STDERR_FILENO);
	FILE *f = tmpfile();
	char got[2048];
	size_t n;

	assert_non_null(f);
	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	say();
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(f);
	n = fread(got, 1, sizeof(got) - 1, f);
	got[n] = 0;
	fclose(f);
	assert_string_equal(got, want);
}

static void say_error(void)
{
	struct err e;

	err_set(&e, -EINVAL, "conf:3", "unknown key '%s'", "x");
	log_err(&e);
}

static void say_each_level(void)
{
	log_error("e%d", 1);
	log_warning("w");
	log_info("i");
	log_debug("d");
}

static void say_evil(void)
{
	log_say(LOG_LEVEL_ERROR, "a\nb", "%s", "x\ntierceld: all is well\033[2J\x7f");
}

static void says_where(void **state)
{
	(void)state;
	expect(say_error, "tiercel: conf:3: unknown key 'x'\n");
}

static void keeps_to_its_level(void **state)
{
	(void)state;
	expect(say_each_level, "tiercel: e1\ntiercel: w\ntiercel: i\n");
	log_open("tierceld", LOG_LEVEL_DEBUG, NULL);
	expect(say_each_level, "tierceld: e1\ntierceld: w\ntierceld: i\ntierceld: d\n");
	log_open("tierceld", LOG_LEVEL_ERROR, NULL);
	expect(say_each_level, "tierceld: e1\n");
}

static void no_text_fakes_a_line(void **state)
{
	(void)state;
	expect(say_evil, "tierceld: a?b: x?tierceld: all is well?[2J?\n");
}

/* What listens in syslog's place. */
static int listen_as(int type, const char *path)
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

/* One message came: "<PRI>Mmm dd hh:mm:ss tierceld[PID]: text". */
static void assert_came(int fd, int pri, const char *text)
{
	char got[2048], head[16], tail[64];
	ssize_t n = recv(fd, got, sizeof(got) - 1, 0);

	assert_true(n > 0);
	got[n] = '\0';
	assert_int_equal(strlen(got), n);
	snprintf(head, sizeof(head), "<%d>", pri);
	snprintf(tail, sizeof(tail), " tierceld[%d]: %s", (int)getpid(), text);
	assert_memory_equal(got, head, strlen(head));
	assert_int_equal((size_t)n, strlen(head) + strlen("Mmm dd hh:mm:ss") + strlen(tail));
	assert_string_equal(got + n - strlen(tail), tail);
}

/* A daemon that is stopped, and reads nothing any more, must not stop us. */
static void syslog_is_not_waited_for(void **state)
{
	char dir[] = "/tmp/tiercel-log-XXXXXX", path[64];
	int fd, conn;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/log", dir);
	log_open("tierceld", LOG_LEVEL_INFO, path);
	log_error("to nobody");
	fd = listen_as(SOCK_DGRAM, path);
	log_error("bad\nness");
	log_info("news");
	assert_came(fd, 3 * 8 + 3, "bad?ness");
	assert_came(fd, 3 * 8 + 6, "news");
	alarm(10); /* ends a test that hangs */
	for (int i = 0; i < 3000; i++)
		log_info("full");
	alarm(0);
	close(fd);
	fd = listen_as(SOCK_DGRAM, path);
	log_warning("anew");
	assert_came(fd, 3 * 8 + 4, "anew");
	close(fd);
	fd = listen_as(SOCK_STREAM, path);
	log_info("lines");
	conn = accept(fd, NULL, NULL);
	assert_came(conn, 3 * 8 + 6, "lines\n");
	alarm(10);
	for (int i = 0; i < 20000; i++)
		log_info("full");
	alarm(0);
	close(conn);
	close(fd);
	unlink(path);
	rmdir(dir);
	log_open("tierceld", LOG_LEVEL_ERROR, NULL);
	expect(say_each_level, "tierceld: e1\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_where),
		cmocka_unit_test(keeps_to_its_level),
		cmocka_unit_test(no_text_fakes_a_line),
		cmocka_unit_test(syslog_is_not_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
