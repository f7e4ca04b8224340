/* Hosts that plans are made for, whose files are those of a table. */
#ifndef TIERCEL_TESTS_PLAN_KIT_H
#define TIERCEL_TESTS_PLAN_KIT_H

#include "rule/plan_make.h"
#include "sys/probe.h"

#include <string.h>

/* Directories end in a slash. */
static const char *const plan_kit_files[] = {
	"/bin/", "/bin/sh", "/etc/", "/etc/audit/", "/etc/passwd", "/etc/pam.d/", "/etc/resolv.conf", "/etc/security/",
	"/etc/shadow", "/etc/ssh/", "/etc/systemd/", "/home/", "/lib/", "/lib/systemd/",
	"/lib/systemd/system/", "/opt/", "/opt/my app/", "/opt/my app/run", "/root/", "/run/", "/run/resolv.conf", "/srv/",
	"/srv/a/", "/srv/link/", "/srv/a/b/", "/srv/a/b/c", "/tmp/", "/staff/", "/staff/ann/", "/staff/ann/.ssh/", "/usr/",
	"/usr/bin/", "/usr/bin/python3", "/usr/lib/",
	"/usr/lib/systemd/", "/usr/lib/systemd/system/", "/usr/local/", "/usr/local/lib/", "/usr/sbin/",
	"/usr/sbin/httpd", "/var/", "/var/log/", "/var/spool/", "/var/spool/cron/",
};

static inline int plan_kit_look(const char *path)
{
	size_t n = strlen(path);

	for (size_t i = 0; i < sizeof(plan_kit_files) / sizeof(plan_kit_files[0]); i++) {
		const char *file = plan_kit_files[i];

		if (strncmp(file, path, n) == 0 && (!file[n] || strcmp(file + n, "/") == 0))
			return file[n] == '/';
	}
	return -1;
}

/* One program is there by two names. */
static inline bool plan_kit_sole(const char *path)
{
	return strcmp(path, "/bin/sh") != 0;
}

static inline bool plan_kit_lead(const char *path, char to[PLAN_PATH_MAX])
{
	if (strcmp(path, "/etc/resolv.conf") == 0)
		strcpy(to, "/run/resolv.conf");
	else if (strcmp(path, "/srv/link") == 0)
		strcpy(to, "/opt/my app");
	else
		return false;
	return true;
}

/* Two links in /etc, one of them to a directory, and one that stays in there. */
static inline bool plan_kit_links(const char *dir, plan_link_seen *seen, void *ctx)
{
	if (strcmp(dir, "/etc") == 0) {
		seen(ctx, "/etc/resolv.conf", "/run/resolv.conf");
		seen(ctx, "/etc/alt", "/srv/a");
		seen(ctx, "/etc/mtab", "/etc/passwd");
	}
	return strcmp(dir, "/usr") != 0;
}

struct plan_kit_host {
	const char *name, *machine;
	unsigned version;
	uint32_t told; /* wire_status.features */
	bool by_name, links;
};

static const struct plan_kit_host plan_kit_hosts[] = {
	{ "x86_64", "x86_64", PROBE_KERNEL(6, 12, 0), 0x7f, false, false },
	{ "by-name", "x86_64", PROBE_KERNEL(6, 12, 0), 0x7f, true, false },
	{ "rhel7", "x86_64", PROBE_KERNEL(3, 10, 0), 0x7d, false, false },
	{ "rhel6", "x86_64", PROBE_KERNEL(2, 6, 32), 0, false, false },
	{ "i386", "i686", PROBE_KERNEL(6, 1, 0), 0x7f, false, false },
	{ "aarch64", "aarch64", PROBE_KERNEL(6, 1, 0), 0x7f, false, false },
	{ "s390x", "s390x", PROBE_KERNEL(5, 14, 0), 0x7f, false, false },
	{ "links", "x86_64", PROBE_KERNEL(6, 12, 0), 0x7f, false, true },
	{ "ppc64le", "ppc64le", PROBE_KERNEL(5, 14, 0), 0x7f, false, false },
};
#define PLAN_KIT_HOSTS (sizeof(plan_kit_hosts) / sizeof(plan_kit_hosts[0]))

static inline struct plan_host plan_kit_host(const struct plan_kit_host *h)
{
	struct plan_host host = {
		.features = plan_features(h->version) | plan_features_told(h->told), .path_by_object = !h->by_name,
		.self = "/usr/sbin/tierceld", .pid = 4242, .look = plan_kit_look, .sole = plan_kit_sole,
		.lead = plan_kit_lead
	};

	if (h->links)
		host.links = plan_kit_links;
	plan_arches(h->machine, host.arches);
	return host;
}

static inline void plan_kit_print(const struct plan *p, struct buf *out)
{
	for (size_t i = 0; i < p->count; i++)
		plan_print_rule(&p->rules[i], out);
}

#endif
