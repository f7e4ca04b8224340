/* tiercel-conditions(7) tells of every operator, and its examples are conditions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cond_kit.h"
#include "filter/cond_lex.h"

#include <stdlib.h>

static char page[65536];

static int read_page(void **state)
{
	const char *top = getenv("top_srcdir");
	char path[4096];

	(void)state;
	snprintf(path, sizeof(path), "%s/man/tiercel-conditions.7", top ? top : ".");
	FILE *f = fopen(path, "r");
	if (!f)
		return -1;
	page[fread(page, 1, sizeof(page) - 1, f)] = '\0';
	return fclose(f);
}

/* As roff shows it. */
static void plain(char *s)
{
	static const char *const escapes[][2] = { { "\\(dq", "\"" }, { "\\(aq", "'" }, { "\\-", "-" }, { "\\e", "\\" } };

	for (size_t i = 0; i < sizeof(escapes) / sizeof(*escapes); i++)
		for (char *p = s; (p = strstr(p, escapes[i][0])) != NULL; p++) {
			*p = *escapes[i][1];
			memmove(p + 1, p + strlen(escapes[i][0]), strlen(p + strlen(escapes[i][0])) + 1);
		}
}

static void examples_are_conditions(void **state)
{
	static const struct cond_list_spec lists[] = { { "shells", "bash" } };
	static const struct cond_macro_spec macros[] = { { "spawned_process", "evt.type = execve" } };
	struct told told = { .count = 0 };
	struct cond_scope *s;
	size_t found = 0;

	(void)state;
	assert_int_equal(cond_scope_new(&s, lists, 1, macros, 1, on_fault, &told), 0);
	for (char *p = page; (p = strstr(p, ".\\\" conditions\n.Bd ")) != NULL;) {
		p = strchr(strchr(p, '\n') + 1, '\n') + 1;
		for (; *p != '.'; found++) {
			char line[256];
			size_t n = strcspn(p, "\n");

			assert_true(n < sizeof(line));
			memcpy(line, p, n);
			line[n] = '\0';
			plain(line);
			printed(s, line, &told);
			if (told.count)
				fail_msg("%s\n\tbyte %zu: %s", line, told.fault[0].at, told.fault[0].what);
			p += n + 1;
		}
	}
	assert_true(found > 20);
	cond_scope_free(s);
}

/* Is there an ".It Ic a , Ic b" with the word? */
static bool has_item(struct span word)
{
	for (const char *p = page; (p = strstr(p, "\n.It Ic ")) != NULL; p++) {
		size_t n = strcspn(p + 1, "\n");

		for (const char *w = p + 1; (w = memmem(w, (size_t)(p + 1 + n - w), word.p, word.n)) != NULL; w++)
			if (w[-1] == ' ' && (w[word.n] == ' ' || w[word.n] == '\n'))
				return true;
	}
	return false;
}

static void every_word_is_told(void **state)
{
	(void)state;
	for (int op = 0; op < COND_OP_COUNT; op++)
		if (!has_item(cond_op_names[op]))
			fail_msg("nothing is said of %s", cond_op_names[op].p);
	for (int t = 0; t < COND_TRANSFORM_COUNT; t++)
		if (!has_item(cond_transform_names[t]))
			fail_msg("nothing is said of %s", cond_transform_names[t].p);
	assert_false(has_item(SPAN("cont")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(examples_are_conditions), cmocka_unit_test(every_word_is_told),
	};

	return cmocka_run_group_tests(tests, read_page, NULL);
}
