/* Inside of serve: what its files (serve.c, serve_rules.c) share. Not for others. */
#ifndef TIERCEL_DAEMON_SERVE_PART_H
#define TIERCEL_DAEMON_SERVE_PART_H

#include "daemon/live.h"
#include "daemon/loss.h"
#include "daemon/rules.h"
#include "daemon/serve.h"
#include "event/names.h"
#include "sys/mounts.h"
#include "sys/proc.h"

struct serve {
	const struct serve_options *options;
	struct route *route;
	struct pipeline_options how;
	struct pipeline *pipeline;
	struct live live;
	struct owner *owner; /* NULL: nothing to look after in the kernel */
	struct rules rules;
	struct names *names;
	struct proc_looks looks;
	struct serials serials;
	struct loss loss;
	char hostname[256], boot[8];
	bool stop;
	bool held;           /* an output may hold lines that the system has not got, since: */
	int64_t held_since;  /* ms */
	int64_t next_tick;
	bool kernel_gone;    /* said already */
	int64_t own_until;   /* so long records of changed rules may be of our own doing */
	struct mounts mounts;
	bool touched;        /* a record tells that a rule of ours was changed */
	int64_t objects_at;  /* ms: when the names of rules are looked at again */
	int64_t remount_at;  /* ms: when mounts that have changed will have been quiet; 0: they have not changed */
	int64_t remount_by;  /* and the latest time to look at them, quiet or not */
};

/* Read what has come, as far as that can be done in two seconds. */
void serve_read_rest(struct serve *d);
/* The process that asks the kernel for us may have been killed: `rc` is what came of asking. */
void serve_see_to_kernel(struct serve *d, int rc);
/* Rules or settings change now, or did just now: dozens of records tell of our own doing, and nobody wants to know. */
void serve_expect_changes(void *ctx);
/* They are about to change: is there still a way to do it? */
void serve_prepare_changes(struct serve *d);
/* At the start: plan and load the rules of the configuration, and follow mounts from now on. Faults are logged. */
void serve_load_rules(struct serve *d);
/* SIGHUP: all of the new configuration, or all of the old. */
void serve_reload(struct serve *d);
/* Mounts change. */
void serve_see_mounts(struct serve *d, int64_t now);
/* They did, and have been quiet for a while: let the rules follow. */
void serve_follow_mounts(struct serve *d, int64_t now);
/* The names of rules lead elsewhere: plan anew, and have those watched that bear them now. */
void serve_follow_objects(struct serve *d, int64_t now);

#endif
