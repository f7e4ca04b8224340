/* Lists and macros: put in, in any order, in circles, unused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cond_kit.h"

#include <stdlib.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static struct cond_scope *scope_of(const struct cond_list_spec *lists, size_t n, const struct cond_macro_spec *macros,
	size_t m, struct told *told, int rc)
{
	struct cond_scope *s;

	memset(told, 0, sizeof(*told));
	assert_int_equal(cond_scope_new(&s, lists, n, macros, m, on_fault, told), rc);
	assert_non_null(s);
	return s;
}

static void names_stand_for_what_they_name(void **state)
{
	static const struct cond_list_spec lists[] = {
		{ "shells", "bash, more, 'odd one', \"more\"" }, { "more", " zsh,bash , ksh" }, { "none", " " },
		{ "nets", "10.0.0.0/8, 127.0.0.1, 10.1.1.1/8" }, { "ids", "0, 1000, 0x0" },
		{ "/etc/odd-name.d", "x" },
	};
	static const struct cond_macro_spec macros[] = {
		{ "shell_started", "started and proc.name in (shells)" },
		{ "started", "evt.type in (execve, execveat) and ok" },
		{ "ok", "evt.failed = false" },
		{ "either", "fd.num = 1 or fd.num = 2" },
		{ "same", "either" },
		{ "shells", "fd.num = 3" }, /* a list has this name too */
		{ "well-named_2", "fd.num = 4" },
	};
	static const struct {
		const char *text, *printed;
	} cases[] = {
		{ "shell_started", "evt.type in (execve, execveat) and evt.failed = false and "
			"proc.name in (bash, zsh, ksh, \"odd one\", more)" },
		{ "not started", "not evt.type in (execve, execveat) or not evt.failed = false" },
		{ "fd.num = 5 and same", "fd.num = 5 and (fd.num = 1 or fd.num = 2)" },
		{ "fd.num = 5 and not same", "fd.num = 5 and not fd.num = 1 and not fd.num = 2" },
		{ "not (fd.num = 5 and not same)", "not fd.num = 5 or fd.num = 1 or fd.num = 2" },
		{ "same or either", "fd.num = 1 or fd.num = 2 or fd.num = 1 or fd.num = 2" },
		{ "shells and well-named_2", "fd.num = 3 and fd.num = 4" },
		{ "proc.name in (a, more, a, ksh)", "proc.name in (a, zsh, bash, ksh)" },
		{ "proc.name in (\"more\")", "proc.name in (more)" },
		{ "proc.name = 'more'", "proc.name = more" },
		{ "proc.name in (none)", "proc.name in ()" },
		{ "proc.name in (none, a)", "proc.name in (a)" },
		{ "proc.name contains anyof (more)", "proc.name contains anyof (zsh, bash, ksh)" },
		{ "fd.sip in (nets)", "fd.sip in (10.0.0.0/8, 127.0.0.1)" },
		{ "user.uid in (ids)", "user.uid in (0, 1000)" },
		{ "proc.name in (ids)", "proc.name in (0, 1000, 0x0)" },
		{ "proc.name in (/etc/odd-name.d)", "proc.name in (x)" },
	};
	struct told told;
	struct cond_scope *s = scope_of(lists, COUNT(lists), macros, COUNT(macros), &told, 0);

	(void)state;
	assert_int_equal(told.count, 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *out = printed(s, cases[i].text, &told);

		if (told.count)
			fail_msg("%s: %s", cases[i].text, told.fault[0].what);
		assert_string_equal(out, cases[i].printed);
	}
	cond_scope_free(s);
}

static void names_are_missed(void **state)
{
	static const struct cond_list_spec lists[] = { { "shells", "bash" }, { "words", "x, y" } };
	static const struct cond_macro_spec macros[] = { { "started", "evt.type = execve" } };
	static const struct {
		const char *text;
		size_t at;
		const char *words;
	} cases[] = {
		{ "fd.num = 1 and startd", 15, "unknown macro 'startd'; did you mean 'started'?" },
		{ "shells", 0, "'shells' is a list: FIELD in (shells)" },
		{ "proc.name = shells", 12, "'shells' is a list: in (shells); if the word is meant, quote it" },
		{ "proc.name startswith shells", 21, "'shells' is a list" },
		{ "proc.name in shells", 13, "'in' wants parentheses" },
		{ "fd.num = 1 or fd.num in (1, words)", 28, "'x' of the list 'words' is no number" },
		{ "started = 1", 0, "'started' is no field" },
	};
	struct told told;
	struct cond_scope *s = scope_of(lists, COUNT(lists), macros, COUNT(macros), &told, 0);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_string_equal(printed(s, cases[i].text, &told), "-");
		assert_int_equal(told.count, 1);
		assert_told(&told, 0, cases[i].at, cases[i].words);
	}
	cond_scope_free(s);
}

static void checks_stand_where_the_macro_stands(void **state)
{
	static const struct cond_macro_spec macros[] = { { "m", "  fd.num = 1 or fd.num = 2" }, { "n", "fd.num = 0 and m" } };
	struct told told;
	struct cond_scope *s = scope_of(NULL, 0, macros, COUNT(macros), &told, 0);
	struct cond c;

	(void)state;
	assert_int_equal(cond_parse(&c, s, "fd.num=9 and n and m", 0, on_fault, &told), 0);
	cond_scope_free(s); /* the condition keeps what it needs */
	assert_int_equal(c.root->kind, COND_AND);
	assert_int_equal(c.root->count, 4);
	assert_int_equal(c.root->part[0]->check->at, 0);
	assert_int_equal(c.root->part[1]->check->at, 13);
	assert_int_equal(c.root->part[2]->part[1]->check->at, 13);
	assert_int_equal(c.root->part[3]->part[1]->check->at, 19);
	cond_release(&c);
}

static void values_of_a_list_are_shared(void **state)
{
	static const struct cond_list_spec lists[] = { { "ids", "1, 2" } };
	static const struct cond_macro_spec macros[] = { { "m", "fd.num in (ids)" } };
	struct told told;
	struct cond_scope *s = scope_of(lists, 1, macros, 1, &told, 0);
	struct cond a, b;

	(void)state;
	assert_int_equal(cond_parse(&a, s, "user.uid in (ids) and proc.name in (ids)", 0, NULL, NULL), 0);
	assert_int_equal(cond_parse(&b, s, "m", 0, NULL, NULL), 0);
	assert_ptr_equal(a.root->part[0]->check->values, b.root->check->values);
	assert_ptr_not_equal(a.root->part[1]->check->values, b.root->check->values);
	cond_release(&a);
	cond_scope_free(s);
	assert_int_equal(b.root->check->values[1].i64, 2);
	cond_release(&b);
}

static void circles_are_told_once(void **state)
{
	static const struct cond_list_spec lists[] = {
		{ "a", "x, b" }, { "b", "y,  c" }, { "c", "a, z" }, { "self", "self" }, { "user", "a" }, { "fine", "x" },
	};
	static const struct cond_macro_spec macros[] = {
		{ "one", "fd.num = 1 and two" }, { "two", "not one" }, { "own", "own or fd.num = 1" },
		{ "uses", "one and own and proc.name in (a)" }, { "good", "proc.name in (fine)" },
	};
	struct told told;
	struct cond_scope *s = scope_of(lists, COUNT(lists), macros, COUNT(macros), &told, -EINVAL);

	(void)state;
	assert_int_equal(told.count, 4);
	assert_told(&told, 0, 3, "a -> b -> c -> a");
	assert_int_equal(told.fault[0].place, COND_IN_LIST);
	assert_int_equal(told.fault[0].index, 0);
	assert_told(&told, 1, 0, "self -> self; an item that is just a word wants quotes");
	assert_int_equal(told.fault[1].index, 3);
	assert_told(&told, 2, 15, "one -> two -> one");
	assert_int_equal(told.fault[2].place, COND_IN_MACRO);
	assert_int_equal(told.fault[2].index, 0);
	assert_told(&told, 3, 0, "own -> own");
	assert_int_equal(told.fault[3].index, 2);

	/* Who uses them has a fault too, but not one to tell; the others are as ever. */
	assert_string_equal(printed(s, "uses", &told), "-");
	assert_int_equal(told.count, 0);
	assert_string_equal(printed(s, "proc.name in (user)", &told), "-");
	assert_int_equal(told.count, 0);
	assert_string_equal(printed(s, "good", &told), "proc.name in (x)");
	cond_scope_free(s);
}

/* Told once, where it stands: not by the rules that use it, and though none may. */
static void bad_expressions(void **state)
{
	static const struct cond_list_spec lists[] = { { "words", "a.*, [b" } };
	static const struct cond_macro_spec macros[] = {
		{ "own", "fd.num = 1 or proc.name regex 'x('" }, { "listed", "proc.name regex anyof (c, words)" },
		{ "plain", "proc.name contains anyof (words)" },
	};
	struct told told;
	struct cond_scope *s = scope_of(lists, COUNT(lists), macros, COUNT(macros), &told, -EINVAL);

	(void)state;
	assert_int_equal(told.count, 2);
	assert_told(&told, 0, 30, "'x(' is no regular expression: ");
	assert_int_equal(told.fault[0].place, COND_IN_MACRO);
	assert_told(&told, 1, 26, "'[b' of the list 'words' is no regular expression: ");
	assert_string_equal(printed(s, "own", &told), "-");
	assert_int_equal(told.count, 0);
	assert_string_equal(printed(s, "plain", &told), "proc.name contains anyof (a.*, [b)");
	cond_scope_free(s);
}

static void two_circles_through_one_name(void **state)
{
	static const struct cond_macro_spec macros[] = { { "a", "b and c" }, { "b", "a" }, { "c", "b or a" } };
	struct told told;
	struct cond_scope *s = scope_of(NULL, 0, macros, COUNT(macros), &told, -EINVAL);

	(void)state;
	assert_int_equal(told.count, 2);
	assert_told(&told, 0, 0, "a -> b -> a");
	assert_told(&told, 1, 6, "a -> c -> a");
	cond_scope_free(s);
}

static void long_circles_are_cut(void **state)
{
	enum { N = 5000 };
	struct cond_macro_spec *macros = calloc(N, sizeof(*macros));
	static char text[N][2][16];
	struct told told;

	(void)state;
	for (int i = 0; i < N; i++) {
		snprintf(text[i][0], 16, "macro_%d", i);
		snprintf(text[i][1], 16, "macro_%d", (i + 1) % N);
		macros[i] = (struct cond_macro_spec){ text[i][0], text[i][1] };
	}
	cond_scope_free(scope_of(NULL, 0, macros, N, &told, -EINVAL));
	assert_int_equal(told.count, 1);
	assert_told(&told, 0, 0, "macro_0 -> macro_1 -> ");
	assert_told(&told, 0, 0, "... -> macro_0");

	/* The same, not closed */
	macros[N - 1].condition = "fd.num = 1";
	struct cond_scope *s = scope_of(NULL, 0, macros, N, &told, 0);
	assert_string_equal(printed(s, "not macro_0", &told), "not fd.num = 1");
	cond_scope_free(s);
	free(macros);
}

static void faults_of_a_scope(void **state)
{
	static const struct cond_list_spec lists[] = {
		{ "a", "x,, y" }, { "b", "x, y," }, { "c", "x y" }, { "d", "'x" }, { "a", "x" }, { "two words", "x" },
		{ "e", "a=b" }, { "and", "x" }, { "f", "(x)" }, { "\"q\"", "x" }, { "", "x" }, { "g", "x, '\\q'" },
	};
	static const struct cond_macro_spec macros[] = {
		{ "m", "proc.nam = x and fd.num = y" }, { "uses_m", "m and m" }, { "m", "fd.num = 1" }, { "a.b", "fd.num = 1" },
		{ "not", "fd.num = 1" }, { "1st", "fd.num = 1" }, { "uses_a", "proc.name in (a)" }, { "", "fd.num = 1" },
	};
	static const struct {
		enum cond_place place;
		size_t index, at;
		const char *words;
	} want[] = {
		{ COND_IN_LIST, 4, 0, "'a' is there twice" }, { COND_IN_LIST, 5, 0, "a list's name" },
		{ COND_IN_LIST, 7, 0, "a word of the language" }, { COND_IN_LIST, 9, 0, "a list's name" },
		{ COND_IN_LIST, 10, 0, "a list's name" },
		{ COND_IN_MACRO, 2, 0, "'m' is there twice" }, { COND_IN_MACRO, 3, 0, "a macro's name" },
		{ COND_IN_MACRO, 4, 0, "a word of the language" }, { COND_IN_MACRO, 5, 0, "a macro's name" },
		{ COND_IN_MACRO, 7, 0, "a macro's name" },
		{ COND_IN_LIST, 0, 2, "an item is missing" }, { COND_IN_LIST, 1, 5, "an item is missing" },
		{ COND_IN_LIST, 2, 2, "',' is wanted here" }, { COND_IN_LIST, 3, 0, "has no end" },
		{ COND_IN_LIST, 6, 1, "',' is wanted here" }, { COND_IN_LIST, 8, 0, "wants quotes" },
		{ COND_IN_LIST, 11, 4, "unknown escape" },
		{ COND_IN_MACRO, 0, 0, "did you mean 'proc.name'?" }, { COND_IN_MACRO, 0, 26, "'y' is no number" },
	};
	struct told told;
	struct cond_scope *s = scope_of(lists, COUNT(lists), macros, COUNT(macros), &told, -EINVAL);

	(void)state;
	for (size_t i = 0; i < COUNT(want) && i < told.count; i++) {
		assert_told(&told, i, want[i].at, want[i].words);
		assert_int_equal(told.fault[i].place, want[i].place);
		assert_int_equal(told.fault[i].index, want[i].index);
	}
	assert_int_equal(told.count, COUNT(want));
	assert_string_equal(printed(s, "uses_m or uses_a", &told), "-");
	assert_int_equal(told.count, 0);
	cond_scope_free(s);
}

static void what_is_put_in_is_bounded(void **state)
{
	enum { N = 40, DEEP = COND_DEPTH_MAX / 4 + 10 };
	struct cond_macro_spec macros[N + DEEP];
	static char text[N + DEEP][2][80];
	struct told told;

	(void)state;
	for (int i = 0; i < N; i++) { /* each is the double of the one before */
		snprintf(text[i][0], 64, "m%d", i);
		snprintf(text[i][1], 64, i ? "m%d and (fd.num = 1 or not m%d)" : "fd.num = %d", i - 1, i - 1);
		macros[i] = (struct cond_macro_spec){ text[i][0], text[i][1] };
	}
	struct cond_scope *s = scope_of(NULL, 0, macros, N, &told, -EINVAL);
	assert_int_equal(told.count, 1);
	assert_int_equal(told.fault[0].place, COND_IN_MACRO);
	assert_true(strstr(told.fault[0].what, "more than 65536 checks and values") != NULL);
	cond_scope_free(s);

	for (int i = 0; i < DEEP; i++) { /* four levels each */
		snprintf(text[i][0], 64, "m%d", i);
		snprintf(text[i][1], 80, i ? "fd.num = 1 and (fd.num = 2 or fd.num = 3 and (fd.num = 4 or m%d))" : "fd.num = 0", i - 1);
		macros[i] = (struct cond_macro_spec){ text[i][0], text[i][1] };
	}
	s = scope_of(NULL, 0, macros, DEEP, &told, -EINVAL);
	assert_int_equal(told.count, 1);
	assert_true(strstr(told.fault[0].what, "more than 1000 levels") != NULL);
	assert_int_equal(told.fault[0].index, COND_DEPTH_MAX / 4 + 1);
	cond_scope_free(s);
}

/* Each macro is four times the one before. */
static void all_together_are_bounded(void **state)
{
	static char text[8][2][64];
	static struct cond_macro_spec macros[8];
	struct cond cond[40];
	struct told told = { .count = 0 };
	struct cond_scope *s;
	size_t good = 0;

	(void)state;
	for (int i = 0; i < 8; i++) {
		snprintf(text[i][0], 64, "m%d", i);
		snprintf(text[i][1], 64, i ? "m%d and m%d or m%d and not m%d" : "fd.num = 1", i - 1, i - 1, i - 1, i - 1);
		macros[i] = (struct cond_macro_spec){ text[i][0], text[i][1] };
	}
	s = scope_of(NULL, 0, macros, 8, &told, 0);
	assert_int_equal(told.count, 0);
	while (good < 40 && cond_parse(&cond[good], s, "m7", good, on_fault, &told) == 0)
		good++;
	assert_in_range(good, 10, 20);
	assert_int_equal(told.count, 1);
	assert_told(&told, 0, 0, "all conditions together have more than 500000");
	assert_int_equal(told.fault[0].index, good);
	/* Told once; other faults still are. */
	assert_int_equal(cond_parse(&cond[good], s, "m1", 0, on_fault, &told), -EINVAL);
	assert_int_equal(told.count, 1);
	assert_int_equal(cond_parse(&cond[good], s, "m1 and", 0, on_fault, &told), -EINVAL);
	assert_int_equal(told.count, 2);
	while (good)
		cond_release(&cond[--good]);
	cond_scope_free(s);
}

static void the_unused_are_told(void **state)
{
	static const struct cond_list_spec lists[] = { { "a", "b" }, { "b", "x" }, { "c", "x" }, { "d", "x" }, { "e", "a" } };
	static const struct cond_macro_spec macros[] = {
		{ "m", "proc.name in (a) and n" }, { "n", "fd.num = 1" }, { "o", "m and proc.name in (c)" }, { "p", "o" },
	};
	struct told told;
	struct cond_scope *s = scope_of(lists, COUNT(lists), macros, COUNT(macros), &told, 0);

	(void)state;
	cond_scope_unused(s, on_fault, &told);
	assert_int_equal(told.count, COUNT(lists) + COUNT(macros));
	printed(s, "m or proc.name in (d)", &told);
	cond_scope_unused(s, on_fault, &told);
	assert_int_equal(told.count, 4);
	assert_int_equal(told.warnings, 4);
	assert_told(&told, 0, 0, "no rule uses the list 'c'");
	assert_told(&told, 1, 0, "no rule uses the list 'e'");
	assert_told(&told, 2, 0, "no rule uses the macro 'o'");
	assert_told(&told, 3, 0, "no rule uses the macro 'p'");
	assert_int_equal(told.fault[2].place, COND_IN_MACRO);
	assert_int_equal(told.fault[2].index, 2);
	printed(s, "p", &told);
	cond_scope_unused(s, on_fault, &told);
	assert_int_equal(told.count, 1); /* e */
	cond_scope_free(s);
}

static void nothing_at_all(void **state)
{
	struct told told;
	struct cond_scope *s = scope_of(NULL, 0, NULL, 0, &told, 0);

	(void)state;
	assert_string_equal(printed(s, "proc.name in (a)", &told), "proc.name in (a)");
	cond_scope_unused(s, on_fault, &told);
	assert_int_equal(told.count, 0);
	cond_scope_free(s);
	cond_scope_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_stand_for_what_they_name), cmocka_unit_test(names_are_missed),
		cmocka_unit_test(checks_stand_where_the_macro_stands), cmocka_unit_test(values_of_a_list_are_shared),
		cmocka_unit_test(circles_are_told_once), cmocka_unit_test(bad_expressions),
		cmocka_unit_test(two_circles_through_one_name), cmocka_unit_test(long_circles_are_cut),
		cmocka_unit_test(faults_of_a_scope),
		cmocka_unit_test(what_is_put_in_is_bounded), cmocka_unit_test(all_together_are_bounded),
		cmocka_unit_test(the_unused_are_told),
		cmocka_unit_test(nothing_at_all),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
