#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "record/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

static struct span of(const char *s)
{
	return span_of(s, strlen(s));
}

static void test_i64(void **state)
{
	static const struct {
		const char *text;
		bool good;
		int64_t want;
	} cases[] = {
		{ "0", true, 0 }, { "-1", true, -1 }, { "007", true, 7 }, { "9223372036854775807", true, INT64_MAX },
		{ "-9223372036854775808", true, INT64_MIN }, { "9223372036854775808", false, 0 },
		{ "-9223372036854775809", false, 0 }, { "", false, 0 }, { "-", false, 0 }, { "+1", false, 0 }, { "1 ", false, 0 },
		{ " 1", false, 0 }, { "0x1", false, 0 }, { "--1", false, 0 }, { "a", false, 0 },
	};
	int64_t v;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(value_i64(of(cases[i].text), &v), cases[i].good);
		if (cases[i].good)
			assert_true(v == cases[i].want);
	}
}

static void test_unsigned(void **state)
{
	uint64_t v;

	(void)state;
	assert_true(value_u64(of("18446744073709551615"), &v) && v == UINT64_MAX);
	assert_false(value_u64(of("18446744073709551616"), &v));
	assert_false(value_u64(of("99999999999999999999999"), &v));
	assert_false(value_u64(of("-1"), &v) || value_u64(of(""), &v) || value_u64(of("12a"), &v));
	assert_true(value_hex64(of("ffffffffFFFFFFFF"), &v) && v == UINT64_MAX);
	assert_true(value_hex64(of("c000003e"), &v) && v == 0xc000003e);
	assert_false(value_hex64(of("00000000000000001"), &v) || value_hex64(of("0x1"), &v) || value_hex64(of(""), &v));
	assert_true(value_octal(of("0100644"), &v) && v == 0100644);
	assert_true(value_octal(of("1777777777777777777777"), &v) && v == UINT64_MAX);
	assert_false(value_octal(of("2000000000000000000000"), &v) || value_octal(of("8"), &v) || value_octal(of(""), &v));
}

/* Every length over the sixteens, every byte at every place; blocks of their exact size, for the sanitizer to watch. */
static void test_unhex(void **state)
{
	static const char upper[] = "0123456789ABCDEF", lower[] = "0123456789abcdef";

	(void)state;
	for (size_t n = 0; n < 70; n++) {
		char *hex = malloc(2 * n + 1), *out = malloc(n + 1);

		for (size_t i = 0; i < n; i++) {
			unsigned byte = (unsigned)(i * 37 + n * 11) & 255;

			hex[2 * i] = (i & 1 ? lower : upper)[byte >> 4];
			hex[2 * i + 1] = (i & 2 ? lower : upper)[byte & 15];
		}
		assert_true(value_unhex(span_of(hex, 2 * n), out));
		assert_int_equal(value_is_hex(span_of(hex, 2 * n)), n > 0);
		for (size_t i = 0; i < n; i++)
			assert_int_equal((unsigned char)out[i], (i * 37 + n * 11) & 255);
		if (n > 0) {
			assert_false(value_unhex(span_of(hex, 2 * n - 1), out));
			assert_false(value_is_hex(span_of(hex, 2 * n - 1)));
		}
		free(hex);
		free(out);
	}
}

static void test_not_hex(void **state)
{
	char hex[36], out[18];

	(void)state;
	for (int c = 0; c < 256; c++) {
		bool digit = c && strchr("0123456789abcdefABCDEF", c);

		for (size_t at = 0; at < sizeof(hex); at++) {
			memset(hex, '5', sizeof(hex));
			hex[at] = (char)c;
			assert_int_equal(value_unhex(span_of(hex, sizeof(hex)), out), digit);
			assert_int_equal(value_is_hex(span_of(hex, sizeof(hex))), digit);
		}
	}
}

static void test_absent(void **state)
{
	static const char *const yes[] = { "", "?", "(null)", "(none)", "<no_memory>", "<too_long>" };
	static const char *const no[] = { "0", "??", "(nul)", "none", "unset", "\"?\"", "<x>", "(" };

	(void)state;
	for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
		assert_true(value_is_absent(of(yes[i])));
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		assert_false(value_is_absent(of(no[i])));
}

/* Form: what a reader sees of it; "-" where it is refused. */
static void render(const char *hex, bool big_endian, char out[256])
{
	struct sockaddr_text a;

	if (!value_sockaddr(of(hex), big_endian, &a)) {
		strcpy(out, "-");
		return;
	}
	out += sprintf(out, "%u", a.family);
	if (a.family == AF_UNIX)
		out += sprintf(out, " %s%.*s", a.abstract ? "@" : "", a.path_len, a.path);
	if (a.addr_len)
		out += sprintf(out, " %.*s", a.addr_len, a.ip);
	if (a.has_port)
		out += sprintf(out, " %u", a.port);
	if (a.family == AF_NETLINK)
		sprintf(out, " %u %u", a.nl_pid, a.nl_groups);
}

static void test_sockaddr(void **state)
{
	static const struct {
		const char *hex;
		bool big_endian;
		const char *want;
	} cases[] = {
		{ "020000517F0000010000000000000000", false, "2 127.0.0.1 81" },
		{ "0002005100000000", true, "2 0.0.0.0 81" },
		{ "02000051FFFFFFFF", true, "2 255.255.255.255 81" }, /* the arch was wrong, the family tells */
		{ "0002005101020304", false, "2 1.2.3.4 81" },
		{ "020000517F0000", false, "-" },
		{ "0200", false, "-" },
		{ "0A00005100000000000000000000000000000000000000010000", false, "10 ::1 81" },
		{ "0A000051000000000000000000000000000000000000000100000000", false, "10 ::1 81" },
		{ "000A01BB0000000020010DB800000000000000000000000200000000", true, "10 2001:db8::2 443" },
		{ "0A00005100000000000000000000000000000000000001", false, "-" },
		{ "01002F746D702F6576736F636B00", false, "1 /tmp/evsock" },
		{ "01002F6465762F6C6F6700DEADBEEF", false, "1 /dev/log" },
		{ "01002F6E6F6E756C", false, "1 /nonul" },
		{ "01000061627300", false, "1 @abs" },
		{ "0100006162007800", false, "1 @ab" },
		{ "0100", false, "1 " },
		{ "010000", false, "1 " },
		{ "01000000", false, "1 " },
		{ "0001612F62", true, "1 a/b" },
		{ "100000000700000003000000", false, "16 7 3" },
		{ "001000000000000700000003", true, "16 7 3" },
		{ "10000000", false, "-" },
		{ "0000", false, "0" },
		{ "000000000000000000000000", false, "0" },
		{ "1100000300000000", false, "17" },
		{ "FFFF", false, "65535" },
		{ "", false, "-" }, { "02", false, "-" }, { "02000", false, "-" }, { "zz00", false, "-" }, { "(null)", false, "-" },
	};
	char got[256];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		render(cases[i].hex, cases[i].big_endian, got);
		/* An abstract name may hold a NUL, which printf ends at. */
		if (strcmp(got, cases[i].want) != 0)
			fail_msg("%s: got '%s', want '%s'", cases[i].hex, got, cases[i].want);
	}
}

static void test_sockaddr_bounds(void **state)
{
	struct sockaddr_text a;
	char hex[300];

	(void)state;
	for (size_t n = 0; n < sizeof(hex); n++) {
		memset(hex, '1', n);
		memcpy(hex, "0100", n < 4 ? n : 4);
		assert_int_equal(value_sockaddr(span_of(hex, n), false, &a), n >= 4 && n % 2 == 0 && n <= 256);
		if (n >= 4 && n % 2 == 0 && n <= 256)
			assert_int_equal(a.path_len, n / 2 - 2 > sizeof(a.path) ? sizeof(a.path) : n / 2 - 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_i64),
		cmocka_unit_test(test_unsigned),
		cmocka_unit_test(test_unhex),
		cmocka_unit_test(test_not_hex),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_sockaddr),
		cmocka_unit_test(test_sockaddr_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
