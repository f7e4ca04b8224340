/* Our tables against libaudit's: whatever name it knows must have the same number here. Built where libaudit is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "table/syscall.h"
#include "table/table.h"

#include <libaudit.h>
#include <stdio.h>

static const char *const machines[ARCH_COUNT] = {
	[ARCH_X86_64] = "x86_64", [ARCH_I386] = "i386", [ARCH_AARCH64] = "aarch64", [ARCH_ARM] = "armv7l",
	[ARCH_PPC64] = "ppc64", [ARCH_PPC64LE] = "ppc64le", [ARCH_S390X] = "s390x", [ARCH_S390] = "s390",
};

/* Where libaudit names a number after another call than the kernel does. */
static const struct {
	int arch;
	int64_t nr;
} differ[] = {
	{ ARCH_AARCH64, 61 },  /* getdents; the kernel has getdents64 */
	{ ARCH_PPC64, 306 },   /* timerfd; timerfd_create */
	{ ARCH_PPC64LE, 306 },
};

static bool may_differ(int arch, int64_t nr)
{
	for (size_t i = 0; i < sizeof(differ) / sizeof(differ[0]); i++)
		if (differ[i].arch == arch && differ[i].nr == nr)
			return true;
	return false;
}

static bool is(struct span s, const char *text)
{
	return span_eq(s, span_of(text, strlen(text)));
}

static void syscalls_agree(void **state)
{
	unsigned compared = 0, wrong = 0;

	(void)state;
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		int machine = audit_name_to_machine(machines[arch]);

		for (int nr = 0; machine >= 0 && nr < 2048; nr++) {
			const char *theirs = audit_syscall_to_name(nr, machine);
			const struct syscall_info *ours = syscall_find(arch, nr), *meant;

			if (!theirs || may_differ(arch, nr))
				continue;
			compared++;
			/* libaudit's ppc64 has the numbers of 32-bit tasks too. */
			if (!ours && (arch == ARCH_PPC64 || arch == ARCH_PPC64LE))
				continue;
			meant = syscall_by_name(span_of(theirs, strlen(theirs)));
			if (ours && (is(syscall_native_name(arch, nr), theirs) || (meant && meant->id == ours->id)))
				continue;
			print_error("%s %d: libaudit has %s\n", machines[arch], nr, theirs);
			wrong++;
		}
	}
	assert_true(compared > 300);
	assert_int_equal(wrong, 0);
}

static void record_types_agree(void **state)
{
	unsigned compared = 0;

	(void)state;
	for (int type = 1000; type < 3000; type++) {
		const char *theirs = audit_msg_type_to_name(type);
		struct span ours = record_type_name(type);

		if (!theirs)
			continue;
		compared++;
		if (!is(ours, theirs))
			fail_msg("%d: libaudit has %s, we '%.*s'", type, theirs, (int)ours.n, ours.p);
		assert_int_equal(record_type_find(theirs, strlen(theirs)), type);
	}
	assert_true(compared > 100);
}

static void errnos_agree(void **state)
{
	(void)state;
	for (int number = 1; number < 200; number++) {
		const char *theirs = audit_errno_to_name(number);

		if (theirs && !is(errno_name(number), theirs))
			fail_msg("%d: libaudit has %s", number, theirs);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syscalls_agree),
		cmocka_unit_test(record_types_agree),
		cmocka_unit_test(errnos_agree),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
