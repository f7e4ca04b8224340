/*
 * What the kernel must at least let through, as one conjunction: the form that [select] sections (plan_select.h) and
 * conditions (plan_cond.h) have in common, and that kernel rules are made of (plan_make.h). A want may hold for more
 * events than were asked for, never for fewer.
 */
#ifndef TIERCEL_RULE_PLAN_WANT_H
#define TIERCEL_RULE_PLAN_WANT_H

#include "base/span.h"
#include "rule/plan.h"

/* System calls by canonical id (syscall_info.id); the last bit stands for all numbers that have no name. */
#define PLAN_CALL_BITS 640
#define PLAN_NAMELESS (PLAN_CALL_BITS - 1)
#define PLAN_CALL_WORDS (PLAN_CALL_BITS / 64)
struct plan_calls {
	uint64_t bit[PLAN_CALL_WORDS];
};

static inline void plan_calls_add(struct plan_calls *calls, unsigned id)
{
	calls->bit[id / 64] |= UINT64_C(1) << (id % 64);
}

static inline bool plan_calls_has(const struct plan_calls *calls, unsigned id)
{
	return calls->bit[id / 64] >> (id % 64) & 1;
}

static inline bool plan_calls_any(const struct plan_calls *calls)
{
	uint64_t any = 0;

	for (unsigned i = 0; i < PLAN_CALL_WORDS; i++)
		any |= calls->bit[i];
	return any != 0;
}

static inline void plan_calls_and(struct plan_calls *calls, const struct plan_calls *with)
{
	for (unsigned i = 0; i < PLAN_CALL_WORDS; i++)
		calls->bit[i] &= with->bit[i];
}

static inline void plan_calls_or(struct plan_calls *calls, const struct plan_calls *with)
{
	for (unsigned i = 0; i < PLAN_CALL_WORDS; i++)
		calls->bit[i] |= with->bit[i];
}

/* Those that `without` has go. */
static inline void plan_calls_but(struct plan_calls *calls, const struct plan_calls *without)
{
	for (unsigned i = 0; i < PLAN_CALL_WORDS; i++)
		calls->bit[i] &= ~without->bit[i];
}

/* Numbers that the kernel compares, as unsigned 32 bits; -1 (unset) is 2^32 - 1. */
enum plan_number {
	PLAN_UID, PLAN_EUID, PLAN_SUID, PLAN_FSUID, PLAN_GID, PLAN_EGID, PLAN_SGID, PLAN_FSGID, PLAN_AUID, PLAN_PID,
	PLAN_PPID, PLAN_SESSION, PLAN_EXIT, PLAN_FAMILY, PLAN_OBJECT_UID, PLAN_OBJECT_GID, PLAN_FILETYPE, PLAN_A0,
	PLAN_A1, PLAN_A2, PLAN_A3,
	PLAN_NUMBERS
};

/*
 * Ranges, in order, with gaps between. None: no number fits; [0, 2^32 - 1]: all do. Of too many the closest are joined.
 * PLAN_OBJECT_UID, _GID, PLAN_FILETYPE: some object of the call has a number of the set. Of two such sets, which may be
 * about two objects, plan_want_and() keeps the first.
 */
#define PLAN_RANGES 16
struct plan_range {
	uint32_t low, high;
};
struct plan_set {
	unsigned count;
	bool widened; /* some were joined */
	struct plan_range range[PLAN_RANGES];
};
struct plan_set plan_set_all(void);
struct plan_set plan_set_none(void);
bool plan_set_is_all(const struct plan_set *s);
bool plan_set_has(const struct plan_set *s, uint32_t n);
void plan_set_add(struct plan_set *s, uint32_t low, uint32_t high);
void plan_set_and(struct plan_set *s, const struct plan_set *with);
void plan_set_not(struct plan_set *s); /* of one that was not widened */

/* Bits of an argument: any (all: each) of the mask is set. */
#define PLAN_BITS_MAX 4
struct plan_bits {
	enum plan_number arg; /* PLAN_A0 .. PLAN_A3 */
	bool all;
	uint32_t mask;
};

struct plan_want {
	struct plan_calls calls;
	const int64_t *numbers, *not_numbers; /* native ones of any arch besides ([select] syscalls = 57); without */
	size_t number_count, not_number_count;
	unsigned arches;      /* bit per enum table_arch; 0: all */
	int success;          /* 1, 0; -1: either */
	uint32_t perm;        /* WIRE_PERM_* of opens; 0: any */
	struct plan_set set[PLAN_NUMBERS];
	struct plan_bits bits[PLAN_BITS_MAX];
	unsigned bits_count;
	/*
	 * Alternatives by glob.h's patterns; NULL: any. A path is tested of calls that name files and did not fail;
	 * those that fail are wanted whatever their path. Arguments are not tested of what socketcall and ipc carry.
	 */
	const struct span *paths, *exes;
	size_t path_count, exe_count;
	const char *exe_not;  /* exe!=, once a rule; NULL: none */
};

/* Everything: any call, any number. */
void plan_want_all(struct plan_want *w);
/* Make `w` the conjunction of both. What does not fit in is left out, which is wider. False: no event can fit. */
bool plan_want_and(struct plan_want *w, const struct plan_want *with);

#endif
