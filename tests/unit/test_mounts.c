/* Mounts as a file of the test's tells of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sys/mounts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOT "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
#define PROC "23 22 0:21 / /proc rw - proc proc rw\n"
#define DATA "30 22 8:2 / /srv/data rw - ext4 /dev/sdb1 rw\n"
#define OTHER "31 22 8:3 / /srv/data rw - ext4 /dev/sdc1 rw\n"
#define BLANK "32 22 0:40 / /srv/a\\040b\\134 rw - tmpfs none rw\n"

static char path[] = "/tmp/test_mounts.XXXXXX";

static void put(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void changes_are_seen(void **state)
{
	static const struct {
		const char *before, *after;
		bool changed;
		const char *touched[4], *untouched[4];
	} rows[] = {
		{ ROOT PROC, ROOT PROC, false, { NULL }, { "/", "/proc", NULL } },
		{ ROOT PROC, PROC ROOT, false, { NULL }, { "/", NULL } },
		{ ROOT, ROOT DATA, true, { "/srv", "/srv/data", "/srv/data/x/y", "/" }, { "/srv/da", "/etc", "/srv/database", NULL } },
		{ ROOT DATA, ROOT, true, { "/srv", "/srv/data", "/srv/data/x", NULL }, { "/etc", NULL } },
		{ ROOT DATA, ROOT OTHER, true, { "/srv/data", NULL }, { "/etc", NULL } },
		{ ROOT DATA, ROOT DATA OTHER, true, { "/srv/data", NULL }, { "/etc", NULL } },
		{ ROOT, ROOT BLANK, true, { "/srv/a b\\", "/srv", NULL }, { "/srv/a", NULL } },
		{ ROOT, "", true, { "/", "/etc/passwd", NULL }, { NULL } },
		{ "", ROOT, true, { "/etc", NULL }, { NULL } },
		{ ROOT, ROOT "no words\n\n33", true, { NULL }, { NULL } }, /* nonsense harms nobody */
		{ ROOT, ROOT "33 22 0:4 / /x\\9", false, { NULL }, { "/x", NULL } }, /* a line without an end is not there yet */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct mounts m;

		put(rows[i].before);
		mounts_open(&m, path);
		assert_true(m.fd >= 0);
		put(rows[i].after);
		if (mounts_look(&m) != rows[i].changed)
			fail_msg("row %zu", i);
		for (size_t k = 0; k < 4 && rows[i].touched[k]; k++)
			if (!mounts_touch(&m, rows[i].touched[k]))
				fail_msg("row %zu: %s", i, rows[i].touched[k]);
		for (size_t k = 0; k < 4 && rows[i].untouched[k]; k++)
			if (mounts_touch(&m, rows[i].untouched[k]))
				fail_msg("row %zu: %s is not touched", i, rows[i].untouched[k]);
		assert_false(mounts_look(&m)); /* and once only */
		assert_false(mounts_touch(&m, "/srv/data"));
		mounts_close(&m);
	}
}

static void above_is_not_below(void **state)
{
	struct mounts m;

	(void)state;
	put(ROOT);
	mounts_open(&m, path);
	put(ROOT DATA);
	assert_true(mounts_look(&m));
	assert_true(mounts_above(&m, "/srv/data"));
	assert_true(mounts_above(&m, "/srv/data/x/y"));
	assert_false(mounts_above(&m, "/srv"));
	assert_false(mounts_above(&m, "/srv/database"));
	assert_false(mounts_above(&m, "/"));
	put(DATA);
	assert_true(mounts_look(&m));
	assert_true(mounts_above(&m, "/"));
	assert_true(mounts_above(&m, "/etc"));
	mounts_close(&m);
}

static void many_mounts_are_read(void **state)
{
	struct mounts m;
	FILE *f = fopen(path, "w");

	(void)state;
	assert_non_null(f);
	for (unsigned i = 0; i < 5000; i++)
		fprintf(f, "%u 1 0:%u / /var/lib/containers/%u rw - overlay overlay rw\n", i + 2, i, i);
	assert_int_equal(fclose(f), 0);
	mounts_open(&m, path);
	assert_int_equal(m.now_count, 5000);
	f = fopen(path, "a");
	fputs("9000 1 0:1 / /late rw - tmpfs none rw\n", f);
	fclose(f);
	assert_true(mounts_look(&m));
	assert_true(mounts_touch(&m, "/late/file"));
	assert_false(mounts_touch(&m, "/var/lib/containers"));
	mounts_close(&m);
}

static void where_others_answer_is_far(void **state)
{
	static const char *const far[] = { "/net", "/net/x/y", "/staff/ann/ssh", "/staff/ann/ssh/a" };
	static const char *const near[] = { "/", "/ne", "/network", "/staff/ann", "/srv/data/x", "/nowhere" };
	struct mounts m;

	(void)state;
	put("22 1 8:1 / / rw shared:1 - nfs4 server:/root rw\n" DATA "40 22 0:9 / /net rw - autofs /etc/auto.net rw\n"
		"41 22 0:8 / /staff/ann/ssh rw shared:4 master:1 - fuse.sshfs elsewhere: rw\n" BLANK);
	mounts_open(&m, path);
	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++)
		if (!mounts_far(&m, far[i]))
			fail_msg("%s is near", far[i]);
	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		if (mounts_far(&m, near[i]))
			fail_msg("%s is far", near[i]);
	mounts_close(&m);
}

/* What is too much to be read may be anything, until it can be read again. */
static void too_many_are_any(void **state)
{
	struct mounts m;
	FILE *f = fopen(path, "w");

	(void)state;
	assert_non_null(f);
	for (unsigned i = 0; i < 17u << 14; i++)
		fprintf(f, "%1023u\n", i);
	assert_int_equal(fclose(f), 0);
	mounts_open(&m, path);
	assert_true(m.fd >= 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_true(mounts_look(&m));
		assert_true(mounts_touch(&m, "/any"));
		assert_true(mounts_far(&m, "/any"));
	}
	put(ROOT);
	assert_true(mounts_look(&m));
	assert_true(mounts_touch(&m, "/any"));
	assert_false(mounts_far(&m, "/any"));
	put(ROOT DATA);
	assert_true(mounts_look(&m));
	assert_false(mounts_touch(&m, "/any"));
	mounts_close(&m);
}

static void no_file_is_nothing_to_follow(void **state)
{
	struct mounts m;

	(void)state;
	mounts_open(&m, "/nowhere/mountinfo");
	assert_int_equal(m.fd, -1);
	assert_false(mounts_look(&m));
	assert_false(mounts_touch(&m, "/"));
	mounts_close(&m);
	mounts_open(&m, "/"); /* a directory can't be read */
	assert_int_equal(m.fd, -1);
	mounts_close(&m);
}

/* This process's own, as the kernel writes them. */
static void the_kernels_own_are_read(void **state)
{
	struct mounts m;

	(void)state;
	if (access("/proc/self/mountinfo", R_OK) < 0)
		skip();
	mounts_open(&m, "/proc/self/mountinfo");
	assert_true(m.now_count > 0);
	for (size_t i = 0; i < m.now_count; i++)
		assert_int_equal(m.now[i].path[0], '/');
	mounts_close(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_are_seen),
		cmocka_unit_test(above_is_not_below),
		cmocka_unit_test(many_mounts_are_read),
		cmocka_unit_test(where_others_answer_is_far),
		cmocka_unit_test(too_many_are_any),
		cmocka_unit_test(no_file_is_nothing_to_follow),
		cmocka_unit_test(the_kernels_own_are_read),
	};
	int fd = mkstemp(path), failed;

	if (fd < 0)
		return 99;
	close(fd);
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return failed;
}
