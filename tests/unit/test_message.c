/* The line that says what happened. */
#include "cases.h"
#include "encode/message.h"

static const struct {
	const char *log, *want; /* without the time */
} messages[] = {
	{ CALL(257, OK("3"), "a0=ffffff9c a1=7f a2=0 a3=0") CWD("\"/d\"") PATH(0, "\"f g\"", "NORMAL"),
	  "Informational openat /d/f g by cmd (pid 20, uid 3): SUCCESS" },
	{ CALL(257, BAD("-2"), "a0=ffffff9c a1=7f a2=0 a3=0"), "Informational openat fd=-1 dirfd=AT_FDCWD flags=O_RDONLY by cmd (pid 20, uid 3): ENOENT" },
	{ CALL(59, OK("0"), "a0=1") ARGV("argc=2 a0=\"ls\" a1=\"-l\""), "Informational execve ls -l by cmd (pid 20, uid 3): SUCCESS" },
	{ CALL(59, BAD("-2"), "a0=1"), "Informational execve by cmd (pid 20, uid 3): ENOENT" },
	{ CALL(59, BAD("-2"), "a0=1") CWD("\"/d\"") REC("PATH", "item=0 name=\"./no such\" nametype=UNKNOWN") TITLE("7368002D63"),
	  "Informational execve ./no such by cmd (pid 20, uid 3): ENOENT" },
	{ CALL(59, BAD("-2"), "a0=1") TITLE("7368002D63"), "Informational execve by cmd (pid 20, uid 3): ENOENT" },
	{ CALL(59, BAD("-8"), "a0=1") ARGV("argc=2 a0=\"x\" a1=\"-l\"") PATH(0, "\"/x\"", "NORMAL"),
	  "Informational execve x -l by cmd (pid 20, uid 3): ENOEXEC" },
	{ CALL(322, BAD("-13"), "a0=5 a1=1") CWD("\"/d\"") PATH(0, "\"x\"", "NORMAL") TITLE("7368002D63"),
	  "Informational execveat x by cmd (pid 20, uid 3): EACCES" },
	{ CALL(59, OK("0"), "a0=1") PATH(0, "\"/x\"", "NORMAL") TITLE("7368002D63"),
	  "Informational execve sh -c by cmd (pid 20, uid 3): SUCCESS" },
	{ CALL(82, OK("0"), "a0=1 a1=2") CWD("\"/\"") PATH(0, "\"/a\"", "DELETE") PATH(1, "\"/b\"", "CREATE"),
	  "Informational rename /a -> /b by cmd (pid 20, uid 3): SUCCESS" },
	{ CALL(42, BAD("-111"), "a0=4 a1=1 a2=10") ADDR("020000517F0000010000000000000000"),
	  "Informational connect ->127.0.0.1:81 by cmd (pid 20, uid 3): ECONNREFUSED" },
	{ REC("USER_LOGIN", "pid=5 uid=0 msg='op=login acct=\"ada\" exe=\"/bin/x\" addr=1.2.3.4 res=failed'"),
	  "Informational user_login login of ada from 1.2.3.4 by /bin/x (pid 5, uid 0): FAILED" },
	{ REC("SERVICE_START", "pid=1 uid=0 msg='unit=cron comm=\"systemd\" exe=\"/s\" res=success'"),
	  "Informational service_start cron by /s (pid 1, uid 0): SUCCESS" },
	{ REC("BPF", "prog-id=1 op=LOAD"), "Informational bpf LOAD prog_id=1" },
	{ REC("SYSCALL", "arch=c000003e syscall=39 comm=6120FF0A pid=9223372036854775807 euid=4294967295"),
	  "Informational getpid by a \xff\n (pid 9223372036854775807, uid -1)" },
	{ CALL(62, OK("0"), "a0=1a8 a1=f"), "Informational kill pid=424 sig=SIGTERM by cmd (pid 20, uid 3): SUCCESS" },
	{ REC("AVC", "avc:  denied  { read } for pid=20 tclass=file") CALL(62, BAD("-13"), "a0=1 a1=0"),
	  "Informational kill pid=1 sig=0 by cmd (pid 20, uid 3): EACCES with AVC" },
	{ REC("ANOM_ABEND", "pid=5 comm=\"x\" sig=11 res=1"), "Informational anom_abend sig=11 by x (pid 5)" },
	{ REC("ANOM_LOGIN_FAILURES", "pid=5 msg='op=faillock acct=\"ada\" res=success'"),
	  "Informational anom_login_failures faillock of ada (pid 5)" },
	{ CALL(86, BAD("-1"), "a0=1 a1=2") REC("ANOM_LINK", "op=linkat res=0"),
	  "Informational link by cmd (pid 20, uid 3): EPERM with ANOM_LINK linkat" },
	{ "not a record", "Informational audit.raw no record: not a record" },
};

static void on_message(void *ctx, struct event *ev)
{
	const char *want = *(const char **)ctx;
	struct verdict verdict = { .priority = 6 };
	struct message m;
	struct span s;

	event_derive(ev, &message_fields);
	message_make(&m, ev, &verdict);
	s = message_join(&m, ev);
	assert_true(s.n > 20);
	assert_int_equal(s.p[18], ':');
	if (s.n - 20 != strlen(want) || memcmp(s.p + 20, want, s.n - 20) != 0)
		fail_msg("%.*s is not %s", (int)s.n - 20, s.p + 20, want);
	assert_true(m.count <= MESSAGE_PIECES);
}

static void default_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++) {
		const char *want = messages[i].want;
		struct event_kit k = { .on_event = on_message, .ctx = &want };

		event_kit_start(&k, NULL);
		event_kit_feed(&k, messages[i].log, strlen(messages[i].log));
		event_kit_end(&k);
		assert_int_equal(k.groups + k.malformed, 1);
	}
}

static void on_verdict(void *ctx, struct event *ev)
{
	static const char *const names[8] = { "Emergency", "Alert", "Critical", "Error", "Warning", "Notice", "Informational", "Debug" };

	(void)ctx;
	event_derive(ev, &message_fields);
	for (int priority = 0; priority < 8; priority++) {
		struct verdict verdict = { .priority = priority, .output = SPAN("a rule's own text, as it was expanded") };
		struct message m;
		struct span s;
		char want[100];

		snprintf(want, sizeof(want), "22:13:20.123000000: %s a rule's own text, as it was expanded", names[priority]);
		message_make(&m, ev, &verdict);
		s = message_join(&m, ev);
		assert_int_equal(s.n, strlen(want));
		assert_memory_equal(s.p, want, s.n);
	}
}

static void texts_of_rules(void **state)
{
	static const char log[] = REC("BPF", "prog-id=1 op=LOAD");
	struct event_kit k = { .on_event = on_verdict };

	(void)state;
	event_kit_start(&k, NULL);
	event_kit_feed(&k, log, sizeof(log) - 1);
	event_kit_end(&k);
	assert_int_equal(k.groups, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(default_texts), cmocka_unit_test(texts_of_rules) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
