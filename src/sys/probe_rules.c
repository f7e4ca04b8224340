#include "sys/probe_rules.h"

#include "sys/audit_ctl.h"

#include <string.h>

/* Records that matter, the worst loss first. Bits of probe.excluded; the one behind them: some others. */
static const struct {
	uint32_t type; /* linux/audit.h, and libaudit.h for those of programs */
	const char *name, *loss;
} kinds[] = {
	{ 1300, "SYSCALL", "no system call is told" }, { 1302, "PATH", "files can't be told by name" },
	{ 1307, "CWD", "files of relative names can't be told" }, { 1306, "SOCKADDR", "connections have no addresses" },
	{ 1309, "EXECVE", "arguments of programs are not told" }, { 1006, "LOGIN", "logins are not all told" },
	{ 1112, "USER_LOGIN", "logins are not all told" }, { 1100, "USER_AUTH", "logins are not all told" },
	{ 1123, "USER_CMD", "commands of sudo are not told" }, { 1320, "EOE", "events may come late" },
	{ 1327, "PROCTITLE", "command lines are not all told" }
};
enum { KINDS = sizeof(kinds) / sizeof(kinds[0]), SOME_OTHERS = 1 << KINDS };

struct look {
	struct probe *p;
	bool (*is_own)(const struct wire_rule *rule, size_t n);
	unsigned never; /* rules of others so far that say so */
	bool recording; /* some of ours say always */
};

static uint32_t list_of(const struct wire_rule *rule)
{
	return rule->flags & ~(uint32_t)WIRE_PREPEND;
}

/* A task,never that holds for every task: it has no tests but perhaps a key. */
static bool hides_all(const struct wire_rule *rule)
{
	return list_of(rule) == WIRE_LIST_TASK && rule->action == WIRE_NEVER &&
		(rule->field_count == 0 || (rule->field_count == 1 && rule->fields[0] == WIRE_FILTERKEY));
}

/* Every record of the type: a rule with other tests is about some processes only, and types have no bits to test. */
static bool excludes(const struct wire_rule *rule, uint32_t type)
{
	for (uint32_t i = 0; i < rule->field_count; i++)
		if (rule->fields[i] != WIRE_MSGTYPE || rule->ops[i] & WIRE_BIT_MASK ||
			!wire_compare(type, rule->ops[i], rule->values[i]))
			return false;
	return rule->field_count > 0;
}

/* Whatever its action is: to the kernel, all on this list say never. */
static uint32_t excluded_by(const struct wire_rule *rule)
{
	uint32_t found = 0;

	for (unsigned i = 0; i < KINDS; i++)
		if (excludes(rule, kinds[i].type))
			found |= UINT32_C(1) << i;
	return found ? found : SOME_OTHERS;
}

/* The first that matches decides, and ours are put behind all others: what is loaded, only behind those before it. */
static void on_rule(void *ctx, const struct wire_rule *rule, size_t n)
{
	struct look *look = ctx;
	struct probe *p = look->p;
	bool own = look->is_own && look->is_own(rule, n);

	p->own_rules += own;
	p->task_never |= hides_all(rule);
	if (list_of(rule) == WIRE_LIST_EXCLUDE && !own)
		p->excluded |= excluded_by(rule);
	if (list_of(rule) != WIRE_LIST_EXIT)
		return;
	if (!own)
		look->never += rule->action == WIRE_NEVER;
	else if (rule->action == WIRE_ALWAYS) {
		p->never = look->never;
		look->recording = true;
	}
}

int probe_rules_read(struct probe *p, struct audit_ctl *ctl, bool (*is_own)(const struct wire_rule *rule, size_t n))
{
	struct look look = { .p = p, .is_own = is_own };
	int rc = audit_ctl_rules(ctl, on_rule, &look);

	if (!look.recording)
		p->never = look.never;
	return rc;
}

void probe_rules_put_excluded(struct buf *b, const struct probe *p)
{
	const char *loss = NULL;

	for (unsigned i = 0; i < KINDS; i++) {
		if (!(p->excluded >> i & 1))
			continue;
		buf_printf(b, "%s%s", loss ? ", " : "", kinds[i].name);
		loss = loss ? loss : kinds[i].loss;
	}
	if (p->excluded & SOME_OTHERS)
		buf_printf(b, "%s", loss ? " and some other" : "some");
	buf_printf(b, " records: %s", loss ? loss : "those are not seen");
}
