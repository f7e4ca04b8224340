#include "record/record.h"

#include "base/buf.h"
#include "base/simd.h"
#include "table/table.h"

enum {
	SECONDS_DIGITS = 12,  /* at most: year 33658 */
	PREFIX_MAX = 512,     /* of what syslog puts before a record */
	TYPE_NAME_MAX = 64,
	WORD_MAX = 256,       /* of a node's name; a bound, as it may be looked for at many places */
	STAMP_MAX = 64,       /* of a date in an interpreted header */
	CTIME_LEN = 24,
	ENRICHED = 0x1d
};

struct cursor {
	const char *p, *end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

static bool take(struct cursor *c, struct span word)
{
	if (!span_starts(span_of(c->p, (size_t)(c->end - c->p)), word))
		return false;
	c->p += word.n;
	return true;
}

static void skip_blanks(struct cursor *c)
{
	while (c->p < c->end && *c->p == ' ')
		c->p++;
}

static struct span take_word(struct cursor *c)
{
	const char *start = c->p;

	while (c->p < c->end && *c->p != ' ' && c->p - start < WORD_MAX)
		c->p++;
	return span_of(start, (size_t)(c->p - start));
}

/* At most `digits` decimal digits and no more than `max`; false where there is none, or too much. */
static bool take_number(struct cursor *c, unsigned digits, uint64_t max, uint64_t *out)
{
	const char *start = c->p;
	uint64_t v = 0;

	while (c->p < c->end && is_digit(*c->p) && (size_t)(c->p - start) < digits)
		v = v * 10 + (uint64_t)(*c->p++ - '0');
	*out = v;
	return c->p > start && v <= max && !(c->p < c->end && is_digit(*c->p));
}

/* Without newline, CR and NUL at its end. */
static const char *trim_end(const char *p, const char *end)
{
	while (end > p && (end[-1] == '\n' || end[-1] == '\r' || end[-1] == '\0'))
		end--;
	return end;
}

/*
 * The last 0x1D is auditd's own, those before it may be a user's; and enriched text never ends with the ' that closes
 * a user's message, so that a 0x1D in a message of a log without enriched text forges nothing.
 */
static void split_enriched(struct record *r, const char *mark, const char *end)
{
	const char *next;

	if (end[-1] == '\'')
		return;
	while ((next = memchr(mark + 1, ENRICHED, (size_t)(end - mark - 1))))
		mark = next;
	r->body.n = (size_t)(mark - r->body.p);
	r->enriched = span_of(mark + 1, (size_t)(end - mark - 1));
}

static enum record_status finish(struct record *r, const char *p, const char *end, bool plain)
{
	const char *mark;

	while (p < end && *p == ' ')
		p++;
	r->body = span_of(p, (size_t)(end - p));
	r->enriched = span_of(end, 0);
	mark = plain ? NULL : memchr(p, ENRICHED, r->body.n);
	if (mark)
		split_enriched(r, mark, end);
	return RECORD_OK;
}

/*
 * "SSSSSSSSSS.mmm:N):", as every clock since 2001 makes it: the byte behind it, or NULL where the general reader has
 * to look. Reads 29 bytes.
 */
static const char *stamp_fixed(struct record *r, const char *p)
{
	/*
	 * Eight bytes "SS.mmm:N": digits pass when adding 0x76 sets no high bit, fixed bytes when adding 0x7f does
	 * not.
	 */
	const uint64_t like = UINT64_C(0x003a3030302e3030), bound = UINT64_C(0x007f7676767f7676);
	uint64_t seconds = simd_load8(p), x = (simd_load8(p + 8) ^ like) & ~(UINT64_C(0xff) << 56);
	uint64_t serial, last = simd_load8(p + 15);
	unsigned n = simd_digits8(last);

	if (simd_digits8(seconds) != 8 || ((x + bound) | x) & SIMD_HIGH || n == 0)
		return NULL;
	serial = simd_decimal8(last, n);
	for (p += 15 + n; n >= 8 && n < 10 && is_digit(*p); n++)
		serial = serial * 10 + (uint64_t)(*p++ - '0');
	if (serial > UINT32_MAX || p[0] != ')' || p[1] != ':')
		return NULL;
	r->time_ms = ((int64_t)simd_decimal8(seconds, 8) * 100 + (int64_t)((x & 0xff) * 10 + (x >> 8 & 0xff))) * 1000
		+ (int64_t)((x >> 24 & 0xff) * 100 + (x >> 32 & 0xff) * 10 + (x >> 40 & 0xff));
	r->serial = (uint32_t)serial;
	return p + 2;
}

/* "seconds.millis:serial)" and the colon, which auditd before 2.0 left out. */
static bool take_stamp(struct record *r, struct cursor *c)
{
	uint64_t seconds, millis, serial;
	const char *dot;

	if (!take_number(c, SECONDS_DIGITS, UINT64_MAX, &seconds) || !take(c, SPAN(".")))
		return false;
	dot = c->p;
	if (!take_number(c, 3, 999, &millis) || c->p - dot != 3 || !take(c, SPAN(":")))
		return false;
	if (!take_number(c, 10, UINT32_MAX, &serial) || !take(c, SPAN(")")))
		return false;
	if (!take(c, SPAN(":")) && c->p < c->end && *c->p != ' ')
		return false;
	r->time_ms = (int64_t)(seconds * 1000 + millis);
	r->serial = (uint32_t)serial;
	return true;
}

/* A date for people, "11/21/2026 19:33:22.123:45)": a blank and three colons. */
static bool is_date(struct cursor c)
{
	unsigned colons = 0, blanks = 0;
	const char *end = c.end - c.p > STAMP_MAX ? c.p + STAMP_MAX : c.end;

	for (; c.p < end && *c.p != ')'; c.p++) {
		colons += *c.p == ':';
		blanks += *c.p == ' ';
	}
	return c.p < end && colons >= 3 && blanks > 0;
}

/* SYSCALL, UNKNOWN[1334], 1334; a name that has no number is type 0. */
static bool take_type(struct cursor *c, uint16_t *type)
{
	struct span name = take_word(c);
	struct cursor in = { name.p, name.p + name.n };
	bool brackets = take(&in, SPAN("UNKNOWN["));
	uint64_t number;
	size_t i;
	int found;

	if (name.n == 0 || name.n > TYPE_NAME_MAX)
		return false;
	if (brackets || is_digit(name.p[0])) {
		if (!take_number(&in, 5, UINT16_MAX, &number) || (brackets && !take(&in, SPAN("]"))) || in.p != in.end)
			return false;
		*type = (uint16_t)number;
		return true;
	}
	for (i = 0; i < name.n; i++)
		if (!is_digit(name.p[i]) && !is_letter(name.p[i]) && name.p[i] != '_')
			return false;
	found = record_type_find(name.p, name.n);
	*type = found < 0 ? 0 : (uint16_t)found;
	return true;
}

/* [node=NAME ]type=TYPE [msg=]audit(STAMP): BODY */
static enum record_status header(struct record *r, struct cursor c)
{
	struct span node = span_of(c.p, 0);

	if (take(&c, SPAN("node="))) {
		node = take_word(&c);
		skip_blanks(&c);
	}
	if (!take(&c, SPAN("type=")) || !take_type(&c, &r->type))
		return RECORD_MALFORMED;
	skip_blanks(&c);
	take(&c, SPAN("msg="));
	if (!take(&c, SPAN("audit(")) && !take(&c, SPAN("auditd(")))
		return RECORD_MALFORMED;
	if (!take_stamp(r, &c))
		return is_date(c) ? RECORD_INTERPRETED : RECORD_MALFORMED;
	r->node = node;
	return finish(r, c.p, c.end, false);
}

/*
 * What ausearch puts between events: "----", and "time->" with a date of ctime(3). Whatever is more than that is kept: a
 * newline in a user's message must not hide how its record ends.
 */
static bool is_separator(struct span s)
{
	const struct span start = SPAN("time->");

	if (s.n != start.n + CTIME_LEN || !span_starts(s, start))
		return span_eq(s, SPAN("----"));
	for (size_t i = start.n; i < s.n; i++)
		if (!is_digit(s.p[i]) && !is_letter(s.p[i]) && s.p[i] != ' ' && s.p[i] != ':')
			return false;
	return true;
}

/* Lines that are no record, told by how they begin. */
static const struct {
	struct span start;
	enum record_status status;
} foreign[] = {
	{ { "LIST_RULES:", 11 }, RECORD_INTERPRETED },
	{ { "NODE,EVENT,", 11 }, RECORD_INTERPRETED },
};

/*
 * Where a record may begin behind "<13>Nov 21 19:33:22 host audispd: ", "<5>[ 12.3] " and RFC 5424's "... - - ":
 * behind the priority, or a blank that follows the tag, a bracket or a nil value.
 */
static bool may_begin(const char *start, const char *p)
{
	if (p - start >= 3 && memcmp(p - 3, "\xef\xbb\xbf", 3) == 0)
		p -= 3; /* the byte order mark of RFC 5424 */
	if (p - start >= 2 && p[-1] == ' ')
		return p[-2] == ':' || p[-2] == ']' || p[-2] == '-';
	return p == start || p[-1] == '>';
}

static enum record_status from_odd_line(struct record *r, const char *p, const char *end)
{
	struct cursor c = { p, end };
	enum record_status status = RECORD_MALFORMED;
	const char *limit;
	size_t i;

	skip_blanks(&c);
	if (c.p == end || is_separator(span_of(c.p, (size_t)(end - c.p))))
		return RECORD_BLANK;
	for (i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
		if (span_starts(span_of(c.p, (size_t)(end - c.p)), foreign[i].start))
			return foreign[i].status;
	p = c.p;
	limit = end - p > PREFIX_MAX ? p + PREFIX_MAX : end;
	for (; c.p < limit && status == RECORD_MALFORMED; c.p++)
		if ((*c.p == 't' || *c.p == 'n') && may_begin(p, c.p))
			status = header(r, c);
	return status;
}

/* Length of the type's name at p, its number in *type; 0: unknown, or for the general reader. Reads 16 bytes. */
static inline unsigned type_fixed(struct record_memo *memo, const char *p, uint16_t *type)
{
	uint32_t head;
	unsigned blank, slot, mask;
	int found;

	memcpy(&head, p, sizeof(head));
	slot = head * UINT32_C(0x9e3779b1) >> 28;
	mask = memo->types[slot].mask;
	if (mask && (simd_same16(p, memo->types[slot].name) & mask) == mask) {
		*type = memo->types[slot].type;
		return simd_first(mask + 1) - 1;
	}
	blank = simd_eq16(p, ' ');
	if (!blank || (found = record_type_find(p, simd_first(blank))) < 0)
		return 0;
	memcpy(memo->types[slot].name, p, 16);
	memo->types[slot].mask = (uint16_t)(blank ^ (blank - 1));
	memo->types[slot].type = (uint16_t)found;
	*type = (uint16_t)found;
	return simd_first(blank);
}

/* stamp_fixed() for a stream, where the next record mostly has the stamp of the one before. Reads 32 bytes. */
static inline const char *stamp_next(struct record_memo *memo, struct record *r, const char *p)
{
	uint32_t same = simd_same16(p, memo->stamp) | (uint32_t)simd_same16(p + 16, memo->stamp + 16) << 16;
	const char *at;

	if (memo->stamp_mask && (same & memo->stamp_mask) == memo->stamp_mask) {
		r->time_ms = memo->time_ms;
		r->serial = memo->serial;
		return p + simd_first(~(uint64_t)memo->stamp_mask);
	}
	at = stamp_fixed(r, p);
	if (at) {
		memcpy(memo->stamp, p, sizeof(memo->stamp));
		memo->stamp_mask = (UINT32_C(1) << (at - p)) - 1; /* 27 bytes at most */
		memo->time_ms = r->time_ms;
		memo->serial = r->serial;
	}
	return at;
}

enum record_status record_from_next_line(struct record_memo *memo, struct record *r, const char *p, size_t n)
{
	const char *end = trim_end(p, p + n), *at;
	unsigned name;

	r->raw = span_of(p, (size_t)(end - p));
	r->node = span_of(p, 0);
	r->bare = false;
	/* What is read before its end is known to be within the line stays within the pad: 5 + 15 + 11 + 32 bytes. */
	if (memcmp(p, "type=", 5) == 0 && (name = type_fixed(memo, p + 5, &r->type)) != 0) {
		at = p + 5 + name;
		if (memcmp(at, " msg=audit(", 11) == 0 && (at = stamp_next(memo, r, at + 11)) && at <= end)
			return finish(r, at, end, memo->plain);
	}
	return from_odd_line(r, p, end);
}

enum record_status record_from_line(struct record *r, const char *p, size_t n)
{
	struct record_memo memo;

	memset(&memo, 0, sizeof(memo));
	return record_from_next_line(&memo, r, p, n);
}

enum record_status record_from_datagram(struct record *r, unsigned type, const char *p, size_t n)
{
	struct cursor c = { p, trim_end(p, p + n) };
	enum record_status status;
	const char *at;

	if (memcmp(p, "audit(", 6) != 0 || n < 6) {
		status = record_from_line(r, p, n);
		if (status == RECORD_OK)
			r->type = (uint16_t)type;
		return status;
	}
	r->raw = span_of(p, (size_t)(c.end - p));
	r->node = span_of(p, 0);
	r->type = (uint16_t)type;
	r->bare = true;
	at = stamp_fixed(r, p + 6);
	if (at && at <= c.end)
		return finish(r, at, c.end, false);
	c.p += 6;
	return take_stamp(r, &c) ? finish(r, c.p, c.end, false) : RECORD_MALFORMED;
}

struct span record_type_text(const struct record *r)
{
	const struct span mark = SPAN("type=");
	const char *p;
	struct cursor c;

	for (p = r->body.p; p - r->raw.p >= (ptrdiff_t)mark.n; p--) {
		if (memcmp(p - mark.n, mark.p, mark.n) == 0) {
			c = (struct cursor){ p, r->body.p };
			return take_word(&c);
		}
	}
	return span_of(r->raw.p, 0);
}

size_t record_head(const struct record *r, char head[RECORD_HEAD_MAX])
{
	struct buf b = { head, 0, RECORD_HEAD_MAX, false };
	struct span name;

	if (!r->bare)
		return 0;
	name = record_type_name(r->type);
	buf_lit(&b, "type=");
	if (name.n) {
		buf_put(&b, name.p, name.n);
	} else {
		buf_lit(&b, "UNKNOWN[");
		buf_put_u64(&b, r->type);
		buf_putc(&b, ']');
	}
	buf_lit(&b, " msg=");
	return b.n;
}
