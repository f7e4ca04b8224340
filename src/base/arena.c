/*
 * The pool is one mapping: its head, then the chunks. Chunks given back go on top of a stack, so that a quiet daemon
 * lives on the few pages it touched last; a chunk never used yet is taken only when the stack is empty, and costs no
 * memory before. Where more than WARM was touched, chunks give their pages back to the system as they become free.
 */
#include "base/arena.h"

#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

#define ALIGN 16
#define WARM (512 * 1024)
#define NOHUGEPAGE 15 /* MADV_NOHUGEPAGE of asm-generic/mman-common.h, which old C libraries lack */

struct arena_chunk {
	struct arena_chunk *next;
	size_t touched; /* bytes of data that may have got their pages, as far as known when it was given back */
	char data[] __attribute__((aligned(ALIGN)));
};

struct arena_pool {
	size_t mapped;     /* bytes of the whole mapping */
	size_t chunk_size; /* bytes a chunk gives, a multiple of ALIGN */
	size_t stride;     /* from one chunk to the next: head, data, pad */
	size_t left;
	size_t touched;    /* of all chunks together */
	size_t page;
	struct arena_chunk *free;
	char *fresh;       /* the first chunk never used */
};

static size_t round_up(size_t n)
{
	return (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
}

struct arena_pool *arena_pool_new(size_t chunk_size, size_t chunks)
{
	size_t head = round_up(sizeof(struct arena_pool)), stride, mapped;
	struct arena_pool *pool;

	if (chunk_size > SIZE_MAX / 2 || chunks == 0)
		return NULL;
	chunk_size = round_up(chunk_size);
	stride = sizeof(struct arena_chunk) + chunk_size + ARENA_PAD;
	if (chunks > (SIZE_MAX - head) / stride)
		return NULL;
	mapped = head + chunks * stride;
	pool = mmap(NULL, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (pool == MAP_FAILED)
		return NULL;
	/* With huge pages the first byte of each chunk would cost 2 MiB. Refusal is no fault: old kernels have none. */
	(void)madvise(pool, mapped, NOHUGEPAGE);
	pool->mapped = mapped;
	pool->chunk_size = chunk_size;
	pool->stride = stride;
	pool->left = chunks;
	pool->page = (size_t)sysconf(_SC_PAGESIZE);
	pool->fresh = (char *)pool + head;
	return pool;
}

void arena_pool_free(struct arena_pool *pool)
{
	if (pool)
		munmap(pool, pool->mapped);
}

size_t arena_pool_left(const struct arena_pool *pool)
{
	return pool->left;
}

static struct arena_chunk *take(struct arena_pool *pool)
{
	struct arena_chunk *c = pool->free;

	if (pool->left == 0)
		return NULL;
	pool->left--;
	if (c) {
		pool->free = c->next;
	} else {
		c = (struct arena_chunk *)pool->fresh;
		pool->fresh += pool->stride;
	}
	return c;
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct arena_chunk *c;
	char *p;

	if (n > a->pool->chunk_size)
		return NULL;
	n = round_up(n);
	if (!a->chunks || (size_t)(a->end - a->at) < n) {
		c = take(a->pool);
		if (!c)
			return NULL;
		c->next = a->chunks;
		a->chunks = c;
		a->at = c->data;
		a->end = c->data + a->pool->chunk_size;
	}
	p = a->at;
	a->at += n;
	return p;
}

/* Give back the whole pages that lie within the chunk's data. */
static void cool(struct arena_pool *pool, struct arena_chunk *c)
{
	uintptr_t data = (uintptr_t)c->data;
	uintptr_t from = (data + pool->page - 1) / pool->page * pool->page;
	uintptr_t to = (data + pool->chunk_size) / pool->page * pool->page;

	if (from >= to || from - data >= c->touched || madvise((void *)from, to - from, MADV_DONTNEED) < 0)
		return;
	pool->touched -= c->touched - (size_t)(from - data);
	c->touched = (size_t)(from - data);
}

static void give_back(struct arena_pool *pool, struct arena_chunk *c, size_t used)
{
	if (used > c->touched) {
		pool->touched += used - c->touched;
		c->touched = used;
	}
	if (pool->touched > WARM)
		cool(pool, c);
	c->next = pool->free;
	pool->free = c;
	pool->left++;
}

void arena_reset(struct arena *a)
{
	size_t used = a->chunks ? (size_t)(a->at - a->chunks->data) : 0;

	while (a->chunks) {
		struct arena_chunk *c = a->chunks;

		a->chunks = c->next;
		give_back(a->pool, c, used);
		used = a->pool->chunk_size; /* the older ones are full, or nearly so */
	}
	a->at = a->end = NULL;
}
