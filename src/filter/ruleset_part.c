#include "filter/ruleset_part.h"

#include <errno.h>
#include <stdlib.h>

void *ruleset_keep(struct keep **list, size_t n)
{
	struct keep *k = calloc(1, sizeof(*k) + n);

	if (!k)
		return NULL;
	k->next = *list;
	*list = k;
	return k->block;
}

void ruleset_keep_free(struct keep **list)
{
	while (*list) {
		struct keep *k = *list;

		*list = k->next;
		free(k);
	}
}

void *ruleset_room(void *array, size_t count, size_t *cap, size_t size)
{
	size_t more = *cap ? 2 * *cap : 16;
	void *p;

	if (count < *cap)
		return array;
	p = more < RULESET_NONE ? realloc(array, more * size) : NULL;
	if (p)
		*cap = more;
	return p;
}

int ruleset_pair(struct pairs *p, uint32_t of, uint32_t item)
{
	void *pair = ruleset_room(p->pair, p->count, &p->cap, sizeof(*p->pair));

	if (!pair)
		return -ENOMEM;
	p->pair = pair;
	p->pair[p->count][0] = of;
	p->pair[p->count++][1] = item;
	return 0;
}

static int pair_compare(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return x[0] != y[0] ? (x[0] > y[0]) - (x[0] < y[0]) : (x[1] > y[1]) - (x[1] < y[1]);
}

int ruleset_lists(struct lists *l, struct pairs *p, uint32_t count)
{
	uint32_t n = 0, of = 0;

	l->first = malloc(((size_t)count + 1) * sizeof(*l->first));
	l->item = malloc((p->count + 1) * sizeof(*l->item));
	if (!l->first || !l->item)
		return -ENOMEM;
	if (p->count)
		qsort(p->pair, p->count, sizeof(*p->pair), pair_compare);
	l->first[0] = 0;
	for (size_t i = 0; i < p->count; i++) {
		if (i && pair_compare(p->pair[i - 1], p->pair[i]) == 0)
			continue;
		while (of < p->pair[i][0])
			l->first[++of] = n;
		l->item[n++] = p->pair[i][1];
	}
	while (of < count)
		l->first[++of] = n;
	free(p->pair);
	memset(p, 0, sizeof(*p));
	return 0;
}
