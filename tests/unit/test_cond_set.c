#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "filter/cond_set.h"

#include <stdlib.h>

static uint64_t seed = UINT64_C(0x5e7);

static unsigned dice(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 11) % n;
}

static void an_empty_set(void **state)
{
	struct cond_set s = { .count = 0 };

	(void)state;
	assert_int_equal(cond_set_find(&s, SPAN("x")), COND_SET_NONE);
	assert_int_equal(cond_set_sort(&s, false), 0);
	assert_int_equal(cond_set_longest(&s, SPAN("x")), COND_SET_NONE);
	cond_set_release(&s);
}

/* Short words of two letters: many are the begin of others. */
static struct span word(char *room)
{
	size_t n = dice(9);

	for (size_t i = 0; i < n; i++)
		room[i] = dice(2) ? 'a' : '\xff';
	return span_of(room, n);
}

static bool fits(struct span text, struct span part, bool from_end)
{
	return text.n >= part.n && memcmp(text.p + (from_end ? text.n - part.n : 0), part.p, part.n) == 0;
}

static void as_one_by_one(unsigned count, bool from_end)
{
	static char room[400][16], other[16];
	struct cond_set s = { .count = 0 };
	uint32_t id;

	for (unsigned i = 0; i < count; i++) {
		struct span w = word(room[i]);
		uint32_t before = cond_set_find(&s, w);
		assert_int_equal(cond_set_add(&s, w, &id), 0);
		if (before != COND_SET_NONE)
			assert_int_equal(id, before);
		else
			assert_int_equal(id, s.count - 1);
	}
	assert_int_equal(cond_set_sort(&s, from_end), 0);
	for (unsigned i = 0; i < 400; i++) {
		struct span text = word(other);
		size_t n = text.n + 1;
		uint32_t found = 0, there = 0;

		id = cond_set_find(&s, text);
		assert_true(id == COND_SET_NONE || span_eq(s.text[id], text));
		for (uint32_t k = 0; k < s.count; k++) {
			there += fits(text, s.text[k], from_end);
			assert_true(!span_eq(s.text[k], text) || id == k);
		}
		/* Each longer one first, none twice, none forgotten. */
		for (id = cond_set_longest(&s, text); id != COND_SET_NONE; id = s.shorter[id]) {
			assert_true(fits(text, s.text[id], from_end));
			assert_true(s.text[id].n < n);
			n = s.text[id].n;
			found++;
		}
		assert_int_equal(found, there);
	}
	cond_set_release(&s);
}

static void random_sets(void **state)
{
	static const unsigned counts[] = { 1, 2, 3, 8, 9, 40, 400 };

	(void)state;
	for (unsigned round = 0; round < 20; round++) {
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
			as_one_by_one(counts[i], round % 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_set),
		cmocka_unit_test(random_sets)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
