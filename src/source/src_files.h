/* Named log files, in the right order, one after the other into a stream. */
#ifndef TIERCEL_SOURCE_SRC_FILES_H
#define TIERCEL_SOURCE_SRC_FILES_H

#include "source/src_stream.h"

#include <stdbool.h>

/*
 * Put names in the order to read them: the members of a rotated set oldest first, where its first member was named;
 * all else stays in the order given. A set shares directory and base name: BASE-DATE[.gz] by date (eight digits or
 * more), then BASE.N[.gz], highest N first, then BASE (logrotate(8), auditd.conf(5) max_log_file_action).
 * 0 or -ENOMEM.
 */
int src_files_order(const char **names, size_t count);

/* Called after each read with the bytes read of this file so far; false: leave the rest. */
typedef bool src_files_step(void *ctx, uint64_t bytes);

/*
 * Read the file of this name, "-" being standard input, through the stream to its end, waiting where a pipe has no
 * data. `step` may be NULL. 0, or -errno with *err filled (where: the name); what could be read was handed over.
 */
int src_files_read(struct src_stream *s, const char *name, src_files_step *step, void *ctx, struct err *err);

#endif
