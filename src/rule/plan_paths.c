/* Path patterns (filter/glob.h) as objects that the kernel can watch. */
#include "filter/glob.h"
#include "rule/plan_parts.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>

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

/*
 * exe= compares the numbers of the file and of the file system's device (audit_exe_compare()). Hard links have both in
 * common; so may files of two subvolumes of btrfs, or of two layers of an overlay, and anybody can make one. On these
 * two file systems a device's numbers are unique.
 */
static bool sole_there(const char *path)
{
	enum { EXT = 0xef53, XFS = 0x58465342 };
	struct statfs fs;
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 && statfs(path, &fs) == 0 &&
		((uint32_t)fs.f_type == EXT || (uint32_t)fs.f_type == XFS);
}

bool plan_is_sole(const struct plan_host *host, const char *path)
{
	return host->sole ? host->sole(path) : host->look || sole_there(path);
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

bool plan_leads(const struct plan_host *host, const char *path)
{
	char name[PLAN_PATH_MAX], end[PLAN_PATH_MAX];

	for (size_t i = 1; i < sizeof(name); i++) {
		if (path[i] != '\0' && path[i] != '/')
			continue;
		memcpy(name, path, i);
		name[i] = '\0';
		if (lead(host, name, end))
			return true;
		if (path[i] == '\0')
			return false;
	}
	return true;
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
static bool has_parent(const struct anchor *a, struct plan_work *work)
{
	struct anchor up = *a;

	cut_name(&up);
	return up.n == 0 || plan_name(work, up.text).kind == 1;
}

static int add(struct plan_paths *paths, struct plan *plan, uint32_t field, const struct anchor *a)
{
	const char *text = plan_text(plan, a->text, a->n);

	if (paths->count == paths->cap) {
		size_t cap = paths->cap ? 2 * paths->cap : 8;
		struct plan_path *grown = realloc(paths->path, cap * sizeof(*grown));

		if (!grown)
			return -ENOMEM;
		paths->path = grown;
		paths->cap = cap;
	}
	if (!text)
		return -ENOMEM;
	paths->path[paths->count++] = (struct plan_path){ field, text };
	return 0;
}

static int add_own(struct plan_paths *paths, struct plan *plan, uint32_t field, const struct anchor *a)
{
	if (a->names > paths->names)
		paths->names = a->names;
	return add(paths, plan, field, a);
}

static int add_end(struct plan_paths *paths, struct plan *plan, const struct plan_link *link)
{
	struct anchor a;

	if (!read_anchor(&a, span_of(link->end, strlen(link->end)), UINT_MAX) || a.names == 0)
		return 0;
	paths->linked++;
	return add(paths, plan, link->directory ? WIRE_DIR : WIRE_WATCH, &a);
}

static void tell_links(struct plan_work *work, const struct plan_links *l, bool followed)
{
	const char *s = l->marked == 1 ? "" : "s", *leads = l->marked == 1 ? "s" : "";

	if (l->marked && followed)
		plan_say(work, "path: %zu link%s in %s lead%s out of it: what is there is told of, too", l->marked, s, l->dir,
			leads);
	else if (l->marked > PLAN_LINKED)
		plan_say(work, "path: more than %d links in %s lead out of it: too much for kernel rules, what is there is not "
			"told of", PLAN_LINKED, l->dir);
	else if (l->marked)
		plan_say(work, "path: %zu link%s in %s lead%s out of it: too much for kernel rules, what is there is not told "
			"of", l->marked, s, l->dir, leads);
	if (l->barred)
		plan_say(work, "path: %u link%s in %s %s not followed (of another user, to a remote file system, or to /): what "
			"is there is not told of", l->barred, l->barred == 1 ? "" : "s", l->dir, l->barred == 1 ? "is" : "are");
	if (l->cut)
		plan_say(work, "path: %s holds too much to look for links in all of it", l->dir);
}

/* What links in the want's directories lead to. 0, or -ENOMEM. */
static int add_linked(struct plan_paths *paths, struct plan_work *work, bool links)
{
	int rc = 0;

	for (size_t i = 0; i < work->links_count; i++) {
		struct plan_links *l = &work->links[i];
		bool followed = links && paths->linked + l->marked <= PLAN_LINKED;

		if (!l->asked)
			continue;
		tell_links(work, l, followed);
		for (size_t k = 0; k < l->count && l->marked; k++) {
			if (l->link[k].marked && followed && rc == 0)
				rc = add_end(paths, work->plan, &l->link[k]);
			l->marked -= l->link[k].marked;
			l->link[k].marked = false;
		}
		l->asked = false;
	}
	return rc;
}

/* What a name that is a link leads to: the kernel would watch the link itself. 1: to nowhere but the root. */
static int add_led(struct plan_paths *paths, struct plan_work *work, uint32_t field, const char *name)
{
	struct plan_name to = plan_name(work, name);
	struct anchor led;

	if (!to.led || !to.real)
		return 0;
	if (!read_anchor(&led, span_of(to.real, strlen(to.real)), UINT_MAX) || led.names == 0)
		return 1;
	return add(paths, work->plan, field, &led);
}

static int ask_links(struct plan_work *work, const char *dir, struct span pattern)
{
	struct plan_links *l = plan_links(work, dir);
	struct anchor literal;

	if (l && read_anchor(&literal, pattern, UINT_MAX))
		plan_links_mark(l, pattern, literal.text, literal.n, literal.whole);
	return l ? 0 : -ENOMEM;
}

/* 1: there is nothing to watch. */
static int add_pattern(struct plan_paths *paths, struct plan_work *work, struct span pattern, unsigned most)
{
	struct anchor a;
	const char *name;
	bool whole;
	int rc;

	/* What does not begin with a slash is no absolute name, but one that belongs to a directory nobody knows. */
	if (!pattern.n || pattern.p[0] != '/' || !read_anchor(&a, pattern, most))
		return 1;
	whole = a.whole && a.names && has_parent(&a, work);
	while (!whole && a.names && plan_name(work, a.text).kind != 1)
		cut_name(&a);
	if (a.names == 0)
		return 1;
	rc = add_own(paths, work->plan, whole ? WIRE_WATCH : WIRE_DIR, &a);
	if (rc < 0)
		return rc;
	name = paths->path[paths->count - 1].text;
	rc = add_led(paths, work, whole ? WIRE_WATCH : WIRE_DIR, name);
	return rc || whole ? rc : ask_links(work, name, pattern);
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
static void tell_directories(struct plan_work *work, const struct plan_paths *paths)
{
	char text[1024];
	struct buf b = { text, 0, sizeof(text) - 1, false };

	for (size_t i = 0; i < paths->count && work->telling; i++)
		if (paths->path[i].field == WIRE_DIR)
			buf_printf(&b, "%s%s", b.n ? ", " : "", paths->path[i].text);
	text[b.n] = '\0';
	if (b.n)
		plan_say(work, "path: the kernel tells of all in %s%s", text, b.full ? ", ..." : "");
}

int plan_paths(struct plan_paths *paths, struct plan_work *work, const struct plan_want *want, unsigned names,
	bool links)
{
	int rc = 0, linked;

	paths->count = paths->names = paths->linked = 0;
	if (want->path_count == 0 || names == 0)
		return 0;
	for (size_t i = 0; i < want->path_count && rc == 0; i++) {
		const struct span *pattern = &want->paths[i];

		rc = add_pattern(paths, work, *pattern, names);
		if (rc == 1)
			plan_say(work, "path: %.*s has no directory that the kernel could watch: all files are told",
				(int)pattern->n, pattern->p);
	}
	linked = add_linked(paths, work, links);
	rc = rc ? rc : linked;
	if (rc == 0) {
		leave_out(paths);
		tell_directories(work, paths);
	} else {
		paths->count = 0;
	}
	return rc < 0 ? rc : 0;
}
