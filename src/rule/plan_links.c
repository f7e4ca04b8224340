/*
 * Symbolic links below a directory that is watched: who goes through one touches an object elsewhere, by a name of the
 * directory.
 */
#include "rule/plan_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define ENTRIES_MAX 10000
#define DEPTH_MAX 64 /* each level holds a descriptor */

struct walk {
	const char *root; /* what the directory's name leads to: all in there is seen anyway */
	char path[PLAN_PATH_MAX];
	size_t n;
	dev_t device;
	unsigned entries, depth;
	bool cut;
	plan_link_seen *seen;
	void *ctx;
};

static void see_link(struct walk *w)
{
	char *end = realpath(w->path, NULL);

	if (end && !plan_below(w->root, end))
		w->seen(w->ctx, w->path, end);
	free(end);
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

static bool links_there(const char *dir, plan_link_seen *seen, void *ctx)
{
	struct walk w = { .n = strlen(dir), .cut = true, .seen = seen, .ctx = ctx };
	char *root = realpath(dir, NULL);
	int fd = root && w.n < sizeof(w.path) ? open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0) {
		w.root = root;
		w.cut = false;
		w.device = st.st_dev;
		memcpy(w.path, dir, w.n + 1);
		walk_directory(&w, fd);
	} else if (fd >= 0) {
		close(fd);
	}
	free(root);
	return !w.cut;
}

/* Links of one directory as they are seen. */
struct taking {
	struct plan *plan;
	const struct plan_host *host;
	struct plan_links *links;
	bool no_memory;
};

static void take(void *ctx, const char *link, const char *end)
{
	struct taking *t = ctx;
	struct plan_links *l = t->links;

	if (plan_below(l->dir, end) || t->no_memory)
		return;
	if ((l->count & (l->count - 1)) == 0) {
		struct plan_link *grown = realloc(l->link, (l->count ? 2 * l->count : 1) * sizeof(*grown));

		t->no_memory = !grown;
		if (!grown)
			return;
		l->link = grown;
	}
	l->link[l->count].at = plan_text(t->plan, link, strlen(link));
	l->link[l->count].end = plan_text(t->plan, end, strlen(end));
	l->link[l->count].directory = plan_look(t->host, end) == 1;
	t->no_memory = !l->link[l->count].at || !l->link[l->count].end;
	l->count++;
}

static int by_name(const void *a, const void *b)
{
	const struct plan_link *x = a, *y = b;

	return strcmp(x->at, y->at);
}

const struct plan_links *plan_links(struct plan_work *work, const char *dir)
{
	struct plan_links *grown, *l;
	struct taking t = { .plan = work->plan, .host = work->host };

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
		l->cut = !work->host->links(dir, take, &t);
	else if (!work->host->look)
		l->cut = !links_there(dir, take, &t);
	work->links_count++;
	if (l->count)
		qsort(l->link, l->count, sizeof(l->link[0]), by_name);
	return t.no_memory ? NULL : l;
}

void plan_links_release(struct plan_work *work)
{
	for (size_t i = 0; i < work->links_count; i++)
		free(work->links[i].link);
	free(work->links);
}
