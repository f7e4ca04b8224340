#include "config/config_report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* The end of a long path tells more than its start. */
#define FILE_SHOWN 160

/* Files and their names are not ours: what is no printable ASCII goes out as \xNN. */
static void escape(char *out, size_t room, const char *text)
{
	static const char digits[] = "0123456789abcdef";
	size_t n = 0;

	for (; *text && n + 5 <= room; text++) {
		unsigned char c = (unsigned char)*text;
		if (c >= ' ' && c <= '~') {
			out[n++] = *text;
			continue;
		}
		memcpy(out + n, (char[]){ '\\', 'x', digits[c >> 4], digits[c & 15] }, 4);
		n += 4;
	}
	out[n] = '\0';
}

/* false: no memory, say it at once. */
static bool hold(struct reporter *r, enum config_level level, const struct err *e, const struct ini_place *at)
{
	struct held_report *held = realloc(r->held, (r->held_count + 1) * sizeof(*held));

	if (!held)
		return false;
	r->held = held;
	held[r->held_count] = (struct held_report){
		.level = level, .e = *e, .file = at->file, .line = at->line, .column = at->column,
		.order = r->held_count
	};
	r->held_count++;
	return true;
}

static void __attribute__((format(printf, 5, 0)))
report(struct reporter *r, enum config_level level, int code, const struct ini_place *at, const char *fmt, va_list ap)
{
	struct err e = { .code = code };
	struct ini_place place = *at;
	char where[sizeof(e.where)], what[sizeof(e.what)];
	size_t n = strlen(at->file);
	bool cut = n > FILE_SHOWN;

	snprintf(where, sizeof(where), "%s%s", cut ? "..." : "", cut ? at->file + n - FILE_SHOWN : at->file);
	escape(e.where, FILE_SHOWN + 8, where);
	n = strlen(e.where);
	if (at->line)
		n += (size_t)snprintf(e.where + n, sizeof(e.where) - n, ":%u", at->line);
	if (at->line && at->column)
		snprintf(e.where + n, sizeof(e.where) - n, ":%u", at->column);
	vsnprintf(what, sizeof(what), fmt, ap);
	escape(e.what, sizeof(e.what), what);
	if (level == CONFIG_ERROR && r->errors == CONFIG_ERRORS_MAX)
		place.file = NULL; /* the last word */
	if (r->report && (!r->hold || !hold(r, level, &e, &place)))
		r->report(r->ctx, level, &e);
}

static void __attribute__((format(printf, 4, 0)))
report_code(struct reporter *r, int code, const struct ini_place *at, const char *fmt, va_list ap)
{
	if (r->code == 0)
		r->code = code;
	if (++r->errors > CONFIG_ERRORS_MAX)
		return;
	if (r->errors == CONFIG_ERRORS_MAX)
		fmt = "too many errors: the others are not told";
	report(r, CONFIG_ERROR, code, at, fmt, ap);
}

void report_error(struct reporter *r, int code, const char *file, unsigned line, const char *fmt, ...)
{
	struct ini_place at = { .file = file, .line = line };
	va_list ap;

	va_start(ap, fmt);
	report_code(r, code, &at, fmt, ap);
	va_end(ap);
}

void report_warning(struct reporter *r, const char *file, unsigned line, const char *fmt, ...)
{
	struct ini_place at = { .file = file, .line = line };
	va_list ap;

	va_start(ap, fmt);
	report(r, CONFIG_WARNING, 0, &at, fmt, ap);
	va_end(ap);
}

void report_at(struct reporter *r, enum config_level level, const struct ini_place *at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (level == CONFIG_ERROR)
		report_code(r, -EINVAL, at, fmt, ap);
	else
		report(r, level, 0, at, fmt, ap);
	va_end(ap);
}

const char *show(struct span text, struct shown *room)
{
	bool cut = text.n >= sizeof(room->text);
	size_t n = cut ? sizeof(room->text) - 4 : text.n;

	memcpy(room->text, text.p, n);
	memcpy(room->text + n, cut ? "..." : "", cut ? 4 : 1);
	return room->text;
}
