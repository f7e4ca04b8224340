/* Comma lists as the configuration has them: "a, b,c" is a b c, blanks around a word are not part of it. */
#ifndef TIERCEL_FILTER_WORDS_H
#define TIERCEL_FILTER_WORDS_H

#include "base/span.h"

/* Zero but for .text (NUL-terminated) to start. */
struct words {
	const char *text;
	size_t at;     /* of what is not yet read */
	size_t column; /* of the latest word, from 1 */
	bool done;
};

static inline bool word_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The next word, which may be empty (a comma too many); false behind the last one. A blank text is one empty word. */
static inline bool words_next(struct words *w, struct span *word)
{
	if (w->done)
		return false;
	const char *p = w->text + w->at;
	while (word_blank(*p))
		p++;
	size_t n = strcspn(p, ",");
	w->column = (size_t)(p - w->text) + 1;
	w->at = w->column + n;
	w->done = p[n] == '\0';
	while (n && word_blank(p[n - 1]))
		n--;
	*word = span_of(p, n);
	return true;
}

#endif
