/* The one line that says what happened: Falco's `output`. */
#ifndef TIERCEL_ENCODE_MESSAGE_H
#define TIERCEL_ENCODE_MESSAGE_H

#include "base/decimal.h"
#include "encode/encode.h"

/* "HH:MM:SS.nnnnnnnnn: Priority text", in pieces that point to the event, the verdict and tables. */
#define MESSAGE_PIECES 52
#define MESSAGE_NUMBERS 8
struct message {
	struct span piece[MESSAGE_PIECES];
	uint64_t names; /* bit per piece: as VALUE_NAME, nothing to escape; the others as VALUE_TEXT */
	unsigned count;
	size_t bytes;
	char *number;   /* where the next one goes */
	char numbers[MESSAGE_NUMBERS * (DECIMAL_MAX + 1) + EVENT_PAD]; /* what pieces of numbers point to */
};

/*
 * The text is the verdict's output, or by default "TYPE OBJECT by NAME (pid P, uid U): RESULT" of what is known, behind
 * the rule's name where there is one. OBJECT is a call's path or address, else its arguments; an exec's command line,
 * or the file that it failed to run; a record's operation and account, else its first pairs. An anomaly's record shows
 * no RESULT. "with AVC" tells of records beside the call that say more than it. The fields of message_fields must have
 * been derived.
 */
void message_make(struct message *m, struct event *ev, const struct verdict *verdict);
/* The pieces as one text in the event's arena, any bytes, EVENT_PAD behind. Empty: no memory. */
struct span message_join(const struct message *m, struct event *ev);
/* The fields that the default text looks at, so that they can be derived together with the others. */
extern const struct field_set message_fields;

#endif
