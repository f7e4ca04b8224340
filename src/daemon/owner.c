#include "daemon/owner.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>

#define CLAIM_MS 3000         /* for the answer to a registration */
#define FIRST_LOOK_MS 100     /* a dead owner's last record may undo a registration that was acknowledged */
#define LOOK_MS 2000
#define RULES_MS 30000
#define DRAIN_MS 2000         /* for what is on its way when we stop */
#define WAIT_DEFAULT 15000    /* jiffies: the kernel's own default, 60 s of 250 Hz (kernel/audit.c) */

struct owner {
	struct owner_options options;
	struct wire_status before; /* what the kernel had, to be restored where it still is as */
	struct wire_status ours;   /* we set it: later changes are somebody's wish */
	const struct plan *plan;   /* NULL: no rules of ours */
	bool unsettled;            /* the latest change of rules broke off */
	bool prune;                /* records of the plan's are to be excluded */
	bool pruned;               /* and they are, all */
	unsigned refused;          /* rules that the kernel does not take: not worth another try */
	unsigned refused_prunes;   /* likewise */
	bool refused_claim;        /* told already */
	bool rules_fixed;          /* EPERM: not to be tried again */
	bool stolen, off;          /* told already */
	bool ownerless;            /* the stream is not ours, nor anybody's */
	uint64_t rivals;
	uint32_t last_lost;
	uint64_t lost;
	int64_t next_look, next_rules;
};

static const struct {
	const char *text;
	int priority;
} news_known[] = {
	[OWNER_AGAIN] = { "the kernel had forgotten us as the owner of the audit stream; registered again", LOG_WARNING },
	[OWNER_REFUSED] = { "the kernel had forgotten us as the owner of the audit stream, and does not register us again: "
		"nothing comes; it is tried again", LOG_ERR },
	[OWNER_STOLEN] = { "another process has taken the audit stream over: nothing comes until it ends", LOG_ERR },
	[OWNER_RIVAL] = { "another process tried to take the audit stream over", LOG_WARNING },
	[OWNER_RULES_AGAIN] = { "somebody deleted audit rules of ours: loaded again", LOG_WARNING },
	[OWNER_SWITCHED_OFF] = { "auditing was switched off: next to nothing comes until auditctl -e 1", LOG_ERR },
	[OWNER_SWITCHED_ON] = { "auditing was switched on again", LOG_NOTICE },
	[OWNER_UNPRUNED] = { "somebody else has audit rules now: the kernel sends all kinds of records again, as others may "
		"want them", LOG_NOTICE },
	[OWNER_PRUNED] = { "the kernel leaves out kinds of records that nobody looks at again", LOG_NOTICE },
	[OWNER_GONE] = { "the owner of the audit stream has gone: records go to the kernel's log too", LOG_WARNING },
	[OWNER_THERE] = { "the audit stream has an owner again", LOG_NOTICE },
};

const char *owner_news_text(const struct owner_news *news)
{
	return news_known[news->what].text;
}

int owner_news_priority(const struct owner_news *news)
{
	return news_known[news->what].priority;
}

/* The kernel's count may have been reset by others. */
static void count_lost(struct owner *o, uint32_t lost)
{
	o->lost += lost >= o->last_lost ? lost - o->last_lost : lost;
	o->last_lost = lost;
}

static void tell(struct owner *o, struct owner_news news)
{
	o->options.tell(o->options.ctx, &news);
}

static void drain(void *ctx)
{
	struct source *s = ctx;

	s->ops->read(s);
}

/* Read once; false where nothing has come for so many ms. */
static bool read_once(struct owner *o, int64_t wait_ms)
{
	struct source *s = o->options.source;
	struct pollfd fd = { .fd = s->ops->fd(s), .events = POLLIN };

	return poll(&fd, 1, (int)wait_ms) > 0 && s->ops->read(s) > 0;
}

/* Read until nothing has come for `quiet` ms, but not for ever. */
static void read_all(struct owner *o, int64_t until, int quiet)
{
	while (clock_ms() < until && read_once(o, quiet))
		;
}

/* Ask to be the owner and wait for the answer, which comes among the records. 0 or the kernel's refusal. */
static int claim(struct owner *o)
{
	int64_t until = clock_ms() + CLAIM_MS;
	int rc = src_netlink_register(o->options.netlink, o->options.pid);

	while (rc == 0 && src_netlink_claim(o->options.netlink) == CLAIM_SENT) {
		int64_t left = until - clock_ms();

		if (left <= 0)
			return -ETIMEDOUT;
		read_once(o, left);
	}
	if (rc == 0 && src_netlink_claim(o->options.netlink) == CLAIM_REFUSED)
		return -src_netlink_claim_errno(o->options.netlink);
	return rc;
}

static bool is_alive(uint32_t pid)
{
	return pid && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
}

static int set(struct owner *o, unsigned what, uint32_t value, uint32_t is)
{
	return value == is ? 0 : audit_ctl_set(o->options.ctl, what, value);
}

static bool has_wait(const struct owner *o)
{
	return o->before.features & WIRE_FEATURE_BACKLOG_WAIT_TIME;
}

/* What an owner wants of the settings. Where auditing is locked (enabled 2), only the registration may change. */
static struct wire_status wanted(const struct owner *o)
{
	struct wire_status want = o->before;

	if (want.enabled == 2)
		return want;
	want.enabled = 1;
	want.backlog_limit = o->options.backlog_limit;
	if (has_wait(o) && !o->options.block)
		want.backlog_wait_time = 0;
	else if (has_wait(o) && !want.backlog_wait_time)
		want.backlog_wait_time = WAIT_DEFAULT;
	return want;
}

static int settle_in(struct owner *o)
{
	const struct wire_status *is = &o->before, *want = &o->ours;
	int rc;

	o->ours = wanted(o);
	rc = set(o, WIRE_SET_BACKLOG_LIMIT, want->backlog_limit, is->backlog_limit);
	if (!rc)
		rc = set(o, WIRE_SET_BACKLOG_WAIT_TIME, want->backlog_wait_time, is->backlog_wait_time);
	return rc ? rc : set(o, WIRE_SET_ENABLED, want->enabled, is->enabled);
}

static void put_back(struct owner *o, unsigned what, uint32_t was, uint32_t ours, uint32_t is)
{
	if (is == ours)
		set(o, what, was, is);
}

static void restore(struct owner *o)
{
	const struct wire_status *was = &o->before, *ours = &o->ours;
	struct wire_status is;

	if (audit_ctl_status(o->options.ctl, &is) < 0)
		return;
	put_back(o, WIRE_SET_BACKLOG_WAIT_TIME, was->backlog_wait_time, ours->backlog_wait_time, is.backlog_wait_time);
	put_back(o, WIRE_SET_BACKLOG_LIMIT, was->backlog_limit, ours->backlog_limit, is.backlog_limit);
	put_back(o, WIRE_SET_ENABLED, was->enabled, ours->enabled, is.enabled);
}

void owner_ask(struct owner *o, struct audit_ctl *ctl)
{
	o->options.ctl = ctl;
	audit_ctl_meanwhile(ctl, o->options.drain ? o->options.source->ops->fd(o->options.source) : -1, drain,
		o->options.source);
}

static int start_owning(struct owner *o, struct err *err)
{
	int rc;

	if (o->before.pid != o->options.pid && is_alive(o->before.pid))
		return err_set(err, -EBUSY, NULL, "process %u owns the audit stream", o->before.pid);
	rc = claim(o);
	if (rc == -ETIMEDOUT)
		src_netlink_register(o->options.netlink, 0); /* it may yet be granted */
	if (rc < 0)
		return err_set(err, rc, NULL, "the kernel does not register us as the owner of the audit stream: %s",
			strerror(-rc));
	rc = settle_in(o);
	if (rc == 0)
		return 0;
	restore(o);
	src_netlink_register(o->options.netlink, 0);
	return err_set(err, rc, NULL, "the kernel's audit settings can't be changed: %s", strerror(-rc));
}

int owner_start(struct owner **out, const struct owner_options *options, struct err *err)
{
	struct owner *o = calloc(1, sizeof(*o));
	int rc;

	*out = NULL;
	if (!o)
		return err_set(err, -ENOMEM, NULL, "%s", strerror(ENOMEM));
	o->options = *options;
	owner_ask(o, options->ctl);
	rc = audit_ctl_status(options->ctl, &o->before);
	if (rc < 0)
		err_set(err, rc, NULL, "the kernel's audit status can't be read: %s", strerror(-rc));
	else if (options->netlink)
		rc = start_owning(o, err);
	if (rc < 0) {
		free(o);
		return rc;
	}
	o->last_lost = o->before.lost;
	o->off = !options->netlink && o->before.enabled == 0;
	o->ownerless = !is_alive(o->before.pid);
	o->next_look = clock_ms() + FIRST_LOOK_MS;
	o->next_rules = clock_ms() + RULES_MS;
	*out = o;
	return 0;
}

bool owner_may_block(const struct owner *o)
{
	return o->options.netlink && !o->options.block && !has_wait(o);
}

int owner_plan(struct owner *o, const struct plan *plan, struct rule_audit_result *result)
{
	int rc = rule_audit_apply(o->options.ctl, plan, result);

	o->plan = plan;
	o->prune = o->pruned = false;
	o->rules_fixed = rc == -EPERM;
	o->unsettled = rc < 0 && rc != -EPERM;
	o->refused = rc < 0 ? 0 : result->refused;
	/* Locked rules may be just these, left by the daemon before us. */
	if (rc == -EPERM && rule_audit_missing(o->options.ctl, plan, result) == 0) {
		result->kept = (unsigned)plan->count;
		return 0;
	}
	return rc;
}

static bool may_prune(const struct owner *o, unsigned foreign)
{
	return o->options.netlink && !o->stolen && !foreign;
}

/* 0, though the rules of others may forbid it. */
static int prune(struct owner *o, struct rule_audit_result *result)
{
	int rc = rule_audit_prune(o->options.ctl, may_prune(o, 0) ? o->plan : NULL, result);

	o->pruned = rc == 0 && may_prune(o, result->foreign) && !result->refused;
	o->refused_prunes = rc < 0 ? 0 : result->refused;
	return rc;
}

int owner_prune(struct owner *o, struct rule_audit_result *result)
{
	memset(result, 0, sizeof(*result));
	if (!o->options.netlink || !o->plan)
		return -EBUSY;
	o->prune = true;
	return prune(o, result);
}

bool owner_pruned(const struct owner *o)
{
	return o->pruned;
}

int owner_renew(struct owner *o, bool (*stale)(const void *ctx, const char *path), const void *ctx,
	struct rule_audit_result *result)
{
	memset(result, 0, sizeof(*result));
	return o->rules_fixed ? -EPERM : rule_audit_renew(o->options.ctl, stale, ctx, result);
}

/* Were we forgotten, or robbed? A live robber is not robbed back: where that happens, he would not hear of it. */
static void look_at_claim(struct owner *o, const struct wire_status *st)
{
	if (st->pid == o->options.pid) {
		o->stolen = false;
		return;
	}
	if (is_alive(st->pid)) {
		if (!o->stolen)
			tell(o, (struct owner_news){ .what = OWNER_STOLEN, .pid = st->pid });
		o->stolen = true;
		return;
	}
	if (claim(o) < 0) {
		if (!o->refused_claim)
			tell(o, (struct owner_news){ .what = OWNER_REFUSED });
		o->refused_claim = true;
		return;
	}
	o->stolen = o->refused_claim = false;
	o->next_look = clock_ms() + FIRST_LOOK_MS;
	tell(o, (struct owner_news){ .what = OWNER_AGAIN });
}

/* Without an owner, the kernel writes records to its log, and forgets those that it has no room for. */
static void look_at_others(struct owner *o, const struct wire_status *st)
{
	bool ownerless = !is_alive(st->pid);

	if (ownerless != o->ownerless)
		tell(o, (struct owner_news){
			.what = ownerless ? OWNER_GONE : OWNER_THERE, .pid = ownerless ? 0 : st->pid
		});
	o->ownerless = ownerless;
}

static void look_at_rivals(struct owner *o)
{
	uint32_t pid = 0;
	uint64_t rivals = src_netlink_rivals(o->options.netlink, &pid);

	if (rivals != o->rivals)
		tell(o, (struct owner_news){ .what = OWNER_RIVAL, .pid = pid });
	o->rivals = rivals;
}

static void look_at_switch(struct owner *o, const struct wire_status *st)
{
	bool off = st->enabled == 0;

	if (off != o->off)
		tell(o, (struct owner_news){ .what = off ? OWNER_SWITCHED_OFF : OWNER_SWITCHED_ON });
	o->off = off;
}

/* What is to be changed is told of first: the records of it are nobody else's doing. */
static void expect_changes(struct owner *o)
{
	if (o->options.changing)
		o->options.changing(o->options.ctx);
}

/* Rules of others, or their end. */
static void look_at_pruning(struct owner *o, const struct rule_audit_result *found)
{
	bool before = o->pruned, may = may_prune(o, found->foreign);
	struct rule_audit_result result;

	if (!o->prune)
		return;
	if (may ? found->unpruned > o->refused_prunes : found->pruned > 0) {
		expect_changes(o);
		if (prune(o, &result) < 0)
			return;
	} else {
		o->pruned = may && !found->unpruned;
	}
	if (o->pruned && !before)
		tell(o, (struct owner_news){ .what = OWNER_PRUNED });
	else if (before && !o->pruned && found->foreign)
		tell(o, (struct owner_news){ .what = OWNER_UNPRUNED, .count = found->foreign });
}

/* Somebody may have deleted all rules, as "auditctl -D" and augenrules do. */
static void load_again(struct owner *o)
{
	struct rule_audit_result result;
	int rc;

	expect_changes(o);
	rc = rule_audit_apply(o->options.ctl, o->plan, &result);
	o->unsettled = rc < 0;
	if (rc < 0)
		return;
	o->refused = result.refused;
	if (result.added)
		tell(o, (struct owner_news){ .what = OWNER_RULES_AGAIN, .count = result.added });
}

/* One listing for all. */
static void look_at_rules(struct owner *o)
{
	struct rule_audit_result found;
	int missing = rule_audit_missing(o->options.ctl, o->plan, &found);

	if (missing < 0)
		return;
	if ((unsigned)missing > o->refused || o->unsettled)
		load_again(o);
	look_at_pruning(o, &found);
}

int owner_look(struct owner *o)
{
	struct wire_status st;
	int rc = audit_ctl_status(o->options.ctl, &st);

	if (rc < 0)
		return rc;
	count_lost(o, st.lost);
	look_at_switch(o, &st);
	if (o->options.netlink) {
		look_at_claim(o, &st);
		look_at_rivals(o);
	} else {
		look_at_others(o, &st);
	}
	return 0;
}

void owner_hurry(struct owner *o)
{
	o->next_rules = 0;
}

int owner_tick(struct owner *o, int64_t now)
{
	int rc = 0;

	if (now >= o->next_look) {
		o->next_look = now + LOOK_MS;
		rc = owner_look(o);
	}
	if (rc == 0 && o->plan && !o->rules_fixed && now >= o->next_rules) {
		o->next_rules = now + RULES_MS;
		look_at_rules(o);
	}
	return rc;
}

uint64_t owner_lost(const struct owner *o)
{
	return o->lost;
}

/* Everything that the kernel made for our rules is to be read before we go. */
static void wait_for_backlog(struct owner *o)
{
	int64_t until = clock_ms() + DRAIN_MS;
	struct wire_status st = { .backlog = 1 };

	while (st.backlog && clock_ms() < until) {
		read_all(o, until, 10);
		if (audit_ctl_status(o->options.ctl, &st) < 0)
			return;
		count_lost(o, st.lost);
	}
	read_all(o, until, 0);
}

int owner_stop(struct owner *o)
{
	unsigned deleted;
	int rc = 0;

	if (!o)
		return 0;
	if (o->plan)
		rc = rule_audit_clear(o->options.ctl, &deleted);
	if (o->options.netlink && !o->stolen) {
		restore(o);
		wait_for_backlog(o);
		src_netlink_register(o->options.netlink, 0);
		read_all(o, clock_ms() + CLAIM_MS, 10);
	}
	audit_ctl_meanwhile(o->options.ctl, -1, NULL, NULL);
	return rc;
}

void owner_free(struct owner *o)
{
	free(o);
}
