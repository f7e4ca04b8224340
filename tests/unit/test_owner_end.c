/* What owner.c leaves behind, and how it learns at once that nobody asks the kernel for it any more. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/owner.h"
#include "sys/audit_ctl.h"

#include "collect.h"
#include "fake_kernel.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

struct bench {
	struct fake_kernel *kernel;
	int control, events;
	struct audit_ctl *ctl;
	struct src_netlink *netlink;
	struct collect got;
	struct owner *owner;
};

static void on_news(void *ctx, const struct owner_news *news)
{
	(void)ctx;
	(void)news;
}

/* A kernel with these settings, and us as its owner. */
static void lay_out(struct bench *b, uint32_t enabled, uint32_t backlog_limit)
{
	struct src_netlink_options options = { .receive = fake_kernel_receive };
	struct owner_options wish = { .pid = 4242, .backlog_limit = 8192, .tell = on_news };
	struct source_sink sink;
	struct err err;

	memset(b, 0, sizeof(*b));
	b->kernel = fake_kernel_new(&KERNEL_6_1);
	assert_non_null(b->kernel);
	b->control = fake_kernel_control(b->kernel);
	b->events = options.fd = fake_kernel_events(b->kernel, false);
	b->ctl = audit_ctl_new(b->control, 300);
	assert_non_null(b->ctl);
	sink = collect_sink(&b->got);
	assert_int_equal(src_netlink_open(&b->netlink, &options, &sink, &err), 0);
	fake_kernel_set(b->kernel, WIRE_SET_ENABLED, enabled);
	fake_kernel_set(b->kernel, WIRE_SET_BACKLOG_LIMIT, backlog_limit);
	fake_kernel_set(b->kernel, WIRE_SET_BACKLOG_WAIT_TIME, 15000);
	wish.ctl = b->ctl;
	wish.source = src_netlink_source(b->netlink);
	wish.netlink = b->netlink;
	assert_int_equal(owner_start(&b->owner, &wish, &err), 0);
}

static struct wire_status status_of(struct bench *b)
{
	struct wire_status st;

	fake_kernel_status(b->kernel, &st);
	return st;
}

static void clear_away(struct bench *b)
{
	owner_free(b->owner);
	src_netlink_source(b->netlink)->ops->close(src_netlink_source(b->netlink));
	audit_ctl_free(b->ctl);
	fake_kernel_free(b->kernel);
	close(b->control);
	close(b->events);
	collect_release(&b->got);
}

static void what_was_is_put_back(void **state)
{
	struct bench b;

	(void)state;
	lay_out(&b, 0, 320);
	assert_int_equal(status_of(&b).enabled, 1);
	assert_int_equal(status_of(&b).backlog_limit, 8192);
	assert_int_equal(status_of(&b).backlog_wait_time, 0);
	owner_stop(b.owner);
	assert_int_equal(status_of(&b).backlog_wait_time, 15000);
	assert_int_equal(status_of(&b).enabled, 0);
	assert_int_equal(status_of(&b).backlog_limit, 320);
	clear_away(&b);
}

/* "auditctl -e 0 -b 999" while we run is somebody's wish, and not for us to undo when we go. */
static void what_others_set_stays(void **state)
{
	struct bench b;

	(void)state;
	lay_out(&b, 1, 320);
	fake_kernel_set(b.kernel, WIRE_SET_ENABLED, 0);
	fake_kernel_set(b.kernel, WIRE_SET_BACKLOG_LIMIT, 999);
	fake_kernel_set(b.kernel, WIRE_SET_BACKLOG_WAIT_TIME, 77);
	owner_stop(b.owner);
	assert_int_equal(status_of(&b).enabled, 0);
	assert_int_equal(status_of(&b).backlog_limit, 999);
	assert_int_equal(status_of(&b).backlog_wait_time, 77);
	assert_int_equal(status_of(&b).pid, 0);
	clear_away(&b);
}

/* Killed since the latest look: the rules of ours are not to stay for that. */
static void a_look_tells_at_once(void **state)
{
	struct bench b;

	(void)state;
	lay_out(&b, 1, 64);
	assert_int_equal(owner_look(b.owner), 0);
	shutdown(b.control, SHUT_RDWR);
	assert_int_equal(owner_look(b.owner), -EPIPE);
	owner_stop(b.owner);
	clear_away(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_is_put_back),
		cmocka_unit_test(what_others_set_stays),
		cmocka_unit_test(a_look_tells_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
