/*
 * Path patterns, matched name by name between the slashes: ? is one byte of a name, * any run within a name, ** as a
 * whole name any number of names (at the end at least one: what is below a directory, but not the directory itself).
 * All else is itself. A run of slashes is one, a slash at the end is none. Bytes are compared, not characters.
 */
#ifndef TIERCEL_FILTER_GLOB_H
#define TIERCEL_FILTER_GLOB_H

#include "base/span.h"

/* Does the pattern match the whole of the path? Time is at most pattern length times path length. */
bool glob_match(struct span pattern, struct span path);
/* What is wrong with a pattern (a constant text), NULL: nothing. */
const char *glob_fault(struct span pattern);

#endif
