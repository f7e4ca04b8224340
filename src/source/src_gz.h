/* Reading gzip (RFC 1952), several members in a row too. Without zlib at build time src_gz_new says -ENOSYS. */
#ifndef TIERCEL_SOURCE_SRC_GZ_H
#define TIERCEL_SOURCE_SRC_GZ_H

#include <stddef.h>
#include <stdint.h>

struct src_gz;

/* 0, -ENOMEM, -ENOSYS. */
int src_gz_new(struct src_gz **out);
void src_gz_free(struct src_gz *g);
/* The first bytes, already read from the descriptor; at most 4,096, and before the first src_gz_read. */
void src_gz_feed(struct src_gz *g, const char *p, size_t n);
/*
 * Up to n unpacked bytes into `out`, reading the descriptor as need be: their number, 0 at the end, -EAGAIN, -errno of
 * read(2), or -EBADMSG for data that is damaged or cut short, after all that could be unpacked came out.
 */
int src_gz_read(struct src_gz *g, int fd, char *out, size_t n);
/* What is wrong with the data; NULL: nothing. */
const char *src_gz_cause(const struct src_gz *g);
/* Packed bytes that were taken in: where in the file we are. */
uint64_t src_gz_offset(const struct src_gz *g);

#endif
