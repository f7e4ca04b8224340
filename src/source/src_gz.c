#include "source/src_gz.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define INPUT 32768
#define GZIP_ONLY (MAX_WBITS + 16) /* zlib.h, inflateInit2 */

struct src_gz {
	z_stream z;
	bool between; /* a member has ended, another one may begin */
	bool ended;   /* the descriptor gave its last byte */
	uint64_t read;
	const char *cause;
	unsigned char in[INPUT];
};

int src_gz_new(struct src_gz **out)
{
	struct src_gz *g = calloc(1, sizeof(*g));

	if (!g)
		return -ENOMEM;
	if (inflateInit2(&g->z, GZIP_ONLY) != Z_OK) {
		free(g);
		return -ENOMEM;
	}
	*out = g;
	return 0;
}

void src_gz_free(struct src_gz *g)
{
	if (!g)
		return;
	inflateEnd(&g->z);
	free(g);
}

void src_gz_feed(struct src_gz *g, const char *p, size_t n)
{
	memcpy(g->in, p, n);
	g->z.next_in = g->in;
	g->z.avail_in = (uInt)n;
	g->read = n;
}

const char *src_gz_cause(const struct src_gz *g)
{
	return g->cause;
}

uint64_t src_gz_offset(const struct src_gz *g)
{
	return g->read - g->z.avail_in;
}

static int refuse(struct src_gz *g, const char *cause)
{
	g->cause = cause;
	return -EBADMSG;
}

static int read_more(struct src_gz *g, int fd)
{
	ssize_t n;

	do
		n = read(fd, g->in, sizeof(g->in));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	g->ended = n == 0;
	g->read += (uint64_t)n;
	g->z.next_in = g->in;
	g->z.avail_in = (uInt)n;
	return 0;
}

/* Behind a member: zeros are padding of tapes and block devices, 0x1f begins another member. */
static int next_member(struct src_gz *g)
{
	while (g->z.avail_in && *g->z.next_in == 0) {
		g->z.next_in++;
		g->z.avail_in--;
	}
	if (!g->z.avail_in)
		return 0;
	if (*g->z.next_in != 0x1f)
		return refuse(g, "bytes that are no gzip behind the gzip data");
	g->between = false;
	inflateReset(&g->z);
	return 0;
}

/* One step of unpacking what is in `in`. */
static int unpack(struct src_gz *g)
{
	if (g->between)
		return next_member(g);
	switch (inflate(&g->z, Z_NO_FLUSH)) {
	case Z_OK:
	case Z_BUF_ERROR: /* no progress without more input */
		return 0;
	case Z_STREAM_END:
		g->between = true;
		return 0;
	case Z_MEM_ERROR:
		return -ENOMEM;
	default:
		return refuse(g, "damaged gzip data");
	}
}

/* No input is left, but zlib may hold unpacked bytes that found no room before. */
static int end_of_data(struct src_gz *g)
{
	uInt room = g->z.avail_out;
	int rc = g->between ? 0 : unpack(g);

	if (rc || g->between || g->z.avail_out < room)
		return rc;
	return refuse(g, "gzip data ends early");
}

int src_gz_read(struct src_gz *g, int fd, char *out, size_t n)
{
	int rc = g->cause ? -EBADMSG : 0;

	g->z.next_out = (Bytef *)out;
	g->z.avail_out = (uInt)n;
	while (!rc && g->z.avail_out) {
		if (!g->z.avail_in && !g->ended) {
			/* What is unpacked goes out before a read that may wait. */
			if (g->z.avail_out < n)
				break;
			rc = read_more(g, fd);
			continue;
		}
		if (g->ended && !g->z.avail_in) {
			rc = end_of_data(g);
			break;
		}
		rc = unpack(g);
	}
	n -= g->z.avail_out;
	return n ? (int)n : rc;
}
