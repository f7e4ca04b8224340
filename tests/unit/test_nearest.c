#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/nearest.h"

static void is_near(const char *word, const char *candidate, int distance)
{
	struct nearest n = { .word = span_of(word, strlen(word)) };

	nearest_offer(&n, span_of(candidate, strlen(candidate)));
	assert_int_equal(n.best.p ? (int)n.distance : -1, distance);
}

static void distances(void **state)
{
	(void)state;
	is_near("open", "open", 0);
	is_near("OPEN", "open", 0);
	is_near("opne", "open", 1);
	is_near("syscals", "syscalls", 1);
	is_near("excve", "execve", 1);
	is_near("execvee", "execve", 1);
	is_near("fromat", "format", 1);
	is_near("rotatesize", "rotate_size", 1);
	is_near("kitten", "sitting", -1);
	is_near("kittens", "sitten", 2);
	is_near("a", "b", -1);
	is_near("ab", "b", 1);
	is_near("", "a", -1);
	is_near("a", "", -1);
	is_near("output", "list", -1);
}

static void best_of_many(void **state)
{
	struct nearest n = { .word = SPAN("opnat") };

	(void)state;
	nearest_offer(&n, SPAN("openat2"));
	assert_int_equal(n.distance, 2);
	nearest_offer(&n, SPAN("openat"));
	assert_int_equal(n.distance, 1);
	nearest_offer(&n, SPAN("openat2"));
	nearest_offer(&n, SPAN("opna"));
	assert_true(span_eq(n.best, SPAN("openat")));
	nearest_offer(&n, SPAN("opnat"));
	assert_int_equal(n.distance, 0);
	nearest_offer(&n, SPAN("OPNAT"));
	assert_true(span_eq(n.best, SPAN("opnat")));
}

static void long_words(void **state)
{
	char word[80];

	(void)state;
	memset(word, 'a', sizeof(word));
	struct nearest n = { .word = span_of(word, 64) };
	nearest_offer(&n, span_of(word, 63));
	assert_null(n.best.p);
	n.word.n = 63;
	nearest_offer(&n, span_of(word, 64));
	assert_null(n.best.p);
	nearest_offer(&n, span_of(word, 60));
	assert_int_equal(n.distance, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distances),
		cmocka_unit_test(best_of_many),
		cmocka_unit_test(long_words)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
