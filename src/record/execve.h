/*
 * Pairs of EXECVE records: argc, whole arguments, their lengths and chunks. Format: kernel/auditsc.c
 * audit_log_execve_info().
 */
#ifndef TIERCEL_RECORD_EXECVE_H
#define TIERCEL_RECORD_EXECVE_H

#include "record/record.h"

enum execve_kind {
	EXECVE_ARGC,   /* argc=3: number */
	EXECVE_WHOLE,  /* a1="x", a1=6120: index, val */
	EXECVE_LENGTH, /* a1_len=9000: index, number: bytes as written, of all chunks */
	EXECVE_CHUNK   /* a1[2]=6120: index, chunk, val */
};

struct execve_part {
	enum execve_kind kind;
	uint32_t index, chunk; /* of the argument, of its chunk; as told: no bound but 32 bits */
	uint64_t number;       /* a claim; never a size to rely on */
	struct span val;
	bool quoted;           /* val is text; else hex, or (null) */
};

/*
 * What one pair of an EXECVE record says; false: nothing of arguments. A chunked argument goes on in the next record
 * of the event, so the caller cuts each body by record_pairs() and asks here for each pair, in order. val points to
 * what kv points to.
 */
bool execve_part(const struct kv *kv, struct execve_part *out);

#endif
