# What the kernel is asked to do.
libtiercel_a_SOURCES += \
	src/rule/plan.h \
	src/rule/plan_select.h \
	src/rule/rule_audit.h
