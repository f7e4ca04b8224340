#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_kernel.h"
#include "sys/audit_ctl.h"

#include <errno.h>
#include <linux/netlink.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const struct fake_kernel_traits *const kernels[] = { &KERNEL_EL6, &KERNEL_EL7, &KERNEL_6_1 };
enum { KERNELS = sizeof(kernels) / sizeof(kernels[0]) };

/* A kernel, and a connection to it. */
struct line {
	struct fake_kernel *k;
	struct audit_ctl *c;
	int fd;
};

static struct line line_new(const struct fake_kernel_traits *traits, int timeout_ms)
{
	struct line l = { .k = fake_kernel_new(traits) };

	l.fd = fake_kernel_control(l.k);
	l.c = audit_ctl_new(l.fd, timeout_ms);
	assert_non_null(l.c);
	return l;
}

static void line_free(struct line *l)
{
	audit_ctl_free(l->c);
	close(l->fd);
	fake_kernel_free(l->k);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void expect_status(const struct fake_kernel_traits *traits, uint32_t features, uint32_t wait, uint32_t actual)
{
	struct line l = line_new(traits, 5000);
	struct wire_status s;

	fake_kernel_set(l.k, WIRE_SET_LOST, 5);
	fake_kernel_set(l.k, WIRE_SET_PID, 4321);
	fake_kernel_set(l.k, WIRE_SET_BACKLOG_WAIT_TIME, 60000);
	memset(&s, 0x55, sizeof(s));
	assert_int_equal(audit_ctl_status(l.c, &s), 0);
	assert_int_equal(s.mask, 0);
	assert_int_equal(s.enabled, 1);
	assert_int_equal(s.pid, 4321);
	assert_int_equal(s.backlog_limit, 64);
	assert_int_equal(s.lost, 5);
	assert_int_equal(s.features, features);
	assert_int_equal(s.backlog_wait_time, wait);
	assert_int_equal(s.backlog_wait_time_actual, actual);
	line_free(&l);
}

static void status_of_every_size(void **state)
{
	struct fake_kernel_traits middle = KERNEL_6_1;

	(void)state;
	middle.status_size = 40;
	middle.features = 0x3f;
	expect_status(&KERNEL_EL6, 0, 0, 0);
	expect_status(&KERNEL_EL7, 0x7d, 0, 0);
	expect_status(&middle, 0x3f, 60000, 0);
	expect_status(&KERNEL_6_1, 0x7f, 60000, 0);
}

static void features_by_kernel(void **state)
{
	struct wire_features f;

	(void)state;
	for (unsigned i = 0; i < KERNELS; i++) {
		struct line l = line_new(kernels[i], 5000);

		memset(&f, 0x55, sizeof(f));
		if (kernels[i] == &KERNEL_EL6) {
			assert_int_equal(audit_ctl_features(l.c, &f), -EINVAL);
		} else {
			assert_int_equal(audit_ctl_features(l.c, &f), 0);
			assert_int_equal(f.version, 1);
			assert_int_equal(f.lock, 0);
		}
		line_free(&l);
	}
}

static void settings_one_by_one(void **state)
{
	struct wire_status s;

	(void)state;
	for (unsigned i = 0; i < KERNELS; i++) {
		struct line l = line_new(kernels[i], 5000);
		uint32_t wait = kernels[i]->settable & WIRE_SET_BACKLOG_WAIT_TIME;
		uint32_t lost = kernels[i]->settable & WIRE_SET_LOST;

		fake_kernel_set(l.k, WIRE_SET_LOST, 9);
		assert_int_equal(audit_ctl_set(l.c, WIRE_SET_FAILURE, 1), 0);
		assert_int_equal(audit_ctl_set(l.c, WIRE_SET_RATE_LIMIT, 100), 0);
		assert_int_equal(audit_ctl_set(l.c, WIRE_SET_BACKLOG_LIMIT, 8192), 0);
		assert_int_equal(audit_ctl_set(l.c, WIRE_SET_BACKLOG_WAIT_TIME, 1), 0);
		/* The old count comes back as a positive "error". */
		assert_int_equal(audit_ctl_set(l.c, WIRE_SET_LOST, 0), 0);
		assert_int_equal(audit_ctl_set(l.c, WIRE_SET_ENABLED, 0), 0);
		fake_kernel_status(l.k, &s);
		assert_int_equal(s.failure, 1);
		assert_int_equal(s.rate_limit, 100);
		assert_int_equal(s.backlog_limit, 8192);
		assert_int_equal(s.backlog_wait_time, wait ? 1 : 0);
		assert_int_equal(s.lost, lost ? 0 : 9);
		assert_int_equal(s.enabled, 0);
		assert_int_equal(s.pid, 0);
		line_free(&l);
	}
}

static void one_mask_and_never_the_pid(void **state)
{
	struct line l = line_new(&KERNEL_6_1, 5000);

	(void)state;
	assert_int_equal(audit_ctl_set(l.c, WIRE_SET_PID, 1), -EINVAL);
	assert_int_equal(audit_ctl_set(l.c, WIRE_SET_ENABLED | WIRE_SET_FAILURE, 1), -EINVAL);
	assert_int_equal(audit_ctl_set(l.c, 0, 1), -EINVAL);
	assert_int_equal(fake_kernel_requests(l.k, WIRE_SET), 0);
	line_free(&l);
}

/* exit,always of one field that is text, and one that is a number. */
static struct wire_rule *make_rule(const char *text, unsigned field, size_t *n)
{
	struct wire_rule *rule;

	*n = WIRE_RULE_MIN + strlen(text);
	rule = calloc(1, *n);
	assert_non_null(rule);
	rule->flags = WIRE_LIST_EXIT;
	rule->action = WIRE_ALWAYS;
	rule->mask[0] = 4;
	rule->field_count = 2;
	rule->fields[0] = field;
	rule->ops[0] = WIRE_EQUAL;
	rule->values[0] = (uint32_t)strlen(text);
	rule->fields[1] = WIRE_UID;
	rule->ops[1] = WIRE_NOT_EQUAL;
	rule->values[1] = 7;
	rule->buf_size = (uint32_t)strlen(text);
	memcpy(rule->buf, text, strlen(text));
	return rule;
}

struct seen {
	unsigned count;
	size_t bytes;
	char last[64];
};

static void see(void *ctx, const struct wire_rule *rule, size_t n)
{
	struct seen *seen = ctx;

	assert_int_equal(n, WIRE_RULE_MIN + rule->buf_size);
	snprintf(seen->last, sizeof(seen->last), "%.*s", (int)rule->buf_size, rule->buf);
	seen->count++;
	seen->bytes += n;
}

static void rules_come_and_go(void **state)
{
	(void)state;
	for (unsigned i = 0; i < KERNELS; i++) {
		struct line l = line_new(kernels[i], 5000);
		struct seen seen = { 0 };
		size_t n, m, kept;
		struct wire_rule *rule = make_rule("/etc/passwd", WIRE_WATCH, &n), *other = make_rule("/etc/p", WIRE_WATCH, &m);

		assert_int_equal(audit_ctl_rules(l.c, see, &seen), 0);
		assert_int_equal(audit_ctl_add_rule(l.c, rule, n), 0);
		assert_int_equal(audit_ctl_add_rule(l.c, rule, n), -EEXIST);
		assert_int_equal(audit_ctl_delete_rule(l.c, other, m), -ENOENT);
		assert_int_equal(audit_ctl_rules(l.c, see, &seen), 1);
		assert_string_equal(seen.last, "/etc/passwd");
		assert_memory_equal(fake_kernel_rule(l.k, 0, &kept), rule, n);
		assert_int_equal(kept, n);
		assert_int_equal(audit_ctl_delete_rule(l.c, rule, n), 0);
		assert_int_equal(fake_kernel_rules(l.k), 0);
		free(rule);
		free(other);
		line_free(&l);
	}
}

static void refusals_come_as_they_are(void **state)
{
	struct line l = line_new(&KERNEL_EL6, 5000);
	size_t n, m;
	struct wire_rule *exe = make_rule("/bin/sh", WIRE_EXE, &n), *dir = make_rule("/no/such/dir", WIRE_DIR, &m);

	(void)state;
	fake_kernel_missing(l.k, "/no/such");
	assert_int_equal(audit_ctl_add_rule(l.c, exe, n), -EINVAL);
	assert_int_equal(audit_ctl_add_rule(l.c, dir, m), -ENOENT);
	fake_kernel_set(l.k, WIRE_SET_ENABLED, 2);
	assert_int_equal(audit_ctl_add_rule(l.c, dir, m), -EPERM);
	assert_int_equal(audit_ctl_set(l.c, WIRE_SET_BACKLOG_LIMIT, 1), -EPERM);
	assert_int_equal(audit_ctl_add_rule(l.c, exe, WIRE_MESSAGE_MAX + 1), -EMSGSIZE);
	assert_int_equal(fake_kernel_requests(l.k, WIRE_ADD_RULE), 3);
	free(exe);
	free(dir);
	line_free(&l);
}

/* More than a socket's buffer takes. */
static void many_rules(void **state)
{
	struct line l = line_new(&KERNEL_6_1, 5000);
	struct seen seen = { 0 };
	char text[32];
	size_t n;

	(void)state;
	for (unsigned i = 0; i < 250; i++) {
		struct wire_rule *rule;

		snprintf(text, sizeof(text), "/%u", i);
		rule = make_rule(text, WIRE_WATCH, &n);
		fake_kernel_add_rule(l.k, rule, n);
		free(rule);
	}
	assert_int_equal(audit_ctl_rules(l.c, see, &seen), 250);
	assert_int_equal(seen.count, 250);
	assert_int_equal(seen.bytes, 250 * WIRE_RULE_MIN + 10 * 2 + 90 * 3 + 150 * 4);
	assert_string_equal(seen.last, "/249");
	line_free(&l);
}

static struct fake_kernel_traits blocking(const struct fake_kernel_traits *traits, unsigned ms)
{
	struct fake_kernel_traits t = *traits;

	t.block_ms = ms;
	return t;
}

static void slow_answers_are_waited_for(void **state)
{
	struct fake_kernel_traits slow = blocking(&KERNEL_EL7, 60);
	struct line l = line_new(&slow, 5000);
	struct wire_status s;
	int64_t start = now_ms();

	(void)state;
	assert_int_equal(audit_ctl_status(l.c, &s), 0);
	assert_int_equal(audit_ctl_set(l.c, WIRE_SET_BACKLOG_LIMIT, 100), 0);
	assert_true(now_ms() - start >= 119);
	line_free(&l);
}

static void late_answers_are_no_answers(void **state)
{
	struct fake_kernel_traits stuck = blocking(&KERNEL_EL7, FAKE_NEVER);
	struct line l = line_new(&stuck, 40);
	struct audit_ctl *next;
	struct wire_features f;
	struct wire_status s;
	struct seen seen = { 0 };
	int64_t start = now_ms();

	(void)state;
	assert_int_equal(audit_ctl_status(l.c, &s), -ETIMEDOUT);
	assert_int_equal(audit_ctl_rules(l.c, see, &seen), -ETIMEDOUT);
	assert_int_equal(audit_ctl_set(l.c, WIRE_SET_ENABLED, 3), -ETIMEDOUT);
	assert_true(now_ms() - start >= 119);
	assert_true(now_ms() - start < 3000);
	fake_kernel_behave(l.k, &KERNEL_EL7);
	assert_true(fake_kernel_wait(l.k, WIRE_SET, 1));
	/* A status, an end of rules and a refusal lie before what is asked for now, by this one or by another. */
	next = audit_ctl_new(l.fd, 5000);
	assert_int_equal(audit_ctl_features(next, &f), 0);
	assert_int_equal(f.version, 1);
	assert_int_equal(audit_ctl_status(l.c, &s), 0);
	assert_int_equal(s.enabled, 1);
	audit_ctl_free(next);
	line_free(&l);
}

static void on_alarm(int signal)
{
	(void)signal;
}

static void signals_do_not_end_it(void **state)
{
	struct fake_kernel_traits slow = blocking(&KERNEL_6_1, 80);
	struct line l = line_new(&slow, 5000);
	struct sigaction act = { .sa_handler = on_alarm }, old;
	struct itimerval often = { { 0, 5000 }, { 0, 5000 } }, never = { { 0, 0 }, { 0, 0 } };
	struct wire_status s;

	(void)state;
	sigaction(SIGALRM, &act, &old);
	setitimer(ITIMER_REAL, &often, NULL);
	assert_int_equal(audit_ctl_status(l.c, &s), 0);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &old, NULL);
	line_free(&l);
}

/* What is watched meanwhile. */
struct watch {
	int fd;
	unsigned calls, bytes;
};

static void drain(void *ctx)
{
	struct watch *w = ctx;
	char buf[64];
	ssize_t n = read(w->fd, buf, sizeof(buf));

	w->calls++;
	w->bytes += n > 0 ? (unsigned)n : 0;
}

static void records_are_read_meanwhile(void **state)
{
	struct fake_kernel_traits slow = blocking(&KERNEL_EL7, 60);
	struct line l = line_new(&slow, 5000);
	struct watch w = { 0 };
	struct wire_status s;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	w.fd = ends[0];
	audit_ctl_meanwhile(l.c, ends[0], drain, &w);
	assert_int_equal(write(ends[1], "abc", 3), 3);
	assert_int_equal(audit_ctl_status(l.c, &s), 0);
	assert_int_equal(w.calls, 1);
	assert_int_equal(w.bytes, 3);
	/* One that has ended is always ready, and told once a request. */
	close(ends[1]);
	assert_int_equal(audit_ctl_status(l.c, &s), 0);
	assert_int_equal(w.calls, 2);
	audit_ctl_meanwhile(l.c, -1, NULL, NULL);
	assert_int_equal(audit_ctl_status(l.c, &s), 0);
	assert_int_equal(w.calls, 2);
	close(ends[0]);
	line_free(&l);
}

static void the_other_end_is_gone(void **state)
{
	struct line l = line_new(&KERNEL_6_1, 5000);
	struct wire_status s;

	(void)state;
	fake_kernel_free(l.k);
	assert_int_equal(audit_ctl_status(l.c, &s), -EPIPE);
	assert_int_equal(audit_ctl_set(l.c, WIRE_SET_FAILURE, 1), -EPIPE);
	audit_ctl_free(l.c);
	close(l.fd);
}

static void nobody_takes_the_request(void **state)
{
	int pair[2], small = 4096;
	struct audit_ctl *c;
	struct wire_status s;
	char text[512] = "";

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	assert_int_equal(setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
	while (send(pair[0], text, sizeof(text), MSG_DONTWAIT) > 0) {
	}
	c = audit_ctl_new(pair[0], 50);
	assert_int_equal(audit_ctl_status(c, &s), -ETIMEDOUT);
	audit_ctl_free(c);
	close(pair[0]);
	close(pair[1]);
}

/* A kernel that answers one request by what a test lays down: datagrams, after which the right status may come. */
struct script {
	int fd;
	struct {
		uint32_t length; /* nlmsg_len; 0: as it is */
		uint16_t type;
		int seq;         /* that of the request, and this */
		size_t n;        /* bytes of payload; SIZE_MAX: shorter than a header */
		uint32_t words[12];
	} lines[6];
	unsigned count;
	bool then_status, flood;
};

static void *play(void *ctx)
{
	const struct script *s = ctx;
	struct nlmsghdr request = { 0 };
	struct {
		struct nlmsghdr h;
		char payload[WIRE_RULE_MIN + 64];
	} m;
	struct wire_status status = { .enabled = 1, .backlog = 3 };

	if (recv(s->fd, &request, sizeof(request), 0) != sizeof(request))
		return NULL;
	do {
		for (unsigned i = 0; i < s->count; i++) {
			size_t n = s->lines[i].n == SIZE_MAX ? 8 : sizeof(m.h) + s->lines[i].n;

			memset(&m, 0, sizeof(m));
			m.h.nlmsg_len = s->lines[i].length ? s->lines[i].length : (uint32_t)n;
			m.h.nlmsg_type = s->lines[i].type;
			m.h.nlmsg_seq = request.nlmsg_seq + (uint32_t)s->lines[i].seq;
			memcpy(m.payload, s->lines[i].words, sizeof(s->lines[i].words));
			if (send(s->fd, &m, n, MSG_NOSIGNAL) < 0)
				return NULL;
		}
	} while (s->flood);
	if (s->then_status) {
		m.h = (struct nlmsghdr){ sizeof(m.h) + sizeof(status), WIRE_GET, 0, request.nlmsg_seq, 0 };
		memcpy(m.payload, &status, sizeof(status));
		send(s->fd, &m, m.h.nlmsg_len, MSG_NOSIGNAL);
	}
	return NULL;
}

/* The result of a request for the status, or for the rules. */
static int run_script(struct script *script, bool rules, int timeout_ms, struct wire_status *status)
{
	struct seen seen = { 0 };
	struct audit_ctl *c;
	pthread_t thread;
	int pair[2], rc;

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	script->fd = pair[1];
	c = audit_ctl_new(pair[0], timeout_ms);
	assert_int_equal(pthread_create(&thread, NULL, play, script), 0);
	rc = rules ? audit_ctl_rules(c, see, &seen) : audit_ctl_status(c, status);
	audit_ctl_free(c);
	close(pair[0]);
	pthread_join(thread, NULL);
	close(pair[1]);
	return rc;
}

static void what_is_no_answer_is_passed_over(void **state)
{
	struct script script = {
		.lines = {
			{ .n = SIZE_MAX, .type = NLMSG_ERROR },
			/* As a record of unicast: its length lacks the header. */
			{ .n = 40, .length = 40, .type = 1300, .seq = 99 },
			/* Longer than what came, by much: signed, it is negative. */
			{ .n = 44, .length = 0x80000010, .type = WIRE_GET },
			{ .n = 44, .length = 61, .type = WIRE_GET },
			{ .n = 4, .type = NLMSG_ERROR, .seq = -1, .words = { (uint32_t)-EPERM } },
			/* Acknowledged before the reply, which nobody asked for. */
			{ .n = 20, .type = NLMSG_ERROR }
		},
		.count = 6, .then_status = true
	};
	struct wire_status s;

	(void)state;
	assert_int_equal(run_script(&script, false, 5000, &s), 0);
	assert_int_equal(s.backlog, 3);
}

static void answers_without_sense(void **state)
{
	static const struct {
		bool rules;
		uint16_t type;
		size_t n;
		uint32_t word;
		int rc;
	} cases[] = {
		{ false, WIRE_GET, WIRE_STATUS_MIN - 1, 0, -EPROTO },
		{ false, WIRE_LIST_RULES, 44, 0, -EPROTO },
		{ false, NLMSG_ERROR, 3, 0, -EPROTO },
		{ false, NLMSG_ERROR, 20, (uint32_t)-ECONNREFUSED, -ECONNREFUSED },
		{ false, NLMSG_ERROR, 4, (uint32_t)-EPERM, -EPERM },
		{ true, WIRE_LIST_RULES, WIRE_RULE_MIN - 1, 0, -EPROTO },
		{ true, WIRE_GET, WIRE_RULE_MIN, 0, -EPROTO },
		{ true, NLMSG_DONE, 0, 0, 0 }
	};
	struct wire_status s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct script script = { .count = 1 };

		script.lines[0].type = cases[i].type;
		script.lines[0].n = cases[i].n;
		script.lines[0].words[0] = cases[i].word;
		assert_int_equal(run_script(&script, cases[i].rules, 5000, &s), cases[i].rc);
	}
}

static void a_rule_beyond_its_message(void **state)
{
	struct script script = { .count = 1 };
	struct line l = line_new(&KERNEL_6_1, 5000);
	struct seen seen = { 0 };
	size_t n;
	struct wire_rule *rule = make_rule("/etc", WIRE_WATCH, &n);

	(void)state;
	script.lines[0].type = WIRE_LIST_RULES;
	script.lines[0].n = WIRE_RULE_MIN;
	script.lines[0].words[2] = WIRE_FIELDS_MAX + 1; /* field_count */
	assert_int_equal(run_script(&script, true, 5000, NULL), -EPROTO);
	rule->buf_size++;
	fake_kernel_add_rule(l.k, rule, n);
	assert_int_equal(audit_ctl_rules(l.c, see, &seen), -EPROTO);
	assert_int_equal(seen.count, 0);
	free(rule);
	line_free(&l);
}

static void a_flood_ends_by_the_clock(void **state)
{
	struct script script = { .lines = { { .n = 4, .type = 1300, .seq = 5 } }, .count = 1, .flood = true };
	struct wire_status s;

	(void)state;
	assert_int_equal(run_script(&script, false, 50, &s), -ETIMEDOUT);
}

static void the_pid_is_set_by_who_wants_records(void **state)
{
	struct fake_kernel *k = fake_kernel_new(&KERNEL_6_1);
	union {
		struct nlmsghdr h;
		char bytes[AUDIT_CTL_PID_SIZE];
	} m;
	struct wire_status s;
	int fd = fake_kernel_events(k, false);
	size_t n = audit_ctl_pid_message(m.bytes, 1234, 77);

	(void)state;
	assert_true(n <= AUDIT_CTL_PID_SIZE);
	assert_int_equal(n, m.h.nlmsg_len);
	assert_int_equal(m.h.nlmsg_seq, 77);
	assert_int_equal(m.h.nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	assert_int_equal(send(fd, m.bytes, n, 0), n);
	assert_true(fake_kernel_wait(k, WIRE_SET, 1));
	fake_kernel_status(k, &s);
	assert_int_equal(s.pid, 1234);
	close(fd);
	fake_kernel_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(status_of_every_size),
		cmocka_unit_test(features_by_kernel),
		cmocka_unit_test(settings_one_by_one),
		cmocka_unit_test(one_mask_and_never_the_pid),
		cmocka_unit_test(rules_come_and_go),
		cmocka_unit_test(refusals_come_as_they_are),
		cmocka_unit_test(many_rules),
		cmocka_unit_test(slow_answers_are_waited_for),
		cmocka_unit_test(late_answers_are_no_answers),
		cmocka_unit_test(signals_do_not_end_it),
		cmocka_unit_test(records_are_read_meanwhile),
		cmocka_unit_test(the_other_end_is_gone),
		cmocka_unit_test(nobody_takes_the_request),
		cmocka_unit_test(what_is_no_answer_is_passed_over),
		cmocka_unit_test(answers_without_sense),
		cmocka_unit_test(a_rule_beyond_its_message),
		cmocka_unit_test(a_flood_ends_by_the_clock),
		cmocka_unit_test(the_pid_is_set_by_who_wants_records)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
