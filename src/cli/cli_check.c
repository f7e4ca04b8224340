/* tiercel check: is the configuration good? */
#include "cli/cli.h"

#include "base/log.h"
#include "daemon/route.h"

#include <getopt.h>
#include <stddef.h>

static int run(int argc, char **argv)
{
	static const struct option options[] = { { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 } };
	int c = getopt_long(argc, argv, "h", options, NULL);

	if (c != -1)
		return c == 'h' ? cli_help(&cli_check) : cli_usage(&cli_check);
	if (argc - optind > 1) {
		log_error("unexpected argument '%s'", argv[optind + 1]);
		return cli_usage(&cli_check);
	}
	return route_check(optind < argc ? argv[optind] : ROUTE_CONFIG) < 0 ? CLI_FAILED : CLI_OK;
}

const struct cli_command cli_check = {
	.name = "check",
	.title = "tiercel check",
	.line = "validate a configuration: every error with file and line",
	.help =
		"Usage: tiercel check [FILE]\n"
		"Read a configuration, by default " ROUTE_CONFIG ", and what it includes; print each error and\n"
		"warning with file and line.\n\n"
		"  -h, --help  this text\n\n"
		"Example: tiercel check conf/tiercel.ini\n"
		"Exit status: 0 good, 1 it has errors, 2 wrong usage.\n",
	.run = run
};
