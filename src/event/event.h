/*
 * One normalised event: values for the fields of fields.def. Values point into the records, into tables or into the
 * event's arena; a presence bitmap says which there are. Fields of one stage are computed together, when the first of
 * them is asked for.
 */
#ifndef TIERCEL_EVENT_EVENT_H
#define TIERCEL_EVENT_EVENT_H

#include "base/span.h"
#include "event/assemble.h"

#include <stdint.h>

enum field_id {
#define FIELD(id, name, type, stage, sets, meaning) FIELD_##id,
#include "event/fields.def"
#undef FIELD
	FIELD_COUNT
};

enum field_type {
	TYPE_STR, TYPE_I64, TYPE_U64, TYPE_BOOL, TYPE_TIME, TYPE_REL, TYPE_IP, TYPE_PORT, TYPE_LIST, TYPE_FAMILY
};
enum stage { STAGE_STORED, STAGE_ARGS, STAGE_FILE, STAGE_PROC, STAGE_TREE, STAGE_TIME, STAGE_RAW, STAGE_COUNT };
enum { SET_CORE = 1, SET_FALCO = 2, SET_ASKED = 4 };

struct field {
	struct span name;
	enum field_type type;
	enum stage stage;
	unsigned sets;
	const char *meaning;
};
extern const struct field fields[FIELD_COUNT];
/* The field of this whole name (evt.arg and the like by their family name), or -1. */
int field_find(struct span name);
/* The family that has a member of this whole name (evt.arg.flags, proc.aname[2], audit.avc.tclass), or -1. */
int field_family(struct span member);

#define FIELD_WORDS ((FIELD_COUNT + 63) / 64)
struct field_set {
	uint64_t bit[FIELD_WORDS];
};

static inline bool field_set_has(const struct field_set *s, int id)
{
	return s->bit[id / 64] >> (id % 64) & 1;
}

static inline void field_set_add(struct field_set *s, int id)
{
	s->bit[id / 64] |= UINT64_C(1) << (id % 64);
}

enum value_kind {
	VALUE_NONE, VALUE_TEXT, VALUE_NAME, VALUE_I64, VALUE_U64, VALUE_BOOL, VALUE_DIGITS, VALUE_LIST, VALUE_NAMES
};

/*
 * TEXT: n bytes at p, decoded, any bytes; EVENT_PAD more may be read. NAME: n bytes of a table or of our own making,
 * printable ASCII without quote and backslash. LIST: n spans at list, each like TEXT; NAMES: each like NAME.
 * DIGITS: a number as text. `cut`, of a TEXT: bounds of our own left out its end, or its middle, where "..." stands.
 */
#define EVENT_PAD 16
struct value {
	union {
		const char *p;
		int64_t i64;
		uint64_t u64;
		bool b;
		const struct span *list;
	};
	uint32_t n;
	uint16_t kind;
	bool cut;
};

/*
 * Values by kind, what they point to lent for the event's life. The braces around the first member are for gcc before
 * 4.6, which knows no member of a union without a name.
 */
static inline struct value as_nothing(void)
{
	return (struct value){ { .p = NULL }, 0, VALUE_NONE, false };
}

static inline struct value as_text(struct span s)
{
	return (struct value){ { .p = s.p }, (uint32_t)s.n, VALUE_TEXT, false };
}

static inline struct value as_name(struct span s)
{
	return (struct value){ { .p = s.p }, (uint32_t)s.n, VALUE_NAME, false };
}

static inline struct value as_digits(struct span s)
{
	return (struct value){ { .p = s.p }, (uint32_t)s.n, VALUE_DIGITS, false };
}

static inline struct value as_i64(int64_t v)
{
	return (struct value){ { .i64 = v }, 0, VALUE_I64, false };
}

static inline struct value as_u64(uint64_t v)
{
	return (struct value){ { .u64 = v }, 0, VALUE_U64, false };
}

static inline struct value as_bool(bool v)
{
	return (struct value){ { .b = v }, 0, VALUE_BOOL, false };
}

static inline struct value as_list(const struct span *list, size_t n)
{
	return (struct value){ { .list = list }, (uint32_t)n, VALUE_LIST, false };
}

static inline struct value as_names(const struct span *list, size_t n)
{
	return (struct value){ { .list = list }, (uint32_t)n, VALUE_NAMES, false };
}

/* One decoded argument of the call: evt.arg.NAME, and a word of evt.args. */
struct event_arg {
	struct span name;
	struct value value;
	const struct syscall_arg *spec;
};

/* A pair that no field of its own tells: name is the whole field name, audit.msg.grantors, audit.obj_pid[1].opid. */
struct event_extra {
	struct span name;
	struct value value;
};

/* Keys of a PATH record, in bytewise order of their names. */
#define PATH_KEYS(X) \
	X(cap_fe) X(cap_fi) X(cap_fp) X(cap_frootid) X(cap_fver) X(dev) X(inode) \
	X(mode) X(name) X(nametype) X(obj) X(ogid) X(ouid) X(rdev)
enum path_key {
#define X(k) PATH_##k,
	PATH_KEYS(X)
#undef X
	PATH_KEY_COUNT
};

/* The five of capabilities come first. */
#define PATH_CAPS ((1u << (PATH_cap_fver + 1)) - 1)

enum nametype { NAMETYPE_UNKNOWN, NAMETYPE_NORMAL, NAMETYPE_PARENT, NAMETYPE_DELETE, NAMETYPE_CREATE };

struct event_path {
	struct span value[PATH_KEY_COUNT]; /* name decoded; the others as written */
	uint32_t present;                  /* bit per path_key */
	uint32_t item;                     /* n of audit.path[n] */
	enum nametype nametype;
	bool apart;                        /* of an anomaly's record, not of the call's arguments */
	bool no_caps;                      /* all of PATH_CAPS are present and 0 */
};

/* Records that make a system call's event. */
enum seen { SEEN_SYSCALL, SEEN_CWD, SEEN_PATH, SEEN_EXECVE, SEEN_SOCKADDR, SEEN_PROCTITLE, SEEN_URINGOP };

struct normalizer;
struct syscall_info; /* table/syscall.h */
struct syscall_arg;

struct event {
	struct field_set present;
	uint32_t stages;             /* done, bit per enum stage */
	struct group *group;
	struct arena *arena;         /* the group's */
	struct normalizer *by;
	const struct syscall_info *call; /* NULL: no SYSCALL record, or a number without a name */
	int arch;                    /* enum table_arch, -1 unknown */
	int64_t nr;                  /* native number, -1 none */
	uint64_t a[6];               /* a0..a3 as the kernel wrote them, the others where a record tells them */
	uint8_t a_known;             /* bit per a[] */
	bool big_endian;
	bool pending;                /* a call that has not run yet: nobody knows its result */
	bool unreadable;             /* audit.raw is the event: shown, asked for or not */
	struct span id_word;         /* without a serial: evt.id ends with this word and evt.num */
	bool socketcall;             /* a number of socketcall(2) that the tables know: SOCKETCALL has its arguments */
	bool openhow_known;
	uint64_t openhow[3];         /* flags, mode, resolve of OPENAT2 */
	struct span cwd;             /* decoded */
	struct span saddr;           /* hex, as written */
	struct span proctitle;       /* decoded, NULs between the arguments */
	struct span key;             /* audit.keys, where there is one */
	struct span module;          /* name of KERN_MODULE */
	uint32_t seen;               /* bit per enum seen: which records there are */
	struct span truncated[16];   /* what the bounds cut before encoding: "records:12" */
	uint32_t truncated_count;
	struct event_path *paths;
	uint32_t path_count;
	struct event_arg *args;
	uint32_t arg_count;
	struct event_extra *extras;  /* sorted bytewise by name once STAGE_STORED is done */
	uint32_t extra_count, extra_cap;
	uint32_t extras_cut;         /* pairs for which there was no room */
	struct value value[FIELD_COUNT];
};

extern const struct span path_key_names[PATH_KEY_COUNT];
/* The typed value of a key that the path has. */
struct value path_value(const struct event_path *path, int key);

/* Compute every stage that a field in `want` needs and that is not done. */
void event_derive(struct event *ev, const struct field_set *want);
/* The value of one field, computed if need be; NULL where the event has none. Not for families. */
const struct value *event_get(struct event *ev, int field);
/* A member of a family by its whole name ("evt.arg.flags", "audit.path[0].name", "proc.aname[2]"); false: none. */
bool event_get_member(struct event *ev, struct span name, struct value *out);
/* Every known member of a family of ancestors (proc.aname ...), parent first, up to `max` of them; returns how many. */
size_t event_ancestors(struct event *ev, int family, struct value *out, size_t max);

/* The time in ns since the epoch; a forged one beyond the year 2262 stays there. */
static inline int64_t event_ns(int64_t ms)
{
	return ms > INT64_MAX / 1000000 ? INT64_MAX : ms < 0 ? 0 : ms * 1000000;
}

static inline bool event_has(const struct event *ev, int field)
{
	return field_set_has(&ev->present, field);
}

static inline void event_set(struct event *ev, int field, struct value v)
{
	ev->value[field] = v;
	field_set_add(&ev->present, field);
}

/* A family has members: the event's args, paths or extras. */
static inline void event_set_family(struct event *ev, int field)
{
	ev->value[field].kind = VALUE_NONE;
	field_set_add(&ev->present, field);
}

static inline void event_set_text(struct event *ev, int field, const char *p, size_t n)
{
	event_set(ev, field, as_text(span_of(p, n)));
}

static inline void event_set_name(struct event *ev, int field, struct span s)
{
	event_set(ev, field, as_name(s));
}

static inline void event_set_u64(struct event *ev, int field, uint64_t v)
{
	event_set(ev, field, as_u64(v));
}

static inline void event_set_i64(struct event *ev, int field, int64_t v)
{
	event_set(ev, field, as_i64(v));
}

static inline void event_set_bool(struct event *ev, int field, bool v)
{
	event_set(ev, field, as_bool(v));
}

static inline void event_set_list(struct event *ev, int field, const struct span *list, size_t n)
{
	event_set(ev, field, as_list(list, n));
}

#endif
