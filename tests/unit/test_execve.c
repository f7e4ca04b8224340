#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "record/execve.h"
#include "tail.h"

#include <stdio.h>

static struct execve_part part;

static bool read_part(const char *key, enum kv_quote quote, const char *val)
{
	struct kv kv = { .key = key, .key_len = (uint8_t)strlen(key), .val = val, .val_len = (uint32_t)strlen(val),
		.quote = (uint8_t)quote };

	memset(&part, 0x55, sizeof(part));
	return execve_part(&kv, &part);
}

static void test_kinds(void **state)
{
	(void)state;
	assert_true(read_part("argc", KV_BARE, "3"));
	assert_true(part.kind == EXECVE_ARGC && part.number == 3);
	assert_true(read_part("a0", KV_DOUBLE, "ls"));
	assert_true(part.kind == EXECVE_WHOLE && part.index == 0 && part.quoted && span_eq(part.val, SPAN("ls")));
	assert_true(read_part("a65536", KV_BARE, "2D6C"));
	assert_true(part.kind == EXECVE_WHOLE && part.index == 65536 && !part.quoted && span_eq(part.val, SPAN("2D6C")));
	assert_true(read_part("a1_len", KV_BARE, "120000"));
	assert_true(part.kind == EXECVE_LENGTH && part.index == 1 && part.number == 120000);
	assert_true(read_part("a1[12]", KV_BARE, "6161"));
	assert_true(part.kind == EXECVE_CHUNK && part.index == 1 && part.chunk == 12 && span_eq(part.val, SPAN("6161")));
	assert_true(read_part("a4294967295[4294967295]", KV_DOUBLE, ""));
	assert_true(part.index == UINT32_MAX && part.chunk == UINT32_MAX && part.quoted && part.val.n == 0);
}

static void test_others(void **state)
{
	static const char *const keys[] = { "", "a", "b0", "arg", "argcx", "a0x", "a0_", "a0_lem", "a0_lenx", "a[0]", "a0[", "a0[]", "a0[1",
		"a0[1]x", "a0[x]", "a-1", "a4294967296", "a0[4294967296]", "a99999999999999999999999999", "arch", "a0 " };

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (read_part(keys[i], KV_BARE, "1"))
			fail_msg("'%s' was taken", keys[i]);
	assert_false(read_part("argc", KV_BARE, "x") || read_part("argc", KV_BARE, "") || read_part("a0_len", KV_BARE, "-1"));
}

/* The indices of a record cut by record_pairs(), over more pairs than its array holds. */
static void test_record(void **state)
{
	struct tail tail = tail_new(4096);
	struct kv kv[4];
	struct kv_memo memo;
	struct span rest;
	char text[2048];
	size_t at = 0, n;
	uint32_t seen = 0;

	(void)state;
	for (unsigned i = 0; i < 100; i++)
		at += (size_t)sprintf(text + at, i % 3 ? "a%u=\"x%u\" " : "a%u=%02u ", i, i);
	memset(&memo, 0, sizeof(memo));
	rest = span_of(tail_put(&tail, text, at, ""), at);
	do {
		n = record_pairs(&memo, rest, kv, 4, &rest);
		for (size_t i = 0; i < n; i++, seen++) {
			assert_true(execve_part(&kv[i], &part));
			assert_int_equal(part.kind, EXECVE_WHOLE);
			assert_int_equal(part.index, seen);
			assert_int_equal(part.quoted, seen % 3 != 0);
		}
	} while (rest.n > 0);
	assert_int_equal(seen, 100);
	tail_free(&tail);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
