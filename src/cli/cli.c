#include "cli/cli.h"

#include "base/log.h"
#include "base/nearest.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct cli_command *const commands[] = {
	&cli_replay, &cli_check, &cli_explain, &cli_probe, &cli_fields, &cli_syscalls
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static const struct cli_command *find(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

static void list(FILE *to)
{
	fputs("Usage: tiercel COMMAND [OPTION]... [ARGUMENT]...\n"
	      "Linux audit records as normalised events, in the words of the BPF tools.\n\n"
	      "Commands:\n", to);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(to, "  %-10s %s\n", commands[i]->name, commands[i]->line);
	fputs("  help       this text, or the help of a command\n\n"
	      "  -h, --help     this text; behind a command: its help\n"
	      "  -V, --version  the version\n\n"
	      "Example: tiercel replay /var/log/audit/audit.log | head -n 1\n"
	      "Exit status: 0 all went well, 1 something failed, 2 wrong usage. More: man tiercel\n", to);
}

int cli_help(const struct cli_command *c)
{
	fputs(c->help, stdout);
	return CLI_OK;
}

int cli_usage(const struct cli_command *c)
{
	fprintf(stderr, "Try '%s --help'.\n", c->title);
	return CLI_USAGE;
}

int cli_end_stdout(int status)
{
	bool failed = ferror(stdout);

	errno = 0;
	if (fflush(stdout) == 0 && !failed)
		return status;
	log_error("write error: %s", errno ? strerror(errno) : "output lost");
	return CLI_FAILED;
}

static int unknown(const char *what, const char *name)
{
	struct nearest near = { .word = span_of(name, strlen(name)) };

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		nearest_offer(&near, span_of(commands[i]->name, strlen(commands[i]->name)));
	if (near.best.p)
		log_error("there is no %s '%s'; did you mean '%s'?", what, name, near.best.p);
	else
		log_error("there is no %s '%s'", what, name);
	fputs("Try 'tiercel --help'.\n", stderr);
	return CLI_USAGE;
}

static int help(const char *topic)
{
	const struct cli_command *c = topic ? find(topic) : NULL;

	if (c)
		return cli_help(c);
	if (topic && strcmp(topic, "help") != 0)
		return unknown("command", topic);
	list(stdout);
	return CLI_OK;
}

static bool is_one_of(const char *word, const char *a, const char *b)
{
	return strcmp(word, a) == 0 || strcmp(word, b) == 0;
}

static int run(int argc, char **argv)
{
	const struct cli_command *c;

	if (argc < 2) {
		list(stderr);
		return CLI_USAGE;
	}
	if (is_one_of(argv[1], "--version", "-V")) {
		puts("tiercel " PACKAGE_VERSION);
		return CLI_OK;
	}
	if (is_one_of(argv[1], "--help", "-h"))
		return help(NULL);
	if (strcmp(argv[1], "help") == 0)
		return help(argv[2]);
	c = find(argv[1]);
	if (!c)
		return unknown(argv[1][0] == '-' ? "option" : "command", argv[1]);
	argv[1] = (char *)c->title;
	return c->run(argc - 1, argv + 1);
}

int cli_main(int argc, char **argv)
{
	return cli_end_stdout(run(argc, argv));
}
