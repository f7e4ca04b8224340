#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "record/record.h"
#include "table/key.h"
#include "tail.h"

#include <stdio.h>
#include <time.h>

#define TEXT_MAX_TESTED 16384
#define PAIRS 4096

static struct tail tail;

static int set_up(void **state)
{
	(void)state;
	tail = tail_new(TEXT_MAX_TESTED);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	tail_free(&tail);
	return 0;
}

typedef size_t pairs_fn(struct kv_memo *memo, struct span text, struct kv *out, size_t max, struct span *rest);

/* All pairs of a text, by arrays of `max`. */
static size_t all_pairs(pairs_fn *fn, struct kv_memo *memo, struct span text, struct kv *out, size_t max)
{
	size_t n = 0, got;

	do {
		got = fn(memo, text, out + n, max, &text);
		assert_true(got <= max && (got == max || text.n == 0));
		n += got;
	} while (text.n > 0 && n + max <= PAIRS);
	return n;
}

/* k=bare|k="double"|k='single'|k={brace}|~words */
static void render(const struct kv *kv, size_t n, char *out)
{
	static const char *const form[] = { "%.*s=%.*s", "%.*s=\"%.*s\"", "%.*s='%.*s'", "%.*s={%.*s}", "%.*s~%.*s" };

	*out = '\0';
	for (size_t i = 0; i < n; i++) {
		if (i)
			out += sprintf(out, "|");
		out += sprintf(out, form[kv[i].quote], kv[i].key_len, kv[i].key, (int)kv[i].val_len, kv[i].val);
		assert_int_equal(kv[i].id, key_find(kv[i].key, kv[i].key_len));
	}
}

struct sample {
	const char *text, *want;
};

/* The same whatever the memo holds, wherever the array ends, whatever the pad says. */
static void check(pairs_fn *fn, const struct sample *s)
{
	static const size_t sizes[] = { PAIRS, 1, 2, 3 };
	static const char *const pads[] = { "", "\"", "'", "=1 auid=2 ", "} ", "x", ")" };
	static struct kv kv[PAIRS];
	char got[TEXT_MAX_TESTED];
	struct kv_memo memo;

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t j = 0; j < sizeof(pads) / sizeof(pads[0]); j++) {
			size_t n = strlen(s->text);
			struct span text = span_of(tail_put(&tail, s->text, n, pads[j]), n);

			memset(&memo, j * 37, sizeof(memo));
			for (int again = 0; again < 2; again++) {
				render(kv, all_pairs(fn, &memo, text, kv, sizes[i]), got);
				if (strcmp(got, s->want) != 0)
					fail_msg("array of %zu, pad '%s', '%s':\n got %s\nwant %s", sizes[i], pads[j], s->text, got, s->want);
			}
		}
	}
}

static const struct sample bodies[] = {
	{ "", "" },
	{ "   ", "" },
	{ "a=1", "a=1" },
	{ " ppid=71  pid=669 ", "ppid=71|pid=669" },
	{ "arch=c000003e syscall=2 success=yes exit=-2 a0=7ffe comm=\"evgen\" exe=\"/tmp/evgen\" key=(null)",
		"arch=c000003e|syscall=2|success=yes|exit=-2|a0=7ffe|comm=\"evgen\"|exe=\"/tmp/evgen\"|key=(null)" },
	{ "cwd=\"/root\"", "cwd=\"/root\"" },
	{ "cwd=\"/cut by the ker", "cwd=\"/cut by the ker" "\"" },
	{ "name=\"\" inode=1", "name=\"\"|inode=1" },
	{ "name=\"", "name=\"\"" },
	{ "name=\" a=1", "name=\" a=1\"" },
	{ "name=\"a b\" x=1", "name=\"a b\"|x=1" },
	{ "name=\"a\"b\" x=1", "name=\"a\"b\"|x=1" },
	{ "op=\"add rule\" key=\"chmod\" list=4 res=1", "op=\"add rule\"|key=\"chmod\"|list=4|res=1" },
	{ "subj= res=", "subj=|res=" },
	{ "op= id=1002", "op=|id=1002" },
	{ "subj==unconfined pid=1", "subj==unconfined|pid=1" },
	{ "subj=/usr/sbin/ntpd (enforce) pid=1", "subj=/usr/sbin/ntpd (enforce)|pid=1" },
	{ "subj=/usr/sbin/ntpd (enforce)", "subj=/usr/sbin/ntpd (enforce)" },
	{ "a=\"x\" (y) b=1 (z)", "a=\"x\"|~(y)|b=1 (z)" },
	{ "pid=345 uid=0 old auid=4294967295 new auid=1000 old ses=4 new ses=1",
		"pid=345|uid=0|old auid=4294967295|new auid=1000|old ses=4|new ses=1" },
	{ "login pid=1 uid=0 old auid=1 new auid=2", "~login|pid=1|uid=0|old auid=1|new auid=2" },
	{ "old-auid=1 auid=2 old=64", "old-auid=1|auid=2|old=64" },
	{ "user pid=262 uid=0", "~user|pid=262|uid=0" },
	{ "tty pid=342 major=136 data=6C730A", "~tty|pid=342|major=136|data=6C730A" },
	{ "policy loaded auid=4294967295 ses=1", "~policy loaded|auid=4294967295|ses=1" },
	{ "initialized", "~initialized" },
	{ "auditd start, ver=1.0.15, format=raw, auid=4294967295 pid=1756 res=success, auditd pid=1756",
		"~auditd start,|ver=1.0.15|format=raw|auid=4294967295|pid=1756|res=success|~auditd|pid=1756" },
	{ "x=a,b y=c,", "x=a,b|y=c," },
	{ "avc:  denied  { read write } for  pid=4 comm=\"x\" capability=7  scontext=u:r:t:s0-s0:c0.c3 tclass=file",
		"~avc:  denied|={read write}|~for|pid=4|comm=\"x\"|capability=7|scontext=u:r:t:s0-s0:c0.c3|tclass=file" },
	{ "avc:  denied  { } for", "~avc:  denied|={}|~for" },
	{ "avc:  denied  { read", "~avc:  denied  { read" },
	{ "{", "~{" },
	{ "{}", "={}" },
	{ "apparmor=\"DENIED\" info=\"Failed name lookup - disconnected path\" error=-13 name=\"a b\"",
		"apparmor=\"DENIED\"|info=\"Failed name lookup - disconnected path\"|error=-13|name=\"a b\"" },
	{ "SELinux:  unrecognized netlink message type=1200 for sclass=36",
		"~SELinux:  unrecognized netlink message|type=1200|~for|sclass=36" },
	{ "pid=1 msg='op=PAM:auth acct=\"root\" res=success'", "pid=1|msg='op=PAM:auth acct=\"root\" res=success'" },
	{ "msg='it's a 'quote' here'", "msg='it's a 'quote' here'" },
	{ "msg='not closed at all", "msg='not closed at all'" },
	{ "msg='hello 'user' back", "msg='hello 'user' back'" },
	{ "msg='op=x' res=1", "msg='op=x'|res=1" },
	{ "msg=''", "msg=''" },
	{ "msg='", "msg=''" },
	{ "msg=' op=x' ", "msg=' op=x'" },
	{ "argc=3 a0=\"ls\" a1=2D6C a2=\"\" a3_len=9 a3[0]=6161 a3[1]=\"b\" a12=\"z\" a65536=00",
		"argc=3|a0=\"ls\"|a1=2D6C|a2=\"\"|a3_len=9|a3[0]=6161|a3[1]=\"b\"|a12=\"z\"|a65536=00" },
	{ "uid=1 uid=2 uid=3", "uid=1|uid=2|uid=3" },
	{ "ARCH=x86_64 SYSCALL=openat AUID=\"unset\" UID=\"root\"", "ARCH=x86_64|SYSCALL=openat|AUID=\"unset\"|UID=\"root\"" },
	{ "SADDR={ saddr_fam=inet laddr=127.0.0.1 lport=81 }", "SADDR={saddr_fam=inet laddr=127.0.0.1 lport=81}" },
	{ "S=59 1=2 =3 x y=4", "S=59|~1=2 =3 x|y=4" },
	{ "audit_backlog_wait_time=60000 old=15000", "audit_backlog_wait_time=60000|old=15000" },
	{ "audit_backlog_limitx=1 audit_backlog_limit=2", "audit_backlog_limitx=1|audit_backlog_limit=2" },
	{ "cap_fe=0 cap_fex=1 cap_f=2", "cap_fe=0|cap_fex=1|cap_f=2" },
	{ "x=(a b) c=1", "x=(a|~b)|c=1" },
	{ "a=1 : b=2 , c=3", "a=1|b=2|c=3" },
};

static const struct sample messages[] = {
	{ "", "" },
	{ "op=adding user id=1001 exe=\"/usr/sbin/useradd\" hostname=? addr=? terminal=? res=success",
		"op=adding user|id=1001|exe=\"/usr/sbin/useradd\"|hostname=?|addr=?|terminal=?|res=success" },
	{ "op=adding group to /etc/group id=1002", "op=adding group to /etc/group|id=1002" },
	{ "op= id=1002", "op=|id=1002" },
	{ "op=", "op=" },
	{ "op=a b", "op=a b" },
	{ "op=a  b  ", "op=a  b" },
	{ " op=x", "op=x" },
	{ "op=PAM:authentication acct=\"root\" exe=\"/bin/login\" (hostname=?, addr=?, terminal=ttyS0 res=success)",
		"op=PAM:authentication|acct=\"root\"|exe=\"/bin/login\"|hostname=?|addr=?|terminal=ttyS0|res=success" },
	{ "PAM: authentication acct=root : exe=\"/bin/su\" (hostname=?, addr=?, terminal=pts/0 res=success)",
		"~PAM: authentication|acct=root|exe=\"/bin/su\"|hostname=?|addr=?|terminal=pts/0|res=success" },
	{ "PAM: authentication acct=\"root\" : exe=\"/bin/su\"", "~PAM: authentication|acct=\"root\"|exe=\"/bin/su\"" },
	{ "avc:  denied  { send_msg } for msgtype=method_call tclass=dbus : exe=\"?\" sauid=81",
		"~avc:  denied|={send_msg}|~for|msgtype=method_call|tclass=dbus|exe=\"?\"|sauid=81" },
	{ "avc:  received policyload notice (seqno=2) : exe=\"?\"", "~avc:  received policyload notice|seqno=2|exe=\"?\"" },
	{ "avc:  denied  { start } for auid=1 tclass=service\n exe=\"?\"", "~avc:  denied|={start}|~for|auid=1|tclass=service|exe=\"?\"" },
	{ "text=hello user 'record' with = \"quotes\" and backslash \\ end exe=\"/x\"",
		"text=hello user 'record' with = \"quotes\" and backslash \\ end|exe=\"/x\"" },
	{ "hello from user", "~hello from user" },
	{ "uid=0: exe=\"/x\" (hostname=?, addr=2001:db8:: terminal=a: res=no)",
		"uid=0|exe=\"/x\"|hostname=?|addr=2001:db8::|terminal=a|res=no" },
	{ "op=PAM: text=a:", "op=PAM|text=a:" },
	{ "cwd=\"/root\" cmd=6C73202D6C61 terminal=pts/0", "cwd=\"/root\"|cmd=6C73202D6C61|terminal=pts/0" },
	{ "acct=\"a\"b res=1", "acct=\"a\"|~b|res=1" },
	{ "acct=\"a\", res=1", "acct=\"a\"|res=1" },
	{ "acct=(none) tty=(none)", "acct=(none)|tty=(none)" },
	{ "op=x (y) z=1", "op=x (y)|z=1" },
	{ "unit=a comm=\"systemd\" exe=\"/usr/lib/systemd/systemd\"", "unit=a|comm=\"systemd\"|exe=\"/usr/lib/systemd/systemd\"" },
	{ "x='a b' y=1", "x='a b'|y=1" },
	{ "cmd=ls --color=auto -l res=success", "cmd=ls --color=auto -l|res=success" },
};

static void test_bodies(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(bodies[0]); i++)
		check(record_pairs, &bodies[i]);
}

static void test_messages(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		check(record_pairs_msg, &messages[i]);
}

/* A pair at every place against the 64 bytes that are looked at together. */
static void test_every_offset(void **state)
{
	char text[512], want[512];
	struct sample s = { text, want };

	(void)state;
	for (int width = 1; width < 140; width++) {
		snprintf(text, sizeof(text), "pid=%0*d auid=1 comm=\"%0*d\" exe=\"a b\" key=(null)", width, 7, width, 8);
		snprintf(want, sizeof(want), "pid=%0*d|auid=1|comm=\"%0*d\"|exe=\"a b\"|key=(null)", width, 7, width, 8);
		check(record_pairs, &s);
	}
}

/* Every key of the table, guessed and looked up; and one that is no more than its beginning. */
static void test_every_key(void **state)
{
	struct kv_memo memo;
	struct kv kv[4];
	char text[128];

	(void)state;
	memset(&memo, 0, sizeof(memo));
	for (unsigned id = 1; id < KEY_COUNT; id++) {
		for (int again = 0; again < 4; again++) {
			const char *form = again & 1 ? "pid=1 %.*s.=2" : "pid=1 %.*s=2";
			size_t n = (size_t)sprintf(text, form, key_entries[id].len, key_entries[id].name);
			struct span s = span_of(tail_put(&tail, text, n, ""), n);

			assert_int_equal(all_pairs(record_pairs, &memo, s, kv, 4), 2);
			assert_int_equal(kv[1].id, again & 1 ? KEY_NONE : id);
		}
	}
}

static void test_long_key(void **state)
{
	char text[600], want[600];
	struct sample s = { text, want };

	(void)state;
	for (int n = 250; n < 260; n++) {
		snprintf(text, sizeof(text), "pid=1 k%0*d=2 uid=3", n - 1, 0);
		snprintf(want, sizeof(want), "pid=1|%sk%0*d=2|uid=3", n > 255 ? "~" : "", n - 1, 0);
		check(record_pairs, &s);
	}
}

/* What no span covers may only be blanks and the signs around spans. */
static void check_cover(struct span text, const struct kv *kv, size_t n)
{
	static char covered[TEXT_MAX_TESTED];

	memset(covered, 0, text.n);
	for (size_t i = 0; i < n; i++) {
		assert_true(kv[i].key >= text.p && kv[i].key + kv[i].key_len <= text.p + text.n);
		assert_true(kv[i].val >= text.p && kv[i].val + kv[i].val_len <= text.p + text.n);
		assert_true(kv[i].quote <= KV_WORDS);
		memset(covered + (kv[i].key - text.p), 1, kv[i].key_len + (kv[i].key_len > 0));
		memset(covered + (kv[i].val - text.p), 1, kv[i].val_len);
	}
	for (size_t i = 0; i < text.n; i++)
		if (!covered[i] && !strchr(" \t\r\n\"'{}:,()", text.p[i]))
			fail_msg("'%c' at %zu of '%.*s' is lost", text.p[i], i, (int)text.n, text.p);
}

/* The same spans, and read in the same way. */
static bool same_pair(const struct kv *a, const struct kv *b)
{
	return a->key == b->key && a->val == b->val && a->val_len == b->val_len && a->id == b->id
		&& a->key_len == b->key_len && a->quote == b->quote;
}

static void test_random_texts(void **state)
{
	static const char *const pieces[] = { "pid=", "auid=", "msg='", "'", "\"", " ", "  ", "{", "}", "=", "(", ")", ",", ":", "1",
		"old ", "new ", "a7[3]=", "name=\"", "\n", "\x1d", "\xff", "op=add", "audit_backlog_wait_time=" };
	const size_t count = sizeof(pieces) / sizeof(pieces[0]);
	static struct kv kv[PAIRS], again[PAIRS];
	struct kv_memo memo;
	unsigned seed = 7;
	char line[1024];

	(void)state;
	memset(&memo, 0, sizeof(memo));
	for (int round = 0; round < 60000; round++) {
		pairs_fn *fn = round & 1 ? record_pairs_msg : record_pairs;
		size_t n = 0, pairs;

		for (int i = round % 29; i >= 0; i--) {
			const char *piece = pieces[((seed = seed * 1103515245 + 12345) >> 8 & 0xffff) % count];

			memcpy(line + n, piece, strlen(piece));
			n += strlen(piece);
		}
		struct span text = span_of(tail_put(&tail, line, n, pieces[seed % count]), n);
		pairs = all_pairs(fn, &memo, text, kv, PAIRS);
		check_cover(text, kv, pairs);
		/* Another pad, a memo of noise and a smaller array change nothing. */
		memset(&memo, (int)seed >> 8, sizeof(memo));
		tail_put(&tail, line, n, pieces[seed / 64 % count]);
		assert_int_equal(all_pairs(fn, &memo, text, again, 1 + seed % 5), pairs);
		for (size_t i = 0; i < pairs; i++)
			assert_true(same_pair(&kv[i], &again[i]));
	}
}

/* Text that makes each road give up soon and often: the time must grow with the length alone. */
static void test_hostile_texts(void **state)
{
	static const char *const pieces[] = { "x=\"a", "\"x=\"a\"", "{ ", "{}", "msg='", "'", "(a ", "(a)", "a=( ", "old ",
		"x=1 (", "k", "=", "\n", "a= {", "a={}", "(x) ", "x=\" \"b", "new a", "a-", " : ", "x=\"\"" };
	const size_t size = 1 << 20;
	struct tail large = tail_new(size);
	char *text = malloc(size);
	struct kv kv[64];
	struct kv_memo memo;
	struct span rest;

	(void)state;
	assert_non_null(text);
	memset(&memo, 0, sizeof(memo));
	for (size_t i = 0; i < 2 * sizeof(pieces) / sizeof(pieces[0]); i++) {
		const char *piece = pieces[i / 2];
		pairs_fn *fn = i & 1 ? record_pairs_msg : record_pairs;
		clock_t start = clock();

		for (size_t at = 0; at < size; at++)
			text[at] = piece[at % strlen(piece)];
		rest = span_of(tail_put(&large, text, size, piece), size);
		while (rest.n > 0)
			fn(&memo, rest, kv, 64, &rest);
		/* Some 20 ms and with all checkers on ten times that; minutes where it is quadratic. */
		assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
	}
	free(text);
	tail_free(&large);
}

static void test_no_room(void **state)
{
	struct kv_memo memo;
	struct span rest, text = span_of(tail_put(&tail, "pid=1 uid=2", 11, ""), 11);
	struct kv kv[1];

	(void)state;
	memset(&memo, 0, sizeof(memo));
	assert_int_equal(record_pairs(&memo, text, kv, 0, &rest), 0);
	assert_int_equal(rest.n, 11);
	assert_int_equal(record_pairs(&memo, text, kv, 1, &rest), 1);
	assert_true(span_eq(rest, SPAN("uid=2")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_every_offset),
		cmocka_unit_test(test_every_key),
		cmocka_unit_test(test_long_key),
		cmocka_unit_test(test_random_texts),
		cmocka_unit_test(test_hostile_texts),
		cmocka_unit_test(test_no_room),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
