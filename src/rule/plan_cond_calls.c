/* Checks of what kind of event it is: the system call, its category, architecture, records. */
#include "rule/plan_cond_part.h"

#include "rule/plan_select.h"
#include "table/table.h"

static const struct span nameless = SPAN_INIT("syscall_");
#define DIGITS "0123456789-"

void plan_cond_kinds(struct plan_calls *calls, unsigned kinds)
{
	for (unsigned id = 0; id < syscall_count(); id++)
		if (kinds >> syscall_by_id(id)->kind & 1)
			plan_calls_add(calls, id);
	if (kinds >> CALL_PLAIN & 1)
		plan_calls_add(calls, PLAN_NAMELESS);
}

int plan_cond_next_arch(const struct plan_cond *pc, int arch)
{
	if (!pc->host)
		return arch + 1 < ARCH_COUNT ? arch + 1 : -1;
	return arch < 0 ? pc->host->arches[0] : arch == pc->host->arches[0] ? pc->host->arches[1] : -1;
}

static void add_calls(struct plan_cond *pc, const struct plan_calls *calls, struct plan_wants *out)
{
	struct plan_want w;

	if (!plan_calls_any(calls))
		return;
	plan_want_all(&w);
	w.calls = *calls;
	plan_cond_add(pc, out, &w);
}

static void add_all(struct plan_cond *pc, struct plan_wants *out)
{
	struct plan_want w;

	plan_want_all(&w);
	plan_cond_add(pc, out, &w);
}

/*
 * A record that comes by itself, and its call's records with it, whichever call that is: but not where no rule at all
 * is loaded (audit_dummy_context()). So it may be of any call, and needs no rule for one.
 */
static void add_any(struct plan_cond *pc, struct plan_calls *calls)
{
	pc->needs_a_rule = true;
	if (!pc->plan)
		memset(calls, 0xff, sizeof(*calls));
}

/* Where the kernel sends a type of record: with certain calls, or by itself. */
static void look_at_type(struct plan_cond *pc, unsigned type, struct plan_calls *calls)
{
	struct plan_calls with;
	const char *words;

	plan_type_calls(type, &with, &words);
	if (!words)
		add_any(pc, calls);
	plan_calls_or(calls, &with);
}

/* The type of a name in lower case, as evt.type and audit.TYPE.KEY have it; -1: none. */
static int type_of(struct span lower)
{
	char upper[64];

	if (lower.n > sizeof(upper))
		return -1;
	for (size_t i = 0; i < lower.n; i++)
		upper[i] = cond_upper(lower.p[i]);
	return record_type_find(upper, lower.n);
}

/* Is it the name of a call, and of no record besides that comes without one, as seccomp is? */
static bool is_call(struct span name)
{
	struct plan_calls with;
	const char *words = "";
	int type = type_of(name);

	if (type >= 0)
		plan_type_calls((unsigned)type, &with, &words);
	return (syscall_by_name(name) && words) || span_starts(name, nameless);
}

/* May it be true of an event without a system call? Its evt.type is that of a record, or a word of our own. */
static bool may_be_record(const struct plan_literal *l)
{
	const struct cond_check *c = l->check;

	if (l->negated || !plan_cond_is_equal(c))
		return true;
	for (size_t i = 0; i < c->count; i++)
		if (!is_call(c->values[i].text))
			return true;
	return false;
}

/* Types that need a rule, though not a certain one, may come without their call's record. */
static void ask_for_a_rule(struct plan_cond *pc, const struct plan_literal *l)
{
	static const unsigned types[] = { RECORD_TYPE_SECCOMP, 1702 /* ANOM_LINK */, 1703 /* ANOM_CREAT */ };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		pc->needs_a_rule = pc->needs_a_rule || (!l->negated && plan_cond_may(l, record_type_lower(types[i])));
}

const char *plan_cond_type(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	const struct cond_check *c = l->check;
	struct plan_calls calls;

	memset(&calls, 0, sizeof(calls));
	pc->records = may_be_record(l);
	ask_for_a_rule(pc, l);
	if (!l->negated && plan_cond_is_equal(c)) {
		for (size_t i = 0; i < c->count; i++) {
			const struct syscall_info *call = syscall_by_name(c->values[i].text);

			if (call && span_eq(syscall_name(call), c->values[i].text))
				plan_calls_add(&calls, call->id);
		}
	} else {
		for (unsigned id = 0; id < syscall_count(); id++)
			if (plan_cond_may(l, syscall_name(syscall_by_id(id))))
				plan_calls_add(&calls, id);
	}
	if (plan_cond_may_like(l, nameless, DIGITS))
		plan_calls_add(&calls, PLAN_NAMELESS);
	add_calls(pc, &calls, out);
	return NULL;
}

/* What an event of this number may be: for socketcall and ipc any call that they stand for. */
static void add_number(struct plan_calls *calls, const struct syscall_info *call)
{
	plan_calls_add(calls, call->id);
	for (unsigned sub = 0; sub < 32; sub++) {
		const struct syscall_info *real = NULL;

		if (syscall_is_socketcall(call))
			real = syscall_of_socketcall(sub);
		else if (syscall_is_ipc(call))
			real = syscall_of_ipc(sub);
		if (real)
			plan_calls_add(calls, real->id);
	}
}

const char *plan_cond_native(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct plan_calls calls;

	memset(&calls, 0, sizeof(calls));
	for (int arch = plan_cond_next_arch(pc, -1); arch >= 0; arch = plan_cond_next_arch(pc, arch)) {
		for (unsigned nr = 0; nr < SYSCALL_END; nr++) {
			const struct syscall_info *call = syscall_find(arch, nr);

			if (call && plan_cond_may(l, syscall_native_name(arch, nr)))
				add_number(&calls, call);
		}
	}
	if (plan_cond_may_like(l, nameless, DIGITS))
		plan_calls_add(&calls, PLAN_NAMELESS);
	add_calls(pc, &calls, out);
	return NULL;
}

const char *plan_cond_category(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct plan_calls calls;
	bool may[CATEGORY_COUNT];

	memset(&calls, 0, sizeof(calls));
	for (int c = 0; c < CATEGORY_COUNT; c++)
		may[c] = plan_cond_may(l, category_name((enum category)c));
	for (unsigned id = 0; id < syscall_count(); id++)
		if (may[syscall_by_id(id)->category])
			plan_calls_add(&calls, id);
	if (may[CATEGORY_OTHER])
		plan_calls_add(&calls, PLAN_NAMELESS);
	pc->records = plan_cond_may(l, SPAN("audit")) || plan_cond_may(l, SPAN("internal"));
	add_calls(pc, &calls, out);
	return NULL;
}

const char *plan_cond_source(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	pc->records = plan_cond_may(l, SPAN("audit")) || plan_cond_may(l, SPAN("internal"));
	if (plan_cond_may(l, SPAN("syscall")))
		add_all(pc, out);
	return NULL;
}

const char *plan_cond_dir(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	pc->records = plan_cond_may(l, SPAN("<"));
	if (pc->records)
		add_all(pc, out);
	return NULL;
}

const char *plan_cond_arch(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct plan_want w;
	bool each = true;

	plan_want_all(&w);
	for (int arch = plan_cond_next_arch(pc, -1); arch >= 0; arch = plan_cond_next_arch(pc, arch)) {
		if (plan_cond_may(l, arch_name(arch)))
			w.arches |= 1u << arch;
		else
			each = false;
	}
	if (each || w.arches) {
		w.arches = each ? 0 : w.arches;
		plan_cond_add(pc, out, &w);
	}
	return NULL;
}

/* What a record may be called that the tables don't know: UNKNOWN[1334] by the kernel, brand_new in a log. */
static bool is_unknown(struct span word)
{
	return span_starts(word, SPAN("UNKNOWN["));
}

static bool is_new(struct span word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!(cond_lower(word.p[i]) >= 'a' && cond_lower(word.p[i]) <= 'z') &&
			!(word.p[i] >= '0' && word.p[i] <= '9') && word.p[i] != '_')
			return false;
	return word.n > 0;
}

/* One of the words that audit.types must have; false: no record is called so. */
static bool look_at_word(struct plan_cond *pc, struct span word, struct plan_calls *calls)
{
	int type = record_type_find(word.p, word.n);

	if (type >= 0)
		look_at_type(pc, (unsigned)type, calls);
	else if (is_unknown(word) || (is_new(word) && !pc->plan))
		memset(calls, 0xff, sizeof(*calls));
	return type >= 0 || is_unknown(word) || is_new(word);
}

/* The words that they all must be of: a call's event has SYSCALL. The others come without one. */
static bool is_of_calls(struct plan_cond *pc, const struct cond_check *c)
{
	bool of_calls = false;

	for (size_t i = 0; i < c->count; i++) {
		int type = record_type_find(c->values[i].text.p, c->values[i].text.n);
		struct plan_calls with;
		const char *words;

		of_calls = of_calls || type == RECORD_TYPE_SYSCALL;
		if (type >= 0 && plan_type_calls((unsigned)type, &with, &words))
			pc->needs_a_rule = true;
	}
	return of_calls;
}

/* audit.types is a list. */
const char *plan_cond_types(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	static const char all_of_them[] = "the kernel does not test which records there are";
	const struct cond_check *c = l->check;
	struct plan_calls calls;

	memset(&calls, 0, sizeof(calls));
	if (l->negated || !plan_cond_is_equal(c)) {
		add_all(pc, out);
		return c->op == COND_EXISTS ? NULL : all_of_them;
	}
	if (c->op == COND_IN) {
		pc->records = c->count > 0;
		if (is_of_calls(pc, c))
			add_all(pc, out);
		return out->count ? all_of_them : NULL;
	}
	pc->records = false;
	for (size_t i = 0; i < c->count; i++)
		if (look_at_word(pc, c->values[i].text, &calls))
			pc->records = true;
	add_calls(pc, &calls, out);
	return NULL;
}

/* audit.TYPE.KEY, audit.TYPE[n].KEY: told by a record of the type, see norm_extra(). */
const char *plan_cond_member(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct span member = l->check->left.member;
	struct plan_calls calls;
	size_t end = 6;
	int type;

	while (end < member.n && member.p[end] != '.' && member.p[end] != '[')
		end++;
	type = type_of(span_of(member.p + 6, end - 6));
	memset(&calls, 0, sizeof(calls));
	if (l->field == FIELD_AUDIT_MSG) /* of programs */
		add_any(pc, &calls);
	else if (type < 0 || type == RECORD_TYPE_SYSCALL)
		memset(&calls, 0xff, sizeof(calls));
	else
		look_at_type(pc, (unsigned)type, &calls);
	add_calls(pc, &calls, out);
	return plan_calls_any(&calls) ? "the kernel does not test what the records of a call say" : NULL;
}
