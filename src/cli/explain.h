/* What `tiercel explain` tells, as a value, and its two ways to print it. */
#ifndef TIERCEL_CLI_EXPLAIN_H
#define TIERCEL_CLI_EXPLAIN_H

#include "cli/wrap.h"
#include "config/config.h"
#include "rule/plan_tell.h"

#include <stdio.h>

struct explain_wish {
	const char *path;     /* of the configuration, to be named */
	const char *section;  /* the only one to tell of: NAME, or KIND NAME; NULL: all */
	const char *machine;  /* as of uname -m */
	unsigned version;     /* PROBE_KERNEL */
	bool rules_alone;     /* for explain_rules() only: no `tell` */
};

struct explain {
	struct explain_wish wish;
	const struct config *config;
	struct plan_host host;
	struct plan *plan, *apart; /* merged, and before that */
	struct plan_tell *tell; /* NULL: wish.rules_alone */
	size_t *source;       /* of each section its place among the configuration's of its kind */
	bool *shown;          /* sections to tell of */
	size_t pruned_rules;  /* of plan->rules, those from here on leave record types out */
	size_t pruned_notes;  /* of plan->notes, likewise */
	bool raw;             /* records are wanted as they are, so none is left out */
};

/*
 * Plan for a configuration, which must stay, as must the wish's texts. 0; else *err is filled: -ENOTSUP a machine whose
 * calls are not known, -ENOENT no such section, -ENOMEM. explain_release() in any case.
 */
int explain_make(struct explain *e, const struct config *config, const struct explain_wish *wish, struct err *err);
void explain_release(struct explain *e);

/* One object, one line, keys sorted. 0 or -ENOMEM. */
int explain_json(const struct explain *e, FILE *to);
/* For people, no line longer than `columns` where it can be broken. 0 or -ENOMEM. */
int explain_text(const struct explain *e, FILE *to, unsigned columns);
/* The rules of the exit list alone, as auditctl -R takes them. 0 or -ENOMEM. */
int explain_rules(const struct explain *e, FILE *to);

/* What both tell. */

/* "[rule NAME]" */
void explain_label(const struct explain *e, size_t section, struct buf *out);
/* "[rule a], [rule b] and 3 more"; the first EXPLAIN_LABELS of `sections` are looked at, at most. */
#define EXPLAIN_LABELS 8
void explain_labels(const struct explain *e, const unsigned *sections, size_t count, struct buf *out);
/* "open, openat", "every system call but read"; of more than `most` names their number, and the first of them. */
void explain_calls(const struct explain *e, const struct plan_calls *calls, size_t most, struct buf *out);
/* What crosses, the widest first, of the sections that are to be told of: few lines. */
void explain_crossings(const struct explain *e, struct wrap *to);
/*
 * The ith key of a section as written; a short condition has one more, `expanded`: lists and macros put in. False: no
 * further.
 */
#define EXPLAIN_EXPANDED 240
struct explain_key {
	const char *key, *value;
};
bool explain_key(const struct explain *e, size_t section, unsigned i, struct explain_key *key,
	char expanded[EXPLAIN_EXPANDED + 1]);
/* The ith thing that can't be known without asking the kernel; NULL: no further. */
const char *explain_unknown(const struct explain *e, unsigned i);
/* Why no record type is left out. */
const char *explain_unpruned(const struct explain *e);
/* The name of the ith test that kernels may lack, and whether this one has it; NULL: no further. */
const char *explain_feature(const struct explain *e, unsigned i, bool *has);
/* Is the widening about a section that is to be told of? */
bool explain_is_shown(const struct explain *e, const struct plan_tell_widening *w);

/* Is it a rule of the sections, not one of ours for ourselves? */
static inline bool explain_is_asked(const struct plan_rule *r)
{
	return r->list == WIRE_LIST_EXIT && r->action == WIRE_ALWAYS;
}

#endif
