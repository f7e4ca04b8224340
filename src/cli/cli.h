/* The tiercel command: a table of subcommands, each in a file of its own. */
#ifndef TIERCEL_CLI_CLI_H
#define TIERCEL_CLI_CLI_H

/* Exit statuses of every subcommand. */
enum { CLI_OK = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

struct cli_command {
	const char *name;
	const char *title;                  /* "tiercel NAME", argv[0] of run(): getopt's messages begin with it */
	const char *line;                   /* one line for the list of commands */
	const char *help;                   /* what --help prints, usage and an example included */
	int (*run)(int argc, char **argv);  /* returns an exit status */
};

extern const struct cli_command cli_replay, cli_check, cli_explain, cli_probe, cli_fields, cli_syscalls;

/* The whole program: finds the subcommand and runs it. Returns the exit status. */
int cli_main(int argc, char **argv);

/* Print the command's help to stdout; returns CLI_OK. */
int cli_help(const struct cli_command *c);
/* "Try 'tiercel NAME --help'." to stderr, behind a message of getopt or of the caller. Returns CLI_USAGE. */
int cli_usage(const struct cli_command *c);
/* Flush stdout and tell whether all of it was written: `status`, or CLI_FAILED with a message. */
int cli_end_stdout(int status);

#endif
