/* Inside of config: where errors and warnings go. */
#ifndef TIERCEL_CONFIG_CONFIG_REPORT_H
#define TIERCEL_CONFIG_CONFIG_REPORT_H

#include "config/config.h"

#define CONFIG_ERRORS_MAX 100

struct reporter {
	config_report *report;
	void *ctx;
	unsigned errors;
	int code; /* of the first error, 0: none */
};

/* line 0: the file as a whole. */
void report_error(struct reporter *r, int code, const char *file, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void report_warning(struct reporter *r, const char *file, unsigned line, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* A text of the file as a message may show it: what is no printable ASCII as \xNN, long ones cut. Returns `room`. */
struct shown {
	char text[96];
};
const char *show(const char *text, struct shown *room);

#endif
