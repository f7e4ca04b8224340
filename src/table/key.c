#include "table/key.h"

#include "table/names.h"

#include <string.h>

const struct key_entry key_entries[KEY_COUNT] = {
	{ "", 0 },
#define X(id, name) { name, sizeof(name) - 1 },
	KEY_LIST(X)
#undef X
};

static const uint16_t slots[KEY_SLOTS] = { KEY_HASH };

unsigned key_find(const char *p, size_t n)
{
	unsigned at, id;

	if (n == 0 || n >= sizeof(key_entries[0].name))
		return KEY_NONE;
	for (at = name_hash(p, n) % KEY_SLOTS; (id = slots[at]) != KEY_NONE; at = (at + 1) % KEY_SLOTS)
		if (key_entries[id].len == n && memcmp(key_entries[id].name, p, n) == 0)
			return id;
	return KEY_NONE;
}
