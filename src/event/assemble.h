/*
 * Records become events: those with one (node, time, serial) belong together. Records interleave, come late, lack
 * their EOE; memory is bounded, and what a bound cuts is counted and told in the event.
 *
 * An event is closed by its EOE; by its PROCTITLE, which is the last record that the kernel writes before the EOE
 * (kernel/auditsc.c audit_log_exit()) and which logs keep; at once, where it is one record of a type that stands
 * alone; or for quiet: by assemble_tick(), and by the times in the records themselves, as in a log no clock ticks.
 */
#ifndef TIERCEL_EVENT_ASSEMBLE_H
#define TIERCEL_EVENT_ASSEMBLE_H

#include "base/arena.h"
#include "record/record.h"

enum group_end {
	GROUP_EOE,     /* its EOE or PROCTITLE came, or its type stands alone */
	GROUP_QUIET,   /* nothing came for quiet_ms */
	GROUP_EVICTED, /* too many events were open, or held too much memory: the oldest had to go */
	GROUP_FLUSHED, /* end of input */
	GROUP_LATE     /* records of an event that had been closed already, whatever closed them in the end */
};

/* The records of one event, in order of arrival, EOE left out. Valid until the emit callback returns. */
struct group {
	int64_t time_ms;
	uint32_t serial;
	uint32_t count;        /* of records, at least one */
	uint32_t cut_records;  /* records over the bounds, not kept */
	uint64_t cut_bytes;    /* and their bytes */
	enum group_end end;
	struct span node;
	struct record *records;
	struct arena arena;    /* for all that is derived from the event; reset after emit */
};

struct assemble_limits {
	unsigned events;          /* open at once, 1 to 65,536 */
	unsigned records;         /* an event, 1 to 65,536 */
	size_t bytes;             /* an event, of raw text; the first record is kept in any case */
	unsigned quiet_ms;        /* an open event that got nothing for so long is closed */
};
extern const struct assemble_limits assemble_default_limits; /* 64 events, 800 records, 1 MiB, 2,000 ms */

/* records = those of all emitted groups + cut_records + eoe */
struct assemble_counts {
	uint64_t records;     /* pushed */
	uint64_t events;      /* emitted, late ones too */
	uint64_t late;        /* emitted as GROUP_LATE */
	uint64_t eoe;         /* EOE records: they carry nothing and are not kept; one with a text is kept */
	uint64_t late_eoe;    /* of them: event neither open nor lately closed; the one behind a PROCTITLE is no such */
	uint64_t evicted, quiet;
	uint64_t cut_records; /* over a bound, or no memory left */
};

/* Must not push, settle, tick or flush. */
typedef void assemble_emit(void *ctx, struct group *g);
struct assemble;

/* `limits` are copied; NULL: the defaults. Returns NULL where there is no memory; nothing is allocated afterwards. */
struct assemble *assemble_new(const struct assemble_limits *limits, assemble_emit *emit, void *ctx);
/* What is still open is not emitted: flush first. */
void assemble_free(struct assemble *a);

/*
 * Take one record of status RECORD_OK, of at most 64 KiB. Its spans lie in r->raw or are empty, and must stay valid
 * until assemble_settle() or the event's emit. May emit: what this record completes, and what it shows to be quiet.
 */
void assemble_push(struct assemble *a, const struct record *r);
/* The caller is about to reuse the memory that pushed records point into: copy what is still open. */
void assemble_settle(struct assemble *a);
/*
 * Close what has been quiet; now_ms is any monotonic clock. For live streams, when all that could be read has been
 * pushed: an event's quiet begins with the first tick after its latest record. A replay does not need it.
 */
void assemble_tick(struct assemble *a, int64_t now_ms);
/* Close everything, oldest first. */
void assemble_flush(struct assemble *a);
const struct assemble_counts *assemble_counts(const struct assemble *a);
/* How many events are open. */
unsigned assemble_open(const struct assemble *a);

#endif
