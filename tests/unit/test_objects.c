#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/objects.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char top[] = "/tmp/test_objects.XXXXXX";
static char path[4][256];
enum { DIRECTORY, FILE_IN_IT, MISSING, MOVED };

static void make_file(const char *name)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fclose(f);
}

static int setup(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(top));
	snprintf(path[DIRECTORY], sizeof(path[0]), "%s/dir", top);
	snprintf(path[FILE_IN_IT], sizeof(path[0]), "%s/dir/file", top);
	snprintf(path[MISSING], sizeof(path[0]), "%s/missing", top);
	snprintf(path[MOVED], sizeof(path[0]), "%s/moved", top);
	assert_int_equal(mkdir(path[DIRECTORY], 0700), 0);
	make_file(path[FILE_IN_IT]);
	return 0;
}

static int teardown(void **state)
{
	char command[300];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", top);
	return system(command);
}

static void watch(struct plan *plan, uint32_t field, const char *text)
{
	struct plan_rule *r = plan_add(plan);

	assert_non_null(r);
	r->action = WIRE_ALWAYS;
	assert_int_equal(plan_rule_test(r, field, WIRE_EQUAL, 0, plan_text(plan, text, strlen(text))), 0);
}

/* A directory that is renamed away and made again is another; a file made anew in the same place is not. */
static void another_of_the_name(void **state)
{
	struct plan *plan = plan_new();
	struct objects o = { .count = 0 };

	(void)state;
	watch(plan, WIRE_DIR, path[DIRECTORY]);
	watch(plan, WIRE_WATCH, path[FILE_IN_IT]);
	watch(plan, WIRE_DIR, path[MISSING]);
	watch(plan, WIRE_DIR, path[DIRECTORY]);
	objects_note(&o, plan);
	assert_int_equal(o.count, 3); /* each once */
	assert_false(objects_look(&o, NULL));
	unlink(path[FILE_IN_IT]);
	make_file(path[FILE_IN_IT]);
	assert_false(objects_look(&o, NULL));
	assert_int_equal(rename(path[DIRECTORY], path[MOVED]), 0);
	assert_true(objects_look(&o, NULL));
	assert_true(objects_moved(&o, path[DIRECTORY]));
	assert_int_equal(mkdir(path[DIRECTORY], 0700), 0);
	assert_true(objects_look(&o, NULL));
	assert_true(objects_moved(&o, path[DIRECTORY]));
	assert_true(objects_moved(&o, path[FILE_IN_IT]));
	assert_false(objects_moved(&o, path[MISSING]));
	objects_note(&o, plan);
	assert_false(objects_look(&o, NULL));
	assert_int_equal(mkdir(path[MISSING], 0700), 0);
	assert_true(objects_look(&o, NULL));
	assert_false(objects_moved(&o, path[DIRECTORY]));
	assert_true(objects_moved(&o, path[MISSING]));
	objects_release(&o);
	plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_of_the_name),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
