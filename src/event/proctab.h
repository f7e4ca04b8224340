/*
 * Processes as the events tell of them: what an event says of its process is remembered for its children. Nothing is
 * asked of the system here; what a live daemon learns from it is told by proctab_looked(). Bounded: the longest unheard
 * of is forgotten first.
 */
#ifndef TIERCEL_EVENT_PROCTAB_H
#define TIERCEL_EVENT_PROCTAB_H

#include "base/span.h"

#include <stdint.h>

enum proc_text { PROC_NAME, PROC_EXEPATH, PROC_EXE, PROC_CMDLINE, PROC_TEXT_COUNT };
#define PROC_TEXT_MAX 160 /* bytes of the longest text kept */
#define PROC_DEPTH 64     /* ancestors at most */
#define PROC_NEWS_S 10    /* so long after news of a process, or a look at it, there is no need to look */

/* What one event says of a process. An empty text: it does not say. */
struct proc_view {
	struct span node;                  /* whose pids these are */
	uint32_t pid, ppid;                /* 0: unknown */
	int64_t time_ns;                   /* of the event */
	struct span text[PROC_TEXT_COUNT]; /* comm=, exe=, first argument, all arguments */
};

/* Read its first members and proctab_text(), leave the rest. Valid until the next event is told of. */
struct proc {
	uint32_t pid, ppid;     /* ppid 0: unknown */
	int64_t exec_ns;        /* time of its exec, 0: not seen */
	int64_t news_ns;        /* of the latest event that told of it, or of the latest look that found it */
	int64_t looked_ns;      /* of the event that it was last looked at for, 0: never */
	uint64_t node;          /* hashed */
	uint32_t next;
	bool exited;
	uint32_t cut[PROC_TEXT_COUNT]; /* bytes that the text had, 0: it is whole */
	uint8_t len[PROC_TEXT_COUNT];
	char text[16 + 96 + 64 + PROC_TEXT_MAX];
};

struct proctab;

/*
 * Room for `capacity` processes, 0: 4,096, of 408 bytes each, touched as used. NULL: no memory; none is allocated
 * later.
 */
struct proctab *proctab_new(unsigned capacity);
void proctab_free(struct proctab *t);

/*
 * An event of a process, of whatever kind. Where it does not fit what was known (another program, another parent that
 * is not init), the pid is another process now and what was known is forgotten. A new name alone does not mean that:
 * comm= is a thread's. What an exec told stands until the next one.
 */
void proctab_seen(struct proctab *t, const struct proc_view *v);
/* The process runs a new program since this event. */
void proctab_exec(struct proctab *t, const struct proc_view *v);
/*
 * v->pid made the process `child`, which is as itself until it tells otherwise. A child's first events may come before
 * the event of the call that made it. Not for threads; `child` as v's pid namespace numbers it.
 */
void proctab_fork(struct proctab *t, const struct proc_view *v, uint32_t child);
/* The process is gone: its children may still ask for it, but its pid is free for others. */
void proctab_exit(struct proctab *t, const struct proc_view *v);

/* Is it unknown (p NULL), or long since anything was heard of it, for an event of that time? */
bool proctab_is_due(const struct proc *p, int64_t now_ns);
/*
 * v->pid was looked at for an event of the time v->time_ns: what the system says of it, and when it was started (0:
 * unknown). Without parent and name, or younger than the event, it is not there: to be remembered for PROC_NEWS_S.
 * What an exec told stands, unless the process is another one by its start. NULL: no room for it now, as no process
 * that was found since an event was told of makes way for it.
 */
const struct proc *proctab_looked(struct proctab *t, const struct proc_view *v, int64_t start_ns);

/* NULL: unknown. */
const struct proc *proctab_find(struct proctab *t, struct span node, uint32_t pid);
/*
 * The known ancestors of `p`, parent first, into out[max]; returns how many. Ends where a parent is unknown, after
 * PROC_DEPTH, or where the way would run in a circle, as stale pids can make it.
 */
unsigned proctab_ancestors(struct proctab *t, const struct proc *p, const struct proc **out, unsigned max);

/* One text, empty: unknown. 16 bytes behind it may be read. */
struct span proctab_text(const struct proc *p, enum proc_text which);

/* Was the text longer than there is room for? What is kept then is its begin, whole UTF-8 characters. */
static inline bool proctab_is_cut(const struct proc *p, enum proc_text which)
{
	return p->cut[which] != 0;
}

#endif
