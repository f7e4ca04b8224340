/*
 * Wants: sets of numbers against what they should hold, by counting; conjunctions, and the rules that are made of
 * wants, against a model of what a want asks for. PLAN_SEED and PLAN_ROUNDS in the environment change the run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "filter/glob.h"
#include "plan_kit.h"
#include "table/syscall.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#define ROUNDS 2000
#define EVENTS 100

static uint64_t state;

static unsigned pick(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 11) % n);
}

static bool chance(unsigned percent)
{
	return pick(100) < percent;
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

#define ONE_OF(table) ((table)[pick(sizeof(table) / sizeof((table)[0]))])

/* ---- sets ---- */

/* Both ends of all numbers, where mistakes are. */
#define EDGE 64
static uint32_t edge(unsigned i)
{
	return i < EDGE ? i : UINT32_MAX - (2 * EDGE - 1 - i);
}

static void is_in_order(const struct plan_set *s)
{
	assert_in_range(s->count, 0, PLAN_RANGES);
	for (unsigned i = 0; i < s->count; i++) {
		assert_true(s->range[i].low <= s->range[i].high);
		assert_true(i == 0 || s->range[i].low > s->range[i - 1].high + 1);
	}
}

/* Holds all of `want`, and nothing else unless it was widened. */
static void holds_all(const struct plan_set *s, const bool want[2 * EDGE])
{
	is_in_order(s);
	for (unsigned i = 0; i < 2 * EDGE; i++)
		if (want[i] || !s->widened)
			assert_int_equal(plan_set_has(s, edge(i)), want[i]);
}

static struct plan_set random_set(bool want[2 * EDGE], unsigned most)
{
	struct plan_set s = plan_set_none();

	memset(want, 0, 2 * EDGE * sizeof(want[0]));
	for (unsigned n = pick(most + 1); n; n--) {
		unsigned low = pick(2 * EDGE), high = low + pick(chance(3) ? 2 * EDGE : 3);

		high = high < 2 * EDGE ? high : 2 * EDGE - 1;
		plan_set_add(&s, edge(low), edge(high));
		for (unsigned i = low; i <= high; i++)
			want[i] = true;
	}
	return s;
}

static void sets(void **unused)
{
	bool a[2 * EDGE], b[2 * EDGE], c[2 * EDGE];
	unsigned widened = 0, exact = 0;

	(void)unused;
	state = 7;
	for (unsigned n = 0; n < 20000; n++) {
		struct plan_set x = random_set(a, 40), y = random_set(b, 20), z = x;

		holds_all(&x, a);
		plan_set_and(&z, &y);
		for (unsigned i = 0; i < 2 * EDGE; i++)
			c[i] = a[i] && b[i];
		holds_all(&z, c);
		z = x;
		plan_set_not(&z);
		for (unsigned i = 0; i < 2 * EDGE; i++)
			c[i] = !a[i];
		holds_all(&z, c);
		widened += x.widened;
		exact += !x.widened;
	}
	assert_true(widened > 100 && exact > 1000);
}

static void set_ends(void **unused)
{
	struct plan_set s = plan_set_all();

	(void)unused;
	assert_true(plan_set_is_all(&s));
	plan_set_not(&s);
	assert_int_equal(s.count, 0);
	assert_false(plan_set_is_all(&s));
	plan_set_not(&s);
	assert_true(plan_set_is_all(&s));
	s = plan_set_none();
	plan_set_add(&s, 5, 4);
	assert_int_equal(s.count, 0);
	plan_set_add(&s, 1, UINT32_MAX);
	plan_set_add(&s, 0, 0);
	assert_true(plan_set_is_all(&s));
	/* the closest are joined */
	s = plan_set_none();
	for (uint32_t i = 0; i < PLAN_RANGES; i++)
		plan_set_add(&s, 100 * i, 100 * i);
	assert_false(s.widened);
	plan_set_add(&s, 703, 703);
	assert_true(s.widened && plan_set_has(&s, 701) && !plan_set_has(&s, 704) && !plan_set_has(&s, 699));
}

/* ---- wants ---- */

static const char *const calls[] = {
	"open", "openat", "openat2", "creat", "open_by_handle_at", "unlink", "rename", "symlink", "chmod", "execve", "connect",
	"bind", "accept4", "socket", "mount", "ptrace", "kill", "shmat", "msgsnd", "write", "mmap", "socketcall", "ipc", "exit"
};
static const char *const patterns[] = {
	"/etc/**", "/etc/passwd", "/etc/*.conf", "/etc/ssh/*", "/srv/a/**", "/srv/a/b/c", "/staff/*/.ssh/**", "/missing/x/y",
	"/run/resolv.conf", "/etc/resolv.conf", "/usr/bin/python?", "/opt/my app/run", "*x", "/"
};
static const char *const programs[] = { "/bin/sh", "/usr/bin/python3", "/usr/sbin/httpd", "/usr/bin/perl" };
/* A name, and the object that it stands for. */
static const char *const files[][2] = {
	{ "/etc/passwd", "/etc/passwd" }, { "/etc/resolv.conf", "/run/resolv.conf" }, { "/etc/alt/b/c", "/srv/a/b/c" },
	{ "/srv/a/b/c", "/srv/a/b/c" }, { "/etc/ssh/key", "/etc/ssh/key" }, { "/staff/ann/.ssh/id", "/staff/ann/.ssh/id" },
	{ "/opt/my app/run", "/opt/my app/run" }, { "/usr/bin/python3", "/usr/bin/python3" }, { "/tmp/x", "/tmp/x" },
	{ "/run/resolv.conf", "/run/resolv.conf" }
};
static const uint32_t values[] = { 0, 1, 2, 3, 5, 6, 8, 10, 1000, 4294967283u, 4294967294u, 4294967295u };
static const uint32_t types[] = { S_IFREG, S_IFDIR, S_IFLNK, S_IFCHR };

#define SECTIONS 3
#define WANTS 5

static struct {
	struct plan_host host;
	struct plan *plan;
	struct plan_wants wants[SECTIONS];
	struct span paths[SECTIONS * WANTS][6], exes[SECTIONS * WANTS][3];
	int64_t numbers[SECTIONS * WANTS][2];
	bool links; /* what links lead to is told of */
} now;

static const char *theme[4];

static const struct syscall_info *some_call(void)
{
	const char *name = chance(70) ? ONE_OF(theme) : ONE_OF(calls);

	return syscall_by_name(span_of(name, strlen(name)));
}

static struct plan_set some_numbers(unsigned number)
{
	struct plan_set s = plan_set_none();

	for (unsigned n = chance(10) ? 8 : 1 + pick(4); n; n--) {
		uint32_t low = number == PLAN_FILETYPE ? ONE_OF(types) : ONE_OF(values);

		plan_set_add(&s, low, number != PLAN_FILETYPE && chance(20) ? low | 0xff : low);
	}
	if (chance(25))
		plan_set_not(&s);
	return s;
}

static void add_calls(struct plan_want *w)
{
	if (chance(10))
		return;
	memset(&w->calls, 0, sizeof(w->calls));
	for (unsigned n = 1 + pick(4); n; n--) {
		unsigned id = chance(95) ? some_call()->id : PLAN_NAMELESS;

		plan_calls_add(&w->calls, id);
	}
}

static void random_want(struct plan_want *w, unsigned at)
{
	plan_want_all(w);
	add_calls(w);
	for (unsigned n = pick(4); n; n--) {
		unsigned number = pick(PLAN_NUMBERS);

		w->set[number] = some_numbers(number);
	}
	now.numbers[at][0] = pick(400);
	now.numbers[at][1] = 102;
	w->numbers = w->not_numbers = now.numbers[at];
	w->number_count = chance(5);
	w->not_number_count = chance(10) ? 2 : 0;
	w->arches = chance(15) ? 1u << now.host.arches[0] : 0;
	w->success = chance(70) ? -1 : (int)pick(2);
	w->perm = chance(25) ? ONE_OF(((const uint32_t[]){ WIRE_PERM_WRITE, WIRE_PERM_READ, 6 })) : 0;
	for (w->bits_count = chance(15) ? 1 + pick(2) : 0; w->bits_count > 0 && !w->bits[w->bits_count - 1].mask;)
		for (unsigned i = 0; i < w->bits_count; i++)
			w->bits[i] = (struct plan_bits){ PLAN_A0 + pick(4), chance(50), 1 + pick(7) };
	w->path_count = chance(50) ? 1 + pick(6) : 0;
	for (unsigned i = 0; i < w->path_count; i++) {
		const char *pattern = ONE_OF(patterns);

		now.paths[at][i] = span_of(pattern, strlen(pattern));
	}
	w->paths = now.paths[at];
	w->exe_count = chance(20) ? 1 + pick(3) : 0;
	for (unsigned i = 0; i < w->exe_count; i++) {
		const char *exe = ONE_OF(programs);

		now.exes[at][i] = span_of(exe, strlen(exe));
	}
	w->exes = now.exes[at];
	w->exe_not = chance(20) ? ONE_OF(programs) : NULL;
}

/* ---- events ---- */

struct happening {
	struct plan_event ev;
	const struct syscall_info *call; /* what a carrier carries; NULL: unknown */
	bool carried, named;             /* by a carrier; its PATH records tell names */
	const char *names[3], *objects[3];
};

static bool is_file(const struct syscall_info *call)
{
	return !call || call->kind <= CALL_PAIR || call->kind == CALL_EXEC;
}

static bool moves_data(const struct syscall_info *call)
{
	struct span name = call ? syscall_name(call) : SPAN("");

	return span_starts(name, SPAN("write")) || span_starts(name, SPAN("pwrite")) || span_eq(name, SPAN("sendfile")) ||
		(span_starts(name, SPAN("read")) && !span_starts(name, SPAN("readlink"))) || span_starts(name, SPAN("pread")) ||
		span_eq(name, SPAN("copy_file_range"));
}

static bool is_carrier(const struct syscall_info *call)
{
	return syscall_is_socketcall(call) || syscall_is_ipc(call);
}

static void choose_call(struct happening *h)
{
	const struct syscall_info *call = some_call();

	h->ev.arch = now.host.arches[now.host.arches[1] >= 0 ? pick(2) : 0];
	h->ev.nr = pick(470);
	for (unsigned i = 0, from = pick(470); i < 470 && chance(99); i++) {
		const struct syscall_info *found = syscall_find(h->ev.arch, (from + i) % 470);

		if (found && (found == call || (is_carrier(found) && chance(3)))) {
			h->ev.nr = (from + i) % 470;
			break;
		}
	}
	h->call = syscall_find(h->ev.arch, h->ev.nr);
	if (is_carrier(h->call)) {
		const struct syscall_info *sub = syscall_of_socketcall((int64_t)h->ev.a[0]);

		if (syscall_is_ipc(h->call))
			sub = syscall_of_ipc((int64_t)h->ev.a[0] & 0xffff);
		h->carried = true;
		h->named = syscall_is_socketcall(h->call);
		h->call = sub ? sub : h->call;
	} else {
		h->named = !moves_data(h->call);
	}
}

static void random_event(struct happening *h)
{
	struct plan_event *ev = &h->ev;
	uint32_t *const ids[] = { &ev->pid, &ev->ppid, &ev->uid, &ev->euid, &ev->suid, &ev->fsuid, &ev->auid, &ev->gid,
		&ev->egid, &ev->sgid, &ev->fsgid, &ev->session };

	memset(h, 0, sizeof(*h));
	ev->paths = h->objects;
	for (unsigned i = 0; i < 4; i++)
		ev->a[i] = chance(30) ? ONE_OF(values) : pick(16) | (uint64_t)chance(20) << 32;
	choose_call(h);
	for (unsigned i = 0; i < sizeof(ids) / sizeof(ids[0]); i++)
		do
			*ids[i] = ONE_OF(values);
		while (*ids[i] == UINT32_MAX && ids[i] != &ev->auid && ids[i] != &ev->session);
	ev->open_how = pick(4);
	ev->success = (int)pick(8) < 1 ? PLAN_NO_RESULT : chance(60) ? PLAN_SUCCEEDED : PLAN_FAILED;
	ev->exit = (int32_t)ONE_OF(values);
	ev->family = chance(50) ? (int)ONE_OF(((const int[]){ 1, 2, 10, 16 })) : -1;
	ev->exe = ONE_OF(programs);
	ev->object_count = pick(3);
	for (unsigned i = 0; i < ev->object_count; i++)
		ev->objects[i] = (struct plan_object){ values[pick(11)], values[pick(11)], ONE_OF(types) };
	if (!h->named || !is_file(h->call) || ev->success != PLAN_SUCCEEDED)
		return;
	for (unsigned i = 0; i < 2 && chance(80); i++) {
		unsigned file = pick(sizeof(files) / sizeof(files[0]));

		h->names[i] = files[file][now.links ? 0 : 1];
		h->objects[i] = files[file][1];
	}
}

/* ---- the model of a want ---- */

static bool wants_call(const struct plan_want *w, const struct happening *h)
{
	unsigned id = h->call ? h->call->id : PLAN_NAMELESS;

	for (size_t i = 0; i < w->not_number_count; i++)
		if (w->not_numbers[i] == h->ev.nr)
			return false;
	for (size_t i = 0; i < w->number_count; i++)
		if (w->numbers[i] == h->ev.nr)
			return true;
	return plan_calls_has(&w->calls, id);
}

static bool wants_perm(const struct plan_want *w, const struct happening *h)
{
	struct span name = h->call ? syscall_name(h->call) : SPAN("");
	uint64_t flags = span_eq(name, SPAN("open")) ? h->ev.a[1] : h->ev.a[2];
	unsigned mode = (span_eq(name, SPAN("openat2")) ? h->ev.open_how : flags) & 3;

	if (!w->perm || !span_starts(name, SPAN("open")))
		return true;
	return (w->perm & WIRE_PERM_READ && mode != 1) || (w->perm & WIRE_PERM_WRITE && mode != 0);
}

static bool wants_number(const struct plan_want *w, const struct happening *h, unsigned number)
{
	const struct plan_event *ev = &h->ev;
	const uint32_t numbers[] = { ev->uid, ev->euid, ev->suid, ev->fsuid, ev->gid, ev->egid, ev->sgid, ev->fsgid,
		ev->auid, ev->pid, ev->ppid, ev->session, (uint32_t)ev->exit, (uint32_t)ev->family };
	const struct plan_set *s = &w->set[number];
	bool found = false;

	if (plan_set_is_all(s))
		return true;
	if (number >= PLAN_A0)
		return h->carried || plan_set_has(s, (uint32_t)ev->a[number - PLAN_A0]);
	if (number == PLAN_EXIT && ev->success == PLAN_NO_RESULT)
		return false;
	if (number == PLAN_FAMILY && ev->family < 0)
		return false;
	if (number < PLAN_OBJECT_UID)
		return plan_set_has(s, numbers[number]);
	for (unsigned i = 0; i < ev->object_count; i++)
		found = found || plan_set_has(s, number == PLAN_OBJECT_UID ? ev->objects[i].uid :
			number == PLAN_OBJECT_GID ? ev->objects[i].gid : ev->objects[i].type);
	return found;
}

static bool matches(const struct span *patterns_of, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (glob_match(patterns_of[i], span_of(name, strlen(name))))
			return true;
	return false;
}

static bool wants_path(const struct plan_want *w, const struct happening *h)
{
	bool found = !w->path_count || h->ev.success == PLAN_FAILED || !is_file(h->call);

	if (!h->named && w->path_count)
		return false;
	for (unsigned i = 0; h->names[i] && !found; i++)
		found = matches(w->paths, w->path_count, h->names[i]);
	return found;
}

static bool wants(const struct plan_want *w, const struct happening *h)
{
	const struct plan_event *ev = &h->ev;

	if ((w->arches && !(w->arches >> ev->arch & 1)) || !wants_call(w, h) || !wants_perm(w, h) || !wants_path(w, h))
		return false;
	if (w->success >= 0 && ev->success != (w->success ? PLAN_SUCCEEDED : PLAN_FAILED))
		return false;
	for (unsigned i = 0; i < PLAN_NUMBERS; i++)
		if (!wants_number(w, h, i))
			return false;
	for (unsigned i = 0; i < w->bits_count && !h->carried; i++) {
		uint32_t set = (uint32_t)ev->a[w->bits[i].arg - PLAN_A0] & w->bits[i].mask;

		if (w->bits[i].all ? set != w->bits[i].mask : set == 0)
			return false;
	}
	return (!w->exe_count || matches(w->exes, w->exe_count, ev->exe)) &&
		(!w->exe_not || strcmp(w->exe_not, ev->exe) != 0);
}

/* ---- properties ---- */

static void conjunctions(void **unused)
{
	uint64_t both = 0, more = 0;

	(void)unused;
	state = number_of("PLAN_SEED", 20260102) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	now.host = plan_kit_host(&plan_kit_hosts[0]);
	for (unsigned n = 0; n < 4000; n++) {
		struct plan_want a, b, c;
		bool fits;

		for (unsigned i = 0; i < 4; i++)
			theme[i] = ONE_OF(calls);
		random_want(&a, 0);
		random_want(&b, 1);
		c = a;
		fits = plan_want_and(&c, &b);
		for (unsigned i = 0; i < 40; i++) {
			struct happening h;
			bool holds;

			random_event(&h);
			h.carried = false; /* its arguments are not known, but the same to both */
			holds = wants(&a, &h) && wants(&b, &h);
			both += holds;
			more += fits && wants(&c, &h);
			assert_true(!holds || (fits && wants(&c, &h)));
		}
	}
	assert_true(both > 100);
	assert_true(more < 4 * both);
}

static void make_plan(const struct plan_kit_host *kit)
{
	char name[8];

	memset(&now, 0, sizeof(now));
	now.host = plan_kit_host(kit);
	now.host.features &= pick(128) | pick(128);
	now.plan = plan_new();
	for (unsigned i = 0; i < 4; i++)
		theme[i] = ONE_OF(calls);
	for (unsigned s = 0, at = 0; s < SECTIONS; s++) {
		snprintf(name, sizeof(name), "s%u", s);
		assert_int_equal(plan_section(now.plan, "rule", name), s);
		for (unsigned n = 1 + pick(chance(20) ? WANTS : 2); n; n--) {
			struct plan_want w;

			random_want(&w, at++);
			assert_int_equal(plan_wants_add(&now.wants[s], &w), 0);
		}
	}
	assert_int_equal(plan_make(now.plan, now.wants, SECTIONS, &now.host), 0);
	assert_in_range(now.plan->count, 0, SECTIONS * PLAN_SECTION_RULES + 1);
	now.links = kit->links;
	for (size_t i = 0; i < now.plan->note_count; i++)
		now.links = now.links && !strstr(now.plan->notes[i].what, "not told of");
}

static void tell_and_fail(const struct happening *h, unsigned section)
{
	static char text[65536];
	struct buf b = { text, 0, sizeof(text), false };

	plan_kit_print(now.plan, &b);
	if (b.n < 10000)
		printf("%.*s", (int)b.n, b.p);
	printf("arch %d nr %lld a0 %llx a1 %llx a2 %llx exit %lld success %d uid %u auid %u family %d exe %s names %s %s\n",
		h->ev.arch, (long long)h->ev.nr, (unsigned long long)h->ev.a[0], (unsigned long long)h->ev.a[1],
		(unsigned long long)h->ev.a[2], (long long)h->ev.exit, (int)h->ev.success, h->ev.uid, h->ev.auid,
		h->ev.family, h->ev.exe, h->names[0] ? h->names[0] : "-", h->names[0] && h->names[1] ? h->names[1] : "-");
	fail_msg("the plan hides an event that section %u wants", section);
}

/* The plan's rules that bear the section's tag, as a plan. */
static struct plan *asked_by(unsigned section)
{
	struct plan *p = plan_new();

	for (size_t i = 0; i < now.plan->count; i++)
		if (now.plan->rules[i].tags[0] >> section & 1)
			*plan_add(p) = now.plan->rules[i];
	return p;
}

/* Is the section told, by a rule that says so? */
static bool section_wants(unsigned s, const struct happening *h, const struct plan *asked)
{
	for (size_t k = 0; k < now.wants[s].count; k++)
		if (wants(&now.wants[s].want[k], h)) {
			if (!plan_accepts(now.plan, &h->ev) || !plan_accepts(asked, &h->ev))
				tell_and_fail(h, s);
			return true;
		}
	return false;
}

static void never_less(void **unused)
{
	uint64_t rounds = number_of("PLAN_ROUNDS", ROUNDS), cases = 0, wanted = 0, told = 0;

	(void)unused;
	state = number_of("PLAN_SEED", 20260103) * UINT64_C(0x9e3779b97f4a7c15) | 1;
	for (uint64_t n = 0; n < rounds; n++) {
		struct plan *asked[SECTIONS];

		make_plan(&plan_kit_hosts[n % PLAN_KIT_HOSTS]);
		for (unsigned s = 0; s < SECTIONS; s++)
			asked[s] = asked_by(s);
		for (unsigned i = 0; i < EVENTS; i++) {
			struct happening h;

			random_event(&h);
			cases++;
			told += plan_accepts(now.plan, &h.ev);
			for (unsigned s = 0; s < SECTIONS; s++)
				wanted += section_wants(s, &h, asked[s]);
		}
		for (unsigned s = 0; s < SECTIONS; s++) {
			plan_free(asked[s]);
			plan_wants_release(&now.wants[s]);
		}
		plan_free(now.plan);
	}
	printf("%llu cases, %llu wanted, %llu told\n", (unsigned long long)cases, (unsigned long long)wanted,
		(unsigned long long)told);
	assert_true(wanted * 20 > cases);
	assert_true(told * 2 < cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets),
		cmocka_unit_test(set_ends),
		cmocka_unit_test(conjunctions),
		cmocka_unit_test(never_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
