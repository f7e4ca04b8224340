#include "event_kit.h"

#include "event/template.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>

/* What is expanded once the event is there. */
struct bench {
	const char *template;
	struct template *t;
	unsigned times;      /* of events */
	bool no_memory;      /* none is left for it */
	char text[70000];
	size_t n;
	char truncated[200];
};

static void on_event(void *ctx, struct event *ev)
{
	struct bench *b = ctx;
	const struct value *truncated;
	struct buf out = { b->truncated, 0, sizeof(b->truncated) - 1, false };
	struct span s;

	for (size_t n = 32768; b->no_memory && n; n /= 2)
		while (arena_alloc(ev->arena, n))
			;
	s = template_expand(b->t, ev);
	b->times++;
	assert_int_equal(s.p == NULL, b->no_memory);
	assert_true(s.n < sizeof(b->text));
	if (s.n)
		memcpy(b->text, s.p, s.n);
	b->text[s.n] = '\0';
	b->n = s.n;
	truncated = event_get(ev, FIELD_EVT_TRUNCATED);
	if (truncated)
		event_kit_print(&out, truncated);
	b->truncated[out.n] = '\0';
}

/* The template of the event of these records, which is one. */
static const char *expand(struct bench *b, const char *template, const char *records)
{
	struct event_kit k = { .on_event = on_event, .ctx = b };
	struct template_fault fault;

	if (template_new(&b->t, template, &fault) < 0)
		fail_msg("%s: at %zu: %s", template, fault.at, fault.what);
	b->times = 0;
	event_kit_start(&k, NULL);
	event_kit_feed(&k, records, strlen(records));
	event_kit_end(&k);
	template_free(b->t);
	assert_int_equal(b->times, 1);
	return b->text;
}

static const char openat[] =
	"type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7ff a2=242 "
	"a3=1b6 items=1 ppid=1 pid=42 auid=4294967295 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts0 ses=2 "
	"comm=\"cat\" exe=\"/usr/bin/cat\" key=6101620163\n"
	"type=CWD msg=audit(1700000000.123:7): cwd=\"/root\"\n"
	"type=PATH msg=audit(1700000000.123:7): item=0 name=\"/etc/shadow\" inode=12 dev=fe:00 mode=0100640 ouid=0 ogid=42 "
	"rdev=00:00 nametype=NORMAL\n"
	"type=PROCTITLE msg=audit(1700000000.123:7): proctitle=636174002F6574632F736861646F77\n";

static void every_kind(void **state)
{
	static const struct {
		const char *template, *want;
	} cases[] = {
		{ "plain", "plain" },
		{ "%proc.name", "cat" },
		{ "file=%fd.name user=%user.uid", "file=/etc/shadow user=0" },
		{ "%evt.res %evt.category", "SUCCESS file" },
		{ "%proc.pid,%user.loginuid,%audit.serial", "42,-1,7" },
		{ "%evt.failed %evt.is_open_write", "false true" },
		{ "%evt.time|%evt.rawtime", "22:13:20.123000000|1700000000123000000" },
		{ "%evt.datetime", "2023-11-14 22:13:20.123000000" },
		{ "%audit.keys %audit.types", "a,b,c SYSCALL,CWD,PATH,PROCTITLE" },
		{ "%evt.arg.flags %evt.arg[flags] %evt.arg.mode", "O_RDWR|O_CREAT|O_TRUNC O_RDWR|O_CREAT|O_TRUNC 0666" },
		{ "%audit.path[0].inode %audit.path[0].name", "12 /etc/shadow" },
		{ "%audit.path[1].name %audit.msg.op %audit.avc.tclass %evt.arg.none %evt.arg[none]",
			"<NA> <NA> <NA> <NA> <NA>" },
		{ "%proc.aname[0] %proc.aname[1] %proc.aname[99999]", "cat <NA> <NA>" },
		{ "%fd.sip %proc.env", "<NA> <NA>" },
		{ "%proc.cmdline", "cat /etc/shadow" },
		{ "100%% of %proc.name%%", "100% of cat%" },
		{ "%%proc.name", "%proc.name" },
		{ "*%proc.name", "cat" },
		{ "**", "*" },
		{ "The program is %proc.name. Its id: %proc.pid.", "The program is cat. Its id: 42." },
		{ "%proc.name[%proc.pid]: (%proc.name)", "cat[42]: (cat)" },
		{ "%proc.aname[0].", "cat." },
		{ "%evt.arg[mode][0]%evt.arg.mode.", "0666[0]0666." },
		{ "%proc.name%proc.name-%proc.name", "catcat-cat" },
		{ "\xff\x01%proc.name\n", "\xff\x01" "cat\n" },
	};
	struct bench *b = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(expand(b, cases[i].template, openat), cases[i].want);
}

static void an_address(void **state)
{
	assert_string_equal(expand(*state, "%fd.sip:%fd.sport (%fd.name)",
		"type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=42 success=yes exit=0 a0=3 a1=7f a2=10 items=0 "
		"pid=42 comm=\"curl\"\n"
		"type=SOCKADDR msg=audit(1700000000.123:7): saddr=020000507F0000010000000000000000\n"),
		"127.0.0.1:80 (->127.0.0.1:80)");
}

/* A value may hold anything, percent signs too: it is not looked at again. */
static void values_are_no_templates(void **state)
{
	assert_string_equal(expand(*state, "<%proc.name>",
		"type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=39 success=yes exit=1 pid=7 "
		"comm=2570726F632E706964200AFF\n"),
		"<%proc.pid \n\xff>");
	assert_string_equal(expand(*state, "%evt.type: %audit.raw|%proc.name", "no record"), "audit.raw: no record|<NA>");
}

static void faults(void **state)
{
	static const struct {
		const char *template;
		size_t at;
		const char *what;
	} cases[] = {
		{ "", 0, "there is no text" },
		{ "*", 0, "there is no text" },
		{ "100%", 3, "a percent sign alone: a field's name goes behind it, and %% is the sign itself" },
		{ "5% of %proc.name", 1, "a percent sign alone: a field's name goes behind it, and %% is the sign itself" },
		{ "%5", 0, "a percent sign alone: a field's name goes behind it, and %% is the sign itself" },
		{ "%.proc", 0, "a percent sign alone: a field's name goes behind it, and %% is the sign itself" },
		{ "%%%", 2, "a percent sign alone: a field's name goes behind it, and %% is the sign itself" },
		{ "x %proc.nmae", 2, "unknown field 'proc.nmae'; did you mean 'proc.name'?" },
		{ "*%proc.names y", 1, "unknown field 'proc.names'; did you mean 'proc.name'?" },
		{ "%ka.hostname", 0, "unknown field 'ka.hostname'; did you mean 'evt.hostname'?" },
		{ "%kafka.topic", 0, "unknown field 'kafka.topic'; 'tiercel fields' lists them" },
		{ "%proc.name %Proc.pid", 11, "unknown field 'Proc.pid'; did you mean 'proc.pid'?" },
		{ "%proc.name[1]", 0, "unknown field 'proc.name[1]'; did you mean 'proc.name'?" },
		{ "%proc.aname", 0, "'proc.aname': which one? name it, as '%proc.aname[1]'" },
		{ "%proc.apid[x]", 0, "'proc.apid[x]': which one? name it, as '%proc.apid[1]'" },
		{ "%proc.aname[1].x", 0, "'proc.aname[1].x': which one? name it, as '%proc.aname[1]'" },
		{ "%proc.aexe.1", 0, "'proc.aexe.1': which one? name it, as '%proc.aexe[1]'" },
		{ "%evt.arg", 0, "'evt.arg': which one? name it, as '%evt.arg.flags'" },
		{ "%evt.arg[0]", 0, "'evt.arg.0': which one? name it, as '%evt.arg.flags'" },
		{ "%evt.arg.a.b", 0, "'evt.arg.a.b': which one? name it, as '%evt.arg.flags'" },
		{ "%audit.path", 0, "'audit.path': which one? name it, as '%audit.path[0].name'" },
		{ "%audit.path[0]", 0, "'audit.path[0]': which one? name it, as '%audit.path[0].name'" },
		{ "%audit.path.name", 0, "'audit.path.name': which one? name it, as '%audit.path[0].name'" },
		{ "%audit.msg", 0, "'audit.msg': which one? name it, as '%audit.msg.op'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct template_fault fault = { .at = 99 };
		struct template *t = NULL;
		int rc = template_new(&t, cases[i].template, &fault);

		if (rc != -EINVAL || t || fault.at != cases[i].at || strcmp(fault.what, cases[i].what) != 0)
			fail_msg("%s: %d, at %zu: %s", cases[i].template, rc, fault.at, fault.what);
	}
}

/* Long words and very many fields are faults, not crashes. */
static void too_much(void **state)
{
	static char text[20000];
	struct template_fault fault;
	struct template *t;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	text[0] = '%';
	assert_int_equal(template_new(&t, text, &fault), -EINVAL);
	assert_true(strlen(fault.what) < 200);
	for (size_t i = 0; i + 7 < sizeof(text); i += 7)
		memcpy(text + i, "%fd.ip ", 7);
	assert_int_equal(template_new(&t, text, &fault), -EINVAL);
	assert_string_equal(fault.what, "too many fields");
	assert_int_equal(fault.at % 7, 0);
	text[fault.at] = '\0';
	assert_int_equal(template_new(&t, text, &fault), 0);
	template_free(t);
}

static void what_it_needs(void **state)
{
	struct field_set set = { { 0 } }, want = { { 0 } };
	struct template_fault fault;
	struct template *t;

	(void)state;
	assert_int_equal(template_new(&t, "%proc.name %evt.arg[flags] %proc.aname[2] %evt.arg.flags %fd.name %evt.time",
		&fault), 0);
	template_needs(t, &set);
	field_set_add(&want, FIELD_PROC_NAME);
	field_set_add(&want, FIELD_EVT_ARG);
	field_set_add(&want, FIELD_PROC_ANAME);
	field_set_add(&want, FIELD_FD_NAME);
	field_set_add(&want, FIELD_EVT_TIME);
	assert_memory_equal(&set, &want, sizeof(set));
	assert_true(span_eq(template_member(t, 0), SPAN("evt.arg.flags")));
	assert_true(span_eq(template_member(t, 1), SPAN("proc.aname[2]")));
	assert_int_equal(template_member(t, 2).n, 0);
	template_free(t);
}

/* A long value can't push the others out of the line. */
static void long_values_leave_room(void **state)
{
	static char records[70000];
	struct bench *b = *state;
	size_t n = strlen(strcpy(records, "type=USER_CMD msg=audit(1700000000.123:7): pid=1 uid=0 msg='cmd=\""));

	memset(records + n, 'y', 62000);
	strcpy(records + n + 62000, "\" res=success'\n");
	expand(b, "cmd=%audit.msg.cmd pid=%proc.pid", records);
	assert_true(b->n < 60000 && b->n > 10000);
	assert_non_null(strstr(b->text, "yyy...yyy"));
	assert_string_equal(b->text + b->n - 9, "yyy pid=1");
	assert_string_equal(b->truncated, "output:62010");
	expand(b, "%audit.msg.cmd%audit.msg.cmd", records);
	assert_true(b->n > 59000 && b->n <= 60000);
	assert_string_equal(b->truncated, "output:124000");
}

static void without_memory(void **state)
{
	struct bench *b = *state;

	b->no_memory = true;
	assert_string_equal(expand(b, "%proc.name and %fd.name", openat), "");
	assert_string_equal(expand(b, "plain", openat), "");
}

static int set_up(void **state)
{
	*state = calloc(1, sizeof(struct bench));
	return *state ? 0 : -1;
}

static int tear_down(void **state)
{
	free(*state);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_kind, set_up, tear_down),
		cmocka_unit_test_setup_teardown(an_address, set_up, tear_down),
		cmocka_unit_test_setup_teardown(values_are_no_templates, set_up, tear_down),
		cmocka_unit_test(faults),
		cmocka_unit_test(too_much),
		cmocka_unit_test(what_it_needs),
		cmocka_unit_test_setup_teardown(long_values_leave_room, set_up, tear_down),
		cmocka_unit_test_setup_teardown(without_memory, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
