/*
 * Inside of plan_make: a want taken apart into what rules are made of. Each part lets through at least what the want
 * does.
 */
#ifndef TIERCEL_RULE_PLAN_PARTS_H
#define TIERCEL_RULE_PLAN_PARTS_H

#include "rule/plan_make.h"

/* The calls of an architecture by what may be tested of them. */
enum plan_class {
	PLAN_FILES,    /* the names that a want tests are those of their PATH records */
	PLAN_OTHERS,   /* sockets, links, mounts: what a want tests may be no object's name */
	PLAN_BY_DESCRIPTOR, /* they move data by descriptor: the kernel tells no PATH of them */
	PLAN_OPENS,    /* files, of which perm= knows what they ask for */
	PLAN_CARRIERS, /* socketcall and ipc, whose arguments are those of no call that they carry */
	PLAN_CLASSES
};
struct plan_numbering {
	int arch;
	uint32_t mask[PLAN_CLASSES][WIRE_MASK_WORDS];
	uint16_t at[PLAN_CALL_BITS + 1]; /* each call's numbers: nr[at[id]] .. nr[at[id + 1] - 1] */
	uint16_t nr[PLAN_CALLS];
	int socketcall, ipc;             /* their numbers, -1: there are none */
	uint16_t carried[2][32];         /* ids by what the first argument of socketcall, and of ipc, says */
};
void plan_numbering(struct plan_numbering *n, int arch, unsigned features);

/* What a want comes to in one architecture. */
struct plan_masks {
	/* What needs no class of its own, as the want does not test what sets it apart, is among PLAN_FILES. */
	uint32_t calls[PLAN_CLASSES][WIRE_MASK_WORDS];
	uint32_t socketcalls; /* bit per call that socketcall carries, where those are few */
	unsigned socketcall;  /* its number */
	bool by_descriptor;   /* such calls were left out, as the want has a path */
};
void plan_masks(struct plan_masks *m, const struct plan_want *w, const struct plan_numbering *n);
bool plan_masks_any(const uint32_t *mask);

/* A number of a want: alternatives, each some tests that must all hold. */
#define PLAN_SET_TESTS 6
struct plan_alternatives {
	uint32_t field;
	unsigned count; /* 1, and no test in it: any number */
	enum { PLAN_EXACT, PLAN_HULL, PLAN_UNTESTED, PLAN_UNKNOWN } how; /* UNKNOWN: to this kernel, the field is */
	struct {
		unsigned count;
		struct {
			uint32_t op, value;
		} test[PLAN_SET_TESTS];
	} any[PLAN_IDS];
};
/* At most `most` alternatives (1 .. PLAN_IDS); 0: no test. */
void plan_alternatives(struct plan_alternatives *a, const struct plan_set *set, enum plan_number number,
	unsigned features, unsigned most);
/* As auditctl has it; NULL: unknown. */
const char *plan_field_name(uint32_t field);

/* What all wants share. */
struct plan_work {
	struct plan *plan;
	const struct plan_host *host;
	struct plan_numbering *numbering; /* of each architecture */
	unsigned arches;
	struct plan_links *links;         /* of each directory that was looked through */
	size_t links_count;
	struct plan_names *names;         /* plan_names.c's own */
	unsigned section;
	bool telling;                     /* notes are made */
};
void plan_say(struct plan_work *work, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* What a name is on this host; asked for once. For want of memory, it is not there. */
struct plan_name {
	const char *real; /* the plan's, without a link; NULL: not there */
	int kind;         /* as struct plan_host, look() */
	bool led;         /* it is a link itself */
};
struct plan_name plan_name(struct plan_work *work, const char *name);
/*
 * Where a link leads, a path without links before its end. BARRED: on the way is a link that is neither root's nor the
 * trusted user's, or a file system that may never answer.
 */
enum plan_way { PLAN_WAY_FOUND, PLAN_WAY_NOWHERE, PLAN_WAY_BARRED };
enum plan_way plan_follow(struct plan_work *work, struct plan_name *to, const char *link, uint32_t trusted);
void plan_names_release(struct plan_work *work);

struct plan_link {
	const char *at, *end;
	size_t n;       /* of at */
	bool directory; /* at its end */
	bool marked;    /* see below */
};
/* Links below a directory that lead out of it. */
struct plan_links {
	const char *dir;
	struct plan_link *link; /* sorted by where they are */
	size_t count;
	unsigned barred; /* links that are not followed */
	bool cut;        /* there is more than was looked at */
	bool asked;      /* a want at work has it */
	size_t marked;   /* links by which a name of that want may go; more than PLAN_LINKED: more, maybe */
};
#define PLAN_LINKED 48 /* what links lead to; more are not watched */
/* Of a directory, which is the plan's text; NULL: no memory. Valid until the next one. */
struct plan_links *plan_links(struct plan_work *work, const char *dir);
/* Mark those by which a name may go that fits the pattern, whose first n bytes are names without a wildcard. */
void plan_links_mark(struct plan_links *l, struct span pattern, const char *literal, size_t n, bool whole);
void plan_links_release(struct plan_work *work);

/* A test of an object: WIRE_DIR or WIRE_WATCH, and its text, the plan's. */
struct plan_path {
	uint32_t field;
	const char *text;
};
struct plan_paths {
	struct plan_path *path; /* the caller's to free */
	size_t count, cap;      /* 0: no test */
	unsigned names;         /* in the longest of them */
	unsigned linked;        /* of them there for links that lead to them */
};
/* No path of more than `names` names, 0: none at all; `links`: see to where links lead. 0 or -ENOMEM. */
int plan_paths(struct plan_paths *paths, struct plan_work *work, const struct plan_want *want, unsigned names,
	bool links);
int plan_look(const struct plan_host *host, const char *path);
/* A pattern that is one name, the plan's; NULL: it is none, or no memory. */
const char *plan_literal(struct plan *plan, struct span pattern);
/* Is this file by itself for the kernel? See struct plan_host. */
bool plan_is_sole(const struct plan_host *host, const char *path);
/* Is any name of the path a symbolic link? */
bool plan_leads(const struct plan_host *host, const char *path);

/* How far a want may be told apart; less when it would be too many rules. */
struct plan_limits {
	unsigned names;   /* of a path */
	unsigned single;  /* bit per enum plan_number that has one alternative only */
	bool no_links, no_exes;
	bool bare;        /* calls alone */
};
/* Add the rules of a want to `out`; the next smaller limits, down to calls alone where `bare`; false: no further. */
struct plan_parts;
struct plan_parts *plan_parts_new(void);
void plan_parts_free(struct plan_parts *p);
int plan_parts_read(struct plan_parts *p, struct plan_work *work, const struct plan_want *want,
	const struct plan_limits *limits);
size_t plan_parts_count(const struct plan_parts *p);
int plan_parts_add(const struct plan_parts *p, struct plan *out);
bool plan_parts_weaken(const struct plan_parts *p, struct plan_limits *limits, bool bare);

#endif
