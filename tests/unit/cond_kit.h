/* Conditions in tests: parsed, printed, and the faults that were told. */
#ifndef TIERCEL_TESTS_COND_KIT_H
#define TIERCEL_TESTS_COND_KIT_H

#include "filter/cond.h"

#include <errno.h>
#include <stdio.h>

struct told {
	struct cond_fault fault[40];
	size_t count, warnings;
};

static inline void on_fault(void *ctx, const struct cond_fault *f)
{
	struct told *told = ctx;

	assert_true(told->count < sizeof(told->fault) / sizeof(*told->fault));
	assert_true(f->what[0] != '\0');
	told->fault[told->count++] = *f;
	told->warnings += f->warning;
}

/* The condition as printed, "-" where it has a fault. */
static inline const char *printed(struct cond_scope *scope, const char *text, struct told *told)
{
	static char out[65536];
	struct buf b = { .p = out, .cap = sizeof(out) - 1 };
	struct cond c;

	memset(told, 0, sizeof(*told));
	int rc = cond_parse(&c, scope, text, 7, on_fault, told);
	if (rc) {
		assert_int_equal(rc, -EINVAL);
		return "-";
	}
	cond_print(c.root, &b);
	assert_false(b.full);
	out[b.n] = '\0';
	cond_release(&c);
	return out;
}

/* One fault or warning, there and with these words in it. */
static inline void assert_told(const struct told *told, size_t i, size_t at, const char *words)
{
	assert_true(i < told->count);
	if (told->fault[i].at != at || !strstr(told->fault[i].what, words))
		fail_msg("byte %zu: %s\n\twanted byte %zu: %s", told->fault[i].at, told->fault[i].what, at, words);
}

#endif
