# Conditions on events.
libtiercel_a_SOURCES += \
	src/filter/cond.h src/filter/cond_part.h \
	src/filter/cond_build.c \
	src/filter/cond_falco.c src/filter/cond_falco.h \
	src/filter/cond_field.c \
	src/filter/cond_grams.c src/filter/cond_grams.h \
	src/filter/cond_lex.c src/filter/cond_lex.h \
	src/filter/cond_match.c src/filter/cond_match.h \
	src/filter/cond_order.c src/filter/cond_order.h \
	src/filter/cond_parse.c \
	src/filter/cond_print.c \
	src/filter/cond_regex.h \
	src/filter/cond_scope.c \
	src/filter/cond_set.c src/filter/cond_set.h \
	src/filter/cond_type.c \
	src/filter/glob.c src/filter/glob.h \
	src/filter/ruleset.c src/filter/ruleset.h src/filter/ruleset_part.h \
	src/filter/ruleset_answer.c \
	src/filter/ruleset_class.c \
	src/filter/ruleset_compile.c \
	src/filter/ruleset_intern.c \
	src/filter/ruleset_match.c \
	src/filter/ruleset_part.c \
	src/filter/ruleset_value.c \
	src/filter/select.c src/filter/select.h \
	src/filter/select_parse.c src/filter/select_part.h \
	src/filter/words.h
if HAVE_PCRE2
libtiercel_a_SOURCES += src/filter/cond_regex_pcre2.c
else
libtiercel_a_SOURCES += src/filter/cond_regex_posix.c
endif

unit_tests += \
	tests/unit/test_cond \
	tests/unit/test_cond_differential \
	tests/unit/test_cond_match \
	tests/unit/test_cond_manual \
	tests/unit/test_cond_property \
	tests/unit/test_cond_scope \
	tests/unit/test_cond_set \
	tests/unit/test_cond_type \
	tests/unit/test_glob \
	tests/unit/test_ruleset \
	tests/unit/test_select

fuzz_targets += tests/fuzz/fuzz_cond
tests_fuzz_fuzz_cond_LDADD = $(fuzz_libs)
EXTRA_DIST += tests/unit/cond_kit.h tests/unit/cond_same.h tests/fuzz/corpus/cond
