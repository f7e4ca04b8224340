#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "fake_kernel.h"
#include "rule/plan_prune.h"
#include "rule/rule_audit.h"
#include "rule/rule_form.h"
#include "rule/rule_weaken.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A rule to be, shorter to write. */
struct spec {
	uint32_t list, action;
	int arch;
	bool first;
	const char *key;
	unsigned call; /* one bit of the mask; 0: all of them */
	struct plan_test tests[6]; /* up to a field, op and text of 0 */
};

#define OPEN 2
#define EXECVE 59
/* Record types. */
#define CWD 1307
#define PROCTITLE 1327
#define ON_EXIT WIRE_LIST_EXIT, WIRE_ALWAYS, ARCH_X86_64, false, PLAN_KEY
#define SELF WIRE_LIST_EXIT, WIRE_NEVER, -1, true, PLAN_KEY_SELF
#define LIST(name, action, arch) WIRE_LIST_##name, WIRE_##action, arch, false, PLAN_KEY
#define NOT(field, value) { field, WIRE_NOT_EQUAL, value, NULL }
#define TEXT(field, text) { field, WIRE_EQUAL, 0, text }
#define IS(field, value) { field, WIRE_EQUAL, value, NULL }

static void add(struct plan *p, const struct spec *s)
{
	struct plan_rule *r = plan_add(p);

	assert_non_null(r);
	r->list = s->list;
	r->action = s->action;
	r->arch = s->arch;
	r->first = s->first;
	r->key = s->key;
	if (s->call)
		r->calls[s->call / 32] |= UINT32_C(1) << s->call % 32;
	else
		memset(r->calls, 0xff, sizeof(r->calls));
	for (unsigned i = 0; i < sizeof(s->tests) / sizeof(s->tests[0]) && s->tests[i].op; i++)
		assert_int_equal(plan_rule_test(r, s->tests[i].field, s->tests[i].op, s->tests[i].value,
			s->tests[i].text), 0);
}

static struct plan *plan_of(const struct spec *specs, size_t count)
{
	struct plan *p = plan_new();

	assert_non_null(p);
	for (size_t i = 0; i < count; i++)
		add(p, &specs[i]);
	return p;
}

#define PLAN(specs) plan_of(specs, sizeof(specs) / sizeof((specs)[0]))

union room {
	struct wire_rule rule;
	char bytes[RULE_AUDIT_SIZE];
};

static size_t encode(const struct spec *s, struct wire_rule *out)
{
	struct plan *p = plan_of(s, 1);
	int n = rule_audit_encode(&p->rules[0], out);

	assert_true(n > 0);
	plan_free(p);
	return (size_t)n;
}

/* The types of requests, in the order in which they came by. */
struct relay {
	pthread_t thread;
	int ours, inner, outer; /* the test's end; the relay's two */
	uint16_t log[256];
	unsigned count;
};

static bool pass(struct relay *r, int from, int to, bool log)
{
	uint16_t words[WIRE_BUFFER / 2];
	ssize_t n = recv(from, words, sizeof(words), 0);

	if (n <= 0)
		return false;
	/* struct nlmsghdr: length of 32 bits, then the type. */
	if (log && r->count < sizeof(r->log) / sizeof(r->log[0]))
		r->log[r->count++] = words[2];
	return send(to, words, (size_t)n, MSG_NOSIGNAL) == n;
}

static void *relay_run(void *ctx)
{
	struct relay *r = ctx;
	struct pollfd fds[2] = { { r->inner, POLLIN, 0 }, { r->outer, POLLIN, 0 } };
	bool open = true;

	while (open && poll(fds, 2, -1) > 0) {
		if (fds[0].revents)
			open = pass(r, r->inner, r->outer, true);
		if (open && fds[1].revents)
			open = pass(r, r->outer, r->inner, false);
	}
	close(r->inner);
	close(r->outer);
	return NULL;
}

struct kit {
	struct fake_kernel *kernel;
	struct relay relay;
	struct audit_ctl *ctl;
	struct rule_audit_result result;
};

static int gone(struct kit *k, const struct plan *plan)
{
	struct rule_audit_result found;

	return rule_audit_missing(k->ctl, plan, &found);
}

static void kit_open(struct kit *k, const struct fake_kernel_traits *traits)
{
	int pair[2];

	memset(k, 0, sizeof(*k));
	k->kernel = fake_kernel_new(traits);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	k->relay.ours = pair[0];
	k->relay.inner = pair[1];
	k->relay.outer = fake_kernel_control(k->kernel);
	assert_int_equal(pthread_create(&k->relay.thread, NULL, relay_run, &k->relay), 0);
	k->ctl = audit_ctl_new(k->relay.ours, 3000);
	assert_non_null(k->ctl);
}

static void kit_close(struct kit *k)
{
	audit_ctl_free(k->ctl);
	close(k->relay.ours);
	pthread_join(k->relay.thread, NULL);
	fake_kernel_free(k->kernel);
}

#define expect_result(k, ...) expect_counts(&(k)->result, (const unsigned[5]){ __VA_ARGS__ })

/* added, kept, deleted, weakened, refused */
static void expect_counts(const struct rule_audit_result *r, const unsigned want[5])
{
	const unsigned got[5] = { r->added, r->kept, r->deleted, r->weakened, r->refused };

	for (unsigned i = 0; i < 5; i++)
		if (got[i] != want[i])
			fail_msg("added %u kept %u deleted %u weakened %u refused %u, first %d: %s", got[0], got[1], got[2],
				got[3], got[4], r->first_errno, r->first);
	assert_int_equal(r->first_errno != 0, want[3] + want[4] > 0);
	assert_int_equal(r->first[0] != '\0', want[3] + want[4] > 0);
}

static void apply(struct kit *k, const struct plan *p)
{
	assert_int_equal(rule_audit_apply(k->ctl, p, &k->result), 0);
}

static void add_foreign(struct kit *k, const char *key)
{
	union room u;
	struct spec s = { ON_EXIT, EXECVE, { IS(WIRE_UID, 7) } };
	size_t n = encode(&s, &u.rule);

	/* The key is the last text. */
	n -= u.rule.buf_size;
	u.rule.buf_size = u.rule.values[u.rule.field_count - 1] = (uint32_t)strlen(key);
	memcpy(u.rule.buf, key, strlen(key));
	fake_kernel_add_rule(k->kernel, &u.rule, n + strlen(key));
}

static const struct wire_rule *loaded(struct kit *k, unsigned i, struct rule_form *f)
{
	size_t n;
	const struct wire_rule *rule = fake_kernel_rule(k->kernel, i, &n);

	assert_non_null(rule);
	assert_true(rule_form_read(f, rule, n));
	return rule;
}

/* Does the ith rule of the kernel have this test? Text NULL: a number. */
static bool tests(struct kit *k, unsigned i, uint32_t field, uint32_t value, const char *text)
{
	struct rule_form f;

	loaded(k, i, &f);
	for (unsigned j = 0; j < f.count; j++) {
		const struct rule_item *item = &f.items[j];

		if (item->field != field)
			continue;
		if (!text)
			return item->value == value;
		return item->value == strlen(text) && memcmp(item->text, text, item->value) == 0;
	}
	return false;
}

static void rules_are_encoded(void **state)
{
	static const struct spec spec = { WIRE_LIST_EXIT, WIRE_ALWAYS, ARCH_I386, true, PLAN_KEY, 0,
		{ TEXT(WIRE_DIR, "/etc"), NOT(WIRE_SUCCESS, 1), TEXT(WIRE_EXE, "/bin/sh") } };
	union room u;
	size_t n;
	struct rule_form f;

	(void)state;
	memset(&u, 0xaa, sizeof(u));
	n = encode(&spec, &u.rule);
	assert_int_equal(n, WIRE_RULE_MIN + 4 + 7 + 7);
	assert_int_equal(u.rule.flags, WIRE_LIST_EXIT | WIRE_PREPEND);
	assert_int_equal(u.rule.action, WIRE_ALWAYS);
	assert_int_equal(u.rule.field_count, 5);
	assert_int_equal(u.rule.mask[0], UINT32_MAX);
	assert_int_equal(u.rule.mask[63], 0xffff); /* the other bits are classes of calls */
	assert_int_equal(u.rule.fields[0], WIRE_ARCH);
	assert_int_equal(u.rule.values[0], 0x40000003);
	assert_int_equal(u.rule.fields[4], WIRE_FILTERKEY);
	assert_int_equal(u.rule.values[4], 7);
	assert_int_equal(u.rule.buf_size, 18);
	assert_memory_equal(u.rule.buf + 11, "tiercel", 7);
	for (unsigned i = 5; i < WIRE_FIELDS_MAX; i++)
		assert_int_equal(u.rule.fields[i] | u.rule.ops[i] | u.rule.values[i], 0);
	assert_true(rule_form_read(&f, &u.rule, n));
	assert_int_equal(f.list, WIRE_LIST_EXIT);
	assert_true(span_eq(rule_form_key(&f), SPAN(PLAN_KEY)));
}

static void what_does_not_fit_is_not_encoded(void **state)
{
	static char path[9000];
	struct plan *p = plan_new();
	struct plan_rule *r = plan_add(p);
	union room u;

	(void)state;
	r->list = WIRE_LIST_EXIT;
	r->action = WIRE_ALWAYS;
	r->arch = -1;
	r->key = PLAN_KEY;
	memset(path, 'x', sizeof(path) - 1);
	path[0] = '/';
	assert_int_equal(plan_rule_test(r, WIRE_DIR, WIRE_EQUAL, 0, path), 0);
	assert_int_equal(rule_audit_encode(r, &u.rule), -E2BIG);
	path[WIRE_MESSAGE_MAX - WIRE_RULE_MIN - strlen(PLAN_KEY)] = '\0';
	assert_int_equal(rule_audit_encode(r, &u.rule), WIRE_MESSAGE_MAX);
	r->list = WIRE_LIST_EXCLUDE;
	assert_int_equal(rule_audit_encode(r, &u.rule), -EOPNOTSUPP);
	r->list = WIRE_LIST_EXIT;
	r->key = "tiercel-exec";
	assert_int_equal(rule_audit_encode(r, &u.rule), -EINVAL);
	r->key = NULL;
	assert_int_equal(rule_audit_encode(r, &u.rule), -EINVAL);
	plan_free(p);
}

static void only_our_keys_are_ours(void **state)
{
	static const struct {
		const char *key;
		bool own;
	} rows[] = {
		{ "tiercel", true }, { "tiercel-self", true }, { "tiercel-exec", false }, { "tiercel2", false },
		{ "my-tiercel", false }, { "tierce", false }, { "", false }, { "Tiercel", false }, { "tiercel\001other", false },
		{ "other\001tiercel", false }, { "tiercel ", false }
	};
	struct kit k;
	size_t n;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct wire_rule *rule;

		kit_open(&k, &KERNEL_6_1);
		add_foreign(&k, rows[i].key);
		rule = fake_kernel_rule(k.kernel, 0, &n);
		assert_int_equal(rule_audit_is_own(rule, n), rows[i].own);
		kit_close(&k);
	}
}

/* In a block of n bytes, so that a byte read behind it is seen by sanitizers. */
static bool is_own_within(const struct wire_rule *rule, size_t n)
{
	struct wire_rule *block = malloc(n ? n : 1);
	bool own;

	assert_non_null(block);
	memcpy(block, rule, n);
	own = rule_audit_is_own(block, n);
	free(block);
	return own;
}

static void lengths_are_not_believed(void **state)
{
	static const struct spec spec = { ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etc"), TEXT(WIRE_EXE, "/bin/sh") } };
	union room good, bad;
	size_t n;

	(void)state;
	n = encode(&spec, &good.rule);
	assert_true(is_own_within(&good.rule, n));
	assert_true(is_own_within(&good.rule, n + 3)); /* netlink's padding */
	for (size_t cut = 0; cut < n; cut += cut < WIRE_RULE_MIN - 8 ? 37 : 1)
		assert_false(is_own_within(&good.rule, cut));

	bad = good;
	bad.rule.buf_size = UINT32_MAX;
	assert_false(is_own_within(&bad.rule, n));
	bad.rule.buf_size = good.rule.buf_size - 1;
	assert_false(is_own_within(&bad.rule, n));
	bad = good;
	bad.rule.field_count = WIRE_FIELDS_MAX + 1;
	assert_false(is_own_within(&bad.rule, n));
	for (unsigned i = 1; i < good.rule.field_count; i++) {
		bad = good;
		bad.rule.values[i] += 1;
		assert_false(is_own_within(&bad.rule, n));
		bad.rule.values[i] = UINT32_MAX;
		assert_false(is_own_within(&bad.rule, n));
	}
}

static struct rule_form form_of(union room *u, const struct spec *s)
{
	struct rule_form f;

	assert_true(rule_form_read(&f, &u->rule, encode(s, &u->rule)));
	return f;
}

static void rules_are_the_same_or_not(void **state)
{
	static const struct spec base = { ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etc"), IS(WIRE_UID, 5) } };
	static const struct spec others[] = {
		{ LIST(TASK, ALWAYS, ARCH_X86_64), OPEN, { TEXT(WIRE_DIR, "/etc"), IS(WIRE_UID, 5) } },
		{ LIST(EXIT, NEVER, ARCH_X86_64), OPEN, { TEXT(WIRE_DIR, "/etc"), IS(WIRE_UID, 5) } },
		{ LIST(EXIT, ALWAYS, ARCH_I386), OPEN, { TEXT(WIRE_DIR, "/etc"), IS(WIRE_UID, 5) } },
		{ LIST(EXIT, ALWAYS, -1), OPEN, { TEXT(WIRE_DIR, "/etc"), IS(WIRE_UID, 5) } },
		{ WIRE_LIST_EXIT, WIRE_ALWAYS, ARCH_X86_64, false, PLAN_KEY_SELF, OPEN,
			{ TEXT(WIRE_DIR, "/etc"), IS(WIRE_UID, 5) } },
		{ ON_EXIT, EXECVE, { TEXT(WIRE_DIR, "/etc"), IS(WIRE_UID, 5) } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etd"), IS(WIRE_UID, 5) } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_WATCH, "/etc"), IS(WIRE_UID, 5) } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etc"), NOT(WIRE_UID, 5) } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etc"), IS(WIRE_UID, 6) } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etc") } },
	};
	union room u, v;
	struct rule_form a = form_of(&u, &base), b = form_of(&v, &base);

	(void)state;
	assert_true(rule_form_same(&a, &b) && rule_form_hash(&a) == rule_form_hash(&b));
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		b = form_of(&v, &others[i]);
		assert_false(rule_form_same(&a, &b) || rule_form_same(&b, &a));
		assert_true(rule_form_hash(&a) != rule_form_hash(&b));
	}
}

/* As kernels list what they were given: other order, no PREPEND, the other words for "unset", no classes of calls. */
static void listed_rules_are_found_again(void **state)
{
	static const struct spec spellings[][2] = {
		{ { ON_EXIT, 0, { NOT(WIRE_LOGINUID, WIRE_UNSET) } },
			{ ON_EXIT, 0, { NOT(WIRE_LOGINUID_SET, 0) } } },
		{ { ON_EXIT, 0, { NOT(WIRE_LOGINUID, WIRE_UNSET) } }, { ON_EXIT, 0, { IS(WIRE_LOGINUID_SET, 1) } } },
		{ { ON_EXIT, 0, { IS(WIRE_LOGINUID, WIRE_UNSET) } }, { ON_EXIT, 0, { IS(WIRE_LOGINUID_SET, 0) } } },
		{ { ON_EXIT, 0, { IS(WIRE_LOGINUID_SET, 1) } }, { ON_EXIT, 0, { NOT(WIRE_LOGINUID, WIRE_UNSET) } } },
		{ { ON_EXIT, 0, { IS(WIRE_LOGINUID_SET, 0) } }, { ON_EXIT, 0, { IS(WIRE_LOGINUID, WIRE_UNSET) } } },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spellings) / sizeof(spellings[0]); i++) {
		struct plan *p = plan_of(spellings[i], 1);
		struct kit k;
		union room u;
		size_t n = encode(&spellings[i][1], &u.rule);
		uint32_t last = u.rule.field_count - 1;

		/* The key (one text only) comes first, the test last. */
		u.rule.fields[last] = u.rule.fields[1];
		u.rule.ops[last] = u.rule.ops[1];
		u.rule.values[last] = u.rule.values[1];
		u.rule.fields[1] = WIRE_FILTERKEY;
		u.rule.ops[1] = WIRE_EQUAL;
		u.rule.values[1] = (uint32_t)strlen(PLAN_KEY);
		kit_open(&k, &KERNEL_6_1);
		fake_kernel_add_rule(k.kernel, &u.rule, n);
		apply(&k, p);
		expect_result(&k, 0, 1, 0, 0, 0);
		assert_int_equal(gone(&k, p), 0);
		kit_close(&k);
		plan_free(p);
	}
}

static const struct spec two_sets[][6] = {
	{
		{ SELF, 0, { TEXT(WIRE_EXE, "/usr/sbin/tierceld") } },
		{ ON_EXIT, EXECVE, { { 0 } } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etc"), IS(WIRE_PERM, WIRE_PERM_WRITE) } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_WATCH, "/etc/passwd") } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_EXE, "/bin/sh"), { WIRE_ARG1, WIRE_BIT_TEST, 0x40, NULL } } },
		{ ON_EXIT, 42, { NOT(WIRE_LOGINUID, WIRE_UNSET), IS(WIRE_SUCCESS, 1) } },
	},
	{
		{ SELF, 0, { TEXT(WIRE_EXE, "/usr/sbin/tierceld") } },
		{ ON_EXIT, EXECVE, { { 0 } } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etc"), IS(WIRE_PERM, WIRE_PERM_WRITE | WIRE_PERM_ATTR) } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_WATCH, "/etc/shadow") } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_EXE, "/bin/sh"), { WIRE_ARG1, WIRE_BIT_TEST, 0x40, NULL } } },
		{ ON_EXIT, 42, { NOT(WIRE_LOGINUID, WIRE_UNSET), IS(WIRE_SUCCESS, 1) } },
	}
};

static void the_difference_is_applied(void **state)
{
	struct plan *one = PLAN(two_sets[0]), *two = PLAN(two_sets[1]);
	struct kit k;
	struct rule_form f;
	static const uint16_t order[] = { WIRE_LIST_RULES, WIRE_ADD_RULE, WIRE_ADD_RULE, WIRE_DEL_RULE, WIRE_DEL_RULE };

	(void)state;
	kit_open(&k, &KERNEL_6_1);
	add_foreign(&k, "their-own");
	apply(&k, one);
	expect_result(&k, 6, 0, 0, 0, 0);
	assert_int_equal(fake_kernel_rules(k.kernel), 7);
	loaded(&k, 0, &f); /* before the foreign one */
	assert_true(span_eq(rule_form_key(&f), SPAN(PLAN_KEY_SELF)));
	assert_int_equal(gone(&k, one), 0);
	assert_int_equal(gone(&k, two), 2);

	apply(&k, one);
	expect_result(&k, 0, 6, 0, 0, 0);
	assert_int_equal(fake_kernel_requests(k.kernel, WIRE_ADD_RULE), 6);
	assert_int_equal(fake_kernel_requests(k.kernel, WIRE_DEL_RULE), 0);

	k.relay.count = 0;
	apply(&k, two);
	expect_result(&k, 2, 4, 2, 0, 0);
	assert_int_equal(k.relay.count, 5);
	assert_memory_equal(k.relay.log, order, sizeof(order));
	assert_int_equal(gone(&k, two), 0);
	assert_int_equal(fake_kernel_rules(k.kernel), 7);
	loaded(&k, 1, &f);
	assert_true(span_eq(rule_form_key(&f), SPAN("their-own")));
	kit_close(&k);
	plan_free(one);
	plan_free(two);
}

static void ours_are_cleared(void **state)
{
	struct plan *p = PLAN(two_sets[0]);
	struct kit k;
	struct rule_form f;
	unsigned deleted;

	(void)state;
	kit_open(&k, &KERNEL_6_1);
	add_foreign(&k, "tiercel-exec");
	apply(&k, p);
	assert_int_equal(rule_audit_clear(k.ctl, &deleted), 0);
	assert_int_equal(deleted, 6);
	assert_int_equal(fake_kernel_rules(k.kernel), 1);
	loaded(&k, 0, &f);
	assert_true(span_eq(rule_form_key(&f), SPAN("tiercel-exec")));
	assert_int_equal(gone(&k, p), 6);
	assert_int_equal(rule_audit_clear(k.ctl, &deleted), 0);
	assert_int_equal(deleted, 0);
	kit_close(&k);
	plan_free(p);
}

static const struct spec in_order[] = {
	{ ON_EXIT, EXECVE, { { 0 } } },
	{ WIRE_LIST_EXIT, WIRE_NEVER, -1, true, PLAN_KEY, OPEN, { IS(WIRE_UID, 1) } },
	{ LIST(EXIT, NEVER, -1), OPEN, { IS(WIRE_UID, 2) } },
	{ WIRE_LIST_EXIT, WIRE_NEVER, -1, true, PLAN_KEY, OPEN, { IS(WIRE_UID, 3) } },
	{ ON_EXIT, OPEN, { { 0 } } },
};

static void first_rules_stand_first(void **state)
{
	struct plan *p = PLAN(in_order);
	struct kit k;
	unsigned at;

	(void)state;
	kit_open(&k, &KERNEL_6_1);
	add_foreign(&k, "theirs"); /* of uid 7 */
	apply(&k, p);
	for (at = 0; at < 3; at++)
		assert_true(tests(&k, at, WIRE_UID, (const uint32_t[]){ 1, 3, 7 }[at], NULL));
	assert_true(tests(&k, 3, WIRE_UID, 2, NULL)); /* `never` before our `always`, but theirs were there before */

	/* Somebody's rule is before the first of ours: those are put there again, once. */
	kit_close(&k);
	kit_open(&k, &KERNEL_6_1);
	add_foreign(&k, "theirs");
	for (unsigned i = 1; i < 4; i += 2) {
		union room u;
		size_t n = encode(&in_order[i], &u.rule);

		u.rule.flags &= ~(uint32_t)WIRE_PREPEND;
		fake_kernel_add_rule(k.kernel, &u.rule, n);
	}
	apply(&k, p);
	expect_result(&k, 5, 0, 2, 0, 0);
	assert_int_equal(fake_kernel_rules(k.kernel), 6);
	for (at = 0; at < 3; at++)
		assert_true(tests(&k, at, WIRE_UID, (const uint32_t[]){ 1, 3, 7 }[at], NULL));
	apply(&k, p);
	expect_result(&k, 0, 5, 0, 0, 0);
	kit_close(&k);
	plan_free(p);
}

static void a_rule_that_is_there_is_kept(void **state)
{
	static const struct spec twice[] = { { ON_EXIT, OPEN, { { 0 } } }, { ON_EXIT, OPEN, { { 0 } } } };
	struct plan *p = PLAN(twice);
	struct kit k;
	union room u;
	size_t n;

	(void)state;
	kit_open(&k, &KERNEL_6_1);
	apply(&k, p); /* the second one: EEXIST */
	expect_result(&k, 1, 1, 0, 0, 0);

	/* The other way round: one that is there twice, as after a race with ourselves. */
	n = encode(&twice[0], &u.rule);
	fake_kernel_add_rule(k.kernel, &u.rule, n);
	p->count = 1;
	apply(&k, p);
	expect_result(&k, 0, 1, 1, 0, 0);
	assert_int_equal(fake_kernel_rules(k.kernel), 1);
	kit_close(&k);
	plan_free(p);
}

static void unknown_tests_are_dropped(void **state)
{
	static const struct spec specs[] = {
		{ ON_EXIT, EXECVE, { IS(WIRE_UID, 5), TEXT(WIRE_EXE, "/bin/sh"), IS(WIRE_SESSIONID, 3),
			IS(WIRE_SADDR_FAM, 2) } },
		{ ON_EXIT, OPEN, { IS(WIRE_UID, 5) } },
		{ LIST(EXIT, NEVER, -1), OPEN, { TEXT(WIRE_EXE, "/bin/sh") } },
		{ LIST(EXCLUDE, ALWAYS, -1), OPEN, { TEXT(WIRE_EXE, "/bin/sh") } },
	};
	struct plan *p = PLAN(specs);
	struct kit k;

	(void)state;
	kit_open(&k, &KERNEL_EL6);
	for (unsigned run = 0; run < 2; run++) {
		unsigned at = 0;

		apply(&k, p);
		expect_result(&k, run ? 0 : 2, run ? 2 : 0, 0, 1, 2);
		assert_int_equal(k.result.first_errno, EINVAL);
		assert_int_equal(fake_kernel_rules(k.kernel), 2);
		assert_true(tests(&k, at, WIRE_UID, 5, NULL));
		assert_false(tests(&k, at, WIRE_SESSIONID, 3, NULL));
		assert_int_equal(gone(&k, p), 2); /* those that hide may not be wider */
	}
	kit_close(&k);

	/* On RHEL 7 only one of them is unknown. */
	p->count = 1;
	kit_open(&k, &KERNEL_EL7);
	apply(&k, p);
	expect_result(&k, 1, 0, 0, 1, 0);
	assert_true(tests(&k, 0, WIRE_SESSIONID, 3, NULL));
	assert_true(tests(&k, 0, WIRE_EXE, 0, "/bin/sh"));
	assert_int_equal(gone(&k, p), 0);

	/* A kernel that knows all of it takes the narrow one, and the wide one goes. */
	fake_kernel_behave(k.kernel, &KERNEL_6_1);
	apply(&k, p);
	expect_result(&k, 1, 0, 1, 0, 0);
	assert_true(tests(&k, 0, WIRE_SADDR_FAM, 2, NULL));
	kit_close(&k);
	plan_free(p);
}

static void we_leave_ourselves_out_by_pid(void **state)
{
	static const struct spec stale = { SELF, 0, { IS(WIRE_PID, 1) } };
	struct plan *p = plan_of(two_sets[0], 1);
	struct kit k;
	union room u;
	size_t n;

	(void)state;
	kit_open(&k, &KERNEL_EL6);
	n = encode(&stale, &u.rule);
	u.rule.flags &= ~(uint32_t)WIRE_PREPEND;
	fake_kernel_add_rule(k.kernel, &u.rule, n); /* of a run before, whose pid may be anybody's now */
	apply(&k, p);
	expect_result(&k, 1, 0, 1, 0, 0);
	assert_int_equal(fake_kernel_rules(k.kernel), 1);
	assert_true(tests(&k, 0, WIRE_PID, (uint32_t)getpid(), NULL));
	assert_false(tests(&k, 0, WIRE_EXE, 0, "/usr/sbin/tierceld"));
	assert_int_equal(gone(&k, p), 0);
	apply(&k, p);
	expect_result(&k, 0, 1, 0, 0, 0);
	kit_close(&k);

	/* The program was deleted with its directory. */
	kit_open(&k, &KERNEL_6_1);
	fake_kernel_missing(k.kernel, "/usr/sbin");
	apply(&k, p);
	expect_result(&k, 1, 0, 0, 0, 0);
	assert_true(tests(&k, 0, WIRE_PID, (uint32_t)getpid(), NULL));
	kit_close(&k);
	plan_free(p);
}

static void a_missing_directory_is_watched_from_above(void **state)
{
	char dir[] = "/tmp/test_rule_audit.XXXXXX", missing[64], below[80], other[64];
	struct spec specs[] = { { ON_EXIT, OPEN, { TEXT(WIRE_DIR, below), TEXT(WIRE_EXE, "/bin/sh") } },
		{ ON_EXIT, EXECVE, { TEXT(WIRE_DIR, dir), TEXT(WIRE_EXE, other), IS(WIRE_UID, 4) } } };
	struct plan *p;
	struct kit k;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(missing, sizeof(missing), "%s/missing", dir);
	snprintf(below, sizeof(below), "%s/below", missing);
	snprintf(other, sizeof(other), "%s/other/exe", dir);
	p = PLAN(specs);
	kit_open(&k, &KERNEL_6_1);
	fake_kernel_missing(k.kernel, missing);
	snprintf(missing, sizeof(missing), "%s/other", dir);
	fake_kernel_missing(k.kernel, missing);
	for (unsigned run = 0; run < 2; run++) {
		apply(&k, p);
		expect_result(&k, run ? 0 : 2, run ? 2 : 0, 0, 2, 0);
		assert_int_equal(k.result.first_errno, ENOENT);
		assert_non_null(strstr(k.result.first, below));
		assert_true(tests(&k, 0, WIRE_DIR, 0, dir));
		assert_true(tests(&k, 0, WIRE_EXE, 0, "/bin/sh"));
		assert_true(tests(&k, 1, WIRE_DIR, 0, dir));
		assert_false(tests(&k, 1, WIRE_EXE, 0, other));
		assert_true(tests(&k, 1, WIRE_UID, 4, NULL));
		assert_int_equal(gone(&k, p), 0);
	}
	kit_close(&k);
	plan_free(p);
	rmdir(dir);
}

/* Form by form, until nothing is left to drop. */
static void paths_climb(void **state)
{
	char dir[] = "/tmp/test_rule_audit.XXXXXX", file[64];
	struct spec spec = { ON_EXIT, OPEN, { TEXT(WIRE_WATCH, file), TEXT(WIRE_EXE, "/bin/sh") } };
	const char *steps[] = { dir, NULL /* the program goes */, "/tmp", "/" };
	struct rule_weaken w;
	struct plan *p;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/no/such/file", dir);
	p = plan_of(&spec, 1);
	rule_weaken_start(&w, &p->rules[0]);
	assert_false(w.widened);
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		assert_true(rule_weaken_next(&w, -ENOENT));
		assert_true(w.widened);
		assert_int_equal(w.rule.test_count, i ? 1 : 2);
		for (unsigned j = 0; steps[i] && j < w.rule.test_count; j++)
			if (w.rule.tests[j].field != WIRE_EXE) {
				assert_int_equal(w.rule.tests[j].field, WIRE_DIR);
				assert_string_equal(w.rule.tests[j].text, steps[i]);
			}
	}
	assert_true(rule_weaken_next(&w, -ENOENT));
	assert_int_equal(w.rule.test_count, 0);
	assert_false(rule_weaken_next(&w, -ENOENT));
	assert_false(rule_weaken_next(&w, -EINVAL));

	/* A file that is not there in a directory that is: not its path is at fault. */
	snprintf(file, sizeof(file), "%s/file", dir);
	plan_free(p);
	p = plan_of(&spec, 1);
	rule_weaken_start(&w, &p->rules[0]);
	assert_true(rule_weaken_next(&w, -ENOENT));
	assert_int_equal(w.rule.test_count, 1);
	assert_int_equal(w.rule.tests[0].field, WIRE_WATCH);
	plan_free(p);
	rmdir(dir);
}

static void wider_rules_cover(void **state)
{
	static const struct spec narrow = { ON_EXIT, OPEN, { TEXT(WIRE_WATCH, "/etc/ssh/config"), IS(WIRE_UID, 5) } };
	static const struct {
		struct spec wide;
		bool covers;
	} rows[] = {
		{ { ON_EXIT, OPEN, { TEXT(WIRE_WATCH, "/etc/ssh/config"), IS(WIRE_UID, 5) } }, true },
		{ { ON_EXIT, 0, { TEXT(WIRE_WATCH, "/etc/ssh/config"), IS(WIRE_UID, 5) } }, true },
		{ { ON_EXIT, OPEN, { TEXT(WIRE_WATCH, "/etc/ssh/config") } }, true },
		{ { ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etc/ssh"), IS(WIRE_UID, 5) } }, true },
		{ { ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/") } }, true },
		{ { ON_EXIT, OPEN, { { 0 } } }, true },
		{ { ON_EXIT, EXECVE, { { 0 } } }, false },
		{ { ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etc/ss") } }, false },
		{ { ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etc/ssh/config/x") } }, false },
		{ { ON_EXIT, OPEN, { TEXT(WIRE_EXE, "/etc") } }, false },
		{ { ON_EXIT, OPEN, { IS(WIRE_UID, 6) } }, false },
		{ { LIST(EXIT, NEVER, ARCH_X86_64), OPEN, { { 0 } } }, false },
		{ { LIST(EXIT, ALWAYS, ARCH_I386), OPEN, { { 0 } } }, false },
		{ { LIST(EXIT, ALWAYS, -1), OPEN, { { 0 } } }, true },
		{ { LIST(TASK, ALWAYS, ARCH_X86_64), OPEN, { { 0 } } }, false },
	};
	union room u, v;
	struct rule_form b = form_of(&v, &narrow);

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct rule_form a = form_of(&u, &rows[i].wide);

		if (rule_form_covers(&a, &b) != rows[i].covers)
			fail_msg("row %zu", i);
	}
}

static void immutable_rules_stay(void **state)
{
	struct plan *one = PLAN(two_sets[0]), *two = PLAN(two_sets[1]);
	struct kit k;
	unsigned deleted;

	(void)state;
	kit_open(&k, &KERNEL_6_1);
	apply(&k, one);
	fake_kernel_set(k.kernel, WIRE_SET_ENABLED, 2);
	apply(&k, one); /* nothing to do */
	expect_result(&k, 0, 6, 0, 0, 0);
	assert_int_equal(rule_audit_apply(k.ctl, two, &k.result), -EPERM);
	expect_result(&k, 0, 2, 0, 0, 0); /* up to the first change */
	assert_int_equal(fake_kernel_requests(k.kernel, WIRE_ADD_RULE), 7);
	assert_int_equal(fake_kernel_requests(k.kernel, WIRE_DEL_RULE), 0);
	assert_int_equal(rule_audit_clear(k.ctl, &deleted), -EPERM);
	assert_int_equal(deleted, 0);
	assert_int_equal(fake_kernel_requests(k.kernel, WIRE_DEL_RULE), 1);
	assert_int_equal(gone(&k, one), 0);
	kit_close(&k);
	plan_free(one);
	plan_free(two);
}

/* Of CWD and PROCTITLE the plan keeps `needed` and leaves the other out. */
static struct plan *pruning(const struct spec *specs, size_t count, unsigned needed)
{
	struct plan *p = plan_of(specs, count);
	struct plan_needs needs = { .raw = false };

	memset(needs.types, true, sizeof(needs.types));
	needs.types[PROCTITLE] = needed == PROCTITLE;
	needs.types[CWD] = needed == CWD;
	assert_int_equal(plan_prune(p, &needs), 0);
	return p;
}

static bool comes(struct kit *k, unsigned type)
{
	int fd = fake_kernel_events(k->kernel, true);
	unsigned got = fake_kernel_record(k->kernel, type, "audit(1.0:1): ");

	close(fd);
	return got == 1;
}

/* Types of requests so far: adds as '+', deletes as '-', from `from` on. */
static unsigned changes(struct kit *k, unsigned from, char *text)
{
	for (; from < k->relay.count; from++)
		if (k->relay.log[from] == WIRE_ADD_RULE || k->relay.log[from] == WIRE_DEL_RULE)
			*text++ = k->relay.log[from] == WIRE_ADD_RULE ? '+' : '-';
	*text = '\0';
	return from;
}

static void unneeded_records_are_excluded(void **state)
{
	static const struct spec before = { ON_EXIT, OPEN, { IS(WIRE_UID, 5) } };
	static const struct spec after = { ON_EXIT, EXECVE, { IS(WIRE_UID, 5) } };
	const struct fake_kernel_traits *kernels[] = { &KERNEL_EL6, &KERNEL_EL7, &KERNEL_6_1 };
	struct plan *p = pruning(&before, 1, CWD), *next = pruning(&after, 1, PROCTITLE);
	char done[16];
	unsigned at, deleted;
	struct kit k;

	(void)state;
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct fake_kernel_traits heard = *kernels[i];

		heard.quirks &= ~(unsigned)FAKE_DEAF_GROUP;
		kit_open(&k, &heard);
		apply(&k, p);
		expect_result(&k, 1, 0, 0, 0, 0);
		assert_true(comes(&k, PROCTITLE));
		assert_int_equal(rule_audit_prune(k.ctl, p, &k.result), 0);
		expect_result(&k, 1, 0, 0, 0, 0);
		assert_int_equal(k.result.pruned, 1);
		assert_false(comes(&k, PROCTITLE));
		assert_true(comes(&k, CWD));
		assert_int_equal(gone(&k, p), 0);

		/* Kept as it is. */
		apply(&k, p);
		expect_result(&k, 0, 1, 0, 0, 0);
		assert_int_equal(rule_audit_prune(k.ctl, p, &k.result), 0);
		expect_result(&k, 0, 1, 0, 0, 0);

		/* What is needed now comes before anything else is done, and nothing is left out yet. */
		assert_int_equal(rule_audit_missing(k.ctl, next, &k.result), 2);
		assert_int_equal(k.result.pruned, 1);
		assert_int_equal(k.result.unpruned, 1);
		assert_int_equal(k.result.foreign, 0);
		at = changes(&k, 0, done);
		apply(&k, next);
		expect_result(&k, 1, 0, 2, 0, 0);
		changes(&k, at, done);
		assert_string_equal(done, "-+-");
		assert_true(comes(&k, PROCTITLE));
		assert_true(comes(&k, CWD));
		assert_int_equal(rule_audit_prune(k.ctl, next, &k.result), 0);
		assert_false(comes(&k, CWD));

		assert_int_equal(rule_audit_clear(k.ctl, &deleted), 0);
		assert_int_equal(deleted, 2);
		assert_int_equal(fake_kernel_rules(k.kernel), 0);
		kit_close(&k);
	}
	plan_free(p);
	plan_free(next);
}

static bool is_data(const void *ctx, const char *path)
{
	(void)ctx;
	return strcmp(path, "/srv/data") == 0;
}

/* Do the ith rule's texts have this in them, as the kernel has it? */
static bool spelled(struct kit *k, unsigned i, const char *text)
{
	size_t n;
	const struct wire_rule *rule = fake_kernel_rule(k->kernel, i, &n);

	return memmem(rule->buf, rule->buf_size, text, strlen(text)) != NULL;
}

/* The kernel has to look their paths up again: an equal rule comes before the old one goes. */
static void stale_paths_are_loaded_again(void **state)
{
	static const struct spec specs[] = {
		{ SELF, 0, { TEXT(WIRE_EXE, "/srv/data") } },
		{ ON_EXIT, OPEN, { IS(WIRE_UID, 5), TEXT(WIRE_DIR, "/srv/data"), TEXT(WIRE_EXE, "/bin/sh") } },
		{ ON_EXIT, OPEN, { TEXT(WIRE_DIR, "/etc") } },
		{ ON_EXIT, EXECVE, { TEXT(WIRE_WATCH, "/srv/data") } },
	};
	struct plan *p = PLAN(specs);
	char done[16];
	struct kit k;
	unsigned at;

	(void)state;
	kit_open(&k, &KERNEL_6_1);
	apply(&k, p);
	for (unsigned run = 0; run < 3; run++) {
		at = changes(&k, 0, done);
		assert_int_equal(rule_audit_renew(k.ctl, is_data, NULL, &k.result), 0);
		assert_int_equal(k.result.added, 2);
		assert_int_equal(k.result.deleted, 2);
		changes(&k, at, done);
		assert_string_equal(done, "++--");
		assert_int_equal(fake_kernel_rules(k.kernel), 4);
		assert_int_equal(gone(&k, p), 0);
		assert_true(tests(&k, 0, WIRE_EXE, 0, "/srv/data"));
		assert_true(tests(&k, 2, WIRE_DIR, 0, "/srv/data"));
		assert_true(tests(&k, 2, WIRE_EXE, 0, "/bin/sh"));
		assert_true(tests(&k, 2, WIRE_FILTERKEY, 0, PLAN_KEY));
		assert_true(tests(&k, 3, WIRE_WATCH, 0, "/srv/data"));
		assert_int_equal(spelled(&k, 2, "/./srv/data"), run % 2 == 0); /* to the kernel a directory of another name */
		assert_int_equal(spelled(&k, 2, "/./bin/sh"), run % 2 == 0);
		assert_int_equal(spelled(&k, 3, "/./srv/data"), run % 2 == 0);
		apply(&k, p); /* they are those of the plan all the same */
		expect_result(&k, 0, 4, 0, 0, 0);
	}

	/* A directory that is gone: the old rule stays. */
	fake_kernel_missing(k.kernel, "/srv/data");
	assert_int_equal(rule_audit_renew(k.ctl, is_data, NULL, &k.result), 0);
	assert_int_equal(k.result.added, 1);
	assert_int_equal(fake_kernel_rules(k.kernel), 4);
	kit_close(&k);
	plan_free(p);
}

static void others_get_all_records(void **state)
{
	static const struct spec spec = { ON_EXIT, OPEN, { IS(WIRE_UID, 5) } };
	struct plan *p = pruning(&spec, 1, CWD);
	struct kit k;

	(void)state;
	kit_open(&k, &KERNEL_6_1);
	apply(&k, p);
	assert_int_equal(rule_audit_prune(k.ctl, p, &k.result), 0);
	assert_int_equal(k.result.pruned, 1);
	add_foreign(&k, "audit-me");
	assert_int_equal(rule_audit_prune(k.ctl, p, &k.result), 0);
	expect_result(&k, 0, 0, 1, 0, 0);
	assert_int_equal(k.result.foreign, 1);
	assert_int_equal(k.result.pruned, 0);
	assert_true(comes(&k, PROCTITLE));
	kit_close(&k);

	/* The stream is not ours any more. */
	kit_open(&k, &KERNEL_6_1);
	apply(&k, p);
	assert_int_equal(rule_audit_prune(k.ctl, p, &k.result), 0);
	assert_int_equal(rule_audit_prune(k.ctl, NULL, &k.result), 0);
	expect_result(&k, 0, 0, 1, 0, 0);
	assert_int_equal(fake_kernel_rules(k.kernel), 1);
	kit_close(&k);
	plan_free(p);
}

/* Without a key there is only the mark to tell them by. */
static void only_marked_exclusions_are_ours(void **state)
{
	enum { TYPE = WIRE_MSGTYPE, EQ = WIRE_EQUAL, NE = WIRE_NOT_EQUAL };
	static const struct {
		unsigned list, count;
		uint32_t fields[3], ops[3], values[3];
		bool own;
	} rows[] = {
		{ WIRE_LIST_EXCLUDE, 2, { TYPE, TYPE }, { EQ, NE }, { CWD, PLAN_PRUNE_MARK }, true },
		{ WIRE_LIST_EXCLUDE, 2, { TYPE, TYPE }, { NE, EQ }, { PLAN_PRUNE_MARK, CWD }, true },
		{ WIRE_LIST_EXCLUDE, 2, { TYPE, TYPE }, { EQ, EQ }, { CWD, PLAN_PRUNE_MARK }, false },
		{ WIRE_LIST_EXCLUDE, 2, { TYPE, TYPE }, { EQ, NE }, { CWD, PROCTITLE }, false },
		{ WIRE_LIST_EXCLUDE, 2, { TYPE, WIRE_PID }, { EQ, NE }, { CWD, PLAN_PRUNE_MARK }, false },
		{ WIRE_LIST_EXCLUDE, 1, { TYPE }, { NE }, { PLAN_PRUNE_MARK }, false },
		{ WIRE_LIST_EXCLUDE, 1, { TYPE }, { EQ }, { CWD }, false },
		{ WIRE_LIST_EXCLUDE, 3, { TYPE, TYPE, WIRE_UID }, { EQ, NE, EQ }, { CWD, PLAN_PRUNE_MARK, 7 }, false },
		{ WIRE_LIST_USER, 2, { TYPE, TYPE }, { EQ, NE }, { CWD, PLAN_PRUNE_MARK }, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		union room u;

		memset(&u, 0, sizeof(u));
		u.rule.flags = rows[i].list;
		u.rule.action = WIRE_ALWAYS;
		u.rule.field_count = rows[i].count;
		memcpy(u.rule.fields, rows[i].fields, sizeof(rows[i].fields));
		memcpy(u.rule.ops, rows[i].ops, sizeof(rows[i].ops));
		memcpy(u.rule.values, rows[i].values, sizeof(rows[i].values));
		if (rule_audit_is_own(&u.rule, WIRE_RULE_MIN) != rows[i].own)
			fail_msg("row %zu", i);
	}
}

static void a_kernel_that_is_gone_is_told(void **state)
{
	struct plan *p = PLAN(two_sets[0]);
	struct kit k;
	unsigned deleted;

	(void)state;
	kit_open(&k, &KERNEL_6_1);
	fake_kernel_free(k.kernel);
	assert_int_equal(rule_audit_apply(k.ctl, p, &k.result), -EPIPE);
	assert_int_equal(rule_audit_clear(k.ctl, &deleted), -EPIPE);
	assert_int_equal(gone(&k, p), -EPIPE);
	k.kernel = fake_kernel_new(&KERNEL_6_1);
	kit_close(&k);
	plan_free(p);
}

int main(void)
{
	const struct CMUnitTest all[] = {
		cmocka_unit_test(rules_are_encoded),
		cmocka_unit_test(what_does_not_fit_is_not_encoded),
		cmocka_unit_test(only_our_keys_are_ours),
		cmocka_unit_test(lengths_are_not_believed),
		cmocka_unit_test(rules_are_the_same_or_not),
		cmocka_unit_test(listed_rules_are_found_again),
		cmocka_unit_test(the_difference_is_applied),
		cmocka_unit_test(ours_are_cleared),
		cmocka_unit_test(first_rules_stand_first),
		cmocka_unit_test(a_rule_that_is_there_is_kept),
		cmocka_unit_test(unknown_tests_are_dropped),
		cmocka_unit_test(we_leave_ourselves_out_by_pid),
		cmocka_unit_test(a_missing_directory_is_watched_from_above),
		cmocka_unit_test(paths_climb),
		cmocka_unit_test(wider_rules_cover),
		cmocka_unit_test(immutable_rules_stay),
		cmocka_unit_test(unneeded_records_are_excluded),
		cmocka_unit_test(stale_paths_are_loaded_again),
		cmocka_unit_test(others_get_all_records),
		cmocka_unit_test(only_marked_exclusions_are_ours),
		cmocka_unit_test(a_kernel_that_is_gone_is_told),
	};

	return cmocka_run_group_tests(all, NULL, NULL);
}
