#include "filter/cond_grams.h"

#include "filter/cond_match.h"

#include <errno.h>
#include <stdlib.h>

#define BITS_MIN 12
#define BITS_MAX 20
#define ROOM 16 /* hashes for each text */

static uint32_t hash_of(const struct cond_grams *g, uint32_t gram)
{
	return gram * UINT32_C(0x9e3779b1) >> (32 - g->bits);
}

static uint32_t byte_at(const struct cond_grams *g, const char *p)
{
	return (unsigned char)(g->folded ? cond_lower(*p) : *p);
}

/* The three bytes at p. */
static uint32_t gram_at(const struct cond_grams *g, const char *p)
{
	return byte_at(g, p) << 16 | byte_at(g, p + 1) << 8 | byte_at(g, p + 2);
}

/* The place of the gram of fewest texts. `of` counts them by hash. */
static uint32_t rarest(const struct cond_grams *g, struct span text, const uint32_t *of)
{
	uint32_t best = 0;

	for (uint32_t i = 1; i + COND_GRAM <= text.n; i++) {
		if (of[hash_of(g, gram_at(g, text.p + i))] < of[hash_of(g, gram_at(g, text.p + best))])
			best = i;
	}
	return best;
}

int cond_grams_make(struct cond_grams *g, const struct cond_set *set, bool folded)
{
	uint32_t *of;

	memset(g, 0, sizeof(*g));
	g->set = set;
	g->folded = folded;
	for (g->bits = BITS_MIN; g->bits < BITS_MAX && (UINT32_C(1) << g->bits) / ROOM < set->count;)
		g->bits++;
	of = calloc(UINT32_C(1) << g->bits, sizeof(*of));
	g->filter = calloc((UINT32_C(1) << g->bits) / 64, sizeof(*g->filter));
	g->head = calloc(UINT32_C(1) << g->bits, sizeof(*g->head));
	g->next = calloc(set->count + 1, sizeof(*g->next));
	g->at = calloc(set->count + 1, sizeof(*g->at));
	if (!of || !g->filter || !g->head || !g->next || !g->at) {
		free(of);
		cond_grams_release(g);
		return -ENOMEM;
	}
	for (uint32_t id = 0; id < set->count; id++) {
		for (size_t i = 0; i + COND_GRAM <= set->text[id].n; i++)
			of[hash_of(g, gram_at(g, set->text[id].p + i))]++;
	}
	for (uint32_t id = 0; id < set->count; id++) {
		g->at[id] = rarest(g, set->text[id], of);
		uint32_t h = hash_of(g, gram_at(g, set->text[id].p + g->at[id]));
		g->next[id] = g->head[h];
		g->head[h] = id + 1;
		g->filter[h / 64] |= UINT64_C(1) << (h % 64);
	}
	free(of);
	return 0;
}

void cond_grams_release(struct cond_grams *g)
{
	free(g->filter);
	free(g->head);
	free(g->next);
	free(g->at);
	memset(g, 0, sizeof(*g));
}

/* Does the text stand where its gram, which ends before `end`, says? */
static bool stands(const struct cond_grams *g, uint32_t id, struct span text, size_t end)
{
	struct span part = g->set->text[id];
	size_t before = g->at[id] + COND_GRAM;

	if (end < before || end - before + part.n > text.n)
		return false;
	for (size_t i = 0; i < part.n; i++) {
		char c = text.p[end - before + i];
		if ((g->folded ? cond_lower(c) : c) != part.p[i])
			return false;
	}
	return true;
}

uint32_t cond_grams_next(const struct cond_grams *g, struct span text, struct cond_grams_walk *w)
{
	for (;;) {
		while (w->next) {
			uint32_t id = w->next - 1;

			w->next = g->next[id];
			if (stands(g, id, text, w->at))
				return id;
		}
		if (w->at >= text.n)
			return COND_SET_NONE;
		w->gram = (w->gram << 8 | byte_at(g, text.p + w->at++)) & 0xffffff;
		uint32_t h = hash_of(g, w->gram);
		if (w->at >= COND_GRAM && g->filter[h / 64] >> (h % 64) & 1)
			w->next = g->head[h];
	}
}
