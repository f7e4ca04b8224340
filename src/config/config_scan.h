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

/* From byte `at` of a text on, up to the next piece's, its bytes stand from line:column on. */
struct ini_piece {
	size_t at;
	unsigned line, column;
};

struct ini_key {
	const char *name, *value;
	unsigned line;
	const char *base; /* ini_join(): the name without a number; the same else */
	const char *text; /* ini_join(): the value, and those of name.2, name.3 ...; NULL: this is one of them */
	const struct ini_piece *pieces; /* of text, in order; at least one */
	size_t piece_count;
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
	struct ini_piece *pieces;
	size_t piece_count;
	char *joined_text; /* what ini_join() made */
	struct ini_piece *joined_pieces;
};

/* Cut `n` bytes of text, which may then go. Errors are reported; 0, -EINVAL or -ENOMEM. ini_release() in every case. */
int ini_scan(struct ini *ini, const char *file, const char *text, size_t n, struct reporter *r);
/* Read the file and cut it. The same results, or the errno of the file. */
int ini_load(struct ini *ini, const char *file, struct reporter *r);
/* Does iniparser read the same from ini->file? Differences are reported; 0 or -EINVAL. For files without faults. */
int ini_compare(const struct ini *ini, struct reporter *r);
/*
 * Join the numbered parts of keys that may have some (config_key_continues()): by a blank, of lists by a comma.
 * Faults are reported; 0, -EINVAL or -ENOMEM.
 */
int ini_join(struct ini *ini, struct reporter *r);
/* What goes on behind a key or a part of one, where it may: behind condition condition.2. */
struct ini_part {
	const char *key;
	char name[INI_NAME_MAX + 24];
};
/* How a text is to go on that was found behind such a key; its arguments are a part's key and name. */
#define INI_GOES_ON "does %s go on here? Write it as %s, or end the line before it in '\\'"
bool ini_next_part(struct span name, struct ini_part *part);
void ini_release(struct ini *ini);
/* Where byte `at` of the key's text stands; INI_WHOLE: its line. Where the section does not have it, the section's. */
#define INI_WHOLE SIZE_MAX
struct ini_place ini_place(const struct ini_section *s, const char *key, size_t at);
/* NULL: the section does not have it. */
const struct ini_key *ini_find(const struct ini_section *s, const char *key);
/* The line of the key, else of the section. */
unsigned ini_line(const struct ini_section *s, const char *key);

#endif
