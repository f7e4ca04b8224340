/* Keys of audit records as numbers: enum key, KEY_acct and so on, in bytewise order of their names (keys.tab). */
#ifndef TIERCEL_TABLE_KEY_H
#define TIERCEL_TABLE_KEY_H

#include "table/key_gen.h"

#include <stddef.h>
#include <stdint.h>

enum key {
	KEY_NONE, /* a name that is not in the table */
#define X(id, name) KEY_##id,
	KEY_LIST(X)
#undef X
	KEY_COUNT
};

/* The name of a key, zero padded to 24 bytes; that of KEY_NONE is empty. */
struct key_entry {
	char name[24];
	uint8_t len;
};
extern const struct key_entry key_entries[KEY_COUNT];

/* Hot: the key of exactly these n bytes (no more are read), KEY_NONE when unknown. */
unsigned key_find(const char *p, size_t n);

#endif
