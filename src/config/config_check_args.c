/* Arguments that the rule's calls don't have, and names of flags and numbers that theirs are not. */
#include "config/config_check_part.h"

#include "base/nearest.h"
#include "table/table.h"

/* The rule's calls, and what is said of one of their arguments. */
struct arg {
	struct check *k;
	const struct cond_check *check;
	struct span name;
	const struct plan_calls *among;
};

/* The ith argument of the name that the calls have; NULL: no more. */
static const struct syscall_arg *next(const struct arg *a, unsigned *id, unsigned *i)
{
	for (; *id < syscall_count(); ++*id, *i = 0) {
		const struct syscall_info *call = syscall_by_id(*id);

		while (plan_calls_has(a->among, *id) && *i < call->arg_count) {
			const struct syscall_arg *arg = syscall_arg(call, (*i)++);

			if (span_eq(syscall_arg_name(arg), a->name))
				return arg;
		}
	}
	return NULL;
}

/* The parser told of a name that no call at all has. */
static bool is_known(struct span name)
{
	struct plan_calls all;
	struct arg a = { .name = name, .among = &all };
	unsigned id = 0, i = 0;

	memset(&all, 0xff, sizeof(all));
	return next(&a, &id, &i) != NULL;
}

static void tell_missing(const struct arg *a)
{
	struct nearest near = { .word = a->name };
	struct shown name, best;

	if (!is_known(a->name) || config_check_told(a->k, FIELD_EVT_ARG, a->check->left.member))
		return;
	for (unsigned id = 0; id < syscall_count(); id++) {
		const struct syscall_info *call = syscall_by_id(id);

		for (unsigned i = 0; plan_calls_has(a->among, id) && i < call->arg_count; i++)
			nearest_offer(&near, syscall_arg_name(syscall_arg(call, i)));
	}
	show(a->check->left.member, &name);
	if (near.best.p)
		config_check_warn(a->k, a->check->at, "no call of this rule has %s; did you mean '%s'?", name.text,
			show(near.best, &best));
	else
		config_check_warn(a->k, a->check->at, "no call of this rule has %s; `tiercel syscalls CALL` tells what they have",
			name.text);
}

/* The table of flags that the argument is shown by; -1: it is no flags. */
static int flags_of(const struct syscall_arg *arg)
{
	if (arg->as == AS_OPENHOW_FLAGS)
		return FLAGS_OPEN;
	if (arg->as == AS_OPENHOW_RESOLVE)
		return FLAGS_RESOLVE;
	return arg->as == AS_FLAGS ? arg->table : -1;
}

/* The ith name that the argument's table has. */
static struct span name_at(const struct syscall_arg *arg, int arch, unsigned i)
{
	uint32_t number;
	uint64_t bits;

	if (arg->as == AS_ENUM)
		return enum_at((enum enum_table)arg->table, i, &number);
	return flags_at((enum flags_table)flags_of(arg), arch, i, &bits);
}

static bool is_there(const struct arg *a, struct span word, bool whole, struct nearest *near)
{
	const struct syscall_arg *arg;
	unsigned id = 0, i = 0;

	while ((arg = next(a, &id, &i)) != NULL) {
		for (int arch = 0; arch < (arg->as == AS_ENUM ? 1 : ARCH_COUNT); arch++) {
			struct span name;

			for (unsigned n = 0; (name = name_at(arg, arch, n)).n; n++) {
				if (whole ? span_eq(name, word) : memmem(name.p, name.n, word.p, word.n) != NULL)
					return true;
				nearest_offer(near, name);
			}
		}
	}
	return false;
}

/* Numbers without a name are shown as such. */
static bool is_number(struct span word)
{
	for (size_t i = 0; i < word.n; i++)
		if (!strchr("0123456789abcdefx-", word.p[i]))
			return false;
	return true;
}

/* Of each name in a value: flags stand with '|' between. */
static void check_value(const struct arg *a, struct span text, bool flags, bool whole)
{
	while (text.n) {
		const char *bar = flags ? memchr(text.p, '|', text.n) : NULL;
		struct span word = span_of(text.p, bar ? (size_t)(bar - text.p) : text.n);
		struct nearest near = { .word = word };

		if (!is_number(word) && !is_there(a, word, whole, &near) &&
			!config_check_told(a->k, FIELD_EVT_ARG, word))
			config_check_never_is(a->k, a->check, &near, "no flag or value has that name");
		text = span_of(text.p + word.n + !!bar, text.n - word.n - !!bar);
	}
}

static void check_values(const struct arg *a)
{
	const struct cond_check *c = a->check;
	bool whole = c->op == COND_EQUAL || c->op == COND_NOT_EQUAL || c->op == COND_IN || c->op == COND_INTERSECTS;
	const struct syscall_arg *arg;
	unsigned id = 0, i = 0;
	bool flags = false;

	if (c->right || c->left.transform_count || !(whole || c->op == COND_CONTAINS))
		return;
	while ((arg = next(a, &id, &i)) != NULL) {
		flags = flags || flags_of(arg) >= 0;
		if (arg->as != AS_ENUM && flags_of(arg) < 0)
			return;
	}
	for (size_t v = 0; v < c->count; v++)
		check_value(a, c->values[v].text, flags, whole);
}

static void check_arg(struct check *k, const struct cond_check *c, const struct plan_calls *among)
{
	struct arg a = { k, c, span_of(c->left.member.p + 8, c->left.member.n - 8), among };
	unsigned id = 0, i = 0;

	if (next(&a, &id, &i))
		check_values(&a);
	else if (plan_calls_any(among) && !plan_calls_has(among, PLAN_NAMELESS))
		tell_missing(&a);
}

/* `among`: the calls that all else leaves, which stands beside in an AND. */
static void walk(struct check *k, const struct cond_node *n, const struct plan_calls *among)
{
	if (n->kind == COND_CHECK && n->check->left.field == FIELD_EVT_ARG)
		check_arg(k, n->check, among);
	for (size_t i = 0; i < n->count; i++) {
		struct plan_calls left = *among;

		if (!config_check_looks_at(n->part[i], FIELD_EVT_ARG))
			continue;
		for (size_t j = 0; n->kind == COND_AND && j < n->count; j++) {
			const struct cond beside = { .root = n->part[j] };
			struct plan_calls calls;
			bool is_arg = n->part[j]->kind == COND_CHECK && n->part[j]->check->left.field == FIELD_EVT_ARG;

			if (j == i || is_arg)
				continue;
			plan_cond_calls(&beside, k->known ? &k->host : NULL, &calls);
			plan_calls_and(&left, &calls);
		}
		walk(k, n->part[i], &left);
	}
}

void config_check_args(struct check *k, const struct cond_node *root)
{
	struct plan_calls all;

	memset(&all, 0xff, sizeof(all));
	walk(k, root, &all);
}
