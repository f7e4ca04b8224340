#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "plan_kit.h"

#include <errno.h>
#include <stdio.h>

static struct plan_rule *rule(struct plan *p, int arch, const char *calls)
{
	struct plan_rule *r = plan_add(p);

	assert_non_null(r);
	r->list = WIRE_LIST_EXIT;
	r->action = WIRE_ALWAYS;
	r->arch = arch;
	r->key = PLAN_KEY;
	for (unsigned nr = 0; nr < PLAN_CALLS; nr++) {
		struct span name = syscall_native_name(arch, nr);

		for (const char *at = calls; name.n && (at = strstr(at, " ")) != NULL; at++)
			if (strncmp(at + 1, name.p, name.n) == 0 && (at[1 + name.n] == ' ' || !at[1 + name.n]))
				plan_rule_call(r, nr);
	}
	return r;
}

static void test(struct plan_rule *r, uint32_t field, uint32_t op, uint32_t value)
{
	assert_int_equal(plan_rule_test(r, field, op, value, NULL), 0);
}

static void text(struct plan *p, struct plan_rule *r, uint32_t field, const char *value)
{
	assert_int_equal(plan_rule_test(r, field, WIRE_EQUAL, 0, plan_text(p, value, strlen(value))), 0);
}

static void prints(const struct plan *p, const char *lines)
{
	static char out[16384];
	struct buf b = { out, 0, sizeof(out) - 1, false };

	plan_kit_print(p, &b);
	assert_false(b.full);
	out[b.n] = '\0';
	assert_string_equal(out, lines);
}

static void texts(void **state)
{
	struct plan *p = plan_new();
	const char *a = plan_text(p, "/etc/passwd", 4);

	(void)state;
	assert_string_equal(a, "/etc");
	assert_ptr_equal(plan_text(p, "/etc", 4), a);
	assert_ptr_not_equal(plan_text(p, "/et", 3), a);
	assert_ptr_not_equal(plan_text(p, "/etcx", 5), a);
	plan_free(p);
	plan_free(NULL);
}

static void notes(void **state)
{
	static char text[4096];
	struct plan *p = plan_new();

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	assert_int_equal(plan_section(p, "select", NULL), 0);
	assert_int_equal(plan_section(p, "rule", "a"), 1);
	assert_null(p->sections[0].name);
	assert_string_equal(p->sections[1].name, "a");
	for (unsigned i = 0; i < 200; i++) {
		assert_int_equal(plan_note(p, i % 3, "note %u", i % 20), 0);
		assert_int_equal(plan_note(p, PLAN_NO_SECTION, "of all"), 0);
	}
	assert_int_equal(p->note_count, 61);
	assert_string_equal(p->notes[0].what, "note 0");
	assert_int_equal(plan_note(p, 0, "%s", text), 0);
	assert_int_equal(p->note_count, 62);
	assert_in_range(strlen(p->notes[61].what), 1000, sizeof(text) - 2);
	assert_non_null(strstr(p->notes[61].what, "..."));
	plan_free(p);
}

static void tests_are_sorted(void **state)
{
	struct plan *p = plan_new();
	struct plan_rule *a = rule(p, ARCH_X86_64, " open");

	(void)state;
	text(p, a, WIRE_DIR, "/b");
	test(a, WIRE_UID, WIRE_EQUAL, 7);
	text(p, a, WIRE_DIR, "/a");
	test(a, WIRE_UID, WIRE_EQUAL, 5);
	test(a, WIRE_PID, WIRE_EQUAL, 9);
	prints(p, "-a always,exit -F arch=b64 -S open -F pid=9 -F uid=5 -F uid=7 -F dir=/a -F dir=/b -F key=tiercel\n");
	for (unsigned i = a->test_count; i < PLAN_TESTS_MAX; i++)
		test(a, WIRE_GID, WIRE_EQUAL, i);
	assert_int_equal(plan_rule_test(a, WIRE_GID, WIRE_EQUAL, 0, NULL), -E2BIG);
	assert_int_equal(a->test_count, PLAN_TESTS_MAX);
	plan_free(p);
}

static void lines(void **state)
{
	struct plan *p = plan_new();
	struct plan_rule *r = rule(p, ARCH_I386, " open socketcall");

	(void)state;
	plan_rule_call(r, 1999);
	test(r, WIRE_EXIT, WIRE_EQUAL, (uint32_t)-13);
	test(r, WIRE_PERM, WIRE_EQUAL, WIRE_PERM_WRITE | WIRE_PERM_ATTR);
	test(r, WIRE_ARG0, WIRE_BIT_MASK, 3);
	test(r, WIRE_ARG1, WIRE_BIT_TEST, 3);
	test(r, WIRE_LOGINUID, WIRE_NOT_EQUAL, WIRE_UNSET);
	test(r, WIRE_LOGINUID, WIRE_GREATER, 1);
	test(r, 77, WIRE_LESS, 1);
	text(p, r, WIRE_WATCH, "/a b");
	r = plan_add(p);
	r->list = WIRE_LIST_EXCLUDE;
	r->arch = -1;
	test(r, WIRE_MSGTYPE, WIRE_EQUAL, 1327);
	r = plan_add(p);
	r->list = WIRE_LIST_EXIT;
	r->arch = -1;
	r->first = true;
	r->key = "k";
	plan_rule_call(r, 59);
	prints(p, "-a always,exit -F arch=b32 -S open,socketcall,1999 -F auid>1 -F auid!=4294967295 -F f77<1 -F exit=-13"
		" -F path=/a\\ b -F perm=wa -F a0&3 -F a1&=3 -F key=tiercel\n"
		"-a never,exclude -F msgtype=1327\n"
		"-A never,exit -S 59 -F key=k\n");
	plan_free(p);
}

static void numbers(void **state)
{
	struct plan *p = plan_new();
	char out[256];
	struct buf b = { out, 0, sizeof(out) - 1, false };

	(void)state;
	plan_rule_call(rule(p, ARCH_X86_64, " open connect"), 520); /* x32's execve */
	prints(p, "-a always,exit -F arch=b64 -S open,connect,520 -F key=tiercel\n");
	plan_rule_call(&p->rules[0], 59);
	prints(p, "-a always,exit -F arch=b64 -S open,connect,execve,520 -F key=tiercel\n");
	plan_print_numbers(p, &b);
	out[b.n] = '\0';
	assert_string_equal(out, "-a always,exit -F arch=b64 -S 2,42,59,520 -F key=tiercel\n");
	plan_rule_call(&p->rules[0], PLAN_CALLS);
	assert_false(plan_rule_has(&p->rules[0], PLAN_CALLS));
	plan_free(p);
}

static void unites(void **state)
{
	struct plan *p = plan_new();
	struct plan_rule *r;

	(void)state;
	rule(p, ARCH_I386, " chmod")->tags[0] = 1;
	test(rule(p, ARCH_X86_64, " rmdir"), WIRE_SUCCESS, WIRE_EQUAL, 1);
	rule(p, ARCH_X86_64, " chmod")->tags[0] = 2;
	rule(p, ARCH_X86_64, " mkdir chmod")->tags[3] = 4;
	test(rule(p, ARCH_X86_64, " unlink"), WIRE_SUCCESS, WIRE_EQUAL, 1);
	r = rule(p, -1, "");
	r->first = true;
	r->action = WIRE_NEVER;
	plan_merge(p);
	prints(p, "-A never,exit -S  -F key=tiercel\n"
		"-a always,exit -F arch=b64 -S mkdir,chmod -F key=tiercel\n"
		"-a always,exit -F arch=b64 -S rmdir,unlink -F success=1 -F key=tiercel\n"
		"-a always,exit -F arch=b32 -S chmod -F key=tiercel\n");
	assert_int_equal(p->rules[1].tags[0], 2);
	assert_int_equal(p->rules[1].tags[3], 4);
	plan_free(p);
}

static void leaves_out(void **state)
{
	static const struct {
		const char *calls, *dir, *path;
		uint32_t uid;
		bool kept;
	} cases[] = {
		{ " chmod mkdir", "/etc", NULL, 0, true }, /* the one that others are in */
		{ " chmod", "/etc/ssh", NULL, 0, false },
		{ " chmod", "/etc", NULL, 5, false },
		{ " mkdir", NULL, "/etc/passwd", 0, false },
		{ " chmod rmdir", "/etc/pam.d", NULL, 0, true }, /* a call more */
		{ " chmod", "/etcetera", NULL, 0, true },
		{ " chmod", "/", NULL, 0, true },
		{ " chmod", NULL, NULL, 5, true },
	};
	struct plan *p = plan_new();
	unsigned kept = 0;

	(void)state;
	for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct plan_rule *r = rule(p, ARCH_X86_64, cases[i].calls);

		r->tags[0] = UINT64_C(1) << i;
		if (cases[i].dir)
			text(p, r, WIRE_DIR, cases[i].dir);
		if (cases[i].path)
			text(p, r, WIRE_WATCH, cases[i].path);
		if (cases[i].uid)
			test(r, WIRE_UID, WIRE_EQUAL, cases[i].uid);
		kept += cases[i].kept;
	}
	plan_merge(p);
	assert_int_equal(p->count, kept);
	uint64_t all = 0;
	for (size_t i = 0; i < p->count; i++) {
		uint64_t tags = p->rules[i].tags[0];

		assert_true((tags & (tags - 1)) == 0 || tags & 1 || tags & 128);
		all |= tags;
	}
	assert_int_equal(all, 255);
	plan_merge(p);
	assert_int_equal(p->count, kept);
	plan_free(p);
}

/* Rules that must not be taken for each other. */
static void keeps_apart(void **state)
{
	struct plan *p = plan_new();
	struct plan_rule *r;

	(void)state;
	rule(p, ARCH_X86_64, " chmod")->key = "other";
	rule(p, ARCH_X86_64, " chmod")->action = WIRE_NEVER;
	rule(p, ARCH_X86_64, " chmod")->first = true;
	rule(p, ARCH_X86_64, " chmod")->list = WIRE_LIST_FILESYSTEM;
	rule(p, ARCH_X86_64, " chmod");
	r = rule(p, ARCH_X86_64, " chmod");
	test(r, WIRE_UID, WIRE_EQUAL, 1);
	r->action = WIRE_NEVER;
	plan_merge(p);
	assert_int_equal(p->count, 6);
	assert_true(p->rules[0].first);
	assert_int_equal(p->rules[1].action, WIRE_NEVER);
	assert_int_equal(p->rules[2].action, WIRE_NEVER);
	plan_free(p);
}

static const char *const touched[] = { "/etc/ssh/key", NULL };
static const struct plan_event event = {
	.arch = ARCH_X86_64, .nr = 257, .a = { 0xffffff9c, UINT64_C(0x100000010), 0x8002, 0 }, .exit = -13,
	.success = PLAN_FAILED, .pid = 7, .uid = 1000, .euid = 0, .auid = WIRE_UNSET, .gid = 1, .egid = 2, .exe = "/bin/sh",
	.paths = touched
};

/* One test, of openat on x86_64. */
static bool holds(uint32_t field, uint32_t op, uint32_t value, const char *string)
{
	struct plan *p = plan_new();
	struct plan_rule *r = rule(p, ARCH_X86_64, " openat");
	bool told;

	plan_rule_test(r, field, op, value, string);
	told = plan_accepts(p, &event);
	plan_free(p);
	return told;
}

static void compares(void **state)
{
	(void)state;
	assert_true(holds(WIRE_UID, WIRE_EQUAL, 1000, NULL));
	assert_false(holds(WIRE_UID, WIRE_EQUAL, 0, NULL));
	assert_true(holds(WIRE_EUID, WIRE_EQUAL, 0, NULL));
	assert_true(holds(WIRE_UID, WIRE_NOT_EQUAL, 0, NULL));
	assert_true(holds(WIRE_GID, WIRE_LESS, 2, NULL));
	assert_false(holds(WIRE_EGID, WIRE_LESS, 2, NULL));
	assert_true(holds(WIRE_EGID, WIRE_LESS_EQUAL, 2, NULL));
	assert_true(holds(WIRE_PID, WIRE_GREATER, 6, NULL));
	assert_false(holds(WIRE_PID, WIRE_GREATER, 7, NULL));
	assert_true(holds(WIRE_PID, WIRE_GREATER_EQUAL, 7, NULL));
	/* unsigned, and of 32 bits: unset is the greatest, exit<0 never holds */
	assert_true(holds(WIRE_LOGINUID, WIRE_GREATER_EQUAL, 1000, NULL));
	assert_false(holds(WIRE_LOGINUID, WIRE_NOT_EQUAL, WIRE_UNSET, NULL));
	assert_true(holds(WIRE_LOGINUID_SET, WIRE_EQUAL, 0, NULL));
	assert_false(holds(WIRE_EXIT, WIRE_LESS, 0, NULL));
	assert_true(holds(WIRE_EXIT, WIRE_GREATER_EQUAL, 0, NULL));
	assert_true(holds(WIRE_EXIT, WIRE_EQUAL, (uint32_t)-13, NULL));
	assert_true(holds(WIRE_ARG1, WIRE_EQUAL, 16, NULL));
	assert_true(holds(WIRE_ARG2, WIRE_BIT_MASK, 3, NULL));
	assert_false(holds(WIRE_ARG2, WIRE_BIT_TEST, 3, NULL));
	assert_true(holds(WIRE_ARG2, WIRE_BIT_TEST, 0x8002, NULL));
	assert_true(holds(WIRE_SUCCESS, WIRE_EQUAL, 0, NULL));
	assert_false(holds(WIRE_SUCCESS, WIRE_EQUAL, 1, NULL));
	assert_true(holds(WIRE_PERM, WIRE_EQUAL, WIRE_PERM_WRITE, NULL));
	assert_true(holds(WIRE_PERM, WIRE_EQUAL, WIRE_PERM_READ, NULL));
	assert_false(holds(WIRE_PERM, WIRE_EQUAL, WIRE_PERM_EXEC, NULL));
	assert_true(holds(WIRE_EXE, WIRE_EQUAL, 0, "/bin/sh"));
	assert_false(holds(WIRE_EXE, WIRE_NOT_EQUAL, 0, "/bin/sh"));
	assert_true(holds(WIRE_DIR, WIRE_EQUAL, 0, "/etc"));
	assert_true(holds(WIRE_DIR, WIRE_EQUAL, 0, "/etc/ssh/key"));
	assert_false(holds(WIRE_DIR, WIRE_EQUAL, 0, "/etc/ss"));
	assert_true(holds(WIRE_WATCH, WIRE_EQUAL, 0, "/etc/ssh/key"));
	assert_false(holds(WIRE_WATCH, WIRE_EQUAL, 0, "/etc/ssh"));
	assert_false(holds(WIRE_INODE, WIRE_EQUAL, 1, NULL));
}

static void first_match_wins(void **state)
{
	struct plan *p = plan_new();
	struct plan_event ev = event;
	struct plan_rule *r;

	(void)state;
	assert_false(plan_accepts(p, &ev));
	rule(p, ARCH_X86_64, " openat");
	assert_true(plan_accepts(p, &ev));
	ev.arch = ARCH_I386;
	assert_false(plan_accepts(p, &ev));
	ev.arch = ARCH_X86_64;
	ev.nr = 2;
	assert_false(plan_accepts(p, &ev));
	ev.nr = 257 + 0x40000000;
	assert_false(plan_accepts(p, &ev));
	ev.nr = 257;
	r = rule(p, ARCH_X86_64, " openat");
	r->action = WIRE_NEVER;
	assert_true(plan_accepts(p, &ev));
	r->first = true;
	assert_false(plan_accepts(p, &ev));
	r->list = WIRE_LIST_EXCLUDE;
	assert_true(plan_accepts(p, &ev));
	plan_free(p);
}

static void perm_of_calls(void **state)
{
	struct plan *p = plan_new();
	struct plan_event ev = event;
	struct plan_rule *r = rule(p, ARCH_X86_64, " open openat2 execve unlink");

	(void)state;
	test(r, WIRE_PERM, WIRE_EQUAL, WIRE_PERM_WRITE);
	for (unsigned mode = 0; mode < 4; mode++) {
		ev.a[1] = 0100 | mode;
		ev.nr = 2;
		assert_int_equal(plan_accepts(p, &ev), mode != 0);
		ev.nr = 437;
		ev.open_how = mode;
		assert_int_equal(plan_accepts(p, &ev), mode != 0);
	}
	ev.nr = 59;
	assert_false(plan_accepts(p, &ev));
	ev.nr = 87;
	assert_false(plan_accepts(p, &ev));
	plan_free(p);
}

static void hosts(void **state)
{
	int arches[2];

	(void)state;
	assert_int_equal(plan_features(PROBE_KERNEL(2, 6, 32)), 0);
	assert_int_equal(plan_features(PROBE_KERNEL(3, 3, 0)), PLAN_OBJECT_IDS);
	assert_int_equal(plan_features(PROBE_KERNEL(3, 10, 0)), PLAN_OBJECT_IDS | PLAN_LOGINUID_SET);
	assert_int_equal(plan_features(PROBE_KERNEL(4, 2, 9)), PLAN_OBJECT_IDS | PLAN_LOGINUID_SET);
	assert_int_equal(plan_features(PROBE_KERNEL(4, 3, 0)), PLAN_OBJECT_IDS | PLAN_LOGINUID_SET | PLAN_EXE);
	assert_int_equal(plan_features(PROBE_KERNEL(5, 15, 200)) & PLAN_PERM_OPENAT2, 0);
	assert_int_equal(plan_features(PROBE_KERNEL(5, 16, 0)), 127);
	assert_int_equal(plan_features_told(0x7d), PLAN_EXE | PLAN_SESSIONID);
	assert_int_equal(plan_features_told(0), 0);
	assert_int_equal(plan_arches("x86_64", arches), 0);
	assert_true(arches[0] == ARCH_X86_64 && arches[1] == ARCH_I386);
	assert_int_equal(plan_arches("armv7l", arches), 0);
	assert_true(arches[0] == ARCH_ARM && arches[1] == -1);
	assert_int_equal(plan_arches("ppc64le", arches), 0);
	assert_true(arches[0] == ARCH_PPC64LE && arches[1] == -1);
	assert_int_equal(plan_arches("ppc64", arches), 0);
	assert_true(arches[0] == ARCH_PPC64);
	assert_int_equal(plan_arches("s390x", arches), 0);
	assert_true(arches[0] == ARCH_S390X && arches[1] == ARCH_S390);
	assert_int_equal(plan_arches("mips", arches), -ENOTSUP);
	assert_int_equal(plan_arches("", arches), -ENOTSUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts),	 cmocka_unit_test(notes),
		cmocka_unit_test(tests_are_sorted), cmocka_unit_test(lines),
		cmocka_unit_test(numbers),	 cmocka_unit_test(unites),	     cmocka_unit_test(leaves_out),
		cmocka_unit_test(keeps_apart),	 cmocka_unit_test(compares),	     cmocka_unit_test(first_match_wins),
		cmocka_unit_test(perm_of_calls), cmocka_unit_test(hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
