/* Pairs of files: a configuration, x.ini, and what is told of it, x.err. */
#ifndef TIERCEL_TESTS_CONFIG_KIT_H
#define TIERCEL_TESTS_CONFIG_KIT_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Of the folder that tests stand in. */
static inline void config_kit_read(const char *name, char *text, size_t size)
{
	FILE *f = fopen(name, "r");

	if (!f)
		fail_msg("%s: %s", name, strerror(errno));
	text[fread(text, 1, size - 1, f)] = '\0';
	fclose(f);
}

/* What x.err says, of x.ini. */
static inline void config_kit_expected(const char *ini, char *text, size_t size)
{
	char err[256];

	snprintf(err, sizeof(err), "%.*s.err", (int)(strlen(ini) - 4), ini);
	config_kit_read(err, text, size);
}

/* Each *.ini of this folder; returns how many. */
static inline int config_kit_each(void (*check)(const char *ini))
{
	DIR *dir = opendir(".");
	struct dirent *d;
	int count = 0;

	assert_non_null(dir);
	while ((d = readdir(dir)) != NULL) {
		size_t n = strlen(d->d_name);
		if (n < 5 || strcmp(d->d_name + n - 4, ".ini") != 0)
			continue;
		check(d->d_name);
		count++;
	}
	closedir(dir);
	return count;
}

#endif
