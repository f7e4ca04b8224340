/*
 * A scene is words: "7SCPT" are four records of serial 7, one letter a type (see types[]); "a/7@900S" is one of node a
 * at 900 ms; "|" settles, "+500" ticks at 500 ms, "." flushes. What comes out is told the same way, "7SCPT=eoe", "-2"
 * for two records cut. Every text lies in a block of its own that is freed when it was settled, so that a sanitizer
 * sees what was kept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "event/assemble.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RECORDS 4096
#define TEXT_MAX 80000

static const struct {
	char letter;
	uint16_t number;
} types[] = {
	{ 'S', 1300 }, /* SYSCALL */
	{ 'P', 1302 }, /* PATH */
	{ 'G', 1305 }, /* CONFIG_CHANGE: alone or not */
	{ 'C', 1307 }, /* CWD */
	{ 'X', 1309 }, /* EXECVE */
	{ 'E', 1320 }, /* EOE */
	{ 'T', 1327 }, /* PROCTITLE */
	{ 'R', 1336 }, /* URINGOP */
	{ 'A', 1400 }, /* AVC: alone or not */
	{ 'U', 1100 }, /* USER_AUTH: always alone */
};
#define TYPES (sizeof(types) / sizeof(types[0]))

struct pushed {
	int64_t time_ms;
	uint32_t serial;
	uint16_t type;
	char node;    /* 0: none */
	bool out;     /* was emitted */
	size_t pad;   /* bytes that its text is longer by */
};

struct scene {
	struct assemble *a;
	struct pushed pushed[RECORDS];
	char *text[RECORDS]; /* not yet settled */
	unsigned count;
	size_t pad;          /* for the records to come */
	uint64_t groups, kept, cut, cut_bytes, eoe;
	char out[16384];
	size_t n;
};

static const char *const end_names[] = { "eoe", "quiet", "evicted", "flushed", "late" };

static char letter_of(unsigned type)
{
	for (size_t i = 0; i < TYPES; i++)
		if (types[i].number == type)
			return types[i].letter;
	return '?';
}

/* One with a text, as nobody writes it but a forger, has a pad. */
static bool is_bare_eoe(const struct pushed *p)
{
	return p->type == 1320 && !p->pad;
}

/* The text of the record number `id`, in out, and a NUL; fills r. */
static void write_record(const struct pushed *p, unsigned id, char *out, struct record *r)
{
	int head = 0, body = 0, enriched = 0;

	if (p->node)
		head = sprintf(out, "node=%c ", p->node);
	head += sprintf(out + head, "type=%u msg=audit(%lld:%u): ", p->type, (long long)p->time_ms, p->serial);
	if (is_bare_eoe(p)) {
		*r = (struct record){
			.raw = span_of(out, (size_t)head), .body = span_of(out + head, 0),
			.enriched = span_of(out + head, 0), .node = span_of(out + 5, p->node ? 1 : 0),
			.time_ms = p->time_ms, .serial = p->serial, .type = p->type
		};
		return;
	}
	body = sprintf(out + head, "id=%u ", id);
	memset(out + head + body, 'x', p->pad);
	body += (int)p->pad;
	out[head + body] = 0x1d;
	enriched = sprintf(out + head + body + 1, "ID=\"%u\"", id);
	*r = (struct record){
		.raw = span_of(out, (size_t)(head + body + 1 + enriched)), .body = span_of(out + head, (size_t)body),
		.enriched = span_of(out + head + body + 1, (size_t)enriched), .node = span_of(out + 5, p->node ? 1 : 0),
		.time_ms = p->time_ms, .serial = p->serial, .type = p->type
	};
}

static void check_record(struct scene *s, const struct group *g, const struct record *r, unsigned *id)
{
	static char text[TEXT_MAX];
	struct record want;
	struct pushed *p;

	assert_true(span_starts(r->body, SPAN("id=")));
	*id = (unsigned)strtoul(r->body.p + 3, NULL, 10);
	assert_in_range(*id, 0, s->count - 1);
	p = &s->pushed[*id];
	assert_false(p->out);
	p->out = true;
	write_record(p, *id, text, &want);
	assert_true(span_eq(r->raw, want.raw));
	assert_true(span_eq(r->body, want.body));
	assert_true(span_eq(r->enriched, want.enriched));
	assert_true(span_eq(r->node, want.node));
	assert_true(span_eq(g->node, want.node));
	assert_int_equal(r->type, p->type);
	assert_false(is_bare_eoe(p));
	assert_true(r->time_ms == p->time_ms && g->time_ms == p->time_ms);
	assert_true(r->serial == p->serial && g->serial == p->serial);
	for (const volatile char *c = r->raw.p; c < r->raw.p + r->raw.n + RECORD_PAD; c++)
		(void)*c;
}

static void tell(struct scene *s, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	if (s->n < sizeof(s->out))
		s->n += (size_t)vsnprintf(s->out + s->n, sizeof(s->out) - s->n, fmt, args);
	va_end(args);
}

static void on_group(void *ctx, struct group *g)
{
	struct scene *s = ctx;
	unsigned id, before = 0;

	assert_true(g->count > 0);
	tell(s, "%s", s->n ? " " : "");
	if (g->node.n)
		tell(s, "%c/", g->node.p[0]);
	tell(s, "%u", g->serial);
	if (g->time_ms)
		tell(s, "@%lld", (long long)g->time_ms);
	for (uint32_t i = 0; i < g->count; i++, before = id) {
		check_record(s, g, &g->records[i], &id);
		assert_true(i == 0 || id > before);
		tell(s, "%c", letter_of(g->records[i].type));
	}
	if (g->cut_records)
		tell(s, "-%u", g->cut_records);
	tell(s, "=%s", end_names[g->end]);
	s->groups++;
	s->kept += g->count;
	s->cut += g->cut_records;
	s->cut_bytes += g->cut_bytes;
	assert_true((g->cut_records > 0) == (g->cut_bytes > 0));
	assert_non_null(arena_alloc(&g->arena, 4000));
}

static void start(struct scene *s, const struct assemble_limits *limits)
{
	memset(s, 0, sizeof(*s));
	s->a = assemble_new(limits, on_group, s);
	assert_non_null(s->a);
}

static void push(struct scene *s, char node, int64_t time_ms, uint32_t serial, uint16_t type)
{
	struct pushed *p = &s->pushed[s->count];
	char text[TEXT_MAX];
	struct record r;

	assert_in_range(s->count, 0, RECORDS - 1);
	*p = (struct pushed){ .time_ms = time_ms, .serial = serial, .type = type, .node = node, .pad = s->pad };
	write_record(p, s->count, text, &r);
	s->text[s->count] = malloc(r.raw.n + RECORD_PAD);
	assert_non_null(s->text[s->count]);
	memset(s->text[s->count] + r.raw.n, '#', RECORD_PAD);
	write_record(p, s->count, s->text[s->count], &r);
	s->eoe += is_bare_eoe(p);
	s->count++;
	assemble_push(s->a, &r);
}

static void settle(struct scene *s)
{
	assemble_settle(s->a);
	for (unsigned i = s->count; i-- > 0 && s->text[i]; s->text[i] = NULL)
		free(s->text[i]);
}

/* Flush; the counts must add up to what was pushed and what came out. */
static void finish(struct scene *s)
{
	const struct assemble_counts *c = assemble_counts(s->a);
	uint64_t out = 0;

	assemble_flush(s->a);
	for (unsigned i = 0; i < s->count; i++)
		out += s->pushed[i].out;
	assert_int_equal(assemble_open(s->a), 0);
	assert_int_equal(c->records, s->count);
	assert_int_equal(c->events, s->groups);
	assert_int_equal(c->cut_records, s->cut);
	assert_int_equal(c->eoe, s->eoe);
	assert_int_equal(out, s->kept);
	assert_int_equal(s->count, s->kept + s->cut + s->eoe);
	settle(s);
	assemble_free(s->a);
}

static void play_records(struct scene *s, const char *word)
{
	char node = 0, *at;
	int64_t time_ms = 0;
	uint32_t serial;

	if (word[1] == '/') {
		node = word[0];
		word += 2;
	}
	serial = (uint32_t)strtoul(word, &at, 10);
	if (*at == '@')
		time_ms = strtoll(at + 1, &at, 10);
	for (; *at && *at != ' '; at++)
		for (size_t i = 0; i < TYPES; i++)
			if (types[i].letter == *at)
				push(s, node, time_ms, serial, types[i].number);
}

static void play(struct scene *s, const char *script)
{
	for (const char *w = script; *w; w += strcspn(w, " "), w += strspn(w, " ")) {
		if (*w == '|')
			settle(s);
		else if (*w == '+')
			assemble_tick(s->a, strtoll(w + 1, NULL, 10));
		else if (*w == '.')
			assemble_flush(s->a);
		else
			play_records(s, w);
	}
}

/*
 * Play the script under these limits (NULL: the defaults); what comes out by it, and by a last flush, must be `want`.
 */
static struct assemble_counts check(const struct assemble_limits *limits, const char *script, const char *want)
{
	static struct scene s;
	struct assemble_counts c;

	start(&s, limits);
	play(&s, script);
	assemble_flush(s.a);
	c = *assemble_counts(s.a);
	assert_string_equal(s.out, want);
	finish(&s);
	return c;
}

static void ends(void **state)
{
	(void)state;
	check(NULL, "7SCPE", "7SCP=eoe");
	check(NULL, "7SCPT 8SE", "7SCPT=eoe 8S=eoe");
	check(NULL, "7U 8U", "7U=eoe 8U=eoe");
	check(NULL, "7SCP", "7SCP=flushed");
	check(NULL, "3S 1S 2S", "3S=flushed 1S=flushed 2S=flushed");
	check(NULL, "", "");
	check(NULL, "7T", "7T=eoe");
	/* A type that stands alone joins what is open all the same. */
	check(NULL, "7S 7U 7T", "7SUT=eoe");
	/* Types that may or may not be alone wait. */
	check(NULL, "7A 7SCPT", "7ASCPT=eoe");
	check(NULL, "7G 8SCPT 9G 9ST", "8SCPT=eoe 9GST=eoe 7G=flushed");
	check(NULL, "6R 7RCPPPPE 6SCPTE", "7RCPPPP=eoe 6RSCPT=eoe");
}

static void an_eoe_behind_a_proctitle_is_no_late_one(void **state)
{
	struct assemble_counts c;

	(void)state;
	c = check(NULL, "7STE 8STE 9SE", "7ST=eoe 8ST=eoe 9S=eoe");
	assert_int_equal(c.eoe, 3);
	assert_int_equal(c.late_eoe, 0);
	assert_int_equal(c.late, 0);
	c = check(NULL, "7S 8ST 7T 8E 7E", "8ST=eoe 7ST=eoe");
	assert_int_equal(c.late_eoe, 0);
	c = check(NULL, "5E 7ST 5E 7E 7@1E a/7E", "7ST=eoe");
	assert_int_equal(c.late_eoe, 4);
	assert_int_equal(c.eoe, 5);
}

/* A newline in a user's message may make its rest look like one: nothing of it may vanish. */
static void an_eoe_with_a_text_is_kept(void **state)
{
	static struct scene s;

	(void)state;
	start(&s, NULL);
	s.pad = 1;
	push(&s, 0, 0, 7, 1300);
	push(&s, 0, 0, 7, 1320);
	push(&s, 0, 0, 7, 1320);
	push(&s, 0, 0, 8, 1320);
	push(&s, 0, 0, 9, 1300);
	s.pad = 0;
	push(&s, 0, 0, 9, 1320);
	assert_string_equal(s.out, "7SE=eoe 7E=late 8E=eoe 9S=eoe");
	finish(&s);
}

static void late_records_come_together(void **state)
{
	struct assemble_counts c;

	(void)state;
	c = check(NULL, "7ST 8S 7P 7C 8P 7P 8T", "7ST=eoe 8SPT=eoe 7PCP=late");
	assert_int_equal(c.late, 1);
	assert_int_equal(c.events, 3);
	c = check(NULL, "7ST 7PE 7CT 7U", "7ST=eoe 7P=late 7CT=late 7U=late");
	assert_int_equal(c.late, 3);
	c = check(NULL, "7ST 7P 8@3000ST", "7ST=eoe 7P=late 8@3000ST=eoe");
	assert_int_equal(c.quiet, 0);
	/* Another time is another boot, another node another host. */
	c = check(NULL, "7ST 7@1ST a/7ST", "7ST=eoe 7@1ST=eoe a/7ST=eoe");
	assert_int_equal(c.late, 0);
}

static void old_keys_are_forgotten(void **state)
{
	static struct scene s;

	(void)state;
	start(&s, NULL);
	push(&s, 0, 0, 5, 1327);
	for (uint32_t serial = 6; serial < 5 + 1024; serial++)
		push(&s, 0, 0, serial, 1327);
	push(&s, 0, 0, 5, 1320);
	assert_int_equal(assemble_counts(s.a)->late_eoe, 0);
	push(&s, 0, 0, 5 + 1024, 1327);
	push(&s, 0, 0, 5, 1320);
	assert_int_equal(assemble_counts(s.a)->late_eoe, 1);
	assert_int_equal(assemble_counts(s.a)->late, 0);
	finish(&s);
}

static void interleaved(void **state)
{
	(void)state;
	check(NULL, "7S 8S 7C 9S 8C 9C 7P 9T 8P 7T 8T", "9SCT=eoe 7SCPT=eoe 8SCPT=eoe");
	check(NULL, "a/7S b/7S 7S a/7P b/7C 7X 7T b/7T a/7T", "7SXT=eoe b/7SCT=eoe a/7SPT=eoe");
	check(NULL, "7@1S 7@2S 7@1P 7@2P", "7@1SP=flushed 7@2SP=flushed");
	check(NULL, "4294967295S 0S 4294967295T 0T 1ST", "4294967295ST=eoe 0ST=eoe 1ST=eoe");
}

/* Shapes of live records: an exec cut by the kernel, a fork bomb that lost serials, a script on RHEL 6. */
static void samples(void **state)
{
	(void)state;
	check(NULL, "33GSTE 36SXXXCPPTE 37SXCPP 38SXCPP 37TE 38TE",
		"33GST=eoe 36SXXXCPPT=eoe 37SXCPPT=eoe 38SXCPPT=eoe");
	check(NULL, "43GST 44GST 48@4ST 49@8ST 57@9ST", "43GST=eoe 44GST=eoe 48@4ST=eoe 49@8ST=eoe 57@9ST=eoe");
	check(NULL, "41@6505G 42@6509SXXCPPE 43@6513SXCPE 44@6517G",
		"42@6509SXXCPP=eoe 43@6513SXCP=eoe 41@6505G=flushed 44@6517G=flushed");
	/* The same without EOE, as in audit.log. */
	check(NULL, "41@6505G 42@6509SXXCPP 43@6513SXCP 44@9000ASCP",
		"41@6505G=quiet 42@6509SXXCPP=quiet 43@6513SXCP=quiet 44@9000ASCP=flushed");
}

static void texts_outlive_their_memory(void **state)
{
	static struct scene s;

	(void)state;
	check(NULL, "7S | 7C | 7P 7P | 7T", "7SCPPT=eoe");
	check(NULL, "a/7S b/7S | a/7P | b/7P a/7T | b/7T", "a/7SPT=eoe b/7SPT=eoe");
	check(NULL, "| 7ST | | 7P | |", "7ST=eoe 7P=late");
	/* As long as a record may be, and more than fits in a chunk: it goes out before it is lost. */
	start(&s, NULL);
	s.pad = 65400;
	play(&s, "7SP | 7C |");
	assert_int_equal(assemble_open(s.a), 1);
	s.pad = 70000;
	play(&s, "7P 8S |");
	assert_string_equal(s.out, "7SPCP=evicted 8S=evicted");
	finish(&s);
}

static void quiet_by_ticks(void **state)
{
	(void)state;
	check(NULL, "7S +0 +1999 7P +2000 +3999 +4000 7P", "7SP=quiet 7P=late");
	check(NULL, "7S +100000 8S +101999 +102000 9S +103999", "7S=quiet 8S=quiet 9S=flushed");
	check(NULL, "7S +5000 +0 +6999 7T", "7ST=eoe");
	assert_int_equal(check(NULL, "7S 8S +0 8P +2000", "7S=quiet 8SP=flushed").quiet, 1);
	check(NULL, "7S +-9223372036854775808 +9223372036854775807", "7S=quiet");
}

static void quiet_by_the_log(void **state)
{
	struct assemble_limits at_once = assemble_default_limits;

	(void)state;
	check(NULL, "1A 2@2000ST 3@2001ST", "2@2000ST=eoe 1A=quiet 3@2001ST=eoe");
	check(NULL, "1@1000A 2@2000A 3@3500A 4@5000A", "1@1000A=quiet 2@2000A=quiet 3@3500A=flushed 4@5000A=flushed");
	/* A record keeps its event open. */
	check(NULL, "1@1000S 2@2000ST 1@1000P 3@3500ST 4@4001ST 1@1000T",
		"2@2000ST=eoe 3@3500ST=eoe 1@1000SP=quiet 4@4001ST=eoe 1@1000T=late");
	/* Slow calls are of the past and not quiet for that. */
	check(NULL, "1@90000S 2@100S 3@90001S 2@100P 4@50000S 3@90001T 2@100T 4@50000T 1@90000T",
		"3@90001ST=eoe 2@100SPT=eoe 4@50000ST=eoe 1@90000ST=eoe");
	at_once.quiet_ms = 0;
	check(&at_once, "1S 2S 3@1S", "1S=quiet 2S=quiet 3@1S=flushed");
	check(NULL, "1@-9223372036854775808A 2@9223372036854775807ST 3@-9223372036854775808ST",
		"1@-9223372036854775808A=quiet 2@9223372036854775807ST=eoe 3@-9223372036854775808ST=eoe");
}

static void a_wrong_time_does_not_stop_the_clock(void **state)
{
	static struct scene s;

	(void)state;
	start(&s, NULL);
	play(&s, "1@9000000000ST 2@1000A");
	for (uint32_t serial = 3; serial < 80; serial++)
		push(&s, 0, 1000, serial, 1327);
	assert_int_equal(assemble_open(s.a), 1);
	play(&s, "80@3000T");
	assert_int_equal(assemble_open(s.a), 1);
	play(&s, "81@3001T");
	assert_int_equal(assemble_open(s.a), 0);
	assert_int_equal(assemble_counts(s.a)->quiet, 1);
	finish(&s);
}

static void too_many_events(void **state)
{
	struct assemble_limits two = { .events = 2, .records = 100, .bytes = 10000, .quiet_ms = 2000 };
	struct assemble_limits none = { 0 };
	struct assemble_counts c;

	(void)state;
	c = check(&two, "1S 2S 3S 4S", "1S=evicted 2S=evicted 3S=flushed 4S=flushed");
	assert_int_equal(c.evicted, 2);
	check(&two, "1S 2S 3S 1P 1T", "1S=evicted 2S=evicted 1PT=late 3S=flushed");
	/* What needs no place takes none. */
	check(&two, "1S 2S 3U 4T 5E 1T 2T", "3U=eoe 4T=eoe 1ST=eoe 2ST=eoe");
	check(&none, "1S 2SP 2T | 3S", "1S=evicted 2S-2=eoe 3S=flushed");
}

static void too_much_of_one_event(void **state)
{
	struct assemble_limits three = { .events = 4, .records = 3, .bytes = 10000, .quiet_ms = 2000 };
	struct assemble_limits bytes = { .events = 4, .records = 9, .bytes = 100, .quiet_ms = 2000 };

	(void)state;
	check(&three, "1SPPPP 2S 1T 2T", "1SPP-3=eoe 2ST=eoe");
	check(&three, "1SPPPP 2S", "1SPP-2=flushed 2S=flushed");
	/* 38 bytes each; the first is kept, be it as long as it may. */
	check(&bytes, "1SPPP", "1SP-2=flushed");
	bytes.bytes = 1;
	check(&bytes, "1SPT", "1S-2=eoe");
}

static void defaults(void **state)
{
	static struct scene s;

	(void)state;
	start(&s, NULL);
	for (unsigned i = 0; i < 900; i++)
		push(&s, 0, 0, 1, 1302);
	for (uint32_t serial = 2; serial <= 64; serial++)
		push(&s, 0, 0, serial, 1300);
	settle(&s);
	assert_int_equal(s.groups, 0);
	assert_int_equal(assemble_counts(s.a)->cut_records, 100);
	push(&s, 0, 0, 65, 1300);
	assert_int_equal(s.groups, 1);
	assert_int_equal(s.kept, 800);
	finish(&s);
}

static void a_large_event_among_small_ones(void **state)
{
	static struct scene s;

	(void)state;
	start(&s, NULL);
	for (uint32_t serial = 1; serial <= 30; serial++)
		push(&s, 0, 0, serial, 1300);
	s.pad = 8900;
	for (unsigned i = 0; i < 250; i++) {
		push(&s, 0, 0, 31, 1309);
		settle(&s);
	}
	assert_int_equal(s.groups, 0);
	assert_in_range(assemble_counts(s.a)->cut_records, 250 - (1 << 20) / 8900, 250 - (1 << 20) / 8970);
	finish(&s);
	assert_int_equal(s.groups, 31);
}

/* The worst texts for the chunks, each a little over half of one: still nothing is cut but what is over the bytes. */
static void a_large_event_of_awkward_size(void **state)
{
	static struct scene s;

	(void)state;
	start(&s, NULL);
	s.pad = 32800;
	for (unsigned i = 0; i < 32; i++) {
		push(&s, 0, 0, 1, 1309);
		settle(&s);
	}
	assert_int_equal(s.groups, 0);
	assert_int_equal(assemble_counts(s.a)->cut_records, 1);
	finish(&s);
}

static void short_memory_evicts_the_oldest(void **state)
{
	static struct scene s;

	(void)state;
	start(&s, NULL);
	s.pad = 60000;
	for (uint32_t serial = 1; serial <= 20; serial++) {
		for (int i = 0; i < 9; i++)
			push(&s, 0, 0, serial, 1309);
		settle(&s);
		assert_in_range(assemble_open(s.a), 1, 2);
	}
	assert_string_equal(s.out, "1XXXXXXXXX=evicted 2XXXXXXXXX=evicted 3XXXXXXXXX=evicted 4XXXXXXXXX=evicted "
		"5XXXXXXXXX=evicted 6XXXXXXXXX=evicted 7XXXXXXXXX=evicted 8XXXXXXXXX=evicted 9XXXXXXXXX=evicted "
		"10XXXXXXXXX=evicted 11XXXXXXXXX=evicted 12XXXXXXXXX=evicted 13XXXXXXXXX=evicted "
		"14XXXXXXXXX=evicted 15XXXXXXXXX=evicted 16XXXXXXXXX=evicted 17XXXXXXXXX=evicted "
		"18XXXXXXXXX=evicted");
	assert_int_equal(assemble_counts(s.a)->cut_records, 0);
	finish(&s);
	assert_int_equal(s.groups, 20);
}

/* None is large, none is whole: together they are too much. */
static void many_half_large_events_are_bounded(void **state)
{
	static struct scene s;

	(void)state;
	start(&s, NULL);
	s.pad = 60000;
	for (uint32_t serial = 1; serial <= 64; serial++) {
		push(&s, 0, 0, serial, 1300);
		settle(&s);
		assert_in_range(assemble_open(s.a), serial < 20 ? serial : 20, 30);
	}
	assert_int_equal(assemble_counts(s.a)->cut_records, 0);
	finish(&s);
	assert_int_equal(s.groups, 64);
}

/* Random events, interleaved at random, under random limits: all that is said of counts and of keys must hold. */

#define CASES 20000
#define PLANS 12

struct plan {
	char node;
	int64_t time_ms;
	uint32_t serial;
	uint16_t types[8];
	unsigned n, next;
};

static uint64_t random_next(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static unsigned below(uint64_t *seed, unsigned n)
{
	return (unsigned)((random_next(seed) >> 16) % n);
}

/* An event's records: EOE and PROCTITLE only last, where `tame`. */
static void make_plan(uint64_t *seed, struct plan *p, unsigned index, bool tame)
{
	static const uint16_t middle[] = { 1300, 1302, 1305, 1307, 1309, 1336, 1400 };
	static const uint16_t any[] = { 1100, 1300, 1302, 1305, 1309, 1320, 1327 };

	p->time_ms = (int64_t)below(seed, 60) - (below(seed, 40) == 0 ? INT64_MAX : 0);
	/* Three nodes share few serials; no two plans have one key. */
	p->serial = index / 3 + below(seed, 2) * PLANS;
	p->node = "\0ab"[index % 3];
	p->n = 1 + below(seed, 6);
	p->next = 0;
	for (unsigned i = 0; i < p->n; i++)
		p->types[i] = tame ? middle[below(seed, 7)] : any[below(seed, 7)];
	if (below(seed, 2))
		p->types[p->n++] = 1327;
	if (below(seed, 2))
		p->types[p->n++] = 1320;
}

static struct assemble_limits make_limits(uint64_t *seed, bool tame)
{
	if (tame)
		return (struct assemble_limits){
			.events = PLANS, .records = 8, .bytes = 1 << 20, .quiet_ms = UINT32_MAX
		};
	return (struct assemble_limits){
		.events = 1 + below(seed, 8), .records = 1 + below(seed, 8), .quiet_ms = below(seed, 60),
		.bytes = below(seed, 4) ? 1 + below(seed, 400) : 100000
	};
}

static void random_case(uint64_t *seed)
{
	static struct scene s;
	struct plan plans[PLANS];
	bool tame = below(seed, 4) == 0, large = below(seed, 50) == 0;
	unsigned n = 1 + below(seed, PLANS), left = 0, real = 0;
	struct assemble_limits limits = make_limits(seed, tame);

	start(&s, &limits);
	for (unsigned i = 0; i < n; i++) {
		make_plan(seed, &plans[i], i, tame);
		plans[i].time_ms = tame ? 0 : plans[i].time_ms;
		left += plans[i].n;
		real += plans[i].types[0] != 1320;
	}
	while (left) {
		struct plan *p = &plans[below(seed, n)];
		unsigned what = below(seed, 30);

		if (what < 2)
			settle(&s);
		else if (what == 2 && !tame)
			assemble_tick(s.a, below(seed, 500));
		else if (what == 3 && !tame && below(seed, 4) == 0)
			assemble_flush(s.a);
		if (p->next == p->n)
			continue;
		s.pad = large ? below(seed, 40000) : below(seed, 40);
		if (tame && p->types[p->next] == 1320)
			s.pad = 0;
		push(&s, p->node, p->time_ms, p->serial, p->types[p->next++]);
		left--;
	}
	finish(&s);
	if (tame) {
		assert_int_equal(s.groups, real);
		assert_int_equal(s.cut, 0);
	}
}

static uint64_t case_seed;

static void any_stream_adds_up(void **state)
{
	const char *again = getenv("TEST_SEED");
	uint64_t seed = again ? strtoull(again, NULL, 0) : 0x9d2c5680;

	(void)state;
	for (unsigned i = 0; i < (again ? 1 : CASES); i++) {
		case_seed = seed;
		random_case(&seed);
	}
}

/* A teardown runs after a failure too, which an assertion leaves by longjmp. */
static int tell_seed(void **state)
{
	(void)state;
	print_message("the last case was TEST_SEED=%#llx\n", (unsigned long long)case_seed);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends),
		cmocka_unit_test(an_eoe_behind_a_proctitle_is_no_late_one),
		cmocka_unit_test(an_eoe_with_a_text_is_kept),
		cmocka_unit_test(late_records_come_together),
		cmocka_unit_test(old_keys_are_forgotten),
		cmocka_unit_test(interleaved),
		cmocka_unit_test(samples),
		cmocka_unit_test(texts_outlive_their_memory),
		cmocka_unit_test(quiet_by_ticks),
		cmocka_unit_test(quiet_by_the_log),
		cmocka_unit_test(a_wrong_time_does_not_stop_the_clock),
		cmocka_unit_test(too_many_events),
		cmocka_unit_test(too_much_of_one_event),
		cmocka_unit_test(defaults),
		cmocka_unit_test(a_large_event_among_small_ones),
		cmocka_unit_test(a_large_event_of_awkward_size),
		cmocka_unit_test(short_memory_evicts_the_oldest),
		cmocka_unit_test(many_half_large_events_are_bounded),
		cmocka_unit_test_teardown(any_stream_adds_up, tell_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
