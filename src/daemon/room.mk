# The pipeline and the daemon.
AM_CPPFLAGS += -DSYSCONFDIR='"$(sysconfdir)"'

libtiercel_a_SOURCES += \
	src/daemon/daemon.c src/daemon/daemon.h \
	src/daemon/pipeline.c src/daemon/pipeline.h \
	src/daemon/route.c src/daemon/route.h

unit_tests += tests/unit/test_pipeline
shell_tests += tests/daemon.sh
