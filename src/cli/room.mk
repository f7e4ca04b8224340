# The subcommands of tiercel.
libtiercel_a_SOURCES += \
	src/cli/cli.c src/cli/cli.h \
	src/cli/cli_check.c \
	src/cli/cli_fields.c \
	src/cli/cli_probe.c \
	src/cli/cli_replay.c \
	src/cli/cli_syscalls.c \
	src/cli/progress.c src/cli/progress.h

shell_tests += tests/cli.sh
EXTRA_DIST += tests/lib.sh
