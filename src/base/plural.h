/* "1 rule", "2 rules". */
#ifndef TIERCEL_BASE_PLURAL_H
#define TIERCEL_BASE_PLURAL_H

#include <stddef.h>

/* What goes behind a word: "s", or nothing of one. */
static inline const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

#endif
