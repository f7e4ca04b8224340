/*
 * Inside of select: one compiled section, and what select_parse.c offers select.c. The rule room reads it too: sections
 * are compiled into the kernel's rules from here.
 */
#ifndef TIERCEL_FILTER_SELECT_PART_H
#define TIERCEL_FILTER_SELECT_PART_H

#include "filter/select.h"

struct id_range {
	int64_t low, high;
};

/* -1 is unset. within holds all the orders at once. */
struct id_test {
	struct id_range within;
	struct id_range *any; /* alternatives, none: all */
	size_t any_count;
	int64_t *none;        /* != */
	size_t none_count;
	bool there;
};

/* System calls: bit by canonical id, and numbers that stand for themselves. */
struct call_set {
	uint64_t *bit;
	uint64_t *write_bit; /* only where the call opens for writing */
	int64_t *numbers;
	size_t number_count;
	bool all;
};

struct span_list {
	struct span *word;
	size_t count;
};

struct select_part {
	struct call_set calls, not_calls; /* not_calls wins */
	uint64_t *types;                  /* bit by record type, NULL: none asked for */
	struct span_list path, exe;
	int success;
	struct id_test uid, auid;
	char *copy[SELECT_TEXTS];         /* what the spans point into */
	char *name;                       /* the section's; NULL: none was told */
};

struct select_set {
	size_t count;
	struct select_part part[];
};

#define SELECT_TYPE_BITS 65536

/* Fill a zeroed part; select_part_release() frees what it holds, after a failure too. 0, -EINVAL (told) or -ENOMEM. */
int select_part_parse(struct select_part *part, const struct select_spec *spec, size_t index, select_report *report,
	void *ctx);
void select_part_release(struct select_part *part);

static inline bool select_bit(const uint64_t *bits, size_t i)
{
	return bits[i / 64] >> (i % 64) & 1;
}

#endif
