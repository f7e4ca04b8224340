# Memory, bytes, errors, messages: what every room uses.
libtiercel_a_SOURCES += \
	src/base/arena.c src/base/arena.h \
	src/base/buf.c src/base/buf.h \
	src/base/clock.h src/base/copy.h src/base/decimal.h \
	src/base/err.c src/base/err.h \
	src/base/hash.h \
	src/base/log.c src/base/log.h \
	src/base/nearest.c src/base/nearest.h \
	src/base/plural.h \
	src/base/simd.h \
	src/base/span.h \
	src/base/syslog_link.c src/base/syslog_link.h \
	src/base/utf8.h

unit_tests += \
	tests/unit/test_arena \
	tests/unit/test_buf \
	tests/unit/test_err \
	tests/unit/test_hash \
	tests/unit/test_log \
	tests/unit/test_nearest
