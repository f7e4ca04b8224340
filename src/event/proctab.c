/*
 * A hash table of chains through one array. A new process takes the place of one that was not heard of since the hand
 * went by last (the clock algorithm); the marks that the hand looks at lie apart, so that its round is short.
 */
#include "event/proctab.h"

#include "base/hash.h"

#include <stdlib.h>

#define CAPACITY 4096
#define CAPACITY_MAX (1u << 20)
#define PAD 16                        /* that proctab_text() promises */
#define NONE UINT32_MAX
#define INIT 1                        /* adopts the orphans */
#define STALE_NS INT64_C(60000000000) /* an event may come so late, and be out of date */
#define NEWS_NS (PROC_NEWS_S * INT64_C(1000000000))
#define SLACK_NS INT64_C(100000000)   /* an event's time is that of the last clock tick, and so is a start */

static const struct {
	uint16_t at, room;
} places[PROC_TEXT_COUNT] = {
	[PROC_NAME] = { 0, 16 }, [PROC_EXEPATH] = { 16, 96 }, [PROC_EXE] = { 112, 64 },
	[PROC_CMDLINE] = { 176, PROC_TEXT_MAX },
};

struct proctab {
	uint32_t capacity, count, hand;
	uint32_t passed;    /* by the hand, since an event was told of */
	uint32_t mask;      /* of buckets */
	uint32_t *buckets;  /* first of each chain, or NONE */
	uint8_t *heard;     /* a mark each: since the hand went by */
	struct proc *procs;
};

static uint64_t node_hash(struct span node)
{
	return hash_bytes(0, node.p, node.n);
}

static uint32_t *bucket_of(const struct proctab *t, uint64_t node, uint32_t pid)
{
	return &t->buckets[hash_u64(node, pid) & t->mask];
}

static struct proc *lookup(struct proctab *t, uint64_t node, uint32_t pid)
{
	uint32_t i;

	if (!pid)
		return NULL;
	for (i = *bucket_of(t, node, pid); i != NONE; i = t->procs[i].next)
		if (t->procs[i].pid == pid && t->procs[i].node == node) {
			t->heard[i] = 1;
			return &t->procs[i];
		}
	return NULL;
}

static void forget(struct proctab *t, uint32_t index)
{
	const struct proc *p = &t->procs[index];
	uint32_t *at = bucket_of(t, p->node, p->pid);

	while (*at != index)
		at = &t->procs[*at].next;
	*at = p->next;
}

/* What was found since the event was told of has its mark, and keeps its place while the hand goes round but once. */
static uint32_t free_place(struct proctab *t, bool once)
{
	uint32_t i;

	if (t->count < t->capacity)
		return t->count++;
	for (;;) {
		if (once && t->passed >= t->capacity)
			return NONE;
		t->passed++;
		i = t->hand;
		t->hand = i + 1 < t->capacity ? i + 1 : 0;
		if (!t->heard[i])
			break;
		t->heard[i] = 0;
	}
	forget(t, i);
	return i;
}

static struct proc *put(struct proctab *t, uint32_t i, uint64_t node, uint32_t pid)
{
	uint32_t *bucket = bucket_of(t, node, pid);
	struct proc *p = &t->procs[i];

	p->pid = pid;
	p->node = node;
	p->next = *bucket;
	*bucket = i;
	t->heard[i] = 1;
	return p;
}

static struct proc *add(struct proctab *t, uint64_t node, uint32_t pid)
{
	return put(t, free_place(t, false), node, pid);
}

/* Nothing known but pid and node. */
static void reset(struct proc *p)
{
	p->ppid = 0;
	p->exec_ns = p->news_ns = p->looked_ns = 0;
	p->exited = false;
	memset(p->cut, 0, sizeof(p->cut));
	memset(p->len, 0, sizeof(p->len));
}

/* Do not end inside a character: back to before its first byte. */
static size_t whole_characters(const char *p, size_t n)
{
	size_t end = n;

	while (end > 0 && n - end < 3 && ((unsigned char)p[end] & 0xc0) == 0x80)
		end--;
	return ((unsigned char)p[end] & 0xc0) == 0x80 ? n : end;
}

static void keep_text(struct proc *p, enum proc_text which, struct span s)
{
	size_t room = places[which].room;
	bool cut = s.n > room;
	size_t n = cut ? whole_characters(s.p, room) : s.n;

	p->cut[which] = cut ? (uint32_t)s.n : 0;
	p->len[which] = (uint8_t)n;
	if (n)
		memcpy(p->text + places[which].at, s.p, n);
}

/* Could `s` be what was kept? An empty one on either side says nothing against it. */
static bool fits(const struct proc *p, enum proc_text which, struct span s)
{
	struct span kept = proctab_text(p, which);

	if (!s.n || !kept.n)
		return true;
	return proctab_is_cut(p, which) ? s.n == p->cut[which] && span_starts(s, kept) : span_eq(s, kept);
}

static bool same_process(const struct proc *p, const struct proc_view *v)
{
	if (p->exited && v->time_ns > p->news_ns)
		return false;
	if (p->ppid && v->ppid && v->ppid != p->ppid && v->ppid != INIT)
		return false;
	return fits(p, PROC_EXEPATH, v->text[PROC_EXEPATH]);
}

static bool out_of_date(const struct proc *p, const struct proc_view *v)
{
	return v->time_ns < p->exec_ns && (uint64_t)p->exec_ns - (uint64_t)v->time_ns < STALE_NS;
}

static void take_view(struct proc *p, const struct proc_view *v)
{
	if (v->ppid)
		p->ppid = v->ppid;
	if (v->time_ns > p->news_ns)
		p->news_ns = v->time_ns;
	for (int i = 0; i < PROC_TEXT_COUNT; i++) {
		bool stands = p->len[i] && (p->exec_ns || fits(p, i, v->text[i]));

		if (v->text[i].n && !stands)
			keep_text(p, i, v->text[i]);
	}
}

void proctab_seen(struct proctab *t, const struct proc_view *v)
{
	uint64_t node = node_hash(v->node);
	struct proc *p = lookup(t, node, v->pid);

	t->passed = 0;
	if (!v->pid || (p && out_of_date(p, v)))
		return;
	if (!p || !same_process(p, v)) {
		if (!p)
			p = add(t, node, v->pid);
		reset(p);
	}
	take_view(p, v);
}

void proctab_exec(struct proctab *t, const struct proc_view *v)
{
	uint64_t node = node_hash(v->node);
	struct proc *p = lookup(t, node, v->pid);

	t->passed = 0;
	if (!v->pid)
		return;
	if (!p)
		p = add(t, node, v->pid);
	reset(p);
	take_view(p, v);
	p->exec_ns = v->time_ns;
}

void proctab_fork(struct proctab *t, const struct proc_view *v, uint32_t child)
{
	uint64_t node = node_hash(v->node);
	const struct proc *parent;
	struct proc *p;

	if (!v->pid || !child || child == v->pid)
		return;
	proctab_seen(t, v);
	p = lookup(t, node, child);
	if (p && !p->exited && p->ppid == v->pid && p->news_ns >= v->time_ns)
		return; /* it spoke first */
	if (!p)
		p = add(t, node, child);
	reset(p);
	p->ppid = v->pid;
	p->news_ns = v->time_ns;
	parent = lookup(t, node, v->pid);
	if (!parent)
		return; /* a table of one has no room for both */
	memcpy(p->cut, parent->cut, sizeof(p->cut));
	memcpy(p->len, parent->len, sizeof(p->len));
	memcpy(p->text, parent->text, sizeof(p->text));
}

void proctab_exit(struct proctab *t, const struct proc_view *v)
{
	struct proc *p = lookup(t, node_hash(v->node), v->pid);

	if (!p || out_of_date(p, v))
		return;
	p->exited = true;
	p->news_ns = v->time_ns;
	t->heard[p - t->procs] = 0;
}

/* The times of events may go back a little. */
static bool is_near(int64_t a, int64_t b)
{
	return (a > b ? (uint64_t)a - (uint64_t)b : (uint64_t)b - (uint64_t)a) < NEWS_NS;
}

bool proctab_is_due(const struct proc *p, int64_t now_ns)
{
	return !p || (!is_near(now_ns, p->news_ns) && !is_near(now_ns, p->looked_ns));
}

/*
 * Is it the process that was known, by what a look found? Who held the pid at the latest news and was started before
 * them still is that process; but where no exec of it was seen, it may have run another program since.
 */
static bool is_still(const struct proc *p, const struct proc_view *v, int64_t start_ns)
{
	if (start_ns - SLACK_NS > p->news_ns)
		return false;
	return p->exec_ns || (fits(p, PROC_EXEPATH, v->text[PROC_EXEPATH]) && fits(p, PROC_NAME, v->text[PROC_NAME]));
}

const struct proc *proctab_looked(struct proctab *t, const struct proc_view *v, int64_t start_ns)
{
	bool found = (v->ppid || v->text[PROC_NAME].n) && start_ns - SLACK_NS <= v->time_ns;
	uint64_t node = node_hash(v->node);
	struct proc *p = lookup(t, node, v->pid);
	uint32_t place;

	if (!v->pid)
		return NULL;
	if (!p) {
		place = free_place(t, true);
		if (place == NONE)
			return NULL;
		p = put(t, place, node, v->pid);
		reset(p);
	} else if (found && !is_still(p, v, start_ns)) {
		reset(p);
	}
	if (found)
		take_view(p, v);
	p->looked_ns = v->time_ns;
	return p;
}

const struct proc *proctab_find(struct proctab *t, struct span node, uint32_t pid)
{
	return lookup(t, node_hash(node), pid);
}

unsigned proctab_ancestors(struct proctab *t, const struct proc *p, const struct proc **out, unsigned max)
{
	const struct proc *first = p;
	unsigned n = 0;

	if (max > PROC_DEPTH)
		max = PROC_DEPTH;
	while (n < max) {
		unsigned i = 0;

		p = lookup(t, p->node, p->ppid);
		while (i < n && out[i] != p)
			i++;
		if (!p || p == first || i < n)
			break;
		out[n++] = p;
	}
	return n;
}

struct span proctab_text(const struct proc *p, enum proc_text which)
{
	return span_of(p->text + places[which].at, p->len[which]);
}

struct proctab *proctab_new(unsigned capacity)
{
	struct proctab *t = calloc(1, sizeof(*t));
	size_t buckets = 2;

	if (!t)
		return NULL;
	t->capacity = !capacity ? CAPACITY : capacity < CAPACITY_MAX ? capacity : CAPACITY_MAX;
	while (buckets < t->capacity)
		buckets *= 2;
	t->mask = (uint32_t)(buckets - 1);
	t->buckets = malloc(buckets * sizeof(*t->buckets));
	t->heard = calloc(t->capacity, 1);
	/* So large that the system gives its pages as they are used. */
	t->procs = calloc(1, t->capacity * sizeof(*t->procs) + PAD);
	if (t->buckets && t->heard && t->procs) {
		memset(t->buckets, 0xff, buckets * sizeof(*t->buckets));
		return t;
	}
	proctab_free(t);
	return NULL;
}

void proctab_free(struct proctab *t)
{
	if (!t)
		return;
	free(t->procs);
	free(t->heard);
	free(t->buckets);
	free(t);
}
