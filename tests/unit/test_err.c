#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/err.h"

#include <errno.h>
#include <string.h>

static void fills_all(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, -EINVAL, "conf:3", "unknown key '%s'", "x"), -EINVAL);
	assert_int_equal(e.code, -EINVAL);
	assert_string_equal(e.where, "conf:3");
	assert_string_equal(e.what, "unknown key 'x'");
}

static void takes_either_sign(void **state)
{
	struct err e;

	(void)state;
	assert_int_equal(err_set(&e, ENOENT, NULL, "gone"), -ENOENT);
	assert_int_equal(e.code, -ENOENT);
	assert_string_equal(e.where, "");
	assert_int_equal(err_set(NULL, ENOENT, NULL, "nobody listens"), -ENOENT);
}

static void cuts_long_text(void **state)
{
	char s[1000];
	struct err e;

	(void)state;
	memset(s, 'a', sizeof(s) - 1);
	s[sizeof(s) - 1] = 0;
	err_set(&e, -E2BIG, s, "%s", s);
	assert_int_equal(strlen(e.where), sizeof(e.where) - 1);
	assert_int_equal(strlen(e.what), sizeof(e.what) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fills_all),
		cmocka_unit_test(takes_either_sign),
		cmocka_unit_test(cuts_long_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
