/* The grammar: what a text becomes, and what is said of one that is none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cond_kit.h"

#include <stdlib.h>

static const struct {
	const char *text, *printed; /* NULL: as it is */
} good[] = {
	{ "proc.name exists", NULL },
	{ "proc.name=cat", "proc.name = cat" },
	{ "proc.name==cat", "proc.name = cat" },
	{ "fd.num>=0", "fd.num >= 0" },
	{ "fd.num<-1", "fd.num < -1" },
	{ " \t\n\v\f\rproc.name \n = \t cat ", "proc.name = cat" },
	{ "((proc.name = cat))", "proc.name = cat" },

	/* Precedence, negations and flattening */
	{ "proc.name=a and proc.name=b or proc.name=c", "(proc.name = a and proc.name = b) or proc.name = c" },
	{ "proc.name=a and (proc.name=b or proc.name=c)", "proc.name = a and (proc.name = b or proc.name = c)" },
	{ "proc.name=a and (proc.name=b and (proc.name=c))", "proc.name = a and proc.name = b and proc.name = c" },
	{ "proc.name=a or (proc.name=b or proc.name=c)", "proc.name = a or proc.name = b or proc.name = c" },
	{ "not proc.name=a and proc.name=b", "not proc.name = a and proc.name = b" },
	{ "not not proc.name=a", "proc.name = a" },
	{ "not not not(proc.name=a)", "not proc.name = a" },
	{ "not (proc.name=a and proc.name=b)", "not proc.name = a or not proc.name = b" },
	{ "not (proc.name=a or not proc.name=b)", "not proc.name = a and proc.name = b" },
	{ "fd.num=1 and not (fd.num=2 or fd.num=3)", "fd.num = 1 and not fd.num = 2 and not fd.num = 3" },
	{ "not proc.name != a", NULL }, /* not the same as =: the name may be missing */
	{ "(fd.num=1)and(fd.num=2)or(fd.num=3)", "(fd.num = 1 and fd.num = 2) or fd.num = 3" },

	/* Values go by where they stand */
	{ "proc.name = exists", NULL },
	{ "proc.name = in", NULL },
	{ "proc.name = val", NULL },
	{ "proc.name contains anyof", NULL },
	{ "proc.name = <NA>", NULL },
	{ "proc.cmdline contains --a:b[c]!|&<>", NULL },
	{ "proc.name = \"and\"", NULL },
	{ "proc.name in (and, or, not)", "proc.name in (\"and\", \"or\", \"not\")" },
	{ "proc.name = ''", "proc.name = \"\"" },
	{ "proc.name = 'a b'", "proc.name = \"a b\"" },
	{ "proc.name = 'plain'", "proc.name = plain" },
	{ "proc.name = 'it\\'s'", "proc.name = \"it's\"" },
	{ "proc.name = \"say \\\"hi\\\"\"", NULL },
	{ "proc.name = \"\\b\\f\\n\\r\\t\\\\\\/\\x41\\x7F\\xfe\"", "proc.name = \"\\b\\f\\n\\r\\t\\\\/A\\x7f\xfe\"" },
	{ "proc.name = back\\slash", NULL }, /* escapes are for quotes */
	{ "proc.name = gr\xc3\xbcn", NULL },

	/* Operators of several values */
	{ "evt.type in (open,openat , openat2)", "evt.type in (open, openat, openat2)" },
	{ "evt.type in(open)", "evt.type in (open)" },
	{ "proc.name in (a, b, a, 'b', c)", "proc.name in (a, b, c)" },
	{ "fd.num in (16, 0x10, 17)", "fd.num in (16, 17)" },
	{ "audit.keys intersects (a, b)", NULL },
	{ "fd.name pmatch (/etc, /usr/*/bin)", NULL },
	{ "proc.cmdline contains anyof (a, b)", NULL },
	{ "proc.cmdline contains oneof (a, b)", "proc.cmdline contains anyof (a, b)" },
	{ "proc.cmdline regex allof(a, b)", "proc.cmdline regex allof (a, b)" },
	{ "fd.name startswith /etc/ and fd.name endswith .conf and fd.name icontains SSH", NULL },
	{ "fd.name glob '/home/*/.ssh/*' and fd.name iglob *X", "fd.name glob /home/*/.ssh/* and fd.name iglob *X" },
	{ "proc.args bcontains 4a6B and proc.args bstartswith '00'", "proc.args bcontains 4a6b and proc.args bstartswith 00" },

	/* Operands */
	{ "proc.aname = sshd", NULL },
	{ "proc.aname[2] = sshd and proc.apid[1] > 1", NULL },
	{ "proc.apid > 1", NULL },
	{ "evt.arg.flags contains O_TRUNC", NULL },
	{ "evt.arg[flags] contains O_TRUNC", "evt.arg.flags contains O_TRUNC" },
	{ "evt.arg['flags'] contains O_TRUNC", "evt.arg.flags contains O_TRUNC" },
	{ "audit.path[0].name = x and audit.path[1].inode > 5", NULL },
	{ "audit.avc.tclass = file and audit.obj_pid[1].opid = 5 and audit.msg.grantors exists", NULL },
	{ "tolower(proc.name) = x and toupper(basename(proc.exepath)) = X", NULL },
	{ "len(proc.cmdline) > 100 and len(audit.keys) = 2", NULL },
	{ "proc.name = val(proc.pname)", NULL },
	{ "tolower(proc.name) != tolower(proc.pname)", NULL },
	{ "tolower( proc.name ) = basename( proc.exepath )", "tolower(proc.name) = basename(proc.exepath)" },
	{ "proc.name startswith val(proc.pname) and fd.name glob val(proc.cwd)", NULL },
	{ "proc.pid = val(proc.sid) and fd.sport < val(fd.cport) and fd.sip = val(fd.cip)", NULL },
};

static void texts_become_trees(void **state)
{
	struct told told;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		const char *out = printed(NULL, good[i].text, &told);

		if (told.count)
			fail_msg("%s\n\tbyte %zu: %s", good[i].text, told.fault[0].at, told.fault[0].what);
		assert_string_equal(out, good[i].printed ? good[i].printed : good[i].text);
	}
}

static const struct {
	const char *text;
	size_t at;
	const char *words;
} bad[] = {
	{ "", 0, "the condition is empty" },
	{ "  ", 2, "ends where a check is wanted" },
	{ "proc.name = a and", 17, "ends where a check is wanted" },
	{ "proc.name = a or or fd.num = 1", 17, "in front of 'or'" },
	{ "and proc.name = a", 0, "in front of 'and'" },
	{ "not", 3, "ends where a check is wanted" },
	{ "()", 1, "in front of ')'" },

	/* Operators */
	{ "proc.name", 9, "`proc.name exists`" },
	{ "proc.name and fd.num = 1", 10, "`proc.name exists`" },
	{ "proc.name ! a", 10, "unknown operator '!'" },
	{ "proc.name startwith a", 10, "did you mean 'startswith'?" },
	{ "proc.name EXISTS", 10, "did you mean 'exists'?" },
	{ "proc.name 'x'", 10, "an operator is wanted behind 'proc.name'" },
	{ "proc.name not in (a)", 10, "'not' stands in front of the field" },
	{ "proc.name[1", 9, "']' is missing" },

	/* Values */
	{ "proc.name =", 11, "the value is missing behind '='" },
	{ "proc.name = and fd.num = 1", 12, "the value is missing behind '='; if the word 'and' is meant, quote it" },
	{ "(proc.name = )", 13, "the value is missing behind '='" },
	{ "proc.name = = a", 12, "a value with = in it wants quotes" },
	{ "proc.cmdline contains a=b", 23, "a value with = in it wants quotes" },
	{ "proc.name = (a)", 12, "of several: in (...)" },
	{ "proc.name = \"a", 12, "the quote that begins here has no end" },
	{ "proc.name = 'a\"", 12, "the quote that begins here has no end" },
	{ "proc.name = \"a\\", 12, "the quote that begins here has no end" },
	{ "proc.name = \"a\\q\"", 14, "unknown escape" },
	{ "proc.name = \"\\'\"", 13, "unknown escape" },
	{ "proc.name = \"\\x4g\"", 13, "unknown escape" },
	{ "proc.name = a b", 14, "a value with blanks or parentheses wants quotes" },
	{ "proc.name = a, b", 13, "several values: in (...)" },

	/* Lists of values */
	{ "proc.name in shells", 13, "'in' wants parentheses" },
	{ "proc.name in (a b)", 16, "',' or ')' is wanted here" },
	{ "proc.name in (a,)", 16, "the value is missing behind the comma" },
	{ "proc.name in (,a)", 14, "the value is missing behind the comma or parenthesis" },
	{ "proc.name in (a", 13, "the parenthesis that begins here has no end" },
	{ "proc.name in (a and fd.num = 1", 13, "the parenthesis that begins here has no end" },
	{ "proc.name in (a, (b))", 17, "one value is wanted" },
	{ "proc.name in val(proc.pname)", 13, "not a field" },
	{ "proc.name regex val(proc.pname)", 16, "not a field" },
	{ "proc.name regex 'a(b'", 16, "'a(b' is no regular expression: " },
	{ "proc.name regex anyof (a.*b, [a)", 29, "'[a' is no regular expression: " },

	/* Logic */
	{ "proc.name = a AND fd.num = 1", 14, "'AND' is written in lower case" },
	{ "NOT proc.name = a", 0, "'NOT' is written in lower case" },
	{ "proc.name = a & fd.num = 1", 14, "unknown sign '&'; write and" },
	{ "proc.name = a || fd.num = 1", 14, "unknown sign '|'; write or" },
	{ "!proc.name = a", 0, "unknown sign '!'; write not" },
	{ "(proc.name = a", 0, "the parenthesis that begins here has no end" },
	{ "proc.name = a)", 13, "this ')' closes nothing" },
	{ "'a' = proc.name", 0, "fields and macros have no quotes" },
	{ "5 = fd.num", 0, "a field or a macro is wanted here" },

	/* Names */
	{ "shell", 0, "unknown macro 'shell'" },
	{ "name = a", 0, "'name' is no field" },
	{ "proc.nam = a", 0, "did you mean 'proc.name'?" },
	{ "a.b = c", 0, "unknown field 'a.b'" },
	{ "fd.sip.name = x", 0, "Falco has 'fd.sip.name', no source here tells it; fd.sip" },
	{ "k8s.pod.name = x", 0, "Falco has 'k8s.pod.name', no source here tells it" },
	{ "container.image.repository = x", 0, "Falco has" },
	{ "proc.vpgid.exe = x", 0, "Falco has" },
	{ "evt.rawarg.res = 1", 0, "Falco has" },
	{ "fd.name[1] = x", 0, "fd.name takes no [...]" },
	{ "evt.arg = x", 0, "several fields" },
	{ "evt.arg[0] = x", 0, "arguments have names here" },
	{ "evt.arg[fl\xc3g] = x", 0, "no name of an argument" },
	{ "audit.path = x", 0, "several fields" },
	{ "audit.path.name = x", 0, "audit.path[0].name" },
	{ "audit.path[0].inod = 1", 0, "did you mean 'inode'?" },
	{ "proc.aname[x] = a", 0, "without one it is any of them" },
	{ "audit.* exists", 0, "unknown field" },
	{ "proc.name = val(proc.aname)", 12, "proc.aname[1]" },
	{ "tolowr(proc.name) = a", 0, "did you mean 'tolower'?" },
	{ "join(proc.name) = a", 0, "Falco has join()" },
	{ "val(proc.name) = a", 0, "right side" },
	{ "proc.name = tolowr(proc.pname)", 12, "did you mean 'tolower'?" },
	{ "tolower(proc.nam) = a", 8, "did you mean 'proc.name'?" },
	{ "tolower(proc.name = a", 18, "')' is wanted here" },
	{ "tolower() = a", 8, "a field is wanted here" },
	{ "len(len(proc.name)) = 1", 0, "len() takes text or a list" },
	{ "tolower(fd.num) = 1", 0, "tolower() takes text" },
	{ "len(len(len(len(len(proc.name))))) = 1", 16, "more than 4 transformers" },
};

static void faults_are_told(void **state)
{
	struct told told;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (strcmp(printed(NULL, bad[i].text, &told), "-") != 0)
			fail_msg("no fault: %s", bad[i].text);
		if (told.count != 1)
			fail_msg("%zu faults: %s\n\t%s", told.count, bad[i].text, told.count ? told.fault[1].what : "");
		assert_told(&told, 0, bad[i].at, bad[i].words);
		assert_int_equal(told.fault[0].place, COND_IN_RULE);
		assert_int_equal(told.fault[0].index, 7);
		assert_false(told.fault[0].warning);
	}
}

static void every_fault_is_told(void **state)
{
	struct told told;

	(void)state;
	printed(NULL, "proc.nam = a and (fd.num = x or evt.failed = yes) or shell and proc.name in (a b) AND fd.nam exists",
		&told);
	assert_int_equal(told.count, 7);
	assert_told(&told, 0, 0, "unknown field 'proc.nam'");
	assert_told(&told, 1, 27, "'x' is no number");
	assert_told(&told, 2, 45, "'yes' is neither true nor false");
	assert_told(&told, 3, 53, "unknown macro 'shell'");
	assert_told(&told, 4, 79, "',' or ')'");
	assert_told(&told, 5, 82, "lower case");
	assert_told(&told, 6, 86, "did you mean 'fd.name'?");
}

static void warnings_are_no_faults(void **state)
{
	struct told told;

	(void)state;
	assert_string_equal(printed(NULL, "evt.arg.flgas = x", &told), "evt.arg.flgas = x");
	assert_int_equal(told.warnings, 1);
	assert_told(&told, 0, 0, "did you mean 'flags'?");
	assert_string_equal(printed(NULL, "proc.name in ()", &told), "proc.name in ()");
	assert_int_equal(told.warnings, 1);
	assert_told(&told, 0, 13, "never holds");
	printed(NULL, "user.loginuid != 4294967295", &told);
	assert_int_equal(told.warnings, 1);
	assert_told(&told, 0, 17, "-1");
	printed(NULL, "evt.arg.a0 = 1 and evt.arg.flags = x and user.loginuid != -1", &told);
	assert_int_equal(told.count, 0);
}

/* n times before, then the middle, then n times behind. */
static char *nested(const char *before, const char *middle, const char *behind, size_t n)
{
	char *text = calloc(1, n * (strlen(before) + strlen(behind)) + strlen(middle) + 1), *p = text;

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		p = stpcpy(p, before);
	p = stpcpy(p, middle);
	for (size_t i = 0; i < n; i++)
		p = stpcpy(p, behind);
	return text;
}

static void depth_is_bounded(void **state)
{
	struct told told;
	char *text;

	(void)state;
	text = nested("(", "fd.num = 1", ")", COND_DEPTH_MAX);
	assert_string_equal(printed(NULL, text, &told), "fd.num = 1");
	free(text);
	text = nested("(", "fd.num = 1", ")", COND_DEPTH_MAX + 1);
	assert_string_equal(printed(NULL, text, &told), "-");
	assert_int_equal(told.count, 1);
	assert_told(&told, 0, COND_DEPTH_MAX, "more than 1000 parentheses");
	free(text);
	text = nested("fd.num = 1 and (fd.num = 2 or (", "fd.num = 3 and fd.num = 4", "))", COND_DEPTH_MAX / 2);
	assert_string_equal(printed(NULL, text, &told), text);
	free(text);
	text = nested("not ", "fd.num = 1", "", 100001);
	assert_string_equal(printed(NULL, text, &told), "not fd.num = 1");
	free(text);
	text = nested("fd.num = 1 and ", "fd.num = 1", "", COND_NODES_MAX / 2 - 2);
	struct cond c;
	assert_int_equal(cond_parse(&c, NULL, text, 0, NULL, NULL), 0);
	assert_int_equal(c.root->count, COND_NODES_MAX / 2 - 1);
	cond_release(&c);
	free(text);
	text = nested("fd.num = 1 and ", "fd.num = 1", "", COND_NODES_MAX / 2 - 1);
	assert_string_equal(printed(NULL, text, &told), "-");
	assert_told(&told, 0, (COND_NODES_MAX / 2 - 1) * 15, "more than 65536 checks and values");
	free(text);
}

static void many_faults_are_cut(void **state)
{
	struct told told;
	char *text = nested("a.b = 1 and ", "a.b = 1", "", 1000);

	(void)state;
	assert_string_equal(printed(NULL, text, &told), "-");
	assert_int_equal(told.count, 20);
	free(text);
}

static void print_is_cut(void **state)
{
	struct cond c;
	char out[64];

	(void)state;
	assert_int_equal(cond_parse(&c, NULL, "proc.name in (abcdefgh, b, c) and fd.num = 1", 0, NULL, NULL), 0);
	for (size_t cap = 0; cap < 44; cap++) {
		struct buf b = { .p = out, .cap = cap };

		cond_print(c.root, &b);
		assert_true(b.full);
		assert_memory_equal(out, "proc.name in (abcdefgh, b, c) and fd.num = 1", b.n);
	}
	struct buf b = { .p = out, .cap = 44 };
	cond_print(c.root, &b);
	assert_false(b.full);
	cond_release(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_become_trees), cmocka_unit_test(faults_are_told),
		cmocka_unit_test(every_fault_is_told), cmocka_unit_test(warnings_are_no_faults),
		cmocka_unit_test(depth_is_bounded), cmocka_unit_test(many_faults_are_cut),
		cmocka_unit_test(print_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
