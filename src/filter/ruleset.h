/*
 * [rule NAME]: the long form of selection, compiled and tested in user space. Rules share what they test: a check that
 * stands in many of them is answered once an event; equal values, begins, ends and parts of one field all at once; and
 * of the rules only those are looked at whose system calls or record types the event can be.
 *
 * A check that the event's origin can't answer, as the call has not run yet (struct event.pending: evt.res, evt.rawres,
 * evt.failed, evt.dir, fd.num), is neutral: true, negated or not; `assumed` lists it. So is a regular expression that
 * was given up as too slow on the event's text: who makes it slow must not come through unseen. And so is what a text
 * that our bounds cut (struct value.cut) has lost the answer to: who pads it must not, either.
 */
#ifndef TIERCEL_FILTER_RULESET_H
#define TIERCEL_FILTER_RULESET_H

#include "event/template.h"
#include "filter/cond.h"

struct rule_spec {
	const char *id;        /* of [rule ID] */
	const char *name;      /* NULL: the id */
	const char *condition, *output, *tags; /* output NULL: the default text; tags: comma list, NULL: none */
	int priority;          /* syslog's */
	bool enabled;          /* if not, it is checked like the others, and never matches */
	uint64_t rate, per_ms; /* at most `rate` matches in so many ms; rate 0: no limit */
	uint64_t burst;        /* that may come at once; 0: rate */
};

/* Of a rule_spec, read only. Spans have EVENT_PAD behind. */
struct rule {
	struct span id, name;
	int priority;
	const struct span *tags;
	size_t tag_count;
	const struct template *output; /* NULL: the default text */
	struct cond condition;
	bool enabled;
	uint64_t matched;    /* events */
	uint64_t suppressed; /* of them, over the limit */
};

enum rule_text { RULE_OUTPUT, RULE_TAGS };
struct rule_fault {
	size_t index;        /* of the rule */
	enum rule_text text;
	size_t at;           /* byte of that text */
	bool warning;
	char what[320];
};
typedef void rule_report(void *ctx, const struct rule_fault *fault);

struct ruleset;
/*
 * Compile `count` rules; the scope's and the specs' texts must outlive it. Faults of conditions, also those in lists
 * and macros, go to on_cond (index: of the rule), others to on_rule. Every fault is reported; -EINVAL where one was no
 * warning, -ENOMEM, else 0 and *out is the caller's to free. `first`: only the first rule that matches counts.
 */
int ruleset_new(struct ruleset **out, const struct rule_spec *specs, size_t count, struct cond_scope *scope, bool first,
	cond_report *on_cond, rule_report *on_rule, void *ctx);
void ruleset_free(struct ruleset *s);
size_t ruleset_count(const struct ruleset *s);
const struct rule *ruleset_rule(const struct ruleset *s, size_t i);
/* Add to `set` every field, families by their own bit, that a condition of an enabled rule looks at. */
void ruleset_needs(const struct ruleset *s, struct field_set *set);

struct ruleset_match {
	const struct rule *rule;   /* the most severe that matched, of those the first; NULL: none */
	size_t index;              /* its place */
	const struct span *names;  /* of all that matched, in order; valid until the next event */
	size_t count;
	const struct span *assumed; /* neutral checks that these rules held by, each once; valid as long */
	size_t assumed_count;
	bool suppressed;           /* a rule matched, but all that did are over their limits */
};
/* Limits go by the event's own time. Allocates nothing, but where a regex of the C library does. */
void ruleset_match(struct ruleset *s, struct event *ev, struct ruleset_match *m);

#endif
