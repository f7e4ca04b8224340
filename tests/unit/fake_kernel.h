/*
 * An audit kernel for tests: a thread that answers netlink messages over socket pairs, with the habits of the kernels
 * that matter. Link with $(fake_libs), in room.mk: tests_unit_test_NAME_LDADD = $(fake_libs)
 */
#ifndef TIERCEL_TESTS_FAKE_KERNEL_H
#define TIERCEL_TESTS_FAKE_KERNEL_H

#include "sys/audit_wire.h"
#include "sys/compat.h"

#include <stdbool.h>
#include <stddef.h>

enum fake_quirk {
	FAKE_JUNK_MASK = 0x01,   /* wire_status.mask of a reply is any bytes */
	FAKE_ACK_FIRST = 0x02,   /* the acknowledgement comes before the reply, else after it (a kernel may do both) */
	FAKE_STEAL = 0x04,       /* who sets the pid has it, whoever had it before, who hears nothing */
	FAKE_DEAF_GROUP = 0x08,  /* listeners of the multicast group get nothing */
	FAKE_NO_FEATURES = 0x10, /* GET_FEATURE: EINVAL */
	FAKE_EXE_EQUAL = 0x20,   /* exe!= : EINVAL */
	FAKE_FEATURES_AS_GET = 0x40, /* GET_FEATURE's reply has the type WIRE_GET */
	FAKE_TYPES_ALONE = 0x80  /* rules that exclude records: only msgtype is looked at (audit_filter_type()) */
};

#define FAKE_NEVER UINT32_MAX

struct fake_kernel_traits {
	unsigned status_size; /* of an AUDIT_GET reply: 32, 36, 40 or 44 */
	uint32_t settable;    /* WIRE_SET_*; a SET of another does nothing and returns 0 */
	uint32_t features;    /* wire_status.features, where the reply has room for it */
	unsigned quirks;
	unsigned unknown[8];  /* fields of rules that are refused, up to a 0 */
	unsigned forget_ms;   /* so long after the pid was set, it is 0 again; 0: never */
	unsigned block_ms;    /* each request waits so long, with all behind it; FAKE_NEVER: until the traits change */
};

/* Linux 2.6.32 of RHEL 6, 3.10 of RHEL 7, 6.1. */
extern const struct fake_kernel_traits KERNEL_EL6, KERNEL_EL7, KERNEL_6_1;

struct fake_kernel;

/* status: enabled, backlog_limit 64, all else 0; no rules; no owner. */
struct fake_kernel *fake_kernel_new(const struct fake_kernel_traits *traits);
/* Ends all connections: the other ends read 0, their writes give EPIPE. */
void fake_kernel_free(struct fake_kernel *k);
void fake_kernel_behave(struct fake_kernel *k, const struct fake_kernel_traits *traits);

/* A new connection of SOCK_SEQPACKET, to be closed by the caller; at most 16 at a time. For requests only: */
int fake_kernel_control(struct fake_kernel *k);
/*
 * For records (and requests, as AUDIT_SET of the pid): what comes is read by fake_kernel_receive() alone. A member of
 * the multicast group gets every record; another only after it set the pid.
 */
int fake_kernel_events(struct fake_kernel *k, bool multicast);
/* As compat_receive(), with msg_name filled in: nl_pid is 0 or the foreign sender's. 0: the kernel is gone. */
int fake_kernel_receive(int fd, struct mmsghdr *messages, unsigned count);

void fake_kernel_status(struct fake_kernel *k, struct wire_status *status);
/* Set one member past all rules: `what` is one of WIRE_SET_*. PID: an owner elsewhere, who lives on. */
void fake_kernel_set(struct fake_kernel *k, unsigned what, uint32_t value);
/* Another process asks for the pid: 0, it has it, or -EEXIST, and the holder gets AUDIT_REPLACE. */
int fake_kernel_rival(struct fake_kernel *k, uint32_t pid);
/* dir= and exe= at or below this path give ENOENT. At most 8. */
void fake_kernel_missing(struct fake_kernel *k, const char *path);

/* As somebody else would: at the end of the list, unchecked. */
void fake_kernel_add_rule(struct fake_kernel *k, const struct wire_rule *rule, size_t n);
unsigned fake_kernel_rules(struct fake_kernel *k);
/* In the order of a listing; NULL: no such. To be read while no request is under way. */
const struct wire_rule *fake_kernel_rule(struct fake_kernel *k, unsigned i, size_t *n);
/* How many requests of this type came; wait for the `count`th: false after 5 s. */
unsigned fake_kernel_requests(struct fake_kernel *k, unsigned type);
bool fake_kernel_wait(struct fake_kernel *k, unsigned type, unsigned count);

/*
 * Send a record ("audit(1700000000.123:1): ..."), unless a rule excludes its type: to the owner with a nlmsg_len that
 * lacks the header's 16 bytes, to the group with the right one. It is there to be received at once. How many got it: a
 * full socket (of some 200 records) gets nothing, and the owner's raises status.lost.
 */
unsigned fake_kernel_record(struct fake_kernel *k, unsigned type, const char *text);
/* Send any bytes to all who get records, from `sender`: 0 is the kernel. Short, long and foreign ones. */
unsigned fake_kernel_datagram(struct fake_kernel *k, const void *p, size_t n, uint32_t sender);
/* The next receive of all who get records ends with -ENOBUFS, after what is before it. */
void fake_kernel_overrun(struct fake_kernel *k);

#endif
