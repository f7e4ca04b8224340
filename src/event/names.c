#include "event/names.h"

#include "base/hash.h"

#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

struct entry {
	uint32_t id, at, n; /* its name: n bytes of the text, from at on */
};

struct table {
	struct entry *entries;
	uint32_t count, cap;
	uint32_t *slots; /* by the id's hash: 1 and the index of an entry, 0: free; more than twice the entries */
	uint32_t mask;   /* of the slots, whose number is a power of two */
	char *text;
	size_t used, size;
};

/* What tells one state of a file from the next. */
struct stamp {
	dev_t dev;
	ino_t ino;
	off_t size;
	struct timespec mtime, ctime;
};

/* Its next entry; NULL: the end. */
typedef const char *next_entry(FILE *f, uint32_t *id);

struct name_file {
	const char *path;
	next_entry *next;
	struct stamp stamp;
	struct table table;
};

struct names {
	struct name_file users, groups;
	int64_t looked_ms;
};

static const char *next_user(FILE *f, uint32_t *id)
{
	const struct passwd *p = fgetpwent(f);

	if (!p)
		return NULL;
	*id = p->pw_uid;
	return p->pw_name;
}

static const char *next_group(FILE *f, uint32_t *id)
{
	const struct group *g = fgetgrent(f);

	if (!g)
		return NULL;
	*id = g->gr_gid;
	return g->gr_name;
}

static void table_free(struct table *t)
{
	free(t->entries);
	free(t->slots);
	free(t->text);
}

/* Where the id is, or would be. */
static uint32_t *slot_of(const struct table *t, uint32_t id)
{
	uint32_t i = (uint32_t)hash_u64(0, id) & t->mask;

	while (t->slots[i] && t->entries[t->slots[i] - 1].id != id)
		i = (i + 1) & t->mask;
	return &t->slots[i];
}

/* The slots for the entries there are and as many again. */
static bool table_index(struct table *t)
{
	uint32_t size = 16;
	uint32_t *slots;

	while (size <= 2 * t->cap)
		size *= 2;
	slots = calloc(size, sizeof(*slots));
	if (!slots)
		return false;
	free(t->slots);
	t->slots = slots;
	t->mask = size - 1;
	for (uint32_t i = 0; i < t->count; i++)
		*slot_of(t, t->entries[i].id) = i + 1;
	return true;
}

static bool table_grow(struct table *t)
{
	uint32_t cap = t->cap ? 2 * t->cap : 64;
	struct entry *entries = realloc(t->entries, cap * sizeof(*entries));

	if (!entries)
		return false;
	t->entries = entries;
	t->cap = cap;
	return table_index(t);
}

static bool text_fits(struct table *t, size_t n)
{
	size_t size = t->size ? t->size : 1024;
	char *text;

	while (size < t->used + n + NAMES_PAD)
		size *= 2;
	if (size == t->size)
		return true;
	text = realloc(t->text, size);
	if (!text)
		return false;
	memset(text + t->size, 0, size - t->size);
	t->text = text;
	t->size = size;
	return true;
}

/* The first entry of an id is the one that counts, as for getpwuid(3). false: no memory. */
static bool table_add(struct table *t, uint32_t id, const char *name)
{
	size_t n = strlen(name);

	/* "+" and "-" ask for entries from elsewhere: nsswitch.conf(5), compat. */
	if (n == 0 || n > NAMES_TEXT_MAX || name[0] == '+' || name[0] == '-' || id == UINT32_MAX)
		return true;
	if (t->count == t->cap && !table_grow(t))
		return false;
	if (*slot_of(t, id))
		return true;
	if (!text_fits(t, n))
		return false;
	memcpy(t->text + t->used, name, n);
	t->entries[t->count] = (struct entry){ id, (uint32_t)t->used, (uint32_t)n };
	t->used += n;
	*slot_of(t, id) = ++t->count;
	return true;
}

/* All of an open file; false: no memory. */
static bool table_read(struct table *t, FILE *f, next_entry *next)
{
	const char *name;
	uint32_t id;

	for (unsigned i = 0; i < NAMES_MAX && (name = next(f, &id)); i++)
		if (!table_add(t, id, name))
			return false;
	return true;
}

static struct stamp stamp_of(const struct stat *st)
{
	struct stamp s;

	memset(&s, 0, sizeof(s)); /* what lies between the members, too */
	s.dev = st->st_dev;
	s.ino = st->st_ino;
	s.size = st->st_size;
	s.mtime = st->st_mtim;
	s.ctime = st->st_ctim;
	return s;
}

/* Read the file if it is another one than before. false: no memory, or it can't be read; what was known stays. */
static bool refresh(struct name_file *s)
{
	struct table fresh = { NULL, 0, 0, NULL, 0, NULL, 0, 0 };
	struct stamp stamp;
	struct stat st;
	FILE *f;
	bool done;

	if (stat(s->path, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	stamp = stamp_of(&st);
	if (memcmp(&stamp, &s->stamp, sizeof(stamp)) == 0)
		return true;
	f = fopen(s->path, "re");
	if (!f)
		return false;
	done = fstat(fileno(f), &st) == 0 && table_read(&fresh, f, s->next);
	fclose(f);
	if (done) {
		table_free(&s->table);
		s->table = fresh;
		s->stamp = stamp_of(&st);
	} else {
		table_free(&fresh);
	}
	return done;
}

struct names *names_new(const char *passwd, const char *group)
{
	struct names *n = calloc(1, sizeof(*n));

	if (!n)
		return NULL;
	n->users.path = passwd;
	n->users.next = next_user;
	n->groups.path = group;
	n->groups.next = next_group;
	n->looked_ms = INT64_MIN;
	refresh(&n->users);
	refresh(&n->groups);
	return n;
}

void names_free(struct names *n)
{
	if (!n)
		return;
	table_free(&n->users.table);
	table_free(&n->groups.table);
	free(n);
}

void names_tick(struct names *n, int64_t now_ms)
{
	if ((uint64_t)now_ms - (uint64_t)n->looked_ms < NAMES_LOOK_MS) /* a clock set back is over it, too */
		return;
	n->looked_ms = now_ms;
	refresh(&n->users);
	refresh(&n->groups);
}

static struct span name_of(const struct table *t, uint32_t id)
{
	const struct entry *e;
	uint32_t slot;

	if (!t->slots)
		return span_of(NULL, 0);
	slot = *slot_of(t, id);
	if (!slot)
		return span_of(NULL, 0);
	e = &t->entries[slot - 1];
	return span_of(t->text + e->at, e->n);
}

struct span names_user(const struct names *n, uint32_t uid)
{
	return name_of(&n->users.table, uid);
}

struct span names_group(const struct names *n, uint32_t gid)
{
	return name_of(&n->groups.table, gid);
}
