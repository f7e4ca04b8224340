/* text: Falco's output line. raw: the records as a log has them. */
#include "encode/encode.h"
#include "encode/message.h"

#include "base/copy.h"
#include "base/simd.h"
#include "base/utf8.h"

#include <stdio.h>

#define NOTE_MAX 48 /* of how much was cut */

/* Characters that move a terminal or turn the reading direction: C1 controls, U+200E/F, U+2028..202E, U+2066..2069. */
static bool moves(const unsigned char *c, unsigned len)
{
	if (len == 2)
		return c[0] == 0xc2 && c[1] < 0xa0;
	if (len != 3 || c[0] != 0xe2)
		return false;
	return (c[1] == 0x80 && (c[2] == 0x8e || c[2] == 0x8f || (c[2] >= 0xa8 && c[2] <= 0xae))) ||
		(c[1] == 0x81 && c[2] >= 0xa6 && c[2] <= 0xa9);
}

/* Bytes of the character at s.p[i]; *printed: those that it comes as, \xHH for each where it could move a terminal. */
static unsigned character(struct span s, size_t i, unsigned *printed)
{
	unsigned char c = (unsigned char)s.p[i];
	unsigned len = utf8_sequence(s.p + i, s.n - i);

	if (len > 1 && !moves((const unsigned char *)s.p + i, len))
		*printed = len;
	else
		*printed = len == 1 && c >= 0x20 && c < 0x7f && c != '\\' ? 1 : 4 * (len ? len : 1);
	return len ? len : 1;
}

/* One line of printable text, as much of it as there is room for in front of `end`; returns the new end. */
static char *put_printable(char *w, const char *end, struct span s)
{
	unsigned len, printed;

	for (size_t i = 0; i < s.n; i += len) {
		if (s.n - i >= 16 && end - w >= 16) { /* mostly plain ASCII */
			memcpy(w, s.p + i, 16);
			len = (unsigned)__builtin_ctz(simd_odd16(s.p + i) | 1u << 16);
			w += len;
			if (len)
				continue;
		}
		len = character(s, i, &printed);
		if (printed > (size_t)(end - w))
			break;
		if (printed == len)
			w = copy_bytes(w, s.p + i, len);
		else
			for (unsigned k = 0; k < len; k++)
				w += sprintf(w, "\\x%02x", (unsigned char)s.p[i + k]); /* its NUL is overwritten */
	}
	return w;
}

/* The bytes that put_printable() makes of s. */
static size_t printable_size(struct span s)
{
	size_t n = 0;
	unsigned printed;

	for (size_t i = 0; i < s.n;) {
		i += character(s, i, &printed);
		n += printed;
	}
	return n;
}

/* The end of s that takes no more than `room` bytes when printed. */
static struct span printable_tail(struct span s, size_t room)
{
	size_t at = s.n;

	while (at > 0) {
		size_t start = at - 1, n;

		while (start > 0 && at - start < 4 && ((unsigned char)s.p[start] & 0xc0) == 0x80)
			start--;
		n = printable_size(span_of(s.p + start, at - start));
		if (n > room)
			break;
		room -= n;
		at = start;
	}
	return span_of(s.p + at, s.n - at);
}

/* Too long: head and tail, and how much there was. */
static size_t encode_text(const struct encode_options *options, struct event *ev, const struct verdict *verdict,
	char *out)
{
	const char *end = out + options->budget - 1;
	struct message m;
	struct span s;
	char *w;

	event_derive(ev, &message_fields);
	message_make(&m, ev, verdict);
	s = message_join(&m, ev);
	if (4 * s.n < options->budget || printable_size(s) < options->budget) {
		w = put_printable(out, end, s);
	} else {
		char note[NOTE_MAX];
		size_t half = (options->budget - 1 - NOTE_MAX) / 2;

		w = put_printable(out, out + half, s);
		w = put_printable(w, end, span_of(note, (size_t)snprintf(note, sizeof(note), "... (%zu bytes) ...", s.n)));
		w = put_printable(w, end, printable_tail(s, half));
	}
	*w++ = '\n';
	return (size_t)(w - out);
}

/* Has the record no control characters but tabs, and the 0x1D in front of enriched text? */
static bool is_one_line(struct span raw)
{
	for (size_t i = 0; i < raw.n; i += 16) {
		unsigned control = simd_control16(raw.p + i);

		if (raw.n - i < 16)
			control &= (1u << (raw.n - i)) - 1;
		for (; control; control &= control - 1) {
			char c = raw.p[i + (unsigned)__builtin_ctz(control)];

			if (c != '\t' && c != 0x1d)
				return false;
		}
	}
	return true;
}

/* As much of it as there is room for. */
static char *put_part(char *w, const char *end, struct span s)
{
	return copy_bytes(w, s.p, s.n <= (size_t)(end - w) ? s.n : (size_t)(end - w));
}

/* One record as it came; as text where a line break inside it would forge another, or an escape move the terminal. */
static char *put_record(char *w, const char *end, const struct record *r)
{
	char head[RECORD_HEAD_MAX];

	w = put_part(w, end, span_of(head, record_head(r, head)));
	return is_one_line(r->raw) ? put_part(w, end, r->raw) : put_printable(w, end, r->raw);
}

static size_t record_size(const struct record *r)
{
	char head[RECORD_HEAD_MAX];

	return record_head(r, head) + (is_one_line(r->raw) ? r->raw.n : printable_size(r->raw));
}

/* Records of one event, a line each. Over the budget they are cut at the end, and a last line says how much it was. */
static size_t encode_raw(const struct encode_options *options, struct event *ev, const struct verdict *verdict,
	char *out)
{
	const char *end = out + options->budget - 1;
	const struct value *line = ev->unreadable ? event_get(ev, FIELD_AUDIT_RAW) : NULL;
	size_t bytes = line ? printable_size(span_of(line->p, line->n)) : 0;
	bool cut;
	char *w = out;

	(void)verdict;
	for (uint32_t i = 0; i < ev->group->count; i++)
		bytes += record_size(&ev->group->records[i]) + (i > 0);
	cut = bytes > options->budget - 1;
	if (cut)
		end -= NOTE_MAX;
	if (line)
		w = put_printable(w, end, span_of(line->p, line->n));
	for (uint32_t i = 0; i < ev->group->count && w < end; i++) {
		if (i)
			*w++ = '\n';
		w = put_record(w, end, &ev->group->records[i]);
	}
	if (cut)
		w += snprintf(w, NOTE_MAX, "\n... (%zu bytes)", bytes);
	*w++ = '\n';
	return (size_t)(w - out);
}

const struct encoder encoder_text = { "text", "one line a person reads: time, priority, what happened", false, encode_text };
const struct encoder encoder_raw = { "raw", "the audit records as they came", true, encode_raw };
