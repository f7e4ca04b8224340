#include "fake_kernel.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { PEERS_MAX = 16, MISSING_MAX = 8, RULES_MAX = 256, BATCH_MAX = 64, REQUEST_TYPES = 1200, REQUEST_MAX = 16384 };

const struct fake_kernel_traits KERNEL_EL6 = {
	.status_size = 32,
	.settable = WIRE_SET_ENABLED | WIRE_SET_FAILURE | WIRE_SET_PID | WIRE_SET_RATE_LIMIT | WIRE_SET_BACKLOG_LIMIT,
	.quirks = FAKE_JUNK_MASK | FAKE_ACK_FIRST | FAKE_STEAL | FAKE_DEAF_GROUP | FAKE_NO_FEATURES | FAKE_TYPES_ALONE,
	.unknown = { WIRE_EXE, WIRE_SESSIONID, WIRE_LOGINUID_SET, WIRE_SADDR_FAM, WIRE_FSTYPE }
};

const struct fake_kernel_traits KERNEL_EL7 = {
	.status_size = 36,
	.settable = WIRE_SET_ENABLED | WIRE_SET_FAILURE | WIRE_SET_PID | WIRE_SET_RATE_LIMIT | WIRE_SET_BACKLOG_LIMIT |
		WIRE_SET_LOST,
	.features = 0x7d,
	.quirks = FAKE_ACK_FIRST | FAKE_DEAF_GROUP | FAKE_EXE_EQUAL | FAKE_FEATURES_AS_GET | FAKE_TYPES_ALONE,
	.unknown = { WIRE_SADDR_FAM }
};

const struct fake_kernel_traits KERNEL_6_1 = {
	.status_size = 44,
	.settable = WIRE_SET_ENABLED | WIRE_SET_FAILURE | WIRE_SET_PID | WIRE_SET_RATE_LIMIT | WIRE_SET_BACKLOG_LIMIT |
		WIRE_SET_BACKLOG_WAIT_TIME | WIRE_SET_LOST,
	.features = 0x7f
};

/* Before each datagram to a peer that reads by fake_kernel_receive(), which takes it off. */
struct mark {
	uint32_t sender;
	int32_t error;
};

struct peer {
	int fd; /* our end, -1: theirs was closed */
	bool events, multicast;
};

struct rule {
	struct wire_rule *data;
	size_t n;
};

struct fake_kernel {
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t arrived;
	int wake[2];
	bool stop;
	struct fake_kernel_traits traits;
	struct peer peers[PEERS_MAX];
	struct wire_status status;
	int holder;        /* the peer that set the pid, -1: nobody here */
	int64_t forget_at; /* ms, 0: never */
	int waiting;       /* the peer whose request waits until due_at, and all others with it; -1: none */
	int64_t due_at;
	struct rule rules[RULES_MAX];
	unsigned rule_count;
	char missing[MISSING_MAX][256];
	unsigned missing_count;
	unsigned requests[REQUEST_TYPES];
};

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "fake_kernel: %s: %s\n", what, strerror(errno));
	abort();
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* To the peer; what finds no room is gone. */
static bool send_to(const struct peer *peer, const void *p, size_t n, struct mark mark)
{
	struct iovec parts[2] = { { &mark, sizeof(mark) }, { (void *)p, n } };
	struct msghdr m = { 0 };

	m.msg_iov = peer->events ? parts : parts + 1;
	m.msg_iovlen = peer->events ? 2 : 1;
	return sendmsg(peer->fd, &m, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

/* A kernel waits until there is room; one of tests not for ever. */
static bool reply(const struct peer *peer, unsigned type, unsigned flags, uint32_t seq, const void *p, size_t n)
{
	char buf[REQUEST_MAX + 64];
	struct nlmsghdr h = {
		(uint32_t)(NLMSG_HDRLEN + n), (uint16_t)type, (uint16_t)flags, seq, (uint32_t)getpid()
	};

	must(n <= sizeof(buf) - NLMSG_HDRLEN, "reply");
	memcpy(buf, &h, sizeof(h));
	if (n)
		memcpy(buf + NLMSG_HDRLEN, p, n);
	while (!send_to(peer, buf, NLMSG_HDRLEN + n, (struct mark){ 0, 0 })) {
		struct pollfd room = { peer->fd, POLLOUT, 0 };

		if (errno != EAGAIN || poll(&room, 1, 5000) <= 0)
			return false;
	}
	return true;
}

/* As netlink_ack(): a failed request comes back whole, another's header only. */
static void acknowledge(const struct peer *peer, const struct nlmsghdr *request, size_t n, int error)
{
	char buf[REQUEST_MAX + 64];
	int32_t code = error;
	size_t back = error ? n : sizeof(*request);

	memcpy(buf, &code, sizeof(code));
	memcpy(buf + sizeof(code), request, back);
	reply(peer, NLMSG_ERROR, 0, request->nlmsg_seq, buf, sizeof(code) + back);
}

static void send_status(struct fake_kernel *k, const struct peer *peer, uint32_t seq)
{
	struct wire_status s = k->status;

	s.mask = k->traits.quirks & FAKE_JUNK_MASK ? 0xdeadbeef : 0;
	s.features = k->traits.features;
	reply(peer, WIRE_GET, 0, seq, &s, k->traits.status_size);
}

static void send_features(struct fake_kernel *k, const struct peer *peer, uint32_t seq)
{
	struct wire_features f = { 1, 0x03, 0x00, 0x00 };

	reply(peer, k->traits.quirks & FAKE_FEATURES_AS_GET ? WIRE_GET : WIRE_GET_FEATURE, 0, seq, &f, sizeof(f));
}

static void send_rules(struct fake_kernel *k, const struct peer *peer, uint32_t seq)
{
	for (unsigned i = 0; i < k->rule_count; i++)
		reply(peer, WIRE_LIST_RULES, NLM_F_MULTI, seq, k->rules[i].data, k->rules[i].n);
	reply(peer, NLMSG_DONE, NLM_F_MULTI, seq, NULL, 0);
}

static void disown(struct fake_kernel *k)
{
	k->status.pid = 0;
	k->holder = -1;
}

/* AUDIT_REPLACE to who holds the pid, which is how a kernel sees whether he lives; an owner elsewhere does. */
static bool owner_lives(struct fake_kernel *k, uint32_t pid)
{
	return k->holder < 0 || reply(&k->peers[k->holder], WIRE_REPLACE, 0, 0, &pid, sizeof(pid));
}

static int claim(struct fake_kernel *k, int peer, uint32_t pid)
{
	bool steal = k->traits.quirks & FAKE_STEAL;

	if (!pid) {
		if (!steal && k->status.pid && k->holder != peer)
			return -EACCES;
		disown(k);
		return 0;
	}
	if (!steal && k->status.pid && owner_lives(k, pid))
		return -EEXIST;
	k->status.pid = pid;
	k->holder = peer;
	k->forget_at = k->traits.forget_ms ? now_ms() + k->traits.forget_ms : 0;
	return 0;
}

static int set_one(struct fake_kernel *k, int peer, const struct wire_status *s)
{
	uint32_t mask = s->mask & k->traits.settable;
	const uint32_t fixed = WIRE_SET_FAILURE | WIRE_SET_RATE_LIMIT | WIRE_SET_BACKLOG_LIMIT |
		WIRE_SET_BACKLOG_WAIT_TIME;
	int rc = 0;

	if (mask & WIRE_SET_ENABLED) {
		if (s->enabled > 2)
			return -EINVAL;
		if (k->status.enabled == 2)
			return -EPERM;
		k->status.enabled = s->enabled;
	}
	if (mask & WIRE_SET_PID) {
		rc = claim(k, peer, s->pid);
		if (rc < 0)
			return rc;
	}
	if (mask & fixed && k->status.enabled == 2)
		return -EPERM;
	if (mask & WIRE_SET_FAILURE)
		k->status.failure = s->failure;
	if (mask & WIRE_SET_RATE_LIMIT)
		k->status.rate_limit = s->rate_limit;
	if (mask & WIRE_SET_BACKLOG_LIMIT)
		k->status.backlog_limit = s->backlog_limit;
	if (mask & WIRE_SET_BACKLOG_WAIT_TIME)
		k->status.backlog_wait_time = s->backlog_wait_time;
	if (mask == WIRE_SET_LOST) {
		rc = (int)k->status.lost;
		k->status.lost = 0;
	}
	return rc;
}

static bool has_text(unsigned field)
{
	return (field >= WIRE_SUBJ_USER && field <= WIRE_SUBJ_CLR) ||
		(field >= WIRE_OBJ_USER && field <= WIRE_OBJ_LEV_HIGH) ||
		field == WIRE_WATCH || field == WIRE_DIR || field == WIRE_EXE || field == WIRE_FILTERKEY;
}

static bool is_missing(const struct fake_kernel *k, const char *path, size_t n)
{
	for (unsigned i = 0; i < k->missing_count; i++) {
		size_t length = strlen(k->missing[i]);

		if (n >= length && memcmp(path, k->missing[i], length) == 0 && (n == length || path[length] == '/'))
			return true;
	}
	return false;
}

static int check_field(const struct fake_kernel *k, unsigned field, unsigned op, const char *text, size_t n)
{
	const struct fake_kernel_traits *t = &k->traits;

	for (unsigned i = 0; i < sizeof(t->unknown) / sizeof(t->unknown[0]) && t->unknown[i]; i++) {
		if (t->unknown[i] == field)
			return -EINVAL;
	}
	if (!has_text(field))
		return 0;
	if (field == WIRE_FILTERKEY && n > WIRE_KEY_MAX)
		return -EINVAL;
	if ((field == WIRE_DIR || (field == WIRE_EXE && t->quirks & FAKE_EXE_EQUAL)) && op != WIRE_EQUAL)
		return -EINVAL;
	if ((field == WIRE_DIR || field == WIRE_EXE) && is_missing(k, text, n))
		return -ENOENT;
	return 0;
}

static int check_rule(const struct fake_kernel *k, const struct wire_rule *rule, size_t n)
{
	size_t at = 0;
	unsigned list = rule->flags & ~WIRE_PREPEND;

	if (n < WIRE_RULE_MIN || rule->buf_size > n - WIRE_RULE_MIN || rule->field_count > WIRE_FIELDS_MAX)
		return -EINVAL;
	if (list != WIRE_LIST_USER && list != WIRE_LIST_TASK && list != WIRE_LIST_EXIT && list != WIRE_LIST_EXCLUDE &&
		(list != WIRE_LIST_FILESYSTEM || check_field(k, WIRE_FSTYPE, 0, "", 0)))
		return -EINVAL;
	if (rule->action != WIRE_NEVER && rule->action != WIRE_ALWAYS)
		return -EINVAL;
	for (unsigned i = 0; i < rule->field_count; i++) {
		size_t length = has_text(rule->fields[i]) ? rule->values[i] : 0;
		int rc;

		if (length > rule->buf_size - at)
			return -EINVAL;
		rc = check_field(k, rule->fields[i], rule->ops[i], rule->buf + at, length);
		if (rc < 0)
			return rc;
		at += length;
	}
	return 0;
}

static int find_rule(const struct fake_kernel *k, const struct wire_rule *rule, size_t n)
{
	for (unsigned i = 0; i < k->rule_count; i++) {
		if (k->rules[i].n == n && memcmp(k->rules[i].data, rule, n) == 0)
			return (int)i;
	}
	return -1;
}

static void insert_rule(struct fake_kernel *k, unsigned at, const struct wire_rule *rule, size_t n)
{
	struct rule new = { malloc(n), n };

	must(new.data && k->rule_count < RULES_MAX, "rules");
	memcpy(new.data, rule, n);
	new.data->flags &= ~(uint32_t)WIRE_PREPEND;
	memmove(k->rules + at + 1, k->rules + at, (k->rule_count - at) * sizeof(*k->rules));
	k->rules[at] = new;
	k->rule_count++;
}

static int change_rules(struct fake_kernel *k, bool add, const struct wire_rule *rule, size_t n)
{
	int at, rc;

	if (k->status.enabled == 2)
		return -EPERM;
	rc = check_rule(k, rule, n);
	if (rc < 0)
		return rc;
	n = WIRE_RULE_MIN + rule->buf_size; /* without what aligns the message */
	/* One to prepend is never found, as that which is there lost the flag: no EEXIST. So does 6.1. */
	at = find_rule(k, rule, n);
	if (add && at >= 0)
		return -EEXIST;
	if (add) {
		insert_rule(k, rule->flags & WIRE_PREPEND ? 0 : k->rule_count, rule, n);
		return 0;
	}
	if (at < 0)
		return -ENOENT;
	free(k->rules[at].data);
	k->rule_count--;
	memmove(k->rules + at, k->rules + at + 1, (k->rule_count - (unsigned)at) * sizeof(*k->rules));
	return 0;
}

static int execute(struct fake_kernel *k, int peer, unsigned type, const char *payload, size_t n)
{
	union {
		struct wire_status status;
		struct wire_rule rule;
		char bytes[REQUEST_MAX];
	} u;

	memset(&u, 0, sizeof(u));
	memcpy(&u, payload, n);
	switch (type) {
	case WIRE_SET:
		return set_one(k, peer, &u.status);
	case WIRE_ADD_RULE:
	case WIRE_DEL_RULE:
		return change_rules(k, type == WIRE_ADD_RULE, &u.rule, n);
	case WIRE_GET_FEATURE:
		return k->traits.quirks & FAKE_NO_FEATURES ? -EINVAL : 0;
	case WIRE_GET:
	case WIRE_LIST_RULES:
	case WIRE_TRUSTED_APP:
		return 0;
	default:
		return -EINVAL;
	}
}

static void answer(struct fake_kernel *k, int peer, const struct nlmsghdr *h)
{
	const struct peer *p = &k->peers[peer];
	int rc = execute(k, peer, h->nlmsg_type, (const char *)h + NLMSG_HDRLEN, h->nlmsg_len - NLMSG_HDRLEN);
	bool ack = rc || h->nlmsg_flags & NLM_F_ACK, first = rc || k->traits.quirks & FAKE_ACK_FIRST;

	if (ack && first)
		acknowledge(p, h, h->nlmsg_len, rc);
	if (!rc && h->nlmsg_type == WIRE_GET)
		send_status(k, p, h->nlmsg_seq);
	else if (!rc && h->nlmsg_type == WIRE_GET_FEATURE)
		send_features(k, p, h->nlmsg_seq);
	else if (!rc && h->nlmsg_type == WIRE_LIST_RULES)
		send_rules(k, p, h->nlmsg_seq);
	if (ack && !first)
		acknowledge(p, h, h->nlmsg_len, rc);
	if (h->nlmsg_type < REQUEST_TYPES)
		k->requests[h->nlmsg_type]++;
	pthread_cond_broadcast(&k->arrived);
}

static void serve(struct fake_kernel *k, int i)
{
	union {
		struct nlmsghdr h;
		char bytes[REQUEST_MAX];
	} u;
	ssize_t n = recv(k->peers[i].fd, u.bytes, sizeof(u), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(k->peers[i].fd);
		k->peers[i].fd = -1;
		return;
	}
	/* As netlink_rcv_skb(): what is no message is passed over in silence. */
	if ((size_t)n >= NLMSG_HDRLEN && u.h.nlmsg_len >= NLMSG_HDRLEN && u.h.nlmsg_len <= (size_t)n)
		answer(k, i, &u.h);
}

/* A request came: now, or not yet? */
static void receive(struct fake_kernel *k, int i)
{
	if (!k->traits.block_ms) {
		serve(k, i);
		return;
	}
	k->waiting = i;
	k->due_at = k->traits.block_ms == FAKE_NEVER ? INT64_MAX : now_ms() + k->traits.block_ms;
}

/* What is due by the clock. How long until the next such thing: -1, for ever. */
static int look_at_clock(struct fake_kernel *k)
{
	int64_t now = now_ms(), next = INT64_MAX;

	if (k->forget_at && k->forget_at <= now) {
		k->forget_at = 0;
		disown(k);
	}
	if (k->waiting >= 0 && k->due_at <= now) {
		serve(k, k->waiting);
		k->waiting = -1;
	}
	if (k->forget_at)
		next = k->forget_at;
	if (k->waiting >= 0 && k->due_at < next)
		next = k->due_at;
	return next == INT64_MAX ? -1 : (int)(next - now);
}

static void *run(void *ctx)
{
	struct fake_kernel *k = ctx;
	struct pollfd fds[PEERS_MAX + 1];
	char buf[64];

	pthread_mutex_lock(&k->lock);
	while (!k->stop) {
		int timeout = look_at_clock(k);

		for (int i = 0; i < PEERS_MAX; i++)
			fds[i] = (struct pollfd){ k->waiting < 0 ? k->peers[i].fd : -1, POLLIN, 0 };
		fds[PEERS_MAX] = (struct pollfd){ k->wake[0], POLLIN, 0 };
		pthread_mutex_unlock(&k->lock);
		must(poll(fds, PEERS_MAX + 1, timeout) >= 0 || errno == EINTR, "poll");
		if (fds[PEERS_MAX].revents)
			must(read(k->wake[0], buf, sizeof(buf)) > 0, "wake");
		pthread_mutex_lock(&k->lock);
		for (int i = 0; i < PEERS_MAX && k->waiting < 0; i++) {
			if (fds[i].fd >= 0 && fds[i].revents)
				receive(k, i);
		}
	}
	pthread_mutex_unlock(&k->lock);
	return NULL;
}

struct fake_kernel *fake_kernel_new(const struct fake_kernel_traits *traits)
{
	struct fake_kernel *k = calloc(1, sizeof(*k));

	must(k && pipe(k->wake) == 0, "new");
	k->traits = *traits;
	k->holder = k->waiting = -1;
	k->status.enabled = 1;
	k->status.backlog_limit = 64;
	for (int i = 0; i < PEERS_MAX; i++)
		k->peers[i].fd = -1;
	pthread_mutex_init(&k->lock, NULL);
	pthread_cond_init(&k->arrived, NULL);
	errno = pthread_create(&k->thread, NULL, run, k);
	must(!errno, "thread");
	return k;
}

static void wake(struct fake_kernel *k)
{
	must(write(k->wake[1], "", 1) == 1, "wake");
}

void fake_kernel_free(struct fake_kernel *k)
{
	pthread_mutex_lock(&k->lock);
	k->stop = true;
	pthread_mutex_unlock(&k->lock);
	wake(k);
	pthread_join(k->thread, NULL);
	for (int i = 0; i < PEERS_MAX; i++) {
		if (k->peers[i].fd >= 0)
			close(k->peers[i].fd);
	}
	for (unsigned i = 0; i < k->rule_count; i++)
		free(k->rules[i].data);
	close(k->wake[0]);
	close(k->wake[1]);
	pthread_cond_destroy(&k->arrived);
	pthread_mutex_destroy(&k->lock);
	free(k);
}

void fake_kernel_behave(struct fake_kernel *k, const struct fake_kernel_traits *traits)
{
	pthread_mutex_lock(&k->lock);
	k->traits = *traits;
	if (k->waiting >= 0)
		receive(k, k->waiting);
	if (!traits->block_ms)
		k->waiting = -1;
	pthread_mutex_unlock(&k->lock);
	wake(k);
}

static int connect_peer(struct fake_kernel *k, struct peer peer)
{
	int pair[2], at = 0;

	must(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0, "socketpair");
	peer.fd = pair[0];
	pthread_mutex_lock(&k->lock);
	/* The place of a dead holder is kept: the kernel does not know yet. */
	while (at < PEERS_MAX && (k->peers[at].fd >= 0 || k->holder == at))
		at++;
	must(at < PEERS_MAX, "too many connections");
	k->peers[at] = peer;
	pthread_mutex_unlock(&k->lock);
	wake(k);
	return pair[1];
}

int fake_kernel_control(struct fake_kernel *k)
{
	return connect_peer(k, (struct peer){ -1, false, false });
}

int fake_kernel_events(struct fake_kernel *k, bool multicast)
{
	return connect_peer(k, (struct peer){ -1, true, multicast });
}

/* Up to an overrun that is not the first: the next call begins with it. */
int fake_kernel_receive(int fd, struct mmsghdr *messages, unsigned count)
{
	unsigned i;

	for (i = 0; i < count; i++) {
		struct msghdr *theirs = &messages[i].msg_hdr, m = { 0 };
		struct mark mark = { 0, 0 };
		struct iovec parts[2] = { { &mark, sizeof(mark) }, theirs->msg_iov[0] };
		struct sockaddr_nl from = { .nl_family = AF_NETLINK };
		ssize_t n;

		m.msg_iov = parts;
		m.msg_iovlen = 1;
		n = recvmsg(fd, &m, MSG_DONTWAIT | MSG_PEEK);
		if (n > 0 && mark.error && i)
			break;
		m.msg_iovlen = 2;
		m.msg_flags = 0;
		if (n >= 0)
			n = recvmsg(fd, &m, MSG_DONTWAIT);
		if (n > 0 && mark.error)
			return mark.error;
		if (n <= 0)
			return i ? (int)i : n < 0 ? -errno : 0;
		messages[i].msg_len = (unsigned)((size_t)n - sizeof(mark));
		theirs->msg_flags = m.msg_flags;
		from.nl_pid = mark.sender;
		if (theirs->msg_name && theirs->msg_namelen >= sizeof(from))
			memcpy(theirs->msg_name, &from, sizeof(from));
		theirs->msg_namelen = sizeof(from);
	}
	return (int)i;
}

void fake_kernel_status(struct fake_kernel *k, struct wire_status *status)
{
	pthread_mutex_lock(&k->lock);
	*status = k->status;
	status->features = k->traits.features;
	pthread_mutex_unlock(&k->lock);
}

static uint32_t *member(struct wire_status *s, unsigned what)
{
	switch (what) {
	case WIRE_SET_ENABLED:
		return &s->enabled;
	case WIRE_SET_FAILURE:
		return &s->failure;
	case WIRE_SET_PID:
		return &s->pid;
	case WIRE_SET_RATE_LIMIT:
		return &s->rate_limit;
	case WIRE_SET_BACKLOG_LIMIT:
		return &s->backlog_limit;
	case WIRE_SET_BACKLOG_WAIT_TIME:
		return &s->backlog_wait_time;
	default:
		return &s->lost;
	}
}

void fake_kernel_set(struct fake_kernel *k, unsigned what, uint32_t value)
{
	pthread_mutex_lock(&k->lock);
	*member(&k->status, what) = value;
	if (what == WIRE_SET_PID)
		k->holder = -1;
	pthread_mutex_unlock(&k->lock);
}

int fake_kernel_rival(struct fake_kernel *k, uint32_t pid)
{
	int rc;

	pthread_mutex_lock(&k->lock);
	rc = claim(k, -1, pid);
	pthread_mutex_unlock(&k->lock);
	wake(k);
	return rc;
}

void fake_kernel_missing(struct fake_kernel *k, const char *path)
{
	pthread_mutex_lock(&k->lock);
	must(k->missing_count < MISSING_MAX, "missing");
	snprintf(k->missing[k->missing_count++], sizeof(k->missing[0]), "%s", path);
	pthread_mutex_unlock(&k->lock);
}

void fake_kernel_add_rule(struct fake_kernel *k, const struct wire_rule *rule, size_t n)
{
	pthread_mutex_lock(&k->lock);
	insert_rule(k, k->rule_count, rule, n);
	pthread_mutex_unlock(&k->lock);
}

unsigned fake_kernel_rules(struct fake_kernel *k)
{
	unsigned count;

	pthread_mutex_lock(&k->lock);
	count = k->rule_count;
	pthread_mutex_unlock(&k->lock);
	return count;
}

const struct wire_rule *fake_kernel_rule(struct fake_kernel *k, unsigned i, size_t *n)
{
	const struct wire_rule *rule;

	pthread_mutex_lock(&k->lock);
	rule = i < k->rule_count ? k->rules[i].data : NULL;
	*n = rule ? k->rules[i].n : 0;
	pthread_mutex_unlock(&k->lock);
	return rule;
}

unsigned fake_kernel_requests(struct fake_kernel *k, unsigned type)
{
	unsigned count;

	pthread_mutex_lock(&k->lock);
	count = type < REQUEST_TYPES ? k->requests[type] : 0;
	pthread_mutex_unlock(&k->lock);
	return count;
}

bool fake_kernel_wait(struct fake_kernel *k, unsigned type, unsigned count)
{
	struct timespec until;
	bool enough;

	must(type < REQUEST_TYPES, "type");
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 5;
	pthread_mutex_lock(&k->lock);
	while (k->requests[type] < count && pthread_cond_timedwait(&k->arrived, &k->lock, &until) == 0) {
	}
	enough = k->requests[type] >= count;
	pthread_mutex_unlock(&k->lock);
	return enough;
}

static bool listens(const struct fake_kernel *k, const struct peer *p)
{
	return p->fd >= 0 && p->events && p->multicast && !(k->traits.quirks & FAKE_DEAF_GROUP);
}

/*
 * audit_filter() of kernel/auditfilter.c: the first rule whose tests all hold decides; a test of what it does not know,
 * as of a key, ends the search. Before 4.8, audit_filter_type() passed over those.
 */
static bool is_excluded(const struct fake_kernel *k, unsigned type)
{
	for (unsigned i = 0; i < k->rule_count; i++) {
		const struct wire_rule *rule = k->rules[i].data;
		bool holds = false;

		if (rule->flags != WIRE_LIST_EXCLUDE)
			continue;
		for (unsigned f = 0; f < rule->field_count; f++) {
			if (rule->fields[f] == WIRE_MSGTYPE) {
				holds = wire_compare(type, rule->ops[f], rule->values[f]);
				if (!holds)
					break;
			} else if (!(k->traits.quirks & FAKE_TYPES_ALONE)) {
				return false;
			}
		}
		if (holds)
			return true;
	}
	return false;
}

unsigned fake_kernel_record(struct fake_kernel *k, unsigned type, const char *text)
{
	size_t n = strlen(text);
	unsigned got = 0;
	struct nlmsghdr *h = calloc(1, NLMSG_HDRLEN + n);

	must(h != NULL, "record");
	h->nlmsg_type = (uint16_t)type;
	memcpy((char *)h + NLMSG_HDRLEN, text, n);
	pthread_mutex_lock(&k->lock);
	h->nlmsg_len = (uint32_t)n;
	if (is_excluded(k, type)) {
		pthread_mutex_unlock(&k->lock);
		free(h);
		return 0;
	}
	if (k->holder >= 0) {
		if (send_to(&k->peers[k->holder], h, NLMSG_HDRLEN + n, (struct mark){ 0, 0 }))
			got++;
		else if (errno == EAGAIN)
			k->status.lost++;
		else
			disown(k);
	}
	h->nlmsg_len = (uint32_t)(NLMSG_HDRLEN + n);
	for (unsigned i = 0; i < PEERS_MAX; i++)
		got += listens(k, &k->peers[i]) && send_to(&k->peers[i], h, NLMSG_HDRLEN + n, (struct mark){ 0, 0 });
	pthread_mutex_unlock(&k->lock);
	free(h);
	return got;
}

static unsigned send_to_readers(struct fake_kernel *k, const void *p, size_t n, struct mark mark)
{
	unsigned got = 0;

	pthread_mutex_lock(&k->lock);
	for (int i = 0; i < PEERS_MAX; i++)
		got += (listens(k, &k->peers[i]) || i == k->holder) && send_to(&k->peers[i], p, n, mark);
	pthread_mutex_unlock(&k->lock);
	return got;
}

unsigned fake_kernel_datagram(struct fake_kernel *k, const void *p, size_t n, uint32_t sender)
{
	return send_to_readers(k, p, n, (struct mark){ sender, 0 });
}

void fake_kernel_overrun(struct fake_kernel *k)
{
	send_to_readers(k, "", 0, (struct mark){ 0, -ENOBUFS });
}
