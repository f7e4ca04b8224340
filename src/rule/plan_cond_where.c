/* Where system calls have an argument of a name: in which register, shown how. */
#include "rule/plan_cond_part.h"

#include "table/table.h"

#define SUB_CALLS 32 /* of socketcall and ipc */

/* Flags are the same on these (src/table/flags.tab). */
static const int8_t same_flags[ARCH_COUNT] = {
	[ARCH_X86_64] = ARCH_X86_64, [ARCH_I386] = ARCH_X86_64,
	[ARCH_AARCH64] = ARCH_AARCH64, [ARCH_ARM] = ARCH_AARCH64,
	[ARCH_PPC64] = ARCH_PPC64, [ARCH_PPC64LE] = ARCH_PPC64,
	[ARCH_S390X] = ARCH_S390X, [ARCH_S390] = ARCH_S390X,
};

/* A place per register and way to show; where all are taken, the last one holds what is left, in no register. */
static struct plan_place *place_of(struct plan_place *places, unsigned *count, const struct syscall_arg *arg, int arch)
{
	int shown = arg->as == AS_FLAGS ? same_flags[arch] : -1;
	unsigned i;

	for (i = 0; i < *count; i++)
		if (places[i].from == arg->from && places[i].as == arg->as && places[i].table == arg->table &&
		    places[i].arch == shown)
			return &places[i];
	if (i == PLAN_COND_PLACES) {
		places[i - 1].as = AS_STRING;
		return &places[i - 1];
	}
	memset(&places[i], 0, sizeof(places[i]));
	places[i].from = arg->from;
	places[i].as = arg->as;
	places[i].table = arg->table;
	places[i].arch = shown;
	return &places[(*count)++];
}

static const struct syscall_arg *find(const struct syscall_info *call, struct span name)
{
	for (unsigned i = 0; call && i < call->arg_count; i++)
		if (span_eq(syscall_arg_name(syscall_arg(call, i)), name))
			return syscall_arg(call, i);
	return NULL;
}

struct search {
	struct plan_place *places;
	unsigned count;
	struct span name;
	int arch;
};

static void look_at(struct search *s, const struct syscall_info *call)
{
	const struct syscall_arg *arg = find(call, s->name);
	struct plan_place *p = arg ? place_of(s->places, &s->count, arg, s->arch) : NULL;

	if (!p)
		return;
	p->arches |= 1u << s->arch;
	plan_calls_add(&p->calls, call->id);
}

/* What the tables don't know shows its registers: see norm_args(). */
static void look_at_nameless(struct search *s)
{
	struct syscall_arg arg = { .as = AS_HEX };
	struct plan_place *p;

	if (s->name.n != 2 || s->name.p[0] != 'a' || s->name.p[1] < '0' || s->name.p[1] > '3')
		return;
	arg.from = (uint8_t)(ARG_A0 + (s->name.p[1] - '0'));
	p = place_of(s->places, &s->count, &arg, s->arch);
	p->arches |= 1u << s->arch;
	plan_calls_add(&p->calls, PLAN_NAMELESS);
}

unsigned plan_cond_places(const struct plan_cond *pc, struct span name, struct plan_place places[PLAN_COND_PLACES])
{
	struct search s = { .places = places, .name = name };

	for (s.arch = plan_cond_next_arch(pc, -1); s.arch >= 0; s.arch = plan_cond_next_arch(pc, s.arch)) {
		for (unsigned nr = 0; nr < SYSCALL_END; nr++) {
			const struct syscall_info *call = syscall_find(s.arch, nr);

			if (!call)
				continue;
			look_at(&s, call);
			for (unsigned sub = 0; sub < SUB_CALLS && syscall_is_socketcall(call); sub++)
				look_at(&s, syscall_of_socketcall(sub));
			for (unsigned sub = 0; sub < SUB_CALLS && syscall_is_ipc(call); sub++)
				look_at(&s, syscall_of_ipc(sub));
		}
		look_at_nameless(&s);
	}
	return s.count;
}
