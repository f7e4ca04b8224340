#include "encode/message.h"

#include "base/copy.h"
#include "base/decimal.h"
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

static struct span text_of(const struct event *ev, int field)
{
	const struct value *v = &ev->value[field];

	if (!event_has(ev, field) || (v->kind != VALUE_TEXT && v->kind != VALUE_NAME))
		return span_of(NULL, 0);
	return span_of(v->p, v->n);
}

/* The pieces of a message, in order; all of them are known before the first byte is written. */
#define PIECES_MAX 32

struct pieces {
	struct span piece[PIECES_MAX];
	unsigned count;
	size_t bytes;
	char numbers[2 * (DECIMAL_MAX + 1)]; /* what pieces of numbers point to */
	char *number;
};

static void add(struct pieces *m, struct span s)
{
	m->piece[m->count++] = s;
	m->bytes += s.n;
}

static void add_number(struct pieces *m, const struct event *ev, int field)
{
	char *end = decimal_i64(m->number, ev->value[field].i64);

	add(m, span_of(m->number, (size_t)(end - m->number)));
	m->number = end;
}

static void add_objects(struct pieces *m, const struct event *ev)
{
	for (size_t i = 0; i < OBJECT_COUNT; i++) {
		struct span s = text_of(ev, objects[i].field);

		if (s.n) {
			add(m, objects[i].label);
			add(m, s);
		}
	}
}

static void add_default(struct pieces *m, const struct event *ev)
{
	struct span name = text_of(ev, FIELD_PROC_NAME);

	add(m, text_of(ev, FIELD_EVT_TYPE));
	if (ev->call && ev->call->kind == CALL_EXEC && event_has(ev, FIELD_PROC_CMDLINE)) {
		add(m, SPAN(" "));
		add(m, text_of(ev, FIELD_PROC_CMDLINE));
	} else {
		add_objects(m, ev);
	}
	if (!name.n)
		name = text_of(ev, FIELD_PROC_EXEPATH);
	if (name.n) {
		add(m, SPAN(" by "));
		add(m, name);
	}
	if (event_has(ev, FIELD_PROC_PID)) {
		add(m, SPAN(" (pid "));
		add_number(m, ev, FIELD_PROC_PID);
		if (event_has(ev, FIELD_USER_UID)) {
			add(m, SPAN(", uid "));
			add_number(m, ev, FIELD_USER_UID);
		}
		add(m, SPAN(")"));
	}
	if (event_has(ev, FIELD_EVT_RES)) {
		add(m, SPAN(": "));
		add(m, text_of(ev, FIELD_EVT_RES));
	}
}

struct span message_text(struct event *ev, const struct verdict *verdict)
{
	const struct value *when = event_get(ev, FIELD_EVT_DATETIME);
	struct pieces m;
	char *text, *w;

	m.count = 0;
	m.bytes = 0;
	m.number = m.numbers;
	if (when)
		add(&m, span_of(when->p + 11, when->n - 11));
	add(&m, SPAN(": "));
	add(&m, priority_names[verdict->priority & 7]);
	add(&m, SPAN(" "));
	if (verdict->output.p)
		add(&m, verdict->output);
	else
		add_default(&m, ev);
	text = w = arena_alloc(ev->arena, m.bytes + EVENT_PAD);
	if (!text)
		return span_of(NULL, 0);
	for (unsigned i = 0; i < m.count; i++)
		w = copy_bytes(w, m.piece[i].p, m.piece[i].n);
	return span_of(text, m.bytes);
}
