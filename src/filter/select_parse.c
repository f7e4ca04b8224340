#include "base/nearest.h"
#include "filter/glob.h"
#include "filter/select_part.h"
#include "filter/words.h"
#include "table/syscall.h"
#include "table/table.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define UNSET (-1)
#define ID_MAX INT64_C(4294967294) /* the number above is unset */

struct parse {
	struct select_part *part;
	const struct select_spec *spec;
	size_t index;
	select_report *report;
	void *ctx;
	int rc;
};

/* %.*s of a word in a message: long ones are cut. */
#define WORD(s) (int)((s).n < 64 ? (s).n : 64), (s).p

static void __attribute__((format(printf, 5, 6)))
fault(struct parse *ps, bool warning, enum select_key key, size_t column, const char *fmt, ...)
{
	struct select_fault f = { .spec = ps->index, .key = key, .warning = warning, .column = column };
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f.what, sizeof(f.what), fmt, ap);
	va_end(ap);
	if (ps->report)
		ps->report(ps->ctx, &f);
	if (!warning && ps->rc == 0)
		ps->rc = -EINVAL;
}

/* "CAUSE 'word'", and "; did you mean 'x'?" where a known word is near. */
static void unknown(struct parse *ps, enum select_key key, size_t column, const char *cause, const struct nearest *n)
{
	if (n->best.p)
		fault(ps, false, key, column, "%s '%.*s'; did you mean '%.*s'?", cause, WORD(n->word), WORD(n->best));
	else
		fault(ps, false, key, column, "%s '%.*s'", cause, WORD(n->word));
}

static size_t commas(const char *text)
{
	size_t n = 0;

	while ((text = strchr(text, ',')) != NULL) {
		text++;
		n++;
	}
	return n;
}

/* Room for one item a word; NULL and rc -ENOMEM where there is none. */
static void *room(struct parse *ps, size_t items, size_t size)
{
	void *p = calloc(items, size);

	if (!p)
		ps->rc = -ENOMEM;
	return p;
}

/* Decimal digits only, at most `max`. */
static bool number(struct span s, int64_t max, int64_t *out)
{
	int64_t v = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		v = v * 10 + (s.p[i] - '0');
		if (v > max)
			return false;
	}
	*out = v;
	return s.n > 0;
}

static struct span behind(struct span s, size_t n)
{
	return span_of(s.p + n, s.n - n);
}

static void set_bit(uint64_t *bits, size_t i)
{
	bits[i / 64] |= UINT64_C(1) << (i % 64);
}

static void add_group(struct parse *ps, struct call_set *set, struct span word, size_t column)
{
	struct nearest near = { .word = word };

	for (unsigned i = 0; i < syscall_group_count(); i++) {
		const struct syscall_group *g = syscall_group_at(i);
		if (span_eq(g->name, word)) {
			for (unsigned k = 0; k < g->count; k++) {
				bool open = syscall_by_id(g->ids[k])->kind == CALL_OPEN;
				set_bit(g->opens_write && open ? set->write_bit : set->bit, g->ids[k]);
			}
			return;
		}
		nearest_offer(&near, g->name);
	}
	unknown(ps, SELECT_SYSCALLS, column, "unknown group of system calls", &near);
}

static void add_name(struct parse *ps, struct call_set *set, struct span word, size_t column)
{
	const struct syscall_info *call = syscall_by_name(word);
	struct nearest near = { .word = word };

	if (call) {
		set_bit(set->bit, call->id);
		if (syscall_is_socketcall(call) || syscall_is_ipc(call))
			fault(ps, true, SELECT_SYSCALLS, column,
				"'%.*s' never comes: its events bear the name of the call inside, such as connect",
				WORD(word));
		return;
	}
	for (unsigned i = 0; i < syscall_count(); i++)
		nearest_offer(&near, syscall_name(syscall_by_id(i)));
	if (memchr(word.p, ' ', word.n) || memchr(word.p, '\t', word.n))
		fault(ps, false, SELECT_SYSCALLS, column, "'%.*s' is no system call: words are set apart by commas",
			WORD(word));
	else
		unknown(ps, SELECT_SYSCALLS, column, "unknown system call", &near);
}

static void add_call(struct parse *ps, struct span word, size_t column)
{
	bool minus = word.n && word.p[0] == '!';
	struct call_set *set = minus ? &ps->part->not_calls : &ps->part->calls;
	int64_t nr;

	if (minus)
		word = behind(word, 1);
	if (word.n == 0)
		fault(ps, false, SELECT_SYSCALLS, column, minus ? "'!' needs a name behind it" :
			"an empty word: a comma too many");
	else if (span_eq(word, SPAN("all")) && minus)
		fault(ps, false, SELECT_SYSCALLS, column, "'!all' would leave nothing");
	else if (span_eq(word, SPAN("all")))
		set->all = true;
	else if (word.p[0] == '@')
		add_group(ps, set, word, column);
	else if (number(word, INT32_MAX, &nr) ||
		(span_starts(word, SPAN("syscall_")) && number(behind(word, 8), INT32_MAX, &nr)))
		set->numbers[set->number_count++] = nr;
	else
		add_name(ps, set, word, column);
}

static bool call_set_empty(const struct call_set *set, const struct call_set *without)
{
	for (unsigned i = 0; i < syscall_count(); i++) {
		bool any = select_bit(set->bit, i), writes = select_bit(set->write_bit, i);
		if (select_bit(without->bit, i))
			continue;
		if (any || (writes && !select_bit(without->write_bit, i)))
			return false;
	}
	return !set->all && set->number_count == 0;
}

static bool call_set_init(struct parse *ps, struct call_set *set, size_t words)
{
	set->bit = room(ps, syscall_count() / 64 + 1, sizeof(*set->bit));
	set->write_bit = room(ps, syscall_count() / 64 + 1, sizeof(*set->write_bit));
	set->numbers = room(ps, words, sizeof(*set->numbers));
	return ps->rc != -ENOMEM;
}

static void parse_calls(struct parse *ps, const char *text)
{
	struct select_part *part = ps->part;
	struct words w = { .text = text };
	struct span word;
	bool only_minus = true;

	if (!call_set_init(ps, &part->calls, commas(text) + 1) || !call_set_init(ps, &part->not_calls,
		commas(text) + 1))
		return;
	while (words_next(&w, &word)) {
		only_minus = only_minus && word.n && word.p[0] == '!';
		add_call(ps, word, w.column);
	}
	if (ps->rc)
		return;
	if (only_minus)
		fault(ps, false, SELECT_SYSCALLS, 0,
			"only words with '!': nothing to take them from; write 'all, %s'", text);
	else if (call_set_empty(&part->calls, &part->not_calls))
		fault(ps, true, SELECT_SYSCALLS, 0, "selects nothing: '!' takes away every call that is named");
}

static void add_type(struct parse *ps, struct span word, size_t column)
{
	struct nearest near = { .word = word };
	char upper[64];
	int64_t type;

	if (word.n == 0) {
		fault(ps, false, SELECT_TYPES, column, "an empty word: a comma too many");
		return;
	}
	if (word.p[0] >= '0' && word.p[0] <= '9') {
		if (!number(word, SELECT_TYPE_BITS - 1, &type) || type == 0) {
			fault(ps, false, SELECT_TYPES, column, "'%.*s' is no record type: numbers go from 1 to 65535",
				WORD(word));
			return;
		}
	} else {
		for (size_t i = 0; i < word.n && i < sizeof(upper); i++)
			upper[i] = word.p[i] >= 'a' && word.p[i] <= 'z' ? (char)(word.p[i] - ('a' - 'A')) : word.p[i];
		type = word.n <= sizeof(upper) ? record_type_find(upper, word.n) : -1;
	}
	if (type >= 0) {
		set_bit(ps->part->types, (size_t)type);
	} else if (span_eq(word, SPAN("all"))) {
		fault(ps, false, SELECT_TYPES, column,
			"no 'all' here: 'syscalls = all' selects every event of any kind");
	} else {
		for (unsigned i = 1000; i < 3000; i++)
			nearest_offer(&near, record_type_lower(i));
		unknown(ps, SELECT_TYPES, column, "unknown record type", &near);
	}
}

static void parse_types(struct parse *ps, const char *text)
{
	struct words w = { .text = text };
	struct span word;

	ps->part->types = room(ps, SELECT_TYPE_BITS / 64, sizeof(uint64_t));
	while (ps->part->types && words_next(&w, &word))
		add_type(ps, word, w.column);
}

/* Names in events begin with a slash, but for sockets (client->server, @abstract). */
static bool pattern_hopeless(struct span s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i - 1] == '-' && s.p[i] == '>')
			return false;
	}
	return s.p[0] != '/' && s.p[0] != '@' && !span_starts(s, SPAN("**"));
}

static void parse_patterns(struct parse *ps, enum select_key key, const char *text, struct span_list *list)
{
	struct words w = { .text = text };
	struct span word;

	list->word = room(ps, commas(text) + 1, sizeof(*list->word));
	while (list->word && words_next(&w, &word)) {
		const char *wrong = glob_fault(word);
		if (wrong && word.n)
			fault(ps, false, key, w.column, "'%.*s': %s", WORD(word), wrong);
		else if (wrong)
			fault(ps, false, key, w.column, "%s", wrong);
		else if (pattern_hopeless(word))
			fault(ps, true, key, w.column,
				"'%.*s' never matches: names are absolute; write '/%.*s' or '**/%.*s'",
				WORD(word), WORD(word), WORD(word));
		list->word[list->count++] = word;
	}
}

enum id_op { OP_EQ, OP_NE, OP_GE, OP_LE, OP_GT, OP_LT, OP_RANGE };

/* N, unset, or the number that stands for it. */
static bool id_value(struct span s, int64_t *out)
{
	*out = UNSET;
	return span_eq(s, SPAN("unset")) || span_eq(s, SPAN("-1")) || span_eq(s, SPAN("4294967295")) || number(s,
		ID_MAX, out);
}

static bool id_term(struct span s, enum id_op *op, struct id_range *r)
{
	static const struct {
		struct span sign;
		enum id_op op;
	} ops[] = {
		{ { "!=", 2 }, OP_NE }, { { ">=", 2 }, OP_GE }, { { "<=", 2 }, OP_LE },
		{ { ">", 1 }, OP_GT }, { { "<", 1 }, OP_LT }, { { "=", 1 }, OP_EQ }
	};
	const char *dash = s.n > 1 ? memchr(s.p + 1, '-', s.n - 1) : NULL;

	*op = OP_EQ;
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (!span_starts(s, ops[i].sign))
			continue;
		*op = ops[i].op;
		s = behind(s, ops[i].sign.n);
		while (s.n && word_blank(s.p[0]))
			s = behind(s, 1);
		dash = NULL;
		break;
	}
	if (dash) {
		*op = OP_RANGE;
		return number(span_of(s.p, (size_t)(dash - s.p)), ID_MAX, &r->low) &&
			number(behind(s, (size_t)(dash - s.p) + 1), ID_MAX, &r->high);
	}
	if (!id_value(s, &r->low))
		return false;
	r->high = r->low;
	return r->low != UNSET || *op == OP_EQ || *op == OP_NE;
}

static void id_add(struct id_test *t, enum id_op op, struct id_range r)
{
	/* An order speaks of numbers: unset, below them all, drops out. */
	if (op == OP_GE || op == OP_LE || op == OP_GT || op == OP_LT)
		t->within.low = t->within.low < 0 ? 0 : t->within.low;
	int64_t low = op == OP_GT ? r.low + 1 : op == OP_GE ? r.low : t->within.low;
	int64_t high = op == OP_LT ? r.high - 1 : op == OP_LE ? r.high : t->within.high;

	if (op == OP_NE)
		t->none[t->none_count++] = r.low;
	else if (op == OP_EQ || op == OP_RANGE)
		t->any[t->any_count++] = r;
	t->within.low = low > t->within.low ? low : t->within.low;
	t->within.high = high < t->within.high ? high : t->within.high;
}

/* Ids left between low and high once != has had its say? The test can only hold if so. */
static bool id_range_left(const struct id_test *t, struct id_range r)
{
	int64_t low = r.low > t->within.low ? r.low : t->within.low;
	int64_t high = r.high < t->within.high ? r.high : t->within.high;
	int64_t gone = 0;

	for (size_t i = 0; i < t->none_count; i++) {
		bool again = false;
		for (size_t k = 0; k < i; k++)
			again = again || t->none[k] == t->none[i];
		gone += !again && t->none[i] >= low && t->none[i] <= high;
	}
	return high - low + 1 > gone;
}

static bool id_test_left(const struct id_test *t)
{
	bool left = t->any_count == 0 && id_range_left(t, t->within);

	for (size_t i = 0; i < t->any_count; i++)
		left = left || id_range_left(t, t->any[i]);
	return left;
}

static void parse_ids(struct parse *ps, enum select_key key, const char *text, struct id_test *t)
{
	struct words w = { .text = text };
	size_t words = commas(text) + 1;
	struct id_range r;
	struct span word;
	enum id_op op;
	bool good = true;

	t->there = true;
	t->within = (struct id_range){ UNSET, ID_MAX };
	t->any = room(ps, words, sizeof(*t->any));
	t->none = room(ps, words, sizeof(*t->none));
	while (t->any && t->none && words_next(&w, &word)) {
		bool known = id_term(word, &op, &r);
		if (!known)
			fault(ps, false, key, w.column,
				"'%.*s' is no id: write N, N-M, unset, or = != >= <= > < and a number", WORD(word));
		else if (r.low > r.high)
			fault(ps, false, key, w.column, "'%.*s': the first number is the greater one", WORD(word));
		else
			id_add(t, op, r);
		good = good && known;
	}
	if (good && ps->rc != -ENOMEM && !id_test_left(t))
		fault(ps, true, key, 0, "never holds: no id fits '%s'", text);
}

/* Could any of the calls have a name of a file or a socket? */
static bool calls_have_paths(const struct call_set *set)
{
	bool some = set->all || set->number_count;

	for (unsigned i = 0; i < syscall_count() && !some; i++) {
		unsigned kind = syscall_by_id(i)->kind;
		some = select_bit(set->write_bit, i) ||
			(select_bit(set->bit, i) && kind != CALL_PLAIN && kind != CALL_SOCKET);
	}
	return some;
}

static void check_whole(struct parse *ps)
{
	const char *const *text = ps->spec->text;

	if (!text[SELECT_SYSCALLS] && !text[SELECT_TYPES])
		fault(ps, false, SELECT_SECTION, 0,
			"says neither 'syscalls' nor 'types'; 'syscalls = all' selects every event of any kind");
	else if (ps->rc == 0 && text[SELECT_PATH] && !text[SELECT_TYPES] && !calls_have_paths(&ps->part->calls))
		fault(ps, true, SELECT_PATH, 0, "never matches: none of the calls in 'syscalls' has a path");
}

int select_part_parse(struct select_part *part, const struct select_spec *spec, size_t index, select_report *report,
	void *ctx)
{
	struct parse ps = { .part = part, .spec = spec, .index = index, .report = report, .ctx = ctx };

	part->success = spec->success;
	if (spec->name && !(part->name = strdup(spec->name)))
		return -ENOMEM;
	for (int i = 0; i < SELECT_TEXTS; i++) {
		if (spec->text[i] && !(part->copy[i] = strdup(spec->text[i])))
			return -ENOMEM;
	}
	if (part->copy[SELECT_SYSCALLS])
		parse_calls(&ps, part->copy[SELECT_SYSCALLS]);
	if (part->copy[SELECT_TYPES])
		parse_types(&ps, part->copy[SELECT_TYPES]);
	if (part->copy[SELECT_PATH])
		parse_patterns(&ps, SELECT_PATH, part->copy[SELECT_PATH], &part->path);
	if (part->copy[SELECT_EXE])
		parse_patterns(&ps, SELECT_EXE, part->copy[SELECT_EXE], &part->exe);
	if (part->copy[SELECT_UID])
		parse_ids(&ps, SELECT_UID, part->copy[SELECT_UID], &part->uid);
	if (part->copy[SELECT_AUID])
		parse_ids(&ps, SELECT_AUID, part->copy[SELECT_AUID], &part->auid);
	check_whole(&ps);
	return ps.rc;
}

void select_part_release(struct select_part *part)
{
	free(part->calls.bit);
	free(part->calls.write_bit);
	free(part->calls.numbers);
	free(part->not_calls.bit);
	free(part->not_calls.write_bit);
	free(part->not_calls.numbers);
	free(part->types);
	free(part->path.word);
	free(part->exe.word);
	free(part->uid.any);
	free(part->uid.none);
	free(part->auid.any);
	free(part->auid.none);
	for (int i = 0; i < SELECT_TEXTS; i++)
		free(part->copy[i]);
	free(part->name);
}
