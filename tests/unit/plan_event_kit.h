/*
 * Random system calls: as records, which the normaliser makes an event of, and as the kernel's filter sees them. An
 * event is a value, so that a test can make it smaller.
 */
#ifndef TIERCEL_TESTS_PLAN_EVENT_KIT_H
#define TIERCEL_TESTS_PLAN_EVENT_KIT_H

#include "event_kit.h"
#include "plan_kit.h"
#include "table/syscall.h"
#include "table/table.h"

#include <stdio.h>
#include <sys/socket.h>

struct plan_random {
	uint64_t state;
};

static inline unsigned pick(struct plan_random *r, unsigned n)
{
	r->state ^= r->state << 13;
	r->state ^= r->state >> 7;
	r->state ^= r->state << 17;
	return (unsigned)((r->state >> 11) % n);
}

static inline bool chance(struct plan_random *r, unsigned percent)
{
	return pick(r, 100) < percent;
}

#define ONE_OF(r, table) ((table)[pick((r), sizeof(table) / sizeof((table)[0]))])

#define KIT_PATHS 4
struct kit_path {
	char name[160];      /* as the caller wrote it; empty: (null) */
	char object[96];     /* what it stands for */
	const char *nametype;
	bool there;          /* has an inode */
	bool lost;           /* its record is */
	uint32_t uid, gid, mode;
};

struct kit_call {
	const struct syscall_info *call; /* what a multiplexer stands for */
	struct plan_event model;         /* paths and objects: see kit_model() */
	uint64_t args[6];                /* of a call that socketcall carries */
	bool socketcall, how_told, argv_told;
	struct kit_path path[KIT_PATHS];
	unsigned path_count;
	char address[64];                /* hex; empty: none */
	const char *listed[KIT_PATHS + 1];
};

static const char *const kit_directories[] = {
	"", "/etc", "/etc/ssh", "/staff/ann", "/staff/ann/.ssh", "/srv/a/b", "/tmp", "/usr/bin", "/opt/my app", "/missing/x",
	"/etc/ssh2"
};
static const char *const kit_leaves[] = { "passwd", "shadow", "a", "sshd_config", "run", "resolv.conf", "x y", "a*b" };
static const char *const kit_programs[] = {
	"/bin/sh", "/usr/bin/python3", "/usr/sbin/httpd", "/opt/my app/run", "/usr/bin/perl"
};
static const uint32_t kit_ids[] = { 0, 1, 5, 7, 8, 999, 1000, 1234, 60000, 4294967294u, 4294967295u };
static const char *const kit_calls[] = {
	"open", "openat", "openat2", "creat", "open_by_handle_at", "unlink", "unlinkat", "rename", "renameat2", "link",
	"linkat", "symlink", "symlinkat", "mkdir", "chmod", "fchmod", "fchmodat", "truncate", "ftruncate", "execve",
	"execveat", "connect", "bind", "listen", "accept4", "accept", "socket", "sendto", "sendmsg", "mount", "umount2",
	"setuid", "setresuid", "reboot", "ptrace", "init_module", "capset", "kill", "shmat", "shmget", "semctl", "msgsnd",
	"write", "pwrite", "read", "mmap", "mq_open", "socketcall", "ipc", "chdir", "copy_file_range", "clone", "unshare",
	"bpf", "prctl", "fcntl", "lseek", "inotify_add_watch", "epoll_ctl", "exit_group", "chown", "finit_module", "setns"
};

/* A round is about a few of each, so that what is asked for and what happens meet. */
struct kit_theme {
	const char *calls[6], *directories[3], *leaves[3];
	const struct plan_host *host;
};

static inline void kit_choose_theme(struct plan_random *r, struct kit_theme *t, const struct plan_host *host)
{
	for (unsigned i = 0; i < 6; i++)
		t->calls[i] = ONE_OF(r, kit_calls);
	for (unsigned i = 0; i < 3; i++) {
		t->directories[i] = ONE_OF(r, kit_directories);
		t->leaves[i] = ONE_OF(r, kit_leaves);
	}
	if (chance(r, 20))
		t->directories[0] = "/etc/ssh2"; /* beside /etc/ssh, and begins like it */
	t->host = host;
}

static inline void kit_some_path(struct plan_random *r, const struct kit_theme *t, char out[96])
{
	snprintf(out, 96, "%s/%s", chance(r, 75) ? ONE_OF(r, t->directories) : ONE_OF(r, kit_directories),
		chance(r, 75) ? ONE_OF(r, t->leaves) : ONE_OF(r, kit_leaves));
}

/* ---- the call ---- */

static inline bool kit_is_network(const struct syscall_info *call)
{
	return call->kind >= CALL_SOCKET || span_eq(syscall_name(call), SPAN("listen"));
}

/* A register that is shown as `as` says. */
static inline uint64_t kit_register(struct plan_random *r, const struct syscall_arg *arg, int arch)
{
	uint64_t v = pick(r, 24), bits;
	uint32_t number;
	struct span name;

	switch (arg->as) {
	case AS_FLAGS:
		v = chance(r, 20) ? pick(r, 1u << 20) : 0;
		for (unsigned n = pick(r, 4); n; n--) {
			name = flags_at((enum flags_table)arg->table, arch, pick(r, 24), &bits);
			v |= name.n ? bits : 0;
		}
		break;
	case AS_ENUM:
		if (chance(r, 80) && enum_at((enum enum_table)arg->table, pick(r, 40), &number).n)
			v = number;
		break;
	case AS_ID:
		v = ONE_OF(r, kit_ids);
		break;
	case AS_DIRFD:
		v = chance(r, 70) ? (chance(r, 50) ? 0xffffff9c : UINT64_C(0xffffffffffffff9c)) : pick(r, 8);
		break;
	case AS_INT:
	case AS_FD:
		v = chance(r, 10) ? UINT32_MAX - pick(r, 3) : pick(r, 8);
		break;
	case AS_OCTAL:
	case AS_MODE:
		v = pick(r, 2) ? 0644 : 06755;
		break;
	case AS_HEX:
	case AS_ULONG:
		v = chance(r, 30) ? (uint64_t)pick(r, 1000) << 32 | pick(r, 8) : v;
		break;
	}
	return chance(r, 3) ? v | UINT64_C(1) << 40 : v;
}

static inline void kit_registers(struct plan_random *r, struct kit_call *c)
{
	uint64_t *to = c->socketcall ? c->args : c->model.a;
	unsigned most = c->socketcall ? 6 : 4;

	for (unsigned i = 0; i < most; i++)
		to[i] = chance(r, 30) ? 0xffffff9c : pick(r, 24);
	for (unsigned i = 0; c->call && i < c->call->arg_count; i++) {
		const struct syscall_arg *arg = syscall_arg(c->call, i);

		if (arg->from < most && arg->as < AS_PATH)
			to[arg->from] = kit_register(r, arg, c->model.arch);
	}
}

static inline void kit_choose_call(struct plan_random *r, const struct kit_theme *t, struct kit_call *c)
{
	struct plan_event *m = &c->model;
	uint64_t carried = 1 + pick(r, 20);

	m->arch = t->host->arches[t->host->arches[1] >= 0 ? pick(r, 2) : 0];
	m->nr = pick(r, 470);
	if (chance(r, 90)) {
		const char *carrier = pick(r, 2) ? "socketcall" : "ipc";
		const char *plain = chance(r, 80) ? ONE_OF(r, t->calls) : ONE_OF(r, kit_calls);
		const char *name = chance(r, 12) ? carrier : plain;
		const struct syscall_info *call = syscall_by_name(span_of(name, strlen(name)));
		unsigned start = pick(r, 470);

		for (unsigned i = 0; i < 470; i++) {
			const struct syscall_info *found = syscall_find(m->arch, (start + i) % 470);

			if (!found)
				continue;
			if (found->id == call->id || (syscall_is_socketcall(found) && kit_is_network(call))) {
				m->nr = (start + i) % 470;
				break;
			}
		}
	}
	c->call = syscall_find(m->arch, m->nr);
	if (syscall_is_socketcall(c->call) && syscall_of_socketcall((int64_t)carried)) {
		c->call = syscall_of_socketcall((int64_t)carried);
		c->socketcall = true;
		kit_registers(r, c);
		m->a[0] = carried;
		m->a[1] = 0xbf001234;
		return;
	}
	kit_registers(r, c);
	if (syscall_is_ipc(c->call)) {
		m->a[0] = (chance(r, 30) ? 1 : pick(r, 26)) | (chance(r, 20) ? 0x10000 : 0); /* 1: semop */
		if (syscall_of_ipc((int64_t)m->a[0] & 0xffff))
			c->call = syscall_of_ipc((int64_t)m->a[0] & 0xffff);
	}
}

/* ---- its objects ---- */

/* Is the nth directory that relative names begin at the working directory? */
static inline bool kit_at_cwd(const struct kit_call *c, unsigned nth)
{
	for (unsigned i = 0; i < c->call->arg_count; i++) {
		const struct syscall_arg *arg = syscall_arg(c->call, i);

		if (arg->as == AS_DIRFD && nth-- == 0)
			return arg->from < 4 && (int32_t)c->model.a[arg->from] == -100;
	}
	return true;
}

static inline struct kit_path *kit_add_path(struct plan_random *r, struct kit_call *c, const char *name,
	const char *object, const char *nametype)
{
	static const uint32_t modes[] = { 0100644, 0100755, 0104755, 040755, 0120777, 010644, 0140777, 020666, 060660 };
	struct kit_path *p;

	if (c->path_count == KIT_PATHS)
		return NULL;
	p = &c->path[c->path_count++];
	snprintf(p->name, sizeof(p->name), "%s", name);
	snprintf(p->object, sizeof(p->object), "%s", object);
	p->nametype = nametype;
	p->there = strcmp(nametype, "UNKNOWN") != 0 && (c->model.success == PLAN_SUCCEEDED || chance(r, 60));
	p->uid = kit_ids[pick(r, 10)];
	p->gid = kit_ids[pick(r, 10)];
	p->mode = strcmp(nametype, "PARENT") == 0 ? 040755 : chance(r, 50) ? 0100644 : ONE_OF(r, modes);
	return p;
}

/* A name for a path, as somebody in /staff/ann may write it, and the object that it stands for. */
static inline void kit_add_file(struct plan_random *r, const struct kit_theme *t, struct kit_call *c, const char *path,
	const char *nametype, unsigned nth)
{
	char name[160], some[96];

	if (!path) {
		kit_some_path(r, t, some);
		path = some;
	}
	if (chance(r, 60))
		snprintf(name, sizeof(name), "%s%s", chance(r, 10) ? "/." : "", path);
	else if (!kit_at_cwd(c, nth))
		snprintf(name, sizeof(name), "%s", strrchr(path, '/') + 1);
	else if (strncmp(path, "/staff/ann/", 11) == 0)
		snprintf(name, sizeof(name), "%s%s", chance(r, 20) ? "./" : "", path + 11);
	else
		snprintf(name, sizeof(name), "../..%s", path);
	kit_add_path(r, c, name, path, nametype);
}

static inline bool kit_moves_data(const struct kit_call *c)
{
	struct span name = c->call ? syscall_name(c->call) : SPAN("");

	return span_starts(name, SPAN("write")) || span_starts(name, SPAN("pwrite")) || span_starts(name, SPAN("read")) ||
		span_starts(name, SPAN("pread")) || span_eq(name, SPAN("copy_file_range")) || span_eq(name, SPAN("sendfile"));
}

static inline bool kit_creates(const struct kit_call *c)
{
	if (c->call->flags_arg < 4)
		return c->model.a[c->call->flags_arg] & 0100;
	return span_eq(syscall_name(c->call), SPAN("creat")) || c->model.open_how & 0100;
}

static inline void kit_add_text(struct plan_random *r, const struct kit_theme *t, struct kit_call *c,
	const char *nametype)
{
	char text[96];

	kit_some_path(r, t, text);
	kit_add_path(r, c, text, "", nametype);
}

static inline void kit_objects(struct plan_random *r, const struct kit_theme *t, struct kit_call *c)
{
	struct span name = c->call ? syscall_name(c->call) : SPAN("");
	bool failed = c->model.success == PLAN_FAILED;

	/* what has no result is a call that did not return: exit, which has no path; ipc has none either */
	if (kit_moves_data(c) || c->model.success == PLAN_NO_RESULT || !c->call ||
		syscall_is_ipc(syscall_find(c->model.arch, c->model.nr)))
		return;
	switch (c->call->kind) {
	case CALL_PLAIN: /* bpf(2) pins, io_uring opens ... */
		if (chance(r, 15))
			kit_add_file(r, t, c, NULL, "NORMAL", 0);
		return;
	case CALL_EXEC:
		kit_add_file(r, t, c, failed ? NULL : c->model.exe, "NORMAL", 0);
		return;
	case CALL_FD: {
		char object[96];

		kit_some_path(r, t, object);
		kit_add_path(r, c, "", object, "NORMAL");
		return;
	}
	case CALL_PAIR:
		kit_add_path(r, c, "/", "/", "PARENT");
		kit_add_file(r, t, c, NULL, span_starts(name, SPAN("link")) ? "NORMAL" : "DELETE", 0);
		kit_add_file(r, t, c, NULL, "CREATE", 1);
		return;
	case CALL_SYMLINK:
		kit_add_path(r, c, "/", "/", "PARENT");
		kit_add_text(r, t, c, "UNKNOWN");
		kit_add_file(r, t, c, NULL, "CREATE", 0);
		return;
	case CALL_MOUNT:
		kit_add_file(r, t, c, NULL, "NORMAL", 0);
		kit_add_text(r, t, c, "NORMAL");
		return;
	case CALL_OPEN:
		kit_add_path(r, c, "/", "/", "PARENT");
		kit_add_file(r, t, c, NULL, kit_creates(c) && chance(r, 70) ? "CREATE" : "NORMAL", 0);
		return;
	case CALL_PATH:
		kit_add_path(r, c, "/", "/", "PARENT");
		kit_add_file(r, t, c, NULL, chance(r, 50) ? "CREATE" : "NORMAL", 0);
		return;
	}
}

static inline void kit_address(struct plan_random *r, const struct kit_theme *t, struct kit_call *c)
{
	static const unsigned families[] = { AF_INET, AF_INET6, AF_UNIX, 16 /* AF_NETLINK */, AF_UNIX, 17 };
	unsigned family = ONE_OF(r, families);
	bool big = arch_is_big_endian(arch_audit(c->model.arch));
	char path[96] = "@abc";
	struct buf b = { c->address, 0, sizeof(c->address) - 1, false };

	kit_some_path(r, t, path);
	buf_printf(&b, "%02X%02X", big ? 0 : family, big ? family : 0);
	for (const char *p = path; *p && family == AF_UNIX && b.n < 60; p++)
		buf_printf(&b, "%02X", (unsigned char)*p);
	if (family == AF_INET)
		buf_printf(&b, "00507F%06X0000000000000000", pick(r, 3));
	else if (family == AF_INET6)
		buf_printf(&b, "005000000000000000000000000000000000000000%02X00000000", pick(r, 3));
	else
		buf_printf(&b, "00");
	c->model.family = (int)family;
}

/* ---- all of it ---- */

/* May its result be anything? Not a descriptor. */
static inline bool kit_is_odd(const struct syscall_info *call)
{
	for (unsigned i = 0; call && i < call->arg_count; i++)
		if (syscall_arg(call, i)->from == ARG_RET)
			return false;
	return call && call->kind == CALL_PLAIN;
}

static inline void kit_result(struct plan_random *r, struct kit_call *c)
{
	static const int errors[] = { 1, 2, 2, 13, 13, 17, 22, 110, 115, 4000 };
	struct plan_event *m = &c->model;
	bool exec = c->call && c->call->kind == CALL_EXEC;

	m->success = chance(r, 60) ? PLAN_SUCCEEDED : PLAN_FAILED;
	if (chance(r, 6) && !exec)
		m->success = PLAN_NO_RESULT;
	m->exit = m->success == PLAN_FAILED ? -ONE_OF(r, errors) : (int)pick(r, 6);
	if (m->success == PLAN_SUCCEEDED && kit_is_odd(c->call) && chance(r, 10))
		m->exit = chance(r, 50) ? -5000 : INT64_C(0x100000003);
	if (m->success == PLAN_NO_RESULT)
		m->exit = 0;
}

/* What the filter knows of the paths. Of what failed no object is sure, but what a PATH record tells is. */
static inline void kit_model(struct kit_call *c)
{
	struct plan_event *m = &c->model;
	unsigned n = 0;

	m->object_count = 0;
	for (unsigned i = 0; i < c->path_count; i++) {
		const struct kit_path *p = &c->path[i];

		if (p->object[0] && m->success != PLAN_FAILED && p->there)
			c->listed[n++] = p->object;
		if (p->there && m->object_count < 4)
			m->objects[m->object_count++] = (struct plan_object){ p->uid, p->gid, p->mode & 0170000 };
	}
	c->listed[n] = NULL;
	m->paths = c->listed;
	m->family = c->address[0] ? m->family : -1;
}

static inline void kit_make(struct plan_random *r, const struct kit_theme *t, struct kit_call *c)
{
	struct plan_event *m = &c->model;
	unsigned kind;

	memset(c, 0, sizeof(*c));
	kit_choose_call(r, t, c);
	kind = c->call ? c->call->kind : CALL_PLAIN;
	kit_result(r, c);
	m->open_how = pick(r, 4) | (chance(r, 40) ? 0100 : 0);
	c->how_told = chance(r, 80);
	c->argv_told = chance(r, 90);
	m->pid = 100 + pick(r, 10);
	m->ppid = 1 + pick(r, 3);
	m->auid = ONE_OF(r, kit_ids);
	m->session = chance(r, 30) ? UINT32_MAX : pick(r, 4);
	m->uid = kit_ids[pick(r, 10)];
	m->euid = chance(r, 50) ? m->uid : kit_ids[pick(r, 10)];
	m->suid = kit_ids[pick(r, 10)];
	m->fsuid = m->euid;
	m->gid = kit_ids[pick(r, 10)];
	m->egid = chance(r, 50) ? m->gid : kit_ids[pick(r, 10)];
	m->sgid = kit_ids[pick(r, 10)];
	m->fsgid = m->egid;
	m->exe = ONE_OF(r, kit_programs);
	if ((kind == CALL_CONNECT || kind == CALL_BIND || kind == CALL_SEND || kind == CALL_ACCEPT) && chance(r, 90))
		kit_address(r, t, c);
	kit_objects(r, t, c);
	if (chance(r, 3))
		for (unsigned i = 0; i < c->path_count; i++)
			c->path[i].lost = true;
	kit_model(c);
}

/* As the kernel writes a text that it does not trust. */
static inline void kit_put_name(struct buf *b, const char *name)
{
	bool plain = true;

	for (const char *p = name; *p; p++)
		plain = plain && *p > ' ' && *p != '"' && *p < 0x7f;
	if (plain)
		buf_printf(b, "\"%s\"", name);
	for (const char *p = name; *p && !plain; p++)
		buf_printf(b, "%02X", (unsigned char)*p);
}

static inline void kit_put_head(struct buf *b, const char *type, unsigned serial)
{
	buf_printf(b, "type=%s msg=audit(1000.000:%u): ", type, serial);
}

static inline void kit_put_paths(struct buf *b, const struct kit_call *c, unsigned serial)
{
	for (unsigned i = 0; i < c->path_count; i++) {
		const struct kit_path *p = &c->path[i];

		if (p->lost)
			continue;
		kit_put_head(b, "PATH", serial);
		buf_printf(b, "item=%u name=", i);
		if (p->name[0])
			kit_put_name(b, p->name);
		else
			buf_lit(b, "(null)");
		if (p->there)
			buf_printf(b, " inode=%u dev=08:01 mode=%#o ouid=%u ogid=%u rdev=00:00", 7 + i, p->mode, p->uid, p->gid);
		buf_printf(b, " nametype=%s\n", p->nametype);
	}
}

static inline void kit_put_parts(struct buf *b, const struct kit_call *c, unsigned serial)
{
	struct span name = c->call ? syscall_name(c->call) : SPAN("");

	if (c->socketcall) {
		kit_put_head(b, "SOCKETCALL", serial);
		buf_printf(b, "nargs=6 a0=%llx a1=%llx a2=%llx a3=%llx a4=%llx a5=%llx\n", (unsigned long long)c->args[0],
			(unsigned long long)c->args[1], (unsigned long long)c->args[2], (unsigned long long)c->args[3],
			(unsigned long long)c->args[4], (unsigned long long)c->args[5]);
	}
	if (c->address[0]) {
		kit_put_head(b, "SOCKADDR", serial);
		buf_printf(b, "saddr=%s\n", c->address);
	}
	if (c->call && c->call->kind == CALL_EXEC && c->model.success != PLAN_FAILED && c->argv_told) {
		kit_put_head(b, "EXECVE", serial);
		buf_lit(b, "argc=2 a0=\"x\" a1=\"-y\"\n");
	}
	if (span_eq(name, SPAN("openat2")) && c->how_told) {
		kit_put_head(b, "OPENAT2", serial);
		buf_printf(b, "oflag=0%llo mode=00 resolve=0x0\n", (unsigned long long)c->model.open_how);
	}
	if (span_eq(name, SPAN("kill")) || span_eq(name, SPAN("ptrace"))) {
		kit_put_head(b, "OBJ_PID", serial);
		buf_lit(b, "opid=77 oauid=1000 ouid=0 oses=2 ocomm=\"victim\"\n");
	}
	if (span_eq(name, SPAN("init_module")) || span_eq(name, SPAN("finit_module"))) {
		kit_put_head(b, "KERN_MODULE", serial);
		buf_lit(b, "name=\"evil\"\n");
	}
	if (span_eq(name, SPAN("mmap"))) {
		kit_put_head(b, "MMAP", serial);
		buf_lit(b, "fd=3 flags=0x2\n");
	}
}

/* Its records, and an empty line behind the last. */
static inline void kit_print(const struct kit_call *c, unsigned serial, struct buf *b)
{
	const struct plan_event *m = &c->model;

	kit_put_head(b, "SYSCALL", serial);
	buf_printf(b, "arch=%x syscall=%lld", (unsigned)arch_audit(m->arch), (long long)m->nr);
	if (m->success != PLAN_NO_RESULT)
		buf_printf(b, " success=%s exit=%lld", m->success == PLAN_SUCCEEDED ? "yes" : "no", (long long)m->exit);
	for (unsigned i = 0; i < 4; i++)
		buf_printf(b, " a%u=%llx", i, (unsigned long long)m->a[i]);
	buf_printf(b, " items=%u ppid=%u pid=%u auid=%u uid=%u gid=%u euid=%u suid=%u fsuid=%u egid=%u sgid=%u fsgid=%u",
		c->path_count, m->ppid, m->pid, m->auid, m->uid, m->gid, m->euid, m->suid, m->fsuid, m->egid, m->sgid,
		m->fsgid);
	buf_printf(b, " tty=(none) ses=%u comm=\"x\" exe=", m->session);
	kit_put_name(b, m->exe);
	buf_lit(b, " key=\"tiercel\"\n");
	kit_put_parts(b, c, serial);
	kit_put_head(b, "CWD", serial);
	buf_lit(b, "cwd=\"/staff/ann\"\n");
	kit_put_paths(b, c, serial);
	kit_put_head(b, "PROCTITLE", serial);
	buf_lit(b, "proctitle=\"x\"\n");
	kit_put_head(b, "EOE", serial);
	buf_lit(b, "\n\n");
}

#endif
