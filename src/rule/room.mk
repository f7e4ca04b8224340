# What the kernel is asked to do.
libtiercel_a_SOURCES += \
	src/rule/plan.c src/rule/plan.h \
	src/rule/plan_build.c \
	src/rule/plan_calls.c \
	src/rule/plan_cond.c src/rule/plan_cond.h src/rule/plan_cond_part.h \
	src/rule/plan_cond_args.c \
	src/rule/plan_cond_calls.c \
	src/rule/plan_cond_checks.c \
	src/rule/plan_cond_join.c \
	src/rule/plan_cond_numbers.c \
	src/rule/plan_cond_paths.c \
	src/rule/plan_cond_text.c \
	src/rule/plan_cond_where.c \
	src/rule/plan_links.c \
	src/rule/plan_make.c src/rule/plan_make.h \
	src/rule/plan_match.c \
	src/rule/plan_merge.c \
	src/rule/plan_names.c \
	src/rule/plan_numbers.c \
	src/rule/plan_parts.c src/rule/plan_parts.h \
	src/rule/plan_paths.c \
	src/rule/plan_print.c \
	src/rule/plan_prune.c src/rule/plan_prune.h \
	src/rule/plan_select.c src/rule/plan_select.h \
	src/rule/plan_tell.c src/rule/plan_tell.h \
	src/rule/plan_tell_cross.c \
	src/rule/plan_tell_part.h \
	src/rule/plan_tell_widen.c \
	src/rule/plan_test.c src/rule/plan_test.h \
	src/rule/plan_types.c \
	src/rule/plan_want.c src/rule/plan_want.h \
	src/rule/rule_audit.c src/rule/rule_audit.h \
	src/rule/rule_form.c src/rule/rule_form.h \
	src/rule/rule_weaken.c src/rule/rule_weaken.h

unit_tests += \
	tests/unit/test_plan \
	tests/unit/test_plan_cond \
	tests/unit/test_plan_cond_property \
	tests/unit/test_plan_links \
	tests/unit/test_plan_property \
	tests/unit/test_plan_prune \
	tests/unit/test_plan_select \
	tests/unit/test_plan_tell \
	tests/unit/test_plan_want
if HAVE_LIBMNL
unit_tests += tests/unit/test_rule_audit
tests_unit_test_rule_audit_LDADD = $(fake_libs)
endif

fuzz_targets += tests/fuzz/fuzz_rule
tests_fuzz_fuzz_rule_LDADD = $(fuzz_libs)

EXTRA_DIST += tests/fuzz/corpus/rule tests/plan tests/unit/plan_event_kit.h tests/unit/plan_kit.h tests/unit/plan_table.h
