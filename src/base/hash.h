/*
 * A hash for short keys: 8 bytes a step, each step a multiply and a fold of the high half. For tables of bounded size:
 * whoever chooses keys on purpose is held by the table's bounds, or by a seed that he can't know.
 */
#ifndef TIERCEL_BASE_HASH_H
#define TIERCEL_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Odd, half of the bits set, no pattern: digits of e and of pi. */
#define HASH_A UINT64_C(0xb7e151628aed2a6b)
#define HASH_B UINT64_C(0x243f6a8885a308d3)

/* One step: mix 64 bits into the state. */
static inline uint64_t hash_mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * HASH_A;
	return h ^ h >> 32;
}

/* The same for a number alone: all bits of the result, high and low, are fit to be a slot. */
static inline uint64_t hash_u64(uint64_t seed, uint64_t v)
{
	uint64_t h = seed ^ v;

	h = hash_mix(h ^ h >> 32, HASH_B) * HASH_B;
	return h ^ h >> 29;
}

static inline uint64_t hash_load(const char *p, size_t n)
{
	uint64_t w = 0;

	memcpy(&w, p, n);
	return w;
}

/* `n` bytes; reads none behind them. The result depends on the byte order of the host. */
static inline uint64_t hash_bytes(uint64_t seed, const char *p, size_t n)
{
	uint64_t h = seed ^ n * HASH_B, tail = 0;
	size_t left = n;

	for (; left >= 8; left -= 8, p += 8)
		h = hash_mix(h, hash_load(p, 8));
	/* Two fixed loads that may overlap are cheaper than a copy of unknown length; the length is mixed in above. */
	if (left >= 4)
		tail = hash_load(p, 4) | hash_load(p + left - 4, 4) << 32;
	else if (left > 0)
		tail = (unsigned char)p[0] | (uint64_t)(unsigned char)p[left / 2] << 8
			| (uint64_t)(unsigned char)p[left - 1] << 16;
	return hash_u64(h, tail);
}

#endif
