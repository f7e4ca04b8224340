#include "filter/select.h"
#include "filter/glob.h"
#include "filter/select_part.h"
#include "table/syscall.h"

#include <errno.h>
#include <stdlib.h>

int select_new(struct select_set **out, const struct select_spec *specs, size_t count, select_report *report, void *ctx)
{
	struct select_set *s = calloc(1, sizeof(*s) + count * sizeof(s->part[0]));
	int rc = 0;

	if (!s)
		return -ENOMEM;
	for (size_t i = 0; i < count && rc != -ENOMEM; i++) {
		int one = select_part_parse(&s->part[i], &specs[i], i, report, ctx);
		s->count++;
		if (one < 0)
			rc = one;
	}
	if (rc < 0) {
		select_free(s);
		return rc;
	}
	*out = s;
	return 0;
}

void select_free(struct select_set *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++)
		select_part_release(&s->part[i]);
	free(s);
}

static bool opens_for_writing(struct event *ev)
{
	const struct value *v = event_get(ev, FIELD_EVT_IS_OPEN_WRITE);

	return v && v->kind == VALUE_BOOL && v->b;
}

static bool call_set_has(const struct call_set *set, struct event *ev)
{
	if (set->all || (ev->call && set->bit && select_bit(set->bit, ev->call->id)))
		return true;
	if (ev->call && set->bit && select_bit(set->write_bit, ev->call->id) && opens_for_writing(ev))
		return true;
	for (size_t i = 0; i < set->number_count; i++) {
		if (set->numbers[i] == ev->nr)
			return true;
	}
	return false;
}

static bool calls_match(const struct select_part *part, struct event *ev)
{
	if (ev->nr < 0)
		return part->calls.all;
	return call_set_has(&part->calls, ev) && !call_set_has(&part->not_calls, ev);
}

static bool types_match(const struct select_part *part, const struct event *ev)
{
	if (!part->types || !ev->group)
		return false;
	for (uint32_t i = 0; i < ev->group->count; i++) {
		if (select_bit(part->types, ev->group->records[i].type))
			return true;
	}
	return false;
}

static bool text_matches(const struct span_list *list, struct event *ev, int field)
{
	const struct value *v = event_get(ev, field);

	if (!v || (v->kind != VALUE_TEXT && v->kind != VALUE_NAME))
		return false;
	for (size_t i = 0; i < list->count; i++) {
		if (glob_match(list->word[i], span_of(v->p, v->n)))
			return true;
	}
	return false;
}

static bool path_matches(const struct span_list *list, struct event *ev)
{
	static const int names[] = { FIELD_FD_NAME, FIELD_FS_PATH_NAME, FIELD_FS_PATH_SOURCE, FIELD_FS_PATH_TARGET };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (text_matches(list, ev, names[i]))
			return true;
	}
	return ev->call && ev->call->kind == CALL_EXEC && text_matches(list, ev, FIELD_PROC_EXEPATH);
}

static bool id_matches(const struct id_test *t, const struct value *v)
{
	if (!v || (v->kind != VALUE_I64 && v->kind != VALUE_U64))
		return false;
	/* Where a record writes unset as 2^32 - 1, it means the same. */
	int64_t id = v->i64 == UINT32_MAX ? -1 : v->i64;

	if (id < t->within.low || id > t->within.high)
		return false;
	for (size_t i = 0; i < t->none_count; i++) {
		if (t->none[i] == id)
			return false;
	}
	for (size_t i = 0; i < t->any_count; i++) {
		if (id >= t->any[i].low && id <= t->any[i].high)
			return true;
	}
	return t->any_count == 0;
}

static const struct value *uid_of(struct event *ev)
{
	const struct value *v = event_get(ev, FIELD_AUDIT_UID);

	return v ? v : event_get(ev, FIELD_USER_UID);
}

static bool success_matches(int success, struct event *ev)
{
	const struct value *failed = event_get(ev, FIELD_EVT_FAILED);

	return failed && failed->kind == VALUE_BOOL && failed->b != (success == 1);
}

/* Cheap tests first: names of files cost the most to find. */
static bool part_matches(const struct select_part *part, struct event *ev)
{
	return (calls_match(part, ev) || types_match(part, ev)) &&
		(part->success < 0 || success_matches(part->success, ev)) &&
		(!part->uid.there || id_matches(&part->uid, uid_of(ev))) &&
		(!part->auid.there || id_matches(&part->auid, event_get(ev, FIELD_USER_LOGINUID))) &&
		(part->exe.count == 0 || text_matches(&part->exe, ev, FIELD_PROC_EXEPATH)) &&
		(part->path.count == 0 || path_matches(&part->path, ev));
}

bool select_match(const struct select_set *s, struct event *ev)
{
	for (size_t i = 0; i < s->count; i++) {
		if (part_matches(&s->part[i], ev))
			return true;
	}
	return s->count == 0;
}
