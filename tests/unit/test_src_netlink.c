#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "source/src_netlink.h"
#include "sys/audit_wire.h"

#include "collect.h"
#include "fake_kernel.h"

#include <errno.h>
#include <linux/netlink.h>
#include <poll.h>
#include <unistd.h>

#define ME 4711

/* A kernel, and the source that listens to it. */
struct rig {
	struct fake_kernel *k;
	int fd;
	struct src_netlink *s;
	struct source *source;
	struct collect got;
};

/* `group`: what the kernel takes it for. */
static void rig_open(struct rig *r, const struct fake_kernel_traits *traits, bool group, bool multicast)
{
	struct source_sink sink = collect_sink(&r->got);
	struct src_netlink_options options = {
		.multicast = multicast, .receive_buffer = 65536, .receive = fake_kernel_receive
	};
	struct err err;

	r->k = fake_kernel_new(traits);
	r->fd = options.fd = fake_kernel_events(r->k, group);
	assert_int_equal(src_netlink_open(&r->s, &options, &sink, &err), 0);
	r->source = src_netlink_source(r->s);
	assert_int_equal(r->source->ops->fd(r->source), r->fd);
}

static void rig_up(struct rig *r, bool multicast)
{
	rig_open(r, &KERNEL_6_1, multicast, multicast);
}

static void rig_down(struct rig *r)
{
	r->source->ops->close(r->source);
	close(r->fd);
	fake_kernel_free(r->k);
	collect_release(&r->got);
}

static int read_one(struct rig *r)
{
	return r->source->ops->read(r->source);
}

static void drain(struct rig *r)
{
	int rc;

	do
		rc = read_one(r);
	while (rc > 0);
	assert_int_equal(rc, -EAGAIN);
}

static struct source_counts counts(const struct rig *r)
{
	struct source_counts c;

	r->source->ops->counts(r->source, &c);
	return c;
}

static enum src_netlink_claim answer(struct rig *r)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };

	while (src_netlink_claim(r->s) == CLAIM_SENT) {
		assert_int_equal(poll(&p, 1, 5000), 1);
		drain(r);
	}
	return src_netlink_claim(r->s);
}

static void own(struct rig *r)
{
	assert_int_equal(src_netlink_claim(r->s), CLAIM_NONE);
	assert_int_equal(src_netlink_register(r->s, ME), 0);
	assert_int_equal(answer(r), CLAIM_GRANTED);
}

/* A datagram of this type and payload; its nlmsg_len is nonsense. */
static void send_bytes(struct rig *r, unsigned type, const void *p, size_t n, uint32_t sender)
{
	struct nlmsghdr h = { .nlmsg_len = 7, .nlmsg_type = (uint16_t)type, .nlmsg_pid = 99 };
	char *message = malloc(sizeof(h) + n + 1);

	assert_non_null(message);
	memcpy(message, &h, sizeof(h));
	memcpy(message + sizeof(h), p, n);
	assert_int_equal(fake_kernel_datagram(r->k, message, sizeof(h) + n, sender), 1);
	free(message);
}

static void the_received_length_counts(void **state)
{
	struct rig r;

	(void)state;
	for (int multicast = 0; multicast < 2; multicast++) {
		rig_up(&r, multicast);
		if (!multicast)
			own(&r);
		assert_int_equal(fake_kernel_record(r.k, 1300, "audit(1.000:1): arch=c000003e key=\"whole\""), 1);
		assert_int_equal(fake_kernel_record(r.k, 1320, "audit(1.000:1): "), 1);
		drain(&r);
		assert_string_equal(r.got.text,
			"D1300:audit(1.000:1): arch=c000003e key=\"whole\"\nD1320:audit(1.000:1): \n");
		assert_string_equal(r.source->ops->origin, multicast ? "audit-multicast" : "audit");
		rig_down(&r);
	}
}

/* collect.h sees to it that nothing changes before settle. */
static void batches_follow_one_another(void **state)
{
	struct rig r;
	char text[128], *at;

	(void)state;
	rig_up(&r, true);
	for (int i = 0; i < 150; i++) {
		snprintf(text, sizeof(text), "audit(1.000:%d): %.*s", i, i % 40, "0123456789012345678901234567890123456789");
		assert_int_equal(fake_kernel_record(r.k, 1300, text), 1);
	}
	assert_int_equal(read_one(&r), 64);
	assert_int_equal(r.got.settled, 0);
	assert_int_equal(read_one(&r), 64);
	assert_int_equal(r.got.settled, 1);
	assert_int_equal(read_one(&r), 22);
	assert_int_equal(read_one(&r), -EAGAIN);
	assert_int_equal(r.got.settled, 3);
	assert_int_equal(read_one(&r), -EAGAIN);
	assert_int_equal(r.got.settled, 3);
	at = r.got.text;
	for (int i = 0; i < 150; i++) {
		int n = snprintf(text, sizeof(text), "D1300:audit(1.000:%d): %.*s\n", i, i % 40,
			"0123456789012345678901234567890123456789");

		assert_memory_equal(at, text, (size_t)n);
		at += n;
	}
	assert_int_equal(*at, '\0');
	rig_down(&r);
}

static void closing_settles(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, true);
	assert_int_equal(fake_kernel_record(r.k, 1300, "audit(1.000:1): a"), 1);
	assert_int_equal(read_one(&r), 1);
	assert_int_equal(r.got.settled, 0);
	rig_down(&r);
	assert_int_equal(r.got.settled, 1);
}

static void ends_are_cut(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, true);
	send_bytes(&r, 1300, "audit(1.000:1): a\0", 18, 0);
	send_bytes(&r, 1400, "audit(1.000:1): b\n\0\0\n", 21, 0);
	send_bytes(&r, 1400, "audit(1.000:1): c\nd", 19, 0);
	drain(&r);
	assert_string_equal(r.got.text,
		"D1300:audit(1.000:1): a\nD1400:audit(1.000:1): b\nD1400:audit(1.000:1): c\nd\n");
	rig_down(&r);
}

static void what_is_no_record_is_ignored(void **state)
{
	static const unsigned no_records[] = { 0, NLMSG_ERROR, NLMSG_DONE, 1000, 1004, 1007, 1099, 3000, 65535 };
	static const unsigned records[] = { 1005, 1006, 1100, 1121, 1328, 1330, 2999 };
	const size_t n = sizeof(no_records) / sizeof(no_records[0]);
	struct rig r;
	char want[512] = "";

	(void)state;
	rig_up(&r, true);
	for (size_t i = 0; i < n; i++)
		send_bytes(&r, no_records[i], "audit(1.000:1): a", 17, 0);
	drain(&r);
	assert_string_equal(r.got.text, "");
	assert_int_equal(counts(&r).ignored, n);
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		send_bytes(&r, records[i], "audit(1.000:1): a", 17, 0);
		snprintf(want + strlen(want), sizeof(want) - strlen(want), "D%u:audit(1.000:1): a\n", records[i]);
	}
	drain(&r);
	assert_string_equal(r.got.text, want);
	assert_int_equal(counts(&r).ignored, n);
	rig_down(&r);
}

static void foreign_and_short_ones_are_ignored(void **state)
{
	struct rig r;
	const uint32_t pid = 5;

	(void)state;
	rig_up(&r, true);
	send_bytes(&r, 1300, "audit(1.000:1): forged", 22, 1234);
	send_bytes(&r, WIRE_REPLACE, &pid, sizeof(pid), 1234);
	assert_int_equal(fake_kernel_datagram(r.k, "", 0, 0), 1);
	assert_int_equal(fake_kernel_datagram(r.k, "123456789012345", 15, 0), 1);
	send_bytes(&r, 1300, "", 0, 0);
	send_bytes(&r, 1300, "\0\n", 2, 0);
	send_bytes(&r, WIRE_REPLACE, "abc", 3, 0);
	send_bytes(&r, 1300, "audit(1.000:1): true", 20, 0);
	drain(&r);
	assert_string_equal(r.got.text, "D1300:audit(1.000:1): true\n");
	assert_int_equal(counts(&r).ignored, 7);
	assert_int_equal(src_netlink_rivals(r.s, &(uint32_t){ 0 }), 0);
	rig_down(&r);
}

static void oversized_ones_are_cut_and_told(void **state)
{
	static char text[20000];
	struct rig r;
	size_t kept;

	(void)state;
	memset(text, 'x', sizeof(text));
	rig_up(&r, true);
	send_bytes(&r, 1300, text, WIRE_MESSAGE_MAX, 0);
	drain(&r);
	assert_int_equal(r.got.n, 6 + WIRE_MESSAGE_MAX + 1);
	assert_int_equal(counts(&r).cut, 0);
	send_bytes(&r, 1300, text, sizeof(text), 0);
	send_bytes(&r, 1300, "audit(1.000:2): next", 20, 0);
	drain(&r);
	assert_int_equal(counts(&r).cut, 1);
	assert_int_equal(counts(&r).ignored, 0);
	kept = strspn(r.got.text + 2 * 6 + WIRE_MESSAGE_MAX + 1, "x");
	assert_true(kept >= WIRE_MESSAGE_MAX && kept < sizeof(text));
	assert_string_equal(r.got.text + 2 * 6 + WIRE_MESSAGE_MAX + 1 + kept, "\nD1300:audit(1.000:2): next\n");
	rig_down(&r);
}

static void the_claim_is_granted_and_given_back(void **state)
{
	struct rig r;
	struct wire_status status;

	(void)state;
	rig_up(&r, false);
	own(&r);
	fake_kernel_status(r.k, &status);
	assert_int_equal(status.pid, ME);
	assert_int_equal(src_netlink_register(r.s, 0), 0);
	assert_int_equal(src_netlink_claim(r.s), CLAIM_SENT);
	assert_int_equal(answer(&r), CLAIM_NONE);
	fake_kernel_status(r.k, &status);
	assert_int_equal(status.pid, 0);
	assert_int_equal(counts(&r).ignored, 0);
	assert_string_equal(r.got.text, "");
	rig_down(&r);
}

static void the_claim_is_refused(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, false);
	fake_kernel_set(r.k, WIRE_SET_PID, 77);
	assert_int_equal(src_netlink_register(r.s, ME), 0);
	assert_int_equal(answer(&r), CLAIM_REFUSED);
	assert_int_equal(src_netlink_claim_errno(r.s), EEXIST);
	fake_kernel_set(r.k, WIRE_SET_PID, 0);
	assert_int_equal(src_netlink_register(r.s, ME), 0);
	assert_int_equal(answer(&r), CLAIM_GRANTED);
	assert_int_equal(src_netlink_claim_errno(r.s), 0);
	rig_down(&r);
}

/* As a kernel that zeroes the pid: its owner sees it in the status, and asks again. */
static void a_forgotten_claim_is_made_again(void **state)
{
	struct fake_kernel_traits traits = KERNEL_EL7;
	struct wire_status status;
	struct rig r;

	(void)state;
	traits.forget_ms = 10;
	rig_open(&r, &traits, false, false);
	own(&r);
	for (int i = 0; i < 500; i++) {
		fake_kernel_status(r.k, &status);
		if (!status.pid)
			break;
		poll(NULL, 0, 10);
	}
	assert_int_equal(status.pid, 0);
	traits.forget_ms = 0;
	fake_kernel_behave(r.k, &traits);
	assert_int_equal(fake_kernel_record(r.k, 1300, "audit(1.000:1): nobody"), 0);
	assert_int_equal(src_netlink_register(r.s, ME), 0);
	assert_int_equal(answer(&r), CLAIM_GRANTED);
	assert_int_equal(fake_kernel_record(r.k, 1300, "audit(1.000:2): again"), 1);
	drain(&r);
	assert_string_equal(r.got.text, "D1300:audit(1.000:2): again\n");
	rig_down(&r);
}

static void only_the_latest_answer_counts(void **state)
{
	struct fake_kernel_traits traits = KERNEL_EL7;
	struct rig r;

	(void)state;
	traits.block_ms = FAKE_NEVER;
	rig_open(&r, &traits, false, false);
	assert_int_equal(src_netlink_register(r.s, ME), 0);
	assert_int_equal(src_netlink_register(r.s, ME), 0);
	fake_kernel_behave(r.k, &KERNEL_EL7);
	assert_true(fake_kernel_wait(r.k, WIRE_SET, 2));
	assert_int_equal(answer(&r), CLAIM_REFUSED); /* by our own first one */
	assert_int_equal(src_netlink_claim_errno(r.s), EEXIST);
	assert_int_equal(counts(&r).ignored, 1);
	/* The kernel told the owner of the second try: us of us. */
	assert_int_equal(src_netlink_rivals(r.s, &(uint32_t){ 0 }), 0);
	rig_down(&r);
}

/* Nor are those lost that come before the answer does. */
static void records_come_before_the_answer(void **state)
{
	struct fake_kernel_traits traits = KERNEL_6_1;
	struct rig r;

	(void)state;
	traits.block_ms = FAKE_NEVER;
	rig_open(&r, &traits, true, false);
	assert_int_equal(src_netlink_register(r.s, ME), 0);
	assert_int_equal(fake_kernel_record(r.k, 1300, "audit(1.000:1): a"), 1);
	assert_int_equal(fake_kernel_record(r.k, 1320, "audit(1.000:1): "), 1);
	drain(&r);
	assert_int_equal(src_netlink_claim(r.s), CLAIM_SENT);
	assert_string_equal(r.got.text, "D1300:audit(1.000:1): a\nD1320:audit(1.000:1): \n");
	fake_kernel_behave(r.k, &KERNEL_6_1);
	assert_int_equal(answer(&r), CLAIM_GRANTED);
	assert_int_equal(counts(&r).ignored, 0);
	rig_down(&r);
}

static void answers_for_others_change_nothing(void **state)
{
	struct { int32_t error; struct nlmsghdr request; } refusal = { -EPERM, { .nlmsg_type = WIRE_SET } };
	struct rig r;

	(void)state;
	rig_up(&r, false);
	own(&r);
	send_bytes(&r, NLMSG_ERROR, &refusal, sizeof(refusal), 0);
	drain(&r);
	assert_int_equal(src_netlink_claim(r.s), CLAIM_GRANTED);
	assert_int_equal(counts(&r).ignored, 1);
	rig_down(&r);
}

static void a_claim_that_cannot_be_sent_is_refused(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, false);
	fake_kernel_free(r.k);
	assert_int_equal(src_netlink_register(r.s, ME), -EPIPE);
	assert_int_equal(src_netlink_claim(r.s), CLAIM_REFUSED);
	assert_int_equal(src_netlink_claim_errno(r.s), EPIPE);
	r.k = fake_kernel_new(&KERNEL_6_1);
	rig_down(&r);
}

static void rivals_are_counted(void **state)
{
	struct rig r;
	uint32_t pid = 0;

	(void)state;
	rig_up(&r, false);
	own(&r);
	assert_int_equal(fake_kernel_rival(r.k, 815), -EEXIST);
	assert_int_equal(fake_kernel_rival(r.k, 1291), -EEXIST);
	drain(&r);
	assert_int_equal(src_netlink_rivals(r.s, &pid), 2);
	assert_int_equal(pid, 1291);
	pid = ME;
	send_bytes(&r, WIRE_REPLACE, &pid, sizeof(pid), 0);
	pid = 0;
	send_bytes(&r, WIRE_REPLACE, &pid, sizeof(pid), 0);
	drain(&r);
	assert_int_equal(src_netlink_rivals(r.s, &pid), 3);
	assert_int_equal(pid, 0);
	assert_int_equal(src_netlink_claim(r.s), CLAIM_GRANTED);
	assert_string_equal(r.got.text, "");
	assert_int_equal(counts(&r).ignored, 0);
	rig_down(&r);
}

static void a_full_socket_is_told_and_read_on(void **state)
{
	struct rig r;

	(void)state;
	for (int multicast = 0; multicast < 2; multicast++) {
		rig_up(&r, multicast);
		if (!multicast)
			own(&r);
		assert_int_equal(fake_kernel_record(r.k, 1300, "audit(1.000:1): before"), 1);
		fake_kernel_overrun(r.k);
		assert_int_equal(fake_kernel_record(r.k, 1300, "audit(1.000:9): after"), 1);
		drain(&r);
		r.source->ops->tick(r.source, 1);
		assert_string_equal(r.got.text, "D1300:audit(1.000:1): before\nD1300:audit(1.000:9): after\n");
		assert_int_equal(counts(&r).dropped, multicast);
		assert_int_equal(counts(&r).congested, !multicast);
		rig_down(&r);
	}
}

/* -EINTR twice, then an error that stays. */
static int receive_badly(int fd, struct mmsghdr *messages, unsigned count)
{
	static int calls;

	(void)fd;
	(void)messages;
	assert_int_equal(count, 64);
	return ++calls < 3 ? -EINTR : -EBADF;
}

static void errors_are_explained(void **state)
{
	struct collect got;
	struct source_sink sink = collect_sink(&got);
	struct src_netlink_options options = { .fd = STDIN_FILENO, .receive = receive_badly };
	struct src_netlink *s;
	struct source *source;
	struct err err;

	(void)state;
	assert_int_equal(src_netlink_open(&s, &options, &sink, &err), 0);
	source = src_netlink_source(s);
	assert_int_equal(source->ops->read(source), -EBADF);
	source->ops->explain(source, -EBADF, &err);
	assert_int_equal(err.code, -EBADF);
	assert_string_equal(err.what, "the kernel's audit stream can't be read: Bad file descriptor");
	source->ops->close(source);
	collect_release(&got);
}

static void the_buffer_granted_is_told(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, true);
	assert_int_equal(src_netlink_buffer(r.s), 65536);
	rig_down(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_received_length_counts),
		cmocka_unit_test(batches_follow_one_another),
		cmocka_unit_test(closing_settles),
		cmocka_unit_test(ends_are_cut),
		cmocka_unit_test(what_is_no_record_is_ignored),
		cmocka_unit_test(foreign_and_short_ones_are_ignored),
		cmocka_unit_test(oversized_ones_are_cut_and_told),
		cmocka_unit_test(the_claim_is_granted_and_given_back),
		cmocka_unit_test(the_claim_is_refused),
		cmocka_unit_test(a_forgotten_claim_is_made_again),
		cmocka_unit_test(only_the_latest_answer_counts),
		cmocka_unit_test(records_come_before_the_answer),
		cmocka_unit_test(answers_for_others_change_nothing),
		cmocka_unit_test(a_claim_that_cannot_be_sent_is_refused),
		cmocka_unit_test(rivals_are_counted),
		cmocka_unit_test(a_full_socket_is_told_and_read_on),
		cmocka_unit_test(errors_are_explained),
		cmocka_unit_test(the_buffer_granted_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
