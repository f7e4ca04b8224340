#include "config/config_scan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

struct scan {
	struct ini *ini;
	struct reporter *r;
	const char *at, *end;
	unsigned line;           /* the latest one read */
	unsigned first;          /* the first one of the joined line */
	size_t join;             /* where the last one begins in it */
	size_t n;
	char joined[INI_LINE_MAX + 1];
	struct ini_piece pieces[INI_LINE_MAX + 1]; /* of the joined line */
	size_t piece_count;
	const struct ini_key *above; /* of the joined line right above; NULL: that is no key */
	char *store;             /* where the next string goes */
	int rc;
};

static struct ini_place place_in(const char *file, const struct ini_piece *pieces, size_t count, size_t at)
{
	size_t i = count;

	while (i > 1 && pieces[i - 1].at > at)
		i--;
	const struct ini_piece *p = &pieces[i - 1];
	return (struct ini_place){ file, p->line, p->column + (unsigned)(at - p->at) };
}

static void __attribute__((format(printf, 3, 0)))
tell(struct scan *s, const struct ini_place *at, const char *fmt, va_list ap)
{
	char what[sizeof(((struct err *)0)->what)];

	vsnprintf(what, sizeof(what), fmt, ap);
	report_at(s->r, CONFIG_ERROR, at, "%s", what);
	s->rc = -EINVAL;
	if (s->ini->section_count)
		s->ini->sections[s->ini->section_count - 1].faulty = true;
}

static void __attribute__((format(printf, 2, 3))) wrong(struct scan *s, const char *fmt, ...)
{
	struct ini_place at = { .file = s->ini->file, .line = s->first };
	va_list ap;

	va_start(ap, fmt);
	tell(s, &at, fmt, ap);
	va_end(ap);
}

/* p: in the joined line. */
static void __attribute__((format(printf, 3, 4))) wrong_at(struct scan *s, const char *p, const char *fmt, ...)
{
	struct ini_place at = place_in(s->ini->file, s->pieces, s->piece_count, (size_t)(p - s->joined));
	va_list ap;

	va_start(ap, fmt);
	tell(s, &at, fmt, ap);
	va_end(ap);
}

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

/* Blanks off both ends. */
static struct span strip(struct span s)
{
	while (s.n && blank(s.p[s.n - 1]))
		s.n--;
	while (s.n && blank(s.p[0])) {
		s.p++;
		s.n--;
	}
	return s;
}

static const char *keep(struct scan *s, struct span text)
{
	char *copy = s->store;

	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	s->store += text.n + 1;
	return copy;
}

static bool is_letter(char c)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";

	return memchr(letters, c, sizeof(letters) - 1) != NULL;
}

static bool name_good(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!is_letter(s.p[i]))
			return false;
	}
	return s.n > 0 && s.n <= INI_NAME_MAX;
}

/* Text is what an editor writes: no control bytes but tab and ends of lines. The first other one ends the reading. */
static bool is_text(struct scan *s)
{
	unsigned line = 1;

	s->first = 1;
	if (s->end - s->at >= 3 && memcmp(s->at, "\xef\xbb\xbf", 3) == 0) {
		wrong(s, "the file starts with a byte order mark: save it without");
		return false;
	}
	for (const char *p = s->at; p < s->end; p++) {
		unsigned char c = (unsigned char)*p;
		bool line_end = c == '\r' && p + 1 < s->end && p[1] == '\n';
		s->first = line;
		if ((c < ' ' && c != '\n' && c != '\t' && !line_end) || c == 0x7f) {
			wrong(s, "byte 0x%02x: this is no text", c);
			return false;
		}
		line += c == '\n';
	}
	return true;
}

/* One more line behind what is joined. As iniparser does, only the whole is looked at for a '\' at the end. */
static bool append_line(struct scan *s, bool *too_long)
{
	const char *newline = memchr(s->at, '\n', (size_t)(s->end - s->at));
	size_t n = (size_t)((newline ? newline : s->end) - s->at);

	s->line++;
	s->join = s->n;
	if (s->n + n > INI_LINE_MAX) {
		*too_long = true;
		s->n = 0;
	}
	while (s->piece_count && s->pieces[s->piece_count - 1].at >= s->n)
		s->piece_count--;
	s->pieces[s->piece_count++] = (struct ini_piece){ s->n, s->line, 1 };
	size_t fits = n < INI_LINE_MAX ? n : INI_LINE_MAX;
	memcpy(s->joined + s->n, s->at + (n - fits), fits);
	s->n += fits;
	s->at += n + (newline != NULL);
	while (s->n && blank(s->joined[s->n - 1]))
		s->n--;
	return s->n && s->joined[s->n - 1] == '\\';
}

static void line_too_long(struct scan *s, const char *start)
{
	struct ini_part part;
	size_t n = 0;

	while (start + n < s->end && start[n] != '=' && start[n] != '\n')
		n++;
	bool goes_on = ini_next_part(strip(span_of(start, n)), &part);
	wrong(s, "the line is too long: at most 1,022 bytes, those joined by '\\' included%s%s",
		goes_on ? "; end it before, and go on in " : "", goes_on ? part.name : "");
}

/* The next joined line; false at the end of the file. A line that can't be read is reported and left empty. */
static bool next_line(struct scan *s)
{
	bool too_long = false, open_end = false;
	const char *start = s->at;

	if (s->at == s->end)
		return false;
	s->n = s->join = s->piece_count = 0;
	s->first = s->line + 1;
	while (append_line(s, &too_long)) {
		s->n--;
		open_end = s->at == s->end;
		if (open_end)
			break;
	}
	if (too_long)
		line_too_long(s, start);
	else if (open_end)
		wrong(s, "'\\' at the end of the file: there is no line to join");
	if (too_long || open_end)
		s->n = s->join = 0;
	return true;
}

static void comment_goes_on(struct scan *s)
{
	wrong(s, "a comment must not end in '\\': the next line would be part of it");
}

static void bad_section(struct scan *s, struct span whole, struct span kind, struct span name)
{
	struct shown room, plain;

	show(whole, &room);
	if (!span_eq(kind, SPAN("rule")) || !name.n || name.n > INI_NAME_MAX) {
		wrong(s, "'[%s]': a section is [kind] or [kind NAME], each of letters, digits, '_' '.' '-', at most %d",
			room.text, INI_NAME_MAX);
		return;
	}
	show(name, &plain);
	for (char *p = plain.text; *p; p++)
		*p = is_letter(*p) ? *p : '_';
	wrong(s, "'[%s]': a section's name is of letters, digits, '_' '.' '-': write [rule %s], and below it name = %.*s",
		room.text, plain.text, (int)name.n, name.p);
}

static void scan_section(struct scan *s, struct span line)
{
	const char *close = memchr(line.p, ']', line.n);

	if (!close) {
		wrong(s, "']' is missing");
		return;
	}
	struct span rest = span_of(close + 1, line.n - (size_t)(close + 1 - line.p));
	struct span whole = strip(span_of(line.p + 1, (size_t)(close - line.p - 1)));
	size_t cut = 0;

	while (cut < whole.n && !blank(whole.p[cut]))
		cut++;
	struct span kind = span_of(whole.p, cut), name = strip(span_of(whole.p + cut, whole.n - cut));
	struct ini_section *section = &s->ini->sections[s->ini->section_count++];

	/* It is a section even with a fault, lest its keys fall to the one before. */
	*section = (struct ini_section){ .file = s->ini->file, .line = s->first };
	section->keys = &s->ini->keys[s->ini->key_count];
	section->kind = keep(s, kind);
	section->name = name.n ? keep(s, name) : NULL;
	section->whole = keep(s, whole);
	for (char *p = s->store - whole.n - 1; *p; p++)
		*p = *p >= 'A' && *p <= 'Z' ? (char)(*p + ('a' - 'A')) : *p;
	if (rest.n)
		wrong(s, "text behind ']': put a comment on a line of its own");
	if (!name_good(kind) || (name.n && !name_good(name)))
		bad_section(s, whole, kind, name);
}

/* The quotes in which all read the value as it stands; 0: there are none. */
static char quote_for(struct span value)
{
	if (memchr(value.p, '\\', value.n))
		return 0;
	return !memchr(value.p, '"', value.n) ? '"' : !memchr(value.p, '\'', value.n) ? '\'' : 0;
}

/* A value that begins with a quote. */
static bool quoted_value(struct scan *s, struct span text, struct span *value)
{
	const char *close = memchr(text.p + 1, text.p[0], text.n - 1), *slash;
	char around = quote_for(text);

	if (!close) {
		wrong_at(s, text.p, "the closing %c is missing", text.p[0]);
		return false;
	}
	*value = span_of(text.p + 1, (size_t)(close - text.p - 1));
	struct span rest = span_of(close + 1, text.n - value->n - 2);
	struct span comment = strip(rest);

	if (comment.n && !((comment.p[0] == ';' || comment.p[0] == '#') && blank(rest.p[0]))) {
		if (around)
			wrong_at(s, comment.p, "text behind the closing %c: put the whole value in %c...%c", text.p[0],
				around, around);
		else
			wrong_at(s, comment.p, "text behind the closing %c: a value with both kinds of quotes or '\\' in it "
				"must not begin with one", text.p[0]);
		return false;
	}
	slash = memchr(value->p, '\\', value->n);
	if (slash) {
		wrong_at(s, slash,
			"'\\' inside a value in quotes: versions of iniparser differ there; leave out the quotes");
		return false;
	}
	if (comment.n && comment.p < s->joined + s->join) {
		comment_goes_on(s);
		return false;
	}
	return true;
}

/* iniparser ends a value at the first ; or #, also inside of inner quotes and of words. Say how to write it then. */
static bool bare_value_whole(struct scan *s, struct span key, struct span value)
{
	struct shown theirs, meant;
	char quote = quote_for(value);
	size_t cut = 0;

	while (cut < value.n && value.p[cut] != ';' && value.p[cut] != '#')
		cut++;
	if (cut == value.n)
		return true;
	show(strip(span_of(value.p, cut)), &theirs);
	if (quote)
		wrong_at(s, value.p + cut, "';' and '#' end a value: iniparser would read '%s'; write %.*s = %c%s%c",
			theirs.text,
			(int)key.n, key.p, quote, show(value, &meant), quote);
	else
		wrong_at(s, value.p + cut, "';' and '#' end a value: iniparser would read '%s'; with both kinds of quotes "
			"or '\\' inside, there is no way to write it, but as \\x%02x in a condition's quotes", theirs.text,
			(unsigned)value.p[cut]);
	return false;
}

static bool bare_value(struct scan *s, struct span key, struct span text, struct span *value)
{
	size_t i = 0;

	for (; i < text.n; i++) {
		char c = text.p[i];
		if ((c == ';' || c == '#') && (i == 0 || blank(text.p[i - 1])))
			break;
		if (c != '"' && c != '\'')
			continue;
		/* An apostrophe that nothing closes is only that. */
		const char *close = memchr(text.p + i + 1, c, text.n - i - 1);
		if (close)
			i = (size_t)(close - text.p);
	}
	*value = strip(span_of(text.p, i));
	if (i < text.n && text.p + i < s->joined + s->join) {
		comment_goes_on(s);
		return false;
	}
	return bare_value_whole(s, key, *value);
}

/* Those of the joined line that the value stands in. */
static void keep_pieces(struct scan *s, struct ini_key *k, struct span value)
{
	size_t start = (size_t)(value.p - s->joined), end = start + value.n;

	k->pieces = &s->ini->pieces[s->ini->piece_count];
	for (size_t i = 0; i < s->piece_count; i++) {
		const struct ini_piece *p = &s->pieces[i];
		size_t from = p->at > start ? p->at : start;
		if ((i + 1 < s->piece_count && p[1].at <= start) || (from > start && from >= end))
			continue;
		s->ini->pieces[s->ini->piece_count + k->piece_count++] =
			(struct ini_piece){ from - start, p->line, p->column + (unsigned)(from - p->at) };
	}
	s->ini->piece_count += k->piece_count;
}

/* `above`: the key that may have been meant to go on here; NULL: none. */
static void no_key(struct scan *s, struct span line, const struct ini_part *above)
{
	struct shown room;

	show(line, &room);
	if (above)
		wrong(s, "'%s' is neither 'key = value' nor '[section]'; " INI_GOES_ON, room.text, above->key, above->name);
	else
		wrong(s, "'%s' is neither 'key = value' nor '[section]'", room.text);
}

static void scan_key(struct scan *s, struct span line, const struct ini_part *above)
{
	struct ini *ini = s->ini;
	const char *equals = memchr(line.p, '=', line.n);
	struct shown room;

	if (!equals) {
		no_key(s, line, above);
		return;
	}
	struct span key = strip(span_of(line.p, (size_t)(equals - line.p))), value;
	struct span text = strip(span_of(equals + 1, line.n - (size_t)(equals + 1 - line.p)));

	if (!name_good(key) && above) {
		no_key(s, line, above);
		return;
	}
	if (!name_good(key)) {
		wrong(s, "'%s' is no key: letters, digits, '_', '.' and '-', at most %d", show(key, &room),
			INI_NAME_MAX);
		return;
	}
	bool quoted = text.n && (text.p[0] == '"' || text.p[0] == '\'');
	if (quoted ? !quoted_value(s, text, &value) : !bare_value(s, key, text, &value))
		return;
	if (ini->section_count == 0) {
		wrong(s, "key '%s' before the first section", show(key, &room));
		return;
	}
	struct ini_section *section = &ini->sections[ini->section_count - 1];
	struct ini_key *new = &ini->keys[ini->key_count];
	char *mark = s->store;

	*new = (struct ini_key){ .name = keep(s, key), .value = keep(s, value), .line = s->first };
	new->base = new->name;
	new->text = new->value;
	keep_pieces(s, new, value);
	const struct ini_key *old = ini_find(section, new->name);
	if (old || section->key_count == INI_KEYS_MAX) {
		if (old)
			wrong(s, "key '%s' again: it is in line %u already", show(key, &room), old->line);
		else
			wrong(s, "more than %d keys in a section", INI_KEYS_MAX);
		s->store = mark;
		return;
	}
	section->key_count++;
	ini->key_count++;
	s->above = new;
}

/* How many lines there are, how many could be keys or sections: what to make room for. */
static int make_room(struct ini *ini, const char *text, size_t n)
{
	size_t keys = 1, sections = 1, lines = 1;

	for (size_t i = 0; i < n; i++) {
		keys += text[i] == '=';
		sections += text[i] == '[';
		lines += text[i] == '\n';
	}
	ini->keys = calloc(keys, sizeof(*ini->keys));
	ini->sections = calloc(sections, sizeof(*ini->sections));
	ini->pieces = calloc(lines, sizeof(*ini->pieces));
	/* A section is kept in parts and as a whole, hence twice. */
	ini->strings = malloc(2 * n + 8);
	return ini->keys && ini->sections && ini->pieces && ini->strings ? 0 : -ENOMEM;
}

int ini_scan(struct ini *ini, const char *file, const char *text, size_t n, struct reporter *r)
{
	struct scan s = { .ini = ini, .r = r, .at = text, .end = text + n };

	*ini = (struct ini){ .file = file };
	if (make_room(ini, text, n) < 0)
		return -ENOMEM;
	s.store = ini->strings;
	if (!is_text(&s))
		return s.rc;
	while (r->errors < CONFIG_ERRORS_MAX && next_line(&s)) {
		struct span line = strip(span_of(s.joined, s.n));
		struct ini_part part;
		bool goes_on = s.above && ini_next_part(span_of(s.above->name, strlen(s.above->name)), &part);
		s.above = NULL;
		if (line.n == 0)
			continue;
		if (line.p[0] == ';' || line.p[0] == '#') {
			if (s.join)
				comment_goes_on(&s);
		} else if (line.p[0] == '[') {
			scan_section(&s, line);
		} else {
			scan_key(&s, line, goes_on ? &part : NULL);
		}
	}
	return s.rc;
}

void ini_release(struct ini *ini)
{
	free(ini->sections);
	free(ini->keys);
	free(ini->strings);
	free(ini->pieces);
	free(ini->joined_text);
	free(ini->joined_pieces);
	*ini = (struct ini){ .file = NULL };
}

const struct ini_key *ini_find(const struct ini_section *s, const char *key)
{
	for (size_t i = 0; i < s->key_count; i++) {
		if (strcasecmp(s->keys[i].base, key) == 0)
			return &s->keys[i];
	}
	return NULL;
}

unsigned ini_line(const struct ini_section *s, const char *key)
{
	const struct ini_key *k = ini_find(s, key);

	return k ? k->line : s->line;
}

struct ini_place ini_place(const struct ini_section *s, const char *key, size_t at)
{
	const struct ini_key *k = ini_find(s, key);

	if (k && at != INI_WHOLE)
		return place_in(s->file, k->pieces, k->piece_count, at);
	return (struct ini_place){ s->file, ini_line(s, key), 0 };
}
