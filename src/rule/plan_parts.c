/* From one want to its rules. */
#include "rule/plan_parts.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct plan_parts {
	const struct plan_want *want;
	struct plan_limits limits;
	unsigned arches;
	int arch[2];
	struct plan_masks masks[2];
	struct plan_paths paths;
	const char *exe[PLAN_EXES];
	unsigned exe_count;  /* 0: no test */
	const char *exe_not; /* NULL: no test */
	struct plan_alternatives number[PLAN_NUMBERS]; /* those that are tested */
	enum plan_number which[PLAN_NUMBERS];
	unsigned number_count;
	uint64_t tags[PLAN_TAG_WORDS];
};

/* What tells the rules of a want apart, but for programs and numbers. */
struct shape {
	int arch;
	const uint32_t *mask;
	uint32_t perm;
	int success; /* 1, 0; -1: either */
	const struct plan_path *path;
	int a0;      /* -1: any */
	bool carrier; /* arguments are not those of the calls that are wanted */
};

typedef int each_shape(const struct plan_parts *p, const struct shape *shape, void *ctx);

void plan_say(struct plan_work *work, const char *fmt, ...)
{
	char text[1500];
	va_list ap;

	if (!work->telling)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	plan_note(work->plan, work->section, "%s", text);
}

struct plan_parts *plan_parts_new(void)
{
	return calloc(1, sizeof(struct plan_parts));
}

void plan_parts_free(struct plan_parts *p)
{
	if (p)
		free(p->paths.path);
	free(p);
}

/* ---- reading ---- */

/* exe= is of an object too. NULL: they are tested; else why not. */
static const char *read_exes(struct plan_parts *p, struct plan_work *work)
{
	const struct plan_want *w = p->want;

	p->exe_count = 0;
	if (w->exe_count == 0)
		return NULL;
	if (!(work->host->features & PLAN_EXE))
		return "exe: this kernel can't test it";
	if (!work->host->path_by_object)
		return "exe: is tested by name, as path_match says";
	if (w->exe_count > PLAN_EXES || p->limits.no_exes)
		return "exe: too many programs for kernel rules";
	for (size_t i = 0; i < w->exe_count; i++) {
		p->exe[i] = plan_literal(work->plan, w->exes[i]);
		if (!p->exe[i])
			return "exe: the kernel knows no patterns";
		if (plan_look(work->host, p->exe[i]) < 0)
			return "exe: a program is not there yet";
	}
	p->exe_count = (unsigned)w->exe_count;
	return NULL;
}

/* What a link leads to goes by another name than the link's, which is wanted, and so does a hard link: not left out. */
static const char *read_exe_not(struct plan_parts *p, struct plan_work *work)
{
	const char *exe = p->want->exe_not;

	p->exe_not = NULL;
	if (!exe || p->exe_count)
		return NULL; /* once a rule */
	if (!(work->host->features & PLAN_EXE_NOT))
		return "exe: this kernel can't test that it is not a program";
	if (!work->host->path_by_object)
		return "exe: is tested by name, as path_match says";
	if (exe[0] != '/' || plan_look(work->host, exe) != 0 || plan_leads(work->host, exe))
		return "exe: a program to leave out is not there by its own name";
	if (!plan_is_sole(work->host, exe))
		return "exe: the kernel may take other programs for the one to leave out";
	p->exe_not = plan_text(work->plan, exe, strlen(exe));
	return NULL;
}

static void read_numbers(struct plan_parts *p, struct plan_work *work)
{
	static const char *const how[] = {
		[PLAN_HULL] = "%s: too many alternatives for kernel rules: all from the lowest to the highest are told",
		[PLAN_UNTESTED] = "%s: too many alternatives for kernel rules: any is told",
		[PLAN_UNKNOWN] = "%s: this kernel can't test it"
	};

	p->number_count = 0;
	for (unsigned i = 0; i < PLAN_NUMBERS; i++) {
		struct plan_alternatives *a = &p->number[p->number_count];
		unsigned most = p->limits.single >> i & 1 ? 1 : PLAN_IDS;

		if (plan_set_is_all(&p->want->set[i]))
			continue;
		plan_alternatives(a, &p->want->set[i], i, work->host->features, most);
		if (a->how != PLAN_EXACT)
			plan_say(work, how[a->how], plan_field_name(a->field));
		if (a->count == 1 && a->any[0].count == 0)
			continue;
		p->which[p->number_count++] = i;
	}
}

static bool has_class(const struct plan_parts *p, enum plan_class class)
{
	for (unsigned k = 0; k < p->arches; k++)
		if (plan_masks_any(p->masks[k].calls[class]))
			return true;
	return false;
}

static bool has_files(const struct plan_parts *p)
{
	return has_class(p, PLAN_FILES) || has_class(p, PLAN_OPENS);
}

static bool has_others(const struct plan_parts *p)
{
	for (unsigned k = 0; k < p->arches; k++)
		if (p->masks[k].socketcalls)
			return true;
	return has_class(p, PLAN_OTHERS) || has_class(p, PLAN_CARRIERS);
}

static int read_paths(struct plan_parts *p, struct plan_work *work)
{
	const struct plan_want *w = p->want;
	unsigned names = p->limits.names;

	p->paths.count = 0;
	if (w->path_count == 0 || !has_files(p))
		return 0;
	if (!work->host->path_by_object) {
		plan_say(work, "path: is tested by name, as path_match says: all files are told");
		return 0;
	}
	if (names == 0)
		plan_say(work, "path: too many for kernel rules: all files are told");
	else if (names != UINT_MAX)
		plan_say(work, "path: too many for kernel rules: all were cut to directories of depth %u", names);
	return plan_paths(&p->paths, work, w, names, !p->limits.no_links);
}

static void tell_calls(const struct plan_parts *p, struct plan_work *work)
{
	const struct plan_want *w = p->want;
	bool by_descriptor = false;

	for (size_t i = 0; i < w->number_count; i++)
		if (w->numbers[i] >= PLAN_CALLS)
			plan_say(work, "syscalls: no rule can name the number %lld", (long long)w->numbers[i]);
	for (unsigned k = 0; k < p->arches; k++)
		by_descriptor = by_descriptor || p->masks[k].by_descriptor;
	if (w->path_count && has_others(p))
		plan_say(work, "path: of sockets, symbolic links and mounts it is not tested in the kernel");
	if (p->paths.count && w->success != 1)
		plan_say(work, "path: calls that fail are told whatever their path");
	if (by_descriptor)
		plan_say(work, "path: the kernel tells no names with read, write and their like: left out");
}

static bool is_possible(const struct plan_want *want)
{
	bool possible = true;

	for (unsigned i = 0; i < PLAN_NUMBERS; i++)
		possible = possible && want->set[i].count;
	return possible;
}

int plan_parts_read(struct plan_parts *p, struct plan_work *work, const struct plan_want *want,
	const struct plan_limits *limits)
{
	unsigned tag = work->section < 64 * PLAN_TAG_WORDS ? work->section : 64 * PLAN_TAG_WORDS - 1;
	const char *why;
	int rc;

	p->want = want;
	p->limits = *limits;
	p->arches = is_possible(want) ? work->arches : 0;
	memset(p->tags, 0, sizeof(p->tags));
	p->tags[tag / 64] = UINT64_C(1) << (tag % 64);
	for (unsigned k = 0; k < p->arches; k++) {
		p->arch[k] = work->numbering[k].arch;
		plan_masks(&p->masks[k], want, &work->numbering[k]);
	}
	p->paths.count = p->number_count = p->exe_count = 0;
	p->exe_not = NULL;
	if (limits->bare) {
		plan_say(work, "too much for kernel rules: they go by the calls alone");
		return 0;
	}
	if (!has_files(p) && !has_others(p))
		return 0; /* records that come by themselves: tests of them are ours */
	why = read_exes(p, work);
	if (why)
		plan_say(work, "%s", why);
	why = read_exe_not(p, work);
	if (why)
		plan_say(work, "%s", why);
	rc = read_paths(p, work);
	read_numbers(p, work);
	tell_calls(p, work);
	return rc;
}

/* ---- shapes ---- */

/*
 * Calls whose path the kernel may test: one rule a path for what succeeded. What failed has no object, or not the one
 * that was meant: whatever its path, it is told.
 */
static int files(const struct plan_parts *p, struct shape shape, each_shape *each, void *ctx)
{
	int rc = 0;

	if (p->paths.count == 0)
		return each(p, &shape, ctx);
	if (p->want->success != 0) {
		shape.success = 1;
		for (size_t i = 0; i < p->paths.count && rc == 0; i++) {
			shape.path = &p->paths.path[i];
			rc = each(p, &shape, ctx);
		}
	}
	if (p->want->success != 1 && rc == 0) {
		shape.success = 0;
		shape.path = NULL;
		rc = each(p, &shape, ctx);
	}
	return rc;
}

/* socketcall by the calls that it carries. */
static int socketcalls(const struct plan_parts *p, unsigned k, struct shape shape, each_shape *each, void *ctx)
{
	const struct plan_masks *m = &p->masks[k];
	uint32_t mask[WIRE_MASK_WORDS] = { 0 };
	int rc = 0;

	mask[m->socketcall / 32] = UINT32_C(1) << (m->socketcall % 32);
	shape.mask = mask;
	shape.carrier = true;
	for (int i = 0; i < 32 && rc == 0; i++) {
		shape.a0 = i;
		if (m->socketcalls >> i & 1)
			rc = each(p, &shape, ctx);
	}
	return rc;
}

static int arch_shapes(const struct plan_parts *p, unsigned k, each_shape *each, void *ctx)
{
	const struct plan_masks *m = &p->masks[k];
	struct shape shape = { .arch = p->arch[k], .success = p->want->success, .a0 = -1 };
	struct shape opens = shape, others = shape, carriers = shape;
	int rc;

	shape.mask = m->calls[PLAN_FILES];
	opens.mask = m->calls[PLAN_OPENS];
	opens.perm = p->want->perm;
	others.mask = m->calls[PLAN_OTHERS];
	carriers.mask = m->calls[PLAN_CARRIERS];
	carriers.carrier = true;
	rc = files(p, shape, each, ctx);
	if (rc == 0)
		rc = files(p, opens, each, ctx);
	if (rc == 0)
		rc = each(p, &others, ctx);
	if (rc == 0)
		rc = each(p, &carriers, ctx);
	return rc < 0 ? rc : socketcalls(p, k, shape, each, ctx);
}

static int shapes(const struct plan_parts *p, each_shape *each, void *ctx)
{
	int rc = 0;

	for (unsigned k = 0; k < p->arches && rc == 0; k++)
		rc = arch_shapes(p, k, each, ctx);
	return rc;
}

/* Can the shape's rules test this number? */
static bool is_tested(const struct plan_parts *p, const struct shape *shape, unsigned i)
{
	enum plan_number n = p->which[i];

	if (shape->carrier && n >= PLAN_A0)
		return false;
	/* In a rule with path= it is a test of that very object, which need not be the one that is meant. */
	return !(shape->path && shape->path->field == WIRE_WATCH && (n == PLAN_OBJECT_UID || n == PLAN_OBJECT_GID));
}

static int count_shape(const struct plan_parts *p, const struct shape *shape, void *ctx)
{
	size_t *count = ctx, product = p->exe_count ? p->exe_count : 1;

	if (!plan_masks_any(shape->mask))
		return 0;
	for (unsigned i = 0; i < p->number_count; i++)
		if (is_tested(p, shape, i))
			product *= p->number[i].count;
	*count += product;
	return 0;
}

size_t plan_parts_count(const struct plan_parts *p)
{
	size_t count = 0;

	shapes(p, count_shape, &count);
	return p->limits.bare ? 0 : count; /* rules of calls alone are everybody's */
}

/* ---- rules ---- */

static struct plan_rule *new_rule(const struct plan_parts *p, struct plan *out, int arch, const uint32_t *mask)
{
	struct plan_rule *r = plan_add(out);

	if (!r)
		return NULL;
	r->list = WIRE_LIST_EXIT;
	r->action = WIRE_ALWAYS;
	r->arch = arch;
	r->key = PLAN_KEY;
	memcpy(r->calls, mask, sizeof(r->calls));
	memcpy(r->tags, p->tags, sizeof(r->tags));
	return r;
}

/* Tests that find no room are left out, which is wider: those that narrow most come first. */
static int add_rule(const struct plan_parts *p, const struct shape *shape, const char *exe,
	const unsigned alternative[PLAN_NUMBERS], struct plan *out)
{
	struct plan_rule *r = new_rule(p, out, shape->arch, shape->mask);

	if (!r)
		return -ENOMEM;
	if (shape->success >= 0)
		plan_rule_test(r, WIRE_SUCCESS, WIRE_EQUAL, (uint32_t)shape->success, NULL);
	if (shape->path)
		plan_rule_test(r, shape->path->field, WIRE_EQUAL, 0, shape->path->text);
	if (shape->perm)
		plan_rule_test(r, WIRE_PERM, WIRE_EQUAL, shape->perm, NULL);
	if (shape->a0 >= 0)
		plan_rule_test(r, WIRE_ARG0, WIRE_EQUAL, (uint32_t)shape->a0, NULL);
	if (exe)
		plan_rule_test(r, WIRE_EXE, WIRE_EQUAL, 0, exe);
	for (unsigned i = 0; i < p->number_count; i++)
		for (unsigned k = 0; is_tested(p, shape, i) && k < p->number[i].any[alternative[i]].count; k++)
			plan_rule_test(r, p->number[i].field, p->number[i].any[alternative[i]].test[k].op,
				p->number[i].any[alternative[i]].test[k].value, NULL);
	for (unsigned i = 0; i < p->want->bits_count && !shape->carrier; i++)
		if (p->want->bits[i].mask)
			plan_rule_test(r, WIRE_ARG0 + p->want->bits[i].arg - PLAN_A0,
				p->want->bits[i].all ? WIRE_BIT_TEST : WIRE_BIT_MASK, p->want->bits[i].mask, NULL);
	if (p->exe_not)
		plan_rule_test(r, WIRE_EXE, WIRE_NOT_EQUAL, 0, p->exe_not);
	return 0;
}

/* The next combination of alternatives, like the digits of a number; false: that was the last. */
static bool next(const struct plan_parts *p, const struct shape *shape, unsigned alternative[PLAN_NUMBERS])
{
	for (unsigned i = p->number_count; i-- > 0;) {
		if (!is_tested(p, shape, i))
			continue;
		if (++alternative[i] < p->number[i].count)
			return true;
		alternative[i] = 0;
	}
	return false;
}

static int add_shape(const struct plan_parts *p, const struct shape *shape, void *ctx)
{
	unsigned alternative[PLAN_NUMBERS] = { 0 }, exes = p->exe_count ? p->exe_count : 1;
	int rc = 0;

	if (!plan_masks_any(shape->mask))
		return 0;
	do
		for (unsigned e = 0; e < exes && rc == 0; e++)
			rc = add_rule(p, shape, p->exe_count ? p->exe[e] : NULL, alternative, ctx);
	while (rc == 0 && next(p, shape, alternative));
	return rc;
}

static int add_bare(const struct plan_parts *p, struct plan *out)
{
	for (unsigned k = 0; k < p->arches; k++) {
		const struct plan_masks *m = &p->masks[k];
		uint32_t all[WIRE_MASK_WORDS] = { 0 };

		for (unsigned c = 0; c < PLAN_CLASSES; c++)
			for (unsigned i = 0; i < WIRE_MASK_WORDS; i++)
				all[i] |= m->calls[c][i];
		if (m->socketcalls)
			all[m->socketcall / 32] |= UINT32_C(1) << (m->socketcall % 32);
		if (plan_masks_any(all) && !new_rule(p, out, p->arch[k], all))
			return -ENOMEM;
	}
	return 0;
}

int plan_parts_add(const struct plan_parts *p, struct plan *out)
{
	return p->limits.bare ? add_bare(p, out) : shapes(p, add_shape, out);
}

/* The number with the most alternatives gets a single one; false: all have. */
static bool weaken_numbers(const struct plan_parts *p, struct plan_limits *limits)
{
	unsigned most = 1, of = 0;

	for (unsigned i = 0; i < p->number_count; i++)
		if (p->number[i].count >= most) {
			most = p->number[i].count;
			of = p->which[i];
		}
	limits->single |= most > 1 ? 1u << of : 0;
	return most > 1;
}

/* Without what links lead to, something is missed: numbers and programs go before it, and come back once it is gone. */
static void weaken_for_links(const struct plan_parts *p, struct plan_limits *limits)
{
	if (weaken_numbers(p, limits))
		return;
	limits->no_links = p->exe_count <= 1;
	limits->no_exes = !limits->no_links;
	if (limits->no_links)
		limits->single = 0;
}

bool plan_parts_weaken(const struct plan_parts *p, struct plan_limits *limits, bool bare)
{
	if (limits->bare)
		return false;
	if (p->paths.count && p->paths.linked && !limits->no_links)
		weaken_for_links(p, limits);
	else if (p->paths.count)
		limits->names = p->paths.names - 1;
	else if (p->exe_count > 1)
		limits->no_exes = true;
	else if (!weaken_numbers(p, limits))
		return limits->bare = bare;
	return true;
}
