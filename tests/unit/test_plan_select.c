/*
 * tests/plan: [select] sections, as they are written, and the rules and notes that they give on each of some hosts; see
 * plan_table.h.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config.h"
#include "plan_table.h"

#include <sys/stat.h>
#include <unistd.h>

#define SECTIONS_MAX 16

struct made {
	char text[SECTIONS_MAX][SELECT_TEXTS + 1][512];
	struct select_spec spec[SECTIONS_MAX];
	size_t count;
	struct select_set *set; /* of spec, or config's */
	struct config *config;
};

static void tell(void *ctx, const struct select_fault *fault)
{
	(void)ctx;
	if (!fault->warning)
		fail_msg("section %zu: %s", fault->spec, fault->what);
}

static void drop(void *ctx)
{
	struct made *m = ctx;

	if (m->config)
		config_free(m->config);
	else
		select_free(m->set);
	memset(m, 0, sizeof(*m));
}

/* "[select x]", "key = value" or "config FILE". */
static void take_line(void *ctx, const char *line, size_t n)
{
	static const char *const keys[] = { "syscalls = ", "types = ", "path = ", "exe = ", "uid = ", "auid = " };
	struct made *m = ctx;
	char path[512];

	if (strncmp(line, "config ", 7) == 0) {
		snprintf(path, sizeof(path), "%s/%.*s", plan_table_top(), (int)n - 7, line + 7);
		assert_int_equal(config_load(&m->config, path, NULL, NULL), 0);
		m->set = m->config->select;
		return;
	}
	if (line[0] == '[') {
		assert_in_range(m->count, 0, SECTIONS_MAX - 1);
		snprintf(m->text[m->count][SELECT_TEXTS], 512, "%.*s", (int)n - 9, line + 8);
		m->spec[m->count].name = m->text[m->count][SELECT_TEXTS];
		m->spec[m->count++].success = -1;
		return;
	}
	struct select_spec *s = &m->spec[m->count - 1];
	if (strncmp(line, "success = ", 10) == 0) {
		s->success = line[10] == 'y';
		return;
	}
	for (int k = 0; k < SELECT_TEXTS; k++)
		if (strncmp(line, keys[k], strlen(keys[k])) == 0) {
			snprintf(m->text[m->count - 1][k], 512, "%.*s", (int)(n - strlen(keys[k])), line + strlen(keys[k]));
			s->text[k] = m->text[m->count - 1][k];
			return;
		}
	fail_msg("no key: %.*s", (int)n, line);
}

static void make_plan(void *ctx, struct plan *plan, const struct plan_host *host)
{
	struct made *m = ctx;

	if (!m->set)
		assert_int_equal(select_new(&m->set, m->spec, m->count, tell, NULL), 0);
	assert_int_equal(plan_build(plan, m->set, m->config ? m->config->rules : NULL, host), 0);
}

static void tables(void **state)
{
	static struct made made;
	const struct plan_table t = { take_line, make_plan, drop, &made };

	(void)state;
	assert_true(plan_table_run(&t, "tests/plan") >= 6);
}

static void no_selection(void **state)
{
	struct plan_host host = plan_kit_host(&plan_kit_hosts[0]);
	struct plan *plan = plan_new();
	struct select_set *set;

	(void)state;
	assert_int_equal(plan_build(plan, NULL, NULL, &host), 0);
	assert_int_equal(plan->count, 0);
	assert_int_equal(select_new(&set, NULL, 0, NULL, NULL), 0);
	assert_int_equal(plan_build(plan, set, NULL, &host), 0);
	assert_int_equal(plan->count, 0);
	select_free(set);
	plan_free(plan);
}

/* The whole of the default configuration is to stay cheap. */
static void default_is_small(void **state)
{
	char path[512];
	struct config *c;

	(void)state;
	snprintf(path, sizeof(path), "%s/conf/tiercel.ini", plan_table_top());
	assert_int_equal(config_load(&c, path, NULL, NULL), 0);
	for (size_t i = 0; i < PLAN_KIT_HOSTS; i++) {
		struct plan_host host = plan_kit_host(&plan_kit_hosts[i]);
		struct plan *plan = plan_new();

		assert_int_equal(plan_build(plan, c->select, c->rules, &host), 0);
		assert_in_range(plan->count, 2, 59);
		assert_true(plan->rules[0].first);
		for (size_t r = 0; r < plan->count; r++)
			assert_true(r == 0 || plan->rules[r].tags[0] != 0);
		plan_free(plan);
	}
	config_free(c);
}

/* However many sections: a stop deletes all rules, one after the other. */
static void many_sections_share(void **state)
{
	enum { SECTIONS = 200, PATHS = 20 };
	static struct select_spec spec[SECTIONS];
	static char paths[SECTIONS][PATHS * 24];
	struct plan_host host = plan_kit_host(&plan_kit_hosts[0]);
	struct plan *plan = plan_new();
	struct select_set *set;

	(void)state;
	for (unsigned i = 0; i < SECTIONS; i++) {
		size_t n = 0;

		for (unsigned k = 0; k < PATHS; k++)
			n += (size_t)snprintf(paths[i] + n, sizeof(paths[i]) - n, "%s/srv/a/b/%u.%u", k ? ", " : "", i, k);
		spec[i] = (struct select_spec){ .text = { "unlink, openat", NULL, paths[i] }, .success = -1 };
	}
	assert_int_equal(select_new(&set, spec, SECTIONS, tell, NULL), 0);
	assert_int_equal(plan_build(plan, set, NULL, &host), 0);
	assert_in_range(plan->count, 2, PLAN_RULES);
	select_free(set);
	plan_free(plan);
}

static void link_to(const char *dir, const char *name, const char *to)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(symlink(to, path), 0);
}

/* The file system is asked for links, where the host does not say that it is another. */
static void links_are_found(void **state)
{
	char dir[] = "/tmp/tiercel-plan-XXXXXX", path[512], pattern[512], command[512];
	struct select_spec spec = { .text = { "truncate", NULL, pattern }, .success = 1 };
	struct plan_host host = plan_kit_host(&plan_kit_hosts[4]); /* one architecture */
	struct plan *plan = plan_new();
	struct select_set *set;
	unsigned watched = 0;

	(void)state;
	host.look = NULL;
	host.lead = NULL;
	assert_non_null(mkdtemp(dir));
	snprintf(pattern, sizeof(pattern), "%s/in/**", dir);
	snprintf(path, sizeof(path), "%s/in", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/in/deep", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	snprintf(path, sizeof(path), "%s/out", dir);
	assert_int_equal(mkdir(path, 0700), 0);
	link_to(dir, "out/file", "nowhere");
	link_to(path, "again", "../in/deep");
	link_to(dir, "in/deep/out", "../../out");
	link_to(dir, "in/round", "deep/out/again");
	link_to(dir, "in/gone", "nowhere");
	assert_int_equal(select_new(&set, &spec, 1, tell, NULL), 0);
	assert_int_equal(plan_build(plan, set, NULL, &host), 0);
	for (size_t i = 0; i < plan->count; i++)
		for (unsigned k = 0; k < plan->rules[i].test_count; k++) {
			const struct plan_test *t = &plan->rules[i].tests[k];

			watched += t->field == WIRE_DIR && strcmp(t->text, path) == 0;
		}
	assert_int_equal(watched, 1);
	assert_int_equal(plan->count, 3); /* ourselves, in, out */
	assert_non_null(strstr(plan->notes[0].what, "1 link in "));
	select_free(set);
	plan_free(plan);
	snprintf(command, sizeof(command), "rm -r %s", dir);
	assert_int_equal(system(command), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables),
		cmocka_unit_test(no_selection),
		cmocka_unit_test(default_is_small),
		cmocka_unit_test(many_sections_share),
		cmocka_unit_test(links_are_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
