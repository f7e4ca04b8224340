/* The monitor's own events, in every format. */
#include "event_kit.h"

#include "encode/encode.h"
#include "event/internal.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define BUDGET 4096

static const struct internal_pair pairs[] = {
	{ .key = "missing_events", .number = 135 },
	{ .key = "output", .text = "a \"file\"=\xff" },
	{ .key = "first_serial", .number = UINT64_MAX },
	{ .key = "mode", .text = "audit" },
	{ .key = "nothing", .text = "" },
};
static const struct internal_event lost = {
	.type = "lost", .priority = 3, .text = "135 records, by \x1b[2Jgaps", .time_ms = INT64_C(1700000000123),
	.pairs = pairs, .count = 5,
};

/* What happens to an event while its memory is there. */
struct bench {
	struct normalize_options options;
	struct arena_pool *pool;
	struct normalizer *normalizer;
	struct group group;
	struct event event;
	char line[BUDGET + 64];
};

static int set_up(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));

	if (!b)
		return -1;
	b->options = (struct normalize_options){ .origin = SPAN("audit"), .boot = SPAN("0123abcd"), .hostname = SPAN("app1") };
	b->pool = arena_pool_new(64 * 1024, 1);
	b->normalizer = normalizer_new(&b->options);
	b->group.arena.pool = b->pool;
	*state = b;
	return b->pool && b->normalizer ? 0 : -1;
}

static int tear_down(void **state)
{
	struct bench *b = *state;

	arena_reset(&b->group.arena);
	normalizer_free(b->normalizer);
	arena_pool_free(b->pool);
	free(b);
	return 0;
}

/* The same from texts that are gone when the call is back. */
static void make(struct bench *b, const struct internal_event *in)
{
	struct internal_pair copies[8];
	struct internal_event copy = *in;
	char *texts[18];
	unsigned n = 0;

	assert_true(in->count <= 8);
	copy.type = texts[n++] = strdup(in->type);
	copy.text = texts[n++] = strdup(in->text);
	copy.pairs = copies;
	for (unsigned i = 0; i < in->count; i++) {
		copies[i] = in->pairs[i];
		copies[i].key = texts[n++] = strdup(in->pairs[i].key);
		if (in->pairs[i].text)
			copies[i].text = texts[n++] = strdup(in->pairs[i].text);
	}
	normalize_internal(b->normalizer, &b->group, &copy, &b->event);
	memset(copies, 0xa5, sizeof(copies));
	while (n)
		free(texts[--n]);
}

static void field_is(struct bench *b, const char *name, const char *want)
{
	struct value v;
	char text[200];
	struct buf out = { text, 0, sizeof(text) - 1, false };

	if (event_kit_get(&b->event, name, &v) != (want != NULL))
		fail_msg("%s is %s", name, want ? "absent" : "there");
	if (!want)
		return;
	event_kit_print(&out, &v);
	text[out.n] = '\0';
	if (strcmp(text, want) != 0)
		fail_msg("%s is %s, not %s", name, text, want);
}

static void fields_of_it(void **state)
{
	struct bench *b = *state;
	struct value v;

	make(b, &lost);
	field_is(b, "evt.type", "lost");
	field_is(b, "evt.source", "internal");
	field_is(b, "evt.category", "internal");
	field_is(b, "evt.origin", "audit");
	field_is(b, "evt.hostname", "app1");
	field_is(b, "evt.num", "1");
	field_is(b, "evt.time", "1700000000123000000");
	field_is(b, "evt.time.iso8601", "2023-11-14T22:13:20.123000000Z");
	field_is(b, "evt.id", "0123abcd/1700000000.123:internal1");
	field_is(b, "evt.args", "missing_events=135 output=\"a \\\"file\\\"=\xff\" first_serial=18446744073709551615 mode=audit");
	field_is(b, "internal.text", lost.text);
	field_is(b, "internal.missing_events", "135");
	field_is(b, "internal.first_serial", "18446744073709551615");
	field_is(b, "internal.output", pairs[1].text);
	field_is(b, "internal.nothing", NULL);
	field_is(b, "internal.", NULL);
	field_is(b, "internal.mod", NULL);
	field_is(b, "evt.arg.mode", NULL);
	field_is(b, "audit.serial", NULL);
	field_is(b, "audit.types", NULL);
	field_is(b, "evt.res", NULL);
	field_is(b, "proc.name", NULL);
	assert_true(event_get_member(&b->event, SPAN("internal.missing_events"), &v));
	assert_int_equal(v.kind, VALUE_U64);
	for (int f = 0; f < FIELD_COUNT; f++)
		if (fields[f].type != TYPE_FAMILY)
			event_get(&b->event, f);
	arena_reset(&b->group.arena);
	make(b, &(struct internal_event){ .type = "stop", .priority = 5, .text = "tierceld stops", .time_ms = 5 });
	field_is(b, "evt.id", "0123abcd/0.005:internal2");
	field_is(b, "evt.args", NULL);
	field_is(b, "internal.missing_events", NULL);
}

static const char *encode(struct bench *b, const char *format, const char *words, size_t budget, int priority)
{
	const struct encoder *e = encoder_find(span_of(format, strlen(format)));
	struct encode_options o = { .budget = budget };
	struct verdict verdict = { .priority = priority };
	struct span members[8];
	size_t n;

	for (const char *p = words; *p; p += strcspn(p, " "), p += strspn(p, " "))
		assert_int_equal(encode_options_add(&o, members, span_of(p, strcspn(p, " "))), 0);
	n = e->encode(&o, &b->event, &verdict, b->line);
	assert_true(n > 0 && n <= budget);
	assert_int_equal(b->line[n - 1], '\n');
	b->line[n - 1] = '\0';
	return b->line;
}

static void as_json(void **state)
{
	struct bench *b = *state;

	make(b, &lost);
	assert_string_equal(encode(b, "json", "internal.* evt.args", BUDGET, 3),
		"{\"hostname\":\"app1\",\"output\":\"22:13:20.123000000: Error lost: 135 records, by \\u001b[2Jgaps\",\"output_fields\":{"
		"\"evt.args\":\"missing_events=135 output=\\\"a \\\\\\\"file\\\\\\\"=\xef\xbf\xbd\\\" first_serial=18446744073709551615 mode=audit\","
		"\"evt.args.hex\":\"6d697373696e675f6576656e74733d313335206f75747075743d2261205c2266696c655c223dff222066697273745f73657269616c3d"
		"3138343436373434303733373039353531363135206d6f64653d6175646974\","
		"\"internal.first_serial\":18446744073709551615,\"internal.missing_events\":135,\"internal.mode\":\"audit\","
		"\"internal.output\":\"a \\\"file\\\"=\xef\xbf\xbd\",\"internal.output.hex\":\"61202266696c65223dff\","
		"\"internal.text\":\"135 records, by \\u001b[2Jgaps\"},"
		"\"priority\":\"Error\",\"rule\":\"lost\",\"source\":\"internal\",\"tags\":[],\"time\":\"2023-11-14T22:13:20.123000000Z\"}");
	assert_non_null(strstr(encode(b, "json", "@all", BUDGET, 3), "\"internal.missing_events\":135,"));
	assert_null(strstr(encode(b, "json", "@core", BUDGET, 3), "\"internal.missing_events\""));
	assert_non_null(strstr(encode(b, "json", "@core", BUDGET, 5), "\"priority\":\"Notice\""));
	assert_null(strstr(encode(b, "json", "audit.*", BUDGET, 3), "\"internal."));
}

/* One member, by its own name: once, whatever else is shown. */
static void a_member_alone(void **state)
{
	struct bench *b = *state;
	const char *first;

	make(b, &lost);
	assert_non_null(strstr(encode(b, "json", "internal.mode internal.none", BUDGET, 3),
		"\"output_fields\":{\"internal.mode\":\"audit\"}"));
	first = strstr(encode(b, "json", "@all internal.mode", BUDGET, 3), "\"internal.mode\":\"audit\"");
	assert_non_null(first);
	assert_null(strstr(first + 1, "\"internal.mode\""));
}

static void as_text_line(void **state)
{
	struct bench *b = *state;

	make(b, &lost);
	assert_string_equal(encode(b, "text", "", BUDGET, 3), "22:13:20.123000000: Error lost: 135 records, by \\x1b[2Jgaps");
	assert_true(encoder_raw.records);
	assert_false(encoder_text.records);
	assert_false(encoder_json.records);
}

/* More than fits is cut as in any event, and told. */
static void too_long(void **state)
{
	struct bench *b = *state;
	struct internal_event in = lost;
	struct internal_pair many[8];
	char text[3000], keys[8][121];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	in.text = text;
	make(b, &in);
	assert_non_null(strstr(encode(b, "json", "@all", 2048, 3), "\"internal.text:2999\""));
	arena_reset(&b->group.arena);
	for (int i = 0; i < 8; i++) {
		memset(keys[i], 'a' + i, sizeof(keys[i]) - 1);
		keys[i][sizeof(keys[i]) - 1] = '\0';
		many[i] = (struct internal_pair){ .key = keys[i], .number = 1 };
	}
	in.pairs = many;
	in.count = 8;
	make(b, &in);
	assert_non_null(strstr(encode(b, "json", "@all", ENCODE_BUDGET_MIN, 3), "\"internal.*:omitted\""));
}

/* No memory: what there is room for comes out. */
static void without_memory(void **state)
{
	struct bench *b = *state;

	for (unsigned left = 0; left < 1200; left += 8) {
		size_t there;

		assert_non_null(arena_alloc(&b->group.arena, 1));
		there = (size_t)(b->group.arena.end - b->group.arena.at);
		assert_non_null(arena_alloc(&b->group.arena, there - left - 128));
		make(b, &lost);
		field_is(b, "evt.source", "internal");
		encode(b, "json", "evt.type internal.*", BUDGET, 3);
		arena_reset(&b->group.arena);
	}
}

static void families(void **state)
{
	static const struct {
		const char *name;
		int family;
	} members[] = {
		{ "internal.mode", FIELD_INTERNAL_ANY }, { "audit.avc.tclass", FIELD_AUDIT_ANY },
		{ "audit.avc[1].tclass", FIELD_AUDIT_ANY }, { "audit.msg.op", FIELD_AUDIT_MSG },
		{ "audit.path[1].name", FIELD_AUDIT_PATH }, { "evt.arg.flags", FIELD_EVT_ARG },
		{ "proc.aname[2]", FIELD_PROC_ANAME }, { "internal.", -1 }, { "internal", -1 }, { "audit.x", -1 },
		{ "audit.x.", -1 }, { "audit..x", -1 }, { "evt.arg.", -1 }, { "evt.argument", -1 }, { "", -1 },
		{ "proc.name", -1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (field_family(span_of(members[i].name, strlen(members[i].name))) != members[i].family)
			fail_msg("%s", members[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(fields_of_it, set_up, tear_down),
		cmocka_unit_test_setup_teardown(as_json, set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_member_alone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(as_text_line, set_up, tear_down),
		cmocka_unit_test_setup_teardown(too_long, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_memory, set_up, tear_down),
		cmocka_unit_test(families),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
