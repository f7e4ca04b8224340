#include "daemon/daemon.h"

#include "base/log.h"
#include "daemon/background.h"
#include "daemon/live.h"
#include "daemon/pidfile.h"
#include "daemon/serve.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct options {
	const char *config;
	bool test, foreground;
};

/* A plugin's messages would vanish where auditd gave it /dev/null (devices.txt of the kernel: major 1, minor 3). */
static bool nobody_reads(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 || (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
}

static int open_pidfile(const struct route *route, bool background, struct pidfile *pidfile)
{
	const char *path = route_config(route)->tiercel.pid_file;
	struct err err;

	if (!path && background)
		path = PIDFILE_DEFAULT;
	if (!path || pidfile_open(pidfile, path, &err) == 0)
		return 0;
	log_err(&err);
	return err.code;
}

/* From now on nobody is at the terminal. */
static void on_ready(void *ctx)
{
	log_open("tierceld", LOG_LEVEL_INFO, LOG_SYSLOG);
	background_ready(ctx);
}

static int work(const struct options *options, struct background *background)
{
	struct serve_options how = {
		.wish = { .config = options->config, .background = background != NULL },
		.ready = background ? on_ready : NULL, .ctx = background
	};
	struct pidfile pidfile = { .fd = -1 };
	struct route *route = NULL;
	int status = 1;

	how.signals = how.wish.signals = serve_signals();
	if (how.signals < 0) {
		log_error("signalfd: %s", strerror(-how.signals));
		return 1;
	}
	if (route_load(&route, &how.wish) == 0) {
		if (route_has_stdout(route) && nobody_reads(STDOUT_FILENO))
			log_warning("warning: events go to standard output, which is /dev/null: nobody reads them");
		if (open_pidfile(route, background != NULL, &pidfile) == 0)
			status = serve(&how, route);
		else
			route_free(route);
	}
	pidfile_close(&pidfile);
	close(how.signals);
	return status;
}

/* A daemon is in /, and reads its configuration again from there. */
static int run_in_background(struct options *options)
{
	struct background background;
	char path[PATH_MAX];
	struct err err;

	if (!realpath(options->config, path)) {
		log_say(LOG_LEVEL_ERROR, options->config, "%s", strerror(errno));
		return 1;
	}
	options->config = path;
	if (background_begin(&background, &err) == 0)
		return work(options, &background);
	log_err(&err);
	return 1;
}

/* Where records come by standard input, whoever feeds us waits for us: auditd for its plugins. */
static int run(struct options *options)
{
	return options->foreground || live_is_fed() ? work(options, NULL) : run_in_background(options);
}

static const char help[] =
	"Usage: tierceld [-c FILE] [-f]\n"
	"       tierceld -t [-c FILE]\n"
	"Read audit records from the kernel, from auditd or from its log, and write normalised events to the\n"
	"outputs of the configuration. 'tiercel probe' tells which of these ways this host allows.\n\n"
	"  -c, --config FILE  the configuration; " ROUTE_CONFIG " by default\n"
	"  -f, --foreground   stay in the foreground; so it does anyway where standard input is a pipe\n"
	"  -t, --test         test the configuration and exit\n"
	"  -h, --help         this text\n"
	"  -V, --version      the version\n\n"
	"SIGTERM stops, SIGHUP reads the configuration again, SIGUSR1 opens the output files anew.\n"
	"Example: tierceld -f -c /etc/tiercel/tiercel.ini";

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
	struct options options = { .config = ROUTE_CONFIG };
	int c;

	if (background_standard() < 0)
		return 1; /* and nowhere to say why */
	log_open("tierceld", LOG_LEVEL_INFO, NULL);
	while ((c = getopt_long(argc, argv, "c:fthV", long_options, NULL)) != -1) {
		if (c == 'h' || c == 'V')
			return puts(c == 'h' ? help : "tierceld " PACKAGE_VERSION) < 0 || fflush(stdout) != 0;
		if (c == 'c')
			options.config = optarg;
		else if (c == 't')
			options.test = true;
		else if (c == 'f')
			options.foreground = true;
		else
			return usage();
	}
	if (optind < argc) {
		log_error("unexpected argument '%s'", argv[optind]);
		return usage();
	}
	if (options.test)
		return route_check(options.config) < 0;
	log_open("tierceld", LOG_LEVEL_INFO, nobody_reads(STDERR_FILENO) ? LOG_SYSLOG : NULL);
	return run(&options);
}
