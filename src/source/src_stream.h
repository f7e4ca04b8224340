/*
 * A stream of bytes becomes lines or datagrams: log files, plain or gzip, standard input, an audisp plugin's pipe.
 * Memory is one buffer of fixed size; lines are handed over where they lie in it.
 */
#ifndef TIERCEL_SOURCE_SRC_STREAM_H
#define TIERCEL_SOURCE_SRC_STREAM_H

#include "base/err.h"
#include "source/source.h"

#include <stdint.h>

/* A longer line goes to sink.overlong, with its first so many bytes. */
#define SRC_STREAM_LINE_MAX 65536

enum src_stream_kind {
	SRC_STREAM_FILE,   /* text; gzip is known by its first bytes, other compressions are refused by name */
	SRC_STREAM_AUDISP, /* what auditd gives its plugins: text, or the binary protocol (src_audisp.h) */
	SRC_STREAM_FOLLOW  /* a file that grows: text alone, and its end is none (-EAGAIN) before src_stream_end() */
};

struct src_stream;

/* `sink` is copied, its ctx must outlive the stream. NULL: no memory. */
struct src_stream *src_stream_new(enum src_stream_kind kind, const struct source_sink *sink);
/* Settles what was handed over. The descriptor stays its owner's. */
void src_stream_free(struct src_stream *s);
/*
 * Begin anew with this descriptor, which the caller owns: any file, blocking or not. One to follow is read from where
 * it stands, the beginning of a line.
 */
void src_stream_open(struct src_stream *s, int fd);
/*
 * Read once and hand over what is whole. Bytes read (> 0); 0 at the end, a last line without newline and the settling
 * included; -EAGAIN; or -errno, after what could still be read was handed over: the stream is at its end then, too.
 * -EBADMSG: damaged gzip, -ENOTSUP: compressed otherwise, -EPROTO: not the audispd protocol.
 */
int src_stream_read(struct src_stream *s);
/* What is followed gets no longer: a last line without newline is handed over, all is settled. */
void src_stream_end(struct src_stream *s);
/* Bytes read from the descriptor since it was opened (of gzip: compressed ones). */
uint64_t src_stream_bytes(const struct src_stream *s);
/* Say why src_stream_read returned `code` (< 0): `name` is the input's. Returns code. */
int src_stream_explain(const struct src_stream *s, int code, const char *name, struct err *err);

#endif
