/* System calls by canonical id as numbers of an architecture. */
#include "rule/plan_parts.h"

#define CARRIED 32      /* what a carrier's argument is below; socketcall has 20 */
#define NONE UINT16_MAX
#define SUBS_MAX 3      /* socketcalls that become rules of their own; more are all of them */

static bool is_one_of(const struct syscall_info *call, const struct span *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (span_eq(syscall_name(call), names[i]))
			return true;
	return false;
}

/*
 * May the kernel test the access mode by perm=? For w that is true exactly where the mode is not O_RDONLY: all of what
 * evt.is_open_write is (src/event/norm_args.c), and mode 3. One rule holds all calls that it knows, where a bit test of
 * the flags would be a rule for each place that they have among the arguments. creat always writes; what
 * open_by_handle_at asks for, perm does not know (lib/audit.c audit_classify_syscall()).
 */
static bool perm_knows(const struct syscall_info *call, unsigned features)
{
	static const struct span names[] = { SPAN_INIT("open"), SPAN_INIT("openat") };

	return is_one_of(call, names, 2) || (features & PLAN_PERM_OPENAT2 && span_eq(syscall_name(call), SPAN("openat2")));
}

/* Calls that move data by descriptor: the kernel tells no PATH of them, so that no path can match. */
static bool is_by_descriptor(const struct syscall_info *call)
{
	static const struct span names[] = {
		SPAN_INIT("copy_file_range"), SPAN_INIT("pread"), SPAN_INIT("preadv"), SPAN_INIT("preadv2"), SPAN_INIT("pwrite"),
		SPAN_INIT("pwritev"), SPAN_INIT("pwritev2"), SPAN_INIT("read"), SPAN_INIT("readv"), SPAN_INIT("sendfile"),
		SPAN_INIT("write"), SPAN_INIT("writev")
	};

	return is_one_of(call, names, sizeof(names) / sizeof(names[0]));
}

/* The object that goes is the root of what was mounted, maybe after the rules were loaded. */
static bool is_umount(const struct syscall_info *call)
{
	return span_eq(syscall_name(call), SPAN("umount")) || span_eq(syscall_name(call), SPAN("umount2"));
}

/* Are the names that a want tests those of PATH records? See tell_object() in src/event/norm_file.c. */
static enum plan_class class_of(const struct syscall_info *call, unsigned features)
{
	if (!call)
		return PLAN_FILES;
	if (syscall_is_socketcall(call) || syscall_is_ipc(call))
		return PLAN_CARRIERS;
	if (is_by_descriptor(call))
		return PLAN_BY_DESCRIPTOR;
	if (perm_knows(call, features))
		return PLAN_OPENS;
	switch (call->kind) {
	case CALL_PLAIN:
	case CALL_OPEN:
	case CALL_FD:
	case CALL_PATH:
	case CALL_PAIR:
	case CALL_EXEC:
		return is_umount(call) ? PLAN_OTHERS : PLAN_FILES;
	}
	return PLAN_OTHERS;
}

static void set_bit(uint32_t *mask, unsigned nr)
{
	mask[nr / 32] |= UINT32_C(1) << (nr % 32);
}

static unsigned id_of(const struct syscall_info *call)
{
	return call && call->id < PLAN_NAMELESS ? call->id : PLAN_NAMELESS;
}

void plan_numbering(struct plan_numbering *n, int arch, unsigned features)
{
	unsigned at = 0;

	memset(n, 0, sizeof(*n));
	n->arch = arch;
	n->socketcall = n->ipc = -1;
	for (unsigned i = 0; i < CARRIED; i++) {
		const struct syscall_info *socket = syscall_of_socketcall(i), *ipc = syscall_of_ipc(i);

		n->carried[0][i] = socket ? socket->id : NONE;
		n->carried[1][i] = ipc ? ipc->id : NONE;
	}
	for (unsigned nr = 0; nr < PLAN_CALLS; nr++) {
		const struct syscall_info *call = syscall_find(arch, nr);

		n->at[id_of(call) + 1]++;
		set_bit(n->mask[class_of(call, features)], nr);
		if (syscall_is_socketcall(call))
			n->socketcall = (int)nr;
		if (syscall_is_ipc(call))
			n->ipc = (int)nr;
	}
	for (unsigned id = 0; id < PLAN_CALL_BITS; id++) {
		unsigned count = n->at[id + 1];

		n->at[id + 1] = (uint16_t)(at += count);
	}
	/* backwards, which leaves each at[] where its numbers end, and then where they begin */
	for (unsigned nr = PLAN_CALLS; nr-- > 0;)
		n->nr[--n->at[id_of(syscall_find(arch, nr)) + 1]] = (uint16_t)nr;
	for (unsigned id = 0; id < PLAN_CALL_BITS; id++)
		n->at[id] = n->at[id + 1];
	n->at[PLAN_CALL_BITS] = PLAN_CALLS;
}

static bool is_among(int64_t nr, const int64_t *numbers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (numbers[i] == nr)
			return true;
	return false;
}

static bool has(const uint32_t *mask, int nr)
{
	return mask[nr / 32] >> (nr % 32) & 1;
}

/* The calls that a carrier may carry, as bits of its argument. */
static uint32_t carried(const struct plan_want *w, const uint16_t ids[CARRIED], unsigned *count)
{
	uint32_t bits = 0;

	*count = 0;
	for (unsigned i = 1; i < CARRIED; i++)
		if (ids[i] != NONE && plan_calls_has(&w->calls, ids[i])) {
			bits |= UINT32_C(1) << i;
			++*count;
		}
	return bits;
}

/*
 * socketcall and ipc are what they carry. Their own names are wanted where they carry something unknown. The upper half
 * of ipc's first argument is a version: it can't be compared with.
 */
static void add_carriers(struct plan_masks *m, const struct plan_want *w, const struct plan_numbering *n)
{
	uint32_t *carriers = m->calls[PLAN_CARRIERS];
	unsigned count;

	if (n->ipc >= 0 && !has(carriers, n->ipc) && !is_among(n->ipc, w->not_numbers, w->not_number_count)) {
		carried(w, n->carried[1], &count);
		if (count)
			set_bit(carriers, (unsigned)n->ipc);
	}
	if (n->ipc >= 0 && w->path_count) /* no name ever comes with it */
		carriers[n->ipc / 32] &= ~(UINT32_C(1) << (n->ipc % 32));
	if (n->socketcall < 0 || has(carriers, n->socketcall) ||
		is_among(n->socketcall, w->not_numbers, w->not_number_count))
		return;
	m->socketcall = (unsigned)n->socketcall;
	m->socketcalls = carried(w, n->carried[0], &count);
	if (count > SUBS_MAX) {
		m->socketcalls = 0;
		set_bit(carriers, (unsigned)n->socketcall);
	}
}

static bool tests_arguments(const struct plan_want *w)
{
	bool some = w->bits_count > 0;

	for (unsigned i = PLAN_A0; i <= PLAN_A3; i++)
		some = some || !plan_set_is_all(&w->set[i]);
	return some;
}

/* The calls of a class are among the files'. */
static void fold(struct plan_masks *m, enum plan_class class)
{
	for (unsigned i = 0; i < WIRE_MASK_WORDS; i++)
		m->calls[PLAN_FILES][i] |= m->calls[class][i];
	memset(m->calls[class], 0, sizeof(m->calls[class]));
}

void plan_masks(struct plan_masks *m, const struct plan_want *w, const struct plan_numbering *n)
{
	uint32_t wanted[WIRE_MASK_WORDS] = { 0 };

	memset(m, 0, sizeof(*m));
	if (w->arches && !(w->arches >> n->arch & 1))
		return;
	for (unsigned id = 0; id < PLAN_CALL_BITS; id++) {
		if (w->calls.bit[id / 64] >> (id % 64) == 0)
			id |= 63; /* none of the others of this word */
		for (unsigned i = n->at[id]; plan_calls_has(&w->calls, id) && i < n->at[id + 1]; i++)
			set_bit(wanted, n->nr[i]);
	}
	for (size_t i = 0; i < w->number_count; i++)
		if (w->numbers[i] >= 0 && w->numbers[i] < PLAN_CALLS)
			set_bit(wanted, (unsigned)w->numbers[i]);
	for (size_t i = 0; i < w->not_number_count; i++)
		if (w->not_numbers[i] >= 0 && w->not_numbers[i] < PLAN_CALLS)
			wanted[w->not_numbers[i] / 32] &= ~(UINT32_C(1) << (w->not_numbers[i] % 32));
	for (unsigned c = 0; c < PLAN_CLASSES; c++)
		for (unsigned i = 0; i < WIRE_MASK_WORDS; i++)
			m->calls[c][i] = wanted[i] & n->mask[c][i];
	add_carriers(m, w, n);
	if (w->path_count) {
		m->by_descriptor = plan_masks_any(m->calls[PLAN_BY_DESCRIPTOR]);
		memset(m->calls[PLAN_BY_DESCRIPTOR], 0, sizeof(m->calls[0]));
	} else {
		fold(m, PLAN_BY_DESCRIPTOR);
		fold(m, PLAN_OTHERS);
		if (!tests_arguments(w))
			fold(m, PLAN_CARRIERS);
	}
	if (!w->perm)
		fold(m, PLAN_OPENS);
}

bool plan_masks_any(const uint32_t *mask)
{
	for (unsigned i = 0; i < WIRE_MASK_WORDS; i++)
		if (mask[i])
			return true;
	return false;
}
