# Events: records that belong together, in the words of one schema.
libtiercel_a_SOURCES += \
	src/event/assemble.c src/event/assemble.h \
	src/event/event.c src/event/event.h src/event/fields.def \
	src/event/internal.c src/event/internal.h \
	src/event/names.c src/event/names.h \
	src/event/normalize.c src/event/normalize.h src/event/norm.h \
	src/event/norm_args.c src/event/norm_extra.c src/event/norm_file.c src/event/norm_parts.c \
	src/event/norm_path.c src/event/norm_proc.c src/event/norm_record.c src/event/norm_syscall.c \
	src/event/norm_time.c src/event/norm_tree.c \
	src/event/proctab.c src/event/proctab.h \
	src/event/serials.c src/event/serials.h \
	src/event/template.c src/event/template.h

unit_tests += \
	tests/unit/test_assemble \
	tests/unit/test_event \
	tests/unit/test_internal \
	tests/unit/test_names \
	tests/unit/test_norm_record \
	tests/unit/test_norm_tree \
	tests/unit/test_normalize \
	tests/unit/test_proctab \
	tests/unit/test_serials \
	tests/unit/test_template

fuzz_targets += tests/fuzz/fuzz_assemble
tests_fuzz_fuzz_assemble_LDADD = $(fuzz_libs)
EXTRA_DIST += tests/unit/cases.h tests/unit/event_kit.h tests/fuzz/corpus/assemble
