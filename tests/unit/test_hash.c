#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/hash.h"

#include <stdio.h>
#include <stdlib.h>

#define KEYS 4096

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* No two hashes alike, and low and high bits fill slots as well as chance, which leaves KEYS / e of them empty. */
static void check_spread(uint64_t h[KEYS])
{
	unsigned char low[KEYS] = { 0 }, high[KEYS] = { 0 };
	int empty_low = 0, empty_high = 0;

	for (int i = 0; i < KEYS; i++) {
		low[h[i] % KEYS] = 1;
		high[h[i] >> 52] = 1;
	}
	for (int i = 0; i < KEYS; i++) {
		empty_low += !low[i];
		empty_high += !high[i];
	}
	assert_true(empty_low < KEYS * 0.40);
	assert_true(empty_high < KEYS * 0.40);
	qsort(h, KEYS, sizeof(*h), compare);
	for (int i = 1; i < KEYS; i++)
		assert_true(h[i] != h[i - 1]);
}

static void spreads_like_strings(void **state)
{
	static const char *const forms[] = { "%d", "a%d", "key%05d", "/usr/bin/prog%d", "%08x-tail-of-16-b", "%dabcdefgh" };
	uint64_t h[KEYS];
	char s[64];

	(void)state;
	for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
		for (int i = 0; i < KEYS; i++) {
			int n = snprintf(s, sizeof(s), forms[f], i);

			h[i] = hash_bytes(0, s, (size_t)n);
		}
		check_spread(h);
	}
}

static void spreads_numbers(void **state)
{
	uint64_t h[KEYS];

	(void)state;
	for (int shift = 0; shift < 52; shift += 4) {
		for (uint64_t i = 0; i < KEYS; i++)
			h[i] = hash_u64(7, i << shift);
		check_spread(h);
	}
}

static void zeros_differ_by_length(void **state)
{
	static const char zeros[64];
	uint64_t h[64];

	(void)state;
	for (size_t n = 0; n < 64; n++) {
		h[n] = hash_bytes(0, zeros, n);
		for (size_t k = 0; k < n; k++)
			assert_true(h[k] != h[n]);
	}
}

static void every_bit_counts(void **state)
{
	char s[40] = { 0 };

	(void)state;
	for (size_t n = 1; n <= sizeof(s); n++) {
		uint64_t was = hash_bytes(1, s, n);

		for (size_t bit = 0; bit < n * 8; bit++) {
			s[bit / 8] ^= (char)(1 << bit % 8);
			assert_true(hash_bytes(1, s, n) != was);
			s[bit / 8] ^= (char)(1 << bit % 8);
		}
		assert_true(hash_bytes(2, s, n) != was);
	}
}

/* A block of exactly the key's size: a sanitizer or valgrind sees any byte read behind it. */
static void reads_nothing_behind(void **state)
{
	(void)state;
	for (size_t n = 1; n < 40; n++) {
		char *p = malloc(n);

		assert_non_null(p);
		memset(p, 'x', n);
		assert_true(hash_bytes(0, p, n) == hash_bytes(0, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", n));
		free(p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spreads_like_strings),
		cmocka_unit_test(spreads_numbers),
		cmocka_unit_test(zeros_differ_by_length),
		cmocka_unit_test(every_bit_counts),
		cmocka_unit_test(reads_nothing_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
