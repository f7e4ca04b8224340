#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "filter/cond_match.h"
#include "filter/cond_regex.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>

/* What a glob matches, in the one case or in either. */
static const struct {
	const char *pattern, *text;
	bool match, folded;
} globs[] = {
	{ "", "", true, true }, { "", "a", false, false }, { "*", "", true, true }, { "*", "/a/b", true, true },
	{ "a*b*c", "aXbYbc", true, true }, { "a*b*c", "aXbYb", false, false }, { "a**", "a", true, true },
	{ "?", "/", true, true }, { "?", "", false, false }, { "a?c", "aBc", true, true }, { "ABC", "abc", false, true },
	{ "[a-c]x", "bx", true, true }, { "[a-c]x", "Bx", false, true }, { "[A-C]x", "bx", false, true },
	{ "[!a-c]x", "bx", false, false }, { "[^a-c]x", "dx", true, true }, { "[]]", "]", true, true },
	{ "[!]]", "]", false, false }, { "[a-]", "-", true, true }, { "[\\]]", "]", true, true }, { "[\\a]", "\\", false, false },
	{ "[a", "[a", true, true }, { "[a", "a", false, false }, { "[", "[", true, true }, { "\\*", "*", true, true },
	{ "\\*", "x", false, false }, { "\\", "\\", true, true }, { "a\\", "a\\", true, true },
	{ "[[:digit:]]*", "7/", true, true }, { "[[:digit:]]", "x", false, false }, { "[[:upper:]]", "x", false, true },
	{ "[[:alpha:]-]", "-", true, true }, { "[![:space:]]", "\t", false, false }, { "[[:nope:]]", ":]", true, true },
	{ "\xc3?", "\xc3\xa9", true, true }, { "[\x80-\xff]", "\xa9", true, true }
};

static void globs_match(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(globs) / sizeof(globs[0]); i++) {
		struct span pattern = span_of(globs[i].pattern, strlen(globs[i].pattern));
		struct span text = span_of(globs[i].text, strlen(globs[i].text));
		for (int fold = 0; fold < 2; fold++) {
			bool match = cond_glob(pattern, text, fold);
			if (match != (fold ? globs[i].folded : globs[i].match))
				fail_msg("%s on %s, %d: %d", globs[i].pattern, globs[i].text, fold, match);
		}
		if (!cond_is_glob(pattern))
			assert_int_equal(span_eq(pattern, text), globs[i].match);
	}
}

/* Patterns that make a naive matcher take for ever. */
static void globs_are_quick(void **state)
{
	static char text[32768];

	(void)state;
	memset(text, 'a', sizeof(text));
	assert_false(cond_glob(SPAN("a*a*a*a*a*a*a*a*a*a*a*a*b"), span_of(text, sizeof(text)), true));
	assert_true(cond_glob(SPAN("*a*a*a*a*a*a*a*a*a*"), span_of(text, sizeof(text)), false));
}

/* Parts that nearly fit everywhere: with time as part times text, this would take minutes. */
static void parts_are_quick(void **state)
{
	size_t n = 1 << 20, m = 1 << 18;
	char *text = malloc(n), *part = malloc(m + 2);

	(void)state;
	assert_non_null(text);
	assert_non_null(part);
	memset(text, 'a', n);
	memset(part, 'A', m + 2);
	for (size_t odd = 0; odd < m; odd += m / 8) {
		part[1 + odd] = 'B';
		assert_false(cond_icontains(span_of(text, n), span_of(part + 1, m)));
		part[1 + odd] = 'A';
	}
	assert_true(cond_icontains(span_of(text, n), span_of(part + 1, m)));
	part[0] = part[m + 1] = '*';
	assert_true(cond_glob(span_of(part, m + 2), span_of(text, n), true));
	assert_false(cond_glob(span_of(part, m + 2), span_of(text, n), false));
	memset(part + 1, 'a', m - 1);
	part[m] = 'b';
	assert_false(cond_glob(span_of(part, m + 2), span_of(text, n), false));
	assert_false(cond_glob(span_of(part, m + 1), span_of(text, n), true));
	text[n - 1] = 'B';
	assert_true(cond_glob(span_of(part, m + 1), span_of(text, n), true));
	free(text);
	free(part);
}

static uint64_t seed = 88172645463325252u;

static unsigned dice(unsigned n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (unsigned)(seed >> 11) % n;
}

static size_t random_text(char *out, size_t max, const char *letters)
{
	size_t n = dice((unsigned)max);

	for (size_t i = 0; i < n; i++)
		out[i] = letters[dice((unsigned)strlen(letters))];
	out[n] = '\0';
	return n;
}

/* Few letters, so that texts repeat themselves: against the C library. */
static void as_the_c_library(void **state)
{
	char text[64], part[32];
	unsigned found = 0, fit = 0;

	(void)state;
	for (unsigned round = 0; round < 200000; round++) {
		const char *letters = dice(2) ? "aAbB" : "aabAc[";
		struct span t = span_of(text, random_text(text, sizeof(text), letters));
		struct span p = span_of(part, random_text(part, dice(2) ? 6 : 24, letters));
		bool in = strcasestr(text, part) != NULL;

		if (cond_icontains(t, p) != in)
			fail_msg("%s in %s: it is %d", part, text, in);
		if (cond_contains(t, p) != (strstr(text, part) != NULL))
			fail_msg("%s in %s", part, text);
		p.n = random_text(part, dice(2) ? 8 : 16, dice(2) ? "aAbB**" : "aab*?");
		for (int fold = 0; fold < 2; fold++) {
			bool match = fnmatch(part, text, fold ? FNM_CASEFOLD : 0) == 0;
			if (cond_glob(p, t, fold) != match)
				fail_msg("%s on %s, %d: it is %d", part, text, fold, match);
			fit += match;
		}
		found += in;
	}
	assert_true(found > 20000 && fit > 5000);
}

static const struct {
	const char *prefix, *path;
	bool match;
} prefixes[] = {
	{ "/etc", "/etc", true }, { "/etc", "/etc/passwd", true }, { "/etc", "/etcetera", false }, { "/etc", "/", false },
	{ "/etc/", "/etc", true }, { "/etc//x/", "//etc/x///y", true }, { "/", "/etc", true }, { "/", "/", true },
	{ "/", "etc", false }, { "", "/etc", false }, { "/etc", "", false }, { "etc", "etc/x", true }, { "etc", "/etc", false },
	{ "/*/x", "/a/x/b", true }, { "/*/x", "/a/b/x", false }, { "/a?/[xy]", "/ab/y", true }, { "/a*", "/b/a", false },
	{ "/a/b", "/a", false }
};

static void path_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		bool match = cond_path_prefix(span_of(prefixes[i].prefix, strlen(prefixes[i].prefix)),
			span_of(prefixes[i].path, strlen(prefixes[i].path)));
		if (match != prefixes[i].match)
			fail_msg("%s of %s: %d", prefixes[i].prefix, prefixes[i].path, match);
	}
}

static void parts(void **state)
{
	(void)state;
	assert_true(cond_contains(SPAN("abcd"), SPAN("bc")));
	assert_true(cond_contains(SPAN("abcd"), SPAN("")));
	assert_true(cond_contains(SPAN(""), SPAN("")));
	assert_false(cond_contains(SPAN("abcd"), SPAN("BC")));
	assert_false(cond_contains(SPAN("ab"), SPAN("abc")));
	assert_true(cond_icontains(SPAN("abcd"), SPAN("BC")));
	assert_true(cond_icontains(SPAN("ABCD"), SPAN("d")));
	assert_true(cond_icontains(SPAN("x"), SPAN("")));
	assert_false(cond_icontains(SPAN("[\\"), SPAN("{|")));
	assert_false(cond_icontains(SPAN("ab"), SPAN("abc")));
	assert_true(cond_ends(SPAN("abc"), SPAN("bc")));
	assert_true(cond_ends(SPAN("abc"), SPAN("")));
	assert_false(cond_ends(SPAN("c"), SPAN("bc")));
	assert_true(cond_ends(SPAN("a\0b"), SPAN("\0b")));
}

static bool in_net(const char *address, const char *net, unsigned bits)
{
	struct cond_net n = { .bits = bits };
	uint8_t a[16];

	assert_true(cond_address(span_of(address, strlen(address)), a));
	assert_true(cond_address(span_of(net, strlen(net)), n.address));
	return cond_net_has(&n, a);
}

static void nets(void **state)
{
	uint8_t a[16];

	(void)state;
	assert_true(in_net("10.1.2.3", "10.0.0.0", 96 + 8));
	assert_false(in_net("11.1.2.3", "10.0.0.0", 96 + 8));
	assert_true(in_net("10.1.2.3", "10.1.2.2", 127));
	assert_false(in_net("10.1.2.3", "10.1.2.2", 128));
	assert_true(in_net("10.1.2.3", "::ffff:0:0", 96));
	assert_true(in_net("10.1.2.3", "::", 0));
	assert_true(in_net("::ffff:10.1.2.3", "10.1.2.3", 128));
	assert_false(in_net("2001:db8::1", "0.0.0.0", 96));
	assert_true(in_net("2001:db8::1", "2001:db8::", 33));
	assert_false(in_net("2001:db8:8000::1", "2001:db8::", 33));
	assert_false(cond_address(SPAN("10.1.2"), a));
	assert_false(cond_address(SPAN("10.1.2.3\0"), a));
	assert_false(cond_address(SPAN("localhost"), a));
	assert_false(cond_address(SPAN(""), a));
	assert_false(cond_address(SPAN("1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc"), a));
}

static enum cond_answer regex(const char *pattern, struct span text)
{
	struct cond_regex *r = NULL;
	enum cond_answer answer;
	char what[320];

	assert_int_equal(cond_regex_new(&r, span_of(pattern, strlen(pattern)), what), 0);
	answer = cond_regex_match(r, text);
	cond_regex_free(r);
	return answer;
}

static void regexes(void **state)
{
	static char text[60000];
	struct cond_regex *r = NULL;
	char what[320] = "";

	(void)state;
	assert_int_equal(regex("a|ab", SPAN("ab")), COND_TRUE);
	assert_int_equal(regex("ab", SPAN("abc")), COND_FALSE);
	assert_int_equal(regex("bc", SPAN("abc")), COND_FALSE);
	assert_int_equal(regex("a.c", SPAN("a\nc")), COND_TRUE);
	assert_int_equal(regex("a.c", SPAN("a\0c")), COND_TRUE);
	assert_int_equal(regex("abc", SPAN("abc\n")), COND_FALSE);
	assert_int_equal(regex("", span_of(NULL, 0)), COND_TRUE);
	assert_int_equal(regex("[[:alpha:]]+(x|y){2}", SPAN("abxy")), COND_TRUE);
	assert_int_equal(cond_regex_new(&r, SPAN("a(b"), what), -EINVAL);
	assert_non_null(strstr(what, "regular expression"));
	assert_int_equal(cond_regex_new(&r, SPAN("a)(b"), what), -EINVAL);
	assert_int_equal(cond_regex_new(&r, SPAN("(a)\\1"), what), -EINVAL);
	/* A long text takes a bounded time, whatever the answer. */
	memset(text, 'a', sizeof(text));
	assert_int_not_equal(regex("(a*)*(a*)*(a*)*b", span_of(text, sizeof(text))), COND_TRUE);
	assert_int_equal(regex("(a|aa)+", span_of(text, 64)), COND_TRUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(globs_match),
		cmocka_unit_test(globs_are_quick),
		cmocka_unit_test(parts_are_quick),
		cmocka_unit_test(as_the_c_library),
		cmocka_unit_test(path_prefixes),
		cmocka_unit_test(parts),
		cmocka_unit_test(nets),
		cmocka_unit_test(regexes)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
