#include "table/table.h"

#include "table/enum_gen.h"

/* Error numbers lie behind the others. */
enum { ENUM_ERRNO = ENUM_COUNT };

struct enum_value {
	uint32_t number;
	uint16_t at;
	uint8_t len;
};

static const char text[] = ENUM_TEXT;
static const struct enum_value values[] = { ENUM_VALUES };
/* Of each table, in values: sorted by number. */
static const struct {
	uint16_t first, count;
} ranges[ENUM_COUNT + 1] = { ENUM_RANGES };

static struct span find(unsigned table, uint32_t number)
{
	size_t low = ranges[table].first, high = low + ranges[table].count;

	while (low < high) {
		size_t mid = (low + high) / 2;

		if (values[mid].number == number)
			return span_of(text + values[mid].at, values[mid].len);
		if (values[mid].number < number)
			low = mid + 1;
		else
			high = mid;
	}
	return span_of(NULL, 0);
}

struct span enum_name(enum enum_table table, int64_t number)
{
	/* An int that was negative stands for its bits: a quotactl command has the highest one. */
	if ((unsigned)table >= ENUM_COUNT || number < INT32_MIN || number > UINT32_MAX)
		return span_of(NULL, 0);
	return find(table, (uint32_t)number);
}

static struct span at(unsigned table, unsigned i, uint32_t *number)
{
	const struct enum_value *v = &values[ranges[table].first + i];

	if (i >= ranges[table].count)
		return span_of(NULL, 0);
	*number = v->number;
	return span_of(text + v->at, v->len);
}

struct span enum_at(enum enum_table table, unsigned i, uint32_t *number)
{
	return (unsigned)table < ENUM_COUNT ? at(table, i, number) : span_of(NULL, 0);
}

struct span errno_name(unsigned number)
{
	return find(ENUM_ERRNO, number);
}

struct span errno_at(unsigned i, uint32_t *number)
{
	return at(ENUM_ERRNO, i, number);
}
