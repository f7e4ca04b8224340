#include "table/syscall.h"

#include "table/names.h"
#include "table/syscall_gen.h"
#include "table/table.h"

#define X32_BIT 0x40000000 /* __X32_SYSCALL_BIT, asm/unistd.h */

struct native {
	uint16_t name; /* in names */
	uint16_t call; /* in calls, variants included */
};

struct name {
	uint16_t at;
	uint8_t len;
	uint16_t id;
};

const char syscall_text[] = SYSCALL_TEXT;
const struct syscall_arg syscall_arg_table[] = { SYSCALL_ARGS };
static const struct syscall_info calls[] = { SYSCALL_CALLS };
static const struct native natives[] = { SYSCALL_NATIVES };
static const uint16_t numbers[] = { SYSCALL_NUMBERS };
static const struct {
	uint16_t first, count;
} ranges[ARCH_COUNT] = { SYSCALL_RANGES };
static const struct name names[] = { SYSCALL_NAMES };
static const uint16_t slots[SYSCALL_SLOTS] = { SYSCALL_HASH };
static const uint16_t syscall_group_ids[] = { SYSCALL_GROUP_IDS };
static const struct syscall_group groups[] = { SYSCALL_GROUPS };

static struct span name_span(const struct name *n)
{
	return span_of(syscall_text + n->at, n->len);
}

/* What native() gives for a number without a call is the first row. */
static const struct native *native(int arch, int64_t nr)
{
	if (arch < 0 || arch >= ARCH_COUNT)
		return natives;
	if (arch == ARCH_X86_64 && nr >= X32_BIT)
		nr -= X32_BIT;
	if (arch == ARCH_ARM && nr >= SYSCALL_PRIVATE_AT)
		nr = nr >= SYSCALL_PRIVATE_FROM ? nr - SYSCALL_PRIVATE_FROM + SYSCALL_PRIVATE_AT : -1;
	if (nr < 0 || nr >= ranges[arch].count)
		return natives;
	return &natives[numbers[ranges[arch].first + nr]];
}

const struct syscall_info *syscall_find(int arch, int64_t nr)
{
	const struct native *n = native(arch, nr);

	return n == natives ? NULL : &calls[n->call];
}

struct span syscall_native_name(int arch, int64_t nr)
{
	const struct native *n = native(arch, nr);

	return n == natives ? span_of(NULL, 0) : name_span(&names[n->name]);
}

const struct syscall_info *syscall_by_name(struct span name)
{
	unsigned at, i;

	if (name.n == 0)
		return NULL;
	for (at = name_hash(name.p, name.n) % SYSCALL_SLOTS; (i = slots[at]) != 0; at = (at + 1) % SYSCALL_SLOTS)
		if (span_eq(name_span(&names[i - 1]), name))
			return &calls[names[i - 1].id];
	return NULL;
}

const struct syscall_info *syscall_by_id(unsigned id)
{
	return id < SYSCALL_COUNT ? &calls[id] : NULL;
}

unsigned syscall_count(void)
{
	return SYSCALL_COUNT;
}

/* The call that a multiplexer's sub-call is, by its name in the enum without the prefix: SYS_CONNECT, MSGSND. */
static const struct syscall_info *of_enum(enum enum_table table, int64_t number, size_t prefix)
{
	struct span s = enum_name(table, number);
	char lower[16];

	if (s.n <= prefix || s.n - prefix > sizeof(lower))
		return NULL;
	for (size_t i = prefix; i < s.n; i++)
		lower[i - prefix] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? s.p[i] + ('a' - 'A') : s.p[i];
	return syscall_by_name(span_of(lower, s.n - prefix));
}

const struct syscall_info *syscall_of_socketcall(int64_t call)
{
	return of_enum(ENUM_SOCKETCALL, call, sizeof("SYS_") - 1);
}

const struct syscall_info *syscall_of_ipc(int64_t call)
{
	return of_enum(ENUM_IPC, call & 0xffff, 0); /* the upper half is a version, ipc(2) */
}

bool syscall_is_socketcall(const struct syscall_info *s)
{
	return s && span_eq(syscall_name(s), SPAN("socketcall"));
}

bool syscall_is_ipc(const struct syscall_info *s)
{
	return s && span_eq(syscall_name(s), SPAN("ipc"));
}

unsigned syscall_group_count(void)
{
	return sizeof(groups) / sizeof(groups[0]);
}

const struct syscall_group *syscall_group_at(unsigned i)
{
	return i < syscall_group_count() ? &groups[i] : NULL;
}
