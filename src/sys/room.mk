# What differs by kernel or C library, and requests to the kernel.
libtiercel_a_SOURCES += \
	src/sys/audit_ctl.h \
	src/sys/audit_wire.h \
	src/sys/compat.h \
	src/sys/priv.h \
	src/sys/probe.h

# The kernel of tests: tests_unit_test_NAME_LDADD = $(fake_libs)
EXTRA_LIBRARIES = tests/unit/libfake.a
tests_unit_libfake_a_SOURCES = tests/unit/fake_kernel.c tests/unit/fake_kernel.h
fake_libs = tests/unit/libfake.a $(LDADD) -lpthread
