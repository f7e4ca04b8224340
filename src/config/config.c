#include "config/config_keys.h"
#include "config/config_load.h"
#include "base/nearest.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

struct loader {
	struct config *c;
	struct reporter r;
	bool no_memory;
};

#define SPAN_OF(text) span_of((text), strlen(text))

static void set_defaults(enum config_section_id id, void *into)
{
	for (size_t i = 0; i < config_key_count; i++) {
		const struct config_key *k = &config_keys[i];
		if (k->section != id)
			continue;
		if (k->initial)
			config_value_set(k, k->initial, into);
		else if (k->type == CONFIG_CHOICE)
			*(int *)((char *)into + k->member) = -1;
	}
}

/* One more, zeroed, at the end of an array that grows; NULL: no memory. */
static void *append(struct loader *l, void **array, size_t *count, size_t size)
{
	char *grown = realloc(*array, (*count + 1) * size);

	if (!grown) {
		l->no_memory = true;
		return NULL;
	}
	*array = grown;
	return memset(grown + (*count)++ * size, 0, size);
}

/* Where the sections of a kind go: an array of structs that begin with a struct config_from. */
struct room {
	void **array;
	size_t *count, size;
	size_t name; /* offset of the member that the section's name goes to */
};

static struct room room_of(struct config *c, enum config_section_id id)
{
#define ROOM(array, count, type, name) { (void **)&c->array, &c->count, sizeof(type), offsetof(type, name) }
	switch (id) {
	case CONFIG_SECTION_select:
		return (struct room)ROOM(selects, select_count, struct config_select, spec.name);
	case CONFIG_SECTION_list:
		return (struct room)ROOM(lists, list_count, struct config_list, spec.name);
	case CONFIG_SECTION_macro:
		return (struct room)ROOM(macros, macro_count, struct config_macro, spec.name);
	case CONFIG_SECTION_rule:
		return (struct room)ROOM(rule, rule_count, struct config_rule, spec.id);
	default:
		return (struct room)ROOM(outputs, output_count, struct config_output, settings.name);
	}
#undef ROOM
}

static void unknown_section(struct loader *l, const struct ini_section *s)
{
	struct nearest kinds = { .word = SPAN_OF(s->kind) }, names = { .word = SPAN_OF(s->name ? s->name : "") };
	struct section_label label;
	bool known = false;

	section_label(s, &label);
	for (int i = 0; i < CONFIG_SECTION_COUNT; i++) {
		const struct config_section_kind *k = &config_sections[i];
		nearest_offer(&kinds, SPAN_OF(k->kind));
		if (strcmp(k->kind, s->kind) != 0)
			continue;
		known = true;
		if (!k->name && s->name) {
			report_error(&l->r, -EINVAL, s->file, s->line, "%s: [%s] takes no name", label.text, s->kind);
			return;
		}
		if (k->name && !s->name) {
			report_error(&l->r, -EINVAL, s->file, s->line, "[%s] needs a name, as in [%s %s]", s->kind,
				s->kind, k->name);
			return;
		}
		nearest_offer(&names, SPAN_OF(k->name));
	}
	if (known && names.best.p)
		report_error(&l->r, -EINVAL, s->file, s->line, "unknown section %s; did you mean [%s %.*s]?",
			label.text, s->kind,
			(int)names.best.n, names.best.p);
	else if (!known && kinds.best.p)
		report_error(&l->r, -EINVAL, s->file, s->line, "unknown section %s; did you mean [%.*s%s%s]?",
			label.text,
			(int)kinds.best.n, kinds.best.p, s->name ? " " : "", s->name ? s->name : "");
	else
		report_error(&l->r, -EINVAL, s->file, s->line, "unknown section %s", label.text);
}

/* The section's row in the table, -1 (reported): there is none, or it is not for this version. */
static int kind_of(struct loader *l, const struct ini_section *s)
{
	int id = config_section_find(s->kind, s->name);
	struct section_label label;

	if (id >= 0 && config_sections[id].built)
		return id;
	if (id >= 0)
		report_error(&l->r, -EINVAL, s->file, s->line, "%s is not in this version yet", section_label(s, &label));
	else
		unknown_section(l, s);
	return -1;
}

static void unknown_key(struct loader *l, enum config_section_id id, const struct ini_section *s,
	const struct ini_key *k)
{
	struct nearest near = { .word = SPAN_OF(k->name) };
	struct section_label label;
	const struct config_section_kind *other = NULL;
	struct ini_part part;

	section_label(s, &label);
	/* A field that a condition's next line begins with looks like a key. */
	if (k > s->keys && strchr(k->name, '.') && ini_next_part(SPAN_OF(k[-1].name), &part)) {
		report_error(&l->r, -EINVAL, s->file, k->line, "unknown key '%s' in %s; " INI_GOES_ON, k->name, label.text,
			part.key, part.name);
		return;
	}
	for (size_t i = 0; i < config_key_count; i++) {
		if (config_keys[i].section == id)
			nearest_offer(&near, SPAN_OF(config_keys[i].name));
		else if (strcmp(config_keys[i].name, k->name) == 0)
			other = &config_sections[config_keys[i].section];
	}
	if (near.best.p)
		report_error(&l->r, -EINVAL, s->file, k->line, "unknown key '%s' in %s; did you mean '%.*s'?", k->name,
			label.text,
			(int)near.best.n, near.best.p);
	else if (other)
		report_error(&l->r, -EINVAL, s->file, k->line, "unknown key '%s' in %s; it belongs in [%s%s%s]",
			k->name, label.text,
			other->kind, other->name ? " " : "", other->name ? other->name : "");
	else
		report_error(&l->r, -EINVAL, s->file, k->line, "unknown key '%s' in %s", k->name, label.text);
}

static void bracketed(struct loader *l, const char *file, const struct ini_key *k)
{
	struct span inner = span_of(k->text + 1, strlen(k->text) - 2);
	struct shown words;

	while (inner.n && (inner.p[0] == ' ' || inner.p[0] == '\t')) {
		inner.p++;
		inner.n--;
	}
	if (inner.n)
		report_error(&l->r, -EINVAL, file, k->line, "%s: INI lists have no brackets: %s = %s", k->base, k->base,
			show(inner, &words));
	else
		report_error(&l->r, -EINVAL, file, k->line, "%s: INI lists have no brackets, and none is empty", k->base);
}

static void unknown_choice(struct loader *l, const struct config_key *key, const char *file, const struct ini_key *k)
{
	struct nearest near = { .word = SPAN_OF(k->text) };
	struct span longer = { .n = 0 };
	struct shown value;

	for (const char *p = key->choices; *p; p += strspn(p, " ")) {
		size_t n = strcspn(p, " ");
		nearest_offer(&near, span_of(p, n));
		/* As syslog shortens them: crit, warn. */
		if (near.word.n >= 3 && near.word.n < n && strncasecmp(p, near.word.p, near.word.n) == 0)
			longer = span_of(p, n);
		p += n;
	}
	if (longer.n)
		near.best = longer;
	show(SPAN_OF(k->text), &value);
	if (near.best.p)
		report_error(&l->r, -EINVAL, file, k->line, "%s: unknown word '%s'; did you mean '%.*s'?", k->name,
			value.text,
			(int)near.best.n, near.best.p);
	else
		report_error(&l->r, -EINVAL, file, k->line, "%s: unknown word '%s'; one of: %s", k->name, value.text,
			key->choices);
}

static void value_fault(struct loader *l, enum config_fault fault, const struct config_key *key, const char *file,
	const struct ini_key *k)
{
	static const char *const causes[] = {
		[FAULT_NO_PATH] = "is no absolute path",
		[FAULT_NO_BOOL] = "is neither yes nor no",
		[FAULT_NO_NUMBER] = "is no number: digits only",
		[FAULT_NO_SIZE] = "is no size: digits, and K, M or G right behind them at most",
		[FAULT_NO_TIME] = "is no time: digits, and ms, s, m or h right behind them",
		[FAULT_NO_RATE] = "is no rate: N/s, N/m or N/h, and 'burst N' behind it at most"
	};
	struct shown value;

	show(SPAN_OF(k->text), &value);
	if (fault == FAULT_EMPTY)
		report_error(&l->r, -EINVAL, file, k->line, "%s has no value", k->name);
	else if (fault == FAULT_RANGE)
		report_error(&l->r, -EINVAL, file, k->line, "%s: %s is out of range: %s to %s", k->name, value.text,
			key->low,
			key->high);
	else if (fault == FAULT_LATER)
		report_error(&l->r, -EINVAL, file, k->line, "%s: '%s' is not in this version yet; one of: %s", k->name,
			value.text,
			key->choices);
	else if (fault == FAULT_BRACKETS)
		bracketed(l, file, k);
	else if (fault == FAULT_NO_CHOICE)
		unknown_choice(l, key, file, k);
	else
		report_error(&l->r, -EINVAL, file, k->line, "%s: '%s' %s", k->name, value.text, causes[fault]);
}

/* NULL: unknown, or a further part of another one. */
static const struct config_key *key_of(enum config_section_id id, const struct ini_key *k)
{
	return k->text ? config_key_find(id, SPAN_OF(k->base)) : NULL;
}

/* Where a word of a later version stands, keys of that version will too: one error is enough. */
static bool take_keys(struct loader *l, enum config_section_id id, const struct ini_section *s, void *into)
{
	bool good = !s->faulty, later = false;

	for (size_t i = 0; i < s->key_count; i++) {
		const struct config_key *key = key_of(id, &s->keys[i]);
		enum config_fault fault = key ? config_value_set(key, s->keys[i].text, into) : FAULT_NONE;
		if (fault != FAULT_NONE)
			value_fault(l, fault, key, s->file, &s->keys[i]);
		good = good && fault == FAULT_NONE;
		later = later || fault == FAULT_LATER;
	}
	for (size_t i = 0; i < s->key_count && !later; i++) {
		if (!s->keys[i].text || key_of(id, &s->keys[i]))
			continue;
		unknown_key(l, id, s, &s->keys[i]);
		good = false;
	}
	return good;
}

static void take_named(struct loader *l, enum config_section_id id, const struct ini_section *s)
{
	struct room room = room_of(l->c, id);
	struct config_from *from = append(l, room.array, room.count, room.size);

	if (!from)
		return;
	from->at = s;
	*(const char **)((char *)from + room.name) = s->name;
	set_defaults(id, from);
	from->faulty = !take_keys(l, id, s, from);
	if (id == CONFIG_SECTION_output && config_output_resolve((struct config_output *)from, &l->r) == -ENOMEM)
		l->no_memory = true;
}

static void take_section(struct loader *l, const struct ini_section *s)
{
	int id = kind_of(l, s);

	if (id == CONFIG_SECTION_tiercel)
		take_keys(l, CONFIG_SECTION_tiercel, s, &l->c->tiercel);
	else if (id == CONFIG_SECTION_audit)
		take_keys(l, CONFIG_SECTION_audit, s, &l->c->audit);
	else if (id >= 0)
		take_named(l, (enum config_section_id)id, s);
}

static void select_fault(void *ctx, const struct select_fault *fault)
{
	static const char *const names[SELECT_TEXTS] = { "syscalls", "types", "path", "exe", "uid", "auid" };
	struct loader *l = ctx;
	const struct config_from *from = &l->c->selects[fault->spec].from;
	enum config_level level = fault->warning ? CONFIG_WARNING : CONFIG_ERROR;
	struct section_label label;
	bool whole = fault->key == SELECT_SECTION;
	struct ini_place at = { from->at->file, from->at->line, 0 };

	/* Of a section with a fault in its keys, what is said of it as a whole would only come of that. */
	if (from->faulty && (whole || fault->warning))
		return;
	if (!whole)
		at = ini_place(from->at, names[fault->key], fault->column ? fault->column - 1 : INI_WHOLE);
	report_at(&l->r, level, &at, "%s%s %s", whole ? section_label(from->at, &label) : names[fault->key],
		whole ? "" : ":", fault->what);
}

static void compile_selects(struct loader *l)
{
	struct config *c = l->c;
	struct select_spec *specs = calloc(c->select_count + 1, sizeof(*specs));

	for (size_t i = 0; specs && i < c->select_count; i++)
		specs[i] = c->selects[i].spec;
	if (!specs || (c->select_count && select_new(&c->select, specs, c->select_count, select_fault, l) == -ENOMEM))
		l->no_memory = true;
	free(specs);
}

static void read_files(struct loader *l, const char *path)
{
	struct config_files *files = l->c->files;
	int rc = config_file_read(files, path, NULL, 0, &l->r);
	const struct ini_key *include = NULL;
	const struct ini_section *from = NULL;

	for (size_t i = 0; files->count && i < files->file[0].ini.section_count && !include; i++) {
		from = &files->file[0].ini.sections[i];
		if (strcmp(from->kind, "tiercel") == 0 && !from->name)
			include = ini_find(from, "include");
	}
	if (rc != -ENOMEM && include)
		rc = config_files_include(files, from, include, &l->r);
	if (rc == -ENOMEM || config_files_doubles(files, &l->r) == -ENOMEM)
		l->no_memory = true;
	/* Where there are faults, iniparser's view would only repeat them. */
	for (size_t i = 0; i < files->count && !l->r.errors; i++)
		ini_compare(&files->file[i].ini, &l->r);
}

static void take_files(struct loader *l)
{
	struct config *c = l->c;

	set_defaults(CONFIG_SECTION_tiercel, &c->tiercel);
	set_defaults(CONFIG_SECTION_audit, &c->audit);
	for (size_t i = 0; i < c->files->count; i++) {
		const struct ini *ini = &c->files->file[i].ini;
		for (size_t k = 0; k < ini->section_count && !l->no_memory; k++)
			take_section(l, &ini->sections[k]);
	}
	compile_selects(l);
	if (config_rules_compile(c, &l->r) == -ENOMEM)
		l->no_memory = true;
	config_outputs_clash(c, &l->r);
	config_outputs_priority(c, &l->r);
	if (c->output_count || l->no_memory)
		return;
	struct config_output *o = append(l, (void **)&c->outputs, &c->output_count, sizeof(*o));
	if (!o)
		return;
	set_defaults(CONFIG_SECTION_output, o);
	if (config_output_default(o) == -ENOMEM)
		l->no_memory = true;
}

int config_load(struct config **out, const char *path, config_report *report, void *ctx)
{
	struct loader l = { .r = { .report = report, .ctx = ctx, .hold = true } };

	*out = NULL;
	l.c = calloc(1, sizeof(*l.c));
	if (l.c)
		l.c->files = calloc(1, sizeof(*l.c->files));
	if (l.c && l.c->files) {
		read_files(&l, path);
		take_files(&l);
	}
	if (!l.c || !l.c->files || l.no_memory) {
		l.r.hold = false;
		report_error(&l.r, -ENOMEM, path, 0, "%s", strerror(ENOMEM));
	}
	if (l.r.held_count)
		config_files_tell(l.c->files, &l.r);
	if (l.r.errors) {
		config_free(l.c);
		return l.no_memory || !l.r.code ? -ENOMEM : l.r.code;
	}
	*out = l.c;
	return 0;
}

void config_free(struct config *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->output_count; i++)
		free((void *)c->outputs[i].encode.members);
	for (size_t i = 0; i < c->rule_count; i++)
		free((void *)c->rule[i].encode.members);
	free(c->outputs);
	free(c->selects);
	select_free(c->select);
	ruleset_free(c->rules);
	cond_scope_free(c->scope);
	free(c->rule);
	free(c->lists);
	free(c->macros);
	config_files_free(c->files);
	free(c);
}
