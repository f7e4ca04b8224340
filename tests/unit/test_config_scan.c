#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config_scan.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct told {
	char text[4096];
	size_t count;
};

static void tell(void *ctx, enum config_level level, const struct err *e)
{
	struct told *t = ctx;
	size_t n = strlen(t->text);

	assert_int_equal(level, CONFIG_ERROR);
	snprintf(t->text + n, sizeof(t->text) - n, "%s%s: %s", t->count++ ? "\n" : "", e->where, e->what);
}

static int scan(struct ini *ini, struct told *t, const char *text, size_t n)
{
	struct reporter r = { .report = tell, .ctx = t };

	*t = (struct told){ .count = 0 };
	/* A block of its very size, so that a read behind the end shows. */
	char *copy = malloc(n ? n : 1);
	assert_non_null(copy);
	memcpy(copy, text, n);
	int rc = ini_scan(ini, "f", copy, n, &r);
	free(copy);
	assert_true(rc == 0 || rc == -EINVAL);
	assert_int_equal(rc != 0, t->count != 0);
	return rc;
}

/* What iniparser reads from the same bytes: the proof that the scan's rules are its rules. */
static void same_to_iniparser(struct ini *ini, const char *text, size_t n)
{
	char name[] = "/tmp/tiercel-scan-XXXXXX";
	struct told t = { .count = 0 };
	struct reporter r = { .report = tell, .ctx = &t };
	int fd = mkstemp(name);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, n), n);
	close(fd);
	ini->file = name;
	int rc = ini_compare(ini, &r);
	unlink(name);
	assert_string_equal(t.text, "");
	assert_int_equal(rc, 0);
}

/* The text is good and comes out as "kind|name|line{key|value|line}..." */
static void good(const char *text, const char *expected)
{
	char out[4096] = "";
	struct told t;
	struct ini ini;
	size_t n = 0;

	scan(&ini, &t, text, strlen(text));
	assert_string_equal(t.text, "");
	for (size_t i = 0; i < ini.section_count; i++) {
		const struct ini_section *s = &ini.sections[i];
		n += (size_t)snprintf(out + n, sizeof(out) - n, "[%s|%s|%u]", s->kind, s->name ? s->name : "", s->line);
		for (size_t k = 0; k < s->key_count; k++)
			n += (size_t)snprintf(out + n, sizeof(out) - n, "{%s|%s|%u}", s->keys[k].name, s->keys[k].value,
				s->keys[k].line);
	}
	assert_string_equal(out, expected);
	same_to_iniparser(&ini, text, strlen(text));
	ini_release(&ini);
}

static void bad_bytes(const char *text, size_t n, const char *expected)
{
	struct told t;
	struct ini ini;

	scan(&ini, &t, text, n);
	assert_string_equal(t.text, expected);
	ini_release(&ini);
}

static void bad(const char *text, const char *expected)
{
	bad_bytes(text, strlen(text), expected);
}

static void shapes(void **state)
{
	(void)state;
	good("", "");
	good("\n\n  \n\t\n", "");
	good("; c\n# c\n  ; c = d\n", "");
	good("[a]\n", "[a||1]");
	good("  [ a ]  \n", "[a||1]");
	good("[a b]\nk = v\n", "[a|b|1]{k|v|2}");
	good("[a  B-1.x_]\nk=v\n", "[a|B-1.x_|1]{k|v|2}");
	good("[a]\r\nk = v \r\n\r\n", "[a||1]{k|v|2}");
	good("[A b]\nKey = v\nother=w\n[c]\nKey = x\n", "[A|b|1]{Key|v|2}{other|w|3}[c||4]{Key|x|5}");
	good("[a]\nk = v", "[a||1]{k|v|2}");
	good("[a]\nk = v = w\n", "[a||1]{k|v = w|2}");
	good("[a]\nk = a, b c\t,d\n", "[a||1]{k|a, b c\t,d|2}");
	good("[a]\nk = \xc3\xa9\xff\n", "[a||1]{k|\xc3\xa9\xff|2}");
	good("[a]\ncondition.2 = and x != 0\n", "[a||1]{condition.2|and x != 0|2}");
}

static void comments(void **state)
{
	(void)state;
	good("[a]\nk = v ; c\nl = w\t# c\n", "[a||1]{k|v|2}{l|w|3}");
	good("[a]\nk = v ; c \" ' ; #\n", "[a||1]{k|v|2}");
	good("[a]\nk = ; c\nl =\nm =# c\n", "[a||1]{k||2}{l||3}{m||4}");
	good("[a]\nk = don't ; c\n", "[a||1]{k|don't|2}");
	good("; [b] \\ c\n[a]\n", "[a||2]");
}

static void quotes(void **state)
{
	(void)state;
	good("[a]\nk = \"v\"\nl = 'w'\n", "[a||1]{k|v|2}{l|w|3}");
	good("[a]\nk = \"a;b # c\" ; d\n", "[a||1]{k|a;b # c|2}");
	good("[a]\nk = 'a \"b\" c'\n", "[a||1]{k|a \"b\" c|2}");
	good("[a]\nk = a \"b\" 'c'\n", "[a||1]{k|a \"b\" 'c'|2}");
	good("[a]\nk = \"\"\nl = '' ; c\n", "[a||1]{k||2}{l||3}");
	good("[a]\nk = a\\b\n", "[a||1]{k|a\\b|2}");
}

static void joined_lines(void **state)
{
	(void)state;
	good("[a]\nk = a,\\\nb, \\\n  c\nl = d\n", "[a||1]{k|a,b,   c|2}{l|d|5}");
	good("[a]\nk = a \\\n\nl = d\n", "[a||1]{k|a|2}{l|d|4}");
	good("[a]\nk = a \\  \n ; c\n", "[a||1]{k|a|2}");
	good("[a]\nk = a\\\\\n\nl = b\n", "[a||1]{k|al = b|2}");
	good("\\\n\n[a]\nk = v\n", "[a||3]{k|v|4}");
	bad("[a]\nk = v\\", "f:2: '\\' at the end of the file: there is no line to join");
	bad("[a]\nk = v\\\n", "f:2: '\\' at the end of the file: there is no line to join");
}

static void bad_sections(void **state)
{
	(void)state;
	bad("[a] ; c\n", "f:1: text behind ']': put a comment on a line of its own");
	bad("[a]]\n", "f:1: text behind ']': put a comment on a line of its own");
	bad("[a\nk = v\n", "f:1: ']' is missing\nf:2: key 'k' before the first section");
	bad("[]\n", "f:1: '[]': a section is [kind] or [kind NAME], each of letters, digits, '_' '.' '-', at most 64");
	bad("[a b c]\n", "f:1: '[a b c]': a section is [kind] or [kind NAME], each of letters, digits, '_' '.' '-', at most 64");
	bad("[a:b]\n", "f:1: '[a:b]': a section is [kind] or [kind NAME], each of letters, digits, '_' '.' '-', at most 64");
	bad("[a \xc3\xa9]\n",
		"f:1: '[a \\xc3\\xa9]': a section is [kind] or [kind NAME], each of letters, digits, '_' '.' '-', at most 64");
}

static void bad_keys(void **state)
{
	(void)state;
	bad("k = v\n", "f:1: key 'k' before the first section");
	bad("[a]\nhello\n", "f:2: 'hello' is neither 'key = value' nor '[section]'");
	bad("[a]\n = v\n", "f:2: '' is no key: letters, digits, '_', '.' and '-', at most 64");
	bad("[a]\nk l = v\n", "f:2: 'k l' is no key: letters, digits, '_', '.' and '-', at most 64");
	bad("[a]\nk = v\nK = w\n", "f:3: key 'K' again: it is in line 2 already");
	bad("[a]\nk = v\nk = w\nk = x\n", "f:3: key 'k' again: it is in line 2 already\nf:4: key 'k' again: it is in line 2 already");
}

static void bad_values(void **state)
{
	(void)state;
	bad("[a]\nk = a;b\n", "f:2:6: ';' and '#' end a value: iniparser would read 'a'; write k = \"a;b\"");
	bad("[a]\nk = a#b ; c\n", "f:2:6: ';' and '#' end a value: iniparser would read 'a'; write k = \"a#b\"");
	bad("[a]\nk = x = \"a ; b\"\n",
		"f:2:12: ';' and '#' end a value: iniparser would read 'x = \"a'; write k = 'x = \"a ; b\"'");
	bad("[a]\nk = x = \\\n\t\"a ; b\"\n",
		"f:3:5: ';' and '#' end a value: iniparser would read 'x = \\x09\"a'; "
		"write k = 'x = \\x09\"a ; b\"'");
	bad("[a]\nk = \"a\" 'b c'\n", "f:2:9: text behind the closing \": a value with both kinds of quotes or '\\' in it must not "
		"begin with one");
	bad("[a]\nk = \"a\" b;c\n", "f:2:9: text behind the closing \": put the whole value in '...'");
	bad("[a]\nk = x \"a\" 'b;c'\n", "f:2:13: ';' and '#' end a value: iniparser would read 'x \"a\" 'b'; "
		"with both kinds of quotes or '\\' inside, there is no way to write it, but as \\x3b in a condition's quotes");
	bad("[a]\nk = a\\b#c\n", "f:2:8: ';' and '#' end a value: iniparser would read 'a\\b'; "
		"with both kinds of quotes or '\\' inside, there is no way to write it, but as \\x23 in a condition's quotes");
	bad("[a]\nk = \"v\n", "f:2:5: the closing \" is missing");
	bad("[a]\nk = 'v ; c\n", "f:2:5: the closing ' is missing");
	bad("[a]\nk = '\n", "f:2:5: the closing ' is missing");
	bad("[a]\nk = \\\n '\n", "f:3:2: the closing ' is missing");
	bad("[a]\nk = 'v'w\n", "f:2:8: text behind the closing ': put the whole value in \"...\"");
	bad("[a]\nk = 'v';w\n", "f:2:8: text behind the closing ': put the whole value in \"...\"");
	bad("[a]\nk = \"a\\\\b\"\n",
		"f:2:7: '\\' inside a value in quotes: versions of iniparser differ there; leave out the quotes");
}

/* Where each byte of a value stands: "line:column" of each one in `where`, the one behind the last too. */
static void stands(const char *text, const char *value, const char *where)
{
	char out[4096] = "";
	struct told t;
	struct reporter r = { .report = tell, .ctx = &t };
	struct ini ini;
	size_t n = 0;

	scan(&ini, &t, text, strlen(text));
	assert_string_equal(t.text, "");
	assert_int_equal(ini_join(&ini, &r), 0);
	const struct ini_section *s = &ini.sections[0];
	const struct ini_key *k = ini_find(s, "condition");
	assert_non_null(k);
	assert_string_equal(k->text, value);
	for (size_t i = 0; i <= strlen(value); i++) {
		struct ini_place at = ini_place(s, "condition", i);
		assert_string_equal(at.file, "f");
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%u:%u", i ? " " : "", at.line, at.column);
	}
	assert_string_equal(out, where);
	same_to_iniparser(&ini, text, strlen(text));
	ini_release(&ini);
}

static void places(void **state)
{
	(void)state;
	stands("[rule a]\ncondition = ab\n", "ab", "2:13 2:14 2:15");
	stands("[rule a]\n\t condition=ab ; c\n", "ab", "2:13 2:14 2:15");
	stands("[rule a]\ncondition = \"a\" ; c\n", "a", "2:14 2:15");
	stands("[rule a]\ncondition = a\\\n b\\\n\\\nc\n", "a bc", "2:13 3:1 3:2 5:1 5:2");
	stands("[rule a]\ncondition = \\\n\n", "", "2:12");
	stands("[rule a]\ncondition = \\\n\t\\\n   ab\n", "ab", "4:4 4:5 4:6");
	stands("[rule a]\ncondi\\\ntion = a\n", "a", "3:8 3:9");
	/* An empty line leaves the joined one with a '\' at its end: the next is joined as well. */
	stands("[rule a]\ncondition = a\\\\\n\nb\n", "ab", "2:13 4:1 4:2");
	stands("[rule a]\ncondition = a\n; c\ncondition.2 = bc\n", "a bc", "2:13 2:14 4:15 4:16 4:17");
	stands("[rule a]\ncondition.3 = c\ncondition.2 = \"b\"\ncondition.1 = a\\\na\n", "aa b c",
		"4:15 5:1 5:2 3:16 3:17 2:15 2:16");
}

/* Words of a list stay apart, whether a comma is there or not. */
static void lists_in_parts(void **state)
{
	static const char text[] = "[list a]\nitems = a, b\nitems.2 = c,\nitems.3 = d\nitems.4 = , e\n";
	struct told t;
	struct reporter r = { .report = tell, .ctx = &t };
	struct ini ini;

	(void)state;
	scan(&ini, &t, text, sizeof(text) - 1);
	assert_int_equal(ini_join(&ini, &r), 0);
	assert_string_equal(ini_find(&ini.sections[0], "items")->text, "a, b, c, d , e");
	ini_release(&ini);
}

static void bad_comments(void **state)
{
	static const char what[] = ": a comment must not end in '\\': the next line would be part of it";
	char expected[128];

	(void)state;
	snprintf(expected, sizeof(expected), "f:1%s", what);
	bad("; c \\\n[a]\nk = v\n", "f:1: a comment must not end in '\\': the next line would be part of it\n"
		"f:3: key 'k' before the first section");
	snprintf(expected, sizeof(expected), "f:2%s", what);
	bad("[a]\nk = v ; c \\\nl = w\n", expected);
	bad("[a]\nk = \"v\" ; c \\\nl = w\n", expected);
}

static void bad_bytes_of_any_kind(void **state)
{
	(void)state;
	bad_bytes("[a]\nk = v\0w\n", 12, "f:2: byte 0x00: this is no text");
	bad_bytes("\0", 1, "f:1: byte 0x00: this is no text");
	bad("[a]\n\x7f" "ELF", "f:2: byte 0x7f: this is no text");
	bad("\x7f" "ELF\x02\x01\x01", "f:1: byte 0x7f: this is no text");
	bad("[a]\nk = v\x1b[31m\n", "f:2: byte 0x1b: this is no text");
	bad("[a]\rk = v\r", "f:1: byte 0x0d: this is no text");
	bad("[a]\nk = v\v\n", "f:2: byte 0x0b: this is no text");
	bad("\xef\xbb\xbf[a]\n", "f:1: the file starts with a byte order mark: save it without");
}

/* A key with a value of so many bytes that the line has `total`. */
static size_t long_line(char *text, size_t total)
{
	size_t n = (size_t)sprintf(text, "[a]\nk = ");

	memset(text + n, 'v', total - 4);
	n += total - 4;
	n += (size_t)sprintf(text + n, "\nl = w\n");
	return n;
}

static void long_lines(void **state)
{
	static const char what[] = "f:2: the line is too long: at most 1,022 bytes, those joined by '\\' included";
	char text[8192];
	struct told t;
	struct ini ini;
	size_t n = long_line(text, INI_LINE_MAX);

	(void)state;
	assert_int_equal(scan(&ini, &t, text, n), 0);
	assert_int_equal(ini.key_count, 2);
	same_to_iniparser(&ini, text, n);
	ini_release(&ini);
	bad_bytes(text, long_line(text, INI_LINE_MAX + 1), what);
	bad_bytes(text, long_line(text, 5000), what);

	/* Joined, and the file goes on behind it. */
	n = (size_t)sprintf(text, "[a]\nk = ");
	for (int i = 0; i < 11; i++)
		n += (size_t)sprintf(text + n, "%099d\\\n", i);
	n += (size_t)sprintf(text + n, "x\nl = w\nk = v\nk = v\n");
	bad_bytes(text, n, "f:2: the line is too long: at most 1,022 bytes, those joined by '\\' included\n"
		"f:16: key 'k' again: it is in line 15 already");
	/* Where its key may go on, that is said. */
	n = (size_t)sprintf(text, "[rule a]\ncondition.2 = %01020d\n", 0);
	bad_bytes(text, n, "f:2: the line is too long: at most 1,022 bytes, those joined by '\\' included; "
		"end it before, and go on in condition.3");
	memset(text, ';', 3000);
	bad_bytes(text, 3000, "f:1: the line is too long: at most 1,022 bytes, those joined by '\\' included");
}

static void many_keys(void **state)
{
	char text[8192];
	size_t n = (size_t)sprintf(text, "[a]\n");

	(void)state;
	for (int i = 0; i <= INI_KEYS_MAX; i++)
		n += (size_t)sprintf(text + n, "k%d = v\n", i);
	bad_bytes(text, n, "f:258: more than 256 keys in a section");
}

static void too_many_errors(void **state)
{
	struct told t = { .count = 0 };
	struct reporter r = { .report = tell, .ctx = &t };
	struct ini ini;
	char text[1001];

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		text[i] = i % 2 ? '\n' : 'x';
	assert_int_equal(ini_scan(&ini, "f", text, 1000, &r), -EINVAL);
	ini_release(&ini);
	assert_int_equal(t.count, CONFIG_ERRORS_MAX);
}

/* Whatever differs is told, also what no rule of the scan foresees. */
static void differences_are_told(void **state)
{
	static const char ours[] = "[a]\nk = v\nl = w\n", theirs[] = "[a]\nk = other\n";
	char name[] = "/tmp/tiercel-scan-XXXXXX", expected[256];
	struct told t;
	struct reporter r = { .report = tell, .ctx = &t };
	struct ini ini;
	int fd = mkstemp(name);

	(void)state;
	assert_int_equal(write(fd, theirs, sizeof(theirs) - 1), sizeof(theirs) - 1);
	close(fd);
	scan(&ini, &t, ours, sizeof(ours) - 1);
	for (size_t i = 0; i < ini.section_count; i++)
		ini.sections[i].file = name;
	ini.file = name;
	assert_int_equal(ini_compare(&ini, &r), -EINVAL);
	snprintf(expected, sizeof(expected), "%s:2: iniparser reads 'other' as the value of 'k', not 'v'\n"
		"%s:3: iniparser does not see the key 'l'", name, name);
	assert_string_equal(t.text, expected);
	unlink(name);
	t = (struct told){ .count = 0 };
	assert_int_equal(ini_compare(&ini, &r), -EINVAL);
	snprintf(expected, sizeof(expected), "%s: iniparser can't read it; does its last line have an end?", name);
	assert_string_equal(t.text, expected);
	ini_release(&ini);
}

static void messages_are_text(void **state)
{
	struct told t = { .count = 0 };
	struct reporter r = { .report = tell, .ctx = &t };
	struct shown room;
	char text[300];

	(void)state;
	assert_string_equal(show(SPAN("plain"), &room), "plain");
	memset(text, 'x', sizeof(text));
	assert_int_equal(strlen(show(span_of(text, sizeof(text)), &room)), sizeof(room.text) - 1);
	assert_string_equal(room.text + sizeof(room.text) - 5, "x...");
	report_error(&r, -EINVAL, "f\n", 1, "a\tb\x1b[\xff%s", "~\x7f");
	assert_string_equal(t.text, "f\\x0a:1: a\\x09b\\x1b[\\xff~\\x7f");
	t = (struct told){ .count = 0 };
	memset(text, '\x01', sizeof(text));
	text[299] = '\0';
	report_error(&r, -EINVAL, text, 4294967295u, "%s", text);
	assert_non_null(strstr(t.text, "\\x01:4294967295: \\x01"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shapes),
		cmocka_unit_test(comments),
		cmocka_unit_test(quotes),
		cmocka_unit_test(joined_lines),
		cmocka_unit_test(bad_sections),
		cmocka_unit_test(bad_keys),
		cmocka_unit_test(bad_values),
		cmocka_unit_test(places),
		cmocka_unit_test(lists_in_parts),
		cmocka_unit_test(bad_comments),
		cmocka_unit_test(bad_bytes_of_any_kind),
		cmocka_unit_test(long_lines),
		cmocka_unit_test(many_keys),
		cmocka_unit_test(too_many_errors),
		cmocka_unit_test(differences_are_told),
		cmocka_unit_test(messages_are_text)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
