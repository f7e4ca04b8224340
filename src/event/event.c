/* Fields by name, stages on demand. */
#include "event/event.h"

#include "event/norm.h"

#include <stdlib.h>

const struct field fields[FIELD_COUNT] = {
#define FIELD(id, name, type, stage, sets, meaning) { SPAN_INIT(name), TYPE_##type, STAGE_##stage, sets, meaning },
#include "event/fields.def"
#undef FIELD
};

int field_find(struct span name)
{
	int low = 0, high = FIELD_COUNT - 1;

	while (low <= high) {
		int mid = (low + high) / 2;
		int c = span_compare(name, fields[mid].name);

		if (c == 0)
			return mid;
		if (c < 0)
			high = mid - 1;
		else
			low = mid + 1;
	}
	return -1;
}

/* Is it audit.TYPE.KEY or internal.KEY? `family` is their name, with the asterisk. */
static bool is_of_any(struct span member, struct span family)
{
	struct span prefix = span_of(family.p, family.n - 1);
	size_t n = prefix.n;

	if (!span_starts(member, prefix) || member.n == n)
		return false;
	if (span_eq(family, fields[FIELD_AUDIT_ANY].name)) /* and no field of one word that is not there */
		return member.n > n + 2 && memchr(member.p + n + 1, '.', member.n - n - 2);
	return true;
}

int field_family(struct span member)
{
	int any = -1;

	for (int f = 0; f < FIELD_COUNT; f++) {
		struct span name = fields[f].name;

		if (fields[f].type != TYPE_FAMILY)
			continue;
		if (name.p[name.n - 1] == '*')
			any = is_of_any(member, name) ? f : any;
		else if (span_starts(member, name) && member.n >= name.n + 2 &&
			 (member.p[name.n] == '.' || member.p[name.n] == '['))
			return f;
	}
	return any;
}

void event_derive(struct event *ev, const struct field_set *want)
{
	for (int s = STAGE_STORED + 1; s < STAGE_COUNT; s++) {
		const struct field_set *stage = &ev->by->stage_fields[s];
		uint64_t any = 0;

		if (ev->stages >> s & 1)
			continue;
		for (int w = 0; w < FIELD_WORDS; w++)
			any |= want->bit[w] & stage->bit[w];
		if (any) {
			ev->stages |= 1u << s;
			stage_run[s](ev);
		}
	}
}

const struct value *event_get(struct event *ev, int field)
{
	enum stage s = fields[field].stage;

	if (s != STAGE_STORED && !(ev->stages >> s & 1)) {
		ev->stages |= 1u << s;
		stage_run[s](ev);
	}
	return event_has(ev, field) ? &ev->value[field] : NULL;
}

/* The n of "proc.aname[n]" or "audit.path[n].name", which starts behind `skip` bytes; *rest is what follows the bracket. */
static bool member_index(struct span name, size_t skip, unsigned *n, struct span *rest)
{
	size_t i = skip;
	unsigned v = 0;

	if (i >= name.n || name.p[i] != '[')
		return false;
	for (i++; i < name.n && name.p[i] >= '0' && name.p[i] <= '9' && v < 100000; i++)
		v = v * 10 + (unsigned)(name.p[i] - '0');
	if (i >= name.n || name.p[i] != ']' || i == skip + 1)
		return false;
	*n = v;
	*rest = span_of(name.p + i + 1, name.n - i - 1);
	return true;
}

static bool path_member(struct event *ev, struct span name, struct value *out)
{
	struct span rest;
	unsigned n;

	if (!member_index(name, sizeof("audit.path") - 1, &n, &rest) || rest.n < 2 || rest.p[0] != '.')
		return false;
	rest = span_of(rest.p + 1, rest.n - 1);
	for (uint32_t i = 0; i < ev->path_count; i++) {
		const struct event_path *path = &ev->paths[i];

		if (path->item != n)
			continue;
		for (int k = 0; k < PATH_KEY_COUNT; k++)
			if (path->present >> k & 1 && span_eq(path_key_names[k], rest)) {
				*out = path_value(path, k);
				return true;
			}
	}
	return false;
}

bool event_get_member(struct event *ev, struct span name, struct value *out)
{
	static const struct span arg = { "evt.arg.", 8 }, path = { "audit.path[", 11 };
	unsigned n;
	struct span rest;

	if (span_starts(name, arg)) {
		struct span key = span_of(name.p + arg.n, name.n - arg.n);

		event_get(ev, FIELD_EVT_ARGS);
		for (uint32_t i = 0; i < ev->arg_count; i++)
			if (span_eq(ev->args[i].name, key)) {
				*out = ev->args[i].value;
				return true;
			}
		return false;
	}
	if (span_starts(name, path))
		return path_member(ev, name, out);
	for (int f = 0; f < FIELD_COUNT; f++) {
		const struct field *field = &fields[f];

		if (field->stage == STAGE_TREE && field->type == TYPE_FAMILY && span_starts(name, field->name) &&
		    member_index(name, field->name.n, &n, &rest) && rest.n == 0)
			return tree_member(ev, f, n, out);
	}
	for (uint32_t i = 0; i < ev->extra_count; i++)
		if (span_eq(ev->extras[i].name, name)) {
			*out = ev->extras[i].value;
			return true;
		}
	return false;
}
