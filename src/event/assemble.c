/*
 * Open events hang in two chains: one by key, to find them, one by age, to close the oldest first. Nearly every record
 * belongs to the event of the record before it, so that one is looked at first. What was closed is remembered by key
 * alone.
 */
#include "event/assemble.h"

#include "base/hash.h"
#include "table/table.h"

#include <stdlib.h>

/* linux/audit.h; old ones lack the second. */
#define TYPE_EOE 1320
#define TYPE_PROCTITLE 1327

#define TEXT_MAX 65536   /* of one record */
#define FIRST_RECORDS 16 /* most events have fewer */
#define LIMIT_MAX 65536  /* events open, records an event: what sums in 32 bits can't overflow with */
#define SMALL_EVENT 8192 /* bytes that each open event may hold, beside those of one of full size */
#define TEXTS 8          /* of up to a chunk each: joined arguments, the raw records and the like */
#define CLOSED 1024      /* keys remembered, a power of two: serials nearer than that do not meet */
#define SET_BACK 64      /* so many new events in a row behind the log's clock mean that it was set back */

const struct assemble_limits assemble_default_limits = {
	.events = 64, .records = 800, .bytes = 1 << 20, .quiet_ms = 2000
};

struct slot {
	struct group g;
	uint32_t node_hash;
	uint32_t cap;       /* room in g.records */
	uint32_t settled;   /* the first so many records have their text in the arena */
	bool late;
	bool fresh;         /* got a record since the last tick */
	size_t bytes;       /* of raw text kept */
	size_t held;        /* these, and the arrays */
	int64_t heard;      /* the log's clock at its latest record */
	int64_t ticked;     /* the tick after its latest record */
	struct slot *chain; /* next of its bucket, or next free one */
	struct slot *older, *newer;
};

struct key {
	int64_t time_ms;
	uint32_t serial;
	uint32_t node_hash; /* never 0, so a zeroed key is nobody's */
};

struct assemble {
	struct assemble_limits limits;
	struct assemble_counts counts;
	assemble_emit *emit;
	void *ctx;
	struct arena_pool *pool;
	size_t reserve;     /* chunks left for what is derived from an event while it is emitted */
	size_t held, most;  /* bytes of all open events, and the bound to them */
	struct slot *last;  /* the open event of the latest record, or NULL */
	struct slot *oldest, *newest, *free;
	unsigned open;
	unsigned behind;    /* new events in a row that were behind the clock */
	int64_t clock;      /* the log's: the highest time of an event */
	int64_t earliest;   /* no open event's latest record came before this, by that clock */
	struct slot *slots;
	struct slot **buckets;
	uint32_t bucket_mask;
	struct key closed[CLOSED];
};

static uint64_t elapsed(int64_t from, int64_t to)
{
	return (uint64_t)to - (uint64_t)from;
}

static uint32_t hash_node(struct span node)
{
	return (uint32_t)hash_bytes(0, node.p, node.n) | 1;
}

static struct slot **bucket_of(const struct assemble *a, uint32_t serial, uint32_t node_hash)
{
	return &a->buckets[(serial ^ node_hash) & a->bucket_mask];
}

/* By serial, so that consecutive ones never push each other out. */
static struct key *closed_place(struct assemble *a, uint32_t serial, uint32_t node_hash)
{
	return &a->closed[(serial ^ node_hash) & (CLOSED - 1)];
}

static bool was_closed(struct assemble *a, const struct record *r, uint32_t node_hash)
{
	const struct key *k = closed_place(a, r->serial, node_hash);

	return k->serial == r->serial && k->time_ms == r->time_ms && k->node_hash == node_hash;
}

static bool same_event(const struct slot *s, const struct record *r)
{
	return s->g.serial == r->serial && s->g.time_ms == r->time_ms && span_eq(s->g.node, r->node);
}

static struct slot *find(const struct assemble *a, const struct record *r, uint32_t node_hash)
{
	struct slot *s = *bucket_of(a, r->serial, node_hash);

	while (s && !same_event(s, r))
		s = s->chain;
	return s;
}

static void link_slot(struct assemble *a, struct slot *s)
{
	struct slot **bucket = bucket_of(a, s->g.serial, s->node_hash);

	s->chain = *bucket;
	*bucket = s;
	s->newer = NULL;
	s->older = a->newest;
	*(a->newest ? &a->newest->newer : &a->oldest) = s;
	a->newest = s;
	a->open++;
}

static void unlink_slot(struct assemble *a, struct slot *s)
{
	struct slot **at = bucket_of(a, s->g.serial, s->node_hash);

	while (*at != s)
		at = &(*at)->chain;
	*at = s->chain;
	*(s->newer ? &s->newer->older : &a->newest) = s->older;
	*(s->older ? &s->older->newer : &a->oldest) = s->newer;
	a->open--;
	a->held -= s->held;
	if (a->last == s)
		a->last = NULL;
}

static void close_slot(struct assemble *a, struct slot *s, enum group_end end)
{
	unlink_slot(a, s);
	*closed_place(a, s->g.serial, s->node_hash) =
		(struct key){ .time_ms = s->g.time_ms, .serial = s->g.serial, .node_hash = s->node_hash };
	s->g.end = s->late ? GROUP_LATE : end;
	if (s->g.count) {
		a->counts.events++;
		a->counts.late += s->g.end == GROUP_LATE;
		a->counts.quiet += s->g.end == GROUP_QUIET;
		a->counts.evicted += s->g.end == GROUP_EVICTED;
		a->emit(a->ctx, &s->g);
	}
	arena_reset(&s->g.arena);
	s->chain = a->free;
	a->free = s;
}

static void hold(struct assemble *a, struct slot *s, size_t bytes)
{
	s->held += bytes;
	a->held += bytes;
}

/* Close the oldest while memory is short; false: it is still short, and only `spare` and younger ones hold it. */
static bool shed(struct assemble *a, const struct slot *spare)
{
	while (arena_pool_left(a->pool) <= a->reserve || a->held > a->most) {
		if (!a->oldest || a->oldest == spare)
			return false;
		close_slot(a, a->oldest, GROUP_EVICTED);
	}
	return true;
}

static void sweep(struct assemble *a)
{
	struct slot *s, *next;

	a->earliest = a->clock;
	for (s = a->oldest; s; s = next) {
		next = s->newer;
		if (elapsed(s->heard, a->clock) > a->limits.quiet_ms)
			close_slot(a, s, GROUP_QUIET);
		else if (s->heard < a->earliest)
			a->earliest = s->heard;
	}
}

static void set_clock_back(struct assemble *a, int64_t time_ms)
{
	a->behind = 0;
	a->clock = a->earliest = time_ms;
	for (struct slot *s = a->oldest; s; s = s->newer)
		s->heard = time_ms;
}

/*
 * A log's clock is the highest time in it, as a slow call's event bears the time of its start and comes minutes late.
 * Quiet is measured by that clock, never by the event's own time. One wrong time far ahead must not stop the clock for
 * ever.
 */
static void follow_clock(struct assemble *a, int64_t time_ms)
{
	if (time_ms > a->clock) {
		a->clock = time_ms;
		a->behind = 0;
		if (a->open && elapsed(a->earliest, time_ms) > a->limits.quiet_ms)
			sweep(a);
	} else if (elapsed(time_ms, a->clock) <= a->limits.quiet_ms) {
		a->behind = 0;
	} else if (++a->behind >= SET_BACK) {
		set_clock_back(a, time_ms);
	}
}

/* `stays` is false for an event that this one record completes: it needs no other one to go. */
static struct slot *open_slot(struct assemble *a, const struct record *r, uint32_t node_hash, bool stays)
{
	struct slot *s;

	follow_clock(a, r->time_ms);
	shed(a, NULL);
	if (stays && a->open == a->limits.events)
		close_slot(a, a->oldest, GROUP_EVICTED);
	if (!a->open)
		a->earliest = a->clock;
	s = a->free;
	a->free = s->chain;
	*s = (struct slot){
		.g = { .time_ms = r->time_ms, .serial = r->serial, .node = r->node, .arena = { .pool = a->pool } },
		.node_hash = node_hash, .late = was_closed(a, r, node_hash)
	};
	link_slot(a, s);
	return s;
}

static bool grow(struct assemble *a, struct slot *s)
{
	uint32_t cap = s->cap ? s->cap * 4 : FIRST_RECORDS;
	struct record *to;

	if (cap > a->limits.records)
		cap = a->limits.records;
	to = arena_alloc(&s->g.arena, cap * sizeof(*to));
	if (!to)
		return false;
	if (s->g.count)
		memcpy(to, s->g.records, s->g.count * sizeof(*to));
	s->g.records = to;
	s->cap = cap;
	hold(a, s, cap * sizeof(*to));
	return true;
}

static bool over_limits(const struct assemble *a, const struct slot *s, const struct record *r)
{
	return s->g.count && (s->g.count == a->limits.records || s->bytes + r->raw.n > a->limits.bytes);
}

static void keep(struct assemble *a, struct slot *s, const struct record *r)
{
	s->heard = a->clock;
	s->fresh = true;
	if (over_limits(a, s, r) || (s->g.count == s->cap && !grow(a, s))) {
		s->g.cut_records++;
		s->g.cut_bytes += r->raw.n;
		a->counts.cut_records++;
		return;
	}
	s->g.records[s->g.count++] = *r;
	s->bytes += r->raw.n;
	hold(a, s, r->raw.n);
}

void assemble_push(struct assemble *a, const struct record *r)
{
	struct slot *s = a->last;
	uint32_t node_hash = 0;
	bool done = r->type == TYPE_PROCTITLE || r->type == TYPE_EOE;

	a->counts.records++;
	if (!s || !same_event(s, r)) {
		node_hash = hash_node(r->node);
		s = find(a, r, node_hash);
	}
	if (r->type == TYPE_EOE && !r->body.n && !r->enriched.n) {
		a->counts.eoe++;
		if (s)
			close_slot(a, s, GROUP_EOE);
		else if (!was_closed(a, r, node_hash))
			a->counts.late_eoe++;
		return;
	}
	if (!s) {
		done = done || record_type_alone(r->type);
		s = open_slot(a, r, node_hash, !done);
	}
	keep(a, s, r);
	if (done || !s->g.count) /* no memory even for the first: nothing is there to stay open */
		close_slot(a, s, GROUP_EOE);
	else
		a->last = s;
}

/* Spans of a record lie in its raw text; one that does not is empty. */
static struct span rebase(struct span s, struct span from, const char *to)
{
	size_t at = (uintptr_t)s.p - (uintptr_t)from.p;

	return at <= from.n && s.n <= from.n - at ? span_of(to + at, s.n) : span_of(to, 0);
}

static bool copy_text(struct arena *arena, struct record *r)
{
	char *to = arena_alloc(arena, r->raw.n);

	if (!to)
		return false;
	if (r->raw.n)
		memcpy(to, r->raw.p, r->raw.n);
	r->body = rebase(r->body, r->raw, to);
	r->enriched = rebase(r->enriched, r->raw, to);
	r->node = rebase(r->node, r->raw, to);
	r->raw.p = to;
	return true;
}

static bool settle_slot(struct assemble *a, struct slot *s)
{
	for (; s->settled < s->g.count; s->settled++)
		if (!shed(a, s) || !copy_text(&s->g.arena, &s->g.records[s->settled]))
			return false;
	s->g.node = s->g.records[0].node;
	return true;
}

/* An event without room to stay goes out now, while its text is still there: nothing is lost by it. */
void assemble_settle(struct assemble *a)
{
	struct slot *s, *next;

	for (s = a->oldest; s; s = next) {
		next = s->newer;
		if (!settle_slot(a, s))
			close_slot(a, s, GROUP_EVICTED);
	}
}

void assemble_tick(struct assemble *a, int64_t now_ms)
{
	struct slot *s, *next;

	for (s = a->oldest; s; s = next) {
		next = s->newer;
		if (s->fresh) {
			s->fresh = false;
			s->ticked = now_ms;
		} else if (now_ms > s->ticked && elapsed(s->ticked, now_ms) >= a->limits.quiet_ms) {
			close_slot(a, s, GROUP_QUIET);
		}
	}
}

void assemble_flush(struct assemble *a)
{
	while (a->oldest)
		close_slot(a, a->oldest, GROUP_FLUSHED);
}

const struct assemble_counts *assemble_counts(const struct assemble *a)
{
	return &a->counts;
}

unsigned assemble_open(const struct assemble *a)
{
	return a->open;
}

/*
 * A chunk holds the longest text, or the whole record array. Two chunks in a row are more than one chunk full, so
 * twice the bytes always hold one event of full size; all the others have a chunk each; and once more the bytes is
 * kept free for what is derived. By default 124 chunks of 64 KiB, touched only as used; what the open events hold
 * together has a bound of its own, so that a hostile log can't make all of them touched at once.
 */
static bool new_pool(struct assemble *a)
{
	size_t array = a->limits.records * sizeof(struct record);
	size_t chunk = array > TEXT_MAX ? array : TEXT_MAX;
	size_t full = a->limits.bytes / chunk + 1;
	size_t usable = a->limits.events + 2 * full;

	a->reserve = full + TEXTS;
	a->most = a->limits.bytes + a->limits.events * (size_t)SMALL_EVENT;
	a->pool = arena_pool_new(chunk, usable + 1 + a->reserve);
	return a->pool != NULL;
}

static bool new_slots(struct assemble *a)
{
	size_t slots = (size_t)a->limits.events + 1; /* one for events of a single record, which never stay */
	size_t buckets = 2;

	while (buckets < slots)
		buckets *= 2;
	a->bucket_mask = (uint32_t)(buckets - 1);
	a->buckets = calloc(buckets, sizeof(*a->buckets));
	a->slots = calloc(slots, sizeof(*a->slots));
	if (!a->buckets || !a->slots)
		return false;
	for (size_t i = 0; i < slots; i++) {
		a->slots[i].chain = a->free;
		a->free = &a->slots[i];
	}
	return true;
}

static unsigned bounded(unsigned limit)
{
	return limit < 1 ? 1 : limit > LIMIT_MAX ? LIMIT_MAX : limit;
}

struct assemble *assemble_new(const struct assemble_limits *limits, assemble_emit *emit, void *ctx)
{
	struct assemble *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->limits = limits ? *limits : assemble_default_limits;
	a->limits.events = bounded(a->limits.events);
	a->limits.records = bounded(a->limits.records);
	a->emit = emit;
	a->ctx = ctx;
	a->clock = INT64_MIN;
	if (new_pool(a) && new_slots(a))
		return a;
	assemble_free(a);
	return NULL;
}

void assemble_free(struct assemble *a)
{
	if (!a)
		return;
	arena_pool_free(a->pool);
	free(a->slots);
	free(a->buckets);
	free(a);
}
