/* Events become bytes: one line an event, newline included. */
#ifndef TIERCEL_ENCODE_ENCODE_H
#define TIERCEL_ENCODE_ENCODE_H

#include "event/event.h"

/* What a rule said of the event; its texts have EVENT_PAD behind. Zero but for the priority: what plain replay says. */
struct verdict {
	struct span rule;         /* p NULL: evt.type */
	int priority;             /* syslog's: 0 Emergency .. 7 Debug */
	struct span output;       /* expanded text; p NULL: the default text */
	const struct span *tags;  /* sorted by the rule's own order */
	size_t tag_count;
};
extern const struct span priority_names[8];

#define ENCODE_BUDGET_DEFAULT 65536
#define ENCODE_BUDGET_MIN 1024

struct encode_options {
	struct field_set fields; /* what to show; families by their own bit */
	const struct span *members; /* members of families by whole name ("evt.arg.flags"), sorted bytewise */
	size_t member_count;
	bool raw;                /* audit.raw too */
	size_t budget;           /* bytes of a line at most, newline included */
};

struct encoder {
	const char *name; /* as in format = */
	const char *meaning;
	bool records; /* of the records alone: an event that has none has nothing to show, and must not be encoded */
	/*
	 * Write one line of at most options->budget bytes to out, which has that much room and 64 bytes more. Too
	 * large: long fields are shortened in the middle, longest first, and evt.truncated says so. Returns the bytes
	 * written, never 0.
	 */
	size_t (*encode)(const struct encode_options *options, struct event *ev, const struct verdict *verdict,
			 char *out);
};
extern const struct encoder encoder_json, encoder_text, encoder_raw;
/* By format name; NULL: there is none. `encoders` ends with NULL. */
const struct encoder *encoder_find(struct span name);
extern const struct encoder *const encoders[];

/* Add what `word` names: a set ("@all", "@core", "@falco"), a class ("proc.*") or a field. 0 or -ENOENT. */
int encode_fields_add(struct field_set *set, struct span word);
/*
 * The same to o->fields, or a member of a family ("evt.arg.flags", "audit.path[0].name", "proc.aname[2]") to `members`: the array
 * that o->members points to afterwards, with room for one more. It is kept sorted and points into the word's text.
 */
int encode_options_add(struct encode_options *o, struct span *members, struct span word);

#endif
