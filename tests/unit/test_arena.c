#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void blocks_are_aligned_and_apart(void **state)
{
	struct arena_pool *pool = arena_pool_new(1000, 8);
	struct arena a = { .pool = pool };
	char *block[64];
	size_t n = 0, i;

	(void)state;
	for (; n < 64 && (block[n] = arena_alloc(&a, n + 1)); n++) {
		assert_int_equal((uintptr_t)block[n] % 16, 0);
		memset(block[n], (int)n, n + 1);
	}
	assert_int_equal(n, 64);
	for (i = 0; i < n; i++)
		for (size_t k = 0; k <= i; k++)
			assert_int_equal(block[i][k], i);
	arena_reset(&a);
	assert_int_equal(arena_pool_left(pool), 8);
	arena_pool_free(pool);
}

static void pad_is_readable(void **state)
{
	struct arena_pool *pool = arena_pool_new(4096, 2);
	struct arena a = { .pool = pool };
	unsigned sum = 0;

	(void)state;
	for (int chunk = 0; chunk < 2; chunk++) {
		const unsigned char *p = arena_alloc(&a, 4096);

		assert_non_null(p);
		for (int i = 0; i < ARENA_PAD; i++)
			sum += p[4096 + i];
	}
	assert_int_equal(sum, 0);
	arena_pool_free(pool);
}

static void empty_pool_gives_null(void **state)
{
	struct arena_pool *pool = arena_pool_new(128, 3);
	struct arena a = { .pool = pool }, b = { .pool = pool };

	(void)state;
	assert_null(arena_alloc(&a, 129));
	assert_null(arena_alloc(&a, SIZE_MAX));
	assert_int_equal(arena_pool_left(pool), 3);
	assert_non_null(arena_alloc(&a, 128));
	assert_non_null(arena_alloc(&a, 1));
	assert_non_null(arena_alloc(&a, 100));
	assert_int_equal(arena_pool_left(pool), 1);
	assert_non_null(arena_alloc(&b, 128));
	assert_int_equal(arena_pool_left(pool), 0);
	assert_null(arena_alloc(&b, 1));
	assert_null(arena_alloc(&a, 17));
	arena_reset(&a);
	assert_int_equal(arena_pool_left(pool), 2);
	assert_non_null(arena_alloc(&b, 1));
	arena_reset(&a);
	arena_reset(&b);
	assert_int_equal(arena_pool_left(pool), 3);
	arena_pool_free(pool);
}

static void last_given_back_is_first_taken(void **state)
{
	struct arena_pool *pool = arena_pool_new(256, 100);
	struct arena a = { .pool = pool };
	void *first = arena_alloc(&a, 256);

	(void)state;
	for (int i = 0; i < 1000; i++) {
		arena_reset(&a);
		assert_ptr_equal(arena_alloc(&a, 256), first);
	}
	arena_pool_free(pool);
}

/* Bytes of the pages between two addresses that are in memory. */
static size_t resident(const char *from, const char *to)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes = 0;
	char *start = (char *)((uintptr_t)from / page * page);
	size_t pages = ((size_t)(to - start) + page - 1) / page;
	unsigned char *in = malloc(pages);

	assert_non_null(in);
	assert_int_equal(mincore(start, pages * page, in), 0);
	for (size_t i = 0; i < pages; i++)
		bytes += (in[i] & 1) * page;
	free(in);
	return bytes;
}

static void what_lies_free_is_given_back(void **state)
{
	enum { SIZE = 256 * 1024, CHUNKS = 64 };
	struct arena_pool *pool = arena_pool_new(SIZE, CHUNKS);
	struct arena a = { .pool = pool };

	(void)state;
	for (int round = 0; round < 3; round++) {
		char *low = NULL, *high = NULL;

		for (int i = 0; i < CHUNKS; i++) {
			char *p = arena_alloc(&a, SIZE);

			assert_non_null(p);
			memset(p, 1, SIZE);
			low = !low || p < low ? p : low;
			high = p > high ? p : high;
		}
		assert_true(resident(low, high + SIZE) >= (size_t)SIZE * CHUNKS);
		arena_reset(&a);
		assert_true(resident(low, high + SIZE) < (size_t)SIZE * CHUNKS / 2);
	}
	arena_pool_free(pool);
}

static void absurd_pools_are_refused(void **state)
{
	(void)state;
	assert_null(arena_pool_new(SIZE_MAX, 1));
	assert_null(arena_pool_new(SIZE_MAX / 4, 100));
	assert_null(arena_pool_new(16, 0));
	arena_pool_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_are_aligned_and_apart),
		cmocka_unit_test(pad_is_readable),
		cmocka_unit_test(empty_pool_gives_null),
		cmocka_unit_test(last_given_back_is_first_taken),
		cmocka_unit_test(what_lies_free_is_given_back),
		cmocka_unit_test(absurd_pools_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
