/* The kernel of the other tests keeps its word: what they prove rests on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_kernel.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROOM = 64 };

/* A datagram as it came. */
struct got {
	union {
		struct nlmsghdr h;
		char bytes[ROOM];
	} u;
	unsigned n, sender;
	bool cut;
};

static int receive(int fd, struct got *got)
{
	struct sockaddr_nl from;
	struct iovec part = { got->u.bytes, ROOM };
	struct mmsghdr m;
	int rc;

	memset(got, 0, sizeof(*got));
	memset(&m, 0, sizeof(m));
	m.msg_hdr.msg_name = &from;
	m.msg_hdr.msg_namelen = sizeof(from);
	m.msg_hdr.msg_iov = &part;
	m.msg_hdr.msg_iovlen = 1;
	rc = fake_kernel_receive(fd, &m, 1);
	if (rc > 0) {
		assert_int_equal(m.msg_hdr.msg_namelen, sizeof(from));
		assert_int_equal(from.nl_family, AF_NETLINK);
		got->n = m.msg_len;
		got->sender = from.nl_pid;
		got->cut = m.msg_hdr.msg_flags & MSG_TRUNC;
	}
	return rc;
}

/* AUDIT_SET of the pid: the code that comes back, through whatever lies before it. */
static int set_pid(int fd, uint32_t pid)
{
	struct {
		struct nlmsghdr h;
		struct wire_status s;
	} m = {
		{ sizeof(m), WIRE_SET, NLM_F_REQUEST | NLM_F_ACK, 7, 0 },
		{ .mask = WIRE_SET_PID, .pid = pid }
	};
	struct pollfd readable = { fd, POLLIN, 0 };
	struct got got;
	int32_t code;

	assert_int_equal(send(fd, &m, sizeof(m), 0), sizeof(m));
	do {
		assert_int_equal(poll(&readable, 1, 5000), 1);
		assert_int_equal(receive(fd, &got), 1);
	} while (got.u.h.nlmsg_seq != 7);
	assert_int_equal(got.u.h.nlmsg_type, NLMSG_ERROR);
	memcpy(&code, got.u.bytes + NLMSG_HDRLEN, sizeof(code));
	return code;
}

static uint32_t owner(struct fake_kernel *k)
{
	struct wire_status s;

	fake_kernel_status(k, &s);
	return s.pid;
}

static void lengths_of_unicast_and_multicast(void **state)
{
	struct fake_kernel *k = fake_kernel_new(&KERNEL_6_1);
	int one = fake_kernel_events(k, false), many = fake_kernel_events(k, true);
	struct got got;

	(void)state;
	assert_int_equal(fake_kernel_record(k, 1300, "text"), 1);
	assert_int_equal(set_pid(one, 99), 0);
	assert_int_equal(owner(k), 99);
	assert_int_equal(fake_kernel_record(k, 1300, "text"), 2);
	assert_int_equal(receive(one, &got), 1);
	assert_int_equal(got.n, 20);
	assert_int_equal(got.u.h.nlmsg_len, 4);
	assert_int_equal(got.u.h.nlmsg_type, 1300);
	assert_memory_equal(got.u.bytes + 16, "text", 4);
	assert_int_equal(receive(one, &got), -EAGAIN);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(receive(many, &got), 1);
		assert_int_equal(got.n, 20);
		assert_int_equal(got.u.h.nlmsg_len, 20);
	}
	assert_int_equal(receive(many, &got), -EAGAIN);
	assert_int_equal(set_pid(one, 0), 0);
	assert_int_equal(fake_kernel_record(k, 1300, "text"), 1);
	close(one);
	close(many);
	fake_kernel_free(k);
}

static void old_groups_are_silent(void **state)
{
	struct fake_kernel *k = fake_kernel_new(&KERNEL_EL7);
	int many = fake_kernel_events(k, true);
	struct got got;

	(void)state;
	assert_int_equal(fake_kernel_record(k, 1300, "text"), 0);
	assert_int_equal(receive(many, &got), -EAGAIN);
	close(many);
	fake_kernel_free(k);
}

static void a_live_owner_is_told(void **state)
{
	struct fake_kernel *k = fake_kernel_new(&KERNEL_EL7);
	int one = fake_kernel_events(k, false), two = fake_kernel_events(k, false);
	struct got got;
	uint32_t pid;

	(void)state;
	assert_int_equal(set_pid(one, 10), 0);
	assert_int_equal(set_pid(two, 20), -EEXIST);
	assert_int_equal(set_pid(two, 0), -EACCES);
	assert_int_equal(receive(one, &got), 1);
	assert_int_equal(got.u.h.nlmsg_type, WIRE_REPLACE);
	memcpy(&pid, got.u.bytes + 16, sizeof(pid));
	assert_int_equal(pid, 20);
	assert_int_equal(set_pid(one, 10), -EEXIST);
	assert_int_equal(fake_kernel_rival(k, 30), -EEXIST);
	/* A dead one is known to be dead only when it is looked for. */
	close(one);
	assert_int_equal(owner(k), 10);
	assert_int_equal(set_pid(two, 20), 0);
	close(two);
	assert_int_equal(fake_kernel_record(k, 1300, "text"), 0);
	assert_int_equal(owner(k), 0);
	/* One elsewhere lives on. */
	fake_kernel_set(k, WIRE_SET_PID, 40);
	assert_int_equal(fake_kernel_rival(k, 50), -EEXIST);
	fake_kernel_free(k);
}

static void old_kernels_let_it_be_stolen(void **state)
{
	struct fake_kernel *k = fake_kernel_new(&KERNEL_EL6);
	int one = fake_kernel_events(k, false), two = fake_kernel_events(k, false);
	struct got got;

	(void)state;
	assert_int_equal(set_pid(one, 10), 0);
	assert_int_equal(set_pid(two, 20), 0);
	assert_int_equal(owner(k), 20);
	assert_int_equal(receive(one, &got), -EAGAIN);
	assert_int_equal(fake_kernel_rival(k, 30), 0);
	assert_int_equal(fake_kernel_record(k, 1300, "text"), 0);
	close(one);
	close(two);
	fake_kernel_free(k);
}

static void a_grant_can_be_forgotten(void **state)
{
	struct fake_kernel_traits traits = KERNEL_EL7;
	struct fake_kernel *k;
	int one, wait = 0;

	(void)state;
	traits.forget_ms = 30;
	k = fake_kernel_new(&traits);
	one = fake_kernel_events(k, false);
	assert_int_equal(set_pid(one, 10), 0);
	while (owner(k) && wait++ < 500)
		poll(NULL, 0, 10);
	assert_int_equal(owner(k), 0);
	assert_int_equal(fake_kernel_record(k, 1300, "text"), 0);
	close(one);
	fake_kernel_free(k);
}

static void odd_datagrams(void **state)
{
	struct fake_kernel *k = fake_kernel_new(&KERNEL_6_1);
	int many = fake_kernel_events(k, true);
	char bytes[ROOM + 1] = "short";
	struct got got;

	(void)state;
	assert_int_equal(fake_kernel_datagram(k, bytes, 5, 0), 1);
	fake_kernel_overrun(k);
	assert_int_equal(fake_kernel_datagram(k, bytes, sizeof(bytes), 4711), 1);
	assert_int_equal(receive(many, &got), 1);
	assert_int_equal(got.n, 5);
	assert_int_equal(got.sender, 0);
	assert_false(got.cut);
	assert_int_equal(receive(many, &got), -ENOBUFS);
	assert_int_equal(receive(many, &got), 1);
	assert_int_equal(got.n, ROOM);
	assert_int_equal(got.sender, 4711);
	assert_true(got.cut);
	fake_kernel_free(k);
	assert_int_equal(receive(many, &got), 0);
	close(many);
}

static void a_full_socket_loses(void **state)
{
	struct fake_kernel *k = fake_kernel_new(&KERNEL_6_1);
	int one = fake_kernel_events(k, false);
	unsigned sent = 0, kept = 0;
	struct wire_status s;
	struct got got;

	(void)state;
	assert_int_equal(set_pid(one, 10), 0);
	while (sent < 100000 && fake_kernel_record(k, 1300, "text"))
		sent++;
	assert_true(sent > 50 && sent < 100000);
	fake_kernel_status(k, &s);
	assert_int_equal(s.lost, 1);
	assert_int_equal(s.pid, 10);
	while (receive(one, &got) == 1)
		kept++;
	assert_int_equal(kept, sent);
	close(one);
	fake_kernel_free(k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lengths_of_unicast_and_multicast),
		cmocka_unit_test(old_groups_are_silent),
		cmocka_unit_test(a_live_owner_is_told),
		cmocka_unit_test(old_kernels_let_it_be_stolen),
		cmocka_unit_test(a_grant_can_be_forgotten),
		cmocka_unit_test(odd_datagrams),
		cmocka_unit_test(a_full_socket_loses)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
