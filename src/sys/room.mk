# What differs by kernel or C library, and requests to the kernel.
libtiercel_a_SOURCES += \
	src/sys/audit_ctl.h \
	src/sys/audit_wire.h \
	src/sys/compat.c src/sys/compat.h \
	src/sys/mounts.c src/sys/mounts.h \
	src/sys/priv.h \
	src/sys/probe.c src/sys/probe.h \
	src/sys/probe_choose.c \
	src/sys/probe_host.c src/sys/probe_host.h \
	src/sys/probe_rules.c src/sys/probe_rules.h \
	src/sys/probe_seccomp.c \
	src/sys/proc.c src/sys/proc.h
if HAVE_LIBMNL
libtiercel_a_SOURCES += \
	src/sys/audit_ctl.c \
	src/sys/priv.c \
	src/sys/priv_serve.c src/sys/priv_serve.h
unit_tests += \
	tests/unit/test_audit_ctl \
	tests/unit/test_priv \
	tests/unit/test_probe
tests_unit_test_audit_ctl_LDADD = $(fake_libs)
tests_unit_test_priv_LDADD = $(fake_libs)
tests_unit_test_probe_LDADD = $(fake_libs)
fuzz_targets += tests/fuzz/fuzz_priv
tests_fuzz_fuzz_priv_LDADD = $(fuzz_libs)
else
libtiercel_a_SOURCES += src/sys/audit_ctl_none.c src/sys/priv_none.c
endif
unit_tests += \
	tests/unit/test_compat \
	tests/unit/test_mounts \
	tests/unit/test_fake_kernel \
	tests/unit/test_proc
tests_unit_test_fake_kernel_LDADD = $(fake_libs)

EXTRA_DIST += tests/fuzz/corpus/priv

# The kernel of tests: tests_unit_test_NAME_LDADD = $(fake_libs)
EXTRA_LIBRARIES = tests/unit/libfake.a
CLEANFILES += tests/unit/libfake.a
tests_unit_libfake_a_SOURCES = tests/unit/fake_kernel.c tests/unit/fake_kernel.h
fake_libs = tests/unit/libfake.a $(LDADD) -lpthread
