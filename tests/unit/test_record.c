#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "record/record.h"
#include "tail.h"

#include <stdio.h>

#define LINE_MAX_TESTED 2048
#define STAMP_MS INT64_C(1234567890123)

static struct tail tail;

static int set_up(void **state)
{
	(void)state;
	tail = tail_new(LINE_MAX_TESTED);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tail_free(&tail);
	return 0;
}

static enum record_status read_bytes(struct record *r, const char *text, size_t n)
{
	memset(r, 0x55, sizeof(*r));
	return record_from_line(r, tail_put(&tail, text, n, " msg=audit(1234567890.123:45): "), n);
}

static enum record_status read_line(struct record *r, const char *text)
{
	return read_bytes(r, text, strlen(text));
}

static void assert_span(struct span s, const char *want)
{
	if (s.n != strlen(want) || memcmp(s.p, want, s.n) != 0)
		fail_msg("'%.*s' is not '%s'", (int)s.n, s.p, want);
}

/* Each says the same: type 1300 SYSCALL, 1234567890.123, serial 45, body a=1. */
static const struct {
	const char *line, *node;
} shapes[] = {
	{ "type=SYSCALL msg=audit(1234567890.123:45): a=1", "" },
	{ "type=1300 msg=audit(1234567890.123:45): a=1", "" },
	{ "type=UNKNOWN[1300] msg=audit(1234567890.123:45): a=1", "" },
	{ "type=SYSCALL  msg=audit(1234567890.123:45):  a=1", "" },
	{ "type=SYSCALL audit(1234567890.123:45): a=1", "" },
	{ "type=SYSCALL msg=audit(001234567890.123:000045): a=1", "" },
	{ "  type=SYSCALL msg=audit(1234567890.123:45):a=1", "" },
	{ "type=SYSCALL msg=audit(1234567890.123:45) a=1", "" },
	{ "type=SYSCALL msg=auditd(1234567890.123:45) a=1", "" },
	{ "type=SYSCALL msg=audit(1234567890.123:45): a=1\n", "" },
	{ "type=SYSCALL msg=audit(1234567890.123:45): a=1\r\n", "" },
	{ "node=app1.example.net type=SYSCALL msg=audit(1234567890.123:45): a=1", "app1.example.net" },
	{ "node=app1 type=UNKNOWN[1300] msg=audit(1234567890.123:45): a=1\r\n", "app1" },
	{ "<134>Nov 21 19:33:22 host audispd: type=SYSCALL msg=audit(1234567890.123:45): a=1", "" },
	{ "Nov 21 19:33:22 host audisp-syslog[77]: node=n2 type=SYSCALL msg=audit(1234567890.123:45): a=1", "n2" },
	{ "2026-11-21T19:33:22.123456+00:00 host audit[123]: type=1300 audit(1234567890.123:45): a=1", "" },
	{ "<13>1 2026-11-21T19:33:22.123Z host audispd 12 - - type=SYSCALL msg=audit(1234567890.123:45): a=1", "" },
	{ "<13>1 2026-11-21T19:33:22Z host audispd 12 ID1 [x@1 type=\"y\" n=\"type=CWD\"] type=SYSCALL "
		"msg=audit(1234567890.123:45): a=1", "" },
	{ "<13>1 2026-11-21T19:33:22.123Z h a - - - \xef\xbb\xbftype=SYSCALL msg=audit(1234567890.123:45): a=1", "" },
	{ "[   12.345678] audit: type=1300 audit(1234567890.123:45): a=1", "" },
	{ "[   12.345678] type=1300 audit(1234567890.123:45): a=1", "" },
	{ "<5>[   12.345678] type=1300 audit(1234567890.123:45): a=1", "" },
	{ "<5>type=1300 audit(1234567890.123:45): a=1", "" },
	{ "audit: type=1300 audit(1234567890.123:45): a=1", "" },
	{ "type=1300 audit(1234567890.123:45): a=1", "" },
	{ "Nov 21 19:33:22 host kernel: [   12.345678] audit: type=1300 audit(1234567890.123:45): a=1", "" },
	{ "Nov 21 19:33:22 host kernel: type=1300 audit(1234567890.123:45): a=1", "" },
};

static void test_shapes(void **state)
{
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		print_message("%s\n", shapes[i].line);
		assert_int_equal(read_line(&r, shapes[i].line), RECORD_OK);
		assert_int_equal(r.type, 1300);
		assert_int_equal(r.time_ms, STAMP_MS);
		assert_int_equal(r.serial, 45);
		assert_span(r.body, "a=1");
		assert_span(r.enriched, "");
		assert_span(r.node, shapes[i].node);
		assert_int_equal(r.raw.n, strcspn(shapes[i].line, "\r\n"));
	}
}

static const char *const malformed[] = {
	"x", "t", "type=", "type= ", "type=SYSCALL", "type=SYSCALL ", "type=SYSCALL msg=", "type=SYSCALL msg=audit(",
	"type=SYSCALL msg=audit(1234567890.123:45", "type=SYSCALL msg=audit(1234567890.123:)",
	"type=SYSCALL msg=audit(1234567890.12:45): a=1", "type=SYSCALL msg=audit(1234567890.1234:45): a=1",
	"type=SYSCALL msg=audit(1234567890:45): a=1", "type=SYSCALL msg=audit(16523210---): a=1",
	"type=SYSCALL msg=audit(1234567890.123:4294967296): a=1", "type=SYSCALL msg=audit(1234567890.123:99999999999): a=1",
	"type=SYSCALL msg=audit(1234567890123.123:45): a=1", "type=SYSCALL msg=audit(.123:45): a=1",
	"type=SYSCALL msg=audit(1234567890.123:-1): a=1", "type=SYSCALL msg=audit(1234567890.12x:45): a=1",
	"type=SYSCALL msg=audit(123456789a.123:45): a=1", "type=SYSCALL msg=audit(1234567890,123:45): a=1",
	"type=SYSCALL msg=audit(1234567890.123.45): a=1", "type=SYSCALL msg=audit(1234567890.123:45)x a=1",
	"type=65536 msg=audit(1234567890.123:45): a=1", "type=UNKNOWN[x] msg=audit(1234567890.123:45): a=1",
	"type=UNKNOWN[1334 msg=audit(1234567890.123:45): a=1", "type=UNKNOWN[1334]] msg=audit(1234567890.123:45): a=1",
	"type=SYS+CALL msg=audit(1234567890.123:45): a=1", "node=x msg=audit(1234567890.123:45): a=1", "node=x",
	"audit(1234567890.123:45): a=1", "Nov 21 19:33:22 host audit[1]: SERVICE_START pid=1 uid=0",
	"Nov 21 19:33:22 host sudo: bob : COMMAND=/bin/echo type=SYSCALL msg=audit(1234567890.123:45): a=1",
	"audit: audit_lost=1 audit_rate_limit=0 audit_backlog_limit=64", "audit_printk_skb: 12 callbacks suppressed",
};

static void test_malformed(void **state)
{
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++) {
		print_message("%s\n", malformed[i]);
		assert_int_equal(read_line(&r, malformed[i]), RECORD_MALFORMED);
		assert_span(r.raw, malformed[i]);
	}
}

static void test_blank(void **state)
{
	static const char *const lines[] = { "", "\n", "\r\n", "   ", "----", "----\n", "time->Sat Nov 21 19:33:22 2026" };
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(read_line(&r, lines[i]), RECORD_BLANK);
	assert_int_equal(read_bytes(&r, "\0\0\0", 3), RECORD_BLANK);
}

/* A message with a newline in it begins such lines to hide the end of its record. */
static void test_no_blank(void **state)
{
	static const char *const lines[] = {
		"-----", "---- exe=\"/bin/evil\" res=success'", "----type=SYSCALL msg=audit(1.000:2): x", "time->",
		"time->Sat Nov 21 19:33:22 2026 ", "time->' exe=/b res=success'", "time->Sat Nov 21 19:33:22 2026 res=1'",
	};
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		print_message("%s\n", lines[i]);
		assert_int_equal(read_line(&r, lines[i]), RECORD_MALFORMED);
		assert_span(r.raw, lines[i]);
	}
}

static void test_interpreted(void **state)
{
	static const char *const lines[] = {
		"type=SYSCALL msg=audit(11/21/2026 19:33:22.123:45) : arch=x86_64 syscall=openat",
		"node=app1 type=SYSCALL msg=audit(21.11.2026 19:33:22.123:45) : arch=x86_64",
		"type=PROCTITLE msg=audit(21. Nov 2026 19:33:22.123:45) : proctitle=ls",
		"LIST_RULES: exit,always watch=/etc/passwd perm=wa",
		"NODE,EVENT,DATE,TIME,SERIAL_NUM,EVENT_KIND,SESSION",
	};
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		print_message("%s\n", lines[i]);
		assert_int_equal(read_line(&r, lines[i]), RECORD_INTERPRETED);
		assert_span(r.raw, lines[i]);
	}
}

/* Every width of the serial, and the 32 bits of it. */
static void test_serials(void **state)
{
	static const uint32_t serials[] = { 0, 7, 45, 999, 1234, 99999, 123456, 7654321, 12345678, 99999999, 100000000,
		123456789, 999999999, 1000000000, 2147483648u, 4294967295u };
	char line[128];
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(serials) / sizeof(serials[0]); i++) {
		snprintf(line, sizeof(line), "type=CWD msg=audit(1795289546.007:%u):", serials[i]);
		assert_int_equal(read_line(&r, line), RECORD_OK);
		assert_int_equal(r.serial, serials[i]);
		assert_int_equal(r.time_ms, INT64_C(1795289546007));
		assert_int_equal(r.body.n, 0);
	}
	assert_int_equal(read_line(&r, "type=CWD msg=audit(9999999999.999:1): "), RECORD_OK);
	assert_int_equal(r.time_ms, INT64_C(9999999999999));
	assert_int_equal(read_line(&r, "type=CWD msg=audit(3.456:1): "), RECORD_OK);
	assert_int_equal(r.time_ms, 3456);
}

static void test_types(void **state)
{
	struct record r;

	(void)state;
	assert_int_equal(read_line(&r, "type=UNKNOWN[1334] msg=audit(1.234:1): x=1"), RECORD_OK);
	assert_int_equal(r.type, 1334);
	assert_span(record_type_text(&r), "UNKNOWN[1334]");
	assert_int_equal(read_line(&r, "node=type=X type=NOT_YET_KNOWN msg=audit(1234567890.123:1): type=CWD"), RECORD_OK);
	assert_int_equal(r.type, 0);
	assert_span(r.node, "type=X");
	assert_span(record_type_text(&r), "NOT_YET_KNOWN");
	assert_int_equal(read_line(&r, "type=DAEMON_START msg=auditd(1142349571.342:3) auditd start, ver=1.0.15"), RECORD_OK);
	assert_int_equal(r.type, 1200);
	assert_span(r.body, "auditd start, ver=1.0.15");
}

static void test_enriched(void **state)
{
	struct record r;

	(void)state;
	assert_int_equal(read_line(&r, "type=SYSCALL msg=audit(1234567890.123:45): a=1 key=\"k\"\x1d" "ARCH=x86_64 UID=\"root\""),
		RECORD_OK);
	assert_span(r.body, "a=1 key=\"k\"");
	assert_span(r.enriched, "ARCH=x86_64 UID=\"root\"");
	/* Not the user's own. */
	assert_int_equal(read_line(&r, "type=USER msg=audit(1234567890.123:45): msg='x'\x1dUID=\"root\"'"), RECORD_OK);
	assert_span(r.body, "msg='x'\x1dUID=\"root\"'");
	assert_span(r.enriched, "");
	assert_int_equal(read_line(&r, "type=USER msg=audit(1234567890.123:45): msg='x'\x1dUID=\"root\"'\x1dUID=\"bob\""), RECORD_OK);
	assert_span(r.body, "msg='x'\x1dUID=\"root\"'");
	assert_span(r.enriched, "UID=\"bob\"");
	assert_int_equal(read_line(&r, "type=USER msg=audit(1234567890.123:45): \x1d"), RECORD_OK);
	assert_int_equal(r.body.n + r.enriched.n, 0);
}

static void test_nuls(void **state)
{
	static const char line[] = "type=SYSCALL msg=audit(1234567890.123:45): a=\0x b=2\0\0";
	struct record r;

	(void)state;
	assert_int_equal(read_bytes(&r, line, sizeof(line)), RECORD_OK);
	assert_int_equal(r.body.n, 8);
	assert_memory_equal(r.body.p, "a=\0x b=2", 8);
	assert_int_equal(read_bytes(&r, "type=SYS\0CALL msg=audit(1234567890.123:45): a", 45), RECORD_MALFORMED);
}

static void test_datagrams(void **state)
{
	static const struct {
		const char *text, *body;
		enum record_status status;
	} cases[] = {
		{ "audit(1234567890.123:45): a=1", "a=1", RECORD_OK },
		{ "audit(1234567890.123:45): a=1\n", "a=1", RECORD_OK },
		{ "audit(1234567890.123:0000000045): ", "", RECORD_OK },
		{ "type=SYSCALL msg=audit(1234567890.123:45): a=1", "a=1", RECORD_OK },
		{ "node=x type=NEW msg=audit(1234567890.123:45): a=1", "a=1", RECORD_OK },
		{ "audit(1234567890.123:45", "", RECORD_MALFORMED },
		{ "audit(", "", RECORD_MALFORMED },
		{ "audi", "", RECORD_MALFORMED },
		{ "", "", RECORD_BLANK },
	};
	struct record r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = strlen(cases[i].text);
		const char *p = tail_put(&tail, cases[i].text, n, "t(1234567890.123:45): ");

		assert_int_equal(record_from_datagram(&r, 1309, p, n), cases[i].status);
		if (cases[i].status != RECORD_OK)
			continue;
		assert_int_equal(r.type, 1309);
		assert_int_equal(r.time_ms, STAMP_MS);
		assert_int_equal(r.serial, 45);
		assert_span(r.body, cases[i].body);
		assert_int_equal(r.bare, strncmp(cases[i].text, "audit(", 6) == 0);
	}
}

/* The head makes a line of a datagram, and says the same type; whole lines have theirs. */
static void test_heads(void **state)
{
	static const char payload[] = "audit(1234567890.123:45): a=1";
	char head[RECORD_HEAD_MAX], line[RECORD_HEAD_MAX + sizeof(payload)];
	struct record r;

	(void)state;
	for (unsigned type = 0; type <= UINT16_MAX; type++) {
		const char *p = tail_put(&tail, payload, sizeof(payload) - 1, "");
		size_t n;

		assert_int_equal(record_from_datagram(&r, type, p, sizeof(payload) - 1), RECORD_OK);
		n = record_head(&r, head);
		assert_in_range(n, 11, RECORD_HEAD_MAX - 1);
		memcpy(line, head, n);
		memcpy(line + n, payload, sizeof(payload));
		assert_int_equal(read_line(&r, line), RECORD_OK);
		assert_int_equal(r.type, type);
		assert_span(r.body, "a=1");
		assert_int_equal(record_head(&r, head), 0);
	}
}

/* Cut anywhere, with the rest of the line as the pad: the pad must not complete it. Spans stay inside. */
static void test_cut_anywhere(void **state)
{
	struct record r, whole;

	(void)state;
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++) {
		const char *line = shapes[i].line;
		size_t n = strlen(line), header;

		assert_int_equal(read_line(&whole, line), RECORD_OK);
		header = (size_t)(whole.body.p - whole.raw.p);
		for (size_t cut = 0; cut < n; cut++) {
			const char *p = tail_put(&tail, line, cut, line + cut);
			enum record_status status = record_from_line(&r, p, cut);

			assert_true(r.raw.p == p && r.raw.n <= cut);
			if (status != RECORD_OK)
				continue;
			assert_true(cut + 2 >= header || strchr("): ", line[cut - 1]));
			assert_true(r.body.p >= p && r.body.p + r.body.n <= p + cut);
		}
	}
}

/* Lines made of the header's own pieces in random order never lead a span out of the text. */
static void test_random_lines(void **state)
{
	static const char *const pieces[] = { "type=", "SYSCALL", " ", "msg=", "audit(", "1234567890", ".123", ":45", ")", ":", "node=",
		"[", "]", "\x1d", "\n", "UNKNOWN[", "1", "x", "'", "<5>", "----" };
	const size_t count = sizeof(pieces) / sizeof(pieces[0]);
	unsigned seed = 1;
	char line[1024];
	struct record r;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		size_t n = 0;

		for (int i = 0; i < 16; i++) {
			const char *piece = pieces[((seed = seed * 1103515245 + 12345) >> 8 & 0xffff) % count];

			memcpy(line + n, piece, strlen(piece));
			n += strlen(piece);
		}
		const char *p = tail_put(&tail, line, n, "45): type=");
		if (record_from_line(&r, p, n) != RECORD_OK)
			continue;
		assert_true(r.raw.p == p && r.raw.n <= n);
		assert_true(r.body.p >= p && r.body.p + r.body.n <= p + r.raw.n);
		assert_true(r.enriched.p >= p && r.enriched.p + r.enriched.n <= p + r.raw.n);
		assert_true(r.node.p >= p && r.node.p + r.node.n <= p + r.raw.n);
		record_type_text(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_blank),
		cmocka_unit_test(test_no_blank),
		cmocka_unit_test(test_interpreted),
		cmocka_unit_test(test_serials),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_enriched),
		cmocka_unit_test(test_nuls),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_random_lines),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
