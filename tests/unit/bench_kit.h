/* A folder of a test's own: a configuration, and the file that its events go to. */
#ifndef TIERCEL_TESTS_BENCH_KIT_H
#define TIERCEL_TESTS_BENCH_KIT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct bench_files {
	char dir[64], conf[80], events[80];
};

static inline int bench_files_make(struct bench_files *f)
{
	strcpy(f->dir, "/tmp/tiercel-bench-XXXXXX");
	if (!mkdtemp(f->dir))
		return -1;
	snprintf(f->conf, sizeof(f->conf), "%s/conf.ini", f->dir);
	snprintf(f->events, sizeof(f->events), "%s/events", f->dir);
	return 0;
}

static inline void bench_files_remove(const struct bench_files *f)
{
	unlink(f->conf);
	unlink(f->events);
	rmdir(f->dir);
}

#endif
