/* tiercel: replay logs, look up the dictionaries, check a configuration. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
