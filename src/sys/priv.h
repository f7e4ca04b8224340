/*
 * The process that holds the privileged netlink socket. It passes on to the kernel only the requests of a fixed table
 * of verbs, and everything that the kernel answers back. So a control call that the kernel holds up (a stuck reader
 * blocks everybody's calls on kernels before 4.10: see HACKING) never holds up its caller, who waits with poll(2).
 * It keeps no capability but CAP_AUDIT_CONTROL and CAP_AUDIT_WRITE, and ends when the other end is closed.
 */
#ifndef TIERCEL_SYS_PRIV_H
#define TIERCEL_SYS_PRIV_H

#include "base/err.h"

#include <sys/types.h>

struct priv {
	int fd; /* AF_UNIX, SOCK_SEQPACKET: netlink messages in, datagrams of the kernel out */
	pid_t pid;
};

/*
 * Start it. 0; -EPROTONOSUPPORT: the kernel has no audit; other -errno, *err filled. Must be called while the process
 * has one thread.
 */
int priv_open(struct priv *p, struct err *err);
/* Close our end, wait for its end for a second at most, then leave it to itself. */
void priv_close(struct priv *p);

#endif
