#include "daemon/mounts.h"

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

/* The whole file, a NUL behind it; NULL: it can't be read. */
static char *read_text(int fd)
{
	size_t n = 0, cap = 0;
	char *text = NULL;
	ssize_t got = lseek(fd, 0, SEEK_SET) < 0 ? -1 : 1;

	while (got > 0 && n < TEXT_MAX) {
		if (n + 1 >= cap) {
			char *more = realloc(text, cap = 2 * cap + 16384);

			if (!more)
				break;
			text = more;
		}
		got = read(fd, text + n, cap - n - 1);
		n += got > 0 ? (size_t)got : 0;
	}
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
	point->changed = false;
	return point->path != NULL;
}

static int by_hash(const void *a, const void *b)
{
	const struct mount_point *x = a, *y = b;

	return (x->hash > y->hash) - (x->hash < y->hash);
}

/* False: they can't be had. */
static bool read_points(int fd, struct mount_point **points, size_t *count)
{
	char *text = read_text(fd), *line = text;
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
	if (m->fd < 0 || read_points(m->fd, &m->now, &m->now_count))
		return;
	close(m->fd);
	m->fd = -1;
}

void mounts_close(struct mounts *m)
{
	forget(m->now, m->now_count);
	forget(m->before, m->before_count);
	if (m->fd >= 0)
		close(m->fd);
	memset(m, 0, sizeof(*m));
	m->fd = -1;
}

/* Mark those that the others lack. */
static bool mark(struct mount_point *points, size_t count, const struct mount_point *others, size_t other_count)
{
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		points[i].changed = !other_count || !bsearch(&points[i], others, other_count, sizeof(*others), by_hash);
		any |= points[i].changed;
	}
	return any;
}

bool mounts_look(struct mounts *m)
{
	struct mount_point *points;
	size_t count;
	bool came, gone;

	if (m->fd < 0 || !read_points(m->fd, &points, &count))
		return false;
	forget(m->before, m->before_count);
	m->before = m->now;
	m->before_count = m->now_count;
	m->now = points;
	m->now_count = count;
	came = mark(m->now, m->now_count, m->before, m->before_count);
	gone = mark(m->before, m->before_count, m->now, m->now_count);
	return came || gone;
}

static bool lies_in(const char *dir, const char *path)
{
	size_t n = strlen(dir);

	n -= n && dir[n - 1] == '/';
	return strncmp(dir, path, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static bool touch(const struct mount_point *points, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (points[i].changed && (lies_in(path, points[i].path) || lies_in(points[i].path, path)))
			return true;
	return false;
}

bool mounts_touch(const struct mounts *m, const char *path)
{
	return touch(m->now, m->now_count, path) || touch(m->before, m->before_count, path);
}
