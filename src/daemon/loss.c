#include "daemon/loss.h"

#include "base/clock.h"
#include "daemon/news.h"

#include <stdio.h>
#include <string.h>

#define TELL_MS 1000   /* so often at most */
#define AGAIN_MS 10000 /* where no output took it */
#define NAME_SHOWN 128 /* bytes of a rule's */

static const struct {
	const char *key;
	const char *words;
} kinds[LOSS_COUNT] = {
	[LOSS_SERIALS] = { "missing_events", "events by gaps in the serials" },
	[LOSS_KERNEL] = { "kernel_lost", "records by the kernel, for its full backlog or its rate limit" },
	[LOSS_SOCKET] = { "socket_dropped", "records by our socket, which was full" },
	[LOSS_CUT] = { "cut_records", "records cut by their length" },
	[LOSS_RECORDS] = { "records_over_bounds", "records over the bounds of one event" },
	[LOSS_RESTARTS] = { "restarts", "breaks of the stream" },
};

static void take_stock(const struct loss *l, uint64_t now[LOSS_COUNT])
{
	struct source_counts s = { .dropped = 0 };

	l->source->ops->counts(l->source, &s);
	now[LOSS_SERIALS] = l->serials ? l->serials->missing : 0;
	now[LOSS_KERNEL] = l->owner ? owner_lost(l->owner) : l->told[LOSS_KERNEL];
	now[LOSS_SOCKET] = s.dropped;
	now[LOSS_CUT] = s.cut;
	now[LOSS_RECORDS] = pipeline_assembly(l->pipeline)->cut_records;
	now[LOSS_RESTARTS] = s.restarts;
}

/* "3 events by gaps in the serials, 135 records by the kernel" of those that are not 0. */
static void put_words(const uint64_t count[LOSS_COUNT], struct buf *out)
{
	const char *comma = "";

	for (int i = 0; i < LOSS_COUNT; i++) {
		if (!count[i])
			continue;
		buf_text(out, comma);
		buf_put_u64(out, count[i]);
		buf_putc(out, ' ');
		buf_text(out, kinds[i].words);
		comma = ", ";
	}
}

static bool tell(struct loss *l, const uint64_t fresh[LOSS_COUNT])
{
	struct internal_pair pairs[LOSS_COUNT + 2];
	struct news news = { .type = "lost", .priority = NEWS_ERROR, .pairs = pairs };
	char text[400];
	struct buf words = { .p = text, .cap = sizeof(text) };

	for (int i = 0; i < LOSS_COUNT; i++)
		if (fresh[i])
			pairs[news.count++] = (struct internal_pair){ .key = kinds[i].key, .number = fresh[i] };
	if (fresh[LOSS_SERIALS]) {
		pairs[news.count++] = (struct internal_pair){ .key = "first_serial", .number = l->serials->first };
		pairs[news.count++] = (struct internal_pair){ .key = "last_serial", .number = l->serials->last };
	}
	put_words(fresh, &words);
	return news_tell(l->pipeline, &news, "lost on the way to us: %.*s", (int)words.n, words.p);
}

static void look(struct loss *l)
{
	uint64_t now[LOSS_COUNT], fresh[LOSS_COUNT], any = 0;
	uint32_t first, last;

	take_stock(l, now);
	for (int i = 0; i < LOSS_COUNT; i++)
		any |= fresh[i] = now[i] - l->told[i];
	if (!any)
		return;
	l->next += TELL_MS;
	if (!tell(l, fresh)) {
		l->next += AGAIN_MS;
		return;
	}
	memcpy(l->told, now, sizeof(now));
	if (l->serials)
		serials_told(l->serials, &first, &last);
}

static bool tell_output(void *ctx, const char *name, uint64_t lines)
{
	const struct internal_pair pairs[] = {
		{ .key = "output", .text = name }, { .key = "lines", .number = lines }
	};
	const struct news news = { .type = "lost", .priority = NEWS_ERROR, .pairs = pairs, .count = 2 };

	return news_tell(ctx, &news, "output %s lost %llu lines", name, (unsigned long long)lines);
}

/* In the stream alone: it is as configured, and no fault. */
struct limit_teller {
	struct pipeline *pipeline;
	int64_t time_ms;
};

static bool tell_limit(void *ctx, const struct rule *rule, uint64_t matches)
{
	const struct limit_teller *t = ctx;
	char name[NAME_SHOWN + 1], text[NAME_SHOWN + 100];
	const struct internal_pair pairs[] = {
		{ .key = "rule", .text = name }, { .key = "matches", .number = matches }
	};
	const struct internal_event in = {
		.type = "rate_limit", .priority = NEWS_NOTICE, .text = text, .time_ms = t->time_ms, .pairs = pairs, .count = 2
	};

	snprintf(name, sizeof(name), "%.*s", (int)(rule->name.n < NAME_SHOWN ? rule->name.n : NAME_SHOWN), rule->name.p);
	snprintf(text, sizeof(text), "%llu match%s of the rule '%s' left out, over its rate limit",
		(unsigned long long)matches, matches == 1 ? "" : "es", name);
	return pipeline_tell(t->pipeline, &in);
}

static void tell_limits(struct pipeline *p, struct route *route, int64_t now_ms, int64_t time_ms)
{
	struct limit_teller teller = { p, time_ms };

	route_tell_limits(route, now_ms, tell_limit, &teller);
}

void loss_tell_limits(struct pipeline *p, struct route *route, int64_t time_ms)
{
	tell_limits(p, route, INT64_MAX, time_ms);
}

void loss_tick(struct loss *l, struct route *route, int64_t now_ms)
{
	int rc;

	if (l->serials)
		serials_tick(l->serials, now_ms);
	tell_limits(l->pipeline, route, now_ms, clock_epoch_ms());
	if (now_ms < l->next)
		return;
	l->next = now_ms;
	look(l);
	rc = route_tell_lost(route, tell_output, l->pipeline);
	if (rc)
		l->next += rc < 0 ? AGAIN_MS : TELL_MS;
}

void loss_reroute(struct loss *l, struct route *before)
{
	loss_tell_limits(l->pipeline, before, clock_epoch_ms());
	route_tell_lost(before, tell_output, l->pipeline);
}

void loss_end(struct loss *l, struct route *route)
{
	if (l->serials)
		serials_end(l->serials);
	look(l);
	loss_tell_limits(l->pipeline, route, clock_epoch_ms());
	route_tell_lost(route, tell_output, l->pipeline);
}

uint64_t loss_total(const struct loss *l)
{
	uint64_t now[LOSS_COUNT], sum = 0;

	take_stock(l, now);
	for (int i = 0; i < LOSS_RESTARTS; i++)
		sum += now[i];
	return sum;
}

void loss_print(const struct loss *l, struct buf *out)
{
	uint64_t now[LOSS_COUNT], any = 0;

	take_stock(l, now);
	for (int i = 0; i < LOSS_COUNT; i++)
		any |= now[i];
	if (!any)
		return;
	buf_lit(out, "lost on the way to us: ");
	put_words(now, out);
}
