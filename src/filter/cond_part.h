/* Inside of cond: what the parser, the types, the scope and the builder offer each other. */
#ifndef TIERCEL_FILTER_COND_PART_H
#define TIERCEL_FILTER_COND_PART_H

#include "base/nearest.h"
#include "filter/cond_lex.h"

/* %.*s of a word in a message: long ones are cut. */
#define COND_WORD(s) (int)((s).n < 64 ? (s).n : 64), (s).p

/* A parsed text, before macros are put in: linked, negations already at the leaves. */
enum cond_raw_kind { RAW_AND, RAW_OR, RAW_CHECK, RAW_MACRO };
struct cond_raw {
	enum cond_raw_kind kind;
	bool negated;
	size_t at;
	const struct cond_check *check;
	size_t macro;                 /* index in the scope */
	struct cond_raw *first, *last, *next;
};

/* One text at work. */
struct cond_parser {
	struct cond_lex lex;
	enum cond_place place;
	size_t index;
	cond_report *report;
	void *ctx;
	int rc;                       /* 0, -EINVAL (told), -ENOMEM */
	unsigned told;
	unsigned depth;               /* of open parentheses */
	struct cond_scope *scope;
	bool rule;                    /* names that it uses are used; else they are uses of the text's own name */
	struct cond_block **keep;     /* what the tree is made of */
	struct cond_block *scrap;     /* what is not needed behind it */
};

/* Report; a warning leaves rc alone. After twenty faults of one text the rest is not told. */
void cond_fault(struct cond_parser *ps, size_t at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void cond_warn(struct cond_parser *ps, size_t at, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Zeroed, aligned for anything; NULL sets rc. */
void *cond_room(struct cond_parser *ps, struct cond_block **blocks, size_t n);
void cond_blocks_free(struct cond_block *b);
/* A value as meant: escapes undone in a copy. */
struct span cond_word_text(struct cond_parser *ps, const struct cond_word *word);

/* cond_parse.c: NULL where there was a fault or no memory (rc). */
struct cond_raw *cond_parse_text(struct cond_parser *ps);

/* cond_field.c: a field or transformer(field), behind an operator (right) also val(field); false: told. */
bool cond_operand(struct cond_parser *ps, bool right, struct cond_operand *out);
/* "text", "a number" ... */
const char *cond_type_words(enum field_type type);

/* cond_type.c */
enum cond_value_kind {
	COND_AS_TEXT, COND_AS_BYTES, COND_AS_I64, COND_AS_U64, COND_AS_BOOL, COND_AS_TIME, COND_AS_ADDRESS,
	COND_AS_PORT, COND_AS_REGEX,
	COND_VALUE_KINDS
};
struct cond_values {
	const struct cond_value *value;
	size_t count;
	bool there;
};
enum cond_value_kind cond_value_kind(const struct cond_check *check);
/* Is the operator one for the left operand? */
bool cond_type_operator(struct cond_parser *ps, const struct cond_check *check, size_t at);
/* Then, is the right operand one for both? */
bool cond_type_right(struct cond_parser *ps, const struct cond_check *check, size_t at);
/* NULL: text became *out. Else what is wrong with it. */
const char *cond_type_value(struct cond_parser *ps, enum cond_value_kind kind, struct span text,
	struct cond_value *out);
/* Each value once, the first of equals; how many are left. */
size_t cond_type_unique(struct cond_parser *ps, enum cond_value_kind kind, struct cond_value *value, size_t count);

/* cond_scope.c: what the names of lists and macros mean. -1: no such; noted as used by the text. */
long cond_scope_list(struct cond_parser *ps, struct span name, size_t at);
long cond_scope_macro(struct cond_parser *ps, struct span name, size_t at);
/* "unknown macro" and the nearest. */
void cond_scope_no_macro(struct cond_parser *ps, struct span name, size_t at);
/* Values of a list; NULL: told, or it was where the list is defined. */
const struct cond_values *cond_scope_values(struct cond_parser *ps, size_t list, enum cond_value_kind kind, size_t at);

/* A macro, ready to be put in. */
struct cond_macro {
	struct cond_raw *raw;
	const struct cond_node *root; /* NULL: it has a fault */
};
const struct cond_macro *cond_scope_macro_at(const struct cond_scope *s, size_t index);

/* cond_build.c: macros put in, flat. NULL: told, or a macro's fault. */
const struct cond_node *cond_build(struct cond_parser *ps, const struct cond_raw *raw);
#define COND_TOO_LARGE "more than %d checks and values, with macros and lists put in"

/* One node more; false: all conditions together have too many, told of the first. */
bool cond_scope_node(struct cond_parser *ps, size_t at);
/* One more, one less who needs the scope; NULL is fine. */
void cond_scope_hold(struct cond_scope *s);

#endif
