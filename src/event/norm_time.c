/* The event's time as text, its id, and its records as a log has them. */
#include "event/norm.h"

#include "base/buf.h"
#include "base/decimal.h"

#include <stdio.h>

#define LAST_SECOND INT64_C(253402300799) /* of the year 9999: a forged time beyond stays there */
#define RAW_MAX 60000 /* bytes of audit.raw kept; an arena's block has a bound */

/* Two digits at p. */
static void put2(char *p, unsigned v)
{
	p[0] = (char)('0' + v / 10 % 10);
	p[1] = (char)('0' + v % 10);
}

/*
 * YYYY-MM-DD of days since the epoch: gmtime_r(3) ends in 2038 where time_t has 32 bits. Years are counted from March,
 * so that a leap day is the last of its year, of its four years, and of its four centuries.
 */
static void put_date(char *p, unsigned days)
{
	unsigned d = days + 719468; /* since the first of March of the year 0 */
	unsigned year = d / 146097 * 400, part, month;

	d %= 146097;
	part = d / 36524 < 4 ? d / 36524 : 3;
	year += part * 100;
	d -= part * 36524;
	year += d / 1461 * 4;
	d %= 1461;
	part = d / 365 < 4 ? d / 365 : 3;
	year += part;
	d -= part * 365;
	month = (5 * d + 2) / 153; /* five months from March, and from August, have 153 days: 31 30 31 30 31 */
	d -= (153 * month + 2) / 5;
	year += month >= 10;
	put2(p, year / 100);
	put2(p + 2, year % 100);
	put2(p + 5, month < 10 ? month + 3 : month - 9);
	put2(p + 8, d + 1);
}

static void render(struct time_text *t, int64_t ms, struct span boot)
{
	uint64_t seconds = ms < 0 ? 0 : (uint64_t)ms / 1000;
	uint64_t shown = seconds < LAST_SECOND ? seconds : LAST_SECOND;
	unsigned part = ms < 0 ? 0 : (unsigned)(ms % 1000), of_day = (unsigned)(shown % 86400);
	char *p;

	memcpy(t->iso, "0000-00-00T00:00:00.000000000Z", 30);
	put_date(t->iso, (unsigned)(shown / 86400));
	put2(t->iso + 11, of_day / 3600);
	put2(t->iso + 14, of_day / 60 % 60);
	put2(t->iso + 17, of_day % 60);
	t->iso[20] = (char)('0' + part / 100);
	put2(t->iso + 21, part % 100);
	memcpy(t->datetime, t->iso, 29);
	t->datetime[10] = ' ';
	memcpy(t->id, boot.p, boot.n < 8 ? boot.n : 8);
	p = t->id + (boot.n < 8 ? boot.n : 8);
	*p++ = '/';
	p = decimal_u64(p, seconds);
	memcpy(p, t->iso + 19, 4);
	p[4] = ':';
	t->id_len = (unsigned)(p + 5 - t->id);
	t->ns_len = (unsigned)(decimal_i64(t->ns, event_ns(ms)) - t->ns);
	t->ms = ms;
}

const struct time_text *norm_time_text(struct event *ev)
{
	struct time_text *t = &ev->by->time;

	if (t->ms != ev->group->time_ms)
		render(t, ev->group->time_ms, ev->by->options->boot);
	return t;
}

void norm_time(struct event *ev)
{
	const struct time_text *t = norm_time_text(ev);
	char *id = norm_room(ev, t->id_len + 24);
	struct buf b = { id, 0, t->id_len + 24, false };

	event_set_name(ev, FIELD_EVT_TIME_ISO8601, span_of(t->iso, 30));
	event_set_name(ev, FIELD_EVT_DATETIME, span_of(t->datetime, 29));
	if (!id)
		return;
	buf_put(&b, t->id, t->id_len);
	if (ev->id_word.n) { /* its place in the stream tells it from others */
		buf_put(&b, ev->id_word.p, ev->id_word.n);
		buf_put_u64(&b, ev->value[FIELD_EVT_NUM].u64);
	} else {
		buf_put_u64(&b, ev->group->serial);
	}
	event_set_name(ev, FIELD_EVT_ID, span_of(b.p, b.n));
}

/* As much of it as there is room for. */
static void put_part(struct buf *b, const char *p, size_t n)
{
	buf_put(b, p, n <= b->cap - b->n ? n : b->cap - b->n);
}

void norm_raw(struct event *ev)
{
	const struct group *g = ev->group;
	struct buf b = { NULL, 0, 0, false };
	char text[40], head[RECORD_HEAD_MAX];
	size_t bytes = 0;

	for (uint32_t i = 0; i < g->count; i++)
		bytes += record_head(&g->records[i], head) + g->records[i].raw.n + (i > 0);
	b.cap = bytes <= RAW_MAX ? bytes : RAW_MAX;
	b.p = norm_room(ev, b.cap);
	if (!b.p || !g->count)
		return;
	for (uint32_t i = 0; i < g->count && b.n < b.cap; i++) {
		if (i)
			buf_putc(&b, '\n');
		put_part(&b, head, record_head(&g->records[i], head));
		put_part(&b, g->records[i].raw.p, g->records[i].raw.n);
	}
	event_set_text(ev, FIELD_AUDIT_RAW, b.p, b.n);
	if (bytes > b.cap) {
		ev->value[FIELD_AUDIT_RAW].cut = true;
		norm_truncated(ev, norm_copy(ev, text, (size_t)snprintf(text, sizeof(text), "audit.raw:%zu", bytes)));
	}
}
