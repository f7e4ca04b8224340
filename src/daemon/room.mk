# The pipeline and the daemon.
AM_CPPFLAGS += -DSYSCONFDIR='"$(sysconfdir)"' -DLOCALSTATEDIR='"$(localstatedir)"'

libtiercel_a_SOURCES += \
	src/daemon/background.c src/daemon/background.h \
	src/daemon/by_rule.c src/daemon/by_rule.h \
	src/daemon/daemon.c src/daemon/daemon.h \
	src/daemon/live.c src/daemon/live.h \
	src/daemon/loss.c src/daemon/loss.h \
	src/daemon/news.c src/daemon/news.h \
	src/daemon/objects.c src/daemon/objects.h \
	src/daemon/owner.c src/daemon/owner.h \
	src/daemon/pidfile.c src/daemon/pidfile.h \
	src/daemon/pipeline.c src/daemon/pipeline_sum.c src/daemon/pipeline.h \
	src/daemon/route.c src/daemon/route.h \
	src/daemon/rules.c src/daemon/rules.h \
	src/daemon/serve.c src/daemon/serve_part.h src/daemon/serve_rules.c src/daemon/serve.h

unit_tests += \
	tests/unit/test_background \
	tests/unit/test_by_rule \
	tests/unit/test_loss \
	tests/unit/test_objects \
	tests/unit/test_owner \
	tests/unit/test_owner_end \
	tests/unit/test_pidfile \
	tests/unit/test_pipeline \
	tests/unit/test_route
tests_unit_test_loss_LDADD = $(fake_libs)
tests_unit_test_owner_LDADD = $(fake_libs)
tests_unit_test_owner_end_LDADD = $(fake_libs)
shell_tests += tests/daemon.sh tests/reload.sh
