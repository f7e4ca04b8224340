#include "rule/plan_select.h"
#include "rule/plan_parts.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>

/* How far a section may be told apart; less when it would be too many rules. */
struct limits {
	unsigned names, exes, auids, uids;
};

/* One section at work. */
struct section {
	struct plan *plan;
	const struct select_part *part;
	const struct plan_host *host;
	size_t index;
	size_t most;        /* rules that it may come to */
	struct limits limits;
	unsigned arches;
	struct plan_types types;
	struct plan_masks calls[2];
	struct plan_paths paths;
	const char *exe[PLAN_EXES];
	unsigned exe_count; /* 0: no test */
	struct plan_ids uid, auid;
	bool counting;      /* rules are counted, not made */
	size_t rules;
};

/* What tells the rules of a section apart, but for programs and ids. */
struct shape {
	int arch;
	const uint32_t *mask;
	bool to_write;
	int success; /* 1, 0; -1: either */
	const struct plan_path *path;
	int a0;      /* -1: any */
};

static void note(struct section *s, const char *what)
{
	plan_note(s->plan, (unsigned)s->index, "%s", what);
}

static void note_counted(struct section *s, const char *what, unsigned n)
{
	plan_note(s->plan, (unsigned)s->index, "%s%u", what, n);
}

static int add_rule(struct section *s, const struct shape *shape, const char *exe, unsigned uid, unsigned auid)
{
	struct plan_rule *r = plan_add(s->plan);
	size_t tag = s->index < 64 * PLAN_TAG_WORDS ? s->index : 64 * PLAN_TAG_WORDS - 1;

	if (!r)
		return -ENOMEM;
	r->list = WIRE_LIST_EXIT;
	r->action = WIRE_ALWAYS;
	r->arch = shape->arch;
	r->key = PLAN_KEY;
	memcpy(r->calls, shape->mask, sizeof(r->calls));
	r->tags[tag / 64] |= UINT64_C(1) << (tag % 64);
	/* Tests that find no room are left out, which is wider: those that narrow most come first. */
	if (shape->success >= 0)
		plan_rule_test(r, WIRE_SUCCESS, WIRE_EQUAL, (uint32_t)shape->success, NULL);
	if (shape->path)
		plan_rule_test(r, shape->path->field, WIRE_EQUAL, 0, shape->path->text);
	if (shape->to_write)
		plan_rule_test(r, WIRE_PERM, WIRE_EQUAL, WIRE_PERM_WRITE, NULL);
	if (shape->a0 >= 0)
		plan_rule_test(r, WIRE_ARG0, WIRE_EQUAL, (uint32_t)shape->a0, NULL);
	if (exe)
		plan_rule_test(r, WIRE_EXE, WIRE_EQUAL, 0, exe);
	plan_ids_test(&s->auid, auid, r);
	plan_ids_test(&s->uid, uid, r);
	return 0;
}

static int add_shape(struct section *s, const struct shape *shape)
{
	unsigned exes = s->exe_count ? s->exe_count : 1;
	int rc = 0;

	if (!plan_calls_any(shape->mask))
		return 0;
	if (s->counting) {
		s->rules += (size_t)exes * s->uid.count * s->auid.count;
		return 0;
	}
	for (unsigned e = 0; e < exes && rc == 0; e++)
		for (unsigned u = 0; u < s->uid.count && rc == 0; u++)
			for (unsigned a = 0; a < s->auid.count && rc == 0; a++)
				rc = add_rule(s, shape, s->exe_count ? s->exe[e] : NULL, u, a);
	return rc;
}

/*
 * Calls whose path the kernel may test: one rule a path for what succeeded. What failed has no object, or not the one
 * that was meant: whatever its path, it is told.
 */
static int add_files(struct section *s, struct shape shape)
{
	int rc = 0;

	if (s->paths.count == 0)
		return add_shape(s, &shape);
	if (s->part->success != 0) {
		shape.success = 1;
		for (size_t i = 0; i < s->paths.count && rc == 0; i++) {
			shape.path = &s->paths.path[i];
			rc = add_shape(s, &shape);
		}
	}
	if (s->part->success != 1 && rc == 0) {
		shape.success = 0;
		shape.path = NULL;
		rc = add_shape(s, &shape);
	}
	return rc;
}

static int add_arch(struct section *s, unsigned k)
{
	const struct plan_masks *c = &s->calls[k];
	struct shape shape = { .arch = s->host->arches[k], .mask = c->files, .success = s->part->success, .a0 = -1 };
	uint32_t socketcall[WIRE_MASK_WORDS] = { 0 };
	int rc = add_files(s, shape);

	shape.mask = c->opens;
	shape.to_write = true;
	if (rc == 0)
		rc = add_files(s, shape);
	shape.mask = c->others;
	shape.to_write = false;
	if (rc == 0)
		rc = add_shape(s, &shape);
	shape.mask = socketcall;
	socketcall[c->socketcall / 32] = UINT32_C(1) << (c->socketcall % 32);
	for (int i = 0; i < 32 && rc == 0; i++) {
		shape.a0 = i;
		if (c->socketcalls >> i & 1)
			rc = add_shape(s, &shape);
	}
	return rc;
}

static int add_section(struct section *s, bool counting)
{
	int rc = 0;

	s->counting = counting;
	s->rules = 0;
	for (unsigned k = 0; k < s->arches && rc == 0; k++)
		rc = add_arch(s, k);
	return rc;
}

/* exe= is of an object too. NULL: they are tested; else why not. */
static const char *read_exes(struct section *s)
{
	const struct span_list *exe = &s->part->exe;

	s->exe_count = 0;
	if (exe->count == 0)
		return NULL;
	if (!(s->host->features & PLAN_EXE))
		return "exe: this kernel can't test it";
	if (!s->host->path_by_object)
		return "exe: is tested by name, as path_match says";
	if (exe->count > s->limits.exes)
		return "exe: too many programs for kernel rules";
	for (size_t i = 0; i < exe->count; i++) {
		s->exe[i] = plan_literal(s->plan, exe->word[i]);
		if (!s->exe[i])
			return "exe: the kernel knows no patterns";
		if (plan_look(s->host, s->exe[i]) < 0)
			return "exe: a program is not there yet";
	}
	s->exe_count = (unsigned)exe->count;
	return NULL;
}

static bool has_files(const struct section *s)
{
	bool some = false;

	for (unsigned k = 0; k < s->arches; k++)
		some = some || plan_calls_any(s->calls[k].files) || plan_calls_any(s->calls[k].opens);
	return some;
}

static bool has_others(const struct section *s)
{
	bool some = false;

	for (unsigned k = 0; k < s->arches; k++)
		some = some || s->calls[k].socketcalls || plan_calls_any(s->calls[k].others);
	return some;
}

/* The parts that limits are about, and what there is to say of them. */
static int read_parts(struct section *s)
{
	const char *why = read_exes(s);
	int rc = 0;

	if (why)
		note(s, why);
	free(s->paths.path);
	memset(&s->paths, 0, sizeof(s->paths));
	if (s->part->path.count && has_files(s) && !s->host->path_by_object)
		note(s, "path: is tested by name, as path_match says: all files are told");
	else if (has_files(s))
		rc = plan_paths(&s->paths, s->plan, (unsigned)s->index, s->part, s->host, s->limits.names);
	plan_ids(&s->uid, &s->part->uid, WIRE_UID, s->limits.uids);
	plan_ids(&s->auid, &s->part->auid, WIRE_LOGINUID, s->limits.auids);
	if (s->uid.widened)
		note(s, "uid: too many alternatives for kernel rules: all from the lowest to the highest are told");
	if (s->auid.widened)
		note(s, "auid: too many alternatives for kernel rules: all from the lowest to the highest are told");
	return rc;
}

/* The next smaller limits; false: no further. */
static bool weaken(struct section *s)
{
	struct limits *l = &s->limits;

	if (s->paths.count)
		l->names = s->paths.names - 1;
	else if (s->exe_count)
		l->exes = 0;
	else if (s->auid.count > 1)
		l->auids = 1;
	else if (s->uid.count > 1)
		l->uids = 1;
	else
		return false;
	return true;
}

static int fit_parts(struct section *s)
{
	int rc = read_parts(s);

	while (rc == 0) {
		rc = add_section(s, true);
		if (rc < 0 || s->rules <= s->most || !weaken(s))
			break;
		rc = read_parts(s);
	}
	if (s->limits.names == 0)
		note(s, "path: too many for kernel rules: all files are told");
	else if (s->limits.names != UINT_MAX)
		note_counted(s, "path: too many for kernel rules: all were cut to directories of depth ", s->limits.names);
	return rc;
}

static void note_numbers(struct section *s)
{
	const struct call_set *set = &s->part->calls;

	for (size_t i = 0; i < set->number_count; i++)
		if (set->numbers[i] >= PLAN_CALLS)
			note_counted(s, "syscalls: no rule can name the number ", (unsigned)set->numbers[i]);
}

static void note_calls(struct section *s)
{
	bool nameless = false, opens = false;

	for (unsigned i = 0; i < syscall_count() && s->part->not_calls.write_bit && !opens; i++)
		opens = select_bit(s->part->not_calls.write_bit, i);
	for (unsigned k = 0; k < s->arches; k++)
		nameless = nameless || s->calls[k].nameless;
	if (opens)
		note(s, "syscalls: opens that write can't be taken away in the kernel");
	if (s->part->path.count && has_others(s))
		note(s, "path: of sockets, symbolic links and mounts it is not tested in the kernel");
	if (s->paths.count && s->part->success != 1)
		note(s, "path: calls that fail are told whatever their path");
	if (nameless)
		note(s, "path: the kernel tells no names with read, write and their like: left out");
}

static int do_section(struct section *s)
{
	int rc;

	plan_types(s->part, &s->types, s->plan, (unsigned)s->index);
	for (s->arches = 0; s->arches < 2 && s->host->arches[s->arches] >= 0; s->arches++)
		plan_calls(&s->calls[s->arches], s->part, &s->types, s->host->arches[s->arches], s->host->features);
	note_numbers(s);
	if (!has_files(s) && !has_others(s))
		return 0; /* records that come by themselves: tests of them are ours */
	rc = fit_parts(s);
	if (rc == 0)
		rc = add_section(s, false);
	if (rc == 0)
		note_calls(s);
	return rc;
}

static int leave_out_self(struct plan *plan, const struct plan_host *host)
{
	struct plan_rule *r = plan_add(plan);

	if (!r)
		return -ENOMEM;
	r->list = WIRE_LIST_EXIT;
	r->action = WIRE_NEVER;
	r->arch = -1;
	r->first = true;
	r->key = PLAN_KEY_SELF;
	for (unsigned nr = 0; nr < PLAN_CALLS; nr++)
		plan_rule_call(r, nr);
	if (host->features & PLAN_EXE && host->self)
		plan_rule_test(r, WIRE_EXE, WIRE_EQUAL, 0, plan_text(plan, host->self, strlen(host->self)));
	else
		plan_rule_test(r, WIRE_PID, WIRE_EQUAL, host->pid, NULL);
	return r->tests[0].field == WIRE_EXE && !r->tests[0].text ? -ENOMEM : 0;
}

/* Of what those before it left, no more than all behind it may have, too. */
static size_t share_of(size_t index, const struct select_set *set, const struct plan *plan)
{
	size_t left = plan->count < PLAN_RULES ? PLAN_RULES - plan->count : 0;
	size_t share = left / (set->count - index);

	return share < PLAN_SECTION_RULES ? share : PLAN_SECTION_RULES;
}

int plan_select(struct plan *plan, const struct select_set *set, const struct plan_host *host)
{
	bool some = false;
	int rc = 0;

	for (size_t i = 0; set && i < set->count && rc == 0; i++) {
		struct section s = { .plan = plan, .part = &set->part[i], .host = host, .index = i };

		s.most = share_of(i, set, plan);
		s.limits = (struct limits){ UINT_MAX, PLAN_EXES, PLAN_IDS, PLAN_IDS };
		s.types.ids = calloc(syscall_count() / 64 + 1, sizeof(*s.types.ids));
		rc = plan_section(plan, "select", set->part[i].name);
		if (rc >= 0)
			rc = s.types.ids ? do_section(&s) : -ENOMEM;
		some = some || s.types.some;
		free(s.types.ids);
		free(s.paths.path);
	}
	if (rc == 0 && (some || plan->count))
		rc = leave_out_self(plan, host);
	if (rc == 0)
		plan_merge(plan);
	return rc;
}
