/* The table of every section and key (config_keys.def), and how a value of each type is read. */
#ifndef TIERCEL_CONFIG_CONFIG_KEYS_H
#define TIERCEL_CONFIG_CONFIG_KEYS_H

#include "base/span.h"

#include <stdint.h>

enum config_section_id {
#define SECTION(id, kind, name, built, meaning) CONFIG_SECTION_##id,
#define KEY(section, member, key, type, initial, low, high, choices, later, meaning)
#include "config/config_keys.def"
#undef SECTION
#undef KEY
	CONFIG_SECTION_COUNT
};

enum config_type {
	CONFIG_TEXT,   /* const char *: not empty */
	CONFIG_PATH,   /* const char *: absolute */
	/* These three may go on in parts: key.2, key.3 ... */
	CONFIG_LIST,      /* const char *: words between commas, not empty */
	CONFIG_CONDITION, /* const char *: filter/cond.h */
	CONFIG_OUTPUT,    /* const char *: event/template.h */
	CONFIG_BOOL,   /* bool: yes no */
	CONFIG_CHOICE, /* int: index of the word, either case; -1 without a default */
	CONFIG_NUMBER, /* uint64_t */
	CONFIG_SIZE,   /* uint64_t: bytes; K M G are powers of 1,024 */
	CONFIG_TIME,   /* uint64_t: milliseconds; ms s m h, the unit must be there */
	CONFIG_RATE    /* struct config_rate: 10/s, 10/m burst 100 */
};

struct config_section_kind {
	const char *kind, *name; /* as in config_keys.def */
	bool built;
	const char *meaning;
};
extern const struct config_section_kind config_sections[CONFIG_SECTION_COUNT];

struct config_key {
	enum config_section_id section;
	const char *name;
	enum config_type type;
	size_t member; /* offset in the section's struct config_* */
	const char *initial, *low, *high, *choices, *later, *meaning;
};
extern const struct config_key config_keys[];
extern const size_t config_key_count;

/* Does the key take numbered parts: name.2, name.3 ...? */
static inline bool config_key_continues(const struct config_key *key)
{
	return key->type == CONFIG_LIST || key->type == CONFIG_CONDITION || key->type == CONFIG_OUTPUT;
}

/* The row that a section [kind name] (name NULL: [kind]) belongs to, -1: none. */
int config_section_find(const char *kind, const char *name);
/* NULL: the section has no such key. */
const struct config_key *config_key_find(enum config_section_id section, struct span name);

enum config_fault {
	FAULT_NONE, FAULT_EMPTY, FAULT_NO_PATH, FAULT_NO_BOOL, FAULT_NO_NUMBER, FAULT_NO_SIZE, FAULT_NO_TIME,
	FAULT_NO_RATE, FAULT_BRACKETS, FAULT_RANGE, FAULT_NO_CHOICE, FAULT_LATER
};
/* Read `text` by the key's type into its member of `into`, which then may point into text. */
enum config_fault config_value_set(const struct config_key *key, const char *text, void *into);
/* Digits and at most one unit; false: anything else, or over 2^64 - 1. */
bool config_number(enum config_type type, const char *text, uint64_t *out);

#endif
