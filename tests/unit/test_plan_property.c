/*
 * What the plan lets through is never less than what the selection selects: random sections against random events,
 * which come through the real normaliser, on hosts of all kinds. PLAN_SEED and PLAN_ROUNDS in the environment change
 * the run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "event_kit.h"
#include "filter/select.h"
#include "plan_kit.h"
#include "table/syscall.h"

#include <stdio.h>
#include <sys/socket.h>

#define PLANS 40  /* a round, all for one host */
#define EVENTS 60
#define ROUNDS 100

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

#define ONE_OF(table) ((table)[pick(sizeof(table) / sizeof((table)[0]))])

static const char *const directories[] = {
	"", "/etc", "/etc/ssh", "/staff/ann", "/staff/ann/.ssh", "/srv/a/b", "/tmp", "/usr/bin", "/opt/my app", "/missing/x"
};
static const char *const leaves[] = { "passwd", "shadow", "a", "sshd_config", "run", "resolv.conf", "x y" };
static const char *const programs[] = {
	"/bin/sh", "/usr/bin/python3", "/usr/sbin/httpd", "/opt/my app/run", "/usr/bin/perl"
};
static const uint32_t ids[] = { 0, 1, 5, 7, 8, 999, 1000, 1234, 60000, 4294967294u, 4294967295u };
static const char *const calls[] = {
	"open", "openat", "openat2", "creat", "open_by_handle_at", "unlink", "unlinkat", "rename", "renameat2", "link",
	"linkat", "symlink", "symlinkat", "mkdir", "chmod", "fchmod", "fchmodat", "truncate", "ftruncate", "execve",
	"execveat", "connect", "bind", "listen", "accept4", "socket", "sendto", "mount", "umount2", "setuid", "reboot",
	"ptrace", "init_module", "capset", "kill", "shmat", "msgsnd", "write", "pwrite", "read", "mmap", "mq_open",
	"socketcall", "ipc", "chdir", "copy_file_range"
};

/* A round is about a few of each, so that what is selected and what happens meet. */
static const char *theme_calls[5], *theme_directories[3], *theme_leaves[3];

static const char *call_name(void)
{
	return chance(75) ? ONE_OF(theme_calls) : ONE_OF(calls);
}

static const char *directory(void)
{
	return chance(75) ? ONE_OF(theme_directories) : ONE_OF(directories);
}

static const char *leaf_name(void)
{
	return chance(75) ? ONE_OF(theme_leaves) : ONE_OF(leaves);
}

static void choose_theme(void)
{
	for (unsigned i = 0; i < 5; i++)
		theme_calls[i] = ONE_OF(calls);
	for (unsigned i = 0; i < 3; i++) {
		theme_directories[i] = ONE_OF(directories);
		theme_leaves[i] = ONE_OF(leaves);
	}
}

/* The call and the objects of the event that is fed just now. */
static struct {
	char text[8192], objects[4][PLAN_PATH_MAX];
	struct buf lines;
	const char *paths[5];
	unsigned path_count, items;
	struct plan_event model;
	const struct syscall_info *call; /* what a multiplexer stands for */
} now;

static struct {
	char text[2048];
	struct select_set *set;
	struct plan *plan;
} plans[PLANS];

static unsigned serial;
static uint64_t cases, selected, let_through;

/* ---- sections ---- */

static void put(char *text, const char *word)
{
	if (*text)
		strcat(text, ", ");
	strcat(text, word);
}

static void make_calls(char *text)
{
	char word[64];

	for (unsigned n = 1 + pick(4); n; n--) {
		const char *minus = *text && chance(25) ? "!" : "";
		unsigned how = pick(12);

		if (how == 0 && *minus == 0)
			snprintf(word, sizeof(word), "all");
		else if (how < 4) {
			struct span g = syscall_group_at(pick(syscall_group_count()))->name;

			snprintf(word, sizeof(word), "%s%.*s", minus, (int)g.n, g.p);
		} else if (how < 6)
			snprintf(word, sizeof(word), "%s%u", minus, pick(450));
		else
			snprintf(word, sizeof(word), "%s%s", minus, call_name());
		put(text, word);
	}
}

static void make_pattern(char word[PLAN_PATH_MAX])
{
	const char *dir = directory(), *leaf = leaf_name();

	switch (pick(15)) {
	case 0:
		strcpy(word, pick(2) ? "*->*" : "@a*");
		return;
	case 1:
		snprintf(word, PLAN_PATH_MAX, "**/%s", leaf);
		return;
	case 2:
		snprintf(word, PLAN_PATH_MAX, "%s/*", dir);
		return;
	case 3:
		snprintf(word, PLAN_PATH_MAX, "%s/%c*", dir, leaf[0]);
		return;
	case 4:
		strcpy(word, pick(2) ? "*" : "/?*/a");
		return;
	case 5:
		snprintf(word, PLAN_PATH_MAX, "/%s//%s", dir, leaf);
		return;
	case 6:
		snprintf(word, PLAN_PATH_MAX, "%.4s*/**/%s", dir, leaf);
		return;
	case 7:
		strcpy(word, *dir ? dir : "/");
		return;
	case 8:
		strcpy(word, ONE_OF(programs));
		return;
	case 9:
	case 10:
		snprintf(word, PLAN_PATH_MAX, "%s/**", dir);
		return;
	case 11:
		strcpy(word, leaf);
		return;
	}
	snprintf(word, PLAN_PATH_MAX, "%s/%s", dir, leaf);
}

static void make_ids(char *text)
{
	static const char *const signs[] = { "", "", "", "=", "!=", ">=", "<=", ">", "<" };
	char word[64];

	for (unsigned n = chance(20) ? 6 : 1 + pick(3); n; n--) {
		uint32_t id = ids[pick(9)];
		const char *sign = ONE_OF(signs);

		if (chance(15))
			snprintf(word, sizeof(word), pick(2) ? "unset" : "!=unset");
		else if (chance(20))
			snprintf(word, sizeof(word), "%u-%u", id, id + pick(1000));
		else
			snprintf(word, sizeof(word), "%s%u", sign, id);
		put(text, word);
	}
}

static void make_section(struct select_spec *spec, char text[SELECT_TEXTS][PLAN_PATH_MAX])
{
	static const char *const types[] = { "execve", "sockaddr", "path", "cwd", "openat2", "avc", "user_login" };
	char word[PLAN_PATH_MAX];
	bool used[SELECT_TEXTS] = { false };

	memset(text, 0, SELECT_TEXTS * sizeof(text[0]));
	used[SELECT_SYSCALLS] = chance(90);
	used[SELECT_TYPES] = !used[SELECT_SYSCALLS] || chance(10);
	used[SELECT_PATH] = chance(60);
	used[SELECT_EXE] = chance(20);
	used[SELECT_UID] = chance(20);
	used[SELECT_AUID] = chance(20);
	if (used[SELECT_SYSCALLS])
		make_calls(text[SELECT_SYSCALLS]);
	for (unsigned n = 1 + pick(2); n && used[SELECT_TYPES]; n--)
		put(text[SELECT_TYPES], ONE_OF(types));
	for (unsigned n = chance(10) ? 20 : 1 + pick(3); n && used[SELECT_PATH]; n--) {
		make_pattern(word);
		put(text[SELECT_PATH], word);
	}
	for (unsigned n = 1 + pick(2); n && used[SELECT_EXE]; n--)
		put(text[SELECT_EXE], chance(20) ? "/usr/bin/*" : ONE_OF(programs));
	if (used[SELECT_UID])
		make_ids(text[SELECT_UID]);
	if (used[SELECT_AUID])
		make_ids(text[SELECT_AUID]);
	for (int k = 0; k < SELECT_TEXTS; k++)
		spec->text[k] = used[k] ? text[k] : NULL;
	spec->success = chance(60) ? -1 : (int)pick(2);
	spec->name = "x";
}

static void describe(char out[2048], const struct select_spec *specs, unsigned count)
{
	static const char *const keys[] = { "syscalls", "types", "path", "exe", "uid", "auid" };
	size_t n = 0;

	for (unsigned i = 0; i < count; i++) {
		n += (size_t)snprintf(out + n, 2048 - n, "[select] success %d\n", specs[i].success);
		for (int k = 0; k < SELECT_TEXTS && n < 2000; k++)
			if (specs[i].text[k])
				n += (size_t)snprintf(out + n, 2048 - n, "%s = %s\n", keys[k], specs[i].text[k]);
		if (n > 2000)
			return;
	}
}

/* The same sections again where chance made one that is refused. */
static void make_plan(unsigned at, const struct plan_host *host)
{
	static char text[3][SELECT_TEXTS][PLAN_PATH_MAX];
	struct select_spec specs[3];
	unsigned count = 1 + pick(3);

	do {
		for (unsigned i = 0; i < count; i++)
			make_section(&specs[i], text[i]);
	} while (select_new(&plans[at].set, specs, count, NULL, NULL) < 0);
	describe(plans[at].text, specs, count);
	plans[at].plan = plan_new();
	assert_int_equal(plan_build(plans[at].plan, plans[at].set, NULL, host), 0);
	assert_in_range(plans[at].plan->count, 0, 3 * PLAN_SECTION_RULES + 1);
}

/* ---- events ---- */

/* As the kernel writes a text that it does not trust. */
static void put_name(const char *name)
{
	bool plain = true;

	for (const char *p = name; *p; p++)
		plain = plain && *p > ' ' && *p != '"' && *p < 0x7f;
	if (plain) {
		buf_printf(&now.lines, "\"%s\"", name);
		return;
	}
	for (const char *p = name; *p; p++)
		buf_printf(&now.lines, "%02X", (unsigned char)*p);
}

static void put_head(const char *type)
{
	buf_printf(&now.lines, "type=%s msg=audit(1000.000:%u): ", type, serial);
}

static void put_path(const char *name, const char *kind)
{
	put_head("PATH");
	buf_printf(&now.lines, "item=%u name=", now.items++);
	if (name)
		put_name(name);
	else
		buf_lit(&now.lines, "(null)");
	buf_printf(&now.lines, " inode=7 dev=08:01 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=%s\n", kind);
}

static void add_object(const char *path)
{
	if (now.model.success == PLAN_FAILED || now.path_count == 4)
		return;
	strcpy(now.objects[now.path_count], path);
	now.paths[now.path_count] = now.objects[now.path_count];
	now.path_count++;
}

/* Is the nth directory that relative names begin at the working directory? */
static bool at_cwd(unsigned nth)
{
	for (unsigned i = 0; i < now.call->arg_count; i++) {
		const struct syscall_arg *arg = syscall_arg(now.call, i);

		if (arg->as == AS_DIRFD && nth-- == 0)
			return arg->from < 4 && (int32_t)now.model.a[arg->from] == -100;
	}
	return true;
}

/* A name for a path, as somebody in /staff/ann may write it, and the object that it stands for. */
static void put_file(const char *path, const char *kind, unsigned nth)
{
	char name[PLAN_PATH_MAX];

	if (chance(50)) {
		snprintf(name, sizeof(name), "%s%s", chance(10) ? "/." : "", path);
	} else if (at_cwd(nth)) {
		if (strncmp(path, "/staff/ann/", 11) == 0)
			snprintf(name, sizeof(name), "%s%s", chance(20) ? "./" : "", path + 11);
		else
			snprintf(name, sizeof(name), "../..%s", path);
	} else {
		strcpy(name, strrchr(path, '/') + 1);
	}
	put_path(name, kind);
	add_object(path);
}

static const char *some_path(void)
{
	static char path[2][PLAN_PATH_MAX];
	static unsigned which;

	which ^= 1;
	snprintf(path[which], sizeof(path[which]), "%s/%s", directory(), leaf_name());
	return path[which];
}

static void put_paths(void)
{
	unsigned kind = now.call ? now.call->kind : CALL_PLAIN;
	struct span name = now.call ? syscall_name(now.call) : SPAN("");
	bool data = span_starts(name, SPAN("write")) || span_starts(name, SPAN("pwrite")) || span_starts(name, SPAN("read")) ||
		span_starts(name, SPAN("pread")) || span_eq(name, SPAN("copy_file_range")) || span_eq(name, SPAN("sendfile"));

	/* what has no result is a call that did not return: exit, which has no path */
	if (data || now.model.success == PLAN_NO_RESULT)
		return;
	if (chance(5)) {
		if (kind == CALL_EXEC) /* it has one, though its records were lost */
			add_object(now.model.exe);
		return;
	}
	switch (kind) {
	case CALL_EXEC:
		put_file(now.model.success == PLAN_FAILED ? some_path() : now.model.exe, "NORMAL", 0);
		return;
	case CALL_FD:
		put_path(NULL, "NORMAL");
		add_object(some_path());
		return;
	case CALL_PAIR:
		put_path("/", "PARENT");
		put_file(some_path(), span_starts(name, SPAN("link")) ? "NORMAL" : "DELETE", 0);
		put_file(some_path(), "CREATE", 1);
		return;
	case CALL_SYMLINK:
		put_path("/", "PARENT");
		put_path(some_path(), "UNKNOWN");
		put_file(some_path(), "CREATE", 0);
		return;
	case CALL_MOUNT:
		put_file(some_path(), "NORMAL", 0);
		put_path(some_path(), "NORMAL");
		return;
	case CALL_OPEN:
	case CALL_PATH:
		put_path("/", "PARENT");
		put_file(some_path(), chance(50) ? "CREATE" : "NORMAL", 0);
		return;
	}
}

static void put_address(bool big_endian)
{
	const char *name = chance(50) ? some_path() : "@abc";
	unsigned family = chance(50) ? AF_INET : AF_UNIX;

	put_head("SOCKADDR");
	buf_printf(&now.lines, "saddr=%02X%02X", big_endian ? 0 : family,
		big_endian ? family : 0);
	for (const char *p = name; *p && family == AF_UNIX; p++)
		buf_printf(&now.lines, "%02X", *p == '@' ? 0 : (unsigned char)*p);
	buf_printf(&now.lines, family == AF_INET ? "00507F0000010000000000000000\n" : "00\n");
}

static void put_parts(bool big_endian)
{
	unsigned kind = now.call ? now.call->kind : CALL_PLAIN;

	if (kind == CALL_CONNECT || kind == CALL_BIND || kind == CALL_SEND || kind == CALL_ACCEPT)
		put_address(big_endian);
	if (kind == CALL_EXEC && now.model.success != PLAN_FAILED) {
		put_head("EXECVE");
		buf_lit(&now.lines, "argc=1 a0=\"x\"\n");
	}
	if (now.call && span_eq(syscall_name(now.call), SPAN("openat2"))) {
		put_head("OPENAT2");
		buf_printf(&now.lines, "oflag=0%llo mode=00 resolve=0x0\n", (unsigned long long)now.model.open_how);
	}
	put_head("CWD");
	buf_lit(&now.lines, "cwd=\"/staff/ann\"\n");
	put_paths();
	put_head("PROCTITLE");
	buf_lit(&now.lines, "proctitle=\"x\"\n");
	put_head("EOE");
	buf_putc(&now.lines, '\n');
}

static bool is_network(const struct syscall_info *call)
{
	return call->kind >= CALL_SOCKET || span_eq(syscall_name(call), SPAN("listen"));
}

/* AT_FDCWD, more than 32 bits, and what flags of opens and numbers of socketcall are made of. */
static uint64_t some_argument(void)
{
	if (chance(30))
		return 0xffffff9c;
	if (chance(20))
		return (uint64_t)pick(1000) << 32 | pick(8);
	return pick(24) | pick(2) * 01100;
}

static void choose_call(int arch)
{
	struct plan_event *m = &now.model;

	m->arch = arch;
	m->nr = pick(470);
	if (chance(85)) {
		const char *name = call_name();
		const struct syscall_info *call = syscall_by_name(span_of(name, strlen(name)));
		unsigned start = pick(470);

		for (unsigned i = 0; i < 470; i++) {
			const struct syscall_info *found = syscall_find(arch, (start + i) % 470);

			if (found && (found->id == call->id || (syscall_is_socketcall(found) && is_network(call)))) {
				m->nr = (start + i) % 470;
				break;
			}
		}
	}
	for (unsigned i = 0; i < 4; i++)
		m->a[i] = some_argument();
	now.call = syscall_find(arch, m->nr);
	if (syscall_is_socketcall(now.call) && chance(60))
		m->a[0] = 1 + pick(5);
	if (syscall_is_socketcall(now.call) && syscall_of_socketcall((int64_t)m->a[0]))
		now.call = syscall_of_socketcall((int64_t)m->a[0]);
	else if (syscall_is_ipc(now.call) && syscall_of_ipc((int64_t)m->a[0] & 0xffff))
		now.call = syscall_of_ipc((int64_t)m->a[0] & 0xffff);
}

static void make_event(const struct plan_host *host)
{
	struct plan_event *m = &now.model;
	unsigned arches = host->arches[1] >= 0 ? 2 : 1;

	memset(&now, 0, sizeof(now));
	now.lines = (struct buf){ now.text, 0, sizeof(now.text), false };
	choose_call(host->arches[pick(arches)]);
	m->success = chance(60) ? PLAN_SUCCEEDED : PLAN_FAILED;
	if (chance(10) && (!now.call || now.call->kind != CALL_EXEC))
		m->success = PLAN_NO_RESULT;
	m->exit = m->success == PLAN_FAILED ? -2 : 3;
	m->open_how = pick(4);
	m->pid = 100 + pick(10);
	m->auid = ONE_OF(ids);
	m->uid = ids[pick(10)];
	m->euid = m->gid = m->egid = ids[pick(10)];
	m->exe = ONE_OF(programs);
	m->paths = now.paths;
	serial++;
	put_head("SYSCALL");
	buf_printf(&now.lines, "arch=%x syscall=%lld", (unsigned)arch_audit(m->arch), (long long)m->nr);
	if (m->success != PLAN_NO_RESULT)
		buf_printf(&now.lines, " success=%s exit=%lld", m->success == PLAN_SUCCEEDED ? "yes" : "no", (long long)m->exit);
	buf_printf(&now.lines,
		" a0=%llx a1=%llx a2=%llx a3=%llx items=1 ppid=1 pid=%u auid=%u uid=%u gid=%u euid=%u suid=0 fsuid=0 egid=%u sgid=0"
		" fsgid=0 tty=(none) ses=1 comm=\"x\" exe=", (unsigned long long)m->a[0], (unsigned long long)m->a[1],
		(unsigned long long)m->a[2], (unsigned long long)m->a[3], m->pid, m->auid, m->uid, m->gid, m->euid,
		m->egid);
	put_name(m->exe);
	buf_lit(&now.lines, " key=\"tiercel\"\n");
	put_parts(arch_is_big_endian(arch_audit(m->arch)));
	assert_false(now.lines.full);
}

static void check(void *ctx, struct event *ev)
{
	(void)ctx;
	for (unsigned i = 0; i < PLANS; i++) {
		bool wanted = select_match(plans[i].set, ev), told = plan_accepts(plans[i].plan, &now.model);

		cases++;
		selected += wanted;
		let_through += told;
		if (wanted && !told) {
			static char text[65536];
			struct buf b = { text, 0, sizeof(text), false };

			plan_print(plans[i].plan, &b);
			printf("%s%.*s%.*s", plans[i].text, (int)b.n, b.p, (int)now.lines.n, now.lines.p);
			for (unsigned o = 0; o < now.path_count; o++)
				printf("object %s\n", now.objects[o]);
			fail_msg("case %llu: the plan hides an event that is selected", (unsigned long long)cases);
		}
	}
}

static void round_of(const struct plan_kit_host *kit)
{
	struct event_kit k = { .on_event = check };
	struct plan_host host = plan_kit_host(kit);

	choose_theme();
	host.features &= pick(128) | pick(128);
	for (unsigned i = 0; i < PLANS; i++)
		make_plan(i, &host);
	event_kit_start(&k, &assemble_default_limits);
	for (unsigned i = 0; i < EVENTS; i++) {
		uint64_t before = cases;

		make_event(&host);
		event_kit_feed(&k, now.lines.p, now.lines.n);
		assert_int_equal(cases - before, PLANS);
	}
	event_kit_end(&k);
	for (unsigned i = 0; i < PLANS; i++) {
		select_free(plans[i].set);
		plan_free(plans[i].plan);
	}
}

static uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

static void never_less(void **unused)
{
	uint64_t seed = number_of("PLAN_SEED", 20260101), rounds = number_of("PLAN_ROUNDS", ROUNDS);

	(void)unused;
	state = seed * UINT64_C(0x9e3779b97f4a7c15) | 1;
	for (uint64_t i = 0; i < rounds; i++)
		round_of(&plan_kit_hosts[i % PLAN_KIT_HOSTS]);
	printf("seed %llu: %llu cases, %llu selected, %llu let through\n", (unsigned long long)seed,
		(unsigned long long)cases, (unsigned long long)selected, (unsigned long long)let_through);
	/* else the property is empty, or the plans are */
	assert_true(selected * 20 > cases);
	assert_true(let_through * 2 < cases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(never_less),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
