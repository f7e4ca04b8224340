#include "sys/probe.h"

#include "sys/audit_ctl.h"
#include "sys/probe_host.h"
#include "sys/probe_rules.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/netlink.h>

/* On a socket of its own, closed at once: what came to it meanwhile is lost with it. */
static int listen_once(void)
{
	const struct sockaddr_nl group = { .nl_family = AF_NETLINK, .nl_groups = 1u << (WIRE_GROUP_READLOG - 1) };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, WIRE_PROTOCOL), rc;

	if (fd < 0)
		return -errno;
	rc = bind(fd, (const struct sockaddr *)&group, sizeof(group)) < 0 ? -errno : 0;
	close(fd);
	return rc;
}

static void ask_kernel(struct probe *p, const struct probe_host *host, struct audit_ctl *ctl, int audit_error,
	const struct probe_wish *wish)
{
	p->rules = -ENODATA;
	p->audit = audit_error < 0 ? audit_error : -EIO;
	if (ctl)
		p->audit = audit_ctl_status(ctl, &p->status);
	if (p->audit == -ETIMEDOUT) {
		p->stuck = probe_host_stuck(host);
		probe_host_process(host, p->stuck, p->owner);
	}
	if (p->audit != 0)
		return;
	p->owner_alive = p->status.pid != (uint32_t)getpid() && probe_host_process(host, p->status.pid, p->owner);
	if (audit_ctl_features(ctl, &p->features) != 0)
		memset(&p->features, 0, sizeof(p->features));
	p->rules = probe_rules_read(p, ctl, wish->is_own);
	p->tierceld_lives = probe_host_named(host, "tierceld");
}

void probe_read_at(struct probe *p, const struct probe_host *host, struct audit_ctl *ctl, int audit_error,
	const struct probe_wish *wish)
{
	memset(p, 0, sizeof(*p));
	snprintf(p->release, sizeof(p->release), "%s", host->release);
	snprintf(p->machine, sizeof(p->machine), "%s", host->machine);
	p->version = probe_host_version(host->release);
	probe_host_read(p, host, wish);
	probe_host_seccomp(p);
	ask_kernel(p, host, ctl, audit_error, wish);
	/* Before 3.16 a bind succeeds, and means nothing. */
	p->multicast = p->version < PROBE_KERNEL(3, 16, 0) ? -EOPNOTSUPP : host->listen();
}

void probe_read(struct probe *p, struct audit_ctl *ctl, int audit_error, const struct probe_wish *wish)
{
	struct probe_host host = { .root = "", .release = "", .machine = "", .listen = listen_once };
	struct utsname name;

	if (uname(&name) == 0) {
		host.release = name.release;
		host.machine = name.machine;
	}
	probe_read_at(p, &host, ctl, audit_error, wish);
}
