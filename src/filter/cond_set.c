#include "filter/cond_set.h"

#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>

static uint32_t slot_of(const struct cond_set *s, struct span text)
{
	return (uint32_t)hash_bytes(0, text.p, text.n) & (s->slots - 1);
}

static void place(struct cond_set *s, uint32_t id)
{
	uint32_t i = slot_of(s, s->text[id]);

	while (s->slot[i])
		i = (i + 1) & (s->slots - 1);
	s->slot[i] = id + 1;
}

/* At most half of the slots are taken. */
static int grow(struct cond_set *s)
{
	uint32_t cap = s->cap ? 2 * s->cap : 8;
	struct span *text = realloc(s->text, cap * sizeof(*text));
	uint32_t *slot;

	if (!text)
		return -ENOMEM;
	s->text = text;
	slot = calloc(2 * (size_t)cap, sizeof(*slot));
	if (!slot)
		return -ENOMEM;
	free(s->slot);
	s->slot = slot;
	s->slots = 2 * cap;
	s->cap = cap;
	for (uint32_t id = 0; id < s->count; id++)
		place(s, id);
	return 0;
}

int cond_set_add(struct cond_set *s, struct span text, uint32_t *id)
{
	*id = cond_set_find(s, text);
	if (*id != COND_SET_NONE)
		return 0;
	if (s->count == s->cap && grow(s) < 0)
		return -ENOMEM;
	*id = s->count++;
	s->text[*id] = text;
	place(s, *id);
	return 0;
}

void cond_set_release(struct cond_set *s)
{
	free(s->text);
	free(s->slot);
	free(s->sorted);
	free(s->shorter);
	memset(s, 0, sizeof(*s));
}

uint32_t cond_set_find(const struct cond_set *s, struct span text)
{
	if (!s->slots)
		return COND_SET_NONE;
	for (uint32_t i = slot_of(s, text); s->slot[i]; i = (i + 1) & (s->slots - 1)) {
		if (span_eq(s->text[s->slot[i] - 1], text))
			return s->slot[i] - 1;
	}
	return COND_SET_NONE;
}

/* How many bytes the two have in common, from where the set looks. */
static size_t common(struct span a, struct span b, bool from_end)
{
	size_t n = a.n < b.n ? a.n : b.n, i = 0;

	if (from_end) {
		while (i < n && a.p[a.n - 1 - i] == b.p[b.n - 1 - i])
			i++;
	} else {
		while (i < n && a.p[i] == b.p[i])
			i++;
	}
	return i;
}

/* As span_compare(), from where the set looks; *same is what they have in common. */
static int compare(struct span a, struct span b, bool from_end, size_t *same)
{
	size_t i = *same = common(a, b, from_end);

	if (i == a.n || i == b.n)
		return (a.n > b.n) - (a.n < b.n);
	unsigned char x = (unsigned char)(from_end ? a.p[a.n - 1 - i] : a.p[i]);
	unsigned char y = (unsigned char)(from_end ? b.p[b.n - 1 - i] : b.p[i]);
	return x < y ? -1 : 1;
}

/* Merge sort, as qsort(3) hands no set to its comparison: from `from` into `to`, both of n numbers alike. */
static void sort(const struct cond_set *s, uint32_t *to, uint32_t *from, uint32_t n)
{
	uint32_t half = n / 2, a = 0, b = half;
	size_t same;

	if (n < 2)
		return;
	sort(s, from, to, half);
	sort(s, from + half, to + half, n - half);
	for (uint32_t i = 0; i < n; i++) {
		bool first = a < half &&
			(b == n || compare(s->text[from[a]], s->text[from[b]], s->from_end, &same) < 0);
		to[i] = from[first ? a++ : b++];
	}
}

int cond_set_sort(struct cond_set *s, bool from_end)
{
	uint32_t *copy = malloc((s->count + 1) * sizeof(*copy));

	s->from_end = from_end;
	s->sorted = malloc((s->count + 1) * sizeof(*s->sorted));
	s->shorter = malloc((s->count + 1) * sizeof(*s->shorter));
	if (!copy || !s->sorted || !s->shorter) {
		free(copy);
		return -ENOMEM;
	}
	for (uint32_t i = 0; i < s->count; i++)
		copy[i] = s->sorted[i] = i;
	sort(s, s->sorted, copy, s->count);
	free(copy);
	/* What begins a text stands before it, and is one of those that begin its neighbour, or the neighbour. */
	for (uint32_t i = 0; i < s->count; i++) {
		struct span text = s->text[s->sorted[i]];
		uint32_t up = i ? s->sorted[i - 1] : COND_SET_NONE;

		while (up != COND_SET_NONE && common(s->text[up], text, from_end) < s->text[up].n)
			up = s->shorter[up];
		s->shorter[s->sorted[i]] = up;
	}
	return 0;
}

uint32_t cond_set_longest(const struct cond_set *s, struct span text)
{
	uint32_t low = 0, high = s->count, id = COND_SET_NONE;
	size_t same, shared = 0;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (compare(s->text[s->sorted[mid]], text, s->from_end, &same) > 0) {
			high = mid;
		} else {
			low = mid + 1;
			id = s->sorted[mid];
			shared = same;
		}
	}
	while (id != COND_SET_NONE && s->text[id].n > shared)
		id = s->shorter[id];
	return id;
}
