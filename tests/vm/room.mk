# A kernel of our own in qemu, and what is tried on it. None of it is part of make all or make check.
#
#   make vm-kernel     builds that kernel from the distribution's sources (ten minutes)
#   make check-live    the workload under each mode, event by event
#   make bench-live    what an event costs, and what is lost
EXTRA_PROGRAMS = \
	tests/vm/init \
	tests/vm/workload \
	tests/vm/workload32 \
	tests/live/flatten \
	tests/bench/loadgen \
	tests/bench/bare_reader
CLEANFILES += $(EXTRA_PROGRAMS)
EXTRA_DIST += \
	tests/check-live.sh \
	tests/vm/run tests/vm/kernel.fragment tests/vm/build-kernel.sh \
	tests/live/guest.sh tests/live/lib.sh tests/live/expect \
	tests/live/sound.sh tests/live/conditions.txt tests/live/names.sh tests/live/compare.sh tests/live/reload.sh \
	tests/bench/bench-live.sh tests/bench/live.sh tests/bench/bench-select.sh tests/bench/select.sh tests/bench/life.sh

# Plain and static, whatever configure was told: they run on old kernels and in an initrd.
guest_cflags = -std=gnu99 $(WARN_CFLAGS)
tests_vm_init_SOURCES = tests/vm/init.c
tests_vm_init_CFLAGS = $(guest_cflags)
tests_vm_init_LDFLAGS = -static
tests_vm_init_LDADD =
tests_vm_workload_SOURCES = \
	tests/vm/workload.c tests/vm/workload.h tests/vm/workload_exec.c tests/vm/workload_files.c tests/vm/workload_state.c
tests_vm_workload_CFLAGS = $(guest_cflags)
tests_vm_workload_LDFLAGS = -static
tests_vm_workload_LDADD =
# Without a C library, as a 32-bit one is rarely there.
tests_vm_workload32_SOURCES = tests/vm/workload32.c
tests_vm_workload32_CFLAGS = $(guest_cflags) -m32 -fno-stack-protector
tests_vm_workload32_LDFLAGS = -m32 -static -nostdlib
tests_vm_workload32_LDADD =
tests_live_flatten_SOURCES = tests/live/flatten.c tests/unit/json_check.h
tests_bench_loadgen_SOURCES = tests/bench/loadgen.c
tests_bench_loadgen_CFLAGS = $(guest_cflags)
tests_bench_loadgen_LDFLAGS = -static
tests_bench_loadgen_LDADD =
tests_bench_bare_reader_SOURCES = tests/bench/bare_reader.c
tests_bench_bare_reader_CFLAGS = $(guest_cflags)
tests_bench_bare_reader_LDFLAGS = -static
tests_bench_bare_reader_LDADD =

# What can't be built here (no static C library, no 32-bit compiler) is a reason to skip, which the scripts tell.
vm-programs:
	-@$(MAKE) -k $(EXTRA_PROGRAMS)

vm-kernel:
	@$(tests_env) $(SHELL) $(srcdir)/tests/vm/build-kernel.sh

check-live: all vm-programs
	@$(tests_env) $(SHELL) $(srcdir)/tests/check-live.sh

bench-live: all vm-programs
	@$(tests_env) $(SHELL) $(srcdir)/tests/bench/bench-live.sh

.PHONY: vm-programs vm-kernel check-live bench-live
