#include "source/src_audisp.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#define PADDED_SIZE 8970    /* MAX_AUDIT_MESSAGE_LENGTH of libaudit.h */
#define SIZE_MAX_TEXT 65536 /* enriched lines are longer than the kernel's; far more than any auditd sends */

struct header {
	uint32_t version, length, type, size;
};

static bool header_ok(const struct header *h)
{
	return h->version <= 1 && h->length == sizeof(*h) && h->type <= UINT16_MAX && h->size <= SIZE_MAX_TEXT;
}

static void hand_over(const struct source_sink *sink, const struct header *h, const char *p, size_t n)
{
	while (n && (p[n - 1] == '\0' || p[n - 1] == '\n'))
		n--;
	if (h->version == 0)
		sink->datagram(sink->ctx, h->type, p, n);
	else
		sink->line(sink->ctx, p, n);
}

/* Trash between two messages: an old auditd pads them all, a new one none. */
static void note_padding(struct src_audisp *a, size_t size)
{
	size_t padding = size < PADDED_SIZE ? PADDED_SIZE - size : 0;

	if (a->framing == SRC_AUDISP_PADDED)
		a->trash = padding;
	else if (a->framing == SRC_AUDISP_UNKNOWN)
		a->maybe_trash = padding;
}

static size_t skip_trash(struct src_audisp *a, size_t n)
{
	size_t skip = a->trash < n ? a->trash : n;

	a->trash -= skip;
	return skip;
}

int src_audisp_take(struct src_audisp *a, const struct source_sink *sink, const char *p, size_t n, size_t *used)
{
	const char *at = p, *end = p + n;

	for (;;) {
		struct header h;
		size_t size;

		at += skip_trash(a, (size_t)(end - at));
		*used = (size_t)(at - p);
		if ((size_t)(end - at) < sizeof(h))
			return 0;
		memcpy(&h, at, sizeof(h));
		if (a->maybe_trash) {
			a->framing = header_ok(&h) ? SRC_AUDISP_EXACT : SRC_AUDISP_PADDED;
			a->trash = header_ok(&h) ? 0 : a->maybe_trash;
			a->maybe_trash = 0;
			continue;
		}
		if (!header_ok(&h))
			return -EPROTO;
		size = a->framing == SRC_AUDISP_PADDED && h.size > PADDED_SIZE ? PADDED_SIZE : h.size;
		if ((size_t)(end - at) - sizeof(h) < size)
			return 0;
		hand_over(sink, &h, at + sizeof(h), size);
		note_padding(a, size);
		at += sizeof(h) + size;
	}
}

bool src_audisp_may_end(const struct src_audisp *a, size_t left)
{
	return left == 0 || left <= a->maybe_trash;
}
