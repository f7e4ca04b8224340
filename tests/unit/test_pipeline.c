#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/pipeline.h"

#include "record/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EVENT(serial, ms) \
	"type=SYSCALL msg=audit(1700000000." #ms ":" #serial "): arch=c000003e syscall=39 success=yes exit=1 pid=7", \
	"type=PROCTITLE msg=audit(1700000000." #ms ":" #serial "): proctitle=\"x\""
#define HALF(serial, sec) \
	"type=SYSCALL msg=audit(" #sec ".000:" #serial "): arch=c000003e syscall=39 success=yes exit=1 pid=7"

/* A pipeline whose only output is a file of the records as they came. */
struct fixture {
	struct pipeline_options how;
	struct pipeline_output output;
	struct pipeline_route route;
	struct pipeline *p;
	struct source_sink sink;
	char path[64], text[70000 + RECORD_PAD];
	char read[70000];
};

static void begin(struct fixture *f, const char *path, bool replay)
{
	struct output_settings settings = { .name = "test", .type = "file", .path = path };
	struct err err;

	f->how = (struct pipeline_options){
		.normalize = { .origin = SPAN("log"), .boot = SPAN("log"), .hostname = SPAN("h") }, .replay = replay
	};
	assert_int_equal(output_open(&f->output.to, &settings, &err), 0);
	f->output.format = &encoder_raw;
	f->output.options.budget = ENCODE_BUDGET_DEFAULT;
	f->output.priority = 7;
	f->route = (struct pipeline_route){ .outputs = &f->output, .output_count = 1 };
	f->p = pipeline_new(&f->how, &f->route);
	assert_non_null(f->p);
	f->sink = pipeline_sink(f->p);
	pipeline_begin(f->p);
}

static int set_up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	int fd;

	if (!f)
		return -1;
	strcpy(f->path, "/tmp/tiercel-pipeline-XXXXXX");
	fd = mkstemp(f->path);
	*state = f;
	return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	pipeline_free(f->p);
	output_close(f->output.to);
	unlink(f->path);
	free(f);
	return 0;
}

/* Each line as from a source that uses its memory again at once. */
static void feed(struct fixture *f, const char *const *lines, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t n = strlen(lines[i]);

		memcpy(f->text, lines[i], n);
		f->sink.line(f->sink.ctx, f->text, n);
		f->sink.settle(f->sink.ctx);
		memset(f->text, '#', n);
	}
}

#define FEED(f, ...) feed((f), (const char *const[]){ __VA_ARGS__ }, \
	sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *))

static void expect_counts(struct fixture *f, const char *want)
{
	char text[200];
	struct buf b = { .p = text, .cap = sizeof(text) - 1 };
	struct err err = { .code = 0 };

	pipeline_end(f->p);
	pipeline_drain(f->p);
	pipeline_print(f->p, &b);
	text[b.n] = '\0';
	assert_string_equal(text, want);
	if (pipeline_check(f->p, &err) < 0)
		fail_msg("%s", err.what);
}

static const char *written(struct fixture *f)
{
	FILE *file = fopen(f->path, "r");
	size_t n;

	assert_non_null(file);
	n = fread(f->read, 1, sizeof(f->read) - 1, file);
	fclose(file);
	f->read[n] = '\0';
	return f->read;
}

static void test_counts(void **state)
{
	struct fixture *f = *state;

	begin(f, f->path, true);
	FEED(f, EVENT(1, 001), "", EVENT(2, 002), "no record", HALF(3, 1700000001));
	expect_counts(f, "received 4 events (6 records, 1 malformed) = emitted 4 + filtered 0 + dropped 0");
	assert_non_null(strstr(written(f), "no record\n"));
}

static void test_overlong(void **state)
{
	struct fixture *f = *state;

	begin(f, f->path, true);
	memset(f->text, 'x', 65536);
	f->sink.overlong(f->sink.ctx, f->text, 65536, 1000000);
	f->sink.settle(f->sink.ctx);
	expect_counts(f, "received 1 events (1 records, 1 malformed) = emitted 1 + filtered 0 + dropped 0");
}

static void test_datagram(void **state)
{
	struct fixture *f = *state;
	static const char payload[] = "audit(1700000000.001:5): arch=c000003e syscall=39 success=yes exit=1";

	begin(f, f->path, false);
	memcpy(f->text, payload, sizeof(payload));
	f->sink.datagram(f->sink.ctx, 1300, f->text, sizeof(payload) - 1);
	f->sink.datagram(f->sink.ctx, 1300, f->text, 3);
	f->sink.settle(f->sink.ctx);
	expect_counts(f, "received 2 events (2 records, 1 malformed) = emitted 2 + filtered 0 + dropped 0");
}

static const char interpreted[] =
	"type=SYSCALL msg=audit(11/14/2023 22:13:20.001:1) : arch=x86_64 syscall=openat success=yes exit=3";

static void test_interpreted(void **state)
{
	struct fixture *f = *state;

	begin(f, f->path, true);
	FEED(f, "", interpreted, EVENT(1, 001));
	assert_int_equal(pipeline_input(f->p)->refused_at, 2);
	pipeline_begin(f->p);
	FEED(f, EVENT(2, 002), interpreted, EVENT(3, 003));
	assert_int_equal(pipeline_input(f->p)->refused_at, 0);
	expect_counts(f, "received 3 events (5 records, 1 malformed) = emitted 3 + filtered 0 + dropped 0");
}

static void test_interpreted_live(void **state)
{
	struct fixture *f = *state;

	begin(f, f->path, false);
	FEED(f, interpreted, EVENT(2, 002));
	assert_int_equal(pipeline_input(f->p)->refused_at, 0);
	expect_counts(f, "received 2 events (3 records, 1 malformed) = emitted 2 + filtered 0 + dropped 0");
}

/* What never ends is closed by the log's own clock in a replay, by the caller's in a live stream. */
static void test_clocks(void **state)
{
	struct fixture *f = *state;

	begin(f, f->path, true);
	FEED(f, HALF(1, 1700000000), HALF(2, 1700000001));
	assert_int_equal(pipeline_counts(f->p)->received, 0);
	FEED(f, HALF(3, 1700000010));
	assert_int_equal(pipeline_counts(f->p)->received, 2);
	expect_counts(f, "received 3 events (3 records, 0 malformed) = emitted 3 + filtered 0 + dropped 0");
}

static void test_tick(void **state)
{
	struct fixture *f = *state;

	begin(f, f->path, false);
	FEED(f, HALF(1, 1700000000), HALF(2, 1700000000));
	pipeline_tick(f->p, 1000);
	assert_int_equal(pipeline_counts(f->p)->received, 0);
	pipeline_tick(f->p, 10000);
	assert_int_equal(pipeline_counts(f->p)->received, 2);
}

static void no_fault(void *ctx, const struct select_fault *fault)
{
	(void)ctx;
	fail_msg("%s", fault->what);
}

static void test_route(void **state)
{
	struct fixture *f = *state;
	struct select_spec spec = { .name = "s", .text[SELECT_SYSCALLS] = "openat", .success = -1 };
	struct pipeline_route other;
	struct select_set *set;

	begin(f, f->path, true);
	assert_int_equal(select_new(&set, &spec, 1, no_fault, NULL), 0);
	other = f->route;
	other.select = set;
	FEED(f, EVENT(1, 001));
	pipeline_reroute(f->p, &other);
	FEED(f, EVENT(2, 002));
	f->output.priority = 3;
	pipeline_reroute(f->p, &f->route);
	FEED(f, EVENT(3, 003));
	expect_counts(f, "received 3 events (6 records, 0 malformed) = emitted 1 + filtered 2 + dropped 0");
	select_free(set);
}

/* A full disk: events are dropped and counted; a patient output is waited for once, then given up. */
static void fill(struct fixture *f, unsigned patience_ms)
{
	static const char head[] = "type=USER_CMD msg=audit(1700000000.001:9): pid=1 msg='";
	char line[8001];

	begin(f, "/dev/full", true);
	f->output.options.budget = 900000;
	f->output.patience_ms = patience_ms;
	memset(line, 'y', sizeof(line) - 1);
	memcpy(line, head, sizeof(head) - 1);
	line[sizeof(line) - 1] = '\0';
	for (int i = 0; i < 100; i++)
		FEED(f, line);
	assert_int_equal(pipeline_counts(f->p)->received, 100);
	assert_true(pipeline_counts(f->p)->dropped[DROP_NO_ROOM] > 0);
	assert_int_equal(f->output.patience_ms, 0);
}

static void test_full(void **state)
{
	fill(*state, 0);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void test_patience(void **state)
{
	int64_t start = now_ms(), took;

	fill(*state, 300);
	took = now_ms() - start;
	assert_true(took >= 300);
	assert_true(took < 10000);
}

static const struct internal_pair pair = { .key = "events", .number = 135 };
static const struct internal_event lost = {
	.type = "lost", .priority = 3, .text = "135 events", .time_ms = INT64_C(1700000000001), .pairs = &pair, .count = 1
};

static void expect_told(struct fixture *f, uint64_t told, uint64_t untold)
{
	assert_int_equal(pipeline_counts(f->p)->told, told);
	assert_int_equal(pipeline_counts(f->p)->untold, untold);
}

/* Our own events pass by the selection, and are none of those that came in. */
static void test_tell(void **state)
{
	struct fixture *f = *state;
	struct select_spec spec = { .name = "s", .text[SELECT_SYSCALLS] = "openat", .success = -1 };
	struct select_set *set;

	begin(f, f->path, false);
	assert_int_equal(select_new(&set, &spec, 1, no_fault, NULL), 0);
	f->output.format = &encoder_text;
	f->route.select = set;
	pipeline_reroute(f->p, &f->route);
	FEED(f, EVENT(1, 001), HALF(2, 1700000000));
	assert_true(pipeline_tell(f->p, &lost));
	expect_told(f, 1, 0);
	f->output.priority = 2;
	pipeline_reroute(f->p, &f->route);
	assert_true(pipeline_tell(f->p, &lost)); /* nobody wants it */
	f->output.priority = 7;
	f->output.format = &encoder_raw;
	pipeline_reroute(f->p, &f->route);
	assert_true(pipeline_tell(f->p, &lost)); /* no record, nothing to show */
	FEED(f, "no record");
	expect_counts(f, "received 3 events (4 records, 1 malformed) = emitted 0 + filtered 3 + dropped 0");
	expect_told(f, 1, 0);
	assert_string_equal(written(f), "22:13:20.001000000: Error lost: 135 events\n");
	select_free(set);
}

/* An event of ours that finds no room may be told again. */
static void test_tell_full(void **state)
{
	struct fixture *f = *state;

	fill(f, 0);
	f->output.format = &encoder_text;
	pipeline_reroute(f->p, &f->route);
	expect_told(f, 0, 0);
	assert_false(pipeline_tell(f->p, &lost));
	assert_false(pipeline_tell(f->p, &lost));
	expect_told(f, 0, 2);
	assert_int_equal(pipeline_counts(f->p)->received, 100);
}

/* What an output can't hand over at its end was not told, and no event of the stream is counted for it. */
static void test_tell_lost(void **state)
{
	struct fixture *f = *state;
	uint64_t dropped;

	begin(f, "/dev/full", false);
	f->output.format = &encoder_text;
	f->output.options.budget = 8000;
	pipeline_reroute(f->p, &f->route);
	assert_true(pipeline_tell(f->p, &lost));
	FEED(f, EVENT(1, 001), EVENT(2, 002));
	for (int i = 0; i < 3; i++)
		assert_true(pipeline_tell(f->p, &lost));
	FEED(f, EVENT(3, 003));
	assert_true(pipeline_tell(f->p, &lost));
	expect_told(f, 5, 0);
	pipeline_end(f->p);
	pipeline_finish(f->p);
	dropped = pipeline_counts(f->p)->dropped[DROP_LOST];
	assert_int_equal(dropped, 3);
	expect_told(f, 0, 5);
	expect_counts(f, "received 3 events (6 records, 0 malformed) = emitted 0 + filtered 0 + dropped 3 (3 lost at the end)");
}

/* An output that only hears of us does not vouch for events. */
static void test_tell_beside(void **state)
{
	struct fixture *f = *state;
	struct pipeline_output outputs[2];
	struct output_settings settings = { .name = "own", .type = "file", .path = f->path };
	struct err err;

	begin(f, "/dev/full", false);
	outputs[0] = outputs[1] = f->output;
	assert_int_equal(output_open(&outputs[1].to, &settings, &err), 0);
	outputs[0].format = outputs[1].format = &encoder_text;
	outputs[1].priority = 4;
	f->route.outputs = outputs;
	f->route.output_count = 2;
	pipeline_reroute(f->p, &f->route);
	FEED(f, EVENT(1, 001), EVENT(2, 002));
	assert_true(pipeline_tell(f->p, &lost));
	pipeline_end(f->p);
	pipeline_finish(f->p);
	assert_int_equal(pipeline_counts(f->p)->dropped[DROP_LOST], 2);
	assert_int_equal(pipeline_counts(f->p)->emitted, 0);
	assert_string_equal(written(f), "22:13:20.001000000: Error lost: 135 events\n");
	output_close(outputs[1].to);
}

/* Dozens of these come when rules are loaded: those of the key are our own doing, for as long as it is set. */
static void own_changes_are_filtered(void **state)
{
	struct fixture *f = *state;

	begin(f, f->path, false);
	f->how.own_changes = true;
	f->how.own_pids[0] = 77;
	f->how.own_keys[0] = SPAN("tiercel");
	FEED(f, "type=CONFIG_CHANGE msg=audit(1700000000.001:1): auid=0 ses=1 op=add_rule key=\"tiercel\" list=4 res=1",
		"type=CONFIG_CHANGE msg=audit(1700000000.002:2): auid=0 ses=1 op=add_rule key=\"theirs\" list=4 res=1",
		"type=CONFIG_CHANGE msg=audit(1700000000.003:3): op=set audit_enabled=1 old=0 auid=0 ses=1 res=1",
		"type=CONFIG_CHANGE msg=audit(1700000000.006:6): auid=0 ses=1 op=add_rule key=\"tiercel-exec\" list=4 res=1",
		"type=CONFIG_CHANGE msg=audit(1700000000.007:7): pid=76 auid=0 op=remove_rule key=\"tiercel\" list=4 res=1",
		"type=CONFIG_CHANGE msg=audit(1700000000.009:9): auid=0 ses=1 op=\"add rule\" key=(null) list=5 res=1",
		"type=CONFIG_CHANGE msg=audit(1700000000.010:10): auid=0 ses=1 op=add_rule key=(null) list=4 res=1",
		"type=CONFIG_CHANGE msg=audit(1700000000.011:11): auid=0 ses=1 op=add_rule key=\"theirs\" list=5 res=1",
		"type=CONFIG_CHANGE msg=audit(1700000000.012:12): pid=76 auid=0 op=remove_rule key=(null) list=5 res=1",
		"type=CONFIG_CHANGE msg=audit(1700000000.008:8): pid=77 auid=0 op=set audit_enabled=1 old=0 res=1",
		"type=USER_CMD msg=audit(1700000000.004:4): pid=1 uid=0 auid=0 ses=1 key=\"tiercel\" msg='cmd=x res=success'");
	pipeline_end(f->p);
	f->how.own_changes = false;
	FEED(f, "type=CONFIG_CHANGE msg=audit(1700000009.005:5): auid=0 ses=1 op=remove_rule key=\"tiercel\" list=4 res=1");
	expect_counts(f, "received 12 events (12 records, 0 malformed) = emitted 9 + filtered 3 + dropped 0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_counts, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_overlong, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_datagram, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_interpreted, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_interpreted_live, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_clocks, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tick, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_route, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_patience, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tell, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tell_full, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tell_lost, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_tell_beside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(own_changes_are_filtered, set_up, tear_down)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
