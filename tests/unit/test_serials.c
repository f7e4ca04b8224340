/* Gaps are told, disorder is not taken for one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "event/serials.h"

#include <stdlib.h>
#include <string.h>

static void push_range(struct serials *s, uint32_t first, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		serials_push(s, first + i);
}

static void expect_told(struct serials *s, uint64_t n, uint32_t first, uint32_t last)
{
	uint32_t from, to;

	assert_int_equal(serials_told(s, &from, &to), n);
	if (n) {
		assert_int_equal(from, first);
		assert_int_equal(to, last);
	}
	assert_int_equal(serials_told(s, &from, &to), 0);
}

static void in_order(void **state)
{
	struct serials s = { .started = false };

	(void)state;
	serials_end(&s);
	serials_tick(&s, 0);
	for (uint32_t i = 0; i < 5000; i++)
		for (int records = 0; records < 4; records++) /* of one event */
			serials_push(&s, 700 + i);
	serials_end(&s);
	assert_int_equal(s.missing, 0);
	assert_int_equal(s.resets, 0);
	expect_told(&s, 0, 0, 0);
}

/* Blocks of n numbers, each block backwards: the first comes n - 1 places late. */
static void reordered(uint32_t n)
{
	struct serials s = { .started = false };

	push_range(&s, 1, 1);
	for (uint32_t block = 0; block < 40; block++)
		for (uint32_t i = n; i-- > 0;) {
			serials_push(&s, 2 + block * n + i);
			serials_push(&s, 2 + block * n + i);
		}
	assert_int_equal(s.missing, 0);
	serials_end(&s);
	assert_int_equal(s.missing, 0);
	assert_int_equal(s.resets, 0);
}

static void out_of_order(void **state)
{
	(void)state;
	reordered(2);
	reordered(139);
	reordered(900);
	reordered(SERIALS_WINDOW);
}

/* The stream may begin in the midst of such disorder: what came before it is not known. */
static void begins_anywhere(void **state)
{
	struct serials s = { .started = false };

	(void)state;
	serials_push(&s, 500);
	serials_push(&s, 497);
	serials_push(&s, 501);
	serials_push(&s, 499);
	serials_end(&s);
	assert_int_equal(s.missing, 0);
}

static void gaps(void **state)
{
	struct serials s = { .started = false };

	(void)state;
	push_range(&s, 10, 5);
	push_range(&s, 18, 3); /* 15, 16, 17 */
	push_range(&s, 22, 100); /* 21 */
	assert_int_equal(s.missing, 0); /* may still come */
	push_range(&s, 122, SERIALS_WINDOW);
	assert_int_equal(s.missing, 4);
	expect_told(&s, 4, 15, 21);
	push_range(&s, 1146 + 3000, 1);
	serials_end(&s);
	assert_int_equal(s.missing, 3004);
	expect_told(&s, 3000, 1146, 4145);
	serials_push(&s, 1146); /* too late to be taken back, and no jump */
	serials_push(&s, 4147);
	serials_end(&s);
	assert_int_equal(s.missing, 3004);
	assert_int_equal(s.resets, 0);
}

static void a_late_one_fills_its_gap(void **state)
{
	struct serials s = { .started = false };

	(void)state;
	push_range(&s, 10, 5);
	push_range(&s, 16, SERIALS_WINDOW - 1);
	serials_push(&s, 15); /* the last moment */
	push_range(&s, 15 + SERIALS_WINDOW, 10);
	serials_end(&s);
	assert_int_equal(s.missing, 0);
	push_range(&s, 2000, SERIALS_WINDOW);
	assert_int_equal(s.missing, 2000 - 1049);
}

static void wraps(void **state)
{
	struct serials s = { .started = false };

	(void)state;
	push_range(&s, UINT32_MAX - 99, 300); /* 0 too */
	serials_end(&s);
	assert_int_equal(s.missing, 0);
	memset(&s, 0, sizeof(s));
	push_range(&s, UINT32_MAX - 99, 100);
	push_range(&s, 1, 100); /* without 0 */
	serials_end(&s);
	assert_int_equal(s.missing, 0);
	memset(&s, 0, sizeof(s));
	push_range(&s, UINT32_MAX - 99, 90);
	push_range(&s, 11, 100); /* 10 before 0, 10 behind it */
	serials_end(&s);
	assert_int_equal(s.missing, 20);
	expect_told(&s, 20, UINT32_MAX - 9, 10);
	push_range(&s, UINT32_MAX - 3, 1); /* late */
	assert_int_equal(s.resets, 0);
	memset(&s, 0, sizeof(s));
	push_range(&s, UINT32_MAX - 4999, 1);
	push_range(&s, 5001, 1);
	serials_end(&s);
	assert_int_equal(s.missing, 9999);
	expect_told(&s, 9999, UINT32_MAX - 4998, 5000);
}

static void another_boot(void **state)
{
	struct serials s = { .started = false };

	(void)state;
	push_range(&s, 100000, 10);
	push_range(&s, 100011, 10); /* 100010: told when the old stream ends */
	for (uint32_t i = 1; i < SERIALS_ASTRAY; i++) {
		serials_push(&s, i);
		serials_push(&s, i);
	}
	assert_int_equal(s.resets, 0);
	serials_push(&s, SERIALS_ASTRAY);
	assert_int_equal(s.resets, 1);
	expect_told(&s, 1, 100010, 100010);
	push_range(&s, SERIALS_ASTRAY + 1, 100);
	push_range(&s, SERIALS_ASTRAY + 102, 100);
	serials_end(&s);
	expect_told(&s, 1, SERIALS_ASTRAY + 101, SERIALS_ASTRAY + 101);
	assert_int_equal(s.resets, 1);
}

static void far_jumps(void **state)
{
	struct serials s = { .started = false };

	(void)state;
	push_range(&s, 1, 10);
	serials_push(&s, 10 + SERIALS_FAR); /* just near enough */
	serials_end(&s);
	assert_int_equal(s.missing, SERIALS_FAR - 1);
	assert_int_equal(s.resets, 0);
	memset(&s, 0, sizeof(s));
	push_range(&s, 1, 10);
	push_range(&s, 11 + SERIALS_FAR, SERIALS_ASTRAY);
	push_range(&s, 11 + SERIALS_FAR + SERIALS_ASTRAY, 2000);
	serials_end(&s);
	assert_int_equal(s.missing, 0);
	assert_int_equal(s.resets, 1);
}

/* Numbers from elsewhere, a few at a time or all over the place, move nothing. */
static void strays(void **state)
{
	struct serials s = { .started = false };

	(void)state;
	push_range(&s, 100000, 10);
	for (uint32_t i = 0; i < 1000; i++) {
		push_range(&s, 5000 + i, SERIALS_ASTRAY - 1);
		serials_push(&s, 100010 + i);
	}
	for (uint32_t i = 0; i < 1000; i++)
		serials_push(&s, 0x40000000 + i * 0x123457);
	push_range(&s, 101010, 10);
	serials_end(&s);
	assert_int_equal(s.missing, 0);
	assert_int_equal(s.resets, 0);
}

static void quiet(void **state)
{
	struct serials s = { .started = false };
	int64_t t = 5000;

	(void)state;
	push_range(&s, 1, 10);
	push_range(&s, 12, 10); /* 11 */
	serials_tick(&s, t);
	serials_tick(&s, t + SERIALS_QUIET_MS - 1);
	assert_int_equal(s.missing, 0);
	push_range(&s, 23, 1); /* 22, younger */
	serials_tick(&s, t + SERIALS_QUIET_MS);
	assert_int_equal(s.missing, 1);
	expect_told(&s, 1, 11, 11);
	serials_push(&s, 22);
	serials_push(&s, 11); /* told, and stays so */
	serials_tick(&s, t + 2 * SERIALS_QUIET_MS);
	serials_tick(&s, t + 3 * SERIALS_QUIET_MS);
	serials_end(&s);
	assert_int_equal(s.missing, 1);
}

/* A stream that never rests has its gaps told in time, too. */
static void a_slow_stream_tells_in_time(void **state)
{
	struct serials s = { .started = false };
	uint32_t serial = 1;
	int64_t t = 0;

	(void)state;
	for (; t < 10000; t += 200, serial++) {
		serials_push(&s, serial += serial == 20);
		serials_tick(&s, t);
	}
	assert_int_equal(s.missing, 1);
	expect_told(&s, 1, 20, 20);
}

/* A model of it: every number in a table; what is missing of those between the first and the highest. */
#define MODEL 200000

struct model {
	unsigned char came[MODEL];
	uint32_t order[MODEL];
};

/* Shuffle within blocks that are no longer than the window: nothing is late by more. */
static void shuffle(uint32_t *order, uint32_t n, uint32_t block)
{
	for (uint32_t at = 0; at < n; at += block) {
		uint32_t len = n - at < block ? n - at : block;

		for (uint32_t i = len; i > 1; i--) {
			uint32_t k = (uint32_t)rand() % i, x = order[at + i - 1];

			order[at + i - 1] = order[at + k];
			order[at + k] = x;
		}
	}
}

static void run_model(struct model *m, uint32_t base, uint32_t block, unsigned loss)
{
	struct serials s = { .started = false };
	uint64_t missing = 0, told = 0;
	uint32_t first, last;

	for (uint32_t i = 0; i < MODEL; i++) {
		m->order[i] = i;
		m->came[i] = 0;
	}
	shuffle(m->order + 1, MODEL - 2, block); /* the first and the last stay, so that both know the bounds */
	for (uint32_t i = 0; i < MODEL; i++) {
		uint32_t n = m->order[i];
		int records = i && i < MODEL - 1 && (unsigned)rand() % 1000 < loss ? 0 : 1 + rand() % 3;

		if (records && loss && rand() % 5000 == 0 && i < MODEL - 4000)
			i += (uint32_t)rand() % 3000; /* a whole stretch is gone */
		m->came[n] = records > 0;
		while (records--)
			serials_push(&s, base + n);
		if (rand() % 100 == 0)
			told += serials_told(&s, &first, &last);
	}
	serials_end(&s);
	for (uint32_t i = 0; i < MODEL; i++)
		missing += !m->came[i] && base + i != 0;
	assert_int_equal(s.missing, missing);
	assert_int_equal(told + serials_told(&s, &first, &last), missing);
	assert_int_equal(s.resets, 0);
}

static void as_the_model(void **state)
{
	static const uint32_t bases[] = { 1, 123456, UINT32_MAX - MODEL / 2 };
	static const uint32_t blocks[] = { 1, 139, 500, SERIALS_WINDOW };
	static const unsigned losses[] = { 0, 1, 30, 500 };
	struct model *m = malloc(sizeof(*m));

	(void)state;
	assert_non_null(m);
	print_message("seed 20261121\n");
	srand(20261121);
	for (size_t base = 0; base < 3; base++)
		for (size_t block = 0; block < 4; block++)
			for (size_t loss = 0; loss < 4; loss++)
				run_model(m, bases[base], blocks[block], losses[loss]);
	free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_order),
		cmocka_unit_test(out_of_order),
		cmocka_unit_test(begins_anywhere),
		cmocka_unit_test(gaps),
		cmocka_unit_test(a_late_one_fills_its_gap),
		cmocka_unit_test(wraps),
		cmocka_unit_test(another_boot),
		cmocka_unit_test(far_jumps),
		cmocka_unit_test(strays),
		cmocka_unit_test(quiet),
		cmocka_unit_test(a_slow_stream_tells_in_time),
		cmocka_unit_test(as_the_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
