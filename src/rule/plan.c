#include "rule/plan.h"

#include "sys/probe.h"

#include <errno.h>
#include <stdlib.h>

#define NOTES_MAX 32768

struct plan *plan_new(void)
{
	struct plan *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->notes.p = malloc(NOTES_MAX);
	p->notes.cap = NOTES_MAX;
	if (!p->notes.p) {
		free(p);
		return NULL;
	}
	return p;
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->text_count; i++)
		free(p->texts[i]);
	free(p->texts);
	free(p->rules);
	free(p->notes.p);
	free(p);
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

const char *plan_text(struct plan *p, const char *text, size_t n)
{
	for (size_t i = 0; i < p->text_count; i++)
		if (strncmp(p->texts[i], text, n) == 0 && p->texts[i][n] == '\0')
			return p->texts[i];

	char **texts = realloc(p->texts, (p->text_count + 1) * sizeof(*texts));
	if (!texts)
		return NULL;
	p->texts = texts;
	texts[p->text_count] = strndup(text, n);
	return texts[p->text_count] ? texts[p->text_count++] : NULL;
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
		{ PROBE_KERNEL(3, 10, 0), PLAN_LOGINUID_SET }, { PROBE_KERNEL(4, 3, 0), PLAN_EXE },
		{ PROBE_KERNEL(4, 10, 0), PLAN_SESSIONID },    { PROBE_KERNEL(4, 18, 0), PLAN_EXE_NOT },
		{ PROBE_KERNEL(5, 3, 0), PLAN_SADDR_FAM },     { PROBE_KERNEL(5, 16, 0), PLAN_PERM_OPENAT2 },
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
