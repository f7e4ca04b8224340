# The tables are data (*.tab); gen.awk and its parts turn them into *_gen.h in the build tree.
libtiercel_a_SOURCES += \
	src/table/key.c src/table/key.h src/table/names.h \
	src/table/table.h src/table/syscall.h

table_gen = src/table/key_gen.h
table_awk = src/table/gen.awk src/table/gen_key.awk
table_tab = src/table/keys.tab

BUILT_SOURCES += $(table_gen)
CLEANFILES += $(table_gen)
EXTRA_DIST += $(table_awk) $(table_tab)

# $(call) is not for every make: each rule says its own inputs, in the order in which the generator wants them.
GEN_TABLE = $(AM_V_GEN)$(MKDIR_P) $(@D) && LC_ALL=C $(AWK) -f $(top_srcdir)/src/table/gen.awk

src/table/key_gen.h: src/table/keys.tab src/table/gen.awk src/table/gen_key.awk
	$(GEN_TABLE) -f $(top_srcdir)/src/table/gen_key.awk $(top_srcdir)/src/table/keys.tab > $@.tmp && mv $@.tmp $@
