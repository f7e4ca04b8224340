/* Record types that come with system calls, and which those are. */
#include "rule/plan_select.h"

#include "filter/words.h"
#include "table/table.h"

/*
 * Types that the kernel adds to the event of a call that a rule wants (audit_log_exit(), kernel/auditsc.c), by number.
 * All others come by themselves: from programs, from the kernel at what it finds worth telling.
 */
static const struct {
	uint16_t type;
	const char *calls; /* a comma list of names and groups; "all"; "some": any rule at all, plan_wants.needs_a_rule */
} sources[] = {
	{ 1300, "all" }, /* SYSCALL */
	{ 1302, "all" }, /* PATH */
	{ 1303, "ipc, msgctl, msgget, msgrcv, msgsnd, semctl, semget, semop, semtimedop, shmat, shmctl, shmget" },
	{ 1304, "@network, getpeername, getsockname, getsockopt, socketcall, socketpair" }, /* SOCKETCALL */
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

static void add_word(struct plan_calls *calls, struct span word)
{
	const struct syscall_info *call = syscall_by_name(word);

	if (call)
		plan_calls_add(calls, call->id);
	for (unsigned i = 0; i < syscall_group_count() && word.p[0] == '@'; i++) {
		const struct syscall_group *g = syscall_group_at(i);

		for (unsigned k = 0; k < g->count && span_eq(g->name, word); k++)
			plan_calls_add(calls, g->ids[k]);
	}
	if (span_eq(word, SPAN("all")))
		memset(calls, 0xff, sizeof(*calls));
}

bool plan_type_calls(unsigned type, struct plan_calls *calls, const char **words)
{
	memset(calls, 0, sizeof(*calls));
	*words = NULL;
	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		struct words w = { .text = sources[i].calls };
		struct span word;

		if (sources[i].type != type)
			continue;
		while (words_next(&w, &word))
			add_word(calls, word);
		if (strcmp(sources[i].calls, "some") == 0)
			return true;
		*words = sources[i].calls;
	}
	return false;
}

bool plan_types(struct plan_calls *calls, const struct select_part *part, struct plan *plan, unsigned section)
{
	bool some = false;

	memset(calls, 0, sizeof(*calls));
	for (size_t i = 0; part->types && i < sizeof(sources) / sizeof(sources[0]); i++) {
		struct span name = record_type_lower(sources[i].type);
		struct plan_calls of_type;
		const char *words;

		if (!select_bit(part->types, sources[i].type))
			continue;
		some = plan_type_calls(sources[i].type, &of_type, &words) || some;
		plan_calls_or(calls, &of_type);
		if (words)
			plan_note(plan, section, "types: %.*s comes with calls only: %s are told for it", (int)name.n, name.p, words);
	}
	return some;
}
