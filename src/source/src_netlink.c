#include "source/src_netlink.h"

#include "record/record.h"
#include "sys/audit_ctl.h"
#include "sys/audit_wire.h"
#include "sys/compat.h"

#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define NAME "audit netlink"

enum {
	SLOTS = 64, /* messages a system call */
	GATHER_MS = 10,         /* while a buffer of this size holds what comes: */
	GATHER_BUFFER = 1 << 20,
	/*
	 * Longer than WIRE_MESSAGE_MAX, as the kernel does not hold itself to it. An odd number of cache lines, so that
	 * the heads of all slots do not meet in the same few sets. Only pages that a record reaches are ever touched.
	 */
	SLOT = 193 * 64,
	SLOT_ROOM = SLOT - RECORD_PAD
};

/* Records that have numbers among the requests: a user's message of old, and a login user id that was set. */
enum { TYPE_USER = 1005, TYPE_LOGIN = 1006 };

/* asm-generic/socket.h, linux/sock_diag.h: from 4.12 on, and later in the headers. */
enum { MEMINFO = 55 /* SO_MEMINFO */, MEMINFO_DROPS = 8, MEMINFO_VARS = 9 };

struct src_netlink {
	struct source source;
	struct source_sink sink;
	int (*receive)(int fd, struct mmsghdr *messages, unsigned count);
	struct mnl_socket *socket; /* NULL: fd is a test's */
	int fd;
	bool multicast;
	bool given;                /* the sink may hold pointers into slots */
	char *slots;
	uint64_t buffer;
	uint64_t cut, ignored;
	uint64_t overruns;         /* ENOBUFS that we were told */
	uint64_t drops;            /* what the kernel counted */
	uint32_t drops_seen;       /* its counter then */
	enum src_netlink_claim claim;
	int claim_errno;
	uint32_t claim_pid, claim_seq;
	uint32_t own_pid;          /* that we claimed last; claim_pid is 0 when it is given back */
	uint64_t rivals;
	uint32_t rival;
	struct mmsghdr messages[SLOTS];
	struct iovec parts[SLOTS];
	struct sockaddr_nl senders[SLOTS];
};

static struct src_netlink *self(struct source *source)
{
	return (struct src_netlink *)source;
}

static const struct src_netlink *self_const(const struct source *source)
{
	return (const struct src_netlink *)source;
}

/* What came of our request to own the stream; other answers are not for us. */
static bool take_answer(struct src_netlink *s, uint32_t seq, const char *p, size_t n)
{
	int32_t error;

	if (s->claim != CLAIM_SENT || seq != s->claim_seq || n < sizeof(error))
		return false;
	memcpy(&error, p, sizeof(error));
	s->claim_errno = -wire_error(error);
	s->claim = error < 0 ? CLAIM_REFUSED : s->claim_pid ? CLAIM_GRANTED : CLAIM_NONE;
	return true;
}

static bool take_rival(struct src_netlink *s, const char *p, size_t n)
{
	uint32_t pid;

	if (n < sizeof(pid))
		return false;
	memcpy(&pid, p, sizeof(pid));
	/* A kernel asks the old owner for a sign of life in this way, even when the old is the new one. */
	if (pid && pid == s->own_pid)
		return true;
	s->rival = pid;
	s->rivals++;
	return true;
}

static bool is_record(unsigned type)
{
	return (type >= WIRE_FIRST_RECORD && type <= WIRE_LAST_RECORD) || type == TYPE_LOGIN || type == TYPE_USER;
}

static bool take_record(struct src_netlink *s, unsigned type, const char *p, size_t n)
{
	while (n && (p[n - 1] == '\0' || p[n - 1] == '\n'))
		n--;
	if (!n || !is_record(type))
		return false;
	s->given = true;
	s->sink.datagram(s->sink.ctx, type, p, n);
	return true;
}

static bool is_kernels(const struct msghdr *m)
{
	const struct sockaddr_nl *sender = m->msg_name;

	return m->msg_namelen >= sizeof(*sender) && sender->nl_family == AF_NETLINK && sender->nl_pid == 0;
}

/* Of the header only the type, and of an answer the seq, can be relied on in all kernels. */
static bool take(struct src_netlink *s, const struct mmsghdr *m)
{
	const char *p = m->msg_hdr.msg_iov->iov_base;
	size_t n = m->msg_len < SLOT_ROOM ? m->msg_len : SLOT_ROOM;
	struct nlmsghdr head;

	if (n < WIRE_HEADER || !is_kernels(&m->msg_hdr))
		return false;
	memcpy(&head, p, sizeof(head));
	p += WIRE_HEADER;
	n -= WIRE_HEADER;
	if (head.nlmsg_type == NLMSG_ERROR)
		return take_answer(s, head.nlmsg_seq, p, n);
	if (head.nlmsg_type == WIRE_REPLACE)
		return take_rival(s, p, n);
	if (!take_record(s, head.nlmsg_type, p, n))
		return false;
	s->cut += (m->msg_hdr.msg_flags & MSG_TRUNC) != 0;
	return true;
}

static void settle(struct src_netlink *s)
{
	if (s->given)
		s->sink.settle(s->sink.ctx);
	s->given = false;
}

static int read_batch(struct source *source)
{
	struct src_netlink *s = self(source);
	int n;

	settle(s);
	do
		n = s->receive(s->fd, s->messages, SLOTS);
	while (n == -EINTR);
	if (n == -ENOBUFS) {
		/* Told once; what did fit in is still to be read. */
		s->overruns++;
		return SLOTS;
	}
	if (n <= 0)
		return n < 0 ? n : -EAGAIN;
	for (int i = 0; i < n; i++) {
		if (!take(s, &s->messages[i]))
			s->ignored++;
		s->messages[i].msg_hdr.msg_namelen = sizeof(s->senders[i]);
	}
	return n;
}

/* The column Drops of /proc/net/netlink, whose first columns are sk Eth Pid Groups Rmem Wmem Dump Locks Drops. */
static bool drops_of_proc(const struct src_netlink *s, uint32_t *drops)
{
	uint32_t port = s->socket ? mnl_socket_get_portid(s->socket) : 0;
	FILE *f = port ? fopen("/proc/net/netlink", "re") : NULL;
	bool found = false;
	char line[256];

	while (f && !found && fgets(line, sizeof(line), f)) {
		long long protocol, pid, count;

		/* Old kernels print the port with a sign. */
		found = sscanf(line, "%*s %lld %lld %*s %*s %*s %*s %*s %lld", &protocol, &pid, &count) == 3 &&
			protocol == WIRE_PROTOCOL && (uint32_t)pid == port;
		if (found)
			*drops = (uint32_t)count;
	}
	if (f)
		fclose(f);
	return found;
}

static bool drops_now(const struct src_netlink *s, uint32_t *drops)
{
	uint32_t info[MEMINFO_VARS];
	socklen_t n = sizeof(info);

	if (getsockopt(s->fd, SOL_SOCKET, MEMINFO, info, &n) < 0 || n != sizeof(info))
		return drops_of_proc(s, drops);
	*drops = info[MEMINFO_DROPS];
	return true;
}

static void tick(struct source *source, int64_t now_ms)
{
	struct src_netlink *s = self(source);
	uint32_t drops;

	(void)now_ms;
	if (!drops_now(s, &drops))
		return;
	s->drops += (uint32_t)(drops - s->drops_seen);
	s->drops_seen = drops;
}

static void counts(const struct source *source, struct source_counts *out)
{
	const struct src_netlink *s = self_const(source);
	/* One ENOBUFS stands for any number of drops, and is told before the kernel counts them. */
	uint64_t full = s->drops > s->overruns ? s->drops : s->overruns;

	*out = (struct source_counts){
		.dropped = s->multicast ? full : 0, .congested = s->multicast ? 0 : full,
		.cut = s->cut, .ignored = s->ignored
	};
}

static int descriptor(const struct source *source)
{
	return self_const(source)->fd;
}

static void explain(const struct source *source, int code, struct err *err)
{
	(void)source;
	err_set(err, code, NAME, "the kernel's audit stream can't be read: %s", strerror(-code));
}

static void close_all(struct source *source)
{
	struct src_netlink *s = self(source);

	settle(s);
	if (s->slots)
		munmap(s->slots, (size_t)SLOTS * SLOT);
	if (s->socket)
		mnl_socket_close(s->socket);
	free(s);
}

static const struct source_ops unicast = {
	.origin = "audit", .fd = descriptor, .read = read_batch, .tick = tick, .counts = counts, .explain = explain,
	.close = close_all
};

static const struct source_ops multicast = {
	.origin = "audit-multicast", .fd = descriptor, .read = read_batch, .tick = tick, .counts = counts,
	.explain = explain, .close = close_all
};

static int refuse(int code, struct err *err, bool binding)
{
	if (code == -EPROTONOSUPPORT)
		return err_set(err, code, NAME, "this kernel was built without audit (CONFIG_AUDIT)");
	if (binding && (code == -EPERM || code == -EACCES))
		return err_set(err, code, NAME,
			"no right to listen to the audit stream: run as root, or give the program CAP_AUDIT_READ");
	return err_set(err, code, NAME, "%s the audit socket: %s", binding ? "can't bind" : "can't open", strerror(-code));
}

static int open_socket(struct src_netlink *s, struct err *err)
{
	int on = 1;

	s->socket = mnl_socket_open(WIRE_PROTOCOL);
	if (!s->socket)
		return refuse(-errno, err, false);
	s->fd = mnl_socket_get_fd(s->socket);
	fcntl(s->fd, F_SETFD, FD_CLOEXEC); /* mnl_socket_open2() is too young */
	if (mnl_socket_bind(s->socket, s->multicast ? WIRE_GROUP_READLOG : 0, MNL_SOCKET_AUTOPID) < 0)
		return refuse(-errno, err, true);
	/*
	 * A socket that has to say ENOBUFS takes nothing more before it was emptied, which after a stall loses far
	 * more: of unicast, too, and there Linux 6.1 counts none of it. The socket's own count of drops tells more
	 * than ENOBUFS does.
	 */
	if (drops_now(s, &s->drops_seen))
		mnl_socket_setsockopt(s->socket, NETLINK_NO_ENOBUFS, &on, sizeof(on));
	return 0;
}

/* The kernel doubles what it is given, for its own needs; we count as it is given. */
static void set_buffer(struct src_netlink *s, uint64_t wanted)
{
	int bytes = wanted < INT_MAX / 2 ? (int)wanted : INT_MAX / 2;
	int granted = 0;
	socklen_t n = sizeof(granted);

	if (bytes && setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)) < 0)
		setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
	if (getsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &granted, &n) == 0)
		s->buffer = (uint64_t)granted / 2;
}

static int make_slots(struct src_netlink *s, struct err *err)
{
	void *p = mmap(NULL, (size_t)SLOTS * SLOT, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return err_set(err, -ENOMEM, NAME, "no memory");
	s->slots = p;
	for (int i = 0; i < SLOTS; i++) {
		s->parts[i] = (struct iovec){ s->slots + (size_t)i * SLOT, SLOT_ROOM };
		s->messages[i].msg_hdr = (struct msghdr){
			.msg_name = &s->senders[i], .msg_namelen = sizeof(s->senders[i]),
			.msg_iov = &s->parts[i], .msg_iovlen = 1
		};
	}
	return 0;
}

int src_netlink_open(struct src_netlink **out, const struct src_netlink_options *options,
	const struct source_sink *sink, struct err *err)
{
	struct src_netlink *s = calloc(1, sizeof(*s));
	int rc;

	if (!s)
		return err_set(err, -ENOMEM, NAME, "no memory");
	s->source.ops = options->multicast ? &multicast : &unicast;
	s->sink = *sink;
	s->multicast = options->multicast;
	s->receive = options->receive ? options->receive : compat_receive;
	s->fd = options->fd;
	rc = make_slots(s, err);
	if (!rc && s->fd < 0)
		rc = open_socket(s, err);
	if (rc < 0) {
		close_all(&s->source);
		return rc;
	}
	set_buffer(s, options->receive_buffer);
	s->source.full = SLOTS;
	s->source.gather_ms = s->buffer >= GATHER_BUFFER ? GATHER_MS : 0;
	*out = s;
	return 0;
}

struct source *src_netlink_source(struct src_netlink *s)
{
	return &s->source;
}

int src_netlink_register(struct src_netlink *s, uint32_t pid)
{
	char message[AUDIT_CTL_PID_SIZE];
	size_t n = audit_ctl_pid_message(message, pid, ++s->claim_seq);
	ssize_t sent;

	s->claim = CLAIM_SENT;
	s->claim_pid = pid;
	s->own_pid = pid ? pid : s->own_pid;
	s->claim_errno = 0;
	do
		sent = send(s->fd, message, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	while (sent < 0 && errno == EINTR);
	if (sent == (ssize_t)n)
		return 0;
	s->claim = CLAIM_REFUSED;
	s->claim_errno = sent < 0 ? errno : EIO;
	return -s->claim_errno;
}

enum src_netlink_claim src_netlink_claim(const struct src_netlink *s)
{
	return s->claim;
}

int src_netlink_claim_errno(const struct src_netlink *s)
{
	return s->claim_errno;
}

uint64_t src_netlink_rivals(const struct src_netlink *s, uint32_t *pid)
{
	*pid = s->rival;
	return s->rivals;
}

uint64_t src_netlink_buffer(const struct src_netlink *s)
{
	return s->buffer;
}
