/* Record types that come with system calls, and which those are. */
#include "rule/plan_parts.h"

#include "filter/words.h"
#include "table/table.h"

/*
 * Types that the kernel adds to the event of a call that a rule wants (audit_log_exit(), kernel/auditsc.c), by number.
 * All others come by themselves: from programs, from the kernel at what it finds worth telling.
 */
static const struct {
	uint16_t type;
	const char *calls; /* a comma list of names and groups; "all"; "some": any rule at all, see plan_types.some */
} sources[] = {
	{ 1300, "all" }, /* SYSCALL */
	{ 1302, "all" }, /* PATH */
	{ 1303, "ipc, msgctl, msgget, msgrcv, msgsnd, semctl, semget, semop, semtimedop, shmat, shmctl, shmget" },
	{ 1304, "@network" }, /* SOCKETCALL */
	{ 1306, "@network, getpeername, getsockname" }, /* SOCKADDR */
	{ 1307, "all" },      /* CWD */
	{ 1309, "execve, execveat" }, /* EXECVE */
	{ 1311, "ipc, msgctl, semctl, shmctl" }, /* IPC_SET_PERM */
	{ 1312, "mq_open" },
	{ 1313, "mq_timedreceive, mq_timedsend" }, /* MQ_SENDRECV */
	{ 1314, "mq_notify" },
	{ 1315, "mq_getsetattr" },
	{ 1317, "pipe, pipe2, socketpair" }, /* FD_PAIR */
	{ 1318, "kill, pidfd_send_signal, ptrace, rt_sigqueueinfo, rt_tgsigqueueinfo, tgkill, tkill" }, /* OBJ_PID */
	{ 1320, "all" }, /* EOE */
	{ 1321, "execve, execveat" }, /* BPRM_FCAPS */
	{ 1322, "capset" },
	{ 1323, "mmap, mmap2" }, /* MMAP */
	{ 1326, "some" }, /* SECCOMP, before 4.14 */
	{ 1327, "all" },  /* PROCTITLE */
	{ 1330, "@module" }, /* KERN_MODULE */
	{ 1332, "adjtimex, clock_adjtime, clock_settime, settimeofday" }, /* TIME_INJOFFSET */
	{ 1333, "adjtimex, clock_adjtime" }, /* TIME_ADJNTPVAL */
	{ 1336, "io_uring_enter" }, /* URINGOP */
	{ 1337, "openat2" }, /* OPENAT2 */
	{ 1425, "all" },  /* MAC_TASK_CONTEXTS */
	{ 1426, "all" },  /* MAC_OBJ_CONTEXTS */
	{ 1702, "some" }, /* ANOM_LINK: audit_log_path_denied() is silent where nothing is audited */
	{ 1703, "some" }, /* ANOM_CREAT */
};

static void add_id(struct plan_types *types, unsigned id)
{
	types->ids[id / 64] |= UINT64_C(1) << (id % 64);
}

static void add_word(struct plan_types *types, struct span word)
{
	const struct syscall_info *call = syscall_by_name(word);

	if (call)
		add_id(types, call->id);
	for (unsigned i = 0; i < syscall_group_count() && word.p[0] == '@'; i++) {
		const struct syscall_group *g = syscall_group_at(i);

		for (unsigned k = 0; k < g->count && span_eq(g->name, word); k++)
			add_id(types, g->ids[k]);
	}
	types->all = types->all || span_eq(word, SPAN("all"));
	types->some = types->some || span_eq(word, SPAN("some"));
}

void plan_types(const struct select_part *part, struct plan_types *types, struct plan *plan, unsigned section)
{
	for (size_t i = 0; part->types && i < sizeof(sources) / sizeof(sources[0]); i++) {
		struct words w = { .text = sources[i].calls };
		struct span word, name = record_type_lower(sources[i].type);

		if (!select_bit(part->types, sources[i].type))
			continue;
		while (words_next(&w, &word))
			add_word(types, word);
		if (strcmp(sources[i].calls, "some") == 0)
			continue;
		plan_note(plan, section, "types: %.*s comes with calls only: %s are told for it", (int)name.n, name.p,
			sources[i].calls);
	}
}
