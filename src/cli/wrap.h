/* Paragraphs in lines of a terminal's width. */
#ifndef TIERCEL_CLI_WRAP_H
#define TIERCEL_CLI_WRAP_H

#include "base/buf.h"

#include <stdio.h>

struct wrap {
	FILE *to;
	unsigned columns; /* of a line that can be broken, 40 at least */
	struct buf text;  /* the paragraph under way, for the caller to add to; what finds no room in it is cut */
};

/* `room`: bytes of a paragraph. 0 or -ENOMEM. */
int wrap_init(struct wrap *w, FILE *to, unsigned columns, size_t room);
void wrap_release(struct wrap *w);
/*
 * Print the paragraph, its first line from column `indent` on, the others from `hang`; a newline in it begins another.
 * Lines are broken between words; "-F dir=/etc" and "[rule a]" are one word. A word longer than a line is broken behind
 * commas. Bytes that are no printable ASCII are shown as \xNN.
 */
void wrap_end(struct wrap *w, unsigned indent, unsigned hang);
/* Add this to the paragraph, and print it. */
void wrap_say(struct wrap *w, unsigned indent, unsigned hang, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

#endif
