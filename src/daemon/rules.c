#include "daemon/rules.h"

#include "base/log.h"
#include "base/plural.h"
#include "config/config_needs.h"
#include "rule/plan_make.h"
#include "table/table.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The path of our program; false where it is not there (any more): a rule by exe= would not be about us. */
static bool find_self(char path[PATH_MAX])
{
	ssize_t n = readlink("/proc/self/exe", path, PATH_MAX - 1);
	struct stat ours, there;

	if (n <= 0)
		return false;
	path[n] = '\0';
	return stat("/proc/self/exe", &ours) == 0 && stat(path, &there) == 0 && ours.st_dev == there.st_dev &&
		ours.st_ino == there.st_ino;
}

static bool is_ours(const struct live *l)
{
	return l->choice.mode == MODE_UNICAST;
}

struct plan *rules_plan(const struct live *l, const struct config *config)
{
	struct plan_host host = { .path_by_object = config->tiercel.path_match == 0, .pid = (uint32_t)getpid(),
		.uid = (uint32_t)getuid() };
	struct plan *plan = plan_new();
	char self[PATH_MAX];
	int rc = plan ? plan_arches(l->probe.machine, host.arches) : -ENOMEM;

	if (find_self(self))
		host.self = self;
	host.features = plan_features(l->probe.version) | plan_features_told(l->probe.status.features);
	if (rc == 0)
		rc = plan_build(plan, config->select, config->rules, &host);
	if (rc < 0) {
		log_error("no audit rules can be made for this machine (%s): %s", l->probe.machine, strerror(-rc));
		plan_free(plan);
		return NULL;
	}
	if (plan->count && is_ours(l))
		config_prune(config, plan, NULL); /* for want of memory all records are left to come */
	return plan;
}

static unsigned count_pruned(const struct plan *plan)
{
	unsigned n = 0;

	for (size_t i = 0; i < plan->count; i++)
		n += plan_prunes(&plan->rules[i]) != 0;
	return n;
}

/* Said once: what the kernel was asked to select, and what it did not take. */
static void tell(int rc, const struct plan *plan, const struct rule_audit_result *r)
{
	unsigned loaded = r->added + r->kept;

	if (rc == -EPERM)
		log_warning("the kernel's audit rules can't be changed (no right to, or locked until the next boot): "
			"what they let through is selected here");
	else if (rc < 0)
		log_error("the kernel takes no audit rules: %s", strerror(-rc));
	else if (plan->count == 0)
		log_info("nothing is selected by name: no audit rules are loaded, what those of others let through comes");
	else
		log_info("%u audit rule%s loaded (%u new, %u of before taken away)", loaded, plural(loaded), r->added,
			r->deleted);
	if (rc == 0 && r->weakened)
		log_warning("%u audit rule%s let more through than asked for, as the kernel does not take a test of them "
			"(such as: %s); the rest is selected here", r->weakened, plural(r->weakened), r->first);
	if (rc == 0 && r->refused)
		log_error("%u audit rule%s not taken by the kernel (%s: %s): events that only they select do not come",
			r->refused, r->refused == 1 ? " was" : "s were", strerror(r->first_errno), r->first);
}

/* Where there is no place for a lock, rules are loaded without. */
static int hold(struct rules *r)
{
	struct err err;
	int rc = r->lock.fd >= 0 ? 0 : pidfile_open(&r->lock, RULES_LOCK, &err);

	if (rc == -EBUSY)
		log_warning("%s: its audit rules stay, and none are loaded here", err.what);
	return rc == -EBUSY ? rc : 0;
}

static bool has_moved(const void *objects, const char *path)
{
	return objects_moved(objects, path);
}

/*
 * Rules that stay, but whose names lead elsewhere by now, are loaded again: *again. The names are looked at before the
 * kernel does: what changes in between is seen at the next look.
 */
static int load(struct rules *r, struct owner *owner, struct plan *fresh, struct rule_audit_result *result,
	struct rule_audit_result *again)
{
	struct objects before = r->objects;
	bool moved = objects_look(&before, NULL);
	int rc;

	memset(&r->objects, 0, sizeof(r->objects));
	memset(again, 0, sizeof(*again));
	objects_note(&r->objects, fresh);
	rc = owner_plan(owner, fresh, result);
	plan_free(r->plan);
	r->plan = fresh;
	if (rc == 0 && moved)
		rc = owner_renew(owner, has_moved, &before, again);
	objects_release(&before);
	return rc;
}

static bool is_any(const void *ctx, const char *path)
{
	(void)ctx;
	(void)path;
	return true;
}

int rules_load(struct rules *r, struct owner *owner, struct plan *fresh, struct rule_audit_result *result)
{
	struct rule_audit_result again;
	int rc = owner ? hold(r) : -ENOTCONN;
	bool first;

	memset(result, 0, sizeof(*result));
	if (!owner)
		log_error("load_rules = yes: the kernel can't be asked, so no rules are loaded");
	if (rc < 0) {
		plan_free(fresh);
		return rc;
	}
	first = !r->plan;
	rc = load(r, owner, fresh, result, &again);
	tell(rc, fresh, result);
	/* What another of us left behind may be about what was there then. */
	if (rc == 0 && first && result->kept)
		owner_renew(owner, is_any, NULL, &again);
	return rc;
}

void rules_prune(const struct rules *r, struct owner *owner)
{
	struct rule_audit_result result;
	unsigned wanted = r->plan ? count_pruned(r->plan) : 0;

	if (!owner || !wanted || owner_prune(owner, &result) < 0)
		return;
	if (result.foreign)
		log_info("%u rule%s of others: the kernel sends all kinds of records, as others may want them",
			result.foreign, plural(result.foreign));
	else
		log_info("%u kinds of records that nobody looks at are left out by the kernel", result.pruned);
}

struct touching {
	const struct plan *plan;
	const struct mounts *mounts;
};

/* By its own name, or where links lead on its way. */
static bool is_touched(const void *ctx, const char *path)
{
	const struct touching *t = ctx;

	if (mounts_touch(t->mounts, path))
		return true;
	for (size_t i = 0; i < t->plan->spot_count; i++) {
		const struct plan_spot *s = &t->plan->spots[i];

		if (s->name && strcmp(s->name, path) == 0 && mounts_touch(t->mounts, s->at))
			return true;
	}
	return false;
}

/* Is it the name of a directory that a rule is about? */
static bool is_watched(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->count; i++)
		for (unsigned k = 0; k < plan->rules[i].test_count; k++)
			if (plan->rules[i].tests[k].text == name && plan->rules[i].tests[k].field == WIRE_DIR)
				return true;
	return false;
}

static bool concerns(const struct mounts *mounts, const struct plan_rule *rule)
{
	for (unsigned k = 0; k < rule->test_count && rule->action == WIRE_ALWAYS; k++)
		if (rule->tests[k].text && mounts_touch(mounts, rule->tests[k].text))
			return true;
	return false;
}

bool rules_concerned(const struct rules *r, const struct mounts *mounts)
{
	const struct plan *plan = r->plan;

	for (size_t i = 0; plan && i < plan->count; i++)
		if (concerns(mounts, &plan->rules[i]))
			return true;
	for (size_t i = 0; plan && i < plan->spot_count; i++) {
		const char *name = plan->spots[i].name, *at = plan->spots[i].at;

		if (mounts_above(mounts, at) || (name && mounts_touch(mounts, at) && is_watched(plan, name)))
			return true;
	}
	return false;
}

static void tell_followed(int rc, const char *what, const struct rule_audit_result *changed, unsigned again)
{
	if (rc < 0)
		log_error("%s, but the audit rules did not follow: %s", what, strerror(-rc));
	else if (changed->added || changed->deleted || again)
		log_info("%s: %u audit rules loaded again, %u new, %u taken away", what, again, changed->added,
			changed->deleted);
}

int rules_remount(struct rules *r, struct owner *owner, struct plan *fresh, const struct mounts *mounts)
{
	const struct touching touching = { fresh, mounts };
	struct rule_audit_result changed, moved, again = { .added = 0 };
	int rc = load(r, owner, fresh, &changed, &moved);

	if (rc == 0)
		rc = owner_renew(owner, is_touched, &touching, &again);
	tell_followed(rc, "mounts have changed", &changed, moved.added + again.added);
	return rc;
}

bool rules_moved(struct rules *r, const struct mounts *mounts)
{
	return objects_look(&r->objects, mounts);
}

int rules_follow(struct rules *r, struct owner *owner, struct plan *fresh)
{
	struct rule_audit_result changed, again;
	int rc = load(r, owner, fresh, &changed, &again);

	tell_followed(rc, "names of rules lead elsewhere", &changed, again.added);
	return rc;
}

uint32_t rules_pruned(const struct rules *r, const struct owner *owner)
{
	static const struct {
		unsigned type;
		enum seen seen;
	} parts[] = {
		{ RECORD_TYPE_PATH, SEEN_PATH }, { RECORD_TYPE_CWD, SEEN_CWD }, { RECORD_TYPE_EXECVE, SEEN_EXECVE },
		{ RECORD_TYPE_SOCKADDR, SEEN_SOCKADDR },
	};
	uint32_t bits = 0;

	if (!r->plan || !owner || !owner_pruned(owner))
		return 0;
	for (size_t i = 0; i < r->plan->count; i++)
		for (size_t k = 0; k < sizeof(parts) / sizeof(parts[0]); k++)
			if (plan_prunes(&r->plan->rules[i]) == parts[k].type)
				bits |= 1u << parts[k].seen;
	return bits;
}

void rules_release(struct rules *r)
{
	plan_free(r->plan);
	objects_release(&r->objects);
	pidfile_close(&r->lock);
}
