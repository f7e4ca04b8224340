/* The part of a probe that asks /proc, /sys and the paths of the wish. Its root is a test's, else "". */
#ifndef TIERCEL_SYS_PROBE_HOST_H
#define TIERCEL_SYS_PROBE_HOST_H

#include "sys/probe.h"

/* What /proc/self/ns/pid leads to on the host itself: PROC_PID_INIT_INO of the kernel's include/linux/proc_ns.h. */
#define PROBE_INIT_PID_NS "pid:[4026531836]"

struct probe_host {
	const char *root;             /* goes before /proc, /sys, /boot, /etc ... */
	const char *release, *machine;
	int (*listen)(void);          /* try a bind to the multicast group: 0, -errno */
};

/* PROBE_KERNEL of a release as uname(2) tells it; 0: no sense in it. */
unsigned probe_host_version(const char *release);
/* Everything that the audit socket has no part in. p->version is there already. */
void probe_host_read(struct probe *p, const struct probe_host *host, const struct probe_wish *wish);
/* Is the process alive, and no zombie? Its name goes to `name`, odd bytes as '?'; empty where /proc hides it. */
bool probe_host_process(const struct probe_host *host, uint32_t pid, char name[17]);
/* Does a process of this name live, besides this one and its children? */
bool probe_host_named(const struct probe_host *host, const char *name);
/* The pid of the audit socket with the most bytes unread (/proc/net/netlink); 0: none has any. */
uint32_t probe_host_stuck(const struct probe_host *host);
/* seccomp(2), where the kernel may be asked without a filter. */
void probe_host_seccomp(struct probe *p);

/* probe_read(), on this host or a test's. */
void probe_read_at(struct probe *p, const struct probe_host *host, struct audit_ctl *ctl, int audit_error,
	const struct probe_wish *wish);

#endif
