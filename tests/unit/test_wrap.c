#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/wrap.h"

#include <stdlib.h>

static void gives(unsigned columns, unsigned indent, unsigned hang, const char *text, const char *lines)
{
	char out[4096];
	FILE *f = tmpfile();
	struct wrap w;
	size_t n;

	assert_non_null(f);
	assert_int_equal(wrap_init(&w, f, columns, 2048), 0);
	buf_text(&w.text, text);
	wrap_end(&w, indent, hang);
	wrap_release(&w);
	n = (size_t)ftell(f);
	assert_true(n < sizeof(out));
	rewind(f);
	assert_int_equal(fread(out, 1, n, f), n);
	out[n] = '\0';
	fclose(f);
	assert_string_equal(out, lines);
}

static void words(void **state)
{
	(void)state;
	gives(40, 0, 4, "", "");
	gives(40, 2, 4, "one two", "  one two\n");
	gives(40, 0, 4, "0123456789 0123456789 0123456789 0123456 89", "0123456789 0123456789 0123456789 0123456\n    89\n");
	gives(40, 0, 4, "0123456789 0123456789 0123456789 01234567 89", "0123456789 0123456789 0123456789\n"
		"    01234567 89\n");
	gives(40, 0, 0, "two\nlines", "two\nlines\n");
}

static void one_word(void **state)
{
	(void)state;
	gives(40, 0, 4, "0123456789 0123456789 0123456789 -F dir=/x -F a=1", "0123456789 0123456789 0123456789\n"
		"    -F dir=/x -F a=1\n");
	gives(40, 0, 4, "0123456789 0123456789 0123456789 -F -S", "0123456789 0123456789 0123456789 -F -S\n");
	gives(40, 0, 4, "0123456789 0123456789 0123456789 [rule a], b", "0123456789 0123456789 0123456789\n"
		"    [rule a], b\n");
	gives(40, 0, 4, "0123456789 0123456789 0123456789 12 [rule a", "0123456789 0123456789 0123456789 12\n"
		"    [rule a\n");
}

static void long_words(void **state)
{
	(void)state;
	gives(40, 0, 4, "-S 0123456789,0123456789,0123456789,0123456789,0123456789 x",
		"-S 0123456789,0123456789,0123456789,\n    0123456789,0123456789 x\n");
	gives(40, 0, 4, "012345678901234567890123456789012345678901234567890123456789 x",
		"012345678901234567890123456789012345678901234567890123456789\n    x\n");
	/* A list that fits a line of its own is not broken. */
	gives(40, 0, 4, "0123456789 0123456789 0123456789 01234,56789", "0123456789 0123456789 0123456789\n"
		"    01234,56789\n");
}

/* Whatever stands there, it comes to an end. */
static void blanks(void **state)
{
	(void)state;
	gives(40, 0, 0, " ", " \n");
	gives(40, 0, 0, "  a", "  a\n");
	gives(40, 0, 0, "0123456789 0123456789 0123456789 0123456    89", "0123456789 0123456789 0123456789 0123456\n"
		"   89\n");
	gives(40, 0, 0, "                                                  ", "                                                  \n");
}

static void odd_bytes(void **state)
{
	(void)state;
	gives(40, 0, 0, "a\033[2J\t\177\303\251", "a\\x1b[2J\\x09\\x7f\\xc3\\xa9\n");
}

static void cut(void **state)
{
	char text[4096];
	struct wrap w;
	FILE *f = tmpfile();

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(wrap_init(&w, f, 100, 64), 0);
	wrap_say(&w, 0, 0, "%s", text); /* finds no room, and spoils nothing */
	assert_int_equal(ftell(f), 0);
	wrap_say(&w, 0, 0, "%s", "short");
	assert_int_equal(ftell(f), 6);
	wrap_release(&w);
	fclose(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words), cmocka_unit_test(one_word), cmocka_unit_test(long_words),
		cmocka_unit_test(blanks), cmocka_unit_test(odd_bytes), cmocka_unit_test(cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
