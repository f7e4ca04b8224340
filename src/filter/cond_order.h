/* Names that use each other, in an order in which each comes behind what it uses. */
#ifndef TIERCEL_FILTER_COND_ORDER_H
#define TIERCEL_FILTER_COND_ORDER_H

#include "base/span.h"

#include <stdint.h>

struct cond_use {
	uint32_t name; /* place among the names */
	size_t at;     /* byte of the text */
};

/* A list or a macro. */
struct cond_name {
	struct span word;
	const char *text;
	struct cond_use *uses;
	size_t use_count, use_cap;
	bool broken; /* its text, or what it uses, has a fault, which is told */
	bool used;   /* by a rule's condition */
};

/* One on the way round: its use number `next - 1` leads to the one behind it, of the last to the first. */
struct cond_step {
	uint32_t name;
	size_t next;
};
typedef void cond_on_cycle(void *ctx, const struct cond_step *way, size_t count);

/*
 * Add names[from .. to) to order[*ordered]; what they use before `from` is there already. Each circle is told once; who
 * stands in one, or uses one who does, is broken. 0 or -ENOMEM.
 */
int cond_order(struct cond_name *names, size_t from, size_t to, uint32_t *order, size_t *ordered,
	cond_on_cycle *on_cycle, void *ctx);

#endif
