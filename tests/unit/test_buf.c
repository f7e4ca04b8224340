#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/buf.h"

#include <inttypes.h>
#include <stdio.h>

static void expect(struct buf *b, const char *text)
{
	assert_false(b->full);
	assert_int_equal(b->n, strlen(text));
	assert_memory_equal(b->p, text, b->n);
	b->n = 0;
}

static void numbers_agree_with_printf(void **state)
{
	char p[64], want[64];
	struct buf b = { p, 0, sizeof(p), false };
	uint64_t v[260];
	size_t n = 0;

	(void)state;
	for (uint64_t ten = 1; n < 60; ten *= 10) {
		v[n++] = ten - 1;
		v[n++] = ten;
		v[n++] = ten + 1;
	}
	for (int bit = 0; bit < 64; bit++) {
		v[n++] = UINT64_C(1) << bit;
		v[n++] = (UINT64_C(1) << bit) - 1;
		v[n++] = -(UINT64_C(1) << bit);
	}
	for (size_t i = 0; i < n; i++) {
		snprintf(want, sizeof(want), "%" PRIu64, v[i]);
		buf_put_u64(&b, v[i]);
		expect(&b, want);
		snprintf(want, sizeof(want), "%" PRId64, (int64_t)v[i]);
		buf_put_i64(&b, (int64_t)v[i]);
		expect(&b, want);
		snprintf(want, sizeof(want), "0x%" PRIx64, v[i]);
		buf_put_hex(&b, v[i]);
		expect(&b, want);
		snprintf(want, sizeof(want), "%#" PRIo64, v[i]);
		buf_put_octal(&b, v[i]);
		expect(&b, want);
	}
}

static void full_writes_nothing(void **state)
{
	char p[5] = "....";
	struct buf b = { p, 0, 4, false };

	(void)state;
	buf_lit(&b, "abc");
	buf_lit(&b, "de");
	assert_true(b.full);
	assert_int_equal(b.n, 3);
	assert_string_equal(p, "abc.");
	b.full = false;
	buf_putc(&b, 'd');
	assert_false(b.full);
	buf_put(&b, "", 0);
	assert_false(b.full);
	buf_putc(&b, 'e');
	assert_true(b.full);
	assert_string_equal(p, "abcd");
}

static void printf_keeps_to_its_room(void **state)
{
	char p[] = "......";
	struct buf b = { p, 0, 4, false };

	(void)state;
	buf_printf(&b, "%d", 12);
	assert_false(b.full);
	assert_int_equal(b.n, 2);
	buf_printf(&b, "%s", "no room for this");
	assert_true(b.full);
	assert_int_equal(b.n, 2);
	assert_memory_equal(p, "12", 2);
	assert_memory_equal(p + 4, "..", 2);
	b = (struct buf){ NULL, 0, 0, false };
	buf_printf(&b, "%s", "x");
	assert_true(b.full);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_agree_with_printf),
		cmocka_unit_test(full_writes_nothing),
		cmocka_unit_test(printf_keeps_to_its_room),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
