/* text: Falco's output line. raw: the records as they came. */
#include "encode/encode.h"
#include "encode/message.h"

#include "base/utf8.h"

#include <stdio.h>

/* One line of printable text: what would move a terminal or forge a line comes as \xHH. Stops at `end`; returns the new end. */
static char *put_printable(char *w, const char *end, struct span s)
{
	for (size_t i = 0; i < s.n && w + 4 <= end;) {
		unsigned char c = (unsigned char)s.p[i];
		unsigned len = utf8_sequence(s.p + i, s.n - i);

		if (len == 0 || c < 0x20 || c == 0x7f || (len == 2 && c == 0xc2 && (unsigned char)s.p[i + 1] < 0xa0)) {
			len = len ? len : 1;
			for (unsigned k = 0; k < len && w + 4 <= end; k++)
				w += sprintf(w, "\\x%02x", (unsigned char)s.p[i + k]);
		} else {
			memcpy(w, s.p + i, len);
			w += len;
		}
		i += len;
	}
	return w;
}

/* The bytes that put_printable() makes of s. */
static size_t printable_size(struct span s)
{
	char sink[8];
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		unsigned len = utf8_sequence(s.p + i, s.n - i);
		unsigned step = len ? len : 1;

		n += (size_t)(put_printable(sink, sink + sizeof(sink), span_of(s.p + i, step)) - sink);
		i += step;
	}
	return n;
}

/* Too long: head and tail, and how much there was. */
static size_t encode_text(const struct encode_options *options, struct event *ev, const struct verdict *verdict, char *out)
{
	const char *end = out + options->budget - 1;
	struct message m;
	struct span s;
	char *w;

	event_derive(ev, &message_fields);
	message_make(&m, ev, verdict);
	s = message_join(&m, ev);
	if (s.n * 4 <= options->budget - 1 || printable_size(s) <= options->budget - 1) {
		w = put_printable(out, end, s);
	} else {
		size_t keep = (options->budget - 64) / 8;
		char note[48];

		while (keep > 0 && ((unsigned char)s.p[keep] & 0xc0) == 0x80)
			keep--;
		w = put_printable(out, end, span_of(s.p, keep));
		w = put_printable(w, end, span_of(note, (size_t)snprintf(note, sizeof(note), "... (%zu bytes) ...", s.n)));
		w = put_printable(w, end, span_of(s.p + s.n - keep, keep));
	}
	*w++ = '\n';
	return (size_t)(w - out);
}

/* Records of one event, a line each, shortened as a whole to the budget. A line break inside a record comes as \x0a. */
static size_t encode_raw(const struct encode_options *options, struct event *ev, const struct verdict *verdict, char *out)
{
	const char *end = out + options->budget - 1;
	char *w = out;

	(void)verdict;
	if (ev->unreadable)
		w = put_printable(w, end, span_of(ev->value[FIELD_AUDIT_RAW].p, event_has(ev, FIELD_AUDIT_RAW) ? ev->value[FIELD_AUDIT_RAW].n : 0));
	for (uint32_t i = 0; i < ev->group->count && w < end; i++) {
		struct span raw = ev->group->records[i].raw;
		size_t n;

		if (i)
			*w++ = '\n';
		n = raw.n <= (size_t)(end - w) ? raw.n : (size_t)(end - w);
		if (memchr(raw.p, '\n', n) || memchr(raw.p, '\0', n)) {
			w = put_printable(w, end, raw);
		} else {
			memcpy(w, raw.p, n);
			w += n;
		}
	}
	*w++ = '\n';
	return (size_t)(w - out);
}

const struct encoder encoder_text = { "text", "one line a person reads: time, priority, what happened", encode_text };
const struct encoder encoder_raw = { "raw", "the audit records as they came", encode_raw };
