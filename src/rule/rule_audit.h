/*
 * A plan and the kernel: rules as struct audit_rule_data (linux/audit.h), filled by ourselves, and the difference
 * between what is loaded under our key and what is wanted. Nobody else's rules are touched.
 */
#ifndef TIERCEL_RULE_RULE_AUDIT_H
#define TIERCEL_RULE_RULE_AUDIT_H

#include "rule/plan.h"
#include "sys/audit_ctl.h"

#define RULE_AUDIT_SIZE (sizeof(struct wire_rule) + 3 * 4096 + WIRE_KEY_MAX)

/* Fill `out` (RULE_AUDIT_SIZE bytes, aligned for the struct); returns its size in bytes, or -E2BIG. */
int rule_audit_encode(const struct plan_rule *rule, struct wire_rule *out);
/* Is a rule as the kernel lists it (n bytes) one of ours, and is it the same as another? Order of fields counts not. */
bool rule_audit_is_own(const struct wire_rule *rule, size_t n);

struct rule_audit_result {
	unsigned added, kept, deleted;
	unsigned weakened; /* rules that were loaded without a test that the kernel refused: they let more through */
	unsigned refused;  /* rules that were not taken at all; first_errno: why the first one was not */
	int first_errno;
	char first[512];   /* the first rule refused or weakened, as an auditctl line, cut to fit */
};

/*
 * Make the kernel's rules with our key those of the plan: adds before deletes, `never` rules first. A rule that the
 * kernel does not take because of a test that it does not know (-EINVAL) or whose file is not there (-ENOENT) is tried
 * without it. 0, though some may have been refused: see *result; -EPERM: the rules can't be changed (no right, or
 * immutable), nothing was; other -errno where the kernel can't be talked to.
 */
int rule_audit_apply(struct audit_ctl *ctl, const struct plan *plan, struct rule_audit_result *result);
/* Take ours away. */
int rule_audit_clear(struct audit_ctl *ctl, unsigned *deleted);
/* How many rules of the plan are not loaded any more: somebody deleted them. -errno. */
int rule_audit_missing(struct audit_ctl *ctl, const struct plan *plan);

#endif
