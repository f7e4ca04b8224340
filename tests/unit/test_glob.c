#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "filter/glob.h"

struct row {
	const char *pattern, *path;
	bool match;
};

static const struct row rows[] = {
	{ "/etc/passwd", "/etc/passwd", true },
	{ "/etc/passwd", "/etc/passwd-", false },
	{ "/etc/passwd", "etc/passwd", false },
	{ "etc/passwd", "/etc/passwd", false },
	{ "etc/passwd", "etc/passwd", true },
	{ "/etc//passwd", "/etc/passwd", true },
	{ "/etc/passwd", "//etc///passwd", true },
	{ "/tmp/dir", "/tmp/dir/", true },
	{ "/", "/", true },
	{ "/", "/etc", false },
	{ "/*", "/etc", true },
	{ "/*", "/", false },
	{ "/usr/bin/*", "/usr/bin/ls", true },
	{ "/usr/bin/*", "/usr/bin/x/ls", false },
	{ "/usr/bin/*", "/usr/bin", false },
	{ "/usr/*/ls", "/usr/bin/ls", true },
	{ "/usr/*/ls", "/usr/local/bin/ls", false },
	{ "/etc/**", "/etc/passwd", true },
	{ "/etc/**", "/etc/ssh/sshd_config", true },
	{ "/etc/**", "/etc", false },
	{ "/etc/**", "/etc/", false },
	{ "/etc/**", "/etcetera/x", false },
	{ "/etc/**", "", false },
	{ "/etc/**/*.conf", "/etc/a.conf", true },
	{ "/etc/**/*.conf", "/etc/x/y/a.conf", true },
	{ "/etc/**/*.conf", "/etc/x/y/a.confx", false },
	{ "/etc/**/*.conf", "/etc/a.conf/b", false },
	{ "/home/**/.ssh/**", "/home/me/.ssh/id", true },
	{ "/home/**/.ssh/**", "/home/a/b/.ssh/c/d", true },
	{ "/home/**/.ssh/**", "/home/.ssh/x", true },
	{ "/home/**/.ssh/**", "/home/me/.ssh", false },
	{ "/a/**/b/**/c", "/a/b/b/x/c", true },
	{ "/a/**/b/c", "/a/b/b/c", true },
	{ "/a/**/b/c", "/a/b/c/b/c", true },
	{ "/a/**/b/c", "/a/b/c/b", false },
	{ "**/shadow", "/etc/shadow", true },
	{ "**/shadow", "/shadow", true },
	{ "**/shadow", "shadow", true },
	{ "**", "/any/thing", true },
	{ "**", "->127.0.0.1:81", true },
	{ "**/**", "/a", true },
	{ "/h?me", "/home", true },
	{ "/h?me", "/hme", false },
	{ "/a?b", "/a/b", false },
	{ "/x*y*z", "/xaaybbz", true },
	{ "/x*y*z", "/xaaybb", false },
	{ "/x*y*z", "/xyyyz", true },
	{ "*->*", "->127.0.0.1:81", true },
	{ "*->*", "10.0.0.1:22->10.0.0.2:443", true },
	{ "*->*:443", "10.0.0.1:22->10.0.0.2:443", true },
	{ "*->*", "/run/nscd/socket", false },
	{ "@*", "@/tmp/.X11-unix/X0", false },
	{ "/[ab]", "/[ab]", true },
	{ "/[ab]", "/a", false },
	{ "/a*", "/a\xff\x01", true }
};

static void matches(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		bool match = glob_match(span_of(r->pattern, strlen(r->pattern)), span_of(r->path, strlen(r->path)));
		if (match != r->match)
			fail_msg("%s on %s: %d", r->pattern, r->path, match);
	}
}

/* Patterns that make a naive matcher take for ever. */
static void stays_quick(void **state)
{
	char path[8192];

	(void)state;
	memset(path, 'a', sizeof(path));
	assert_false(glob_match(SPAN("/*a*a*a*a*a*a*a*a*b"), span_of(path, sizeof(path))));
	path[0] = '/';
	assert_false(glob_match(SPAN("/*a*a*a*a*a*a*a*a*b"), span_of(path, sizeof(path))));
	for (size_t i = 0; i < sizeof(path); i += 2)
		path[i] = '/';
	assert_false(glob_match(SPAN("/**/a/**/a/**/a/**/a/**/a/**/b"), span_of(path, sizeof(path))));
	assert_true(glob_match(SPAN("/**/a/**/a/**/a/**/a/**/a/**/a"), span_of(path, sizeof(path))));
}

static void faults(void **state)
{
	(void)state;
	assert_null(glob_fault(SPAN("/etc/**/x*")));
	assert_null(glob_fault(SPAN("/")));
	assert_null(glob_fault(SPAN("**")));
	assert_string_equal(glob_fault(SPAN("/etc**")), "'**' must stand alone between slashes, as in /etc/**/*.conf");
	assert_non_null(glob_fault(SPAN("/etc/***")));
	assert_non_null(glob_fault(SPAN("/etc/**.conf/x")));
	assert_string_equal(glob_fault(SPAN("/etc/")),
		"ends in '/': write /dir for the directory itself, /dir/** for all below it");
	assert_string_equal(glob_fault(SPAN("")), "an empty word: a comma too many");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(matches),
		cmocka_unit_test(stays_quick),
		cmocka_unit_test(faults)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
