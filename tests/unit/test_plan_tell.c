#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "rule/plan_tell.h"

#include <stdio.h>

static const struct plan_host host = { .arches = { ARCH_X86_64, ARCH_I386 } };

static struct plan *plan_of(unsigned sections)
{
	static const char *const names[] = { "a", "b", "c", "d" };
	struct plan *p = plan_new();

	assert_non_null(p);
	for (unsigned i = 0; i < sections; i++)
		assert_int_equal(plan_section(p, "rule", names[i]), i);
	return p;
}

/* A rule of one section: `calls` are native names with blanks between. */
static struct plan_rule *rule(struct plan *p, unsigned section, int arch, const char *calls)
{
	struct plan_rule *r = plan_add(p);
	size_t n;

	assert_non_null(r);
	r->list = WIRE_LIST_EXIT;
	r->action = WIRE_ALWAYS;
	r->arch = arch;
	r->key = PLAN_KEY;
	r->tags[section / 64] = UINT64_C(1) << section % 64;
	for (; *calls; calls += n + (calls[n] == ' ')) {
		unsigned nr = 0;

		n = strcspn(calls, " ");
		while (nr < PLAN_CALLS && !span_eq(syscall_native_name(arch, nr), span_of(calls, n)))
			nr++;
		assert_true(nr < PLAN_CALLS);
		plan_rule_call(r, nr);
	}
	return r;
}

static void test(struct plan_rule *r, uint32_t field, uint32_t value)
{
	assert_int_equal(plan_rule_test(r, field, WIRE_EQUAL, value, NULL), 0);
}

static void text(struct plan *p, struct plan_rule *r, uint32_t field, const char *value)
{
	assert_int_equal(plan_rule_test(r, field, WIRE_EQUAL, 0, plan_text(p, value, strlen(value))), 0);
}

static void put_calls(const struct plan_tell *t, const struct plan_calls *calls, struct buf *b)
{
	struct plan_tell_names names;

	plan_tell_names(t, calls, &names);
	if (names.but)
		buf_lit(b, "all but");
	for (size_t i = 0; i < names.count; i++) {
		if (i || names.but)
			buf_putc(b, ' ');
		buf_put(b, names.name[i].p, names.name[i].n);
	}
}

/* "calls: tests <- who / section tests / section tests" by lines. */
static void widens(const struct plan_tell *t, const char *lines)
{
	char out[4096];
	struct buf b = { out, 0, sizeof(out) - 1, false };

	for (size_t i = 0; i < t->widening_count; i++) {
		const struct plan_tell_widening *w = &t->widenings[i];

		put_calls(t, &w->calls, &b);
		buf_lit(&b, ": ");
		plan_tell_tests(w->form, &b);
		buf_lit(&b, " <-");
		for (size_t k = 0; k < w->by_count; k++)
			buf_printf(&b, " %s", t->plan->sections[w->by[k]].name);
		for (size_t k = 0; k < w->ask_count; k++) {
			buf_printf(&b, " / %s ", t->plan->sections[w->asks[k].section].name);
			plan_tell_tests(w->asks[k].form, &b);
		}
		buf_putc(&b, '\n');
	}
	assert_false(b.full);
	out[b.n] = '\0';
	assert_string_equal(out, lines);
}

static struct plan_tell *tell(const struct plan *plan, const struct plan *apart)
{
	struct plan_wants wants[4];
	struct plan_tell *t;

	memset(wants, 0, sizeof(wants));
	t = plan_tell_new(plan, apart, wants, &host);
	assert_non_null(t);
	return t;
}

static void always(const struct plan_tell *t, const char *names)
{
	char out[1024];
	struct buf b = { out, 0, sizeof(out) - 1, false };

	put_calls(t, &t->always, &b);
	out[b.n] = '\0';
	assert_string_equal(out, names);
}

static void nobody_widens(void **state)
{
	struct plan *p = plan_of(2);
	struct plan_tell *t;

	(void)state;
	test(rule(p, 0, ARCH_X86_64, "openat"), WIRE_UID, 0);
	test(rule(p, 1, ARCH_X86_64, "openat"), WIRE_GID, 0);
	rule(p, 0, ARCH_X86_64, "execve");
	rule(p, 1, ARCH_X86_64, "execve");
	t = tell(p, p);
	widens(t, "");
	always(t, "execve");
	plan_tell_free(t);
	plan_free(p);
}

static void one_without_tests(void **state)
{
	struct plan *p = plan_of(3);
	struct plan_rule *r;
	struct plan_tell *t;

	(void)state;
	rule(p, 0, ARCH_X86_64, "execve execveat");
	rule(p, 0, ARCH_I386, "execve execveat");
	r = rule(p, 1, ARCH_X86_64, "execve execveat openat");
	text(p, r, WIRE_EXE, "/bin/sh");
	r = rule(p, 1, ARCH_I386, "execve execveat openat");
	text(p, r, WIRE_EXE, "/bin/sh");
	test(rule(p, 2, ARCH_X86_64, "execve"), WIRE_SUCCESS, 0);
	t = tell(p, p);
	/* What is the same of both architectures is said once; of b64 execve is another case, as c asks for it. */
	widens(t, "execve: " " <- a / b exe=/bin/sh / c success=0\n"
		"execve execveat: " " <- a / b exe=/bin/sh\n");
	always(t, "execve execveat");
	plan_tell_free(t);
	plan_free(p);
}

/* Fewer tests widen too; a directory widens what is below it, and nothing else. */
static void fewer_tests(void **state)
{
	struct plan *p = plan_of(4);
	struct plan_rule *r;
	struct plan_tell *t;

	(void)state;
	r = rule(p, 0, ARCH_X86_64, "openat");
	text(p, r, WIRE_DIR, "/etc");
	r = rule(p, 1, ARCH_X86_64, "openat");
	text(p, r, WIRE_DIR, "/etc/ssh");
	test(r, WIRE_SUCCESS, 1);
	r = rule(p, 2, ARCH_X86_64, "openat");
	text(p, r, WIRE_WATCH, "/etc/passwd");
	r = rule(p, 3, ARCH_X86_64, "openat");
	text(p, r, WIRE_DIR, "/etcetera");
	t = tell(p, p);
	widens(t, "openat: dir=/etc <- a / b success=1 dir=/etc/ssh / c path=/etc/passwd\n");
	always(t, "");
	plan_tell_free(t);
	plan_free(p);
}

/* All that a section asks of the call is told; who is as wide in one of its rules is not widened. */
static void all_asks(void **state)
{
	struct plan *p = plan_of(3);
	struct plan_rule *r;
	struct plan_tell *t;

	(void)state;
	test(rule(p, 0, ARCH_X86_64, "unlink"), WIRE_SUCCESS, 1);
	test(rule(p, 2, ARCH_X86_64, "unlink"), WIRE_SUCCESS, 1);
	r = rule(p, 1, ARCH_X86_64, "unlink");
	test(r, WIRE_SUCCESS, 1);
	test(r, WIRE_UID, 5);
	test(rule(p, 1, ARCH_X86_64, "unlink"), WIRE_SUCCESS, 0);
	r = rule(p, 2, ARCH_X86_64, "unlink");
	test(r, WIRE_SUCCESS, 1);
	test(r, WIRE_UID, 6);
	t = tell(p, p);
	widens(t, "unlink: success=1 <- a c / b success=0 / b uid=5 success=1\n");
	plan_tell_free(t);
	plan_free(p);
}

/* The merged plan says what crosses, and who asked for each of its rules. */
static void merged(void **state)
{
	struct plan *apart = plan_of(2), *p = plan_of(2);
	struct plan_tell *t;

	(void)state;
	rule(apart, 0, ARCH_X86_64, "ptrace");
	test(rule(apart, 1, ARCH_X86_64, "ptrace"), WIRE_ARG0, 16);
	rule(p, 0, ARCH_X86_64, "ptrace");
	test(rule(p, 1, ARCH_X86_64, "ptrace"), WIRE_ARG0, 16);
	plan_merge(p);
	assert_int_equal(p->count, 1);
	t = tell(p, apart);
	widens(t, "ptrace: " " <- a / b a0=16\n");
	always(t, "ptrace");
	assert_true(plan_tell_asked(&p->rules[0], 0));
	assert_true(plan_tell_asked(&p->rules[0], 1));
	assert_false(plan_tell_asked(&p->rules[0], 2));
	assert_false(plan_tell_asked(&apart->rules[0], 1));
	plan_tell_free(t);
	plan_free(apart);
	plan_free(p);
}

static void many_names(void **state)
{
	struct plan *p = plan_of(1);
	struct plan_calls calls, one;
	char out[1024];
	struct buf b = { out, 0, sizeof(out) - 1, false };
	struct plan_tell *t = tell(p, p);

	(void)state;
	calls = t->known;
	put_calls(t, &calls, &b);
	memset(&one, 0, sizeof(one));
	plan_calls_add(&one, syscall_by_name(SPAN("read"))->id);
	plan_calls_but(&calls, &one);
	buf_lit(&b, "; ");
	put_calls(t, &calls, &b);
	memset(&calls, 0, sizeof(calls));
	plan_calls_add(&calls, PLAN_NAMELESS);
	buf_lit(&b, "; ");
	put_calls(t, &calls, &b);
	out[b.n] = '\0';
	assert_string_equal(out, "all but; all but read; (numbers without a name)");
	plan_tell_free(t);
	plan_free(p);
}

static void want(struct plan_wants *list, const char *name, enum plan_number number, uint32_t low, uint32_t high)
{
	const struct syscall_info *call = syscall_by_name(span_of(name, strlen(name)));
	struct plan_want w;

	plan_want_all(&w);
	memset(&w.calls, 0, sizeof(w.calls));
	plan_calls_add(&w.calls, call->id);
	if (low <= high) {
		struct plan_set set = plan_set_none();

		plan_set_add(&set, low, high);
		w.set[number] = set;
	}
	assert_int_equal(plan_wants_add(list, &w), 0);
}

static void seccomp(void **state)
{
	struct plan *p = plan_of(1);
	struct plan_wants wants = { .count = 0 };
	struct plan_tell *t;
	char out[1024];
	struct buf b = { out, 0, sizeof(out) - 1, false };

	(void)state;
	want(&wants, "ptrace", PLAN_A0, 16, 16);
	want(&wants, "kill", PLAN_A1, 3, 9);
	wants.want[1].bits[0] = (struct plan_bits){ .arg = PLAN_A0, .all = true, .mask = 0x41 };
	wants.want[1].bits_count = 1;
	want(&wants, "openat", PLAN_UID, 0, 0); /* no filter can test it */
	want(&wants, "openat", PLAN_A2, 1, 1);  /* crosses anyway */
	want(&wants, "tkill", PLAN_A0, 16, 16);
	t = plan_tell_new(p, p, &wants, &host);
	assert_non_null(t);
	assert_true(t->sections[0].calls);
	for (size_t i = 0; i < t->sections[0].notify_count; i++) {
		put_calls(t, &t->sections[0].notify[i].calls, &b);
		buf_printf(&b, ": %s\n", t->sections[0].notify[i].tests);
	}
	out[b.n] = '\0';
	assert_string_equal(out, "openat: \n" "ptrace tkill: a0=16\n" "kill: a1=3-9 a0&=0x41\n");
	plan_tell_free(t);
	plan_wants_release(&wants);
	plan_free(p);
}

/* Of very many forms only the widest is held against the others. */
static void many_forms(void **state)
{
	struct plan *p = plan_of(3);
	struct plan_tell *t;

	(void)state;
	for (uint32_t i = 0; i <= PLAN_TELL_FORMS; i++)
		test(rule(p, 1, ARCH_X86_64, "read"), WIRE_UID, i);
	rule(p, 0, ARCH_X86_64, "kill");
	test(rule(p, 1, ARCH_X86_64, "kill"), WIRE_UID, 1);
	t = tell(p, p);
	widens(t, "kill: " " <- a / b uid=1\n");
	plan_tell_free(t);
	plan_free(p);
}

/* Names of calls, tests and sections of each crossing, "+" before one that goes on. */
static void assert_crossings(const struct plan *plan, const struct plan *apart, const char *expected)
{
	struct plan_tell *t = tell(plan, apart);
	char said[1024];
	struct buf b = { said, 0, sizeof(said) - 1, false };

	for (size_t i = 0; i < t->crossing_count; i++) {
		const struct plan_tell_crossing *c = &t->crossings[i];

		buf_text(&b, c->goes_on ? "+" : "");
		put_calls(t, &c->calls, &b);
		buf_lit(&b, " (");
		plan_tell_tests(c->form, &b);
		buf_lit(&b, ")");
		for (size_t s = 0; s < plan->section_count; s++)
			if (plan_tell_tagged(c->tags, s))
				buf_printf(&b, " %s", plan->sections[s].name);
		buf_lit(&b, "\n");
	}
	said[b.n] = '\0';
	assert_string_equal(said, expected);
	plan_tell_free(t);
}

static void crossings(void **state)
{
	struct plan *apart = plan_of(4), *plan = plan_of(4);
	struct plan *both[2] = { apart, plan };

	(void)state;
	for (int i = 0; i < 2; i++) {
		struct plan *p = both[i];

		text(p, rule(p, 0, ARCH_X86_64, "open"), WIRE_DIR, "/srv");
		text(p, rule(p, 1, ARCH_I386, "open"), WIRE_DIR, "/etc");
		test(rule(p, 2, ARCH_X86_64, "open unlink"), WIRE_UID, 5);
		test(rule(p, 2, ARCH_X86_64, "unlink"), WIRE_SUCCESS, 1);
		test(rule(p, 2, ARCH_X86_64, "execve rmdir"), WIRE_UID, 7);
		rule(p, 0, ARCH_X86_64, "execve");
		rule(p, 3, ARCH_X86_64, "ptrace");
		rule(p, 0, ARCH_I386, "ptrace");
	}
	plan_merge(plan);
	/* What crosses in any case is told of once; the others by their widest test, whoever asked. */
	assert_crossings(plan, apart, "execve () a\nptrace () a d\nunlink (success=1) c\nopen unlink (uid=5) c\n"
		"rmdir (uid=7) c\nopen (dir=/etc) b\n+open (dir=/srv) a\n");
	plan_free(plan);
	plan_free(apart);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_widens), cmocka_unit_test(one_without_tests), cmocka_unit_test(fewer_tests),
		cmocka_unit_test(all_asks), cmocka_unit_test(merged), cmocka_unit_test(many_names),
		cmocka_unit_test(seccomp), cmocka_unit_test(many_forms),
		cmocka_unit_test(crossings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
