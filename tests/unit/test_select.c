#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "filter/select.h"
#include "table/syscall.h"

#include <errno.h>
#include <stdio.h>

/* An event with every stage done, so that its values are just those that the test gives it. */
struct made {
	struct event ev;
	struct group group;
	struct record records[4];
};

static struct made *make(struct made *m, const char *call)
{
	memset(m, 0, sizeof(*m));
	m->ev.stages = ~0u;
	m->ev.group = &m->group;
	m->group.records = m->records;
	m->ev.nr = -1;
	if (call) {
		m->ev.call = syscall_by_name(span_of(call, strlen(call)));
		assert_non_null(m->ev.call);
		m->ev.nr = 59;
	}
	return m;
}

static struct made *type(struct made *m, unsigned number)
{
	m->records[m->group.count++].type = (uint16_t)number;
	return m;
}

static struct made *text(struct made *m, int field, const char *value)
{
	event_set_text(&m->ev, field, value, strlen(value));
	return m;
}

static struct made *id(struct made *m, int field, int64_t value)
{
	event_set_i64(&m->ev, field, value);
	return m;
}

static struct made *flag(struct made *m, int field, bool value)
{
	event_set_bool(&m->ev, field, value);
	return m;
}

static bool selects(struct select_spec spec, struct made *m)
{
	struct select_set *s;

	assert_int_equal(select_new(&s, &spec, 1, NULL, NULL), 0);
	bool match = select_match(s, &m->ev);
	select_free(s);
	return match;
}

#define SPEC(key, value) ((struct select_spec){ .text[SELECT_##key] = (value), .success = -1 })
#define SPEC2(key, value, key2, value2) \
	((struct select_spec){ .text[SELECT_##key] = (value), .text[SELECT_##key2] = (value2), .success = -1 })

static void nothing_selects_all(void **state)
{
	struct select_set *s;
	struct made m;

	(void)state;
	assert_int_equal(select_new(&s, NULL, 0, NULL, NULL), 0);
	assert_true(select_match(s, &make(&m, "execve")->ev));
	assert_true(select_match(s, &make(&m, NULL)->ev));
	select_free(s);
	select_free(NULL);
}

static void system_calls(void **state)
{
	struct made m;

	(void)state;
	assert_true(selects(SPEC(SYSCALLS, "execve"), make(&m, "execve")));
	assert_true(selects(SPEC(SYSCALLS, " openat ,execve"), make(&m, "execve")));
	assert_false(selects(SPEC(SYSCALLS, "openat"), make(&m, "execve")));
	assert_false(selects(SPEC(SYSCALLS, "execve"), make(&m, NULL)));
	assert_true(selects(SPEC(SYSCALLS, "setuid32"), make(&m, "setuid")));
	assert_true(selects(SPEC(SYSCALLS, "@exec"), make(&m, "execveat")));
	assert_false(selects(SPEC(SYSCALLS, "@exec"), make(&m, "openat")));
	assert_false(selects(SPEC(SYSCALLS, "@exec, !execveat"), make(&m, "execveat")));
	assert_false(selects(SPEC(SYSCALLS, "!execveat, @exec"), make(&m, "execveat")));
	assert_true(selects(SPEC(SYSCALLS, "@exec, !execveat"), make(&m, "execve")));
	assert_true(selects(SPEC(SYSCALLS, "all"), make(&m, "execve")));
	assert_true(selects(SPEC(SYSCALLS, "all"), type(make(&m, NULL), 1112)));
	assert_false(selects(SPEC(SYSCALLS, "all, !@exec"), make(&m, "execve")));
	assert_true(selects(SPEC(SYSCALLS, "all, !@exec"), make(&m, "openat")));
	assert_true(selects(SPEC(SYSCALLS, "all, !@exec"), type(make(&m, NULL), 1112)));
}

static void numbers(void **state)
{
	struct made m;

	(void)state;
	make(&m, "execve");
	assert_true(selects(SPEC(SYSCALLS, "59"), &m));
	assert_true(selects(SPEC(SYSCALLS, "syscall_59"), &m));
	assert_false(selects(SPEC(SYSCALLS, "60"), &m));
	assert_false(selects(SPEC(SYSCALLS, "execve, !59"), &m));
	m.ev.call = NULL;
	m.ev.nr = 999;
	assert_true(selects(SPEC(SYSCALLS, "999"), &m));
	assert_true(selects(SPEC(SYSCALLS, "all"), &m));
	assert_false(selects(SPEC(SYSCALLS, "all, !999"), &m));
	assert_false(selects(SPEC(SYSCALLS, "execve"), &m));
	m.ev.nr = INT64_C(0x4000003b);
	assert_true(selects(SPEC(SYSCALLS, "1073741883"), &m));
}

static void opens_that_write(void **state)
{
	struct made m;

	(void)state;
	assert_true(selects(SPEC(SYSCALLS, "@file-write"), make(&m, "unlink")));
	assert_false(selects(SPEC(SYSCALLS, "@file-write"), make(&m, "openat")));
	assert_false(selects(SPEC(SYSCALLS, "@file-write"), flag(make(&m, "openat"), FIELD_EVT_IS_OPEN_WRITE, false)));
	assert_true(selects(SPEC(SYSCALLS, "@file-write"), flag(make(&m, "openat"), FIELD_EVT_IS_OPEN_WRITE, true)));
	assert_true(selects(SPEC(SYSCALLS, "@file-write, openat"), make(&m, "openat")));
	assert_true(selects(SPEC(SYSCALLS, "openat, !@file-write"), make(&m, "openat")));
	assert_false(selects(SPEC(SYSCALLS, "openat, !@file-write"),
		flag(make(&m, "openat"), FIELD_EVT_IS_OPEN_WRITE, true)));
}

static void record_types(void **state)
{
	struct made m;

	(void)state;
	assert_true(selects(SPEC(TYPES, "user_login"), type(make(&m, NULL), 1112)));
	assert_true(selects(SPEC(TYPES, "USER_LOGIN"), type(make(&m, NULL), 1112)));
	assert_true(selects(SPEC(TYPES, "1112, avc"), type(make(&m, NULL), 1112)));
	assert_false(selects(SPEC(TYPES, "avc"), type(make(&m, NULL), 1112)));
	assert_true(selects(SPEC(TYPES, "avc"), type(type(make(&m, "openat"), 1300), 1400)));
	assert_true(selects(SPEC(TYPES, "65535"), type(make(&m, NULL), 65535)));
	assert_true(selects(SPEC2(TYPES, "avc", SYSCALLS, "execve"), make(&m, "execve")));
	assert_true(selects(SPEC2(TYPES, "avc", SYSCALLS, "execve"), type(make(&m, NULL), 1400)));
	assert_false(selects(SPEC2(TYPES, "avc", SYSCALLS, "execve"), type(make(&m, "openat"), 1300)));
	m.ev.group = NULL;
	assert_false(selects(SPEC(TYPES, "avc"), &m));
}

static void paths(void **state)
{
	static const int names[] = { FIELD_FD_NAME, FIELD_FS_PATH_NAME, FIELD_FS_PATH_SOURCE, FIELD_FS_PATH_TARGET };
	struct select_spec etc = SPEC2(SYSCALLS, "all", PATH, "/etc/**, /usr/bin/*");
	struct made m;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(selects(etc, text(make(&m, "rename"), names[i], "/etc/a/b")));
		assert_true(selects(etc, text(make(&m, "rename"), names[i], "/usr/bin/ls")));
		assert_false(selects(etc, text(make(&m, "rename"), names[i], "/usr/bin/x/y")));
	}
	assert_false(selects(etc, make(&m, "rename")));
	assert_true(selects(etc, text(make(&m, "execve"), FIELD_PROC_EXEPATH, "/usr/bin/ls")));
	assert_false(selects(etc, text(make(&m, "openat"), FIELD_PROC_EXEPATH, "/usr/bin/ls")));
	event_set_name(&make(&m, "openat")->ev, FIELD_FD_NAME, SPAN("/etc/x"));
	assert_true(selects(etc, &m));
}

static void programs(void **state)
{
	struct select_spec httpd = SPEC2(SYSCALLS, "all", EXE, "/usr/sbin/httpd, /opt/**");
	struct made m;

	(void)state;
	assert_true(selects(httpd, text(make(&m, "openat"), FIELD_PROC_EXEPATH, "/usr/sbin/httpd")));
	assert_true(selects(httpd, text(make(&m, NULL), FIELD_PROC_EXEPATH, "/opt/a/b")));
	assert_false(selects(httpd, text(make(&m, "openat"), FIELD_PROC_EXEPATH, "/usr/sbin/httpd2")));
	assert_false(selects(httpd, make(&m, "openat")));
}

static void results(void **state)
{
	struct select_spec yes = { .text[SELECT_SYSCALLS] = "all", .success = 1 };
	struct select_spec no = { .text[SELECT_SYSCALLS] = "all", .success = 0 };
	struct made m;

	(void)state;
	assert_true(selects(yes, flag(make(&m, "openat"), FIELD_EVT_FAILED, false)));
	assert_false(selects(yes, flag(make(&m, "openat"), FIELD_EVT_FAILED, true)));
	assert_true(selects(no, flag(make(&m, "openat"), FIELD_EVT_FAILED, true)));
	assert_false(selects(no, flag(make(&m, "openat"), FIELD_EVT_FAILED, false)));
	assert_false(selects(no, make(&m, "openat")));
	assert_false(selects(yes, make(&m, "openat")));
}

static void ids(void **state)
{
	static const struct {
		const char *terms;
		int64_t id;
		bool match;
	} rows[] = {
		{ "0", 0, true }, { "=0", 0, true }, { "= 0", 0, true }, { "0", 1, false }, { "1,2,3", 2, true },
		{ "1000-2000", 1000, true }, { "1000-2000", 2000, true }, { "1000-2000", 2001, false },
		{ ">=1000", 1000, true }, { ">=1000", 999, false }, { ">1000", 1000, false }, { ">1000", 1001, true },
		{ "<=1000", 1000, true }, { "<1000", 1000, false }, { "<1000", 0, true }, { "< 1000", 999, true },
		{ ">=1000, !=65534", 65534, false }, { ">=1000, !=65534", 65533, true }, { "!=0", 0, false }, { "!=0", 5, true },
		{ ">=1000, <2000", 1500, true }, { ">=1000, <2000", 2000, false },
		{ "0, >=1000", 0, false }, { "0, 1500, >=1000", 1500, true },
		{ "unset", -1, true }, { "unset", 0, false }, { "unset, 0", 0, true }, { "-1", -1, true },
		{ "4294967295", -1, true }, { "unset", 4294967295, true }, { "!=unset", -1, false }, { "!=unset", 0, true },
		{ "!=0", -1, true }, { ">=0", -1, false }, { "<=1000", -1, false }, { "<1000", -1, false }, { ">=0", 0, true },
		{ "4294967294", 4294967294, true }, { ">=4294967294", 4294967294, true }
	};
	struct made m;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		bool uid = selects(SPEC2(SYSCALLS, "all", UID, rows[i].terms),
			id(make(&m, NULL), FIELD_AUDIT_UID, rows[i].id));
		bool auid = selects(SPEC2(SYSCALLS, "all", AUID, rows[i].terms),
			id(make(&m, NULL), FIELD_USER_LOGINUID, rows[i].id));
		if (uid != rows[i].match || auid != rows[i].match)
			fail_msg("%s of %lld: %d %d", rows[i].terms, (long long)rows[i].id, uid, auid);
	}
	/* The effective one counts only where there is no other; what is missing is no match, whatever the terms. */
	assert_true(selects(SPEC2(SYSCALLS, "all", UID, "5"), id(make(&m, NULL), FIELD_USER_UID, 5)));
	assert_false(selects(SPEC2(SYSCALLS, "all", UID, "5"),
		id(id(make(&m, NULL), FIELD_USER_UID, 5), FIELD_AUDIT_UID, 0)));
	assert_false(selects(SPEC2(SYSCALLS, "all", UID, "!=5"), make(&m, NULL)));
	assert_false(selects(SPEC2(SYSCALLS, "all", AUID, "unset"), make(&m, NULL)));
}

static void any_section_does(void **state)
{
	struct select_spec specs[] = { SPEC(SYSCALLS, "execve"), SPEC(TYPES, "user_login") };
	struct select_set *s;
	struct made m;

	(void)state;
	assert_int_equal(select_new(&s, specs, 2, NULL, NULL), 0);
	assert_true(select_match(s, &make(&m, "execve")->ev));
	assert_true(select_match(s, &type(make(&m, NULL), 1112)->ev));
	assert_false(select_match(s, &type(make(&m, NULL), 1113)->ev));
	select_free(s);
}

struct told {
	char text[2048];
	size_t count;
};

static void tell(void *ctx, const struct select_fault *f)
{
	struct told *t = ctx;
	size_t n = strlen(t->text);

	snprintf(t->text + n, sizeof(t->text) - n, "%s%s%zu %s", t->count++ ? "\n" : "", f->warning ? "w" : "", f->column, f->what);
}

static void says(struct select_spec spec, int rc, const char *expected)
{
	struct told t = { .count = 0 };
	struct select_set *s = NULL;

	int got = select_new(&s, &spec, 1, tell, &t);
	assert_string_equal(t.text, expected);
	assert_int_equal(got, rc);
	if (got == 0)
		select_free(s);
}

static void faults_of_calls(void **state)
{
	(void)state;
	says(SPEC(SYSCALLS, "openat, excve"), -EINVAL, "9 unknown system call 'excve'; did you mean 'execve'?");
	says(SPEC(SYSCALLS, "zzzzzzzz"), -EINVAL, "1 unknown system call 'zzzzzzzz'");
	says(SPEC(SYSCALLS, "@netwrk"), -EINVAL, "1 unknown group of system calls '@netwrk'; did you mean '@network'?");
	says(SPEC(SYSCALLS, "open read"), -EINVAL, "1 'open read' is no system call: words are set apart by commas");
	says(SPEC(SYSCALLS, "open,,read,"), -EINVAL,
		"6 an empty word: a comma too many\n12 an empty word: a comma too many");
	says(SPEC(SYSCALLS, "open, !"), -EINVAL, "7 '!' needs a name behind it");
	says(SPEC(SYSCALLS, "open, !all"), -EINVAL, "7 '!all' would leave nothing");
	says(SPEC(SYSCALLS, "!open"), -EINVAL, "0 only words with '!': nothing to take them from; write 'all, !open'");
	says(SPEC(SYSCALLS, "open, !open"), 0, "w0 selects nothing: '!' takes away every call that is named");
	says(SPEC(SYSCALLS, "99999999999"), -EINVAL, "1 unknown system call '99999999999'");
	says(SPEC(SYSCALLS, "xcve, yope"), -EINVAL, "1 unknown system call 'xcve'\n7 unknown system call 'yope'");
}

static void faults_of_types(void **state)
{
	(void)state;
	says(SPEC(TYPES, "avc, user_logn"), -EINVAL, "6 unknown record type 'user_logn'; did you mean 'user_login'?");
	says(SPEC(TYPES, "all"), -EINVAL, "1 no 'all' here: 'syscalls = all' selects every event of any kind");
	says(SPEC(TYPES, "0"), -EINVAL, "1 '0' is no record type: numbers go from 1 to 65535");
	says(SPEC(TYPES, "65536"), -EINVAL, "1 '65536' is no record type: numbers go from 1 to 65535");
	says(SPEC(TYPES, "avc,"), -EINVAL, "5 an empty word: a comma too many");
}

static void faults_of_paths(void **state)
{
	(void)state;
	says(SPEC2(SYSCALLS, "all", PATH, "/etc/"), -EINVAL,
		"1 '/etc/': ends in '/': write /dir for the directory itself, /dir/** for all below it");
	says(SPEC2(SYSCALLS, "all", EXE, "/a,,/b"), -EINVAL, "4 an empty word: a comma too many");
	says(SPEC2(SYSCALLS, "all", PATH, "passwd"), 0,
		"w1 'passwd' never matches: names are absolute; write '/passwd' or '**/passwd'");
	says(SPEC2(SYSCALLS, "all", PATH, "*->*:443, @abstract, **/x"), 0, "");
	says(SPEC2(SYSCALLS, "getpid", PATH, "/etc/**"), 0,
		"w0 never matches: none of the calls in 'syscalls' has a path");
	says(SPEC2(SYSCALLS, "@file-write", PATH, "/etc/**"), 0, "");
}

static void faults_of_ids(void **state)
{
	static const char *const wrong[] = {
		"root", "1-", "-5", "5-x", "!5", ">unset", "=", "1000-2000-3000", "4294967296", "0x10", "1 2", "!=1-5", "+1"
	};
	char expected[128];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		snprintf(expected, sizeof(expected),
			"1 '%s' is no id: write N, N-M, unset, or = != >= <= > < and a number", wrong[i]);
		says(SPEC2(SYSCALLS, "all", UID, wrong[i]), -EINVAL, expected);
	}
	says(SPEC2(SYSCALLS, "all", AUID, "0, 9-5"), -EINVAL, "4 '9-5': the first number is the greater one");
	says(SPEC2(SYSCALLS, "all", AUID, "0, >=1000"), 0, "w0 never holds: no id fits '0, >=1000'");
	says(SPEC2(SYSCALLS, "all", AUID, "5, !=5"), 0, "w0 never holds: no id fits '5, !=5'");
	says(SPEC2(SYSCALLS, "all", AUID, ">5, <6"), 0, "w0 never holds: no id fits '>5, <6'");
	says(SPEC2(SYSCALLS, "all", AUID, ">=4294967294, !=4294967294"), 0,
		"w0 never holds: no id fits '>=4294967294, !=4294967294'");
	says(SPEC2(SYSCALLS, "all", AUID, "<0"), 0, "w0 never holds: no id fits '<0'");
}

static void faults_of_the_whole(void **state)
{
	struct select_spec none = { .success = 1 };

	(void)state;
	says(none, -EINVAL, "0 says neither 'syscalls' nor 'types'; 'syscalls = all' selects every event of any kind");
	says(SPEC2(SYSCALLS, "opn", TYPES, "avcc"), -EINVAL,
		"1 unknown system call 'opn'; did you mean 'open'?\n1 unknown record type 'avcc'; did you mean 'avc'?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_selects_all),
		cmocka_unit_test(system_calls),
		cmocka_unit_test(numbers),
		cmocka_unit_test(opens_that_write),
		cmocka_unit_test(record_types),
		cmocka_unit_test(paths),
		cmocka_unit_test(programs),
		cmocka_unit_test(results),
		cmocka_unit_test(ids),
		cmocka_unit_test(any_section_does),
		cmocka_unit_test(faults_of_calls),
		cmocka_unit_test(faults_of_types),
		cmocka_unit_test(faults_of_paths),
		cmocka_unit_test(faults_of_ids),
		cmocka_unit_test(faults_of_the_whole)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
