/*
 * The kernel's audit stream (netlink(7), NETLINK_AUDIT), one record a datagram: as its owner, to whom the kernel sends
 * (unicast), or as one of many listeners (multicast group AUDIT_NLGRP_READLOG, from 3.16 on). Up to 64 records a system
 * call. The length received counts, not the header's: unicast's nlmsg_len lacks the header itself.
 */
#ifndef TIERCEL_SOURCE_SRC_NETLINK_H
#define TIERCEL_SOURCE_SRC_NETLINK_H

#include "base/err.h"
#include "source/source.h"

#include <stdbool.h>
#include <sys/socket.h>

struct mmsghdr;

/* Registration as the owner: what is known of it. Read by who keeps it up, see daemon/owner.h. */
enum src_netlink_claim {
	CLAIM_NONE,    /* not asked for, or given back */
	CLAIM_SENT,    /* asked, no answer yet */
	CLAIM_GRANTED, /* acknowledged; the kernel may still forget it: look at the status */
	/*
	 * src_netlink_claim_errno(): EPERM no right (CAP_AUDIT_CONTROL), or not in the initial PID namespace;
	 * ECONNREFUSED not in the initial user namespace; EEXIST another owner.
	 */
	CLAIM_REFUSED
};

struct src_netlink_options {
	bool multicast;
	uint64_t receive_buffer; /* bytes wanted of SO_RCVBUFFORCE, SO_RCVBUF */
	/* Tests: a descriptor, which stays theirs, and their way to read it (sys/compat.h); -1, NULL: the kernel's. */
	int fd;
	int (*receive)(int fd, struct mmsghdr *messages, unsigned count);
};

struct src_netlink;

/*
 * Open the socket, bind it, give it its buffer. 0; -errno, *err filled: -EPERM no right to listen (CAP_AUDIT_READ, of
 * the initial user namespace), -EPROTONOSUPPORT no audit, -ENOSYS built without libmnl. `sink` is copied.
 */
int src_netlink_open(struct src_netlink **out, const struct src_netlink_options *options,
	const struct source_sink *sink, struct err *err);
/* Its counts are as the latest tick() found them. */
struct source *src_netlink_source(struct src_netlink *s);
/*
 * Send AUDIT_SET of this pid, 0 to give the stream back. The answer comes with the records: read on. May be done again
 * at any time: then the latest request's answer counts. 0, -errno of the sending.
 */
int src_netlink_register(struct src_netlink *s, uint32_t pid);
enum src_netlink_claim src_netlink_claim(const struct src_netlink *s);
int src_netlink_claim_errno(const struct src_netlink *s);
/* How many others tried to take the stream over (AUDIT_REPLACE), and the latest one's pid. */
uint64_t src_netlink_rivals(const struct src_netlink *s, uint32_t *pid);
/* Bytes of the receive buffer that the kernel granted, as they were wanted: it reckons with twice as many. */
uint64_t src_netlink_buffer(const struct src_netlink *s);

#endif
