/* tests/plan/cond: conditions, and the rules and notes that they give on each of some hosts; see plan_table.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "event_kit.h"
#include "plan_table.h"
#include "rule/plan_cond.h"
#include "rule/plan_parts.h"

#include <fcntl.h>
#include <search.h>
#include <sys/vfs.h>
#include <unistd.h>

#define RULES_MAX 16

static void tell(void *ctx, const struct cond_fault *fault)
{
	(void)ctx;
	if (!fault->warning)
		fail_msg("rule %zu, byte %zu: %s", fault->index, fault->at, fault->what);
}

struct asked {
	char name[RULES_MAX][64], text[RULES_MAX][2048];
	size_t count;
};

/* "[rule NAME]", then its condition, in as many lines as it takes. */
static void take_line(void *ctx, const char *line, size_t n)
{
	struct asked *a = ctx;

	if (strncmp(line, "[rule ", 6) == 0) {
		assert_in_range(a->count, 0, RULES_MAX - 1);
		snprintf(a->name[a->count], sizeof(a->name[0]), "%.*s", (int)n - 7, line + 6);
		a->text[a->count++][0] = '\0';
		return;
	}
	assert_true(a->count > 0);
	strncat(a->text[a->count - 1], line, n);
	strcat(a->text[a->count - 1], " ");
}

static void drop(void *ctx)
{
	((struct asked *)ctx)->count = 0;
}

static void make_plan(void *ctx, struct plan *plan, const struct plan_host *host)
{
	const struct asked *a = ctx;
	struct plan_wants wants[RULES_MAX];
	struct cond cond[RULES_MAX];

	memset(wants, 0, sizeof(wants));
	for (size_t i = 0; i < a->count; i++) {
		assert_int_equal(cond_parse(&cond[i], NULL, a->text[i], i, tell, NULL), 0);
		assert_int_equal(plan_section(plan, "rule", a->name[i]), (int)i);
		assert_int_equal(plan_cond_wants(&wants[i], &cond[i], plan, (unsigned)i, host), 0);
	}
	assert_int_equal(plan_make(plan, wants, a->count, host), 0);
	for (size_t i = 0; i < a->count; i++) {
		plan_wants_release(&wants[i]);
		cond_release(&cond[i]);
	}
}

static void tables(void **state)
{
	static struct asked asked;
	const struct plan_table t = { take_line, make_plan, drop, &asked };

	(void)state;
	assert_true(plan_table_run(&t, "tests/plan/cond") >= 5);
}

/* What can match at all. */
static void kinds(void **state)
{
	static const struct {
		const char *condition;
		bool calls, records;
	} rows[] = {
		{ "evt.type = open", true, false },
		{ "evt.type = user_login", false, true },
		{ "evt.type in (open, user_login)", true, true },
		{ "not evt.type = open", true, true },
		{ "evt.type = open and evt.type = close", false, false },
		{ "evt.type = open and fs.path.source exists", false, false },
		{ "evt.type = rename and fs.path.source exists", true, false },
		{ "evt.source = audit", false, true },
		{ "evt.source = syscall and evt.category = audit", false, false },
		{ "evt.category = file", true, false },
		{ "evt.arg.flags contains O_CREAT", true, false },
		{ "evt.arg.nonesuch = 1", false, false },
		{ "evt.type = open and evt.arg.request = PTRACE_ATTACH", false, false },
		{ "proc.name = cat", true, true },
		{ "audit.avc.tclass = file", true, true },
		{ "evt.type = openat and audit.types intersects (AVC)", true, false },
		{ "evt.type = sendmsg and audit.types intersects (ANOM_PROMISCUOUS)", true, false },
		{ "evt.type = sendto and audit.msg.acct exists", true, false },
		{ "evt.type = seccomp and audit.seccomp.sig exists", true, true },
		{ "evt.type = openat and audit.types intersects (EXECVE)", false, false },
		{ "audit.types intersects (USER-LOGIN, USER-AUTH)", false, false },
		{ "audit.types intersects (brand_new)", true, true },
		{ "evt.type = execve and evt.source = internal", false, false },
		{ "evt.dir = '>'", false, false },
		{ "evt.res = EACCESS", false, false },
		{ "evt.res = EACCES", true, true },
		{ "audit.types intersects (user_login, AVC)", true, true },
		{ "audit.types intersects (\"UNKNOWN[1390]\")", true, true },
		{ "audit.types in (USER_LOGIN, PATH)", false, true },
		{ "audit.types in (SYSCALL, PATH)", true, true },
		{ "fd.sip = 127.0.0.1", true, false },
		{ "evt.type = open and fd.sip = 127.0.0.1", false, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct plan_calls calls;
		struct cond cond;
		bool some;

		assert_int_equal(cond_parse(&cond, NULL, rows[i].condition, i, tell, NULL), 0);
		some = plan_cond_calls(&cond, NULL, &calls);
		if (some != rows[i].calls || plan_cond_records(&cond) != rows[i].records)
			fail_msg("%s: calls %d, records %d", rows[i].condition, some, plan_cond_records(&cond));
		cond_release(&cond);
	}
}

/* ---- what has been seen ---- */

struct sight {
	void *asked; /* tree of conditions, each once */
	struct plan_host host;
	unsigned count;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* A call's event has all its records, whoever wrote them: some want, or any rule, must make the kernel tell of it. */
static void can_be(struct sight *s, const struct event *ev, const struct cond *c, const char *text)
{
	struct plan_wants wants = { .count = 0 };
	struct plan *plan = plan_new();
	struct plan_calls calls;

	assert_non_null(plan);
	assert_int_equal(plan_section(plan, "rule", "x"), 0);
	assert_int_equal(plan_cond_wants(&wants, c, plan, 0, &s->host), 0);
	plan_cond_calls(c, NULL, &calls);
	if (!plan_calls_has(&calls, ev->call ? ev->call->id : PLAN_NAMELESS))
		fail_msg("%s: not of this call", text);
	if (ev->arch == s->host.arches[0] && !wants.count && !wants.needs_a_rule)
		fail_msg("%s: no want", text);
	plan_wants_release(&wants);
	plan_free(plan);
}

/* evt.type and one thing more that the event has. */
static void ask(struct sight *s, struct event *ev, const char *fmt, struct span name)
{
	const struct value *type = event_get(ev, FIELD_EVT_TYPE), *source = event_get(ev, FIELD_EVT_SOURCE);
	char text[512], more[300], **known;
	struct cond c;

	snprintf(more, sizeof(more), fmt, (int)name.n, name.p);
	snprintf(text, sizeof(text), "evt.type = \"%.*s\" and %s", (int)type->n, type->p, more);
	known = tsearch(text, &s->asked, by_text);
	assert_non_null(known);
	if (*known != text)
		return;
	*known = strdup(text);
	s->count++;
	assert_int_equal(cond_parse(&c, NULL, text, 0, tell, NULL), 0);
	if (span_eq(span_of(source->p, source->n), SPAN("syscall")))
		can_be(s, ev, &c, text);
	else if (!plan_cond_records(&c))
		fail_msg("%s: of no record", text);
	cond_release(&c);
}

static void look(void *ctx, struct event *ev)
{
	struct sight *s = ctx;
	const struct value *types = event_get(ev, FIELD_AUDIT_TYPES);
	char name[64];

	for (int f = 0; f < FIELD_COUNT; f++)
		if (fields[f].type != TYPE_FAMILY && event_get(ev, f))
			ask(s, ev, "%.*s exists", fields[f].name);
	for (uint32_t i = 0; types && i < types->n; i++)
		ask(s, ev, "audit.types intersects (\"%.*s\")", types->list[i]);
	for (uint32_t i = 0; i < ev->extra_count; i++)
		ask(s, ev, "%.*s exists", ev->extras[i].name);
	for (uint32_t i = 0; i < ev->arg_count; i++)
		ask(s, ev, "evt.arg.%.*s exists", ev->args[i].name);
	for (int key = 0; key < PATH_KEY_COUNT && ev->path_count; key++) {
		snprintf(name, sizeof(name), "audit.path[0].%.*s", (int)path_key_names[key].n, path_key_names[key].p);
		if (ev->paths[0].present >> key & 1)
			ask(s, ev, "%.*s exists", span_of(name, strlen(name)));
	}
}

static void read_log(struct sight *s, const char *name)
{
	struct event_kit kit = { .on_event = look, .ctx = s };
	FILE *f = fopen(name, "r");
	static char line[65536];

	assert_non_null(f);
	event_kit_start(&kit, &assemble_default_limits);
	while (fgets(line, sizeof(line), f))
		event_kit_feed(&kit, line, strlen(line));
	event_kit_end(&kit);
	fclose(f);
}

/* Records that come by themselves join whichever call they come in: of what there was, nothing is "never". */
static void all_that_was_seen(void **state)
{
	static const char *const folders[] = { "linux-6.1", "rhel6", "rhel7", "other", "rules" };
	struct sight s = { .host = plan_kit_host(&plan_kit_hosts[0]) };
	char name[4096];

	(void)state;
	snprintf(name, sizeof(name), "%s/contrib/sample.log", plan_table_top());
	read_log(&s, name);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		struct dirent *d;
		DIR *dir;

		snprintf(name, sizeof(name), "%s/tests/golden/%s", plan_table_top(), folders[i]);
		dir = opendir(name);
		assert_non_null(dir);
		while ((d = readdir(dir)) != NULL) {
			snprintf(name, sizeof(name), "%s/tests/golden/%s/%s", plan_table_top(), folders[i], d->d_name);
			if (strlen(d->d_name) > 4 && strcmp(d->d_name + strlen(d->d_name) - 4, ".log") == 0)
				read_log(&s, name);
		}
		closedir(dir);
	}
	tdestroy(s.asked, free);
	assert_true(s.count > 2000);
}

/* Too many disjuncts are joined, never dropped, and it does not take long. */
static void bounded(void **state)
{
	static char text[65536];
	struct buf b = { text, 0, sizeof(text) - 1, false };
	struct plan_host host = plan_kit_host(&plan_kit_hosts[0]);
	struct plan_wants wants = { .count = 0 };
	struct plan *plan = plan_new();
	struct cond cond;

	(void)state;
	for (unsigned i = 0; i < 40; i++) {
		buf_printf(&b, "%s(", i ? " and " : "");
		for (unsigned k = 0; k < 20; k++)
			buf_printf(&b, "%s(user.uid = %u and audit.gid = %u and evt.rawres = %u)", k ? " or " : "", i * 20 + k,
				k * 3 + i, k);
		buf_putc(&b, ')');
	}
	text[b.n] = '\0';
	assert_int_equal(cond_parse(&cond, NULL, text, 0, tell, NULL), 0);
	assert_int_equal(plan_section(plan, "rule", "x"), 0);
	assert_int_equal(plan_cond_wants(&wants, &cond, plan, 0, &host), 0);
	assert_int_equal(wants.count, 0); /* no user has two ids */
	plan_wants_release(&wants);
	cond_release(&cond);
	b.n = 0;
	for (unsigned k = 0; k < 300; k++)
		buf_printf(&b, "%s(user.uid = %u and audit.gid = %u and evt.rawres = %u)", k ? " or " : "", k, k * 3, k);
	text[b.n] = '\0';
	assert_int_equal(cond_parse(&cond, NULL, text, 0, tell, NULL), 0);
	assert_int_equal(plan_cond_wants(&wants, &cond, plan, 0, &host), 0);
	assert_in_range(wants.count, 1, PLAN_DISJUNCTS);
	for (unsigned k = 0; k < 300; k++) {
		bool held = false;

		for (size_t i = 0; i < wants.count && !held; i++) {
			const struct plan_set *set = wants.want[i].set;

			held = plan_set_has(&set[PLAN_EUID], k) && plan_set_has(&set[PLAN_GID], k * 3) &&
				plan_set_has(&set[PLAN_EXIT], k);
		}
		assert_true(held);
	}
	plan_wants_release(&wants);
	cond_release(&cond);
	plan_free(plan);
}

/* A program with a second name, or on a file system whose numbers are not unique, is not to be left out by object. */
static void sole_files(void **state)
{
	char dir[] = "sole.XXXXXX", file[64], other[64];
	struct plan_host host = { .look = NULL };
	struct statfs fs;
	bool unique;
	int fd;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/a", dir);
	snprintf(other, sizeof(other), "%s/b", dir);
	assert_false(plan_is_sole(&host, file));
	fd = open(file, O_CREAT | O_WRONLY, 0700);
	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(statfs(dir, &fs), 0);
	unique = (uint32_t)fs.f_type == 0xef53 || (uint32_t)fs.f_type == 0x58465342;
	assert_int_equal(plan_is_sole(&host, file), unique);
	assert_false(plan_is_sole(&host, dir));
	assert_int_equal(link(file, other), 0);
	assert_false(plan_is_sole(&host, file));
	assert_false(plan_is_sole(&host, other));
	unlink(file);
	assert_int_equal(plan_is_sole(&host, other), unique);
	unlink(other);
	rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables),
		cmocka_unit_test(kinds),
		cmocka_unit_test(all_that_was_seen),
		cmocka_unit_test(bounded),
		cmocka_unit_test(sole_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
