/* Path patterns (filter/glob.h) as objects that the kernel can watch. */
#include "rule/plan_parts.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>

/* A pattern's names up to the first with a wildcard, each with a slash before it. */
struct anchor {
	char text[PLAN_PATH_MAX];
	size_t n;
	unsigned names;
	bool whole; /* none had one, and none was cut off */
};

static int look_there(const char *path)
{
	struct stat st;

	return stat(path, &st) < 0 ? -1 : S_ISDIR(st.st_mode) ? 1 : 0;
}

static bool lead_there(const char *path, char to[PLAN_PATH_MAX])
{
	struct stat st;
	char *end = lstat(path, &st) == 0 && S_ISLNK(st.st_mode) ? realpath(path, NULL) : NULL;
	bool fits = end && strlen(end) < PLAN_PATH_MAX;

	if (fits)
		strcpy(to, end);
	free(end);
	return fits;
}

int plan_look(const struct plan_host *host, const char *path)
{
	return host->look ? host->look(path) : look_there(path);
}

static bool lead(const struct plan_host *host, const char *path, char to[PLAN_PATH_MAX])
{
	if (host->lead)
		return host->lead(path, to);
	return !host->look && lead_there(path, to);
}

static bool is_wild(struct span name)
{
	return memchr(name.p, '*', name.n) || memchr(name.p, '?', name.n);
}

static void cut_name(struct anchor *a)
{
	while (a->n && a->text[--a->n] != '/')
		;
	a->text[a->n] = '\0';
	a->names--;
}

/* False: too long. */
static bool read_anchor(struct anchor *a, struct span pattern, unsigned most)
{
	const char *p = pattern.p, *end = p + pattern.n;

	a->n = 0;
	a->names = 0;
	a->whole = true;
	a->text[0] = '\0';
	for (;;) {
		struct span name;

		while (p < end && *p == '/')
			p++;
		name.p = p;
		while (p < end && *p != '/')
			p++;
		name.n = (size_t)(p - name.p);
		if (name.n == 0)
			return true;
		if (is_wild(name) || a->names == most) {
			a->whole = false;
			return true;
		}
		if (a->n + name.n + 2 > sizeof(a->text))
			return false;
		a->text[a->n++] = '/';
		memcpy(a->text + a->n, name.p, name.n);
		a->n += name.n;
		a->text[a->n] = '\0';
		a->names++;
	}
}

/* Is the directory there that a watched name lies in? */
static bool has_parent(const struct anchor *a, const struct plan_host *host)
{
	struct anchor up = *a;

	cut_name(&up);
	return up.n == 0 || plan_look(host, up.text) == 1;
}

static int add(struct plan_paths *paths, struct plan *plan, uint32_t field, const struct anchor *a)
{
	const char *text = plan_text(plan, a->text, a->n);

	if (!text)
		return -ENOMEM;
	paths->path[paths->count++] = (struct plan_path){ field, text };
	if (a->names > paths->names)
		paths->names = a->names;
	return 0;
}

/* 1: there is nothing to watch. */
static int add_pattern(struct plan_paths *paths, struct plan *plan, struct span pattern, const struct plan_host *host,
	unsigned most)
{
	struct anchor a;
	char end[PLAN_PATH_MAX];
	int rc;

	/* What does not begin with a slash is no absolute name, but one that belongs to a directory nobody knows. */
	if (pattern.p[0] != '/' || !read_anchor(&a, pattern, most))
		return 1;
	if (a.whole && a.names && has_parent(&a, host)) {
		rc = add(paths, plan, WIRE_WATCH, &a);
		if (rc < 0 || !lead(host, a.text, end))
			return rc;
		/* A watch is of the link itself. */
		if (!read_anchor(&a, span_of(end, strlen(end)), UINT_MAX) || a.names == 0)
			return 0;
		return add(paths, plan, WIRE_WATCH, &a);
	}
	while (a.names && plan_look(host, a.text) != 1)
		cut_name(&a);
	return a.names ? add(paths, plan, WIRE_DIR, &a) : 1;
}

static int by_text(const void *a, const void *b)
{
	const struct plan_path *x = a, *y = b;
	int c = strcmp(x->text, y->text);

	/* of a directory and a name that are the same, the directory */
	return c ? c : (x->field < y->field) - (x->field > y->field);
}

static bool holds(const struct plan_path *wide, const struct plan_path *narrow)
{
	if (wide->field == WIRE_DIR)
		return plan_below(wide->text, narrow->text);
	return narrow->field == WIRE_WATCH && wide->text == narrow->text;
}

/* Leave out what lies in a directory of another. */
static void leave_out(struct plan_paths *paths)
{
	size_t kept = 0;

	qsort(paths->path, paths->count, sizeof(paths->path[0]), by_text);
	for (size_t i = 0; i < paths->count; i++) {
		const struct plan_path *x = &paths->path[i];
		bool inside = false;

		for (size_t k = 0; k < kept && !inside; k++)
			inside = holds(&paths->path[k], x);
		if (!inside)
			paths->path[kept++] = *x;
	}
	paths->count = kept;
}

const char *plan_literal(struct plan *plan, struct span pattern)
{
	struct anchor a;

	if (!pattern.n || pattern.p[0] != '/' || !read_anchor(&a, pattern, UINT_MAX) || !a.whole)
		return NULL;
	return plan_text(plan, a.text, a.n);
}

/* What may be more than was asked for. */
static void note_directories(struct plan *plan, unsigned section, const struct plan_paths *paths)
{
	char text[1024];
	struct buf b = { text, 0, sizeof(text) - 1, false };

	for (size_t i = 0; i < paths->count; i++)
		if (paths->path[i].field == WIRE_DIR)
			buf_printf(&b, "%s%s", b.n ? ", " : "", paths->path[i].text);
	text[b.n] = '\0';
	if (b.n)
		plan_note(plan, section, "path: the kernel tells of all in %s%s", text, b.full ? ", ..." : "");
}

int plan_paths(struct plan_paths *paths, struct plan *plan, unsigned section, const struct select_part *part,
	const struct plan_host *host, unsigned names)
{
	int rc = 0;

	memset(paths, 0, sizeof(*paths));
	if (part->path.count == 0 || names == 0)
		return 0;
	paths->path = calloc(part->path.count, 2 * sizeof(paths->path[0]));
	if (!paths->path)
		return -ENOMEM;
	for (size_t i = 0; i < part->path.count && rc == 0; i++) {
		const struct span *pattern = &part->path.word[i];

		rc = add_pattern(paths, plan, *pattern, host, names);
		if (rc == 1)
			plan_note(plan, section, "path: %.*s has no directory that the kernel could watch: all files are told",
				(int)pattern->n, pattern->p);
	}
	if (rc == 0) {
		leave_out(paths);
		note_directories(plan, section, paths);
	} else {
		paths->count = 0;
	}
	return rc < 0 ? rc : 0;
}
