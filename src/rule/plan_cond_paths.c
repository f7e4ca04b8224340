/*
 * Checks of names of files and programs, and of what a file or socket is. The kernel knows files by object, which a
 * name leads to: host->path_by_object says that this is meant.
 */
#include "rule/plan_cond_part.h"

#include "rule/plan_parts.h"

#include <errno.h>
#include <sys/stat.h>

static const char by_name[] = "names are compared as they are used, as path_match says";
static const char by_object[] = "only by object: other names of it are not seen";
static const char by_part[] = "the kernel knows files by object, not by a part of the name";

/* Up to where it has no wildcard, and from there back to a slash: what is below that directory holds all it can be. */
static struct span directory_of(struct span text, bool wild)
{
	size_t n = text.n;

	for (size_t i = 0; wild && i < n; i++)
		if (memchr("*?[\\", text.p[i], 4))
			n = i;
	while (n > 0 && text.p[n - 1] != '/')
		n--;
	return span_of(text.p, n);
}

/* The pattern of all that is in or below a directory, itself too; p NULL: no memory. */
static struct span below(struct plan_cond *pc, struct span dir)
{
	char text[PLAN_PATH_MAX + 4];
	const char *kept;

	while (dir.n && dir.p[dir.n - 1] == '/')
		dir.n--;
	memcpy(text, dir.p, dir.n);
	memcpy(text + dir.n, "/**", 3);
	kept = plan_text(pc->plan, text, dir.n + 3);
	if (!kept)
		pc->rc = -ENOMEM;
	return span_of(kept, dir.n + 3);
}

static bool is_file(const struct plan_cond *pc, struct span path)
{
	char text[PLAN_PATH_MAX];

	memcpy(text, path.p, path.n);
	text[path.n] = '\0';
	return plan_look(pc->host, text) == 0;
}

/* A pattern for the files that a value may be the name of. `whole`: the value is the name, not its directory. */
static struct span pattern(struct plan_cond *pc, enum cond_op op, struct span value, bool whole)
{
	switch (op) {
	case COND_EQUAL:
	case COND_IN:
		return whole ? value : below(pc, value);
	case COND_PMATCH:
		if (!cond_is_glob(value))
			return whole && is_file(pc, value) ? value : below(pc, value);
		return below(pc, directory_of(value, true));
	case COND_GLOB:
		return below(pc, directory_of(value, true));
	case COND_STARTSWITH:
		return below(pc, directory_of(value, false));
	default:
		return span_of(NULL, 0);
	}
}

/* Absolute, and what a text of C can hold. */
static bool is_path(struct span value)
{
	return value.n && value.n < PLAN_PATH_MAX && value.p[0] == '/' && !memchr(value.p, '\0', value.n);
}

static bool is_tested(const struct cond_check *c)
{
	return plan_cond_is_plain(c) && c->count && c->among != COND_ALLOF &&
		(c->op == COND_EQUAL || c->op == COND_IN || c->op == COND_PMATCH || c->op == COND_GLOB ||
		c->op == COND_STARTSWITH);
}

static const char *push(struct plan_cond *pc, const struct cond_check *c, bool whole, struct plan_want *w)
{
	struct span *patterns;

	if (c->op == COND_EXISTS)
		return NULL;
	if (!is_tested(c))
		return plan_cond_is_plain(c) ? by_part : plan_cond_other_field;
	if (!pc->host->path_by_object)
		return by_name;
	for (size_t i = 0; i < c->count; i++)
		if (!is_path(c->values[i].text))
			return "no absolute path: the kernel has no directory to watch";
	patterns = plan_wants_keep(pc->list, c->count * sizeof(*patterns));
	if (!patterns) {
		pc->rc = -ENOMEM;
		return NULL;
	}
	for (size_t i = 0; i < c->count; i++)
		patterns[i] = pattern(pc, c->op, c->values[i].text, whole);
	w->paths = patterns;
	w->path_count = c->count;
	return by_object;
}

static const char *push_path(struct plan_cond *pc, const struct plan_literal *l, bool whole, struct plan_wants *out)
{
	struct plan_want w;
	const char *why = NULL;

	plan_want_all(&w);
	if (pc->plan)
		why = push(pc, l->check, whole, &w);
	plan_cond_add(pc, out, &w);
	return why;
}

const char *plan_cond_path(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	return push_path(pc, l, true, out);
}

const char *plan_cond_directory(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	return push_path(pc, l, false, out);
}

/* The type that is in a mode as PATH records have it, 0100644; 0: none. */
static uint32_t type_of_mode(struct span text)
{
	uint32_t mode = 0;

	for (size_t i = 0; i < text.n && text.n <= 10; i++) {
		if (text.p[i] < '0' || text.p[i] > '7')
			return 0;
		mode = mode << 3 | (uint32_t)(text.p[i] - '0');
	}
	return mode & S_IFMT;
}

/* audit.path[n].KEY: the kernel asks for any object of the call that has it. */
const char *plan_cond_path_key(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	const struct cond_check *c = l->check;
	bool user = cond_ends(c->left.member, SPAN(".ouid")), group = cond_ends(c->left.member, SPAN(".ogid"));
	const char *why = "of a call's objects the kernel tests owner and type alone";
	struct plan_set set = plan_set_none();
	struct plan_want w;

	plan_want_all(&w);
	if (c->op == COND_EXISTS) {
		why = NULL;
	} else if ((user || group) && plan_cond_set(c, -1, UINT32_MAX - 1, &set)) {
		w.set[user ? PLAN_OBJECT_UID : PLAN_OBJECT_GID] = set;
		why = "of any object of the call";
	} else if (cond_ends(c->left.member, SPAN(".mode")) && plan_cond_is_equal(c) && c->count == 1 &&
		type_of_mode(c->values[0].text) && pc->host && pc->host->features & PLAN_OBJECT_IDS) {
		set = plan_set_none();
		plan_set_add(&set, type_of_mode(c->values[0].text), type_of_mode(c->values[0].text));
		w.set[PLAN_FILETYPE] = set;
		why = "the kernel tests the type of any object of the call";
	}
	for (unsigned i = PLAN_OBJECT_UID; i <= PLAN_OBJECT_GID; i++)
		if (w.set[i].count == 0)
			return NULL; /* no number is so */
	plan_cond_add(pc, out, &w);
	return why;
}

/* One program that it is not: exe!=. A process without a program, which has no value, is another one for the kernel. */
static const char *push_not_exe(struct plan_cond *pc, const struct plan_literal *l, struct plan_want *w)
{
	const struct cond_value *v = l->check->values;

	if (l->check->count == 0 || !is_path(v->text) || cond_is_glob(v->text))
		return "the kernel knows programs by object";
	w->exe_not = plan_text(pc->plan, v->text.p, v->text.n);
	if (!w->exe_not)
		pc->rc = -ENOMEM;
	return l->check->count > 1 ? "of programs that it must not be, the kernel tests one" : by_object;
}

static const char *push_exe(struct plan_cond *pc, const struct plan_literal *l, struct plan_want *w)
{
	const struct cond_check *c = l->check;
	struct span *exes;

	if (c->op == COND_EXISTS && !l->negated)
		return NULL;
	if (!plan_cond_is_plain(c))
		return plan_cond_other_field;
	if (!pc->host->path_by_object)
		return by_name;
	if (l->negated ? plan_cond_is_equal(c) : c->op == COND_NOT_EQUAL)
		return push_not_exe(pc, l, w);
	if (l->negated || !plan_cond_is_equal(c))
		return "the kernel knows programs by object, not by a part of the name";
	for (size_t i = 0; i < c->count; i++)
		if (!is_path(c->values[i].text))
			return "no absolute path: the kernel knows programs by object";
	exes = plan_wants_keep(pc->list, (c->count + 1) * sizeof(*exes));
	if (!exes) {
		pc->rc = -ENOMEM;
		return NULL;
	}
	for (size_t i = 0; i < c->count; i++)
		exes[i] = c->values[i].text;
	w->exes = exes;
	w->exe_count = c->count;
	return by_object;
}

const char *plan_cond_exe(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct plan_want w;
	const char *why = NULL;

	plan_want_all(&w);
	if (pc->plan)
		why = push_exe(pc, l, &w);
	plan_cond_add(pc, out, &w);
	return why;
}

/* Families by the numbers of Linux, which are the same everywhere. */
enum { UNIX = 1, INET = 2, INET6 = 10, NETLINK = 16 };
#define SOCKETS (1u << CALL_CONNECT | 1u << CALL_BIND | 1u << CALL_ACCEPT | 1u << CALL_SEND)

static void add_families(struct plan_cond *pc, const struct plan_set *families, unsigned kinds, struct plan_wants *out)
{
	struct plan_want w;

	if (families->count == 0)
		return;
	plan_want_all(&w);
	if (kinds) {
		memset(&w.calls, 0, sizeof(w.calls));
		plan_cond_kinds(&w.calls, kinds);
	}
	w.set[PLAN_FAMILY] = *families;
	plan_cond_add(pc, out, &w);
}

/* Addresses and ports: of the internet, see tell_inet() in norm_file.c. */
const char *plan_cond_socket(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct plan_set families = plan_set_none();

	plan_set_add(&families, INET, INET);
	plan_set_add(&families, INET6, INET6);
	add_families(pc, &families, 0, out);
	return l->check->op == COND_EXISTS ? NULL : "the kernel tests an address's family alone";
}

const char *plan_cond_family(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct plan_set families = plan_set_none();

	if (plan_cond_may(l, SPAN("unix")))
		plan_set_add(&families, UNIX, UNIX);
	if (plan_cond_may(l, SPAN("ip"))) {
		plan_set_add(&families, INET, INET);
		plan_set_add(&families, INET6, INET6);
	}
	add_families(pc, &families, 0, out);
	return NULL;
}

/* fd.type and fd.typechar, see tell_file_type() and tell_socket(): what they say of a file, of a socket's family. */
static const struct {
	struct span word[2]; /* fd.type, fd.typechar */
	uint32_t modes[4];   /* of S_IFMT */
	uint32_t family;
} types[] = {
	{ { SPAN_INIT("file"), SPAN_INIT("f") }, { S_IFREG, S_IFCHR, S_IFBLK, S_IFLNK }, 0 },
	{ { SPAN_INIT("directory"), SPAN_INIT("d") }, { S_IFDIR }, 0 },
	{ { SPAN_INIT("pipe"), SPAN_INIT("p") }, { S_IFIFO }, 0 },
	{ { SPAN_INIT("unix"), SPAN_INIT("u") }, { S_IFSOCK }, UNIX },
	{ { SPAN_INIT("ipv4"), SPAN_INIT("4") }, { 0 }, INET },
	{ { SPAN_INIT("ipv6"), SPAN_INIT("6") }, { 0 }, INET6 },
	{ { SPAN_INIT("netlink"), SPAN_INIT("n") }, { 0 }, NETLINK },
};

/*
 * A type is a rule of its own, so that "file", which is four, is not tested; nor is anything before 3.3, where the
 * kernel looks at the first name of a call only.
 */
const char *plan_cond_file_type(struct plan_cond *pc, const struct plan_literal *l, struct plan_wants *out)
{
	struct plan_set modes = plan_set_none(), families = plan_set_none();
	struct plan_want w;
	bool tested;

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (!plan_cond_may(l, types[i].word[l->field == FIELD_FD_TYPECHAR]))
			continue;
		for (unsigned k = 0; k < 4 && types[i].modes[k]; k++)
			plan_set_add(&modes, types[i].modes[k], types[i].modes[k]);
		if (types[i].family)
			plan_set_add(&families, types[i].family, types[i].family);
	}
	add_families(pc, &families, SOCKETS, out);
	if (modes.count == 0)
		return NULL;
	tested = modes.count == 1 && pc->host && pc->host->features & PLAN_OBJECT_IDS;
	plan_want_all(&w);
	memset(&w.calls, 0, sizeof(w.calls));
	plan_cond_kinds(&w.calls, 1u << CALL_OPEN | 1u << CALL_FD);
	if (tested)
		w.set[PLAN_FILETYPE] = modes;
	plan_cond_add(pc, out, &w);
	return tested || l->check->op == COND_EXISTS ? NULL : "the kernel is not asked for the type of a file";
}
