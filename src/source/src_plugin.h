/*
 * auditd hands its records on: to a plugin's standard input, or to who connects to its af_unix plugin's socket
 * (auditd-plugins(5)). What comes is text or audispd's binary protocol, see src_audisp.h. origin is "audisp".
 */
#ifndef TIERCEL_SOURCE_SRC_PLUGIN_H
#define TIERCEL_SOURCE_SRC_PLUGIN_H

#include "base/err.h"
#include "source/source.h"

/* Standard input; its end is the source's. 0, -errno with *err filled. `sink` is copied. */
int src_plugin_stdin(struct source **out, const struct source_sink *sink, struct err *err);
/*
 * Connect to the socket at `path`, which is copied. 0; -errno with *err filled: nobody there, no right. Later, where
 * the other end goes away or makes no sense, that is a restart: tick() connects again, at first after 1 s, at last
 * every 10 s; meanwhile fd() is -1.
 */
int src_plugin_socket(struct source **out, const char *path, const struct source_sink *sink, struct err *err);

#endif
