/*
 * The input is a text log. An empty line settles, a line that is no record lets time pass. Each batch of lines lies in
 * a block of its own that is freed when settled, so that a sanitizer sees what was kept; the counts must add up at the
 * end.
 */
#include "event/assemble.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct sums {
	uint64_t events, records, cut;
	unsigned char sink;
};

static void look(struct sums *s, struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		s->sink ^= (unsigned char)text.p[i];
}

static void on_group(void *ctx, struct group *g)
{
	struct sums *s = ctx;

	for (uint32_t i = 0; i < g->count; i++) {
		const struct record *r = &g->records[i];

		if (r->serial != g->serial || r->time_ms != g->time_ms || !span_eq(r->node, g->node))
			abort();
		look(s, r->raw);
		look(s, r->body);
		look(s, r->enriched);
	}
	if (!g->count)
		abort();
	s->events++;
	s->records += g->count;
	s->cut += g->cut_records;
}

/* The lines up to the first empty one, in a block with the pad that a source promises. */
static char *batch_of(const char *p, size_t n, size_t *used)
{
	const char *end = memmem(p, n, "\n\n", 2);
	char *block;

	*used = end ? (size_t)(end - p) + 1 : n;
	block = malloc(*used + RECORD_PAD);
	if (!block)
		abort();
	memcpy(block, p, *used);
	memset(block + *used, 0, RECORD_PAD);
	return block;
}

static void push_lines(struct assemble *a, const char *p, size_t n, int64_t *now_ms)
{
	while (n) {
		const char *end = memchr(p, '\n', n);
		size_t line = end ? (size_t)(end - p) : n;
		struct record r;

		if (record_from_line(&r, p, line) == RECORD_OK) {
			assemble_push(a, &r);
		} else if (line) {
			*now_ms += (unsigned char)*p * 16;
			assemble_tick(a, *now_ms);
		}
		p += line + (end != NULL);
		n -= line + (end != NULL);
	}
}

static void run(const struct assemble_limits *limits, const char *p, size_t n)
{
	struct sums s = { 0, 0, 0, 0 };
	struct assemble *a = assemble_new(limits, on_group, &s);
	const struct assemble_counts *c;
	int64_t now_ms = 0;
	size_t used;

	if (!a)
		abort();
	for (; n; p += used, n -= used) {
		char *block = batch_of(p, n, &used);

		push_lines(a, block, used, &now_ms);
		assemble_settle(a);
		free(block);
	}
	assemble_flush(a);
	c = assemble_counts(a);
	if (c->records != s.records + s.cut + c->eoe || c->events != s.events || c->cut_records != s.cut ||
	    assemble_open(a))
		abort();
	assemble_free(a);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct assemble_limits tiny = { .events = 2, .records = 3, .bytes = 500, .quiet_ms = 100 };

	run(NULL, (const char *)data, size);
	run(&tiny, (const char *)data, size);
	return 0;
}
