/* A byte buffer of fixed size that its owner brings: writing past the end sets `full` and writes nothing. */
#ifndef TIERCEL_BASE_BUF_H
#define TIERCEL_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buf {
	char *p;
	size_t n, cap;
	bool full;
};

static inline void buf_put(struct buf *b, const void *p, size_t n)
{
	if (n > b->cap - b->n) {
		b->full = true;
		return;
	}
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

static inline void buf_putc(struct buf *b, char c)
{
	buf_put(b, &c, 1);
}

static inline void buf_text(struct buf *b, const char *text)
{
	buf_put(b, text, strlen(text));
}

#define buf_lit(b, literal) buf_put((b), (literal), sizeof(literal) - 1)

/* Decimal, without sign for buf_put_u64. */
void buf_put_u64(struct buf *b, uint64_t v);
void buf_put_i64(struct buf *b, int64_t v);
/* Lower-case hex with 0x; octal with a leading 0 ("0" for zero). */
void buf_put_hex(struct buf *b, uint64_t v);
void buf_put_octal(struct buf *b, uint64_t v);
/* As printf(3), for what is not hot. Its NUL needs room too, though it does not count. */
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

#endif
