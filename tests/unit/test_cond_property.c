/*
 * Random conditions: parsed, printed and parsed again they are the same tree, and the tree holds where the text's own
 * logic does. COND_SEED=N runs one seed alone, COND_ROUNDS=N so many.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/clock.h"
#include "base/hash.h"
#include "cond_kit.h"
#include "cond_same.h"

#include <stdlib.h>

#define ROUNDS 5000
#define LETTERS 8 /* checks of the logic: fd.num = 0 .. 7 */

struct gen {
	uint64_t state;
	struct buf out;
};

static unsigned dice(struct gen *g, unsigned sides)
{
	g->state = hash_u64(g->state, HASH_A);
	return (unsigned)(g->state >> 33) % sides;
}

static void put(struct gen *g, const char *text)
{
	buf_text(&g->out, text);
}

/* --- logic --- */

static void blanks(struct gen *g)
{
	static const char *const some[] = { " ", "  ", "\n", " \t" };

	put(g, some[dice(g, 4)]);
}

/* Writes an expression; what it is for each of the 2^LETTERS assignments goes to truth. Level: 0 or, 1 and, 2 not. */
static void logic(struct gen *g, unsigned depth, unsigned level, bool *truth)
{
	bool other[1 << LETTERS];
	unsigned parts = level < 2 ? 1 + dice(g, 3) : 1;

	if (level == 2 && dice(g, 3) == 0) {
		put(g, "not ");
		logic(g, depth, 2, truth);
		for (unsigned i = 0; i < 1 << LETTERS; i++)
			truth[i] = !truth[i];
		return;
	}
	if (level == 2 && (depth == 0 || dice(g, 3) == 0)) {
		unsigned check = dice(g, LETTERS);
		buf_printf(&g->out, "fd.num = %u", check);
		for (unsigned i = 0; i < 1 << LETTERS; i++)
			truth[i] = i >> check & 1;
		return;
	}
	if (level == 2) {
		put(g, "(");
		logic(g, depth - 1, 0, truth);
		put(g, ")");
		return;
	}
	logic(g, depth, level + 1, truth);
	while (--parts) {
		blanks(g);
		put(g, level ? "and" : "or");
		blanks(g);
		logic(g, depth, level + 1, other);
		for (unsigned i = 0; i < 1 << LETTERS; i++)
			truth[i] = level ? truth[i] && other[i] : truth[i] || other[i];
	}
}

static bool holds(const struct cond_node *n, unsigned assignment)
{
	if (n->kind == COND_CHECK)
		return (assignment >> n->check->values[0].i64 & 1) != n->negated;
	for (size_t i = 0; i < n->count; i++)
		if (holds(n->part[i], assignment) == (n->kind == COND_OR))
			return n->kind == COND_OR;
	return n->kind == COND_AND;
}

/* Negations at checks only, no AND in an AND, no OR in an OR, no node of one part. */
static void assert_normal(const struct cond_node *n)
{
	if (n->kind == COND_CHECK)
		return;
	assert_true(n->count > 1);
	assert_false(n->negated);
	for (size_t i = 0; i < n->count; i++) {
		assert_int_not_equal(n->part[i]->kind, n->kind);
		assert_normal(n->part[i]);
	}
}

/* --- checks --- */

static void value(struct gen *g)
{
	static const char bare[] = "abcxyz0159_/.-*?[]{}<>!&|^$;:@#%~+\\`\xc3\xa9";
	static const char *const quoted[] = { " ", "\\n", "\\\\", "\\x00", "\\xfF", "'", "(", ")", "=", ",", "a", "\\\"", "\\/" };
	unsigned n = 1 + dice(g, 6);

	if (dice(g, 2)) {
		for (unsigned i = 0; i < n; i++)
			buf_putc(&g->out, bare[dice(g, sizeof(bare) - 1)]);
		return;
	}
	put(g, "\"");
	for (unsigned i = 0; i < n; i++)
		put(g, quoted[dice(g, sizeof(quoted) / sizeof(*quoted))]);
	put(g, "\"");
}

static void regex(struct gen *g)
{
	static const char *const parts[] = { "a", "b+", ".*", "[a-z]", "x|y", "\\.", "[[:alpha:]]?", "/" };

	for (unsigned n = 1 + dice(g, 4); n; n--)
		put(g, parts[dice(g, sizeof(parts) / sizeof(*parts))]);
}

static void number(struct gen *g)
{
	static const char *const forms[] = { "%u", "-%u", "0x%x", "\"%u\"" };

	buf_printf(&g->out, forms[dice(g, 4)], dice(g, 70000));
}

static void address(struct gen *g)
{
	if (dice(g, 2))
		buf_printf(&g->out, "%u.%u.0.%u/%u", dice(g, 256), dice(g, 256), dice(g, 256), dice(g, 33));
	else
		buf_printf(&g->out, "%x:%x::%x/%u", dice(g, 65536), dice(g, 65536), dice(g, 65536), dice(g, 129));
}

static void duration(struct gen *g)
{
	static const char *const units[] = { "", "ns", "us", "ms", "s", "m", "h", "d" };

	buf_printf(&g->out, "%u%s", dice(g, 1000), units[dice(g, 8)]);
}

static void hex(struct gen *g)
{
	for (unsigned n = 1 + dice(g, 4); n; n--)
		buf_printf(&g->out, "%02X", dice(g, 256));
}

static void boolean(struct gen *g)
{
	put(g, dice(g, 2) ? "true" : "false");
}

struct shape {
	const char *fields[6], *ops[12];
	unsigned field_count, op_count;
	void (*value)(struct gen *g);
};

static const struct shape shapes[] = {
	{ { "proc.name", "proc.aname", "proc.aname[2]", "evt.arg.flags", "tolower(basename(fd.name))", "audit.avc.tclass" },
	  { "=", "==", "!=", "contains", "icontains", "startswith", "endswith", "glob", "iglob" }, 6, 9, value },
	{ { "proc.name", "basename(fd.name)" }, { "regex" }, 2, 1, regex },
	{ { "proc.args", "proc.cmdline" }, { "bcontains", "bstartswith" }, 2, 2, hex },
	{ { "fd.num", "proc.apid", "user.uid", "audit.path[3].inode" }, { "=", "!=", "<", "<=", ">", ">=" }, 4, 6, number },
	{ { "fd.sip", "fd.snet" }, { "=", "!=" }, 2, 2, address },
	{ { "proc.duration", "evt.rawtime" }, { "<", ">", "=" }, 2, 3, duration },
	{ { "evt.failed" }, { "=", "!=" }, 1, 2, boolean },
};
static const struct shape several[] = {
	{ { "proc.name", "audit.keys", "proc.aexe" }, { "in", "intersects" }, 3, 2, value },
	{ { "fd.name", "toupper(proc.cwd)" }, { "pmatch", "contains anyof", "glob oneof" }, 2, 3, value },
	{ { "fd.name", "proc.aname" }, { "regex allof" }, 2, 1, regex },
	{ { "fd.num", "proc.apid[1]" }, { "in", "intersects" }, 2, 2, number },
	{ { "fd.sip", "fd.cip" }, { "in", "intersects" }, 2, 2, address },
	{ { "proc.args" }, { "bcontains allof", "bstartswith anyof" }, 1, 2, hex },
};
static const char *const plain[] = {
	"fd.name exists", "not audit.keys exists", "proc.name = val(proc.pname)", "len(fd.name) > val(fd.num)",
	"tolower(proc.name) != toupper(tolower(proc.pname))", "audit.msg.grantors startswith basename(proc.cwd)",
};

static void check(struct gen *g)
{
	unsigned kind = dice(g, 5);

	if (kind == 0) {
		put(g, plain[dice(g, sizeof(plain) / sizeof(*plain))]);
	} else if (kind < 3) {
		const struct shape *s = &shapes[dice(g, sizeof(shapes) / sizeof(*shapes))];
		buf_printf(&g->out, "%s %s ", s->fields[dice(g, s->field_count)], s->ops[dice(g, s->op_count)]);
		s->value(g);
	} else {
		const struct shape *s = &several[dice(g, sizeof(several) / sizeof(*several))];
		buf_printf(&g->out, "%s %s (", s->fields[dice(g, s->field_count)], s->ops[dice(g, s->op_count)]);
		for (unsigned n = 1 + dice(g, 5), i = 0; i < n; i++) {
			put(g, i ? dice(g, 2) ? "," : " , " : "");
			s->value(g);
		}
		put(g, ")");
	}
}

static void checks(struct gen *g, unsigned depth)
{
	for (unsigned n = 1 + dice(g, 3), i = 0; i < n; i++) {
		put(g, i ? dice(g, 2) ? " and " : " or " : "");
		put(g, dice(g, 3) ? "" : "not ");
		if (depth && dice(g, 2)) {
			put(g, "(");
			checks(g, depth - 1);
			put(g, ")");
		} else {
			check(g);
		}
	}
}

/* --- properties --- */

/* Parsed, printed, parsed again: the same. The first is the caller's to release. */
static void round_trip(const char *text, struct cond *c)
{
	static char out[262144];
	struct buf b = { .p = out, .cap = sizeof(out) - 1 };
	struct told told = { .count = 0 };
	struct cond again;

	if (cond_parse(c, NULL, text, 0, on_fault, &told))
		fail_msg("%s\n\tbyte %zu: %s", text, told.fault[0].at, told.fault[0].what);
	cond_print(c->root, &b);
	assert_false(b.full);
	out[b.n] = '\0';
	if (cond_parse(&again, NULL, out, 0, on_fault, &told))
		fail_msg("%s\n\tis printed as %s\n\tbyte %zu: %s", text, out, told.fault[0].at, told.fault[0].what);
	if (!same_cond(c->root, again.root))
		fail_msg("%s\n\tis printed as %s\n\twhich is another condition", text, out);
	cond_release(&again);
}

static struct gen begin(uint64_t seed, char *text, size_t size)
{
	struct gen g = { .state = seed, .out = { .p = text, .cap = size - 1 } };

	return g;
}

static void each(void (*one)(uint64_t seed))
{
	const char *seed = getenv("COND_SEED"), *rounds = getenv("COND_ROUNDS");
	uint64_t count = rounds ? strtoull(rounds, NULL, 0) : ROUNDS;

	if (seed)
		one(strtoull(seed, NULL, 0));
	for (uint64_t i = 0; !seed && i < count; i++)
		one(i);
}

static void one_logic(uint64_t seed)
{
	static char text[65536];
	static bool truth[1 << LETTERS];
	struct gen g = begin(seed, text, sizeof(text));
	struct cond c;

	logic(&g, 3, 0, truth);
	if (g.out.full)
		return;
	text[g.out.n] = '\0';
	round_trip(text, &c);
	assert_normal(c.root);
	for (unsigned i = 0; i < 1 << LETTERS; i++)
		if (holds(c.root, i) != truth[i])
			fail_msg("COND_SEED=%llu: %s is not %d for %#x", (unsigned long long)seed, text, truth[i], i);
	cond_release(&c);
}

static void one_check(uint64_t seed)
{
	static char text[65536];
	struct gen g = begin(~seed, text, sizeof(text));
	struct cond c;

	checks(&g, 3);
	if (g.out.full)
		return;
	text[g.out.n] = '\0';
	round_trip(text, &c);
	assert_normal(c.root);
	cond_release(&c);
}

static void the_tree_holds_where_the_text_does(void **state)
{
	(void)state;
	each(one_logic);
}

static void printed_is_the_same(void **state)
{
	(void)state;
	each(one_check);
}

/* 1,000 rules that share macros and lists. The bound is far off: it finds what is quadratic, not what is slow. */
static void many_rules_are_quick(void **state)
{
	enum { LISTS = 200, MACROS = 1000, RULES = 1000, ITEMS = 40 };
	static char items[LISTS][ITEMS * 16], conditions[MACROS][128], names[LISTS + MACROS][16];
	static struct cond_list_spec lists[LISTS];
	static struct cond_macro_spec macros[MACROS];
	struct cond_scope *s;
	char text[256];

	(void)state;
	for (int i = 0; i < LISTS; i++) {
		struct buf b = { .p = items[i], .cap = sizeof(items[i]) - 1 };
		for (int k = 0; k < ITEMS; k++)
			buf_printf(&b, "%sitem_%d_%d", k ? ", " : "", i, k);
		snprintf(names[i], sizeof(names[i]), "list_%d", i);
		lists[i] = (struct cond_list_spec){ names[i], items[i] };
	}
	for (int i = 0; i < MACROS; i++) {
		snprintf(names[LISTS + i], sizeof(names[i]), "macro_%d", i);
		snprintf(conditions[i], sizeof(conditions[i]), "evt.type in (open, openat) and proc.name in (list_%d)%s%s", i % LISTS,
			i % 10 ? " or " : "", i % 10 ? names[LISTS + i - 1] : "");
		macros[i] = (struct cond_macro_spec){ names[LISTS + i], conditions[i] };
	}
	int64_t start = clock_ns();
	assert_int_equal(cond_scope_new(&s, lists, LISTS, macros, MACROS, NULL, NULL), 0);
	for (int i = 0; i < RULES; i++) {
		struct cond c;
		snprintf(text, sizeof(text), "macro_%d and not (macro_%d or proc.pname in (list_%d, extra) or fd.name startswith "
			"/etc/) and user.uid != 0 and evt.arg.flags contains O_WRONLY", i, (i * 7) % MACROS, i % LISTS);
		assert_int_equal(cond_parse(&c, s, text, 0, NULL, NULL), 0);
		cond_release(&c);
	}
	cond_scope_free(s);
	int64_t took = (clock_ns() - start) / 1000;
	print_message("%d macros, %d lists and %d rules: %lld us\n", MACROS, LISTS, RULES, (long long)took);
	assert_true(took < 2000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_tree_holds_where_the_text_does), cmocka_unit_test(printed_is_the_same),
		cmocka_unit_test(many_rules_are_quick),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
