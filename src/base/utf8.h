/* UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef TIERCEL_BASE_UTF8_H
#define TIERCEL_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

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

/* A text longer than `keep` is cut in its middle, at the borders of characters: bytes of head and tail that stay. */
static inline void utf8_cut_at(const char *p, size_t n, size_t keep, size_t *head, size_t *tail)
{
	size_t h = keep / 2, t = n - keep / 2;

	for (int i = 0; i < 3 && h > 0 && (p[h] & 0xc0) == 0x80; i++)
		h--;
	for (int i = 0; i < 3 && t < n && (p[t] & 0xc0) == 0x80; i++)
		t++;
	*head = h;
	*tail = n - t;
}

#define UTF8_CUT "..."
#define UTF8_CUT_MORE (sizeof(UTF8_CUT) - 1)

/* A copy at w, cut in the middle where it is longer than `keep`; returns its bytes, keep + UTF8_CUT_MORE at most. */
static inline size_t utf8_cut(char *w, const char *p, size_t n, size_t keep)
{
	size_t head, tail;

	if (n <= keep) {
		memcpy(w, p, n);
		return n;
	}
	utf8_cut_at(p, n, keep, &head, &tail);
	memcpy(w, p, head);
	memcpy(w + head, UTF8_CUT, UTF8_CUT_MORE);
	memcpy(w + head + UTF8_CUT_MORE, p + n - tail, tail);
	return head + UTF8_CUT_MORE + tail;
}

#endif
