#include "filter/cond_match.h"

#include "filter/glob.h"

#include <arpa/inet.h>
#include <ctype.h>

bool cond_contains(struct span text, struct span part)
{
	return part.n == 0 || (text.n >= part.n && memmem(text.p, text.n, part.p, part.n));
}

static bool same_folded(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (cond_lower(a[i]) != cond_lower(b[i]))
			return false;
	}
	return true;
}

/* Of the ends of s the greatest, by one order of its letters or by the other: where it begins, and its period. */
static size_t greatest_end(struct span s, bool other, size_t *period)
{
	size_t best = 0, at = 1, same = 0;

	*period = 1;
	while (at + same < s.n) {
		unsigned char a = (unsigned char)cond_lower(s.p[at + same]);
		unsigned char b = (unsigned char)cond_lower(s.p[best + same]);

		if (a == b) {
			if (++same == *period) {
				at += same;
				same = 0;
			}
			continue;
		}
		if ((a > b) != other) {
			best = at++;
			*period = 1;
		} else {
			at += same + 1;
			*period = at - best;
		}
		same = 0;
	}
	return best;
}

/*
 * Two-way search (Crochemore and Perrin, 1991): what is right of a certain place of the part is compared first,
 * forwards, then what is left of it. Its time is linear, whatever the text is.
 */
static const char *find_folded(struct span text, struct span part)
{
	size_t period, right = greatest_end(part, false, &period);
	size_t period2, right2 = greatest_end(part, true, &period2);
	size_t known = 0, i; /* known: bytes that match as the part repeats itself */
	bool repeats;

	if (right2 > right) {
		right = right2;
		period = period2;
	}
	repeats = right + period <= part.n && same_folded(part.p, part.p + period, right);
	if (!repeats)
		period = (right > part.n - right ? right : part.n - right) + 1;
	for (size_t at = 0; at + part.n <= text.n;) {
		for (i = right > known ? right : known; i < part.n; i++) {
			if (cond_lower(part.p[i]) != cond_lower(text.p[at + i]))
				break;
		}
		if (i < part.n) {
			at += i - right + 1;
			known = 0;
			continue;
		}
		for (i = right; i > known && cond_lower(part.p[i - 1]) == cond_lower(text.p[at + i - 1]);)
			i--;
		if (i <= known)
			return text.p + at;
		at += period;
		known = repeats ? part.n - period : 0;
	}
	return NULL;
}

bool cond_icontains(struct span text, struct span part)
{
	return part.n == 0 || find_folded(text, part);
}

bool cond_ends(struct span text, struct span end)
{
	return text.n >= end.n && (end.n == 0 || memcmp(text.p + text.n - end.n, end.p, end.n) == 0);
}

/* [:alpha:] at p: is c in it? *used is its length, 0: it is no such word. */
static bool in_class(const char *p, size_t n, unsigned char c, size_t *used)
{
	static const struct {
		struct span name;
		int (*has)(int c);
	} classes[] = {
		{ SPAN_INIT("[:alnum:]"), isalnum }, { SPAN_INIT("[:alpha:]"), isalpha },
		{ SPAN_INIT("[:blank:]"), isblank }, { SPAN_INIT("[:cntrl:]"), iscntrl },
		{ SPAN_INIT("[:digit:]"), isdigit }, { SPAN_INIT("[:graph:]"), isgraph },
		{ SPAN_INIT("[:lower:]"), islower }, { SPAN_INIT("[:print:]"), isprint },
		{ SPAN_INIT("[:punct:]"), ispunct }, { SPAN_INIT("[:space:]"), isspace },
		{ SPAN_INIT("[:upper:]"), isupper }, { SPAN_INIT("[:xdigit:]"), isxdigit }
	};

	*used = 0;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (span_starts(span_of(p, n), classes[i].name)) {
			*used = classes[i].name.n;
			return c < 0x80 && classes[i].has(c);
		}
	}
	return false;
}

/* One byte of a set, or an end of a range; a backslash takes the next as it is. */
static unsigned char set_byte(struct span s, size_t *at, bool fold)
{
	if (s.p[*at] == '\\' && *at + 1 < s.n)
		(*at)++;
	char c = s.p[(*at)++];
	return (unsigned char)(fold ? cond_lower(c) : c);
}

/* Is the byte in the set whose bracket is s.p[0]? *used is its length with both brackets, 0: it never ends. */
static bool in_set(struct span s, char byte, bool fold, size_t *used)
{
	unsigned char c = (unsigned char)(fold ? cond_lower(byte) : byte);
	size_t at = 1, word;
	bool invert = at < s.n && (s.p[at] == '!' || s.p[at] == '^'), has = false;

	*used = 0;
	at += invert;
	for (size_t first = at; at < s.n && (s.p[at] != ']' || at == first);) {
		bool in = in_class(s.p + at, s.n - at, c, &word);
		if (word) {
			in = in || (fold && in_class(s.p + at, s.n - at, (unsigned char)cond_upper((char)c), &word));
			has = has || in;
			at += word;
			continue;
		}
		unsigned char low = set_byte(s, &at, fold), high = low;
		if (at + 1 < s.n && s.p[at] == '-' && s.p[at + 1] != ']') {
			at++;
			high = set_byte(s, &at, fold);
		}
		has = has || (c >= low && c <= high);
	}
	if (at >= s.n)
		return false;
	*used = at + 1;
	return has != invert;
}

/* glob_piece */
static size_t takes(struct span pattern, size_t at, char byte, bool fold)
{
	struct span rest = span_of(pattern.p + at, pattern.n - at);
	size_t used;

	if (rest.p[0] == '?')
		return 1;
	if (rest.p[0] == '[') {
		bool in = in_set(rest, byte, fold, &used);
		if (used)
			return in ? used : 0;
	}
	used = rest.p[0] == '\\' && rest.n > 1 ? 2 : 1;
	char want = rest.p[used - 1];
	return (fold ? cond_lower(want) == cond_lower(byte) : want == byte) ? used : 0;
}

/* Bytes from `at` on that stand for themselves. */
static size_t plain_run(struct span pattern, size_t at)
{
	size_t n = 0;

	while (at + n < pattern.n && (pattern.p[at + n] == '\0' || !strchr("*?[\\", pattern.p[at + n])))
		n++;
	return n;
}

/* glob_next: only the end will do for what ends the pattern. */
static size_t next_place(struct span pattern, size_t at, struct span text, size_t from, bool fold)
{
	struct span run = span_of(pattern.p + at, plain_run(pattern, at)), rest = span_of(text.p + from, text.n - from);
	const char *found;

	if (run.n > rest.n)
		return text.n;
	if (at + run.n == pattern.n)
		return text.n - run.n;
	if (run.n == 0)
		return from;
	found = fold ? find_folded(rest, run) : memmem(rest.p, rest.n, run.p, run.n);
	return found ? (size_t)(found - text.p) : text.n;
}

bool cond_glob(struct span pattern, struct span text, bool fold)
{
	return glob_stars(pattern, text, takes, next_place, fold);
}

bool cond_is_glob(struct span pattern)
{
	return plain_run(pattern, 0) < pattern.n;
}

bool cond_path_prefix(struct span prefix, struct span path)
{
	struct span piece, name;

	if (prefix.n == 0 || path.n == 0 || (prefix.p[0] == '/') != (path.p[0] == '/'))
		return false;
	while (glob_name_next(&prefix, &piece)) {
		if (!glob_name_next(&path, &name) || !cond_glob(piece, name, false))
			return false;
	}
	return true;
}

bool cond_address(struct span text, uint8_t out[16])
{
	char z[INET6_ADDRSTRLEN + 1];

	if (text.n == 0 || text.n >= sizeof(z) || memchr(text.p, '\0', text.n))
		return false;
	memcpy(z, text.p, text.n);
	z[text.n] = '\0';
	if (inet_pton(AF_INET6, z, out) == 1)
		return true;
	memset(out, 0, 10);
	memset(out + 10, 0xff, 2);
	return inet_pton(AF_INET, z, out + 12) == 1;
}

bool cond_net_has(const struct cond_net *net, const uint8_t address[16])
{
	unsigned bytes = net->bits / 8, bits = net->bits % 8;

	return memcmp(net->address, address, bytes) == 0 &&
		(bits == 0 || (net->address[bytes] ^ address[bytes]) >> (8 - bits) == 0);
}
