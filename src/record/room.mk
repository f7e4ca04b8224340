# Records: a line or a datagram becomes keys and values.
libtiercel_a_SOURCES += \
	src/record/execve.c src/record/execve.h \
	src/record/record.c src/record/record.h \
	src/record/record_pairs.c \
	src/record/value.c src/record/value.h

unit_tests += \
	tests/unit/test_execve \
	tests/unit/test_record \
	tests/unit/test_record_pairs \
	tests/unit/test_value
fuzz_targets += tests/fuzz/fuzz_record tests/fuzz/fuzz_value

tests_fuzz_fuzz_record_LDADD = $(fuzz_libs)
tests_fuzz_fuzz_value_LDADD = $(fuzz_libs)

EXTRA_DIST += tests/unit/tail.h tests/fuzz/corpus/record tests/fuzz/corpus/value
