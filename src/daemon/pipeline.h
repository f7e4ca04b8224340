/*
 * The whole way of an event: line, record, group, event, selection, encoders, outputs. The only file that names every
 * stage. Every event that comes in goes out: received = emitted + filtered + dropped[reason].
 */
#ifndef TIERCEL_DAEMON_PIPELINE_H
#define TIERCEL_DAEMON_PIPELINE_H

#include "base/buf.h"
#include "encode/encode.h"
#include "event/internal.h"
#include "event/normalize.h"
#include "event/serials.h"
#include "filter/ruleset.h"
#include "filter/select.h"
#include "output/output.h"
#include "source/source.h"

enum pipeline_drop {
	DROP_NO_ROOM, /* no output that wanted the event had room for it */
	DROP_LOST,    /* each output that took it still held it at its end, and could not hand it over */
	DROP_LIMIT,   /* every rule that matched it was over its rate limit, and no [select] selects it */
	DROP_COUNT
};

struct pipeline_counts {
	uint64_t records;   /* lines and datagrams that were not blank */
	uint64_t malformed; /* of them: no records; each became an audit.raw event */
	uint64_t received, emitted, filtered, dropped[DROP_COUNT]; /* events */
	uint64_t told;      /* events of our own that an output took; none of those above */
	uint64_t untold;    /* times that an output wanted one, and none could take it, or held it at its end */
};

struct pipeline_input {
	uint64_t lines; /* of this input so far */
	/*
	 * In a replay: the line of the input's first record, if that was interpreted text (ausearch -i); 0 else.
	 * Nothing more is taken from such an input. Interpreted lines behind a good record are malformed ones.
	 */
	uint64_t refused_at;
	bool known;     /* to be an audit log: a record was read */
	int64_t time_ms; /* of the latest record, of this input or one before */
};

/* One way out: what lines look like, and where they go. */
struct pipeline_output {
	struct output *to;
	const struct encoder *format;
	struct encode_options options;
	const struct encode_options *by_rule; /* by the place of the event's rule; NULL: always `options` */
	int priority;         /* this and more severe: syslog's numbers, 7 takes all */
	unsigned patience_ms; /* wait so long for room while nothing gets out; 0: not at all. Zeroed once in vain */
	bool fed;             /* has had an event; set by the pipeline */
};

/* What may change while the pipeline runs. The pipeline only borrows it. */
struct pipeline_route {
	/* What selects an event: one of the two does; both NULL: every event. A rule also says what becomes of it. */
	const struct select_set *select;
	struct ruleset *rules;
	struct pipeline_output *outputs;
	size_t output_count;
};

struct pipeline_options {
	struct normalize_options normalize;
	bool replay; /* interpreted text is refused, not kept raw line by line */
	/*
	 * Where own_changes is set: CONFIG_CHANGE records by these processes, or, where none is told, of rules with one
	 * of these keys, and of rules without any that exclude records, tell of our own doing, and are filtered.
	 */
	bool own_changes;
	int64_t own_pids[2];
	struct span own_keys[2];
	bool *touched; /* set where others' doing is about a rule with one of these keys; NULL: nobody wants to know */
	struct serials *serials; /* told of every serial of the kernel's, NULL: nobody wants to know */
};

struct pipeline;

/* NULL: no memory. `options`, and until pipeline_reroute() what the route points to, must outlive the pipeline. */
struct pipeline *pipeline_new(const struct pipeline_options *options, const struct pipeline_route *route);
void pipeline_free(struct pipeline *p);
/* Where a source delivers. */
struct source_sink pipeline_sink(struct pipeline *p);
/* Other outputs, rules and selection from the next event on; pipeline_finish() counts what those before lost. */
void pipeline_reroute(struct pipeline *p, const struct pipeline_route *route);
/* Another input begins: its lines are counted from 1. */
void pipeline_begin(struct pipeline *p);
/* How far it is read. */
const struct pipeline_input *pipeline_input(const struct pipeline *p);
/*
 * Send an event of our own past the selection to every output that takes its priority and shows more than records. The
 * texts need not outlive the call. False: none of them could take it; it may be told again.
 */
bool pipeline_tell(struct pipeline *p, const struct internal_event *in);
/* Close events that have been quiet, see assemble_tick(). A replay does not need it: the log's times are its clock. */
void pipeline_tick(struct pipeline *p, int64_t now_ms);
/* End of input: every open event goes out. */
void pipeline_end(struct pipeline *p);
/* Hand what the outputs hold to the system, as far as it takes it. */
void pipeline_flush(struct pipeline *p);
/* The same, with each output's patience. */
void pipeline_drain(struct pipeline *p);
/*
 * The outputs of the route take no more, see output_finish(). An output loses the end of what it took, so the events
 * that all of them lost are as many as the least loss of any that took some: these were not emitted, but dropped. Our
 * own among them were not told.
 */
void pipeline_finish(struct pipeline *p);

const struct pipeline_counts *pipeline_counts(const struct pipeline *p);
const struct assemble_counts *pipeline_assembly(const struct pipeline *p);
/* "received 3 events (9 records, 0 malformed) = emitted 2 + filtered 1 + dropped 0"; behind it the reasons, where any were dropped */
void pipeline_print(const struct pipeline *p, struct buf *out);
/* After pipeline_end(): 0, or -EPROTO where the counts do not add up, which is a bug; *err says which. */
int pipeline_check(const struct pipeline *p, struct err *err);

#endif
