/*
 * The text of one INI file, cut into sections, keys and values, with line numbers. A comment starts at ; or # at the
 * start of a line or after a blank, outside quotes; a value that begins with a quote ends at the next one; '\' at
 * the end of a line joins the next one to it. What iniparser is known to read in another way is an error here, so that
 * both always agree.
 */
#ifndef TIERCEL_CONFIG_CONFIG_SCAN_H
#define TIERCEL_CONFIG_CONFIG_SCAN_H

#include "config/config_report.h"

#define INI_LINE_MAX 1022 /* joined; iniparser reads into 1,024 bytes with newline and NUL */
#define INI_NAME_MAX 64
#define INI_KEYS_MAX 256 /* a section */

struct ini_key {
	const char *name, *value;
	unsigned line;
};

struct ini_section {
	const char *file;
	const char *kind, *name; /* [kind name]; name NULL: [kind] */
	const char *whole;       /* between the brackets, in lower case: iniparser's name of it */
	unsigned line;
	bool faulty;             /* something in it was reported */
	struct ini_key *keys;
	size_t key_count;
};

struct ini {
	const char *file; /* for messages; borrowed */
	struct ini_section *sections;
	size_t section_count;
	struct ini_key *keys; /* of all sections */
	size_t key_count;
	char *strings;
};

/* Cut `n` bytes of text, which may then go. Errors are reported; 0, -EINVAL or -ENOMEM. ini_release() in every case. */
int ini_scan(struct ini *ini, const char *file, const char *text, size_t n, struct reporter *r);
/* Read the file and cut it. The same results, or the errno of the file. */
int ini_load(struct ini *ini, const char *file, struct reporter *r);
/* Does iniparser read the same from ini->file? Differences are reported; 0 or -EINVAL. For files without faults. */
int ini_compare(const struct ini *ini, struct reporter *r);
void ini_release(struct ini *ini);
/* NULL: the section does not have it. */
const struct ini_key *ini_find(const struct ini_section *s, const char *key);
/* The line of the key, else of the section. */
unsigned ini_line(const struct ini_section *s, const char *key);

#endif
