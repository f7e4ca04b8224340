/*
 * Inside of plan_select: a section taken apart into what rules are made of. Each part lets through at least what
 * select_match() does.
 */
#ifndef TIERCEL_RULE_PLAN_PARTS_H
#define TIERCEL_RULE_PLAN_PARTS_H

#include "filter/select_part.h"
#include "rule/plan_select.h"

/* Calls that the record types of a section come with. */
struct plan_types {
	uint64_t *ids; /* bit by canonical id, the caller's, zeroed, one bit a call */
	bool all;      /* they come with any call */
	bool some;     /* the kernel sends them only where there is a rule, whichever */
};
void plan_types(const struct select_part *part, struct plan_types *types, struct plan *plan, unsigned section);

/* The numbers of one architecture by what may be tested of them. */
struct plan_masks {
	uint32_t files[WIRE_MASK_WORDS];  /* the names that a selection tests are those of their PATH records */
	uint32_t others[WIRE_MASK_WORDS]; /* sockets, links, mounts: what a selection tests may be no object's name */
	uint32_t opens[WIRE_MASK_WORDS];  /* files, wanted only where perm=w says that they ask to write */
	uint32_t socketcalls;             /* bit per call that socketcall carries, where those are few */
	unsigned socketcall;              /* its number */
	bool nameless;                    /* calls without a name were left out, as the section wants a path */
};
void plan_calls(struct plan_masks *calls, const struct select_part *part, const struct plan_types *types, int arch,
	unsigned features);
bool plan_calls_any(const uint32_t *mask);

/* uid or auid: alternatives, each with all that must hold besides. */
struct plan_ids {
	uint32_t field;
	const struct id_test *test;
	struct id_range any[PLAN_IDS];
	unsigned count; /* 0: no id fits */
	bool widened;
};
/* At most `most` alternatives (1 .. PLAN_IDS). */
void plan_ids(struct plan_ids *ids, const struct id_test *test, uint32_t field, unsigned most);
void plan_ids_test(const struct plan_ids *ids, unsigned alternative, struct plan_rule *r);

/* A test of an object: WIRE_DIR or WIRE_WATCH, and its text, the plan's. */
struct plan_path {
	uint32_t field;
	const char *text;
};
struct plan_paths {
	struct plan_path *path; /* the caller's to free */
	size_t count;           /* 0: no test */
	unsigned names;         /* in the longest of them */
};
/* The section's patterns; no path of more than `names` names, 0: none at all. 0 or -ENOMEM. */
int plan_paths(struct plan_paths *paths, struct plan *plan, unsigned section, const struct select_part *part,
	const struct plan_host *host, unsigned names);
int plan_look(const struct plan_host *host, const char *path);
/* A pattern that is one name, the plan's; NULL: it is none, or no memory. */
const char *plan_literal(struct plan *plan, struct span pattern);

#endif
