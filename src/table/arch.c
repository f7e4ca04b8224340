#include "table/syscall.h"

#define NAME(literal) { literal, sizeof(literal) - 1 }

/* AUDIT_ARCH_* of linux/audit.h: ELF machine, 64 bits, little endian. */
static const struct {
	uint32_t audit;
	struct span name;
} arches[ARCH_COUNT] = {
	[ARCH_X86_64] = { 0xc000003e, NAME("x86_64") },
	[ARCH_I386] = { 0x40000003, NAME("i386") },
	[ARCH_AARCH64] = { 0xc00000b7, NAME("aarch64") },
	[ARCH_ARM] = { 0x40000028, NAME("arm") },
	[ARCH_PPC64] = { 0x80000015, NAME("ppc64") },
	[ARCH_PPC64LE] = { 0xc0000015, NAME("ppc64le") },
	[ARCH_S390X] = { 0x80000016, NAME("s390x") },
	[ARCH_S390] = { 0x00000016, NAME("s390") },
};
#define ARMEB 0x28

/* Falco's words. */
static const struct span categories[CATEGORY_COUNT] = {
	[CATEGORY_OTHER] = NAME("other"), [CATEGORY_FILE] = NAME("file"), [CATEGORY_NET] = NAME("net"),
	[CATEGORY_IPC] = NAME("ipc"), [CATEGORY_PROCESS] = NAME("process"), [CATEGORY_SIGNAL] = NAME("signal"),
	[CATEGORY_USER] = NAME("user"), [CATEGORY_SYSTEM] = NAME("system"), [CATEGORY_MEMORY] = NAME("memory"),
	[CATEGORY_TIME] = NAME("time"), [CATEGORY_WAIT] = NAME("wait"), [CATEGORY_SLEEP] = NAME("sleep"),
	[CATEGORY_SCHEDULER] = NAME("scheduler"),
};

int arch_find(uint32_t audit_arch)
{
	for (int i = 0; i < ARCH_COUNT; i++)
		if (arches[i].audit == audit_arch)
			return i;
	return audit_arch == ARMEB ? ARCH_ARM : -1;
}

uint32_t arch_audit(int arch)
{
	return arch >= 0 && arch < ARCH_COUNT ? arches[arch].audit : 0;
}

struct span arch_name(int arch)
{
	return arch >= 0 && arch < ARCH_COUNT ? arches[arch].name : span_of(NULL, 0);
}

bool arch_is_big_endian(uint32_t audit_arch)
{
	return !(audit_arch & 0x40000000);
}

struct span category_name(enum category c)
{
	return (unsigned)c < CATEGORY_COUNT ? categories[c] : span_of(NULL, 0);
}
