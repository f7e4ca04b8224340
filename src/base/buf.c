#include "base/buf.h"

#include "base/decimal.h"

#include <stdarg.h>
#include <stdio.h>

void buf_put_u64(struct buf *b, uint64_t v)
{
	char s[20], *end = s + sizeof(s), *p = decimal_before(end, v);

	buf_put(b, p, (size_t)(end - p));
}

void buf_put_i64(struct buf *b, int64_t v)
{
	char s[21], *end = s + sizeof(s);
	char *p = decimal_before(end, v < 0 ? -(uint64_t)v : (uint64_t)v);

	if (v < 0)
		*--p = '-';
	buf_put(b, p, (size_t)(end - p));
}

void buf_put_hex(struct buf *b, uint64_t v)
{
	char s[18], *end = s + sizeof(s), *p = end;

	do {
		*--p = "0123456789abcdef"[v & 15];
		v >>= 4;
	} while (v);
	*--p = 'x';
	*--p = '0';
	buf_put(b, p, (size_t)(end - p));
}

void buf_put_octal(struct buf *b, uint64_t v)
{
	char s[23], *end = s + sizeof(s), *p = end;

	for (; v; v >>= 3)
		*--p = (char)('0' + (v & 7));
	*--p = '0';
	buf_put(b, p, (size_t)(end - p));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
	size_t room = b->cap - b->n;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(room ? b->p + b->n : NULL, room, fmt, ap);
	va_end(ap);
	if (n < 0 || (size_t)n >= room)
		b->full = true;
	else
		b->n += (size_t)n;
}
