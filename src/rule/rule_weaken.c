#include "rule/rule_weaken.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

/* Tests that not every kernel knows, or not with every operator; the newest first. */
static const uint32_t newest[] = {
	WIRE_SADDR_FAM,    /* 5.3 */
	WIRE_SESSIONID,    /* 4.10 */
	WIRE_EXE,          /* 4.3 */
	WIRE_LOGINUID_SET, /* 3.10 */
	WIRE_OBJ_GID, WIRE_OBJ_UID, WIRE_FIELD_COMPARE, /* 3.3 */
	WIRE_DIR,          /* 2.6.23, CONFIG_AUDIT_TREE */
	WIRE_PERM, WIRE_WATCH
};

void rule_weaken_start(struct rule_weaken *w, const struct plan_rule *rule)
{
	w->rule = *rule;
	w->widened = false;
}

/* Without the tests of a field; false: there are none. */
static bool drop(struct plan_rule *rule, uint32_t field)
{
	unsigned kept = 0, had = rule->test_count;

	for (unsigned i = 0; i < had; i++)
		if (rule->tests[i].field != field)
			rule->tests[kept++] = rule->tests[i];
	rule->test_count = kept;
	return kept < had;
}

static bool drop_newest(struct plan_rule *rule)
{
	for (size_t i = 0; i < sizeof(newest) / sizeof(newest[0]); i++)
		if (drop(rule, newest[i]))
			return true;
	return false;
}

static struct plan_test *find(struct plan_rule *rule, uint32_t field)
{
	for (unsigned i = 0; i < rule->test_count; i++)
		if (rule->tests[i].field == field && rule->tests[i].text)
			return &rule->tests[i];
	return NULL;
}

/* Cut "/a/b" to "/a", "/a" to "/"; false: there is nothing above. */
static bool cut_to_parent(char *path)
{
	size_t n = strlen(path), end = n;

	while (end > 0 && path[end - 1] != '/')
		end--;
	while (end > 1 && path[end - 1] == '/')
		end--;
	if (end == 0 || end == n)
		return false;
	path[end] = '\0';
	return true;
}

static bool is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A file's name, or a directory: all below the nearest directory above that is there; false: there is none. */
static bool climb(struct rule_weaken *w, struct plan_test *test)
{
	size_t n = strlen(test->text);

	if (test->op != WIRE_EQUAL || n >= sizeof(w->path))
		return false;
	if (test->text != w->path)
		memcpy(w->path, test->text, n + 1);
	test->text = w->path;
	test->field = WIRE_DIR;
	do {
		if (!cut_to_parent(w->path))
			return false;
	} while (!is_directory(w->path));
	return true;
}

/* What the kernel needs of the path: a directory itself, a file's parent. */
static bool is_there(const struct plan_test *test)
{
	char path[4096];
	size_t n = strlen(test->text);
	struct stat st;

	if (n >= sizeof(path))
		return false;
	memcpy(path, test->text, n + 1);
	return test->field == WIRE_DIR ? stat(path, &st) == 0 : cut_to_parent(path) && is_directory(path);
}

/* The kernel does not tell which path is at fault: look; where all seem to be there, the program's goes first. */
static bool widen(struct rule_weaken *w)
{
	struct plan_test *path = find(&w->rule, WIRE_WATCH);

	if (!path)
		path = find(&w->rule, WIRE_DIR);
	if (path && !is_there(path) && climb(w, path))
		return true;
	if (drop(&w->rule, WIRE_EXE))
		return true;
	if (path && climb(w, path))
		return true;
	return drop(&w->rule, WIRE_DIR) || drop(&w->rule, WIRE_WATCH);
}

bool rule_weaken_by_pid(struct plan_rule *rule)
{
	if (rule->action != WIRE_NEVER || !rule->key || strcmp(rule->key, PLAN_KEY_SELF) != 0 ||
		!drop(rule, WIRE_EXE))
		return false;
	return plan_rule_test(rule, WIRE_PID, WIRE_EQUAL, (uint32_t)getpid(), NULL) == 0;
}

bool rule_weaken_next(struct rule_weaken *w, int error)
{
	bool wider = false;

	if (rule_weaken_by_pid(&w->rule))
		return true;
	if (w->rule.action != WIRE_ALWAYS)
		return false;
	switch (error) {
	case -EINVAL:
		wider = drop_newest(&w->rule);
		break;
	case -ENOENT:
	case -ENOTDIR:
	case -EACCES:
	case -ELOOP:
	case -ENAMETOOLONG:
	case -E2BIG:
		wider = widen(w);
		break;
	}
	w->widened |= wider;
	return wider;
}
