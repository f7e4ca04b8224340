/* One group of records into one event: the fields that every event has, and each record to what knows its type. */
#include "event/normalize.h"

#include "event/names.h"
#include "event/norm.h"
#include "table/table.h"

#include <stdio.h>
#include <stdlib.h>

#define TYPES_MAX 32 /* distinct record types listed of one event */

void (*const stage_run[STAGE_COUNT])(struct event *ev) = {
	[STAGE_ARGS] = norm_args, [STAGE_FILE] = norm_file, [STAGE_PROC] = norm_proc,
	[STAGE_TREE] = norm_tree, [STAGE_TIME] = norm_time, [STAGE_RAW] = norm_raw,
};

struct normalizer *normalizer_new(const struct normalize_options *options)
{
	struct normalizer *n = calloc(1, sizeof(*n) + options->hostname.n + EVENT_PAD);

	if (!n)
		return NULL;
	n->hostname = span_of((char *)(n + 1), options->hostname.n);
	memcpy(n + 1, options->hostname.p, options->hostname.n);
	n->procs = proctab_new(0);
	if (!n->procs) {
		free(n);
		return NULL;
	}
	n->options = options;
	n->time.ms = INT64_MIN;
	for (int f = 0; f < FIELD_COUNT; f++)
		field_set_add(&n->stage_fields[fields[f].stage], f);
	return n;
}

void normalizer_free(struct normalizer *n)
{
	if (n)
		proctab_free(n->procs);
	free(n);
}

char *norm_room(struct event *ev, size_t n)
{
	return arena_alloc(ev->arena, n + EVENT_PAD);
}

struct span norm_copy(struct event *ev, const void *p, size_t n)
{
	char *to = norm_room(ev, n);

	if (!to)
		return span_of(NULL, 0);
	memcpy(to, p, n);
	return span_of(to, n);
}

void norm_start(struct normalizer *n, struct group *g, struct event *ev)
{
	const struct time_text *when;

	memset(ev, 0, offsetof(struct event, value));
	ev->group = g;
	ev->arena = &g->arena;
	ev->by = n;
	ev->arch = -1;
	ev->nr = -1;
	ev->stages = 1u << STAGE_STORED;
	event_set_u64(ev, FIELD_EVT_NUM, ++n->number);
	when = norm_time_text(ev);
	event_set(ev, FIELD_EVT_TIME, as_digits(span_of(when->ns, when->ns_len)));
	event_set(ev, FIELD_EVT_RAWTIME, ev->value[FIELD_EVT_TIME]);
	event_set_u64(ev, FIELD_AUDIT_SERIAL, g->serial);
	event_set_name(ev, FIELD_EVT_ORIGIN, n->options->origin);
	if (g->node.n) {
		event_set_text(ev, FIELD_AUDIT_NODE, g->node.p, g->node.n);
		event_set_text(ev, FIELD_EVT_HOSTNAME, g->node.p, g->node.n);
	} else {
		event_set_text(ev, FIELD_EVT_HOSTNAME, n->hostname.p, n->hostname.n);
	}
}

void norm_no_serial(struct event *ev, struct span word)
{
	ev->present.bit[FIELD_AUDIT_SERIAL / 64] &= ~(UINT64_C(1) << FIELD_AUDIT_SERIAL % 64);
	ev->id_word = word;
}

/* The name of a type that the table lacks: as the line spells it, else UNKNOWN[1999]. */
static struct span odd_type_name(struct event *ev, unsigned type)
{
	const struct record *r = ev->group->records;
	char text[24];
	struct span name;

	while (r->type != type)
		r++;
	name = record_type_text(r);
	if (!type && name.n)
		return norm_copy(ev, name.p, name.n); /* letters, digits and '_' alone */
	return norm_copy(ev, text, (size_t)snprintf(text, sizeof(text), "UNKNOWN[%u]", type));
}

/* Would the name be that of a known type, were it in capitals? Such a one must not be taken for it. */
static bool is_known_in_capitals(struct span name)
{
	char capitals[64];

	for (size_t i = 0; i < name.n && i < sizeof(capitals); i++)
		capitals[i] = (char)(name.p[i] >= 'a' && name.p[i] <= 'z' ? name.p[i] - 32 : name.p[i]);
	return name.n <= sizeof(capitals) && record_type_find(capitals, name.n) >= 0;
}

struct span norm_type_lower(struct event *ev, const struct record *r)
{
	struct span name = record_type_lower(r->type);
	char text[24];
	char *lower;

	if (name.n)
		return name;
	name = r->type ? span_of(NULL, 0) : record_type_text(r);
	if (!name.n || is_known_in_capitals(name))
		return norm_copy(ev, text, (size_t)snprintf(text, sizeof(text), "unknown_%u", r->type));
	lower = norm_room(ev, name.n);
	for (size_t i = 0; lower && i < name.n; i++)
		lower[i] = (char)(name.p[i] >= 'A' && name.p[i] <= 'Z' ? name.p[i] + 32 : name.p[i]);
	return span_of(lower, lower ? name.n : 0);
}

/* audit.types: each type once, in order of arrival. */
static size_t distinct_types(const struct group *g, uint16_t *types)
{
	size_t n = 0;

	for (uint32_t i = 0; i < g->count && n < TYPES_MAX; i++) {
		size_t k = 0;

		while (k < n && types[k] != g->records[i].type)
			k++;
		if (k == n)
			types[n++] = g->records[i].type;
	}
	return n;
}

/* Most events have the types of the one before, and so its list. */
static void list_types(struct event *ev)
{
	struct type_list *last = &ev->by->types;
	uint16_t types[TYPES_MAX];
	size_t n = distinct_types(ev->group, types);
	struct span *list = last->names;

	if (n != last->count || memcmp(types, last->types, n * sizeof(*types)) != 0) {
		bool named = n <= TYPES_KEPT;

		if (!named)
			list = arena_alloc(ev->arena, n * sizeof(*list));
		if (!list)
			return;
		last->count = 0;
		for (size_t i = 0; i < n; i++) {
			list[i] = record_type_name(types[i]);
			named = named && list[i].n;
			if (!list[i].n)
				list[i] = odd_type_name(ev, types[i]); /* in the event's arena: not to be kept */
		}
		if (named) {
			memcpy(last->types, types, n * sizeof(*types));
			last->count = n;
		}
	}
	event_set(ev, FIELD_AUDIT_TYPES, as_names(list, n));
}

/* Records that belong to a call, and name no event by themselves. */
static bool is_part(unsigned type)
{
	return type == RECORD_TYPE_PATH || type == RECORD_TYPE_CWD || type == RECORD_TYPE_PROCTITLE ||
		type == RECORD_TYPE_SOCKADDR;
}

/* evt.type and its like for an event without a system call: those of its first record that says something. */
static void name_record_event(struct event *ev)
{
	const struct group *g = ev->group;
	const struct record *main = &g->records[0];

	for (uint32_t i = 0; i < g->count; i++) {
		if (!is_part(g->records[i].type)) {
			main = &g->records[i];
			break;
		}
	}
	event_set_name(ev, FIELD_EVT_TYPE, norm_type_lower(ev, main));
	event_set_name(ev, FIELD_EVT_CATEGORY, SPAN("audit"));
	event_set_name(ev, FIELD_EVT_SOURCE, SPAN("audit"));
}

static void take_record(struct event *ev, const struct record *r)
{
	switch (r->type) {
	case RECORD_TYPE_PATH:
		break; /* all at once */
	case RECORD_TYPE_CWD:
		norm_cwd(ev, r);
		break;
	case RECORD_TYPE_PROCTITLE:
		norm_proctitle(ev, r);
		break;
	case RECORD_TYPE_SOCKADDR:
		norm_sockaddr(ev, r);
		break;
	case RECORD_TYPE_EXECVE:
		ev->seen |= 1u << SEEN_EXECVE; /* norm_proc() reads them all */
		break;
	case RECORD_TYPE_SOCKETCALL:
		norm_socketcall(ev, r);
		break;
	case RECORD_TYPE_MMAP:
		norm_mmap(ev, r);
		break;
	case RECORD_TYPE_OPENAT2:
		norm_openat2(ev, r);
		break;
	default:
		norm_record(ev, r);
	}
}

/* evt.truncated: what the assembler's bounds cut. */
static void tell_cut(struct event *ev)
{
	char text[48];
	int n;

	if (ev->group->cut_records) {
		n = snprintf(text, sizeof(text), "records:%llu", (unsigned long long)ev->group->cut_bytes);
		norm_truncated(ev, norm_copy(ev, text, (size_t)n));
	}
	if (ev->extras_cut) {
		n = snprintf(text, sizeof(text), "audit.*:%u", ev->extras_cut);
		norm_truncated(ev, norm_copy(ev, text, (size_t)n));
	}
}

void norm_truncated(struct event *ev, struct span what)
{
	if (!what.p || ev->truncated_count >= sizeof(ev->truncated) / sizeof(ev->truncated[0]))
		return;
	ev->truncated[ev->truncated_count++] = what;
	event_set(ev, FIELD_EVT_TRUNCATED, as_names(ev->truncated, ev->truncated_count));
}

bool norm_is_local(const struct event *ev)
{
	return !ev->group->node.n || span_eq(ev->group->node, ev->by->hostname);
}

/* Names for the ids of this host, but for those that came with the record. */
static void name_ids(struct event *ev, const struct names *names)
{
	static const struct {
		int id, name;
		struct span (*find)(const struct names *names, uint32_t id);
	} told[] = {
		{ FIELD_USER_UID, FIELD_USER_NAME, names_user },
		{ FIELD_USER_LOGINUID, FIELD_USER_LOGINNAME, names_user },
		{ FIELD_GROUP_GID, FIELD_GROUP_NAME, names_group },
	};

	if (!norm_is_local(ev))
		return;
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++) {
		const struct value *id = &ev->value[told[i].id];
		struct span name;

		if (!event_has(ev, told[i].id) || event_has(ev, told[i].name) || id->i64 < 0 || id->i64 >= UINT32_MAX)
			continue;
		name = told[i].find(names, (uint32_t)id->i64);
		if (name.n)
			event_set_text(ev, told[i].name, name.p, name.n);
	}
}

void normalize(struct normalizer *n, struct group *g, struct event *ev)
{
	const struct record *call = NULL;
	uint32_t paths = 0;

	norm_start(n, g, ev);
	for (uint32_t i = 0; i < g->count; i++) {
		if (g->records[i].type == RECORD_TYPE_PATH)
			paths++;
		else if (g->records[i].type == RECORD_TYPE_SYSCALL && !call)
			call = &g->records[i];
	}
	if (call)
		norm_syscall(ev, call);
	else if (g->count)
		name_record_event(ev);
	for (uint32_t i = 0; i < g->count; i++)
		if (&g->records[i] != call)
			take_record(ev, &g->records[i]);
	if (paths)
		norm_paths(ev, paths);
	if (n->options->names)
		name_ids(ev, n->options->names);
	list_types(ev);
	if (ev->extra_count) {
		norm_extras_done(ev);
		event_set_family(ev, FIELD_AUDIT_ANY);
		event_set_family(ev, FIELD_AUDIT_MSG);
	}
	tell_cut(ev);
	if (call)
		norm_seen(ev);
}

void normalize_raw(struct normalizer *n, struct group *g, struct span raw, struct span why, struct event *ev)
{
	struct span copy;

	norm_start(n, g, ev);
	norm_no_serial(ev, SPAN("raw"));
	ev->unreadable = true;
	event_set_name(ev, FIELD_EVT_TYPE, SPAN("audit.raw"));
	event_set_name(ev, FIELD_EVT_CATEGORY, SPAN("audit"));
	event_set_name(ev, FIELD_EVT_SOURCE, SPAN("audit"));
	event_set_name(ev, FIELD_AUDIT_OP, why);
	copy = norm_copy(ev, raw.p, raw.n);
	if (copy.p)
		event_set_text(ev, FIELD_AUDIT_RAW, copy.p, copy.n);
	ev->stages |= 1u << STAGE_RAW;
}
