#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <syslog.h>

static struct {
	const char *name;
	enum log_level most;
	bool to_syslog;
} state = { "tiercel", LOG_LEVEL_INFO, false };

static const int syslog_levels[] = { LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_open(const char *name, enum log_level most, bool to_syslog)
{
	if (state.to_syslog && !to_syslog)
		closelog();
	state.name = name;
	state.most = most;
	state.to_syslog = to_syslog;
	if (to_syslog)
		openlog(name, LOG_PID, LOG_DAEMON);
}

/* A file name or a value may hold anything: it must not fake a second message, nor steer a terminal. */
static void tame(char *s)
{
	for (; *s; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
}

void log_say(enum log_level level, const char *where, const char *fmt, ...)
{
	char text[1024], line[1280];
	va_list ap;

	if (level > state.most)
		return;
	if (!where)
		where = "";
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	snprintf(line, sizeof(line), "%s%s%s", where, *where ? ": " : "", text);
	tame(line);
	if (state.to_syslog)
		syslog(syslog_levels[level], "%s", line);
	else
		fprintf(stderr, "%s: %s\n", state.name, line);
}

void log_err(const struct err *e)
{
	log_say(LOG_LEVEL_ERROR, e->where, "%s", e->what);
}
