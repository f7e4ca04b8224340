/*
 * Records become events: those with one (node, time, serial) belong together. Records interleave, come late, lack their EOE;
 * memory is bounded, and what a bound cuts is counted and told in the event.
 */
#ifndef TIERCEL_EVENT_ASSEMBLE_H
#define TIERCEL_EVENT_ASSEMBLE_H

#include "base/arena.h"
#include "record/record.h"

enum group_end {
	GROUP_EOE,     /* its EOE or PROCTITLE came, or its type stands alone */
	GROUP_QUIET,   /* nothing came for quiet_ms */
	GROUP_EVICTED, /* too many events were open: the oldest had to go */
	GROUP_FLUSHED, /* end of input */
	GROUP_LATE     /* records of an event that had been closed already */
};

/* The records of one event, in order of arrival. Valid until the emit callback returns. */
struct group {
	int64_t time_ms;
	uint32_t serial;
	uint32_t count;        /* of records */
	uint32_t cut_records;  /* records over the bounds, not kept */
	uint64_t cut_bytes;    /* and their bytes */
	enum group_end end;
	struct span node;
	struct record *records;
	struct arena arena;    /* for all that is derived from the event; reset after emit */
};

struct assemble_limits {
	unsigned events;          /* open at once */
	unsigned records;         /* an event */
	size_t bytes;             /* an event, of raw text */
	unsigned quiet_ms;        /* an open event that got nothing for so long is closed, by the clock of assemble_tick() */
};
extern const struct assemble_limits assemble_default_limits; /* 64 events, 800 records, 2 MiB, 2,000 ms */

struct assemble_counts {
	uint64_t records;     /* pushed */
	uint64_t events;      /* emitted, late ones too */
	uint64_t late;        /* emitted as GROUP_LATE */
	uint64_t late_eoe;    /* EOE of a closed or unknown event: ignored */
	uint64_t evicted, quiet;
	uint64_t cut_records; /* over a bound, or no memory left */
};

typedef void assemble_emit(void *ctx, struct group *g);
struct assemble;

/* NULL: no memory. `limits` NULL: the defaults. */
struct assemble *assemble_new(const struct assemble_limits *limits, assemble_emit *emit, void *ctx);
void assemble_free(struct assemble *a);

/* Take one record of status RECORD_OK. Its spans must stay valid until assemble_settle() or the event's emit. */
void assemble_push(struct assemble *a, const struct record *r);
/* The caller is about to reuse the memory that pushed records point into: copy what is still open. */
void assemble_settle(struct assemble *a);
/* Close what has been quiet; now_ms is any monotonic clock. */
void assemble_tick(struct assemble *a, int64_t now_ms);
/* Close everything, oldest first. */
void assemble_flush(struct assemble *a);
const struct assemble_counts *assemble_counts(const struct assemble *a);
/* How many events are open. */
unsigned assemble_open(const struct assemble *a);

#endif
