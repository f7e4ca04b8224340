/* Built instead of src_gz.c where there is no zlib. */
#include "source/src_gz.h"

#include <errno.h>

int src_gz_new(struct src_gz **out)
{
	*out = NULL;
	return -ENOSYS;
}

void src_gz_free(struct src_gz *g)
{
	(void)g;
}

void src_gz_feed(struct src_gz *g, const char *p, size_t n)
{
	(void)g;
	(void)p;
	(void)n;
}

int src_gz_read(struct src_gz *g, int fd, char *out, size_t n)
{
	(void)g;
	(void)fd;
	(void)out;
	(void)n;
	return -ENOSYS;
}

const char *src_gz_cause(const struct src_gz *g)
{
	(void)g;
	return NULL;
}

uint64_t src_gz_offset(const struct src_gz *g)
{
	(void)g;
	return 0;
}
