/* Output templates: cut into parts once, put together for each event. */
#include "event/template.h"

#include "base/decimal.h"
#include "base/nearest.h"
#include "base/utf8.h"
#include "event/norm.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX 60000 /* bytes of an expanded text: a block of the arena has a bound */
#define PARTS_MAX 1000 /* so that each has a share of them */
#define NAME_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~"

/* %.*s of a word in a message: long ones are cut. */
#define WORD(s) (int)((s).n < 64 ? (s).n : 64), (s).p

/* A piece of plain text, a field, or a member of a family by its whole name. */
struct part {
	int field;        /* enum field_id, a member's family; -1: plain text */
	struct span text; /* p NULL: the field itself */
};

struct template {
	struct part *parts;
	size_t part_count;
	struct span *members; /* each once */
	size_t member_count;
	char *at;             /* where the next text goes: what parts point to lies behind the template, in one block */
};

static int fail(struct template_fault *fault, size_t at, const char *what)
{
	fault->at = at;
	snprintf(fault->what, sizeof(fault->what), "%s", what);
	return -EINVAL;
}

/* How one of a family is named; NULL: the field is no family that a template can name by itself. */
static const char *example_of(int family)
{
	static const struct {
		int family;
		const char *example;
	} examples[] = {
		{ FIELD_AUDIT_MSG, "audit.msg.op" },        { FIELD_AUDIT_PATH, "audit.path[0].name" },
		{ FIELD_EVT_ARG, "evt.arg.flags" },         { FIELD_PROC_ACMDLINE, "proc.acmdline[1]" },
		{ FIELD_PROC_AEXE, "proc.aexe[1]" },        { FIELD_PROC_AEXEPATH, "proc.aexepath[1]" },
		{ FIELD_PROC_ANAME, "proc.aname[1]" },      { FIELD_PROC_APID, "proc.apid[1]" },
	};

	for (size_t i = 0; i < sizeof(examples) / sizeof(examples[0]); i++)
		if (examples[i].family == family)
			return examples[i].example;
	return NULL;
}

/* Bytes of the name that starts here: words with dots, one [..] and what follows it; the dot of a sentence is none. */
static size_t name_length(const char *p)
{
	size_t n = strspn(p, NAME_BYTES), inside;

	if (p[n] == '[') {
		inside = strspn(p + n + 1, NAME_BYTES);
		if (inside && p[n + 1 + inside] == ']')
			n += inside + 2 + strspn(p + n + inside + 2, NAME_BYTES);
	}
	while (n && p[n - 1] == '.')
		n--;
	return n;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Bytes of "[12]" at the start of s; 0: it is none. */
static size_t index_length(struct span s)
{
	size_t n = 1;

	if (s.n < 3 || s.p[0] != '[')
		return 0;
	while (n < s.n && is_digit(s.p[n]))
		n++;
	return n > 1 && n < s.n && s.p[n] == ']' ? n + 1 : 0;
}

/* Can the family have a member of this name? */
static bool is_member(int family, struct span name)
{
	struct span rest = span_of(name.p + fields[family].name.n, name.n - fields[family].name.n);
	size_t n = index_length(rest);

	if (family == FIELD_EVT_ARG) /* arguments go by name, not by number */
		return rest.p[0] == '.' && !is_digit(rest.p[1]) && !memchr(rest.p + 1, '.', rest.n - 1) &&
			!memchr(rest.p, '[', rest.n);
	if (family == FIELD_AUDIT_PATH)
		return n && rest.n > n + 1 && rest.p[n] == '.';
	return fields[family].stage != STAGE_TREE || n == rest.n;
}

/* Falco writes evt.arg[flags], too. `name` has room of its own. */
static void take_brackets_away(struct span *name)
{
	static const struct span arg = SPAN_INIT("evt.arg[");

	if (!span_starts(*name, arg) || name->p[name->n - 1] != ']')
		return;
	((char *)name->p)[arg.n - 1] = '.';
	name->n--;
}

static void add_member(struct template *t, struct span name)
{
	for (size_t i = 0; i < t->member_count; i++)
		if (span_eq(t->members[i], name))
			return;
	t->members[t->member_count++] = name;
}

static int explain_unknown(struct span name, int field, struct template_fault *fault)
{
	struct nearest near = { .word = name };
	const char *example = field < 0 ? NULL : example_of(field);

	for (int f = 0; f < FIELD_COUNT; f++)
		nearest_offer(&near, fields[f].name);
	if (example)
		snprintf(fault->what, sizeof(fault->what), "'%.*s': which one? name it, as '%%%s'", WORD(name), example);
	else if (near.best.p)
		snprintf(fault->what, sizeof(fault->what), "unknown field '%.*s'; did you mean '%.*s'?", WORD(name),
			WORD(near.best));
	else
		snprintf(fault->what, sizeof(fault->what), "unknown field '%.*s'; 'tiercel fields' lists them", WORD(name));
	return -EINVAL;
}

/* The field behind a percent sign; *next is moved behind it. */
static int add_field(struct template *t, const char *text, const char **next, struct template_fault *fault)
{
	const char *start = *next;
	size_t n = name_length(start);
	struct span name = span_of(memcpy(t->at, start, n), n);
	int field;

	fault->at = (size_t)(start - text) - 1;
	if (!n || !memchr(NAME_BYTES, *start, 52))
		return fail(fault, fault->at, "a percent sign alone: a field's name goes behind it, and %% is the sign itself");
	if (t->part_count >= PARTS_MAX)
		return fail(fault, fault->at, "too many fields");
	take_brackets_away(&name);
	field = field_find(name);
	if (field < 0) {
		field = field_family(name);
		if (field < 0 || !is_member(field, name))
			return explain_unknown(name, field, fault);
		add_member(t, name);
		t->at += name.n;
	} else if (fields[field].type == TYPE_FAMILY) {
		return explain_unknown(name, field, fault);
	} else {
		name = span_of(NULL, 0);
	}
	t->parts[t->part_count++] = (struct part){ .field = field, .text = name };
	*next = start + n;
	return 0;
}

static void add_text(struct template *t, const char *p, size_t n)
{
	struct part *last = t->part_count ? &t->parts[t->part_count - 1] : NULL;

	if (!n)
		return;
	if (!last || last->field >= 0) {
		last = &t->parts[t->part_count++];
		*last = (struct part){ .field = -1, .text = span_of(t->at, 0) };
	}
	memcpy(t->at, p, n);
	t->at += n;
	last->text.n += n;
}

static int cut(struct template *t, const char *text, struct template_fault *fault)
{
	const char *p = text + (*text == '*');
	int rc = 0;

	if (!*p)
		return fail(fault, 0, "there is no text");
	while (*p && !rc) {
		size_t n = strcspn(p, "%");

		add_text(t, p, n);
		p += n;
		if (!*p)
			break;
		p++;
		if (*p == '%')
			add_text(t, p++, 1);
		else
			rc = add_field(t, text, &p, fault);
	}
	return rc;
}

int template_new(struct template **out, const char *text, struct template_fault *fault)
{
	size_t n = strlen(text), signs = 0, parts;
	struct template *t;
	int rc;

	for (const char *p = text; (p = strchr(p, '%')); p++)
		signs++;
	parts = 2 * signs + 1;
	t = calloc(1, sizeof(*t) + parts * sizeof(*t->parts) + signs * sizeof(*t->members) + n + EVENT_PAD);
	*out = t;
	if (!t)
		return -ENOMEM;
	t->parts = (struct part *)(t + 1);
	t->members = (struct span *)(t->parts + parts);
	t->at = (char *)(t->members + signs);
	rc = cut(t, text, fault);
	if (rc < 0) {
		template_free(t);
		*out = NULL;
	}
	return rc;
}

void template_free(struct template *t)
{
	free(t);
}

void template_needs(const struct template *t, struct field_set *set)
{
	for (size_t i = 0; i < t->part_count; i++)
		if (t->parts[i].field >= 0)
			field_set_add(set, t->parts[i].field);
}

struct span template_member(const struct template *t, size_t i)
{
	return i < t->member_count ? t->members[i] : span_of(NULL, 0);
}

/* Falco shows the time of the day, as in front of the line; evt.rawtime is the number. */
static const struct value *time_of_day(struct event *ev, struct value *room)
{
	const struct value *v = event_get(ev, FIELD_EVT_DATETIME);

	if (!v)
		return NULL;
	*room = as_name(span_of(v->p + 11, v->n - 11));
	return room;
}

static struct value value_of(const struct part *part, struct event *ev)
{
	struct value room = as_nothing();
	const struct value *v = &room;

	if (part->field < 0)
		return as_text(part->text);
	if (part->text.n)
		event_get_member(ev, part->text, &room);
	else
		v = part->field == FIELD_EVT_TIME ? time_of_day(ev, &room) : event_get(ev, part->field);
	return v && v->kind != VALUE_NONE ? *v : as_name(SPAN("<NA>"));
}

/* Bytes of the value as text. */
static size_t size_of(const struct value *v)
{
	size_t n = 0;

	switch (v->kind) {
	case VALUE_I64:
		return v->i64 < 0 ? 1 + decimal_digits(-(uint64_t)v->i64) : decimal_digits((uint64_t)v->i64);
	case VALUE_U64:
		return decimal_digits(v->u64);
	case VALUE_BOOL:
		return v->b ? 4 : 5;
	case VALUE_LIST:
	case VALUE_NAMES:
		for (uint32_t i = 0; i < v->n; i++)
			n += v->list[i].n + (i > 0);
		return n;
	}
	return v->n;
}

/* As many of the list's elements as fit in `share` bytes. */
static char *put_list(char *w, const struct value *v, size_t share)
{
	const char *end = w + share;

	for (uint32_t i = 0; i < v->n && v->list[i].n + (i > 0) <= (size_t)(end - w); i++) {
		if (i)
			*w++ = ',';
		if (v->list[i].n)
			memcpy(w, v->list[i].p, v->list[i].n);
		w += v->list[i].n;
	}
	return w;
}

/* A text over its share is cut in its middle; writes no more than share + UTF8_CUT_MORE bytes. */
static char *put_value(char *w, const struct value *v, size_t share)
{
	switch (v->kind) {
	case VALUE_I64:
		return decimal_i64(w, v->i64);
	case VALUE_U64:
		return decimal_u64(w, v->u64);
	case VALUE_BOOL:
		memcpy(w, v->b ? "true" : "false", size_of(v));
		return w + size_of(v);
	case VALUE_LIST:
	case VALUE_NAMES:
		return put_list(w, v, share);
	}
	return v->n ? w + utf8_cut(w, v->p, v->n, share) : w;
}

static void tell_cut(struct event *ev, size_t whole)
{
	char text[32];

	norm_truncated(ev, norm_copy(ev, text, (size_t)snprintf(text, sizeof(text), "output:%zu", whole)));
}

struct span template_expand(const struct template *t, struct event *ev)
{
	size_t whole = 0, share = TEXT_MAX;
	struct value v;
	char *text, *w;

	for (size_t i = 0; i < t->part_count; i++) {
		v = value_of(&t->parts[i], ev);
		whole += size_of(&v);
	}
	text = w = norm_room(ev, whole < TEXT_MAX ? whole : TEXT_MAX);
	if (!text)
		return span_of(NULL, 0);
	if (whole > TEXT_MAX) {
		share = TEXT_MAX / t->part_count - UTF8_CUT_MORE;
		tell_cut(ev, whole);
	}
	for (size_t i = 0; i < t->part_count; i++) {
		v = value_of(&t->parts[i], ev);
		w = put_value(w, &v, share);
	}
	return span_of(text, (size_t)(w - text));
}
