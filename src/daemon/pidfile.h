/* The file that says which process runs, and keeps a second one from running beside it. */
#ifndef TIERCEL_DAEMON_PIDFILE_H
#define TIERCEL_DAEMON_PIDFILE_H

#include "base/err.h"

/* Where a daemon puts it, unless the configuration says otherwise. */
#define PIDFILE_DEFAULT LOCALSTATEDIR "/run/tierceld.pid"

struct pidfile {
	char *path; /* its own copy */
	int fd;     /* -1: none */
};

/*
 * Lock the file (made with mode 0644) and write this process's id into it. The lock is this process's alone and goes
 * with it, so call it behind the last fork. 0; -errno and *err, and nothing is held: -EBUSY where another process
 * holds it, -ELOOP for a symbolic link, -EINVAL for what is no regular file of our own user.
 */
int pidfile_open(struct pidfile *p, const char *path, struct err *err);
/* Remove the file, if it is still ours, and let it go; nothing where none is open. */
void pidfile_close(struct pidfile *p);

#endif
