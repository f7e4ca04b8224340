# What differs by kernel or C library, and requests to the kernel.
libtiercel_a_SOURCES += \
	src/sys/audit_ctl.h \
	src/sys/audit_wire.h \
	src/sys/compat.h \
	src/sys/priv.h \
	src/sys/probe.h
