/* Inside of config_check: what it looks at in a rule's condition. */
#ifndef TIERCEL_CONFIG_CONFIG_CHECK_PART_H
#define TIERCEL_CONFIG_CONFIG_CHECK_PART_H

#include "config/config_load.h"
#include "rule/plan_cond.h"

/* A word that was told of, and the field it was compared with. */
struct check_word {
	int field;
	struct span text;
};

struct check {
	const struct config *c;
	struct reporter r;
	struct plan_host host;
	const char *release;
	bool known;             /* the machine's system calls are */
	struct plan_calls here; /* those of its architectures */
	struct check_word *told; /* each once in the whole configuration: macros bring the same to many rules */
	size_t told_count;
	bool no_memory;
	/* The rule at work. */
	const struct config_from *from;
	const struct cond_node *root;
	struct field_set fields; /* told of */
	bool types;              /* it looks at audit.types */
	bool warned;
};

/* Of a byte of the rule's condition; INI_WHOLE: of all of it. */
void config_check_warn(struct check *k, size_t at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* config_check_words.c: what no field's value is, and fields that no event has. */
void config_check_words(struct check *k, const struct cond_node *root);
/* Has the word been told of before? It counts as told from now on. */
bool config_check_told(struct check *k, int field, struct span text);
/* "FIELD is never 'WORD'", and the nearest of what it can be, else `there`. */
struct nearest;
void config_check_never_is(struct check *k, const struct cond_check *c, const struct nearest *near, const char *there);
bool config_check_looks_at(const struct cond_node *n, int field);

/* config_check_args.c: arguments that the rule's calls don't have, and names that theirs are not. */
void config_check_args(struct check *k, const struct cond_node *root);

/* config_check_never.c: which part of a condition, or which parts together, `can` never be. */
typedef bool check_can(struct check *k, const struct cond *condition);
void config_check_never(struct check *k, const struct cond_node *root, check_can *can);

#endif
