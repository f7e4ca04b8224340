/*
 * Path patterns, matched name by name between the slashes: ? is one byte of a name, * any run within a name, ** as a
 * whole name any number of names (at the end at least one: what is below a directory, but not the directory itself).
 * All else is itself. A run of slashes is one, a slash at the end is none. Bytes are compared, not characters.
 */
#ifndef TIERCEL_FILTER_GLOB_H
#define TIERCEL_FILTER_GLOB_H

#include "base/span.h"

/* Take the next name off the front of a path; false at the end. */
bool glob_name_next(struct span *rest, struct span *name);

/* The length of the piece of a pattern at `at`, which is no star, if that takes this byte; else 0. */
typedef size_t glob_piece(struct span pattern, size_t at, char byte, bool fold);
/* The next place from `from` on where the text can have what stands at `at` of a pattern; the text's end: nowhere. */
typedef size_t glob_next(struct span pattern, size_t at, struct span text, size_t from, bool fold);
/* A text against a pattern whose stars are any run of bytes. Only the last star can have to give way. */
static inline bool glob_stars(struct span pattern, struct span text, glob_piece *takes, glob_next *next, bool fold)
{
	size_t p = 0, t = 0, used, star = (size_t)-1, resume = 0;

	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			t = resume = next(pattern, p, text, t, fold);
		} else if (p < pattern.n && (used = takes(pattern, p, text.p[t], fold)) > 0) {
			p += used;
			t++;
		} else if (star != (size_t)-1) {
			p = star + 1;
			t = resume = next(pattern, p, text, resume + 1, fold);
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* Does the pattern match the whole of the path? Time is at most pattern length times path length. */
bool glob_match(struct span pattern, struct span path);
/* What is wrong with a pattern (a constant text), NULL: nothing. */
const char *glob_fault(struct span pattern);

#endif
