/* JSON values: strings cut, escaped and told in hex; lists. */
#include "base/utf8.h"
#include "encode/json.h"

/* Does evt.truncated tell of the field already, with the size that it had at first? */
static bool told(const struct event *ev, struct span prefix, struct span name)
{
	for (uint32_t i = 0; i < ev->truncated_count; i++) {
		struct span s = ev->truncated[i];

		if (s.n > prefix.n + name.n && s.p[prefix.n + name.n] == ':' && span_starts(s, prefix) &&
		    span_starts(span_of(s.p + prefix.n, s.n - prefix.n), name))
			return true;
	}
	return false;
}

void json_note_cut(struct json *j, struct span prefix, struct span name, size_t bytes)
{
	const size_t room = NOTE_BYTES - 24;
	char *text, *w;

	if (!j->notes || j->cut_count >= CUTS_MAX || told(j->ev, prefix, name))
		return;
	text = j->notes[j->cut_count];
	if (prefix.n > room / 2)
		prefix.n = room / 2;
	if (name.n > room - prefix.n)
		name.n = room - prefix.n; /* a key so long is a forgery: its begin will do */
	w = copy_bytes(copy_bytes(text, prefix.p, prefix.n), name.p, name.n);
	*w++ = ':';
	w = decimal_u64(w, bytes);
	j->cuts[j->cut_count++] = span_of(text, (size_t)(w - text));
}

char *json_escaped(struct json *j, char *w, const char *p, size_t n, bool *odd)
{
	w = escape_json(w, j->limit, p, n, odd);
	return w ? w : overflow(j);
}

static char *put_cut_string(struct json *j, char *w, const char *p, size_t n, bool *odd)
{
	size_t head, tail;

	utf8_cut_at(p, n, j->cap, &head, &tail);
	w = json_escaped(j, w, p, head, odd);
	memcpy(w, UTF8_CUT, UTF8_CUT_MORE);
	w += UTF8_CUT_MORE;
	return json_escaped(j, w, p + n - tail, tail, odd);
}

/* "text", cut to the cap; true in *odd where it was no UTF-8. */
char *json_string(struct json *j, char *w, const char *p, size_t n, bool *odd)
{
	*w++ = '"';
	w = n <= j->cap ? json_escaped(j, w, p, n, odd) : put_cut_string(j, w, p, n, odd);
	*w++ = '"';
	return w;
}

/* Bytes as hex in quotes; of those over half the cap, as each takes two, head and tail. */
static char *put_digits(struct json *j, char *w, struct span s)
{
	static const char digits[] = "0123456789abcdef";
	size_t head = s.n, tail = 0;

	if (s.n > j->cap / 2)
		head = tail = j->cap / 4;
	if (w > j->limit || 2 * (head + tail) > (size_t)(j->limit - w))
		return overflow(j);
	*w++ = '"';
	for (size_t i = 0; i < s.n; i++) {
		if (i == head && tail) {
			memcpy(w, UTF8_CUT, UTF8_CUT_MORE);
			w += UTF8_CUT_MORE;
			i = s.n - tail;
		}
		*w++ = digits[(unsigned char)s.p[i] >> 4];
		*w++ = digits[s.p[i] & 15];
	}
	*w++ = '"';
	return w;
}

/* ,"name.hex": behind the value of what is no UTF-8. */
static char *put_hex_key(struct json *j, char *w, struct span prefix, struct span name, size_t bytes)
{
	char whole[512];

	if (w > j->limit || prefix.n + name.n > (size_t)(j->limit - w))
		return overflow(j);
	if (bytes > j->cap / 2 && prefix.n + name.n < sizeof(whole)) {
		char *end = copy_bytes(copy_bytes(whole, prefix.p, prefix.n), name.p, name.n);

		json_note_cut(j, span_of(whole, (size_t)(end - whole)), SPAN(".hex"), 2 * bytes);
	}
	memcpy(w, ",\"", 2);
	w = copy_bytes(copy_bytes(w + 2, prefix.p, prefix.n), name.p, name.n);
	memcpy(w, ".hex\":", 6);
	return w + 6;
}

/* How many elements of a list are shown: what the cap holds, at least one. */
static uint32_t list_kept(const struct json *j, const struct value *v, size_t *bytes)
{
	uint32_t kept = 0;

	*bytes = 0;
	for (uint32_t i = 0; i < v->n; i++) {
		*bytes += v->list[i].n;
		if (i == 0 || *bytes <= j->cap)
			kept = i + 1;
	}
	return kept;
}

static char *put_list(struct json *j, char *w, struct span prefix, struct span name, const struct value *v)
{
	size_t bytes = 0;
	uint32_t kept = j->cap == SIZE_MAX ? v->n : list_kept(j, v, &bytes);
	bool odd = false;

	for (uint32_t i = 0; i < kept; i++) {
		w = check(j, w);
		*w++ = i ? ',' : '[';
		w = v->kind == VALUE_NAMES ? put_name(j, w, v->list[i].p, v->list[i].n)
					   : json_string(j, w, v->list[i].p, v->list[i].n, &odd);
	}
	*w++ = ']';
	if (bytes > j->cap)
		json_note_cut(j, prefix, name, bytes);
	if (!odd)
		return w;
	w = put_hex_key(j, check(j, w), prefix, name, bytes);
	for (uint32_t i = 0; i < kept; i++) {
		w = check(j, w);
		*w++ = i ? ',' : '[';
		w = put_digits(j, w, v->list[i]);
	}
	*w++ = ']';
	return w;
}

/* A string that is long, odd or to be cut, or a list. */
char *json_long(struct json *j, char *w, struct span prefix, struct span name, const struct value *v)
{
	bool odd = false;

	if (v->kind != VALUE_TEXT)
		return put_list(j, w, prefix, name, v);
	w = json_string(j, w, v->p, v->n, &odd);
	if (v->n > j->cap)
		json_note_cut(j, prefix, name, v->n);
	return odd ? put_digits(j, put_hex_key(j, check(j, w), prefix, name, v->n), span_of(v->p, v->n)) : w;
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

char *json_member(struct json *j, char *w, struct span prefix, struct span name, const struct value *v)
{
	w = put_key(j, w, prefix, name);
	return put_value(j, w, prefix, name, v);
}
