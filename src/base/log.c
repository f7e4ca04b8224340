#include "base/log.h"

#include "base/syslog_link.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <syslog.h>

#define TRIES 2 /* the daemon may have been started anew */

static struct {
	const char *name;
	enum log_level most;
	bool to_syslog;
	struct syslog_link link;
} state = { .name = "tiercel", .most = LOG_LEVEL_INFO, .link = { .fd = -1 } };

static const int syslog_levels[] = { LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_open(const char *name, enum log_level most, const char *syslog)
{
	syslog_link_close(&state.link);
	state.name = name;
	state.most = most;
	state.to_syslog = syslog && syslog_link_init(&state.link, syslog);
}

/* What the daemon has no room for is gone. */
static void send_to_syslog(int level, const char *line)
{
	char stamp[SYSLOG_LINK_STAMP], text[1536];
	size_t n;

	syslog_link_stamp(stamp, time(NULL), state.name);
	snprintf(text, sizeof(text), "<%d>%s%s\n", LOG_DAEMON | level, stamp, line);
	for (int i = 0; i < TRIES && syslog_link_connect(&state.link) == 0; i++) {
		ssize_t sent;

		n = strlen(text) - !state.link.stream;
		sent = send(state.link.fd, text, n, MSG_NOSIGNAL);
		if (sent == (ssize_t)n || (sent < 0 && errno == EAGAIN))
			return;
		syslog_link_close(&state.link); /* gone, or a message was begun that can't be ended */
	}
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
		send_to_syslog(syslog_levels[level], line);
	else
		fprintf(stderr, "%s: %s\n", state.name, line);
}

void log_err(const struct err *e)
{
	log_say(LOG_LEVEL_ERROR, e->where, "%s", e->what);
}
