/*
 * What the names of kernel rules lead to. The kernel looks a directory up when its rule is loaded, and goes on watching
 * that very one, whatever bears the name afterwards: who renames it and makes another would be rid of us.
 */
#ifndef TIERCEL_DAEMON_OBJECTS_H
#define TIERCEL_DAEMON_OBJECTS_H

#include "rule/plan.h"

#include <sys/types.h>

struct mounts;

struct object {
	char *path;   /* of a rule */
	bool above;   /* watched by the directory that it lies in, as the kernel does with path= and exe= */
	dev_t device; /* both 0: there was nothing */
	ino_t inode;
	bool moved;   /* it was something else at the latest look */
};

/* Zeroed: none. */
struct objects {
	struct object *object;
	size_t count;
};

/* Look at each path of the plan's rules, in the place of those before. What finds no memory is not looked after. */
void objects_note(struct objects *o, const struct plan *plan);
void objects_release(struct objects *o);
/* Does any lead elsewhere now? `mounts`: those that may hold us up are left out; NULL: unknown. */
bool objects_look(struct objects *o, const struct mounts *mounts);
/* Did this one, at the latest look? */
bool objects_moved(const struct objects *o, const char *path);

#endif
