# The configuration.
libtiercel_a_SOURCES += \
	src/config/config.c src/config/config.h \
	src/config/config_check.c src/config/config_check.h src/config/config_check_part.h \
	src/config/config_check_args.c \
	src/config/config_check_never.c \
	src/config/config_check_words.c \
	src/config/config_fields.c src/config/config_fields.h \
	src/config/config_files.c src/config/config_load.h \
	src/config/config_ini.c \
	src/config/config_keys.c src/config/config_keys.h src/config/config_keys.def \
	src/config/config_needs.c src/config/config_needs.h \
	src/config/config_output.c \
	src/config/config_parts.c \
	src/config/config_report.c src/config/config_report.h \
	src/config/config_rules.c \
	src/config/config_scan.c src/config/config_scan.h

unit_tests += \
	tests/unit/test_config \
	tests/unit/test_config_check \
	tests/unit/test_config_needs \
	tests/unit/test_config_scan

fuzz_targets += tests/fuzz/fuzz_config
tests_fuzz_fuzz_config_LDADD = $(fuzz_libs)

# Configurations and what must be said of them: x.ini, x.err.
EXTRA_DIST += tests/config tests/unit/config_kit.h tests/fuzz/corpus/config
