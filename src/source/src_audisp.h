/*
 * The binary protocol that auditd speaks to its plugins: struct audit_dispatcher_header of libaudit.h (version, header
 * length, record type, size; each uint32_t in the host's byte order), then the text. Version 0 brings the kernel's
 * payload, version 1 (AUDISP_PROTOCOL_VER2) a whole line with its type= in front.
 *
 * Two framings are in the field. Newer auditd sends `size` bytes of text; older ones (2.x, 3.0) always 8,970
 * (MAX_AUDIT_MESSAGE_LENGTH), whatever `size` says, the rest being trash. What follows the first message tells which.
 */
#ifndef TIERCEL_SOURCE_SRC_AUDISP_H
#define TIERCEL_SOURCE_SRC_AUDISP_H

#include "source/source.h"

#include <stdbool.h>

/* Zeroed: ready for a stream's first byte. */
struct src_audisp {
	enum { SRC_AUDISP_UNKNOWN, SRC_AUDISP_EXACT, SRC_AUDISP_PADDED } framing;
	size_t maybe_trash; /* follows, if the framing turns out to be the padded one */
	size_t trash;       /* follows for sure */
};

/* Does a stream with this first byte speak the binary protocol? No text begins so. */
static inline bool src_audisp_binary(char first)
{
	return first == 0 || first == 1;
}

/*
 * Hand over the whole messages in the n bytes at p: sink->datagram for version 0, sink->line for version 1. *used:
 * bytes that are done with. 0, or -EPROTO where a header makes no sense: the stream can't be read on from there.
 */
int src_audisp_take(struct src_audisp *a, const struct source_sink *sink, const char *p, size_t n, size_t *used);
/* Is it no loss when the stream ends with `left` bytes not used? */
bool src_audisp_may_end(const struct src_audisp *a, size_t left);

#endif
