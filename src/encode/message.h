/* The one line that says what happened: Falco's `output`. */
#ifndef TIERCEL_ENCODE_MESSAGE_H
#define TIERCEL_ENCODE_MESSAGE_H

#include "base/decimal.h"
#include "encode/encode.h"

/* "HH:MM:SS.nnnnnnnnn: Priority text", in pieces that point to the event, the verdict and tables. */
#define MESSAGE_PIECES 32
struct message {
	struct span piece[MESSAGE_PIECES];
	uint32_t names; /* bit per piece: as VALUE_NAME, nothing to escape; the others as VALUE_TEXT */
	unsigned count;
	size_t bytes;
	char numbers[2 * (DECIMAL_MAX + 1) + EVENT_PAD]; /* what pieces of numbers point to */
};

/*
 * The text is the verdict's output, or by default "TYPE OBJECT by NAME (pid P, uid U): RESULT" of what is known. The fields
 * of message_fields must have been derived.
 */
void message_make(struct message *m, struct event *ev, const struct verdict *verdict);
/* The pieces as one text in the event's arena, any bytes, EVENT_PAD behind. Empty: no memory. */
struct span message_join(const struct message *m, struct event *ev);
/* The fields that the default text looks at, so that they can be derived together with the others. */
extern const struct field_set message_fields;

#endif
