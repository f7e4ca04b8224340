/*
 * Mounts that come and go. The kernel looks the paths of audit rules up once, so rules must follow them: proc(5),
 * /proc/PID/mountinfo, which poll(2) tells of by POLLPRI.
 */
#ifndef TIERCEL_DAEMON_MOUNTS_H
#define TIERCEL_DAEMON_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mount_point {
	uint64_t hash; /* of all that tells one mount from another */
	char *path;
	bool changed;  /* came or went between the latest two looks */
};

struct mounts {
	int fd; /* to be polled for POLLPRI; -1: there is no such file */
	struct mount_point *now, *before;
	size_t now_count, before_count;
};

/* `path` is that of mountinfo. Where it can't be read, there is nothing to follow, and nothing is said. */
void mounts_open(struct mounts *m, const char *path);
void mounts_close(struct mounts *m);
/* Read them again: have any come or gone? */
bool mounts_look(struct mounts *m);
/* Does what changed at the latest look lie below the path, or above it? */
bool mounts_touch(const struct mounts *m, const char *path);

#endif
