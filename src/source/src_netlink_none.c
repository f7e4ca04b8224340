/* Built instead of src_netlink.c where there is no libmnl. */
#include "source/src_netlink.h"

#include <errno.h>

int src_netlink_open(struct src_netlink **out, const struct src_netlink_options *options,
	const struct source_sink *sink, struct err *err)
{
	(void)options;
	(void)sink;
	*out = NULL;
	return err_set(err, -ENOSYS, "audit netlink",
		"this build has no libmnl, which reads the kernel's audit stream: install libmnl-dev (Debian, Ubuntu) or "
		"libmnl-devel (RHEL) and build again");
}

struct source *src_netlink_source(struct src_netlink *s)
{
	(void)s;
	return NULL;
}

int src_netlink_register(struct src_netlink *s, uint32_t pid)
{
	(void)s;
	(void)pid;
	return -ENOSYS;
}

enum src_netlink_claim src_netlink_claim(const struct src_netlink *s)
{
	(void)s;
	return CLAIM_NONE;
}

int src_netlink_claim_errno(const struct src_netlink *s)
{
	(void)s;
	return 0;
}

uint64_t src_netlink_rivals(const struct src_netlink *s, uint32_t *pid)
{
	(void)s;
	*pid = 0;
	return 0;
}

uint64_t src_netlink_buffer(const struct src_netlink *s)
{
	(void)s;
	return 0;
}
