/*
 * Outputs take lines and own their transport: buffering, retry, loss. No output ends the process. A full disk is
 * counted and retried, what finds no room is counted as dropped; a line begun is finished before the next one, or taken
 * back. Only stdout waits for its reader, as other filters do; syslog for 10 ms at most.
 */
#ifndef TIERCEL_OUTPUT_OUTPUT_H
#define TIERCEL_OUTPUT_OUTPUT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* More can't be reserved: the largest budget of a line (config_keys.def), and what an encoder wants beyond it. */
#define OUTPUT_LINE_MAX (1024 * 1024 + 4096)

struct output_settings {
	const char *name;      /* of the [output NAME] section, for messages */
	const char *type;      /* stdout file syslog */
	const char *path;      /* file; syslog: the daemon's socket */
	uint64_t rotate_size;  /* file: bytes, 0 = never; only a single line longer than it makes a file larger */
	unsigned rotate_keep;  /* file: path.1 .. path.N; 0: the full file is removed */
	unsigned facility;     /* syslog: its number */
	int signals;           /* stdout: a descriptor; while it is readable, the reader is not waited for; 0: none */
};

struct output_counts {
	uint64_t lines, bytes;           /* handed over to the system */
	uint64_t dropped;                /* lines that found no room, or were still held when the output ended */
	uint64_t dropped_bytes;          /* of the latter: what finds no room is never made, so it has no size */
	uint64_t errors;                 /* failed system calls */
	int last_errno;                  /* of the latest failure, 0 once it works again */
	int rotate_errno;                /* file: why it grows over its rotate_size, 0 once it could be rotated */
};

struct output;

/*
 * Open: -errno and *err filled. What settings point to must outlive the output.
 * file: its directory must exist; made with mode 0600, appended to. Symbolic links and whatever is no regular file are
 * refused, but for /dev/null and /dev/full. A last line that a crash tore is ended first.
 * syslog: connected by the first flush; that nobody listens is a fault which is retried.
 */
int output_open(struct output **out, const struct output_settings *settings, struct err *err);
/* Room for a line of up to `max` bytes, to write and commit; NULL: none now, and the line is counted as dropped. */
char *output_reserve(struct output *o, size_t max);
/*
 * The line is n bytes of what was reserved, newline included; 0: no line after all. priority: syslog's, 0 Emergency ..
 * 7 Debug, for transports that tell it beside the line.
 */
void output_commit(struct output *o, size_t n, int priority);
/* Would output_reserve find room without handing anything over first? */
bool output_has_room(const struct output *o, size_t max);
/*
 * Hand what is buffered to the system as far as it takes it; true when nothing is left. A fault is counted, and retried
 * by the first call after OUTPUT_RETRY_MS.
 */
bool output_flush(struct output *o);
#define OUTPUT_RETRY_MS 100
/* The reader of stdout is gone (EPIPE): the caller should end quietly. */
bool output_closed(const struct output *o);
/* Open the path anew (SIGUSR1, logrotate), after a flush. On failure the old file stays in use. */
int output_reopen(struct output *o, struct err *err);
const struct output_counts *output_counts(const struct output *o);
/* A last flush; what is left is dropped, and the counts are final. */
void output_finish(struct output *o);
/* Finish, close, free. */
void output_close(struct output *o);

#endif
