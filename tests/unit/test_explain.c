#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cli/explain.h"
#include "json_check.h"
#include "sys/probe.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

/* A configuration, planned. */
struct kit {
	struct config *config;
	struct explain e;
	struct err err;
	int rc;
};

static void on_report(void *ctx, enum config_level level, const struct err *e)
{
	(void)ctx;
	if (level == CONFIG_ERROR)
		fail_msg("%s: %s", e->where, e->what);
}

static void setup(struct kit *k, const char *path, const char *section)
{
	struct explain_wish wish = {
		.path = path, .section = section, .machine = "x86_64", .version = PROBE_KERNEL(6, 12, 0)
	};

	assert_int_equal(config_load(&k->config, path, on_report, NULL), 0);
	k->rc = explain_make(&k->e, k->config, &wish, &k->err);
}

static void teardown(struct kit *k)
{
	explain_release(&k->e);
	config_free(k->config);
}

/* A file of this text; its name goes to `path`. */
static void write_ini(char path[32], const char *text)
{
	int fd;

	strcpy(path, "/tmp/test_explain.XXXXXX");
	fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static char *slurp(FILE *f, size_t *n)
{
	char *text;

	*n = (size_t)ftell(f);
	text = malloc(*n + 1);
	assert_non_null(text);
	rewind(f);
	assert_int_equal(fread(text, 1, *n, f), *n);
	text[*n] = '\0';
	fclose(f);
	return text;
}

static void check_json(const struct explain *e)
{
	FILE *f = tmpfile();
	const char *error;
	size_t n;
	char *text;

	assert_non_null(f);
	assert_int_equal(explain_json(e, f), 0);
	text = slurp(f, &n);
	error = json_check_line(text, n);
	if (error)
		fail_msg("%s: %s", error, text);
	free(text);
}

/* The longest line, in columns. */
/* Of all lines but that of the rule for ourselves, which is never broken: its path is this build's. */
static size_t widest(const struct explain *e, unsigned columns)
{
	size_t n, most = 0;
	FILE *f = tmpfile();
	char *text;

	assert_non_null(f);
	assert_int_equal(explain_text(e, f, columns), 0);
	text = slurp(f, &n);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		if (strlen(line) > most && !strstr(line, "key=tiercel-self"))
			most = strlen(line);
	free(text);
	return most;
}

static void json_is_json(void **state)
{
	static const char *const names[] = { "selects", "rules", "none", "by-name" };
	const char *top = getenv("top_srcdir");

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[4096];
		struct kit k;

		snprintf(path, sizeof(path), "%s/tests/explain/%s.ini", top ? top : ".", names[i]);
		setup(&k, path, NULL);
		assert_int_equal(k.rc, 0);
		check_json(&k.e);
		teardown(&k);
	}
}

/* What a configuration says must neither break JSON nor a terminal. */
static void odd_bytes(void **state)
{
	char path[32], *text;
	struct kit k;
	size_t n;
	FILE *f;

	(void)state;
	write_ini(path, "[select odd]\nsyscalls = openat\npath = /a\"b\\c\303\251\302\233J\377/x\n[output o]\ntype = stdout\n");
	setup(&k, path, NULL);
	assert_int_equal(k.rc, 0);
	check_json(&k.e);
	f = tmpfile();
	assert_int_equal(explain_text(&k.e, f, 100), 0);
	text = slurp(f, &n);
	assert_null(memchr(text, '\233', n));
	assert_non_null(strstr(text, "path = /a\"b\\c\\xc3\\xa9\\xc2\\x9bJ\\xff/x"));
	free(text);
	teardown(&k);
	unlink(path);
}

static void width(void **state)
{
	char path[32];
	struct kit k;

	(void)state;
	write_ini(path, "[select a]\nsyscalls = @file, execve\n[select b]\nsyscalls = execve, openat\nuid = 0\n"
		"[output o]\ntype = stdout\n");
	setup(&k, path, NULL);
	assert_int_equal(k.rc, 0);
	assert_in_range(widest(&k.e, 100), 80, 100);
	assert_in_range(widest(&k.e, 60), 50, 60);
	assert_true(widest(&k.e, 200) > 150);
	teardown(&k);
	unlink(path);
}

static void names(void **state)
{
	char path[32];
	struct kit k;

	(void)state;
	write_ini(path, "[select Twin]\nsyscalls = kill\n[rule twin]\ncondition = evt.type = kill\n[rule other]\n"
		"condition = evt.type = tkill\n[output o]\ntype = stdout\n");
	setup(&k, path, "TWIN");
	assert_int_equal(k.rc, 0);
	assert_int_equal(k.e.plan->section_count, 3);
	assert_true(k.e.shown[0] && k.e.shown[1] && !k.e.shown[2]);
	teardown(&k);
	setup(&k, path, "rule twin");
	assert_int_equal(k.rc, 0);
	assert_true(!k.e.shown[0] && k.e.shown[1] && !k.e.shown[2]);
	teardown(&k);
	setup(&k, path, "ohter");
	assert_int_equal(k.rc, -ENOENT);
	assert_non_null(strstr(k.err.what, "did you mean 'other'?"));
	teardown(&k);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_is_json), cmocka_unit_test(odd_bytes), cmocka_unit_test(width),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
