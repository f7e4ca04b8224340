/*
 * Tables of plans: what is asked for, as text, then "--- HOST" for each of some hosts, with the rules and notes that it
 * gives there, up to an empty line. Each file is read, made again and compared as a whole; PLAN_UPDATE=1 in the
 * environment writes it: read the difference.
 */
#ifndef TIERCEL_TESTS_PLAN_TABLE_H
#define TIERCEL_TESTS_PLAN_TABLE_H

#include "plan_kit.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define PLAN_TABLE_MAX (512 * 1024)

struct plan_table {
	void (*line)(void *ctx, const char *line, size_t n);                 /* of what is asked for */
	void (*plan)(void *ctx, struct plan *plan, const struct plan_host *host); /* make it */
	void (*drop)(void *ctx);                                             /* the next one comes */
	void *ctx;
};

static inline const char *plan_table_top(void)
{
	const char *dir = getenv("top_srcdir");

	return dir ? dir : ".";
}

static inline void plan_table_put(const struct plan_table *t, const char *name, size_t n, struct buf *out)
{
	for (size_t i = 0; i < PLAN_KIT_HOSTS; i++) {
		struct plan_host host = plan_kit_host(&plan_kit_hosts[i]);
		struct plan *plan;

		if (strlen(plan_kit_hosts[i].name) != n || memcmp(plan_kit_hosts[i].name, name, n) != 0)
			continue;
		plan = plan_new();
		assert_non_null(plan);
		t->plan(t->ctx, plan, &host);
		plan_kit_print(plan, out);
		for (size_t k = 0; k < plan->note_count; k++) {
			const struct plan_section *of = &plan->sections[plan->notes[k].section];

			buf_printf(out, "# [%s%s%s] %s\n", of->kind, of->name ? " " : "", of->name ? of->name : "",
				plan->notes[k].what);
		}
		plan_free(plan);
		return;
	}
	fail_msg("no host: %.*s", (int)n, name);
}

static inline void plan_table_again(const struct plan_table *t, const char *text, struct buf *out)
{
	bool made = false, fresh = true;

	for (const char *line = text, *end; *line; line = end + 1) {
		size_t n;

		end = strchr(line, '\n');
		assert_non_null(end);
		n = (size_t)(end - line);
		if (n == 0)
			made = false;
		if (made && strncmp(line, "--- ", 4) != 0)
			continue;
		buf_put(out, line, n + 1);
		if (strncmp(line, "--- ", 4) == 0) {
			plan_table_put(t, line + 4, n - 4, out);
			made = fresh = true;
		} else if (n && line[0] != '#') {
			if (fresh)
				t->drop(t->ctx);
			fresh = false;
			t->line(t->ctx, line, n);
		}
	}
	t->drop(t->ctx);
}

static inline void plan_table_compare(const char *name, const char *was, const char *is)
{
	size_t line = 1;

	if (strcmp(was, is) == 0)
		return;
	if (getenv("PLAN_UPDATE")) {
		FILE *f = fopen(name, "w");

		assert_non_null(f);
		fputs(is, f);
		assert_int_equal(fclose(f), 0);
		return;
	}
	while (*was && *was == *is) {
		line += *was == '\n';
		was++;
		is++;
	}
	fail_msg("%s:%zu: it is now: %.*s", name, line, (int)strcspn(is, "\n"), is);
}

/* Every *.txt of the folder, `dir` below the top; returns how many. */
static inline unsigned plan_table_run(const struct plan_table *t, const char *dir)
{
	static char was[PLAN_TABLE_MAX], is[PLAN_TABLE_MAX];
	char path[512], name[1024];
	unsigned files = 0;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", plan_table_top(), dir);
	d = opendir(path);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d)) != NULL;) {
		struct buf out = { is, 0, sizeof(is) - 1, false };
		size_t n;
		FILE *f;

		if (!strstr(e->d_name, ".txt"))
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, e->d_name);
		f = fopen(name, "r");
		assert_non_null(f);
		n = fread(was, 1, sizeof(was) - 1, f);
		was[n] = '\0';
		fclose(f);
		plan_table_again(t, was, &out);
		assert_false(out.full);
		is[out.n] = '\0';
		plan_table_compare(name, was, is);
		files++;
	}
	closedir(d);
	return files;
}

#endif
