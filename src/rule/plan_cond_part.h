/*
 * Inside of plan_cond: what a check lets through, as wants. Each must hold for every event with a SYSCALL record of
 * which the check is true, by what src/event/norm_*.c makes the field's value of.
 */
#ifndef TIERCEL_RULE_PLAN_COND_PART_H
#define TIERCEL_RULE_PLAN_COND_PART_H

#include "event/event.h"
#include "filter/cond_match.h"
#include "rule/plan_cond.h"

/* One condition at work. */
struct plan_cond {
	struct plan *plan;            /* NULL: only the calls are asked for */
	unsigned section;
	const struct plan_host *host; /* NULL: of every architecture */
	struct plan_wants *list;      /* keeps what wants point to */
	const struct cond *cond;      /* the whole */
	struct plan_calls within;     /* calls that it can be true of, once `known`: notes are about them */
	bool known;
	bool needs_a_rule;            /* see struct plan_wants */
	bool records;                 /* of the check at work: it may be true of an event without a system call */
	int rc;
};

/* A check, and where it stands. */
struct plan_literal {
	const struct cond_check *check;
	bool negated;
	int field;
	unsigned number;          /* enum plan_number */
};

/*
 * What the kernel can test of a literal: wants at the end of `out`, none: it is never true of a call. NULL: nothing of
 * the check is left to user space; else why some is. The wants are whole in their calls: kinds come on top.
 */
typedef const char *plan_push(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out);

/* plan_cond_checks.c: the wants of a literal; notes. */
void plan_cond_literal(struct plan_cond *pc, const struct cond_check *check, bool negated, struct plan_wants *out);
/* One more; no memory goes to pc->rc. */
void plan_cond_add(struct plan_cond *pc, struct plan_wants *out, const struct plan_want *w);
extern const char plan_cond_other_field[]; /* why a check is not tested that compares two fields, or changes one */

/* plan_cond.c: can the whole condition be true of one of these calls? */
bool plan_cond_within(struct plan_cond *pc, const struct plan_calls *calls);

/*
 * plan_cond_join.c: `w` becomes one of the list, joined with others of it where that loses nothing, and where the list
 * is longer than `most`.
 */
void plan_cond_join(struct plan_cond *pc, struct plan_wants *list, const struct plan_want *w, size_t most);

/* plan_cond_text.c: the check, not negated, of a text. UNKNOWN: it may be either. */
enum cond_answer plan_cond_holds(const struct cond_check *c, struct span text);
/* May the literal be true of this text? */
bool plan_cond_may(const struct plan_literal *l, struct span text);
/* Of any text that begins with `prefix`, all else being one of `bytes`? */
bool plan_cond_may_like(const struct plan_literal *l, struct span prefix, const char *bytes);
/* Is it a plain comparison with values: = == in, no transformer, no other field? */
bool plan_cond_is_equal(const struct cond_check *c);
bool plan_cond_is_plain(const struct cond_check *c);

/* plan_cond_calls.c: which calls. */
plan_push plan_cond_type, plan_cond_native, plan_cond_category, plan_cond_source, plan_cond_dir, plan_cond_arch,
	plan_cond_types, plan_cond_member;
void plan_cond_kinds(struct plan_calls *calls, unsigned kinds);
/* The next architecture behind `arch` (-1 to begin with) that is asked about; -1: no more. */
int plan_cond_next_arch(const struct plan_cond *pc, int arch);

/* plan_cond_numbers.c: results and ids. */
plan_push plan_cond_id, plan_cond_number, plan_cond_failed, plan_cond_res, plan_cond_rawres, plan_cond_fd_num;
/* Numbers from low (-1, which is 2^32 - 1, or more) to high of which the check is true. False: who knows. */
bool plan_cond_set(const struct cond_check *c, int64_t low, int64_t high, struct plan_set *out);

/* plan_cond_paths.c: files, programs, sockets. */
plan_push plan_cond_path, plan_cond_directory, plan_cond_path_key, plan_cond_exe, plan_cond_file_type, plan_cond_socket,
	plan_cond_family;

/* plan_cond_args.c: arguments, and what an open's flags say. */
plan_push plan_cond_arg, plan_cond_open_read, plan_cond_open_write, plan_cond_open_create;

/* plan_cond_where.c: where calls have an argument. */
#define PLAN_COND_PLACES 24
struct plan_place {
	uint8_t from, as, table; /* of struct syscall_arg */
	int arch;                /* whose flags it shows; -1: no matter */
	unsigned arches;         /* bit per enum table_arch */
	struct plan_calls calls;
};
/* How many there are; all calls that have it are in one. */
unsigned plan_cond_places(const struct plan_cond *pc, struct span name, struct plan_place places[PLAN_COND_PLACES]);

#endif
