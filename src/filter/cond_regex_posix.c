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

/* regcomp(3) of a pattern as it is, or of one that must match from end to end: REG_ESPACE without memory. */
static int compile(regex_t *code, struct span pattern, bool whole)
{
	char *z = malloc(pattern.n + sizeof("^()$"));
	struct buf b = { .p = z, .cap = pattern.n + sizeof("^()$") };
	int rc = REG_ESPACE;

	if (!z)
		return rc;
	buf_text(&b, whole ? "^(" : "");
	buf_put(&b, pattern.p, pattern.n);
	buf_text(&b, whole ? ")$" : "");
	buf_putc(&b, '\0');
	rc = regcomp(code, z, REG_EXTENDED | REG_NOSUB);
	free(z);
	return rc;
}

int cond_regex_new(struct cond_regex **out, struct span pattern, char what[COND_REGEX_WHAT])
{
	struct cond_regex *r;
	regex_t alone;
	char cause[200];
	int rc;

	if (refers_back(pattern) || memchr(pattern.p, '\0', pattern.n)) {
		snprintf(what, COND_REGEX_WHAT, "is no regular expression: it refers back to a group, or has a NUL byte");
		return -EINVAL;
	}
	r = calloc(1, sizeof(*r));
	if (!r)
		return -ENOMEM;
	/* By itself first: `a)(b` is wrong, though it would be right between parentheses. */
	rc = compile(&alone, pattern, false);
	if (rc == 0) {
		regfree(&alone);
		rc = compile(&r->code, pattern, true);
	}
	if (rc == 0) {
		*out = r;
		return 0;
	}
	regerror(rc, NULL, cause, sizeof(cause));
	snprintf(what, COND_REGEX_WHAT, "is no regular expression: %s", cause);
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

/* A NUL, which would end the text, counts as \1. */
enum cond_answer cond_regex_match(struct cond_regex *r, struct span text)
{
	int rc;

	if (text.n > TEXT_MAX)
		return COND_UNKNOWN;
	for (size_t i = 0; i < text.n; i++)
		r->text[i] = text.p[i] ? text.p[i] : '\1';
	r->text[text.n] = '\0';
	rc = regexec(&r->code, r->text, 0, NULL, 0);
	return rc == 0 ? COND_TRUE : rc == REG_NOMATCH ? COND_FALSE : COND_UNKNOWN;
}
