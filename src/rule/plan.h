/*
 * What the kernel is asked to do, as a value: audit rules of system-call masks and tests. It is made from wants
 * (plan_make.h), those of selections and of conditions, prints itself as auditctl(8) lines, and can be asked what it
 * would do with an event, so that tests can hold that it lets through all that is wanted. rule_audit.h applies it.
 *
 * x32 programs are beyond any rule: their calls' numbers have bit 30, and masks end at 2,048.
 */
#ifndef TIERCEL_RULE_PLAN_H
#define TIERCEL_RULE_PLAN_H

#include "base/buf.h"
#include "base/err.h"
#include "sys/audit_wire.h"
#include "table/syscall.h"

/* The keys of our rules; tiercel-NAME is an administrator's. */
#define PLAN_KEY "tiercel"
#define PLAN_KEY_SELF PLAN_KEY "-self" /* of the rule that leaves ourselves out */
#define PLAN_TESTS_MAX 12
#define PLAN_TAG_WORDS 16 /* 1,024 sections are told apart; those behind share the last bit */
/* System calls below this number have a bit of their own; the last word's bits are classes (kernel/auditfilter.c). */
#define PLAN_CALLS ((WIRE_MASK_WORDS - 1) * 32)

/* One test: field, op and value as the wire has them; text for those that are strings (WIRE_WATCH, _DIR, _EXE). */
struct plan_test {
	uint32_t field, op, value;
	const char *text; /* the plan's; NULL: a number */
};

struct plan_rule {
	uint32_t list, action; /* WIRE_LIST_*, WIRE_ALWAYS or WIRE_NEVER */
	int arch;              /* enum table_arch; -1: any */
	bool first;            /* goes before all others of the list */
	const char *key;       /* the plan's, or static */
	uint32_t calls[WIRE_MASK_WORDS]; /* bit per native number */
	struct plan_test tests[PLAN_TESTS_MAX]; /* sorted, so that equal rules are equal bytes; without the arch */
	unsigned test_count;
	uint64_t tags[PLAN_TAG_WORDS]; /* bit per section that asked for it */
};

static inline bool plan_rule_has(const struct plan_rule *r, unsigned nr)
{
	return nr < PLAN_CALLS && r->calls[nr / 32] >> (nr % 32) & 1;
}

static inline void plan_rule_call(struct plan_rule *r, unsigned nr)
{
	if (nr < PLAN_CALLS)
		r->calls[nr / 32] |= UINT32_C(1) << (nr % 32);
}

#define PLAN_PATH_MAX 4096

/* Is the path the directory itself, or below it? By text. */
static inline bool plan_below(const char *dir, const char *path)
{
	size_t n = strlen(dir);

	return strncmp(dir, path, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* What the kernel, and the host, can do; from a probe, from a version asked for, or a test's. */
enum plan_feature {
	PLAN_EXE = 1,         /* exe=, 4.3 */
	PLAN_EXE_NOT = 2,     /* exe!= */
	PLAN_PERM_OPENAT2 = 4, /* perm= knows openat2, 5.16 */
	PLAN_SADDR_FAM = 8,   /* 5.3 */
	PLAN_SESSIONID = 16,  /* 4.10 */
	PLAN_LOGINUID_SET = 32, /* auid unset is a test of its own, 3.10; before, compare with 2^32 - 1 */
	PLAN_OBJECT_IDS = 64  /* obj_uid, obj_gid, 3.3 */
};

/* `end` NULL: the link is not followed, as it is not trusted, or nobody may ever say where it leads. */
typedef void plan_link_seen(void *ctx, const char *link, const char *end);

struct plan_host {
	int arches[2];        /* enum table_arch, the native one first; -1: no second */
	unsigned features;    /* enum plan_feature */
	bool path_by_object;  /* path_match = object: files and programs are looked for by what their names lead to */
	const char *self;     /* our own program's path; NULL: leave ourselves out by pid */
	uint32_t pid, uid;    /* ours; the real user id */
	/* Is this path a directory (1), something else (0), or not there (-1)? NULL: ask the file system. */
	int (*look)(const char *path);
	/*
	 * Is this file, for the kernel, no other's twin: has it one name, and no other file of the device its number?
	 * NULL: ask the file system, unless look is set.
	 */
	bool (*sole)(const char *path);
	/* Where a symbolic link leads in the end; false: it is none. NULL: ask the file system, unless look is set. */
	bool (*lead)(const char *path, char to[PLAN_PATH_MAX]);
	/*
	 * Tell of each symbolic link below a directory, on its file system, and where it leads in the end; false: not
	 * of all, as there is too much. NULL: ask the file system, unless look is set.
	 */
	bool (*links)(const char *dir, plan_link_seen *seen, void *ctx);
	const char *mounts; /* the file that tells of them (sys/mounts.h); NULL: this process's */
};

/*
 * The features of a kernel of this version (PROBE_KERNEL); those that wire_status.features tells, which RHEL's kernels
 * have earlier; the arches of a machine (uname -m), 0 or -ENOTSUP.
 */
unsigned plan_features(unsigned version);
unsigned plan_features_told(uint32_t bits);
int plan_arches(const char *machine, int arches[2]);

/* Something that was left to user space, or is more than was asked for. */
struct plan_note {
	unsigned section; /* place in plan.sections; PLAN_NO_SECTION: of the plan as a whole */
	const char *what; /* the plan's; one sentence, without the section's name */
};
#define PLAN_NO_SECTION (~0u)

struct plan_section {
	const char *kind, *name; /* "select", "rule"; name NULL: none was told. The plan's */
};

/*
 * A path that the plan depends on, with no link before its end, besides those of its tests: the links on the way of a
 * name, and what it leads to, there or not. Were something mounted at it or above, the plan might be another.
 */
struct plan_spot {
	const char *name, *at; /* the plan's; name NULL: the same, or of a link in a watched directory */
};

/* Where an entry of a list stands, by its hash; plan.c's own. */
struct plan_index {
	uint32_t *slot; /* place + 1; 0: free */
	size_t size, used;
};

struct plan {
	struct plan_rule *rules; /* in the order in which the kernel is to look at them */
	size_t count, cap;
	char **texts;            /* what tests and keys point to */
	size_t text_count;
	struct plan_section *sections; /* tags are places in it */
	size_t section_count;
	struct plan_note *notes; /* each once a section */
	size_t note_count;
	struct plan_spot *spots;
	size_t spot_count;
	struct plan_index text_at, note_at;
};

struct plan *plan_new(void);
void plan_free(struct plan *p);
/* A zeroed rule at the end, NULL: no memory. Valid until the next one is added. */
struct plan_rule *plan_add(struct plan *p);
/* A copy of n bytes that lives as long as the plan; NULL: no memory. The same text gives the same pointer. */
const char *plan_text(struct plan *p, const char *text, size_t n);
/* A section at the end, its place, or -ENOMEM; a note (cut where it is long). */
int plan_section(struct plan *p, const char *kind, const char *name);
int plan_note(struct plan *p, unsigned section, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* Add a test; -E2BIG: too many, the rule stays as it was, which is wider. */
int plan_rule_test(struct plan_rule *r, uint32_t field, uint32_t op, uint32_t value, const char *text);
/*
 * Unite the masks of rules that test the same; leave out those that others contain. Sorts, by what the rules say alone;
 * keeps what is first first.
 */
void plan_merge(struct plan *p);

/*
 * "-a always,exit -F arch=b64 -S open,openat -F success=1 -F dir=/etc -F key=tiercel", and a newline. Calls by name;
 * plan_print_numbers() has them by number, which auditctl takes whatever names it knows. A rule of very many calls is
 * as many lines as auditctl's line length wants.
 */
void plan_print_rule(const struct plan_rule *r, struct buf *out);
void plan_print_numbers(const struct plan *p, struct buf *out);

/* A call as the kernel's filter sees it at its exit. */
struct plan_event {
	int arch;
	int64_t nr;
	uint64_t a[4];
	uint64_t open_how; /* flags of openat2, which no register has */
	int64_t exit;
	enum { PLAN_NO_RESULT = -1, PLAN_FAILED, PLAN_SUCCEEDED } success;
	uint32_t pid, ppid, uid, euid, suid, fsuid, auid, gid, egid, sgid, fsgid, session;
	int family; /* of the socket address given, -1: none was */
	const char *exe;
	const char *const *paths; /* every object touched: absolute, no links left, ends with NULL */
	struct plan_object {
		uint32_t uid, gid, type; /* S_IFMT bits */
	} objects[4];
	unsigned object_count;
};
/*
 * Would the kernel tell of it? By the rules of the exit list, those marked first before the others. A test that the
 * event says nothing about (of an inode, say) does not hold; perm is known of opens and execs only.
 */
bool plan_accepts(const struct plan *p, const struct plan_event *ev);

#endif
