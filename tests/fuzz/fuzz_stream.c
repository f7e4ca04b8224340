/*
 * Streams: text, gzip, audispd's binary protocol, cut at any place. The first byte says which kind, the second how
 * large the pieces are that the pipe brings. No byte of text may be lost; what was handed over must not change before
 * settle.
 */
#include "record/record.h"
#include "source/src_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_PIECES 256 /* each costs three system calls */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct watch {
	size_t bytes, pieces;
	const char *first; /* of those handed over since settle: p, n and sum */
	size_t first_n;
	unsigned first_sum;
	unsigned pad;
};

static unsigned sum_of(const char *p, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++)
		sum = sum * 31 + (unsigned char)p[i];
	return sum;
}

static void note(struct watch *w, const char *p, size_t n, size_t whole)
{
	if (!w->first) {
		w->first = p;
		w->first_n = n;
		w->first_sum = sum_of(p, n);
	}
	w->pad += (unsigned char)p[n] + (unsigned char)p[n + RECORD_PAD - 1];
	w->bytes += whole;
	w->pieces++;
}

static void line(void *ctx, const char *p, size_t n)
{
	if (n > SRC_STREAM_LINE_MAX)
		abort();
	note(ctx, p, n, n);
}

static void datagram(void *ctx, unsigned type, const char *p, size_t n)
{
	if (type > UINT16_MAX)
		abort();
	note(ctx, p, n, n);
}

static void overlong(void *ctx, const char *p, size_t n, size_t whole)
{
	if (n != SRC_STREAM_LINE_MAX || whole <= n)
		abort();
	note(ctx, p, n, whole);
}

static void settle(void *ctx)
{
	struct watch *w = ctx;

	if (!w->first || sum_of(w->first, w->first_n) != w->first_sum)
		abort();
	w->first = NULL;
}

/* Read until the pipe is empty; < 0: the stream is at its end. */
static int drain(struct src_stream *s)
{
	int rc;

	do
		rc = src_stream_read(s);
	while (rc > 0);
	return rc == -EAGAIN ? 0 : rc;
}

static int run(struct src_stream *s, const uint8_t *data, size_t size, size_t piece)
{
	int fds[2], rc = 0;

	if (pipe(fds) < 0 || fcntl(fds[0], F_SETFL, O_NONBLOCK) < 0)
		abort();
	src_stream_open(s, fds[0]);
	for (size_t at = 0; !rc && at < size; at += piece) {
		size_t n = size - at < piece ? size - at : piece;

		if (write(fds[1], data + at, n) != (ssize_t)n)
			abort();
		rc = drain(s);
	}
	close(fds[1]);
	if (!rc)
		rc = drain(s);
	close(fds[0]);
	return rc;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct watch w = { 0 };
	const struct source_sink sink = {
		.line = line, .datagram = datagram, .overlong = overlong, .settle = settle, .ctx = &w
	};
	enum src_stream_kind kind;
	struct src_stream *s;
	size_t piece;
	bool text;
	int rc;

	if (size < 2)
		return 0;
	kind = data[0] & 1 ? SRC_STREAM_AUDISP : SRC_STREAM_FILE;
	s = src_stream_new(kind, &sink);
	if (!s)
		abort();
	text = size > 2 && data[2] > 1 && (kind == SRC_STREAM_AUDISP || !memchr("\x1f\xfd\x28" "B", data[2], 4));
	piece = 1 + (size_t)data[1] * data[1];
	if (piece < size / MAX_PIECES)
		piece = size / MAX_PIECES;
	rc = run(s, data + 2, size - 2, piece);
	if (w.first)
		abort(); /* the end settles */
	/* Each line but the last has its newline. */
	if (text && (rc || w.bytes + w.pieces - (data[size - 1] != '\n') != size - 2))
		abort();
	if (rc < 0) {
		struct err err;

		src_stream_explain(s, rc, "fuzz", &err);
	}
	src_stream_free(s);
	return 0;
}
