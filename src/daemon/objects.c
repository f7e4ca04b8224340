#include "daemon/objects.h"

#include "sys/mounts.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A link at the end is not followed, as the kernel does not for dir=. */
static void see(const struct object *o, dev_t *device, ino_t *inode)
{
	char dir[PLAN_PATH_MAX];
	struct stat st;
	size_t n = strlen(o->path);

	*device = 0;
	*inode = 0;
	if (n >= sizeof(dir))
		return;
	memcpy(dir, o->path, n + 1);
	while (o->above && n > 1 && dir[--n] != '/')
		;
	dir[o->above && n == 0 ? 1 : n] = '\0';
	if ((o->above ? stat(dir, &st) : lstat(dir, &st)) < 0)
		return;
	*device = st.st_dev;
	*inode = st.st_ino;
}

static bool is_noted(const struct objects *o, const char *path)
{
	for (size_t i = 0; i < o->count; i++)
		if (strcmp(o->object[i].path, path) == 0)
			return true;
	return false;
}

static void note(struct objects *o, const struct plan_test *t)
{
	struct object *grown;

	if (!t->text || t->text[0] != '/' || is_noted(o, t->text))
		return;
	grown = realloc(o->object, (o->count + 1) * sizeof(*grown));
	if (!grown)
		return;
	o->object = grown;
	grown += o->count;
	*grown = (struct object){ .path = strdup(t->text), .above = t->field != WIRE_DIR };
	if (!grown->path)
		return;
	see(grown, &grown->device, &grown->inode);
	o->count++;
}

void objects_note(struct objects *o, const struct plan *plan)
{
	objects_release(o);
	for (size_t i = 0; plan && i < plan->count; i++)
		for (unsigned k = 0; k < plan->rules[i].test_count && plan->rules[i].action == WIRE_ALWAYS; k++)
			note(o, &plan->rules[i].tests[k]);
}

void objects_release(struct objects *o)
{
	for (size_t i = 0; i < o->count; i++)
		free(o->object[i].path);
	free(o->object);
	memset(o, 0, sizeof(*o));
}

bool objects_look(struct objects *o, const struct mounts *mounts)
{
	bool moved = false;

	for (size_t i = 0; i < o->count; i++) {
		struct object *x = &o->object[i];
		dev_t device;
		ino_t inode;

		x->moved = false;
		if (mounts && mounts_far(mounts, x->path))
			continue;
		see(x, &device, &inode);
		x->moved = device != x->device || inode != x->inode;
		moved |= x->moved;
	}
	return moved;
}

bool objects_moved(const struct objects *o, const char *path)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->object[i].moved && strcmp(o->object[i].path, path) == 0)
			return true;
	return false;
}
