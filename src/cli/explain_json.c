/* A plan for programs: one object, keys sorted. */
#include "cli/explain.h"
#include "encode/escape.h"

#include <errno.h>
#include <stdlib.h>

#define ROOM (1 << 18) /* bytes of one string; what is longer is cut */

struct json_out {
	const struct explain *e;
	FILE *to;
	struct buf text; /* the string under way, the padding of escape_json() behind it */
	char *escaped;
	bool comma;      /* something stands before, on this level */
};

static void begin(struct json_out *j, char bracket)
{
	if (j->comma)
		putc(',', j->to);
	putc(bracket, j->to);
	j->comma = false;
}

static void end(struct json_out *j, char bracket)
{
	putc(bracket, j->to);
	j->comma = true;
}

/* The text under way, as a string. */
static void put(struct json_out *j)
{
	bool odd = false;
	char *w;

	memset(j->text.p + j->text.n, 0, 16);
	w = escape_json(j->escaped, j->escaped + 6 * (size_t)ROOM, j->text.p, j->text.n, &odd);
	fprintf(j->to, "%s\"", j->comma ? "," : "");
	fwrite(j->escaped, 1, (size_t)(w - j->escaped), j->to);
	putc('"', j->to);
	j->comma = true;
	j->text.n = 0;
	j->text.full = false;
}

static void text(struct json_out *j, const char *value)
{
	buf_text(&j->text, value);
	put(j);
}

static void key(struct json_out *j, const char *name)
{
	text(j, name);
	putc(':', j->to);
	j->comma = false;
}

static void label(struct json_out *j, size_t section)
{
	explain_label(j->e, section, &j->text);
	put(j);
}

/* "calls":[...], or "calls_but":[...]: all known ones but these. */
static void calls(struct json_out *j, const char *name, const char *but, const struct plan_calls *set)
{
	struct plan_tell_names names;

	plan_tell_names(j->e->tell, set, &names);
	key(j, names.but ? but : name);
	begin(j, '[');
	for (size_t i = 0; i < names.count; i++) {
		buf_put(&j->text, names.name[i].p, names.name[i].n);
		put(j);
	}
	end(j, ']');
}

static void form(struct json_out *j, const struct plan_rule *r)
{
	plan_tell_tests(r, &j->text);
	put(j);
}

/* Notes [from, to) of a section. */
static void notes(struct json_out *j, unsigned section, size_t from, size_t to)
{
	key(j, "notes");
	begin(j, '[');
	for (size_t i = from; i < to; i++)
		if (j->e->plan->notes[i].section == section)
			text(j, j->e->plan->notes[i].what);
	end(j, ']');
}

/* A rule of very many calls is more than one line. */
static void line(struct json_out *j, const struct plan_rule *r)
{
	plan_print_rule(r, &j->text);
	if (j->text.n && j->text.p[j->text.n - 1] == '\n')
		j->text.n--;
	put(j);
}

static void rules(struct json_out *j)
{
	const struct explain *e = j->e;

	key(j, "rules");
	begin(j, '[');
	for (size_t i = 0; i < e->pruned_rules; i++) {
		const struct plan_rule *r = &e->plan->rules[i];

		begin(j, '{');
		key(j, "auditctl");
		line(j, r);
		key(j, "sections");
		begin(j, '[');
		for (size_t s = 0; s < e->plan->section_count && explain_is_asked(r); s++)
			if (plan_tell_asked(r, s))
				label(j, s);
		end(j, ']');
		end(j, '}');
	}
	end(j, ']');
}

/* The rules that the section has a part in, and which. */
static void section_rules(struct json_out *j, size_t s)
{
	const struct explain *e = j->e;

	key(j, "rules");
	begin(j, '[');
	for (size_t i = 0; i < e->pruned_rules; i++) {
		const struct plan_rule *r = &e->plan->rules[i];
		struct plan_calls own;

		if (!explain_is_asked(r) || !plan_tell_asked(r, s))
			continue;
		plan_tell_own(e->tell, r, s, &own);
		begin(j, '{');
		key(j, "auditctl");
		line(j, r);
		calls(j, "calls", "calls_but", &own);
		end(j, '}');
	}
	end(j, ']');
}

static void section(struct json_out *j, size_t s)
{
	const struct plan_tell_section *is = &j->e->tell->sections[s];
	char expanded[EXPLAIN_EXPANDED + 1];
	struct explain_key k;

	begin(j, '{');
	key(j, "keys");
	begin(j, '[');
	for (unsigned i = 0; explain_key(j->e, s, i, &k, expanded); i++) {
		buf_printf(&j->text, "%s = ", k.key);
		text(j, k.value);
	}
	end(j, ']');
	notes(j, (unsigned)s, 0, j->e->plan->note_count);
	section_rules(j, s);
	key(j, "seccomp");
	begin(j, '[');
	for (size_t i = 0; i < is->notify_count; i++) {
		begin(j, '{');
		calls(j, "calls", "calls_but", &is->notify[i].calls);
		key(j, "tests");
		text(j, is->notify[i].tests);
		end(j, '}');
	}
	end(j, ']');
	key(j, "section");
	label(j, s);
	end(j, '}');
}

static void widening(struct json_out *j, const struct plan_tell_widening *w)
{
	begin(j, '{');
	key(j, "asked");
	begin(j, '[');
	for (size_t i = 0; i < w->ask_count; i++) {
		begin(j, '{');
		key(j, "section");
		label(j, w->asks[i].section);
		key(j, "tests");
		form(j, w->asks[i].form);
		end(j, '}');
	}
	end(j, ']');
	key(j, "because");
	begin(j, '[');
	for (size_t i = 0; i < w->by_count; i++)
		label(j, w->by[i]);
	end(j, ']');
	calls(j, "calls", "calls_but", &w->calls);
	key(j, "tests");
	form(j, w->form);
	end(j, '}');
}

static void crossing(struct json_out *j, const struct plan_tell_crossing *c)
{
	begin(j, '{');
	calls(j, "calls", "calls_but", &c->calls);
	key(j, "for");
	begin(j, '[');
	for (size_t s = 0; s < j->e->plan->section_count; s++)
		if (plan_tell_tagged(c->tags, s))
			label(j, s);
	end(j, ']');
	key(j, "tests");
	form(j, c->form);
	end(j, '}');
}

static void kernel(struct json_out *j)
{
	const struct explain *e = j->e;
	const char *name;
	bool has;

	key(j, "kernel");
	begin(j, '{');
	key(j, "arches");
	begin(j, '[');
	for (unsigned k = 0; k < 2 && e->host.arches[k] >= 0; k++) {
		struct span arch = arch_name(e->host.arches[k]);

		buf_put(&j->text, arch.p, arch.n);
		put(j);
	}
	end(j, ']');
	key(j, "lacks");
	begin(j, '[');
	for (unsigned i = 0; (name = explain_feature(e, i, &has)) != NULL; i++)
		if (!has)
			text(j, name);
	end(j, ']');
	key(j, "version");
	buf_printf(&j->text, "%u.%u.%u", e->wish.version >> 16, e->wish.version >> 8 & 0xff, e->wish.version & 0xff);
	put(j);
	end(j, '}');
}

static void pruned(struct json_out *j)
{
	const struct explain *e = j->e;

	key(j, "pruned");
	begin(j, '{');
	notes(j, PLAN_NO_SECTION, e->pruned_notes, e->plan->note_count);
	key(j, "rules");
	begin(j, '[');
	for (size_t i = e->pruned_rules; i < e->plan->count; i++)
		line(j, &e->plan->rules[i]);
	end(j, ']');
	if (e->pruned_rules == e->plan->count) {
		key(j, "why_none");
		text(j, explain_unpruned(e));
	}
	end(j, '}');
}

static void whole(struct json_out *j)
{
	const struct explain *e = j->e;
	const char *what;

	begin(j, '{');
	calls(j, "always", "always_but", &e->tell->always);
	key(j, "config");
	text(j, e->wish.path);
	key(j, "crosses");
	begin(j, '[');
	for (size_t i = 0; i < e->tell->crossing_count; i++)
		crossing(j, &e->tell->crossings[i]);
	end(j, ']');
	kernel(j);
	notes(j, PLAN_NO_SECTION, 0, e->pruned_notes);
	key(j, "path_match");
	text(j, e->host.path_by_object ? "object" : "name");
	pruned(j);
	rules(j);
	key(j, "sections");
	begin(j, '[');
	for (size_t s = 0; s < e->plan->section_count; s++)
		if (e->shown[s])
			section(j, s);
	end(j, ']');
	key(j, "unknown");
	begin(j, '[');
	for (unsigned i = 0; (what = explain_unknown(e, i)) != NULL; i++)
		text(j, what);
	end(j, ']');
	key(j, "widened");
	begin(j, '[');
	for (size_t i = 0; i < e->tell->widening_count; i++)
		if (explain_is_shown(e, &e->tell->widenings[i]))
			widening(j, &e->tell->widenings[i]);
	end(j, ']');
	end(j, '}');
	putc('\n', j->to);
}

int explain_json(const struct explain *e, FILE *to)
{
	struct json_out j = { .e = e, .to = to };
	int rc;

	j.text.p = malloc(ROOM + 16);
	j.text.cap = ROOM;
	j.escaped = malloc(6 * (size_t)ROOM + ESCAPE_SLACK);
	if (j.text.p && j.escaped)
		whole(&j);
	rc = j.text.p && j.escaped ? 0 : -ENOMEM;
	free(j.text.p);
	free(j.escaped);
	return rc;
}
