/*
 * A log's text all the way to events, as the pipeline does it: record, assemble, normalize. Every line lies in a block
 * of its own with RECORD_PAD bytes of tempting text behind it and not one more, freed when an empty line settles.
 */
#ifndef TIERCEL_TESTS_EVENT_KIT_H
#define TIERCEL_TESTS_EVENT_KIT_H

#include "base/buf.h"
#include "event/normalize.h"

#include <stdlib.h>
#include <string.h>

#define KIT_RAW_CHUNK (256 * 1024)

struct event_kit {
	struct normalize_options options; /* to change before event_kit_start() */
	void (*on_event)(void *ctx, struct event *ev);
	void *ctx;
	uint64_t groups, malformed, blank; /* events are groups and malformed */
	struct assemble *assemble;
	struct normalizer *normalizer;
	struct arena_pool *pool;
	struct group raw; /* lends its arena to lines that are no record */
	char **held;
	size_t held_count, held_cap;
	struct event event;
};

static inline void event_kit_group(void *ctx, struct group *g)
{
	struct event_kit *k = ctx;

	k->groups++;
	normalize(k->normalizer, g, &k->event);
	k->on_event(k->ctx, &k->event);
}

static inline void event_kit_start(struct event_kit *k, const struct assemble_limits *limits)
{
	if (!k->options.origin.p)
		k->options = (struct normalize_options){ .origin = SPAN("log"), .boot = SPAN("log"), .hostname = SPAN("unknown") };
	k->assemble = assemble_new(limits, event_kit_group, k);
	k->normalizer = normalizer_new(&k->options);
	k->pool = arena_pool_new(KIT_RAW_CHUNK, 1);
	k->raw.arena.pool = k->pool;
	if (!k->assemble || !k->normalizer || !k->pool)
		abort();
}

static inline void event_kit_settle(struct event_kit *k)
{
	assemble_settle(k->assemble);
	while (k->held_count)
		free(k->held[--k->held_count]);
}

static inline char *event_kit_hold(struct event_kit *k, const char *p, size_t n)
{
	static const char pad[] = "\" key=\"pad\" msg='";
	char *block = malloc(n + RECORD_PAD);

	if (k->held_count == k->held_cap) {
		k->held_cap = 2 * k->held_cap + 64;
		k->held = realloc(k->held, k->held_cap * sizeof(*k->held));
	}
	if (!block || !k->held)
		abort();
	memcpy(block, p, n);
	for (size_t i = 0; i < RECORD_PAD; i++)
		block[n + i] = pad[i % (sizeof(pad) - 1)];
	k->held[k->held_count++] = block;
	return block;
}

static inline void event_kit_take(struct event_kit *k, enum record_status status, const struct record *r)
{
	if (status == RECORD_OK) {
		assemble_push(k->assemble, r);
	} else if (status == RECORD_BLANK) {
		k->blank++;
	} else {
		k->malformed++;
		normalize_raw(k->normalizer, &k->raw, r->raw, SPAN("no record"), &k->event);
		k->on_event(k->ctx, &k->event);
		arena_reset(&k->raw.arena);
	}
}

static inline void event_kit_line(struct event_kit *k, const char *p, size_t n)
{
	struct record r;

	event_kit_take(k, record_from_line(&r, event_kit_hold(k, p, n), n), &r);
}

/* As the kernel and audispd's binary protocol hand them over. */
static inline void event_kit_datagram(struct event_kit *k, unsigned type, const char *p, size_t n)
{
	struct record r;

	event_kit_take(k, record_from_datagram(&r, type, event_kit_hold(k, p, n), n), &r);
}

/* Lines, each with its newline but the last one. */
static inline void event_kit_feed(struct event_kit *k, const char *p, size_t n)
{
	while (n) {
		const char *end = memchr(p, '\n', n);
		size_t len = end ? (size_t)(end - p) : n, step = len + (end != NULL);

		event_kit_line(k, p, len);
		if (!len)
			event_kit_settle(k);
		p += step;
		n -= step;
	}
}

/* Closes what is open and frees everything but the counts. */
static inline void event_kit_end(struct event_kit *k)
{
	event_kit_settle(k);
	assemble_flush(k->assemble);
	assemble_free(k->assemble);
	normalizer_free(k->normalizer);
	arena_pool_free(k->pool);
	free(k->held);
	k->held = NULL;
	k->held_cap = 0;
}

/* A value as text: numbers in decimal, lists with a comma between. */
static inline void event_kit_print(struct buf *b, const struct value *v)
{
	switch (v->kind) {
	case VALUE_TEXT:
	case VALUE_NAME:
	case VALUE_DIGITS:
		if (v->n)
			buf_put(b, v->p, v->n);
		return;
	case VALUE_I64:
		buf_put_i64(b, v->i64);
		return;
	case VALUE_U64:
		buf_put_u64(b, v->u64);
		return;
	case VALUE_BOOL:
		buf_put(b, v->b ? "true" : "false", v->b ? 4 : 5);
		return;
	case VALUE_LIST:
	case VALUE_NAMES:
		for (uint32_t i = 0; i < v->n; i++) {
			if (i)
				buf_putc(b, ',');
			if (v->list[i].n)
				buf_put(b, v->list[i].p, v->list[i].n);
		}
		return;
	}
	buf_lit(b, "VALUE_NONE");
}

/* A field or a member of a family by its name; false: the event has none. */
static inline bool event_kit_get(struct event *ev, const char *name, struct value *out)
{
	struct span s = span_of(name, strlen(name));
	int field = field_find(s);
	const struct value *v = field >= 0 && fields[field].type != TYPE_FAMILY ? event_get(ev, field) : NULL;

	if (field < 0)
		return event_get_member(ev, s, out);
	if (v)
		*out = *v;
	return v != NULL;
}

#endif
