#include "config/config_report.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

/* The end of a long path tells more than its start. */
#define FILE_SHOWN 160

static void __attribute__((format(printf, 6, 0)))
report(struct reporter *r, enum config_level level, int code, const char *file, unsigned line, const char *fmt,
	va_list ap)
{
	struct err e = { .code = code };
	size_t n = strlen(file);
	const char *dots = n > FILE_SHOWN ? "..." : "";
	const char *tail = n > FILE_SHOWN ? file + n - FILE_SHOWN : file;

	if (line)
		snprintf(e.where, sizeof(e.where), "%s%s:%u", dots, tail, line);
	else
		snprintf(e.where, sizeof(e.where), "%s%s", dots, tail);
	vsnprintf(e.what, sizeof(e.what), fmt, ap);
	if (r->report)
		r->report(r->ctx, level, &e);
}

void report_error(struct reporter *r, int code, const char *file, unsigned line, const char *fmt, ...)
{
	va_list ap;

	if (r->code == 0)
		r->code = code;
	if (++r->errors > CONFIG_ERRORS_MAX)
		return;
	va_start(ap, fmt);
	report(r, CONFIG_ERROR, code, file, line, r->errors == CONFIG_ERRORS_MAX ?
		"too many errors: the others are not told" : fmt, ap);
	va_end(ap);
}

void report_warning(struct reporter *r, const char *file, unsigned line, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	report(r, CONFIG_WARNING, 0, file, line, fmt, ap);
	va_end(ap);
}

const char *show(const char *text, struct shown *room)
{
	size_t n = 0;

	for (; *text; text++) {
		if (n + 8 > sizeof(room->text)) {
			memcpy(room->text + n, "...", 3);
			n += 3;
			break;
		}
		if (*text >= ' ' && *text <= '~')
			room->text[n++] = *text;
		else
			n += (size_t)snprintf(room->text + n, 5, "\\x%02x", (unsigned char)*text);
	}
	room->text[n] = '\0';
	return room->text;
}
