#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What `say` writes to stderr must be `want`. */
static void expect(void (*say)(void), const char *want)
{
	int kept = dup(STDERR_FILENO);
	FILE *f = tmpfile();
	char got[2048];
	size_t n;

	assert_non_null(f);
	fflush(stderr);
	dup2(fileno(f), STDERR_FILENO);
	say();
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	rewind(f);
	n = fread(got, 1, sizeof(got) - 1, f);
	got[n] = 0;
	fclose(f);
	assert_string_equal(got, want);
}

static void say_error(void)
{
	struct err e;

	err_set(&e, -EINVAL, "conf:3", "unknown key '%s'", "x");
	log_err(&e);
}

static void say_each_level(void)
{
	log_error("e%d", 1);
	log_warning("w");
	log_info("i");
	log_debug("d");
}

static void say_evil(void)
{
	log_say(LOG_LEVEL_ERROR, "a\nb", "%s", "x\ntierceld: all is well\033[2J\x7f");
}

static void says_where(void **state)
{
	(void)state;
	expect(say_error, "tiercel: conf:3: unknown key 'x'\n");
}

static void keeps_to_its_level(void **state)
{
	(void)state;
	expect(say_each_level, "tiercel: e1\ntiercel: w\ntiercel: i\n");
	log_open("tierceld", LOG_LEVEL_DEBUG, false);
	expect(say_each_level, "tierceld: e1\ntierceld: w\ntierceld: i\ntierceld: d\n");
	log_open("tierceld", LOG_LEVEL_ERROR, false);
	expect(say_each_level, "tierceld: e1\n");
}

static void no_text_fakes_a_line(void **state)
{
	(void)state;
	expect(say_evil, "tierceld: a?b: x?tierceld: all is well?[2J?\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_where),
		cmocka_unit_test(keeps_to_its_level),
		cmocka_unit_test(no_text_fakes_a_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
