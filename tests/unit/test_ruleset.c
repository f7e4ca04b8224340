#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "event_kit.h"
#include "filter/ruleset.h"

#include <errno.h>
#include <stdio.h>

/* What was told of a load, one a line. */
struct told {
	char text[4096];
	size_t n;
};

static void on_cond(void *ctx, const struct cond_fault *f)
{
	struct told *t = ctx;

	t->n += (size_t)snprintf(t->text + t->n, sizeof(t->text) - t->n, "%s%lu condition %lu\n", f->warning ? "warning " : "",
		(unsigned long)f->index, (unsigned long)f->at);
}

static void on_rule(void *ctx, const struct rule_fault *f)
{
	static const char *const texts[] = { "output", "tags" };
	struct told *t = ctx;

	assert_true(f->what[0] != '\0');
	t->n += (size_t)snprintf(t->text + t->n, sizeof(t->text) - t->n, "%s%lu %s %lu\n", f->warning ? "warning " : "",
		(unsigned long)f->index, texts[f->text], (unsigned long)f->at);
}

static struct ruleset *load(const struct rule_spec *specs, size_t count, bool first)
{
	struct ruleset *s = NULL;
	struct told t = { .n = 0 };

	assert_int_equal(ruleset_new(&s, specs, count, NULL, first, on_cond, on_rule, &t), 0);
	assert_string_equal(t.text, "");
	return s;
}

/* --- one event, and what becomes of it --- */

struct look {
	struct ruleset *set;
	bool pending;
	unsigned events;
	char names[256], assumed[512]; /* a blank behind each */
	const char *best;              /* its id */
	bool suppressed;
};

static void join(char *out, size_t cap, const struct span *s, size_t n)
{
	struct buf b = { .p = out, .cap = cap - 1 };

	for (size_t i = 0; i < n; i++) {
		buf_put(&b, s[i].p, s[i].n);
		buf_putc(&b, ' ');
	}
	assert_false(b.full);
	out[b.n] = '\0';
}

static void on_event(void *ctx, struct event *ev)
{
	struct look *l = ctx;
	struct ruleset_match m;

	l->events++;
	ev->pending = l->pending;
	ruleset_match(l->set, ev, &m);
	join(l->names, sizeof(l->names), m.names, m.count);
	join(l->assumed, sizeof(l->assumed), m.assumed, m.assumed_count);
	l->best = m.rule ? m.rule->id.p : "";
	l->suppressed = m.suppressed;
	if (m.rule)
		assert_ptr_equal(m.rule, ruleset_rule(l->set, m.index));
}

static void at(struct look *l, int64_t ms)
{
	struct event_kit kit = { .on_event = on_event, .ctx = l };
	char text[512];
	int n = snprintf(text, sizeof(text), "type=SYSCALL msg=audit(%ld.%03ld:7): arch=c000003e syscall=87 success=yes exit=0"
		" a0=1 a1=2 a2=3 a3=4 items=0 ppid=1 pid=30 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0"
		" tty=pts0 ses=3 comm=\"rm\" exe=\"/usr/bin/rm\" key=(null)\n", (long)(ms / 1000), (long)(ms % 1000));

	l->events = 0;
	event_kit_start(&kit, NULL);
	event_kit_feed(&kit, text, (size_t)n);
	event_kit_end(&kit);
	assert_int_equal(l->events, 1);
}

static void look(struct look *l)
{
	at(l, 1700000000000);
}

static void the_most_severe(void **state)
{
	static const struct rule_spec specs[] = {
		{ .id = "a", .name = "Rule a", .condition = "evt.type = unlink", .priority = 5, .enabled = true },
		{ .id = "b", .condition = "proc.name = rm", .priority = 3, .enabled = true },
		{ .id = "c", .condition = "proc.name = mv", .priority = 0, .enabled = true },
		{ .id = "d", .condition = "proc.exepath endswith /rm", .priority = 3, .enabled = true },
		{ .id = "e", .condition = "proc.name = rm", .priority = 0, .enabled = false }
	};
	struct look l = { .set = load(specs, 5, false) };

	(void)state;
	look(&l);
	assert_string_equal(l.names, "Rule a b d ");
	assert_string_equal(l.best, "b");
	look(&l);
	assert_int_equal(ruleset_count(l.set), 5);
	assert_int_equal(ruleset_rule(l.set, 0)->matched, 2);
	assert_int_equal(ruleset_rule(l.set, 2)->matched, 0);
	assert_int_equal(ruleset_rule(l.set, 4)->matched, 0);
	assert_false(ruleset_rule(l.set, 4)->enabled);
	ruleset_free(l.set);

	l.set = load(specs + 1, 4, true);
	look(&l);
	assert_string_equal(l.names, "b ");
	assert_string_equal(l.best, "b");
	assert_int_equal(ruleset_rule(l.set, 2)->matched, 0);
	ruleset_free(l.set);

	l.set = load(specs + 2, 1, false);
	look(&l);
	assert_string_equal(l.best, "");
	assert_false(l.suppressed);
	ruleset_free(l.set);

	l.set = load(specs, 0, false);
	look(&l);
	assert_string_equal(l.names, "");
	ruleset_free(l.set);
}

/* Two a second, three at once. */
static void limits(void **state)
{
	static const struct rule_spec specs[] = {
		{ .id = "slow", .condition = "proc.name = rm", .priority = 1, .enabled = true, .rate = 2, .per_ms = 1000, .burst = 3 },
		{ .id = "all", .condition = "evt.type = unlink", .priority = 5, .enabled = true }
	};
	struct look l = { .set = load(specs, 1, false) };
	int64_t t = 1700000000000;

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		at(&l, t);
		assert_int_equal(l.suppressed, i >= 3);
		assert_string_equal(l.best, i < 3 ? "slow" : "");
		assert_string_equal(l.names, i < 3 ? "slow " : "");
	}
	at(&l, t + 499);
	assert_true(l.suppressed);
	at(&l, t + 500);
	assert_false(l.suppressed);
	/* A late event brings no token, and takes none away. */
	at(&l, t + 400);
	assert_true(l.suppressed);
	at(&l, t + 999);
	assert_true(l.suppressed);
	at(&l, t + 1000);
	assert_false(l.suppressed);
	/* A clock that was set back goes on from there. */
	at(&l, t - 3600000);
	assert_true(l.suppressed);
	at(&l, t - 3600000 + 500);
	assert_false(l.suppressed);
	/* However long nothing came: no more than the burst. */
	for (unsigned i = 0; i < 4; i++) {
		at(&l, t + INT64_C(100000000000));
		assert_int_equal(l.suppressed, i >= 3);
	}
	assert_int_equal(ruleset_rule(l.set, 0)->matched, 16);
	assert_int_equal(ruleset_rule(l.set, 0)->suppressed, 7);
	ruleset_free(l.set);

	/* Where another rule goes on, the event is that one's. */
	l.set = load(specs, 2, false);
	for (unsigned i = 0; i < 4; i++)
		at(&l, t);
	assert_string_equal(l.names, "all ");
	assert_string_equal(l.best, "all");
	assert_false(l.suppressed);
	ruleset_free(l.set);

	/* The first that matches counts, even where its limit silences it. */
	l.set = load(specs, 2, true);
	for (unsigned i = 0; i < 4; i++)
		at(&l, t);
	assert_string_equal(l.names, "");
	assert_true(l.suppressed);
	ruleset_free(l.set);
}

static void bounds_of_limits(void **state)
{
	static const struct rule_spec specs[] = {
		{ .id = "most", .condition = "proc.name = rm", .enabled = true, .rate = UINT64_MAX, .per_ms = UINT64_MAX,
			.burst = UINT64_MAX },
		{ .id = "least", .condition = "proc.name = rm", .enabled = true, .rate = 1, .per_ms = UINT64_C(86400000) },
		{ .id = "no", .condition = "proc.name = rm", .enabled = true, .rate = 0, .burst = 1 }
	};
	struct look l = { .set = load(specs, 3, false) };

	(void)state;
	at(&l, 0);
	assert_true(strstr(l.names, "least no ") != NULL);
	at(&l, 86399999);
	assert_true(strstr(l.names, "least ") == NULL);
	at(&l, 86400000);
	assert_true(strstr(l.names, "least no ") != NULL);
	ruleset_free(l.set);
}

static void not_yet_run(void **state)
{
	static const struct rule_spec specs[] = {
		{ .id = "failed", .condition = "proc.name = rm and evt.failed = true", .enabled = true },
		{ .id = "not", .condition = "proc.name = rm and not evt.failed = true", .enabled = true },
		{ .id = "other", .condition = "proc.name = mv and evt.rawres < 0", .enabled = true },
		{ .id = "either", .condition = "proc.name = rm or evt.res = EPERM", .enabled = true },
		{ .id = "same", .condition = "evt.type = unlink and evt.failed = true", .enabled = true },
		{ .id = "right", .condition = "user.uid = val(fd.num) and not evt.dir = >", .enabled = true }
	};
	struct look l = { .set = load(specs, 6, false) };

	(void)state;
	look(&l);
	assert_string_equal(l.names, "not either ");
	assert_string_equal(l.assumed, "");
	l.pending = true;
	for (unsigned i = 0; i < 2; i++) {
		look(&l);
		assert_string_equal(l.names, "failed not either same right ");
		assert_string_equal(l.assumed, "evt.failed = true not evt.failed = true not evt.dir = > user.uid = val(fd.num) ");
	}
	ruleset_free(l.set);
}

/* A command line with 31,000 bytes on either side of what it does. */
static void cut(void **state)
{
	static const struct rule_spec specs[] = {
		{ .id = "kept", .condition = "proc.cmdline startswith sh and proc.cmdline contains aaa", .enabled = true },
		{ .id = "lost", .condition = "evt.type = execve and proc.cmdline contains anyof (curl, wget, nc, socat)",
			.enabled = true },
		{ .id = "not", .condition = "not evt.arg.args contains curl and not proc.cmdline contains curl", .enabled = true },
		{ .id = "other", .condition = "proc.cmdline contains curl and proc.name = mv", .enabled = true },
		{ .id = "told", .condition = "not proc.cmdline contains aaa or proc.cmdline startswith bash", .enabled = true }
	};
	static char text[70000];
	struct look l = { .set = load(specs, 5, false) };

	(void)state;
	for (unsigned long_one = 0; long_one < 2; long_one++) {
		struct event_kit kit = { .on_event = on_event, .ctx = &l };
		unsigned pad = long_one ? 31000 : 4;
		struct buf b = { .p = text, .cap = sizeof(text) };

		buf_lit(&b, "type=SYSCALL msg=audit(1700000000.000:7): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2"
			" a2=3 a3=4 items=0 ppid=1 pid=30 uid=0 comm=\"sh\" exe=\"/bin/sh\" key=(null)\n"
			"type=EXECVE msg=audit(1700000000.000:7): argc=4 a0=\"sh\" a1=\"");
		for (unsigned i = 0; i < pad; i++)
			buf_putc(&b, 'a');
		buf_lit(&b, "\" a2=\"curl\"\ntype=EXECVE msg=audit(1700000000.000:7): a3=\"");
		for (unsigned i = 0; i < pad; i++)
			buf_putc(&b, 'b');
		buf_lit(&b, "\"\n");
		assert_false(b.full);
		event_kit_start(&kit, NULL);
		event_kit_feed(&kit, b.p, b.n);
		event_kit_end(&kit);
		assert_string_equal(l.names, long_one ? "kept lost not " : "kept lost ");
		assert_string_equal(l.assumed, long_one ? "proc.cmdline contains anyof (curl, wget, nc, socat) "
			"not evt.arg.args contains curl not proc.cmdline contains curl " : "");
	}
	ruleset_free(l.set);
}

static void faults(void **state)
{
	static const struct rule_spec specs[] = {
		{ .id = "0", .condition = "proc.name = ", .tags = "a,,b" },
		{ .id = "1", .condition = "proc.name = rm", .output = "%no.such.field", .enabled = true },
		{ .id = "2", .condition = "proc.name = rm or proc.name regex \"a(b\"", .tags = "a, b, a" },
		{ .id = "3", .condition = "proc.name = rm", .output = "all is well %proc.name", .enabled = true, .tags = "" }
	};
	struct ruleset *s = NULL;
	struct told t = { .n = 0 };

	(void)state;
	assert_int_equal(ruleset_new(&s, specs, 4, NULL, false, on_cond, on_rule, &t), -EINVAL);
	assert_null(s);
	assert_string_equal(t.text, "0 condition 12\n0 tags 2\n1 output 0\n2 condition 34\nwarning 2 tags 6\n3 tags 0\n");
}

static void what_a_rule_has(void **state)
{
	static const struct rule_spec specs[] = {
		{ .id = "x", .condition = "proc.name = rm and (fd.sport = 1 or evt.arg.flags = val(evt.res))", .output = "%proc.pid",
			.tags = "one, two", .priority = 2, .enabled = true },
		{ .id = "y", .condition = "user.name = root and proc.aname = x", .enabled = false }
	};
	struct ruleset *s = load(specs, 2, false);
	const struct rule *rule = ruleset_rule(s, 0);
	struct field_set set = { .bit = { 0 } };
	unsigned n = 0;

	(void)state;
	assert_true(span_eq(rule->name, SPAN("x")) && span_eq(rule->id, SPAN("x")));
	assert_int_equal(rule->tag_count, 2);
	assert_true(span_eq(rule->tags[1], SPAN("two")));
	assert_non_null(rule->output);
	assert_null(ruleset_rule(s, 1)->output);
	assert_non_null(ruleset_rule(s, 1)->condition.root);
	ruleset_needs(s, &set);
	for (int f = 0; f < FIELD_COUNT; f++)
		n += field_set_has(&set, f);
	assert_int_equal(n, 4);
	assert_true(field_set_has(&set, FIELD_PROC_NAME) && field_set_has(&set, FIELD_FD_SPORT));
	assert_true(field_set_has(&set, FIELD_EVT_ARG) && field_set_has(&set, FIELD_EVT_RES));
	ruleset_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_most_severe),
		cmocka_unit_test(limits),
		cmocka_unit_test(bounds_of_limits),
		cmocka_unit_test(not_yet_run),
		cmocka_unit_test(cut),
		cmocka_unit_test(faults),
		cmocka_unit_test(what_a_rule_has)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
