# Tests of the whole: scripts, golden pairs, lint and bench.
EXTRA_DIST += \
	tests/chroot.sh \
	tests/lint.sh \
	tests/lint/code.awk \
	tests/lint/format.awk \
	tests/lint/globals.awk \
	tests/lint/house.awk \
	tests/lint/sorted.awk
shell_tests += tests/lint_selftest.sh

# Not part of make check: it needs root, debootstrap and a network.
check-chroot:
	@$(tests_env) $(SHELL) $(srcdir)/tests/chroot.sh
.PHONY: check-chroot
