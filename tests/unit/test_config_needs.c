/* What a configuration looks at, by the records that are left out for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config_needs.h"
#include "table/table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[] = "/tmp/test_config_needs.XXXXXX";

static void on_report(void *ctx, enum config_level level, const struct err *e)
{
	(void)ctx;
	if (level == CONFIG_ERROR)
		fail_msg("%s: %s", e->where, e->what);
}

static struct plan *pruned(const char *text)
{
	struct plan *plan = plan_new();
	struct config *c;
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(config_load(&c, path, on_report, NULL), 0);
	assert_int_equal(config_prune(c, plan, NULL), 0);
	config_free(c);
	return plan;
}

static bool leaves_out(const struct plan *plan, unsigned type)
{
	for (size_t i = 0; i < plan->count; i++)
		if (plan_prunes(&plan->rules[i]) == type)
			return true;
	return false;
}

#define JSON(fields) "[output o]\ntype = stdout\nfields = " fields "\n"
#define TEXT "[output o]\ntype = stdout\nformat = text\n"
#define SELECT "[select s]\nsyscalls = openat\n"
#define RULE(condition, more) "[rule r]\ncondition = " condition "\n" more

enum { P = 1, C = 2, S = 4, E = 8, T = 16, M = 32 /* PATH CWD SOCKADDR EXECVE PROCTITLE CAPSET */ };

static const struct {
	const char *config;
	unsigned out;
} rows[] = {
	{ SELECT JSON("@all"), 0 },
	{ SELECT JSON("@core"), 0 }, /* audit.types is of it */
	{ RULE("evt.type = openat and evt.incomplete exists", "") JSON("evt.type"), 0 },
	{ RULE("evt.type = execve and evt.truncated exists", "") JSON("evt.type"), 0 },
	{ SELECT JSON("evt.type"), T | M }, /* the default text is in each line */
	{ SELECT TEXT, T | M },
	{ SELECT JSON("proc.cmdline"), M },
	{ SELECT JSON("evt.type\nraw = yes"), 0 },
	{ SELECT "[output o]\ntype = stdout\nformat = raw\n", 0 },
	{ SELECT "types = cwd, capset\n" TEXT, T },
	{ RULE("evt.type = openat", "output = %evt.type\n") TEXT, P | C | S | E | T | M },
	{ RULE("evt.type = openat", "") TEXT, T | M },
	{ RULE("evt.type = openat", "output = %proc.cwd\n") TEXT, P | S | E | T | M },
	{ RULE("evt.type = openat", "output = %audit.path[0].name\n") TEXT, C | S | E | T | M },
	{ RULE("evt.type = openat and fd.name = /a", "output = %evt.type\n") TEXT, E | T | M },
	{ RULE("proc.pcmdline = a", "output = %evt.type\n") TEXT, P | C | S | T | M },
	{ RULE("evt.type = openat", "output = %evt.type\nenabled = no\n") SELECT TEXT, T | M },
	{ RULE("evt.type = openat", "output = x\nfields = proc.cwd\n") JSON("@all"), P | S | E | T | M },
	{ RULE("evt.type = openat", "output = x\n") JSON("fd.sip"), P | C | E | T | M },
	{ RULE("evt.type = openat", "output = x\nfields = evt.type\n") SELECT JSON("proc.cmdline"), M },
	{ RULE("audit.capset.cap_pp exists", "output = x\n") TEXT, 0 }, /* whose pair it is can't be told from all others */
};

static void what_is_looked_at_stays(void **state)
{
	static const unsigned types[] = { 1302, 1307, 1306, 1309, 1327, 1322 };

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan *plan = pruned(rows[i].config);

		for (unsigned k = 0; k < sizeof(types) / sizeof(types[0]); k++)
			if (leaves_out(plan, types[k]) != (rows[i].out >> k & 1))
				fail_msg("%s%u: %d", rows[i].config, types[k], leaves_out(plan, types[k]));
		assert_false(leaves_out(plan, RECORD_TYPE_SYSCALL));
		plan_free(plan);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_looked_at_stays),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 99;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
