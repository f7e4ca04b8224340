# What is installed as configuration: once, and never over what somebody has made of it. Presets are to copy from.
EXTRA_DIST += conf/tiercel.ini
tiercelconfdir = $(sysconfdir)/tiercel
presetsdir = $(pkgdatadir)/presets
dist_presets_DATA = \
	conf/presets/cis.ini \
	conf/presets/exec.ini \
	conf/presets/minimal.ini \
	conf/presets/pci-dss.ini \
	conf/presets/stig.ini \
	conf/presets/web-server.ini
shell_tests += tests/presets.sh
EXTRA_DIST += \
	tests/presets/events.awk \
	tests/presets/cis.txt \
	tests/presets/exec.txt \
	tests/presets/minimal.txt \
	tests/presets/pci-dss.txt \
	tests/presets/stig.txt \
	tests/presets/web-server.txt

install-data-local:
	$(MKDIR_P) '$(DESTDIR)$(tiercelconfdir)'
	test -e '$(DESTDIR)$(tiercelconfdir)/tiercel.ini' || \
		$(INSTALL_DATA) '$(srcdir)/conf/tiercel.ini' '$(DESTDIR)$(tiercelconfdir)/tiercel.ini'

uninstall-local:
	if cmp -s '$(srcdir)/conf/tiercel.ini' '$(DESTDIR)$(tiercelconfdir)/tiercel.ini'; then \
		rm -f '$(DESTDIR)$(tiercelconfdir)/tiercel.ini'; rmdir '$(DESTDIR)$(tiercelconfdir)' || :; fi
