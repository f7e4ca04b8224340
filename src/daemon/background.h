/*
 * Becoming a daemon in two steps, so that whoever started it (a shell, an init script, systemd's Type=forking) learns
 * whether it came up: the parent stays until the daemon is ready or ends, and its messages still go to standard error.
 */
#ifndef TIERCEL_DAEMON_BACKGROUND_H
#define TIERCEL_DAEMON_BACKGROUND_H

#include "base/err.h"

struct background {
	int fd; /* to the parent; -1: none waits */
};

/*
 * See that descriptors 0 to 2 are open, on /dev/null where they were closed: else the next file would take their place,
 * and have our messages written into it. Call it before anything is opened. 0, -errno.
 */
int background_standard(void);
/*
 * Fork. 0 in the child: a session of its own, in / (make relative paths absolute before), standard input and output
 * are /dev/null. The parent does not return: it exits with 0 once the child is ready, else with the child's exit status
 * (1 where a signal ended it). -errno and *err: tell it and exit. Call it before signals are blocked, and before locks
 * of fcntl(), which stay the parent's.
 */
int background_begin(struct background *b, struct err *err);
/*
 * All is well: standard error becomes /dev/null too (let the log go to syslog before), and the parent exits. Nothing
 * where none waits.
 */
void background_ready(struct background *b);

#endif
