#include "source/src_plugin.h"

#include "source/src_stream.h"

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define WAIT_FIRST_MS 1000
#define WAIT_LAST_MS 10000

struct src_plugin {
	struct source source;
	struct src_stream *stream;
	int fd;            /* -1: not connected */
	uint64_t restarts;
	int wait_ms;       /* before the next try to connect */
	int64_t try_at;    /* of tick()'s clock; < 0: not yet set */
	struct sockaddr_un address;
};

static struct src_plugin *self(struct source *source)
{
	return (struct src_plugin *)source;
}

static const struct src_plugin *self_const(const struct source *source)
{
	return (const struct src_plugin *)source;
}

static bool from_stdin(const struct src_plugin *s)
{
	return !s->address.sun_path[0];
}

/* 0; -EAGAIN: too many wait there already; other -errno. */
static int dial(struct src_plugin *s)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int rc;

	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&s->address, sizeof(s->address)) < 0) {
		rc = -errno;
		close(fd);
		return rc;
	}
	s->fd = fd;
	src_stream_open(s->stream, fd);
	return 0;
}

static void hang_up(struct src_plugin *s)
{
	close(s->fd);
	s->fd = -1;
	s->try_at = -1;
	s->restarts++;
}

/* Standard input may block, and its flags are not ours to change: others may share it. */
static bool is_ready(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

static int read_some(struct source *source)
{
	struct src_plugin *s = self(source);
	int rc;

	if (s->fd < 0 || !is_ready(s->fd))
		return -EAGAIN;
	rc = src_stream_read(s->stream);
	if (rc > 0)
		s->wait_ms = WAIT_FIRST_MS;
	if (rc > 0 || rc == -EAGAIN || from_stdin(s))
		return rc;
	hang_up(s);
	return -EAGAIN;
}

static void tick(struct source *source, int64_t now_ms)
{
	struct src_plugin *s = self(source);

	if (s->fd >= 0)
		return;
	if (s->try_at < 0)
		s->try_at = now_ms + s->wait_ms;
	if (now_ms < s->try_at)
		return;
	s->wait_ms = 2 * s->wait_ms < WAIT_LAST_MS ? 2 * s->wait_ms : WAIT_LAST_MS;
	s->try_at = now_ms + s->wait_ms;
	dial(s);
}

static void counts(const struct source *source, struct source_counts *out)
{
	*out = (struct source_counts){ .restarts = self_const(source)->restarts };
}

static int descriptor(const struct source *source)
{
	return self_const(source)->fd;
}

static const char *name_of(const struct src_plugin *s)
{
	return from_stdin(s) ? "standard input" : s->address.sun_path;
}

static void explain(const struct source *source, int code, struct err *err)
{
	const struct src_plugin *s = self_const(source);

	src_stream_explain(s->stream, code, name_of(s), err);
}

static void close_all(struct source *source)
{
	struct src_plugin *s = self(source);

	src_stream_free(s->stream);
	if (s->fd >= 0 && !from_stdin(s))
		close(s->fd);
	free(s);
}

static const struct source_ops plugin = {
	.origin = "audisp", .fd = descriptor, .read = read_some, .tick = tick, .counts = counts, .explain = explain,
	.close = close_all
};

static struct src_plugin *make(const struct source_sink *sink)
{
	struct src_plugin *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->source.ops = &plugin;
	s->fd = -1;
	s->wait_ms = WAIT_FIRST_MS;
	s->try_at = -1;
	s->stream = src_stream_new(SRC_STREAM_AUDISP, sink);
	if (s->stream)
		return s;
	free(s);
	return NULL;
}

int src_plugin_stdin(struct source **out, const struct source_sink *sink, struct err *err)
{
	struct src_plugin *s = make(sink);

	if (!s)
		return err_set(err, -ENOMEM, "standard input", "no memory");
	s->fd = STDIN_FILENO;
	src_stream_open(s->stream, s->fd);
	*out = &s->source;
	return 0;
}

static int refuse(int code, const char *path, struct err *err)
{
	const char *hint = "";

	if (code == -ENOENT || code == -ECONNREFUSED)
		hint = ": does auditd run, and is its plugin af_unix active (plugins.d/af_unix.conf)?";
	else if (code == -EACCES)
		hint = ": run as root";
	return err_set(err, code, path, "can't connect to auditd's plugin: %s%s", strerror(-code), hint);
}

int src_plugin_socket(struct source **out, const char *path, const struct source_sink *sink, struct err *err)
{
	struct src_plugin *s;
	size_t n = strlen(path);
	int rc;

	if (!n || n >= sizeof(s->address.sun_path))
		return refuse(n ? -ENAMETOOLONG : -ENOENT, path, err);
	s = make(sink);
	if (!s)
		return err_set(err, -ENOMEM, path, "no memory");
	s->address.sun_family = AF_UNIX;
	memcpy(s->address.sun_path, path, n + 1);
	rc = dial(s);
	if (rc < 0 && rc != -EAGAIN) {
		close_all(&s->source);
		return refuse(rc, path, err);
	}
	*out = &s->source;
	return 0;
}
