/* What old C libraries lack. */
#ifndef TIERCEL_SYS_COMPAT_H
#define TIERCEL_SYS_COMPAT_H

#include <sys/socket.h>

#ifndef HAVE_STRUCT_MMSGHDR /* glibc before 2.12 */
struct mmsghdr {
	struct msghdr msg_hdr;
	unsigned int msg_len;
};
#endif

/*
 * recvmmsg(2) with MSG_DONTWAIT: messages received, or -errno. One message a call by recvmsg(2) where the kernel has no
 * recvmmsg (before 2.6.33, but RHEL 6 has it).
 */
int compat_receive(int fd, struct mmsghdr *messages, unsigned count);

#endif
