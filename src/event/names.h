/*
 * Names of users and groups for live events, out of passwd(5) and group(5) alone, and held in memory. The name service
 * (NSS) is not asked: it may wait for a directory service, while nobody reads the kernel's records, and what it does
 * to find a name is audited itself. Whom only a directory knows has no name here; auditd's enriched records tell it.
 */
#ifndef TIERCEL_EVENT_NAMES_H
#define TIERCEL_EVENT_NAMES_H

#include "base/span.h"

#include <stdint.h>

#define NAMES_MAX 65536      /* entries of a file that are read */
#define NAMES_TEXT_MAX 256   /* bytes of a name; an entry with a longer one is left out */
#define NAMES_LOOK_MS 5000   /* so often names_tick() looks at the files */
#define NAMES_PAD 16         /* bytes behind a name that may be read: EVENT_PAD */

struct names;

/*
 * Read both files, whose paths must stay valid; one that can't be read has no names, until it can. NULL: no memory.
 */
struct names *names_new(const char *passwd, const char *group);
void names_free(struct names *n);
/*
 * To be called now and then, with any clock in ms: reads a file again that is another one now, by its times, size or
 * inode. While one can't be read, what was known stays. Names given out before may be gone afterwards.
 */
void names_tick(struct names *n, int64_t now_ms);

/* Any bytes but colon, newline and NUL; empty: unknown. UINT32_MAX is nobody. */
struct span names_user(const struct names *n, uint32_t uid);
struct span names_group(const struct names *n, uint32_t gid);

#endif
