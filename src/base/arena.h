/* Memory for one event: taken from a fixed pool of equal chunks, given back all at once. */
#ifndef TIERCEL_BASE_ARENA_H
#define TIERCEL_BASE_ARENA_H

#include <stddef.h>

/* Behind every block this many bytes may be read, though they mean nothing: hot loops load 16 or 32 bytes at once. */
#define ARENA_PAD 64

struct arena_chunk;
struct arena_pool;

/* An arena holds chunks of its pool. Lives in the caller's struct; a zeroed one with .pool set is empty and ready. */
struct arena {
	struct arena_pool *pool;
	struct arena_chunk *chunks;
	char *at, *end;
};

/*
 * A pool of `chunks` chunks of `chunk_size` bytes, mapped at once and touched only as used. What lies free keeps about
 * half a MiB; the system gets back the rest. NULL: no memory.
 */
struct arena_pool *arena_pool_new(size_t chunk_size, size_t chunks);
void arena_pool_free(struct arena_pool *pool);
/* Chunks that no arena holds now. */
size_t arena_pool_left(const struct arena_pool *pool);

/* `n` bytes aligned to 16, not cleared; NULL when n is over the chunk size or the pool is empty (count it, go on). */
void *arena_alloc(struct arena *a, size_t n);
/* Give every chunk back to the pool; all that was allocated is gone. */
void arena_reset(struct arena *a);

#endif
