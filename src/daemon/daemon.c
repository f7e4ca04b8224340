#include "daemon/daemon.h"

#include "base/log.h"
#include "daemon/pipeline.h"
#include "daemon/route.h"
#include "source/src_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 200
#define REST_READS 64 /* more than a pipe or socket holds */

struct options {
	struct route_wish wish;
	bool test;
};

struct daemon {
	const struct options *options;
	struct route *route;
	struct pipeline_options how;
	struct pipeline *pipeline;
	struct src_stream *source;
	char hostname[256], boot[8];
	int signals;
	bool stop;
	bool held;         /* an output may hold lines that the system has not got */
	int64_t next_tick; /* ms */
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Signals come by a descriptor, so that nothing happens between two lines but what the loop asks for. */
static int open_signals(void)
{
	static const int wanted[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an output's fault, as a full disk is */
	signal(SIGUSR2, SIG_IGN); /* auditd(8) resumes by it; not to end by it without counts */
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		sigaddset(&set, wanted[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

/* A plugin's messages would vanish where auditd gave it /dev/null (devices.txt of the kernel: major 1, minor 3). */
static bool nobody_reads(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 || (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
}

static int load(struct route **route, const struct options *options)
{
	int rc = route_load(route, &options->wish);

	if (rc == 0 && route_has_stdout(*route) && nobody_reads(STDOUT_FILENO))
		log_warning("warning: events go to standard output, which is /dev/null: nobody reads them");
	return rc;
}

static void reload(struct daemon *d)
{
	const char *path = d->options->wish.config;
	struct route *fresh;

	pipeline_flush(d->pipeline);
	if (load(&fresh, d->options) < 0) {
		log_error("%s was not taken: the configuration before it stays in use", path);
		return;
	}
	pipeline_finish(d->pipeline);
	pipeline_reroute(d->pipeline, route_of(fresh));
	route_finish(d->route);
	route_free(d->route);
	d->route = fresh;
	d->how.normalize.tty_data = route_tty_data(fresh);
	log_info("%s was read again", path);
}

static void reopen(struct daemon *d)
{
	if (route_reopen(d->route) == 0)
		log_info("the files of all outputs were opened anew");
}

static void on_signals(struct daemon *d)
{
	struct signalfd_siginfo info;

	while (!d->stop && read(d->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			reload(d);
		} else if (info.ssi_signo == SIGUSR1) {
			reopen(d);
		} else {
			d->stop = true;
			raise((int)info.ssi_signo); /* pending again, so that no reader is waited for to the end */
		}
	}
}

static void on_tick(struct daemon *d)
{
	int64_t now = now_ms();

	if (now < d->next_tick)
		return;
	d->next_tick = now + TICK_MS;
	pipeline_tick(d->pipeline, now);
	route_watch(d->route, now);
	d->held = true;
}

/* Input first, as a plugin that reads slowly stalls auditd; when there is none, what was held back goes out at once. */
static int loop(struct daemon *d)
{
	struct pollfd fds[] = { { .fd = d->signals, .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN } };

	while (!d->stop) {
		int n = poll(fds, 2, d->held ? 0 : TICK_MS);
		int status = -EAGAIN;

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0 && fds[0].revents)
			on_signals(d);
		if (n > 0 && fds[1].revents)
			status = src_stream_read(d->source);
		if (status < 0 && status != -EAGAIN)
			return status;
		d->stop |= status == 0;
		if (status == -EAGAIN && d->held)
			pipeline_flush(d->pipeline);
		d->held = status > 0;
		on_tick(d);
	}
	return 0;
}

/* What auditd had written when the signal to stop came. */
static void read_rest(struct daemon *d)
{
	struct pollfd in = { .fd = STDIN_FILENO, .events = POLLIN };

	for (int i = 0; i < REST_READS && poll(&in, 1, 0) > 0; i++)
		if (src_stream_read(d->source) <= 0)
			return;
}

/* Everything that is still open or held goes out, and every event is accounted for. */
static int end(struct daemon *d)
{
	char text[384];
	struct buf out = { .p = text, .cap = sizeof(text) };
	int status = 0;
	struct err err;

	src_stream_free(d->source);
	d->source = NULL;
	pipeline_end(d->pipeline);
	pipeline_finish(d->pipeline);
	if (route_finish(d->route) < 0)
		status = 1;
	pipeline_print(d->pipeline, &out);
	log_info("%.*s", (int)out.n, out.p);
	if (pipeline_check(d->pipeline, &err) == 0)
		return status;
	log_err(&err);
	return 1;
}

/* The first digits of the boot's id make evt.id unlike those of other boots: proc(5), /proc/sys/kernel/random. */
static void host_facts(struct daemon *d)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, d->boot, sizeof(d->boot));

	if (fd >= 0)
		close(fd);
	d->how.normalize.boot = n == (ssize_t)sizeof(d->boot) ? span_of(d->boot, sizeof(d->boot)) : SPAN("unknown");
	if (gethostname(d->hostname, sizeof(d->hostname) - 1) < 0 || !*d->hostname)
		strcpy(d->hostname, "unknown");
	d->how.normalize.hostname = span_of(d->hostname, strlen(d->hostname));
}

static int serve(struct daemon *d)
{
	struct source_sink sink;
	struct err err;
	int rc, status;

	host_facts(d);
	d->how.normalize.origin = "audisp";
	d->how.normalize.tty_data = route_tty_data(d->route);
	d->pipeline = pipeline_new(&d->how, route_of(d->route));
	if (d->pipeline) {
		sink = pipeline_sink(d->pipeline);
		d->source = src_stream_new(SRC_STREAM_AUDISP, &sink);
	}
	if (!d->source) {
		log_error("%s", strerror(ENOMEM));
		return 1;
	}
	src_stream_open(d->source, STDIN_FILENO);
	rc = loop(d);
	if (rc == 0)
		read_rest(d);
	else {
		src_stream_explain(d->source, rc, "stdin", &err);
		log_err(&err);
	}
	status = end(d);
	return rc < 0 ? 1 : status;
}

static bool is_fed(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

static int run(struct options *options)
{
	struct daemon d = { .options = options };
	int status = 1;

	d.signals = options->wish.signals = open_signals();
	if (d.signals < 0)
		log_error("signalfd: %s", strerror(-d.signals));
	else if (load(&d.route, options) < 0)
		status = 1;
	else if (is_fed(STDIN_FILENO))
		status = serve(&d);
	else
		log_error("standard input is no pipe from auditd, and the live kernel source is not in this "
			"version: feed it as auditd's plugin, or replay a log with tiercel replay");
	src_stream_free(d.source);
	pipeline_free(d.pipeline);
	route_free(d.route);
	if (d.signals >= 0)
		close(d.signals);
	return status;
}

static const char help[] =
	"Usage: tierceld [-c FILE] [-f]\n"
	"       tierceld -t [-c FILE]\n"
	"Read audit records as a plugin of auditd, and write normalised events to the outputs of the\n"
	"configuration.\n\n"
	"  -c, --config FILE  the configuration; " ROUTE_CONFIG " by default\n"
	"  -f, --foreground   stay in the foreground, as a plugin does anyway\n"
	"  -t, --test         test the configuration and exit\n"
	"  -h, --help         this text\n"
	"  -V, --version      the version\n\n"
	"SIGTERM stops, SIGHUP reads the configuration again, SIGUSR1 opens the output files anew.\n"
	"Example: tierceld -t -c /etc/tiercel/tiercel.ini";

static int usage(void)
{
	fputs("Try 'tierceld --help'.\n", stderr);
	return 2;
}

int daemon_main(int argc, char **argv)
{
	static const struct option long_options[] = {
		{ "config", required_argument, NULL, 'c' }, { "foreground", no_argument, NULL, 'f' },
		{ "test", no_argument, NULL, 't' }, { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' }, { NULL, 0, NULL, 0 }
	};
	struct options options = { .wish = { .config = ROUTE_CONFIG } };
	int c;

	log_open("tierceld", LOG_LEVEL_INFO, false);
	while ((c = getopt_long(argc, argv, "c:fthV", long_options, NULL)) != -1) {
		if (c == 'h' || c == 'V')
			return puts(c == 'h' ? help : "tierceld " PACKAGE_VERSION) < 0 || fflush(stdout) != 0;
		if (c == 'c')
			options.wish.config = optarg;
		else if (c == 't')
			options.test = true;
		else if (c != 'f')
			return usage();
	}
	if (optind < argc) {
		log_error("unexpected argument '%s'", argv[optind]);
		return usage();
	}
	if (options.test)
		return route_check(options.wish.config) < 0;
	log_open("tierceld", LOG_LEVEL_INFO, nobody_reads(STDERR_FILENO));
	return run(&options);
}
