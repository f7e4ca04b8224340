/*
 * Standard output, as a filter writes it: waits for the reader, ends with it. Where signals come by a descriptor, none
 * of them waits for the reader.
 */
#include "output/transport.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct out_stdout {
	struct output o; /* first: a struct output is one of these */
	bool may_block;
	bool waited;     /* long enough, with a signal pending */
};

#define PATIENCE_MS 1000 /* for the reader, with a signal pending */

static int open_stdout(struct output *o, struct err *err)
{
	struct out_stdout *s = (struct out_stdout *)o;
	struct stat st;

	if (fstat(STDOUT_FILENO, &st) < 0)
		return err_set(err, -errno, o->settings.name, "standard output: %s", strerror(errno));
	s->may_block = S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || isatty(STDOUT_FILENO);
	return 0;
}

/* Till the reader takes something; false: it does not, and a signal wants to be heard. */
static bool wait_writable(struct out_stdout *s)
{
	struct pollfd fds[] = {
		{ .fd = STDOUT_FILENO, .events = POLLOUT }, { .fd = s->o.settings.signals, .events = POLLIN }
	};
	nfds_t n = s->o.settings.signals ? 2 : 1;
	bool ready;

	while (poll(fds, n, -1) < 0 && errno == EINTR)
		;
	if (!fds[1].revents)
		s->waited = false;
	ready = fds[0].revents || (!s->waited && poll(fds, 1, PATIENCE_MS) > 0);
	s->waited = !ready;
	return ready;
}

/* Bytes that a write may have without blocking: a pipe that poll() calls writable has room for PIPE_BUF. */
static size_t portion(const struct out_stdout *s)
{
	size_t n = s->o.tail - s->o.head;

	return s->o.settings.signals && s->may_block && n > PIPE_BUF ? PIPE_BUF : n;
}

static int send_stdout(struct output *o)
{
	struct out_stdout *s = (struct out_stdout *)o;
	bool wait = o->settings.signals && s->may_block;

	while (o->head < o->tail) {
		ssize_t n;

		if (wait && !wait_writable(s))
			return -EAGAIN;
		n = write(STDOUT_FILENO, o->buf + o->head, portion(s));
		if (n >= 0) {
			output_sent(o, (size_t)n);
		} else if (errno == EAGAIN) {
			wait = true;
		} else if (errno != EINTR) {
			o->closed = errno == EPIPE;
			return -errno;
		}
	}
	return 0;
}

static int reopen_stdout(struct output *o, struct err *err)
{
	(void)o;
	(void)err;
	return 0;
}

static void leave(struct output *o)
{
	(void)o;
}

const struct transport out_stdout = {
	.type = "stdout",
	.size = sizeof(struct out_stdout),
	.open = open_stdout,
	.send = send_stdout,
	.reopen = reopen_stdout,
	.finish = leave,
	.close = leave,
};
