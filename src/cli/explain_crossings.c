/* What of the kernel's calls crosses, in few lines: where the cost is. */
#include "cli/explain.h"

#define LINES_MOST 10 /* --json has all */
#define CALLS_MOST 6
#define NAMES_MOST 4  /* of files and programs */

/* How many from the ith on are one line. */
static size_t run_of(const struct plan_tell *t, size_t i)
{
	size_t n = 1;

	while (i + n < t->crossing_count && t->crossings[i + n].goes_on)
		n++;
	return n;
}

static const struct plan_test *named_test(const struct plan_rule *r)
{
	for (unsigned i = 0; i < r->test_count; i++)
		if (r->tests[i].text && r->tests[i].op == WIRE_EQUAL)
			return &r->tests[i];
	return NULL;
}

/* " below /etc, /srv and 3 more" */
static void put_named(const struct plan_tell_crossing *c, size_t n, struct buf *out)
{
	const struct plan_test *t = named_test(c->form);

	if (!t)
		return;
	buf_text(out, t->field == WIRE_DIR ? " below " : t->field == WIRE_EXE ? " by " : " of ");
	for (size_t i = 0; i < n && i < NAMES_MOST; i++) {
		buf_text(out, i ? ", " : "");
		buf_text(out, named_test(c[i].form)->text);
	}
	if (n > NAMES_MOST)
		buf_printf(out, " and %zu more", n - NAMES_MOST);
}

/* "every one", "all that fail with auid>=1000", "all that succeed below /etc" */
static void put_tests(const struct plan_tell_crossing *c, size_t n, struct buf *out)
{
	const struct plan_rule *form = c->form;
	struct plan_rule rest = *form;

	buf_text(out, form->test_count ? "all" : "every one");
	rest.test_count = 0;
	for (unsigned i = 0; i < form->test_count; i++) {
		const struct plan_test *t = &form->tests[i];

		if (t->field == WIRE_SUCCESS && t->op == WIRE_EQUAL)
			buf_text(out, t->value ? " that succeed" : " that fail");
		else if (t != named_test(form))
			rest.tests[rest.test_count++] = *t;
	}
	if (rest.test_count) {
		buf_lit(out, " with ");
		plan_tell_tests(&rest, out);
	}
	put_named(c, n, out);
}

static size_t sections_of(const struct explain *e, const struct plan_tell_crossing *c, size_t n,
	unsigned sections[EXPLAIN_LABELS], bool *shown)
{
	size_t count = 0;

	*shown = false;
	for (size_t s = 0; s < e->plan->section_count; s++) {
		bool asked = false;

		for (size_t i = 0; i < n && !asked; i++)
			asked = plan_tell_tagged(c[i].tags, s);
		if (!asked)
			continue;
		*shown = *shown || e->shown[s];
		if (count < EXPLAIN_LABELS)
			sections[count] = (unsigned)s;
		count++;
	}
	return count;
}

void explain_crossings(const struct explain *e, struct wrap *to)
{
	const struct plan_tell *t = e->tell;
	size_t lines = 0, left = 0;

	for (size_t i = 0, n; i < t->crossing_count; i += n) {
		const struct plan_tell_crossing *c = &t->crossings[i];
		unsigned sections[EXPLAIN_LABELS];
		bool shown;
		size_t count = sections_of(e, c, n = run_of(t, i), sections, &shown);

		if (!shown)
			continue;
		if (lines == LINES_MOST) {
			left++;
			continue;
		}
		if (lines++ == 0)
			wrap_say(to, 0, 4, "What crosses, the widest first:");
		explain_calls(e, &c->calls, CALLS_MOST, &to->text);
		buf_lit(&to->text, ": ");
		put_tests(c, n, &to->text);
		buf_lit(&to->text, ", for ");
		explain_labels(e, sections, count, &to->text);
		wrap_end(to, 4, 8);
	}
	if (left)
		wrap_say(to, 4, 8, "and %zu narrower (--json has them)", left);
}
