/* Operators by type, and values as their types want them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cond_kit.h"

#include <arpa/inet.h>

/* One field of each type, with values that fit it. */
static const struct {
	const char *field, *value;
	enum field_type type;
} samples[] = {
	{ "proc.name", "x", TYPE_STR }, { "fd.num", "-1", TYPE_I64 }, { "evt.num", "1", TYPE_U64 },
	{ "evt.failed", "true", TYPE_BOOL }, { "evt.rawtime", "5", TYPE_TIME }, { "proc.duration", "5s", TYPE_REL },
	{ "fd.sip", "::1", TYPE_IP }, { "fd.sport", "80", TYPE_PORT }, { "audit.keys", "x", TYPE_LIST },
	{ "len(proc.name)", "1", TYPE_U64 }, { "evt.arg.flags", "x", TYPE_STR }, { "proc.apid", "1", TYPE_I64 },
	{ "proc.apid[1]", "1", TYPE_I64 }, { "proc.aname", "x", TYPE_STR }, { "audit.path[0].inode", "1", TYPE_I64 },
	{ "audit.path[0].mode", "x", TYPE_STR }, { "audit.avc.tclass", "x", TYPE_STR },
};
#define SAMPLES (sizeof(samples) / sizeof(*samples))

/* By enum cond_op; the value's place is %s. */
static const struct {
	const char *form;
	const char *types; /* first letters: Str Num Bool Ip List */
} forms[] = {
	{ "exists", "SNBIL" }, { "= %s", "SNBI" }, { "!= %s", "SNBI" }, { "< %s", "N" }, { "<= %s", "N" }, { "> %s", "N" },
	{ ">= %s", "N" }, { "contains %s", "S" }, { "icontains %s", "S" }, { "bcontains 61", "S" },
	{ "startswith %s", "S" }, { "bstartswith 61", "S" }, { "endswith %s", "S" }, { "glob %s", "S" },
	{ "iglob %s", "S" }, { "regex %s", "S" }, { "in (%s)", "SNBIL" }, { "intersects (%s)", "SNBIL" },
	{ "pmatch (%s)", "S" }, { "contains anyof (%s)", "S" }, { "regex allof (%s)", "S" },
	{ "bcontains anyof (61)", "S" },
};

static char letter(enum field_type type)
{
	static const char letters[] = {
		[TYPE_STR] = 'S', [TYPE_I64] = 'N', [TYPE_U64] = 'N', [TYPE_BOOL] = 'B', [TYPE_TIME] = 'N',
		[TYPE_REL] = 'N', [TYPE_IP] = 'I', [TYPE_PORT] = 'N', [TYPE_LIST] = 'L',
	};

	return letters[type];
}

static void operators_by_type(void **state)
{
	struct told told;
	char text[128], form[64];

	(void)state;
	assert_true(sizeof(forms) / sizeof(*forms) >= COND_OP_COUNT);
	for (size_t s = 0; s < SAMPLES; s++)
		for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
			bool legal = strchr(forms[f].types, letter(samples[s].type)) != NULL;

			snprintf(form, sizeof(form), forms[f].form, samples[s].value);
			snprintf(text, sizeof(text), "%s %s", samples[s].field, form);
			if ((strcmp(printed(NULL, text, &told), "-") != 0) != legal)
				fail_msg("%s is %s", text, legal ? "legal" : "not legal");
			if (!legal)
				assert_told(&told, 0, strlen(samples[s].field) + 1, "is");
			assert_int_equal(told.count, !legal);
		}
}

static void operands_have_types(void **state)
{
	struct cond c;
	char text[128];

	(void)state;
	for (size_t s = 0; s < SAMPLES; s++) {
		snprintf(text, sizeof(text), "%s exists", samples[s].field);
		assert_int_equal(cond_parse(&c, NULL, text, 0, NULL, NULL), 0);
		assert_int_equal(c.root->check->left.type, samples[s].type);
		cond_release(&c);
	}
	assert_int_equal(cond_parse(&c, NULL, "len(tolower(proc.aname)) > val(proc.apid[2])", 0, NULL, NULL), 0);
	const struct cond_operand *o = &c.root->check->left;
	assert_int_equal(o->field, FIELD_PROC_ANAME);
	assert_true(o->ancestors);
	assert_int_equal(o->member.n, 0);
	assert_int_equal(o->transform_count, 2);
	assert_int_equal(o->transforms[0], COND_TOLOWER);
	assert_int_equal(o->transforms[1], COND_LEN);
	o = c.root->check->right;
	assert_int_equal(o->field, FIELD_PROC_APID);
	assert_false(o->ancestors);
	assert_true(span_eq(o->member, SPAN("proc.apid[2]")));
	assert_int_equal(o->type, TYPE_I64);
	assert_int_equal(c.root->check->count, 0);
	cond_release(&c);
}

static void right_operands_by_type(void **state)
{
	struct told told;
	char text[128];

	(void)state;
	for (size_t a = 0; a < SAMPLES; a++)
		for (size_t b = 0; b < SAMPLES; b++) {
			char l = letter(samples[a].type), r = letter(samples[b].type);
			bool call = strchr(samples[b].field, '(') != NULL;
			bool several = strcmp(samples[b].field, "proc.apid") == 0 || strcmp(samples[b].field, "proc.aname") == 0;

			snprintf(text, sizeof(text), call ? "%s = %s" : "%s = val(%s)", samples[a].field, samples[b].field);
			if ((strcmp(printed(NULL, text, &told), "-") != 0) != (l == r && l != 'L' && !several))
				fail_msg("%s: %s", text, told.count ? told.fault[0].what : "");
		}
}

/* An operator of one value takes a field where it would take the value, but for patterns that must be made ready. */
static void operators_with_a_field(void **state)
{
	struct told told;
	char text[128], value[64];

	(void)state;
	for (size_t s = 0; s < SAMPLES; s++)
		for (size_t f = 0; f < sizeof(forms) / sizeof(*forms); f++) {
			bool legal = strchr(forms[f].types, letter(samples[s].type)) != NULL;
			bool several = strcmp(samples[s].field, "proc.apid") == 0 || strcmp(samples[s].field, "proc.aname") == 0;
			int n = (int)strcspn(forms[f].form, " ");

			if (strchr(forms[f].form, '(') || !strchr(forms[f].form, ' '))
				continue;
			snprintf(value, sizeof(value), strchr(samples[s].field, '(') ? "%s" : "val(%s)", samples[s].field);
			snprintf(text, sizeof(text), "%s %.*s %s", samples[s].field, n, forms[f].form, value);
			legal = legal && !several && strncmp(forms[f].form, "regex", 5) != 0 && forms[f].form[0] != 'b';
			if ((strcmp(printed(NULL, text, &told), "-") != 0) != legal)
				fail_msg("%s is %s", text, legal ? "legal" : "not legal");
			assert_int_equal(told.count, !legal);
		}
}

/* The check's one value. */
static struct cond_value only(const char *text)
{
	static char copy[64];
	struct cond_value v;
	struct cond c;

	assert_int_equal(cond_parse(&c, NULL, text, 0, NULL, NULL), 0);
	assert_int_equal(c.root->kind, COND_CHECK);
	assert_int_equal(c.root->check->count, 1);
	v = c.root->check->values[0];
	assert_true(v.text.n <= sizeof(copy));
	memcpy(copy, v.text.p, v.text.n);
	v.text.p = copy;
	cond_release(&c);
	return v;
}

static void numbers(void **state)
{
	static const struct {
		const char *text;
		int64_t i64;
		bool big;
	} good[] = {
		{ "fd.num = 0", 0, false }, { "fd.num = -0", 0, false }, { "fd.num = -1", -1, false },
		{ "fd.num = 0x7fffFFFFffffffff", INT64_MAX, false }, { "fd.num = 9223372036854775807", INT64_MAX, false },
		{ "fd.num = -9223372036854775808", INT64_MIN, false }, { "fd.num = -0x10", -16, false },
		{ "fd.num = '12'", 12, false },
		{ "evt.num = 9223372036854775808", INT64_MIN, true }, { "evt.num = 0xffffffffffffffff", -1, true },
		{ "len(proc.name) = 5", 5, false },
		{ "fd.sport = 65535", 65535, false }, { "fd.sport = 0x50", 80, false },
		{ "evt.failed = true", 1, false }, { "evt.failed = false", 0, false },
		{ "proc.duration > 7", 7, false }, { "proc.duration > 7ns", 7, false }, { "proc.duration > 7us", 7000, false },
		{ "proc.duration > 7ms", 7000000, false }, { "proc.duration > 7s", 7000000000, false },
		{ "proc.duration > 7m", 420000000000, false }, { "proc.duration > 7h", 25200000000000, false },
		{ "proc.duration > 7d", 604800000000000, false }, { "evt.rawtime > 1795289602123000000", 1795289602123000000, false },
		{ "proc.duration > 0x10", 16, false },
	};
	struct told told;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct cond_value v = only(good[i].text);

		if (v.i64 != good[i].i64 || v.big != good[i].big)
			fail_msg("%s: %lld %d", good[i].text, (long long)v.i64, v.big);
	}
	static const char *const bad[] = {
		"fd.num = x", "fd.num = 1x", "fd.num = ''", "fd.num = -", "fd.num = --1", "fd.num = +1", "fd.num = 1.5",
		"fd.num = 1e3", "fd.num = 0x", "fd.num = 0x1g", "fd.num = 9223372036854775808", "fd.num = -9223372036854775809",
		"fd.num = 0x10000000000000000", "evt.num = -1", "evt.num = 18446744073709551616", "fd.sport = 65536",
		"fd.sport = -1", "fd.sport = http", "evt.failed = yes", "evt.failed = TRUE", "evt.failed = 1",
		"proc.duration > 5 s", "proc.duration > 5w", "proc.duration > s", "proc.duration > -5s", "proc.duration > 1.5s",
		"proc.duration > 106752d", "proc.duration > 9223372036854775808", "evt.rawtime > now",
	};
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		if (strcmp(printed(NULL, bad[i], &told), "-") != 0)
			fail_msg("no fault: %s", bad[i]);
}

static void addresses(void **state)
{
	static const struct {
		const char *value, *address;
		unsigned bits;
	} good[] = {
		{ "10.1.2.3", "::ffff:10.1.2.3", 128 }, { "10.1.2.3/8", "::ffff:10.0.0.0", 104 },
		{ "10.1.2.3/32", "::ffff:10.1.2.3", 128 }, { "1.2.3.4/0", "::ffff:0.0.0.0", 96 },
		{ "10.1.255.3/17", "::ffff:10.1.128.0", 113 },
		{ "fe80::1", "fe80::1", 128 }, { "fe80::1/10", "fe80::", 10 }, { "::/0", "::", 0 },
		{ "::ffff:10.1.2.3", "::ffff:10.1.2.3", 128 }, { "2001:db8:ffff::/33", "2001:db8:8000::", 33 },
	};
	static const char *const bad[] = {
		"x", "localhost", "10.1.2", "10.1.2.3.4", "256.1.1.1", "10.1.2.3/33", "10.1.2.3/", "10.1.2.3/-1", "10.1.2.3/8/8",
		"10.1.2.3/255.0.0.0", "/8", "::1/129", ":::1", "fe80::1%eth0", "''", "'10.1.2.3\\x00'", "'1.2.3.4 '",
		"1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111:1111",
	};
	uint8_t address[16];
	struct told told;
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		snprintf(text, sizeof(text), "fd.snet = %s", good[i].value);
		struct cond_value v = only(text);
		assert_int_equal(inet_pton(AF_INET6, good[i].address, address), 1);
		assert_memory_equal(v.net.address, address, 16);
		assert_int_equal(v.net.bits, good[i].bits);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), "fd.sip in (%s)", bad[i]);
		if (strcmp(printed(NULL, text, &told), "-") != 0)
			fail_msg("no fault: %s", text);
		assert_told(&told, 0, 11, "");
	}
	/* Host bits make no other net. */
	assert_string_equal(printed(NULL, "fd.net in (10.0.0.0/8, 10.1.1.1/8, ::ffff:10.0.0.0/104)", &told),
		"fd.net in (10.0.0.0/8)");
}

static void bytes(void **state)
{
	static const char *const bad[] = { "6", "6g", "0x61", "''", "'61 62'" };
	struct told told;
	char text[64];

	(void)state;
	assert_true(span_eq(only("proc.args bcontains 4A006b").text, span_of("J\0k", 3)));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		snprintf(text, sizeof(text), "proc.args bstartswith %s", bad[i]);
		assert_string_equal(printed(NULL, text, &told), "-");
		assert_told(&told, 0, 22, "hex digits");
	}
}

static void texts(void **state)
{
	(void)state;
	assert_true(span_eq(only("proc.name = 'a\\x00\\tb'").text, span_of("a\0\tb", 4)));
	assert_true(span_eq(only("proc.name = \"\"").text, SPAN("")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(operators_by_type), cmocka_unit_test(operands_have_types),
		cmocka_unit_test(right_operands_by_type), cmocka_unit_test(operators_with_a_field),
		cmocka_unit_test(numbers), cmocka_unit_test(addresses), cmocka_unit_test(bytes),
		cmocka_unit_test(texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
