#include "record/value.h"

#include "base/buf.h"
#include "base/simd.h"

#include <arpa/inet.h>
#include <sys/socket.h>

/* Digit plus one; 0: no hex digit. */
static const uint8_t hex_digit[256] = {
	['0'] = 1, ['1'] = 2, ['2'] = 3, ['3'] = 4, ['4'] = 5, ['5'] = 6, ['6'] = 7, ['7'] = 8, ['8'] = 9, ['9'] = 10,
	['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

/* Digits of a base up to 16, all of them. */
static bool number(struct span s, unsigned base, uint64_t *out)
{
	uint64_t v = 0;
	size_t i;

	if (s.n == 0)
		return false;
	for (i = 0; i < s.n; i++) {
		unsigned digit = hex_digit[(unsigned char)s.p[i]] - 1u;

		if (digit >= base || v > (UINT64_MAX - digit) / base)
			return false;
		v = v * base + digit;
	}
	*out = v;
	return true;
}

bool value_u64(struct span s, uint64_t *out)
{
	return number(s, 10, out);
}

bool value_i64(struct span s, int64_t *out)
{
	bool negative = s.n > 0 && s.p[0] == '-';
	uint64_t v;

	if (negative)
		s = span_of(s.p + 1, s.n - 1);
	if (!number(s, 10, &v) || v > (uint64_t)INT64_MAX + negative)
		return false;
	*out = negative ? (int64_t)-v : (int64_t)v;
	return true;
}

bool value_hex64(struct span s, uint64_t *out)
{
	return s.n <= 16 && number(s, 16, out);
}

bool value_octal(struct span s, uint64_t *out)
{
	return number(s, 8, out);
}

bool value_unhex(struct span s, char *out)
{
	bool good = s.n % 2 == 0;
	size_t i;

	for (i = 0; good && i + 16 <= s.n; i += 16)
		good = simd_unhex16(s.p + i, 16, out + i / 2);
	for (; good && i + 2 <= s.n; i += 2) {
		unsigned high = hex_digit[(unsigned char)s.p[i]], low = hex_digit[(unsigned char)s.p[i + 1]];

		good = high > 0 && low > 0;
		out[i / 2] = (char)((high - 1) << 4 | ((low - 1) & 15));
	}
	return good;
}

bool value_is_hex(struct span s)
{
	bool good = s.n > 0 && s.n % 2 == 0;
	char unused[8];
	size_t i;

	for (i = 0; good && i + 16 <= s.n; i += 16)
		good = simd_unhex16(s.p + i, 16, unused);
	for (; good && i < s.n; i++)
		good = hex_digit[(unsigned char)s.p[i]] > 0;
	return good;
}

static const struct span absent[] = {
	{ "?", 1 },
	{ "(null)", 6 },
	{ "(none)", 6 },
	{ "<no_memory>", 11 },
	{ "<too_long>", 10 },
};

bool value_is_absent(struct span s)
{
	size_t i;

	if (s.n == 0)
		return true;
	if (*s.p != '?' && *s.p != '(' && *s.p != '<')
		return false;
	for (i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		if (span_eq(s, absent[i]))
			return true;
	return false;
}

/* Socket addresses: the bytes of a struct sockaddr as the host that wrote them lays them out. */
struct address {
	const unsigned char *p;
	size_t n;
	bool big_endian;
};

static uint32_t get(const struct address *a, size_t at, size_t bytes, bool big_endian)
{
	uint32_t v = 0;
	size_t i;

	for (i = 0; i < bytes; i++)
		v |= (uint32_t)a->p[at + i] << 8 * (big_endian ? bytes - 1 - i : i);
	return v;
}

static bool read_unix(const struct address *a, struct sockaddr_text *out)
{
	const char *path = (const char *)a->p + 2, *nul;
	size_t n = a->n - 2 > sizeof(out->path) ? sizeof(out->path) : a->n - 2;

	out->abstract = n > 1 && path[0] == '\0';
	if (out->abstract) {
		path++;
		n--;
		/* An abstract name may hold NULs; those at its end are padding. */
		while (n > 0 && path[n - 1] == '\0')
			n--;
		out->abstract = n > 0;
	} else {
		nul = memchr(path, '\0', n);
		n = nul ? (size_t)(nul - path) : n;
	}
	memcpy(out->path, path, n);
	out->path_len = (uint8_t)n;
	out->has_addr = n > 0;
	return true;
}

static bool read_inet(const struct address *a, struct sockaddr_text *out)
{
	struct buf ip = { .p = out->ip, .cap = sizeof(out->ip) };
	size_t i;

	if (a->n < 8)
		return false;
	for (i = 4; i < 8; i++) {
		if (i > 4)
			buf_putc(&ip, '.');
		buf_put_u64(&ip, a->p[i]);
	}
	out->addr_len = (uint8_t)ip.n;
	out->port = (uint16_t)get(a, 2, 2, true);
	out->has_port = out->has_addr = true;
	return true;
}

static bool read_inet6(const struct address *a, struct sockaddr_text *out)
{
	if (a->n < 24)
		return false;
	out->has_addr = inet_ntop(AF_INET6, a->p + 8, out->ip, sizeof(out->ip)) != NULL;
	out->addr_len = (uint8_t)strlen(out->ip);
	out->port = (uint16_t)get(a, 2, 2, true);
	out->has_port = true;
	return true;
}

static bool read_netlink(const struct address *a, struct sockaddr_text *out)
{
	if (a->n < 12)
		return false;
	out->nl_pid = get(a, 4, 4, a->big_endian);
	out->nl_groups = get(a, 8, 4, a->big_endian);
	return true;
}

bool value_sockaddr(struct span hex, bool big_endian, struct sockaddr_text *out)
{
	char bytes[128];
	struct address a = { (const unsigned char *)bytes, hex.n / 2, big_endian };
	uint32_t family;

	if (hex.n < 4 || hex.n > 2 * sizeof(bytes) || !value_unhex(hex, bytes))
		return false;
	memset(out, 0, sizeof(*out));
	family = get(&a, 0, 2, a.big_endian);
	if (family > 255 && get(&a, 0, 2, !a.big_endian) < 64) {
		a.big_endian = !a.big_endian;
		family = get(&a, 0, 2, a.big_endian);
	}
	out->family = (uint16_t)family;
	switch (family) {
	case AF_UNIX:
		return read_unix(&a, out);
	case AF_INET:
		return read_inet(&a, out);
	case AF_INET6:
		return read_inet6(&a, out);
	case AF_NETLINK:
		return read_netlink(&a, out);
	default:
		return true;
	}
}
