#include "rule/plan_prune.h"

#include "filter/select_part.h"
#include "table/table.h"

#include <errno.h>

#define NAMED 3 /* fields that a note names */

enum {
	PATH = 0x01, CWD = 0x02, SOCKADDR = 0x04, EXECVE = 0x08, PROCTITLE = 0x10, SOCKETCALL = 0x20, MMAP = 0x40,
	OPENAT2 = 0x80, MODULE = 0x100, OTHER = 0x200 /* audit.TYPE.KEY is all that they tell */
};
#define ARGUMENTS (PATH | SOCKADDR | EXECVE | SOCKETCALL | MMAP | OPENAT2 | MODULE)
#define NAMES (PATH | CWD | OPENAT2) /* RESOLVE_IN_ROOT of openat2 decides where a name begins */
#define COMMAND (EXECVE | PROCTITLE)
#define ALL (ARGUMENTS | CWD | PROCTITLE | OTHER)
/* The default output line: the object, which of an exec is its command line, else the arguments. */
#define TEXT (ARGUMENTS | CWD)

/* linux/audit.h */
static const struct {
	uint16_t type, bit;
} prunable[] = {
	{ 1302, PATH }, { 1303, OTHER }, { 1304, SOCKETCALL }, { 1306, SOCKADDR }, { 1307, CWD }, { 1309, EXECVE },
	{ 1311, OTHER }, { 1312, OTHER }, { 1313, OTHER }, { 1314, OTHER }, { 1315, OTHER }, { 1317, OTHER },
	{ 1318, OTHER }, { 1321, OTHER }, { 1322, OTHER }, { 1323, MMAP }, { 1327, PROCTITLE }, { 1330, MODULE },
	{ 1337, OPENAT2 },
};

/* What a field comes from, besides the SYSCALL record. Command lines of ancestors are remembered from their execs. */
static const struct {
	uint8_t field;
	uint16_t from;
} sources[] = {
	{ FIELD_AUDIT_ANY, ALL }, { FIELD_AUDIT_PATH, PATH }, { FIELD_AUDIT_RAW, ALL }, { FIELD_AUDIT_TYPES, ALL },
	{ FIELD_EVT_ABSPATH, NAMES }, { FIELD_EVT_ARG, ARGUMENTS }, { FIELD_EVT_ARGS, ARGUMENTS },
	{ FIELD_EVT_IS_OPEN_CREATE, PATH | OPENAT2 }, { FIELD_EVT_IS_OPEN_EXEC, PATH | OPENAT2 },
	{ FIELD_EVT_IS_OPEN_READ, OPENAT2 }, { FIELD_EVT_IS_OPEN_WRITE, OPENAT2 }, { FIELD_FD_CIP, SOCKADDR },
	{ FIELD_FD_CPORT, SOCKADDR }, { FIELD_FD_DIRECTORY, NAMES }, { FIELD_FD_FILENAME, NAMES },
	{ FIELD_FD_IP, SOCKADDR }, { FIELD_FD_LIP, SOCKADDR }, { FIELD_FD_LPORT, SOCKADDR },
	{ FIELD_FD_NAME, NAMES | SOCKADDR }, { FIELD_FD_NAMERAW, PATH }, { FIELD_FD_NET, SOCKADDR },
	{ FIELD_FD_NUM, SOCKETCALL | MMAP }, { FIELD_FD_PORT, SOCKADDR }, { FIELD_FD_RIP, SOCKADDR },
	{ FIELD_FD_RNET, SOCKADDR }, { FIELD_FD_RPORT, SOCKADDR }, { FIELD_FD_SIP, SOCKADDR },
	{ FIELD_FD_SNET, SOCKADDR }, { FIELD_FD_SOCKFAMILY, SOCKADDR }, { FIELD_FD_SPORT, SOCKADDR },
	{ FIELD_FD_TYPE, PATH | SOCKADDR }, { FIELD_FD_TYPECHAR, PATH | SOCKADDR },
	{ FIELD_FS_PATH_NAME, PATH | CWD }, { FIELD_FS_PATH_NAMERAW, PATH }, { FIELD_FS_PATH_SOURCE, PATH | CWD },
	{ FIELD_FS_PATH_SOURCERAW, PATH }, { FIELD_FS_PATH_TARGET, PATH | CWD }, { FIELD_FS_PATH_TARGETRAW, PATH },
	{ FIELD_PROC_ACMDLINE, EXECVE }, { FIELD_PROC_AEXE, EXECVE }, { FIELD_PROC_ARGS, COMMAND },
	{ FIELD_PROC_CMDLINE, COMMAND }, { FIELD_PROC_CMDNARGS, COMMAND }, { FIELD_PROC_CWD, CWD },
	{ FIELD_PROC_EXE, COMMAND }, { FIELD_PROC_EXELINE, COMMAND }, { FIELD_PROC_PCMDLINE, EXECVE },
	{ FIELD_PROC_PEXE, EXECVE },
};
#define COUNT(table) (sizeof(table) / sizeof(table[0]))

void plan_needs_select(struct plan_needs *needs, const struct select_set *selects)
{
	static const uint8_t of_path[] = {
		FIELD_FD_NAME, FIELD_FS_PATH_NAME, FIELD_FS_PATH_SOURCE, FIELD_FS_PATH_TARGET
	};

	for (size_t i = 0; selects && i < selects->count; i++) {
		const struct select_part *part = &selects->part[i];

		field_set_add(&needs->fields, FIELD_EVT_IS_OPEN_WRITE); /* of groups that write */
		for (size_t k = 0; k < sizeof(of_path) && part->path.count; k++)
			field_set_add(&needs->fields, of_path[k]);
		for (size_t type = 0; type < COUNT(needs->types) && part->types; type++)
			needs->types[type] |= select_bit(part->types, type);
	}
}

static unsigned needed(const struct plan_needs *needs)
{
	unsigned bits = (needs->raw || needs->whole ? ALL : 0) | (needs->text ? TEXT : 0);

	for (size_t i = 0; i < COUNT(sources); i++)
		if (field_set_has(&needs->fields, sources[i].field))
			bits |= sources[i].from;
	return bits;
}

/* "PROCTITLE records are left out by the kernel: nobody looks at proc.args, proc.cmdline or others that they tell" */
static int tell(struct plan *plan, unsigned type, unsigned bit)
{
	struct span name = record_type_name(type);
	char text[256];
	struct buf b = { text, 0, sizeof(text) - 1, false };
	unsigned told = 0;

	for (size_t i = 0; i < COUNT(sources); i++) {
		const struct field *f = &fields[sources[i].field];

		if (!(sources[i].from & bit) || (sources[i].from == ALL && bit != OTHER))
			continue;
		if (told++ == NAMED)
			break;
		if (told > 1)
			buf_lit(&b, ", ");
		buf_put(&b, f->name.p, f->name.n);
	}
	if (told > NAMED)
		buf_lit(&b, " and the like");
	text[b.n] = '\0';
	return plan_note(plan, PLAN_NO_SECTION, "%.*s records are left out by the kernel: nobody looks at what they tell (%s)",
		(int)name.n, name.p, text);
}

static int add(struct plan *plan, unsigned type)
{
	struct plan_rule *rule = plan_add(plan);

	if (!rule)
		return -ENOMEM;
	rule->list = WIRE_LIST_EXCLUDE;
	rule->action = WIRE_ALWAYS;
	rule->arch = -1;
	plan_rule_test(rule, WIRE_MSGTYPE, WIRE_EQUAL, type, NULL);
	return plan_rule_test(rule, WIRE_MSGTYPE, WIRE_NOT_EQUAL, PLAN_PRUNE_MARK, NULL);
}

int plan_prune(struct plan *plan, const struct plan_needs *needs)
{
	unsigned bits = needed(needs);
	int rc = 0;

	for (size_t i = 0; i < COUNT(prunable) && rc == 0; i++) {
		unsigned type = prunable[i].type;

		if (prunable[i].bit & bits || needs->types[type])
			continue;
		rc = add(plan, type);
		if (rc == 0)
			rc = tell(plan, type, prunable[i].bit);
	}
	return rc;
}

unsigned plan_prunes(const struct plan_rule *rule)
{
	const struct plan_test *mark = &rule->tests[0], *type = &rule->tests[1]; /* sorted by op */

	if (rule->list != WIRE_LIST_EXCLUDE || rule->test_count != 2 || mark->field != WIRE_MSGTYPE ||
		mark->op != WIRE_NOT_EQUAL || mark->value != PLAN_PRUNE_MARK || type->field != WIRE_MSGTYPE)
		return 0;
	return type->value;
}
