#include "encode/escape.h"

#include "base/utf8.h"

static const char digits[] = "0123456789abcdef";

static char *put_u(char *w, unsigned c)
{
	memcpy(w, "\\u00", 4);
	w[4] = digits[c >> 4];
	w[5] = digits[c & 15];
	return w + 6;
}

char *escape_json_slow(char *w, const char **p, size_t *n, bool *odd)
{
	static const char shorts[0x20] = { ['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r' };
	unsigned char c = (unsigned char)**p;
	unsigned len = utf8_sequence(*p, *n);

	if (c == '"' || c == '\\' || (c < 0x20 && shorts[c])) {
		w[0] = '\\';
		w[1] = c < 0x20 ? shorts[c] : (char)c;
		w += 2;
	} else if (c < 0x20 || c == 0x7f) {
		w = put_u(w, c);
	} else if (len == 2 && c == 0xc2 && (unsigned char)(*p)[1] < 0xa0) {
		w = put_u(w, (unsigned char)(*p)[1]); /* C1 controls move terminals too */
	} else if (len) {
		memcpy(w, *p, len);
		w += len;
	} else {
		memcpy(w, "\xef\xbf\xbd", 3);
		w += 3;
		len = 1;
		*odd = true;
	}
	*p += len ? len : 1;
	*n -= len ? len : 1;
	return w;
}
