/* A plan for people. */
#include "base/plural.h"
#include "cli/explain.h"
#include "cli/wrap.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#define ROOM (1 << 18) /* bytes of one paragraph */
#define FORMS_MOST 4 /* forms named in one list: --json has all */
#define ASKS_MOST 12

struct text {
	const struct explain *e;
	struct wrap wrap;
	bool *told; /* rules of the plan that stand above in full */
};

static void heading(struct text *t, const char *words)
{
	putc('\n', t->wrap.to);
	wrap_say(&t->wrap, 0, 0, "%s", words);
}

static void put_calls(struct text *t, const struct plan_calls *calls)
{
	explain_calls(t->e, calls, PLAN_CALL_BITS, &t->wrap.text);
}

static void put_labels(struct text *t, const unsigned *sections, size_t count)
{
	explain_labels(t->e, sections, count, &t->wrap.text);
}

static size_t count_rules(const struct explain *e, size_t section)
{
	size_t n = 0;

	for (size_t i = 0; i < e->pruned_rules; i++)
		n += explain_is_asked(&e->plan->rules[i]) &&
			(section == PLAN_NO_SECTION || plan_tell_asked(&e->plan->rules[i], section));
	return n;
}

static void tell_kernel(struct text *t)
{
	const struct explain *e = t->e;
	const char *name, *gap = "";
	bool has;

	buf_printf(&t->wrap.text, "Kernel %u.%u.%u on %s (%s), path_match = %s", e->wish.version >> 16,
		e->wish.version >> 8 & 0xff, e->wish.version & 0xff, e->wish.machine,
		e->host.arches[1] >= 0 ? "b64 and b32" : "one kind of system calls",
		e->host.path_by_object ? "object" : "name");
	for (unsigned i = 0; (name = explain_feature(e, i, &has)) != NULL; i++) {
		if (has)
			continue;
		buf_text(&t->wrap.text, *gap ? gap : "; it can't test ");
		buf_text(&t->wrap.text, name);
		gap = ", ";
	}
	wrap_say(&t->wrap, 0, 4, ".");
}

static void tell_head(struct text *t)
{
	const struct explain *e = t->e;
	size_t rules = count_rules(e, PLAN_NO_SECTION);
	struct plan_tell_names always;

	wrap_say(&t->wrap, 0, 4, "%s: what the kernel is asked to do.", e->wish.path);
	tell_kernel(t);
	if (e->config->audit.load_rules == 2)
		wrap_say(&t->wrap, 0, 4, "load_rules = no: tierceld loads none of these rules.");
	if (e->plan->section_count == 0) {
		wrap_say(&t->wrap, 0, 4, "Nothing is selected by name, no [select] and no [rule]: no kernel rules are loaded. What "
			"those of others let through comes, all of it.");
		return;
	}
	wrap_say(&t->wrap, 0, 4, "%zu section%s become%s %zu kernel rule%s, and what crosses is tested again in user space, by the whole "
		"of each section.", e->plan->section_count, plural(e->plan->section_count),
		e->plan->section_count == 1 ? "s" : "", rules, plural(rules));
	plan_tell_names(e->tell, &e->tell->always, &always);
	if (always.count == 0 && !always.but) {
		wrap_say(&t->wrap, 0, 4, "No system call crosses whatever it is called with.");
	} else {
		if (always.but)
			buf_lit(&t->wrap.text, "These system calls cross whatever they are called with: ");
		else
			buf_printf(&t->wrap.text, "%zu system call%s cross%s whatever %s called with: ", always.count,
				plural(always.count), always.count == 1 ? "es" : "", always.count == 1 ? "it is" : "they are");
		put_calls(t, &e->tell->always);
		wrap_say(&t->wrap, 0, 4, ".");
	}
	explain_crossings(e, &t->wrap);
}

static void tell_self(struct text *t)
{
	const struct explain *e = t->e;
	unsigned width = t->wrap.columns;

	t->wrap.columns = UINT_MAX; /* the path of a build is no text to break */
	for (size_t i = 0; i < e->pruned_rules; i++) {
		const struct plan_rule *r = &e->plan->rules[i];

		if (r->action != WIRE_NEVER || r->list != WIRE_LIST_EXIT)
			continue;
		if (r->tests[0].field != WIRE_PID)
			plan_print_rule(r, &t->wrap.text);
		else
			buf_lit(&t->wrap.text, "-A never,exit -S all -F pid=(its process id) -F key=" PLAN_KEY_SELF "\n");
		fputs("tierceld leaves itself out:\n", t->wrap.to);
		wrap_end(&t->wrap, 4, 8);
	}
	t->wrap.columns = width;
	for (size_t i = 0; i < e->pruned_notes; i++)
		if (e->plan->notes[i].section == PLAN_NO_SECTION)
			wrap_say(&t->wrap, 0, 4, "%s.", e->plan->notes[i].what);
}

/* Whoever else asked for a rule, and what of it this section did. */
static void tell_shared(struct text *t, const struct plan_rule *r, size_t section)
{
	unsigned others[EXPLAIN_LABELS];
	struct plan_calls own;
	size_t count = 0;

	for (size_t s = 0; s < t->e->plan->section_count; s++) {
		if (s == section || !plan_tell_asked(r, s))
			continue;
		if (count < EXPLAIN_LABELS)
			others[count] = (unsigned)s;
		count++;
	}
	if (!count)
		return;
	if (plan_tell_own(t->e->tell, r, section, &own)) {
		buf_lit(&t->wrap.text, "of it ");
		put_calls(t, &own);
		buf_lit(&t->wrap.text, " for this section; ");
	}
	buf_lit(&t->wrap.text, "shared with ");
	put_labels(t, others, count);
	wrap_end(&t->wrap, 12, 16);
}

/* A rule that was told already. */
static void tell_again(struct text *t, const struct plan_rule *r, size_t section, size_t number)
{
	struct plan_calls own;

	buf_printf(&t->wrap.text, "rule %zu, above: ", number);
	if (plan_tell_own(t->e->tell, r, section, &own))
		put_calls(t, &own);
	else
		buf_lit(&t->wrap.text, "all of its calls");
	if (r->test_count) {
		buf_lit(&t->wrap.text, ", where ");
		plan_tell_tests(r, &t->wrap.text);
	} else {
		buf_lit(&t->wrap.text, ", every one");
	}
	wrap_end(&t->wrap, 8, 12);
}

static void tell_rules(struct text *t, size_t section)
{
	const struct plan_tell_section *s = &t->e->tell->sections[section];
	size_t number = 0;

	if (count_rules(t->e, section) == 0) {
		wrap_say(&t->wrap, 4, 8, s->needs_a_rule ?
			"No kernel rule: what brings its records is in the kernel as soon as any rule is." : s->calls ?
			"No kernel rule: none of its calls is one that a rule can name here." :
			"No kernel rule: no system call is asked for; records that come by themselves need none.");
		return;
	}
	wrap_say(&t->wrap, 4, 8, "In the kernel:");
	for (size_t i = 0; i < t->e->pruned_rules; i++) {
		const struct plan_rule *r = &t->e->plan->rules[i];

		number += explain_is_asked(r);
		if (!explain_is_asked(r) || !plan_tell_asked(r, section))
			continue;
		if (t->told[i]) {
			tell_again(t, r, section, number);
			continue;
		}
		t->told[i] = true;
		buf_printf(&t->wrap.text, "rule %zu: ", number);
		plan_print_rule(r, &t->wrap.text);
		wrap_end(&t->wrap, 8, 12);
		tell_shared(t, r, section);
	}
}

static void tell_notes(struct text *t, size_t section)
{
	bool some = false;

	for (size_t i = 0; i < t->e->plan->note_count; i++) {
		const struct plan_note *n = &t->e->plan->notes[i];

		if (n->section != section)
			continue;
		if (!some)
			wrap_say(&t->wrap, 4, 8, "In user space only:");
		some = true;
		wrap_say(&t->wrap, 8, 12, "%s", n->what);
	}
}

static void tell_notify(struct text *t, size_t section)
{
	const struct plan_tell_section *s = &t->e->tell->sections[section];

	if (s->notify_count)
		wrap_say(&t->wrap, 4, 8, "A seccomp filter would hand over:");
	for (size_t i = 0; i < s->notify_count; i++) {
		put_calls(t, &s->notify[i].calls);
		if (*s->notify[i].tests)
			buf_printf(&t->wrap.text, ": where %s", s->notify[i].tests);
		wrap_end(&t->wrap, 8, 12);
	}
}

static bool is_blank(char c)
{
	return c && strchr(" \t\r\n", c);
}

/* Lines that go on are one text, whatever they are indented by: blanks between words are one, those in quotes stay. */
static void put_words(struct text *t, const char *p)
{
	for (char quote = '\0'; *p; p++) {
		if (quote && *p == '\\' && p[1])
			buf_putc(&t->wrap.text, *p++);
		else if (quote ? *p == quote : *p == '"' || *p == '\'')
			quote = quote ? '\0' : *p;
		if (quote || !is_blank(*p))
			buf_putc(&t->wrap.text, *p);
		else if (!is_blank(p[1]))
			buf_putc(&t->wrap.text, ' ');
	}
}

static void tell_section(struct text *t, size_t section)
{
	char expanded[EXPLAIN_EXPANDED + 1];
	struct explain_key key;

	putc('\n', t->wrap.to);
	explain_label(t->e, section, &t->wrap.text);
	wrap_end(&t->wrap, 0, 4);
	for (unsigned i = 0; explain_key(t->e, section, i, &key, expanded); i++) {
		buf_printf(&t->wrap.text, "%s = ", key.key);
		put_words(t, key.value);
		wrap_end(&t->wrap, 4, 8);
	}
	tell_rules(t, section);
	tell_notes(t, section);
	tell_notify(t, section);
}

/* The place behind the asks of one section. */
static size_t behind(const struct plan_tell_widening *w, size_t i)
{
	unsigned section = w->asks[i].section;

	while (i < w->ask_count && w->asks[i].section == section)
		i++;
	return i;
}

/* Do two sections ask for the same? */
static bool alike(const struct plan_tell_widening *w, size_t i, size_t k)
{
	size_t n = behind(w, i) - i;

	if (behind(w, k) - k != n)
		return false;
	while (n > 0 && w->asks[i + n - 1].form == w->asks[k + n - 1].form)
		n--;
	return n == 0;
}

/* What sections would need of these calls that ask for the same as the one at `first`. */
static void tell_asks(struct text *t, const struct plan_tell_widening *w, size_t first, const bool *wanted)
{
	unsigned sections[EXPLAIN_LABELS];
	size_t count = 0, stop = behind(w, first);

	for (size_t i = first; i < w->ask_count; i = behind(w, i)) {
		if ((wanted && !wanted[w->asks[i].section]) || !alike(w, first, i))
			continue;
		if (count < EXPLAIN_LABELS)
			sections[count] = w->asks[i].section;
		count++;
	}
	buf_lit(&t->wrap.text, "for ");
	put_labels(t, sections, count);
	for (size_t i = first; i < stop && i - first < FORMS_MOST; i++) {
		buf_text(&t->wrap.text, i == first ? ": " : " or ");
		plan_tell_tests(w->asks[i].form, &t->wrap.text);
	}
	if (stop - first > FORMS_MOST)
		buf_printf(&t->wrap.text, ", or %zu more", stop - first - FORMS_MOST);
	wrap_end(&t->wrap, 8, 12);
}

/* `wanted`: of these sections only; NULL: of all. */
static void tell_asked(struct text *t, const struct plan_tell_widening *w, const bool *wanted)
{
	size_t told = 0, left = 0;

	for (size_t i = 0; i < w->ask_count; i = behind(w, i)) {
		bool earlier = wanted && !wanted[w->asks[i].section];

		for (size_t k = 0; k < i && !earlier; k = behind(w, k))
			earlier = (!wanted || wanted[w->asks[k].section]) && alike(w, k, i);
		if (earlier)
			continue;
		if (told < ASKS_MOST)
			tell_asks(t, w, i, wanted);
		left += told++ >= ASKS_MOST;
	}
	if (left)
		wrap_say(&t->wrap, 8, 12, "and %zu more (--json has them)", left);
}

static void tell_widening(struct text *t, const struct plan_tell_widening *w)
{
	bool cause = false;

	put_calls(t, &w->calls);
	if (w->form->test_count) {
		buf_lit(&t->wrap.text, ": every one with ");
		plan_tell_tests(w->form, &t->wrap.text);
		buf_lit(&t->wrap.text, " crosses, because of ");
	} else {
		buf_lit(&t->wrap.text, ": every one crosses, because of ");
	}
	put_labels(t, w->by, w->by_count);
	wrap_say(&t->wrap, 4, 8, ". Without %s this would do:", w->by_count == 1 ? "it" : "them");
	for (size_t i = 0; i < w->by_count; i++)
		cause = cause || t->e->shown[w->by[i]];
	tell_asked(t, w, cause ? NULL : t->e->shown);
}

static void tell_widenings(struct text *t)
{
	const struct plan_tell *tell = t->e->tell;
	bool some = false;

	for (size_t i = 0; i < tell->widening_count; i++) {
		if (!explain_is_shown(t->e, &tell->widenings[i]))
			continue;
		if (!some)
			heading(t, "What one section widens for the others (the kernel's list is one for all):");
		some = true;
		tell_widening(t, &tell->widenings[i]);
	}
}

/* Notes that differ in their first word alone are told as one; returns how many from the ith on. */
static size_t tell_alike(struct text *t, size_t i)
{
	const struct plan *plan = t->e->plan;
	const char *rest = plan->notes[i].what + strcspn(plan->notes[i].what, " ");
	size_t count = 0;

	for (; i + count < plan->note_count; count++) {
		const char *what = plan->notes[i + count].what;
		size_t n = strcspn(what, " ");

		if (strcmp(what + n, rest) != 0)
			break;
		buf_text(&t->wrap.text, count ? ", " : "");
		buf_put(&t->wrap.text, what, n);
	}
	wrap_say(&t->wrap, 4, 8, "%s", rest);
	return count;
}

static void tell_pruned(struct text *t)
{
	const struct explain *e = t->e;

	heading(t, "Records that the kernel is told to leave out, where tierceld owns the stream and nobody else has rules:");
	for (size_t i = e->pruned_notes; i < e->plan->note_count;)
		i += tell_alike(t, i);
	if (e->pruned_notes == e->plan->note_count)
		wrap_say(&t->wrap, 4, 8, "%s", explain_unpruned(e));
}

static void tell_unknown(struct text *t)
{
	const char *what;

	heading(t, "What is not known here:");
	for (unsigned i = 0; (what = explain_unknown(t->e, i)) != NULL; i++)
		wrap_say(&t->wrap, 4, 8, "%s", what);
}

static void tell_all(struct text *t)
{
	const struct explain *e = t->e;

	tell_head(t);
	if (e->plan->section_count) {
		tell_self(t);
		for (size_t s = 0; s < e->plan->section_count; s++)
			if (e->shown[s])
				tell_section(t, s);
		tell_widenings(t);
	}
	if (e->plan->section_count && !e->wish.section) {
		tell_pruned(t);
		tell_unknown(t);
	}
}

int explain_text(const struct explain *e, FILE *to, unsigned columns)
{
	struct text t = { .e = e, .told = calloc(e->plan->count + 1, sizeof(*t.told)) };
	int rc = t.told ? wrap_init(&t.wrap, to, columns, ROOM) : -ENOMEM;

	if (rc == 0)
		tell_all(&t);
	if (rc == 0)
		wrap_release(&t.wrap);
	free(t.told);
	return rc;
}
