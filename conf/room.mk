# What is installed as configuration: once, and never over what somebody has made of it.
EXTRA_DIST += conf/tiercel.ini
tiercelconfdir = $(sysconfdir)/tiercel

install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(tiercelconfdir)'
	test -e '$(DESTDIR)$(tiercelconfdir)/tiercel.ini' || \
		$(INSTALL_DATA) '$(srcdir)/conf/tiercel.ini' '$(DESTDIR)$(tiercelconfdir)/tiercel.ini'

uninstall-local:
	if cmp -s '$(srcdir)/conf/tiercel.ini' '$(DESTDIR)$(tiercelconfdir)/tiercel.ini'; then \
		rm -f '$(DESTDIR)$(tiercelconfdir)/tiercel.ini'; rmdir '$(DESTDIR)$(tiercelconfdir)' || :; fi
