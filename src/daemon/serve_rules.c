/* The rules of a running daemon: at the start, when the configuration is read again, when mounts change. */
#include "daemon/serve_part.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/news.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define OWN_MS 5000     /* until the records of rules that we changed have come, and were taken for whole */
#define QUIET_MS 1000   /* mounts that come one after the other are followed once */
#define OBJECTS_MS 1000
#define MOUNTS_MS 10000 /* but not put off for ever */

void serve_see_to_kernel(struct serve *d, int rc)
{
	bool gone;

	if (rc != -EPIPE)
		return;
	rc = live_ask_kernel(&d->live);
	gone = rc < 0;
	if (!gone)
		owner_ask(d->owner, d->live.ctl);
	if (!gone || !d->kernel_gone)
		log_warning("the process that asks the kernel is gone: %s", gone ? strerror(-rc) : "started again");
	d->kernel_gone = gone;
}

void serve_expect_changes(void *ctx)
{
	struct serve *d = ctx;

	d->how.own_changes = true;
	d->how.own_pids[0] = getpid();
	d->how.own_pids[1] = d->live.priv.pid;
	d->how.own_keys[0] = SPAN(PLAN_KEY);
	d->how.own_keys[1] = SPAN(PLAN_KEY_SELF);
	d->own_until = clock_ms() + OWN_MS;
}

void serve_prepare_changes(struct serve *d)
{
	if (d->owner)
		serve_see_to_kernel(d, owner_look(d->owner));
	serve_expect_changes(d);
}

static void load(struct serve *d, struct plan *plan, struct rule_audit_result *result, int *rc)
{
	serve_prepare_changes(d);
	*rc = rules_load(&d->rules, d->owner, plan, result);
	serve_expect_changes(d);
}

static void prune(struct serve *d)
{
	rules_prune(&d->rules, d->owner);
	d->how.normalize.pruned = rules_pruned(&d->rules, d->owner);
	serve_expect_changes(d);
}

void serve_load_rules(struct serve *d)
{
	struct rule_audit_result result;
	struct plan *plan;
	int rc;

	if (!d->live.choice.load_rules)
		return;
	mounts_open(&d->mounts, MOUNTS_FILE); /* before the plan: what comes later is a change */
	plan = rules_plan(&d->live, route_config(d->route));
	if (!plan)
		return;
	load(d, plan, &result, &rc);
	if (rc == 0)
		prune(d);
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_source(const struct config_audit *a, const struct config_audit *b)
{
	return a->mode == b->mode && a->backlog_limit == b->backlog_limit && a->on_overload == b->on_overload &&
		a->load_rules == b->load_rules && a->receive_buffer == b->receive_buffer &&
		same_text(a->audisp_socket, b->audisp_socket) && same_text(a->log, b->log);
}

/* All that was asked for is told: the old outputs end, and the new ones take over. */
static void change_route(struct serve *d, struct route *fresh)
{
	serve_read_rest(d); /* of what the old configuration let through */
	d->loss.next = 0;
	loss_tick(&d->loss, d->route, clock_ms());
	pipeline_finish(d->pipeline);
	pipeline_reroute(d->pipeline, route_of(fresh));
	route_finish(d->route);
	loss_reroute(&d->loss, d->route);
	route_free(d->route);
	d->route = fresh;
	d->how.normalize.tty_data = route_tty_data(fresh);
}

/* Read and planned, with nothing changed yet; false: it is not to be, and that is told. */
static bool prepare(struct serve *d, struct route **fresh, struct plan **plan)
{
	static const struct news bad = { .type = "reload", .priority = NEWS_ERROR };
	struct err fault = { .code = 0, .what = "see the log" };
	struct route_wish wish = d->options->wish;
	int rc;

	wish.fault = &fault;
	rc = route_load(fresh, &wish);
	*plan = rc == 0 && d->live.choice.load_rules ? rules_plan(&d->live, route_config(*fresh)) : NULL;
	if (rc == 0 && (*plan || !d->live.choice.load_rules))
		return true;
	if (rc == 0)
		route_free(*fresh);
	news_tell(d->pipeline, &bad, "%s was not taken (%s%s%s): the configuration before it stays in use", wish.config,
		fault.where, *fault.where ? ": " : "", fault.what);
	return false;
}

void serve_reload(struct serve *d)
{
	const char *path = d->options->wish.config;
	struct rule_audit_result result = { .added = 0 };
	struct internal_pair pairs[] = { { .key = "added" }, { .key = "deleted" } };
	struct news news = { .type = "reload", .priority = NEWS_NOTICE, .pairs = pairs };
	struct route *fresh;
	struct plan *plan;
	int rc = 0;

	pipeline_flush(d->pipeline);
	if (!prepare(d, &fresh, &plan))
		return;
	if (!same_source(&route_config(d->route)->audit, &route_config(fresh)->audit))
		log_warning("warning: [source audit] has changed: that takes a restart");
	if (plan)
		load(d, plan, &result, &rc);
	change_route(d, fresh);
	if (plan && rc == 0)
		prune(d);
	pairs[0].number = result.added;
	pairs[1].number = result.deleted;
	news.count = plan ? 2 : 0;
	news.priority = rc < 0 ? NEWS_WARNING : NEWS_NOTICE;
	if (rc < 0)
		news_tell(d->pipeline, &news, "%s was read again, but the kernel's rules did not follow: what they do not let "
			"through does not come", path);
	else if (plan)
		news_tell(d->pipeline, &news, "%s was read again: %u audit rules more, %u of before taken away", path,
			result.added, result.deleted);
	else
		news_tell(d->pipeline, &news, "%s was read again", path);
}

void serve_see_mounts(struct serve *d, int64_t now)
{
	if (!d->remount_at)
		d->remount_by = now + MOUNTS_MS;
	d->remount_at = now + QUIET_MS;
}

void serve_follow_mounts(struct serve *d, int64_t now)
{
	struct plan *plan;

	if (!d->remount_at || (now < d->remount_at && now < d->remount_by))
		return;
	d->remount_at = 0;
	if (!mounts_look(&d->mounts) || !d->owner || !rules_concerned(&d->rules, &d->mounts))
		return;
	plan = rules_plan(&d->live, route_config(d->route));
	if (!plan)
		return;
	serve_prepare_changes(d);
	if (rules_remount(&d->rules, d->owner, plan, &d->mounts) == 0)
		prune(d);
	serve_expect_changes(d);
}

void serve_follow_objects(struct serve *d, int64_t now)
{
	struct plan *plan;

	if (!d->owner || !d->rules.plan || now < d->objects_at)
		return;
	d->objects_at = now + OBJECTS_MS;
	if (!rules_moved(&d->rules, &d->mounts))
		return;
	plan = rules_plan(&d->live, route_config(d->route));
	if (!plan)
		return;
	serve_prepare_changes(d);
	if (rules_follow(&d->rules, d->owner, plan) == 0)
		prune(d);
	serve_expect_changes(d);
}
