/* Links in watched directories, and what else a plan depends on: of a file system made for it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "daemon/rules.h"
#include "plan_kit.h"
#include "rule/plan_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ANN 1001
#define EVE 1002

static char top[] = "/tmp/test_plan_links.XXXXXX";

/* A path below the top: one of eight texts in turn. */
static const char *below(const char *path)
{
	static char text[8][512];
	static unsigned turn;
	char *at = text[turn++ % 8];

	snprintf(at, sizeof(text[0]), "%s%s", top, path);
	return at;
}

static void make_dir(const char *path, uid_t owner)
{
	assert_int_equal(mkdir(below(path), 0755), 0);
	if (owner)
		assert_int_equal(chown(below(path), owner, 0), 0);
}

static void make_link(const char *path, const char *to, uid_t owner)
{
	assert_int_equal(symlink(to, below(path)), 0);
	if (owner)
		assert_int_equal(lchown(below(path), owner, 0), 0);
}

static void put(const char *path, const char *text)
{
	FILE *f = fopen(below(path), "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static int set_up(void **state)
{
	(void)state;
	strcpy(top + sizeof(top) - 7, "XXXXXX");
	if (!mkdtemp(top))
		return -1;
	put("/mounts", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
	make_dir("/in", 0);
	make_dir("/out", 0);
	make_dir("/out/deep", 0);
	put("/out/file", "");
	return 0;
}

static int tear_down(void **state)
{
	char command[64];

	(void)state;
	snprintf(command, sizeof(command), "rm -r %s", top);
	return system(command);
}

static void tell(void *ctx, const struct select_fault *fault)
{
	(void)ctx;
	fail_msg("%s", fault->what);
}

/* The plan of patterns below the top. */
static struct plan *plan_of(const char *first, const char *second)
{
	struct plan_host host = plan_kit_host(&plan_kit_hosts[4]); /* one architecture */
	char paths[1024];
	struct select_spec spec = { .text = { "truncate", NULL, paths }, .success = 1 };
	struct plan *plan = plan_new();
	struct select_set *set;

	host.look = NULL;
	host.lead = NULL;
	host.sole = NULL;
	host.mounts = below("/mounts");
	snprintf(paths, sizeof(paths), "%s%s%s", below(first), second ? ", " : "", second ? below(second) : "");
	assert_int_equal(select_new(&set, &spec, 1, tell, NULL), 0);
	assert_int_equal(plan_build(plan, set, NULL, &host), 0);
	select_free(set);
	return plan;
}

static bool watches(const struct plan *plan, uint32_t field, const char *path)
{
	for (size_t i = 0; i < plan->count; i++)
		for (unsigned k = 0; k < plan->rules[i].test_count; k++)
			if (plan->rules[i].tests[k].field == field &&
				strcmp(plan->rules[i].tests[k].text, below(path)) == 0)
				return true;
	return false;
}

static bool says(const struct plan *plan, const char *text)
{
	for (size_t i = 0; i < plan->note_count; i++)
		if (strstr(plan->notes[i].what, text))
			return true;
	return false;
}

/* Else an ordinary user would choose what is watched, or by many links that nothing is. */
static void links_of_others_lead_nowhere(void **state)
{
	struct plan *plan;
	char name[32];

	(void)state;
	if (geteuid() != 0)
		skip();
	make_link("/in/mine", "../out/file", 0);
	for (unsigned i = 0; i < 61; i++) {
		snprintf(name, sizeof(name), "/in/eve%u", i);
		make_link(name, "../out", EVE);
	}
	make_link("/in/by", "eve0/deep", 0); /* she may change it */
	plan = plan_of("/in/**", NULL);
	assert_true(watches(plan, WIRE_WATCH, "/out/file"));
	assert_false(watches(plan, WIRE_DIR, "/out"));
	assert_false(watches(plan, WIRE_DIR, "/out/deep"));
	assert_true(says(plan, "1 link in "));
	assert_true(says(plan, "62 links in "));
	plan_free(plan);
}

static void links_of_the_owner_are_followed(void **state)
{
	struct plan *plan;

	(void)state;
	if (geteuid() != 0)
		skip();
	make_dir("/in/ann", ANN);
	make_link("/in/ann/own", "../../out/deep", ANN);
	make_link("/in/ann/eves", "../../out/file", EVE);
	plan = plan_of("/in/ann/**", NULL);
	assert_true(watches(plan, WIRE_DIR, "/out/deep"));
	assert_false(watches(plan, WIRE_WATCH, "/out/file"));
	plan_free(plan);
	plan = plan_of("/in/*/own", NULL);
	assert_false(watches(plan, WIRE_DIR, "/out/deep"));
	assert_true(says(plan, "2 links in "));
	plan_free(plan);
}

/* Where a server is gone, nobody ever says what is there. */
static void nobody_waits_for_a_server(void **state)
{
	struct plan *plan;
	char text[512];

	(void)state;
	make_link("/in/there", "../out/deep/x", 0);
	make_link("/in/by", "../out/deep/../file", 0);
	make_link("/in/here", "../out/file", 0);
	make_dir("/out/deep/x", 0);
	snprintf(text, sizeof(text), "22 1 8:1 / / rw - 9p r rw\n23 22 0:9 / %s rw - nfs server:/ rw\n",
		below("/out/deep"));
	put("/mounts", text);
	plan = plan_of("/in/**", NULL);
	assert_true(watches(plan, WIRE_WATCH, "/out/file"));
	assert_false(watches(plan, WIRE_DIR, "/out/deep/x"));
	assert_true(says(plan, "2 links in "));
	plan_free(plan);
	plan = plan_of("/out/deep/**", NULL); /* by its own name it is asked for */
	assert_true(watches(plan, WIRE_DIR, "/out/deep"));
	plan_free(plan);
}

/* Of those by which no wanted name can go, any number does no harm. */
static void only_links_on_the_way_count(void **state)
{
	struct plan *plan;
	char name[32], to[32];

	(void)state;
	make_dir("/in/a", 0);
	make_dir("/in/b", 0);
	for (unsigned i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "/in/a/%u", i);
		snprintf(to, sizeof(to), "/out/%u", i);
		make_dir(to, 0);
		make_link(name, below(to), 0);
	}
	make_link("/in/b/dir", "../../out/deep", 0);
	make_link("/in/b/x.conf", "../../out/file", 0);
	make_link("/in/b/y.conf", "../../out/file", 0);
	make_link("/in/b/round", "round", 0);
	make_link("/in/b/all", "/", 0);
	make_link("/in/b/inside", "../a", 0);
	plan = plan_of("/in/b/x*", "/in/b/dir/nowhere/there");
	assert_true(watches(plan, WIRE_WATCH, "/out/file"));
	assert_true(watches(plan, WIRE_DIR, "/out/deep"));
	assert_true(watches(plan, WIRE_DIR, "/in/b"));
	assert_true(says(plan, "1 link in ")); /* to all */
	plan_free(plan);

	plan = plan_of("/in/?/none", NULL);
	assert_false(watches(plan, WIRE_DIR, "/out/0"));
	assert_true(says(plan, "more than 48 links in "));
	plan_free(plan);
}

/* Are the rules of the plan concerned where something is mounted there? */
static bool concerned(struct plan *plan, const char *at)
{
	struct rules rules = { .plan = plan };
	struct mounts mounts;
	char text[512];
	bool is;

	put("/mountinfo", "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
	mounts_open(&mounts, below("/mountinfo"));
	snprintf(text, sizeof(text), "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n23 22 8:2 / %s rw - ext4 /dev/sdb1 rw\n", at);
	put("/mountinfo", text);
	assert_true(mounts_look(&mounts));
	is = rules_concerned(&rules, &mounts);
	mounts_close(&mounts);
	return is;
}

static void mounts_concern_some_plans(void **state)
{
	static const struct {
		const char *path, *concerned[5], *unconcerned[5];
	} rows[] = {
		{ "/in/**", { "/in", "/in/below/it", "", "/later", "/later/x" },
			{ "/inner", "/out/deep", "/latest", "/later/x/y" } },
		{ "/by/**", { "/by", "/in", "/in/below", "" }, { "/out", "/byte" } },
		{ "/by/file", { "/by/file", "/in", "/in/file", "" }, { "/in/below", "/by/other", "/out" } },
		{ "/out/file", { "/out/file", "/out" }, { "/out/deep", "/in" } },
		{ "/out/*/none/there", { "/out", "/out/deep", "/out/deep/none" }, { "/in" } },
		{ "/broken/**", { "/nowhere", "/nowhere/at", "/nowhere/at/all", "/any" }, { NULL } }, /* as dir= of all */
		{ "/in/far/file", { "/later/y", "/later/y/file", "/later" }, { "/out" } },
	};

	(void)state;
	make_link("/by", "in", 0);
	make_link("/broken", "nowhere/at/all", 0);
	make_link("/in/gone", "../later/x", 0);
	make_link("/in/far", "../later/y", 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan *plan = plan_of(rows[i].path, NULL);

		for (size_t k = 0; k < 5; k++) {
			if (rows[i].concerned[k] && !concerned(plan, below(rows[i].concerned[k])))
				fail_msg("%s: %s", rows[i].path, rows[i].concerned[k]);
			if (rows[i].unconcerned[k] && concerned(plan, below(rows[i].unconcerned[k])))
				fail_msg("%s: not %s", rows[i].path, rows[i].unconcerned[k]);
		}
		assert_true(concerned(plan, "/"));
		assert_false(concerned(plan, "/srv/elsewhere"));
		plan_free(plan);
	}
	assert_false(concerned(NULL, "/"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(links_of_others_lead_nowhere, set_up, tear_down),
		cmocka_unit_test_setup_teardown(links_of_the_owner_are_followed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(nobody_waits_for_a_server, set_up, tear_down),
		cmocka_unit_test_setup_teardown(only_links_on_the_way_count, set_up, tear_down),
		cmocka_unit_test_setup_teardown(mounts_concern_some_plans, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
