# Where records come from.
libtiercel_a_SOURCES += \
	src/source/source.h \
	src/source/src_audisp.c src/source/src_audisp.h \
	src/source/src_files.c src/source/src_files.h \
	src/source/src_follow.c src/source/src_follow.h \
	src/source/src_gz.h \
	src/source/src_netlink.h \
	src/source/src_plugin.c src/source/src_plugin.h \
	src/source/src_stream.c src/source/src_stream.h
if HAVE_ZLIB
libtiercel_a_SOURCES += src/source/src_gz.c
unit_tests += tests/unit/test_src_gz
else
libtiercel_a_SOURCES += src/source/src_gz_none.c
endif
if HAVE_LIBMNL
libtiercel_a_SOURCES += src/source/src_netlink.c
unit_tests += tests/unit/test_src_netlink
fuzz_targets += tests/fuzz/fuzz_netlink
else
libtiercel_a_SOURCES += src/source/src_netlink_none.c
endif
tests_unit_test_src_netlink_LDADD = $(fake_libs)
tests_fuzz_fuzz_netlink_LDADD = $(fuzz_libs)

unit_tests += \
	tests/unit/test_src_audisp \
	tests/unit/test_src_files \
	tests/unit/test_src_follow \
	tests/unit/test_src_plugin \
	tests/unit/test_src_stream

fuzz_targets += \
	tests/fuzz/fuzz_stream
tests_fuzz_fuzz_stream_LDADD = $(fuzz_libs)

EXTRA_DIST += tests/unit/collect.h tests/fuzz/corpus/netlink tests/fuzz/corpus/stream
