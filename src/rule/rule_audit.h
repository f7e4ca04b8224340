/*
 * A plan and the kernel: rules as struct audit_rule_data (linux/audit.h), filled by ourselves, and the difference
 * between what is loaded under our keys and what is wanted. Nobody else's rules are touched.
 */
#ifndef TIERCEL_RULE_RULE_AUDIT_H
#define TIERCEL_RULE_RULE_AUDIT_H

#include "rule/plan.h"
#include "sys/audit_ctl.h"

#define RULE_AUDIT_SIZE (sizeof(struct wire_rule) + 3 * 4096 + WIRE_KEY_MAX)

/*
 * Fill `out` (RULE_AUDIT_SIZE bytes, aligned for the struct); returns its size in bytes. -E2BIG; -EINVAL: it bears
 * neither a key of ours nor the mark of plan_prune(), so it would never be taken away; -EOPNOTSUPP: it is for the list
 * `exclude` or `user` and has a key: the kernel takes that, but never finds that it matches (kernel/auditfilter.c,
 * audit_filter(); seen with 6.1).
 */
int rule_audit_encode(const struct plan_rule *rule, struct wire_rule *out);
/*
 * Is a rule as the kernel lists it (n bytes) one of ours? Its key is PLAN_KEY or PLAN_KEY_SELF, not merely begins so:
 * "tiercel-exec" and the like are the administrator's (contrib/tiercel.rules). Or it excludes records, with our mark.
 */
bool rule_audit_is_own(const struct wire_rule *rule, size_t n);

struct rule_audit_result {
	unsigned added, kept, deleted;
	unsigned weakened; /* of these, rules without a test that the kernel refused: they let more through */
	unsigned refused;  /* rules that were not taken at all */
	int first_errno;   /* what the kernel said (EINVAL) of the first rule refused or weakened; 0: all went well */
	char first[512];   /* that rule, as an auditctl line, cut to fit */
	unsigned foreign;  /* rules of others that are loaded */
	unsigned pruned;   /* of rule_audit_prune() and _missing(): rules of ours that exclude records, loaded by now */
	unsigned unpruned; /* of rule_audit_missing(): those of the plan that are not */
};

/*
 * Make the kernel's rules with our keys those of the plan: adds before deletes, `never` rules first. 0, though some may
 * have been refused: see *result. -EPERM: the rules can't be changed (no right, or immutable), nothing was;
 * rule_audit_missing() tells whether that matters. Other -errno: the kernel can't be talked to, or an old rule could
 * not be deleted. *result is filled in any case.
 *
 * What the kernel refuses is tried in a wider form: without the tests that only newer kernels know (-EINVAL), the
 * newest first; with the nearest directory that is there for a path that is not (-ENOENT); at last without that path.
 * This holds for `always` rules only: of the others, a wider one would hide more. The rule that leaves ourselves out by
 * our program's path (PLAN_KEY_SELF) becomes one of this process's pid.
 *
 * No record is excluded by this, but rules of ours that exclude what the plan does not are deleted, before all else:
 * the plan may count on these records. rule_audit_prune() does the rest.
 *
 * Rules that are `first` go before all others, and are put there again where others stand before them now. A `never`
 * rule without `first` comes behind the `always` rules that are kept: it hides less, never more.
 */
int rule_audit_apply(struct audit_ctl *ctl, const struct plan *plan, struct rule_audit_result *result);
/*
 * The kernel looks a rule's paths up when it is added, so what is mounted later is not seen by it. Load those of ours
 * again that have a path for which stale() is true, so that they see what is there now: a rule's twin is added before
 * it is deleted. As rule_audit_apply().
 */
int rule_audit_renew(struct audit_ctl *ctl, bool (*stale)(const void *ctx, const char *path), const void *ctx,
	struct rule_audit_result *result);
/*
 * Exclude the record types that plan_prune() put into the plan; where rules of others are loaded, or plan is NULL, take
 * our exclusions away instead. When it returns, nobody may look at these records any more. As rule_audit_apply().
 */
int rule_audit_prune(struct audit_ctl *ctl, const struct plan *plan, struct rule_audit_result *result);
/* Take ours away, the one that leaves ourselves out as the last. */
int rule_audit_clear(struct audit_ctl *ctl, unsigned *deleted);
/*
 * How many rules of the plan are not loaded any more, not in a wider form either: somebody deleted them, the kernel did
 * with a directory that is gone, or they were refused; those that exclude records, which may be missing, count where
 * they are loaded and not of the plan. rule_audit_apply() again is the remedy. *result tells what is there besides.
 * -errno.
 */
int rule_audit_missing(struct audit_ctl *ctl, const struct plan *plan, struct rule_audit_result *result);

#endif
