/*
 * The configuration: an INI file, and those that it includes, as plain values. Keys, ranges and defaults:
 * config_keys.def, tiercel.ini(5).
 */
#ifndef TIERCEL_CONFIG_CONFIG_H
#define TIERCEL_CONFIG_CONFIG_H

#include "base/err.h"
#include "encode/encode.h"
#include "filter/select.h"
#include "output/output.h"

struct ini_section; /* config_scan.h */

struct config_tiercel {
	const char *user;
	const char *include;
	const char *pid_file; /* NULL: not said, the daemon's own choice */
	int path_match;      /* 0 object, 1 name */
	bool tty_data;
};

struct config_audit {
	int mode;            /* enum probe_mode: 0 auto, 1 unicast, 2 multicast, 3 audisp, 4 follow, 5 off */
	uint64_t backlog_limit;
	int on_overload;     /* 0 drop, 1 block */
	int load_rules;      /* 0 auto, 1 yes, 2 no */
	uint64_t receive_buffer; /* bytes */
	const char *audisp_socket, *log; /* paths */
};

struct config_select {
	const struct ini_section *at;
	bool faulty; /* an error in it was told */
	struct select_spec spec;
};

/* Which runs open the output; replay and auditd's plugin are foreground. */
enum config_when { WHEN_ALWAYS, WHEN_FOREGROUND, WHEN_BACKGROUND };

struct config_output {
	const struct ini_section *at; /* NULL: the default output */
	bool faulty;                  /* an error in it was told */
	/* As written. */
	int type, format;
	int when; /* enum config_when */
	const char *path, *address, *fields;
	int facility; /* index of the word, not syslog's number */
	uint64_t rotate_size, rotate_keep, budget; /* bytes, files, bytes */
	bool raw;
	int priority; /* syslog's: 0 Emergency .. 7 Debug; this and more severe */
	/* What becomes of it, ready for the rooms that take it. */
	struct output_settings settings;
	const struct encoder *encoder;
	struct encode_options encode;
};

struct config_files;

struct config {
	struct config_tiercel tiercel;
	struct config_audit audit;
	struct select_set *select; /* compiled; NULL: no [select], every event */
	struct config_select *selects;
	size_t select_count;
	struct config_output *outputs; /* at least one */
	size_t output_count;
	struct config_files *files; /* every text above points in here */
};

enum config_level { CONFIG_ERROR, CONFIG_WARNING };
/* One call for each error and warning, by file and line; where is file:line, or the file alone. */
typedef void config_report(void *ctx, enum config_level level, const struct err *e);

/*
 * Read `path` and what it includes. All errors are reported, not only the first (100 at most). 0 and *out, which
 * config_free() frees; else *out is NULL: -EINVAL for what the files say, -ENOMEM, or the errno of a file that can't be
 * read.
 */
int config_load(struct config **out, const char *path, config_report *report, void *ctx);
void config_free(struct config *c);

struct config_where {
	char text[192];
};
/* "file:line" of the output's path, for messages about opening it; empty: the default output. */
void config_output_where(const struct config_output *o, struct config_where *where);

#endif
