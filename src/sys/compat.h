/* What old C libraries lack. */
#ifndef TIERCEL_SYS_COMPAT_H
#define TIERCEL_SYS_COMPAT_H

#include <sys/socket.h>

/*
 * recvmmsg(2) with MSG_DONTWAIT: messages received, or -errno. One at a time by recvmsg(2) where the kernel has no
 * recvmmsg (before 2.6.33, but RHEL 6 has it).
 */
struct mmsghdr;
int compat_receive(int fd, struct mmsghdr *messages, unsigned count);

#endif
