#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "config/config.h"
#include "config/config_keys.h"
#include "config_kit.h"
#include "sys/probe.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Messages, one a line: "error where: what". */
struct told {
	char text[16384];
	size_t errors;
};

static void tell(void *ctx, enum config_level level, const struct err *e)
{
	struct told *t = ctx;
	size_t n = strlen(t->text);

	t->errors += level == CONFIG_ERROR;
	snprintf(t->text + n, sizeof(t->text) - n, "%s %s: %s\n", level == CONFIG_ERROR ? "error" : "warning", e->where, e->what);
}

static const char *top(void)
{
	const char *dir = getenv("top_srcdir");

	return dir ? dir : ".";
}

static struct config *load(const char *path, int rc, struct told *t)
{
	struct config *c = NULL;

	memset(t, 0, sizeof(*t));
	assert_int_equal(config_load(&c, path, tell, t), rc);
	assert_int_equal(c == NULL, rc < 0);
	assert_int_equal(t->errors > 0, rc < 0);
	return c;
}

static int enter_configs(void **state)
{
	(void)state;
	if (chdir(top()) < 0)
		return -1;
	return chdir("tests/config");
}

/* x.ini gives just the messages of x.err; it is good where none of them is an error. */
static void check_pair(const char *ini)
{
	char expected[16384];
	struct config *c = NULL;
	struct told t;

	config_kit_expected(ini, expected, sizeof(expected));
	memset(&t, 0, sizeof(t));
	int rc = config_load(&c, ini, tell, &t);
	assert_string_equal(t.text, expected);
	assert_int_equal(rc, t.errors ? -EINVAL : 0);
	config_free(c);
	/* No one listens: nothing else changes. */
	assert_int_equal(config_load(&c, ini, NULL, NULL), rc);
	config_free(c);
}

static void pairs(void **state)
{
	(void)state;
	assert_true(config_kit_each(check_pair) > 10);
}

static void defaults(void **state)
{
	struct told t;
	struct config *c = load("empty.ini", 0, &t);

	(void)state;
	assert_string_equal(c->tiercel.user, "tiercel");
	assert_int_equal(c->tiercel.path_match, 0);
	assert_false(c->tiercel.tty_data);
	assert_null(c->tiercel.include);
	assert_null(c->tiercel.pid_file);
	assert_int_equal(c->audit.mode, 0);
	assert_int_equal(c->audit.backlog_limit, 8192);
	assert_int_equal(c->audit.receive_buffer, 32 << 20);
	assert_string_equal(c->audit.audisp_socket, "/var/run/audispd_events");
	assert_string_equal(c->audit.log, "/var/log/audit/audit.log");
	assert_null(c->select);
	assert_int_equal(c->select_count, 0);
	assert_int_equal(c->output_count, 1);
	const struct config_output *o = &c->outputs[0];
	assert_string_equal(o->settings.name, "stdout");
	assert_string_equal(o->settings.type, "stdout");
	assert_ptr_equal(o->encoder, &encoder_json);
	assert_int_equal(o->when, WHEN_ALWAYS);
	assert_int_equal(o->priority, 7);
	assert_int_equal(o->encode.budget, ENCODE_BUDGET_DEFAULT);
	assert_false(o->encode.raw);
	assert_true(field_set_has(&o->encode.fields, FIELD_EVT_TIME));
	assert_true(field_set_has(&o->encode.fields, FIELD_EVT_ARG));
	config_free(c);
	config_free(NULL);
}

static void all_keys(void **state)
{
	struct told t;
	struct config *c = load("full.ini", 0, &t);
	const struct select_spec *s = &c->selects[0].spec;

	(void)state;
	assert_string_equal(c->tiercel.user, "nobody");
	assert_string_equal(c->tiercel.pid_file, "/run/one.pid");
	assert_int_equal(c->tiercel.path_match, 1);
	assert_true(c->tiercel.tty_data);
	assert_int_equal(c->audit.mode, MODE_FOLLOW);
	assert_int_equal(c->audit.backlog_limit, 64);
	assert_int_equal(c->audit.on_overload, 1);
	assert_int_equal(c->audit.load_rules, 2);
	assert_int_equal(c->audit.receive_buffer, 1 << 20);
	assert_string_equal(c->audit.audisp_socket, "/run/audit.sock");
	assert_string_equal(c->audit.log, "/var/log/other.log");
	assert_non_null(c->select);
	assert_int_equal(c->select_count, 1);
	assert_string_equal(s->name, "exec");
	assert_string_equal(s->text[SELECT_SYSCALLS], "@exec, !execveat, 999");
	assert_string_equal(s->text[SELECT_TYPES], "avc, USER_LOGIN, 1112");
	assert_string_equal(s->text[SELECT_PATH], "/etc/**, /usr/bin/x#y");
	assert_string_equal(s->text[SELECT_EXE], "/usr/bin/*");
	assert_string_equal(s->text[SELECT_UID], ">=1000, !=65534");
	assert_string_equal(s->text[SELECT_AUID], "unset");
	assert_int_equal(s->success, 0);
	assert_int_equal(c->output_count, 3);
	assert_ptr_equal(c->outputs[0].encoder, &encoder_text);
	assert_int_equal(c->outputs[0].when, WHEN_FOREGROUND);
	assert_int_equal(c->outputs[0].priority, 5);
	config_free(c);
}

static void outputs(void **state)
{
	struct told t;
	struct config *c = load("full.ini", 0, &t);
	const struct config_output *o = &c->outputs[1];

	(void)state;
	assert_string_equal(o->settings.name, "two");
	assert_string_equal(o->settings.type, "file");
	assert_string_equal(o->settings.path, "/var/log/a;b.json");
	assert_int_equal(o->settings.rotate_size, 100 << 20);
	assert_int_equal(o->settings.rotate_keep, 3);
	assert_ptr_equal(o->encoder, &encoder_json);
	assert_int_equal(o->priority, 0);
	assert_int_equal(o->encode.budget, 8000);
	assert_true(o->encode.raw);
	assert_true(field_set_has(&o->encode.fields, FIELD_FD_NUM));
	assert_false(field_set_has(&o->encode.fields, FIELD_AUDIT_ARCH));
	assert_int_equal(o->encode.member_count, 3);
	assert_true(span_eq(o->encode.members[0], SPAN("audit.path[0].inode")));
	assert_true(span_eq(o->encode.members[1], SPAN("evt.arg.flags")));
	assert_true(span_eq(o->encode.members[2], SPAN("evt.arg.mode")));
	config_free(c);
}

/* What syslog has in other ways than files, said and unsaid. */
static void syslog_outputs(void **state)
{
	struct told t;
	struct config *c = load("full.ini", 0, &t);
	const struct config_output *o = &c->outputs[2];
	struct config_where where;

	(void)state;
	assert_string_equal(o->settings.name, "three");
	assert_string_equal(o->settings.type, "syslog");
	assert_string_equal(o->settings.path, "/run/log");
	assert_int_equal(o->settings.facility, 23);
	assert_int_equal(o->when, WHEN_BACKGROUND);
	config_output_where(o, &where);
	assert_string_equal(where.text, "full.ini:47");
	config_free(c);
	c = load("syslog_good.ini", 0, &t);
	o = &c->outputs[0];
	assert_string_equal(o->settings.path, "/dev/log");
	assert_int_equal(o->settings.facility, 10);
	assert_int_equal(o->encode.budget, 8000);
	assert_true(field_set_has(&o->encode.fields, FIELD_EVT_TYPE));
	assert_false(field_set_has(&o->encode.fields, FIELD_AUDIT_ARCH));
	o = &c->outputs[1];
	assert_int_equal(o->settings.facility, 1);
	assert_int_equal(o->encode.budget, 65536);
	assert_true(field_set_has(&o->encode.fields, FIELD_AUDIT_ARCH));
	assert_int_equal(c->outputs[2].settings.facility, 11);
	assert_int_equal(c->outputs[3].settings.facility, 16);
	config_free(c);
}

static void rules(void **state)
{
	struct told t;
	struct config *c = load("rules_good.ini", 0, &t);
	const struct config_rule *r = &c->rule[1];

	(void)state;
	assert_int_equal(c->tiercel.rule_matching, 1);
	assert_int_equal(c->list_count, 2);
	assert_string_equal(c->lists[0].spec.items, "bash, sh, \"my shell\", zsh, others");
	assert_string_equal(c->lists[1].spec.items, "\"quoted first\", tcsh");
	assert_int_equal(c->macro_count, 1);
	assert_int_equal(c->rule_count, 4);
	assert_int_equal(ruleset_count(c->rules), 4);
	assert_string_equal(r->spec.id, "full");
	assert_string_equal(r->spec.name, "Shell, by somebody = else");
	assert_string_equal(r->spec.condition, "spawned and \tproc.cmdline startswith "
		"\"sh -c envdir \\\"/run/etc/wal-e.d/env\\\" wal-g\" "
		"and not (proc.name = 'a\\\\b' or proc.name = \"x\\x3by\\x23z\")");
	assert_string_equal(r->spec.output, "Shell ; of %user.name # %proc.cmdline (100%%)");
	assert_int_equal(r->spec.priority, 1);
	assert_string_equal(r->spec.tags, "process, mitre_execution");
	assert_false(r->spec.enabled);
	assert_int_equal(r->spec.rate, 10);
	assert_int_equal(r->spec.per_ms, 60000);
	assert_int_equal(r->spec.burst, 100);
	assert_true(r->chosen);
	assert_true(field_set_has(&r->encode.fields, FIELD_PROC_NAME));
	assert_false(field_set_has(&r->encode.fields, FIELD_EVT_TYPE));
	assert_int_equal(r->encode.member_count, 1);
	assert_true(span_eq(ruleset_rule(c->rules, 1)->name, SPAN("Shell, by somebody = else")));
	assert_int_equal(ruleset_rule(c->rules, 1)->tag_count, 2);
	r = &c->rule[0];
	assert_null(r->spec.name);
	assert_null(r->spec.output);
	assert_int_equal(r->spec.priority, 5);
	assert_true(r->spec.enabled);
	assert_int_equal(r->spec.rate, 0);
	assert_false(r->chosen);
	assert_true(span_eq(ruleset_rule(c->rules, 0)->name, SPAN("plain")));
	r = &c->rule[2];
	assert_string_equal(r->spec.condition, "fd.name contains \";\" or fd.name contains \"#\"");
	assert_int_equal(r->spec.priority, 6);
	assert_int_equal(r->spec.rate, 3);
	assert_int_equal(r->spec.per_ms, 1000);
	assert_int_equal(r->spec.burst, 0);
	r = &c->rule[3];
	assert_int_equal(r->spec.per_ms, 3600000);
	assert_int_equal(r->spec.burst, 1);
	config_free(c);
}

static void rates(void **state)
{
	static const struct {
		const char *text;
		enum config_fault fault;
	} bad[] = {
		{ "", FAULT_EMPTY }, { "10", FAULT_NO_RATE }, { "/s", FAULT_NO_RATE }, { "10/", FAULT_NO_RATE },
		{ "10/ms", FAULT_NO_RATE }, { "10/d", FAULT_NO_RATE }, { "-1/s", FAULT_NO_RATE }, { "1.5/s", FAULT_NO_RATE },
		{ "10 /s", FAULT_NO_RATE }, { "10/S", FAULT_NO_RATE }, { "10/s burst", FAULT_NO_RATE },
		{ "10/s burst ", FAULT_NO_RATE }, { "10/s burst x", FAULT_NO_RATE }, { "10/s 5", FAULT_NO_RATE },
		{ "10/sburst 5", FAULT_NO_RATE }, { "10/s burst5", FAULT_NO_RATE }, { "10/s burst 5 ", FAULT_NO_RATE },
		{ "10/s burst 5/s", FAULT_NO_RATE }, { "99999999999999999999/s", FAULT_NO_RATE },
		{ "999999999999999999999/s", FAULT_NO_RATE }, { "0/s", FAULT_RANGE }, { "1000001/s", FAULT_RANGE },
		{ "1/s burst 0", FAULT_RANGE }, { "1/s burst 1000001", FAULT_RANGE }
	};
	const struct config_key *key = config_key_find(CONFIG_SECTION_rule, SPAN("rate_limit"));
	struct config_rule into;

	(void)state;
	assert_int_equal(config_value_set(key, "1000000/h burst 1000000", &into), FAULT_NONE);
	assert_int_equal(into.rate.count, 1000000);
	assert_int_equal(into.rate.burst, 1000000);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (config_value_set(key, bad[i].text, &into) != bad[i].fault)
			fail_msg("%s", bad[i].text);
	}
}

static void includes(void **state)
{
	struct told t;
	struct config *c = load("include.ini", 0, &t);

	(void)state;
	assert_int_equal(c->select_count, 3);
	assert_string_equal(c->selects[0].spec.name, "z");
	assert_string_equal(c->selects[1].spec.name, "a");
	assert_string_equal(c->selects[2].spec.name, "b");
	assert_int_equal(c->output_count, 1);
	assert_ptr_equal(c->outputs[0].encoder, &encoder_text);
	config_free(c);
	/* From elsewhere: what is relative is relative to the file, not to us. */
	assert_int_equal(chdir(".."), 0);
	c = load("config/include.ini", 0, &t);
	assert_int_equal(c->select_count, 3);
	config_free(c);
	assert_int_equal(chdir("config"), 0);
}

static char *in_dir(char *name, const char *dir, const char *file)
{
	sprintf(name, "%s/%s", dir, file);
	return name;
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(name, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void is_refused(const char *name, int rc, const char *what)
{
	struct told t;
	char expected[512];

	load(name, rc, &t);
	snprintf(expected, sizeof(expected), "error %s: %s\n", name, what);
	assert_string_equal(t.text, expected);
}

static void files_of_any_kind(void **state)
{
	char dir[] = "/tmp/tiercel-config-XXXXXX", name[128], large[1 << 11];

	(void)state;
	assert_non_null(mkdtemp(dir));
	is_refused(dir, -EISDIR, "Is a directory");
	is_refused("/dev/null", -EINVAL, "is no regular file: it is read twice");
	is_refused(in_dir(name, dir, "none"), -ENOENT, "No such file or directory");
	is_refused(in_dir(name, dir, "none/x"), -ENOENT, "No such file or directory");
	in_dir(name, dir, "loop");
	assert_int_equal(symlink("loop", name), 0);
	is_refused(name, -ELOOP, "Too many levels of symbolic links");
	unlink(name);
	in_dir(name, dir, "fifo");
	assert_int_equal(mkfifo(name, 0600), 0);
	is_refused(name, -EINVAL, "is no regular file: it is read twice");
	unlink(name);
	in_dir(name, dir, "secret");
	put(name, "[tiercel]\n");
	chmod(name, 0);
	if (geteuid() != 0)
		is_refused(name, -EACCES, "Permission denied");
	unlink(name);
	in_dir(name, dir, "large");
	FILE *f = fopen(name, "w");
	assert_non_null(f);
	memset(large, '\n', sizeof(large));
	for (int i = 0; i < 513; i++)
		fwrite(large, 1, sizeof(large), f);
	assert_int_equal(fclose(f), 0);
	is_refused(name, -EFBIG, "is larger than 1 MiB");
	unlink(name);
	rmdir(dir);
}

/* A directory whose name is a pattern; one file under two names; a link to the file itself. */
static void odd_includes(void **state)
{
	char dir[] = "/tmp/tiercel[a]XXXXXX", name[128], link[128], expected[512];
	struct told t;

	(void)state;
	assert_non_null(mkdtemp(dir));
	put(in_dir(name, dir, "x.conf"), "[select x]\nsyscalls = open\n");
	put(in_dir(name, dir, "main.ini"), "[tiercel]\ninclude = *.conf\n");
	struct config *c = load(name, 0, &t);
	assert_int_equal(c->select_count, 1);
	config_free(c);
	assert_int_equal(symlink("main.ini", in_dir(link, dir, "y.conf")), 0);
	load(name, -EINVAL, &t);
	snprintf(expected, sizeof(expected), "error %s:2: include: %s is read already\n", name, link);
	assert_string_equal(t.text, expected);
	unlink(link);
	assert_int_equal(symlink("z.conf", in_dir(link, dir, "z.conf")), 0);
	load(name, -ELOOP, &t);
	snprintf(expected, sizeof(expected), "error %s: Too many levels of symbolic links\n", link);
	assert_string_equal(t.text, expected);
	unlink(link);
	unlink(name);
	unlink(in_dir(name, dir, "x.conf"));
	rmdir(dir);
}

static void long_names(void **state)
{
	char dir[256], name[512];
	struct told t;

	(void)state;
	memset(dir, 'd', 200);
	strcpy(dir + 200, "/none");
	snprintf(name, sizeof(name), "%s/%s", dir, "x.ini");
	load(name, -ENOENT, &t);
	assert_memory_equal(t.text, "error ...dddd", 13);
	assert_non_null(strstr(t.text, "/none/x.ini: No such file"));
}

static void units(void **state)
{
	static const struct {
		enum config_type type;
		const char *text;
		uint64_t value;
	} good[] = {
		{ CONFIG_NUMBER, "0", 0 }, { CONFIG_NUMBER, "007", 7 },
		{ CONFIG_NUMBER, "18446744073709551615", UINT64_MAX },
		{ CONFIG_SIZE, "1", 1 }, { CONFIG_SIZE, "1K", 1024 }, { CONFIG_SIZE, "32M", 33554432 },
		{ CONFIG_SIZE, "2G", UINT64_C(2147483648) }, { CONFIG_SIZE, "17179869183G", UINT64_C(17179869183) << 30 },
		{ CONFIG_TIME, "5ms", 5 }, { CONFIG_TIME, "5s", 5000 }, { CONFIG_TIME, "5m", 300000 },
		{ CONFIG_TIME, "2h", 7200000 }
	};
	static const struct {
		enum config_type type;
		const char *text;
	} bad[] = {
		{ CONFIG_NUMBER, "" }, { CONFIG_NUMBER, "-1" }, { CONFIG_NUMBER, "+1" }, { CONFIG_NUMBER, "0x1" },
		{ CONFIG_NUMBER, "1K" }, { CONFIG_NUMBER, "1.5" }, { CONFIG_NUMBER, " 1" }, { CONFIG_NUMBER, "1 " },
		{ CONFIG_NUMBER, "18446744073709551616" }, { CONFIG_NUMBER, "99999999999999999999999" },
		{ CONFIG_SIZE, "K" }, { CONFIG_SIZE, "1k" }, { CONFIG_SIZE, "1KB" }, { CONFIG_SIZE, "1 K" },
		{ CONFIG_SIZE, "1KK" }, { CONFIG_SIZE, "17179869184G" }, { CONFIG_SIZE, "1s" },
		{ CONFIG_TIME, "5" }, { CONFIG_TIME, "5M" }, { CONFIG_TIME, "ms" }, { CONFIG_TIME, "5124095576031h" }
	};
	uint64_t v;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		if (!config_number(good[i].type, good[i].text, &v) || v != good[i].value)
			fail_msg("%s", good[i].text);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (config_number(bad[i].type, bad[i].text, &v))
			fail_msg("%s", bad[i].text);
	}
}

static char *join(char *text, size_t size, const char *const *words, size_t count)
{
	size_t n = 0;

	for (size_t i = 0; i < count; i++)
		n += (size_t)snprintf(text + n, size - n, "%s%s", i ? " " : "", words[i]);
	return text;
}

/* What the table says, the rooms that take it say too. */
static void table_agrees(void **state)
{
	static const char *const types[] = { "stdout", "file", "syslog" };
	const char *names[16];
	char text[256];
	size_t n = 0;

	(void)state;
	const struct config_key *type = config_key_find(CONFIG_SECTION_output, SPAN("type"));
	const struct config_key *format = config_key_find(CONFIG_SECTION_output, SPAN("format"));
	const struct config_key *priority = config_key_find(CONFIG_SECTION_output, SPAN("priority"));
	assert_string_equal(type->choices, join(text, sizeof(text), types, 3));
	for (; encoders[n]; n++)
		names[n] = encoders[n]->name;
	assert_string_equal(format->choices, join(text, sizeof(text), names, n));
	for (n = 0; n < 8; n++)
		names[n] = priority_names[n].p;
	assert_string_equal(priority->choices, join(text, sizeof(text), names, n));
	assert_null(config_key_find(CONFIG_SECTION_select, SPAN("type")));
}

/* Every default is a good value, every range has two good ends, no key is there twice. */
static void table_is_sound(void **state)
{
	(void)state;
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		union {
			struct config_tiercel tiercel;
			struct config_audit audit;
			struct config_select select;
			struct config_list list;
			struct config_macro macro;
			struct config_rule rule;
			struct config_output output;
		} into;
		uint64_t v;
		if (k->initial)
			assert_int_equal(config_value_set(k, k->initial, &into), FAULT_NONE);
		if (k->type == CONFIG_NUMBER || k->type == CONFIG_SIZE || k->type == CONFIG_TIME ||
			k->type == CONFIG_RATE) {
			enum config_type type = k->type == CONFIG_RATE ? CONFIG_NUMBER : k->type;
			assert_true(k->low && config_number(type, k->low, &v));
			assert_true(k->high && config_number(type, k->high, &v));
		}
		assert_int_equal(k->type == CONFIG_CHOICE, k->choices != NULL);
		assert_true(config_sections[k->section].built);
		assert_ptr_equal(config_key_find(k->section, span_of(k->name, strlen(k->name))), k);
	}
}

/* The lines of the manual that the key's row of the table makes. */
static size_t manual_entry(const struct config_key *k, char *text, size_t size)
{
	static const char *const types[] = {
		[CONFIG_TEXT] = "text", [CONFIG_PATH] = "path", [CONFIG_LIST] = "list", [CONFIG_BOOL] = "yes | no",
		[CONFIG_NUMBER] = "number", [CONFIG_SIZE] = "size", [CONFIG_TIME] = "time",
		[CONFIG_CONDITION] = "condition", [CONFIG_OUTPUT] = "template", [CONFIG_RATE] = "rate"
	};
	size_t n = (size_t)snprintf(text, size, ".It Ic %s = ", k->name);

	for (const char *p = k->choices; p && *p && n + 4 < size; p++) {
		if (*p == ' ') {
			memcpy(text + n, " | ", 3);
			n += 3;
		} else {
			text[n++] = *p;
		}
	}
	n += (size_t)snprintf(text + n, size - n, "%s\n%c%s.\n", k->choices ? "" : types[k->type],
		k->meaning[0] >= 'a' && k->meaning[0] <= 'z' ? k->meaning[0] - ('a' - 'A') : k->meaning[0],
		k->meaning + 1);
	if (k->low)
		n += (size_t)snprintf(text + n, size - n, "From %s to %s.\n", k->low, k->high);
	if (k->initial)
		n += (size_t)snprintf(text + n, size - n, "Default: %s.\n", k->initial);
	return n;
}

/* Sections and keys of the manual are those of the table, in its order, word for word. */
static void manual_agrees(void **state)
{
	char name[4096], page[65536], entry[1024];
	const char *at, *sections;
	size_t items = 0;

	(void)state;
	snprintf(name, sizeof(name), "%s/man/tiercel.ini.5", top());
	config_kit_read(name, page, sizeof(page));
	at = sections = strstr(page, ".Sh SECTIONS AND KEYS\n");
	assert_non_null(at);
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		if (i == 0 || config_keys[i - 1].section != k->section) {
			const struct config_section_kind *s = &config_sections[k->section];
			snprintf(entry, sizeof(entry), ".Ss [%s%s%s]: %s\n", s->kind, s->name ? " " : "",
				s->name ? s->name : "", s->meaning);
			if (!(at = strstr(at, entry)))
				fail_msg("missing, or not in order:\n%s", entry);
		}
		manual_entry(k, entry, sizeof(entry));
		if (!(at = strstr(at, entry)))
			fail_msg("missing, or not in order:\n%s", entry);
	}
	for (at = sections; (at = strstr(at, "\n.It Ic ")) != NULL; at++)
		items++;
	assert_int_equal(items, config_key_count);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pairs),
		cmocka_unit_test(defaults),
		cmocka_unit_test(all_keys),
		cmocka_unit_test(outputs),
		cmocka_unit_test(syslog_outputs),
		cmocka_unit_test(rules),
		cmocka_unit_test(rates),
		cmocka_unit_test(includes),
		cmocka_unit_test(files_of_any_kind),
		cmocka_unit_test(odd_includes),
		cmocka_unit_test(long_names),
		cmocka_unit_test(units),
		cmocka_unit_test(table_agrees),
		cmocka_unit_test(table_is_sound),
		cmocka_unit_test(manual_agrees)
	};

	return cmocka_run_group_tests(tests, enter_configs, NULL);
}
