/*
 * tierceld's hold on the kernel's audit subsystem: it registers as the owner of the stream, sets what an owner sets,
 * loads rules, looks after all of it, and gives it back as it was. Old kernels forget or give away a registration
 * without a word (HACKING, Kernels), so that it is looked at from time to time.
 */
#ifndef TIERCEL_DAEMON_OWNER_H
#define TIERCEL_DAEMON_OWNER_H

#include "base/err.h"
#include "rule/rule_audit.h"
#include "source/src_netlink.h"

#include <stdbool.h>

struct owner_news {
	enum {
		OWNER_AGAIN, OWNER_REFUSED, OWNER_STOLEN, OWNER_RIVAL, OWNER_RULES_AGAIN, OWNER_SWITCHED_OFF,
		OWNER_SWITCHED_ON, OWNER_UNPRUNED, OWNER_PRUNED,
		OWNER_GONE, OWNER_THERE /* these two: of a stream that is not ours */
	} what;
	uint32_t pid;     /* STOLEN, RIVAL, THERE: of whom */
	unsigned count;   /* RULES_AGAIN: rules that were gone; UNPRUNED: rules of others */
};

/* The sentence, and syslog's priority. */
const char *owner_news_text(const struct owner_news *news);
int owner_news_priority(const struct owner_news *news);

struct owner_options {
	struct audit_ctl *ctl;
	struct source *source;
	bool drain;                  /* read it while the kernel is waited for: its descriptor stays the same */
	struct src_netlink *netlink; /* the same, to be registered; NULL: the stream is somebody else's */
	uint32_t pid;
	uint32_t backlog_limit;
	bool block;                  /* on_overload = block */
	void (*tell)(void *ctx, const struct owner_news *news);
	void (*changing)(void *ctx); /* rules are about to be loaded again; may be NULL */
	void *ctx;
};

struct owner;

/*
 * Register and set. `options` are copied. 0; -errno, *err filled: -EEXIST or -EBUSY somebody else owns the stream,
 * -EPERM, -ETIMEDOUT ...: nothing is left changed then.
 */
int owner_start(struct owner **out, const struct owner_options *options, struct err *err);
/* True where the kernel can't be told to drop rather than to hold up processes (before 3.14). */
bool owner_may_block(const struct owner *o);
/*
 * Load the rules of a plan, which must stay valid until the next one or the stop; see rule_audit_apply(). -EPERM: they
 * can't be changed, and are not tried again.
 */
int owner_plan(struct owner *o, const struct plan *plan, struct rule_audit_result *result);
/*
 * Let the kernel leave out the records that the plan excludes: to be asked once nobody looks at them any more. It does
 * so where the stream is ours and nobody else has rules, and that is looked at from time to time. See
 * rule_audit_prune(); -EBUSY: the stream is not ours.
 */
int owner_prune(struct owner *o, struct rule_audit_result *result);
/* Are all of them left out now? */
bool owner_pruned(const struct owner *o);
/* Load rules with such a path again: see rule_audit_renew(). */
int owner_renew(struct owner *o, bool (*stale)(const void *ctx, const char *path), const void *ctx,
	struct rule_audit_result *result);
/* The next owner_tick() looks at our rules: somebody may have taken one away. */
void owner_hurry(struct owner *o);
/* Look after it; now_ms is any monotonic clock. 0; -errno where the kernel did not answer: -EPIPE wants owner_ask(). */
int owner_tick(struct owner *o, int64_t now_ms);
/* Look at once, before something that wants an answer of the kernel; as owner_tick(). */
int owner_look(struct owner *o);
/* The kernel is asked this way from now on. */
void owner_ask(struct owner *o, struct audit_ctl *ctl);
/* What the kernel counts as lost since the start: records for which it had no room or memory. */
uint64_t owner_lost(const struct owner *o);
/*
 * Rules away, what is still on its way read, registration ended, settings as they were, but for those that somebody
 * else changed meanwhile. -EPERM: rules of ours stay, as they are locked; other -errno: they may stay. NULL: nothing.
 */
int owner_stop(struct owner *o);
void owner_free(struct owner *o);

#endif
