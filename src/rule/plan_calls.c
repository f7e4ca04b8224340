/* The system calls of a section as numbers of an architecture. */
#include "rule/plan_parts.h"

#include "table/table.h"

#define SOCKETCALLS 32  /* bits of plan_calls.socketcalls; there are 20 */
#define SUBS_MAX 3      /* socketcalls that become rules of their own; more are all of them */

enum wanted { NOT_WANTED, WANTED_TO_WRITE, WANTED };

static bool has_number(const struct call_set *set, int64_t nr)
{
	for (size_t i = 0; i < set->number_count; i++)
		if (set->numbers[i] == nr)
			return true;
	return false;
}

/* As calls_match() of filter/select.c has it. `call` is what an event of the number would be, NULL: unknown. */
static enum wanted wanted(const struct select_part *part, const struct plan_types *types, int64_t nr,
	const struct syscall_info *call)
{
	const struct call_set *set = &part->calls, *without = &part->not_calls;

	if (types->all || (call && select_bit(types->ids, call->id)))
		return WANTED;
	if (!set->bit || has_number(without, nr) || (call && select_bit(without->bit, call->id)))
		return NOT_WANTED;
	if (set->all || has_number(set, nr) || (call && select_bit(set->bit, call->id)))
		return WANTED;
	if (!call || !select_bit(set->write_bit, call->id) || select_bit(without->write_bit, call->id))
		return NOT_WANTED;
	return WANTED_TO_WRITE;
}

/*
 * May the kernel test the access mode by perm=w? That is true exactly where the mode is not O_RDONLY: all of what
 * evt.is_open_write is (src/event/norm_args.c), and mode 3. One rule holds all calls that it knows, where a bit test of
 * the flags would be a rule for each place that they have among the arguments. creat always writes; what
 * open_by_handle_at asks for, perm does not know (lib/audit.c audit_classify_syscall()).
 */
static bool perm_knows(const struct syscall_info *call, unsigned features)
{
	struct span name = syscall_name(call);

	return span_eq(name, SPAN("open")) || span_eq(name, SPAN("openat")) ||
		(features & PLAN_PERM_OPENAT2 && span_eq(name, SPAN("openat2")));
}

/* Are the names that a selection tests those of PATH records? See tell_object() in src/event/norm_file.c. */
static bool is_of_files(const struct syscall_info *call)
{
	switch (call ? call->kind : CALL_PLAIN) {
	case CALL_PLAIN:
	case CALL_OPEN:
	case CALL_FD:
	case CALL_PATH:
	case CALL_PAIR:
	case CALL_EXEC:
		return true;
	}
	return false;
}

/* Calls that move data by descriptor: the kernel tells no PATH of them, so that no path can match. */
static bool is_nameless(const struct syscall_info *call)
{
	static const struct span names[] = {
		SPAN_INIT("copy_file_range"), SPAN_INIT("pread"), SPAN_INIT("preadv"), SPAN_INIT("preadv2"), SPAN_INIT("pwrite"),
		SPAN_INIT("pwritev"), SPAN_INIT("pwritev2"), SPAN_INIT("read"), SPAN_INIT("readv"), SPAN_INIT("sendfile"),
		SPAN_INIT("write"), SPAN_INIT("writev")
	};

	for (size_t i = 0; call && i < sizeof(names) / sizeof(names[0]); i++)
		if (span_eq(syscall_name(call), names[i]))
			return true;
	return false;
}

static void set_bit(uint32_t *mask, unsigned nr)
{
	mask[nr / 32] |= UINT32_C(1) << (nr % 32);
}

/* socketcall is what it carries. Its name is wanted where it carries something unknown. */
static void add_socketcall(struct plan_masks *calls, const struct select_part *part, const struct plan_types *types,
	unsigned nr, const struct syscall_info *call)
{
	bool whole = wanted(part, types, nr, call) != NOT_WANTED;
	unsigned count = 0;

	calls->socketcall = nr;
	for (unsigned i = 1; i < SOCKETCALLS && !whole; i++) {
		const struct syscall_info *sub = syscall_of_socketcall(i);

		if (sub && wanted(part, types, nr, sub) != NOT_WANTED) {
			calls->socketcalls |= UINT32_C(1) << i;
			count++;
		}
	}
	if (whole || count > SUBS_MAX) {
		calls->socketcalls = 0;
		set_bit(calls->others, nr);
	}
}

/* The upper half of ipc's first argument is a version: it can't be compared with. */
static bool ipc_wanted(const struct select_part *part, const struct plan_types *types, unsigned nr)
{
	for (unsigned i = 1; i < 32; i++) {
		const struct syscall_info *sub = syscall_of_ipc(i);

		if (sub && wanted(part, types, nr, sub) != NOT_WANTED)
			return true;
	}
	return false;
}

void plan_calls(struct plan_masks *calls, const struct select_part *part, const struct plan_types *types, int arch,
	unsigned features)
{
	memset(calls, 0, sizeof(*calls));
	for (unsigned nr = 0; nr < PLAN_CALLS; nr++) {
		const struct syscall_info *call = syscall_find(arch, nr);
		enum wanted how = wanted(part, types, nr, call);

		if (syscall_is_socketcall(call)) {
			add_socketcall(calls, part, types, nr, call);
			continue;
		}
		if (how == NOT_WANTED && !(syscall_is_ipc(call) && ipc_wanted(part, types, nr)))
			continue;
		if (part->path.count && is_nameless(call)) {
			calls->nameless = true;
			continue;
		}
		if (how == WANTED_TO_WRITE && perm_knows(call, features))
			set_bit(calls->opens, nr);
		else
			set_bit(is_of_files(call) ? calls->files : calls->others, nr);
	}
}

bool plan_calls_any(const uint32_t *mask)
{
	for (unsigned i = 0; i < WIRE_MASK_WORDS; i++)
		if (mask[i])
			return true;
	return false;
}
