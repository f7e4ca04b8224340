/* Inside of config: what its files share while a configuration is read. */
#ifndef TIERCEL_CONFIG_CONFIG_LOAD_H
#define TIERCEL_CONFIG_CONFIG_LOAD_H

#include "config/config_scan.h"

#include <sys/types.h>

struct config_file {
	char *path;
	dev_t dev;
	ino_t ino;
	struct ini ini;
};

/* Every file read, in order. */
struct config_files {
	struct config_file *file;
	size_t count;
};

/* "[kind NAME]" for messages. */
struct section_label {
	char text[2 * INI_NAME_MAX + 8];
};
const char *section_label(const struct ini_section *s, struct section_label *room);

/* Read one file into the list; `path` stays the caller's. `from`: the section that asks, NULL: the user. */
int config_file_read(struct config_files *files, const char *path, const struct ini_section *from, unsigned line,
	struct reporter *r);
/* The files that [tiercel] include names, those of a pattern in order of name. 0 or -errno; faults are reported. */
int config_files_include(struct config_files *files, const struct ini_section *from, const struct ini_key *include,
	struct reporter *r);
/* A section twice, in whatever files. */
int config_files_doubles(const struct config_files *files, struct reporter *r);
/* Tell what the reporter holds, by file in the order of reading, and by line; it holds nothing then. */
void config_files_tell(const struct config_files *files, struct reporter *r);
void config_files_free(struct config_files *files);

/* Turn what is written into what the rooms take; faults are reported. 0, -EINVAL or -ENOMEM. */
int config_output_resolve(struct config_output *o, struct reporter *r);
/* Two outputs to one place. */
int config_outputs_clash(const struct config *c, struct reporter *r);
/* Outputs that no event is severe enough for. */
#define CONFIG_SELECTED 6 /* Informational: what an event is that no rule says anything of */
void config_outputs_priority(const struct config *c, struct reporter *r);
/* JSON to stdout, as there is no [output] at all. */
int config_output_default(struct config_output *o);

/*
 * Choose the fields that `text` says, of section `at` (NULL: without faults); o->members is the caller's to free.
 * Faults are reported. 0, -EINVAL or -ENOMEM.
 */
int config_fields_resolve(struct encode_options *o, const char *text, const struct ini_section *at, struct reporter *r);

/* c->scope and c->rules, the caller's to free, from the sections; faults are reported. 0, -EINVAL or -ENOMEM. */
int config_rules_compile(struct config *c, struct reporter *r);

#endif
