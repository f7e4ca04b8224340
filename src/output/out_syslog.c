/*
 * Syslog, to the daemon of this host by its socket, as syslog(3) does: "<PRI>Mmm dd hh:mm:ss tiercel[PID]: text" (RFC
 * 3164, local time), a datagram each. Where the socket takes streams only (some syslog-ng), a newline ends a message.
 * Each line of what one event came to (the records of format = raw) is a message of its own.
 */
#include "output/transport.h"

#include "base/clock.h"
#include "base/syslog_link.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>

#define BUSY_MS 10       /* queues are short (net.unix.max_dgram_qlen): a flush waits so long for the daemon to read */
#define CUT_MARK "..."

struct out_syslog {
	struct output o; /* first: a struct output is one of these */
	struct syslog_link link;
	time_t second;   /* of `stamp` */
	char stamp[SYSLOG_LINK_STAMP];
	char header[64]; /* of the message that is being sent */
	size_t header_n;
	size_t begun;    /* bytes of that message that a stream took already, header included */
};

static struct out_syslog *syslog_of(struct output *o)
{
	return (struct out_syslog *)o;
}

static void disconnect(struct out_syslog *s)
{
	syslog_link_close(&s->link);
	s->begun = 0;
}

/* That nobody listens yet is no fault: it may come after us, and go and come again. */
static int open_syslog(struct output *o, struct err *err)
{
	struct out_syslog *s = syslog_of(o);
	const char *path = o->settings.path ? o->settings.path : "";

	s->second = -1;
	if (*path != '/')
		return err_set(err, -EINVAL, o->settings.name, "an output of type syslog needs the path of a socket");
	if (!syslog_link_init(&s->link, path))
		return err_set(err, -ENAMETOOLONG, o->settings.name, "%s: longer than a socket's path can be", path);
	return 0;
}

static void make_header(struct out_syslog *s)
{
	unsigned pri = s->o.settings.facility * 8u + (s->o.priorities[s->o.first] & 7u);
	time_t now = time(NULL);

	if (now != s->second)
		syslog_link_stamp(s->stamp, now, "tiercel");
	s->second = now;
	s->header_n = (size_t)snprintf(s->header, sizeof(s->header), "<%u>%s", pri, s->stamp);
}

/* Send header, text and tail (a newline, or that something was cut), without the `begun` bytes of them. -errno. */
static ssize_t send_parts(struct out_syslog *s, struct iovec part[3])
{
	struct msghdr m = { .msg_iov = part, .msg_iovlen = 3 };
	size_t skip = s->begun;
	ssize_t n;

	for (size_t i = 0; i < 3 && skip; i++) {
		size_t here = skip < part[i].iov_len ? skip : part[i].iov_len;

		part[i].iov_base = (char *)part[i].iov_base + here;
		part[i].iov_len -= here;
		skip -= here;
	}
	do
		n = sendmsg(s->link.fd, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

static ssize_t send_text(struct out_syslog *s, const char *text, size_t n, const char *tail)
{
	struct iovec part[3] = {
		{ .iov_base = s->header, .iov_len = s->header_n }, { .iov_base = (char *)text, .iov_len = n },
		{ .iov_base = (char *)tail, .iov_len = strlen(tail) }
	};

	return send_parts(s, part);
}

/* A host may let its sockets take less than our budget: the message goes cut, and says so, rather than not at all. */
static int send_cut(struct out_syslog *s, const char *text, size_t n)
{
	ssize_t rc = -EMSGSIZE;

	output_failed(&s->o, -EMSGSIZE);
	while (rc == -EMSGSIZE && n > 1) {
		for (n /= 2; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
			n--; /* not within a character */
		rc = send_text(s, text, n, CUT_MARK);
	}
	return rc < 0 ? (int)rc : 0;
}

/* One message of n bytes, without its newline. */
static int send_message(struct out_syslog *s, const char *text, size_t n)
{
	ssize_t rc;

	if (!s->begun)
		make_header(s);
	if (!s->link.stream) {
		rc = send_text(s, text, n, "");
		if (rc == -EMSGSIZE)
			rc = send_cut(s, text, n);
		return rc < 0 ? (int)rc : 0;
	}
	rc = send_text(s, text, n, "\n");
	if (rc < 0)
		return (int)rc;
	s->begun += (size_t)rc;
	if (s->begun < s->header_n + n + 1)
		return -EAGAIN;
	s->begun = 0;
	return 0;
}

/* Till the daemon reads on; *left: ms that this flush may still wait. */
static bool wait_writable(const struct out_syslog *s, int64_t *left)
{
	struct pollfd fd = { .fd = s->link.fd, .events = POLLOUT };
	int64_t before = clock_ms();
	bool ready = *left > 0 && poll(&fd, 1, (int)*left) > 0;

	*left -= clock_ms() - before;
	return ready;
}

static int send_syslog(struct output *o)
{
	struct out_syslog *s = syslog_of(o);
	int64_t left = BUSY_MS;
	int rc = syslog_link_connect(&s->link);

	while (!rc && o->head < o->tail) {
		const char *text = o->buf + o->head, *end = memchr(text, '\n', o->ends[o->first] - o->head);
		size_t n = end ? (size_t)(end - text) : o->ends[o->first] - o->head;

		rc = n ? send_message(s, text, n) : 0;
		if (!rc)
			output_sent(o, n + (end != NULL));
		else if (rc == -EAGAIN && wait_writable(s, &left))
			rc = 0;
	}
	if (rc < 0 && rc != -EAGAIN && rc != -ENOBUFS && rc != -ENOMEM)
		disconnect(s);
	return rc;
}

static int reopen_syslog(struct output *o, struct err *err)
{
	(void)err;
	disconnect(syslog_of(o));
	return 0;
}

static void finish_syslog(struct output *o)
{
	disconnect(syslog_of(o));
}

const struct transport out_syslog = {
	.type = "syslog",
	.size = sizeof(struct out_syslog),
	.open = open_syslog,
	.send = send_syslog,
	.reopen = reopen_syslog,
	.finish = finish_syslog,
	.close = finish_syslog,
};
