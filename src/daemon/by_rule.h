/*
 * What an output shows of an event that a rule selected, by the rule: a rule's `fields` take the place of the output's,
 * and what its output text names is shown, too, as Falco does.
 */
#ifndef TIERCEL_DAEMON_BY_RULE_H
#define TIERCEL_DAEMON_BY_RULE_H

#include "config/config.h"

/* Zeroed: empty. */
struct by_rule {
	struct encode_options *options; /* by place in the ruleset; NULL: no rules */
	struct span *members;           /* that they point to */
};

/* Of an output that shows `of`, which must outlive it, as must the configuration. 0 or -ENOMEM; then it is empty. */
int by_rule_init(struct by_rule *b, const struct config *c, const struct encode_options *of);
void by_rule_release(struct by_rule *b);

#endif
