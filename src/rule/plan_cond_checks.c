/* One check, negated or not: what of it the kernel can test, by its field, and what is left to user space, and why. */
#include "rule/plan_cond_part.h"

#include <errno.h>

const char plan_cond_other_field[] = "the kernel compares fields with values only";

/* Bits of row.kinds. */
#define OPENS (1u << CALL_OPEN | 1u << CALL_FD)
#define NAMED (1u << CALL_PLAIN | 1u << CALL_PATH)
#define PAIRS (1u << CALL_PAIR | 1u << CALL_SYMLINK | 1u << CALL_MOUNT)
#define SENDS (1u << CALL_CONNECT | 1u << CALL_SEND)
#define BINDS (1u << CALL_BIND)
#define TAKES (1u << CALL_ACCEPT)
#define PEERS (SENDS | TAKES)
#define SOCKS (PEERS | BINDS)

/*
 * Fields that the kernel can say something of. ALWAYS: every event with a SYSCALL record has it, so that its negated
 * checks can be tested, too. Where a value may be missing, these are true of any call.
 */
static const struct row {
	int field;
	plan_push *push; /* NULL: nothing but the kinds of calls */
	unsigned kinds, number;
	bool always;
} rows[] = {
	{ FIELD_EVT_TYPE, plan_cond_type, 0, 0, true },
	{ FIELD_SYSCALL_TYPE, plan_cond_native, 0, 0, true },
	{ FIELD_EVT_CATEGORY, plan_cond_category, 0, 0, true },
	{ FIELD_EVT_SOURCE, plan_cond_source, 0, 0, true },
	{ FIELD_EVT_DIR, plan_cond_dir, 0, 0, true },
	{ FIELD_AUDIT_ARCH, plan_cond_arch, 0, 0, true },
	{ FIELD_AUDIT_TYPES, plan_cond_types, 0, 0, true },
	{ FIELD_AUDIT_ANY, plan_cond_member, 0, 0, false },
	{ FIELD_AUDIT_MSG, plan_cond_member, 0, 0, false },
	{ FIELD_EVT_RES, plan_cond_res, 0, 0, false },
	{ FIELD_EVT_RAWRES, plan_cond_rawres, 0, 0, false },
	{ FIELD_EVT_FAILED, plan_cond_failed, 0, 0, false },
	{ FIELD_USER_UID, plan_cond_id, 0, PLAN_EUID, true },
	{ FIELD_USER_LOGINUID, plan_cond_id, 0, PLAN_AUID, true },
	{ FIELD_AUDIT_UID, plan_cond_id, 0, PLAN_UID, true },
	{ FIELD_AUDIT_SUID, plan_cond_id, 0, PLAN_SUID, true },
	{ FIELD_AUDIT_FSUID, plan_cond_id, 0, PLAN_FSUID, true },
	{ FIELD_GROUP_GID, plan_cond_id, 0, PLAN_EGID, true },
	{ FIELD_AUDIT_GID, plan_cond_id, 0, PLAN_GID, true },
	{ FIELD_AUDIT_SGID, plan_cond_id, 0, PLAN_SGID, true },
	{ FIELD_AUDIT_FSGID, plan_cond_id, 0, PLAN_FSGID, true },
	{ FIELD_PROC_PID, plan_cond_number, 0, PLAN_PID, true },
	{ FIELD_PROC_PPID, plan_cond_number, 0, PLAN_PPID, true },
	{ FIELD_AUDIT_SESSION, plan_cond_number, 0, PLAN_SESSION, true },
	{ FIELD_PROC_EXEPATH, plan_cond_exe, 0, 0, true },
	{ FIELD_FD_NUM, plan_cond_fd_num, 0, 0, false },
	{ FIELD_FD_NAME, plan_cond_path, OPENS | SOCKS, 0, false },
	{ FIELD_FD_DIRECTORY, plan_cond_directory, OPENS, 0, false },
	{ FIELD_FD_FILENAME, NULL, OPENS, 0, false },
	{ FIELD_FD_NAMERAW, NULL, OPENS, 0, false },
	{ FIELD_FD_TYPE, plan_cond_file_type, OPENS | SOCKS, 0, false },
	{ FIELD_FD_TYPECHAR, plan_cond_file_type, OPENS | SOCKS, 0, false },
	{ FIELD_FD_SOCKFAMILY, plan_cond_family, SOCKS, 0, false },
	{ FIELD_FD_SIP, plan_cond_socket, SENDS | BINDS, 0, false },
	{ FIELD_FD_SPORT, plan_cond_socket, SENDS | BINDS, 0, false },
	{ FIELD_FD_SNET, plan_cond_socket, SENDS | BINDS, 0, false },
	{ FIELD_FD_CIP, plan_cond_socket, TAKES, 0, false },
	{ FIELD_FD_CPORT, plan_cond_socket, TAKES, 0, false },
	{ FIELD_FD_LIP, plan_cond_socket, BINDS, 0, false },
	{ FIELD_FD_LPORT, plan_cond_socket, BINDS, 0, false },
	{ FIELD_FD_RIP, plan_cond_socket, PEERS, 0, false },
	{ FIELD_FD_RPORT, plan_cond_socket, PEERS, 0, false },
	{ FIELD_FD_RNET, plan_cond_socket, PEERS, 0, false },
	{ FIELD_FD_IP, plan_cond_socket, SOCKS, 0, false },
	{ FIELD_FD_PORT, plan_cond_socket, SOCKS, 0, false },
	{ FIELD_FD_NET, plan_cond_socket, SOCKS, 0, false },
	{ FIELD_EVT_ABSPATH, plan_cond_path, OPENS | NAMED, 0, false },
	{ FIELD_FS_PATH_NAME, plan_cond_path, NAMED, 0, false },
	{ FIELD_FS_PATH_NAMERAW, NULL, NAMED, 0, false },
	{ FIELD_FS_PATH_SOURCE, plan_cond_path, PAIRS, 0, false },
	{ FIELD_FS_PATH_SOURCERAW, NULL, PAIRS, 0, false },
	{ FIELD_FS_PATH_TARGET, plan_cond_path, PAIRS, 0, false },
	{ FIELD_FS_PATH_TARGETRAW, NULL, PAIRS, 0, false },
	{ FIELD_EVT_ARG, plan_cond_arg, 0, 0, false },
	{ FIELD_AUDIT_PATH, plan_cond_path_key, 0, 0, false },
	{ FIELD_EVT_IS_OPEN_READ, plan_cond_open_read, 1u << CALL_OPEN, 0, false },
	{ FIELD_EVT_IS_OPEN_WRITE, plan_cond_open_write, 1u << CALL_OPEN, 0, false },
	{ FIELD_EVT_IS_OPEN_CREATE, plan_cond_open_create, 1u << CALL_OPEN, 0, false },
	{ FIELD_EVT_IS_OPEN_EXEC, plan_cond_open_create, 1u << CALL_OPEN, 0, false },
};

/* Why nothing of a field is tested, by how its name begins: the first that fits. */
static const struct {
	struct span begin;
	const char *why;
} reasons[] = {
	{ SPAN_INIT("proc.name"), "the kernel does not test the name of a process (comm)" },
	{ SPAN_INIT("proc.is_exe"), "the kernel knows programs by object" },
	{ SPAN_INIT("proc.exepath"), "the kernel knows programs by object" },
	{ SPAN_INIT("proc.exe"), "the kernel does not test the arguments of a program" },
	{ SPAN_INIT("proc.cmd"), "the kernel does not test the arguments of a program" },
	{ SPAN_INIT("proc.args"), "the kernel does not test the arguments of a program" },
	{ SPAN_INIT("proc.cwd"), "the kernel does not test the working directory" },
	{ SPAN_INIT("proc.p"), "the kernel does not test parents" },
	{ SPAN_INIT("proc.a"), "the kernel does not test parents" },
	{ SPAN_INIT("proc.tty"), "the kernel does not test the terminal" },
	{ SPAN_INIT("proc."), "the kernel does not test it" },
	{ SPAN_INIT("container."), "the kernel knows no containers" },
	{ SPAN_INIT("user."), "the kernel knows users by number" },
	{ SPAN_INIT("group."), "the kernel knows groups by number" },
	{ SPAN_INIT("fd.filename"), "the kernel knows files by object, not by a part of the name" },
	{ SPAN_INIT("fd."), "the kernel knows files by object, not by the text that was used" },
	{ SPAN_INIT("fs."), "the kernel knows files by object, not by the text that was used" },
	{ SPAN_INIT("evt.arg"), "the kernel tests arguments one by one" },
	{ SPAN_INIT("evt."), "it is known in user space only" },
	{ SPAN_INIT("audit.subj"), "security contexts are not tested" },
	{ SPAN_INIT("audit."), "the kernel does not test what the records of a call say" },
};

static const struct row *row_of(int field)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].field == field)
			return &rows[i];
	return NULL;
}

static const char *reason_of(int field)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (span_starts(fields[field].name, reasons[i].begin))
			return reasons[i].why;
	return "it is known in user space only";
}

void plan_cond_add(struct plan_cond *pc, struct plan_wants *out, const struct plan_want *w)
{
	if (plan_wants_add(out, w) < 0)
		pc->rc = -ENOMEM;
}

static void note(struct plan_cond *pc, const struct plan_literal *l, const char *why)
{
	char text[256];
	struct buf b = { text, 0, sizeof(text), false };

	if (!pc->plan || !why)
		return;
	cond_print_check(l->check, l->negated, &b);
	if (plan_note(pc->plan, pc->section, "%.*s%s: %s", (int)b.n, b.p, b.full ? "..." : "", why) < 0)
		pc->rc = -ENOMEM;
}

/* Only calls of these kinds; what has none left goes. */
static void narrow(struct plan_wants *out, unsigned kinds)
{
	struct plan_want with;
	size_t kept = 0;

	plan_want_all(&with);
	memset(&with.calls, 0, sizeof(with.calls));
	plan_cond_kinds(&with.calls, kinds);
	for (size_t i = 0; i < out->count; i++)
		if (plan_want_and(&out->want[i], &with))
			out->want[kept++] = out->want[i];
	out->count = kept;
}

void plan_cond_literal(struct plan_cond *pc, const struct cond_check *check, bool negated, struct plan_wants *out)
{
	const struct row *row = row_of(check->left.field);
	struct plan_literal l = { .check = check, .negated = negated, .field = check->left.field };
	struct plan_want w;

	pc->records = true;
	if (row && (row->always || !negated) && row->push) {
		l.number = row->number;
		note(pc, &l, row->push(pc, &l, out));
	} else {
		plan_want_all(&w);
		plan_cond_add(pc, out, &w);
		if (row && row->push && negated)
			note(pc, &l, "true as well where there is no such value");
		else if (check->op != COND_EXISTS || !row)
			note(pc, &l, reason_of(l.field));
	}
	if (row && row->kinds && !negated) {
		narrow(out, row->kinds);
		pc->records = row->kinds >> CALL_PLAIN & 1;
	}
}
