/* tiercel syscalls: the dictionary of system calls and of their groups. */
#include "cli/cli.h"

#include "base/log.h"
#include "base/nearest.h"
#include "table/syscall.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#define NUMBER_MAX 8192

static int find_arch(const char *name)
{
	for (int arch = 0; arch < ARCH_COUNT; arch++)
		if (span_eq(arch_name(arch), span_of(name, strlen(name))))
			return arch;
	return -1;
}

/* What uname(2) calls the machine, where the tables have another name for it. */
static int machine_arch(const char *machine)
{
	static const struct {
		const char *machine;
		int arch;
	} others[] = {
		{ "i486", ARCH_I386 }, { "i586", ARCH_I386 }, { "i686", ARCH_I386 }, { "armv5tel", ARCH_ARM },
		{ "armv6l", ARCH_ARM }, { "armv7l", ARCH_ARM }, { "armv8l", ARCH_ARM }
	};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i].machine, machine) == 0)
			return others[i].arch;
	return find_arch(machine);
}

static bool group_has(const struct syscall_group *g, unsigned id)
{
	for (unsigned i = 0; i < g->count; i++)
		if (g->ids[i] == id)
			return true;
	return false;
}

static void print_call(int number, struct span native, const struct syscall_info *s)
{
	struct span name = syscall_name(s), category = category_name(s->category);
	const char *gap = "";

	printf("%5d  %-24.*s %-24.*s %-10.*s ", number, (int)native.n, native.p, (int)name.n, name.p, (int)category.n,
		category.p);
	for (unsigned i = 0; i < syscall_group_count(); i++) {
		const struct syscall_group *g = syscall_group_at(i);

		if (!group_has(g, s->id))
			continue;
		printf("%s%.*s", gap, (int)g->name.n, g->name.p);
		gap = ",";
	}
	puts(*gap ? "" : "-");
}

static void print_calls(int arch)
{
	printf("%5s  %-24s %-24s %-10s %s\n", "NR", "NAME", "EVT.TYPE", "CATEGORY", "GROUPS");
	for (int number = 0; number < NUMBER_MAX; number++) {
		const struct syscall_info *s = syscall_find(arch, number);

		if (s)
			print_call(number, syscall_native_name(arch, number), s);
	}
}

/* "openat(dirfd, name, flags, mode)" */
static void print_prototype(const struct syscall_info *s)
{
	struct span name = syscall_name(s);
	const char *gap = "";

	printf("%.*s(", (int)name.n, name.p);
	for (unsigned i = 0; i < s->arg_count; i++) {
		struct span arg = syscall_arg_name(syscall_arg(s, i));

		printf("%s%.*s", gap, (int)arg.n, arg.p);
		gap = ", ";
	}
	puts(")");
}

static void print_prototypes(void)
{
	for (unsigned id = 0; id < syscall_count(); id++)
		print_prototype(syscall_by_id(id));
}

/* Those of the names given. */
static int print_named(char **names)
{
	int status = CLI_OK;

	for (; *names; names++) {
		struct span name = span_of(*names, strlen(*names));
		const struct syscall_info *s = syscall_by_name(name);
		struct nearest near = { .word = name };

		if (s) {
			print_prototype(s);
			continue;
		}
		for (unsigned id = 0; id < syscall_count(); id++)
			nearest_offer(&near, syscall_name(syscall_by_id(id)));
		if (near.best.p)
			log_error("unknown system call '%s'; did you mean '%.*s'?", *names, (int)near.best.n, near.best.p);
		else
			log_error("unknown system call '%s'", *names);
		status = CLI_USAGE;
	}
	return status ? cli_usage(&cli_syscalls) : CLI_OK;
}

static void print_groups(void)
{
	for (unsigned i = 0; i < syscall_group_count(); i++) {
		const struct syscall_group *g = syscall_group_at(i);
		int column = 120;

		printf("%.*s: %s", (int)g->name.n, g->name.p, g->meaning);
		for (unsigned k = 0; k < g->count; k++) {
			struct span name = syscall_name(syscall_by_id(g->ids[k]));

			if (column + (int)name.n + 1 > 100)
				column = printf("\n   ");
			column += printf(" %.*s", (int)name.n, name.p);
		}
		puts("\n");
	}
}

enum list { LIST_GROUPS = 1, LIST_ARGS = 2 };

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "arch", required_argument, NULL, 'a' }, { "args", no_argument, NULL, 'A' },
		{ "groups", no_argument, NULL, 'g' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
	};
	const char *wanted = NULL, *machine;
	unsigned list = 0; /* enum list: one of them */
	struct utsname host;
	int arch, c;

	while ((c = getopt_long(argc, argv, "a:Agh", options, NULL)) != -1) {
		if (c == 'h')
			return cli_help(&cli_syscalls);
		if (c == 'a')
			wanted = optarg;
		else if (c == '?')
			return cli_usage(&cli_syscalls);
		else
			list |= c == 'g' ? LIST_GROUPS : LIST_ARGS;
	}
	if (list == (LIST_GROUPS | LIST_ARGS)) {
		log_error("--groups and --args are two lists: take one of them");
		return cli_usage(&cli_syscalls);
	}
	if (wanted && (list || optind < argc)) {
		log_error("groups and arguments are the same on all architectures: without --arch");
		return cli_usage(&cli_syscalls);
	}
	if (list == LIST_GROUPS && optind < argc) {
		log_error("unexpected argument '%s'", argv[optind]);
		return cli_usage(&cli_syscalls);
	}
	if (optind < argc)
		return print_named(argv + optind);
	if (list) {
		(list == LIST_GROUPS ? print_groups : print_prototypes)();
		return CLI_OK;
	}
	machine = uname(&host) == 0 ? host.machine : "unknown";
	arch = machine_arch(wanted ? wanted : machine);
	if (arch < 0) {
		log_error("no table for the architecture '%s': tiercel syscalls --help names those there are",
			wanted ? wanted : machine);
		return wanted ? cli_usage(&cli_syscalls) : CLI_FAILED;
	}
	print_calls(arch);
	return CLI_OK;
}

const struct cli_command cli_syscalls = {
	.name = "syscalls",
	.title = "tiercel syscalls",
	.line = "the system calls of an architecture, and the groups for [select]",
	.help =
		"Usage: tiercel syscalls [--arch ARCH]\n"
		"       tiercel syscalls --args\n"
		"       tiercel syscalls --groups\n"
		"       tiercel syscalls NAME...\n"
		"List the system calls: number, the architecture's name, evt.type (Falco's name), category, groups.\n"
		"Of a NAME, or of all with --args, its arguments: what evt.arg.NAME takes in conditions, as\n"
		"openat(dirfd, name, flags, mode).\n\n"
		"  -a, --arch ARCH  x86_64 i386 aarch64 arm ppc64 ppc64le s390x s390; this machine's unless given\n"
		"  -A, --args       every call by evt.type, with the names of its arguments\n"
		"  -g, --groups     the groups that syscalls = takes in [select], each with its members\n"
		"  -h, --help       this text\n\n"
		"Example: tiercel syscalls --arch aarch64 | grep open\n",
	.run = run
};
