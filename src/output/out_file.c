/* A file that is appended to, rotated by size at line boundaries, and opened anew on demand. */
#include "base/clock.h"
#include "output/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct out_file {
	struct output o; /* first: a struct output is one of these */
	int fd;
	bool device;       /* never rotated */
	bool torn;         /* the file's last line lacks its newline, and it is none that we can finish */
	uint64_t size;     /* as far as we know: others may truncate it */
	int64_t rotate_at; /* ms, monotonic: after a failed rotation, not before */
};

static struct out_file *file_of(struct output *o)
{
	return (struct out_file *)o;
}

/* Memory devices of devices.txt in the kernel's admin-guide: major 1, null 3, full 7. */
static bool is_sink(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) == 1 && (minor(st->st_rdev) == 3 || minor(st->st_rdev) == 7);
}

static bool ends_torn(int fd, const struct stat *st)
{
	char last;

	return S_ISREG(st->st_mode) && st->st_size > 0 && pread(fd, &last, 1, st->st_size - 1) == 1 && last != '\n';
}

/* A FIFO must not block us and a terminal not become ours, before we know what it is. */
static int open_path(const char *path, struct stat *st, struct err *err)
{
	int fd = open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600);
	int rc = fd < 0 ? -errno : 0;

	if (fd < 0 && rc == -ELOOP)
		return err_set(err, rc, path, "is a symbolic link: name the file itself");
	if (fd >= 0 && fstat(fd, st) < 0)
		rc = -errno;
	if (!rc && !S_ISREG(st->st_mode) && !is_sink(st)) {
		close(fd);
		return err_set(err, -EINVAL, path, "is no regular file");
	}
	if (rc < 0) {
		if (fd >= 0)
			close(fd);
		return err_set(err, rc, path, "%s", strerror(-rc));
	}
	return fd;
}

static void adopt(struct out_file *f, int fd, const struct stat *st)
{
	f->fd = fd;
	f->device = !S_ISREG(st->st_mode);
	f->size = f->device ? 0 : (uint64_t)st->st_size;
	f->torn = ends_torn(fd, st);
}

static int open_file(struct output *o, struct err *err)
{
	struct stat st;
	int fd;

	if (!o->settings.path || !*o->settings.path)
		return err_set(err, -EINVAL, o->settings.name, "an output of type file needs a path");
	fd = open_path(o->settings.path, &st, err);
	if (fd < 0)
		return fd;
	adopt(file_of(o), fd, &st);
	return 0;
}

/* Take the begun line back, so that the file ends with a whole one; not if somebody wrote behind it. */
static void take_back(struct out_file *f)
{
	size_t begun = f->o.head - f->o.start;
	struct stat st;

	if (!begun || f->device)
		return;
	if (fstat(f->fd, &st) == 0 && (uint64_t)st.st_size == f->size &&
		ftruncate(f->fd, (off_t)(f->size - begun)) == 0)
		f->size -= begun;
	output_unsent(&f->o);
}

static int replace(struct out_file *f, struct err *err)
{
	struct stat st;
	int fd = open_path(f->o.settings.path, &st, err);

	if (fd < 0)
		return fd;
	take_back(f);
	close(f->fd);
	adopt(f, fd, &st);
	return 0;
}

static int reopen_file(struct output *o, struct err *err)
{
	return replace(file_of(o), err);
}

/* path.N-1 becomes path.N, ... path becomes path.1; the last one goes. */
static int shift_names(const char *path, unsigned keep)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (keep == 0)
		return unlink(path) < 0 ? -errno : 0;
	for (unsigned i = keep; i > 0; i--) {
		int n = snprintf(to, sizeof(to), "%s.%u", path, i);

		if (n < 0 || (size_t)n >= sizeof(to))
			return -ENAMETOOLONG;
		if (i > 1)
			snprintf(from, sizeof(from), "%s.%u", path, i - 1);
		if (rename(i > 1 ? from : path, to) < 0 && errno != ENOENT)
			return -errno;
	}
	return 0;
}

/* Did somebody cut the file (logrotate's copytruncate)? Then a begun line has lost its first part. */
static bool was_cut(struct out_file *f, const struct stat *st)
{
	if (f->device || (uint64_t)st->st_size >= f->size)
		return false;
	f->size = (uint64_t)st->st_size;
	f->torn = ends_torn(f->fd, st);
	output_unsent(&f->o);
	return true;
}

/* The file is full. Where another one got the path meanwhile (logrotate), that one is taken over. */
static int rotate(struct out_file *f)
{
	struct stat ours, theirs;
	int rc;

	if (fstat(f->fd, &ours) < 0)
		return -errno;
	if (was_cut(f, &ours))
		return 0;
	if (lstat(f->o.settings.path, &theirs) == 0 && ours.st_dev == theirs.st_dev && ours.st_ino == theirs.st_ino) {
		rc = shift_names(f->o.settings.path, f->o.settings.rotate_keep);
		if (rc < 0)
			return rc;
	}
	return replace(f, NULL);
}

/* How many of the held bytes the file takes until it is full: whole lines, a begun one's rest; 0: it is full. */
static size_t portion(const struct out_file *f)
{
	const struct output *o = &f->o;
	uint64_t limit = o->settings.rotate_size;
	size_t fits = 0;

	if (!limit || f->device)
		return o->tail - o->head;
	for (unsigned i = o->first; i < o->last; i++) {
		bool must = i == o->first && (f->size == 0 || o->head > o->start);

		if (!must && f->size + (o->ends[i] - o->head) > limit)
			break;
		fits = o->ends[i] - o->head;
	}
	return fits;
}

/* Rotate; where that fails, write on into the old file rather than lose lines. */
static size_t rotate_or_go_on(struct out_file *f)
{
	int rc;

	if (clock_ms() < f->rotate_at)
		return f->o.tail - f->o.head;
	rc = rotate(f);
	f->o.counts.rotate_errno = -rc;
	if (rc == 0)
		return portion(f);
	output_failed(&f->o, rc);
	f->rotate_at = clock_ms() + OUTPUT_RETRY_MS;
	return f->o.tail - f->o.head;
}

static int write_some(struct out_file *f, const char *p, size_t n, size_t *written)
{
	ssize_t rc;

	do
		rc = write(f->fd, p, n);
	while (rc < 0 && errno == EINTR);
	if (rc <= 0)
		return rc < 0 ? -errno : -EIO;
	f->size += (uint64_t)rc;
	*written = (size_t)rc;
	return 0;
}

static int end_torn_line(struct out_file *f)
{
	size_t written = 0;
	int rc = f->torn ? write_some(f, "\n", 1, &written) : 0;

	if (!rc)
		f->torn = false;
	return rc;
}

static int send_file(struct output *o)
{
	struct out_file *f = file_of(o);
	struct stat st;
	int rc = 0;

	if (o->head > o->start && fstat(f->fd, &st) == 0)
		was_cut(f, &st);
	while (!rc && o->head < o->tail) {
		size_t n = portion(f), written = 0;

		if (!n)
			n = rotate_or_go_on(f);
		if (!n)
			continue; /* the file that took over is full as well */
		rc = end_torn_line(f);
		if (!rc)
			rc = write_some(f, o->buf + o->head, n, &written);
		if (!rc)
			output_sent(o, written);
	}
	return rc;
}

static void finish_file(struct output *o)
{
	take_back(file_of(o));
}

static void close_file(struct output *o)
{
	close(file_of(o)->fd);
}

const struct transport out_file = {
	.type = "file",
	.size = sizeof(struct out_file),
	.open = open_file,
	.send = send_file,
	.reopen = reopen_file,
	.finish = finish_file,
	.close = close_file,
};
