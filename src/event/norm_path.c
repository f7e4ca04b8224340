/* PATH records: one struct each, keys as they stand but for the name. */
#include "event/norm.h"
#include "table/table.h"

#include "record/value.h"

#include <stdio.h>

#define PATHS_MAX 256 /* kept of one event; the kernel makes a handful */

const struct span path_key_names[PATH_KEY_COUNT] = {
#define X(k) [PATH_##k] = { #k, sizeof(#k) - 1 },
	PATH_KEYS(X)
#undef X
};

/* enum path_key + 1 of a key. */
static const uint8_t path_keys[KEY_COUNT] = {
#define X(k) [KEY_##k] = PATH_##k + 1,
	PATH_KEYS(X)
#undef X
	[KEY_objtype] = PATH_nametype + 1, /* RHEL 7 */
};

struct value path_value(const struct event_path *path, int key)
{
	struct span s = path->value[key];
	int64_t v;

	switch (key) {
	case PATH_inode:
	case PATH_ogid:
	case PATH_ouid:
	case PATH_cap_frootid:
		if (value_i64(s, &v))
			return as_i64(v == UINT32_MAX && key != PATH_inode ? -1 : v);
	}
	return as_text(s);
}

/* How a PATH of a file without capabilities ends, as most do since 4.17. */
static const char no_caps[] = " cap_fp=0 cap_fi=0 cap_fe=0 cap_fver=0 cap_frootid=0";
#define NO_CAPS_LEN (sizeof(no_caps) - 1)

/* The body without that ending, whose values are told at once. */
static struct span take_no_caps(struct event_path *path, struct span body)
{
	static const char zero[RECORD_PAD] = "0";

	path->no_caps = body.n > NO_CAPS_LEN && memcmp(body.p + body.n - NO_CAPS_LEN, no_caps, NO_CAPS_LEN) == 0;
	if (!path->no_caps)
		return body;
	for (int k = PATH_cap_fe; k <= PATH_cap_fver; k++)
		path->value[k] = span_of(zero, 1);
	path->present = PATH_CAPS;
	return span_of(body.p, body.n - NO_CAPS_LEN);
}

static enum nametype nametype_of(struct span s)
{
	switch (s.n ? s.p[0] : 0) {
	case 'N':
		return NAMETYPE_NORMAL;
	case 'P':
		return NAMETYPE_PARENT;
	case 'D':
		return NAMETYPE_DELETE;
	case 'C':
		return NAMETYPE_CREATE;
	}
	return NAMETYPE_UNKNOWN;
}

static void take_path_pair(struct event *ev, struct event_path *path, const struct kv *kv)
{
	struct span s = kv_span(kv);
	int key = path_keys[kv->id] - 1;
	int64_t item;

	if (kv->id == KEY_item && value_i64_padded(s, &item) && item >= 0 && item < 100000) {
		path->item = (uint32_t)item;
		return;
	}
	if (key < 0) {
		/* audit.path[0].KEY too: it stands among the path's other keys */
		norm_pair(ev, path->item ? SPAN("path") : SPAN("path[0]"), path->item, kv);
		return;
	}
	if (key == PATH_name)
		s = norm_text(ev, kv);
	else if (key == PATH_nametype)
		path->nametype = nametype_of(s);
	if (!s.n || (s.n == 1 && *s.p == '?' && kv->quote == KV_BARE))
		return;
	path->value[key] = s;
	path->present |= 1u << key;
}

static void take_path(struct event *ev, const struct record *r, struct event_path *path)
{
	struct kv kv[PAIRS_MAX];
	struct span rest;

	path->present = 0;
	path->nametype = NAMETYPE_UNKNOWN;
	path->item = (uint32_t)(path - ev->paths);
	rest = take_no_caps(path, r->body);
	do {
		size_t n = record_pairs(&ev->by->memo, rest, kv, PAIRS_MAX, &rest);

		for (size_t i = 0; i < n; i++)
			take_path_pair(ev, path, &kv[i]);
	} while (rest.n);
}

/* n of audit.path[n] is the item that the record tells, unless another has it: then the next free number. */
static void number_apart(struct event *ev)
{
	uint32_t next = 0;

	for (uint32_t i = 0; i < ev->path_count; i++)
		if (ev->paths[i].item >= next)
			next = ev->paths[i].item + 1;
	for (uint32_t i = 0; i < ev->path_count; i++) {
		uint32_t k = 0;

		while (k < i && ev->paths[k].item != ev->paths[i].item)
			k++;
		if (k < i)
			ev->paths[ev->paths[k].apart ? k : i].item = next++;
	}
}

void norm_paths(struct event *ev, uint32_t count)
{
	const struct group *g = ev->group;
	uint32_t keep = count < PATHS_MAX ? count : PATHS_MAX;
	bool apart = ev->seen >> SEEN_SYSCALL & 1; /* until the SYSCALL comes: ANOM_LINK brings a PATH before it */
	bool in_order = true;
	char text[32];

	ev->seen |= 1u << SEEN_PATH;
	ev->paths = arena_alloc(ev->arena, keep * sizeof(*ev->paths));
	if (!ev->paths)
		keep = 0;
	if (keep < count)
		norm_truncated(ev, norm_copy(ev, text, (size_t)snprintf(text, sizeof(text), "audit.path:%u", count)));
	for (uint32_t i = 0; i < g->count && ev->path_count < keep; i++) {
		struct event_path *path = &ev->paths[ev->path_count];

		if (g->records[i].type == RECORD_TYPE_SYSCALL)
			apart = false;
		if (g->records[i].type != RECORD_TYPE_PATH)
			continue;
		take_path(ev, &g->records[i], path);
		path->apart = apart;
		in_order = in_order && path->item == ev->path_count;
		ev->path_count++;
	}
	if (!in_order)
		number_apart(ev);
	if (ev->path_count)
		event_set_family(ev, FIELD_AUDIT_PATH);
}
