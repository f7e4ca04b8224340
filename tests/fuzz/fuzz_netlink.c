/*
 * The kernel's audit stream: datagrams of any bytes, from any sender. The first byte says multicast (1) and whether a
 * claim was sent (2). Then each datagram: its length (two bytes, the lower first), its sender (one; 0 is the kernel),
 * its bytes, the header's first. Lengths of 0xffff and 0xfffe are ENOBUFS and EINTR; those from 0x8000 on are that long
 * without bytes of their own. Each datagram must come out as exactly one thing, and what was handed over must not
 * change before settle.
 */
#include "record/record.h"
#include "source/src_netlink.h"
#include "sys/compat.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BATCH 64
#define FULL 0xffff
#define INTERRUPTED 0xfffe
#define BLANK 0x8000
#define ME 1 /* the pid claimed */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* src_netlink_options.receive has no context. */
static struct {
	const uint8_t *p, *end;
	bool claimed;
	uint64_t received, full, echoes;
} kernel;

struct watch {
	struct {
		const char *p;
		size_t n;
		unsigned sum;
	} held[BATCH];
	size_t count, pad;
	uint64_t records;
};

static unsigned sum_of(const char *p, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = sum * 31 + (unsigned char)p[i];
	return sum;
}

static void datagram(void *ctx, unsigned type, const char *p, size_t n)
{
	struct watch *w = ctx;

	if (!n || p[n - 1] == '\0' || p[n - 1] == '\n' || w->count == BATCH)
		abort();
	if (type == NLMSG_ERROR || type == 1329 || type > 2999)
		abort();
	w->held[w->count].p = p;
	w->held[w->count].n = n;
	w->held[w->count++].sum = sum_of(p, n);
	w->pad += (unsigned char)p[n] + (unsigned char)p[n + RECORD_PAD - 1];
	w->records++;
}

static void settle(void *ctx)
{
	struct watch *w = ctx;

	for (size_t i = 0; i < w->count; i++) {
		if (sum_of(w->held[i].p, w->held[i].n) != w->held[i].sum)
			abort();
	}
	w->count = 0;
}

/* The next datagram, or the code of what comes in its place. */
static int deliver(struct mmsghdr *m)
{
	struct sockaddr_nl from = { .nl_family = AF_NETLINK };
	struct iovec *part = m->msg_hdr.msg_iov;
	size_t n, blank = 0, whole;

	if (kernel.end - kernel.p < 3)
		return -EAGAIN;
	n = kernel.p[0] | (size_t)kernel.p[1] << 8;
	from.nl_pid = kernel.p[2];
	kernel.p += 3;
	if (n >= INTERRUPTED)
		return n == FULL ? -ENOBUFS : -EINTR;
	if (n >= BLANK) {
		blank = n - BLANK;
		n = 0;
	}
	if (n > (size_t)(kernel.end - kernel.p))
		n = (size_t)(kernel.end - kernel.p);
	if (m->msg_hdr.msg_namelen != sizeof(from))
		abort();
	memcpy(m->msg_hdr.msg_name, &from, sizeof(from));
	whole = n + blank;
	m->msg_hdr.msg_flags = whole > part->iov_len ? MSG_TRUNC : 0;
	m->msg_len = (unsigned)(whole > part->iov_len ? part->iov_len : whole);
	memset(part->iov_base, 0, m->msg_len);
	memcpy(part->iov_base, kernel.p, n < m->msg_len ? n : m->msg_len);
	kernel.p += n;
	return 0;
}

/* Our own claim, told to us as its holder. */
static bool is_echo(const struct mmsghdr *m)
{
	const struct sockaddr_nl *from = m->msg_hdr.msg_name;
	const char *p = m->msg_hdr.msg_iov->iov_base;
	struct nlmsghdr head;
	uint32_t pid;

	if (!kernel.claimed || from->nl_pid || m->msg_len < sizeof(head) + sizeof(pid))
		return false;
	memcpy(&head, p, sizeof(head));
	memcpy(&pid, p + sizeof(head), sizeof(pid));
	return head.nlmsg_type == 1329 && pid == ME;
}

static int receive(int fd, struct mmsghdr *messages, unsigned count)
{
	unsigned i;

	(void)fd;
	for (i = 0; i < count; i++) {
		const uint8_t *before = kernel.p;
		int rc = deliver(&messages[i]);

		if (rc == 0) {
			kernel.received++;
			kernel.echoes += is_echo(&messages[i]);
			continue;
		}
		if (i) {
			kernel.p = before;
			return (int)i;
		}
		kernel.full += rc == -ENOBUFS;
		return rc;
	}
	return (int)i;
}

static void check(struct src_netlink *s, const struct watch *w, bool multicast)
{
	struct source *source = src_netlink_source(s);
	struct source_counts c;
	uint32_t pid;
	uint64_t answers = kernel.claimed && src_netlink_claim(s) != CLAIM_SENT;

	source->ops->tick(source, 0);
	source->ops->counts(source, &c);
	if (kernel.received != w->records + src_netlink_rivals(s, &pid) + kernel.echoes + answers + c.ignored)
		abort();
	if ((multicast ? c.dropped : c.congested) != kernel.full || (multicast ? c.congested : c.dropped) != 0)
		abort();
	if (c.cut > w->records)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct watch w = { .count = 0 };
	const struct source_sink sink = { .datagram = datagram, .settle = settle, .ctx = &w };
	struct src_netlink_options options = { .receive = receive };
	struct src_netlink *s;
	struct source *source;
	int fds[2], rc;
	struct err err;

	if (!size)
		return 0;
	kernel.p = data + 1;
	kernel.end = data + size;
	kernel.received = kernel.full = kernel.echoes = 0;
	kernel.claimed = data[0] & 2;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds) < 0)
		abort();
	options.fd = fds[0];
	options.multicast = data[0] & 1;
	if (src_netlink_open(&s, &options, &sink, &err) < 0)
		abort();
	source = src_netlink_source(s);
	if (kernel.claimed && src_netlink_register(s, ME) < 0)
		abort();
	do
		rc = source->ops->read(source);
	while (rc > 0);
	if (rc != -EAGAIN || w.count)
		abort();
	check(s, &w, options.multicast);
	source->ops->close(source);
	close(fds[0]);
	close(fds[1]);
	return 0;
}
