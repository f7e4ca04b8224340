#include "daemon/rules.h"

#include "base/log.h"
#include "rule/plan_select.h"

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

/* NULL: no memory, or a machine whose calls we do not know. */
static struct plan *make_plan(const struct live *l, const struct select_set *select, bool path_by_object)
{
	struct plan_host host = { .path_by_object = path_by_object, .pid = (uint32_t)getpid() };
	struct plan *plan = plan_new();
	char self[PATH_MAX];

	if (!plan)
		return NULL;
	if (find_self(self))
		host.self = self;
	host.features = plan_features(l->probe.version) | plan_features_told(l->probe.status.features);
	if (plan_arches(l->probe.machine, host.arches) == 0 && plan_select(plan, select, &host) == 0)
		return plan;
	plan_free(plan);
	return NULL;
}

static const char *plural(unsigned n)
{
	return n == 1 ? "" : "s";
}

/* Said once: what the kernel was asked to select, and what it did not take. */
static void tell(int rc, const struct plan *plan, const struct rule_audit_result *r)
{
	if (rc == -EPERM)
		log_warning("the kernel's audit rules can't be changed (no right to, or locked until the next boot): "
			"what they let through is selected here");
	else if (rc < 0)
		log_error("the kernel takes no audit rules: %s", strerror(-rc));
	else if (plan->count == 0)
		log_info("no [select]: no audit rules are loaded, what those of others let through comes");
	else
		log_info("%u audit rule%s loaded (%u new, %u of before taken away)", r->added + r->kept,
			plural(r->added + r->kept), r->added, r->deleted);
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

int rules_load(struct rules *r, struct owner *owner, const struct live *live, const struct config *config)
{
	struct rule_audit_result result = { .added = 0 };
	struct plan *fresh;
	int rc;

	if (!owner) {
		log_error("load_rules = yes: the kernel can't be asked, so no rules are loaded");
		return -ENOTCONN;
	}
	rc = hold(r);
	if (rc < 0)
		return rc;
	fresh = make_plan(live, config->select, config->tiercel.path_match == 0);
	if (!fresh) {
		log_error("no audit rules are made for this machine (%s)", live->probe.machine);
		return -ENOTSUP;
	}
	rc = owner_plan(owner, fresh, &result);
	tell(rc, fresh, &result);
	plan_free(r->plan);
	r->plan = fresh;
	return rc;
}

void rules_release(struct rules *r)
{
	plan_free(r->plan);
	pidfile_close(&r->lock);
}
