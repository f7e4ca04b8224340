/* output_fields: the fields in their order, and what stands between them. */
#include "encode/json.h"
#include "table/syscall.h"

#include <stdio.h>

#define TRUNCATED_SHARE 512 /* an entry of evt.truncated for so many bytes of the budget */
#define RANKS 16     /* more than a call has arguments; a name is far shorter than SLACK: test_syscall holds both */
#define KEY_BYTES 32 /* of ,"name": at most, copied as one block */

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

/* evt.arg.*, in bytewise order of their names. */
static char *put_args(struct json *j, char *w)
{
	const struct event *ev = j->ev;
	const struct event_arg *by_rank[RANKS] = { NULL };

	for (uint32_t i = 0; i < ev->arg_count; i++)
		by_rank[ev->args[i].spec->rank % RANKS] = &ev->args[i];
	for (unsigned i = 0; i < RANKS; i++) {
		const struct event_arg *a = by_rank[i];

		if (!a)
			continue;
		w = check(j, w);
		memcpy(w, ",\"evt.arg.", 10);
		w = copy_bytes(w + 10, a->name.p, a->name.n);
		memcpy(w, "\":", 2);
		w = put_value(j, w + 2, SPAN("evt.arg."), a->name, &a->value);
	}
	return w;
}

/* Everything merged whose name comes before `name`; an empty name: all that is left. */
static char *put_merged(struct json *j, char *w, struct span name)
{
	while (j->merged_count && (!name.n || span_compare(j->merged->name, name) < 0)) {
		w = json_member(j, check(j, w), span_of(NULL, 0), j->merged->name, &j->merged->value);
		j->merged++;
		j->merged_count--;
	}
	return w;
}

/* Pairs of PATH records that are no keys of a path stand among those that are: audit.path[0].KEY. */
static char *put_merged_path(struct json *j, char *w, struct span prefix, struct span key)
{
	char name[64];
	char *end = copy_bytes(copy_bytes(copy_bytes(name, prefix.p, prefix.n), "].", 2), key.p, key.n);

	return check(j, put_merged(j, w, span_of(name, (size_t)(end - name))));
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

static __attribute__((noinline)) char *put_path_odd(struct json *j, char *w, struct span prefix,
						    const struct event_path *path, int k)
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
	if (path->no_caps && path->item < 10 && !j->merged_count) {
		w = put_no_caps(w, path->item);
		bits &= ~PATH_CAPS;
	}
	for (; bits; bits &= bits - 1) {
		int k = __builtin_ctz(bits);
		char *end;

		w = check(j, w);
		if (j->merged_count)
			w = put_merged_path(j, w, span_of(prefix + 2, n - 2), path_key_names[k]);
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

/* Families whose members are extras. */
static const struct {
	struct span prefix;
	int field;
} extra_families[] = {
	{ SPAN_INIT("audit.msg."), FIELD_AUDIT_MSG },
	{ SPAN_INIT("audit."), FIELD_AUDIT_ANY },
	{ SPAN_INIT("internal."), FIELD_INTERNAL_ANY },
};
#define EXTRA_FAMILIES (sizeof(extra_families) / sizeof(extra_families[0]))

static bool extra_shown(const struct json *j, struct span name)
{
	for (size_t i = 0; i < EXTRA_FAMILIES; i++)
		if (span_starts(name, extra_families[i].prefix))
			return field_set_has(&j->show, extra_families[i].field);
	return false;
}

static bool all_extras_shown(const struct json *j)
{
	for (size_t i = 0; i < EXTRA_FAMILIES; i++)
		if (event_has(j->ev, extra_families[i].field) && !field_set_has(&j->show, extra_families[i].field))
			return false;
	return true;
}

/* Does a family that is shown whole bring this member anyway? */
static bool brought(const struct json *j, struct span name)
{
	int family = field_family(name);

	if (extra_shown(j, name))
		return true;
	/* audit.msg brings audit.msg.KEY, as just seen, but not audit.msg[1].KEY */
	return family >= 0 && family != FIELD_AUDIT_MSG && field_set_has(&j->show, family);
}

static void merge_in(struct event_extra *list, uint32_t *n, struct event_extra e)
{
	uint32_t k = (*n)++;

	while (k > 0 && span_compare(list[k - 1].name, e.name) > 0) {
		list[k] = list[k - 1];
		k--;
	}
	list[k] = e;
}

/* What stands between the fields: members that were asked for, and the extras that are shown. */
void json_merge(struct json *j)
{
	const struct encode_options *o = j->options;
	struct event *ev = j->ev;
	uint32_t extras = j->level < LEVEL_NO_EXTRAS ? ev->extra_count : 0, n = 0;
	struct event_extra *list;

	j->list = ev->extras;
	j->list_count = extras;
	if (!o->member_count && (!extras || all_extras_shown(j)))
		return;
	j->list_count = 0;
	list = arena_alloc(ev->arena, (o->member_count + extras + 1) * sizeof(*list));
	if (!list)
		return;
	for (uint32_t i = 0; i < extras; i++)
		if (extra_shown(j, ev->extras[i].name))
			list[n++] = ev->extras[i];
	for (size_t i = 0; i < o->member_count && j->level < LEVEL_CORE; i++) {
		struct event_extra e = { .name = o->members[i] };

		if (!brought(j, e.name) && event_get_member(ev, e.name, &e.value))
			merge_in(list, &n, e);
	}
	j->list = list;
	j->list_count = n;
}

/* "entry", */
static char *put_entry(struct json *j, char *w, struct span s)
{
	w = put_name(j, check(j, w), s.p, s.n);
	*w++ = ',';
	return w;
}

/* evt.truncated: what the bounds before cut, then what this event's budget cuts. */
static char *put_truncated(struct json *j, char *w, const struct span *cuts, uint32_t n)
{
	const struct event *ev = j->ev;
	const uint32_t had[LEVEL_COUNT] = { 0, ev->extra_count, ev->path_count, ev->arg_count, 1, 1 };
	uint32_t before = ev->truncated_count, most = (uint32_t)(j->options->budget / TRUNCATED_SHARE);
	uint32_t left_out = before + n > most ? before + n - most : 0;
	char more[5 + DECIMAL_MAX] = "more:";

	*w++ = '[';
	for (uint32_t i = left_out; i < before + n; i++)
		w = put_entry(j, w, i < before ? ev->truncated[i] : cuts[i - before]);
	for (int level = 1; level <= (int)j->level; level++)
		if (had[level])
			w = put_entry(j, w, level == LEVEL_NO_EXTRAS && event_has(ev, FIELD_INTERNAL_ANY) ?
				SPAN("internal.*:omitted") : level_cuts[level]);
	if (left_out)
		w = put_entry(j, w, span_of(more, (size_t)(decimal_u64(more + 5, left_out) - more)));
	w -= w[-1] == ',';
	*w++ = ']';
	return w;
}

/* The value of a field that is no plain one. A family's members bring their own keys: the field's begins at `key`. */
static __attribute__((noinline)) char *put_special(struct json *j, char *w, char *key, int id,
						   const struct span *cuts, uint32_t n)
{
	switch (id) {
	case FIELD_AUDIT_ANY:
	case FIELD_AUDIT_MSG:
	case FIELD_INTERNAL_ANY:
		return key; /* merged in */
	case FIELD_AUDIT_PATH:
		return put_paths(j, key);
	case FIELD_EVT_ARG:
		return put_args(j, key);
	case FIELD_EVT_TRUNCATED:
		return put_truncated(j, w, cuts, n);
	}
	return json_long(j, w, span_of(NULL, 0), fields[id].name, &j->ev->value[id]);
}

char *json_fields(struct json *j, char *w, const struct span *cuts, uint32_t cut_count)
{
	struct event *ev = j->ev;
	char *first;

	memcpy(w, ",\"output_fields\":", 17);
	w += 17;
	first = w;
	if (!event_has(ev, FIELD_EVT_TRUNCATED))
		ev->value[FIELD_EVT_TRUNCATED].kind = VALUE_NONE;
	for (unsigned i = 0; i < FIELD_WORDS; i++) {
		uint64_t bits = j->show.bit[i] & ev->present.bit[i];

		if (i == FIELD_EVT_TRUNCATED / 64 && (ev->truncated_count || cut_count || j->level))
			bits |= UINT64_C(1) << FIELD_EVT_TRUNCATED % 64; /* asked for or not: nothing is cut silently */
		for (; bits; bits &= bits - 1) {
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
