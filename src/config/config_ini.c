#include "config/config_scan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include INIPARSER_HEADER /* by configure: <iniparser/iniparser.h> or <iniparser.h> */

#define FILE_MAX (1024 * 1024)

/* Versions before 4.0 lack it; they write their own words to stderr. */
void iniparser_set_error_callback(int (*errback)(const char *, ...)) __attribute__((weak));

static int say_nothing(const char *fmt, ...)
{
	(void)fmt;
	return 0;
}

static int cannot(struct reporter *r, const char *file, int error)
{
	report_error(r, -error, file, 0, "%s", strerror(error));
	return -error;
}

/* The whole of an open file into *text, which the caller frees. */
static int read_all(int fd, const char *file, char **text, size_t *n, struct reporter *r)
{
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st) < 0)
		return cannot(r, file, errno);
	if (S_ISDIR(st.st_mode))
		return cannot(r, file, EISDIR);
	if (!S_ISREG(st.st_mode)) {
		report_error(r, -EINVAL, file, 0, "is no regular file: it is read twice");
		return -EINVAL;
	}
	*text = malloc(FILE_MAX + 1);
	if (!*text)
		return cannot(r, file, ENOMEM);
	*n = 0;
	while ((got = read(fd, *text + *n, FILE_MAX + 1 - *n)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cannot(r, file, errno);
		*n += (size_t)got;
		if (*n > FILE_MAX) {
			report_error(r, -EFBIG, file, 0, "is larger than 1 MiB");
			return -EFBIG;
		}
	}
	return 0;
}

static void differs(const struct ini_section *s, const struct ini_key *k, const char *theirs, struct reporter *r)
{
	struct shown seen, meant;

	if (theirs)
		report_error(r, -EINVAL, s->file, k->line, "iniparser reads '%s' as the value of '%s', not '%s'",
			show(span_of(theirs, strlen(theirs)), &seen), k->name,
			show(span_of(k->value, strlen(k->value)), &meant));
	else
		report_error(r, -EINVAL, s->file, k->line, "iniparser does not see the key '%s'", k->name);
}

int ini_compare(const struct ini *ini, struct reporter *r)
{
	char entry[2 * INI_LINE_MAX];
	dictionary *d;
	int rc = 0;

	if (iniparser_set_error_callback)
		iniparser_set_error_callback(say_nothing);
	d = iniparser_load((char *)ini->file);
	if (!d) {
		report_error(r, -EINVAL, ini->file, 0, "iniparser can't read it; does its last line have an end?");
		return -EINVAL;
	}
	for (size_t i = 0; i < ini->section_count; i++) {
		const struct ini_section *s = &ini->sections[i];
		for (size_t k = 0; k < s->key_count; k++) {
			snprintf(entry, sizeof(entry), "%s:%s", s->whole, s->keys[k].name);
			const char *theirs = iniparser_getstring(d, entry, NULL);
			if (theirs && strcmp(theirs, s->keys[k].value) == 0)
				continue;
			differs(s, &s->keys[k], theirs, r);
			rc = -EINVAL;
		}
	}
	iniparser_freedict(d);
	return rc;
}

int ini_load(struct ini *ini, const char *file, struct reporter *r)
{
	/* O_NONBLOCK: a FIFO must not hold us up. */
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char *text = NULL;
	size_t n = 0;

	*ini = (struct ini){ .file = file };
	if (fd < 0)
		return cannot(r, file, errno);
	int rc = read_all(fd, file, &text, &n, r);
	close(fd);
	if (rc == 0)
		rc = ini_scan(ini, file, text, n, r);
	free(text);
	return rc;
}
