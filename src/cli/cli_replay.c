/* tiercel replay: audit logs through the pipeline. */
#include "cli/cli.h"

#include "base/log.h"
#include "cli/progress.h"
#include "daemon/loss.h"
#include "daemon/pipeline.h"
#include "daemon/route.h"
#include "source/src_files.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_MS 60000 /* how long an output may make no progress before it is given up */

struct options {
	struct route_wish wish;
	const char *host;
	bool tty_data, quiet;
};

struct replay {
	const struct options *options;
	struct route *route;
	struct pipeline_options how;
	struct pipeline *pipeline;
	struct src_stream *stream;
	struct progress progress;
	bool stopped; /* the output takes nothing, and there is more to read */
};

static const struct option long_options[] = {
	{ "config", required_argument, NULL, 'c' }, { "output", required_argument, NULL, 'o' },
	{ "fields", required_argument, NULL, 'f' }, { "host", required_argument, NULL, 'H' },
	{ "raw", no_argument, NULL, 'r' }, { "tty-data", no_argument, NULL, 't' }, { "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
};

/* CLI_OK: go on; -1: help was given. */
static int parse(int argc, char **argv, struct options *o)
{
	int c;

	while ((c = getopt_long(argc, argv, "c:o:f:H:rtqh", long_options, NULL)) != -1) {
		switch (c) {
		case 'c':
			o->wish.config = optarg;
			break;
		case 'o':
			o->wish.format = optarg;
			break;
		case 'f':
			o->wish.fields = optarg;
			break;
		case 'H':
			o->host = optarg;
			break;
		case 'r':
			o->wish.raw = true;
			break;
		case 't':
			o->tty_data = true;
			break;
		case 'q':
			o->quiet = true;
			break;
		case 'h':
			cli_help(&cli_replay);
			return -1;
		default:
			return cli_usage(&cli_replay);
		}
	}
	if (!*o->host) {
		log_error("--host wants a name");
		return cli_usage(&cli_replay);
	}
	if (!o->wish.config || o->wish.format || (!o->wish.fields && !o->wish.raw))
		return CLI_OK;
	log_error("with -c, --fields and --raw are for standard output: give -o FORMAT too");
	return cli_usage(&cli_replay);
}

static const char *shown_name(const char *name)
{
	return strcmp(name, "-") == 0 ? "stdin" : name;
}

static bool on_step(void *ctx, uint64_t bytes)
{
	struct replay *r = ctx;

	pipeline_flush(r->pipeline);
	progress_show(&r->progress, bytes, pipeline_counts(r->pipeline)->received);
	if (route_stdout_error(r->route) == 0)
		return !pipeline_input(r->pipeline)->refused_at;
	r->stopped = !r->progress.whole || r->progress.before + bytes < r->progress.whole;
	return false;
}

/* A closed pipe stays quiet. */
static int tell_stop(struct replay *r, const char *name)
{
	if (!r->stopped || route_stdout_error(r->route) == -EPIPE)
		return CLI_OK;
	progress_end(&r->progress);
	log_error("%s:%llu: stopped here, as nothing takes the output; the rest was not read", shown_name(name),
		(unsigned long long)pipeline_input(r->pipeline)->lines);
	return CLI_FAILED;
}

/* The output that goes where the input comes from, NULL: none. */
static const char *meets(const struct replay *r, const char *name)
{
	struct stat st;
	int rc = strcmp(name, "-") == 0 ? fstat(STDIN_FILENO, &st) : stat(name, &st);

	return rc == 0 ? route_writes_to(r->route, &st) : NULL;
}

static int read_one(struct replay *r, const char *name)
{
	const char *output = meets(r, name);
	struct err err;
	uint64_t line;

	if (output) {
		log_error("%s: is what output %s writes to: not read", name, output);
		return CLI_FAILED;
	}
	pipeline_begin(r->pipeline);
	if (src_files_read(r->stream, name, on_step, r, &err) < 0) {
		progress_end(&r->progress);
		log_err(&err);
		return CLI_FAILED;
	}
	line = pipeline_input(r->pipeline)->refused_at;
	if (!line)
		return tell_stop(r, name);
	progress_end(&r->progress);
	log_error("%s:%llu: this is output of ausearch -i: interpreted text cannot be read back; use ausearch --raw",
		shown_name(name), (unsigned long long)line);
	return CLI_FAILED;
}

/* Bytes of all files; 0 where one is no plain file, and nobody knows. */
static uint64_t whole_size(const char **names, size_t count)
{
	uint64_t sum = 0;
	struct stat st;

	for (size_t i = 0; i < count; i++) {
		if (stat(names[i], &st) < 0 || !S_ISREG(st.st_mode))
			return 0;
		sum += (uint64_t)st.st_size;
	}
	return sum;
}

static int read_all(struct replay *r, const char **names, size_t count)
{
	int status = CLI_OK;

	if (src_files_order(names, count) < 0) {
		log_error("no memory");
		return CLI_FAILED;
	}
	progress_start(&r->progress, whole_size(names, count));
	for (size_t i = 0; i < count && route_stdout_error(r->route) == 0; i++) {
		if (read_one(r, names[i]) != CLI_OK)
			status = CLI_FAILED;
		r->progress.before += src_stream_bytes(r->stream);
	}
	pipeline_end(r->pipeline);
	progress_end(&r->progress);
	return status;
}

/* What did not get out, and the counts. */
static int finish(struct replay *r)
{
	char text[384];
	struct buf out = { .p = text, .cap = sizeof(text) };
	int status = CLI_OK;
	struct err err;

	loss_tell_limits(r->pipeline, r->route, pipeline_input(r->pipeline)->time_ms);
	pipeline_drain(r->pipeline);
	pipeline_finish(r->pipeline);
	if (route_finish(r->route) < 0)
		status = CLI_FAILED;
	if (route_stdout_error(r->route) == -EPIPE)
		return status;
	if (!r->options->quiet) {
		pipeline_print(r->pipeline, &out);
		log_info("%.*s", (int)out.n, out.p);
	}
	if (pipeline_check(r->pipeline, &err) == 0)
		return status;
	log_err(&err);
	return CLI_FAILED;
}

static void release(struct replay *r)
{
	src_stream_free(r->stream);
	pipeline_free(r->pipeline);
	route_free(r->route);
}

static int replay(struct replay *r, const char **names, size_t count)
{
	struct source_sink sink;
	int status;

	r->how.replay = true;
	r->how.normalize.origin = SPAN("log");
	r->how.normalize.boot = SPAN("log");
	r->how.normalize.hostname = span_of(r->options->host, strlen(r->options->host));
	r->how.normalize.tty_data = r->options->tty_data || route_tty_data(r->route);
	r->pipeline = pipeline_new(&r->how, route_of(r->route));
	if (r->pipeline) {
		sink = pipeline_sink(r->pipeline);
		r->stream = src_stream_new(SRC_STREAM_FILE, &sink);
	}
	if (!r->stream) {
		log_error("no memory");
		return CLI_FAILED;
	}
	status = read_all(r, names, count);
	return finish(r) == CLI_OK ? status : CLI_FAILED;
}

static int run(int argc, char **argv)
{
	const char *standard_input = "-";
	struct options options = { .host = "unknown", .wish = { .patience_ms = PATIENCE_MS } };
	struct replay r = { .options = &options };
	bool closed;
	int status = parse(argc, argv, &options);

	if (status != CLI_OK)
		return status < 0 ? CLI_OK : status;
	if (optind == argc && isatty(STDIN_FILENO)) {
		log_error("name a log, such as /var/log/audit/audit.log, or send one to standard input");
		return cli_usage(&cli_replay);
	}
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	status = route_load(&r.route, &options.wish);
	if (status < 0)
		return status == -EDOM ? cli_usage(&cli_replay) : CLI_FAILED;
	if (optind < argc)
		status = replay(&r, (const char **)argv + optind, (size_t)(argc - optind));
	else
		status = replay(&r, &standard_input, 1);
	closed = route_stdout_error(r.route) == -EPIPE;
	release(&r);
	if (closed) {
		signal(SIGPIPE, SIG_DFL);
		raise(SIGPIPE);
	}
	return status;
}

const struct cli_command cli_replay = {
	.name = "replay",
	.title = "tiercel replay",
	.line = "audit logs as normalised events",
	.help =
		"Usage: tiercel replay [OPTION]... [FILE]...\n"
		"Read audit logs (plain or gzip; auditd's, syslog's or the kernel log's form; rotated sets in their\n"
		"order), and write one event a line. Without FILE, or where it is -, read standard input.\n\n"
		"  -c, --config FILE    use the selections, rules and outputs of this file; without it, all goes to stdout\n"
		"  -o, --output FORMAT  to stdout in this format: json (default), text, raw\n"
		"  -f, --fields LIST    only these fields: names, classes (proc.*), sets (@core @falco @all)\n"
		"  -H, --host NAME      host of records without node=; 'unknown' by default\n"
		"  -r, --raw            add the raw records, as the field audit.raw\n"
		"  -t, --tty-data       show what was typed on terminals; it may hold passwords\n"
		"  -q, --quiet          no counts at the end, no progress\n"
		"  -h, --help           this text\n\n"
		"Example: tiercel replay --fields @core /var/log/audit/audit.log*\n"
		"Example: ausearch --raw -k identity | tiercel replay -o text\n"
		"Exit status: 0, or 1 where a file could not be read or an output did not take all; 2 wrong usage.\n",
	.run = run
};
