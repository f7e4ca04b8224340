/*
 * Mounts, and those that come and go. The kernel looks the paths of audit rules up once, so rules must follow them:
 * proc(5), /proc/PID/mountinfo, which poll(2) tells of by POLLPRI.
 */
#ifndef TIERCEL_SYS_MOUNTS_H
#define TIERCEL_SYS_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MOUNTS_FILE "/proc/self/mountinfo"

struct mount_point {
	uint64_t hash; /* of all that tells one mount from another */
	char *path;
	bool far;      /* somebody else answers for it (a server, a daemon), or nobody: who looks may wait for ever */
};

struct mounts {
	int fd; /* to be polled for POLLPRI; -1: there is no such file */
	struct mount_point *now, *before;
	size_t now_count, before_count;
	const char **changed; /* where some came or went between the latest two looks, sorted */
	size_t changed_count;
	bool unknown; /* too many to be read: any may have changed, any may be far */
};

/* `path` is that of mountinfo. Where it can't be read, there is nothing to follow, and nothing is said. */
void mounts_open(struct mounts *m, const char *path);
void mounts_close(struct mounts *m);
/* Read them again: have any come or gone? */
bool mounts_look(struct mounts *m);
/* Does what changed at the latest look lie at the path or above it; or there, or below? */
bool mounts_above(const struct mounts *m, const char *path);
bool mounts_touch(const struct mounts *m, const char *path);
/* Is the path at or below where somebody else answers? Never so of the root's own file system. */
bool mounts_far(const struct mounts *m, const char *path);

#endif
