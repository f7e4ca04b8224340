#include "config/config_fields.h"
#include "config/config_load.h"
#include "filter/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { TO_STDOUT, TO_FILE };

#define INFORMATIONAL 6 /* what every event is, as this version has no rules */

/* In the order of the choices in config_keys.def. */
static const char *const type_names[] = { "stdout", "file" };
static const struct encoder *const formats[] = { &encoder_json, &encoder_text, &encoder_raw };

static int wrong(struct reporter *r, const struct config_output *o, const char *key, const char *what)
{
	struct section_label label;

	report_error(r, -EINVAL, o->at->file, ini_line(o->at, key), "%s %s", section_label(o->at, &label), what);
	return -EINVAL;
}

static int resolve_fields(struct config_output *o, struct reporter *r)
{
	struct words w = { .text = o->fields };
	struct span word, *member = calloc(strlen(o->fields) / 2 + 1, sizeof(*member));
	struct field_fault fault;
	int rc = 0;

	if (!member)
		return -ENOMEM;
	o->encode.members = member;
	while (words_next(&w, &word)) {
		if (word.n == 0 || encode_options_add(&o->encode, member, word) < 0) {
			report_error(r, -EINVAL, o->at->file, ini_line(o->at, "fields"), "fields: %s",
				config_field_fault(word, &fault));
			rc = -EINVAL;
		}
	}
	return rc;
}

static void check_directory(const struct config_output *o, struct reporter *r)
{
	const char *slash = strrchr(o->path, '/');
	char *directory = strndup(o->path, slash == o->path ? 1 : (size_t)(slash - o->path));
	struct stat st;

	if (directory && stat(directory, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
		report_warning(r, o->at->file, ini_line(o->at, "path"), "path: there is no directory %s", directory);
	free(directory);
}

static void check_priority(const struct config_output *o, struct reporter *r)
{
	if (o->priority < INFORMATIONAL)
		report_warning(r, o->at->file, ini_line(o->at, "priority"),
			"priority: nothing is ever written: all events of this version are Informational");
}

static int check_file(struct config_output *o, struct reporter *r)
{
	static const char *const file_keys[] = { "path", "rotate_size", "rotate_keep" };
	int rc = 0;

	if (o->type < 0)
		return -EINVAL;
	if (o->type == TO_FILE && !o->path && o->faulty)
		return -EINVAL;
	if (o->type == TO_FILE && !o->path)
		return wrong(r, o, "type", "needs a path");
	if (o->type == TO_FILE && o->path[0] != '/')
		return wrong(r, o, "path", "needs an absolute path");
	if (o->type == TO_FILE)
		check_directory(o, r);
	for (size_t i = 0; i < sizeof(file_keys) / sizeof(file_keys[0]) && o->type != TO_FILE; i++) {
		const struct ini_key *k = ini_find(o->at, file_keys[i]);
		if (!k || strcmp(k->name, file_keys[i]) != 0) /* Path is told as unknown */
			continue;
		report_error(r, -EINVAL, o->at->file, k->line, "%s is for type = file only", k->name);
		rc = -EINVAL;
	}
	if (rc == 0 && !o->faulty && o->rotate_size == 0 && ini_find(o->at, "rotate_keep"))
		report_warning(r, o->at->file, ini_line(o->at, "rotate_keep"),
			"rotate_keep does nothing without rotate_size");
	return rc;
}

/* Keys that the format does not look at. */
static void check_format(const struct config_output *o, struct reporter *r)
{
	static const char *const json_keys[] = { "fields", "raw" };

	for (size_t i = 0; i < sizeof(json_keys) / sizeof(json_keys[0]) && o->encoder != &encoder_json; i++) {
		if (ini_find(o->at, json_keys[i]))
			report_warning(r, o->at->file, ini_line(o->at, json_keys[i]),
				"%s does nothing with format = %s",
				json_keys[i], o->encoder->name);
	}
}

static void settle(struct config_output *o, const char *name)
{
	o->encoder = formats[o->format];
	o->encode.raw = o->raw;
	o->encode.budget = (size_t)o->budget;
	o->settings = (struct output_settings){
		.name = name, .type = type_names[o->type], .path = o->path,
		.rotate_size = o->rotate_size, .rotate_keep = (unsigned)o->rotate_keep
	};
}

int config_output_resolve(struct config_output *o, struct reporter *r)
{
	if (o->type < 0 && !o->faulty)
		wrong(r, o, "type", "needs a type: stdout or file");
	if (o->type >= 0)
		settle(o, o->at->name);
	int file = check_file(o, r), named = resolve_fields(o, r);
	if (o->encoder)
		check_format(o, r);
	check_priority(o, r);
	return named < 0 ? named : file;
}

void config_output_where(const struct config_output *o, struct config_where *where)
{
	where->text[0] = '\0';
	if (o->at)
		snprintf(where->text, sizeof(where->text), "%s:%u", o->at->file, ini_line(o->at, "path"));
}

int config_output_default(struct config_output *o)
{
	o->type = TO_STDOUT;
	settle(o, "stdout");
	return resolve_fields(o, NULL);
}

static bool same_place(const struct config_output *a, const struct config_output *b)
{
	if (a->type != b->type || a->type < 0)
		return false;
	return a->type == TO_STDOUT || (a->path && b->path && strcmp(a->path, b->path) == 0);
}

int config_outputs_clash(const struct config *c, struct reporter *r)
{
	struct section_label label;
	int rc = 0;

	for (size_t i = 0; i < c->output_count; i++) {
		const struct config_output *o = &c->outputs[i];
		size_t k = 0;
		while (k < i && !same_place(o, &c->outputs[k]))
			k++;
		if (k == i)
			continue;
		report_error(r, -EINVAL, o->at->file, ini_line(o->at, o->path ? "path" : "type"),
			"%s is where %s goes already", o->path ? o->path : type_names[o->type],
			section_label(c->outputs[k].at, &label));
		rc = -EINVAL;
	}
	return rc;
}
