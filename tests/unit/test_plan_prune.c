/*
 * What may be left out: every golden log is read whole, and once more without the records of one type. A field that
 * changes must keep the type; and one that keeps it must change somewhere, or be known to have no example.
 */
#include "encode/message.h"
#include "rule/plan_prune.h"
#include "table/table.h"

#include "event_kit.h"
#include "plan_kit.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define DEPTH 4 /* ancestors looked at */
#define EVENTS 4096
enum { TEXT = FIELD_COUNT, COLUMNS };

/* Hash of what an event says, field by field; 0: nothing. Its texts die with it. */
struct said {
	uint64_t id;
	uint64_t is[COLUMNS];
};

struct run {
	unsigned without; /* type; 0: none */
	size_t count;
	struct said said[EVENTS];
};

static uint64_t hash_text(uint64_t h, const char *p, size_t n)
{
	while (n--)
		h = (h ^ (unsigned char)*p++) * UINT64_C(1099511628211);
	return h ? h : 1;
}

static uint64_t hash_value(uint64_t h, const struct value *v)
{
	static char text[1 << 20];
	struct buf b = { text, 0, sizeof(text), false };

	event_kit_print(&b, v);
	return hash_text(hash_text(h + 1, "=", 1), b.p, b.n);
}

static uint64_t hash_family(struct event *ev, int f)
{
	char name[64];
	struct value v;
	uint64_t h = 0;

	if (f == FIELD_AUDIT_ANY)
		for (uint32_t i = 0; i < ev->extra_count; i++)
			h = hash_value(hash_text(h, ev->extras[i].name.p, ev->extras[i].name.n), &ev->extras[i].value);
	if (f == FIELD_EVT_ARG && event_get(ev, FIELD_EVT_ARGS))
		for (uint32_t i = 0; i < ev->arg_count; i++)
			h = hash_value(hash_text(h, ev->args[i].name.p, ev->args[i].name.n), &ev->args[i].value);
	if (f == FIELD_AUDIT_PATH)
		for (uint32_t i = 0; i < ev->path_count; i++)
			for (int k = 0; k < PATH_KEY_COUNT; k++)
				if (ev->paths[i].present >> k & 1)
					h = hash_text(h + 1, ev->paths[i].value[k].p, ev->paths[i].value[k].n);
	if (!(fields[f].sets & SET_ASKED))
		return h;
	for (unsigned n = 0; n < DEPTH; n++) {
		snprintf(name, sizeof(name), "%s[%u]", fields[f].name.p, n);
		if (event_kit_get(ev, name, &v))
			h = hash_value(h + n, &v);
	}
	return h;
}

static uint64_t hash_message(struct event *ev)
{
	static const struct verdict verdict = { .priority = 5 };
	struct message m;
	struct span text;

	event_derive(ev, &message_fields);
	message_make(&m, ev, &verdict);
	text = message_join(&m, ev);
	return hash_text(1, text.p, text.n);
}

/* Did records get lost? What then tells is a matter of luck. */
static bool is_torn(struct event *ev)
{
	const struct value *v = event_get(ev, FIELD_EVT_INCOMPLETE);

	return v && !(v->n == 1 && span_eq(v->list[0], SPAN("dirfd")));
}

static void on_event(void *ctx, struct event *ev)
{
	struct run *run = ctx;
	struct said *s = &run->said[run->count];
	const struct value *v = event_get(ev, FIELD_EVT_ID);

	assert_true(run->count < EVENTS);
	if (ev->unreadable || (!run->without && is_torn(ev)))
		return;
	s->id = hash_text(hash_value(ev->group->end == GROUP_LATE, v), ev->group->node.p, ev->group->node.n);
	for (int f = 0; f < FIELD_COUNT; f++) {
		if (fields[f].type == TYPE_FAMILY) {
			s->is[f] = hash_family(ev, f);
		} else {
			v = event_get(ev, f);
			s->is[f] = v ? hash_value(1, v) : 0;
		}
	}
	s->is[TEXT] = hash_message(ev);
	run->count++;
}

/* Live, an EOE follows where a log has only the PROCTITLE to tell an event's end. */
static void feed(struct event_kit *k, unsigned without, const char *p, size_t n)
{
	struct record r;
	char *line = event_kit_hold(k, p, n);
	enum record_status status = record_from_line(&r, line, n);
	const char *colon = status == RECORD_OK ? memchr(p, ')', n) : NULL;
	const char *stamp = colon ? memmem(p, n, "audit(", 6) : NULL;
	char eoe[256];

	if (status != RECORD_OK || r.type != without) {
		event_kit_take(k, status, &r);
		return;
	}
	if (without != RECORD_TYPE_PROCTITLE || !stamp)
		return;
	colon = memchr(stamp, ')', (size_t)(p + n - stamp));
	n = (size_t)snprintf(eoe, sizeof(eoe), "type=EOE msg=%.*s): ", (int)(colon - stamp), stamp);
	event_kit_line(k, eoe, n);
}

static char *read_file(const char *path, size_t *n)
{
	char *text = malloc(1 << 22);
	FILE *f = fopen(path, "r");

	assert_non_null(text);
	assert_non_null(f);
	*n = fread(text, 1, 1 << 22, f);
	fclose(f);
	return text;
}

static void read_log(struct run *run, const char *text, size_t n)
{
	struct event_kit k = { .on_event = on_event, .ctx = run };

	run->count = 0;
	event_kit_start(&k, NULL);
	while (n) {
		const char *end = memchr(text, '\n', n);
		size_t len = end ? (size_t)(end - text) : n, step = len + (end != NULL);

		feed(&k, run->without, text, len);
		text += step;
		n -= step;
	}
	event_kit_end(&k);
}

static struct said *find(struct run *run, uint64_t id)
{
	for (size_t i = 0; i < run->count; i++)
		if (run->said[i].id == id)
			return &run->said[i];
	return NULL;
}

/* Records that may be left out, and for each what asked for keeps it. */
#define TYPES_MAX 32
static struct {
	unsigned type;
	bool keeps[COLUMNS], changed[COLUMNS];
} types[TYPES_MAX];
static size_t type_count;

/* By what plan_prune() does, not by its table. */
static void ask(int column)
{
	struct plan_needs needs = { .text = column == TEXT };
	struct plan *plan = plan_new();
	bool pruned[2048] = { false };

	if (column >= 0 && column < FIELD_COUNT)
		field_set_add(&needs.fields, column);
	assert_int_equal(plan_prune(plan, &needs), 0);
	for (size_t i = 0; i < plan->count; i++) {
		unsigned type = plan_prunes(&plan->rules[i]);

		assert_int_not_equal(type, 0);
		pruned[type] = true;
		if (column < 0)
			types[type_count++].type = type;
	}
	for (size_t i = 0; i < type_count && column >= 0; i++)
		types[i].keeps[column] = !pruned[types[i].type];
	plan_free(plan);
}

static const char *column_name(int column)
{
	return column == TEXT ? "the default text" : fields[column].name.p;
}

/* These tell how the event was put together. */
static bool is_exempt(int column)
{
	return column == FIELD_EVT_NUM || column == FIELD_EVT_INCOMPLETE || column == FIELD_EVT_TRUNCATED;
}

static unsigned compare(const char *log, struct run *whole, struct run *part, size_t t)
{
	unsigned wrong = 0;

	for (size_t i = 0; i < part->count; i++) {
		struct said *now = &part->said[i], *before = find(whole, now->id);

		for (int c = 0; c < COLUMNS && before; c++) {
			if (is_exempt(c) || before->is[c] == now->is[c])
				continue;
			types[t].changed[c] = true;
			if (types[t].keeps[c])
				continue;
			print_error("%s: without %u, %s changes\n", log, types[t].type, column_name(c));
			wrong++;
		}
	}
	return wrong;
}

static unsigned try_log(const char *path)
{
	static struct run whole, part;
	unsigned wrong = 0;
	size_t n;
	char *text = read_file(path, &n);

	whole.without = 0;
	read_log(&whole, text, n);
	for (size_t t = 0; t < type_count; t++) {
		part.without = types[t].type;
		read_log(&part, text, n);
		wrong += compare(path, &whole, &part, t);
	}
	free(text);
	return wrong;
}

static unsigned try_set(const char *set)
{
	char dir[4096], path[8192];
	struct dirent *e;
	unsigned wrong = 0, logs = 0;
	DIR *d;

	snprintf(dir, sizeof(dir), "%s/tests/golden/%s", getenv("top_srcdir"), set);
	d = opendir(dir);
	assert_non_null(d);
	while ((e = readdir(d))) {
		size_t n = strlen(e->d_name);

		if (n < 4 || strcmp(e->d_name + n - 4, ".log") != 0)
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		wrong += try_log(path);
		logs++;
	}
	closedir(d);
	assert_true(logs > 10);
	return wrong;
}

/* What keeps a type though no log shows it: odd pairs in records of one value, names below openat2's directory ... */
static bool has_no_example(unsigned type, int column)
{
	static const struct {
		unsigned type;
		int column;
	} known[] = {
		{ 1302, FIELD_EVT_IS_OPEN_EXEC }, { 1307, FIELD_FD_FILENAME }, { 1337, FIELD_FD_NAME },
		{ 1337, FIELD_FD_DIRECTORY }, { 1337, FIELD_FD_FILENAME }, { 1337, FIELD_EVT_ABSPATH }, { 1337, TEXT },
		{ 1302, FIELD_AUDIT_ANY }, { 1306, FIELD_AUDIT_ANY }, { 1307, FIELD_AUDIT_ANY },
		{ 1309, FIELD_AUDIT_ANY }, { 1323, FIELD_AUDIT_ANY }, { 1327, FIELD_AUDIT_ANY },
		{ 1337, FIELD_AUDIT_ANY },
	};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].type == type && known[i].column == column)
			return true;
	return false;
}

/* No log has one: their pairs are all that they tell, as those of their like do. */
static bool is_unseen(unsigned type)
{
	return type == 1315 || type == 1321;
}

static unsigned find_idle(void)
{
	unsigned idle = 0;

	for (size_t t = 0; t < type_count; t++)
		for (int c = 0; c < COLUMNS; c++) {
			if (!types[t].keeps[c] || types[t].changed[c] || has_no_example(types[t].type, c) ||
				is_unseen(types[t].type))
				continue;
			print_error("%u is kept for %s, which never changed\n", types[t].type, column_name(c));
			idle++;
		}
	return idle;
}

static void test_its_fields_change_and_no_other(void **state)
{
	static const char *const sets[] = { "linux-6.1", "rhel6", "rhel7", "other" };
	unsigned wrong = 0;

	(void)state;
	ask(-1);
	for (int c = 0; c < COLUMNS; c++)
		ask(c);
	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		wrong += try_set(sets[i]);
	assert_int_equal(wrong, 0);
	assert_int_equal(find_idle(), 0);
}

static size_t count_pruned(const struct plan_needs *needs)
{
	struct plan *plan = plan_new();
	size_t n;

	assert_int_equal(plan_prune(plan, needs), 0);
	n = plan->count;
	assert_int_equal(plan->note_count, n);
	for (size_t i = 0; i < n; i++) {
		assert_int_equal(plan->rules[i].list, WIRE_LIST_EXCLUDE);
		assert_null(plan->rules[i].key);
		assert_int_not_equal(plan_prunes(&plan->rules[i]), RECORD_TYPE_SYSCALL);
		assert_int_not_equal(plan_prunes(&plan->rules[i]), RECORD_TYPE_EOE);
	}
	plan_free(plan);
	return n;
}

static void test_asked_for(void **state)
{
	struct plan_needs needs = { .raw = false };
	size_t all = count_pruned(&needs);

	(void)state;
	assert_true(all > 15);
	needs.types[RECORD_TYPE_PATH] = true;
	assert_int_equal(count_pruned(&needs), all - 1);
	needs.raw = true;
	assert_int_equal(count_pruned(&needs), 0);
}

/* The words are for people who ask what the kernel is told. */
static void test_words(void **state)
{
	struct plan_needs needs = { .raw = false };
	struct plan *plan = plan_new();
	char line[256];
	struct buf b = { line, 0, sizeof(line) - 1, false };

	(void)state;
	memset(needs.types, true, sizeof(needs.types));
	needs.types[RECORD_TYPE_CWD] = needs.types[RECORD_TYPE_PROCTITLE] = false;
	assert_int_equal(plan_prune(plan, &needs), 0);
	assert_int_equal(plan->count, 2);
	plan_kit_print(plan, &b);
	line[b.n] = '\0';
	assert_string_equal(line, "-a always,exclude -F msgtype!=1953653553 -F msgtype=1307\n"
		"-a always,exclude -F msgtype!=1953653553 -F msgtype=1327\n");
	assert_int_equal(plan->notes[1].section, PLAN_NO_SECTION);
	assert_string_equal(plan->notes[1].what, "PROCTITLE records are left out by the kernel: nobody looks at what they "
		"tell (proc.args, proc.cmdline, proc.cmdnargs and the like)");
	plan_free(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_its_fields_change_and_no_other),
		cmocka_unit_test(test_asked_for),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
