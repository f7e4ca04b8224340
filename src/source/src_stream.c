#include "source/src_stream.h"

#include "record/record.h"
#include "source/src_audisp.h"
#include "source/src_gz.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER (256 * 1024) /* stays in a second level cache together with what is made of it */
#define READ_MIN (64 * 1024) /* less room than this: move what is not whole to the front */
#define FIRST_READ 4096      /* until the format is known; a gzip reader takes that much over */

enum format { FORMAT_UNKNOWN, FORMAT_LINES, FORMAT_AUDISP };

struct src_stream {
	struct source_sink sink;
	enum src_stream_kind kind;
	enum format format;
	int fd;
	bool given;       /* the sink may hold pointers into buf */
	size_t start;     /* of what is not handed over */
	size_t scanned;   /* no newline between start and here */
	size_t end;
	uint64_t skipped; /* bytes of the line at start that were too many to keep */
	uint64_t bytes;
	const char *cause;
	struct src_gz *gz;
	struct src_audisp audisp;
	char buf[BUFFER + RECORD_PAD];
};

struct src_stream *src_stream_new(enum src_stream_kind kind, const struct source_sink *sink)
{
	struct src_stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->sink = *sink;
	s->kind = kind;
	s->fd = -1;
	return s;
}

static void settle(struct src_stream *s)
{
	if (s->given)
		s->sink.settle(s->sink.ctx);
	s->given = false;
}

void src_stream_free(struct src_stream *s)
{
	if (!s)
		return;
	settle(s);
	src_gz_free(s->gz);
	free(s);
}

void src_stream_open(struct src_stream *s, int fd)
{
	settle(s);
	src_gz_free(s->gz);
	s->gz = NULL;
	memset(&s->audisp, 0, sizeof(s->audisp));
	/* Only the first bytes of a file tell of a packing. */
	s->format = s->kind == SRC_STREAM_FOLLOW && lseek(fd, 0, SEEK_CUR) > 0 ? FORMAT_LINES : FORMAT_UNKNOWN;
	s->fd = fd;
	s->start = s->scanned = s->end = 0;
	s->skipped = s->bytes = 0;
	s->cause = NULL;
}

/* The line of n bytes at p; where some were skipped, those at p are its first ones. */
static void hand_over(struct src_stream *s, const char *p, size_t n)
{
	if (n > SRC_STREAM_LINE_MAX)
		s->sink.overlong(s->sink.ctx, p, SRC_STREAM_LINE_MAX, n + s->skipped);
	else
		s->sink.line(s->sink.ctx, p, n);
	s->skipped = 0;
	s->given = true;
}

static void show_text(struct src_stream *s, const char *p, size_t n)
{
	if (s->sink.text && n)
		s->sink.text(s->sink.ctx, p, n);
}

static int take_lines(struct src_stream *s)
{
	const char *end = s->buf + s->end;
	const char *p = s->buf + s->start;
	const char *scan = s->buf + s->scanned;
	const char *newline;

	show_text(s, p, (size_t)(end - p));
	while ((newline = memchr(scan, '\n', (size_t)(end - scan)))) {
		hand_over(s, p, (size_t)(newline - p));
		p = scan = newline + 1;
	}
	s->start = (size_t)(p - s->buf);
	/* One byte over the bound is kept: it tells that the line is overlong. */
	if (s->end - s->start > SRC_STREAM_LINE_MAX + 1) {
		s->skipped += s->end - s->start - (SRC_STREAM_LINE_MAX + 1);
		s->end = s->start + SRC_STREAM_LINE_MAX + 1;
	}
	s->scanned = s->end;
	return 0;
}

static int take_audisp(struct src_stream *s)
{
	size_t used;
	int rc = src_audisp_take(&s->audisp, &s->sink, s->buf + s->start, s->end - s->start, &used);

	s->start += used;
	s->given = s->given || used > 0;
	if (rc < 0)
		s->cause = "neither text nor the audispd protocol";
	return rc;
}

static const struct packing {
	const char *magic;
	size_t n;
	const char *cause; /* NULL: we can read it */
} packings[] = {
	{ "\x1f\x8b", 2, NULL }, /* RFC 1952 */
	{ "\xfd" "7zXZ\0", 6, "compressed by xz: give it through xz -dc" },
	{ "\x28\xb5\x2f\xfd", 4, "compressed by zstd: give it through zstd -dc" },
	{ "BZh91AY&SY", 10, "compressed by bzip2: give it through bzip2 -dc" },
};

/* The packing that begins as the n bytes at p do, or NULL; *whole: all of its magic is there. */
static const struct packing *packing_find(const char *p, size_t n, bool *whole)
{
	for (size_t i = 0; i < sizeof(packings) / sizeof(packings[0]); i++) {
		size_t magic = packings[i].n;

		*whole = n >= magic;
		if (!memcmp(p, packings[i].magic, n < magic ? n : magic))
			return &packings[i];
	}
	return NULL;
}

static int start_gz(struct src_stream *s)
{
	int rc = src_gz_new(&s->gz);

	if (rc == -ENOSYS) {
		s->cause = "compressed by gzip, and this build has no zlib: give it through gzip -dc";
		return -ENOTSUP;
	}
	if (rc < 0)
		return rc;
	src_gz_feed(s->gz, s->buf, s->end);
	s->end = 0;
	s->format = FORMAT_LINES;
	return 0;
}

/* Look at the first bytes; the format stays unknown while they are too few to tell. */
static int find_format(struct src_stream *s)
{
	const struct packing *packing;
	bool whole = false;

	if (s->kind == SRC_STREAM_AUDISP) {
		s->format = src_audisp_binary(s->buf[0]) ? FORMAT_AUDISP : FORMAT_LINES;
		return 0;
	}
	packing = packing_find(s->buf, s->end, &whole);
	if (!packing) {
		s->format = FORMAT_LINES;
		return 0;
	}
	if (!whole)
		return 0;
	if (!packing->cause && s->kind == SRC_STREAM_FILE)
		return start_gz(s);
	s->cause = packing->cause ? packing->cause : "compressed by gzip: what is followed must be plain text";
	s->end = 0;
	return -ENOTSUP;
}

static int take(struct src_stream *s)
{
	if (s->format == FORMAT_UNKNOWN) {
		int rc = find_format(s);

		if (rc < 0)
			return rc;
	}
	switch (s->format) {
	case FORMAT_LINES:
		return take_lines(s);
	case FORMAT_AUDISP:
		return take_audisp(s);
	default:
		return 0;
	}
}

/* The stream ends: a last line may lack its newline. Then nothing of the buffer is needed any more. */
static int finish(struct src_stream *s)
{
	int rc = 0;

	if (s->format == FORMAT_UNKNOWN) {
		s->format = FORMAT_LINES;
		take_lines(s);
	}
	if (s->format == FORMAT_AUDISP) {
		if (!s->cause && !src_audisp_may_end(&s->audisp, s->end - s->start)) {
			s->cause = "the stream ends inside a message of the audispd protocol";
			rc = -EPROTO;
		}
	} else if (s->end > s->start) {
		show_text(s, s->buf + s->start, s->end - s->start);
		hand_over(s, s->buf + s->start, s->end - s->start);
		s->start = s->end;
	}
	settle(s);
	return rc;
}

static void move_to_front(struct src_stream *s)
{
	settle(s);
	memmove(s->buf, s->buf + s->start, s->end - s->start);
	s->scanned -= s->start;
	s->end -= s->start;
	s->start = 0;
}

static int fill(struct src_stream *s)
{
	size_t room = BUFFER - s->end;
	ssize_t n;

	if (s->gz)
		return src_gz_read(s->gz, s->fd, s->buf + s->end, room);
	if (s->format == FORMAT_UNKNOWN)
		room = FIRST_READ - s->end;
	do
		n = read(s->fd, s->buf + s->end, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	s->bytes += (uint64_t)n;
	return (int)n;
}

int src_stream_read(struct src_stream *s)
{
	int n, rc;

	if (BUFFER - s->end < READ_MIN)
		move_to_front(s);
	n = fill(s);
	if (n == 0 && s->kind == SRC_STREAM_FOLLOW)
		n = -EAGAIN;
	if (n == -EAGAIN)
		return n;
	if (n <= 0) {
		rc = finish(s);
		return n < 0 ? n : rc;
	}
	s->end += (size_t)n;
	rc = take(s);
	if (rc < 0) {
		finish(s);
		return rc;
	}
	return n;
}

void src_stream_end(struct src_stream *s)
{
	finish(s);
}

uint64_t src_stream_bytes(const struct src_stream *s)
{
	return s->gz ? src_gz_offset(s->gz) : s->bytes;
}

int src_stream_explain(const struct src_stream *s, int code, const char *name, struct err *err)
{
	const char *cause = s->gz ? src_gz_cause(s->gz) : s->cause;
	uint64_t at = s->gz ? src_gz_offset(s->gz) : s->bytes - (s->end - s->start);

	if (!cause)
		return err_set(err, code, name, "%s", strerror(-code));
	if (code == -ENOTSUP)
		return err_set(err, code, name, "%s", cause);
	return err_set(err, code, name, "%s, at byte %llu", cause, (unsigned long long)at);
}
