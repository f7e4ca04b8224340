/* Falco's alert envelope: one JSON object a line, keys sorted bytewise, within a budget of bytes. */
#include "base/copy.h"
#include "base/decimal.h"
#include "encode/encode.h"
#include "encode/escape.h"
#include "encode/message.h"
#include "table/syscall.h"

#include <stdio.h>

#define KEY_BYTES 32 /* of ,"name": at most, copied as one block */
#define SLACK 256    /* what may be written between two looks at the limit */
#define PLAIN_MAX 64 /* bytes of a string written without a look at the limit */
#define CAP_MIN 16   /* strings are never cut below this */
#define CUTS_MAX 32  /* listed in evt.truncated */
#define ELLIPSIS "..."

static const char keys[FIELD_COUNT][KEY_BYTES] __attribute__((aligned(KEY_BYTES))) = {
#define FIELD(id, name, type, stage, sets, meaning) ",\"" name "\":",
#include "event/fields.def"
#undef FIELD
};
static const uint8_t key_lengths[FIELD_COUNT] = {
#define FIELD(id, name, type, stage, sets, meaning) sizeof(name) + 3,
#include "event/fields.def"
#undef FIELD
};

/* What an event too large does without, one after the other; the last level always fits the smallest budget. */
enum level { LEVEL_ALL, LEVEL_NO_EXTRAS, LEVEL_NO_PATHS, LEVEL_NO_ARGS, LEVEL_CORE, LEVEL_LEAST, LEVEL_COUNT };
static const struct span level_cuts[LEVEL_COUNT] = {
	{ NULL, 0 }, { "audit.*:omitted", 15 }, { "audit.path:omitted", 18 }, { "evt.arg:omitted", 15 },
	{ "fields:@core", 12 }, { "fields:least", 12 },
};

struct json {
	const struct encode_options *options;
	struct event *ev;
	char *start;
	const char *limit;
	size_t cap;   /* bytes of one string kept */
	enum level level;
	bool full;    /* ran into the limit: what was written is worth nothing */
	struct field_set show;
	const struct event_extra *merged; /* members and extras, sorted by name */
	uint32_t merged_count;
	struct span cuts[CUTS_MAX]; /* of the pass before: "field:bytes" */
	uint32_t cut_count;
};

/* A place to go on writing that is always safe; the pass is void. */
static char *overflow(struct json *j)
{
	j->full = true;
	return j->start;
}

static inline char *check(struct json *j, char *w)
{
	return w <= j->limit ? w : overflow(j);
}

static void note_cut(struct json *j, struct span prefix, struct span name, size_t bytes)
{
	char *text;

	if (j->cut_count >= CUTS_MAX)
		return;
	text = arena_alloc(j->ev->arena, prefix.n + name.n + 24 + EVENT_PAD);
	if (!text)
		return;
	memcpy(text, prefix.p ? prefix.p : "", prefix.n);
	memcpy(text + prefix.n, name.p, name.n);
	j->cuts[j->cut_count++] =
		span_of(text, prefix.n + name.n + (size_t)sprintf(text + prefix.n + name.n, ":%zu", bytes));
}

/* Where a string is cut: bytes kept at its head and its tail, at the borders of characters. */
static void cut_middle(size_t cap, const char *p, size_t n, size_t *head, size_t *tail)
{
	size_t h = cap / 2, t = n - cap / 2;

	for (int i = 0; i < 3 && h > 0 && (p[h] & 0xc0) == 0x80; i++)
		h--;
	for (int i = 0; i < 3 && t < n && (p[t] & 0xc0) == 0x80; i++)
		t++;
	*head = h;
	*tail = n - t;
}

static __attribute__((noinline)) char *put_escaped(struct json *j, char *w, const char *p, size_t n, bool *odd)
{
	w = escape_json(w, j->limit, p, n, odd);
	return w ? w : overflow(j);
}

static char *put_cut_string(struct json *j, char *w, const char *p, size_t n, bool *odd)
{
	size_t head, tail;

	cut_middle(j->cap, p, n, &head, &tail);
	w = put_escaped(j, w, p, head, odd);
	memcpy(w, ELLIPSIS, sizeof(ELLIPSIS) - 1);
	w += sizeof(ELLIPSIS) - 1;
	return put_escaped(j, w, p + n - tail, tail, odd);
}

/* "text", cut to the cap; true in *odd where it was no UTF-8. */
static char *put_string(struct json *j, char *w, const char *p, size_t n, bool *odd)
{
	*w++ = '"';
	w = n <= j->cap ? put_escaped(j, w, p, n, odd) : put_cut_string(j, w, p, n, odd);
	*w++ = '"';
	return w;
}

/* Most strings are short and plain: blocks, and no look at the limit between them. NULL: this one is not. */
static inline char *put_plain(const struct json *j, char *w, const char *p, size_t n)
{
	if (n > PLAIN_MAX || n > j->cap)
		return NULL;
	*w++ = '"';
	for (; n > 16; n -= 16, p += 16, w += 16) {
		if (simd_odd16(p))
			return NULL;
		memcpy(w, p, 16);
	}
	if (simd_odd16(p) & ((1u << n) - 1))
		return NULL;
	memcpy(w, p, 16);
	w[n] = '"';
	return w + n + 1;
}

/* A string of a table: nothing to escape. */
static inline char *put_name(struct json *j, char *w, const char *p, size_t n)
{
	if (n > SLACK / 2 && (w > j->limit || n > (size_t)(j->limit - w)))
		return overflow(j);
	*w++ = '"';
	w = copy_bytes(w, p, n);
	*w++ = '"';
	return w;
}

static char *put_list(struct json *j, char *w, struct span prefix, struct span name, const struct value *v)
{
	size_t bytes = 0, kept = 0;
	bool odd = false;

	for (uint32_t i = 0; i < v->n; i++)
		bytes += v->list[i].n;
	*w++ = '[';
	for (uint32_t i = 0; i < v->n && (bytes <= j->cap || kept + v->list[i].n <= j->cap); i++) {
		w = check(j, w);
		if (i)
			*w++ = ',';
		w = v->kind == VALUE_NAMES ? put_name(j, w, v->list[i].p, v->list[i].n)
					   : put_string(j, w, v->list[i].p, v->list[i].n, &odd);
		kept += v->list[i].n;
	}
	if (bytes > j->cap)
		note_cut(j, prefix, name, bytes);
	*w++ = ']';
	return w;
}

/* ,"name.hex":"..." of a string that is no UTF-8. */
static char *put_hex(struct json *j, char *w, struct span prefix, struct span name, const struct value *v)
{
	static const char digits[] = "0123456789abcdef";
	size_t head = v->n, tail = 0;

	if (v->n > j->cap / 2) {
		head = j->cap / 4;
		tail = j->cap / 4;
	}
	if (prefix.n + name.n + 2 * (head + tail) > (size_t)(j->limit - w) || w > j->limit)
		return overflow(j);
	memcpy(w, ",\"", 2);
	w += 2;
	w = copy_bytes(w, prefix.p, prefix.n);
	w = copy_bytes(w, name.p, name.n);
	memcpy(w, ".hex\":\"", 7);
	w += 7;
	for (size_t i = 0; i < v->n; i++) {
		if (i == head && tail) {
			memcpy(w, ELLIPSIS, sizeof(ELLIPSIS) - 1);
			w += sizeof(ELLIPSIS) - 1;
			i = v->n - tail;
		}
		*w++ = digits[(unsigned char)v->p[i] >> 4];
		*w++ = digits[v->p[i] & 15];
	}
	*w++ = '"';
	return w;
}

/* A string that is long, odd or to be cut, or a list. */
static __attribute__((noinline)) char *put_long(struct json *j, char *w, struct span prefix, struct span name, const struct value *v)
{
	bool odd = false;

	if (v->kind != VALUE_TEXT)
		return put_list(j, w, prefix, name, v);
	w = put_string(j, w, v->p, v->n, &odd);
	if (v->n > j->cap)
		note_cut(j, prefix, name, v->n);
	return odd ? put_hex(j, w, prefix, name, v) : w;
}

/* A value of the usual kinds; NULL: this one needs care. */
static inline char *put_short(struct json *j, char *w, const struct value *v)
{
	switch (v->kind) {
	case VALUE_TEXT:
		return put_plain(j, w, v->p, v->n);
	case VALUE_NAME:
		return put_name(j, w, v->p, v->n);
	case VALUE_I64:
		return decimal_i64(w, v->i64);
	case VALUE_U64:
		return decimal_u64(w, v->u64);
	case VALUE_BOOL:
		memcpy(w, v->b ? "true " : "false", 5);
		return w + (v->b ? 4 : 5);
	}
	return NULL;
}

/* The value behind its key, and what may have to follow it. */
static inline char *put_value(struct json *j, char *w, struct span prefix, struct span name, const struct value *v)
{
	char *end = put_short(j, w, v);

	return end ? end : put_long(j, w, prefix, name, v);
}

static char *put_key(struct json *j, char *w, struct span prefix, struct span name)
{
	if (prefix.n + name.n > (size_t)(j->limit - w) || w > j->limit)
		return overflow(j);
	memcpy(w, ",\"", 2);
	w += 2;
	w = copy_bytes(w, prefix.p, prefix.n);
	w = copy_bytes(w, name.p, name.n);
	memcpy(w, "\":", 2);
	return w + 2;
}

static char *put_member(struct json *j, char *w, struct span prefix, struct span name, const struct value *v)
{
	w = put_key(j, w, prefix, name);
	return put_value(j, w, prefix, name, v);
}

/* evt.arg.*, in bytewise order of their names. */
static char *put_args(struct json *j, char *w)
{
	const struct event *ev = j->ev;
	uint8_t order[256];
	unsigned n = 0;

	for (uint32_t i = 0; i < ev->arg_count && i < sizeof(order); i++, n++) {
		unsigned k = n;

		while (k > 0 && ev->args[order[k - 1]].spec->rank > ev->args[i].spec->rank) {
			order[k] = order[k - 1];
			k--;
		}
		order[k] = (uint8_t)i;
	}
	for (unsigned i = 0; i < n; i++) {
		const struct event_arg *a = &ev->args[order[i]];

		w = put_member(j, check(j, w), SPAN("evt.arg."), a->name, &a->value);
	}
	return w;
}

/* Does item a come before item b as text: "10]" before "1]"? */
static bool item_before(uint32_t a, uint32_t b)
{
	char x[16], y[16];

	if (a < 10 && b < 10)
		return a < b;
	sprintf(x, "%u]", a);
	sprintf(y, "%u]", b);
	return strcmp(x, y) < 0;
}

/* ].key": of each key, copied as one block. */
static const struct {
	char text[16];
	unsigned n;
} path_keys[PATH_KEY_COUNT] = {
#define X(k) { "]." #k "\":", sizeof(#k) + 3 },
	PATH_KEYS(X)
#undef X
};
/* Keys whose values are numbers. */
#define PATH_NUMBERS (1u << PATH_inode | 1u << PATH_ogid | 1u << PATH_ouid | 1u << PATH_cap_frootid)

/* One value of a PATH as it stands, where that is plain: digits of a number, or a short text. NULL: it needs care. */
static inline char *put_path_plain(const struct json *j, char *w, const struct event_path *path, int k)
{
	struct span s = path->value[k];

	if (!(PATH_NUMBERS >> k & 1))
		return put_plain(j, w, s.p, s.n);
	if (s.n > 8 || simd_digits8(simd_load8(s.p)) < s.n || (s.p[0] == '0' && s.n > 1))
		return NULL;
	memcpy(w, s.p, 8);
	return w + s.n;
}

static __attribute__((noinline)) char *put_path_odd(struct json *j, char *w, struct span prefix, const struct event_path *path,
						    int k)
{
	struct value v = path_value(path, k);
	char whole[48];
	char *end = copy_bytes(copy_bytes(whole, prefix.p, prefix.n), "].", 2);

	return put_value(j, w, span_of(whole, (size_t)(end - whole)), path_key_names[k], &v);
}

#define NO_CAP(k) ",\"audit.path[N]." #k "\":\"0\""
#define PREFIX_LEN (sizeof(",\"audit.path[") - 1)

/* The five zeroes of a file without capabilities as one text; item is one digit. */
static inline char *put_no_caps(char *w, uint32_t item)
{
	static const char text[] = NO_CAP(cap_fe) NO_CAP(cap_fi) NO_CAP(cap_fp) ",\"audit.path[N].cap_frootid\":0" NO_CAP(cap_fver);
	static const uint8_t digits[] = {
		PREFIX_LEN,
		PREFIX_LEN + sizeof(NO_CAP(cap_fe)) - 1,
		PREFIX_LEN + sizeof(NO_CAP(cap_fe) NO_CAP(cap_fi)) - 1,
		PREFIX_LEN + sizeof(NO_CAP(cap_fe) NO_CAP(cap_fi) NO_CAP(cap_fp)) - 1,
		PREFIX_LEN + sizeof(NO_CAP(cap_fe) NO_CAP(cap_fi) NO_CAP(cap_fp) ",\"audit.path[N].cap_frootid\":0") - 1,
	};

	memcpy(w, text, sizeof(text) - 1);
	for (unsigned i = 0; i < sizeof(digits); i++)
		w[digits[i]] = (char)('0' + item);
	return w + sizeof(text) - 1;
}

static char *put_path(struct json *j, char *w, const struct event_path *path)
{
	char prefix[48] = ",\"audit.path[";
	size_t n = (size_t)(decimal_u64(prefix + PREFIX_LEN, path->item) - prefix);
	uint32_t bits = path->present;

	w = check(j, w);
	if (path->no_caps && path->item < 10) {
		w = put_no_caps(w, path->item);
		bits &= ~PATH_CAPS;
	}
	for (; bits; bits &= bits - 1) {
		int k = __builtin_ctz(bits);
		char *end;

		w = check(j, w);
		memcpy(w, prefix, 24);
		memcpy(w + n, path_keys[k].text, sizeof(path_keys[k].text));
		w += n + path_keys[k].n;
		end = put_path_plain(j, w, path, k);
		w = end ? end : put_path_odd(j, w, span_of(prefix + 2, n - 2), path, k);
	}
	return w;
}

static char *put_paths(struct json *j, char *w)
{
	const struct event *ev = j->ev;
	uint16_t order[256];
	unsigned n = 0;

	for (uint32_t i = 0; i < ev->path_count && i < 256; i++, n++) {
		unsigned k = n;

		while (k > 0 && item_before(ev->paths[i].item, ev->paths[order[k - 1]].item)) {
			order[k] = order[k - 1];
			k--;
		}
		order[k] = (uint16_t)i;
	}
	for (unsigned i = 0; i < n; i++)
		w = put_path(j, w, &ev->paths[order[i]]);
	return w;
}

static int compare(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

/* Everything merged whose name comes before `name`; an empty name: all that is left. */
static char *put_merged(struct json *j, char *w, struct span name)
{
	while (j->merged_count && (!name.n || compare(j->merged->name, name) < 0)) {
		w = put_member(j, check(j, w), span_of(NULL, 0), j->merged->name, &j->merged->value);
		j->merged++;
		j->merged_count--;
	}
	return w;
}

/* evt.truncated: what the bounds before cut, then what this event's budget cuts. */
static char *put_truncated(struct json *j, char *w, const struct span *cuts, uint32_t n)
{
	bool odd = false;
	const char *comma = "[";

	for (uint32_t i = 0; i < j->ev->truncated_count + n + (j->level > 0); i++) {
		struct span s = i < j->ev->truncated_count ? j->ev->truncated[i]
				: i - j->ev->truncated_count < n ? cuts[i - j->ev->truncated_count] : level_cuts[j->level];

		w = check(j, w);
		*w++ = *comma;
		comma = ",";
		*w++ = '"';
		w = put_escaped(j, w, s.p, s.n, &odd);
		*w++ = '"';
	}
	*w++ = ']';
	return w;
}

/* The value of a field that is no plain one: a family's members bring their own keys, so *key is where the field's began. */
static __attribute__((noinline)) char *put_special(struct json *j, char *w, char *key, int id, const struct span *cuts, uint32_t n)
{
	switch (id) {
	case FIELD_AUDIT_ANY:
	case FIELD_AUDIT_MSG:
		return key; /* merged in */
	case FIELD_AUDIT_PATH:
		return put_paths(j, key);
	case FIELD_EVT_ARG:
		return put_args(j, key);
	case FIELD_EVT_TRUNCATED:
		return put_truncated(j, w, cuts, n);
	}
	return put_long(j, w, span_of(NULL, 0), fields[id].name, &j->ev->value[id]);
}

static char *put_fields(struct json *j, char *w, const struct span *cuts, uint32_t cut_count)
{
	struct event *ev = j->ev;
	char *first;

	memcpy(w, ",\"output_fields\":", 17);
	w += 17;
	first = w;
	if (ev->truncated_count || cut_count || j->level) {
		ev->value[FIELD_EVT_TRUNCATED].kind = VALUE_NONE;
		field_set_add(&ev->present, FIELD_EVT_TRUNCATED);
		field_set_add(&j->show, FIELD_EVT_TRUNCATED);
	}
	for (unsigned i = 0; i < FIELD_WORDS; i++) {
		for (uint64_t bits = j->show.bit[i] & ev->present.bit[i]; bits; bits &= bits - 1) {
			int id = (int)(i * 64) + __builtin_ctzll(bits);
			char *key, *end;

			w = check(j, w);
			if (j->merged_count)
				w = check(j, put_merged(j, w, fields[id].name));
			key = w;
			memcpy(w, keys[id], KEY_BYTES);
			w += key_lengths[id];
			end = put_short(j, w, &ev->value[id]);
			w = end ? end : put_special(j, w, key, id, cuts, cut_count);
		}
	}
	w = put_merged(j, check(j, w), span_of(NULL, 0));
	if (j->full)
		return w;
	if (w == first)
		*w++ = '{';
	*first = '{'; /* where the first comma was */
	*w++ = '}';
	return w;
}

static char *put_tags(struct json *j, char *w, const struct verdict *verdict)
{
	bool odd = false;

	memcpy(w, ",\"tags\":[", 9);
	w += 9;
	for (size_t i = 0; i < verdict->tag_count; i++) {
		w = check(j, w);
		if (i)
			*w++ = ',';
		w = put_string(j, w, verdict->tags[i].p, verdict->tags[i].n, &odd);
	}
	*w++ = ']';
	return w;
}

/* ,"key":"text" of the envelope. */
static char *put_head(struct json *j, char *w, struct span key, struct value v)
{
	bool odd = false;

	w = check(j, w);
	memcpy(w, ",\"", 2);
	memcpy(w + 2, key.p, key.n);
	w += 2 + key.n;
	memcpy(w, "\":", 2);
	w += 2;
	if (v.kind == VALUE_NAME)
		return put_name(j, w, v.p, v.n);
	if (v.n > j->cap)
		note_cut(j, span_of(NULL, 0), key, v.n);
	return put_string(j, w, v.p, v.n, &odd);
}

static struct value value_or_empty(const struct event *ev, int field)
{
	return event_has(ev, field) ? ev->value[field] : (struct value){ .p = "", .n = 0, .kind = VALUE_NAME };
}

static struct value text_value(struct span s)
{
	return (struct value){ .p = s.p ? s.p : "", .n = (uint32_t)s.n, .kind = s.n ? VALUE_TEXT : VALUE_NAME };
}

/* One pass; returns the end, j->full says whether it counts. */
static char *put_event(struct json *j, const struct verdict *verdict, struct span message, const struct span *cuts, uint32_t n)
{
	const struct event *ev = j->ev;
	struct span priority = priority_names[verdict->priority & 7];
	char *w = j->start;

	j->cut_count = 0;
	w = put_head(j, w, SPAN("hostname"), value_or_empty(ev, FIELD_EVT_HOSTNAME));
	*j->start = '{';
	w = put_head(j, w, SPAN("output"), text_value(message));
	w = put_fields(j, check(j, w), cuts, n);
	w = put_head(j, w, SPAN("priority"), (struct value){ .p = priority.p, .n = (uint32_t)priority.n, .kind = VALUE_NAME });
	w = put_head(j, w, SPAN("rule"), verdict->rule.p ? text_value(verdict->rule) : value_or_empty(ev, FIELD_EVT_TYPE));
	w = put_head(j, w, SPAN("source"), value_or_empty(ev, FIELD_EVT_SOURCE));
	w = put_tags(j, check(j, w), verdict);
	w = put_head(j, w, SPAN("time"), value_or_empty(ev, FIELD_EVT_TIME_ISO8601));
	w = check(j, w);
	memcpy(w, "}\n", 2);
	return w + 2;
}

static bool family_shown(const struct json *j, struct span name)
{
	if (span_starts(name, SPAN("audit.msg.")))
		return field_set_has(&j->show, FIELD_AUDIT_MSG);
	return field_set_has(&j->show, FIELD_AUDIT_ANY);
}

/* Does a family that is shown whole bring this member anyway? */
static bool brought(const struct json *j, struct span name)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		if (fields[f].type == TYPE_FAMILY && f != FIELD_AUDIT_ANY && f != FIELD_AUDIT_MSG && field_set_has(&j->show, f) &&
		    span_starts(name, fields[f].name))
			return true;
	return span_starts(name, SPAN("audit.")) && family_shown(j, name);
}

static void merge_in(struct event_extra *list, uint32_t *n, struct event_extra e)
{
	uint32_t k = (*n)++;

	while (k > 0 && compare(list[k - 1].name, e.name) > 0) {
		list[k] = list[k - 1];
		k--;
	}
	list[k] = e;
}

/* What stands between the fields: members that were asked for, and the extras that are shown. */
static void merge(struct json *j)
{
	const struct encode_options *o = j->options;
	struct event *ev = j->ev;
	struct event_extra *list;
	uint32_t n = 0;

	j->merged = ev->extras;
	j->merged_count = j->level < LEVEL_NO_EXTRAS ? ev->extra_count : 0;
	if (!o->member_count && (!ev->extra_count || (field_set_has(&j->show, FIELD_AUDIT_ANY) && field_set_has(&j->show, FIELD_AUDIT_MSG))))
		return;
	list = arena_alloc(ev->arena, (o->member_count + ev->extra_count + 1) * sizeof(*list));
	if (!list)
		return;
	for (uint32_t i = 0; i < j->merged_count; i++)
		if (family_shown(j, ev->extras[i].name))
			list[n++] = ev->extras[i];
	for (size_t i = 0; i < o->member_count && j->level < LEVEL_CORE; i++) {
		struct event_extra e = { .name = o->members[i] };

		if (!brought(j, e.name) && event_get_member(ev, e.name, &e.value))
			merge_in(list, &n, e);
	}
	j->merged = list;
	j->merged_count = n;
}

/* What a level leaves of the fields. */
static struct field_set shown(const struct encode_options *o, const struct event *ev, enum level level)
{
	static const int least[] = { FIELD_EVT_TIME, FIELD_EVT_ID, FIELD_EVT_TYPE, FIELD_EVT_RES, FIELD_PROC_PID, FIELD_USER_UID };
	static const int families[] = { FIELD_AUDIT_ANY, FIELD_AUDIT_MSG, FIELD_AUDIT_PATH, FIELD_EVT_ARG };
	static const unsigned from[] = { LEVEL_NO_EXTRAS, LEVEL_NO_EXTRAS, LEVEL_NO_PATHS, LEVEL_NO_ARGS };
	struct field_set set = o->fields;

	if (ev->unreadable || o->raw)
		field_set_add(&set, FIELD_AUDIT_RAW);
	for (unsigned i = 0; i < sizeof(families) / sizeof(families[0]); i++)
		if (level >= from[i])
			set.bit[families[i] / 64] &= ~(UINT64_C(1) << families[i] % 64);
	if (level >= LEVEL_CORE)
		for (int f = 0; f < FIELD_COUNT; f++)
			if (!(fields[f].sets & SET_CORE) && !(f == FIELD_AUDIT_RAW && ev->unreadable))
				set.bit[f / 64] &= ~(UINT64_C(1) << f % 64);
	if (level == LEVEL_LEAST) {
		memset(&set, 0, sizeof(set));
		for (unsigned i = 0; i < sizeof(least) / sizeof(least[0]); i++)
			field_set_add(&set, least[i]);
		if (ev->unreadable)
			field_set_add(&set, FIELD_AUDIT_RAW);
	}
	return set;
}

/* Two passes at one cap: the first tells what is cut, the second writes that too. */
static char *try_cap(struct json *j, const struct verdict *verdict, struct span message, size_t cap)
{
	struct span cuts[CUTS_MAX];
	uint32_t n;

	j->cap = cap;
	j->full = false;
	merge(j);
	put_event(j, verdict, message, NULL, 0);
	n = j->cut_count;
	memcpy(cuts, j->cuts, sizeof(cuts));
	j->full = false;
	merge(j);
	return put_event(j, verdict, message, cuts, n);
}

/* Too large: the longest cap that fits, at the first level where one does. */
static size_t encode_within(struct json *j, const struct verdict *verdict, struct span message)
{
	char *end;

	for (j->level = LEVEL_ALL; j->level < LEVEL_COUNT; j->level++) {
		size_t low = CAP_MIN, high = j->options->budget;

		j->show = shown(j->options, j->ev, j->level);
		end = try_cap(j, verdict, message, low);
		if (j->full)
			continue;
		while (high - low > 16) {
			size_t middle = low + (high - low) / 2;

			try_cap(j, verdict, message, middle);
			if (j->full)
				high = middle;
			else
				low = middle;
		}
		end = try_cap(j, verdict, message, low);
		return (size_t)(end - j->start);
	}
	return 0;
}

static size_t encode_json(const struct encode_options *options, struct event *ev, const struct verdict *verdict, char *out)
{
	struct json j = { .options = options, .ev = ev, .start = out, .limit = out + options->budget - SLACK, .cap = SIZE_MAX };
	struct field_set need;
	struct span message;
	char *end;

	j.show = shown(options, ev, LEVEL_ALL);
	need = j.show;
	for (int i = 0; i < FIELD_WORDS; i++)
		need.bit[i] |= message_fields.bit[i];
	event_derive(ev, &need);
	message = message_text(ev, verdict);
	merge(&j);
	end = put_event(&j, verdict, message, NULL, 0);
	return j.full ? encode_within(&j, verdict, message) : (size_t)(end - out);
}

const struct encoder encoder_json = { "json", "Falco's alert envelope, one object a line", encode_json };
