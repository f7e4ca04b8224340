/* What seccomp(2) offers, asked without loading a filter: RHEL 7 takes filters with actions that then kill. */
#include "sys/probe_host.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* linux/seccomp.h, linux/prctl.h; the headers of old distributions lack them. */
enum { GET_ACTION_AVAIL = 2, MODE_FILTER = 2, SET_SECCOMP = 22 };
#define RET_LOG UINT32_C(0x7ffc0000)
#define RET_USER_NOTIF UINT32_C(0x7fc00000)

#ifndef SYS_seccomp
#if defined(__x86_64__)
#define SYS_seccomp 317
#elif defined(__i386__)
#define SYS_seccomp 354
#elif defined(__powerpc__)
#define SYS_seccomp 358
#elif defined(__s390__)
#define SYS_seccomp 348
#elif defined(__aarch64__)
#define SYS_seccomp 277
#elif defined(__arm__)
#define SYS_seccomp 383
#else
#define SYS_seccomp -1
#endif
#endif

static enum probe_answer ask(uint32_t action)
{
	return syscall(SYS_seccomp, GET_ACTION_AVAIL, 0, &action) == 0 ? PROBE_YES : PROBE_NO;
}

void probe_host_seccomp(struct probe *p)
{
	/* Where filters are known, the lack of one is a bad address. */
	p->seccomp = prctl(SET_SECCOMP, MODE_FILTER, NULL, 0, 0) < 0 && errno == EFAULT ? PROBE_YES : PROBE_NO;
	p->seccomp_log = ask(RET_LOG);
	p->seccomp_notify = ask(RET_USER_NOTIF);
}
