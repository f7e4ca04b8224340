#include "sys/priv_serve.h"
#include "sys/audit_wire.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>

union message {
	struct nlmsghdr header;
	char bytes[WIRE_BUFFER];
};

/* Never of the pid: who sets that has the stream, and it is not for this process to have. */
static bool may_set(const void *payload, size_t n)
{
	struct wire_status s = { 0 };

	memcpy(&s, payload, n);
	return s.mask && !(s.mask & WIRE_SET_PID);
}

static bool is_rule(const void *payload, size_t n)
{
	const struct wire_rule *rule = payload;

	return rule->field_count <= WIRE_FIELDS_MAX && rule->buf_size <= n - WIRE_RULE_MIN;
}

/* What is passed on: the length of its payload, which may have been aligned, and what else must be true of it. */
static const struct {
	uint16_t type;
	size_t min, max;
	bool (*ok)(const void *payload, size_t n);
} verbs[] = {
	{ WIRE_GET, 0, 0, NULL },
	{ WIRE_SET, WIRE_STATUS_MIN, sizeof(struct wire_status), may_set },
	{ WIRE_LIST_RULES, 0, 0, NULL },
	{ WIRE_ADD_RULE, WIRE_RULE_MIN, WIRE_MESSAGE_MAX + 2, is_rule },
	{ WIRE_DEL_RULE, WIRE_RULE_MIN, WIRE_MESSAGE_MAX + 2, is_rule },
	{ WIRE_GET_FEATURE, 0, 0, NULL },
	{ WIRE_TRUSTED_APP, 0, WIRE_MESSAGE_MAX + 2, NULL }
};

static bool is_allowed(const struct nlmsghdr *h)
{
	size_t n = h->nlmsg_len - sizeof(*h);

	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (verbs[i].type == h->nlmsg_type)
			return n >= verbs[i].min && n <= verbs[i].max && (!verbs[i].ok || verbs[i].ok(h + 1, n));
	}
	return false;
}

static int send_all(int fd, const void *p, size_t n, const struct sockaddr_nl *to)
{
	while (sendto(fd, p, n, MSG_NOSIGNAL, (const struct sockaddr *)to, to ? sizeof(*to) : 0) < 0) {
		if (errno != EINTR)
			return -errno;
	}
	return 0;
}

/* A refusal as the kernel would write it. */
static int refuse(int pair, const struct nlmsghdr *request, int code)
{
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
	} m;

	memset(&m, 0, sizeof(m));
	m.header.nlmsg_len = sizeof(m);
	m.header.nlmsg_type = NLMSG_ERROR;
	m.header.nlmsg_seq = request->nlmsg_seq;
	m.error.error = code;
	m.error.msg = *request;
	return send_all(pair, &m, sizeof(m), NULL);
}

/* 1: a request was taken; 0: the end. */
static int take_request(int pair, int kernel)
{
	static const struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	union message m;
	ssize_t n = recv(pair, m.bytes, sizeof(m), MSG_DONTWAIT);
	int rc;

	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
		return 1;
	if (n <= 0)
		return n < 0 ? -errno : 0;
	if ((size_t)n < sizeof(m.header))
		return 1; /* nothing that could be answered */
	/* Behind the first message nothing is passed on: it would be one that nobody looked at. */
	if (m.header.nlmsg_len < sizeof(m.header) || m.header.nlmsg_len > (size_t)n || !is_allowed(&m.header))
		rc = -EPERM;
	else
		rc = send_all(kernel, m.bytes, m.header.nlmsg_len, &to);
	if (rc < 0)
		rc = refuse(pair, &m.header, rc);
	return rc < 0 ? rc : 1;
}

/* 1: an answer was passed on, or was none of the kernel's. */
static int take_answer(int pair, int kernel, priv_receive *receive)
{
	union message m;
	struct sockaddr_nl from;
	struct iovec part = { m.bytes, sizeof(m) };
	struct mmsghdr got;
	int rc;

	memset(&got, 0, sizeof(got));
	got.msg_hdr.msg_name = &from;
	got.msg_hdr.msg_namelen = sizeof(from);
	got.msg_hdr.msg_iov = &part;
	got.msg_hdr.msg_iovlen = 1;
	rc = receive(kernel, &got, 1);
	if (rc == -EAGAIN || rc == -EINTR || rc == -ENOBUFS)
		return 1;
	if (rc <= 0)
		return rc;
	if (got.msg_hdr.msg_namelen != sizeof(from) || from.nl_pid != 0 || !got.msg_len)
		return 1;
	rc = send_all(pair, m.bytes, got.msg_len, NULL);
	return rc < 0 ? rc : 1;
}

int priv_serve(int pair, int kernel, priv_receive *receive)
{
	int rc = 1;

	while (rc > 0) {
		struct pollfd fds[2] = { { pair, POLLIN, 0 }, { kernel, POLLIN, 0 } };

		if (poll(fds, 2, -1) < 0) {
			rc = errno == EINTR ? 1 : -errno;
			continue;
		}
		if (fds[1].revents)
			rc = take_answer(pair, kernel, receive);
		if (rc > 0 && fds[0].revents)
			rc = take_request(pair, kernel);
	}
	return rc == -EPIPE || rc == -ECONNRESET ? 0 : rc;
}
