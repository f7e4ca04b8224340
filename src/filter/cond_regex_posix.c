#include "filter/cond_regex.h"

#include <errno.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>

/* The C library has no limits of its own. */
#define TEXT_MAX 8192

struct cond_regex {
	regex_t code;
	char text[TEXT_MAX + 1];
};

/* glibc takes \1 in extended expressions too, and may need ages for it. */
static bool refers_back(struct span pattern)
{
	for (size_t i = 0; i + 1 < pattern.n; i++) {
		if (pattern.p[i] != '\\')
			continue;
		i++;
		if (pattern.p[i] >= '1' && pattern.p[i] <= '9')
			return true;
	}
	return false;
}

int cond_regex_new(struct cond_regex **out, struct span pattern, char what[320])
{
	struct cond_regex *r;
	char *z, cause[200];
	int rc;

	if (refers_back(pattern) || memchr(pattern.p, '\0', pattern.n)) {
		snprintf(what, 320, "bad regular expression: it refers back to a group, or has a NUL byte");
		return -EINVAL;
	}
	r = calloc(1, sizeof(*r));
	z = strndup(pattern.p, pattern.n);
	rc = r && z ? regcomp(&r->code, z, REG_EXTENDED) : REG_ESPACE;
	free(z);
	if (rc == 0) {
		*out = r;
		return 0;
	}
	if (rc != REG_ESPACE) {
		regerror(rc, &r->code, cause, sizeof(cause));
		snprintf(what, 320, "bad regular expression: %s", cause);
	}
	free(r);
	return rc == REG_ESPACE ? -ENOMEM : -EINVAL;
}

void cond_regex_free(struct cond_regex *r)
{
	if (!r)
		return;
	regfree(&r->code);
	free(r);
}

/* Leftmost is longest: where the whole text fits, that is what is found. A NUL, which would end it, counts as \1. */
enum cond_answer cond_regex_match(struct cond_regex *r, struct span text)
{
	regmatch_t found;
	int rc;

	if (text.n > TEXT_MAX)
		return COND_UNKNOWN;
	for (size_t i = 0; i < text.n; i++)
		r->text[i] = text.p[i] ? text.p[i] : '\1';
	r->text[text.n] = '\0';
	rc = regexec(&r->code, r->text, 1, &found, 0);
	if (rc == 0)
		return found.rm_so == 0 && (size_t)found.rm_eo == text.n ? COND_TRUE : COND_FALSE;
	return rc == REG_NOMATCH ? COND_FALSE : COND_UNKNOWN;
}
