/*
 * Messages for the person who runs the program: "tiercel: where: text" to stderr, or to syslog, which is never
 * waited for. For start, stop, config and faults; nothing is logged for a record or an event.
 */
#ifndef TIERCEL_BASE_LOG_H
#define TIERCEL_BASE_LOG_H

#include "base/err.h"

#include <stdbool.h>

enum log_level { LOG_LEVEL_ERROR, LOG_LEVEL_WARNING, LOG_LEVEL_INFO, LOG_LEVEL_DEBUG };

/*
 * Say what is at most this level, to the daemon that listens at the socket `syslog` (LOG_SYSLOG), or to stderr: NULL.
 * The start is LOG_LEVEL_INFO, to stderr, by the name "tiercel". `name` must stay valid.
 */
#define LOG_SYSLOG "/dev/log"
void log_open(const char *name, enum log_level most, const char *syslog);
/* `where` is "file:line" or the like, NULL for none. Line breaks and control bytes in the text come out as '?'. */
void log_say(enum log_level level, const char *where, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* A filled error as LOG_LEVEL_ERROR. */
void log_err(const struct err *e);

#define log_error(...) log_say(LOG_LEVEL_ERROR, NULL, __VA_ARGS__)
#define log_warning(...) log_say(LOG_LEVEL_WARNING, NULL, __VA_ARGS__)
#define log_info(...) log_say(LOG_LEVEL_INFO, NULL, __VA_ARGS__)
#define log_debug(...) log_say(LOG_LEVEL_DEBUG, NULL, __VA_ARGS__)

#endif
