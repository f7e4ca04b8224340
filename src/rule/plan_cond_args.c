/* Checks of a call's arguments: of the register that has it, as far as what is shown follows from 32 bits of it. */
#include "rule/plan_cond_part.h"

#include "table/table.h"

static const char not_whole[] = "the kernel compares whole numbers";
static const char no_register[] = "the kernel does not test what a pointer leads to";

/* What the register must be: free, where the kernel can't tell. */
struct demand {
	bool free, never; /* never: no number is shown so */
	struct plan_set set;
	struct plan_bits bits;
	const char *why;
};

static void set_free(struct demand *d, const char *why)
{
	memset(d, 0, sizeof(*d));
	d->free = true;
	d->set = plan_set_all();
	d->why = why;
}

/* A number as `as` shows it; more than it would show are read. False: none. */
static bool read_number(struct span text, unsigned base, uint64_t *out)
{
	static const char digits[] = "0123456789abcdef";
	bool minus = base == 10 && text.n > 1 && text.p[0] == '-';
	uint64_t v = 0;

	if (text.n <= minus || text.n > 24)
		return false;
	for (size_t i = minus; i < text.n; i++) {
		char c = cond_lower(text.p[i]);
		const char *digit = c ? memchr(digits, c, base) : NULL;

		if (!digit)
			return false;
		v = v * base + (uint64_t)(digit - digits);
	}
	*out = minus ? 0 - v : v;
	return true;
}

/* Numbers of 32 bits: what is not shown so is another one. */
static bool is_whole(unsigned as)
{
	return as == AS_INT || as == AS_UINT || as == AS_FD || as == AS_DIRFD || as == AS_ID || as == AS_ENUM;
}

/* Does decode() of norm_args.c show the number by just this text? A name has been looked for. */
static bool is_shown(unsigned as, uint32_t v, struct span text)
{
	char room[16];
	struct buf b = { room, 0, sizeof(room), false };

	if (as == AS_UINT || (as == AS_ID && v != UINT32_MAX))
		buf_put_u64(&b, v);
	else
		buf_put_i64(&b, (int32_t)v);
	return span_eq(span_of(b.p, b.n), text);
}

/* The number, cut to 32 bits, that is shown as this text; false: none. */
static bool shown_number(unsigned as, struct span text, uint32_t *out)
{
	uint64_t v = 0;
	bool ok;

	if (as == AS_DIRFD && span_eq(text, SPAN("AT_FDCWD"))) {
		*out = (uint32_t)-100;
		return true;
	}
	if (as == AS_HEX)
		ok = span_starts(text, SPAN("0x")) && read_number(span_of(text.p + 2, text.n - 2), 16, &v);
	else
		ok = read_number(text, as == AS_OCTAL ? 8 : 10, &v);
	*out = (uint32_t)v;
	return ok && (!is_whole(as) || (is_shown(as, *out, text) && !(as == AS_DIRFD && *out == (uint32_t)-100)));
}

static void of_number(const struct plan_literal *l, unsigned as, struct demand *d)
{
	const struct cond_check *c = l->check;
	uint32_t v;

	if (!plan_cond_is_equal(c) && !(c->op == COND_NOT_EQUAL && is_whole(as) && plan_cond_is_plain(c))) {
		set_free(d, c->op == COND_EXISTS ? NULL : not_whole);
		return;
	}
	d->set = plan_set_none();
	for (size_t i = 0; i < c->count; i++)
		if (shown_number(as, c->values[i].text, &v))
			plan_set_add(&d->set, v, v);
	if (c->op == COND_NOT_EQUAL)
		plan_set_not(&d->set);
	d->never = d->set.count == 0;
	d->why = d->set.widened ? not_whole : NULL;
}

/* Names of the table of which the check is true, and numbers without a name, shown in decimal. */
static void of_enum(const struct plan_literal *l, enum enum_table table, struct demand *d)
{
	const struct cond_check *c = l->check;
	struct plan_set named = plan_set_none();
	struct span name;
	uint32_t number;

	d->set = plan_set_none();
	for (unsigned i = 0; (name = enum_at(table, i, &number)).n; i++) {
		plan_set_add(&named, number, number);
		if (plan_cond_may(l, name))
			plan_set_add(&d->set, number, number);
	}
	if (plan_cond_is_equal(c)) {
		for (size_t i = 0; i < c->count; i++)
			if (shown_number(AS_INT, c->values[i].text, &number) && !enum_name(table, (int32_t)number).n)
				plan_set_add(&d->set, number, number);
	} else if (c->op == COND_NOT_EQUAL && plan_cond_is_plain(c)) {
		struct plan_literal equal = *l;
		struct cond_check same = *c;

		equal.check = &same;
		same.op = COND_EQUAL;
		of_enum(&equal, table, d);
		plan_set_not(&d->set);
	} else if (plan_cond_may_like(l, SPAN(""), "0123456789-")) {
		plan_set_not(&named);
		for (unsigned i = 0; i < named.count; i++)
			plan_set_add(&d->set, named.range[i].low, named.range[i].high);
	}
	d->never = d->set.count == 0;
	d->why = d->set.widened ? not_whole : NULL;
}

/* The longest run of bytes that stands in every text of which the check with this value is true. */
static struct span piece_of(enum cond_op op, struct span value)
{
	const char *ends = op == COND_GLOB || op == COND_IGLOB ? "|*?[]\\" : "|";
	struct span best = { NULL, 0 };

	for (size_t i = 0; i < value.n;) {
		size_t start = i;

		while (i < value.n && value.p[i] && !strchr(ends, value.p[i]))
			i++;
		if (i - start > best.n)
			best = span_of(value.p + start, i - start);
		i++;
	}
	/* what is in a bracket is no run */
	return strchr(ends, '[') && memchr(value.p, '[', value.n) ? span_of(NULL, 0) : best;
}

/* Could a number that stands behind the names of flags have it? */
static bool is_digits(struct span piece, bool fold)
{
	for (size_t i = 0; i < piece.n; i++)
		if (!strchr("0123456789abcdefx", fold ? cond_lower(piece.p[i]) : piece.p[i]))
			return false;
	return true;
}

/* The flags whose names have the piece. False: the text may have it where no bit tells. */
static bool flags_with(struct span piece, bool fold, enum flags_table table, int arch, struct demand *d,
	unsigned *count)
{
	struct span name;
	uint64_t bits;

	if (piece.n == 0 || is_digits(piece, fold))
		return false;
	for (unsigned i = 0; (name = flags_at(table, arch, i, &bits)).n; i++) {
		if (!(fold ? cond_icontains(name, piece) : cond_contains(name, piece)))
			continue;
		if ((uint32_t)bits == 0)
			return false;
		d->bits.all = *count == 0 || (d->bits.all && d->bits.mask == (uint32_t)bits);
		d->bits.mask |= (uint32_t)bits;
		++*count;
	}
	return true;
}

/*
 * Flags are shown by name, one after the other: a text that has a part of a name has at least one of the flags with
 * such a name.
 */
static void of_flags(const struct plan_literal *l, enum flags_table table, int arch, struct demand *d)
{
	const struct cond_check *c = l->check;
	bool fold = c->op == COND_ICONTAINS || c->op == COND_IGLOB, alone = c->count == 1;
	unsigned count = 0;

	d->set = plan_set_all();
	if (!plan_cond_is_plain(c) || c->count == 0 || c->op == COND_NOT_EQUAL || c->op == COND_REGEX ||
		c->op == COND_PMATCH || c->op == COND_EXISTS || c->op == COND_BCONTAINS || c->op == COND_BSTARTSWITH) {
		set_free(d, c->op == COND_EXISTS ? NULL : "the kernel tests bits, not their names");
		return;
	}
	for (size_t i = 0; i < c->count; i++) {
		struct span piece = piece_of(c->op, c->values[i].text);

		alone = alone && piece.n == c->values[i].text.n;
		if (!flags_with(piece, fold, table, arch, d, &count)) {
			set_free(d, "the kernel tests bits that are set");
			return;
		}
	}
	d->never = count == 0;
	d->why = count == 1 && alone && c->op == COND_CONTAINS ? NULL : "the kernel tests bits: one of those with such a name";
}

static void demand_of(const struct plan_literal *l, const struct plan_place *p, struct demand *d)
{
	memset(d, 0, sizeof(*d));
	if (p->from == ARG_A4 || p->from == ARG_A5 || p->as >= AS_PATH)
		set_free(d, l->check->op == COND_EXISTS ? NULL : p->as >= AS_PATH ? no_register :
			"the kernel tests the first four arguments");
	else if (p->as == AS_FLAGS)
		of_flags(l, (enum flags_table)p->table, p->arch, d);
	else if (p->as == AS_ENUM)
		of_enum(l, (enum enum_table)p->table, d);
	else if (p->as == AS_MODE)
		set_free(d, not_whole);
	else
		of_number(l, p->as, d);
}

/* The result of a call that makes a descriptor; -1 stands for any that is below 0. */
static void add_result(struct plan_cond *pc, struct plan_want *w, const struct demand *d, struct plan_wants *out)
{
	if (plan_set_has(&d->set, UINT32_MAX)) {
		w->success = d->set.count == 1 && d->set.range[0].low == UINT32_MAX ? 0 : -1;
	} else {
		w->success = 1;
		w->set[PLAN_EXIT] = d->set;
	}
	plan_cond_add(pc, out, w);
}

const char *plan_cond_arg(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct span member = l->check->left.member;
	struct plan_place places[PLAN_COND_PLACES];
	unsigned count = plan_cond_places(pc, span_of(member.p + 8, member.n - 8), places);
	const char *why = NULL;

	pc->records = false;
	for (unsigned i = 0; i < count; i++) {
		struct plan_want w;
		struct demand d;

		demand_of(l, &places[i], &d);
		if (d.why && pc->plan && plan_cond_within(pc, &places[i].calls))
			why = d.why;
		if (d.never)
			continue;
		plan_want_all(&w);
		w.calls = places[i].calls;
		w.arches = places[i].arches;
		if (places[i].from == ARG_RET && !d.free) {
			add_result(pc, &w, &d, out);
			continue;
		}
		if (!d.free && d.bits.mask) {
			d.bits.arg = (enum plan_number)(PLAN_A0 + places[i].from);
			w.bits[w.bits_count++] = d.bits;
		} else if (!d.free) {
			w.set[PLAN_A0 + places[i].from] = d.set;
		}
		plan_cond_add(pc, out, &w);
	}
	return why;
}

/* True, or false, of an open: a check that is neither is of both. */
static void truths(const struct plan_literal *l, bool may[2])
{
	const struct cond_check *c = l->check;

	for (int truth = 0; truth < 2; truth++) {
		bool equal = false;

		for (size_t i = 0; i < c->count; i++)
			equal = equal || c->values[i].i64 == truth;
		may[truth] = c->op == COND_EXISTS || !plan_cond_is_plain(c) || equal == (c->op != COND_NOT_EQUAL);
	}
}

static void opens(struct plan_want *w)
{
	plan_want_all(w);
	memset(&w->calls, 0, sizeof(w->calls));
	plan_cond_kinds(&w->calls, 1u << CALL_OPEN);
}

/*
 * perm= is true of each mode that has the permission, and of mode 3 (see perm_of_flags() in plan_match.c). What does
 * not read asks to write, or has mode 3; and the other way round.
 */
static const char *push_mode(struct plan_cond *pc, const struct plan_literal *l, uint32_t perm, uint32_t other,
	struct plan_wants *out)
{
	const struct syscall_info *creat = syscall_by_name(SPAN("creat"));
	struct plan_calls writes = { { 0 } };
	struct plan_want w;
	bool may[2];

	truths(l, may);
	if (!may[0] && !may[1])
		return NULL;
	opens(&w);
	if (may[0] != may[1]) {
		w.perm = may[1] ? perm : other;
		if (creat) /* it always writes, and nothing else */
			plan_calls_add(&writes, creat->id);
		if (w.perm == WIRE_PERM_READ)
			plan_calls_but(&w.calls, &writes);
	}
	plan_cond_add(pc, out, &w);
	return plan_cond_is_plain(l->check) ? NULL : plan_cond_other_field;
}

const char *plan_cond_open_read(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	return push_mode(pc, l, WIRE_PERM_READ, WIRE_PERM_WRITE, out);
}

const char *plan_cond_open_write(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	return push_mode(pc, l, WIRE_PERM_WRITE, WIRE_PERM_READ, out);
}

#define CREAT 0100 /* O_CREAT on every architecture of ours */

/* Nothing is made but where it was asked for: evt.is_open_create, and evt.is_open_exec, which is of files made. */
const char *plan_cond_open_create(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct plan_want w, rest;
	bool may[2];

	truths(l, may);
	opens(&w);
	rest = w;
	if (may[0])
		plan_cond_add(pc, out, &w);
	if (may[0] || !may[1])
		return NULL;
	for (unsigned arg = 0; arg < 4; arg++) {
		memset(&w.calls, 0, sizeof(w.calls));
		for (unsigned id = 0; id < syscall_count(); id++) {
			const struct syscall_info *call = syscall_by_id(id);

			if (call->kind == CALL_OPEN && call->flags_arg == arg)
				plan_calls_add(&w.calls, id);
		}
		plan_calls_but(&rest.calls, &w.calls);
		w.bits[0] = (struct plan_bits){ (enum plan_number)(PLAN_A0 + arg), true, CREAT };
		w.bits_count = 1;
		if (plan_calls_any(&w.calls))
			plan_cond_add(pc, out, &w);
	}
	plan_cond_add(pc, out, &rest);
	return "the kernel tests whether the flags ask to create";
}
