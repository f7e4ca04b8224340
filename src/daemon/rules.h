/* The kernel rules of a configuration: planned for this host, loaded, and what became of it said. */
#ifndef TIERCEL_DAEMON_RULES_H
#define TIERCEL_DAEMON_RULES_H

#include "daemon/live.h"
#include "daemon/owner.h"

/*
 * Load what `config` selects in the place of *plan (NULL: none yet), of which only the difference is changed; *plan is
 * the new one then, the caller's to plan_free(). Faults are logged: what the kernel does not take is selected here.
 * owner NULL: the kernel can't be asked.
 */
void rules_load(struct plan **plan, struct owner *owner, const struct live *live, const struct config *config);

#endif
