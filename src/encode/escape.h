/* Text into JSON strings (RFC 8259): always valid UTF-8, control characters escaped, what is no UTF-8 as U+FFFD. */
#ifndef TIERCEL_ENCODE_ESCAPE_H
#define TIERCEL_ENCODE_ESCAPE_H

#include "base/simd.h"

#include <stdbool.h>
#include <stddef.h>

/* Bytes behind the limit that escape_json() may write (not: use), and behind the text that it may read. */
#define ESCAPE_SLACK 32

/*
 * One character that needs care: at *p, of *n bytes; returns the end of what was written. Sets *odd for a byte that is
 * no UTF-8.
 */
char *escape_json_slow(char *w, const char **p, size_t *n, bool *odd);

/*
 * The inside of a JSON string: n bytes at p to w. Returns the new end, or NULL where it would pass `limit` (which has
 * ESCAPE_SLACK bytes behind it). Reads up to 16 bytes behind p + n.
 */
static inline char *escape_json(char *w, const char *limit, const char *p, size_t n, bool *odd)
{
	while (n) {
		unsigned len = n < 16 ? (unsigned)n : 16;
		unsigned run = (unsigned)__builtin_ctz(simd_odd16(p) | 1u << len);

		if (w > limit)
			return NULL;
		memcpy(w, p, 16);
		w += run;
		p += run;
		n -= run;
		if (run < len)
			w = escape_json_slow(w, &p, &n, odd);
	}
	return w > limit ? NULL : w;
}

#endif
