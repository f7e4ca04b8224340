/* The one line that says what happened: Falco's `output`. */
#ifndef TIERCEL_ENCODE_MESSAGE_H
#define TIERCEL_ENCODE_MESSAGE_H

#include "encode/encode.h"

/*
 * "HH:MM:SS.nnnnnnnnn: Priority text" in the event's arena, any bytes, EVENT_PAD behind; text is the verdict's output, or by
 * default "TYPE OBJECT by NAME (pid P, uid U): RESULT" of what is known. Empty: no memory.
 */
struct span message_text(struct event *ev, const struct verdict *verdict);
/* The fields that the default text looks at, so that they can be derived together with the others. */
extern const struct field_set message_fields;

#endif
