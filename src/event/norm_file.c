/* What the call acts on: fd.*, fs.path.*, the working directory, and which records never came. */
#include "event/norm.h"

#include "record/value.h"
#include "table/syscall.h"
#include "table/table.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#define IN_ROOT 0x10 /* RESOLVE_IN_ROOT of linux/openat2.h, which most systems lack */

static bool has_name(const struct event_path *p)
{
	return p->present >> PATH_name & 1 && p->value[PATH_name].n;
}

const struct event_path *norm_main_path(const struct event *ev)
{
	const struct event_path *found = NULL;

	for (uint32_t i = 0; i < ev->path_count; i++) {
		const struct event_path *p = &ev->paths[i];

		if (p->nametype == NAMETYPE_PARENT || !has_name(p))
			continue;
		found = p;
		if (ev->call && ev->call->kind == CALL_EXEC)
			break; /* the others are its interpreters */
	}
	return found;
}

/* Of a path, the part behind the last slash. */
static struct span last_name(struct span path)
{
	size_t at = path.n;

	while (at && path.p[at - 1] != '/')
		at--;
	return span_of(path.p + at, path.n - at);
}

static struct span without_slash(struct span path)
{
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

/* Does the name lie in the directory, as the two are written? One without a slash lies in the working directory. */
static bool lies_in(const struct event *ev, struct span name, struct span dir)
{
	struct span before = span_of(name.p, name.n - last_name(name).n);

	return span_eq(without_slash(before.n ? before : ev->cwd.n ? ev->cwd : dir), without_slash(dir));
}

static const struct event_path *parent_path(const struct event *ev)
{
	for (uint32_t i = 0; i < ev->path_count; i++)
		if (ev->paths[i].nametype == NAMETYPE_PARENT && has_name(&ev->paths[i]))
			return &ev->paths[i];
	return NULL;
}

/*
 * On a stacked file system the kernel takes a symlink's text for the new name, where both end alike, and never tells
 * the name itself (audit_inode_child(), called for the file system below): that is the parent's, and the same end.
 */
static void mend_symlink(const struct event *ev, const struct event_path *pair[2])
{
	const struct event_path *parent = parent_path(ev);
	struct span dir, end, text;
	struct event_path *made;
	char *name;

	if (pair[0] || !pair[1] || !parent)
		return;
	text = pair[1]->value[PATH_name];
	dir = parent->value[PATH_name];
	if (lies_in(ev, text, dir))
		return;
	dir = without_slash(dir);
	end = last_name(text);
	made = arena_alloc(ev->arena, sizeof(*made));
	name = arena_alloc(ev->arena, dir.n + end.n + 1 + EVENT_PAD);
	pair[0] = pair[1];
	pair[1] = NULL;
	if (!made || !name)
		return;
	*made = *pair[0];
	made->value[PATH_name] = span_of(name, dir.n + end.n + 1);
	memcpy(name, dir.p, dir.n);
	name[dir.n] = '/';
	memcpy(name + dir.n + 1, end.p, end.n);
	pair[1] = made;
}

/* The two paths of rename, link, symlink and mount, in the order of the call's arguments. */
void norm_path_pair(const struct event *ev, const struct event_path *pair[2])
{
	pair[0] = pair[1] = NULL;
	if (ev->call && ev->call->kind == CALL_MOUNT) {
		/* mount(2) looks the mount point up first; pivot_root and move_mount go by their arguments' order */
		uint32_t first = span_eq(syscall_name(ev->call), SPAN("mount"));

		for (uint32_t i = 0; i < ev->path_count && i < 2; i++)
			if (has_name(&ev->paths[i]))
				pair[i ^ first] = &ev->paths[i];
		return;
	}
	for (uint32_t i = 0; i < ev->path_count; i++) {
		const struct event_path *p = &ev->paths[i];

		if (p->nametype == NAMETYPE_PARENT || p->apart || !has_name(p))
			continue;
		if (!pair[0] && p->nametype != NAMETYPE_CREATE)
			pair[0] = p;
		else if (!pair[1]) /* those behind it are the same names again: what was replaced, or exchanged */
			pair[1] = p;
	}
	if (ev->call && ev->call->kind == CALL_SYMLINK)
		mend_symlink(ev, pair);
}

/* Does the path need cleaning: "//", "/./", "/../" somewhere? Dot files do not. */
static bool is_plain(struct span s)
{
	for (size_t i = 0; i + 1 < s.n; i++)
		if (s.p[i] == '/' && (s.p[i + 1] == '/' || s.p[i + 1] == '.'))
			return false;
	return true;
}

/* dir + "/" + name without "." and ".." and doubled slashes, by text alone as Falco does it; a trailing slash stays. */
static struct span clean_path(struct event *ev, struct span dir, struct span name)
{
	char *out = norm_room(ev, dir.n + name.n + 3);
	size_t w = 0;
	struct span parts[2] = { dir, name };

	if (!out)
		return name;
	for (int k = 0; k < 2; k++) {
		struct span s = parts[k];

		for (size_t i = 0; i < s.n;) {
			size_t start, len;

			while (i < s.n && s.p[i] == '/')
				i++;
			start = i;
			while (i < s.n && s.p[i] != '/')
				i++;
			len = i - start;
			if (len == 0 || (len == 1 && s.p[start] == '.'))
				continue;
			if (len == 2 && s.p[start] == '.' && s.p[start + 1] == '.') {
				while (w > 0 && out[--w] != '/')
					;
				continue;
			}
			out[w++] = '/';
			memcpy(out + w, s.p + start, len);
			w += len;
		}
	}
	if (w == 0 || (name.n && name.p[name.n - 1] == '/' && out[w - 1] != '/'))
		out[w++] = '/';
	return span_of(out, w);
}

/* The value of the nth AS_DIRFD argument: true when relative names start at the working directory. */
static bool starts_at_cwd(const struct event *ev, unsigned nth)
{
	if (!ev->call)
		return true;
	for (unsigned i = 0; i < ev->call->arg_count; i++) {
		const struct syscall_arg *arg = syscall_arg(ev->call, i);

		if (arg->as != AS_DIRFD || nth-- > 0)
			continue;
		return ev->a_known >> arg->from & 1 && (int32_t)ev->a[arg->from] == AT_FDCWD;
	}
	return true;
}

/* A record that should be there, and that nobody told the kernel to leave out. */
static bool is_missed(const struct event *ev, enum seen record)
{
	return !((ev->seen | ev->by->options->pruned) >> record & 1);
}

/* One path made absolute. `nth` is its dirfd's place; *unknown is set where the directory is not known. */
static struct span absolute(struct event *ev, struct span name, unsigned nth, bool *unknown)
{
	bool in_root = ev->openhow_known && ev->openhow[2] & IN_ROOT; /* openat2(2): "/" is the directory */

	if (name.n && name.p[0] == '/' && !in_root)
		return is_plain(name) ? name : clean_path(ev, span_of(NULL, 0), name);
	if (!starts_at_cwd(ev, nth)) {
		*unknown = true;
		return name;
	}
	if (!ev->cwd.n || ev->cwd.p[0] != '/') {
		*unknown = *unknown || is_missed(ev, SEEN_CWD) || ev->seen >> SEEN_CWD & 1;
		return name;
	}
	return clean_path(ev, ev->cwd, name);
}

static void set_text(struct event *ev, int field, struct span s)
{
	if (s.n)
		event_set_text(ev, field, s.p, s.n);
}

/* fd.type and fd.typechar of a file, by its PATH's mode. Of a name that is not there, RHEL 6 tells the directory. */
static void tell_file_type(struct event *ev, const struct event_path *p)
{
	static const struct {
		unsigned mode;
		struct span type, typechar;
	} types[] = {
		{ S_IFREG, { "file", 4 }, { "f", 1 } },	 { S_IFDIR, { "directory", 9 }, { "d", 1 } },
		{ S_IFIFO, { "pipe", 4 }, { "p", 1 } },	 { S_IFSOCK, { "unix", 4 }, { "u", 1 } },
		{ S_IFCHR, { "file", 4 }, { "f", 1 } },	 { S_IFBLK, { "file", 4 }, { "f", 1 } },
		{ S_IFLNK, { "file", 4 }, { "f", 1 } },
	};
	uint64_t mode;

	if (event_has(ev, FIELD_EVT_RAWRES) && ev->value[FIELD_EVT_RAWRES].i64 == -ENOENT)
		return;
	if (!(p->present >> PATH_mode & 1) || !value_octal(p->value[PATH_mode], &mode))
		return;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if ((mode & S_IFMT) == types[i].mode) {
			event_set_name(ev, FIELD_FD_TYPE, types[i].type);
			event_set_name(ev, FIELD_FD_TYPECHAR, types[i].typechar);
		}
}

static void tell_fd_name(struct event *ev, const struct event_path *p, bool *unknown)
{
	struct span raw = p->value[PATH_name], name = absolute(ev, raw, 0, unknown);
	size_t slash = name.n;

	set_text(ev, FIELD_FD_NAME, name);
	set_text(ev, FIELD_FD_NAMERAW, raw);
	tell_file_type(ev, p);
	while (slash > 0 && name.p[slash - 1] != '/')
		slash--;
	if (slash > 0)
		set_text(ev, FIELD_FD_DIRECTORY, span_of(name.p, slash > 1 ? slash - 1 : 1));
	if (!*unknown && name.n && name.p[0] == '/')
		set_text(ev, FIELD_EVT_ABSPATH, name);
	set_text(ev, FIELD_FD_FILENAME, span_of(name.p + slash, name.n - slash));
}

static void tell_pair(struct event *ev, bool *unknown)
{
	const struct event_path *pair[2];
	/* Falco calls the new name of a link its source, and what it leads to its target */
	bool link = ev->call->kind == CALL_SYMLINK || span_starts(syscall_name(ev->call), SPAN("link"));

	norm_path_pair(ev, pair);
	for (unsigned i = 0; i < 2; i++) {
		bool source = (i == 0) != link;
		struct span raw;

		if (!pair[i])
			continue;
		raw = pair[i]->value[PATH_name];
		set_text(ev, source ? FIELD_FS_PATH_SOURCERAW : FIELD_FS_PATH_TARGETRAW, raw);
		if (!(i == 0 && ev->call->kind == CALL_SYMLINK)) /* a symlink's text is no path yet */
			raw = absolute(ev, raw, ev->call->kind == CALL_SYMLINK ? 0 : i, unknown);
		set_text(ev, source ? FIELD_FS_PATH_SOURCE : FIELD_FS_PATH_TARGET, raw);
	}
}

static void tell_path(struct event *ev, const struct event_path *p, bool *unknown)
{
	struct span raw = p->value[PATH_name], name = absolute(ev, raw, 0, unknown);

	set_text(ev, FIELD_FS_PATH_NAME, name);
	set_text(ev, FIELD_FS_PATH_NAMERAW, raw);
	if (name.n && name.p[0] == '/')
		set_text(ev, FIELD_EVT_ABSPATH, name);
}

/* Which end of the socket an address is: the server's of connect and send, our own of bind, the client's of accept. */
static const struct {
	int ip, port, peer_ip, peer_port;
} address_fields[] = {
	[CALL_CONNECT] = { FIELD_FD_SIP, FIELD_FD_SPORT, FIELD_FD_RIP, FIELD_FD_RPORT },
	[CALL_SEND] = { FIELD_FD_SIP, FIELD_FD_SPORT, FIELD_FD_RIP, FIELD_FD_RPORT },
	[CALL_BIND] = { FIELD_FD_SIP, FIELD_FD_SPORT, FIELD_FD_LIP, FIELD_FD_LPORT },
	[CALL_ACCEPT] = { FIELD_FD_CIP, FIELD_FD_CPORT, FIELD_FD_RIP, FIELD_FD_RPORT },
};

static void tell_inet(struct event *ev, const struct sockaddr_text *sa, int kind)
{
	char text[80];
	struct buf b = { text, 0, sizeof(text), false };
	struct span ip = norm_copy(ev, sa->ip, sa->addr_len);

	if (!ip.p || !sa->has_addr)
		return;
	event_set_text(ev, address_fields[kind].ip, ip.p, ip.n);
	event_set_text(ev, address_fields[kind].peer_ip, ip.p, ip.n);
	event_set_text(ev, FIELD_FD_IP, ip.p, ip.n);
	event_set_text(ev, FIELD_FD_NET, ip.p, ip.n);
	event_set_text(ev, kind == CALL_BIND ? FIELD_FD_SNET : FIELD_FD_RNET, ip.p, ip.n);
	if (kind == CALL_CONNECT || kind == CALL_SEND)
		event_set_text(ev, FIELD_FD_SNET, ip.p, ip.n);
	event_set_u64(ev, address_fields[kind].port, sa->port);
	event_set_u64(ev, address_fields[kind].peer_port, sa->port);
	event_set_u64(ev, FIELD_FD_PORT, sa->port);
	if (kind == CALL_CONNECT || kind == CALL_SEND)
		buf_lit(&b, "->");
	buf_put(&b, ip.p, ip.n);
	buf_putc(&b, ':');
	buf_put_u64(&b, sa->port);
	if (kind == CALL_ACCEPT)
		buf_lit(&b, "->");
	set_text(ev, FIELD_FD_NAME, norm_copy(ev, b.p, b.n));
	event_set_name(ev, FIELD_FD_SOCKFAMILY, SPAN("ip"));
	event_set_name(ev, FIELD_FD_TYPE, sa->family == AF_INET6 ? SPAN("ipv6") : SPAN("ipv4"));
	event_set_name(ev, FIELD_FD_TYPECHAR, sa->family == AF_INET6 ? SPAN("6") : SPAN("4"));
}

static void tell_socket(struct event *ev, int kind)
{
	struct sockaddr_text sa;

	if (!ev->saddr.n || !value_sockaddr(ev->saddr, ev->big_endian, &sa))
		return;
	if (sa.family == AF_INET || sa.family == AF_INET6) {
		tell_inet(ev, &sa, kind);
	} else if (sa.family == AF_UNIX) {
		char path[sizeof(sa.path) + 1] = "@";
		size_t at = sa.abstract ? 1 : 0;

		memcpy(path + at, sa.path, sa.path_len);
		set_text(ev, FIELD_FD_NAME, norm_copy(ev, path, at + sa.path_len));
		event_set_name(ev, FIELD_FD_SOCKFAMILY, SPAN("unix"));
		event_set_name(ev, FIELD_FD_TYPE, SPAN("unix"));
		event_set_name(ev, FIELD_FD_TYPECHAR, SPAN("u"));
	} else if (sa.family == AF_NETLINK) {
		event_set_name(ev, FIELD_FD_TYPE, SPAN("netlink"));
		event_set_name(ev, FIELD_FD_TYPECHAR, SPAN("n"));
	}
}

/* fd.num, from the result or an argument. */
static void tell_fd_num(struct event *ev, unsigned from)
{
	if (from != ARG_RET) {
		if (ev->a_known >> from & 1)
			event_set_i64(ev, FIELD_FD_NUM, (int32_t)ev->a[from]);
	} else if (event_has(ev, FIELD_EVT_RAWRES)) {
		int64_t fd = ev->value[FIELD_EVT_RAWRES].i64;

		event_set_i64(ev, FIELD_FD_NUM, fd < 0 ? -1 : fd);
	}
}

/* Calls of no special kind: the argument called fd, as of listen, mmap and memfd_create. */
static void tell_plain_fd(struct event *ev)
{
	for (unsigned i = 0; ev->call && i < ev->call->arg_count; i++) {
		const struct syscall_arg *arg = syscall_arg(ev->call, i);

		if (arg->as == AS_FD && span_eq(syscall_arg_name(arg), SPAN("fd"))) {
			tell_fd_num(ev, arg->from);
			return;
		}
	}
}

/* A message queue's name is no path: it lives in a file system of its own. */
static bool is_queue(const struct event *ev)
{
	return ev->call && span_starts(syscall_name(ev->call), SPAN("mq_"));
}

static void tell_object(struct event *ev, bool *unknown)
{
	const struct event_path *p = norm_main_path(ev);
	int kind = ev->call ? ev->call->kind : CALL_PLAIN;

	switch (kind) {
	case CALL_OPEN:
	case CALL_FD:
		tell_fd_num(ev, kind == CALL_OPEN ? ARG_RET : ARG_A0);
		if (p)
			tell_fd_name(ev, p, unknown);
		return;
	case CALL_PAIR:
	case CALL_SYMLINK:
	case CALL_MOUNT:
		tell_pair(ev, unknown);
		return;
	case CALL_SOCKET:
		tell_fd_num(ev, ARG_RET);
		return;
	case CALL_CONNECT:
	case CALL_BIND:
	case CALL_ACCEPT:
	case CALL_SEND:
		tell_fd_num(ev, kind == CALL_ACCEPT ? ARG_RET : ARG_A0);
		tell_socket(ev, kind);
		return;
	case CALL_EXEC:
		return;
	}
	tell_plain_fd(ev);
	if (p && !is_queue(ev))
		tell_path(ev, p, unknown);
}

static uint32_t announced_paths(const struct event *ev)
{
	int64_t items = event_has(ev, FIELD_AUDIT_ITEMS) ? ev->value[FIELD_AUDIT_ITEMS].i64 : 0;

	return items > 0 && items <= UINT32_MAX ? (uint32_t)items : 0;
}

/*
 * evt.incomplete: records that the others say there should be, unless they are left out on purpose. Old kernels
 * announce a PATH too many for mq_open.
 */
static void tell_incomplete(struct event *ev, bool dirfd)
{
	struct span list[6];
	size_t n = 0;
	bool call = ev->seen >> SEEN_SYSCALL & 1;
	bool ok = event_has(ev, FIELD_EVT_FAILED) && !ev->value[FIELD_EVT_FAILED].b;
	int kind = ev->call ? ev->call->kind : CALL_PLAIN;
	const uint32_t parts = 1u << SEEN_CWD | 1u << SEEN_PATH | 1u << SEEN_EXECVE | 1u << SEEN_SOCKADDR |
		1u << SEEN_PROCTITLE;

	if (!call && ev->seen & parts && !(ev->seen >> SEEN_URINGOP & 1))
		list[n++] = SPAN("SYSCALL");
	if (ev->path_count < announced_paths(ev) && !is_queue(ev) && !(ev->by->options->pruned >> SEEN_PATH & 1))
		list[n++] = SPAN("PATH");
	if (dirfd && is_missed(ev, SEEN_CWD))
		list[n++] = SPAN("CWD");
	else if (dirfd)
		list[n++] = SPAN("dirfd");
	if (kind == CALL_EXEC && ok && is_missed(ev, SEEN_EXECVE))
		list[n++] = SPAN("EXECVE");
	if ((kind == CALL_CONNECT || kind == CALL_BIND) && ok && is_missed(ev, SEEN_SOCKADDR))
		list[n++] = SPAN("SOCKADDR");
	if (n) {
		struct span *kept = arena_alloc(ev->arena, n * sizeof(*kept));

		if (!kept)
			return;
		memcpy(kept, list, n * sizeof(*kept));
		event_set(ev, FIELD_EVT_INCOMPLETE, as_names(kept, n));
	}
}

void norm_file(struct event *ev)
{
	bool unknown = false;

	set_text(ev, FIELD_PROC_CWD, ev->cwd);
	if (ev->unreadable)
		return;
	tell_object(ev, &unknown);
	tell_incomplete(ev, unknown);
}
