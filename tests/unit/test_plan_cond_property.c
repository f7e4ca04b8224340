/*
 * What the plan of a condition lets through is never less than what the condition selects: random conditions, through
 * the real parser, against random events, through the real normaliser, on hosts of all kinds, judged by the real
 * ruleset. PLAN_SEED, PLAN_ROUNDS and PLAN_FIRST (the first round: each has a seed of its own) in the environment
 * change the run. A condition and an event that break the rule are made smaller as long as they still do.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "filter/cond_match.h"
#include "filter/ruleset.h"
#include "plan_event_kit.h"
#include "rule/plan_cond.h"

#include <stdio.h>
#include <stdlib.h>

#define CONDITIONS 60 /* a round, all for one host */
#define EVENTS 80
#define ROUNDS 480

static struct plan_random rnd;
static uint64_t cases, matched, let_through, asked;

/* ---- conditions ---- */

enum kind { ALL, ANY, NOT, CHECK };
#define PARTS 4
struct node {
	enum kind kind;
	unsigned count;
	struct node *part[PARTS];
	char head[96];            /* "not"less: FIELD OPERATOR */
	char value[PARTS][160];   /* quoted */
	bool list;
};
static struct node pool[4096];
static unsigned pooled;

static void put_node(struct buf *b, const struct node *n)
{
	if (n->kind == CHECK) {
		buf_printf(b, "%s", n->head);
		for (unsigned i = 0; i < n->count; i++)
			buf_printf(b, "%s%s", i ? ", " : n->list ? " (" : " ", n->value[i]);
		if (n->list)
			buf_putc(b, ')');
		return;
	}
	if (n->kind == NOT)
		buf_lit(b, "not ");
	buf_putc(b, '(');
	for (unsigned i = 0; i < n->count; i++) {
		if (i)
			buf_text(b, n->kind == ALL ? " and " : " or ");
		put_node(b, n->part[i]);
	}
	buf_putc(b, ')');
}

static const char *text_of(const struct node *n)
{
	static char text[16384];
	struct buf b = { text, 0, sizeof(text) - 1, false };

	put_node(&b, n);
	assert_false(b.full);
	text[b.n] = '\0';
	return text;
}

/* ---- values that this round's events have ---- */

enum type { TEXT, NUMBER, TRUTH, ADDRESS, TEXTS };
static const struct known {
	const char *name;
	enum type type;
} known[] = {
	{ "evt.type", TEXT }, { "evt.type", TEXT }, { "syscall.type", TEXT }, { "evt.category", TEXT }, { "evt.source", TEXT },
	{ "evt.dir", TEXT }, { "audit.arch", TEXT }, { "evt.res", TEXT }, { "evt.res", TEXT }, { "proc.exepath", TEXT },
	{ "proc.exepath", TEXT }, { "proc.name", TEXT }, { "fd.name", TEXT }, { "fd.name", TEXT }, { "fd.directory", TEXT },
	{ "fd.directory", TEXT }, { "fd.filename", TEXT }, { "fd.nameraw", TEXT }, { "fd.type", TEXT }, { "fd.typechar", TEXT }, { "fd.sockfamily", TEXT },
	{ "fs.path.name", TEXT }, { "fs.path.name", TEXT }, { "fs.path.source", TEXT }, { "fs.path.target", TEXT },
	{ "fs.path.nameraw", TEXT }, { "fs.path.sourceraw", TEXT }, { "fs.path.targetraw", TEXT }, { "evt.abspath", TEXT },
	{ "audit.path[0].mode", TEXT }, { "audit.path[1].mode", TEXT }, { "audit.path[0].nametype", TEXT },
	{ "audit.path[1].name", TEXT }, { "proc.cwd", TEXT }, { "proc.cmdline", TEXT }, { "evt.args", TEXT },
	{ "audit.obj_pid.ocomm", TEXT }, { "audit.kern_module.name", TEXT }, { "audit.types", TEXTS }, { "audit.keys", TEXTS },
	{ "evt.rawres", NUMBER }, { "evt.rawres", NUMBER }, { "user.uid", NUMBER }, { "user.loginuid", NUMBER },
	{ "audit.uid", NUMBER }, { "audit.suid", NUMBER }, { "audit.fsuid", NUMBER }, { "group.gid", NUMBER },
	{ "audit.gid", NUMBER }, { "audit.sgid", NUMBER }, { "audit.fsgid", NUMBER }, { "proc.pid", NUMBER },
	{ "proc.ppid", NUMBER }, { "audit.session", NUMBER }, { "fd.num", NUMBER }, { "fd.num", NUMBER },
	{ "audit.path[0].ouid", NUMBER }, { "audit.path[1].ogid", NUMBER }, { "audit.items", NUMBER },
	{ "evt.failed", TRUTH }, { "evt.is_open_read", TRUTH }, { "evt.is_open_write", TRUTH }, { "evt.is_open_create", TRUTH },
	{ "evt.is_open_exec", TRUTH }, { "fd.sip", ADDRESS }, { "fd.cip", ADDRESS }, { "fd.lip", ADDRESS }, { "fd.rip", ADDRESS },
	{ "fd.ip", ADDRESS }, { "fd.net", ADDRESS }, { "fd.snet", ADDRESS }, { "fd.rnet", ADDRESS }, { "fd.sport", NUMBER },
	{ "fd.rport", NUMBER }, { "fd.cport", NUMBER }, { "fd.lport", NUMBER }, { "fd.port", NUMBER },
};
#define KNOWN (sizeof(known) / sizeof(known[0]))
#define ARGS 6

static struct kit_call events[EVENTS];
static struct harvest {
	char value[KNOWN][100]; /* empty: none */
	char arg[ARGS][40], arg_value[ARGS][100];
	unsigned args;
} harvest[EVENTS];

static bool is_sayable(const char *text)
{
	for (const char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			return false;
	return true;
}

static void take(char to[100], const struct value *v)
{
	struct buf b = { to, 0, 99, false };

	event_kit_print(&b, v);
	to[b.full || !is_sayable(to) ? 0 : b.n] = '\0';
}

static void gather(void *ctx, struct event *ev)
{
	struct harvest *h = &harvest[*(unsigned *)ctx];
	struct value v;

	memset(h, 0, sizeof(*h));
	for (size_t i = 0; i < KNOWN; i++)
		if (event_kit_get(ev, known[i].name, &v))
			take(h->value[i], &v);
	for (uint32_t i = 0; i < ev->arg_count && h->args < ARGS; i++) {
		snprintf(h->arg[h->args], sizeof(h->arg[0]), "evt.arg.%.*s", (int)ev->args[i].name.n, ev->args[i].name.p);
		take(h->arg_value[h->args++], &ev->args[i].value);
	}
}

/* ---- making them ---- */

static void quote(char to[160], const char *text, size_t n)
{
	char *w = to;

	*w++ = '"';
	for (size_t i = 0; i < n && w < to + 150; i++) {
		if (text[i] == '"' || text[i] == '\\')
			*w++ = '\\';
		*w++ = text[i];
	}
	*w++ = '"';
	*w = '\0';
}

/* A value for the operator out of one that there is. */
static void make_value(char to[160], const char *op, const char *text)
{
	size_t n = strlen(text), from = 0, some = n ? 1 + pick(&rnd, (unsigned)n) : 0;
	char glob[120];

	if (strstr(op, "startswith")) {
		n = some;
		for (size_t i = 0; i < sizeof(kit_directories) / sizeof(kit_directories[0]); i++) {
			size_t dir = strlen(kit_directories[i]);

			/* the name of a directory that another one begins like */
			if (dir && strncmp(text, kit_directories[i], dir) == 0 && text[dir] != '/' && chance(&rnd, 60))
				n = dir;
		}
	} else if (strstr(op, "endswith")) {
		from = n - some;
		n = some;
	} else if (strstr(op, "contains")) {
		const char *number = strstr(text, "0x"); /* bits without a name, behind those with one */

		from = n ? pick(&rnd, (unsigned)n) : 0;
		if (number && chance(&rnd, 60))
			from = (size_t)(number - text);
		n = from < n ? 1 + pick(&rnd, (unsigned)(n - from)) : 0;
	} else if (strstr(op, "pmatch") && n) {
		while (n > 1 && chance(&rnd, 60) && memrchr(text, '/', n - 1))
			n = (size_t)((char *)memrchr(text, '/', n - 1) - text);
	}
	if (strstr(op, "glob") || (strstr(op, "pmatch") && chance(&rnd, 30))) {
		size_t at = n ? pick(&rnd, (unsigned)n) : 0;

		if (chance(&rnd, 25) && at < n)
			snprintf(glob, sizeof(glob), pick(&rnd, 2) ? "%.*s[%c]%s" : "%.*s\\%c%s", (int)at, text, text[at],
				text + at + 1);
		else
			snprintf(glob, sizeof(glob), "%.*s%s%s", (int)at, text, pick(&rnd, 4) ? "*" : "?",
				chance(&rnd, 50) && at + 1 < n ? text + at + 1 : "");
		quote(to, glob, strlen(glob));
		return;
	}
	/* a number that is never shown like this */
	if (strcmp(op, "!=") == 0 && n && text[0] >= '0' && text[0] <= '9' && chance(&rnd, 20)) {
		snprintf(glob, sizeof(glob), pick(&rnd, 2) ? "0%s" : "%s0", text);
		if (chance(&rnd, 50))
			snprintf(glob, sizeof(glob), "%llu", (1ull << 32) + strtoull(text, NULL, 0));
		quote(to, glob, strlen(glob));
		return;
	}
	quote(to, text + from, n);
}

/* For an operator to which either case is the same. */
static void change_case(char *text)
{
	for (; *text; text++)
		*text = cond_upper(*text);
}

static void some_text(char to[100], const char *field)
{
	static const char *const words[] = {
		"open", "execve", "syscall_", "PTRACE_SETREGS", "O_CREAT", "O_RDWR", "CLONE_NEW", "f", "4", "unix", "file", "E",
		"SUCCESS", "EPERM", "0", "-1", "user_login", "x86_64", "s", "AT_FDCWD", "0x5", "E4000", "seccomp", "FAILED", "net",
		"0X", "C0", "|0X1"
	};
	struct kit_theme all;

	if (strstr(field, "path") || strstr(field, "fd.") == field) {
		kit_choose_theme(&rnd, &all, NULL);
		kit_some_path(&rnd, &all, to);
	} else {
		strcpy(to, ONE_OF(&rnd, words));
	}
}

static const char *number_text(const char *near)
{
	static char text[32];
	static const int64_t some[] = {
		-1, 0, 1, 3, 5, 1000, 4294967294, 4294967295, 4294967296, -13, 2147483648, -5000
	};
	int64_t v = *near && chance(&rnd, 70) ? strtoll(near, NULL, 10) + (int)pick(&rnd, 3) - 1 : ONE_OF(&rnd, some);

	snprintf(text, sizeof(text), "%lld", (long long)(*near && chance(&rnd, 40) ? strtoll(near, NULL, 10) : v));
	return text;
}

static const char *choose_op(enum type type)
{
	static const char *const texts[] = {
		"=", "=", "!=", "contains", "startswith", "startswith", "endswith", "glob", "in", "in", "pmatch", "icontains",
		"icontains", "exists", "contains", "contains anyof", "startswith allof", "iglob"
	};
	static const char *const numbers[] = { "=", "=", "!=", "<", "<=", ">", ">=", "in", "exists", "intersects" };
	static const char *const truths[] = { "=", "=", "!=", "exists" };
	static const char *const addresses[] = { "=", "!=", "in", "exists" };
	static const char *const lists[] = { "intersects", "intersects", "in", "exists" };

	switch (type) {
	case TEXT:
		return ONE_OF(&rnd, texts);
	case NUMBER:
		return ONE_OF(&rnd, numbers);
	case TRUTH:
		return ONE_OF(&rnd, truths);
	case ADDRESS:
		return ONE_OF(&rnd, addresses);
	case TEXTS:
		return ONE_OF(&rnd, lists);
	}
	return "=";
}

/* A value of that field: another event's, or any. */
static const char *other_value(int field, const char *name, const char *mine, char room[100])
{
	const char *theirs = field >= 0 ? harvest[pick(&rnd, EVENTS)].value[field] : "";

	if (*mine && chance(&rnd, 70))
		return mine;
	if (*theirs && chance(&rnd, 80))
		return theirs;
	some_text(room, name);
	return room;
}

static void add_value(struct node *n, enum type type, const char *op, const char *text)
{
	static const char *const types[] = {
		"EXECVE", "PATH", "OPENAT2", "SOCKADDR", "OBJ_PID", "MMAP", "KERN_MODULE", "AVC", "USER_LOGIN", "SOCKETCALL"
	};
	char *to = n->value[n->count++], one[100];

	switch (type) {
	case NUMBER:
		strcpy(to, number_text(text));
		return;
	case TRUTH:
		strcpy(to, pick(&rnd, 4) ? "true" : "false");
		return;
	case ADDRESS:
		strcpy(to, pick(&rnd, 2) ? "127.0.0.0/8" : pick(&rnd, 2) ? "0.0.0.1" : pick(&rnd, 2) ? "::/0" : "0.0.0.0/0");
		return;
	case TEXTS:
		snprintf(one, sizeof(one), "%.*s", (int)strcspn(text, ","), text);
		if (!*one || chance(&rnd, 70))
			strcpy(one, ONE_OF(&rnd, types));
		quote(to, one, strlen(one));
		return;
	case TEXT:
		make_value(to, op, text);
		if ((strcmp(op, "icontains") == 0 || strcmp(op, "iglob") == 0) && chance(&rnd, 50))
			change_case(to);
		return;
	}
}

static struct node *make_check(const struct harvest *h)
{
	struct node *n = &pool[pooled++];
	int field = (int)pick(&rnd, chance(&rnd, 15) ? 8 : KNOWN); /* the first are of what kind the call is */
	const char *name = known[field].name, *mine = h->value[field], *op, *change = "";
	enum type type = known[field].type;
	char room[100];

	memset(n, 0, sizeof(*n));
	n->kind = CHECK;
	for (unsigned tries = 0; tries < 3 && !*mine; tries++) { /* mostly of what it has */
		field = (int)pick(&rnd, KNOWN);
		name = known[field].name;
		mine = h->value[field];
		type = known[field].type;
	}
	if (h->args && chance(&rnd, 20)) {
		unsigned arg = pick(&rnd, h->args);

		field = -1;
		name = h->arg[arg];
		mine = h->arg_value[arg];
		type = TEXT;
	}
	op = choose_op(type);
	if (type == TEXT && chance(&rnd, 5))
		change = pick(&rnd, 2) ? "tolower" : pick(&rnd, 2) ? "toupper" : "basename";
	snprintf(n->head, sizeof(n->head), "%s%s%s%s %s", change, *change ? "(" : "", name, *change ? ")" : "", op);
	if (strcmp(op, "exists") == 0)
		return n;
	n->list = strcmp(op, "in") == 0 || strcmp(op, "intersects") == 0 || strcmp(op, "pmatch") == 0 || strstr(op, "of");
	for (unsigned i = n->list ? 1 + pick(&rnd, PARTS) : 1; i; i--)
		add_value(n, type, op, other_value(field, name, mine, room));
	return n;
}

static struct node *make_node(const struct harvest *h, unsigned depth)
{
	struct node *n;

	if (chance(&rnd, 10))
		h = &harvest[pick(&rnd, EVENTS)];
	if (depth == 0 || chance(&rnd, 30))
		return make_check(h);
	n = &pool[pooled++];
	memset(n, 0, sizeof(*n));
	n->kind = chance(&rnd, 15) ? NOT : chance(&rnd, 65) ? ALL : ANY;
	n->count = n->kind == NOT ? 1 : 2 + pick(&rnd, PARTS - 1);
	for (unsigned i = 0; i < n->count; i++)
		n->part[i] = make_node(h, depth - 1);
	return n;
}

/* ---- one condition, one plan ---- */

static void quiet(void *ctx, const struct cond_fault *fault)
{
	char *what = ctx;

	if (!fault->warning && what)
		strcpy(what, fault->what);
}

static void quiet_rule(void *ctx, const struct rule_fault *fault)
{
	(void)ctx;
	(void)fault;
}

/* The plan's text has what went wrong where there is none. */
static struct plan *plan_of(const char *condition, const struct plan_host *host, bool must)
{
	struct plan_wants wants = { .count = 0 };
	struct plan *plan;
	struct cond cond;
	char what[320] = "";

	if (cond_parse(&cond, NULL, condition, 0, quiet, what) < 0) {
		if (must)
			fail_msg("%s: %s", condition, what);
		return NULL;
	}
	plan = plan_new();
	assert_int_equal(plan_section(plan, "rule", "x"), 0);
	assert_int_equal(plan_cond_wants(&wants, &cond, plan, 0, host), 0);
	assert_in_range(wants.count, 0, PLAN_DISJUNCTS);
	assert_int_equal(plan_make(plan, &wants, 1, host), 0);
	plan_wants_release(&wants);
	cond_release(&cond);
	return plan;
}

/* ---- making smaller what went wrong ---- */

struct trial {
	struct ruleset *rules;
	bool matches;
};

static void judge(void *ctx, struct event *ev)
{
	struct trial *t = ctx;
	struct ruleset_match m;

	ruleset_match(t->rules, ev, &m);
	t->matches = m.rule != NULL;
}

static bool is_wrong(const struct node *n, struct kit_call *c, const struct plan_host *host)
{
	const char *text = text_of(n);
	struct rule_spec spec = { .id = "x", .condition = text, .enabled = true };
	struct plan *plan = plan_of(text, host, false);
	struct trial t = { NULL, false };
	struct event_kit k = { .on_event = judge, .ctx = &t };
	char lines[8192];
	struct buf b = { lines, 0, sizeof(lines), false };
	bool told;

	if (!plan)
		return false;
	kit_model(c);
	told = plan_accepts(plan, &c->model);
	plan_free(plan);
	if (ruleset_new(&t.rules, &spec, 1, NULL, false, quiet, quiet_rule, NULL) < 0)
		return false;
	kit_print(c, 1, &b);
	event_kit_start(&k, &assemble_default_limits);
	event_kit_feed(&k, b.p, b.n);
	event_kit_end(&k);
	ruleset_free(t.rules);
	return t.matches && !told;
}

static bool smaller_check(struct node *n, const struct node *root, struct kit_call *c, const struct plan_host *host)
{
	for (unsigned i = 0; n->count > 1 && i < n->count; i++) {
		struct node was = *n;

		memmove(n->value[i], n->value[i + 1], (n->count - i - 1) * sizeof(n->value[0]));
		n->count--;
		if (is_wrong(root, c, host))
			return true;
		*n = was;
	}
	return false;
}

/* One step; false: no part of it can go. */
static bool smaller(struct node **at, struct node **root, struct kit_call *c, const struct plan_host *host)
{
	struct node *n = *at;

	if (n->kind == CHECK)
		return smaller_check(n, *root, c, host);
	for (unsigned i = 0; i < n->count; i++) {
		*at = n->part[i];
		if (is_wrong(*root, c, host))
			return true;
		*at = n;
	}
	for (unsigned i = 0; n->count > 1 && i < n->count; i++) {
		struct node was = *n;

		memmove(&n->part[i], &n->part[i + 1], (n->count - i - 1) * sizeof(n->part[0]));
		n->count--;
		if (is_wrong(*root, c, host))
			return true;
		*n = was;
	}
	for (unsigned i = 0; i < n->count; i++)
		if (smaller(&n->part[i], root, c, host))
			return true;
	return false;
}

static void plainer(struct kit_call *c, const struct node *root, const struct plan_host *host)
{
	struct plan_event *m = &c->model;
	uint32_t *ids[] = {
		&m->auid, &m->uid, &m->euid, &m->suid, &m->fsuid, &m->gid, &m->egid, &m->sgid, &m->fsgid, &m->session,
		&m->pid, &m->ppid
	};
	struct kit_call was;

	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		uint32_t old = *ids[i];

		*ids[i] = 0;
		if (!is_wrong(root, c, host))
			*ids[i] = old;
	}
	for (unsigned i = 0; i < 4; i++) {
		was = *c;
		c->model.a[i] = 0;
		if (!is_wrong(root, c, host))
			*c = was;
	}
	for (unsigned i = 0; i < c->path_count;) {
		was = *c;
		memmove(&c->path[i], &c->path[i + 1], (c->path_count - i - 1) * sizeof(c->path[0]));
		c->path_count--;
		if (!is_wrong(root, c, host)) {
			*c = was;
			i++;
		}
	}
	was = *c;
	c->address[0] = '\0';
	if (!is_wrong(root, c, host))
		*c = was;
}

static void tell(struct node *n, struct kit_call *c, const struct plan_host *host, const char *name)
{
	static char text[65536];
	struct buf b = { text, 0, sizeof(text), false };
	struct plan *plan;

	if (!is_wrong(n, c, host))
		printf("alone it does not happen\n");
	while (smaller(&n, &n, c, host))
		;
	plainer(c, n, host);
	kit_model(c);
	plan = plan_of(text_of(n), host, true);
	printf("condition %s | host %s, features %#x | ", text_of(n), name, host->features);
	kit_print(c, 1, &b);
	for (size_t i = 0; i < b.n; i++)
		putchar(text[i] == '\n' ? ' ' : text[i]);
	for (unsigned i = 0; c->listed[i]; i++)
		printf("| object %s ", c->listed[i]);
	b.n = 0;
	plan_kit_print(plan, &b);
	printf("\nits plan:\n%.*s", (int)b.n, b.p);
	plan_free(plan);
}

/* ---- rounds ---- */

struct round {
	const struct plan_host *host;
	const char *name;
	uint64_t number;
	unsigned event;
	struct ruleset *rules;
	struct node *root[CONDITIONS];
	struct plan *plan[CONDITIONS];
};

static void check(void *ctx, struct event *ev)
{
	struct round *r = ctx;
	struct kit_call *c = &events[r->event];
	struct ruleset_match m;

	ruleset_match(r->rules, ev, &m);
	cases += CONDITIONS;
	matched += m.count;
	for (size_t i = 0; i < m.count; i++) {
		unsigned which = (unsigned)atoi(m.names[i].p);

		if (plan_accepts(r->plan[which], &c->model))
			continue;
		tell(r->root[which], c, r->host, r->name);
		fail_msg("round %llu: the plan hides an event that the condition selects", (unsigned long long)r->number);
	}
	/* of some, what it would let through at all */
	for (unsigned i = r->event % 8; i < CONDITIONS; i += 8) {
		asked++;
		let_through += plan_accepts(r->plan[i], &c->model);
	}
}

static void feed(struct event_kit *k, unsigned event, unsigned serial)
{
	char lines[8192];
	struct buf b = { lines, 0, sizeof(lines), false };
	uint64_t before = k->groups;

	kit_print(&events[event], serial, &b);
	assert_false(b.full);
	event_kit_feed(k, b.p, b.n);
	assert_int_equal(k->groups, before + 1);
}

static void make_conditions(struct round *r)
{
	static char text[CONDITIONS][16384], names[CONDITIONS][EVENT_PAD + 8];
	static struct rule_spec specs[CONDITIONS];

	pooled = 0;
	for (unsigned i = 0; i < CONDITIONS; i++) {
		struct cond cond;

		do { /* again where chance made one that is refused */
			unsigned was = pooled;

			r->root[i] = make_node(&harvest[pick(&rnd, EVENTS)], 3);
			strcpy(text[i], text_of(r->root[i]));
			if (cond_parse(&cond, NULL, text[i], 0, quiet, NULL) == 0)
				break;
			pooled = was;
		} while (true);
		cond_release(&cond);
		assert_in_range(pooled, 0, sizeof(pool) / sizeof(pool[0]) - 100);
		snprintf(names[i], sizeof(names[i]), "%u", i);
		specs[i] = (struct rule_spec){ .id = names[i], .condition = text[i], .enabled = true };
		r->plan[i] = plan_of(text[i], r->host, true);
	}
	assert_int_equal(ruleset_new(&r->rules, specs, CONDITIONS, NULL, false, quiet, quiet_rule, NULL), 0);
}

static void round_of(uint64_t number, const struct plan_kit_host *kit)
{
	struct plan_host host = plan_kit_host(kit);
	struct round r = { .host = &host, .name = kit->name, .number = number };
	struct event_kit gathering = { .on_event = gather, .ctx = &r.event }, k = { .on_event = check, .ctx = &r };
	struct kit_theme theme;

	kit_choose_theme(&rnd, &theme, &host);
	host.features &= pick(&rnd, 128) | pick(&rnd, 128);
	event_kit_start(&gathering, &assemble_default_limits);
	for (r.event = 0; r.event < EVENTS; r.event++) {
		kit_make(&rnd, &theme, &events[r.event]);
		feed(&gathering, r.event, r.event + 1);
	}
	event_kit_end(&gathering);
	make_conditions(&r);
	event_kit_start(&k, &assemble_default_limits);
	for (r.event = 0; r.event < EVENTS; r.event++)
		feed(&k, r.event, r.event + 1);
	event_kit_end(&k);
	ruleset_free(r.rules);
	for (unsigned i = 0; i < CONDITIONS; i++)
		plan_free(r.plan[i]);
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static void never_less(void **unused)
{
	uint64_t seed = number_of("PLAN_SEED", 20260101), first = number_of("PLAN_FIRST", 0);
	uint64_t rounds = number_of("PLAN_ROUNDS", ROUNDS);

	(void)unused;
	printf("seed %llu\n", (unsigned long long)seed);
	for (uint64_t i = first; i < first + rounds; i++) {
		rnd.state = (seed + i) * UINT64_C(0x9e3779b97f4a7c15) | 1;
		round_of(i, &plan_kit_hosts[i % PLAN_KIT_HOSTS]);
	}
	printf("%llu cases, %llu matched, %llu of %llu let through\n", (unsigned long long)cases,
		(unsigned long long)matched, (unsigned long long)let_through, (unsigned long long)asked);
	/* else the property is empty, or the plans are */
	assert_true(matched * 40 > cases);
	assert_true(let_through * 4 < asked * 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
