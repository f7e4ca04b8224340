#include "encode/message.h"

#include "base/utf8.h"
#include "table/syscall.h"
#include "table/table.h"

const struct span priority_names[8] = {
	{ "Emergency", 9 }, { "Alert", 5 },  { "Critical", 8 },	     { "Error", 5 },
	{ "Warning", 7 },   { "Notice", 6 }, { "Informational", 13 }, { "Debug", 5 },
};

#define PAIRS_SHOWN 4 /* of a record that no field tells more of */
#define NOTABLE_SHOWN 2
#define NAME_MAX_SHOWN 64

#define BIT(word, id) ((id) / 64 == (word) ? UINT64_C(1) << (id) % 64 : 0)
#define WORD(word) \
	(BIT(word, FIELD_FD_NAME) | BIT(word, FIELD_FS_PATH_NAME) | BIT(word, FIELD_EVT_DATETIME) | \
	 BIT(word, FIELD_PROC_CMDLINE))
/* One field of each stage that the text needs. */
const struct field_set message_fields = { { WORD(0), WORD(1) } };

#define MESSAGE_MAX 60000 /* bytes of a joined message: a block of the arena has a bound */

static void add_name(struct message *m, struct span s)
{
	m->names |= UINT64_C(1) << m->count;
	m->piece[m->count++] = s;
	m->bytes += s.n;
}

static void add_text(struct message *m, struct span s)
{
	m->piece[m->count++] = s;
	m->bytes += s.n;
}

/* A field's text behind its label; false: the event has none. */
static bool add_field(struct message *m, const struct event *ev, struct span label, int field)
{
	const struct value *v = &ev->value[field];

	if (!event_has(ev, field) || !v->n || (v->kind != VALUE_TEXT && v->kind != VALUE_NAME))
		return false;
	if (label.n)
		add_name(m, label);
	if (v->kind == VALUE_NAME)
		add_name(m, span_of(v->p, v->n));
	else
		add_text(m, span_of(v->p, v->n));
	return true;
}

/* The call's path as it was given, behind its label; false: none is known. */
static bool add_path_argument(struct message *m, struct event *ev, struct span label)
{
	event_get(ev, FIELD_EVT_ARGS);
	for (uint32_t i = 0; i < ev->arg_count; i++) {
		const struct event_arg *a = &ev->args[i];

		if (a->spec->as != AS_PATH || a->value.kind != VALUE_TEXT || !a->value.n)
			continue;
		add_name(m, label);
		add_text(m, span_of(a->value.p, a->value.n));
		return true;
	}
	return false;
}

static void add_number(struct message *m, int64_t v)
{
	char *end = decimal_i64(m->number, v);

	add_name(m, span_of(m->number, (size_t)(end - m->number)));
	m->number = end;
}

/*
 * What an exec runs. One that failed left its caller's command line in place, and rarely tells of its own: then it is
 * the file.
 */
static bool add_exec(struct message *m, struct event *ev, struct span label)
{
	if (!(ev->seen >> SEEN_EXECVE & 1) && event_has(ev, FIELD_EVT_FAILED) && ev->value[FIELD_EVT_FAILED].b)
		return add_path_argument(m, ev, label);
	return add_field(m, ev, label, FIELD_PROC_CMDLINE);
}

/* What a call acts on; one that has no path and no address shows its arguments. */
static void add_call_object(struct message *m, struct event *ev)
{
	const struct span blank = SPAN(" ");

	if (ev->call && ev->call->kind == CALL_EXEC && add_exec(m, ev, blank))
		return;
	if (add_field(m, ev, blank, FIELD_FD_NAME) || add_field(m, ev, blank, FIELD_FS_PATH_NAME))
		return;
	if (add_field(m, ev, blank, FIELD_FS_PATH_SOURCE)) {
		add_field(m, ev, SPAN(" -> "), FIELD_FS_PATH_TARGET);
		return;
	}
	if (add_field(m, ev, blank, FIELD_FS_PATH_TARGET))
		return;
	event_get(ev, FIELD_EVT_ARGS);
	add_field(m, ev, blank, FIELD_EVT_ARGS);
}

/* KEY=VALUE of the pairs that have no field, the first few. */
static void add_pairs(struct message *m, const struct event *ev)
{
	unsigned shown = 0;

	for (uint32_t i = 0; i < ev->extra_count && shown < PAIRS_SHOWN; i++) {
		const struct event_extra *e = &ev->extras[i];
		size_t at = e->name.n;

		if (e->value.kind != VALUE_TEXT && e->value.kind != VALUE_NAME && e->value.kind != VALUE_I64)
			continue;
		while (at > 0 && e->name.p[at - 1] != '.')
			at--;
		add_name(m, SPAN(" "));
		add_text(m, span_of(e->name.p + at, e->name.n - at));
		add_name(m, SPAN("="));
		if (e->value.kind == VALUE_I64)
			add_number(m, e->value.i64);
		else if (e->value.kind == VALUE_NAME && e->value.n <= NAME_MAX_SHOWN)
			add_name(m, span_of(e->value.p, e->value.n));
		else
			add_text(m, span_of(e->value.p, e->value.n)); /* a long name is of the arena, with a pad */
		shown++;
	}
}

static void add_record_object(struct message *m, struct event *ev)
{
	static const struct {
		struct span label;
		int field;
		bool enough; /* no pairs beside it */
	} parts[] = {
		{ SPAN_INIT(" "), FIELD_AUDIT_OP, false },
		{ SPAN_INIT(" "), FIELD_AUDIT_UNIT, true },
		{ SPAN_INIT(" of "), FIELD_AUDIT_ACCT, false },
		{ SPAN_INIT(" from "), FIELD_AUDIT_ADDR, false },
		{ SPAN_INIT(": "), FIELD_INTERNAL_TEXT, true },
	};
	bool enough = false;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (add_field(m, ev, parts[i].label, parts[i].field))
			enough |= parts[i].enough;
	if (ev->unreadable)
		add_field(m, ev, SPAN(": "), FIELD_AUDIT_RAW);
	else if (!enough)
		add_pairs(m, ev);
}

/* Records that say more than the call they came with: a denial, an anomaly, a login, a change of the configuration. */
static bool is_notable(unsigned type)
{
	return type < RECORD_TYPE_SYSCALL || type == RECORD_TYPE_CONFIG_CHANGE || type == RECORD_TYPE_SECCOMP ||
		type >= RECORD_TYPE_AVC;
}

static void add_notable(struct message *m, const struct event *ev)
{
	unsigned shown = 0, last = 0;

	for (uint32_t i = 0; i < ev->group->count && shown < NOTABLE_SHOWN; i++) {
		unsigned type = ev->group->records[i].type;
		struct span name = is_notable(type) && type != last ? record_type_name(type) : span_of(NULL, 0);

		if (!name.n)
			continue;
		add_name(m, shown ? SPAN(", ") : SPAN(" with "));
		add_name(m, name);
		last = type;
		shown++;
	}
	if (shown)
		add_field(m, ev, SPAN(" "), FIELD_AUDIT_OP);
}

static void add_default(struct message *m, struct event *ev)
{
	static const struct span none = { NULL, 0 }, by = { " by ", 4 }, anomaly = { "anom_", 5 };
	const struct value *type = &ev->value[FIELD_EVT_TYPE]; /* every event has one */
	bool call = ev->seen >> SEEN_SYSCALL & 1;

	add_field(m, ev, none, FIELD_EVT_TYPE);
	if (call)
		add_call_object(m, ev);
	else
		add_record_object(m, ev);
	if (!add_field(m, ev, by, FIELD_PROC_NAME))
		add_field(m, ev, by, FIELD_PROC_EXEPATH);
	if (event_has(ev, FIELD_PROC_PID)) {
		add_name(m, SPAN(" (pid "));
		add_number(m, ev->value[FIELD_PROC_PID].i64);
		if (event_has(ev, FIELD_USER_UID)) {
			add_name(m, SPAN(", uid "));
			add_number(m, ev->value[FIELD_USER_UID].i64);
		}
		add_name(m, SPAN(")"));
	}
	if (!span_starts(span_of(type->p, type->n), anomaly)) /* a crash's record has res=1, and is no SUCCESS */
		add_field(m, ev, SPAN(": "), FIELD_EVT_RES);
	if (call)
		add_notable(m, ev);
}

void message_make(struct message *m, struct event *ev, const struct verdict *verdict)
{
	const struct value *when = event_get(ev, FIELD_EVT_DATETIME);

	m->count = 0;
	m->names = 0;
	m->bytes = 0;
	m->number = m->numbers;
	if (when)
		add_name(m, span_of(when->p + 11, when->n - 11));
	add_name(m, SPAN(": "));
	add_name(m, priority_names[verdict->priority & 7]);
	add_name(m, SPAN(" "));
	if (verdict->output.p) {
		add_text(m, verdict->output);
		return;
	}
	if (verdict->rule.p) {
		add_text(m, verdict->rule);
		add_name(m, SPAN(": "));
	}
	add_default(m, ev);
}

struct span message_join(const struct message *m, struct event *ev)
{
	size_t share = m->bytes <= MESSAGE_MAX ? MESSAGE_MAX : MESSAGE_MAX / m->count - UTF8_CUT_MORE;
	char *text = arena_alloc(ev->arena, (m->bytes < MESSAGE_MAX ? m->bytes : MESSAGE_MAX) + EVENT_PAD), *w = text;

	if (!text)
		return span_of(NULL, 0);
	for (unsigned i = 0; i < m->count; i++)
		w += utf8_cut(w, m->piece[i].p, m->piece[i].n, share);
	return span_of(text, (size_t)(w - text));
}
