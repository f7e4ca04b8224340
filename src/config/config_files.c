#include "config/config_load.h"
#include "filter/words.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/stat.h>

const char *section_label(const struct ini_section *s, struct section_label *room)
{
	snprintf(room->text, sizeof(room->text), "[%s%s%s]", s->kind, s->name ? " " : "", s->name ? s->name : "");
	return room->text;
}

static bool read_already(const struct config_files *files, const struct stat *st)
{
	for (size_t i = 0; i < files->count; i++) {
		if (files->file[i].dev == st->st_dev && files->file[i].ino == st->st_ino)
			return true;
	}
	return false;
}

int config_file_read(struct config_files *files, const char *path, const struct ini_section *from, unsigned line,
	struct reporter *r)
{
	struct stat st = { .st_dev = 0 };
	bool there = stat(path, &st) == 0; /* else ini_load() says why */

	if (there && read_already(files, &st)) {
		report_error(r, -EINVAL, from->file, line, "include: %s is read already", path);
		return -EINVAL;
	}
	struct config_file *file = realloc(files->file, (files->count + 1) * sizeof(*file));
	char *copy = strdup(path);
	if (file)
		files->file = file;
	if (!file || !copy) {
		free(copy);
		return -ENOMEM;
	}
	file += files->count++;
	*file = (struct config_file){ .path = copy, .dev = st.st_dev, .ino = st.st_ino };
	int rc = ini_load(&file->ini, copy, r), joined = ini_join(&file->ini, r);
	return rc == 0 || joined == -ENOMEM ? joined : rc;
}

/* The pattern as seen from the directory of the including file, whose own name holds no patterns. NULL: no memory. */
static char *pattern_from(const char *file, struct span word)
{
	const char *slash = strrchr(file, '/');
	size_t dir = word.p[0] == '/' || !slash ? 0 : (size_t)(slash + 1 - file), n = 0;
	char *pattern = malloc(2 * dir + word.n + 1);

	if (!pattern)
		return NULL;
	for (size_t i = 0; i < dir; i++) {
		if (strchr("\\*?[", file[i]))
			pattern[n++] = '\\';
		pattern[n++] = file[i];
	}
	memcpy(pattern + n, word.p, word.n);
	pattern[n + word.n] = '\0';
	return pattern;
}

/* A conf.d that is not there is an empty one. */
static int glob_failed(const char *path, int error)
{
	(void)path;
	return error != ENOENT && error != ENOTDIR;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int include_pattern(struct config_files *files, const struct ini_section *from, unsigned line, struct span word,
	struct reporter *r)
{
	glob_t found = { .gl_pathc = 0 };
	char *pattern = pattern_from(from->file, word);
	int rc = -ENOMEM;

	errno = 0;
	int failed = pattern ? glob(pattern, GLOB_NOSORT, glob_failed, &found) : GLOB_NOSPACE;
	if (failed == GLOB_NOMATCH) {
		rc = 0;
		if (!strpbrk(pattern, "*?["))
			rc = config_file_read(files, pattern, from, line, r);
	} else if (failed == GLOB_ABORTED) {
		rc = -EINVAL;
		report_error(r, rc, from->file, line, "include: %s: %s", pattern, strerror(errno ? errno : EACCES));
	} else if (failed == 0) {
		rc = 0;
		qsort(found.gl_pathv, found.gl_pathc, sizeof(found.gl_pathv[0]), by_name);
		for (size_t i = 0; i < found.gl_pathc && rc != -ENOMEM; i++) {
			int one = config_file_read(files, found.gl_pathv[i], from, line, r);
			rc = one < 0 ? one : rc;
		}
	}
	globfree(&found);
	free(pattern);
	return rc;
}

int config_files_include(struct config_files *files, const struct ini_section *from, const struct ini_key *include,
	struct reporter *r)
{
	struct words w = { .text = include->text };
	struct span word;
	int rc = 0;

	while (rc != -ENOMEM && words_next(&w, &word)) {
		int one = -EINVAL;
		if (word.n)
			one = include_pattern(files, from, include->line, word, r);
		else if (*include->text)
			report_error(r, -EINVAL, from->file, include->line, "include: an empty word: a comma too many");
		rc = one < 0 ? one : rc;
	}
	return rc;
}

struct place {
	const struct ini_section *section;
	size_t order;
};

static int compare_sections(const struct ini_section *a, const struct ini_section *b)
{
	int rc = strcasecmp(a->kind, b->kind);

	return rc ? rc : strcasecmp(a->name ? a->name : "", b->name ? b->name : "");
}

static int by_section(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int rc = compare_sections(x->section, y->section);

	return rc ? rc : x->order < y->order ? -1 : 1;
}

int config_files_doubles(const struct config_files *files, struct reporter *r)
{
	size_t count = 0, n = 0, first = 0;
	struct section_label label;
	int rc = 0;

	for (size_t i = 0; i < files->count; i++)
		count += files->file[i].ini.section_count;
	struct place *all = calloc(count + 1, sizeof(*all));
	if (!all)
		return -ENOMEM;
	for (size_t i = 0; i < files->count; i++) {
		for (size_t k = 0; k < files->file[i].ini.section_count; k++, n++)
			all[n] = (struct place){ &files->file[i].ini.sections[k], n };
	}
	qsort(all, n, sizeof(*all), by_section);
	for (size_t i = 1; i < n; i++) {
		const struct ini_section *s = all[i].section, *old = all[first].section;
		if (compare_sections(s, old) != 0) {
			first = i;
			continue;
		}
		report_error(r, -EINVAL, s->file, s->line, "section %s again: it is at %s:%u already",
			section_label(s, &label), old->file, old->line);
		rc = -EINVAL;
	}
	free(all);
	return rc;
}

static int by_place(const void *a, const void *b)
{
	const struct held_report *x = a, *y = b;

	if (x->rank != y->rank)
		return x->rank < y->rank ? -1 : 1;
	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return x->order < y->order ? -1 : 1;
}

static size_t rank_of(const struct config_files *files, const char *file)
{
	size_t i = 0;

	while (file && i < files->count && strcmp(files->file[i].path, file) != 0)
		i++;
	return file ? i : SIZE_MAX;
}

void config_files_tell(const struct config_files *files, struct reporter *r)
{
	for (size_t i = 0; i < r->held_count; i++)
		r->held[i].rank = rank_of(files, r->held[i].file);
	if (r->held_count)
		qsort(r->held, r->held_count, sizeof(*r->held), by_place);
	for (size_t i = 0; i < r->held_count; i++)
		r->report(r->ctx, r->held[i].level, &r->held[i].e);
	free(r->held);
	r->held = NULL;
	r->held_count = 0;
}

void config_files_free(struct config_files *files)
{
	if (!files)
		return;
	for (size_t i = 0; i < files->count; i++) {
		ini_release(&files->file[i].ini);
		free(files->file[i].path);
	}
	free(files->file);
	free(files);
}
