/* Sets of numbers as compares of unsigned ones, of which a rule may have any that its field knows. */
#include "rule/plan_parts.h"

#define FAMILY_MAX 44 /* AF_MAX - 1 of 5.3, the first kernel with saddr_fam; greater ones are refused */
#define TYPE_BITS 0170000u /* S_IFMT */
#define GAPS_MAX (PLAN_SET_TESTS - 2)

/* What a field may be compared with. */
enum {
	EQUAL = 1,
	NOT = 2,   /* gid!= and egid!= are false of whoever has it as one of many groups: of no use */
	ORDER = 4, /* exit is signed, and 64 bits wide */
	ID = 8,    /* of an user or a group: 2^32 - 1 is none, and refused */
	LOGIN = 16 /* 2^32 - 1 is unset, which = and != alone may name */
};

static const struct {
	uint32_t field;
	unsigned compares, feature;
} numbers[PLAN_NUMBERS] = {
	[PLAN_UID] = { WIRE_UID, EQUAL | NOT | ORDER | ID, 0 },
	[PLAN_EUID] = { WIRE_EUID, EQUAL | NOT | ORDER | ID, 0 },
	[PLAN_SUID] = { WIRE_SUID, EQUAL | NOT | ORDER | ID, 0 },
	[PLAN_FSUID] = { WIRE_FSUID, EQUAL | NOT | ORDER | ID, 0 },
	[PLAN_GID] = { WIRE_GID, EQUAL | ORDER | ID, 0 },
	[PLAN_EGID] = { WIRE_EGID, EQUAL | ORDER | ID, 0 },
	[PLAN_SGID] = { WIRE_SGID, EQUAL | NOT | ORDER | ID, 0 },
	[PLAN_FSGID] = { WIRE_FSGID, EQUAL | NOT | ORDER | ID, 0 },
	[PLAN_AUID] = { WIRE_LOGINUID, EQUAL | NOT | ORDER | LOGIN, 0 },
	[PLAN_PID] = { WIRE_PID, EQUAL | NOT | ORDER, 0 },
	[PLAN_PPID] = { WIRE_PPID, EQUAL | NOT | ORDER, 0 },
	[PLAN_SESSION] = { WIRE_SESSIONID, EQUAL | NOT | ORDER, PLAN_SESSIONID },
	[PLAN_EXIT] = { WIRE_EXIT, EQUAL, 0 },
	[PLAN_FAMILY] = { WIRE_SADDR_FAM, EQUAL | NOT, PLAN_SADDR_FAM },
	[PLAN_OBJECT_UID] = { WIRE_OBJ_UID, EQUAL | NOT | ORDER | ID, PLAN_OBJECT_IDS },
	[PLAN_OBJECT_GID] = { WIRE_OBJ_GID, EQUAL | NOT | ORDER | ID, PLAN_OBJECT_IDS },
	[PLAN_FILETYPE] = { WIRE_FILETYPE, EQUAL, 0 },
	[PLAN_A0] = { WIRE_ARG0, EQUAL | NOT | ORDER, 0 },
	[PLAN_A1] = { WIRE_ARG1, EQUAL | NOT | ORDER, 0 },
	[PLAN_A2] = { WIRE_ARG2, EQUAL | NOT | ORDER, 0 },
	[PLAN_A3] = { WIRE_ARG3, EQUAL | NOT | ORDER, 0 },
};

/* Ranges with single numbers missing between them. */
struct piece {
	uint32_t low, high, gap[GAPS_MAX];
	unsigned gaps;
};

static void test(struct plan_alternatives *a, uint32_t op, uint32_t value)
{
	unsigned i = a->any[a->count].count++;

	a->any[a->count].test[i].op = op;
	a->any[a->count].test[i].value = value;
}

/* The piece's tests are the next alternative. */
static void add_piece(struct plan_alternatives *a, const struct piece *p, unsigned compares)
{
	uint32_t end = compares & ID ? UINT32_MAX - 1 : UINT32_MAX, low = p->low < end ? p->low : end;

	if (low == p->high) {
		test(a, WIRE_EQUAL, low);
		a->count++;
		return;
	}
	if (low == 1 && compares & NOT && p->high >= (compares & ID ? UINT32_MAX : UINT32_MAX - 1))
		test(a, WIRE_NOT_EQUAL, 0);
	else if (low > 0)
		test(a, WIRE_GREATER_EQUAL, low);
	if (p->high == UINT32_MAX - 1 && !(compares & ID) && compares & NOT)
		test(a, WIRE_NOT_EQUAL, UINT32_MAX);
	else if (p->high < end)
		test(a, WIRE_LESS_EQUAL, p->high);
	for (unsigned i = 0; i < p->gaps; i++)
		test(a, WIRE_NOT_EQUAL, p->gap[i]);
	a->count++;
}

static unsigned cut_to_pieces(const struct plan_set *set, unsigned compares, struct piece pieces[PLAN_RANGES])
{
	unsigned n = 0;

	for (unsigned i = 0; i < set->count; i++) {
		const struct plan_range *r = &set->range[i];
		struct piece *last = n ? &pieces[n - 1] : NULL;

		if (last && compares & NOT && r->low - last->high == 2 && last->gaps < GAPS_MAX) {
			last->gap[last->gaps++] = r->low - 1;
			last->high = r->high;
		} else {
			pieces[n++] = (struct piece){ .low = r->low, .high = r->high };
		}
	}
	return n;
}

/* One piece that holds all, without the numbers that are missing in them as far as there is room. */
static void join(struct piece pieces[PLAN_RANGES], unsigned n)
{
	pieces[0].high = pieces[n - 1].high;
	for (unsigned i = 1; i < n; i++)
		for (unsigned k = 0; k < pieces[i].gaps && pieces[0].gaps < GAPS_MAX; k++)
			pieces[0].gap[pieces[0].gaps++] = pieces[i].gap[k];
}

/* Fields without an order: each number by itself, or all but some. */
static bool by_points(struct plan_alternatives *a, const struct plan_set *set, unsigned compares, unsigned most,
	uint32_t greatest)
{
	struct piece pieces[PLAN_RANGES];
	uint32_t points = 0;

	if (compares & NOT && cut_to_pieces(set, compares, pieces) == 1 && pieces[0].low <= 1 &&
		pieces[0].high == UINT32_MAX) {
		for (unsigned i = 0; i < pieces[0].gaps; i++)
			if (pieces[0].gap[i] > greatest) /* it is never found there */
				pieces[0].gap[i--] = pieces[0].gap[--pieces[0].gaps];
		add_piece(a, &pieces[0], compares);
		return true;
	}
	for (unsigned i = 0; i < set->count; i++) {
		if (set->range[i].high - set->range[i].low >= most - points)
			return false;
		points += set->range[i].high - set->range[i].low + 1;
	}
	for (unsigned i = 0; i < set->count; i++) {
		if (set->range[i].high > greatest)
			return false;
		for (uint32_t n = 0; n <= set->range[i].high - set->range[i].low; n++) {
			test(a, WIRE_EQUAL, set->range[i].low + n);
			a->count++;
		}
	}
	return true;
}

/* No file is of a type that is none, and kernels refuse it. */
static bool are_types(const struct plan_set *set)
{
	for (unsigned i = 0; i < set->count; i++)
		if (set->range[i].low != set->range[i].high || set->range[i].low & ~TYPE_BITS)
			return false;
	return true;
}

static void untested(struct plan_alternatives *a, unsigned how)
{
	memset(a->any, 0, sizeof(a->any));
	a->count = 1;
	a->how = how;
}

void plan_alternatives(struct plan_alternatives *a, const struct plan_set *set, enum plan_number number,
	unsigned features, unsigned most)
{
	unsigned compares = numbers[number].compares, n;
	struct piece pieces[PLAN_RANGES];

	memset(a, 0, sizeof(*a));
	a->field = numbers[number].field;
	a->how = set->widened ? PLAN_HULL : PLAN_EXACT;
	if (plan_set_is_all(set) || set->count == 0) {
		a->count = set->count;
		return;
	}
	if ((features & numbers[number].feature) != numbers[number].feature) {
		untested(a, PLAN_UNKNOWN);
		return;
	}
	if (most == 0 || (number == PLAN_FILETYPE && !are_types(set))) {
		untested(a, PLAN_UNTESTED);
		return;
	}
	if (!(compares & ORDER)) {
		if (!by_points(a, set, compares, most, number == PLAN_FAMILY ? FAMILY_MAX : UINT32_MAX))
			untested(a, PLAN_UNTESTED);
		return;
	}
	n = cut_to_pieces(set, compares, pieces);
	if (n > most) {
		join(pieces, n);
		n = 1;
		a->how = PLAN_HULL;
	}
	for (unsigned i = 0; i < n; i++)
		add_piece(a, &pieces[i], compares);
}
