/* The text and raw encoders: what a terminal gets to see, and budgets. */
#include "encode/encode.h"
#include "event_kit.h"

#include "base/utf8.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define ENCODE_ROOM 64
#define HEAD " msg=audit(1700000000.123:7): "

struct line {
	const struct encoder *encoder;
	size_t budget;
	char text[4 * 65536];
	size_t n;
};

/* The output in a block of exactly the room that an encoder may ask for. */
static void on_event(void *ctx, struct event *ev)
{
	struct line *l = ctx;
	struct encode_options options = { .budget = l->budget };
	struct verdict verdict = { .priority = 5 };
	char *out = malloc(l->budget + ENCODE_ROOM);

	assert_non_null(out);
	l->n = l->encoder->encode(&options, ev, &verdict, out);
	assert_in_range(l->n, 1, l->budget);
	assert_int_equal(out[l->n - 1], '\n');
	memcpy(l->text, out, l->n);
	l->text[l->n] = '\0';
	free(out);
}

static const char *encode(const struct encoder *encoder, size_t budget, const char *log, size_t n)
{
	static struct line line;
	struct event_kit k = { .on_event = on_event, .ctx = &line };

	line.encoder = encoder;
	line.budget = budget;
	line.n = 0;
	event_kit_start(&k, NULL);
	event_kit_feed(&k, log, n);
	event_kit_end(&k);
	assert_int_equal(k.groups + k.malformed, 1);
	assert_int_equal(strlen(line.text), line.n);
	return line.text;
}

#define TEXT(log) encode(&encoder_text, 65536, log, sizeof(log) - 1)
#define RAW(log) encode(&encoder_raw, 65536, log, sizeof(log) - 1)

static void one_line_of_text(void **state)
{
	(void)state;
	assert_string_equal(TEXT("type=USER_AUTH" HEAD "pid=5 uid=0 msg='op=login acct=\"ada\" exe=\"/bin/su\" addr=10.0.0.1 res=failed'"),
		"22:13:20.123000000: Notice user_auth login of ada from 10.0.0.1 by /bin/su (pid 5, uid 0): FAILED\n");
	assert_string_equal(TEXT("what is this"), "00:00:00.000000000: Notice audit.raw no record: what is this\n");
}

static void what_moves_a_terminal_is_shown(void **state)
{
	(void)state;
	assert_string_equal(TEXT("type=ANOM_LINK" HEAD "comm=1B5B324A0A0D00 exe=\"/x\""),
		"22:13:20.123000000: Notice anom_link by \\x1b[2J\\x0a\\x0d\\x00\n");
	assert_string_equal(TEXT("type=ANOM_LINK" HEAD "comm=C3A9FF7FC29BE282ACE282"),
		"22:13:20.123000000: Notice anom_link by \xc3\xa9\\xff\\x7f\\xc2\\x9b\xe2\x82\xac\\xe2\\x82\n");
}

/* A command line of n bytes: "x", a blank, and `unit` over and over. */
static char *long_log(const char *unit, size_t n, size_t *len)
{
	static const char head[] = "type=SYSCALL" HEAD "arch=c000003e syscall=59 success=yes exit=0 pid=1\ntype=EXECVE" HEAD "argc=2 a0=\"x\" a1=";
	char *log = malloc(sizeof(head) + n + 2), *w = log;

	assert_non_null(log);
	memcpy(w, head, sizeof(head) - 1);
	w += sizeof(head) - 1;
	*w++ = '"';
	for (size_t i = 0; i < n; i++)
		*w++ = unit[i % strlen(unit)];
	*w++ = '"';
	*len = (size_t)(w - log);
	return log;
}

static void check_cut(const char *unit, size_t budget, size_t n)
{
	size_t len;
	char *log = long_log(unit, n, &len);
	const char *text = encode(&encoder_text, budget, log, len);
	size_t got = strlen(text);

	assert_true(utf8_is_valid(text, got));
	assert_null(memchr(text, '\n', got - 1));
	/* the end is always there, and the room is used */
	assert_non_null(strstr(text, " (pid 1): SUCCESS\n"));
	assert_non_null(strstr(text, ": Notice execve x "));
	if (strstr(text, " bytes) ..."))
		assert_true(got > budget - 120);
	else
		assert_null(strstr(text, "..."));
	free(log);
}

static void budgets_of_text(void **state)
{
	(void)state;
	for (size_t n = 900; n < 1000; n++)
		check_cut("abcdefgh", 1024, n);
	check_cut("abcdefgh", 1024, 50000);
	check_cut("\xe2\x82\xac", 1024, 30000);
	check_cut("\xf0\x9f\xa6\x85", 8000, 30000);
	check_cut("\x01", 1024, 500);
	check_cut("\x80", 2048, 9000);
	check_cut("a\xff\xc3\xa9", 65536, 50000);
}

/* Nothing is lost where it fits to the last byte. */
static void the_last_byte_fits(void **state)
{
	size_t len;
	char *log = long_log("z", 900, &len), *fitting = strdup(encode(&encoder_text, 65536, log, len));
	size_t whole = strlen(fitting);

	(void)state;
	for (size_t budget = 1024; budget < 1040; budget++) {
		char *longer;
		const char *text;
		size_t n;

		longer = long_log("z", 900 + budget - whole, &n);
		text = encode(&encoder_text, budget, longer, n);
		assert_int_equal(strlen(text), budget);
		assert_null(strstr(text, "..."));
		free(longer);
		longer = long_log("z", 901 + budget - whole, &n);
		text = encode(&encoder_text, budget, longer, n);
		assert_non_null(strstr(text, "..."));
		free(longer);
	}
	free(fitting);
	free(log);
}

static void raw_is_what_came(void **state)
{
	(void)state;
	assert_string_equal(RAW("node=h type=CWD" HEAD "cwd=\"/\"\nnode=h type=PROCTITLE" HEAD "proctitle=\"x\"\x1d" "A=\"b\""),
		"node=h type=CWD" HEAD "cwd=\"/\"\nnode=h type=PROCTITLE" HEAD "proctitle=\"x\"\x1d" "A=\"b\"\n");
	assert_string_equal(RAW("what \x1b[2J is this"), "what \\x1b[2J is this\n");
	assert_string_equal(RAW("type=USER" HEAD "pid=1 msg='a\0b'"), "type=USER" HEAD "pid=1 msg='a\\x00b'\n");
}

/* What two encoders make of each event. */
struct pages {
	char json[65536], raw[65536];
	size_t json_n, raw_n;
};

static void on_page(void *ctx, struct event *ev)
{
	struct pages *pages = ctx;
	struct encode_options options = { .raw = true, .budget = ENCODE_BUDGET_DEFAULT };
	struct verdict verdict = { .priority = 5 };
	char *out = malloc(ENCODE_BUDGET_DEFAULT + ENCODE_ROOM);
	size_t n;

	assert_non_null(out);
	assert_int_equal(encode_fields_add(&options.fields, SPAN("@all")), 0);
	n = encoder_json.encode(&options, ev, &verdict, out);
	assert_true(n < sizeof(pages->json) - pages->json_n);
	memcpy(pages->json + pages->json_n, out, n);
	pages->json_n += n;
	n = encoder_raw.encode(&options, ev, &verdict, out);
	assert_true(n < sizeof(pages->raw) - pages->raw_n);
	memcpy(pages->raw + pages->raw_n, out, n);
	pages->raw_n += n;
	free(out);
}

/* Records that came without their type are shown with it: read back, they are the same events. */
static void datagrams_read_back(void **state)
{
	static const struct {
		unsigned type;
		const char *payload;
	} datagrams[] = {
#define STAMP(serial) "audit(1700000000.123:" #serial "): "
		{ 1300, STAMP(7) "arch=c000003e syscall=59 success=no exit=-2 a0=1 ppid=4 pid=5 uid=6 comm=\"sh\" exe=\"/bin/sh\" key=\"k\"" },
		{ 1307, STAMP(7) "cwd=\"/\"" },
		{ 1302, STAMP(7) "item=0 name=\"/x\" nametype=UNKNOWN" },
		{ 1327, STAMP(7) "proctitle=7368002D63" },
		{ 1320, STAMP(7) "" },
		{ 1112, STAMP(8) "pid=5 uid=0 msg='op=login acct=\"ada\" exe=\"/bin/su\" res=failed'\x1d" "UID=\"root\"" },
		{ 1999, STAMP(10) "op=what a=1" },
		{ 1403, STAMP(11) "policy loaded auid=1 ses=1\n" },
	};
	static struct pages first, again;
	struct event_kit k = { .on_event = on_page, .ctx = &first }, lines = { .on_event = on_page, .ctx = &again };

	(void)state;
	event_kit_start(&k, NULL);
	for (size_t i = 0; i < sizeof(datagrams) / sizeof(datagrams[0]); i++)
		event_kit_datagram(&k, datagrams[i].type, datagrams[i].payload, strlen(datagrams[i].payload));
	event_kit_end(&k);
	assert_int_equal(k.groups, 4);
	assert_int_equal(k.malformed, 0);
	assert_non_null(strstr(first.raw, "type=SYSCALL msg=" STAMP(7) "arch=c000003e "));
	assert_non_null(strstr(first.raw, "\ntype=UNKNOWN[1999] msg=" STAMP(10) "op=what a=1\n"));
	assert_non_null(strstr(first.json, "\"audit.raw\":\"type=UNKNOWN[1999] msg=" STAMP(10) "op=what a=1\""));
	event_kit_start(&lines, NULL);
	event_kit_feed(&lines, first.raw, first.raw_n);
	event_kit_end(&lines);
	assert_int_equal(lines.groups, k.groups);
	assert_string_equal(again.json, first.json);
	assert_string_equal(again.raw, first.raw);
}

/* The bound of audit.raw, and the bytes that evt.truncated tells, count what is put in front. */
static void bounds_of_datagrams(void **state)
{
	static const char payload[] = STAMP(7) "op=";
	static struct pages pages;
	char text[30000], want[60];
	struct event_kit k = { .on_event = on_page, .ctx = &pages };

	(void)state;
	memset(text, 'x', sizeof(text));
	memcpy(text, payload, sizeof(payload) - 1);
	event_kit_start(&k, NULL);
	event_kit_datagram(&k, 1300, text, sizeof(text));
	event_kit_datagram(&k, 1302, text, sizeof(text));
	event_kit_end(&k);
	assert_int_equal(k.groups, 1);
	snprintf(want, sizeof(want), "\"audit.raw:%zu\"", 2 * sizeof(text) + strlen("type=SYSCALL msg=\ntype=PATH msg="));
	assert_non_null(strstr(pages.json, want));
	assert_int_equal(pages.raw_n, 2 * sizeof(text) + strlen("type=SYSCALL msg=\ntype=PATH msg=\n"));
}

/* The text without what was typed is another one: the type goes in front of that too. */
static void datagrams_without_data(void **state)
{
	static const char payload[] = STAMP(9) "tty pid=1 comm=\"bash\" data=736563726574";
	static struct pages pages;
	struct event_kit k = { .on_event = on_page, .ctx = &pages };

	(void)state;
	event_kit_start(&k, NULL);
	event_kit_datagram(&k, 1319, payload, sizeof(payload) - 1);
	event_kit_end(&k);
	assert_null(strstr(pages.raw, "736563726574"));
	assert_ptr_equal(strstr(pages.raw, "type=TTY msg=" STAMP(9) "tty pid=1 comm=\"bash\" data=("), pages.raw);
	assert_non_null(strstr(pages.json, "\"audit.raw\":\"type=TTY msg=" STAMP(9) "tty pid=1 "));
}

static void budgets_of_raw(void **state)
{
	size_t len;
	char *log = long_log("z", 900, &len);

	(void)state;
	for (size_t budget = len - 4; budget < len + 4; budget++) {
		const char *text = encode(&encoder_raw, budget, log, len);

		if (budget > len) { /* the newline counts */
			assert_int_equal(strlen(text), len + 1);
			assert_memory_equal(text, log, len);
		} else {
			char note[40];

			snprintf(note, sizeof(note), "\n... (%zu bytes)\n", len);
			assert_string_equal(text + strlen(text) - strlen(note), note);
			assert_memory_equal(text, log, 900);
		}
	}
	free(log);
}

static void found_by_name(void **state)
{
	(void)state;
	for (const struct encoder *const *e = encoders; *e; e++)
		assert_ptr_equal(encoder_find(span_of((*e)->name, strlen((*e)->name))), *e);
	assert_ptr_equal(encoder_find(SPAN("json")), &encoder_json);
	assert_null(encoder_find(SPAN("")));
	assert_null(encoder_find(SPAN("jso")));
	assert_null(encoder_find(SPAN("jsonx")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_line_of_text),   cmocka_unit_test(what_moves_a_terminal_is_shown),
		cmocka_unit_test(budgets_of_text),    cmocka_unit_test(the_last_byte_fits),
		cmocka_unit_test(raw_is_what_came),   cmocka_unit_test(budgets_of_raw),
		cmocka_unit_test(datagrams_read_back), cmocka_unit_test(datagrams_without_data),
		cmocka_unit_test(bounds_of_datagrams), cmocka_unit_test(found_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
