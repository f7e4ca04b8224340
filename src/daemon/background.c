#include "daemon/background.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static int fault(struct err *err, const char *what)
{
	return err_set(err, -errno, NULL, "cannot go to the background: %s: %s", what, strerror(errno));
}

/* A byte says ready; the end of the pipe, that the child is gone. */
static int wait_for(pid_t child, int fd)
{
	char ready;
	ssize_t n;
	int status;

	do
		n = read(fd, &ready, 1);
	while (n < 0 && errno == EINTR);
	if (n == 1)
		return 0;
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

/* `first` to `last` become /dev/null. */
static int discard(int first, int last)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), rc = 0;

	if (null < 0)
		return -errno;
	for (int fd = first; fd <= last && !rc; fd++)
		if (dup2(null, fd) < 0)
			rc = -errno;
	if (null > STDERR_FILENO)
		close(null);
	return rc;
}

static int leave_terminal(struct err *err)
{
	if (setsid() < 0)
		return fault(err, "setsid");
	if (chdir("/") < 0)
		return fault(err, "chdir");
	if (discard(STDIN_FILENO, STDOUT_FILENO) < 0)
		return fault(err, "/dev/null");
	return 0;
}

int background_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) < 0)
			return -errno;
	return 0;
}

int background_begin(struct background *b, struct err *err)
{
	int fds[2];
	pid_t child;

	b->fd = -1;
	if (background_standard() < 0)
		return fault(err, "/dev/null");
	if (pipe2(fds, O_CLOEXEC) < 0)
		return fault(err, "pipe");
	fflush(NULL); /* or both would write it */
	child = fork();
	if (child < 0) {
		fault(err, "fork");
		close(fds[0]);
		close(fds[1]);
		return err->code;
	}
	if (child > 0) {
		close(fds[1]);
		_exit(wait_for(child, fds[0]));
	}
	close(fds[0]);
	b->fd = fds[1];
	return leave_terminal(err);
}

void background_ready(struct background *b)
{
	if (b->fd < 0)
		return;
	discard(STDERR_FILENO, STDERR_FILENO);
	while (write(b->fd, "", 1) < 0 && errno == EINTR)
		;
	close(b->fd);
	b->fd = -1;
}
