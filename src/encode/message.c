#include "encode/message.h"

#include "base/utf8.h"
#include "table/syscall.h"

const struct span priority_names[8] = {
	{ "Emergency", 9 }, { "Alert", 5 },  { "Critical", 8 },	     { "Error", 5 },
	{ "Warning", 7 },   { "Notice", 6 }, { "Informational", 13 }, { "Debug", 5 },
};

/* What the text may name as the object, first come first taken; a label stands before it. */
static const struct {
	int field;
	struct span label;
} objects[] = {
	{ FIELD_FD_NAME, { " ", 1 } },	     { FIELD_FS_PATH_SOURCE, { " ", 1 } }, { FIELD_FS_PATH_TARGET, { " -> ", 4 } },
	{ FIELD_FS_PATH_NAME, { " ", 1 } },  { FIELD_AUDIT_OP, { " ", 1 } },	   { FIELD_AUDIT_UNIT, { " ", 1 } },
	{ FIELD_AUDIT_ACCT, { " of ", 4 } }, { FIELD_AUDIT_ADDR, { " from ", 6 } },
};
#define OBJECT_COUNT (sizeof(objects) / sizeof(objects[0]))

#define BIT(word, id) ((id) / 64 == (word) ? UINT64_C(1) << (id) % 64 : 0)
#define WORD(word) \
	(BIT(word, FIELD_FD_NAME) | BIT(word, FIELD_FS_PATH_NAME) | BIT(word, FIELD_EVT_DATETIME) | \
	 BIT(word, FIELD_PROC_CMDLINE))
/* One field of each stage that the text needs. */
const struct field_set message_fields = { { WORD(0), WORD(1) } };

#define MESSAGE_MAX 60000 /* bytes of a joined message: a block of the arena has a bound */

static void add_name(struct message *m, struct span s)
{
	m->names |= 1u << m->count;
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

static char *add_number(struct message *m, const struct event *ev, struct span label, int field, char *at)
{
	char *end = decimal_i64(at, ev->value[field].i64);

	add_name(m, label);
	add_name(m, span_of(at, (size_t)(end - at)));
	return end;
}

static void add_default(struct message *m, const struct event *ev)
{
	static const struct span none = { NULL, 0 }, by = { " by ", 4 };

	add_field(m, ev, none, FIELD_EVT_TYPE);
	if (!ev->call || ev->call->kind != CALL_EXEC || !add_field(m, ev, SPAN(" "), FIELD_PROC_CMDLINE))
		for (size_t i = 0; i < OBJECT_COUNT; i++)
			add_field(m, ev, objects[i].label, objects[i].field);
	if (!add_field(m, ev, by, FIELD_PROC_NAME))
		add_field(m, ev, by, FIELD_PROC_EXEPATH);
	if (event_has(ev, FIELD_PROC_PID)) {
		char *end = add_number(m, ev, SPAN(" (pid "), FIELD_PROC_PID, m->numbers);

		if (event_has(ev, FIELD_USER_UID))
			add_number(m, ev, SPAN(", uid "), FIELD_USER_UID, end);
		add_name(m, SPAN(")"));
	}
	add_field(m, ev, SPAN(": "), FIELD_EVT_RES);
}

void message_make(struct message *m, struct event *ev, const struct verdict *verdict)
{
	const struct value *when = event_get(ev, FIELD_EVT_DATETIME);

	m->count = 0;
	m->names = 0;
	m->bytes = 0;
	if (when)
		add_name(m, span_of(when->p + 11, when->n - 11));
	add_name(m, SPAN(": "));
	add_name(m, priority_names[verdict->priority & 7]);
	add_name(m, SPAN(" "));
	if (verdict->output.p)
		add_text(m, verdict->output);
	else
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
