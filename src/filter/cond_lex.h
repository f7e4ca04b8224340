/*
 * Words of a condition. What a word may be depends on where it stands (a value may be `in`, or `<NA>`), so the parser
 * asks for the kind that it wants; blanks in front are skipped.
 */
#ifndef TIERCEL_FILTER_COND_LEX_H
#define TIERCEL_FILTER_COND_LEX_H

#include "filter/cond.h"

struct cond_lex {
	const char *text; /* NUL-terminated */
	size_t at;        /* of what is not yet read */
};

/* A value: quoted, or [^\s()=,"']+ */
struct cond_word {
	struct span raw; /* without its quotes */
	size_t at;       /* of the value, of the quote where there is one */
	bool quoted;
	const char *why; /* it is none: what is wrong at why_at */
	size_t why_at;
};

static inline bool cond_lex_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* May the byte stand in a value without quotes? */
static inline bool cond_lex_bare(char c)
{
	return c != '\0' && !cond_lex_blank(c) && !strchr("()=,\"'", c);
}

/* The next byte that is not blank, '\0' at the end; it is not taken. */
char cond_lex_next(struct cond_lex *lx);
/* Take this byte, if it is the next. */
bool cond_lex_take(struct cond_lex *lx, char c);
/* A name: letters, digits, _ . ~ - and [...] in it; n 0 where none begins. peek does not take it. */
struct span cond_lex_name(struct cond_lex *lx);
struct span cond_lex_peek(struct cond_lex *lx);
/* Take this word, if it is the whole of the next name. */
bool cond_lex_keyword(struct cond_lex *lx, struct span word);
/* enum cond_op; -1, and nothing taken: none. */
int cond_lex_operator(struct cond_lex *lx);
/* false: no value begins here (the end, a parenthesis, a comma, =) or one with a fault (why). */
bool cond_lex_value(struct cond_lex *lx, struct cond_word *out);
/* Undo the escapes of a quoted value into at most raw.n bytes; how many. */
size_t cond_lex_unescape(struct span raw, char *out);
/* Go on to the next `and`, `or`, `)` on this level, or the end. */
void cond_lex_recover(struct cond_lex *lx);
/* Go on behind the ')' that closes the outermost of `open` parentheses. */
void cond_lex_close(struct cond_lex *lx, size_t open);

/* As written, by enum cond_op and enum cond_transform. */
extern const struct span cond_op_names[COND_OP_COUNT];
extern const struct span cond_transform_names[COND_TRANSFORM_COUNT];

#endif
