/*
 * A rule as the kernel lists it, read into a form in which equal rules are equal: the kernel gives back what it was
 * given, but not bit for bit (kernel/auditfilter.c, audit_krule_to_data()). Fields are sorted, and the login user id's
 * two spellings of "unset" are one, as are "/./path" and "/path".
 */
#ifndef TIERCEL_RULE_RULE_FORM_H
#define TIERCEL_RULE_RULE_FORM_H

#include "base/span.h"
#include "sys/audit_wire.h"

struct rule_item {
	uint32_t field, op, value; /* value: of a text its length */
	const char *text;          /* in the rule; NULL: a number */
};

struct rule_form {
	uint32_t list, action;
	uint32_t calls[WIRE_MASK_WORDS];
	unsigned count;
	struct rule_item items[WIRE_FIELDS_MAX];
};

/* Read a rule of n bytes, of which nothing is believed; false: its parts do not lie within. Points into `rule`. */
bool rule_form_read(struct rule_form *f, const struct wire_rule *rule, size_t n);
/* Empty: none. */
struct span rule_form_key(const struct rule_form *f);
/* The record type that a rule of ours in the list `exclude` is about (plan_prune.h); 0: it is none of those. */
unsigned rule_form_prunes(const struct rule_form *f);
/* Same rules have the same hash. */
uint64_t rule_form_hash(const struct rule_form *f);
bool rule_form_same(const struct rule_form *a, const struct rule_form *b);
/* Does `wide`, a rule to record, match whatever `narrow` does? True only where that is plain to see. */
bool rule_form_covers(const struct rule_form *wide, const struct rule_form *narrow);
/*
 * A rule that says the same, and is another one to the kernel: its paths are spelled "/./path", or plainly again. An
 * other order of tests does not do: rules of a directory share what was found there, by its name
 * (kernel/audit_tree.c, audit_add_tree_rule()). A form takes the two spellings for one. `out` has room for a few bytes
 * more; returns its size.
 */
size_t rule_form_twin(const struct wire_rule *rule, struct wire_rule *out);

#endif
