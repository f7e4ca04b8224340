# Conditions on events.
libtiercel_a_SOURCES += \
	src/filter/cond.h src/filter/cond_part.h \
	src/filter/cond_build.c \
	src/filter/cond_falco.c src/filter/cond_falco.h \
	src/filter/cond_field.c \
	src/filter/cond_lex.c src/filter/cond_lex.h \
	src/filter/cond_parse.c \
	src/filter/cond_print.c \
	src/filter/cond_scope.c \
	src/filter/cond_type.c \
	src/filter/glob.c src/filter/glob.h \
	src/filter/nearest.h \
	src/filter/select.c src/filter/select.h \
	src/filter/select_parse.c src/filter/select_part.h \
	src/filter/words.h

unit_tests += \
	tests/unit/test_glob \
	tests/unit/test_select
