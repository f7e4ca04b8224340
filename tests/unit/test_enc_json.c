/* The JSON encoder: bytes exactly as promised, JSON whatever came in, and never a byte over the budget. */
#include "cases.h"
#include "encode/encode.h"
#include "json_check.h"

#define ENCODE_ROOM 64
/* A verdict's texts have EVENT_PAD bytes behind them. */
#define PADDED(text) { text "\"pad pad pad pad", sizeof(text) - 1 }

/* How the next line is to be encoded, and the lines of all events, each checked. */
struct sheet {
	struct encode_options options;
	struct verdict verdict;
	char *text;
	size_t n, cap;
	unsigned lines;
};

static void on_event(void *ctx, struct event *ev)
{
	struct sheet *s = ctx;
	char *out = malloc(s->options.budget + ENCODE_ROOM);
	const char *error;
	size_t n;

	assert_non_null(out);
	n = encoder_json.encode(&s->options, ev, &s->verdict, out);
	assert_in_range(n, 1, s->options.budget);
	error = json_check_line(out, n);
	if (error)
		fail_msg("%s, budget %zu: %.*s", error, s->options.budget, (int)n, out);
	if (s->n + n + 1 > s->cap) {
		s->cap = 2 * (s->n + n + 1);
		s->text = realloc(s->text, s->cap);
		assert_non_null(s->text);
	}
	memcpy(s->text + s->n, out, n);
	s->n += n;
	s->text[s->n] = '\0';
	s->lines++;
	free(out);
}

static void sheet_init(struct sheet *s, const char *words)
{
	*s = (struct sheet){ .options = { .budget = ENCODE_BUDGET_DEFAULT }, .verdict = { .priority = 6 } };
	while (*words) {
		size_t n = strcspn(words, " ");

		assert_int_equal(encode_fields_add(&s->options.fields, span_of(words, n)), 0);
		words += n + (words[n] == ' ');
	}
}

static void sheet_add(struct sheet *s, const char *log, size_t n)
{
	struct event_kit k = { .on_event = on_event, .ctx = s };
	unsigned lines = s->lines;

	event_kit_start(&k, NULL);
	event_kit_feed(&k, log, n);
	event_kit_end(&k);
	assert_int_equal(s->lines - lines, k.groups + k.malformed);
}

/* "output_fields":{...} of one event, between its braces. */
static void gives(struct sheet *s, const char *log, const char *want)
{
	static const char head[] = "\"output_fields\":{", tail[] = "},\"priority\":";
	const char *start, *end;

	s->n = 0;
	sheet_add(s, log, strlen(log));
	start = strstr(s->text, head);
	assert_non_null(start);
	start += sizeof(head) - 1;
	end = strstr(start, tail);
	assert_non_null(end);
	if ((size_t)(end - start) != strlen(want) || memcmp(start, want, strlen(want)) != 0)
		fail_msg("%.*s\nis not\n%s", (int)(end - start), start, want);
}

static void the_whole_line(void **state)
{
	static const char log[] = CALL(257, OK("3"), "a0=ffffff9c a1=7ffc a2=42 a3=180") CWD("\"/root\"") PATH(0, "\"/tmp/ev/\"", "PARENT")
		PATH(1, "2F746D702F65762F6120622E747874", "CREATE") TITLE("\"x\"");
	static const struct span tags[] = { PADDED("file"), PADDED("a \"tag\"") };
	struct sheet s;

	(void)state;
	sheet_init(&s, "@core");
	sheet_add(&s, log, sizeof(log) - 1);
	assert_string_equal(s.text,
		"{\"hostname\":\"unknown\",\"output\":\"22:13:20.123000000: Informational openat /tmp/ev/a b.txt by cmd (pid 20, uid 3): "
		"SUCCESS\",\"output_fields\":{\"audit.session\":9,\"audit.types\":[\"SYSCALL\",\"CWD\",\"PATH\",\"PROCTITLE\"],"
		"\"evt.args\":\"fd=3 dirfd=AT_FDCWD name=\\\"/tmp/ev/a b.txt\\\" flags=O_RDWR|O_CREAT mode=0600\",\"evt.category\":\"file\","
		"\"evt.id\":\"log/1700000000.123:7\",\"evt.origin\":\"log\",\"evt.rawres\":3,\"evt.res\":\"SUCCESS\","
		"\"evt.time\":1700000000123000000,\"evt.type\":\"openat\",\"fd.name\":\"/tmp/ev/a b.txt\",\"fd.num\":3,\"group.gid\":6,"
		"\"proc.cmdline\":\"x\",\"proc.cwd\":\"/root\",\"proc.exepath\":\"/bin/cmd\",\"proc.name\":\"cmd\",\"proc.pid\":20,"
		"\"proc.ppid\":10,\"proc.tty\":34817,\"user.loginuid\":1000,\"user.uid\":3},\"priority\":\"Informational\","
		"\"rule\":\"openat\",\"source\":\"syscall\",\"tags\":[],\"time\":\"2023-11-14T22:13:20.123000000Z\"}\n");
	s.n = 0;
	s.verdict = (struct verdict){ .rule = PADDED("A \"rule\""), .priority = 2, .output = PADDED("a text") };
	s.verdict.tags = tags;
	s.verdict.tag_count = 2;
	memset(&s.options.fields, 0, sizeof(s.options.fields));
	sheet_add(&s, log, sizeof(log) - 1);
	assert_string_equal(s.text,
		"{\"hostname\":\"unknown\",\"output\":\"22:13:20.123000000: Critical a text\",\"output_fields\":{},\"priority\":\"Critical\","
		"\"rule\":\"A \\\"rule\\\"\",\"source\":\"syscall\",\"tags\":[\"file\",\"a \\\"tag\\\"\"],"
		"\"time\":\"2023-11-14T22:13:20.123000000Z\"}\n");
	free(s.text);
}

static void one_value_of_each_kind(void **state)
{
	struct sheet s;

	(void)state;
	sheet_init(&s, "evt.failed proc.pid evt.rawres audit.keys proc.name audit.serial proc.exepath");
	gives(&s, REC("SYSCALL", "arch=c000003e syscall=39 success=no exit=-9223372036854775808 pid=4 comm=\"\x01\\\" exe=C3A90A22 key=610162"),
		"\"audit.keys\":[\"a\",\"b\"],\"audit.serial\":7,\"evt.failed\":true,\"evt.rawres\":-9223372036854775808,"
		"\"proc.exepath\":\"\xc3\xa9\\n\\\"\",\"proc.name\":\"\\u0001\\\\\",\"proc.pid\":4");
	gives(&s, REC("SYSCALL", "arch=c000003e syscall=39 success=yes exit=9223372036854775807"),
		"\"audit.serial\":7,\"evt.failed\":false,\"evt.rawres\":9223372036854775807");
	free(s.text);
}

static void what_is_no_utf8_comes_in_hex_too(void **state)
{
	struct sheet s;

	(void)state;
	sheet_init(&s, "proc.name proc.exepath audit.msg audit.path evt.arg audit.keys");
	gives(&s, REC("SYSCALL", "arch=c000003e syscall=39 comm=61FF62 exe=\"/x\""),
		"\"proc.exepath\":\"/x\",\"proc.name\":\"a\xef\xbf\xbd" "b\",\"proc.name.hex\":\"61ff62\"");
	gives(&s, REC("USER_CMD", "pid=1 msg='cmd=61FF cmd-x=1 cmd=FE res=success'"),
		"\"audit.msg.cmd\":\"a\xef\xbf\xbd\",\"audit.msg.cmd.hex\":\"61ff\",\"audit.msg.cmd[1]\":\"\xef\xbf\xbd\","
		"\"audit.msg.cmd[1].hex\":\"fe\",\"audit.msg.cmd_x\":\"1\"");
	gives(&s, REC("PATH", "item=0 name=FF nametype=NORMAL"),
		"\"audit.path[0].name\":\"\xef\xbf\xbd\",\"audit.path[0].name.hex\":\"ff\",\"audit.path[0].nametype\":\"NORMAL\"");
	gives(&s, CALL(87, OK("0"), "a0=1") PATH(0, "61FF", "DELETE"),
		"\"audit.path[0].dev\":\"fd:01\",\"audit.path[0].inode\":5,\"audit.path[0].mode\":\"0100644\",\"audit.path[0].name\":\"a\xef\xbf\xbd\","
		"\"audit.path[0].name.hex\":\"61ff\",\"audit.path[0].nametype\":\"DELETE\",\"audit.path[0].ogid\":0,\"audit.path[0].ouid\":0,"
		"\"audit.path[0].rdev\":\"00:00\",\"evt.arg.path\":\"a\xef\xbf\xbd\",\"evt.arg.path.hex\":\"61ff\",\"proc.exepath\":\"/bin/cmd\","
		"\"proc.name\":\"cmd\"");
	gives(&s, REC("SYSCALL", "arch=c000003e syscall=39 key=61FF0162"), "\"audit.keys\":[\"a\xef\xbf\xbd\",\"b\"],\"audit.keys.hex\":[\"61ff\",\"62\"]");
	free(s.text);
}

static void names_stay_sorted(void **state)
{
	struct sheet s;

	(void)state;
	sheet_init(&s, "audit.path");
	field_set_add(&s.options.fields, FIELD_AUDIT_ANY); /* the word "audit.*" is the class */
	gives(&s, REC("PATH", "item=10 name=\"k\" new=1") REC("PATH", "item=1 name=\"b\" aa=2 zz=3") REC("PATH", "item=0 name=\"a\" dev-x=4"),
		"\"audit.path[0].dev_x\":\"4\",\"audit.path[0].name\":\"a\",\"audit.path[10].name\":\"k\",\"audit.path[10].new\":\"1\","
		"\"audit.path[1].aa\":\"2\",\"audit.path[1].name\":\"b\",\"audit.path[1].zz\":\"3\"");
	gives(&s, REC("PATH", "item=0 name=\"a\"") REC("PATH", "item=0 name=\"b\"") REC("PATH", "item=0 name=\"c\""),
		"\"audit.path[0].name\":\"a\",\"audit.path[1].name\":\"b\",\"audit.path[2].name\":\"c\"");
	gives(&s, REC("PATH", "item=0 name=\"a\" inode= dev= mode=? ogid=x ouid=-1"),
		"\"audit.path[0].name\":\"a\",\"audit.path[0].ogid\":\"x\",\"audit.path[0].ouid\":-1");
	free(s.text);
}

static void members_by_themselves(void **state)
{
	static const char log[] = CALL(87, BAD("-1"), "a0=1") PATH(0, "61FF", "DELETE")
		REC("AVC", "avc:  denied  { unlink } for  scontext=a tcontext=b tclass=file");
	static const char *const words[] = { "proc.aname[0]", "evt.arg.path", "audit.path[0].inode", "audit.avc.tclass", "evt.type",
		"audit.path[9].name", "evt.arg.path", "audit.avc.permissions" };
	struct span members[8];
	struct sheet s;

	(void)state;
	sheet_init(&s, "");
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		assert_int_equal(encode_options_add(&s.options, members, span_of(words[i], strlen(words[i]))), 0);
	gives(&s, log, "\"audit.avc.permissions\":[\"unlink\"],\"audit.avc.tclass\":\"file\",\"audit.path[0].inode\":5,"
		"\"evt.arg.path\":\"a\xef\xbf\xbd\",\"evt.arg.path.hex\":\"61ff\",\"evt.type\":\"unlink\",\"proc.aname[0]\":\"cmd\"");
	/* a family shown whole brings its members once */
	assert_int_equal(encode_fields_add(&s.options.fields, SPAN("evt.arg")), 0);
	gives(&s, log, "\"audit.avc.permissions\":[\"unlink\"],\"audit.avc.tclass\":\"file\",\"audit.path[0].inode\":5,"
		"\"evt.arg.path\":\"a\xef\xbf\xbd\",\"evt.arg.path.hex\":\"61ff\",\"evt.type\":\"unlink\",\"proc.aname[0]\":\"cmd\"");
	assert_int_not_equal(encode_options_add(&s.options, members, SPAN("evt.typ")), 0);
	assert_int_not_equal(encode_options_add(&s.options, members, SPAN("evt.arg.")), 0);
	assert_int_not_equal(encode_options_add(&s.options, members, SPAN("")), 0);
	assert_int_not_equal(encode_options_add(&s.options, members, SPAN("@none")), 0);
	free(s.text);
}

static void raw_where_it_is_asked_for(void **state)
{
	struct sheet s;

	(void)state;
	sheet_init(&s, "evt.type");
	gives(&s, "nonsense \xff", "\"audit.raw\":\"nonsense \xef\xbf\xbd\",\"audit.raw.hex\":\"6e6f6e73656e736520ff\",\"evt.type\":\"audit.raw\"");
	gives(&s, REC("BPF", "op=LOAD"), "\"evt.type\":\"bpf\"");
	s.options.raw = true;
	gives(&s, REC("BPF", "op=LOAD"), "\"audit.raw\":\"type=BPF msg=audit(1700000000.123:7): op=LOAD\",\"evt.type\":\"bpf\"");
	free(s.text);
}

/* A log that grows. */
struct log {
	char *p;
	size_t n, cap;
};

static void log_put(struct log *l, const char *p, size_t n)
{
	if (l->n + n + 1 > l->cap) {
		l->cap = 2 * (l->n + n + 1);
		l->p = realloc(l->p, l->cap);
		assert_non_null(l->p);
	}
	memcpy(l->p + l->n, p, n);
	l->n += n;
	l->p[l->n] = '\0';
}

#define LOG_LIT(l, literal) log_put(l, literal, sizeof(literal) - 1)

static void log_number(struct log *l, const char *format, unsigned a)
{
	char text[300];

	log_put(l, text, (size_t)snprintf(text, sizeof(text), format, a));
}

static void log_fill(struct log *l, const char *unit, size_t n)
{
	for (size_t i = 0; i < n; i++)
		log_put(l, unit + i % strlen(unit), 1);
}

/* Calls of 60 arguments, each `size` bytes of `unit`. */
static void big_exec(struct log *l, const char *unit, size_t size)
{
	LOG_LIT(l, CALL(59, OK("0"), "a0=1 a1=2 a2=3"));
	LOG_LIT(l, "type=EXECVE msg=audit(1700000000.123:7): argc=60");
	for (unsigned i = 0; i < 60; i++) {
		log_number(l, " a%u=", i);
		log_fill(l, unit, size);
	}
	LOG_LIT(l, "\n" CWD("\"/root\"") PATH(0, "\"/bin/x\"", "NORMAL"));
}

static void many_paths(struct log *l)
{
	LOG_LIT(l, CALL(82, OK("0"), "a0=1 a1=2") CWD("\"/root\""));
	for (unsigned i = 0; i < 300; i++) {
		log_number(l, "type=PATH msg=audit(1700000000.123:7): item=%u name=", i);
		log_fill(l, "2F61", 2000);
		LOG_LIT(l, " inode=5 mode=0100644 nametype=NORMAL odd=1\n");
	}
}

static void many_keys(struct log *l, const char *value)
{
	LOG_LIT(l, "type=TRUSTED_APP msg=audit(1700000000.123:7): pid=1 uid=0 auid=0 ses=1 msg='");
	for (unsigned i = 0; i < 3000; i++) {
		log_number(l, "key%u=", i % 2999);
		log_put(l, value, strlen(value));
		LOG_LIT(l, " ");
	}
	LOG_LIT(l, "res=success'\n");
}

static void odd_node(struct log *l)
{
	LOG_LIT(l, "node=");
	log_fill(l, "\x01\xff", 900);
	LOG_LIT(l, " type=USER_AUTH msg=audit(1700000000.123:7): pid=1 uid=0 msg='op=");
	log_fill(l, "\x01\xff", 900);
	LOG_LIT(l, " acct=\"");
	log_fill(l, "\x01\xff", 900);
	LOG_LIT(l, "\" exe=\"\x01\" res=success'\n");
}

static void big_raw(struct log *l)
{
	log_fill(l, "\xff\x01", 50000);
}

static const size_t budgets[] = { 1024, 1025, 1100, 1500, 2048, 4096, 8000, 16384, 40000, 65536 };

/* At every budget, for both sets of fields, with the verdict of a rule that talks much. */
static void squeeze(const struct log *l)
{
	static const struct span text = PADDED("\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01\x01");
	struct span tags[40];

	for (size_t i = 0; i < 40; i++)
		tags[i] = text;
	for (size_t i = 0; i < sizeof(budgets) / sizeof(budgets[0]); i++)
		for (unsigned how = 0; how < 4; how++) {
			struct sheet s;

			sheet_init(&s, how & 1 ? "@core" : "@all");
			s.options.raw = how & 2;
			s.options.budget = budgets[i];
			if (how & 2)
				s.verdict = (struct verdict){ .rule = text, .output = text, .tags = tags,
					.tag_count = 40 };
			sheet_add(&s, l->p, l->n);
			free(s.text);
		}
}

static void never_over_the_budget(void **state)
{
	struct log l = { NULL, 0, 0 };

	(void)state;
	big_exec(&l, "41", 200);
	squeeze(&l);
	l.n = 0;
	big_exec(&l, "FF", 2000);
	squeeze(&l);
	l.n = 0;
	big_exec(&l, "C3A9", 8000);
	squeeze(&l);
	l.n = 0;
	many_paths(&l);
	squeeze(&l);
	l.n = 0;
	many_keys(&l, "1");
	squeeze(&l);
	l.n = 0;
	many_keys(&l, "\xff");
	squeeze(&l);
	l.n = 0;
	odd_node(&l);
	squeeze(&l);
	l.n = 0;
	big_raw(&l);
	squeeze(&l);
	free(l.p);
}

/* evt.truncated of one event; NULL: it has none. Valid until the next call of sheet_add(). */
static const char *truncated(struct sheet *s, const struct log *l, size_t budget)
{
	const char *at;

	s->n = 0;
	s->options.budget = budget;
	sheet_add(s, l->p, l->n);
	at = strstr(s->text, "\"evt.truncated\":[");
	return at;
}

static void what_is_cut_is_told(void **state)
{
	struct log l = { NULL, 0, 0 };
	const char *told;
	struct sheet s;

	(void)state;
	sheet_init(&s, "@all");
	big_exec(&l, "41", 200); /* 60 arguments of 100 bytes */
	assert_null(truncated(&s, &l, 65536));
	told = truncated(&s, &l, 8000);
	assert_non_null(told);
	assert_non_null(strstr(told, "\"proc.cmdline:6059\""));
	assert_non_null(strstr(told, "\"proc.args:5958\""));
	assert_non_null(strstr(told, "\"output:"));
	assert_null(strstr(told, "omitted"));
	assert_non_null(strstr(s.text, "\"audit.path[0].name\":\"/bin/x\"")); /* the small ones stay */
	assert_non_null(strstr(s.text, "AAA...AAA"));

	/* over the bound of the normaliser: told at any budget, with the size that it had */
	l.n = 0;
	big_exec(&l, "42", 4000); /* 60 of 2,000 */
	told = truncated(&s, &l, 65536);
	assert_non_null(told);
	assert_non_null(strstr(told, "\"proc.cmdline:120059\""));
	assert_non_null(strstr(told, "\"proc.args:118058\""));

	l.n = 0;
	many_keys(&l, "1");
	told = truncated(&s, &l, 65536);
	assert_non_null(told);
	assert_non_null(strstr(told, "\"audit.*:")); /* EXTRAS_MAX */
	told = truncated(&s, &l, 2048);
	assert_non_null(told);
	assert_non_null(strstr(told, "\"audit.*:omitted\""));

	l.n = 0;
	many_paths(&l);
	told = truncated(&s, &l, 4096);
	assert_non_null(told);
	assert_non_null(strstr(told, "\"audit.path:omitted\""));
	told = truncated(&s, &l, 65536);
	assert_non_null(told);
	assert_non_null(strstr(told, "\"audit.path:300\"")); /* PATHS_MAX */
	free(s.text);
	free(l.p);
}

/* A line is the same whatever other outputs got before it, and room is not wasted. */
static void on_outputs(void *ctx, struct event *ev)
{
	static char lines[3][65536 + ENCODE_ROOM];
	const size_t sizes[3] = { 65536, *(size_t *)ctx, 65536 };
	size_t n[3];
	struct encode_options options = { .budget = 0 };
	struct verdict verdict = { .priority = 6 };

	assert_int_equal(encode_fields_add(&options.fields, SPAN("@all")), 0);
	for (unsigned i = 0; i < 3; i++) {
		options.budget = sizes[i];
		n[i] = encoder_json.encode(&options, ev, &verdict, lines[i]);
		assert_null(json_check_line(lines[i], n[i]));
	}
	assert_int_equal(n[0], n[2]);
	assert_memory_equal(lines[0], lines[2], n[0]);
	if (n[0] > sizes[1])
		assert_true(n[1] > sizes[1] / 2);
}

static void outputs_do_not_disturb_each_other(void **state)
{
	struct log l = { NULL, 0, 0 };

	(void)state;
	big_exec(&l, "41", 200);
	for (size_t i = 0; i < sizeof(budgets) / sizeof(budgets[0]); i++) {
		size_t budget = budgets[i];
		struct event_kit k = { .on_event = on_outputs, .ctx = &budget };

		event_kit_start(&k, NULL);
		event_kit_feed(&k, l.p, l.n);
		event_kit_end(&k);
		assert_int_equal(k.groups, 1);
	}
	free(l.p);
}

/* xorshift: the same bytes at every run. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

/* Random bytes, and random pieces of what logs are made of: a log is never refused, no event lost. */
static void random_logs(void **state)
{
	static const char *const words[] = { "type=SYSCALL", "type=PATH", "type=EXECVE", "type=AVC", "type=USER_CMD", "type=UNKNOWN[1999]",
		" msg=audit(1700000000.123:7): ", " msg=audit(1700000000.123:8): ", "node=a ", "item=0", "item=1", "name=", "name=FF00",
		"nametype=CREATE", "arch=c000003e", "arch=40000003", "syscall=59", "syscall=2", "syscall=102", "success=no", "exit=-2",
		"a0=", "a1=41", "a0=3", "a2[0]=41", "a2[1]=FE", "argc=3", "comm=", "key=61FF0162", "msg='", "'", "\"", " ", " ", " ", "\n",
		"\n", "{ a b }", "=", "res=failed", "saddr=0200005001020304", "cwd=", "\x1dUID=\"x\"", "\xff", "avc:  denied ", "x-y=1" };
	uint32_t seed = 2463534242u;

	(void)state;
	for (unsigned round = 0; round < 400; round++) {
		struct log l = { NULL, 0, 0 };
		struct sheet s;

		LOG_LIT(&l, "");
		for (unsigned i = next_random(&seed) % 200; i > 0; i--) {
			const char *word = words[next_random(&seed) % (sizeof(words) / sizeof(words[0]))];
			char byte = (char)next_random(&seed);

			if (next_random(&seed) % 8)
				log_put(&l, word, strlen(word));
			else
				log_put(&l, &byte, 1);
		}
		sheet_init(&s, round & 1 ? "@core" : "@all");
		s.options.budget = budgets[round % 10];
		s.options.raw = round & 2;
		sheet_add(&s, l.p, l.n);
		free(s.text);
		free(l.p);
	}
}

/* The reader by which all this is judged. */
static void the_reader_is_strict(void **state)
{
	static const char *const good[] = { "{}", "[]", "0", "-0", "-1.5e+3", "1E9", "true", "false", "null", "\"\"", " { } ", "[1, 2]",
		"{\"a\":1,\"a.b\":2,\"b\":{\"a\":[]}}", "\"\\u0000\\ud834\\udd1e\\n\\/\"", "\"\xc2\xa0\xf0\x9f\xa6\x85\"" };
	static const char *const bad[] = { "", " ", "{", "}", "[1,]", "[,1]", "{\"a\":1,}", "{a:1}", "{\"a\"}", "{\"a\":}", "01", "-", "1.", ".5",
		"1e", "+1", "nul", "nulll", "tru", "True", "'a'", "\"", "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\\ud834\"", "\"\\udd1e\"",
		"\"\\ud834\\n\"", "\"\t\"", "\"\x7f\"", "\"\xc2\x85\"", "\"\xff\"", "\"\xc3\"", "{} {}", "{}x", "{\"b\":1,\"a\":2}",
		"{\"a\":1,\"a\":2}", "{\"a.b\":1,\"a\":2}", "{\"\\u0061\":1}", "[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]", "NaN" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (json_check_text(good[i], strlen(good[i])))
			fail_msg("%s: %s", good[i], json_check_text(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (!json_check_text(bad[i], strlen(bad[i])))
			fail_msg("%s is taken for JSON", bad[i]);
	assert_null(json_check_line("{}\n", 3));
	assert_non_null(json_check_line("{}", 2));
	assert_non_null(json_check_line("{\n}\n", 4));
	assert_non_null(json_check_line("[]\n", 3));
	assert_non_null(json_check_line("{}\n\n", 4));
	assert_non_null(json_check_line("", 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reader_is_strict),  cmocka_unit_test(the_whole_line),
		cmocka_unit_test(one_value_of_each_kind),
		cmocka_unit_test(what_is_no_utf8_comes_in_hex_too), cmocka_unit_test(names_stay_sorted),
		cmocka_unit_test(members_by_themselves), cmocka_unit_test(raw_where_it_is_asked_for),
		cmocka_unit_test(never_over_the_budget), cmocka_unit_test(what_is_cut_is_told),
		cmocka_unit_test(outputs_do_not_disturb_each_other), cmocka_unit_test(random_logs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
