/* The kernel rules of a configuration: planned for this host, loaded, and what became of it said. */
#ifndef TIERCEL_DAEMON_RULES_H
#define TIERCEL_DAEMON_RULES_H

#include "daemon/live.h"
#include "daemon/objects.h"
#include "daemon/owner.h"
#include "daemon/pidfile.h"
#include "rule/plan_prune.h"
#include "sys/mounts.h"

/* Who loads rules holds this, as a second one would take those of the first for its own of before. */
#define RULES_LOCK LOCALSTATEDIR "/run/tierceld-rules.pid"

struct rules {
	struct plan *plan;   /* NULL: none of ours */
	struct pidfile lock; /* fd -1: not held */
	struct objects objects;
};

/* The plan of a configuration for this host, where nothing is changed yet; NULL: there is none, which is logged. */
struct plan *rules_plan(const struct live *live, const struct config *config);
/*
 * Load `fresh`, which is taken over, in the place of what was loaded before, of which only the difference is changed.
 * Faults are logged: what the kernel does not take is selected here. `owner` NULL: the kernel can't be asked. 0;
 * -errno: the kernel's rules are not those of this plan. *result is filled.
 */
int rules_load(struct rules *r, struct owner *owner, struct plan *fresh, struct rule_audit_result *result);
/* Let the kernel leave out the records that the plan does without: nobody looks at them any more. */
void rules_prune(const struct rules *r, struct owner *owner);
/* Might the plan be another, or its rules see something else, now that these mounts have changed? */
bool rules_concerned(const struct rules *r, const struct mounts *mounts);
/* They do: as rules_load(), and rules whose paths that concerns are loaded again. */
int rules_remount(struct rules *r, struct owner *owner, struct plan *fresh, const struct mounts *mounts);
/*
 * Does a name of a rule lead elsewhere now? rules_follow() is as rules_load() then, and rules with such a name are
 * loaded again.
 */
bool rules_moved(struct rules *r, const struct mounts *mounts);
int rules_follow(struct rules *r, struct owner *owner, struct plan *fresh);
/* Records that do not come, as they are left out: bit per enum seen. */
uint32_t rules_pruned(const struct rules *r, const struct owner *owner);
/* The owner has taken the rules away. */
void rules_release(struct rules *r);

#endif
