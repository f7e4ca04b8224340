# Manual pages; tiercel-fields(7) is made from the schema.
dist_man_MANS = man/tiercel.1 man/tiercel-conditions.7 man/tiercel.ini.5 man/tierceld.8
nodist_man_MANS = man/tiercel-fields.7
CLEANFILES += man/tiercel-fields.7
EXTRA_DIST += man/fields.awk man/fields.tail

man/tiercel-fields.7: man/fields.awk man/fields.tail src/event/fields.def
	$(AM_V_GEN)$(MKDIR_P) $(@D) && LC_ALL=C $(AWK) -f $(top_srcdir)/man/fields.awk \
		$(top_srcdir)/src/event/fields.def > $@.tmp && \
		cat $(top_srcdir)/man/fields.tail >> $@.tmp && mv $@.tmp $@
