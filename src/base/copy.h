/* Short copies: a call of memcpy() is dear for a few bytes. */
#ifndef TIERCEL_BASE_COPY_H
#define TIERCEL_BASE_COPY_H

#include <stddef.h>
#include <string.h>

/* n bytes, none read or written behind them; returns the end of what was written. p may be NULL where n is 0. */
static inline char *copy_bytes(char *w, const char *p, size_t n)
{
	if (n > 16) {
		memcpy(w, p, n);
	} else if (n >= 8) {
		memcpy(w, p, 8);
		memcpy(w + n - 8, p + n - 8, 8);
	} else if (n >= 4) {
		memcpy(w, p, 4);
		memcpy(w + n - 4, p + n - 4, 4);
	} else if (n) {
		w[0] = p[0];
		w[n / 2] = p[n / 2];
		w[n - 1] = p[n - 1];
	}
	return w + n;
}

#endif
