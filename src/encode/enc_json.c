/* Falco's alert envelope: one JSON object a line, keys sorted bytewise, within a budget of bytes. */
#include "encode/json.h"
#include "encode/message.h"

const struct span level_cuts[LEVEL_COUNT] = {
	{ NULL, 0 }, { "audit.*:omitted", 15 }, { "audit.path:omitted", 18 }, { "evt.arg:omitted", 15 },
	{ "fields:@core", 12 }, { "fields:least", 12 },
};

static char *put_tags(struct json *j, char *w, const struct verdict *verdict)
{
	bool odd = false;

	memcpy(w, ",\"tags\":[", 9);
	w += 9;
	for (size_t i = 0; i < verdict->tag_count && j->level < LEVEL_LEAST; i++) {
		w = check(j, w);
		if (i)
			*w++ = ',';
		w = json_string(j, w, verdict->tags[i].p, verdict->tags[i].n, &odd);
	}
	*w++ = ']';
	return w;
}

/* ,"key": of the envelope. */
static char *put_head_key(struct json *j, char *w, struct span key)
{
	w = check(j, w);
	memcpy(w, ",\"", 2);
	w = copy_bytes(w + 2, key.p, key.n);
	memcpy(w, "\":", 2);
	return w + 2;
}

/* ,"key":"text" of the envelope. */
static char *put_head(struct json *j, char *w, struct span key, struct value v)
{
	bool odd = false;

	w = put_head_key(j, w, key);
	if (v.kind == VALUE_NAME)
		return put_name(j, w, v.p, v.n);
	if (v.n > j->cap)
		json_note_cut(j, span_of(NULL, 0), key, v.n);
	return json_string(j, w, v.p, v.n, &odd);
}

static struct value value_or_empty(const struct event *ev, int field)
{
	return event_has(ev, field) ? ev->value[field] : as_name(SPAN(""));
}

/* ,"output":"...", piece by piece while nothing has to be cut. */
static char *put_message(struct json *j, char *w, const struct message *m)
{
	bool odd = false;

	w = put_head_key(j, w, SPAN("output"));
	if (m->bytes > j->cap) {
		if (!j->message.p)
			j->message = message_join(m, j->ev);
		json_note_cut(j, span_of(NULL, 0), SPAN("output"), m->bytes);
		return json_string(j, w, j->message.p, j->message.n, &odd);
	}
	*w++ = '"';
	for (unsigned i = 0; i < m->count; i++) {
		w = check(j, w);
		if (m->names >> i & 1)
			w = copy_bytes(w, m->piece[i].p, m->piece[i].n);
		else
			w = json_escaped(j, w, m->piece[i].p, m->piece[i].n, &odd);
	}
	*w++ = '"';
	return w;
}

/* One pass; returns the end, j->full says whether it counts. */
static char *put_event(struct json *j, const struct verdict *verdict, const struct message *m, const struct span *cuts,
		       uint32_t n)
{
	const struct event *ev = j->ev;
	struct span priority = priority_names[verdict->priority & 7];
	char *w = j->start;

	j->full = false;
	j->cut_count = 0;
	j->merged = j->list;
	j->merged_count = j->list_count;
	w = put_head(j, w, SPAN("hostname"), value_or_empty(ev, FIELD_EVT_HOSTNAME));
	*j->start = '{';
	w = put_message(j, check(j, w), m);
	w = json_fields(j, check(j, w), cuts, n);
	w = put_head(j, w, SPAN("priority"), as_name(priority));
	w = put_head(j, w, SPAN("rule"), verdict->rule.n ? as_text(verdict->rule) : value_or_empty(ev, FIELD_EVT_TYPE));
	w = put_head(j, w, SPAN("source"), value_or_empty(ev, FIELD_EVT_SOURCE));
	w = put_tags(j, check(j, w), verdict);
	w = put_head(j, w, SPAN("time"), value_or_empty(ev, FIELD_EVT_TIME_ISO8601));
	w = check(j, w);
	memcpy(w, "}\n", 2);
	return w + 2;
}

/* What a level leaves of the fields. */
static struct field_set shown(const struct encode_options *o, const struct event *ev, enum level level)
{
	static const int least[] = {
		FIELD_EVT_TIME, FIELD_EVT_ID, FIELD_EVT_TYPE, FIELD_EVT_RES, FIELD_PROC_PID, FIELD_USER_UID
	};
	static const int families[] = {
		FIELD_AUDIT_ANY, FIELD_AUDIT_MSG, FIELD_INTERNAL_ANY, FIELD_AUDIT_PATH, FIELD_EVT_ARG
	};
	static const unsigned from[] = {
		LEVEL_NO_EXTRAS, LEVEL_NO_EXTRAS, LEVEL_NO_EXTRAS, LEVEL_NO_PATHS, LEVEL_NO_ARGS
	};
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
static char *try_cap(struct json *j, const struct verdict *verdict, const struct message *m, size_t cap)
{
	struct span cuts[CUTS_MAX];

	j->cap = cap;
	put_event(j, verdict, m, NULL, 0);
	memcpy(cuts, j->cuts, j->cut_count * sizeof(*cuts));
	return put_event(j, verdict, m, cuts, j->cut_count);
}

/* Too large: about the longest cap that fits, at the first level where one does. The least has no tags, either. */
static size_t encode_within(struct json *j, const struct verdict *verdict, const struct message *m)
{
	size_t low = CAP_MIN, high = j->options->budget;

	j->notes = arena_alloc(j->ev->arena, CUTS_MAX * sizeof(*j->notes));
	for (j->level = LEVEL_ALL; j->level < LEVEL_LEAST; j->level++) {
		j->show = shown(j->options, j->ev, j->level);
		json_merge(j);
		try_cap(j, verdict, m, low);
		if (!j->full)
			break;
	}
	if (j->level == LEVEL_LEAST) {
		j->show = shown(j->options, j->ev, j->level);
		json_merge(j);
	}
	while (high - low > low / 8 + 16) {
		size_t middle = low + (high - low) / 2;

		try_cap(j, verdict, m, middle);
		if (j->full)
			high = middle;
		else
			low = middle;
	}
	return (size_t)(try_cap(j, verdict, m, low) - j->start);
}

static size_t encode_json(const struct encode_options *options, struct event *ev, const struct verdict *verdict,
			  char *out)
{
	struct json j = {
		.options = options,
		.ev = ev,
		.start = out,
		.limit = out + options->budget - SLACK,
		.cap = SIZE_MAX,
	};
	struct field_set need;
	struct message m;
	char *end;

	j.show = shown(options, ev, LEVEL_ALL);
	need = j.show;
	for (int i = 0; i < FIELD_WORDS; i++)
		need.bit[i] |= message_fields.bit[i];
	event_derive(ev, &need);
	message_make(&m, ev, verdict);
	json_merge(&j);
	end = put_event(&j, verdict, &m, NULL, 0);
	return j.full ? encode_within(&j, verdict, &m) : (size_t)(end - out);
}

const struct encoder encoder_json = { "json", "Falco's alert envelope, one object a line", false, encode_json };
