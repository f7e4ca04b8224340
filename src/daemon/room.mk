# The pipeline and the daemon.
AM_CPPFLAGS += -DSYSCONFDIR='"$(sysconfdir)"' -DLOCALSTATEDIR='"$(localstatedir)"'

libtiercel_a_SOURCES += \
	src/daemon/background.c src/daemon/background.h \
	src/daemon/daemon.c src/daemon/daemon.h \
	src/daemon/pidfile.c src/daemon/pidfile.h \
	src/daemon/pipeline.c src/daemon/pipeline.h \
	src/daemon/route.c src/daemon/route.h

unit_tests += \
	tests/unit/test_background \
	tests/unit/test_pidfile \
	tests/unit/test_pipeline \
	tests/unit/test_route
shell_tests += tests/daemon.sh
