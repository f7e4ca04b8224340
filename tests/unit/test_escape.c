/* The inside of JSON strings: every byte, every kind of UTF-8, and no byte read or written too far. */
#include "encode/escape.h"

#include "json_check.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define READ_PAD 16 /* escape_json() may read so far behind the text */

/* Text and output lie in blocks of their exact size, so that a sanitizer sees each step beyond. */
static char *escape(const char *p, size_t n, size_t room, size_t *len, bool *odd)
{
	char *text = malloc(n + READ_PAD), *out = malloc(room + ESCAPE_SLACK + 1), *end;

	assert_non_null(text);
	assert_non_null(out);
	memcpy(text, p, n);
	memset(text + n, '"', READ_PAD);
	*odd = false;
	end = escape_json(out, out + room, text, n, odd);
	free(text);
	*len = end ? (size_t)(end - out) : 0;
	if (!end) {
		free(out);
		return NULL;
	}
	out[*len] = '\0';
	return out;
}

static void becomes(const char *p, size_t n, const char *want, bool want_odd)
{
	size_t len;
	bool odd;
	char *out = escape(p, n, 6 * n, &len, &odd);

	assert_non_null(out);
	assert_string_equal(out, want);
	assert_int_equal(odd, want_odd);
	free(out);
}

#define BECOMES(text, want, odd) becomes(text, sizeof(text) - 1, want, odd)

static void plain_text_stays(void **state)
{
	(void)state;
	BECOMES("", "", false);
	BECOMES("a", "a", false);
	BECOMES("0123456789abcdef", "0123456789abcdef", false);
	BECOMES("0123456789abcdefg", "0123456789abcdefg", false);
	BECOMES("/~ !#[]{}'`<>&", "/~ !#[]{}'`<>&", false);
	BECOMES("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\xa6\x85", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\xa6\x85", false);
}

static void controls_are_escaped(void **state)
{
	(void)state;
	BECOMES("\"\\", "\\\"\\\\", false);
	BECOMES("\b\t\n\f\r", "\\b\\t\\n\\f\\r", false);
	BECOMES("\0", "\\u0000", false);
	BECOMES("\x01\x1b\x1f\x7f", "\\u0001\\u001b\\u001f\\u007f", false);
	BECOMES("\xc2\x80\xc2\x9b\xc2\x9f\xc2\xa0", "\\u0080\\u009b\\u009f\xc2\xa0", false);
}

static void what_is_no_utf8_is_replaced(void **state)
{
	(void)state;
	BECOMES("\xff", "\xef\xbf\xbd", true);
	BECOMES("a\x80z", "a\xef\xbf\xbdz", true);
	BECOMES("\xc3", "\xef\xbf\xbd", true);
	BECOMES("\xc3(", "\xef\xbf\xbd(", true);
	BECOMES("\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd", true);                         /* overlong */
	BECOMES("\xe0\x80\xaf", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", true);         /* overlong */
	BECOMES("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", true);         /* surrogate */
	BECOMES("\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd", true); /* too high */
	BECOMES("\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd", true);                         /* cut */
	BECOMES("\xef\xbf\xbd", "\xef\xbf\xbd", false);                                /* U+FFFD itself */
}

/* Each byte at each place of a block, followed by what could complete it: the pad must change nothing. */
static void every_byte_at_every_place(void **state)
{
	char text[40], line[400];

	(void)state;
	for (unsigned c = 0; c < 256; c++)
		for (size_t at = 0; at < 36; at++) {
			size_t len;
			bool odd;
			char *out;

			memset(text, 'x', sizeof(text));
			text[at] = (char)c;
			out = escape(text, at + 1 + (at & 3), sizeof(line), &len, &odd);
			assert_non_null(out);
			assert_int_equal(odd, c >= 0x80);
			assert_int_equal(snprintf(line, sizeof(line), "\"%s\"", out), (int)len + 2);
			if (json_check_text(line, len + 2))
				fail_msg("byte %02x at %zu: %s", c, at, json_check_text(line, len + 2));
			free(out);
		}
}

static void a_limit_is_kept(void **state)
{
	const char text[] = "0123456789abcdef0123456789\"\x01\xff\xc2\x85";
	size_t whole, len;
	bool odd;
	char *out = escape(text, sizeof(text) - 1, 400, &whole, &odd);

	(void)state;
	free(out);
	for (size_t room = 0; room < whole + 3; room++) {
		out = escape(text, sizeof(text) - 1, room, &len, &odd);
		assert_int_equal(out != NULL, room >= whole);
		assert_true(!out || len == whole);
		free(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(plain_text_stays),      cmocka_unit_test(controls_are_escaped),
		cmocka_unit_test(what_is_no_utf8_is_replaced), cmocka_unit_test(every_byte_at_every_place),
		cmocka_unit_test(a_limit_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
