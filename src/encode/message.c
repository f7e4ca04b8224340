#include "encode/message.h"

#include "base/buf.h"

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

static void put_span(struct buf *b, struct span s)
{
	if (s.n)
		buf_put(b, s.p, s.n);
}

static void put_number(struct buf *b, const struct event *ev, int field)
{
	buf_put_i64(b, ev->value[field].i64);
}

static bool is_exec(const struct event *ev)
{
	return span_starts(text_of(ev, FIELD_EVT_TYPE), SPAN("execve"));
}

static void put_default(struct buf *b, const struct event *ev)
{
	struct span name = text_of(ev, FIELD_PROC_NAME);

	put_span(b, text_of(ev, FIELD_EVT_TYPE));
	if (is_exec(ev) && event_has(ev, FIELD_PROC_CMDLINE)) {
		buf_putc(b, ' ');
		put_span(b, text_of(ev, FIELD_PROC_CMDLINE));
	} else {
		for (size_t i = 0; i < OBJECT_COUNT; i++) {
			struct span s = text_of(ev, objects[i].field);

			if (s.n) {
				put_span(b, objects[i].label);
				put_span(b, s);
			}
		}
	}
	if (!name.n)
		name = text_of(ev, FIELD_PROC_EXEPATH);
	if (name.n) {
		buf_lit(b, " by ");
		put_span(b, name);
	}
	if (event_has(ev, FIELD_PROC_PID)) {
		buf_lit(b, " (pid ");
		put_number(b, ev, FIELD_PROC_PID);
		if (event_has(ev, FIELD_USER_UID)) {
			buf_lit(b, ", uid ");
			put_number(b, ev, FIELD_USER_UID);
		}
		buf_putc(b, ')');
	}
	if (event_has(ev, FIELD_EVT_RES)) {
		buf_lit(b, ": ");
		put_span(b, text_of(ev, FIELD_EVT_RES));
	}
}

struct span message_text(struct event *ev, const struct verdict *verdict)
{
	const struct value *when = event_get(ev, FIELD_EVT_DATETIME);
	struct buf b = { NULL, 0, 160 + verdict->output.n, false };

	for (size_t i = 0; i < OBJECT_COUNT; i++)
		b.cap += text_of(ev, objects[i].field).n + 8;
	b.cap += text_of(ev, FIELD_EVT_TYPE).n + text_of(ev, FIELD_PROC_NAME).n + text_of(ev, FIELD_PROC_EXEPATH).n;
	b.cap += text_of(ev, FIELD_EVT_RES).n + (is_exec(ev) ? text_of(ev, FIELD_PROC_CMDLINE).n : 0);
	b.p = arena_alloc(ev->arena, b.cap + EVENT_PAD);
	if (!b.p)
		return span_of(NULL, 0);
	if (when)
		buf_put(&b, when->p + 11, when->n - 11);
	buf_lit(&b, ": ");
	put_span(&b, priority_names[verdict->priority & 7]);
	buf_putc(&b, ' ');
	if (verdict->output.p)
		put_span(&b, verdict->output);
	else
		put_default(&b, ev);
	return span_of(b.p, b.n);
}
