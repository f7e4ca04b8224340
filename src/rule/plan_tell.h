/*
 * What a plan means, as a value: all that `tiercel explain` says, as text or as JSON. The kernel's list is one for
 * all: what one section can't narrow crosses for every other one, too; here stands who widens what, and for whom.
 */
#ifndef TIERCEL_RULE_PLAN_TELL_H
#define TIERCEL_RULE_PLAN_TELL_H

#include "rule/plan_make.h"

/* Calls that a seccomp filter would hand over, for one section. */
struct plan_tell_notify {
	struct plan_calls calls;
	char *tests; /* of scalar arguments, as "a1&0x41 a0=3-7,9"; empty: none, the call alone */
};

struct plan_tell_section {
	bool calls; /* some system call may match */
	bool needs_a_rule; /* its records come only where there is a kernel rule, whichever */
	struct plan_tell_notify *notify;
	size_t notify_count;
};

/* What a section asks for by itself: one rule's tests. */
struct plan_tell_ask {
	unsigned section;
	const struct plan_rule *form; /* its tests count, its calls do not */
};

/* Of these calls, those that pass the tests of `form` cross for all; `by` want it so, `asks` would need less. */
struct plan_tell_widening {
	struct plan_calls calls;
	const struct plan_rule *form; /* without a test: every one crosses */
	unsigned *by;                 /* sections, in order */
	size_t by_count;
	struct plan_tell_ask *asks;   /* all that they ask of these calls, by section */
	size_t ask_count;
};

/* How much of a call crosses, the most first: by what its widest test is about. */
enum plan_tell_width {
	PLAN_TELL_EVERY,   /* no test */
	PLAN_TELL_RESULT,  /* success, exit */
	PLAN_TELL_NUMBERS, /* ids, arguments and the like */
	PLAN_TELL_NAMED    /* one file, directory or program */
};

/* Calls that cross where they pass the tests of `form`, and the sections that ask for it so. */
struct plan_tell_crossing {
	enum plan_tell_width width;
	bool goes_on; /* but for the file or program named, the same as the one before */
	struct plan_calls calls;
	const struct plan_rule *form; /* its tests count, its calls do not */
	uint64_t tags[PLAN_TAG_WORDS]; /* as in plan_rule */
};

struct plan_tell {
	const struct plan *plan, *apart;
	struct plan_calls known;  /* the calls that the host's architectures have */
	struct plan_calls always; /* those that cross whatever they are called with */
	struct plan_tell_section *sections; /* plan->section_count */
	struct plan_tell_widening *widenings; /* by their calls */
	size_t widening_count;
	struct plan_tell_crossing *crossings; /* the widest first */
	size_t crossing_count;
};

/*
 * `apart` has the same sections as the plan, and its rules before they were merged: each has one tag. `wants` are those
 * that both were made of, one a section; they may go afterwards, both plans must stay. NULL: no memory. Of more than
 * PLAN_TELL_FORMS different tests only calls that cross without any are told to widen others.
 */
#define PLAN_TELL_FORMS 4096
struct plan_tell *plan_tell_new(const struct plan *plan, const struct plan *apart, const struct plan_wants *wants,
	const struct plan_host *host);
void plan_tell_free(struct plan_tell *t);

/* Did section `s` ask for this rule? */
static inline bool plan_tell_tagged(const uint64_t tags[PLAN_TAG_WORDS], size_t s)
{
	size_t tag = s < 64 * PLAN_TAG_WORDS ? s : 64 * PLAN_TAG_WORDS - 1;

	return tags[tag / 64] >> (tag % 64) & 1;
}
static inline bool plan_tell_asked(const struct plan_rule *r, size_t s)
{
	return plan_tell_tagged(r->tags, s);
}

/* Of a merged rule's calls those that section `s` asked for; false: all of them. */
bool plan_tell_own(const struct plan_tell *t, const struct plan_rule *r, size_t s, struct plan_calls *calls);

/* The tests of a rule, as "success=1 dir=/etc". */
void plan_tell_tests(const struct plan_rule *r, struct buf *out);

/* Names of calls, in bytewise order; of more than half of all that are known, those that are not among them. */
struct plan_tell_names {
	bool but;  /* all but the names */
	size_t count;
	struct span name[PLAN_CALL_BITS];
};
void plan_tell_names(const struct plan_tell *t, const struct plan_calls *calls, struct plan_tell_names *names);

#endif
