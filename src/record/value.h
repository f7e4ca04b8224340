/* Decoders of single values: numbers, hex strings, socket addresses. Nothing here allocates. */
#ifndef TIERCEL_RECORD_VALUE_H
#define TIERCEL_RECORD_VALUE_H

#include "base/simd.h"
#include "base/span.h"

#include <stdint.h>

/*
 * Whole span as a number; false where it is anything else (empty, overflow, trailing bytes). A leading '-' only for
 * i64.
 */
bool value_i64(struct span s, int64_t *out);
bool value_u64(struct span s, uint64_t *out);
/* value_i64() of a value that lies in a record, RECORD_PAD behind it: up to eight digits at once. */
static inline bool value_i64_padded(struct span s, int64_t *out)
{
	if (s.n == 1 && (unsigned char)(s.p[0] - '0') < 10) { /* most are */
		*out = s.p[0] - '0';
		return true;
	}
	if (s.n - 1 < 8) {
		uint64_t word = simd_load8(s.p);

		if (simd_digits8(word) >= s.n) {
			*out = simd_decimal8(word, (unsigned)s.n);
			return true;
		}
	}
	return value_i64(s, out);
}

/* Hex digits without 0x, either case, at most 16. */
bool value_hex64(struct span s, uint64_t *out);
/* value_hex64() of a value that lies in a record, RECORD_PAD behind it. */
static inline bool value_hex64_padded(struct span s, uint64_t *out)
{
	return s.n - 1 < 16 && simd_hex16(s.p, (unsigned)s.n, out);
}

/* Octal as the kernel writes modes: 0100644. */
bool value_octal(struct span s, uint64_t *out);
/* "fd:01" (hex major:minor) stays text; nothing to decode. */

/*
 * Even number of hex digits (upper or lower) into s.n / 2 bytes at `out`; false, and nothing promised of out, where it
 * is not.
 */
bool value_unhex(struct span s, char *out);
/* value_unhex() of a value that lies in a record, RECORD_PAD behind it, to where 8 bytes more may be written. */
static inline bool value_unhex_padded(struct span s, char *out)
{
	bool good = s.n % 2 == 0;

	for (size_t i = 0; good && i < s.n; i += 16)
		good = simd_unhex16(s.p + i, s.n - i < 16 ? (unsigned)(s.n - i) : 16, out + i / 2);
	return good;
}

/* Would value_unhex succeed (and s is not empty)? */
bool value_is_hex(struct span s);
/* (null) (none) ? <too_long> <no_memory> or nothing at all: a value that says there is none. */
bool value_is_absent(struct span s);

struct sockaddr_text {
	uint16_t family;  /* AF_* in our numbering, after the host byte order was settled */
	uint16_t port;    /* inet and inet6, host order */
	bool has_port, has_addr, abstract;
	uint8_t addr_len; /* of ip, a textual address */
	uint8_t path_len; /* of path */
	char ip[46];
	char path[108];   /* AF_UNIX: up to the NUL, empty for an unnamed one; abstract: without the NULs around it */
	uint32_t nl_pid, nl_groups; /* AF_NETLINK */
};

/*
 * saddr= of a SOCKADDR record: hex of a struct sockaddr in the byte order of the host that wrote it (ip(7), unix(7)).
 * `big_endian` is the record's arch's, but a family that only the other order explains decides for the other one.
 * False where the hex or the length make no sense for the family; true, and no more than the family told, for families
 * that are not decoded.
 */
bool value_sockaddr(struct span hex, bool big_endian, struct sockaddr_text *out);

#endif
