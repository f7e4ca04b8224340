#include "base/nearest.h"

#include <stdint.h>

#define WORD_MAX 63

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: insert, delete, replace, swap two neighbours. Three rows are all that it looks back on. */
static unsigned distance(struct span a, struct span b)
{
	uint8_t rows[3][WORD_MAX + 1];
	uint8_t *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t j = 0; j <= b.n; j++)
		last[j] = (uint8_t)j;
	for (size_t i = 1; i <= a.n; i++) {
		now[0] = (uint8_t)i;
		for (size_t j = 1; j <= b.n; j++) {
			char x = lower(a.p[i - 1]), y = lower(b.p[j - 1]);
			unsigned d = least(least(last[j], now[j - 1]) + 1u, last[j - 1] + (x != y));
			if (i > 1 && j > 1 && x == lower(b.p[j - 2]) && y == lower(a.p[i - 2]))
				d = least(d, before[j - 2] + 1u);
			now[j] = (uint8_t)d;
		}
		uint8_t *oldest = before;
		before = last;
		last = now;
		now = oldest;
	}
	return last[b.n];
}

void nearest_offer(struct nearest *n, struct span candidate)
{
	size_t longer = n->word.n > candidate.n ? n->word.n : candidate.n;
	size_t shorter = n->word.n > candidate.n ? candidate.n : n->word.n;
	/* A third of the letters may be wrong: more is another word. */
	size_t limit = (n->word.n + 1) / 3;

	if (n->best.p)
		limit = n->distance ? n->distance - 1 : 0;
	if (longer > WORD_MAX || candidate.n == 0 || longer - shorter > limit || (n->best.p && n->distance == 0))
		return;
	unsigned d = distance(n->word, candidate);
	if (d > limit)
		return;
	n->best = candidate;
	n->distance = d;
}
