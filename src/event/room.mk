# Events: records that belong together, in the words of one schema.
libtiercel_a_SOURCES += \
	src/event/assemble.c src/event/assemble.h

unit_tests += \
	tests/unit/test_assemble

fuzz_targets += tests/fuzz/fuzz_assemble
tests_fuzz_fuzz_assemble_LDADD = $(FUZZ_LDADD)
EXTRA_DIST += tests/fuzz/corpus/assemble
