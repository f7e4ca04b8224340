/* The live source that the configuration asks for, or the best that the host allows: chosen, opened, closed. */
#ifndef TIERCEL_DAEMON_LIVE_H
#define TIERCEL_DAEMON_LIVE_H

#include "config/config.h"
#include "source/src_netlink.h"
#include "sys/audit_ctl.h"
#include "sys/priv.h"
#include "sys/probe.h"

struct live {
	struct probe probe;
	struct probe_choice choice;
	bool plugin;                 /* fed by standard input */
	struct priv priv;
	struct audit_ctl *ctl;       /* NULL: the kernel can't be asked */
	struct source *source;
	struct src_netlink *netlink; /* the same; NULL: another kind of source */
};

/* Does standard input bring records: is it a pipe or a socket, as auditd's plugins have it? */
bool live_is_fed(void);
/* What the configuration asks of the host. */
struct probe_wish live_wish(const struct config_audit *config);
/*
 * Look at the host and choose; opens nothing but the way to the kernel. 0, or -errno where there is no way to get
 * records: *err says why and what to do. live_close() in either case.
 */
int live_choose(struct live *l, const struct config_audit *wish, struct err *err);
/* Open the source that was chosen. 0; -errno, *err filled. `sink` is copied. */
int live_open(struct live *l, const struct config_audit *wish, const struct source_sink *sink, struct err *err);
void live_close(struct live *l);
/* Open the way to the kernel, anew where its process has gone. 0, or why there is none: the old one stays then. */
int live_ask_kernel(struct live *l);

#endif
