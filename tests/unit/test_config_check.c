#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config_check.h"
#include "config_kit.h"

#include <stdlib.h>
#include <unistd.h>

struct told {
	char text[16384];
};

static void tell(void *ctx, enum config_level level, const struct err *e)
{
	struct told *t = ctx;
	size_t n = strlen(t->text);

	assert_int_equal(level, CONFIG_WARNING);
	snprintf(t->text + n, sizeof(t->text) - n, "%s: %s\n", e->where, e->what);
}

static int enter(void **state)
{
	char name[512];
	const char *dir = getenv("top_srcdir");

	(void)state;
	snprintf(name, sizeof(name), "%s/tests/config/check", dir ? dir : ".");
	return chdir(name);
}

/* linux-RELEASE-MACHINE.ini gives just the warnings of the .err of that name. */
static void check_pair(const char *ini)
{
	char release[64], machine[64], expected[16384];
	struct config *c;
	struct told t = { "" };

	assert_int_equal(sscanf(ini, "linux-%63[^-]-%63[^.]", release, machine), 2);
	config_kit_expected(ini, expected, sizeof(expected));
	assert_int_equal(config_load(&c, ini, NULL, NULL), 0);
	assert_int_equal(config_check(c, release, machine, tell, &t), 0);
	assert_string_equal(t.text, expected);
	/* No one listens: nothing else changes. */
	assert_int_equal(config_check(c, release, machine, NULL, NULL), 0);
	config_free(c);
}

static void pairs(void **state)
{
	(void)state;
	assert_true(config_kit_each(check_pair) >= 3);
}

/* The same file, another host: what is there decides. */
static void hosts(void **state)
{
	static const char file[] = "linux-2.6.32-i686.ini";
	struct told t = { "" };
	struct config *c;

	(void)state;
	assert_int_equal(config_load(&c, file, NULL, NULL), 0);
	assert_int_equal(config_check(c, "6.12.1-custom", "s390x", tell, &t), 0);
	assert_null(strstr(t.text, "this kernel"));
	assert_null(strstr(t.text, "s390_sthyi"));
	/* A machine that nobody knows has no calls to speak of. */
	t = (struct told){ "" };
	assert_int_equal(config_check(c, "6.12", "vax", tell, &t), 0);
	assert_string_equal(t.text, "");
	config_free(c);
}

/* The dictionary says which fields audit does not tell; each of them gives a warning, and no other field does. */
static void fields_of_seccomp(void **state)
{
	char name[] = "/tmp/tiercel-check-XXXXXX";

	(void)state;
	int fd = mkstemp(name);
	assert_true(fd >= 0);
	close(fd);
	for (int i = 0; i < FIELD_COUNT; i++) {
		struct told t = { "" };
		struct config *c;
		FILE *f = fopen(name, "w");

		if (fields[i].type == TYPE_FAMILY) {
			fclose(f);
			continue;
		}
		fprintf(f, "[rule a]\ncondition = evt.type = execve and %.*s exists\n", (int)fields[i].name.n, fields[i].name.p);
		fclose(f);
		assert_int_equal(config_load(&c, name, NULL, NULL), 0);
		assert_int_equal(config_check(c, "6.1", "x86_64", tell, &t), 0);
		if (!strstr(t.text, "seccomp") != !strstr(fields[i].meaning, "(seccomp origin)"))
			fail_msg("%.*s", (int)fields[i].name.n, fields[i].name.p);
		config_free(c);
	}
	unlink(name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs),
		cmocka_unit_test(hosts),
		cmocka_unit_test(fields_of_seccomp)
	};

	return cmocka_run_group_tests(tests, enter, NULL);
}
