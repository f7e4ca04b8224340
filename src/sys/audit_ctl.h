/*
 * Requests to the kernel's audit subsystem: status, features, rules (kernel/audit.c audit_receive_msg()). They go over
 * any descriptor that carries whole netlink messages: priv's, or that of a test's kernel. Every request has a time
 * limit. Codes of the kernel's refusals come back as they are: -EPERM no right (or immutable), -ECONNREFUSED not in the
 * initial user namespace; besides, -ETIMEDOUT: no answer (a change may still be made, late), -EPIPE: the other end is
 * gone, -EPROTO: no sense in it.
 */
#ifndef TIERCEL_SYS_AUDIT_CTL_H
#define TIERCEL_SYS_AUDIT_CTL_H

#include "sys/audit_wire.h"

#include <stddef.h>

#define AUDIT_CTL_TIMEOUT_MS 3000

struct audit_ctl;

/* `fd` stays the caller's. NULL: no memory; or built without libmnl, where each request gives -ENOSYS. */
struct audit_ctl *audit_ctl_new(int fd, int timeout_ms);
void audit_ctl_free(struct audit_ctl *c);
/*
 * While a request waits, watch this descriptor too, and call ready() when it is readable: so that records are drained
 * meanwhile. fd -1: nothing to watch. ready() makes no requests; it may change what is watched.
 */
void audit_ctl_meanwhile(struct audit_ctl *c, int fd, void (*ready)(void *ctx), void *ctx);

/* AUDIT_GET. What the kernel is too old to tell is 0. */
int audit_ctl_status(struct audit_ctl *c, struct wire_status *status);
/* AUDIT_SET of one member: `what` is one of WIRE_SET_*. Never PID: that is for the socket that wants the records. */
int audit_ctl_set(struct audit_ctl *c, unsigned what, uint32_t value);
/* AUDIT_GET_FEATURE; -EINVAL on kernels before 3.13. */
int audit_ctl_features(struct audit_ctl *c, struct wire_features *features);
/* AUDIT_LIST_RULES: each rule, checked to lie within its n bytes; returns how many, or -errno. */
int audit_ctl_rules(struct audit_ctl *c, void (*each)(void *ctx, const struct wire_rule *rule, size_t n), void *ctx);
/* AUDIT_ADD_RULE, AUDIT_DEL_RULE of n bytes. -EEXIST, -ENOENT, -EINVAL (a field that the kernel does not know) ... */
int audit_ctl_add_rule(struct audit_ctl *c, const struct wire_rule *rule, size_t n);
int audit_ctl_delete_rule(struct audit_ctl *c, const struct wire_rule *rule, size_t n);

/*
 * AUDIT_SET of the pid as a whole netlink message, for the socket that wants the records: 0 ends it. Returns bytes
 * written, at most AUDIT_CTL_PID_SIZE. The kernel acknowledges with `seq`.
 */
#define AUDIT_CTL_PID_SIZE 80
size_t audit_ctl_pid_message(char *out, uint32_t pid, uint32_t seq);

#endif
