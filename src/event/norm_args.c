/* Arguments by name: evt.arg.NAME, evt.args, and what the flags of an open say. */
#include "event/norm.h"

#include "base/copy.h"
#include "base/decimal.h"
#include "base/utf8.h"
#include "record/value.h"
#include "table/syscall.h"
#include "table/table.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>

/* What there was no memory to copy, or what a record left empty, is no value. */
static struct value some_name(struct span s)
{
	return s.p ? as_name(s) : as_nothing();
}

static struct value some_text(struct span s)
{
	return s.n ? as_text(s) : as_nothing();
}

/* Arguments are text for every reader, as Falco has them: one call's number is another one's name. */
static struct value number(struct event *ev, int64_t v)
{
	char *text = norm_room(ev, DECIMAL_MAX);

	return text ? as_name(span_of(text, (size_t)(decimal_i64(text, v) - text))) : as_nothing();
}

static struct value unsigned_number(struct event *ev, uint64_t v)
{
	char *text = norm_room(ev, DECIMAL_MAX);

	return text ? as_name(span_of(text, (size_t)(decimal_u64(text, v) - text))) : as_nothing();
}

static struct value hex(struct event *ev, uint64_t v)
{
	char out[24];
	struct buf b = { out, 0, sizeof(out), false };

	buf_put_hex(&b, v);
	return some_name(norm_copy(ev, out, b.n));
}

static struct value octal(struct event *ev, uint64_t v)
{
	char out[24];
	struct buf b = { out, 0, sizeof(out), false };

	buf_put_octal(&b, v);
	return some_name(norm_copy(ev, out, b.n));
}

/* The same few combinations come again and again: the normaliser keeps their text. */
static struct value flags(struct event *ev, unsigned table, uint64_t bits)
{
	uint64_t key = bits ^ (uint64_t)table << 48 ^ (uint64_t)(unsigned)(ev->arch + 1) << 56;
	struct flag_text *kept = &ev->by->flags[(bits ^ bits >> 12 ^ table * 7) % FLAG_TEXTS];
	char out[512];
	size_t n;

	if (bits >> 48)
		return some_name(norm_copy(ev, out, flags_print((enum flags_table)table, ev->arch, bits, out)));
	if (kept->len && kept->key == key)
		return some_name(norm_copy(ev, kept->text, kept->len));
	n = flags_print((enum flags_table)table, ev->arch, bits, out);
	if (n <= sizeof(kept->text)) {
		kept->key = key;
		kept->len = (uint8_t)n;
		memcpy(kept->text, out, n);
	}
	return some_name(norm_copy(ev, out, n));
}

static bool is_32bit(int arch)
{
	return arch == ARCH_I386 || arch == ARCH_ARM || arch == ARCH_S390;
}

static struct value enumerated(struct event *ev, unsigned table, uint64_t v)
{
	struct span s = enum_name((enum enum_table)table, (int32_t)v);

	return s.n ? as_name(s) : number(ev, (int32_t)v);
}

/* 127.0.0.1:81, a unix socket's path, or the family's name. */
static struct value address(struct event *ev)
{
	struct sockaddr_text sa;
	char out[128];
	struct buf b = { out, 0, sizeof(out), false };

	if (!ev->saddr.n)
		return as_nothing();
	if (!value_sockaddr(ev->saddr, ev->big_endian, &sa))
		return some_text(ev->saddr);
	if (sa.family == AF_UNIX && sa.path_len) {
		if (sa.abstract)
			buf_putc(&b, '@');
		buf_put(&b, sa.path, sa.path_len);
	} else if (sa.addr_len) {
		buf_put(&b, sa.ip, sa.addr_len);
		if (sa.has_port) {
			buf_putc(&b, ':');
			buf_put_u64(&b, sa.port);
		}
	} else if (sa.family == AF_NETLINK) {
		buf_lit(&b, "AF_NETLINK:");
		buf_put_u64(&b, sa.nl_pid);
	} else {
		return enumerated(ev, ENUM_FAMILY, sa.family);
	}
	return some_text(norm_copy(ev, b.p, b.n));
}

/* Flags of an open, from the argument or from OPENAT2; false: not known. */
static bool open_flags(const struct event *ev, uint64_t *out)
{
	const struct syscall_info *call = ev->call;

	if (!call || call->kind != CALL_OPEN)
		return false;
	if (call->flags_arg < 6) {
		*out = ev->a[call->flags_arg];
		return ev->a_known >> call->flags_arg & 1;
	}
	if (ev->openhow_known) {
		*out = ev->openhow[0];
		return true;
	}
	if (span_eq(syscall_name(call), SPAN("creat"))) {
		*out = O_CREAT | O_WRONLY | O_TRUNC;
		return true;
	}
	return false;
}

static struct value path_argument(const struct event *ev, unsigned second)
{
	const struct event_path *pair[2];
	const struct event_path *p;
	int kind = ev->call->kind;

	if (kind == CALL_PAIR || kind == CALL_SYMLINK || kind == CALL_MOUNT) {
		norm_path_pair(ev, pair);
		p = pair[second];
	} else {
		p = norm_main_path(ev);
	}
	return p ? some_text(p->value[PATH_name]) : as_nothing();
}

/* An argument that a register does not tell. */
static struct value from_records(struct event *ev, const struct syscall_arg *arg)
{
	switch (arg->as) {
	case AS_PATH:
	case AS_PATH_TARGET:
		return path_argument(ev, arg->as == AS_PATH_TARGET);
	case AS_SOCKADDR:
		return address(ev);
	case AS_ARGV: {
		const struct value *v = ev->seen >> SEEN_EXECVE & 1 ? event_get(ev, FIELD_PROC_ARGS) : NULL;

		return v ? *v : as_nothing();
	}
	case AS_STRING:
		return span_eq(syscall_arg_name(arg), SPAN("name")) ? some_text(ev->module) : as_nothing();
	case AS_OPENHOW_FLAGS:
		return ev->openhow_known ? flags(ev, FLAGS_OPEN, ev->openhow[0]) : as_nothing();
	case AS_OPENHOW_MODE:
		return ev->openhow_known && ev->openhow[0] & O_CREAT ? octal(ev, ev->openhow[1]) : as_nothing();
	case AS_OPENHOW_RESOLVE:
		return ev->openhow_known ? flags(ev, FLAGS_RESOLVE, ev->openhow[2]) : as_nothing();
	}
	return as_nothing();
}

static struct value decode(struct event *ev, const struct syscall_arg *arg)
{
	uint64_t v, open;
	bool known = arg->from == ARG_RET ? event_has(ev, FIELD_EVT_RAWRES) : ev->a_known >> arg->from & 1;

	if (arg->as >= AS_PATH)
		return from_records(ev, arg);
	if (!known)
		return as_nothing();
	v = arg->from == ARG_RET ? (uint64_t)ev->value[FIELD_EVT_RAWRES].i64 : ev->a[arg->from];
	switch (arg->as) {
	case AS_FD:
		if (arg->from == ARG_RET && (int64_t)v < 0)
			return number(ev, -1);
		return number(ev, (int32_t)v);
	case AS_INT:
		return number(ev, (int32_t)v);
	case AS_UINT:
		return number(ev, (uint32_t)v);
	case AS_ID:
		return number(ev, (uint32_t)v == UINT32_MAX ? -1 : (int64_t)(uint32_t)v);
	case AS_LONG:
		return number(ev, is_32bit(ev->arch) ? (int32_t)v : (int64_t)v);
	case AS_ULONG:
		return unsigned_number(ev, v);
	case AS_DIRFD:
		return (int32_t)v == -100 ? as_name(SPAN("AT_FDCWD")) : number(ev, (int32_t)v);
	case AS_FLAGS:
		return flags(ev, arg->table, v);
	case AS_ENUM:
		return enumerated(ev, arg->table, v);
	case AS_MODE:
		if (ev->call->kind == CALL_OPEN && open_flags(ev, &open) && !(open & (O_CREAT | 020000000)))
			return as_nothing();
		return octal(ev, v & 07777);
	case AS_OCTAL:
		return octal(ev, v);
	}
	return hex(ev, v);
}

/* Must this text be quoted in evt.args? */
static bool needs_quotes(struct span s)
{
	unsigned odd = 0;

	for (size_t i = 0; i < s.n; i += 16) {
		unsigned bits = simd_odd16(s.p + i) | simd_eq16(s.p + i, ' ') | simd_eq16(s.p + i, '=');

		odd |= s.n - i >= 16 ? bits : bits & ((1u << (s.n - i)) - 1);
	}
	if (!odd)
		return s.n == 0;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c == 0x7f)
			return true;
	}
	return false; /* beyond ASCII only */
}

static char *put_quoted(char *w, struct span s)
{
	static const char escapes[] = "\aa\bb\tt\nn\vv\ff\rr";

	*w++ = '"';
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		const char *e = c && c < ' ' ? strchr(escapes, c) : NULL;

		if (c == '"' || c == '\\') {
			*w++ = '\\';
			*w++ = (char)c;
		} else if (e) {
			*w++ = '\\';
			*w++ = e[1];
		} else if (c < ' ' || c == 0x7f) {
			w += sprintf(w, "\\x%02x", c);
		} else {
			*w++ = (char)c;
		}
	}
	*w++ = '"';
	return w;
}

/* Writes at most room_of() bytes, and EVENT_PAD behind them. */
static char *put_value(char *w, const struct value *v)
{
	struct span s = span_of(v->p, v->n);

	return v->kind == VALUE_TEXT && needs_quotes(s) ? put_quoted(w, s) : copy_bytes(w, s.p, s.n);
}

/* Bytes of a value at most, as put_value() writes it. */
static size_t room_of(const struct value *v)
{
	return v->kind == VALUE_TEXT && needs_quotes(span_of(v->p, v->n)) ? 4 * (size_t)v->n + 2 : v->n;
}

/*
 * Too long for one text: each argument's text keeps its head and tail, as far as their share goes. evt.arg.NAME has it
 * whole; evt.truncated tells.
 */
static void join_cut(struct event *ev)
{
	size_t share = ARGS_TEXT_MAX / ev->arg_count / 4 - 64, bytes = 0;
	struct event_arg *whole = ev->args, *cut = arena_alloc(ev->arena, ev->arg_count * sizeof(*cut));
	char text[48];

	if (!cut)
		return;
	for (uint32_t i = 0; i < ev->arg_count; i++) {
		struct value *v = &cut[i].value;

		cut[i] = whole[i];
		bytes += v->n;
		if (v->kind == VALUE_TEXT && v->n > share) {
			char *w = norm_room(ev, share + UTF8_CUT_MORE);

			if (!w)
				return;
			*v = as_text(span_of(w, utf8_cut(w, v->p, v->n, share)));
			v->cut = true;
		}
	}
	norm_truncated(ev, norm_copy(ev, text, (size_t)snprintf(text, sizeof(text), "evt.args:%zu", bytes)));
	ev->args = cut;
	norm_join_args(ev);
	ev->args = whole;
}

/* name=value, in the prototype's order. */
void norm_join_args(struct event *ev)
{
	size_t bytes = 0;
	bool cut = false;
	char *text, *w;

	for (uint32_t i = 0; i < ev->arg_count; i++) {
		bytes += ev->args[i].name.n + 2 + room_of(&ev->args[i].value);
		cut = cut || ev->args[i].value.cut;
	}
	if (bytes > ARGS_TEXT_MAX) {
		join_cut(ev);
		return;
	}
	text = w = norm_room(ev, bytes);
	if (!text)
		return;
	for (uint32_t i = 0; i < ev->arg_count; i++) {
		const struct event_arg *a = &ev->args[i];

		if (i)
			*w++ = ' ';
		w = copy_bytes(w, a->name.p, a->name.n);
		*w++ = '=';
		w = put_value(w, &a->value);
	}
	event_set_text(ev, FIELD_EVT_ARGS, text, (size_t)(w - text));
	ev->value[FIELD_EVT_ARGS].cut = cut;
}

/* Was the file there before the open? A PATH of type NORMAL says so, with a name or without. */
static bool was_there(const struct event *ev)
{
	for (uint32_t i = 0; i < ev->path_count; i++)
		if (ev->paths[i].nametype == NAMETYPE_NORMAL && !ev->paths[i].apart)
			return true;
	return false;
}

static void tell_open(struct event *ev)
{
	const struct event_path *p = norm_main_path(ev);
	uint64_t f, mode = 0;
	bool failed = event_has(ev, FIELD_EVT_FAILED) && ev->value[FIELD_EVT_FAILED].b;
	bool made = p ? p->nametype == NAMETYPE_CREATE : !was_there(ev);

	if (!open_flags(ev, &f))
		return;
	event_set_bool(ev, FIELD_EVT_IS_OPEN_READ, (f & O_ACCMODE) == O_RDONLY || (f & O_ACCMODE) == O_RDWR);
	event_set_bool(ev, FIELD_EVT_IS_OPEN_WRITE, (f & O_ACCMODE) == O_WRONLY || (f & O_ACCMODE) == O_RDWR);
	event_set_bool(ev, FIELD_EVT_IS_OPEN_CREATE, f & O_CREAT && made && !failed);
	if (p && made && p->present >> PATH_mode & 1)
		value_octal(p->value[PATH_mode], &mode);
	event_set_bool(ev, FIELD_EVT_IS_OPEN_EXEC, (mode & 0111) != 0);
}

/* A call that the tables don't know: its registers as they are. */
static const struct syscall_arg plain_args[] = {
	{ .from = ARG_A0, .as = AS_HEX, .rank = 0 },
	{ .from = ARG_A1, .as = AS_HEX, .rank = 1 },
	{ .from = ARG_A2, .as = AS_HEX, .rank = 2 },
	{ .from = ARG_A3, .as = AS_HEX, .rank = 3 },
};
static const struct span plain_names[] = { { "a0", 2 }, { "a1", 2 }, { "a2", 2 }, { "a3", 2 } };

void norm_args(struct event *ev)
{
	const struct syscall_info *call = ev->call;
	unsigned count = call ? call->arg_count : 0;
	const struct syscall_arg *specs = call ? syscall_arg(call, 0) : plain_args;

	if (!call && ev->nr >= 0)
		count = sizeof(plain_args) / sizeof(plain_args[0]);
	if (!count)
		return;
	ev->args = arena_alloc(ev->arena, count * sizeof(*ev->args));
	if (!ev->args)
		return;
	for (unsigned i = 0; i < count; i++) {
		struct event_arg *a = &ev->args[ev->arg_count];

		a->value = decode(ev, &specs[i]);
		a->name = call ? syscall_arg_name(&specs[i]) : plain_names[i];
		a->spec = &specs[i];
		if (a->value.kind != VALUE_NONE)
			ev->arg_count++;
	}
	if (!ev->arg_count)
		return;
	event_set_family(ev, FIELD_EVT_ARG);
	norm_join_args(ev);
	if (call && call->kind == CALL_OPEN)
		tell_open(ev);
}
