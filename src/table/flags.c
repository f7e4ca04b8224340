#include "table/syscall.h"
#include "table/table.h"

#include "table/flags_gen.h"

/* Most flags are the whole of their mask; the others are numbers in a field of bits. */
#define WHOLE UINT32_MAX
#define MODE_BITS 0777

struct flag {
	uint64_t mask;
	uint32_t field; /* the number under the mask, or WHOLE */
	uint16_t at;
	uint8_t len, families;
};

static const char text[] = FLAGS_TEXT;
static const struct flag flags[] = { FLAGS_BITS };
static const struct {
	uint16_t first, count;
} ranges[FLAGS_COUNT] = { FLAGS_RANGES };

/* The families of flags.tab: x86 1, s390 2, arm 4, ppc 8. */
static const uint8_t family[ARCH_COUNT] = {
	[ARCH_X86_64] = 1, [ARCH_I386] = 1, [ARCH_S390X] = 2, [ARCH_S390] = 2,
	[ARCH_AARCH64] = 4, [ARCH_ARM] = 4, [ARCH_PPC64] = 8, [ARCH_PPC64LE] = 8,
};

static uint64_t value(const struct flag *f)
{
	return f->field == WHOLE ? f->mask : f->field;
}

/* `left` are the bits that no name before has told: a part of a wide name is not told again. */
static bool holds(const struct flag *f, uint64_t all, uint64_t left)
{
	return f->mask ? (left & f->mask) == value(f) : all == 0;
}

/* msgget(2), semget(2), shmget(2): the lowest bits are a mode. */
static bool has_mode(enum flags_table table)
{
	return table == FLAGS_IPC || table == FLAGS_SHMGET;
}

static void put_separator(struct buf *b)
{
	if (b->n)
		buf_putc(b, '|');
}

static unsigned family_of(int arch)
{
	return family[arch >= 0 && arch < ARCH_COUNT ? arch : ARCH_X86_64];
}

struct span flags_at(enum flags_table table, int arch, unsigned i, uint64_t *bits)
{
	for (unsigned k = 0; (unsigned)table < FLAGS_COUNT && k < ranges[table].count; k++) {
		const struct flag *f = &flags[ranges[table].first + k];

		if (!(f->families & family_of(arch)) || i-- > 0)
			continue;
		*bits = value(f);
		return span_of(text + f->at, f->len);
	}
	return span_of(NULL, 0);
}

size_t flags_print(enum flags_table table, int arch, uint64_t bits, char out[512])
{
	struct buf b = { .p = out, .cap = 511 };
	uint64_t left = bits;
	unsigned mine = family_of(arch);

	if ((unsigned)table >= FLAGS_COUNT)
		return 0;
	for (unsigned i = 0; i < ranges[table].count; i++) {
		const struct flag *f = &flags[ranges[table].first + i];

		if (!(f->families & mine) || !holds(f, bits, left))
			continue;
		put_separator(&b);
		buf_put(&b, text + f->at, f->len);
		left &= ~value(f);
	}
	if (left & MODE_BITS && has_mode(table)) {
		put_separator(&b);
		buf_put_octal(&b, left & MODE_BITS);
		left &= ~(uint64_t)MODE_BITS;
	}
	if (left) {
		put_separator(&b);
		buf_put_hex(&b, left);
	}
	if (b.n == 0)
		buf_putc(&b, '0');
	return b.n;
}
