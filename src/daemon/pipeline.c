#include "daemon/pipeline.h"

#include "record/record.h"
#include "sys/audit_wire.h"
#include "table/table.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define RAW_CHUNK (256 * 1024)
#define ENCODE_SLACK 64      /* what encode() may need beyond the budget */
#define TOLD_KEPT 64
#define PLAIN_PRIORITY 6     /* Informational, of what no rule says anything of */

struct pipeline {
	struct assemble *assemble;
	struct normalizer *normalizer;
	struct record_memo memo;
	struct pipeline_route route;
	const struct pipeline_options *options;
	struct pipeline_input input;
	struct pipeline_counts counts;
	uint64_t told_after[TOLD_KEPT]; /* counts.emitted, when the latest of our own events were told */
	struct arena_pool *raw_pool;
	struct group raw_group; /* lends its arena to audit.raw events */
	struct event event;
};

static bool has_got(struct output *to, size_t room)
{
	return output_flush(to) || (room && output_has_room(to, room));
}

/* Flush until there is room (0: until nothing is left), as long as something still gets out now and then. */
static void wait_for(struct pipeline_output *o, size_t room)
{
	uint64_t bytes = output_counts(o->to)->bytes;
	unsigned waited = 0;

	while (!has_got(o->to, room) && !output_closed(o->to) && waited < o->patience_ms) {
		poll(NULL, 0, OUTPUT_RETRY_MS);
		waited += OUTPUT_RETRY_MS;
		if (output_counts(o->to)->bytes == bytes)
			continue;
		bytes = output_counts(o->to)->bytes;
		waited = 0;
	}
	if (waited >= o->patience_ms)
		o->patience_ms = 0;
}

static inline char *reserve(struct pipeline_output *o)
{
	size_t room = o->options.budget + ENCODE_SLACK;

	if (o->patience_ms && !output_has_room(o->to, room))
		wait_for(o, room);
	return output_reserve(o->to, room);
}

/* What the outputs are to say of an event. */
struct choice {
	struct verdict verdict;
	const struct rule *rule; /* NULL: none */
	size_t index;            /* its place */
	bool own;                /* it is of the monitor itself */
};

/* One event to one output; the rule's text is made when the first output wants it. */
static void write_line(struct pipeline *p, struct choice *c, struct pipeline_output *o, char *line)
{
	const struct encode_options *options = c->rule && o->by_rule ? &o->by_rule[c->index] : &o->options;
	const struct rule *rule = c->rule;

	if (rule && rule->output && !c->verdict.output.p && !o->format->records)
		c->verdict.output = template_expand(rule->output, &p->event);
	output_commit(o->to, o->format->encode(options, &p->event, &c->verdict, line), c->verdict.priority);
}

enum fate { UNWANTED, OVER_LIMIT, REFUSED, TAKEN };

/* The event to every output that takes such. */
static enum fate offer(struct pipeline *p, struct choice *c)
{
	enum fate result = UNWANTED;

	for (size_t i = 0; i < p->route.output_count; i++) {
		struct pipeline_output *o = &p->route.outputs[i];
		char *line;

		if (o->priority < c->verdict.priority || (c->own && o->format->records))
			continue;
		if (result == UNWANTED)
			result = REFUSED;
		line = reserve(o);
		if (!line)
			continue;
		write_line(p, c, o, line);
		o->fed |= !c->own;
		result = TAKEN;
	}
	return result;
}

static bool has_record(const struct group *g, unsigned type)
{
	for (uint32_t i = 0; i < g->count; i++)
		if (g->records[i].type == type)
			return true;
	return false;
}

/* Rules of the list `exclude` have no key that could tell whose they are: see plan_prune.h. */
static bool is_exclusion(struct event *ev)
{
	struct value list;

	return event_get_member(ev, SPAN("audit.config_change.list"), &list) && list.kind == VALUE_I64 &&
		list.i64 == WIRE_LIST_EXCLUDE;
}

static bool has_own_key(const struct pipeline_options *o, const struct value *keys)
{
	return keys && (span_eq(keys->list[0], o->own_keys[0]) || span_eq(keys->list[0], o->own_keys[1]));
}

static bool is_by_us(struct pipeline *p, const struct value *keys)
{
	const struct pipeline_options *o = p->options;
	const struct value *pid = event_get(&p->event, FIELD_PROC_PID);

	if (pid)
		return pid->i64 == o->own_pids[0] || pid->i64 == o->own_pids[1];
	return keys ? has_own_key(o, keys) : is_exclusion(&p->event);
}

/* By the kernel itself: what a rule watched is gone. */
static bool is_of_object(struct event *ev)
{
	struct value v;

	return event_get_member(ev, SPAN("audit.config_change.dir"), &v) ||
		event_get_member(ev, SPAN("audit.config_change.path"), &v);
}

static bool is_own_change(struct pipeline *p)
{
	const struct pipeline_options *o = p->options;
	const struct value *keys;
	bool ours;

	if ((!o->own_changes && !o->touched) || !has_record(p->event.group, RECORD_TYPE_CONFIG_CHANGE))
		return false;
	keys = event_get(&p->event, FIELD_AUDIT_KEYS);
	ours = o->own_changes && is_by_us(p, keys);
	if (o->touched && has_own_key(o, keys) && (!ours || is_of_object(&p->event)))
		*o->touched = true;
	return ours;
}

/* What a rule that matched says of the event; false: none did, or none that is within its limit. */
static bool take_match(struct pipeline *p, const struct ruleset_match *m, struct choice *c)
{
	const struct rule *rule = m->rule;

	if (!rule)
		return false;
	c->rule = rule;
	c->index = m->index;
	c->verdict.rule = rule->name;
	c->verdict.priority = rule->priority;
	c->verdict.tags = rule->tags;
	c->verdict.tag_count = rule->tag_count;
	if (m->count > 1)
		event_set_list(&p->event, FIELD_EVT_RULES, m->names, m->count);
	if (m->assumed_count)
		event_set_list(&p->event, FIELD_EVT_ASSUMED, m->assumed, m->assumed_count);
	return true;
}

static enum fate decide(struct pipeline *p)
{
	const struct pipeline_route *r = &p->route;
	struct choice c = { .verdict = { .priority = PLAIN_PRIORITY } };
	struct ruleset_match m = { .rule = NULL };

	if (is_own_change(p))
		return UNWANTED;
	if (r->rules)
		ruleset_match(r->rules, &p->event, &m);
	if (!take_match(p, &m, &c) && (r->select ? !select_match(r->select, &p->event) : r->rules != NULL))
		return m.suppressed ? OVER_LIMIT : UNWANTED;
	return offer(p, &c);
}

static void deliver(struct pipeline *p)
{
	struct pipeline_counts *c = &p->counts;
	uint64_t *const counts[] = {
		[UNWANTED] = &c->filtered, [OVER_LIMIT] = &c->dropped[DROP_LIMIT],
		[REFUSED] = &c->dropped[DROP_NO_ROOM], [TAKEN] = &c->emitted
	};

	c->received++;
	++*counts[decide(p)];
}

bool pipeline_tell(struct pipeline *p, const struct internal_event *in)
{
	struct choice c = { .verdict = { .priority = in->priority }, .own = true };
	struct group group = { .arena = { .pool = p->raw_pool } };
	enum fate fate;

	normalize_internal(p->normalizer, &group, in, &p->event);
	fate = offer(p, &c);
	arena_reset(&group.arena);
	if (fate == TAKEN)
		p->told_after[p->counts.told++ % TOLD_KEPT] = p->counts.emitted;
	p->counts.untold += fate == REFUSED;
	return fate != REFUSED;
}

static void on_group(void *ctx, struct group *g)
{
	struct pipeline *p = ctx;

	normalize(p->normalizer, g, &p->event);
	deliver(p);
}

/* What is no record comes out all the same, as it is. */
static void keep_raw(struct pipeline *p, struct span raw, struct span why)
{
	p->counts.records++;
	p->counts.malformed++;
	normalize_raw(p->normalizer, &p->raw_group, raw, why, &p->event);
	deliver(p);
	arena_reset(&p->raw_group.arena);
}

/* auditd numbers its own records (DAEMON_START ...) by itself, and another host's have nothing to do with ours. */
static bool has_kernel_serial(const struct record *r)
{
	return r->node.n == 0 && (r->type < RECORD_TYPE_FIRST_DAEMON || r->type > RECORD_TYPE_LAST_DAEMON);
}

static void take_record(struct pipeline *p, const struct record *r)
{
	p->counts.records++;
	if (p->options->serials && has_kernel_serial(r))
		serials_push(p->options->serials, r->serial);
	p->input.known = true;
	p->raw_group.time_ms = p->input.time_ms = r->time_ms;
	assemble_push(p->assemble, r);
}

static void take_other(struct pipeline *p, enum record_status status, const struct record *r)
{
	static const struct span causes[RECORD_STATUS_COUNT] = {
		[RECORD_MALFORMED] = SPAN_INIT("no type= or no audit(time:serial)"),
		[RECORD_INTERPRETED] = SPAN_INIT("interpreted text")
	};

	if (status == RECORD_BLANK)
		return;
	if (status == RECORD_INTERPRETED && p->options->replay && !p->input.known)
		p->input.refused_at = p->input.lines;
	else
		keep_raw(p, r->raw, causes[status]);
}

static inline void take(struct pipeline *p, enum record_status status, const struct record *r)
{
	if (status == RECORD_OK)
		take_record(p, r);
	else
		take_other(p, status, r);
}

static void on_line(void *ctx, const char *text, size_t n)
{
	struct pipeline *p = ctx;
	struct record r;

	if (p->input.refused_at)
		return;
	p->input.lines++;
	take(p, record_from_next_line(&p->memo, &r, text, n), &r);
}

static void on_datagram(void *ctx, unsigned type, const char *text, size_t n)
{
	struct record r;

	take(ctx, record_from_datagram(&r, type, text, n), &r);
}

static void on_overlong(void *ctx, const char *text, size_t n, size_t whole)
{
	struct pipeline *p = ctx;

	(void)whole;
	if (p->input.refused_at)
		return;
	p->input.lines++;
	keep_raw(p, span_of(text, n), SPAN("line too long, cut"));
}

/* Enriched text has a 0x1D in front: one look for a whole buffer instead of one for each line. */
static void on_text(void *ctx, const char *text, size_t n)
{
	struct pipeline *p = ctx;

	p->memo.plain = !memchr(text, 0x1d, n);
}

static void on_settle(void *ctx)
{
	struct pipeline *p = ctx;

	assemble_settle(p->assemble);
}

struct pipeline *pipeline_new(const struct pipeline_options *options, const struct pipeline_route *route)
{
	struct pipeline *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->options = options;
	p->route = *route;
	p->assemble = assemble_new(NULL, on_group, p);
	p->normalizer = normalizer_new(&options->normalize);
	p->raw_pool = arena_pool_new(RAW_CHUNK, 1);
	p->raw_group.arena.pool = p->raw_pool;
	if (p->assemble && p->normalizer && p->raw_pool)
		return p;
	pipeline_free(p);
	return NULL;
}

void pipeline_free(struct pipeline *p)
{
	if (!p)
		return;
	assemble_free(p->assemble);
	normalizer_free(p->normalizer);
	arena_pool_free(p->raw_pool);
	free(p);
}

struct source_sink pipeline_sink(struct pipeline *p)
{
	return (struct source_sink){
		.line = on_line, .text = on_text, .datagram = on_datagram, .overlong = on_overlong, .settle = on_settle,
		.ctx = p
	};
}

void pipeline_reroute(struct pipeline *p, const struct pipeline_route *route)
{
	p->route = *route;
}

void pipeline_tick(struct pipeline *p, int64_t now_ms)
{
	assemble_tick(p->assemble, now_ms);
}

void pipeline_begin(struct pipeline *p)
{
	p->input = (struct pipeline_input){ .time_ms = p->input.time_ms };
}

const struct pipeline_input *pipeline_input(const struct pipeline *p)
{
	return &p->input;
}

void pipeline_end(struct pipeline *p)
{
	assemble_flush(p->assemble);
}

void pipeline_flush(struct pipeline *p)
{
	for (size_t i = 0; i < p->route.output_count; i++)
		output_flush(p->route.outputs[i].to);
}

void pipeline_drain(struct pipeline *p)
{
	for (size_t i = 0; i < p->route.output_count; i++)
		wait_for(&p->route.outputs[i], 0);
}

/* Lines that were held, and went nowhere; *took: those and what was handed over. */
static uint64_t finish_output(struct output *o, uint64_t *took)
{
	const struct output_counts *c = output_counts(o);
	uint64_t before = c->dropped;

	output_finish(o);
	*took = c->lines + c->dropped - before;
	return c->dropped - before;
}

/* How many of the last n that outputs took were our own events. */
static uint64_t own_among(const struct pipeline *p, uint64_t n)
{
	const struct pipeline_counts *c = &p->counts;
	uint64_t own = 0;

	while (own < c->told && own < TOLD_KEPT &&
	       c->emitted - p->told_after[(c->told - own - 1) % TOLD_KEPT] + own < n)
		own++;
	return own;
}

void pipeline_finish(struct pipeline *p)
{
	uint64_t least = UINT64_MAX, own;

	for (size_t i = 0; i < p->route.output_count; i++) {
		uint64_t took, lost = finish_output(p->route.outputs[i].to, &took);

		if (took && p->route.outputs[i].fed && lost < least)
			least = lost;
	}
	if (least == UINT64_MAX)
		return;
	own = own_among(p, least);
	p->counts.told -= own;
	p->counts.untold += own;
	p->counts.emitted -= least - own;
	p->counts.dropped[DROP_LOST] += least - own;
}

const struct pipeline_counts *pipeline_counts(const struct pipeline *p)
{
	return &p->counts;
}

const struct assemble_counts *pipeline_assembly(const struct pipeline *p)
{
	return assemble_counts(p->assemble);
}
