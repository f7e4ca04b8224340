/*
 * Conditions: Falco's filter language, parsed, typed and with lists and macros put in. A condition is a tree in
 * negation normal form: and, or, and checks, of which some are negated. A check of a value that the event does not have
 * is false, before it is negated: so `a != x` is false then, and `not a = x` true.
 *
 *   not > and > or; parentheses; a macro's name stands for its condition
 *   FIELD exists
 *   FIELD = == != < <= > >= VALUE
 *   FIELD contains icontains bcontains startswith bstartswith endswith glob iglob regex VALUE
 *   FIELD in intersects pmatch (VALUE, LIST, ...)
 *   FIELD STRING-OPERATOR anyof oneof allof (VALUE, LIST, ...)
 *   tolower(FIELD) toupper(FIELD) basename(FIELD) len(FIELD), on the right side val(FIELD) or one of these
 *
 * FIELD is a name of fields.def, or a family's member: evt.arg.flags, proc.aname[2], audit.path[0].name. A family of
 * ancestors without a number (proc.aname) is every ancestor: one of them must fit.
 */
#ifndef TIERCEL_FILTER_COND_H
#define TIERCEL_FILTER_COND_H

#include "base/buf.h"
#include "event/event.h"

enum cond_op {
	COND_EXISTS, COND_EQUAL, COND_NOT_EQUAL, COND_LESS, COND_LESS_EQUAL, COND_GREATER, COND_GREATER_EQUAL,
	COND_CONTAINS, COND_ICONTAINS, COND_BCONTAINS, COND_STARTSWITH, COND_BSTARTSWITH, COND_ENDSWITH, COND_GLOB,
	COND_IGLOB, COND_REGEX, COND_IN, COND_INTERSECTS, COND_PMATCH,
	COND_OP_COUNT
};
enum cond_among { COND_ONE, COND_ANYOF, COND_ALLOF }; /* of several values behind a string operator; oneof is anyof */
enum cond_transform { COND_TOLOWER, COND_TOUPPER, COND_BASENAME, COND_LEN, COND_TRANSFORM_COUNT };

#define COND_TRANSFORMS 4
struct cond_operand {
	int field;                 /* enum field_id */
	struct span member;        /* of a family: its whole name (evt.arg.flags); n 0: none */
	bool ancestors;            /* every member of a proc.a* family */
	enum field_type type;      /* of the value, once transformed; never TYPE_FAMILY; TYPE_STR if not known */
	uint8_t transforms[COND_TRANSFORMS]; /* enum cond_transform, the innermost first */
	unsigned transform_count;
};

/* An address or a net of addresses; IPv4 as ::ffff:a.b.c.d. */
struct cond_net {
	uint8_t address[16];
	unsigned bits; /* 0 .. 128 */
};

/*
 * By the left operand's type. text is there for all: as written, escapes undone; of bcontains and bstartswith the bytes
 * that its hex digits tell.
 */
struct cond_value {
	struct span text;
	union {
		int64_t i64; /* I64 U64 TIME REL PORT; BOOL 0 1. U64 above INT64_MAX: big */
		struct cond_net net; /* host bits are 0 */
	};
	bool big; /* i64 holds the bits of an unsigned number */
};

struct cond_check {
	struct cond_operand left;
	enum cond_op op;
	enum cond_among among;
	const struct cond_operand *right; /* compare with this field's value; NULL: with the values */
	const struct cond_value *values;  /* lists put in, each once, in the order of writing */
	size_t count;
	size_t at;                        /* byte of the rule's condition where it, or its macro, stands */
};

enum cond_kind { COND_AND, COND_OR, COND_CHECK };
struct cond_node {
	enum cond_kind kind;
	bool negated;                    /* of a CHECK */
	const struct cond_check *check;
	const struct cond_node **part;   /* of AND and OR: no ANDs in an AND, no ORs in an OR */
	size_t count;                    /* of parts; an empty AND is true, an empty OR is false */
};

/*
 * One condition; owns the memory of its nodes, and shares values and right operands with the scope, which stays as long
 * as a condition needs it: two checks `in (LIST)` of one type have the same values pointer.
 */
struct cond {
	const struct cond_node *root;
	struct cond_block *blocks;
	struct cond_scope *scope;
};

/* Where a text comes from: [list NAME], [macro NAME], or the rule's condition itself. */
enum cond_place { COND_IN_LIST, COND_IN_MACRO, COND_IN_RULE };
struct cond_fault {
	enum cond_place place;
	size_t index;   /* of the list or macro; of a rule what cond_parse() was told */
	size_t at;      /* byte of its text, from 0 */
	bool warning;   /* it works, but hardly as meant: `in ()`, an argument of no system call, an unused macro */
	char what[320]; /* cause and hint */
};
typedef void cond_report(void *ctx, const struct cond_fault *fault);

struct cond_list_spec {
	const char *name, *items; /* items: comma list; an item that is a list's name is that list */
};
struct cond_macro_spec {
	const char *name, *condition;
};

/* Lists and macros, in any order; each is checked though no rule may use it. */
struct cond_scope;
#define COND_NODES_MAX 65536 /* nodes and values of one condition, macros and lists put in */
#define COND_SCOPE_MAX 500000 /* nodes of all macros and all conditions with the scope, macros put in */
#define COND_DEPTH_MAX 1000
/*
 * The texts must outlive the scope and its conditions. Every fault is reported. 0, or -EINVAL where one was no warning
 * (a cycle, a name twice, a fault of syntax or type): *out is the caller's to free, after -EINVAL only good to find the
 * faults of rules too (a condition that uses what has a fault is -EINVAL without a word). -ENOMEM: *out is NULL.
 */
int cond_scope_new(struct cond_scope **out, const struct cond_list_spec *lists, size_t list_count,
	const struct cond_macro_spec *macros, size_t macro_count, cond_report *report, void *ctx);
void cond_scope_free(struct cond_scope *s);
/* Warn of lists and macros that no condition parsed since used. */
void cond_scope_unused(const struct cond_scope *s, cond_report *report, void *ctx);

/* Parse a rule's condition. scope NULL: no lists, no macros. `index` comes back in faults. As above; cond_release(). */
int cond_parse(struct cond *out, struct cond_scope *scope, const char *text, size_t index, cond_report *report,
	void *ctx);
void cond_release(struct cond *c);

/* As it could be written, lists and macros put in, `not` before checks only. Longer than the buffer: cut, buf.full. */
void cond_print(const struct cond_node *n, struct buf *out);
void cond_print_check(const struct cond_check *c, bool negated, struct buf *out);

#endif
