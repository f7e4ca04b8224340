#include "event/internal.h"

#include "base/decimal.h"
#include "event/norm.h"

static struct span copy(struct event *ev, const char *text)
{
	return norm_copy(ev, text, strlen(text));
}

/* internal.KEY */
static struct span member_name(struct event *ev, struct span key)
{
	static const struct span prefix = SPAN_INIT("internal.");
	char *name = norm_room(ev, prefix.n + key.n);

	if (!name)
		return span_of(NULL, 0);
	memcpy(name, prefix.p, prefix.n);
	memcpy(name + prefix.n, key.p, key.n);
	return span_of(name, prefix.n + key.n);
}

static struct value digits(struct event *ev, uint64_t number)
{
	char *text = norm_room(ev, DECIMAL_MAX);

	return as_digits(span_of(text, text ? (size_t)(decimal_u64(text, number) - text) : 0));
}

/* A member of the family, and a word of evt.args. */
static void take_pair(struct event *ev, const struct internal_pair *pair)
{
	size_t n = strlen(pair->key);
	struct span name = member_name(ev, span_of(pair->key, n));
	struct value word = pair->text ? as_text(copy(ev, pair->text)) : digits(ev, pair->number);

	if (!name.p || !word.n)
		return;
	norm_extra_named(ev, name, pair->text ? word : as_u64(pair->number));
	ev->args[ev->arg_count++] = (struct event_arg){ .name = span_of(name.p + name.n - n, n), .value = word };
}

static void take_pairs(struct event *ev, const struct internal_event *in)
{
	ev->args = arena_alloc(ev->arena, in->count * sizeof(*ev->args));
	if (!ev->args)
		return;
	for (unsigned i = 0; i < in->count; i++)
		take_pair(ev, &in->pairs[i]);
	if (!ev->arg_count)
		return;
	norm_join_args(ev);
	ev->arg_count = 0; /* evt.arg is of a call's arguments */
	norm_extras_done(ev);
	event_set_family(ev, FIELD_INTERNAL_ANY);
}

void normalize_internal(struct normalizer *n, struct group *g, const struct internal_event *in, struct event *ev)
{
	struct span type, text;

	g->time_ms = in->time_ms;
	norm_start(n, g, ev);
	norm_no_serial(ev, SPAN("internal"));
	ev->stages |= 1u << STAGE_ARGS;
	event_set_name(ev, FIELD_EVT_CATEGORY, SPAN("internal"));
	event_set_name(ev, FIELD_EVT_SOURCE, SPAN("internal"));
	type = copy(ev, in->type);
	if (type.n)
		event_set_name(ev, FIELD_EVT_TYPE, type);
	text = copy(ev, in->text);
	if (text.n)
		event_set_text(ev, FIELD_INTERNAL_TEXT, text.p, text.n);
	if (in->count)
		take_pairs(ev, in);
}
