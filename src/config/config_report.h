/* Inside of config: where errors and warnings go. */
#ifndef TIERCEL_CONFIG_CONFIG_REPORT_H
#define TIERCEL_CONFIG_CONFIG_REPORT_H

#include "config/config.h"

#define CONFIG_ERRORS_MAX 100

struct held_report {
	enum config_level level;
	struct err e;
	const char *file; /* NULL: of none, the last word */
	unsigned line, column;
	size_t rank;      /* of the file */
	size_t order;     /* of discovery */
};

struct reporter {
	config_report *report;
	void *ctx;
	bool hold; /* keep reports, for config_files_tell() */
	struct held_report *held;
	size_t held_count;
	unsigned errors;
	int code; /* of the first error, 0: none */
};

/* line 0: the file as a whole; column 0: the whole line. Columns are bytes, from 1. */
struct ini_place {
	const char *file;
	unsigned line, column;
};

/* line 0: the file as a whole. Bytes of the file that are no printable ASCII are told as \xNN. */
void report_error(struct reporter *r, int code, const char *file, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void report_warning(struct reporter *r, const char *file, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* An error is -EINVAL. */
void report_at(struct reporter *r, enum config_level level, const struct ini_place *at, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* A text of the file for a message, cut where it is long. Returns what is in `room`. */
struct shown {
	char text[88];
};
const char *show(struct span text, struct shown *room);

#endif
