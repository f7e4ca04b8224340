/* The kernel rules of a configuration: planned for this host, loaded, and what became of it said. */
#ifndef TIERCEL_DAEMON_RULES_H
#define TIERCEL_DAEMON_RULES_H

#include "daemon/live.h"
#include "daemon/owner.h"
#include "daemon/pidfile.h"

/* Who loads rules holds this, as a second one would take those of the first for its own of before. */
#define RULES_LOCK LOCALSTATEDIR "/run/tierceld-rules.pid"

struct rules {
	struct plan *plan;   /* NULL: none of ours */
	struct pidfile lock; /* fd -1: not held */
};

/*
 * Load what `config` selects in the place of what was loaded before, of which only the difference is changed. Faults
 * are logged: what the kernel does not take is selected here. `owner` NULL: the kernel can't be asked. 0; -errno: the
 * kernel's rules are not those of this configuration.
 */
int rules_load(struct rules *r, struct owner *owner, const struct live *live, const struct config *config);
/* The owner has taken the rules away. */
void rules_release(struct rules *r);

#endif
