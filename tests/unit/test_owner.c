#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/owner.h"
#include "rule/plan_prune.h"
#include "sys/audit_ctl.h"

#include "collect.h"
#include "fake_kernel.h"

#include <errno.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define OURS 4242  /* the kernel of the test takes any pid */
#define DEAD 99999999
#define CTL_MS 300
#define SOON 3000   /* all that is looked at every two seconds is due */
#define LATE 60000  /* rules too */

struct bench {
	struct fake_kernel *kernel;
	int control, events;
	struct audit_ctl *ctl;
	struct src_netlink *netlink;
	struct collect got;
	struct owner *owner;
	struct err err;
	unsigned told[OWNER_THERE + 1];
	unsigned changing;
	struct owner_news latest;
};

static void on_news(void *ctx, const struct owner_news *news)
{
	struct bench *b = ctx;

	b->told[news->what]++;
	b->latest = *news;
}

static void on_changing(void *ctx)
{
	struct bench *b = ctx;

	b->changing++;
}

static int64_t clock_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void lay_out(struct bench *b, const struct fake_kernel_traits *traits)
{
	struct source_sink sink;
	struct src_netlink_options options = { .receive = fake_kernel_receive };

	memset(b, 0, sizeof(*b));
	b->kernel = fake_kernel_new(traits);
	assert_non_null(b->kernel);
	b->control = fake_kernel_control(b->kernel);
	b->events = options.fd = fake_kernel_events(b->kernel, false);
	b->ctl = audit_ctl_new(b->control, CTL_MS);
	assert_non_null(b->ctl);
	sink = collect_sink(&b->got);
	assert_int_equal(src_netlink_open(&b->netlink, &options, &sink, &b->err), 0);
}

static int start_as(struct bench *b, struct src_netlink *registered, bool block)
{
	struct owner_options options = {
		.ctl = b->ctl, .drain = true, .source = src_netlink_source(b->netlink), .netlink = registered,
		.pid = OURS,
		.backlog_limit = 8192, .block = block, .tell = on_news, .changing = on_changing, .ctx = b
	};

	return owner_start(&b->owner, &options, &b->err);
}

static int start(struct bench *b, bool block)
{
	return start_as(b, b->netlink, block);
}

static void clear_away(struct bench *b)
{
	owner_stop(b->owner);
	owner_free(b->owner);
	src_netlink_source(b->netlink)->ops->close(src_netlink_source(b->netlink));
	audit_ctl_free(b->ctl);
	fake_kernel_free(b->kernel);
	close(b->control);
	close(b->events);
	collect_release(&b->got);
}

static struct wire_status status_of(struct bench *b)
{
	struct wire_status st;

	fake_kernel_status(b->kernel, &st);
	return st;
}

static struct plan *some_plan(void)
{
	struct plan *p = plan_new();
	struct plan_rule *r;

	assert_non_null(p);
	r = plan_add(p);
	assert_non_null(r);
	r->list = WIRE_LIST_EXIT;
	r->action = WIRE_ALWAYS;
	r->arch = ARCH_X86_64;
	r->key = PLAN_KEY;
	r->calls[59 / 32] = 1u << 59 % 32;
	return p;
}

static void test_registers_and_gives_back(void **state)
{
	static const struct fake_kernel_traits *const kernels[] = { &KERNEL_EL6, &KERNEL_EL7, &KERNEL_6_1 };

	(void)state;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		bool modern = kernels[i] == &KERNEL_6_1;
		struct wire_status st;
		struct bench b;

		lay_out(&b, kernels[i]);
		fake_kernel_set(b.kernel, WIRE_SET_ENABLED, 0);
		if (modern)
			fake_kernel_set(b.kernel, WIRE_SET_BACKLOG_WAIT_TIME, 15000);
		assert_int_equal(start(&b, false), 0);
		st = status_of(&b);
		assert_int_equal(st.pid, OURS);
		assert_int_equal(st.enabled, 1);
		assert_int_equal(st.backlog_limit, 8192);
		assert_int_equal(st.backlog_wait_time, 0);
		assert_int_equal(owner_may_block(b.owner), !modern);
		owner_stop(b.owner);
		st = status_of(&b);
		assert_int_equal(st.pid, 0);
		assert_int_equal(st.enabled, 0);
		assert_int_equal(st.backlog_limit, 64);
		assert_int_equal(st.backlog_wait_time, modern ? 15000 : 0);
		owner_free(b.owner);
		b.owner = NULL;
		clear_away(&b);
	}
}

static void test_block_waits(void **state)
{
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	assert_int_equal(start(&b, true), 0);
	assert_true(status_of(&b).backlog_wait_time > 0);
	assert_false(owner_may_block(b.owner));
	clear_away(&b);
}

/* A kernel as old as RHEL 6's would let us steal. */
static void test_leaves_a_live_owner_alone(void **state)
{
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_EL6);
	fake_kernel_set(b.kernel, WIRE_SET_PID, (uint32_t)getppid());
	assert_int_equal(start(&b, false), -EBUSY);
	assert_null(b.owner);
	assert_int_equal(fake_kernel_requests(b.kernel, WIRE_SET), 0);
	clear_away(&b);
	lay_out(&b, &KERNEL_6_1);
	fake_kernel_set(b.kernel, WIRE_SET_PID, DEAD);
	/* Dead for us, alive for the kernel: its word counts. */
	assert_int_equal(start(&b, false), -EEXIST);
	assert_int_equal(status_of(&b).backlog_limit, 64);
	clear_away(&b);
}

static void test_theft_is_seen_and_waited_for(void **state)
{
	struct bench b;
	int64_t now = clock_ms();

	(void)state;
	lay_out(&b, &KERNEL_EL6);
	assert_int_equal(start(&b, false), 0);
	assert_int_equal(fake_kernel_rival(b.kernel, (uint32_t)getppid()), 0);
	owner_tick(b.owner, now + SOON);
	owner_tick(b.owner, now + 2 * SOON);
	assert_int_equal(b.told[OWNER_STOLEN], 1);
	assert_int_equal(b.latest.pid, getppid());
	assert_int_equal(status_of(&b).pid, getppid());
	fake_kernel_set(b.kernel, WIRE_SET_PID, 0);
	owner_tick(b.owner, now + 3 * SOON);
	assert_int_equal(b.told[OWNER_AGAIN], 1);
	assert_int_equal(status_of(&b).pid, OURS);
	clear_away(&b);
}

static void test_forgotten_after_the_ack(void **state)
{
	struct fake_kernel_traits traits = KERNEL_EL7;
	struct bench b;

	(void)state;
	traits.forget_ms = 20;
	lay_out(&b, &traits);
	assert_int_equal(start(&b, false), 0);
	usleep(60000);
	assert_int_equal(status_of(&b).pid, 0);
	fake_kernel_behave(b.kernel, &KERNEL_EL7);
	owner_tick(b.owner, clock_ms() + 100);
	assert_int_equal(b.told[OWNER_AGAIN], 1);
	assert_int_equal(status_of(&b).pid, OURS);
	clear_away(&b);
}

/* The kernel forgets us, and then takes nobody: said once, tried on. */
static void test_forgotten_and_refused(void **state)
{
	int64_t now = clock_ms();
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	assert_int_equal(start(&b, false), 0);
	fake_kernel_set(b.kernel, WIRE_SET_PID, DEAD); /* dead for us, alive for the kernel: EEXIST */
	owner_tick(b.owner, now + SOON);
	owner_tick(b.owner, now + 2 * SOON);
	assert_int_equal(b.told[OWNER_REFUSED], 1);
	fake_kernel_set(b.kernel, WIRE_SET_PID, 0);
	owner_tick(b.owner, now + 3 * SOON);
	assert_int_equal(b.told[OWNER_AGAIN], 1);
	clear_away(&b);
}

static void test_rival_is_told(void **state)
{
	struct bench b;
	int64_t now = clock_ms();

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	assert_int_equal(start(&b, false), 0);
	assert_int_equal(fake_kernel_rival(b.kernel, 777), -EEXIST);
	assert_true(src_netlink_source(b.netlink)->ops->read(src_netlink_source(b.netlink)) > 0);
	owner_tick(b.owner, now + SOON);
	owner_tick(b.owner, now + 2 * SOON);
	assert_int_equal(b.told[OWNER_RIVAL], 1);
	assert_int_equal(b.latest.pid, 777);
	clear_away(&b);
}

/* Another reader is stuck: the kernel answers nobody. */
static void test_held_up_calls_end(void **state)
{
	struct fake_kernel_traits traits = KERNEL_EL7;
	int64_t before = clock_ms();
	struct bench b;

	(void)state;
	traits.block_ms = FAKE_NEVER;
	lay_out(&b, &traits);
	assert_int_equal(start(&b, false), -ETIMEDOUT);
	assert_true(clock_ms() - before < 10 * CTL_MS);
	fake_kernel_behave(b.kernel, &KERNEL_EL7);
	clear_away(&b);
}

static void test_locked_settings_stay(void **state)
{
	struct rule_audit_result result;
	struct plan *plan = some_plan();
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	fake_kernel_set(b.kernel, WIRE_SET_ENABLED, 2);
	assert_int_equal(start(&b, false), 0);
	assert_int_equal(status_of(&b).pid, OURS);
	assert_int_equal(status_of(&b).backlog_limit, 64);
	assert_int_equal(owner_plan(b.owner, plan, &result), -EPERM);
	owner_tick(b.owner, clock_ms() + LATE);
	assert_int_equal(fake_kernel_rules(b.kernel), 0);
	clear_away(&b);
	plan_free(plan);
}

static void test_rules_come_back(void **state)
{
	struct rule_audit_result result;
	struct plan *plan = some_plan();
	int64_t now = clock_ms();
	unsigned deleted;
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	assert_int_equal(start(&b, false), 0);
	assert_int_equal(owner_plan(b.owner, plan, &result), 0);
	assert_int_equal(fake_kernel_rules(b.kernel), 1);
	assert_int_equal(rule_audit_clear(b.ctl, &deleted), 0);
	assert_int_equal(fake_kernel_rules(b.kernel), 0);
	owner_tick(b.owner, now + LATE);
	assert_int_equal(b.told[OWNER_RULES_AGAIN], 1);
	assert_int_equal(b.changing, 1);
	assert_int_equal(b.latest.count, 1);
	assert_int_equal(fake_kernel_rules(b.kernel), 1);
	owner_tick(b.owner, now + 2 * LATE);
	assert_int_equal(b.told[OWNER_RULES_AGAIN], 1);
	owner_stop(b.owner);
	assert_int_equal(fake_kernel_rules(b.kernel), 0);
	owner_free(b.owner);
	b.owner = NULL;
	clear_away(&b);
	plan_free(plan);
}

/* As an administrator's: no key of ours. */
static void add_foreign(struct bench *b)
{
	struct wire_rule rule = { .flags = WIRE_LIST_EXIT, .action = WIRE_ALWAYS };

	fake_kernel_add_rule(b->kernel, &rule, WIRE_RULE_MIN);
}

static void take_away_foreign(struct bench *b)
{
	const struct wire_rule *rule;
	size_t n;
	unsigned i = 0;

	while ((rule = fake_kernel_rule(b->kernel, i, &n)) && rule_audit_is_own(rule, n))
		i++;
	assert_non_null(rule);
	assert_int_equal(audit_ctl_delete_rule(b->ctl, rule, n), 0);
}

static void test_records_are_left_out_while_we_are_alone(void **state)
{
	struct rule_audit_result result;
	struct plan *plan = some_plan();
	struct plan_needs needs = { .text = true };
	int64_t now = clock_ms();
	unsigned left_out, before;
	struct bench b;

	(void)state;
	assert_int_equal(plan_prune(plan, &needs), 0);
	left_out = (unsigned)plan->count - 1;
	lay_out(&b, &KERNEL_6_1);
	assert_int_equal(start(&b, false), 0);
	assert_int_equal(owner_plan(b.owner, plan, &result), 0);
	assert_int_equal(fake_kernel_rules(b.kernel), 1);
	assert_false(owner_pruned(b.owner));
	owner_tick(b.owner, now + LATE); /* not asked for yet */
	assert_int_equal(fake_kernel_rules(b.kernel), 1);
	assert_int_equal(owner_prune(b.owner, &result), 0);
	assert_int_equal(result.pruned, left_out);
	assert_true(owner_pruned(b.owner));

	/* Where nothing is to be changed, changes are somebody's, and are told. */
	before = fake_kernel_requests(b.kernel, WIRE_LIST_RULES);
	owner_tick(b.owner, now + 2 * LATE);
	assert_int_equal(b.changing, 0);
	assert_int_equal(fake_kernel_requests(b.kernel, WIRE_LIST_RULES), before + 1);

	add_foreign(&b);
	owner_tick(b.owner, now + 3 * LATE);
	assert_false(owner_pruned(b.owner));
	assert_int_equal(fake_kernel_rules(b.kernel), 2);
	assert_int_equal(b.told[OWNER_UNPRUNED], 1);
	assert_int_equal(b.latest.count, 1);
	assert_int_equal(b.changing, 1);
	owner_tick(b.owner, now + 4 * LATE);
	assert_int_equal(b.told[OWNER_UNPRUNED], 1);
	assert_int_equal(b.told[OWNER_RULES_AGAIN] + b.told[OWNER_PRUNED], 0);
	assert_int_equal(b.changing, 1);
	take_away_foreign(&b);
	owner_tick(b.owner, now + 5 * LATE);
	assert_int_equal(b.told[OWNER_PRUNED], 1);
	assert_int_equal(b.changing, 2);
	assert_true(owner_pruned(b.owner));
	add_foreign(&b);

	owner_stop(b.owner);
	assert_int_equal(fake_kernel_rules(b.kernel), 1);
	owner_free(b.owner);
	b.owner = NULL;
	clear_away(&b);
	plan_free(plan);
}

static void test_records_of_others_are_not_left_out(void **state)
{
	struct rule_audit_result result;
	struct plan *plan = some_plan();
	struct plan_needs needs = { .text = true };
	int64_t now = clock_ms();
	struct bench b;

	(void)state;
	assert_int_equal(plan_prune(plan, &needs), 0);
	lay_out(&b, &KERNEL_6_1);
	assert_int_equal(start_as(&b, NULL, false), 0);
	assert_int_equal(owner_plan(b.owner, plan, &result), 0);
	assert_int_equal(owner_prune(b.owner, &result), -EBUSY);
	assert_int_equal(fake_kernel_rules(b.kernel), 1);
	clear_away(&b);

	/* Robbed of the stream, we let the thief have all records. */
	lay_out(&b, &KERNEL_6_1);
	assert_int_equal(start(&b, false), 0);
	assert_int_equal(owner_plan(b.owner, plan, &result), 0);
	assert_int_equal(owner_prune(b.owner, &result), 0);
	assert_true(fake_kernel_rules(b.kernel) > 10);
	fake_kernel_set(b.kernel, WIRE_SET_PID, (uint32_t)getppid());
	owner_tick(b.owner, now + LATE);
	assert_int_equal(b.told[OWNER_STOLEN], 1);
	assert_false(owner_pruned(b.owner));
	assert_int_equal(fake_kernel_rules(b.kernel), 1);
	clear_away(&b);
	plan_free(plan);
}

static void test_lost_is_counted_from_the_start(void **state)
{
	int64_t now = clock_ms();
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	fake_kernel_set(b.kernel, WIRE_SET_LOST, 1000);
	assert_int_equal(start(&b, false), 0);
	assert_int_equal(owner_lost(b.owner), 0);
	fake_kernel_set(b.kernel, WIRE_SET_LOST, 1135);
	owner_tick(b.owner, now + SOON);
	assert_int_equal(owner_lost(b.owner), 135);
	/* Somebody reset it. */
	fake_kernel_set(b.kernel, WIRE_SET_LOST, 5);
	owner_tick(b.owner, now + 2 * SOON);
	assert_int_equal(owner_lost(b.owner), 140);
	clear_away(&b);
}

static void test_switch(void **state)
{
	int64_t now = clock_ms();
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	assert_int_equal(start(&b, false), 0);
	fake_kernel_set(b.kernel, WIRE_SET_ENABLED, 0);
	owner_tick(b.owner, now + SOON);
	owner_tick(b.owner, now + 2 * SOON);
	assert_int_equal(b.told[OWNER_SWITCHED_OFF], 1);
	fake_kernel_set(b.kernel, WIRE_SET_ENABLED, 1);
	owner_tick(b.owner, now + 3 * SOON);
	assert_int_equal(b.told[OWNER_SWITCHED_ON], 1);
	clear_away(&b);
}

/* Beside the owner: what is his stays as it is, but for rules where they are asked for. */
static void test_a_listener_sets_nothing(void **state)
{
	struct rule_audit_result result;
	struct plan *plan = some_plan();
	int64_t now = clock_ms();
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	fake_kernel_set(b.kernel, WIRE_SET_PID, (uint32_t)getppid());
	assert_int_equal(start_as(&b, NULL, false), 0);
	assert_false(owner_may_block(b.owner));
	assert_int_equal(owner_plan(b.owner, plan, &result), 0);
	assert_int_equal(fake_kernel_rules(b.kernel), 1);
	fake_kernel_set(b.kernel, WIRE_SET_LOST, 7);
	owner_tick(b.owner, now + SOON);
	assert_int_equal(owner_lost(b.owner), 7);
	fake_kernel_set(b.kernel, WIRE_SET_PID, 0);
	owner_tick(b.owner, now + LATE);
	owner_stop(b.owner);
	assert_int_equal(fake_kernel_rules(b.kernel), 0);
	assert_int_equal(fake_kernel_requests(b.kernel, WIRE_SET), 0);
	assert_int_equal(b.told[OWNER_STOLEN] + b.told[OWNER_AGAIN], 0);
	owner_free(b.owner);
	b.owner = NULL;
	clear_away(&b);
	plan_free(plan);
}

/* The thief's settings are not ours to put back. */
static void test_stop_leaves_a_thief_alone(void **state)
{
	unsigned before;
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_EL6);
	assert_int_equal(start(&b, false), 0);
	assert_int_equal(fake_kernel_rival(b.kernel, (uint32_t)getppid()), 0);
	owner_tick(b.owner, clock_ms() + SOON);
	assert_int_equal(b.told[OWNER_STOLEN], 1);
	before = fake_kernel_requests(b.kernel, WIRE_SET);
	owner_stop(b.owner);
	assert_int_equal(fake_kernel_requests(b.kernel, WIRE_SET), before);
	assert_int_equal(status_of(&b).pid, getppid());
	assert_int_equal(status_of(&b).backlog_limit, 8192);
	owner_free(b.owner);
	b.owner = NULL;
	clear_away(&b);
}

/* The process that asks the kernel for us is gone: all goes on with another. */
static void test_asks_another_way(void **state)
{
	struct rule_audit_result result;
	struct plan *plan = some_plan();
	struct audit_ctl *second;
	int64_t now = clock_ms();
	int control;
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	assert_int_equal(start(&b, false), 0);
	assert_int_equal(owner_plan(b.owner, plan, &result), 0);
	shutdown(b.control, SHUT_RDWR);
	assert_int_equal(owner_tick(b.owner, now + SOON), -EPIPE);
	control = fake_kernel_control(b.kernel);
	second = audit_ctl_new(control, CTL_MS);
	assert_non_null(second);
	owner_ask(b.owner, second);
	fake_kernel_set(b.kernel, WIRE_SET_LOST, 9);
	assert_int_equal(owner_tick(b.owner, now + 2 * SOON), 0);
	assert_int_equal(owner_lost(b.owner), 9);
	owner_stop(b.owner);
	assert_int_equal(fake_kernel_rules(b.kernel), 0);
	assert_int_equal(status_of(&b).pid, 0);
	assert_int_equal(status_of(&b).backlog_limit, 64);
	owner_free(b.owner);
	b.owner = NULL;
	audit_ctl_free(second);
	clear_away(&b);
	close(control);
	plan_free(plan);
}

/* Beside an owner, his coming and going is told; that auditing is off from the start is not. */
static void test_owner_of_others_is_watched(void **state)
{
	int64_t now = clock_ms();
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	fake_kernel_set(b.kernel, WIRE_SET_ENABLED, 0);
	fake_kernel_set(b.kernel, WIRE_SET_PID, (uint32_t)getppid());
	assert_int_equal(start_as(&b, NULL, false), 0);
	owner_tick(b.owner, now + SOON);
	assert_int_equal(b.told[OWNER_SWITCHED_OFF] + b.told[OWNER_GONE] + b.told[OWNER_THERE], 0);
	fake_kernel_set(b.kernel, WIRE_SET_PID, 0);
	owner_tick(b.owner, now + 2 * SOON);
	owner_tick(b.owner, now + 3 * SOON);
	assert_int_equal(b.told[OWNER_GONE], 1);
	fake_kernel_set(b.kernel, WIRE_SET_PID, (uint32_t)getppid());
	owner_tick(b.owner, now + 4 * SOON);
	assert_int_equal(b.told[OWNER_THERE], 1);
	assert_int_equal(b.latest.pid, getppid());
	clear_away(&b);
}

/* Locked in the middle: at the stop the rules stay, and it is said. */
static void test_stop_tells_of_locked_rules(void **state)
{
	struct rule_audit_result result;
	struct plan *plan = some_plan();
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	assert_int_equal(start(&b, false), 0);
	assert_int_equal(owner_plan(b.owner, plan, &result), 0);
	fake_kernel_set(b.kernel, WIRE_SET_ENABLED, 2);
	assert_int_equal(owner_stop(b.owner), -EPERM);
	assert_int_equal(fake_kernel_rules(b.kernel), 1);
	owner_free(b.owner);
	b.owner = NULL;
	clear_away(&b);
	plan_free(plan);
}

/* What lies in the socket when we stop is read. */
static void test_stop_reads_the_rest(void **state)
{
	struct bench b;

	(void)state;
	lay_out(&b, &KERNEL_6_1);
	assert_int_equal(start(&b, false), 0);
	assert_int_equal(fake_kernel_record(b.kernel, 1300, "audit(1700000000.123:1): arch=c000003e"), 1);
	assert_int_equal(fake_kernel_record(b.kernel, 1320, "audit(1700000000.123:1): "), 1);
	owner_stop(b.owner);
	assert_non_null(strstr(b.got.text, "D1300:audit(1700000000.123:1): arch=c000003e\n"));
	assert_non_null(strstr(b.got.text, "D1320:"));
	owner_free(b.owner);
	b.owner = NULL;
	clear_away(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_registers_and_gives_back),
		cmocka_unit_test(test_block_waits),
		cmocka_unit_test(test_leaves_a_live_owner_alone),
		cmocka_unit_test(test_theft_is_seen_and_waited_for),
		cmocka_unit_test(test_forgotten_after_the_ack),
		cmocka_unit_test(test_forgotten_and_refused),
		cmocka_unit_test(test_rival_is_told),
		cmocka_unit_test(test_held_up_calls_end),
		cmocka_unit_test(test_locked_settings_stay),
		cmocka_unit_test(test_rules_come_back),
		cmocka_unit_test(test_records_are_left_out_while_we_are_alone),
		cmocka_unit_test(test_records_of_others_are_not_left_out),
		cmocka_unit_test(test_lost_is_counted_from_the_start),
		cmocka_unit_test(test_switch),
		cmocka_unit_test(test_a_listener_sets_nothing),
		cmocka_unit_test(test_owner_of_others_is_watched),
		cmocka_unit_test(test_stop_tells_of_locked_rules),
		cmocka_unit_test(test_stop_leaves_a_thief_alone),
		cmocka_unit_test(test_asks_another_way),
		cmocka_unit_test(test_stop_reads_the_rest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
