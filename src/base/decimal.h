/* Numbers as decimal text, two digits a step. */
#ifndef TIERCEL_BASE_DECIMAL_H
#define TIERCEL_BASE_DECIMAL_H

#include <stdint.h>
#include <string.h>

#define DECIMAL_MAX 20 /* bytes of the longest, sign included */

/* Writes backwards, so that `end` is one past the last digit; returns the first. */
static inline char *decimal_before(char *end, uint64_t v)
{
	static const char pairs[200] =
		"0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
		"5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

	while (v >= 100) {
		end -= 2;
		memcpy(end, pairs + v % 100 * 2, 2);
		v /= 100;
	}
	if (v >= 10) {
		end -= 2;
		memcpy(end, pairs + v * 2, 2);
	} else {
		*--end = (char)('0' + v);
	}
	return end;
}

/* How many digits v has. */
static inline unsigned decimal_digits(uint64_t v)
{
	static const uint64_t powers[20] = {
		0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, UINT64_C(10000000000),
		UINT64_C(100000000000), UINT64_C(1000000000000), UINT64_C(10000000000000), UINT64_C(100000000000000),
		UINT64_C(1000000000000000), UINT64_C(10000000000000000), UINT64_C(100000000000000000),
		UINT64_C(1000000000000000000), UINT64_C(10000000000000000000)
	};
	unsigned guess = (64 - (unsigned)__builtin_clzll(v | 1)) * 1233 >> 12; /* log10(2) is about 1233 / 4096 */

	return guess + 1 - (v < powers[guess]);
}

/* Forwards, in place: a copy of bytes just written would wait for them. Returns the end. */
static inline char *decimal_u64(char *out, uint64_t v)
{
	char *end;

	if (v < 10) {
		*out = (char)('0' + v);
		return out + 1;
	}
	end = out + decimal_digits(v);
	decimal_before(end, v);
	return end;
}

static inline char *decimal_i64(char *out, int64_t v)
{
	if (v >= 0)
		return decimal_u64(out, (uint64_t)v);
	*out = '-';
	return decimal_u64(out + 1, -(uint64_t)v);
}

#endif
