#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/loss.h"

#include "bench_kit.h"
#include "fake_kernel.h"

#include <signal.h>
#include <sys/resource.h>

#define SECOND 1000
#define MINUTE (60 * SECOND)
#define STEP 200           /* as the daemon ticks */
#define FULL_AT (64 * 1024)
#define RETRIED_US 120000  /* an output that failed is tried again by then */
#define TEXT_MAX (4 * 1024 * 1024)

/* A source that lost what the test says. */
struct fake_source {
	struct source source;
	struct source_counts counts;
};

static void give_counts(const struct source *source, struct source_counts *counts)
{
	*counts = ((const struct fake_source *)source)->counts;
}

static int no_descriptor(const struct source *source)
{
	(void)source;
	return -1;
}

static const struct source_ops fake_operations = { .counts = give_counts, .fd = no_descriptor };

struct bench {
	struct fake_source source;
	struct pipeline_options how;
	struct serials serials;
	struct route *route;
	struct pipeline *pipeline;
	struct loss loss;
	int64_t now;
	struct bench_files files;
	char text[TEXT_MAX];
};

/* The events go to a file, as far as `more` lets them; behind it may be other outputs. */
static void open_bench(struct bench *b, const char *more)
{
	struct route_wish wish = { .config = b->files.conf, .background = true };
	FILE *f = fopen(b->files.conf, "w");

	assert_non_null(f);
	fprintf(f, "[output events]\ntype = file\npath = %s\nfields = evt.type, internal.*\n%s", b->files.events, more);
	fclose(f);
	assert_int_equal(route_load(&b->route, &wish), 0);
	b->how = (struct pipeline_options){
		.normalize = { .origin = SPAN("log"), .boot = SPAN("log"), .hostname = SPAN("h") }, .serials = &b->serials
	};
	b->pipeline = pipeline_new(&b->how, route_of(b->route));
	assert_non_null(b->pipeline);
	b->source.source.ops = &fake_operations;
	b->loss = (struct loss){
		.pipeline = b->pipeline, .serials = &b->serials, .source = &b->source.source
	};
}

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	if (!b)
		return -1;
	*state = b;
	return bench_files_make(&b->files);
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_FSIZE, &limit);
	limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
	setrlimit(RLIMIT_FSIZE, &limit);
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	limit_files(RLIM_INFINITY);
	pipeline_free(b->pipeline);
	route_free(b->route);
	bench_files_remove(&b->files);
	free(b);
	return 0;
}

/* The daemon's ticks of so many ms. */
static void pass(struct bench *b, int64_t ms)
{
	for (int64_t until = b->now + ms; b->now < until;) {
		b->now += STEP;
		loss_tick(&b->loss, b->route, b->now);
		pipeline_flush(b->pipeline);
	}
}

/* All that was written so far. */
static const char *written(struct bench *b)
{
	FILE *f = fopen(b->files.events, "r");
	size_t n;

	assert_non_null(f);
	n = fread(b->text, 1, sizeof(b->text) - 1, f);
	fclose(f);
	b->text[n] = '\0';
	return b->text;
}

static unsigned count_of(const char *text, const char *what)
{
	unsigned n = 0;

	for (const char *p = text; (p = strstr(p, what)); p += strlen(what))
		n++;
	return n;
}

static unsigned told(struct bench *b)
{
	return count_of(written(b), "\"evt.type\":\"lost\"");
}

/* The latest event's fields are these, and no others. */
static void assert_latest(struct bench *b, const char *shown)
{
	const char *p = written(b), *next;
	char want[512];

	snprintf(want, sizeof(want), "\"output_fields\":{\"evt.type\":\"lost\",%s},\"priority\":\"Error\"", shown);
	while ((next = strchr(p, '\n')) && next[1])
		p = next + 1;
	if (!strstr(p, want))
		assert_string_equal(p, want);
	assert_non_null(strstr(p, "\"source\":\"internal\""));
}

static void assert_print(const struct bench *b, const char *want)
{
	char text[512];
	struct buf out = { .p = text, .cap = sizeof(text) };

	loss_print(&b->loss, &out);
	assert_int_equal(out.n, strlen(want));
	assert_memory_equal(out.p, want, out.n);
}

static void nothing_lost_nothing_told(void **state)
{
	struct bench *b = *state;

	open_bench(b, "");
	b->source.counts = (struct source_counts){ .congested = 3, .ignored = 7 };
	for (uint32_t i = 1; i < 100; i++)
		serials_push(&b->serials, i);
	pass(b, MINUTE);
	loss_end(&b->loss, b->route);
	pipeline_flush(b->pipeline);
	assert_string_equal(written(b), "");
	assert_int_equal(loss_total(&b->loss), 0);
	assert_print(b, "");
}

static void each_kind_is_told_once(void **state)
{
	struct bench *b = *state;
	const struct {
		uint64_t *count;
		const char *fields, *more;
	} kinds[] = {
		{ &b->source.counts.dropped,
			"\"internal.socket_dropped\":5,\"internal.text\":\"lost on the way to us: 5 records by our socket, "
			"which was full\"",
			"\"internal.socket_dropped\":2,\"internal.text\":\"lost on the way to us: 2 records by our socket, "
			"which was full\"" },
		{ &b->source.counts.cut,
			"\"internal.cut_records\":5,\"internal.text\":\"lost on the way to us: 5 records cut by their length\"",
			"\"internal.cut_records\":2,\"internal.text\":\"lost on the way to us: 2 records cut by their length\"" },
		{ &b->source.counts.restarts,
			"\"internal.restarts\":5,\"internal.text\":\"lost on the way to us: 5 breaks of the stream\"",
			"\"internal.restarts\":2,\"internal.text\":\"lost on the way to us: 2 breaks of the stream\"" },
	};

	open_bench(b, "");
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		*kinds[i].count += 5;
		pass(b, MINUTE);
		assert_int_equal(told(b), 2 * i + 1);
		assert_latest(b, kinds[i].fields);
		*kinds[i].count += 2;
		pass(b, MINUTE);
		assert_int_equal(told(b), 2 * i + 2);
		assert_latest(b, kinds[i].more);
	}
}

static void kinds_share_an_event(void **state)
{
	struct bench *b = *state;

	open_bench(b, "");
	b->source.counts = (struct source_counts){ .dropped = 11, .cut = 12, .restarts = 13 };
	pass(b, MINUTE);
	assert_int_equal(told(b), 1);
	assert_latest(b, "\"internal.cut_records\":12,\"internal.restarts\":13,\"internal.socket_dropped\":11,"
		"\"internal.text\":\"lost on the way to us: 11 records by our socket, which was full, "
		"12 records cut by their length, 13 breaks of the stream\"");
	assert_print(b, "lost on the way to us: 11 records by our socket, which was full, "
		"12 records cut by their length, 13 breaks of the stream");
	/* The stream's breaks may have lost nothing. */
	assert_int_equal(loss_total(&b->loss), 23);
}

static void gaps_are_told_with_their_ends(void **state)
{
	struct bench *b = *state;

	open_bench(b, "");
	serials_push(&b->serials, 10);
	serials_push(&b->serials, 11);
	serials_push(&b->serials, 20);
	pass(b, SECOND);
	assert_int_equal(told(b), 0);
	pass(b, 2 * SERIALS_QUIET_MS);
	assert_int_equal(told(b), 1);
	assert_latest(b, "\"internal.first_serial\":12,\"internal.last_serial\":19,\"internal.missing_events\":8,"
		"\"internal.text\":\"lost on the way to us: 8 events by gaps in the serials\"");
	/* The next gap begins anew. */
	serials_push(&b->serials, 23);
	b->source.counts.dropped = 1;
	pass(b, SECOND);
	pass(b, 2 * SERIALS_QUIET_MS);
	assert_int_equal(told(b), 3);
	assert_latest(b, "\"internal.first_serial\":21,\"internal.last_serial\":22,\"internal.missing_events\":2,"
		"\"internal.text\":\"lost on the way to us: 2 events by gaps in the serials\"");
	assert_int_equal(loss_total(&b->loss), 11);
}

static void a_source_without_serials(void **state)
{
	struct bench *b = *state;

	open_bench(b, "");
	b->loss.serials = NULL;
	serials_push(&b->serials, 1);
	serials_push(&b->serials, 9);
	serials_end(&b->serials);
	b->source.counts.cut = 1;
	pass(b, MINUTE);
	loss_end(&b->loss, b->route);
	pipeline_flush(b->pipeline);
	assert_int_equal(told(b), 1);
	assert_latest(b, "\"internal.cut_records\":1,"
		"\"internal.text\":\"lost on the way to us: 1 records cut by their length\"");
}

/* A flood of losses is no flood of words, and none is forgotten. */
static void so_often_at_most(void **state)
{
	struct bench *b = *state;
	uint64_t sum = 0;

	open_bench(b, "");
	for (int i = 0; i < 10 * SECOND / STEP; i++) {
		b->source.counts.dropped++;
		pass(b, STEP);
	}
	assert_in_range(told(b), 9, 10);
	pass(b, 2 * SECOND);
	written(b);
	for (const char *p = b->text; (p = strstr(p, "\"internal.socket_dropped\":")); p++)
		sum += strtoull(strchr(p, ':') + 1, NULL, 10);
	assert_int_equal(sum, b->source.counts.dropped);
}

static void on_owner(void *ctx, const struct owner_news *news)
{
	(void)ctx;
	(void)news;
}

/* Owner or not, who may ask the kernel for its count tells it. */
static void the_kernel_counts_too(void **state)
{
	struct bench *b = *state;
	struct fake_kernel *kernel = fake_kernel_new(&KERNEL_6_1);
	int control = fake_kernel_control(kernel);
	struct owner_options options = { .source = &b->source.source, .tell = on_owner };
	struct owner *owner;
	struct err err;

	open_bench(b, "");
	options.ctl = audit_ctl_new(control, 1000);
	assert_non_null(options.ctl);
	fake_kernel_set(kernel, WIRE_SET_LOST, 1000);
	assert_int_equal(owner_start(&owner, &options, &err), 0);
	b->loss.owner = owner;
	pass(b, MINUTE);
	assert_int_equal(told(b), 0);
	fake_kernel_set(kernel, WIRE_SET_LOST, 1135);
	assert_int_equal(owner_tick(owner, INT64_MAX / 2), 0);
	pass(b, MINUTE);
	assert_int_equal(told(b), 1);
	assert_latest(b, "\"internal.kernel_lost\":135,"
		"\"internal.text\":\"lost on the way to us: 135 records by the kernel, for its full backlog or its rate limit\"");
	assert_int_equal(loss_total(&b->loss), 135);
	assert_print(b, "lost on the way to us: 135 records by the kernel, for its full backlog or its rate limit");
	owner_stop(owner);
	owner_free(owner);
	audit_ctl_free(options.ctl);
	fake_kernel_free(kernel);
	close(control);
}

/* One event of more records than any may have. */
static void records_over_bounds(void **state)
{
	struct bench *b = *state;
	struct source_sink sink;
	char shown[160];
	uint64_t cut;

	open_bench(b, "priority = Error\n");
	sink = pipeline_sink(b->pipeline);
	for (int i = 0; i < 1000; i++) {
		char line[128 + RECORD_PAD] = "type=PATH msg=audit(1700000000.123:7): item=0 name=\"x\" nametype=NORMAL";

		sink.line(sink.ctx, line, strlen(line));
		sink.settle(sink.ctx);
	}
	cut = pipeline_assembly(b->pipeline)->cut_records;
	assert_in_range(cut, 1, 999);
	pass(b, MINUTE);
	assert_int_equal(told(b), 1);
	snprintf(shown, sizeof(shown), "\"internal.records_over_bounds\":%llu,"
		"\"internal.text\":\"lost on the way to us: %llu records over the bounds of one event\"",
		(unsigned long long)cut, (unsigned long long)cut);
	assert_latest(b, shown);
	assert_int_equal(loss_total(&b->loss), cut);
	pipeline_end(b->pipeline);
}

/* What is open when all is read is a loss, and told before we go. */
static void the_end_tells_the_rest(void **state)
{
	struct bench *b = *state;

	open_bench(b, "");
	b->source.counts.dropped = 1;
	pass(b, STEP);
	assert_int_equal(told(b), 1);
	serials_push(&b->serials, 5);
	serials_push(&b->serials, 7);
	b->source.counts.dropped = 4;
	loss_end(&b->loss, b->route);
	pipeline_flush(b->pipeline);
	assert_int_equal(told(b), 2);
	assert_latest(b, "\"internal.first_serial\":6,\"internal.last_serial\":6,\"internal.missing_events\":1,"
		"\"internal.socket_dropped\":3,\"internal.text\":\"lost on the way to us: 1 events by gaps in the serials, "
		"3 records by our socket, which was full\"");
	loss_end(&b->loss, b->route);
	pipeline_flush(b->pipeline);
	assert_int_equal(told(b), 2);
}

/* What a rule left out is told now and then, and what is not told yet at the end. */
static void limits_of_rules(void **state)
{
	static const char login[] = "type=USER_LOGIN msg=audit(1700000000.123:7): pid=1 uid=0 msg='op=login res=success'";
	struct bench *b = *state;
	struct source_sink sink;

	open_bench(b, "[rule r]\ncondition = evt.type = user_login\nrate_limit = 1/h\n");
	sink = pipeline_sink(b->pipeline);
	for (int i = 0; i < 6; i++) {
		char line[sizeof(login) + RECORD_PAD];

		memcpy(line, login, sizeof(login));
		sink.line(sink.ctx, line, sizeof(login) - 1);
		sink.settle(sink.ctx);
		pipeline_end(b->pipeline);
		pass(b, STEP);
		if (i == 3)
			pass(b, MINUTE);
	}
	loss_end(&b->loss, b->route);
	pipeline_flush(b->pipeline);
	assert_int_equal(count_of(written(b), "\"evt.type\":\"rate_limit\",\"internal.matches\":1,"), 1);
	assert_int_equal(count_of(b->text, "\"evt.type\":\"rate_limit\",\"internal.matches\":2,"), 2);
	assert_int_equal(count_of(b->text, "\"evt.type\":\"rate_limit\""), 3);
	assert_int_equal(told(b), 0);
	assert_int_equal(loss_total(&b->loss), 0);
}

/* Send words until no output takes them any more. */
static void fill(struct bench *b)
{
	static const struct internal_event word = { .type = "filler", .priority = 3, .text = "a word" };

	while (pipeline_tell(b->pipeline, &word))
		assert_true(pipeline_counts(b->pipeline)->told < 100000);
}

static void make_room(struct bench *b)
{
	limit_files(RLIM_INFINITY);
	usleep(RETRIED_US);
	pipeline_flush(b->pipeline);
}

/* A loss that nobody could be told of is told when there is room, in one word, and tried only now and then before. */
static void told_again_when_there_is_room(void **state)
{
	struct bench *b = *state;
	uint64_t untold;

	signal(SIGXFSZ, SIG_IGN);
	open_bench(b, "");
	limit_files(FULL_AT);
	fill(b);
	untold = pipeline_counts(b->pipeline)->untold;
	b->source.counts.dropped = 3;
	pass(b, SECOND);
	serials_push(&b->serials, 1);
	serials_push(&b->serials, 4);
	pass(b, 10 * MINUTE);
	assert_in_range(pipeline_counts(b->pipeline)->untold - untold, 2, 2 * 60);
	make_room(b);
	assert_int_equal(told(b), 0);
	pass(b, MINUTE);
	assert_int_equal(count_of(written(b), "\"internal.first_serial\":2,\"internal.last_serial\":3,"
		"\"internal.missing_events\":2,\"internal.socket_dropped\":3,\"internal.text\":\"lost on the way to us: "
		"2 events by gaps in the serials, 3 records by our socket, which was full\""), 1);
	assert_int_equal(told(b), 2); /* and the output's own */
	pass(b, 10 * MINUTE);
	assert_int_equal(told(b), 2);
}

/* The output that had no room says so once it has, but not of the words that said it. */
static void lost_lines_are_told_once(void **state)
{
	struct bench *b = *state;

	signal(SIGXFSZ, SIG_IGN);
	open_bench(b, "");
	limit_files(FULL_AT);
	fill(b);
	pass(b, 10 * MINUTE);
	make_room(b);
	pass(b, MINUTE);
	assert_int_equal(told(b), 1);
	assert_latest(b, "\"internal.lines\":1,\"internal.output\":\"events\",\"internal.text\":\"output events lost 1 lines\"");
	pass(b, 10 * MINUTE);
	assert_int_equal(told(b), 1);
}

/* Beside one that takes it: told once to that one, and the words that the full one has no room for are no news. */
static void a_full_one_beside_a_good_one(void **state)
{
	static const struct internal_event word = { .type = "filler", .priority = 3, .text = "a word" };
	struct bench *b = *state;
	const struct output *full;

	open_bench(b, "[output full]\ntype = file\npath = /dev/full\n");
	full = route_of(b->route)->outputs[1].to;
	while (output_counts(full)->dropped < 3)
		assert_true(pipeline_tell(b->pipeline, &word));
	pass(b, 10 * MINUTE);
	assert_int_equal(told(b), 1);
	assert_latest(b, "\"internal.lines\":3,\"internal.output\":\"full\",\"internal.text\":\"output full lost 3 lines\"");
	pipeline_tell(b->pipeline, &word);
	pass(b, 10 * MINUTE);
	assert_int_equal(told(b), 2);
	assert_latest(b, "\"internal.lines\":1,\"internal.output\":\"full\",\"internal.text\":\"output full lost 1 lines\"");
}

/* Nobody wants to know: that is no reason to say it for ever. */
static void nobody_asks(void **state)
{
	struct bench *b = *state;

	open_bench(b, "priority = Critical\n");
	b->source.counts.dropped = 3;
	pass(b, MINUTE);
	assert_string_equal(written(b), "");
	assert_int_equal(b->loss.told[LOSS_SOCKET], 3);
	assert_int_equal(pipeline_counts(b->pipeline)->untold, 0);
	assert_int_equal(loss_total(&b->loss), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_lost_nothing_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(each_kind_is_told_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(kinds_share_an_event, set_up, tear_down),
		cmocka_unit_test_setup_teardown(gaps_are_told_with_their_ends, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_source_without_serials, set_up, tear_down),
		cmocka_unit_test_setup_teardown(so_often_at_most, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_kernel_counts_too, set_up, tear_down),
		cmocka_unit_test_setup_teardown(records_over_bounds, set_up, tear_down),
		cmocka_unit_test_setup_teardown(limits_of_rules, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_end_tells_the_rest, set_up, tear_down),
		cmocka_unit_test_setup_teardown(told_again_when_there_is_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(lost_lines_are_told_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_full_one_beside_a_good_one, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_asks, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
