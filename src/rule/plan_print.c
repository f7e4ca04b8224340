/* A plan as lines that auditctl(8) takes. */
#include "rule/plan_parts.h"

#define LINE_CALLS 400 /* auditctl -R takes lines of some 6,000 bytes */

static const struct {
	uint32_t field;
	const char *name;
} names[] = {
	{ WIRE_PID, "pid" }, { WIRE_UID, "uid" }, { WIRE_EUID, "euid" }, { WIRE_SUID, "suid" }, { WIRE_FSUID, "fsuid" },
	{ WIRE_GID, "gid" }, { WIRE_EGID, "egid" }, { WIRE_SGID, "sgid" }, { WIRE_FSGID, "fsgid" }, { WIRE_LOGINUID, "auid" },
	{ WIRE_PERS, "pers" }, { WIRE_MSGTYPE, "msgtype" }, { WIRE_PPID, "ppid" }, { WIRE_SESSIONID, "sessionid" },
	{ WIRE_FSTYPE, "fstype" }, { WIRE_DEVMAJOR, "devmajor" }, { WIRE_DEVMINOR, "devminor" }, { WIRE_INODE, "inode" },
	{ WIRE_EXIT, "exit" }, { WIRE_SUCCESS, "success" }, { WIRE_WATCH, "path" }, { WIRE_PERM, "perm" }, { WIRE_DIR, "dir" },
	{ WIRE_FILETYPE, "filetype" }, { WIRE_OBJ_UID, "obj_uid" }, { WIRE_OBJ_GID, "obj_gid" }, { WIRE_EXE, "exe" },
	{ WIRE_SADDR_FAM, "saddr_fam" }, { WIRE_ARG0, "a0" }, { WIRE_ARG1, "a1" }, { WIRE_ARG2, "a2" }, { WIRE_ARG3, "a3" },
};

static const struct {
	uint32_t op;
	const char *sign;
} ops[] = {
	{ WIRE_EQUAL, "=" }, { WIRE_NOT_EQUAL, "!=" }, { WIRE_LESS, "<" }, { WIRE_LESS_EQUAL, "<=" }, { WIRE_GREATER, ">" },
	{ WIRE_GREATER_EQUAL, ">=" }, { WIRE_BIT_MASK, "&" }, { WIRE_BIT_TEST, "&=" },
};

static const char *const lists[] = {
	[WIRE_LIST_USER] = "user", [WIRE_LIST_TASK] = "task", [WIRE_LIST_EXIT] = "exit", [WIRE_LIST_EXCLUDE] = "exclude",
	[WIRE_LIST_FILESYSTEM] = "filesystem"
};

/* auditctl -R takes words apart at blanks that have no backslash before them. */
static void put_word(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (*text == ' ')
			buf_putc(out, '\\');
		buf_putc(out, *text);
	}
}

static void put_value(struct buf *out, const struct plan_test *t)
{
	static const char letters[] = "xwra"; /* WIRE_PERM_EXEC and so on */

	if (t->text) {
		put_word(out, t->text);
	} else if (t->field == WIRE_PERM) {
		for (unsigned i = 0; letters[i]; i++)
			if (t->value >> i & 1)
				buf_putc(out, letters[i]);
	} else if (t->field == WIRE_EXIT) {
		buf_put_i64(out, (int32_t)t->value);
	} else {
		buf_put_u64(out, t->value);
	}
}

const char *plan_field_name(uint32_t field)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].field == field)
			return names[i].name;
	return NULL;
}

static void put_test(struct buf *out, const struct plan_test *t)
{
	const char *name = plan_field_name(t->field);

	buf_lit(out, " -F ");
	if (name)
		buf_text(out, name);
	else
		buf_printf(out, "f%u", (unsigned)t->field);
	for (size_t i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		if (ops[i].op == t->op)
			buf_text(out, ops[i].sign);
	put_value(out, t);
}

static bool is_64bit(int arch)
{
	return arch == ARCH_X86_64 || arch == ARCH_AARCH64 || arch == ARCH_PPC64 || arch == ARCH_PPC64LE ||
		arch == ARCH_S390X;
}

/* The call's name, unless a lower number has it already (x86_64 has x32's calls from 512 on). */
static struct span name_of(int arch, unsigned nr)
{
	struct span name = syscall_native_name(arch, nr);

	for (unsigned i = 0; i < nr && name.n; i++)
		if (span_eq(syscall_native_name(arch, i), name))
			return span_of(NULL, 0);
	return name;
}

/* The calls from *nr on, as many as fit a line; *nr is the first that did not. */
static void put_calls(struct buf *out, const struct plan_rule *r, bool by_name, unsigned *nr)
{
	unsigned all = 0, n = 0;

	for (unsigned i = 0; i < PLAN_CALLS; i++)
		all += plan_rule_has(r, i);
	buf_lit(out, " -S ");
	if (all == PLAN_CALLS) {
		buf_lit(out, "all");
		*nr = PLAN_CALLS;
		return;
	}
	for (; *nr < PLAN_CALLS; (*nr)++) {
		struct span name;

		if (!plan_rule_has(r, *nr))
			continue;
		if (n == LINE_CALLS)
			return;
		if (n++)
			buf_putc(out, ',');
		name = by_name ? name_of(r->arch, *nr) : span_of(NULL, 0);
		if (name.n)
			buf_put(out, name.p, name.n);
		else
			buf_put_u64(out, *nr);
	}
}

static void put_line(struct buf *out, const struct plan_rule *r, bool by_name, unsigned *nr)
{
	buf_text(out, r->first ? "-A " : "-a ");
	buf_text(out, r->action == WIRE_NEVER ? "never," : "always,");
	buf_text(out, r->list < sizeof(lists) / sizeof(lists[0]) && lists[r->list] ? lists[r->list] : "unknown");
	if (r->arch >= 0)
		buf_text(out, is_64bit(r->arch) ? " -F arch=b64" : " -F arch=b32");
	if (r->list == WIRE_LIST_EXIT)
		put_calls(out, r, by_name, nr);
	else
		*nr = PLAN_CALLS;
	for (unsigned i = 0; i < r->test_count; i++)
		put_test(out, &r->tests[i]);
	if (r->key) {
		buf_lit(out, " -F key=");
		put_word(out, r->key);
	}
	buf_putc(out, '\n');
}

static void put_rule(struct buf *out, const struct plan_rule *r, bool by_name)
{
	unsigned nr = 0;

	do
		put_line(out, r, by_name, &nr);
	while (nr < PLAN_CALLS);
}

void plan_print_rule(const struct plan_rule *r, struct buf *out)
{
	put_rule(out, r, true);
}

void plan_print_numbers(const struct plan *p, struct buf *out)
{
	for (size_t i = 0; i < p->count; i++)
		put_rule(out, &p->rules[i], false);
}
