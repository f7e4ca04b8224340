#include "sys/compat.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

static int receive_many(int fd, struct mmsghdr *messages, unsigned count)
{
#if defined HAVE_RECVMMSG
	return recvmmsg(fd, messages, count, MSG_DONTWAIT, NULL);
#elif defined SYS_recvmmsg
	return (int)syscall(SYS_recvmmsg, fd, messages, count, MSG_DONTWAIT, NULL);
#else
	(void)fd, (void)messages, (void)count;
	errno = ENOSYS;
	return -1;
#endif
}

int compat_receive(int fd, struct mmsghdr *messages, unsigned count)
{
	int n = receive_many(fd, messages, count);
	ssize_t length;

	if (n >= 0 || errno != ENOSYS)
		return n < 0 ? -errno : n;
	/* Not until the socket is empty: behind a message, an error (ENOBUFS) would be swallowed. recvmmsg keeps it. */
	length = recvmsg(fd, &messages[0].msg_hdr, MSG_DONTWAIT);
	if (length < 0)
		return -errno;
	messages[0].msg_len = (unsigned)length;
	return 1;
}
