/* What the operators of conditions say of one text, one address. Bytes are compared; letters are those of ASCII. */
#ifndef TIERCEL_FILTER_COND_MATCH_H
#define TIERCEL_FILTER_COND_MATCH_H

#include "filter/cond.h"

/* In this order the lowest answer is that of "all", the highest that of "any". */
enum cond_answer { COND_FALSE, COND_UNKNOWN, COND_TRUE };

static inline char cond_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline char cond_upper(char c)
{
	return c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c;
}

bool cond_contains(struct span text, struct span part);
bool cond_icontains(struct span text, struct span part);
bool cond_ends(struct span text, struct span end);
/*
 * As fnmatch(3) without flags: * is any run of bytes, slashes too, ? one byte, [a-z] [!a-z] [[:alpha:]] one of a set,
 * a backslash takes the next byte as it is. `fold`: either case. Time is at most pattern length times text length.
 */
bool cond_glob(struct span pattern, struct span text, bool fold);
/* Can it match anything but itself? */
bool cond_is_glob(struct span pattern);
/*
 * Is `prefix` the path itself or a directory above it? By what stands between the slashes, where a piece of the prefix
 * may be a glob; a run of slashes is one, a slash at the end none. An empty prefix is none.
 */
bool cond_path_prefix(struct span prefix, struct span path);
/* An address in text, IPv4 as ::ffff:a.b.c.d; false: none. */
bool cond_address(struct span text, uint8_t out[16]);
bool cond_net_has(const struct cond_net *net, const uint8_t address[16]);

#endif
