# Tests of the whole: scripts, golden pairs, lint and bench.
EXTRA_DIST += \
	tests/chroot.sh \
	tests/golden/linux-6.1 tests/golden/other tests/golden/rhel6 tests/golden/rhel7 tests/golden/rules \
	tests/lint.sh \
	tests/lint/code.awk \
	tests/lint/format.awk \
	tests/lint/globals.awk \
	tests/lint/house.awk \
	tests/lint/sorted.awk \
	tests/unit/bench_kit.h
shell_tests += tests/golden.sh tests/lint_selftest.sh tests/readme.sh

# Not part of make check: it needs root, debootstrap and a network.
check-chroot:
	@$(tests_env) $(SHELL) $(srcdir)/tests/chroot.sh
.PHONY: check-chroot

# Benchmarks: make bench. The driver measures a command; the walk is a peer, built where its library is.
noinst_PROGRAMS = tests/bench/measure
tests_bench_measure_SOURCES = tests/bench/measure.c
tests_bench_measure_LDADD =
if HAVE_LIBAUPARSE
noinst_PROGRAMS += tests/bench/auparse_walk
endif
tests_bench_auparse_walk_SOURCES = tests/bench/auparse_walk.c
tests_bench_auparse_walk_LDADD = $(libauparse_LIBS)
EXTRA_DIST += tests/bench/bench.sh tests/bench/make_rules.awk tests/bench/falco_to_ini.awk
