/*
 * Regular expressions that must match the whole of a text: Perl's by PCRE2 where configure found it, else POSIX's
 * extended ones. A dot takes any byte. Patterns are the administrator's, texts an attacker's: work is bounded.
 */
#ifndef TIERCEL_FILTER_COND_REGEX_H
#define TIERCEL_FILTER_COND_REGEX_H

#include "filter/cond_match.h"

struct cond_regex;
/* 0, *out is the caller's to free; -EINVAL, in `what` that it is none, and why; -ENOMEM. */
#define COND_REGEX_WHAT 256
int cond_regex_new(struct cond_regex **out, struct span pattern, char what[COND_REGEX_WHAT]);
void cond_regex_free(struct cond_regex *r);
/* COND_UNKNOWN: given up, as it would take too long. */
enum cond_answer cond_regex_match(struct cond_regex *r, struct span text);

#endif
