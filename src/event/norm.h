/* Inside of the normaliser: what its files (normalize.c, norm_*.c) share. Not for other rooms. */
#ifndef TIERCEL_EVENT_NORM_H
#define TIERCEL_EVENT_NORM_H

#include "event/normalize.h"
#include "event/proctab.h"
#include "table/key.h"

/* Texts that only change with the time: made once for all events of one millisecond. */
struct time_text {
	int64_t ms;
	char iso[30 + EVENT_PAD];      /* 2026-11-21T19:37:20.625000000Z */
	char datetime[29 + EVENT_PAD]; /* 2026-11-21 19:37:20.625000000 */
	char ns[20 + EVENT_PAD];       /* 1795289840625000000 */
	unsigned ns_len;
	char id[40 + EVENT_PAD];       /* "1795289840.625:" */
	unsigned id_len;
};

/* The text of one combination of flags. */
#define FLAG_TEXTS 64
struct flag_text {
	uint64_t key; /* bits, table, arch */
	uint8_t len;  /* 0: none yet */
	char text[47];
};

/* The names of the latest event's record types. */
#define TYPES_KEPT 8
struct type_list {
	size_t count;
	uint16_t types[TYPES_KEPT];
	struct span names[TYPES_KEPT];
};

struct normalizer {
	const struct normalize_options *options;
	struct span hostname;       /* the options', with EVENT_PAD behind */
	struct field_set stage_fields[STAGE_COUNT];
	struct kv_memo memo;
	struct proctab *procs;
	uint64_t number; /* evt.num of the latest event */
	struct time_text time;
	struct type_list types;
	struct flag_text flags[FLAG_TEXTS];
};

/* Pairs of one record at most looked at a call: more go round again. */
#define PAIRS_MAX 64

/* What computes each stage; stage_run[STAGE_STORED] is NULL. */
extern void (*const stage_run[STAGE_COUNT])(struct event *ev);

bool tree_member(struct event *ev, int field, unsigned n, struct value *out);

/* norm_syscall.c: records of a system call. */
void norm_syscall(struct event *ev, const struct record *r);
void norm_paths(struct event *ev, uint32_t count);
void norm_cwd(struct event *ev, const struct record *r);
void norm_sockaddr(struct event *ev, const struct record *r);
void norm_proctitle(struct event *ev, const struct record *r);
void norm_socketcall(struct event *ev, const struct record *r);
void norm_mmap(struct event *ev, const struct record *r);
void norm_openat2(struct event *ev, const struct record *r);

/* norm_tree.c: tell the process table of the call; the event's process in it, or NULL. */
void norm_seen(struct event *ev);
const struct proc *norm_process(struct event *ev);

/* normalize.c: is it an event of this host? */
bool norm_is_local(const struct event *ev);

/* The object's PATH: the last that is no PARENT (the first of an exec); NULL: none with a name. */
const struct event_path *norm_main_path(const struct event *ev);
/* The two paths of rename, link, symlink and mount, in the order of the call's arguments; NULL: unknown. */
void norm_path_pair(const struct event *ev, const struct event_path *pair[2]);
/* The event's time as text; valid until an event of another time is normalised. */
const struct time_text *norm_time_text(struct event *ev);

/* Bytes of evt.args and of the joined arguments of a process kept at most. */
#define ARGS_TEXT_MAX 60000

/* norm_record.c: every other record. */
void norm_record(struct event *ev, const struct record *r);

/* The value as bytes: quoted as it stands, hex where its key is one that the kernel encodes; absent: n 0 and p NULL. */
struct span norm_text(struct event *ev, const struct kv *kv);
/* A copy in the event's arena with EVENT_PAD behind; p NULL when there is no memory. */
struct span norm_copy(struct event *ev, const void *p, size_t n);
/* Room for n bytes and EVENT_PAD in the event's arena, or NULL. */
char *norm_room(struct event *ev, size_t n);
/* The type's name in lower case, also of one that the table lacks. */
struct span norm_type_lower(struct event *ev, const struct record *r);
/* Add "field:bytes" to evt.truncated: text as of VALUE_NAME. */
void norm_truncated(struct event *ev, struct span what);
/* A pair that no field of its own tells: audit.TYPE.KEY, typed by its key. `type` and idx as in norm_extra(). */
void norm_pair(struct event *ev, struct span type, unsigned idx, const struct kv *kv);
/* Fields that more than one record type has. */
void norm_tty(struct event *ev, struct span name);
void norm_keys(struct event *ev, const struct kv *kv);
/*
 * user.name and its like from behind the 0x1D of an enriched record; the other pairs become audit.TYPE.KEY, or are left
 * where `type` is empty, as those of a call only repeat in words what its fields decode.
 */
void norm_enriched(struct event *ev, const struct record *r, struct span type);
/* audit.TYPE.KEY or audit.msg.KEY, `type` in lower case; idx > 0: audit.TYPE[idx].KEY. */
void norm_extra(struct event *ev, struct span type, unsigned idx, struct span key, struct value value);
/* The same by its whole name, which lies in the event's arena or is constant; p NULL counts as a pair without room. */
void norm_extra_named(struct event *ev, struct span name, struct value value);
/* Sort the extras, when all are there; their families are the caller's to set. */
void norm_extras_done(struct event *ev);

/* What every event has, of any source: the group's time, its node or else our host. */
void norm_start(struct normalizer *n, struct group *g, struct event *ev);
/* There is no serial: evt.id ends with `word` and evt.num instead. */
void norm_no_serial(struct event *ev, struct span word);
/* evt.args, of ev->args, whose values are texts, names or digits. */
void norm_join_args(struct event *ev);

/* Stages. */
void norm_args(struct event *ev);
void norm_file(struct event *ev);
void norm_proc(struct event *ev);
void norm_tree(struct event *ev);
void norm_time(struct event *ev);
void norm_raw(struct event *ev);

#endif
