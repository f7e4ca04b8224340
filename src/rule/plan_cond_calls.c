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

/* Where the kernel sends a type of record: with calls of its own accord, with those that a rule wants ... */
static void look_at_type(struct plan_cond *pc, unsigned type, struct plan_calls *calls)
{
	struct plan_calls with;
	const char *words;

	plan_type_calls(type, &with, &words);
	/* By itself, and its call with it: but not where no rule is loaded at all (audit_dummy_context()). */
	pc->needs_a_rule = pc->needs_a_rule || !words;
	plan_calls_or(calls, &with);
}

/* May it be true of an event without a system call? Its evt.type is that of a record, or a word of our own. */
static bool may_be_record(const struct plan_literal *l)
{
	const struct cond_check *c = l->check;

	if (l->negated || !plan_cond_is_equal(c))
		return true;
	for (size_t i = 0; i < c->count; i++)
		if (!syscall_by_name(c->values[i].text) && !span_starts(c->values[i].text, nameless))
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
	if (plan_cond_may(l, SPAN("<")))
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

/* audit.types is a list: of `in` each type must be among the values. */
const char *plan_cond_types(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	const struct cond_check *c = l->check;
	struct plan_calls calls;

	memset(&calls, 0, sizeof(calls));
	if (l->negated || c->op != COND_INTERSECTS || !plan_cond_is_plain(c)) {
		add_all(pc, out);
		return c->op == COND_EXISTS ? NULL : "the kernel does not test which records there are";
	}
	for (size_t i = 0; i < c->count; i++) {
		int type = record_type_find(c->values[i].text.p, c->values[i].text.n);

		if (type >= 0) {
			look_at_type(pc, (unsigned)type, &calls);
		} else { /* one that a newer kernel has */
			memset(&calls, 0xff, sizeof(calls));
		}
	}
	add_calls(pc, &calls, out);
	return NULL;
}

/* audit.TYPE.KEY, audit.TYPE[n].KEY: told by a record of the type, see norm_extra(). -1: who knows. */
static int type_of(struct span member)
{
	char upper[64];
	size_t n = 0;

	for (size_t i = 6; i < member.n && member.p[i] != '.' && member.p[i] != '[' && n < sizeof(upper); i++)
		upper[n++] = cond_upper(member.p[i]);
	return n < sizeof(upper) ? record_type_find(upper, n) : -1;
}

const char *plan_cond_member(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct plan_calls calls;
	int type = type_of(l->check->left.member);

	memset(&calls, 0, sizeof(calls));
	if (l->field == FIELD_AUDIT_MSG || span_starts(l->check->left.member, SPAN("audit.avc."))) {
		pc->needs_a_rule = true; /* of programs; of access decisions: by themselves */
		return NULL;
	}
	if (type < 0 || type == RECORD_TYPE_SYSCALL)
		memset(&calls, 0xff, sizeof(calls));
	else
		look_at_type(pc, (unsigned)type, &calls);
	add_calls(pc, &calls, out);
	return "the kernel does not test what the records of a call say";
}
