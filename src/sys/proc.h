/*
 * A process that runs, as proc(5) has it. Only what tells of it without waiting for it is read: its name, its parent
 * and its start, and its program where the kernel needs no lock for that. Not its command line: that takes the lock of
 * its memory, which a process stuck on a dead file server holds for hours, and a hostile one for as long as it likes.
 * Nobody would read the audit records meanwhile.
 */
#ifndef TIERCEL_SYS_PROC_H
#define TIERCEL_SYS_PROC_H

#include "base/span.h"

#include <stdint.h>

#define PROC_LOOKS_PER_S 1000   /* and as many at once; each takes some 6 system calls */
#define PROC_COMM_MAX 64        /* bytes of a name: a kernel thread's may be longer than 15 */
#define PROC_PATH_MAX 4096

struct proc_looks {
	const char *root;  /* goes before /proc: a test's, else "" */
	bool exe;          /* read the program, too */
	int64_t filled_ms; /* when `left` was counted last */
	int64_t left;      /* so many looks are free now */
	uint64_t refused;  /* not taken, for they were too many */
};

struct proc_facts {
	uint32_t ppid;     /* 0: none */
	int64_t start_ns;  /* since the epoch, by today's clock; 0: unknown (before 2.6.39) */
	size_t comm_n, exe_n;
	char comm[PROC_COMM_MAX];
	char exe[PROC_PATH_MAX]; /* none: exe_n 0. As the reader's root directory has it */
};

/*
 * Can this host's processes be looked at, by the numbers that audit records have: is our pid namespace the host's own,
 * as far as can be told? The program is read from Linux 4.1 on, which needs no lock for it (commit 90f31d0ea888).
 */
bool proc_looks_init(struct proc_looks *looks, const char *root);
/*
 * Look at a process. `looks` is a struct proc_looks; the type is that of a function that normalize_options takes. 0;
 * -EAGAIN: there were too many looks of late; -ESRCH: no such process; any other -errno of open(2) and read(2).
 */
int proc_look(void *looks, uint32_t pid, struct proc_facts *facts);

#endif
