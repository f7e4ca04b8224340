# The tables are data (*.tab); gen.awk and its parts turn them into *_gen.h in the build tree.
libtiercel_a_SOURCES += \
	src/table/arch.c \
	src/table/enum.c \
	src/table/flags.c \
	src/table/key.c src/table/key.h \
	src/table/names.h \
	src/table/record_type.c \
	src/table/syscall.c src/table/syscall.h \
	src/table/table.h

unit_tests += tests/unit/test_syscall tests/unit/test_table
if HAVE_LIBAUDIT
unit_tests += tests/unit/test_libaudit
endif
tests_unit_test_libaudit_LDADD = $(LDADD) $(libaudit_LIBS)

table_gen = src/table/enum_gen.h src/table/flags_gen.h src/table/key_gen.h src/table/record_type_gen.h \
	src/table/syscall_gen.h
table_dir = $(top_srcdir)/src/table

BUILT_SOURCES += $(table_gen)
# For who makes the library alone; "all" and "check" make BUILT_SOURCES first.
$(libtiercel_a_OBJECTS): $(table_gen)
CLEANFILES += $(table_gen)
EXTRA_DIST += src/table/gen.awk src/table/gen_enum.awk src/table/gen_flags.awk src/table/gen_key.awk \
	src/table/gen_record_type.awk src/table/gen_syscall.awk \
	src/table/calls.tab src/table/enums.tab src/table/errno.tab src/table/flags.tab src/table/keys.tab \
	src/table/record_types.tab src/table/syscalls.tab

# Usage: $(TABLE_GEN) -f PART.awk TABLE... $(TABLE_OUT). A generator that fails leaves no half file behind.
TABLE_GEN = $(AM_V_GEN)$(MKDIR_P) src/table && LC_ALL=C $(AWK) -f $(table_dir)/gen.awk
TABLE_OUT = > $@.tmp && mv -f $@.tmp $@

src/table/enum_gen.h: src/table/gen.awk src/table/gen_enum.awk src/table/enums.tab src/table/errno.tab
	$(TABLE_GEN) -f $(table_dir)/gen_enum.awk $(table_dir)/enums.tab $(table_dir)/errno.tab $(TABLE_OUT)
src/table/flags_gen.h: src/table/gen.awk src/table/gen_flags.awk src/table/flags.tab
	$(TABLE_GEN) -f $(table_dir)/gen_flags.awk $(table_dir)/flags.tab $(TABLE_OUT)
src/table/key_gen.h: src/table/gen.awk src/table/gen_key.awk src/table/keys.tab
	$(TABLE_GEN) -f $(table_dir)/gen_key.awk $(table_dir)/keys.tab $(TABLE_OUT)
src/table/record_type_gen.h: src/table/gen.awk src/table/gen_record_type.awk src/table/record_types.tab
	$(TABLE_GEN) -f $(table_dir)/gen_record_type.awk $(table_dir)/record_types.tab $(TABLE_OUT)
src/table/syscall_gen.h: src/table/gen.awk src/table/gen_syscall.awk src/table/syscalls.tab src/table/calls.tab
	$(TABLE_GEN) -f $(table_dir)/gen_syscall.awk $(table_dir)/syscalls.tab $(table_dir)/calls.tab $(TABLE_OUT)
