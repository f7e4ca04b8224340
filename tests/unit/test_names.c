#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "event/event.h"
#include "event/names.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct files {
	char dir[32], passwd[64], group[64], fresh[64];
};

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int start(void **state)
{
	struct files *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	strcpy(f->dir, "/tmp/test_names.XXXXXX");
	assert_non_null(mkdtemp(f->dir));
	snprintf(f->passwd, sizeof(f->passwd), "%s/passwd", f->dir);
	snprintf(f->group, sizeof(f->group), "%s/group", f->dir);
	snprintf(f->fresh, sizeof(f->fresh), "%s/fresh", f->dir);
	*state = f;
	return 0;
}

static int end(void **state)
{
	struct files *f = *state;

	unlink(f->passwd);
	unlink(f->group);
	rmdir(f->passwd);
	rmdir(f->dir);
	free(f);
	return 0;
}

static void expect(struct span got, const char *want)
{
	if (got.n != strlen(want) || (got.n && memcmp(got.p, want, got.n) != 0))
		fail_msg("'%.*s' is not '%s'", (int)got.n, got.p, want);
	/* For sanitizers: may so much be read? */
	for (size_t i = 0; got.n && i < EVENT_PAD; i++)
		assert_in_range((unsigned char)got.p[got.n + i], 0, 255);
}

static void names_are_found(void **state)
{
	static const char passwd[] =
		"root:x:0:0:root:/root:/bin/bash\n"
		"toor:x:0:0:the second of this id:/root:/bin/sh\n"
		"# a comment\n"
		"\n"
		"broken\n"
		"no number:x:y:0::/:\n"
		"+:x:7:7:::\n"
		"+@net:x:8:8:::\n"
		"-gone:x:9:9:::\n"
		"a\"b\\c:x:1000:1000::/:\n"
		"j\303\266rg:x:1001:100::/:/bin/sh\n"
		"nobody:x:65534:65534::/:\n"
		"high:x:4294967294:0::/:\n"
		"unset:x:4294967295:0::/:";
	struct files *f = *state;
	struct names *n;

	write_file(f->passwd, passwd);
	write_file(f->group, "root:x:0:\nusers:x:100:anna,bert\n");
	n = names_new(f->passwd, f->group);
	assert_non_null(n);
	expect(names_user(n, 0), "root");
	expect(names_user(n, 7), "");
	expect(names_user(n, 8), "");
	expect(names_user(n, 9), "");
	expect(names_user(n, 1000), "a\"b\\c");
	expect(names_user(n, 1001), "j\303\266rg");
	expect(names_user(n, 65534), "nobody");
	expect(names_user(n, 4294967294u), "high");
	expect(names_user(n, UINT32_MAX), "");
	expect(names_user(n, 1), "");
	expect(names_user(n, 100), "");
	expect(names_group(n, 0), "root");
	expect(names_group(n, 100), "users");
	expect(names_group(n, 1000), "");
	assert_true(NAMES_PAD >= EVENT_PAD);
	names_free(n);
}

static void files_need_not_be_there(void **state)
{
	struct files *f = *state;
	struct names *n = names_new(f->passwd, f->group);

	assert_non_null(n);
	expect(names_user(n, 0), "");
	expect(names_group(n, 0), "");
	write_file(f->passwd, "root:x:0:0:::\n");
	names_tick(n, 0);
	expect(names_user(n, 0), "root");
	expect(names_group(n, 0), "");

	/* What was known stays while there is no file. */
	unlink(f->passwd);
	names_tick(n, NAMES_LOOK_MS);
	expect(names_user(n, 0), "root");
	assert_int_equal(mkdir(f->passwd, 0700), 0);
	names_tick(n, 2 * NAMES_LOOK_MS);
	expect(names_user(n, 0), "root");
	rmdir(f->passwd);
	write_file(f->passwd, "");
	names_tick(n, 3 * NAMES_LOOK_MS);
	expect(names_user(n, 0), "");
	names_free(n);
	names_free(NULL);
}

/* A named pipe would hold us up for ever. */
static void only_files_are_read(void **state)
{
	struct files *f = *state;
	struct names *n;

	assert_int_equal(mkfifo(f->passwd, 0600), 0);
	n = names_new(f->passwd, f->group);
	assert_non_null(n);
	expect(names_user(n, 0), "");
	names_free(n);
}

static void changes_are_seen(void **state)
{
	struct files *f = *state;
	struct names *n;
	FILE *more;

	write_file(f->passwd, "one:x:1:1:::\n");
	write_file(f->group, "g1:x:1:\n");
	n = names_new(f->passwd, f->group);
	names_tick(n, 1000000);
	more = fopen(f->passwd, "a");
	assert_non_null(more);
	fputs("two:x:2:2:::\n", more);
	fclose(more);
	names_tick(n, 1000000 + NAMES_LOOK_MS - 1); /* too soon */
	expect(names_user(n, 2), "");
	names_tick(n, 1000000 + NAMES_LOOK_MS);
	expect(names_user(n, 2), "two");
	expect(names_user(n, 1), "one");

	/* As usermod(8) does it; of the same size, and the clock was set back. */
	write_file(f->fresh, "eno:x:1:1:::\nowt:x:2:2:::\n");
	assert_int_equal(rename(f->fresh, f->passwd), 0);
	names_tick(n, 5);
	expect(names_user(n, 1), "eno");
	expect(names_user(n, 2), "owt");
	expect(names_group(n, 1), "g1");
	names_free(n);
}

static void bounds_hold(void **state)
{
	struct files *f = *state;
	FILE *out = fopen(f->passwd, "w");
	char longest[NAMES_TEXT_MAX + 1], name[32];
	struct names *n;

	assert_non_null(out);
	memset(longest, 'n', NAMES_TEXT_MAX);
	longest[NAMES_TEXT_MAX] = '\0';
	fprintf(out, "%s:x:100000:1:::\n%sx:x:100001:1:::\n", longest, longest);
	for (unsigned i = 2; i < NAMES_MAX + 2; i++)
		fprintf(out, "user%u:x:%u:1:::\n", i, i);
	fclose(out);
	n = names_new(f->passwd, f->group);
	assert_non_null(n);
	expect(names_user(n, 100000), longest);
	expect(names_user(n, 100001), "");
	for (unsigned i = 2; i < NAMES_MAX; i++) {
		snprintf(name, sizeof(name), "user%u", i);
		expect(names_user(n, i), name);
	}
	expect(names_user(n, NAMES_MAX), "");
	expect(names_user(n, NAMES_MAX + 1), "");
	names_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(names_are_found, start, end),
		cmocka_unit_test_setup_teardown(files_need_not_be_there, start, end),
		cmocka_unit_test_setup_teardown(only_files_are_read, start, end),
		cmocka_unit_test_setup_teardown(changes_are_seen, start, end),
		cmocka_unit_test_setup_teardown(bounds_hold, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
