/* What output.c and the out_*.c share: the buffer of lines, and what a transport brings. */
#ifndef TIERCEL_OUTPUT_TRANSPORT_H
#define TIERCEL_OUTPUT_TRANSPORT_H

#include "output/output.h"

#define OUTPUT_LINES 8192 /* held at once */

struct transport {
	const char *type;
	size_t size; /* of the struct that begins with a struct output */
	int (*open)(struct output *o, struct err *err);
	/* Hand over lines, telling each success by output_sent(), until nothing is left (0) or a failure (-errno). */
	int (*send)(struct output *o);
	int (*reopen)(struct output *o, struct err *err);
	/* Nothing more will be sent: bring in order what was begun. */
	void (*finish)(struct output *o);
	void (*close)(struct output *o);
};
extern const struct transport out_stdout, out_file, out_syslog;

/*
 * Lines lie one after the other in buf; each is kept until it went out whole. ends[first .. last) say where they end,
 * priorities[] how severe they are.
 * 0 <= start (of line `first`) <= head (the next byte to send) <= tail (the next byte to fill).
 */
struct output {
	const struct transport *by;
	struct output_settings settings;
	struct output_counts counts;
	bool closed;
	int64_t retry_at; /* ms, monotonic */
	size_t start, head, tail;
	unsigned first, last;
	char *buf;
	uint32_t ends[OUTPUT_LINES];
	unsigned char priorities[OUTPUT_LINES];
};

/* The next n bytes went out. */
void output_sent(struct output *o, size_t n);
/* The begun line was taken back: it will go out from its first byte on. */
void output_unsent(struct output *o);
/* A system call failed (code: -errno). */
void output_failed(struct output *o, int code);

#endif
