/* Rules all the way: a configuration, its route, records, and what comes out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/loss.h"

#include "bench_kit.h"
#include "record/record.h"

#define TEXT_MAX (1024 * 1024)

struct bench {
	struct pipeline_options how;
	struct route *route;
	struct pipeline *pipeline;
	struct source_sink sink;
	unsigned serial;
	struct bench_files files;
	char text[TEXT_MAX];
};

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	if (!b)
		return -1;
	*state = b;
	return bench_files_make(&b->files);
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	pipeline_free(b->pipeline);
	route_free(b->route);
	bench_files_remove(&b->files);
	free(b);
	return 0;
}

static struct route *load(struct bench *b, const char *output, const char *more)
{
	struct route_wish wish = { .config = b->files.conf, .background = true };
	struct route *r;
	FILE *f = fopen(b->files.conf, "w");

	assert_non_null(f);
	fprintf(f, "%s\n[output events]\ntype = file\npath = %s\n%s\n", more, b->files.events, output);
	fclose(f);
	assert_int_equal(route_load(&r, &wish), 0);
	return r;
}

/* The keys of the only output, and what selects. */
static void open_bench(struct bench *b, const char *output, const char *more)
{
	b->route = load(b, output, more);
	b->how = (struct pipeline_options){
		.normalize = { .origin = SPAN("log"), .boot = SPAN("log"), .hostname = SPAN("h") }
	};
	b->pipeline = pipeline_new(&b->how, route_of(b->route));
	assert_non_null(b->pipeline);
	b->sink = pipeline_sink(b->pipeline);
}

/* A call of its own, whole, at this second. */
static void call(struct bench *b, unsigned second, unsigned number, const char *comm)
{
	char line[512 + RECORD_PAD];
	int n;

	b->serial++;
	n = snprintf(line, 512, "type=SYSCALL msg=audit(%u.000:%u): arch=c000003e syscall=%u success=yes exit=0 a0=2 a1=0 "
		"a2=0 a3=0 items=0 ppid=1 pid=2 uid=0 gid=0 euid=0 egid=0 comm=\"%s\" exe=\"/bin/%s\"", 1700000000 + second,
		b->serial, number, comm, comm);
	b->sink.line(b->sink.ctx, line, (size_t)n);
	b->sink.settle(b->sink.ctx);
	n = snprintf(line, 512, "type=PROCTITLE msg=audit(%u.000:%u): proctitle=\"%s\"", 1700000000 + second, b->serial, comm);
	b->sink.line(b->sink.ctx, line, (size_t)n);
	b->sink.settle(b->sink.ctx);
}

enum { GETPID = 39, KILL = 62, UMASK = 95 };

/* All that was written since the last look. */
static const char *written(struct bench *b)
{
	FILE *f;
	size_t n;

	pipeline_flush(b->pipeline);
	f = fopen(b->files.events, "r");
	assert_non_null(f);
	n = fread(b->text, 1, sizeof(b->text) - 1, f);
	fclose(f);
	b->text[n] = '\0';
	assert_int_equal(truncate(b->files.events, 0), 0);
	return b->text;
}

static void expect_counts(struct bench *b, const char *want)
{
	char text[256];
	struct buf out = { .p = text, .cap = sizeof(text) - 1 };
	struct err err;

	pipeline_end(b->pipeline);
	pipeline_print(b->pipeline, &out);
	text[out.n] = '\0';
	assert_non_null(strstr(text, want));
	if (pipeline_check(b->pipeline, &err) < 0)
		fail_msg("%s", err.what);
}

#define SELECT_KILL "[select s]\nsyscalls = kill\n"
#define RULE_UMASK "[rule r]\nname = Umask\ncondition = evt.type = umask\noutput = umask by %proc.name\npriority = Warning\n"

/* One of both is enough; without both, all is selected. */
static void what_is_selected(void **state)
{
	static const struct {
		const char *more, *want;
	} cases[] = {
		{ "", "Informational getpid|Informational kill|Informational umask|" },
		{ SELECT_KILL, "Informational kill|" },
		{ RULE_UMASK, "Warning umask|" },
		{ SELECT_KILL RULE_UMASK, "Informational kill|Warning umask|" },
		{ SELECT_KILL "[rule r]\ncondition = evt.type in (kill, getpid)\n", "Notice r: getpid|Notice r: kill|" },
		{ SELECT_KILL "[rule r]\ncondition = evt.type in (kill, getpid)\nenabled = no\n", "Informational kill|" },
		{ "[rule r]\ncondition = evt.type in (kill, getpid)\nenabled = no\n", "" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char got[256] = "";

		open_bench(b, "format = text\n", cases[i].more);
		call(b, 0, GETPID, "a");
		call(b, 0, KILL, "b");
		call(b, 0, UMASK, "c");
		written(b);
		for (char *line = strtok(b->text, "\n"); line; line = strtok(NULL, "\n")) {
			char priority[32], name[32], type[32];

			assert_int_equal(sscanf(line, "%*s %31s %31s %31s", priority, name, type), 3);
			if (name[strlen(name) - 1] == ':') /* of a rule */
				sprintf(got + strlen(got), "%s %s %s|", priority, name, type);
			else
				sprintf(got + strlen(got), "%s %s|", priority, name);
		}
		assert_string_equal(got, cases[i].want);
		pipeline_end(b->pipeline);
		pipeline_free(b->pipeline);
		route_free(b->route);
	}
	open_bench(b, "", "");
}

static void the_envelope_is_the_rules(void **state)
{
	struct bench *b = *state;

	open_bench(b, "fields = evt.type\n", RULE_UMASK "tags = a, b\n[rule t]\nname = Other\ncondition = proc.name = x\n"
		"priority = Critical\noutput = 100%% %evt.arg.mask %fd.sip\n");
	call(b, 0, UMASK, "c");
	assert_string_equal(written(b), "{\"hostname\":\"h\",\"output\":\"22:13:20.000000000: Warning umask by c\","
		"\"output_fields\":{\"evt.type\":\"umask\",\"proc.name\":\"c\"},\"priority\":\"Warning\",\"rule\":\"Umask\","
		"\"source\":\"syscall\",\"tags\":[\"a\",\"b\"],\"time\":\"2023-11-14T22:13:20.000000000Z\"}\n");
	call(b, 0, UMASK, "x");
	assert_string_equal(written(b), "{\"hostname\":\"h\",\"output\":\"22:13:20.000000000: Critical 100% 02 <NA>\","
		"\"output_fields\":{\"evt.arg.mask\":\"02\",\"evt.type\":\"umask\"},\"priority\":\"Critical\",\"rule\":\"Other\","
		"\"source\":\"syscall\",\"tags\":[],\"time\":\"2023-11-14T22:13:20.000000000Z\"}\n");
}

/* What is shown: the output's fields or the rule's, and what the text names. */
static void fields_by_rule(void **state)
{
	static const char other[] =
		"[rule other]\ncondition = proc.name = d\nfields = proc.name, evt.arg.sig\n"
		"output = %evt.arg.pid of %user.uid\n";
	static const struct {
		const char *output, *rule, *want;
	} cases[] = {
		{ "fields = proc.name, evt.arg.mask", "", "\"evt.arg.mask\":\"02\",\"proc.name\":\"c\"" },
		{ "fields = proc.name, evt.arg.mask", "fields = proc.pid\n", "\"proc.pid\":2" },
		{ "fields = proc.name", "fields = proc.pid, evt.arg.mask\noutput = %evt.arg[mask] %user.uid %evt.arg.none",
			"\"evt.arg.mask\":\"02\",\"proc.pid\":2,\"user.uid\":0" },
		{ "fields = proc.name", "output = %evt.arg.mask", "\"evt.arg.mask\":\"02\",\"proc.name\":\"c\"" },
		{ "fields = proc.name", "output = %audit.path[0].name %evt.arg.none", "\"proc.name\":\"c\"" },
		{ "fields = evt.rules", "fields = evt.rules, proc.pid\n[rule second]\ncondition = evt.arg.mask exists\n"
			"[rule third]\ncondition = proc.name = c",
			"\"evt.rules\":[\"r\",\"second\",\"third\"],\"proc.pid\":2" },
		{ "fields = evt.rules", "", "" },
	};
	struct bench *b = *state;
	char more[500], want[300];

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		snprintf(more, sizeof(more), "[rule r]\ncondition = evt.type = umask\n%s\n%s", cases[i].rule, other);
		snprintf(want, sizeof(want), "\"output_fields\":{%s},", cases[i].want);
		open_bench(b, cases[i].output, more);
		call(b, 0, UMASK, "c");
		if (!strstr(written(b), want))
			fail_msg("%s\nhas no %s", b->text, want);
		call(b, 0, KILL, "d");
		assert_non_null(strstr(written(b), "\"output_fields\":{\"evt.arg.pid\":\"2\",\"evt.arg.sig\":\"0\","
			"\"proc.name\":\"d\",\"user.uid\":0},"));
		pipeline_end(b->pipeline);
		pipeline_free(b->pipeline);
		route_free(b->route);
	}
	open_bench(b, "", "");
}

/* A severity that no output takes is filtered, as before. */
static void outputs_by_severity(void **state)
{
	struct bench *b = *state;

	open_bench(b, "format = text\npriority = Error\n", RULE_UMASK "[rule t]\ncondition = evt.type = kill\npriority = Alert\n");
	call(b, 0, UMASK, "c");
	call(b, 0, KILL, "c");
	expect_counts(b, "received 2 events (4 records, 0 malformed) = emitted 1 + filtered 1 + dropped 0");
	assert_non_null(strstr(written(b), "Alert t: kill"));
}

#define LIMITED "rate_limit = 1/m burst 2\n"

static const char *limit_told(struct bench *b, int64_t now_ms)
{
	loss_tick(&(struct loss){ .pipeline = b->pipeline, .next = INT64_MAX }, b->route, now_ms);
	return written(b);
}

/* Each event is somewhere: let through, or left out and told. */
static void limits_are_counted_and_told(void **state)
{
	struct bench *b = *state;

	open_bench(b, "fields = evt.type, internal.*\n", RULE_UMASK LIMITED);
	for (int i = 0; i < 5; i++)
		call(b, 10, UMASK, "c");
	call(b, 10, GETPID, "c");
	assert_non_null(strstr(limit_told(b, 1000), "\"output_fields\":{\"evt.type\":\"rate_limit\",\"internal.matches\":3,"
		"\"internal.rule\":\"Umask\",\"internal.text\":\"3 matches of the rule 'Umask' left out, over its rate limit\"},"
		"\"priority\":\"Notice\""));
	assert_string_equal(limit_told(b, 2000), "");
	call(b, 10, UMASK, "c");
	assert_string_equal(limit_told(b, 60999), "");
	assert_non_null(strstr(limit_told(b, 61000), "1 match of the rule 'Umask' left out"));
	assert_string_equal(limit_told(b, 200000), "");
	call(b, 10, UMASK, "c");
	loss_tell_limits(b->pipeline, b->route, INT64_C(1700000500000));
	assert_non_null(strstr(written(b), "\"time\":\"2023-11-14T22:21:40.000000000Z\""));
	call(b, 71, UMASK, "c");
	assert_non_null(strstr(written(b), "\"rule\":\"Umask\""));
	expect_counts(b, "received 9 events (18 records, 0 malformed) = emitted 3 + filtered 1 + dropped 5 "
		"(5 over a rule's rate limit)");
}

/* What is over one rule's limit is another's, or a [select]'s. */
static void a_limit_is_the_rules_alone(void **state)
{
	struct bench *b = *state;

	open_bench(b, "format = text\n", "[select s]\nsyscalls = kill\n" RULE_UMASK LIMITED
		"[rule kill]\ncondition = evt.type = kill\nrate_limit = 1/h\n"
		"[rule quiet]\ncondition = proc.name = quiet\npriority = Debug\n");
	call(b, 0, KILL, "c");
	call(b, 0, KILL, "c");
	call(b, 0, UMASK, "quiet");
	call(b, 0, UMASK, "quiet");
	call(b, 0, UMASK, "quiet");
	expect_counts(b, "emitted 5 + filtered 0 + dropped 0");
	written(b);
	assert_non_null(strstr(b->text, "Notice kill: kill"));
	assert_non_null(strstr(b->text, "Informational kill"));
	assert_non_null(strstr(b->text, "Debug quiet: umask"));
	assert_null(strstr(strstr(b->text, "Debug"), "Warning"));
}

/* What the configuration before left out is told to the outputs of the next. */
static void a_reload_tells_of_the_rules_before(void **state)
{
	struct bench *b = *state;
	struct loss loss;
	struct route *before;

	open_bench(b, "fields = evt.type\n", RULE_UMASK "rate_limit = 1/h\n");
	loss = (struct loss){ .pipeline = b->pipeline };
	call(b, 0, UMASK, "c");
	call(b, 0, UMASK, "c");
	before = b->route;
	b->route = load(b, "format = text\n", "[rule new]\ncondition = evt.type = kill\noutput = new %evt.type\n");
	pipeline_finish(b->pipeline);
	pipeline_reroute(b->pipeline, route_of(b->route));
	written(b);
	loss_reroute(&loss, before);
	route_free(before);
	call(b, 0, UMASK, "c");
	call(b, 0, KILL, "c");
	written(b);
	assert_non_null(strstr(b->text, "Notice rate_limit: 1 match of the rule 'Umask' left out, over its rate limit\n"));
	assert_non_null(strstr(b->text, "22:13:20.000000000: Notice new kill\n"));
	expect_counts(b, "emitted 2 + filtered 1 + dropped 1 (1 over a rule's rate limit)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(what_is_selected, set_up, tear_down),
		cmocka_unit_test_setup_teardown(the_envelope_is_the_rules, set_up, tear_down),
		cmocka_unit_test_setup_teardown(fields_by_rule, set_up, tear_down),
		cmocka_unit_test_setup_teardown(outputs_by_severity, set_up, tear_down),
		cmocka_unit_test_setup_teardown(limits_are_counted_and_told, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_limit_is_the_rules_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_reload_tells_of_the_rules_before, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
