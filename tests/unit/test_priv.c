#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_kernel.h"
#include "sys/audit_ctl.h"
#include "sys/priv_serve.h"

#include <dirent.h>
#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* The kernel's netlink socket is never opened here: the process gets a connection to the fake one. */
struct house {
	struct fake_kernel *k;
	int kernel; /* our copy of the process's connection */
	struct priv p;
	struct audit_ctl *c;
};

static struct house house_new(const struct fake_kernel_traits *traits, int timeout_ms)
{
	struct house h = { .k = fake_kernel_new(traits) };
	struct err err;

	/* Of the group: so that the fake can send it whatever it likes. */
	h.kernel = fake_kernel_events(h.k, true);
	assert_int_equal(priv_start(&h.p, h.kernel, fake_kernel_receive, &err), 0);
	h.c = audit_ctl_new(h.p.fd, timeout_ms);
	assert_non_null(h.c);
	return h;
}

static bool is_running(pid_t pid)
{
	return kill(pid, 0) == 0;
}

static void house_free(struct house *h)
{
	pid_t pid = h->p.pid;

	audit_ctl_free(h->c);
	priv_close(&h->p);
	assert_int_equal(h->p.fd, -1);
	assert_false(is_running(pid));
	close(h->kernel);
	fake_kernel_free(h->k);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void count_rule(void *ctx, const struct wire_rule *rule, size_t n)
{
	assert_int_equal(n, WIRE_RULE_MIN + rule->buf_size);
	(*(unsigned *)ctx)++;
}

static void requests_go_through(void **state)
{
	struct house h = house_new(&KERNEL_6_1, 5000);
	struct wire_rule rule = { .flags = WIRE_LIST_EXIT, .action = WIRE_ALWAYS };
	struct wire_features f;
	struct wire_status s;
	unsigned count = 0;

	(void)state;
	assert_int_equal(audit_ctl_set(h.c, WIRE_SET_BACKLOG_LIMIT, 8192), 0);
	assert_int_equal(audit_ctl_status(h.c, &s), 0);
	assert_int_equal(s.backlog_limit, 8192);
	assert_int_equal(audit_ctl_features(h.c, &f), 0);
	assert_int_equal(audit_ctl_add_rule(h.c, &rule, WIRE_RULE_MIN), 0);
	assert_int_equal(audit_ctl_add_rule(h.c, &rule, WIRE_RULE_MIN), -EEXIST);
	assert_int_equal(audit_ctl_rules(h.c, count_rule, &count), 1);
	assert_int_equal(count, 1);
	assert_int_equal(audit_ctl_delete_rule(h.c, &rule, WIRE_RULE_MIN), 0);
	assert_int_equal(audit_ctl_delete_rule(h.c, &rule, WIRE_RULE_MIN), -ENOENT);
	house_free(&h);
}

struct request {
	struct nlmsghdr h;
	char payload[WIRE_BUFFER + 1000];
};

static struct request make_request(unsigned type, size_t n)
{
	struct request r;

	memset(&r, 0, sizeof(r));
	r.h = (struct nlmsghdr){ (uint32_t)(sizeof(r.h) + n), (uint16_t)type, NLM_F_REQUEST | NLM_F_ACK, 42, 0 };
	return r;
}

/* The answer's code: of an acknowledgement, which must come. */
static int send_raw(const struct house *h, const struct request *r, size_t n)
{
	struct {
		struct nlmsghdr h;
		struct nlmsgerr error;
		char rest[WIRE_BUFFER];
	} m;
	struct pollfd readable = { h->p.fd, POLLIN, 0 };

	assert_int_equal(send(h->p.fd, r, n, 0), n);
	assert_int_equal(poll(&readable, 1, 5000), 1);
	assert_true(recv(h->p.fd, &m, sizeof(m), 0) >= (ssize_t)(sizeof(m.h) + sizeof(m.error.error)));
	assert_int_equal(m.h.nlmsg_type, NLMSG_ERROR);
	assert_int_equal(m.h.nlmsg_seq, 42);
	return m.error.error;
}

/* A request with one word in its payload. */
struct refused {
	unsigned type;
	size_t n, at;
	uint32_t word;
};

static void only_the_verbs_of_the_table(void **state)
{
	static const struct refused cases[] = {
		{ WIRE_GET, 4, 0, 0 },
		{ WIRE_LIST_RULES, 4, 0, 0 },
		{ WIRE_GET_FEATURE, 16, 0, 0 },
		{ WIRE_SET_FEATURE, 16, 0, 0 },
		{ WIRE_SET, 44, 0, WIRE_SET_PID },
		{ WIRE_SET, 44, 0, WIRE_SET_PID | WIRE_SET_ENABLED },
		{ WIRE_SET, 44, 0, UINT32_MAX },
		{ WIRE_SET, 44, 0, 0 },
		{ WIRE_SET, WIRE_STATUS_MIN - 4, 0, WIRE_SET_ENABLED },
		{ WIRE_SET, 48, 0, WIRE_SET_ENABLED },
		{ WIRE_ADD_RULE, WIRE_RULE_MIN - 1, 0, 0 },
		{ WIRE_DEL_RULE, WIRE_RULE_MIN - 1, 0, 0 },
		{ WIRE_ADD_RULE, WIRE_RULE_MIN, offsetof(struct wire_rule, buf_size), 1 },
		{ WIRE_ADD_RULE, WIRE_RULE_MIN, offsetof(struct wire_rule, field_count), WIRE_FIELDS_MAX + 1 },
		{ WIRE_ADD_RULE, WIRE_MESSAGE_MAX + 3, 0, 0 },
		{ WIRE_TRUSTED_APP, WIRE_MESSAGE_MAX + 3, 0, 0 },
		{ 1003 /* ADD of old */, WIRE_RULE_MIN, 0, 0 },
		{ 1005 /* USER */, 8, 0, 0 },
		{ 1015 /* TRIM */, 0, 0, 0 },
		{ 1016 /* MAKE_EQUIV */, 16, 0, 0 },
		{ WIRE_FIRST_RECORD + 12, 8, 0, 0 },
		{ NLMSG_NOOP, 0, 0, 0 },
		{ 65535, 0, 0, 0 }
	};
	struct house h = house_new(&KERNEL_6_1, 5000);
	struct wire_status s;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct request r = make_request(cases[i].type, cases[i].n);

		memcpy(r.payload + cases[i].at, &cases[i].word, sizeof(cases[i].word));
		assert_int_equal(send_raw(&h, &r, r.h.nlmsg_len), -EPERM);
		assert_int_equal(fake_kernel_requests(h.k, cases[i].type), 0);
	}
	fake_kernel_status(h.k, &s);
	assert_int_equal(s.pid, 0);
	assert_int_equal(fake_kernel_rules(h.k), 0);
	house_free(&h);
}

static void lengths_must_agree(void **state)
{
	struct house h = house_new(&KERNEL_6_1, 5000);
	struct request r = make_request(WIRE_GET, 0);
	struct wire_status s;

	(void)state;
	r.h.nlmsg_len = sizeof(r.h) + 1;
	assert_int_equal(send_raw(&h, &r, sizeof(r.h)), -EPERM);
	r.h.nlmsg_len = 0x80000010;
	assert_int_equal(send_raw(&h, &r, sizeof(r.h)), -EPERM);
	r.h.nlmsg_len = sizeof(r.h) - 1;
	assert_int_equal(send_raw(&h, &r, sizeof(r.h)), -EPERM);
	/* Longer than any buffer: what came of it does not pass for the whole. */
	r = make_request(WIRE_TRUSTED_APP, WIRE_BUFFER + 500);
	assert_int_equal(send_raw(&h, &r, r.h.nlmsg_len), -EPERM);
	/* Shorter than a header: there is nobody to answer. */
	assert_int_equal(send(h.p.fd, &r, 15, 0), 15);
	assert_int_equal(fake_kernel_requests(h.k, WIRE_GET), 0);
	assert_int_equal(fake_kernel_requests(h.k, WIRE_TRUSTED_APP), 0);
	assert_int_equal(audit_ctl_status(h.c, &s), 0);
	house_free(&h);
}

/* The kernel would look at it, we did not. */
static void nothing_behind_the_first_message(void **state)
{
	struct request r = make_request(WIRE_TRUSTED_APP, 4), second = make_request(WIRE_SET, 44);
	size_t n = r.h.nlmsg_len + second.h.nlmsg_len;
	int pair[2], kernel[2];
	char got[256];

	(void)state;
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, kernel), 0);
	memcpy(r.payload + 4, &second, second.h.nlmsg_len);
	assert_int_equal(send(pair[0], &r, n, 0), n);
	assert_int_equal(shutdown(pair[0], SHUT_WR), 0);
	assert_int_equal(priv_serve(pair[1], kernel[1], compat_receive), 0);
	assert_int_equal(recv(kernel[0], got, sizeof(got), 0), r.h.nlmsg_len);
	assert_memory_equal(got, &r, r.h.nlmsg_len);
	for (int i = 0; i < 2; i++) {
		close(pair[i]);
		close(kernel[i]);
	}
}

static void only_the_kernel_is_heard(void **state)
{
	struct house h = house_new(&KERNEL_6_1, 5000);
	struct request r = make_request(NLMSG_ERROR, 20);
	struct pollfd readable = { h.p.fd, POLLIN, 0 };
	char got[64];

	(void)state;
	assert_int_equal(fake_kernel_datagram(h.k, &r, r.h.nlmsg_len, 4711), 1);
	fake_kernel_overrun(h.k);
	r.h.nlmsg_seq = 43;
	/* Passed with the length that was received, whatever the header says. */
	r.h.nlmsg_len = 17;
	assert_int_equal(fake_kernel_datagram(h.k, &r, 30, 0), 1);
	assert_int_equal(poll(&readable, 1, 5000), 1);
	assert_int_equal(recv(h.p.fd, got, sizeof(got), 0), 30);
	assert_memory_equal(got, &r, 30);
	assert_int_equal(recv(h.p.fd, got, sizeof(got), MSG_DONTWAIT), -1);
	house_free(&h);
}

/* A number behind `name` in a status file of proc(5). */
static bool read_status(pid_t pid, const char *name, int base, uint64_t *value)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	f = fopen(path, "r");
	assert_non_null(f);
	*value = 0;
	while (fgets(line, sizeof(line), f)) {
		if (strncmp(line, name, strlen(name)) == 0) {
			*value = strtoull(line + strlen(name), NULL, base);
			fclose(f);
			return true;
		}
	}
	fclose(f);
	return false;
}

static void it_has_little(void **state)
{
	struct house h = house_new(&KERNEL_6_1, 5000);
	const uint64_t audit = 1ull << 29 | 1ull << 30, signals = 1u << 0 | 1u << 1 | 1u << 9 | 1u << 11 | 1u << 14;
	uint64_t ours, theirs;
	char path[64], text[64];
	struct dirent *e;
	unsigned open_there = 0;
	ssize_t n;
	DIR *d;

	(void)state;
	assert_true(read_status(getpid(), "CapPrm:", 16, &ours));
	assert_true(read_status(h.p.pid, "CapPrm:", 16, &theirs));
	assert_int_equal(theirs, ours & audit);
	assert_true(read_status(h.p.pid, "CapEff:", 16, &theirs));
	assert_int_equal(theirs, ours & audit);
	assert_true(read_status(h.p.pid, "CapInh:", 16, &theirs));
	assert_int_equal(theirs, 0);
	assert_true(read_status(h.p.pid, "SigIgn:", 16, &theirs));
	assert_int_equal(theirs & signals, signals);
	if (read_status(h.p.pid, "NoNewPrivs:", 10, &theirs))
		assert_int_equal(theirs, 1);
	snprintf(path, sizeof(path), "/proc/%d/cwd", (int)h.p.pid);
	n = readlink(path, text, sizeof(text));
	assert_true(n == 1 && text[0] == '/');
	snprintf(path, sizeof(path), "/proc/%d/fd", (int)h.p.pid);
	d = opendir(path);
	assert_non_null(d);
	/* A debugger may keep its own above. */
	while ((e = readdir(d)))
		open_there += e->d_name[0] != '.' && atoi(e->d_name) < 200;
	closedir(d);
	assert_int_equal(open_there, 5);
	house_free(&h);
}

static void signals_of_the_terminal_pass_by(void **state)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2 };
	struct house h = house_new(&KERNEL_6_1, 5000);
	struct wire_status s;

	(void)state;
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		assert_int_equal(kill(h.p.pid, signals[i]), 0);
	assert_int_equal(audit_ctl_status(h.c, &s), 0);
	house_free(&h);
}

static struct fake_kernel_traits stuck(void)
{
	struct fake_kernel_traits t = KERNEL_EL7;

	t.block_ms = FAKE_NEVER;
	return t;
}

/* The kernel holds a call up: it waits, we don't. */
static void a_stuck_kernel_holds_up_nobody_else(void **state)
{
	struct fake_kernel_traits traits = stuck();
	struct fake_kernel *k = fake_kernel_new(&traits);
	struct request r = make_request(WIRE_TRUSTED_APP, 1000);
	int kernel = fake_kernel_control(k), small = 4096, status;
	struct wire_status s;
	struct audit_ctl *c;
	struct priv p;
	struct err err;
	int64_t start;
	pid_t pid;

	(void)state;
	assert_int_equal(setsockopt(kernel, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)), 0);
	assert_int_equal(priv_start(&p, kernel, fake_kernel_receive, &err), 0);
	for (int i = 0; i < 50; i++)
		assert_int_equal(send(p.fd, &r, r.h.nlmsg_len, MSG_DONTWAIT), r.h.nlmsg_len);
	c = audit_ctl_new(p.fd, 50);
	start = now_ms();
	assert_int_equal(audit_ctl_status(c, &s), -ETIMEDOUT);
	assert_true(now_ms() - start < 3000);
	audit_ctl_free(c);
	pid = p.pid;
	start = now_ms();
	priv_close(&p);
	assert_true(now_ms() - start >= 900);
	assert_true(now_ms() - start < 5000);
	assert_true(is_running(pid));
	/* Left to itself, it ends when the kernel lets go. */
	close(kernel);
	fake_kernel_free(k);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
}

static void it_ends_with_the_kernel(void **state)
{
	struct house h = house_new(&KERNEL_6_1, 5000);
	struct wire_status s;
	int status;

	(void)state;
	close(h.kernel);
	fake_kernel_free(h.k);
	assert_int_equal(waitpid(h.p.pid, &status, 0), h.p.pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(audit_ctl_status(h.c, &s), -EPIPE);
	audit_ctl_free(h.c);
	priv_close(&h.p);
}

static void what_fails_at_the_start_is_told(void **state)
{
	struct priv p;
	struct err err = { 0 };

	(void)state;
	assert_int_equal(priv_start(&p, 9999, fake_kernel_receive, &err), -EBADF);
	assert_int_equal(err.code, -EBADF);
	assert_string_equal(err.what, "the privileged process can't sort out its descriptors: Bad file descriptor");
	assert_int_equal(p.fd, -1);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	priv_close(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_go_through),
		cmocka_unit_test(only_the_verbs_of_the_table),
		cmocka_unit_test(lengths_must_agree),
		cmocka_unit_test(nothing_behind_the_first_message),
		cmocka_unit_test(only_the_kernel_is_heard),
		cmocka_unit_test(it_has_little),
		cmocka_unit_test(signals_of_the_terminal_pass_by),
		cmocka_unit_test(a_stuck_kernel_holds_up_nobody_else),
		cmocka_unit_test(it_ends_with_the_kernel),
		cmocka_unit_test(what_fails_at_the_start_is_told)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
