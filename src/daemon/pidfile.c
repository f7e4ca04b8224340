#include "daemon/pidfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 10 /* the file may be removed between open() and the lock: by an instance that ends just now */

/* The path still leads to the file that we hold. */
static bool is_at_path(int fd, const char *path)
{
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && lstat(path, &theirs) == 0 && ours.st_dev == theirs.st_dev &&
		ours.st_ino == theirs.st_ino;
}

static int busy(int fd, const char *path, struct err *err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK && lock.l_pid > 0)
		return err_set(err, -EBUSY, path, "tierceld already runs as pid %d", (int)lock.l_pid);
	return err_set(err, -EBUSY, path, "tierceld already runs");
}

/* A file of somebody else's would be cut by us, or could be locked by them at will. */
static int check(int fd, const char *path, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_set(err, -errno, path, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode) || st.st_nlink > 1)
		return err_set(err, -EINVAL, path, "is no regular file with one name: it can't be the pid file");
	if (st.st_uid != geteuid())
		return err_set(err, -EINVAL, path, "belongs to another user: it can't be the pid file");
	return 0;
}

static int lock(int fd, const char *path, struct err *err)
{
	struct flock all = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_SETLK, &all) == 0)
		return 0;
	if (errno == EACCES || errno == EAGAIN)
		return busy(fd, path, err);
	return err_set(err, -errno, path, "cannot be locked: %s", strerror(errno));
}

static int write_pid(int fd, const char *path, struct err *err)
{
	char text[24];
	int n = snprintf(text, sizeof(text), "%d\n", (int)getpid());
	ssize_t written = ftruncate(fd, 0) < 0 ? -1 : pwrite(fd, text, (size_t)n, 0);

	if (written == n)
		return 0;
	return err_set(err, written < 0 ? -errno : -ENOSPC, path, "%s", strerror(written < 0 ? errno : ENOSPC));
}

static int open_path(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0644);

	if (fd >= 0)
		return fd;
	if (errno == ELOOP)
		return err_set(err, -ELOOP, path, "is a symbolic link: name the file itself");
	if (errno == ENOENT)
		return err_set(err, -ENOENT, path, "there is no such directory: set pid_file in [tiercel]");
	return err_set(err, -errno, path, "%s", strerror(errno));
}

/* The file at `path`, ours and locked. */
static int take_path(const char *path, struct err *err)
{
	for (int i = 0; i < TRIES; i++) {
		int fd = open_path(path, err);
		int rc = fd < 0 ? fd : check(fd, path, err);

		if (!rc)
			rc = lock(fd, path, err);
		if (!rc && is_at_path(fd, path))
			return fd;
		if (fd >= 0)
			close(fd);
		if (rc < 0)
			return rc;
	}
	return err_set(err, -EBUSY, path, "comes and goes: another tierceld starts or ends");
}

int pidfile_open(struct pidfile *p, const char *path, struct err *err)
{
	int rc;

	p->fd = -1;
	p->path = strdup(path);
	if (!p->path)
		return err_set(err, -ENOMEM, path, "%s", strerror(ENOMEM));
	rc = take_path(path, err);
	if (rc >= 0) {
		p->fd = rc;
		rc = write_pid(p->fd, path, err);
	}
	if (rc < 0)
		pidfile_close(p);
	return rc;
}

void pidfile_close(struct pidfile *p)
{
	if (p->fd >= 0) {
		/* Removed while the lock is held: who waits for it finds another file, or none. */
		if (is_at_path(p->fd, p->path))
			unlink(p->path);
		close(p->fd);
	}
	free(p->path);
	p->path = NULL;
	p->fd = -1;
}
