#include "rule/plan.h"

#include "base/hash.h"
#include "rule/plan_test.h"
#include "sys/probe.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define NOTE_BYTES 2048

struct plan *plan_new(void)
{
	return calloc(1, sizeof(struct plan));
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->text_count; i++)
		free(p->texts[i]);
	free(p->texts);
	free(p->rules);
	free(p->sections);
	free(p->notes);
	free(p->spots);
	free(p->text_at.slot);
	free(p->note_at.slot);
	free(p);
}

/* Room for one more of a list whose room is doubled at each power of two. */
static void *grow(void *list, size_t count, size_t size)
{
	if (count & (count - 1))
		return list;
	return realloc(list, (count ? 2 * count : 1) * size);
}

struct plan_rule *plan_add(struct plan *p)
{
	if (p->count == p->cap) {
		size_t cap = 2 * p->cap + 32;
		struct plan_rule *rules = realloc(p->rules, cap * sizeof(*rules));

		if (!rules)
			return NULL;
		p->rules = rules;
		p->cap = cap;
	}
	memset(&p->rules[p->count], 0, sizeof(p->rules[0]));
	return &p->rules[p->count++];
}

/* See that one more entry fits: at most half of the slots, a power of two, are used. */
static bool index_room(struct plan_index *x, uint64_t (*hash_of)(const struct plan *p, uint32_t place),
	const struct plan *p)
{
	size_t size = x->size ? 2 * x->size : 64;
	uint32_t *slot;

	if (2 * (x->used + 1) <= x->size)
		return true;
	slot = calloc(size, sizeof(*slot));
	if (!slot)
		return false;
	for (uint32_t i = 0; i < x->used; i++) {
		size_t at = (size_t)hash_of(p, i) & (size - 1);

		while (slot[at])
			at = (at + 1) & (size - 1);
		slot[at] = i + 1;
	}
	free(x->slot);
	x->slot = slot;
	x->size = size;
	return true;
}

static uint64_t text_hash(const struct plan *p, uint32_t place)
{
	return hash_bytes(0, p->texts[place], strlen(p->texts[place]));
}

const char *plan_text(struct plan *p, const char *text, size_t n)
{
	struct plan_index *x = &p->text_at;
	size_t at;

	if (!index_room(x, text_hash, p))
		return NULL;
	at = (size_t)hash_bytes(0, text, n) & (x->size - 1);
	for (; x->slot[at]; at = (at + 1) & (x->size - 1)) {
		const char *other = p->texts[x->slot[at] - 1];

		if (strncmp(other, text, n) == 0 && other[n] == '\0')
			return other;
	}

	char **texts = grow(p->texts, p->text_count, sizeof(*texts));
	if (!texts)
		return NULL;
	p->texts = texts;
	texts[p->text_count] = strndup(text, n);
	if (!texts[p->text_count])
		return NULL;
	x->slot[at] = (uint32_t)++p->text_count;
	x->used++;
	return texts[p->text_count - 1];
}

int plan_section(struct plan *p, const char *kind, const char *name)
{
	struct plan_section *sections = grow(p->sections, p->section_count, sizeof(*sections)), s = { NULL, NULL };

	if (!sections)
		return -ENOMEM;
	p->sections = sections;
	s.kind = plan_text(p, kind, strlen(kind));
	s.name = name ? plan_text(p, name, strlen(name)) : NULL;
	if (!s.kind || (name && !s.name))
		return -ENOMEM;
	sections[p->section_count] = s;
	return (int)p->section_count++;
}

/* Equal texts are one, so their place says which. */
static uint64_t hash_of_note(const struct plan_note *n)
{
	return hash_u64(n->section, (uint64_t)(uintptr_t)n->what);
}

static uint64_t note_hash(const struct plan *p, uint32_t place)
{
	return hash_of_note(&p->notes[place]);
}

static int add_note(struct plan *p, struct plan_note n)
{
	struct plan_index *x = &p->note_at;
	struct plan_note *notes;
	size_t at;

	if (!n.what || !index_room(x, note_hash, p))
		return -ENOMEM;
	at = (size_t)hash_of_note(&n) & (x->size - 1);
	for (; x->slot[at]; at = (at + 1) & (x->size - 1)) {
		const struct plan_note *other = &p->notes[x->slot[at] - 1];

		if (other->section == n.section && other->what == n.what)
			return 0;
	}
	notes = grow(p->notes, p->note_count, sizeof(*notes));
	if (!notes)
		return -ENOMEM;
	p->notes = notes;
	notes[p->note_count++] = n;
	x->slot[at] = (uint32_t)p->note_count;
	x->used++;
	return 0;
}

int plan_note(struct plan *p, unsigned section, const char *fmt, ...)
{
	char text[NOTE_BYTES];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n < 0)
		return -EINVAL;
	if ((size_t)n >= sizeof(text)) {
		n = sizeof(text) - 1;
		memcpy(text + n - 3, "...", 3);
	}
	return add_note(p, (struct plan_note){ section, plan_text(p, text, (size_t)n) });
}

int plan_rule_test(struct plan_rule *r, uint32_t field, uint32_t op, uint32_t value, const char *text)
{
	struct plan_test t;
	unsigned at = r->test_count;

	if (at == PLAN_TESTS_MAX)
		return -E2BIG;
	memset(&t, 0, sizeof(t)); /* what lies between the members, too */
	t.field = field;
	t.op = op;
	t.value = value;
	t.text = text;
	while (at > 0 && plan_test_compare(&t, &r->tests[at - 1]) < 0) {
		r->tests[at] = r->tests[at - 1];
		at--;
	}
	r->tests[at] = t;
	r->test_count++;
	return 0;
}

unsigned plan_features(unsigned version)
{
	static const struct {
		unsigned since, feature;
	} features[] = {
		{ PROBE_KERNEL(3, 3, 0), PLAN_OBJECT_IDS },    { PROBE_KERNEL(3, 10, 0), PLAN_LOGINUID_SET },
		{ PROBE_KERNEL(4, 3, 0), PLAN_EXE },	       { PROBE_KERNEL(4, 10, 0), PLAN_SESSIONID },
		{ PROBE_KERNEL(4, 18, 0), PLAN_EXE_NOT },      { PROBE_KERNEL(5, 3, 0), PLAN_SADDR_FAM },
		{ PROBE_KERNEL(5, 16, 0), PLAN_PERM_OPENAT2 },
	};
	unsigned has = 0;

	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++)
		if (version >= features[i].since)
			has |= features[i].feature;
	return has;
}

unsigned plan_features_told(uint32_t bits)
{
	return (bits & WIRE_FEATURE_EXECUTABLE_PATH ? PLAN_EXE : 0) |
		(bits & WIRE_FEATURE_SESSIONID_FILTER ? PLAN_SESSIONID : 0);
}

int plan_arches(const char *machine, int arches[2])
{
	/* The first that the machine's name begins with; ppc's 32-bit calls are not in our tables. */
	static const struct {
		struct span machine;
		int arches[2];
	} pairs[] = {
		{ SPAN_INIT("x86_64"), { ARCH_X86_64, ARCH_I386 } }, { SPAN_INIT("i386"), { ARCH_I386, -1 } },
		{ SPAN_INIT("i486"), { ARCH_I386, -1 } },	     { SPAN_INIT("i586"), { ARCH_I386, -1 } },
		{ SPAN_INIT("i686"), { ARCH_I386, -1 } },	     { SPAN_INIT("aarch64"), { ARCH_AARCH64, ARCH_ARM } },
		{ SPAN_INIT("arm"), { ARCH_ARM, -1 } },		     { SPAN_INIT("ppc64le"), { ARCH_PPC64LE, -1 } },
		{ SPAN_INIT("ppc64"), { ARCH_PPC64, -1 } },	     { SPAN_INIT("s390x"), { ARCH_S390X, ARCH_S390 } },
		{ SPAN_INIT("s390"), { ARCH_S390, -1 } },
	};
	struct span name = span_of(machine, strlen(machine));

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (span_starts(name, pairs[i].machine)) {
			arches[0] = pairs[i].arches[0];
			arches[1] = pairs[i].arches[1];
			return 0;
		}
	return -ENOTSUP;
}
