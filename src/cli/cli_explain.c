/* tiercel explain: what a configuration asks of the kernel, and what it leaves to user space. */
#include "cli/cli.h"

#include "base/log.h"
#include "cli/explain.h"
#include "daemon/route.h"
#include "sys/probe_host.h"

#include <errno.h>
#include <getopt.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>

#define COLUMNS 100

enum form { FORM_TEXT, FORM_JSON, FORM_RULES };

struct options {
	struct explain_wish wish;
	enum form form;
};

/* Warnings are `check`'s to tell. */
static void on_report(void *ctx, enum config_level level, const struct err *e)
{
	(void)ctx;
	if (level == CONFIG_ERROR)
		log_err(e);
}

static unsigned columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : COLUMNS;
}

static int print(const struct explain *e, enum form form)
{
	switch (form) {
	case FORM_JSON:
		return explain_json(e, stdout);
	case FORM_RULES:
		return explain_rules(e, stdout);
	default:
		return explain_text(e, stdout, columns());
	}
}

static int explain(const struct options *o)
{
	struct explain e;
	struct config *config;
	struct err err;
	int rc = config_load(&config, o->wish.path, on_report, NULL);

	if (rc < 0)
		return rc;
	rc = explain_make(&e, config, &o->wish, &err);
	if (rc < 0)
		log_err(&err);
	else if ((rc = print(&e, o->form)) < 0)
		log_error("%s", strerror(-rc));
	explain_release(&e);
	config_free(config);
	return rc;
}

static int wrong_version(const char *text)
{
	log_error("--kernel wants a version, as 3.10 or 6.12.0, not '%s'", text);
	return cli_usage(&cli_explain);
}

static int wrong_machine(const char *text)
{
	log_error("the system calls of the machine '%s' are not known: tiercel syscalls --help names those that are", text);
	return cli_usage(&cli_explain);
}

static int set_form(struct options *o, enum form form)
{
	if (o->form != FORM_TEXT && o->form != form) {
		log_error("--json and --rules are two forms: take one of them");
		return cli_usage(&cli_explain);
	}
	o->form = form;
	return 0;
}

static int parse(struct options *o, int argc, char **argv)
{
	static const struct option options[] = {
		{ "arch", required_argument, NULL, 'a' }, { "config", required_argument, NULL, 'c' },
		{ "kernel", required_argument, NULL, 'k' }, { "json", no_argument, NULL, 'j' },
		{ "rules", no_argument, NULL, 'r' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
	};
	int c, status, arches[2];

	while ((c = getopt_long(argc, argv, "a:c:k:jrh", options, NULL)) != -1) {
		switch (c) {
		case 'a':
			o->wish.machine = optarg;
			if (plan_arches(optarg, arches) < 0)
				return wrong_machine(optarg);
			break;
		case 'c':
			o->wish.path = optarg;
			break;
		case 'k':
			o->wish.version = probe_host_version(optarg);
			if (!o->wish.version)
				return wrong_version(optarg);
			break;
		case 'j':
		case 'r':
			status = set_form(o, c == 'j' ? FORM_JSON : FORM_RULES);
			if (status)
				return status;
			break;
		case 'h':
			cli_help(&cli_explain);
			return -1;
		default:
			return cli_usage(&cli_explain);
		}
	}
	if (argc - optind > 1) {
		log_error("unexpected argument '%s'", argv[optind + 1]);
		return cli_usage(&cli_explain);
	}
	o->wish.rules_alone = o->form == FORM_RULES;
	o->wish.section = optind < argc ? argv[optind] : NULL;
	return 0;
}

static int run(int argc, char **argv)
{
	struct options o = { .wish = { .path = ROUTE_CONFIG } };
	struct utsname host;
	int status;

	if (uname(&host) == 0) {
		o.wish.machine = host.machine;
		o.wish.version = probe_host_version(host.release);
	}
	status = parse(&o, argc, argv);
	if (status)
		return status < 0 ? CLI_OK : status;
	return explain(&o) < 0 ? CLI_FAILED : CLI_OK;
}

const struct cli_command cli_explain = {
	.name = "explain",
	.title = "tiercel explain",
	.line = "what the kernel will do with a configuration, and what stays in user space",
	.help =
		"Usage: tiercel explain [-c FILE] [--kernel VERSION] [--arch ARCH] [--json | --rules] [SECTION]\n"
		"Plan the kernel rules of a configuration and tell what they do: of each [select] and [rule] its rules, in the\n"
		"words of auditctl, what stays in user space and why, and which section widens a system call for all others.\n"
		"Nothing is asked of the audit system, nothing is changed, and root is not needed. SECTION is a name: all of\n"
		"the configuration is planned, that section told.\n\n"
		"  -c, --config FILE     by default " ROUTE_CONFIG "\n"
		"  -k, --kernel VERSION  plan for this kernel, as 3.10; this host's by default\n"
		"  -a, --arch ARCH       plan for this machine, as of uname -m; this one by default\n"
		"  -j, --json            the same as one JSON object\n"
		"  -r, --rules           the rules of all sections, and nothing else, for auditctl -R\n"
		"  -h, --help            this text\n\n"
		"Example: tiercel explain -c conf/tiercel.ini --kernel 3.10 identity\n"
		"Exit status: 0 all went well, 1 the configuration has errors or no such section, 2 wrong usage.\n",
	.run = run
};
