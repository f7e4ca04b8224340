/*
 * The input is a text log, taken all the way: records, events, every encoder at a small and a large budget. What comes
 * out must be within its budget, JSON where it says so, and no event may be lost or made up.
 */
#include "../unit/event_kit.h"
#include "../unit/json_check.h"
#include "encode/encode.h"

#include <stdint.h>
#include <stdio.h>

#define ENCODE_ROOM 64 /* what an encoder may need behind the budget */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Members by themselves, beside what @core shows. Sorted. */
static const struct span members[] = {
	SPAN_INIT("audit.msg.grantors"), SPAN_INIT("audit.path[0].name"), SPAN_INIT("evt.arg.flags"),
	SPAN_INIT("proc.aname[0]"), SPAN_INIT("proc.aname[1]"),
};

struct sums {
	struct encode_options all, some;
	uint64_t events;
	unsigned pad; /* of the bytes behind texts: they must be readable */
};

static void die(const char *what, const char *line, size_t n)
{
	fprintf(stderr, "%s: %.*s\n", what, (int)(n < 4096 ? n : 4096), line);
	abort();
}

static void check_text(const char *line, size_t n)
{
	for (size_t i = 0; i + 1 < n; i++)
		if ((unsigned char)line[i] < 0x20 || line[i] == 0x7f)
			die("control character", line, n);
	if (!utf8_is_valid(line, n))
		die("not UTF-8", line, n);
}

static void encode(const struct encoder *encoder, const struct encode_options *options, struct event *ev)
{
	struct verdict verdict = { .priority = 6 };
	char *line = malloc(options->budget + ENCODE_ROOM);
	const char *error;
	size_t n;

	if (!line)
		abort();
	n = encoder->encode(options, ev, &verdict, line);
	if (!n || n > options->budget)
		die("not within the budget", line, n < options->budget ? n : options->budget);
	if (line[n - 1] != '\n')
		die("no newline", line, n);
	error = encoder == &encoder_json ? json_check_line(line, n) : NULL;
	if (error)
		die(error, line, n);
	if (encoder == &encoder_text)
		check_text(line, n);
	free(line);
}

static void look(struct sums *s, const struct value *v)
{
	for (size_t i = 0; v->kind == VALUE_TEXT && i < EVENT_PAD; i++)
		s->pad += (unsigned char)v->p[v->n + i];
	for (uint32_t k = 0; v->kind == VALUE_LIST && k < v->n; k++)
		for (size_t i = 0; i < EVENT_PAD; i++)
			s->pad += (unsigned char)v->list[k].p[v->list[k].n + i];
}

/* What no encoder asks for counts too. */
static void look_at_all(struct sums *s, struct event *ev)
{
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct value *v = fields[f].type == TYPE_FAMILY ? NULL : event_get(ev, f);

		if (v)
			look(s, v);
	}
	for (uint32_t i = 0; i < ev->arg_count; i++)
		look(s, &ev->args[i].value);
	for (uint32_t i = 0; i < ev->extra_count; i++)
		look(s, &ev->extras[i].value);
}

static void on_event(void *ctx, struct event *ev)
{
	struct sums *s = ctx;
	const size_t budgets[] = { ENCODE_BUDGET_DEFAULT, ENCODE_BUDGET_MIN };

	s->events++;
	look_at_all(s, ev);
	for (size_t i = 0; i < sizeof(budgets) / sizeof(budgets[0]); i++) {
		s->all.budget = s->some.budget = budgets[i];
		for (const struct encoder *const *e = encoders; *e; e++)
			encode(*e, &s->all, ev);
		encode(&encoder_json, &s->some, ev);
	}
}

static void run(const char *p, size_t n, const struct assemble_limits *limits)
{
	struct sums s = { .all = { .raw = true }, .some = { .members = members, .member_count = 5 } };
	struct event_kit k = { .on_event = on_event, .ctx = &s };

	if (encode_fields_add(&s.all.fields, SPAN("@all")) || encode_fields_add(&s.some.fields, SPAN("@core")))
		abort();
	event_kit_start(&k, limits);
	event_kit_feed(&k, p, n);
	event_kit_end(&k);
	if (s.events != k.groups + k.malformed)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct assemble_limits tiny = { .events = 2, .records = 6, .bytes = 2000, .quiet_ms = 100 };

	run((const char *)data, size, NULL);
	run((const char *)data, size, &tiny);
	return 0;
}
