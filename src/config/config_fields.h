/* Words that choose fields, for fields = and for the command line. */
#ifndef TIERCEL_CONFIG_CONFIG_FIELDS_H
#define TIERCEL_CONFIG_CONFIG_FIELDS_H

#include "base/span.h"

/* Room for any of the messages. */
struct field_fault {
	char text[256];
};

/* Why encode_options_add() does not know the word, with a hint. Returns what is in `room`. */
const char *config_field_fault(struct span word, struct field_fault *room);

#endif
