/* Lays a text right before the pad that readers may look at, and an unmapped page right behind that. */
#ifndef TESTS_UNIT_TAIL_H
#define TESTS_UNIT_TAIL_H

#include "record/record.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct tail {
	char *map, *end; /* end: of the text, RECORD_PAD bytes before the unmapped page */
	size_t size;
};

/* For texts of up to `max` bytes. */
static inline struct tail tail_new(size_t max)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), size = (max + RECORD_PAD + page - 1) / page * page + page;
	char *map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (map == MAP_FAILED || mprotect(map + size - page, page, PROT_NONE) != 0)
		abort();
	return (struct tail){ map, map + size - page - RECORD_PAD, size };
}

/* The text in place, with the pad filled by what may tempt a reader to go on. */
static inline char *tail_put(struct tail *t, const void *text, size_t n, const char *pad)
{
	size_t at, length = strlen(pad);

	for (at = 0; at < RECORD_PAD; at++)
		t->end[at] = length ? pad[at % length] : '\0';
	memcpy(t->end - n, text, n);
	return t->end - n;
}

static inline void tail_free(struct tail *t)
{
	munmap(t->map, t->size);
}

#endif
