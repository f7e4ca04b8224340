/*
 * The input is one value, in a block of its exact size; every decoder reads it, and what they say of each other must
 * agree.
 */
#include "record/value.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool held)
{
	if (!held)
		abort();
}

static void check_address(struct span s, bool big_endian)
{
	struct sockaddr_text a;

	if (!value_sockaddr(s, big_endian, &a))
		return;
	require(value_is_hex(s) && a.path_len <= sizeof(a.path) && a.addr_len < sizeof(a.ip));
	require(a.addr_len == 0 || strlen(a.ip) == a.addr_len);
	require(!a.abstract || a.path_len > 0);
}

static void check_numbers(struct span s)
{
	uint64_t u, v;
	int64_t i;

	if (value_u64(s, &u) && u <= INT64_MAX)
		require(value_i64(s, &i) && (uint64_t)i == u && value_is_hex(s) == (s.n % 2 == 0));
	if (value_octal(s, &u))
		require(value_u64(s, &v) || s.n > 19);
	if (value_hex64(s, &u))
		require(s.n <= 16);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *block = malloc(size + 1), *out = malloc(size / 2 + 1);
	struct span s = span_of(block + 1, size); /* up to the end, so that a byte read behind it is seen */

	if (!block || !out)
		abort();
	if (size > 0)
		memcpy(block + 1, data, size);
	require(value_unhex(s, out) == (value_is_hex(s) || s.n == 0));
	check_numbers(s);
	check_address(s, false);
	check_address(s, true);
	value_is_absent(s);
	free(block);
	free(out);
	return 0;
}
