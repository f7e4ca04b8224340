/*
 * Record types that the kernel need not send: those that no field that anybody looks at comes from. They are excluded
 * by rules without a key (a keyed one never matches), so ours bear a mark instead, a test that is always true. Only
 * where we own the stream and nobody else has rules: exclusion is for all.
 *
 * Only records that the kernel writes behind a SYSCALL are such (kernel/auditsc.c, audit_log_exit()): any other type
 * makes an event, or joins its call to it, and without it that would not come.
 */
#ifndef TIERCEL_RULE_PLAN_PRUNE_H
#define TIERCEL_RULE_PLAN_PRUNE_H

#include "event/event.h"
#include "filter/select.h"
#include "rule/plan.h"

/* Of every rule of ours in the list `exclude`: msgtype!=PLAN_PRUNE_MARK. */
#define PLAN_PRUNE_MARK 0x74726331

struct plan_needs {
	struct field_set fields; /* families by their own bit */
	bool text;               /* the default output line (encode/message.h) */
	bool raw;                /* the records themselves: nothing may be left out */
	bool whole;              /* a condition asks what did not come, or what was cut: likewise */
	bool types[2048];        /* record types asked for by number ([select] types), from 1000 on */
};
/* Add what the keys of [select] sections test; NULL: none. */
void plan_needs_select(struct plan_needs *needs, const struct select_set *selects);
/*
 * Add to the plan an exclude rule for each type that `needs` does not need, and a note which and why. evt.incomplete
 * and evt.truncated need none: they tell of what was to come. 0 or -ENOMEM.
 */
int plan_prune(struct plan *plan, const struct plan_needs *needs);
/* Is it such a rule: then of which type, else 0. */
unsigned plan_prunes(const struct plan_rule *rule);

#endif
