#include "sys/audit_ctl.h"

#include "base/clock.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct audit_ctl {
	int fd, timeout_ms;
	uint32_t seq;
	int watch;
	void (*ready)(void *ctx);
	void *ctx;
	union {
		struct nlmsghdr header;
		char bytes[WIRE_BUFFER];
	} in, out;
};

/* What take() says of a message: the request goes on, or is done. A negative one is an error. */
enum { GO_ON, DONE };

/* A request under way. */
struct request {
	int64_t deadline;
	/* A message in answer, of n bytes behind its header; NULL: only the acknowledgement is waited for. */
	int (*take)(void *ctx, const struct nlmsghdr *h, size_t n);
	void *ctx;
	bool unwatched;
};

struct audit_ctl *audit_ctl_new(int fd, int timeout_ms)
{
	struct audit_ctl *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->fd = fd;
	c->timeout_ms = timeout_ms;
	/* Another before us may have left the descriptor with answers under way. */
	c->seq = (uint32_t)clock_ns();
	c->watch = -1;
	return c;
}

void audit_ctl_free(struct audit_ctl *c)
{
	free(c);
}

void audit_ctl_meanwhile(struct audit_ctl *c, int fd, void (*ready)(void *ctx), void *ctx)
{
	c->watch = fd;
	c->ready = ready;
	c->ctx = ctx;
}

/* Wait for one of the events on our descriptor, and serve the watched one as long. 0, -ETIMEDOUT, other -errno. */
static int wait_for(struct audit_ctl *c, struct request *r, short events)
{
	struct pollfd fds[2] = { { c->fd, events, 0 } };
	int64_t left;
	int n;

	for (;;) {
		left = r->deadline - clock_ns();
		if (left <= 0)
			return -ETIMEDOUT;
		fds[1] = (struct pollfd){ r->unwatched ? -1 : c->watch, POLLIN, 0 };
		left = (left + 999999) / 1000000;
		n = poll(fds, 2, left > INT_MAX ? INT_MAX : (int)left);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n <= 0)
			continue;
		/* One that has ended is always ready: once is enough. */
		r->unwatched |= fds[1].revents & (POLLHUP | POLLNVAL);
		if (fds[1].revents)
			c->ready(c->ctx);
		if (fds[0].revents)
			return 0;
	}
}

/* No answer will come from an end that is gone. */
static int failure(void)
{
	return errno == ECONNRESET || errno == ENOTCONN ? -EPIPE : -errno;
}

static int send_request(struct audit_ctl *c, struct request *r)
{
	int rc;

	while (send(c->fd, c->out.bytes, c->out.header.nlmsg_len, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EAGAIN && errno != EWOULDBLOCK)
			return failure();
		rc = wait_for(c, r, POLLOUT);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* Is it the acknowledgement, a refusal or the reply? Its length is within what was received: n. */
static int take_answer(struct request *r, const struct nlmsghdr *h)
{
	size_t n = mnl_nlmsg_get_payload_len(h);
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(h);

	if (h->nlmsg_type != NLMSG_ERROR)
		return r->take ? r->take(r->ctx, h, n) : GO_ON;
	if (n < sizeof(e->error))
		return -EPROTO;
	if (e->error < 0)
		return wire_error(e->error);
	/* Acknowledged: 0, or the old count of a reset of LOST. A reply comes before it or after it. */
	return r->take ? GO_ON : DONE;
}

/* One message a datagram, whole. libmnl has a test for it, whose older versions compare signed numbers. */
static bool is_message(const struct nlmsghdr *h, ssize_t n)
{
	return n >= (ssize_t)sizeof(*h) && h->nlmsg_len >= sizeof(*h) && h->nlmsg_len <= (size_t)n;
}

static int receive_answer(struct audit_ctl *c, struct request *r)
{
	ssize_t n = recv(c->fd, c->in.bytes, sizeof(c->in), MSG_DONTWAIT);

	if (n == 0)
		return -EPIPE;
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return wait_for(c, r, POLLIN);
	if (n < 0 && errno != EINTR && errno != ENOBUFS)
		return failure();
	/* What has another number is late, or a record. */
	if (!is_message(&c->in.header, n) || c->in.header.nlmsg_seq != c->seq)
		return clock_ns() < r->deadline ? GO_ON : -ETIMEDOUT;
	return take_answer(r, &c->in.header);
}

/* Send a request with a payload of n bytes, and wait for what it is about. 0, -errno. */
static int ask(struct audit_ctl *c, unsigned type, const void *payload, size_t n, struct request *r)
{
	struct nlmsghdr *h;
	int rc;

	if (n > WIRE_MESSAGE_MAX)
		return -EMSGSIZE;
	h = mnl_nlmsg_put_header(c->out.bytes);
	h->nlmsg_type = (uint16_t)type;
	/* Refusals come in any case. */
	h->nlmsg_flags = NLM_F_REQUEST | (r->take ? 0 : NLM_F_ACK);
	/* Records have 0. */
	h->nlmsg_seq = ++c->seq ? c->seq : ++c->seq;
	if (n)
		memcpy(mnl_nlmsg_put_extra_header(h, n), payload, n);
	r->deadline = clock_ns() + (int64_t)c->timeout_ms * 1000000;
	rc = send_request(c, r);
	while (rc == GO_ON)
		rc = receive_answer(c, r);
	return rc < 0 ? rc : 0;
}

static int take_status(void *ctx, const struct nlmsghdr *h, size_t n)
{
	struct wire_status *s = ctx;

	if (h->nlmsg_type != WIRE_GET || n < WIRE_STATUS_MIN)
		return -EPROTO;
	memset(s, 0, sizeof(*s));
	memcpy(s, mnl_nlmsg_get_payload(h), n < sizeof(*s) ? n : sizeof(*s));
	s->mask = 0; /* 2.6.32 never wrote it */
	return DONE;
}

int audit_ctl_status(struct audit_ctl *c, struct wire_status *status)
{
	struct request r = { .take = take_status, .ctx = status };

	return ask(c, WIRE_GET, NULL, 0, &r);
}

/* Where each bit of the mask has its value. */
static const struct {
	uint32_t bit;
	size_t at;
} members[] = {
	{ WIRE_SET_ENABLED, offsetof(struct wire_status, enabled) },
	{ WIRE_SET_FAILURE, offsetof(struct wire_status, failure) },
	{ WIRE_SET_RATE_LIMIT, offsetof(struct wire_status, rate_limit) },
	{ WIRE_SET_BACKLOG_LIMIT, offsetof(struct wire_status, backlog_limit) },
	{ WIRE_SET_BACKLOG_WAIT_TIME, offsetof(struct wire_status, backlog_wait_time) },
	{ WIRE_SET_LOST, offsetof(struct wire_status, lost) }
};

int audit_ctl_set(struct audit_ctl *c, unsigned what, uint32_t value)
{
	struct wire_status status = { .mask = what };
	struct request r = { .take = NULL };

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++) {
		if (members[i].bit != what)
			continue;
		memcpy((char *)&status + members[i].at, &value, sizeof(value));
		return ask(c, WIRE_SET, &status, sizeof(status), &r);
	}
	return -EINVAL;
}

static int take_features(void *ctx, const struct nlmsghdr *h, size_t n)
{
	struct wire_features *f = ctx;

	/* Its type was WIRE_GET before it was mended. */
	if ((h->nlmsg_type != WIRE_GET && h->nlmsg_type != WIRE_GET_FEATURE) || n < sizeof(*f))
		return -EPROTO;
	memcpy(f, mnl_nlmsg_get_payload(h), sizeof(*f));
	return DONE;
}

int audit_ctl_features(struct audit_ctl *c, struct wire_features *features)
{
	struct request r = { .take = take_features, .ctx = features };

	return ask(c, WIRE_GET_FEATURE, NULL, 0, &r);
}

struct listing {
	void (*each)(void *ctx, const struct wire_rule *rule, size_t n);
	void *ctx;
	int count;
};

static int take_rule(void *ctx, const struct nlmsghdr *h, size_t n)
{
	const struct wire_rule *rule = mnl_nlmsg_get_payload(h);
	struct listing *l = ctx;

	if (h->nlmsg_type == NLMSG_DONE)
		return DONE;
	if (h->nlmsg_type != WIRE_LIST_RULES || n < WIRE_RULE_MIN || rule->buf_size > n - WIRE_RULE_MIN ||
		rule->field_count > WIRE_FIELDS_MAX)
		return -EPROTO;
	l->each(l->ctx, rule, WIRE_RULE_MIN + rule->buf_size);
	l->count++;
	return GO_ON;
}

int audit_ctl_rules(struct audit_ctl *c, void (*each)(void *ctx, const struct wire_rule *rule, size_t n), void *ctx)
{
	struct listing l = { each, ctx, 0 };
	struct request r = { .take = take_rule, .ctx = &l };
	int rc = ask(c, WIRE_LIST_RULES, NULL, 0, &r);

	return rc < 0 ? rc : l.count;
}

int audit_ctl_add_rule(struct audit_ctl *c, const struct wire_rule *rule, size_t n)
{
	struct request r = { .take = NULL };

	return ask(c, WIRE_ADD_RULE, rule, n, &r);
}

int audit_ctl_delete_rule(struct audit_ctl *c, const struct wire_rule *rule, size_t n)
{
	struct request r = { .take = NULL };

	return ask(c, WIRE_DEL_RULE, rule, n, &r);
}

size_t audit_ctl_pid_message(char *out, uint32_t pid, uint32_t seq)
{
	struct wire_status status = { .mask = WIRE_SET_PID, .pid = pid };
	union {
		struct nlmsghdr header;
		char bytes[AUDIT_CTL_PID_SIZE];
	} m;
	struct nlmsghdr *h = mnl_nlmsg_put_header(m.bytes);

	h->nlmsg_type = WIRE_SET;
	h->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	h->nlmsg_seq = seq;
	memcpy(mnl_nlmsg_put_extra_header(h, sizeof(status)), &status, sizeof(status));
	memcpy(out, m.bytes, h->nlmsg_len);
	return h->nlmsg_len;
}
