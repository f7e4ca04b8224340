# Where bytes go.
libtiercel_a_SOURCES += \
	src/output/out_file.c \
	src/output/out_stdout.c \
	src/output/out_syslog.c \
	src/output/output.c src/output/output.h \
	src/output/transport.h

unit_tests += \
	tests/unit/test_out_syslog \
	tests/unit/test_output
