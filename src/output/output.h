/*
 * Outputs take lines and own their transport: buffering, retry, loss. An output never blocks its caller and never ends the
 * process: a full disk is counted and retried, what finds no room is counted as dropped.
 */
#ifndef TIERCEL_OUTPUT_OUTPUT_H
#define TIERCEL_OUTPUT_OUTPUT_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct output_settings {
	const char *name;      /* of the [output NAME] section, for messages */
	const char *type;      /* stdout file */
	const char *path;      /* file */
	uint64_t rotate_size;  /* file: bytes, 0 = never */
	unsigned rotate_keep;  /* file: path.1 .. path.N */
};

struct output_counts {
	uint64_t lines, bytes;          /* handed over to the system */
	uint64_t dropped, dropped_bytes; /* found no room */
	uint64_t errors;                /* failed system calls */
	int last_errno;                 /* of the latest failure, 0 once it works again */
};

struct output;

/* Open: -errno and *err filled. What settings point to must outlive the output. */
int output_open(struct output **out, const struct output_settings *settings, struct err *err);
/* Room for one line of up to `max` bytes; NULL: none now, and the line is counted as dropped. Write there, then commit. */
char *output_reserve(struct output *o, size_t max);
void output_commit(struct output *o, size_t n);
/* Hand what is buffered to the system as far as it takes it; true when nothing is left. A fault is counted, and retried by the next call. */
bool output_flush(struct output *o);
/* The reader of stdout is gone (EPIPE): the caller should end quietly. */
bool output_closed(const struct output *o);
/* Open the path anew (SIGUSR1, logrotate). */
int output_reopen(struct output *o, struct err *err);
const struct output_counts *output_counts(const struct output *o);
/* Flush, close, free. */
void output_close(struct output *o);

#endif
