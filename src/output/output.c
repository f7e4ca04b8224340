#include "output/output.h"

#include "base/clock.h"
#include "output/transport.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FLUSH_AT (192 * 1024) /* held back until then, so that the memory in use stays small and warm */
#define BUFFER (FLUSH_AT + OUTPUT_LINE_MAX)

static const struct transport *const transports[] = { &out_stdout, &out_file, &out_syslog };

static const struct transport *find(const char *type)
{
	for (size_t i = 0; i < sizeof(transports) / sizeof(transports[0]); i++)
		if (type && !strcmp(transports[i]->type, type))
			return transports[i];
	return NULL;
}

int output_open(struct output **out, const struct output_settings *settings, struct err *err)
{
	const struct transport *by = find(settings->type);
	struct output *o;
	int rc;

	if (!by)
		return err_set(err, -EINVAL, settings->name, "there is no output type '%s'",
			settings->type ? settings->type : "");
	o = calloc(1, by->size);
	if (o)
		o->buf = malloc(BUFFER);
	if (!o || !o->buf) {
		free(o);
		return err_set(err, -ENOMEM, settings->name, "%s", strerror(ENOMEM));
	}
	o->by = by;
	o->settings = *settings;
	rc = by->open(o, err);
	if (rc < 0) {
		free(o->buf);
		free(o);
		return rc;
	}
	*out = o;
	return 0;
}

static bool is_empty(const struct output *o)
{
	return o->first == o->last;
}

void output_sent(struct output *o, size_t n)
{
	o->head += n;
	o->counts.bytes += n;
	o->counts.last_errno = 0;
	while (!is_empty(o) && o->ends[o->first] <= o->head) {
		o->start = o->ends[o->first++];
		o->counts.lines++;
	}
	if (is_empty(o)) {
		o->start = o->head = o->tail = 0;
		o->first = o->last = 0;
	}
}

void output_unsent(struct output *o)
{
	o->counts.bytes -= o->head - o->start;
	o->head = o->start;
}

void output_failed(struct output *o, int code)
{
	o->counts.errors++;
	o->counts.last_errno = -code;
}

bool output_flush(struct output *o)
{
	int rc;

	if (is_empty(o))
		return true;
	if (o->closed || (o->retry_at && clock_ms() < o->retry_at))
		return false;
	o->retry_at = 0;
	rc = o->by->send(o);
	if (rc < 0) {
		output_failed(o, rc);
		o->retry_at = clock_ms() + OUTPUT_RETRY_MS;
	}
	return is_empty(o);
}

bool output_has_room(const struct output *o, size_t max)
{
	return !o->closed && max <= BUFFER - (o->tail - o->start) && o->last - o->first < OUTPUT_LINES;
}

/* Make the room that went out already usable. */
static void move_to_front(struct output *o)
{
	size_t shift = o->start;

	memmove(o->buf, o->buf + shift, o->tail - shift);
	for (unsigned i = o->first; i < o->last; i++) {
		o->ends[i - o->first] = o->ends[i] - (uint32_t)shift;
		o->priorities[i - o->first] = o->priorities[i];
	}
	o->last -= o->first;
	o->first = 0;
	o->start = 0;
	o->head -= shift;
	o->tail -= shift;
}

char *output_reserve(struct output *o, size_t max)
{
	if (o->tail >= FLUSH_AT || o->last == OUTPUT_LINES)
		output_flush(o);
	if (max > OUTPUT_LINE_MAX || !output_has_room(o, max)) {
		o->counts.dropped++;
		return NULL;
	}
	if (max > BUFFER - o->tail || o->last == OUTPUT_LINES)
		move_to_front(o);
	return o->buf + o->tail;
}

void output_commit(struct output *o, size_t n, int priority)
{
	if (!n)
		return;
	o->tail += n;
	o->priorities[o->last] = (unsigned char)priority;
	o->ends[o->last++] = (uint32_t)o->tail;
}

bool output_closed(const struct output *o)
{
	return o->closed;
}

int output_reopen(struct output *o, struct err *err)
{
	int rc;

	output_flush(o);
	rc = o->by->reopen(o, err);
	if (rc < 0)
		output_failed(o, rc);
	else
		o->retry_at = 0;
	return rc;
}

const struct output_counts *output_counts(const struct output *o)
{
	return &o->counts;
}

void output_finish(struct output *o)
{
	o->retry_at = 0;
	if (output_flush(o))
		return;
	o->by->finish(o);
	o->counts.dropped += o->last - o->first;
	o->counts.dropped_bytes += o->tail - o->head;
	o->start = o->head = o->tail = 0;
	o->first = o->last = 0;
}

void output_close(struct output *o)
{
	if (!o)
		return;
	output_finish(o);
	o->by->close(o);
	free(o->buf);
	free(o);
}
