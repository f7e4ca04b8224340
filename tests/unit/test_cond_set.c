#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "filter/cond_grams.h"
#include "filter/cond_match.h"

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

/* Of few letters, so that texts overlap and share all but one of their grams. */
static struct span letters(char *room, unsigned least, unsigned most)
{
	unsigned n = least + dice(most - least + 1);

	for (unsigned i = 0; i < n; i++)
		room[i] = "abAB\xff"[dice(5)];
	return span_of(room, n);
}

static void parts(unsigned count, bool folded)
{
	static char room[300][16], other[64];
	struct cond_set s = { .count = 0 };
	struct cond_grams g;
	uint32_t id;

	for (unsigned i = 0; i < count; i++) {
		struct span w = letters(room[i], COND_GRAM, 7);
		for (size_t k = 0; folded && k < w.n; k++)
			room[i][k] = cond_lower(room[i][k]);
		assert_int_equal(cond_set_add(&s, w, &id), 0);
	}
	assert_int_equal(cond_grams_make(&g, &s, folded), 0);
	for (unsigned i = 0; i < 100; i++) {
		struct cond_grams_walk walk = { .at = 0 };
		struct span text = letters(other, 0, 40);
		bool found[300] = { false };

		while ((id = cond_grams_next(&g, text, &walk)) != COND_SET_NONE)
			found[id] = true;
		for (id = 0; id < s.count; id++) {
			bool in = folded ? cond_icontains(text, s.text[id]) : cond_contains(text, s.text[id]);
			assert_int_equal(found[id], in);
		}
	}
	cond_grams_release(&g);
	cond_set_release(&s);
}

static void random_parts(void **state)
{
	static const unsigned counts[] = { 0, 1, 4, 30, 300 };

	(void)state;
	for (unsigned round = 0; round < 10; round++) {
		for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
			parts(counts[i], round % 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_set),
		cmocka_unit_test(random_sets),
		cmocka_unit_test(random_parts)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
