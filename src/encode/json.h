/* Inside of the JSON encoder: what its files (enc_json.c, json_fields.c, json_value.c) share. Not for other rooms. */
#ifndef TIERCEL_ENCODE_JSON_H
#define TIERCEL_ENCODE_JSON_H

#include "base/copy.h"
#include "base/decimal.h"
#include "encode/encode.h"
#include "encode/escape.h"

#define SLACK 256    /* bytes that may be written between two looks at the limit */
#define PLAIN_MAX 64 /* bytes of a string written without a look at the limit */
#define CAP_MIN 16   /* strings are never cut below this */
#define NOTE_BYTES 128
#define CUTS_MAX 32  /* listed in evt.truncated */

/* What an event too large does without, one after the other; the last level always fits the smallest budget. */
enum level { LEVEL_ALL, LEVEL_NO_EXTRAS, LEVEL_NO_PATHS, LEVEL_NO_ARGS, LEVEL_CORE, LEVEL_LEAST, LEVEL_COUNT };
/* How evt.truncated tells of a level. */
extern const struct span level_cuts[LEVEL_COUNT];

struct json {
	const struct encode_options *options;
	struct event *ev;
	char *start;
	const char *limit;
	size_t cap;   /* bytes of one string kept */
	enum level level;
	bool full;    /* ran into the limit: what was written is worth nothing */
	struct field_set show;
	const struct event_extra *list;   /* members and extras that are shown, sorted by name */
	uint32_t list_count;
	const struct event_extra *merged; /* those not yet written in this pass */
	uint32_t merged_count;
	struct span message;              /* joined, once something is cut */
	char (*notes)[NOTE_BYTES];        /* what cuts point to; NULL while nothing is cut */
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

/* What the budget cut: "field:bytes", for evt.truncated. */
void json_note_cut(struct json *j, struct span prefix, struct span name, size_t bytes);
/* The inside of a string, escaped; its quotes too, cut to the cap. *odd becomes true where it was no UTF-8. */
char *json_escaped(struct json *j, char *w, const char *p, size_t n, bool *odd);
char *json_string(struct json *j, char *w, const char *p, size_t n, bool *odd);
/* A string that is long, odd or to be cut, or a list; prefix and name are its key. */
char *json_long(struct json *j, char *w, struct span prefix, struct span name, const struct value *v);
/* ,"prefix name":value */
char *json_member(struct json *j, char *w, struct span prefix, struct span name, const struct value *v);
/* What stands between the fields: members that were asked for, and the extras that are shown. */
void json_merge(struct json *j);
/* ,"output_fields":{...}; `cuts` are what the pass before noted. */
char *json_fields(struct json *j, char *w, const struct span *cuts, uint32_t cut_count);

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

/* A value of the usual kinds; NULL: this one needs care. */
static inline __attribute__((always_inline)) char *put_short(struct json *j, char *w, const struct value *v)
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
	case VALUE_DIGITS:
		return copy_bytes(w, v->p, v->n);
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

	return end ? end : json_long(j, w, prefix, name, v);
}

#endif
