/* The schema's table, fields by name, stages on demand, members of families. */
#include "event_kit.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define HEAD " msg=audit(1700000000.123:7): "
static const char open_log[] =
	"node=web1 type=SYSCALL" HEAD "arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c a1=7f a2=42 a3=180 items=2 ppid=10 pid=20 "
	"auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 tty=pts1 ses=3 comm=\"vi\" exe=\"/bin/vi\" subj=u:r:t "
	"key=6B31016B32\x1d" "AUID=\"ada\" EUID=\"root\" EGID=\"wheel\"\n"
	"node=web1 type=CWD" HEAD "cwd=\"/d\"\n"
	"node=web1 type=PATH" HEAD "item=0 name=\"/d/\" inode=4 dev=fd:01 mode=040755 ouid=0 ogid=0 rdev=00:00 nametype=PARENT\n"
	"node=web1 type=PATH" HEAD "item=1 name=66FF inode=5 dev=fd:01 mode=0100600 ouid=4294967295 ogid=0 rdev=00:00 nametype=CREATE "
	"cap_fp=0 cap_frootid=0\n"
	"node=web1 type=PROCTITLE" HEAD "proctitle=7669002D6E\n";
static const char connect_log[] =
	"type=SYSCALL" HEAD "arch=c000003e syscall=42 success=no exit=-111 a0=4 a1=7f a2=10 items=0 ppid=10 pid=20 auid=1000 uid=0 euid=0\n"
	"type=SOCKADDR" HEAD "saddr=020000517F0000010000000000000000\n";
static const char user_log[] =
	"type=USER_AUTH" HEAD "pid=746 uid=0 auid=4294967295 ses=4294967295 msg='op=PAM:authentication grantors=pam_unix acct=\"ada\" "
	"exe=\"/usr/bin/su\" hostname=h addr=10.0.0.1 terminal=pts/0 res=success'\n";
static const char avc_log[] =
	"type=AVC" HEAD "avc:  denied  { read write } for  pid=2 comm=\"a\" scontext=s tcontext=t tclass=file\n"
	"type=AVC" HEAD "avc:  denied  { open } for  pid=2 comm=\"a\" scontext=s tcontext=t tclass=dir\n"
	"type=SYSCALL" HEAD "arch=c000003e syscall=2 success=no exit=-13 a0=7f a1=0 pid=2 comm=\"a\"\n";

static const struct {
	const char *text;
	size_t n;
} logs[] = {
#define LOG(l) { l, sizeof(l) - 1 }
	LOG(open_log), LOG(connect_log), LOG(user_log), LOG(avc_log), LOG("no record\n"),
};

/* Every event of the log to `fn`, at least one. */
static void each(const char *log, size_t n, void (*fn)(void *, struct event *))
{
	struct event_kit k = { .on_event = fn };

	event_kit_start(&k, NULL);
	event_kit_feed(&k, log, n);
	event_kit_end(&k);
	assert_int_not_equal(k.groups + k.malformed, 0);
}

#define EACH(log, fn) each(log, sizeof(log) - 1, fn)

static void table_is_sorted(void **state)
{
	(void)state;
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct field *field = &fields[f];

		assert_int_equal(field->name.n, strlen(field->name.p));
		assert_int_equal(strspn(field->name.p, "abcdefghijklmnopqrstuvwxyz0123456789_.*"), field->name.n);
		assert_true(field->meaning && *field->meaning);
		assert_true(field->stage < STAGE_COUNT);
		assert_true(field->type <= TYPE_FAMILY);
		assert_int_equal(field->sets & ~(unsigned)(SET_CORE | SET_FALCO | SET_ASKED), 0);
		if (f > 0 && strcmp(fields[f - 1].name.p, field->name.p) >= 0)
			fail_msg("%s does not come before %s", fields[f - 1].name.p, field->name.p);
	}
}

static void each_is_found(void **state)
{
	static const char *const none[] = { "", "e", "evt", "evt.", "evt.typ", "evt.type ", "evt.typea", "EVT.TYPE", "a", "zzz", "user.uidx",
		"audit", "audit.", "evt.arg.flags", "proc.aname[1]" };

	(void)state;
	for (int f = 0; f < FIELD_COUNT; f++)
		assert_int_equal(field_find(fields[f].name), f);
	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++)
		assert_int_equal(field_find(span_of(none[i], strlen(none[i]))), -1);
	assert_int_equal(field_find(span_of("evt.type\0x", 10)), -1);
}

/* What a value of a field's type may be. */
static bool kind_fits(enum field_type type, uint32_t kind)
{
	switch (type) {
	case TYPE_STR:
	case TYPE_IP:
		return kind == VALUE_TEXT || kind == VALUE_NAME;
	case TYPE_I64:
		return kind == VALUE_I64;
	case TYPE_U64:
	case TYPE_TIME:
	case TYPE_REL:
	case TYPE_PORT:
		return kind == VALUE_U64 || kind == VALUE_I64 || kind == VALUE_DIGITS;
	case TYPE_BOOL:
		return kind == VALUE_BOOL;
	case TYPE_LIST:
		return kind == VALUE_LIST || kind == VALUE_NAMES;
	case TYPE_FAMILY:
		break;
	}
	return false;
}

/* A name needs no escape; a text has EVENT_PAD bytes behind it, which a sanitizer looks after. */
static unsigned check_text(const char *p, size_t n, bool name)
{
	unsigned sum = 0;

	for (size_t i = 0; name && i < n; i++)
		assert_true(p[i] >= 0x20 && p[i] < 0x7f && p[i] != '"' && p[i] != '\\');
	for (size_t i = 0; !name && i < EVENT_PAD; i++)
		sum += (unsigned char)p[n + i];
	return sum;
}

static void check_value(struct event *ev, int f, const struct value *v)
{
	(void)ev;
	if (!kind_fits(fields[f].type, v->kind))
		fail_msg("%s is of kind %u", fields[f].name.p, v->kind);
	if (v->kind == VALUE_TEXT || v->kind == VALUE_NAME) {
		if (!v->n)
			fail_msg("%s is empty", fields[f].name.p);
		check_text(v->p, v->n, v->kind == VALUE_NAME);
	}
	for (uint32_t i = 0; (v->kind == VALUE_LIST || v->kind == VALUE_NAMES) && i < v->n; i++)
		check_text(v->list[i].p, v->list[i].n, v->kind == VALUE_NAMES);
}

static void on_typed(void *ctx, struct event *ev)
{
	(void)ctx;
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct value *v = fields[f].type == TYPE_FAMILY ? NULL : event_get(ev, f);

		if (v)
			check_value(ev, f, v);
	}
	for (uint32_t i = 1; i < ev->extra_count; i++) {
		struct span a = ev->extras[i - 1].name, b = ev->extras[i].name;
		int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

		assert_true(c < 0 || (c == 0 && a.n < b.n));
	}
}

static void values_fit_their_types(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++)
		each(logs[i].text, logs[i].n, on_typed);
}

static void on_stages(void *ctx, struct event *ev)
{
	struct field_set want = { { 0 } };
	uint32_t args;

	(void)ctx;
	assert_int_equal(ev->stages, 1u << STAGE_STORED);
	event_derive(ev, &want);
	field_set_add(&want, FIELD_EVT_TYPE); /* is stored */
	event_derive(ev, &want);
	assert_int_equal(ev->stages, 1u << STAGE_STORED);
	assert_null(ev->args);
	assert_false(event_has(ev, FIELD_EVT_ARGS));

	assert_non_null(event_get(ev, FIELD_EVT_ARGS));
	assert_true(ev->stages >> STAGE_ARGS & 1);
	assert_false(ev->stages >> STAGE_TREE & 1);
	args = ev->arg_count;
	assert_int_not_equal(args, 0);

	for (int f = 0; f < FIELD_COUNT; f++)
		field_set_add(&want, f);
	event_derive(ev, &want);
	assert_int_equal(ev->stages, (1u << STAGE_COUNT) - 1);
	event_derive(ev, &want);
	assert_int_equal(ev->arg_count, args);
	assert_true(event_has(ev, FIELD_FD_NAME));
	assert_true(event_has(ev, FIELD_EVT_TIME_ISO8601));
	assert_true(event_has(ev, FIELD_AUDIT_RAW));
	assert_true(event_has(ev, FIELD_PROC_CMDLINE));
	/* not of this event */
	assert_null(event_get(ev, FIELD_FD_SIP));
	assert_null(event_get(ev, FIELD_PROC_ENV));
}

static void stages_run_once_and_on_demand(void **state)
{
	(void)state;
	EACH(open_log, on_stages);
}

static void member_is(struct event *ev, const char *name, const char *want)
{
	struct value v;
	char text[200];
	struct buf b = { text, 0, sizeof(text) - 1, false };
	bool has = event_get_member(ev, span_of(name, strlen(name)), &v);

	if (has != (want != NULL))
		fail_msg("%s is %s", name, has ? "there" : "absent");
	if (!has)
		return;
	event_kit_print(&b, &v);
	text[b.n] = '\0';
	assert_string_equal(text, want);
}

static void on_open(void *ctx, struct event *ev)
{
	(void)ctx;
	member_is(ev, "evt.arg.flags", "O_RDWR|O_CREAT");
	member_is(ev, "evt.arg.fd", "3");
	member_is(ev, "evt.arg.name", "f\xff");
	member_is(ev, "evt.arg.nam", NULL);
	member_is(ev, "evt.arg.", NULL);
	member_is(ev, "evt.arg", NULL);
	member_is(ev, "audit.path[0].nametype", "PARENT");
	member_is(ev, "audit.path[1].inode", "5");
	member_is(ev, "audit.path[1].name", "f\xff");
	member_is(ev, "audit.path[1].ouid", "-1");
	member_is(ev, "audit.path[1].cap_fp", "0");
	member_is(ev, "audit.path[1].cap_frootid", "0");
	member_is(ev, "audit.path[0].cap_fp", NULL);
	member_is(ev, "audit.path[0].obj", NULL);
	member_is(ev, "audit.path[2].name", NULL);
	member_is(ev, "audit.path[0]", NULL);
	member_is(ev, "audit.path[0].", NULL);
	member_is(ev, "audit.path[0]name", NULL);
	member_is(ev, "audit.path[].name", NULL);
	member_is(ev, "audit.path[x].name", NULL);
	member_is(ev, "audit.path[0", NULL);
	member_is(ev, "audit.path[4294967296].name", NULL);
	member_is(ev, "proc.aname[0]", "vi");
	member_is(ev, "proc.apid[0]", "20");
	member_is(ev, "proc.aexepath[0]", "/bin/vi");
	member_is(ev, "proc.aname[1]", NULL);
	member_is(ev, "proc.aname[0]x", NULL);
	member_is(ev, "proc.aname", NULL);
	member_is(ev, "", NULL);
}

static void on_user(void *ctx, struct event *ev)
{
	(void)ctx;
	member_is(ev, "audit.msg.grantors", "pam_unix");
	member_is(ev, "audit.msg.hostname", "h");
	member_is(ev, "audit.msg.acct", NULL); /* has a field of its own */
	member_is(ev, "audit.msg.", NULL);
	member_is(ev, "evt.arg.flags", NULL);
	member_is(ev, "audit.path[0].name", NULL);
	member_is(ev, "proc.aname[0]", NULL);
}

static void on_avc(void *ctx, struct event *ev)
{
	(void)ctx;
	member_is(ev, "audit.avc.permissions", "read,write");
	member_is(ev, "audit.avc.tclass", "file");
	member_is(ev, "audit.avc[1].permissions", "open");
	member_is(ev, "audit.avc[1].tclass", "dir");
	member_is(ev, "audit.avc[2].tclass", NULL);
	member_is(ev, "evt.arg.flags", "O_RDONLY");
}

static void members_of_families(void **state)
{
	(void)state;
	EACH(open_log, on_open);
	EACH(user_log, on_user);
	EACH(avc_log, on_avc);
}

/* What one event left must not shine through the next one, which uses the same memory. */
static void on_second(void *ctx, struct event *ev)
{
	(void)ctx;
	if (!event_get(ev, FIELD_AUDIT_OP)) {
		event_get(ev, FIELD_FD_NAME);
		event_get(ev, FIELD_EVT_ARGS);
		return;
	}
	assert_null(event_get(ev, FIELD_FD_NAME));
	assert_null(event_get(ev, FIELD_EVT_ARGS));
	assert_null(event_get(ev, FIELD_PROC_CWD));
	assert_null(event_get(ev, FIELD_SYSCALL_TYPE));
	assert_null(event_get(ev, FIELD_AUDIT_KEYS));
	assert_int_equal(event_get(ev, FIELD_EVT_NUM)->u64, 2);
	member_is(ev, "evt.arg.flags", NULL);
	member_is(ev, "audit.path[0].name", NULL);
}

static void events_do_not_mix(void **state)
{
	struct event_kit k = { .on_event = on_second };

	(void)state;
	event_kit_start(&k, NULL);
	event_kit_feed(&k, open_log, sizeof(open_log) - 1);
	event_kit_feed(&k, user_log, sizeof(user_log) - 1);
	event_kit_end(&k);
	assert_int_equal(k.groups, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(table_is_sorted),
		cmocka_unit_test(each_is_found),
		cmocka_unit_test(values_fit_their_types),
		cmocka_unit_test(stages_run_once_and_on_demand),
		cmocka_unit_test(members_of_families),
		cmocka_unit_test(events_do_not_mix),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
