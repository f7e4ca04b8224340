#include "filter/cond_regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <errno.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>

/* Some milliseconds at most; a pattern that does not run wild takes a few steps a byte. */
#define STEPS_MAX 100000
#define HEAP_MAX_KIB 1024

struct cond_regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
};

/* Groups catch nothing, so a reference back to one is refused: that is what makes matching slow. */
#define OPTIONS (PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_DOTALL | PCRE2_DOLLAR_ENDONLY | PCRE2_NO_AUTO_CAPTURE)

int cond_regex_new(struct cond_regex **out, struct span pattern, char what[COND_REGEX_WHAT])
{
	struct cond_regex *r = calloc(1, sizeof(*r));
	PCRE2_UCHAR cause[200];
	PCRE2_SIZE at;
	int error;

	if (!r)
		return -ENOMEM;
	r->code = pcre2_compile((PCRE2_SPTR)pattern.p, pattern.n, OPTIONS, &error, &at, NULL);
	if (!r->code) {
		pcre2_get_error_message(error, cause, sizeof(cause));
		snprintf(what, COND_REGEX_WHAT, "is no regular expression: %s, at byte %lu of it", (const char *)cause,
			(unsigned long)at + 1);
		free(r);
		return -EINVAL;
	}
	r->data = pcre2_match_data_create(1, NULL);
	r->limits = pcre2_match_context_create(NULL);
	if (!r->data || !r->limits) {
		cond_regex_free(r);
		return -ENOMEM;
	}
	pcre2_set_match_limit(r->limits, STEPS_MAX);
	pcre2_set_heap_limit(r->limits, HEAP_MAX_KIB);
	*out = r;
	return 0;
}

void cond_regex_free(struct cond_regex *r)
{
	if (!r)
		return;
	pcre2_match_context_free(r->limits);
	pcre2_match_data_free(r->data);
	pcre2_code_free(r->code);
	free(r);
}

enum cond_answer cond_regex_match(struct cond_regex *r, struct span text)
{
	int rc = pcre2_match(r->code, (PCRE2_SPTR)(text.n ? text.p : ""), text.n, 0, 0, r->data, r->limits);

	return rc >= 0 ? COND_TRUE : rc == PCRE2_ERROR_NOMATCH ? COND_FALSE : COND_UNKNOWN;
}
