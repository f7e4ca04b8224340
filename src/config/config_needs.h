/* What a configuration looks at of an event: the kernel need not tell the rest. */
#ifndef TIERCEL_CONFIG_CONFIG_NEEDS_H
#define TIERCEL_CONFIG_CONFIG_NEEDS_H

#include "config/config.h"
#include "rule/plan_prune.h"

/*
 * Add to `needs` what its selections and rules test, and all that its outputs show, those of other runs too (`when`),
 * so that `explain` tells what the daemon does.
 */
void config_needs(const struct config *config, struct plan_needs *needs);
/*
 * Add to the plan the rules that exclude what the configuration does not look at: see plan_prune(). *raw (may be NULL):
 * an output shows the records themselves, so there are none. 0 or -ENOMEM.
 */
int config_prune(const struct config *config, struct plan *plan, bool *raw);

#endif
