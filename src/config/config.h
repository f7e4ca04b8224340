/*
 * The configuration: an INI file, and those that it includes, as plain values. Keys, ranges and defaults:
 * config_keys.def, tiercel.ini(5).
 */
#ifndef TIERCEL_CONFIG_CONFIG_H
#define TIERCEL_CONFIG_CONFIG_H

#include "base/err.h"
#include "encode/encode.h"
#include "filter/ruleset.h"
#include "filter/select.h"
#include "output/output.h"

struct ini_section; /* config_scan.h */

struct config_tiercel {
	const char *user;
	const char *include;
	const char *pid_file; /* NULL: not said, the daemon's own choice */
	int path_match;      /* 0 object, 1 name */
	bool tty_data;
	int rule_matching;   /* 0 all, 1 first */
};

struct config_audit {
	int mode;            /* enum probe_mode: 0 auto, 1 unicast, 2 multicast, 3 audisp, 4 follow, 5 off */
	uint64_t backlog_limit;
	int on_overload;     /* 0 drop, 1 block */
	int load_rules;      /* 0 auto, 1 yes, 2 no */
	uint64_t receive_buffer; /* bytes */
	const char *audisp_socket, *log; /* paths */
};

/* A section that there may be many of begins with this. */
struct config_from {
	const struct ini_section *at; /* NULL: none, a default */
	bool faulty;                  /* an error in it was told */
};

struct config_select {
	struct config_from from;
	struct select_spec spec;
};

struct config_list {
	struct config_from from;
	struct cond_list_spec spec;
};

struct config_macro {
	struct config_from from;
	struct cond_macro_spec spec;
};

struct config_rate {
	uint64_t count, per_ms, burst; /* count 0: no limit; burst 0: not said */
};

struct config_rule {
	struct config_from from;
	struct rule_spec spec;
	struct config_rate rate;
	const char *fields;           /* as written; NULL: those of the output */
	bool chosen;                  /* fields there are: */
	struct encode_options encode; /* fields and members, nothing else */
};

/* Which runs open the output; replay and auditd's plugin are foreground. */
enum config_when { WHEN_ALWAYS, WHEN_FOREGROUND, WHEN_BACKGROUND };

struct config_output {
	struct config_from from;
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
	struct ruleset *rules;   /* compiled; NULL: no [rule] */
	struct config_rule *rule; /* by their place in the ruleset */
	size_t rule_count;
	struct cond_scope *scope; /* of the rules' conditions */
	struct config_list *lists;
	size_t list_count;
	struct config_macro *macros;
	size_t macro_count;
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
