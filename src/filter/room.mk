# Conditions on events.
libtiercel_a_SOURCES += \
	src/filter/glob.c src/filter/glob.h \
	src/filter/nearest.h \
	src/filter/select.c src/filter/select.h \
	src/filter/select_parse.c src/filter/select_part.h \
	src/filter/words.h

unit_tests += \
	tests/unit/test_glob \
	tests/unit/test_select
