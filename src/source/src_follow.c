#include "source/src_follow.h"

#include "source/src_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#define GENERATIONS 1000  /* LOG.999 is the last that auditd makes */
#define HOLE 1            /* names in a row that may lack: in the midst of a rotation one does */
#define DOUBT_MS 400      /* what does not fit together so long is no rotation under way */
#define REFUSED_MS 5000   /* a new file gets its owner and mode after it is made */
#define STEPS 8           /* of one read(), without a byte read */
#define LOOK_BACK 4096

struct src_follow {
	struct source source;
	struct src_stream *stream;
	int fd;           /* -1: not there yet */
	int next;         /* what comes after it, once there is such a file; -1 */
	int notify;       /* inotify(7); -1: none */
	int watch;        /* of the directory; -1: none */
	bool at_end;      /* nothing to read before something happens or the next tick */
	bool doubtful;
	int64_t doubt_since;
	int64_t now;      /* of the latest tick */
	int code;         /* why it is over, < 0 */
	uint64_t restarts;
	char *path, *directory;
	char *generation; /* room for the name of one */
	size_t generation_size;
};

static struct src_follow *self(struct source *source)
{
	return (struct src_follow *)source;
}

static const struct src_follow *self_const(const struct source *source)
{
	return (const struct src_follow *)source;
}

/* LOG for 0, else LOG.k; valid until the next call. */
static const char *generation(struct src_follow *f, int k)
{
	if (!k)
		return f->path;
	snprintf(f->generation, f->generation_size, "%s.%d", f->path, k);
	return f->generation;
}

/* The descriptor or -errno; not to wait for the other end of a pipe. */
static int open_file(const char *name)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return -EINVAL;
}

static bool is_absent(int code)
{
	return code == -ENOENT || code == -ENOTDIR;
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return b && a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/* Than none at all each is. */
static bool is_newer(const struct stat *a, const struct stat *b)
{
	if (!b)
		return true;
	if (a->st_mtim.tv_sec != b->st_mtim.tv_sec)
		return a->st_mtim.tv_sec > b->st_mtim.tv_sec;
	return a->st_mtim.tv_nsec > b->st_mtim.tv_nsec;
}

/* Has it been like this for so long? */
static bool is_lasting(struct src_follow *f, int64_t ms)
{
	if (!f->doubtful)
		f->doubt_since = f->now;
	f->doubtful = true;
	return f->now - f->doubt_since >= ms;
}

enum { STAY = -1 };

/* What the names say. */
struct look {
	int next;   /* generation to go on with, or STAY */
	bool odd;   /* as it should not be, but for a moment in a rotation */
	bool lossy; /* there may have been files between */
	int code;   /* the log itself can't be looked at: -errno */
};

/*
 * Where our file is now tells what comes next: the generation below it. Files move upwards, so that ours is not missed
 * when names are looked at in that order. One that has no name any more is followed by the oldest file that was written
 * to after it. Where we have none yet, there was none when we came: all are for us.
 */
static int scan(struct src_follow *f, const struct stat *mine, struct look *look)
{
	int newer = 0, before = 0;
	bool older = false;
	struct stat st;

	for (int k = 1; k < GENERATIONS && k - before <= HOLE + 1; k++) {
		if (stat(generation(f, k), &st) < 0)
			continue;
		if (is_same(&st, mine)) {
			look->odd = look->lossy = before != k - 1;
			return before;
		}
		older = older || !is_newer(&st, mine);
		if (!older)
			newer = k;
		before = k;
	}
	look->odd = mine != NULL;
	look->lossy = mine && newer && !older; /* an older one says that ours was the next above it */
	return newer;
}

static struct look look_around(struct src_follow *f, const struct stat *mine)
{
	struct look look = { .next = STAY };
	struct stat st;
	bool there = stat(f->path, &st) == 0;

	if (!there && !is_absent(-errno))
		look.code = -errno;
	else if (!there || !is_same(&st, mine))
		look.next = scan(f, mine, &look);
	if (look.next == 0 && (!there || st.st_size == 0))
		look.next = STAY; /* it may still be written to ours */
	return look;
}

/* Open what comes next, if it still does once it is open. The descriptor, -EAGAIN, or -errno. */
static int open_next(struct src_follow *f, const struct stat *mine, const struct look *look)
{
	int fd = open_file(generation(f, look->next));
	struct stat opened, named;

	if (fd < 0)
		return is_absent(fd) ? -EAGAIN : fd;
	if (look_around(f, mine).next == look->next && fstat(fd, &opened) == 0 &&
	    stat(generation(f, look->next), &named) == 0 && is_same(&opened, &named))
		return fd;
	close(fd);
	return -EAGAIN;
}

/* Nothing more may come from ours: is there another? */
static bool find_next(struct src_follow *f, const struct stat *mine)
{
	struct look look = look_around(f, mine);
	int rc = look.code;

	if (!rc && look.next == STAY) {
		f->doubtful = false;
		return false;
	}
	if (!rc && look.odd && !is_lasting(f, DOUBT_MS))
		return false;
	if (!rc)
		rc = open_next(f, mine, &look);
	if (rc < 0) {
		if (rc != -EAGAIN && is_lasting(f, REFUSED_MS))
			f->code = rc;
		return false;
	}
	f->doubtful = false;
	f->restarts += look.lossy;
	f->next = rc;
	return true;
}

static void begin(struct src_follow *f, int fd)
{
	f->fd = fd;
	src_stream_open(f->stream, fd);
}

/* At the end of ours: true when there is something else to read now. */
static bool move_on(struct src_follow *f)
{
	struct stat mine;

	if (f->next >= 0) { /* and ours had nothing more since that was there */
		src_stream_end(f->stream);
		if (f->fd >= 0)
			close(f->fd);
		begin(f, f->next);
		f->next = -1;
		return true;
	}
	if (f->fd < 0)
		return find_next(f, NULL);
	if (fstat(f->fd, &mine) < 0)
		return false;
	if (mine.st_size >= lseek(f->fd, 0, SEEK_CUR))
		return find_next(f, &mine);
	src_stream_end(f->stream);
	lseek(f->fd, 0, SEEK_SET);
	begin(f, f->fd);
	f->restarts++;
	return true;
}

/* Has something happened in the directory? What is told twice is forgotten once. */
static bool is_notified(struct src_follow *f)
{
	char events[4096];

	return f->notify >= 0 && read(f->notify, events, sizeof(events)) > 0;
}

static int read_some(struct source *source)
{
	struct src_follow *f = self(source);

	for (int i = 0; i < STEPS && !f->code; i++) {
		int n = f->fd < 0 ? -EAGAIN : src_stream_read(f->stream);

		if (n > 0)
			return n;
		if (n != -EAGAIN) {
			f->code = n;
		} else if (!is_notified(f) && !move_on(f)) { /* look again after a notice: it came before the end */
			f->at_end = true;
			break;
		}
	}
	return f->code ? f->code : -EAGAIN;
}

/* The watch is on a directory, not on its name: is that still the same? */
static void watch(struct src_follow *f)
{
	int before = f->watch;

	if (f->notify < 0)
		return;
	f->watch = inotify_add_watch(f->notify, f->directory, IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
	if (before >= 0 && before != f->watch)
		inotify_rm_watch(f->notify, before);
}

static void tick(struct source *source, int64_t now_ms)
{
	struct src_follow *f = self(source);

	if (!f->now)
		f->doubtful = false; /* it had no clock */
	f->now = now_ms;
	f->at_end = false;
	watch(f);
}

static int descriptor(const struct source *source)
{
	const struct src_follow *f = self_const(source);

	if (f->code)
		return -1;
	if (!f->at_end)
		return f->fd; /* a regular file: always ready */
	return f->watch >= 0 ? f->notify : -1;
}

static void counts(const struct source *source, struct source_counts *out)
{
	*out = (struct source_counts){ .restarts = self_const(source)->restarts };
}

static int explain_open(const char *path, int code, struct err *err)
{
	return err_set(err, code, path, "%s", code == -EINVAL ? "not a regular file: there is nothing to follow" :
		strerror(-code));
}

static void explain(const struct source *source, int code, struct err *err)
{
	const struct src_follow *f = self_const(source);

	if (code == -EAGAIN)
		err_set(err, code, f->path, access(f->path, F_OK) < 0 ? "not there yet: it is waited for" :
			"nothing new for now");
	else if (code == -EINVAL)
		explain_open(f->path, code, err);
	else
		src_stream_explain(f->stream, code, f->path, err);
}

static void close_all(struct source *source)
{
	struct src_follow *f = self(source);

	src_stream_free(f->stream);
	if (f->fd >= 0)
		close(f->fd);
	if (f->next >= 0)
		close(f->next);
	if (f->notify >= 0)
		close(f->notify);
	free(f->path);
	free(f->directory);
	free(f->generation);
	free(f);
}

static const struct source_ops operations = {
	.origin = "log", .fd = descriptor, .read = read_some, .tick = tick, .counts = counts, .explain = explain,
	.close = close_all
};

/* Where the file's last line begins that has no newline yet; else the end. Overlong ones are not looked for. */
static off_t last_line(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END), at = end;
	char block[LOOK_BACK];

	while (at > 0 && end - at < SRC_STREAM_LINE_MAX) {
		off_t from = at > LOOK_BACK ? at - LOOK_BACK : 0;
		ssize_t n = pread(fd, block, (size_t)(at - from), from);
		const char *newline = n > 0 ? memrchr(block, '\n', (size_t)n) : NULL;

		if (newline)
			return from + (newline - block) + 1;
		at = from;
	}
	return at > 0 ? end : 0;
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return strdup(".");
	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static struct src_follow *new_follow(const char *path, const struct source_sink *sink)
{
	struct src_follow *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->source.ops = &operations;
	f->fd = f->next = f->watch = -1;
	f->notify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	f->stream = src_stream_new(SRC_STREAM_FOLLOW, sink);
	f->path = strdup(path);
	f->directory = directory_of(path);
	f->generation_size = strlen(path) + sizeof(".-2147483648");
	f->generation = malloc(f->generation_size);
	if (f->stream && f->path && f->directory && f->generation)
		return f;
	close_all(&f->source);
	return NULL;
}

int src_follow_open(struct source **out, const char *path, bool from_start, const struct source_sink *sink,
	struct err *err)
{
	struct src_follow *f;
	int fd = open_file(path);
	bool absent = is_absent(fd);

	if (fd < 0 && !absent)
		return explain_open(path, fd, err);
	f = new_follow(path, sink);
	if (!f) {
		if (fd >= 0)
			close(fd);
		return err_set(err, -ENOMEM, path, "%s", strerror(ENOMEM));
	}
	if (absent)
		fd = open_file(generation(f, 1)); /* what is new comes behind that */
	if (fd >= 0) {
		lseek(fd, from_start && !absent ? 0 : last_line(fd), SEEK_SET);
		begin(f, fd);
	}
	watch(f);
	*out = &f->source;
	return 0;
}
