#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

/* Two digits a step: "00" "01" .. "99". */
static const char pairs[200] =
	"0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
	"5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

/* Writes backwards, so that `end` is one past the last digit; returns the first. */
static char *decimal(char *end, uint64_t v)
{
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

void buf_put_u64(struct buf *b, uint64_t v)
{
	char s[20], *end = s + sizeof(s), *p = decimal(end, v);

	buf_put(b, p, (size_t)(end - p));
}

void buf_put_i64(struct buf *b, int64_t v)
{
	char s[21], *end = s + sizeof(s);
	char *p = decimal(end, v < 0 ? -(uint64_t)v : (uint64_t)v);

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
