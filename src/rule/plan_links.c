/*
 * Symbolic links below a directory that is watched: who goes through one touches an object elsewhere, by a name of the
 * directory.
 */
#include "filter/glob.h"
#include "rule/plan_parts.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRIES_MAX 10000
#define DEPTH_MAX 64 /* each level holds a descriptor */

struct taking {
	struct plan_work *work;
	struct plan_links *links;
	bool no_memory;
};

struct walk {
	struct taking *to;
	const char *dir;
	size_t root; /* bytes of the path, of what the directory's name leads to: all in there is seen anyway */
	char path[PLAN_PATH_MAX];
	size_t n;
	dev_t device;
	uint32_t owner; /* of the directory */
	unsigned entries, depth;
	bool cut;
};

static void take(struct taking *t, const char *link, size_t n, const struct plan_name *end)
{
	struct plan_links *l = t->links;

	if (plan_below(l->dir, end->real) || t->no_memory)
		return;
	if ((l->count & (l->count - 1)) == 0) {
		struct plan_link *grown = realloc(l->link, (l->count ? 2 * l->count : 1) * sizeof(*grown));

		t->no_memory = !grown;
		if (!grown)
			return;
		l->link = grown;
	}
	l->link[l->count] = (struct plan_link){
		.at = plan_text(t->work->plan, link, n), .end = end->real, .n = n, .directory = end->kind == 1
	};
	t->no_memory = !l->link[l->count].at;
	l->count++;
}

/* Whom others could lead anywhere, is led nowhere: they would choose what all of the host is watched for. */
static void see_link(struct walk *w)
{
	char at[2 * PLAN_PATH_MAX];
	struct plan_name end;
	enum plan_way way = plan_follow(w->to->work, &end, w->path, w->owner);

	if (way == PLAN_WAY_BARRED || (way == PLAN_WAY_FOUND && strcmp(end.real, "/") == 0))
		w->to->links->barred++;
	else if (way == PLAN_WAY_FOUND && !(strncmp(end.real, w->path, w->root) == 0 &&
		(end.real[w->root] == '\0' || end.real[w->root] == '/')))
		take(w->to, at, (size_t)snprintf(at, sizeof(at), "%s%s", w->dir, w->path + w->root), &end);
}

static void walk_directory(struct walk *w, int fd);

static void see_entry(struct walk *w, int dir, const char *name, unsigned char type)
{
	size_t was = w->n, n = strlen(name);
	struct stat st;
	int fd;

	if (was + n + 2 > sizeof(w->path)) {
		w->cut = true;
		return;
	}
	w->path[w->n++] = '/';
	memcpy(w->path + w->n, name, n + 1);
	w->n += n;
	if (type == DT_UNKNOWN && fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		type = S_ISLNK(st.st_mode) ? DT_LNK : S_ISDIR(st.st_mode) ? DT_DIR : DT_REG;
	if (type == DT_LNK)
		see_link(w);
	if (type == DT_DIR) {
		fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (fd >= 0 && fstat(fd, &st) == 0 && st.st_dev == w->device)
			walk_directory(w, fd);
		else if (fd >= 0)
			close(fd);
		else
			w->cut = true;
	}
	w->n = was;
	w->path[was] = '\0';
}

/* Closes fd. */
static void walk_directory(struct walk *w, int fd)
{
	DIR *d = w->depth < DEPTH_MAX ? fdopendir(fd) : NULL;
	const struct dirent *e;

	if (!d) {
		close(fd);
		w->cut = true;
		return;
	}
	w->depth++;
	while (w->entries < ENTRIES_MAX && (e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0) {
			w->entries++;
			see_entry(w, dirfd(d), e->d_name, e->d_type);
		}
	w->cut = w->cut || w->entries == ENTRIES_MAX;
	w->depth--;
	closedir(d);
}

static bool links_there(struct taking *t, const char *dir)
{
	const char *root = plan_name(t->work, dir).real;
	struct walk w = { .to = t, .dir = dir, .cut = true };
	int fd = root ? open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0) {
		w.cut = false;
		w.device = st.st_dev;
		w.owner = st.st_uid;
		w.root = w.n = strlen(root);
		memcpy(w.path, root, w.n + 1);
		walk_directory(&w, fd);
	} else if (fd >= 0) {
		close(fd);
	}
	return !w.cut;
}

/* Of a host that is a test's. */
static void take_seen(void *ctx, const char *link, const char *end)
{
	struct taking *t = ctx;
	struct plan_name to = { NULL, -1, false };

	t->links->barred += !end;
	if (!end)
		return;
	to.real = plan_text(t->work->plan, end, strlen(end));
	to.kind = plan_look(t->work->host, end);
	if (to.real)
		take(t, link, strlen(link), &to);
	t->no_memory = t->no_memory || !to.real;
}

static int by_name(const void *a, const void *b)
{
	const struct plan_link *x = a, *y = b;

	return strcmp(x->at, y->at);
}

struct plan_links *plan_links(struct plan_work *work, const char *dir)
{
	struct plan_links *grown, *l;
	struct taking t = { .work = work };

	for (size_t i = 0; i < work->links_count; i++)
		if (work->links[i].dir == dir)
			return &work->links[i];
	grown = realloc(work->links, (work->links_count + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	work->links = grown;
	l = &grown[work->links_count];
	*l = (struct plan_links){ .dir = dir };
	t.links = l;
	if (work->host->links)
		l->cut = !work->host->links(dir, take_seen, &t);
	else if (!work->host->look)
		l->cut = !links_there(&t, dir);
	work->links_count++;
	if (l->count && !t.no_memory)
		qsort(l->link, l->count, sizeof(l->link[0]), by_name);
	return t.no_memory ? NULL : l;
}

/* The first that does not sort before n bytes of the text. */
static size_t find(const struct plan_links *l, const char *text, size_t n)
{
	size_t low = 0, high = l->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strncmp(l->link[middle].at, text, n) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void mark(struct plan_links *l, struct plan_link *link, bool goes_through)
{
	l->marked += goes_through && !link->marked;
	link->marked = link->marked || goes_through;
}

void plan_links_mark(struct plan_links *l, struct span pattern, const char *literal, size_t n, bool whole)
{
	char below[PLAN_PATH_MAX + 1];

	l->asked = true;
	/* Links on the way to it; what ends there may fit itself. */
	for (size_t k = strlen(l->dir) + 1; k <= n && l->count; k++) {
		size_t at = k == n || literal[k] == '/' ? find(l, literal, k) : l->count;
		struct plan_link *link = &l->link[at];

		if (at < l->count && link->n == k && memcmp(link->at, literal, k) == 0)
			mark(l, link, link->directory || (k == n && glob_match(pattern, span_of(link->at, k))));
	}
	if (whole)
		return;
	memcpy(below, literal, n);
	below[n] = '/';
	for (size_t at = find(l, below, n + 1); at < l->count && l->marked <= PLAN_LINKED; at++) {
		struct plan_link *link = &l->link[at];

		if (link->n <= n || memcmp(link->at, below, n + 1) != 0)
			break;
		if (!link->marked)
			mark(l, link, link->directory || glob_match(pattern, span_of(link->at, link->n)));
	}
}

void plan_links_release(struct plan_work *work)
{
	for (size_t i = 0; i < work->links_count; i++)
		free(work->links[i].link);
	free(work->links);
	plan_names_release(work);
}
