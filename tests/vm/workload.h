/*
 * The cases of the workload, by what they are about. Each runs in a process of its own, in WORK_DIR; what its calls
 * return is for the events to tell.
 */
#ifndef TIERCEL_TESTS_VM_WORKLOAD_H
#define TIERCEL_TESTS_VM_WORKLOAD_H

#include <sys/types.h>

#define WORK_DIR "/dev/shm/tiercel-workload" /* a tmpfs everywhere: the events show what a file system does */
#define WORK_PROGRAM WORK_DIR "/program" /* a copy of the workload, so that its path is the same everywhere */
#define WORK_LOGIN_ID "4242"

struct work_case {
	const char *name, *what;
	void (*run)(void);
	const char *(*missing)(void); /* NULL, or tells what this machine lacks for it (NULL: nothing) */
};

/* Each ends with a case without a name. */
extern const struct work_case work_exec[], work_files[], work_state[];

/* Run argv[0] in a child with an empty environment and wait for it: its status, as of wait(2). */
int work_spawn(char *const *argv);

#endif
