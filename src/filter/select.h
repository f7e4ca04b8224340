/*
 * [select NAME]: the short form of selection, tested in user space. An event is selected when any section selects it;
 * no section at all selects everything. Within a section:
 *
 *   syscalls, types  which events: those of these calls, or with a record of these types. One of the two must be there.
 *   all other keys   each must hold. An event without the value that a key tests is not selected: unknown is false.
 *
 *   syscalls  names (canonical or native), numbers (in the event's own architecture), @groups; all: every event of any
 *             kind, system call or not. A leading ! takes away again, wherever it stands. Of a group that is about
 *             writing, calls that open count only where they open for writing.
 *   types     record types by name, either case, or by number
 *   path      patterns (glob.h): one must match fd.name, fs.path.name, fs.path.source, fs.path.target or, for exec, the
 *             program
 *   exe       patterns: one must match proc.exepath
 *   success   yes, no: evt.failed
 *   uid auid  audit.uid (user.uid where a record has no other), user.loginuid. Terms: N, =N, N-M, unset are
 *             alternatives, one of which must hold where there are any; >=N <=N >N <N !=N !=unset must all hold. unset
 *             is no number: no order (>= <= > <) holds for it, != does.
 */
#ifndef TIERCEL_FILTER_SELECT_H
#define TIERCEL_FILTER_SELECT_H

#include "event/event.h"

enum select_key {
	SELECT_SYSCALLS, SELECT_TYPES, SELECT_PATH, SELECT_EXE, SELECT_UID, SELECT_AUID,
	SELECT_TEXTS,
	SELECT_SECTION = SELECT_TEXTS /* a fault of the section as a whole */
};

struct select_spec {
	const char *name;               /* of the section, for messages */
	const char *text[SELECT_TEXTS]; /* comma lists as written, NULL: the key is not there */
	int success;                    /* 1 yes, 0 no, -1 either */
};

struct select_fault {
	size_t spec;          /* index of the section */
	enum select_key key;
	bool warning;         /* it works, but hardly as meant */
	size_t column;        /* of the word in the text, from 1; 0: the whole of it */
	char what[320];       /* cause and hint */
};
typedef void select_report(void *ctx, const struct select_fault *fault);

struct select_set;

/*
 * Compile `count` sections. The specs are not needed afterwards. Every fault is reported, not only the first; -EINVAL
 * where one was no warning, -ENOMEM, else 0 and *out is the caller's to free.
 */
int select_new(struct select_set **out, const struct select_spec *specs, size_t count, select_report *report,
	void *ctx);
void select_free(struct select_set *s);

/* Is the event selected? Allocates nothing; asks the event for no more than it must. */
bool select_match(const struct select_set *s, struct event *ev);

#endif
