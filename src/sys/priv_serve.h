/* The privileged process: what it does once it is started (priv.c alone, and tests). */
#ifndef TIERCEL_SYS_PRIV_SERVE_H
#define TIERCEL_SYS_PRIV_SERVE_H

#include "base/err.h"
#include "sys/compat.h"
#include "sys/priv.h"

typedef int priv_receive(int fd, struct mmsghdr *messages, unsigned count);

/*
 * Pass allowed requests from `pair` to `kernel`, and to `pair` whatever `receive` has of the kernel's own, until the
 * other end of `pair` is closed: 0, or -errno. Other requests are answered with EPERM. Waits where the kernel does.
 */
int priv_serve(int pair, int kernel, priv_receive *receive);
/* priv_open() with a kernel of one's own: a descriptor, which stays the caller's, and how to read it. */
int priv_start(struct priv *p, int kernel, priv_receive *receive, struct err *err);

#endif
