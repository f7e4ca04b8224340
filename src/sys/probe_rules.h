/* The part of a probe that looks at the rules loaded: what those of others keep from being seen. */
#ifndef TIERCEL_SYS_PROBE_RULES_H
#define TIERCEL_SYS_PROBE_RULES_H

#include "sys/probe.h"

#include "base/buf.h"

/* How many rules are loaded, or -errno; what they mean goes to *p. `is_own` NULL: all are of others. */
int probe_rules_read(struct probe *p, struct audit_ctl *ctl, bool (*is_own)(const struct wire_rule *rule, size_t n));
/* "PATH, CWD records: what is missed without them", by p->excluded, which is not 0. */
void probe_rules_put_excluded(struct buf *b, const struct probe *p);

#endif
