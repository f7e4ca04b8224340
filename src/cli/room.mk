# The subcommands of tiercel. They name the daemon's program by its path.
AM_CPPFLAGS += -DSBINDIR='"$(sbindir)"'
libtiercel_a_SOURCES += \
	src/cli/cli.c src/cli/cli.h \
	src/cli/cli_check.c \
	src/cli/cli_explain.c \
	src/cli/cli_fields.c \
	src/cli/cli_probe.c \
	src/cli/cli_replay.c \
	src/cli/cli_syscalls.c \
	src/cli/explain.c src/cli/explain.h \
	src/cli/explain_crossings.c \
	src/cli/explain_json.c \
	src/cli/explain_text.c \
	src/cli/progress.c src/cli/progress.h \
	src/cli/wrap.c src/cli/wrap.h

unit_tests += tests/unit/test_explain tests/unit/test_wrap
shell_tests += tests/cli.sh tests/explain.sh
EXTRA_DIST += tests/explain tests/lib.sh
