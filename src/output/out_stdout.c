/* Standard output, as a filter writes it: waits for the reader, ends with it. */
#include "output/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static int open_stdout(struct output *o, struct err *err)
{
	if (fcntl(STDOUT_FILENO, F_GETFL) < 0)
		return err_set(err, -errno, o->settings.name, "standard output: %s", strerror(errno));
	return 0;
}

static void wait_writable(void)
{
	struct pollfd p = { .fd = STDOUT_FILENO, .events = POLLOUT };

	poll(&p, 1, -1);
}

static int send_stdout(struct output *o)
{
	while (o->head < o->tail) {
		ssize_t n = write(STDOUT_FILENO, o->buf + o->head, o->tail - o->head);

		if (n >= 0) {
			output_sent(o, (size_t)n);
		} else if (errno == EAGAIN) {
			wait_writable();
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
	.size = sizeof(struct output),
	.open = open_stdout,
	.send = send_stdout,
	.reopen = reopen_stdout,
	.finish = leave,
	.close = leave,
};
