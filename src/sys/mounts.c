#include "sys/mounts.h"

#include "base/hash.h"
#include "base/span.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TEXT_MAX (16u << 20) /* a host of very many containers has a tenth of it */
#define PATH_WORD 4          /* "36 35 98:0 /root /mount/point options ...", from 0 */

static void forget(struct mount_point *points, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(points[i].path);
	free(points);
}

/* The whole file, a NUL behind it; NULL: it can't be read, or is too much. */
static char *read_text(int fd, bool *too_much)
{
	size_t n = 0, cap = 0;
	char *text = NULL;
	ssize_t got = lseek(fd, 0, SEEK_SET) < 0 ? -1 : 1;

	while (got > 0 && n < TEXT_MAX) {
		if (n + 1 >= cap) {
			char *more;

			cap = 2 * cap + 16384;
			more = realloc(text, cap);

			if (!more)
				break;
			text = more;
		}
		got = read(fd, text + n, cap - n - 1);
		n += got > 0 ? (size_t)got : 0;
	}
	*too_much = got > 0;
	if (got == 0 && text) {
		text[n] = '\0';
		return text;
	}
	free(text);
	return NULL;
}

/* \040 for a blank and the like. */
static char *decode(const char *p, size_t n)
{
	char *path = malloc(n + 1), *w = path;

	for (size_t i = 0; path && i < n; i++) {
		bool octal = p[i] == '\\' && n - i >= 4 && (p[i + 1] & ~3) == '0' && (p[i + 2] & ~7) == '0' &&
			(p[i + 3] & ~7) == '0';

		*w++ = octal ? (char)((p[i + 1] - '0') << 6 | (p[i + 2] - '0') << 3 | (p[i + 3] - '0')) : p[i];
		i += octal ? 3 : 0;
	}
	if (path)
		*w = '\0';
	return path;
}

/* The type in " - type device options". */
static bool is_far(const char *line, size_t n)
{
	static const char *const types[] = {
		"9p", "afs", "autofs", "beegfs", "ceph", "cifs", "coda", "fuse", "fuseblk", "gfs", "gfs2", "gpfs", "lustre",
		"ncp", "ncpfs", "nfs", "nfs4", "ocfs2", "orangefs", "pvfs2", "smb3", "smbfs"
	};
	const char *p = memmem(line, n, " - ", 3), *end;
	size_t length;

	if (!p)
		return false;
	p += 3;
	end = memchr(p, ' ', (size_t)(line + n - p));
	length = end ? (size_t)(end - p) : (size_t)(line + n - p);
	if (length > 5 && memcmp(p, "fuse.", 5) == 0)
		return true;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strlen(types[i]) == length && memcmp(types[i], p, length) == 0)
			return true;
	return false;
}

/* Its numbers, its root in the file system, and where it is; not its options. False: no memory. */
static bool take_line(const char *line, size_t n, struct mount_point *point)
{
	size_t start = 0, end = 0;

	for (unsigned word = 0; word <= PATH_WORD && end < n; word++) {
		start = end + (word > 0);
		for (end = start; end < n && line[end] != ' ';)
			end++;
	}
	point->hash = hash_bytes(0, line, end);
	point->path = decode(line + start, end - start);
	point->far = point->path && strcmp(point->path, "/") != 0 && is_far(line + end, n - end);
	return point->path != NULL;
}

static int by_hash(const void *a, const void *b)
{
	const struct mount_point *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* False: they can't be had. */
static bool read_points(struct mounts *m, struct mount_point **points, size_t *count)
{
	char *text = read_text(m->fd, &m->unknown), *line = text;
	size_t lines = 0;

	*points = NULL;
	*count = 0;
	for (const char *p = text; p && *p; p++)
		lines += *p == '\n';
	*points = text ? calloc(lines + 1, sizeof(**points)) : NULL;
	while (*points && *count < lines) {
		char *end = strchr(line, '\n');

		if (!take_line(line, (size_t)(end - line), &(*points)[*count])) {
			forget(*points, *count);
			*points = NULL;
			break;
		}
		++*count;
		line = end + 1;
	}
	free(text);
	if (*points)
		qsort(*points, *count, sizeof(**points), by_hash);
	return *points != NULL;
}

void mounts_open(struct mounts *m, const char *path)
{
	memset(m, 0, sizeof(*m));
	m->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (m->fd < 0 || read_points(m, &m->now, &m->now_count) || m->unknown)
		return;
	close(m->fd);
	m->fd = -1;
}

void mounts_close(struct mounts *m)
{
	forget(m->now, m->now_count);
	forget(m->before, m->before_count);
	free(m->changed);
	if (m->fd >= 0)
		close(m->fd);
	memset(m, 0, sizeof(*m));
	m->fd = -1;
}

/* Note those that the others lack. */
static void note(struct mounts *m, const struct mount_point *points, size_t count, const struct mount_point *others,
	size_t other_count)
{
	for (size_t i = 0; i < count; i++)
		if (!other_count || !bsearch(&points[i], others, other_count, sizeof(*others), by_hash))
			m->changed[m->changed_count++] = points[i].path;
}

static int by_path(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return strcmp(*x, *y);
}

bool mounts_look(struct mounts *m)
{
	struct mount_point *points;
	const char **changed;
	size_t count;

	if (m->fd < 0 || !read_points(m, &points, &count))
		return m->unknown;
	changed = calloc(m->now_count + count + 1, sizeof(*changed));
	if (!changed) {
		forget(points, count);
		return false;
	}
	forget(m->before, m->before_count);
	free(m->changed);
	m->before = m->now;
	m->before_count = m->now_count;
	m->now = points;
	m->now_count = count;
	m->changed = changed;
	m->changed_count = 0;
	note(m, m->now, m->now_count, m->before, m->before_count);
	note(m, m->before, m->before_count, m->now, m->now_count);
	qsort(m->changed, m->changed_count, sizeof(*m->changed), by_path);
	return m->changed_count > 0;
}

/* The first that does not sort before n bytes of the path. */
static size_t find(const struct mounts *m, const char *path, size_t n)
{
	size_t low = 0, high = m->changed_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strncmp(m->changed[middle], path, n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Is one of them just these n bytes? It is the first of those that begin so. */
static bool is_changed(const struct mounts *m, const char *path, size_t n)
{
	size_t at = find(m, path, n);

	return at < m->changed_count && strncmp(m->changed[at], path, n) == 0 && m->changed[at][n] == '\0';
}

bool mounts_above(const struct mounts *m, const char *path)
{
	if (m->unknown || (path[0] == '/' && is_changed(m, "/", 1)))
		return true;
	for (size_t n = 1; m->changed_count && path[0] == '/'; n++) {
		if ((path[n] == '/' || path[n] == '\0') && is_changed(m, path, n))
			return true;
		if (path[n] == '\0')
			break;
	}
	return false;
}

bool mounts_touch(const struct mounts *m, const char *path)
{
	size_t n = strlen(path);

	if (mounts_above(m, path))
		return true;
	n -= n && path[n - 1] == '/';
	for (size_t at = find(m, path, n); at < m->changed_count && strncmp(m->changed[at], path, n) == 0; at++)
		if (m->changed[at][n] == '/')
			return true;
	return false;
}

bool mounts_far(const struct mounts *m, const char *path)
{
	for (size_t i = 0; i < m->now_count; i++) {
		const struct mount_point *point = &m->now[i];
		size_t n = point->far ? strlen(point->path) : 0;

		if (n && strncmp(point->path, path, n) == 0 && (path[n] == '\0' || path[n] == '/'))
			return true;
	}
	return m->unknown;
}
