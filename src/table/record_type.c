#include "table/table.h"

#include "table/names.h"
#include "table/record_type_gen.h"

struct record_type {
	uint16_t number, at;
	uint8_t len;
	bool alone;
};

static const char upper[] = RECORD_TYPE_TEXT;
static const char lower[] = RECORD_TYPE_TEXT_LOWER;
static const struct record_type types[] = { RECORD_TYPES };
/* By number from RECORD_TYPE_FIRST on: index in types, 0 none. */
static const uint8_t by_number[] = { RECORD_TYPE_INDEX };
static const uint16_t slots[RECORD_TYPE_SLOTS] = { RECORD_TYPE_HASH };

static const struct record_type *find(unsigned type)
{
	unsigned at = type - RECORD_TYPE_FIRST; /* wraps to something large below */

	return &types[at < sizeof(by_number) ? by_number[at] : 0];
}

struct span record_type_name(unsigned type)
{
	const struct record_type *t = find(type);

	return span_of(upper + t->at, t->len);
}

struct span record_type_lower(unsigned type)
{
	const struct record_type *t = find(type);

	return span_of(lower + t->at, t->len);
}

int record_type_find(const char *p, size_t n)
{
	unsigned at, i;

	if (n == 0)
		return -1;
	for (at = name_hash(p, n) % RECORD_TYPE_SLOTS; (i = slots[at]) != 0; at = (at + 1) % RECORD_TYPE_SLOTS)
		if (types[i].len == n && memcmp(upper + types[i].at, p, n) == 0)
			return types[i].number;
	return -1;
}

bool record_type_alone(unsigned type)
{
	/* User space may make up any number of its ranges (audit_log_user_message(3)). */
	return find(type)->alone || (type >= 1100 && type < 1300) || (type >= 2100 && type < 3000);
}
