/* tiercel fields: the dictionary of fields. */
#include "cli/cli.h"

#include "base/log.h"
#include "config/config_fields.h"
#include "encode/encode.h"
#include "event/event.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const type_names[] = {
	[TYPE_STR] = "string", [TYPE_I64] = "int", [TYPE_U64] = "uint", [TYPE_BOOL] = "bool", [TYPE_TIME] = "time",
	[TYPE_REL] = "duration", [TYPE_IP] = "ip", [TYPE_PORT] = "port", [TYPE_LIST] = "list", [TYPE_FAMILY] = "family"
};

static const struct {
	unsigned bit;
	const char *name;
} set_names[] = { { SET_CORE, "core" }, { SET_FALCO, "falco" }, { SET_ASKED, "asked" } };

#define SET_NAME_COUNT (sizeof(set_names) / sizeof(set_names[0]))

/* The names of the sets, with commas between and a quote on either side. */
static void print_sets(unsigned sets, const char *quote, char *text, size_t size)
{
	size_t n = 0;

	text[0] = '\0';
	for (size_t i = 0; i < SET_NAME_COUNT; i++)
		if (sets & set_names[i].bit)
			n += (size_t)snprintf(text + n, size - n, "%s%s%s%s", n ? "," : "", quote, set_names[i].name,
				quote);
}

static void print_row(const struct field *f)
{
	char sets[64];

	print_sets(f->sets, "", sets, sizeof(sets));
	printf("%-22.*s %-8s %-11s %s\n", (int)f->name.n, f->name.p, type_names[f->type], *sets ? sets : "-",
		f->meaning);
}

/* Names and meanings are our own (fields.def) and hold nothing that JSON would have escaped; a test reads it back. */
static void print_json(const struct field *f)
{
	char sets[64];

	print_sets(f->sets, "\"", sets, sizeof(sets));
	printf("{\"meaning\":\"%s\",\"name\":\"%.*s\",\"sets\":[%s],\"type\":\"%s\"}\n", f->meaning, (int)f->name.n,
		f->name.p, sets, type_names[f->type]);
}

static int choose(struct encode_options *wanted, char **words, size_t count)
{
	struct field_fault fault;
	struct span *members = calloc(count + 1, sizeof(*members));

	if (!members) {
		log_error("%s", strerror(ENOMEM));
		return CLI_FAILED;
	}
	for (size_t i = 0; i < count; i++)
		if (encode_options_add(wanted, members, span_of(words[i], strlen(words[i]))) < 0) {
			log_error("%s", config_field_fault(span_of(words[i], strlen(words[i])), &fault));
			free(members);
			return cli_usage(&cli_fields);
		}
	for (size_t i = 0; i < wanted->member_count; i++)
		field_set_add(&wanted->fields, field_family(members[i]));
	free(members);
	return CLI_OK;
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
	};
	struct encode_options wanted = { .member_count = 0 };
	bool json = false;
	int c, status;

	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		if (c == 'h')
			return cli_help(&cli_fields);
		if (c != 'j')
			return cli_usage(&cli_fields);
		json = true;
	}
	status = choose(&wanted, argv + optind, (size_t)(argc - optind));
	if (status != CLI_OK)
		return status;
	if (!json)
		printf("%-22s %-8s %-11s %s\n", "NAME", "TYPE", "SETS", "MEANING");
	for (int id = 0; id < FIELD_COUNT; id++) {
		if (optind < argc && !field_set_has(&wanted.fields, id))
			continue;
		(json ? print_json : print_row)(&fields[id]);
	}
	return CLI_OK;
}

const struct cli_command cli_fields = {
	.name = "fields",
	.title = "tiercel fields",
	.line = "the fields of an event: name, type, sets, meaning",
	.help =
		"Usage: tiercel fields [--json] [WORD]...\n"
		"List the fields of an event: name, type, sets and meaning. A WORD chooses: a field (fd.name),\n"
		"a class (proc.*), or a set: @all, @core (what people read), @falco (Falco has it by that name).\n"
		"Fields of the set 'asked' are shown only where an output asks for them by name.\n\n"
		"      --json  one JSON object a line\n"
		"  -h, --help  this text\n\n"
		"Example: tiercel fields @core\n",
	.run = run
};
