/* Internal to this room: the hash by which names are found. */
#ifndef TIERCEL_TABLE_NAMES_H
#define TIERCEL_TABLE_NAMES_H

#include <stddef.h>

/* Of n >= 1 bytes, length and four of them; the same as name_hash() in gen.awk. */
static inline unsigned name_hash(const char *p, size_t n)
{
	const unsigned char *u = (const unsigned char *)p;

	return ((((unsigned)n * 137 + u[0]) * 137 + u[n / 4]) * 137 + u[n / 2]) * 137 + u[n - 1];
}

#endif
