/* tiercel check: is the configuration good? */
#include "cli/cli.h"

#include "base/log.h"
#include "daemon/route.h"

#include <getopt.h>
#include <stddef.h>

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
	};
	const char *path = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		if (c == 'h')
			return cli_help(&cli_check);
		if (c != 'c')
			return cli_usage(&cli_check);
		path = optarg;
	}
	if (!path && optind < argc)
		path = argv[optind++];
	if (optind < argc) {
		log_error("unexpected argument '%s'", argv[optind]);
		return cli_usage(&cli_check);
	}
	return route_check(path ? path : ROUTE_CONFIG) < 0 ? CLI_FAILED : CLI_OK;
}

const struct cli_command cli_check = {
	.name = "check",
	.title = "tiercel check",
	.line = "validate a configuration: every error with file and line",
	.help =
		"Usage: tiercel check [[-c] FILE]\n"
		"Read a configuration, by default " ROUTE_CONFIG ", and what it includes; print each error and\n"
		"warning with file and line.\n\n"
		"  -c, --config FILE  the same as FILE alone\n"
		"  -h, --help         this text\n\n"
		"Example: tiercel check conf/tiercel.ini\n"
		"Exit status: 0 good, 1 it has errors, 2 wrong usage.\n",
	.run = run
};
