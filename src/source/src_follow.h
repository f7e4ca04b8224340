/*
 * A log file as it grows, through its rotation: LOG becomes LOG.1, LOG.1 becomes LOG.2 and so on, and a new LOG is made
 * (auditd.conf(5) max_log_file_action, logrotate(8)). A file is left when it is read to its end and its successor has
 * something, as then its writer has left it, too. Rotations that happened between two looks are made up for: the file
 * is found again by its inode, and those between it and LOG are read in their order.
 *
 * A log that is cut to nothing in its place (copytruncate) is read from its start again, and one that was removed is
 * read to its end, then its successor. counts.restarts tells where lines may have been lost: by such a cut, or as no
 * name leads to what came next any more. A file not there, or a directory, is waited for.
 */
#ifndef TIERCEL_SOURCE_SRC_FOLLOW_H
#define TIERCEL_SOURCE_SRC_FOLLOW_H

#include "base/err.h"
#include "source/source.h"

#include <stdbool.h>

/*
 * Begin at the file's end, at its start if from_start, and also at the start of one that is not there yet: read() is
 * -EAGAIN then, and explain() says why. 0; -errno with *err filled: no right to read it, -EINVAL no regular file.
 * `sink` is copied. The descriptor of fd() may be that of the file, which poll(2) takes as always ready; not epoll(7).
 */
int src_follow_open(struct source **out, const char *path, bool from_start, const struct source_sink *sink,
	struct err *err);

#endif
