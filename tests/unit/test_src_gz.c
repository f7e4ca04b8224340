#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "source/src_files.h"

#include "collect.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static char path[64];

static int make_path(void **state)
{
	int fd;

	(void)state;
	strcpy(path, "/tmp/tiercel-gz-XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static int remove_path(void **state)
{
	(void)state;
	return unlink(path);
}

/* `mode` of gzopen: w starts the file, a adds a member. */
static void pack(const char *mode, const char *p, size_t n)
{
	gzFile f = gzopen(path, mode);

	assert_non_null(f);
	if (n)
		assert_int_equal(gzwrite(f, p, (unsigned)n), n);
	assert_int_equal(gzclose(f), Z_OK);
}

static void append(const char *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	assert_int_equal(write(fd, p, n), n);
	close(fd);
}

static off_t size(void)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static int unpack(struct collect *got, struct err *err)
{
	struct source_sink sink = collect_sink(got);
	struct src_stream *s = src_stream_new(SRC_STREAM_FILE, &sink);
	int rc;

	assert_non_null(s);
	*err = (struct err){ 0 };
	rc = src_files_read(s, path, NULL, NULL, err);
	src_stream_free(s);
	return rc;
}

static void expect(const char *want, int want_rc, const char *why)
{
	struct collect got;
	struct err err;
	char what[128];

	assert_int_equal(unpack(&got, &err), want_rc);
	assert_string_equal(got.text, want);
	if (why) {
		snprintf(what, sizeof(what), why, (long)size());
		assert_string_equal(err.what, what);
		assert_string_equal(err.where, path);
	}
	collect_release(&got);
}

static void members_follow_each_other(void **state)
{
	(void)state;
	pack("w", "one\ntw", 6);
	expect("Lone\nLtw\n", 0, NULL);
	pack("a", "", 0);
	pack("a", "o\nthree", 7);
	expect("Lone\nLtwo\nLthree\n", 0, NULL);
	append("\0\0\0\0\0", 5);
	expect("Lone\nLtwo\nLthree\n", 0, NULL);
	append("trash", 5);
	expect("Lone\nLtwo\nLthree\n", -EBADMSG, NULL);
	pack("w", "", 0);
	expect("", 0, NULL);
}

static void every_cut_is_told(void **state)
{
	static const char text[] = "type=SYSCALL msg=audit(1.000:1): a\ntype=EOE msg=audit(1.000:1):\n";

	(void)state;
	pack("w", text, sizeof(text) - 1);
	for (off_t n = size() - 1; n > 1; n--) {
		struct collect got;
		struct err err;
		char what[64];

		assert_int_equal(truncate(path, n), 0);
		assert_int_equal(unpack(&got, &err), -EBADMSG);
		snprintf(what, sizeof(what), "gzip data ends early, at byte %ld", (long)n);
		assert_string_equal(err.what, what);
		collect_release(&got);
	}
	assert_int_equal(truncate(path, 1), 0);
	expect("L\x1f\n", 0, NULL);
}

/* Large, so that input and output buffers are used up many times, packed well and badly. */
static void expect_large(const char *mode, bool dull)
{
	size_t n = 2000000, at = 0;
	char *p = malloc(n + 1);
	struct collect got;
	struct err err;
	uint32_t random = 1;

	assert_non_null(p);
	for (size_t i = 0; i < n; i++) {
		random = random * 1664525 + 1013904223;
		p[i] = i % 100 == 99 ? '\n' : dull ? 'a' : (char)('!' + (random >> 24) % 90);
	}
	pack(mode, p, n);
	assert_int_equal(unpack(&got, &err), 0);
	assert_int_equal(got.lines, n / 100);
	for (size_t i = 0; i < n; i += 100, at += 101)
		assert_memory_equal(got.text + at + 1, p + i, 100);
	collect_release(&got);
	free(p);
}

static void large_files_come_out_whole(void **state)
{
	(void)state;
	expect_large("w9", false);
	expect_large("w9", true);
	expect_large("w0", false);
}

static void overwrite(off_t at, size_t n)
{
	int fd = open(path, O_WRONLY);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(pwrite(fd, "\xff", 1, at + (off_t)i), 1);
	close(fd);
}

static void damage_is_told_after_what_is_good(void **state)
{
	size_t n = 2000000;
	char *p = malloc(n);
	struct collect got;
	struct err err;
	uint32_t random = 1;

	(void)state;
	assert_non_null(p);
	for (size_t i = 0; i < n; i++) {
		random = random * 1664525 + 1013904223;
		p[i] = i % 50 == 49 ? '\n' : (char)('a' + (random >> 24) % 23);
	}
	pack("w6", p, n);
	free(p);
	overwrite(size() - 8, 4); /* the CRC */
	assert_int_equal(unpack(&got, &err), -EBADMSG);
	assert_int_equal(got.lines, n / 50);
	assert_non_null(strstr(err.what, "damaged gzip data, at byte "));
	collect_release(&got);
	overwrite(size() / 2, (size_t)(size() / 2));
	assert_int_equal(unpack(&got, &err), -EBADMSG);
	assert_true(got.lines > n / 50 / 3);
	collect_release(&got);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_follow_each_other),
		cmocka_unit_test(every_cut_is_told),
		cmocka_unit_test(large_files_come_out_whole),
		cmocka_unit_test(damage_is_told_after_what_is_good),
	};

	return cmocka_run_group_tests(tests, make_path, remove_path);
}
