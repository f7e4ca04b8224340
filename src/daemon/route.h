/* What a configuration asks for, opened: its selection, its rules and its outputs, as the pipeline takes them. */
#ifndef TIERCEL_DAEMON_ROUTE_H
#define TIERCEL_DAEMON_ROUTE_H

#include "config/config.h"
#include "daemon/pipeline.h"

#include <sys/stat.h>

struct route_wish {
	const char *config;   /* file; NULL: every event, as JSON to stdout */
	const char *format;   /* not NULL: to stdout in this format, whatever the outputs of the configuration */
	const char *fields;   /* to stdout: as fields = , whatever rules say; NULL: @all, and what rules say */
	bool raw;             /* to stdout: audit.raw too */
	unsigned patience_ms; /* see struct pipeline_output; stdout never waits for a fault to pass */
	bool background;      /* a daemon: see `when` of an output */
	struct err *fault;    /* the first error of the configuration goes here too (code 0: none yet); may be NULL */
	int signals;          /* of the daemon, see struct output_settings; 0: a filter, which ends with its reader */
};

struct route;

/*
 * Errors and warnings are logged, one by one. 0; -errno: *out is NULL, -EDOM where the wish itself asks for a format or
 * a field that there is not. The wish's texts must outlive the route.
 */
int route_load(struct route **out, const struct route_wish *wish);
void route_free(struct route *r);
const struct pipeline_route *route_of(const struct route *r);
/* NULL: none was wished. */
const struct config *route_config(const struct route *r);
/* The configuration's tty_data; false without one. */
bool route_tty_data(const struct route *r);
/* Is standard output one of the outputs? */
bool route_has_stdout(const struct route *r);
/* The name of the output that writes to this very file, NULL: none does. Who read it would never come to its end. */
const char *route_writes_to(const struct route *r, const struct stat *file);
/* Open every output's path anew; faults are logged. 0, or -errno of the last of them. */
int route_reopen(struct route *r);
/* No line gets through stdout any more: -EPIPE where its reader went away, else -errno; 0: all is well. */
int route_stdout_error(const struct route *r);
/* From time to time, now_ms being any monotonic clock: a word in the log for each output that fails, or works again. */
void route_watch(struct route *r, int64_t now_ms);
/*
 * Behind pipeline_finish(): a word in the log for each output that lost lines; none for a filter's stdout whose reader
 * went away. 0, or -EIO where one did.
 */
int route_finish(struct route *r);
/*
 * Tell of each output that lost lines since it was last told of, but for one whose reader is gone for good: tell()
 * returns whether that reached anybody. 1 told; 0 there is nothing to tell; -EAGAIN where it reached nobody, and is to
 * be told again later.
 */
int route_tell_lost(struct route *r, bool (*tell)(void *ctx, const char *name, uint64_t lines), void *ctx);
/*
 * Tell of each rule that was over its rate limit since it was last told of, once a minute at most, now_ms being any
 * monotonic clock (INT64_MAX: now). tell() returns whether that reached anybody.
 */
void route_tell_limits(struct route *r, int64_t now_ms,
	bool (*tell)(void *ctx, const struct rule *rule, uint64_t matches), void *ctx);
/* Check a configuration, opening nothing; errors and warnings are logged. 0: it is good, and stdout says so. */
int route_check(const char *path);
/* Where the configuration is, unless told otherwise. */
#define ROUTE_CONFIG SYSCONFDIR "/tiercel/tiercel.ini"

#endif
