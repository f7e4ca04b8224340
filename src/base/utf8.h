/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef TIERCEL_BASE_UTF8_H
#define TIERCEL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the valid sequence at p (n of them may be read), 0 where there is none. */
static inline unsigned utf8_sequence(const char *at, size_t n)
{
	const unsigned char *p = (const unsigned char *)at;

	if (n >= 1 && p[0] < 0x80)
		return 1;
	if (n >= 2 && p[0] >= 0xc2 && p[0] <= 0xdf && (p[1] & 0xc0) == 0x80)
		return 2;
	if (n >= 3 && (p[0] & 0xf0) == 0xe0 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 &&
	    !(p[0] == 0xe0 && p[1] < 0xa0) && !(p[0] == 0xed && p[1] > 0x9f))
		return 3;
	if (n >= 4 && p[0] >= 0xf0 && p[0] <= 0xf4 && (p[1] & 0xc0) == 0x80 && (p[2] & 0xc0) == 0x80 &&
	    (p[3] & 0xc0) == 0x80 && !(p[0] == 0xf0 && p[1] < 0x90) && !(p[0] == 0xf4 && p[1] > 0x8f))
		return 4;
	return 0;
}

static inline bool utf8_is_valid(const char *p, size_t n)
{
	for (size_t i = 0; i < n;) {
		unsigned len = utf8_sequence(p + i, n - i);

		if (!len)
			return false;
		i += len;
	}
	return true;
}

#endif
