/*
 * Bytes in bulk: 8, 16 or 64 at a time, by SSE2 where every CPU of the target has it, in plain 64-bit words elsewhere.
 * Each call reads exactly as many bytes as its name says; whether those are the caller's to read is the caller's to
 * know.
 */
#ifndef TIERCEL_BASE_SIMD_H
#define TIERCEL_BASE_SIMD_H

#include <endian.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define SIMD_ONES UINT64_C(0x0101010101010101)
#define SIMD_HIGH UINT64_C(0x8080808080808080)

/* Eight bytes, the first one lowest. */
static inline uint64_t simd_load8(const char *p)
{
	uint64_t w;

	memcpy(&w, p, sizeof(w));
	return le64toh(w);
}

/* The lowest set bit; m is not 0. */
static inline unsigned simd_first(uint64_t m)
{
	return (unsigned)__builtin_ctzll(m);
}

/* How many of the eight bytes of `w` are decimal digits, from the first one on. */
static inline unsigned simd_digits8(uint64_t w)
{
	uint64_t x = w ^ SIMD_ONES * '0';
	/* A carry goes up only, out of a byte that is no digit itself: the first such byte is right. */
	uint64_t other = (x + SIMD_ONES * 0x76) | x;

	other &= SIMD_HIGH;
	return other == 0 ? 8 : simd_first(other) / 8;
}

/* The number that the first n (1 to 8) bytes of `w` tell, digits all. */
static inline uint32_t simd_decimal8(uint64_t w, unsigned n)
{
	w <<= 64 - 8 * n;
	w = (w & SIMD_ONES * 0x0f) * (10 * 256 + 1) >> 8;
	w = (w & UINT64_C(0x00ff00ff00ff00ff)) * (100 * 65536 + 1) >> 16;
	return (uint32_t)((w & UINT64_C(0x0000ffff0000ffff)) * (UINT64_C(10000) * 4294967296 + 1) >> 32);
}

#ifdef __SSE2__

/* Bit i: p[i] is c. */
static inline unsigned simd_eq16(const char *p, char c)
{
	__m128i x = _mm_loadu_si128((const __m128i *)p);

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, _mm_set1_epi8(c)));
}

/* Bit i: a[i] is b[i]. */
static inline unsigned simd_same16(const char *a, const char *b)
{
	__m128i x = _mm_loadu_si128((const __m128i *)a), y = _mm_loadu_si128((const __m128i *)b);

	return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(x, y));
}

/*
 * Bit i: p[i] can't stand in a JSON string as it is, or is not ASCII: below 0x20, above 0x7e, a quote or a backslash.
 */
static inline unsigned simd_odd16(const char *p)
{
	__m128i c = _mm_loadu_si128((const __m128i *)p);
	__m128i low = _mm_cmplt_epi8(c, _mm_set1_epi8(0x20)); /* signed: above 0x7f too */
	__m128i sign = _mm_or_si128(_mm_cmpeq_epi8(c, _mm_set1_epi8('"')), _mm_cmpeq_epi8(c, _mm_set1_epi8('\\')));
	__m128i del = _mm_cmpeq_epi8(c, _mm_set1_epi8(0x7f));

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(low, sign), del));
}

/* Bit i: p[i] is a control character of ASCII. */
static inline unsigned simd_control16(const char *p)
{
	__m128i c = _mm_loadu_si128((const __m128i *)p);
	__m128i low = _mm_cmpeq_epi8(_mm_min_epu8(c, _mm_set1_epi8(0x1f)), c);

	return (unsigned)_mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(c, _mm_set1_epi8(0x7f))));
}

/* Sixteen hex digits of either case at p as eight bytes, the first two in the first; bit i of *digits: p[i] is one. */
static inline __m128i simd_nibbles16(const char *p, unsigned *digits)
{
	__m128i c = _mm_loadu_si128((const __m128i *)p);
	__m128i digit = _mm_sub_epi8(c, _mm_set1_epi8('0'));
	__m128i letter = _mm_sub_epi8(_mm_or_si128(c, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
	__m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(digit, _mm_set1_epi8(9)), digit);
	__m128i is_letter = _mm_cmpeq_epi8(_mm_min_epu8(letter, _mm_set1_epi8(5)), letter);
	__m128i v = _mm_or_si128(_mm_and_si128(is_digit, digit),
		_mm_and_si128(is_letter, _mm_add_epi8(letter, _mm_set1_epi8(10))));

	v = _mm_and_si128(_mm_or_si128(_mm_slli_epi16(v, 4), _mm_srli_epi16(v, 8)), _mm_set1_epi16(0xff));
	*digits = (unsigned)_mm_movemask_epi8(_mm_or_si128(is_digit, is_letter));
	return _mm_packus_epi16(v, v);
}

/* The first n (1 to 16) of sixteen hex digits of either case at p, as eight bytes at out; false: one is none. */
static inline bool simd_unhex16(const char *p, unsigned n, char *out)
{
	unsigned digits;

	_mm_storel_epi64((__m128i *)out, simd_nibbles16(p, &digits));
	return (~digits & ((1u << n) - 1)) == 0;
}

#else

/* Bit i: byte i of x is 0. */
static inline unsigned simd_zero8(uint64_t x)
{
	uint64_t low = SIMD_ONES * 0x7f;

	return (unsigned)((~(((x & low) + low) | x | low) >> 7) * UINT64_C(0x0102040810204080) >> 56);
}

static inline unsigned simd_eq16(const char *p, char c)
{
	uint64_t all = SIMD_ONES * (unsigned char)c;

	return simd_zero8(simd_load8(p) ^ all) | simd_zero8(simd_load8(p + 8) ^ all) << 8;
}

static inline unsigned simd_same16(const char *a, const char *b)
{
	return simd_zero8(simd_load8(a) ^ simd_load8(b)) | simd_zero8(simd_load8(a + 8) ^ simd_load8(b + 8)) << 8;
}

static inline unsigned simd_odd16(const char *p)
{
	unsigned odd = 0;

	for (unsigned i = 0; i < 16; i++) {
		unsigned char c = (unsigned char)p[i];

		odd |= (unsigned)(c < 0x20 || c > 0x7e || c == '"' || c == '\\') << i;
	}
	return odd;
}

static inline unsigned simd_control16(const char *p)
{
	unsigned control = 0;

	for (unsigned i = 0; i < 16; i++)
		control |= (unsigned)((unsigned char)p[i] < 0x20 || p[i] == 0x7f) << i;
	return control;
}

/*
 * The nibbles of eight hex digits, one a byte; *bad gets a bit where one is no digit. Every sum stays within its byte.
 */
static inline uint64_t simd_nibbles8(uint64_t w, uint64_t *bad)
{
	uint64_t low = w & SIMD_ONES * 0x7f, folded = low | SIMD_ONES * 0x20;
	uint64_t digit = (low + SIMD_ONES * (0x80 - '0')) & ~(low + SIMD_ONES * (0x7f - '9')) & SIMD_HIGH;
	uint64_t letter = (folded + SIMD_ONES * (0x80 - 'a')) & ~(folded + SIMD_ONES * (0x7f - 'f')) & SIMD_HIGH;

	*bad |= (~(digit | letter) | w) & SIMD_HIGH;
	return (w & SIMD_ONES * 0x0f) + (letter >> 7) * 9;
}

static inline bool simd_unhex16(const char *p, unsigned n, char *out)
{
	uint64_t bad = 0;
	unsigned half;

	for (half = 0; half < 2; half++) {
		unsigned count = n <= 8 * half ? 0 : n - 8 * half;
		uint64_t odd = 0, v = simd_nibbles8(simd_load8(p + 8 * half), &odd);
		uint32_t four;

		bad |= count >= 8 ? odd : odd & ((UINT64_C(1) << 8 * count) - 1);
		v = (v << 4 | v >> 8) & UINT64_C(0x00ff00ff00ff00ff);
		v = (v | v >> 8) & UINT64_C(0x0000ffff0000ffff);
		four = htole32((uint32_t)(v | v >> 16));
		memcpy(out + 4 * half, &four, sizeof(four));
	}
	return bad == 0;
}

#endif

/* The number that the first n (1 to 16) of 16 bytes at p tell in hex; false where one of them is no digit. */
static inline bool simd_hex16(const char *p, unsigned n, uint64_t *out)
{
	uint64_t bytes;
	bool good = simd_unhex16(p, n, (char *)&bytes);

	*out = be64toh(bytes) >> (64 - 4 * n);
	return good;
}

/* Bit i: p[i] is c. */
static inline uint64_t simd_eq64(const char *p, char c)
{
	return simd_eq16(p, c) | (uint64_t)simd_eq16(p + 16, c) << 16 | (uint64_t)simd_eq16(p + 32, c) << 32
		| (uint64_t)simd_eq16(p + 48, c) << 48;
}

#endif
