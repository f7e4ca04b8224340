/* Depth first with a stack of our own, as a chain of names may be as long as there are names. */
#include "filter/cond_order.h"

#include <errno.h>
#include <stdlib.h>

enum { NEW, OPEN, DONE };

struct walk {
	struct cond_name *names;
	size_t from;
	uint8_t *seen; /* by name, from `from` on */
	struct cond_step *steps;
	size_t depth;
	cond_on_cycle *on_cycle;
	void *ctx;
};

static void step_into(struct walk *w, uint32_t name)
{
	w->steps[w->depth++] = (struct cond_step){ name, 0 };
	w->seen[name - w->from] = OPEN;
}

static void cycle(struct walk *w, uint32_t to)
{
	size_t first = w->depth - 1;

	while (w->steps[first].name != to)
		first--;
	for (size_t i = first; i < w->depth; i++)
		w->names[w->steps[i].name].broken = true;
	w->on_cycle(w->ctx, w->steps + first, w->depth - first);
}

static void visit(struct walk *w, uint32_t start, uint32_t *order, size_t *ordered)
{
	step_into(w, start);
	while (w->depth) {
		struct cond_step *top = &w->steps[w->depth - 1];
		struct cond_name *name = &w->names[top->name];

		if (top->next == name->use_count) {
			w->seen[top->name - w->from] = DONE;
			order[(*ordered)++] = top->name;
			w->depth--;
			continue;
		}
		uint32_t to = name->uses[top->next++].name;
		if (to >= w->from && w->seen[to - w->from] == NEW)
			step_into(w, to);
		else if (to >= w->from && w->seen[to - w->from] == OPEN)
			cycle(w, to);
	}
}

int cond_order(struct cond_name *names, size_t from, size_t to, uint32_t *order, size_t *ordered,
	cond_on_cycle *on_cycle, void *ctx)
{
	struct walk w = { .names = names, .from = from, .on_cycle = on_cycle, .ctx = ctx };
	size_t done = *ordered;

	w.seen = calloc(to - from + 1, sizeof(*w.seen));
	w.steps = calloc(to - from + 1, sizeof(*w.steps));
	for (size_t i = from; w.seen && w.steps && i < to; i++)
		if (w.seen[i - from] == NEW)
			visit(&w, (uint32_t)i, order, ordered);
	for (; done < *ordered; done++) {
		struct cond_name *name = &names[order[done]];
		for (size_t i = 0; i < name->use_count; i++)
			name->broken |= names[name->uses[i].name].broken;
	}
	free(w.seen);
	free(w.steps);
	return w.seen && w.steps ? 0 : -ENOMEM;
}
