#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/pidfile.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64], path[80], other[80];

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/tiercel-pidfile-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/pid", dir);
	snprintf(other, sizeof(other), "%s/other", dir);
	return 0;
}

static int clean(void **state)
{
	(void)state;
	unlink(path);
	rmdir(path);
	unlink(other);
	return 0;
}

static int remove_dir(void **state)
{
	(void)state;
	return rmdir(dir);
}

static void write_file(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void expect_file(const char *name, const char *want)
{
	char text[64];
	FILE *f = fopen(name, "r");
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, sizeof(text) - 1, f);
	text[n] = '\0';
	fclose(f);
	assert_string_equal(text, want);
}

static void expect_refused(int rc, const char *what)
{
	struct pidfile p;
	struct err err;

	assert_int_equal(pidfile_open(&p, path, &err), rc);
	assert_int_equal(p.fd, -1);
	assert_string_equal(err.where, path);
	assert_string_equal(err.what, what);
	pidfile_close(&p);
}

static void it_has_our_id_and_goes_with_us(void **state)
{
	struct pidfile p;
	struct err err;
	struct stat st;
	char pid[24];

	(void)state;
	write_file(path, "a stale one, of some length: 4294967295\n");
	assert_int_equal(pidfile_open(&p, path, &err), 0);
	snprintf(pid, sizeof(pid), "%d\n", (int)getpid());
	expect_file(path, pid);
	pidfile_close(&p);
	assert_int_equal(stat(path, &st), -1);
	assert_int_equal(errno, ENOENT);
	pidfile_close(&p);
	umask(022);
	assert_int_equal(pidfile_open(&p, path, &err), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	/* Somebody put another one there meanwhile: that one is not ours to remove. */
	assert_int_equal(rename(path, other), 0);
	write_file(path, "theirs\n");
	pidfile_close(&p);
	expect_file(path, "theirs\n");
}

/* A process that holds the file until it is killed. */
static pid_t fork_holder(void)
{
	int fds[2];
	char ready;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		struct pidfile p;
		struct err err;

		if (pidfile_open(&p, path, &err) < 0 || write(fds[1], "", 1) != 1)
			_exit(1);
		pause();
		_exit(0);
	}
	close(fds[1]);
	assert_int_equal(read(fds[0], &ready, 1), 1);
	close(fds[0]);
	return pid;
}

static void a_second_one_is_refused(void **state)
{
	pid_t pid = fork_holder();
	char text[64];
	struct pidfile p;
	struct err err;
	int status;

	(void)state;
	snprintf(text, sizeof(text), "tierceld already runs as pid %d", (int)pid);
	expect_refused(-EBUSY, text);
	snprintf(text, sizeof(text), "%d\n", (int)pid);
	expect_file(path, text);
	/* Its lock goes with it, however it ends; the file stays, and is taken over. */
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	expect_file(path, text);
	assert_int_equal(pidfile_open(&p, path, &err), 0);
	snprintf(text, sizeof(text), "%d\n", (int)getpid());
	expect_file(path, text);
	pidfile_close(&p);
}

static void what_is_no_pid_file_is_left_alone(void **state)
{
	static const char cause[] = "is no regular file with one name: it can't be the pid file";

	(void)state;
	write_file(other, "precious\n");
	assert_int_equal(symlink(other, path), 0);
	expect_refused(-ELOOP, "is a symbolic link: name the file itself");
	unlink(path);
	assert_int_equal(link(other, path), 0);
	expect_refused(-EINVAL, cause);
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	expect_refused(-EINVAL, cause);
	unlink(path);
	if (geteuid() == 0) {
		write_file(path, "theirs\n");
		assert_int_equal(chown(path, 1, 1), 0);
		expect_refused(-EINVAL, "belongs to another user: it can't be the pid file");
		expect_file(path, "theirs\n");
		unlink(path);
	}
	assert_int_equal(mkdir(path, 0700), 0);
	expect_refused(-EISDIR, "Is a directory");
	expect_file(other, "precious\n");
	strcat(path, "/none/pid");
	expect_refused(-ENOENT, "there is no such directory: set pid_file in [tiercel]");
	*strstr(path, "/none/pid") = '\0';
}

/* The path comes from a configuration, which may be gone when the file is closed. */
static void the_path_is_kept(void **state)
{
	char *lent = strdup(path);
	struct pidfile p;
	struct stat st;
	struct err err;

	(void)state;
	assert_non_null(lent);
	assert_int_equal(pidfile_open(&p, lent, &err), 0);
	memset(lent, 'x', strlen(lent));
	free(lent);
	pidfile_close(&p);
	assert_int_equal(lstat(path, &st), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(it_has_our_id_and_goes_with_us, clean),
		cmocka_unit_test_teardown(the_path_is_kept, clean),
		cmocka_unit_test_teardown(a_second_one_is_refused, clean),
		cmocka_unit_test_teardown(what_is_no_pid_file_is_left_alone, clean),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
