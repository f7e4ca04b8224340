/*
 * What names are on this host, and where links lead. Each path is asked for once a plan: sections name the same ones,
 * and are cut to the same directories, again and again.
 */
#include "base/hash.h"
#include "rule/plan_parts.h"
#include "sys/mounts.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MAX 40 /* on one way, as the kernel has it */

/* Of a path: what the file system says of it, where no link stands before it; and what it is as a name. */
struct node {
	const char *path; /* the plan's; NULL: a free place */
	bool asked, named;
	int kind;         /* 1 a directory, 2 a link, 0 something else, -1 not there */
	uint32_t owner;
	const char *text; /* the link's */
	struct plan_name name;
};

struct plan_names {
	struct node *node;
	size_t size, used;
	struct mounts mounts;
	bool mounts_known;
};

/* Texts of a plan are equal where their addresses are. */
static struct node *seek(const struct plan_names *names, const char *path)
{
	size_t at = (size_t)hash_u64(0, (uint64_t)(uintptr_t)path) & (names->size - 1);

	while (names->node[at].path && names->node[at].path != path)
		at = (at + 1) & (names->size - 1);
	return &names->node[at];
}

static bool make_room(struct plan_names *names)
{
	struct plan_names grown = *names;

	if (2 * names->used < names->size)
		return true;
	grown.size = names->size ? 2 * names->size : 256;
	grown.node = calloc(grown.size, sizeof(*grown.node));
	if (!grown.node)
		return false;
	for (size_t i = 0; i < names->size; i++)
		if (names->node[i].path)
			*seek(&grown, names->node[i].path) = names->node[i];
	free(names->node);
	*names = grown;
	return true;
}

/* Valid until the next one. NULL: no memory. */
static struct node *node_of(struct plan_work *work, const char *path, size_t n)
{
	const char *key = plan_text(work->plan, path, n);
	struct node *node;

	if (!work->names)
		work->names = calloc(1, sizeof(*work->names));
	if (!work->names || !key || !make_room(work->names))
		return NULL;
	node = seek(work->names, key);
	work->names->used += !node->path;
	node->path = key;
	return node;
}

void plan_names_release(struct plan_work *work)
{
	if (!work->names)
		return;
	if (work->names->mounts_known)
		mounts_close(&work->names->mounts);
	free(work->names->node);
	free(work->names);
}

/* ---- the file system ---- */

static bool is_far(struct plan_names *names, const struct plan_host *host, const char *path)
{
	if (!names->mounts_known)
		mounts_open(&names->mounts, host->mounts ? host->mounts : MOUNTS_FILE);
	names->mounts_known = true;
	return mounts_far(&names->mounts, path);
}

static void look(struct node *node, struct plan *plan)
{
	char text[PLAN_PATH_MAX];
	struct stat st;
	ssize_t n;

	node->asked = true;
	node->kind = -1;
	if (lstat(node->path, &st) < 0)
		return;
	node->kind = S_ISDIR(st.st_mode) ? 1 : S_ISLNK(st.st_mode) ? 2 : 0;
	node->owner = st.st_uid;
	if (node->kind != 2)
		return;
	n = readlink(node->path, text, sizeof(text));
	node->text = n > 0 && n < (ssize_t)sizeof(text) ? plan_text(plan, text, (size_t)n) : NULL;
	if (!node->text)
		node->kind = -1;
}

/* NULL: no memory, or far away where only what is near is to be asked for. */
static const struct node *ask(struct plan_work *work, const char *path, size_t n, bool near)
{
	struct node *node = node_of(work, path, n);

	if (!node || node->asked)
		return node;
	if (near && is_far(work->names, work->host, node->path))
		return NULL;
	look(node, work->plan);
	return node;
}

/* ---- ways ---- */

static int add_spot(struct plan *plan, const char *name, const char *at, size_t n)
{
	struct plan_spot *grown, spot = { name, plan_text(plan, at, n) };
	size_t count = plan->spot_count;

	if (!(count & (count - 1))) {
		grown = realloc(plan->spots, (count ? 2 * count : 1) * sizeof(*grown));
		if (!grown)
			return -1;
		plan->spots = grown;
	}
	if (!spot.at)
		return -1;
	plan->spots[plan->spot_count++] = spot;
	return 0;
}

/* A way as far as it has been gone, and what is left of it. */
struct way {
	char done[PLAN_PATH_MAX], rest[2 * PLAN_PATH_MAX];
	size_t n;
	const char *at; /* in rest */
	int kind;
	unsigned links;
	bool led;       /* the last name is a link */
};

static void drop_name(struct way *w)
{
	while (w->n && w->done[--w->n] != '/')
		;
}

/* Append the next name to what is done; false: there is none, or it is too long. */
static bool next_name(struct way *w)
{
	size_t n;

	for (;;) {
		w->at += strspn(w->at, "/");
		n = strcspn(w->at, "/");
		if (n == 0 || w->n + n + 2 > sizeof(w->done))
			return false;
		if (n == 2 && memcmp(w->at, "..", 2) == 0)
			drop_name(w);
		else if (n != 1 || *w->at != '.')
			break;
		w->at += n;
	}
	w->done[w->n++] = '/';
	memcpy(w->done + w->n, w->at, n);
	w->n += n;
	w->at += n;
	return true;
}

/* Go on by the link that what is done is. False: too long, or too many. */
static bool take_link(struct way *w, const char *text)
{
	char rest[sizeof(w->rest)];
	size_t n = strlen(text), left = strlen(w->at);

	if (w->links++ == LINKS_MAX || n + left + 2 > sizeof(rest))
		return false;
	w->led = w->led || left == strspn(w->at, "/");
	memcpy(rest, text, n);
	rest[n] = '/';
	memcpy(rest + n + 1, w->at, left + 1);
	memcpy(w->rest, rest, n + left + 2);
	w->at = w->rest;
	drop_name(w);
	if (*text == '/')
		w->n = 0;
	return true;
}

static enum plan_way go(struct plan_work *work, struct way *w, const char *name, const uint32_t *trusted)
{
	w->kind = 1;
	while (next_name(w)) {
		const struct node *node;

		if (w->kind != 1)
			return PLAN_WAY_NOWHERE;
		node = ask(work, w->done, w->n, trusted != NULL);
		if (!node)
			return PLAN_WAY_BARRED;
		if (node->kind < 0)
			return PLAN_WAY_NOWHERE;
		if (node->kind < 2) {
			w->kind = node->kind;
			continue;
		}
		if (trusted && node->owner && node->owner != *trusted)
			return PLAN_WAY_BARRED;
		if (add_spot(work->plan, name, w->done, w->n) < 0 || !take_link(w, node->text))
			return PLAN_WAY_NOWHERE;
	}
	return *w->at ? PLAN_WAY_NOWHERE : PLAN_WAY_FOUND;
}

/* What is found, or would have been, is a spot too: something may be mounted there, or be unmounted. */
static enum plan_way follow(struct plan_work *work, struct plan_name *to, const char *name, const char *path,
	const uint32_t *trusted)
{
	struct way w = { .n = 0, .at = NULL };
	enum plan_way way = PLAN_WAY_NOWHERE;

	memset(to, 0, sizeof(*to));
	to->kind = -1;
	if (strlen(path) >= sizeof(w.rest))
		return way;
	strcpy(w.rest, path);
	w.at = w.rest;
	way = go(work, &w, name, trusted);
	while (next_name(&w))
		;
	if (w.n == 0)
		w.done[w.n++] = '/';
	if ((w.links || way != PLAN_WAY_FOUND) && add_spot(work->plan, w.links ? name : NULL, w.done, w.n) < 0)
		way = PLAN_WAY_NOWHERE;
	if (way != PLAN_WAY_FOUND)
		return way;
	to->kind = w.kind;
	to->real = plan_text(work->plan, w.done, w.n);
	to->led = w.led;
	return to->real ? way : PLAN_WAY_NOWHERE;
}

enum plan_way plan_follow(struct plan_work *work, struct plan_name *to, const char *link, uint32_t trusted)
{
	return follow(work, to, NULL, link, &trusted);
}

/* A table's, of a test's. */
static void look_up(struct plan_work *work, struct plan_name *to, const char *name)
{
	char end[PLAN_PATH_MAX];

	to->kind = work->host->look(name);
	to->led = work->host->lead && work->host->lead(name, end);
	to->real = to->led ? plan_text(work->plan, end, strlen(end)) : name;
}

struct plan_name plan_name(struct plan_work *work, const char *name)
{
	struct plan_name to = { NULL, -1, false };
	struct node *node = node_of(work, name, strlen(name));

	if (!node || node->named)
		return node ? node->name : to;
	if (work->host->look)
		look_up(work, &to, node->path);
	else
		follow(work, &to, node->path, name, NULL);
	node = node_of(work, name, strlen(name));
	if (node) {
		node->name = to;
		node->named = true;
	}
	return to;
}
