/*
 * Internal to ruleset*.c: rules as they are tested. A value that checks look at is an operand, fetched at most once an
 * event. A check of all rules that say the same is one, answered at most once. Checks that ask whether a text is (or
 * begins, ends with, has in it) one of some share an index of their operand, which answers all of them by one search.
 *
 * A rule's condition is a row of steps, each with its successor for yes and for no. By the event's evt.type (a class:
 * one for each name that a condition has, one for all others) there is a set of rules that can match at all. Of these,
 * most have a trigger: indexed checks of which one must hold where the rule does. So only few are looked at.
 */
#ifndef TIERCEL_FILTER_RULESET_PART_H
#define TIERCEL_FILTER_RULESET_PART_H

#include "filter/cond_grams.h"
#include "filter/cond_match.h"
#include "filter/cond_regex.h"
#include "filter/cond_set.h"
#include "filter/ruleset.h"

#define RULESET_NONE UINT32_MAX

/* Blocks that live as long as their list. */
struct keep {
	struct keep *next;
	uint64_t block[];
};
/* n bytes, zero; NULL: no memory. */
void *ruleset_keep(struct keep **list, size_t n);
void ruleset_keep_free(struct keep **list);
/* A growing array with room for one more behind `count`; NULL: no memory, and it is as it was. */
void *ruleset_room(void *array, size_t count, size_t *cap, size_t size);

/* What belongs to each of some numbers: item[first[i]] up to item[first[i + 1]]. */
struct lists {
	uint32_t *first, *item;
};
struct pairs {
	uint32_t (*pair)[2];
	size_t count, cap;
};
int ruleset_pair(struct pairs *p, uint32_t of, uint32_t item);
/* 0 or -ENOMEM; each pair once; frees the pairs. */
int ruleset_lists(struct lists *l, struct pairs *p, uint32_t count);

/* How the items of an operand lie in memory: text as it is; a number as struct number; an address's 16 bytes. */
enum shape { SHAPE_TEXT, SHAPE_NUMBER, SHAPE_ADDRESS, SHAPE_COUNT };
struct number {
	int64_t i64;
	uint64_t big; /* 1: i64 has the bits of an unsigned one */
};

#define ITEM_BYTES 32 /* a number's digits, struct number, an address */
struct operand {
	const struct cond_operand *what;
	enum shape shape;
	bool neutral;       /* while the call has not run yet */
	bool derived;       /* a length, a basename: what was kept of a cut text does not tell it */
	uint32_t cost;
	uint32_t item_cap;  /* of own and bytes */
	struct span *own;
	char (*bytes)[ITEM_BYTES];
	char *folded;       /* room for texts in the other case */
	uint32_t fetched;   /* generation of what follows */
	uint32_t count;     /* 0: the event has no value */
	bool cut;           /* see struct value */
	size_t head;        /* then, of the first item: ruleset_head() */
	const struct span *items;
};

enum index_kind { INDEX_EQUAL, INDEX_BEGIN, INDEX_END, INDEX_PATH, INDEX_PART, INDEX_IPART };
#define INDEX_PARTS_MIN 4 /* fewer are quicker one by one */
struct rule_index {
	uint32_t operand;
	enum index_kind kind;
	struct cond_set set;
	struct cond_grams grams; /* of PART and IPART */
	struct pairs pairs;  /* at load: text, check */
	struct lists checks; /* by text */
	uint32_t ran;        /* generation */
	uint32_t found;      /* then, of EQUAL: the text that it was */
};

/* Must every value fit? Of one value that is the same as any; of none nothing fits. */
static inline bool ruleset_wants_all(const struct cond_check *what)
{
	return what->among == COND_ALLOF && what->count > 1;
}

typedef bool item_test(const struct cond_value *want, struct span item);
struct rule_check {
	const struct cond_check *what;
	enum cond_op op;     /* EQUAL and INTERSECTS are IN */
	bool every;          /* every item must fit; else one */
	uint32_t left, right;
	uint32_t opposite;   /* of a != : the = */
	uint32_t index;
	bool neutral;
	uint32_t cost;
	item_test *test;
	struct cond_regex **regex; /* one a value */
	uint8_t *by_class;         /* of evt.type: enum cond_answer */
	struct span text[2];       /* as assumed, negated */
	uint32_t asked, hit;       /* generation: answered; found by its index */
	enum cond_answer answer;
	uint32_t assumed[2];       /* generation */
};

#define STEP_FALSE (UINT32_MAX - 1)
#define STEP_TRUE UINT32_MAX
struct step {
	uint32_t check, yes, no;
	bool negated;
};

/* Tokens are counted in shares of 1 / per_ms, so that nothing is lost to rounding. */
struct bucket {
	uint64_t credit, full, rate, price;
	int64_t at_ms;
};

struct ruleset {
	struct rule *rule;
	struct bucket *bucket;
	uint32_t *start; /* first step, by rule */
	uint32_t count;
	bool first;
	struct keep *kept;
	struct operand *operand; /* the first one is evt.type */
	struct rule_index *index;     /* the first one is what evt.type is */
	struct rule_check *check;
	struct step *step;
	size_t operands, indexes, checks, steps;
	size_t operand_cap, index_cap, check_cap, step_cap;
	struct lists triggered;  /* by check: rules */
	struct lists lookups;    /* by class: indexes */
	uint32_t classes;        /* names of evt.type, then another, then none */
	uint32_t words;          /* of a set of rules */
	uint64_t *may, *always;  /* sets by class: can match; of these, without a trigger */
	uint64_t *fired;         /* this event's */
	struct span *names, *assumed;
	uint32_t *assumed_what;  /* check * 2 + negated */
	uint32_t assumed_count;
	char *path;              /* room for a path with its slashes made single */
	struct event *event;
	uint32_t generation;
};

#define RULESET_TEXT_MAX 65536 /* no text of an event is longer */

/* ruleset_intern.c: the number of what the rules share. RULESET_NONE: no memory. */
struct interned {
	struct cond_set operands, checks;
	struct keep *keys;
};
/* The operand and the index of evt.type. 0 or -ENOMEM. */
int ruleset_begin(struct ruleset *s, struct interned *in);
uint32_t ruleset_check(struct ruleset *s, struct interned *in, const struct cond_check *what);

/* ruleset_compile.c: the steps of a rule, its condition parsed; `root` is lent until the end of the load. */
struct rule_node {
	enum cond_kind kind;
	bool negated;
	uint32_t check, cost, at; /* at: of its parent, as written */
	struct rule_node **part;
	size_t count;
};
int ruleset_compile(struct ruleset *s, struct interned *in, struct keep **nodes, uint32_t rule,
	struct rule_node **root);
/* ruleset_class.c: classes and triggers of all rules; root NULL: a rule that never matches. 0 or -ENOMEM. */
int ruleset_classify(struct ruleset *s, struct rule_node *const *root);

/* ruleset_value.c: the operand's items in this event. */
const struct operand *ruleset_fetch(struct ruleset *s, uint32_t operand);
/* Bytes of a cut text before the first dots, three or more: ours, or as good as ours, as nobody knows. */
static inline size_t ruleset_head(struct span text)
{
	const char *dots = text.n ? memmem(text.p, text.n, "...", 3) : NULL;

	return dots ? (size_t)(dots - text.p) : text.n;
}
/* ruleset_answer.c */
extern item_test *const ruleset_tests[SHAPE_COUNT][COND_OP_COUNT];
void ruleset_search(struct ruleset *s, uint32_t index);
enum cond_answer ruleset_answer(struct ruleset *s, uint32_t check);
/* What a check of evt.type would say of this name. */
enum cond_answer ruleset_answer_item(struct ruleset *s, const struct rule_check *c, struct span item);

#endif
