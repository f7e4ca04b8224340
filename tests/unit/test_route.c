#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/route.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[64], conf[80];

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/tiercel-route-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(conf, sizeof(conf), "%s/conf.ini", dir);
	return 0;
}

static int remove_dir(void **state)
{
	static const char *const names[] = { "conf.ini", "always", "front", "back", "said" };
	char name[96];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(name, sizeof(name), "%s/%s", dir, names[i]);
		unlink(name);
	}
	return rmdir(dir);
}

static void configure(bool always, bool front, bool back)
{
	FILE *f = fopen(conf, "w");

	assert_non_null(f);
	if (always)
		fprintf(f, "[output always]\ntype = file\npath = %s/always\n", dir);
	if (front)
		fprintf(f, "[output front]\ntype = file\npath = %s/front\nwhen = foreground\n", dir);
	if (back)
		fprintf(f, "[output back]\ntype = file\npath = %s/back\nwhen = background\n", dir);
	fclose(f);
}

static bool is_made(const char *name)
{
	char path[96];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return unlink(path) == 0;
}

/* 0, or what route_load() says; then `said` has the message. */
static int load(bool background, size_t *outputs, char said[512])
{
	struct route_wish wish = { .config = conf, .background = background };
	int kept = dup(STDERR_FILENO), fd, rc;
	struct route *r;
	char name[96];
	ssize_t n;

	snprintf(name, sizeof(name), "%s/said", dir);
	fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	dup2(fd, STDERR_FILENO);
	rc = route_load(&r, &wish);
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	n = pread(fd, said, 511, 0);
	said[n < 0 ? 0 : n] = '\0';
	close(fd);
	*outputs = rc < 0 ? 0 : route_of(r)->output_count;
	route_free(r);
	return rc;
}

static void outputs_are_opened_where_they_are_meant(void **state)
{
	char said[512];
	size_t outputs;

	(void)state;
	configure(true, true, true);
	assert_int_equal(load(false, &outputs, said), 0);
	assert_int_equal(outputs, 2);
	assert_true(is_made("always"));
	assert_true(is_made("front"));
	assert_false(is_made("back"));
	assert_int_equal(load(true, &outputs, said), 0);
	assert_int_equal(outputs, 2);
	assert_true(is_made("always"));
	assert_true(is_made("back"));
	assert_false(is_made("front"));
	assert_string_equal(said, "");
}

static void that_none_is_left_is_told(void **state)
{
	char said[512], want[512];
	size_t outputs;

	(void)state;
	configure(false, true, false);
	assert_int_equal(load(false, &outputs, said), 0);
	assert_int_equal(load(true, &outputs, said), -EINVAL);
	snprintf(want, sizeof(want), "tiercel: %s: no output is left: every one is for runs in the foreground only (when =)\n",
		conf);
	assert_string_equal(said, want);
	configure(false, false, true);
	assert_int_equal(load(true, &outputs, said), 0);
	assert_int_equal(load(false, &outputs, said), -EINVAL);
	assert_non_null(strstr(said, "every one is for runs in the background only"));
	/* None is configured: standard output, in every run. */
	configure(false, false, false);
	assert_int_equal(load(true, &outputs, said), 0);
	assert_int_equal(outputs, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(outputs_are_opened_where_they_are_meant),
		cmocka_unit_test(that_none_is_left_is_told),
	};

	return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
