/* The records of a system call: SYSCALL and what the kernel adds to it (kernel/auditsc.c). */
#include "event/norm.h"

#include "record/value.h"
#include "table/syscall.h"
#include "table/table.h"

#include <stdio.h>

/* How a key of a SYSCALL record is taken. */
enum how {
	HOW_EXTRA, HOW_I64, HOW_ID, HOW_TEXT, HOW_SESSION, HOW_TTY, HOW_KEY, HOW_ARCH, HOW_NR, HOW_SUCCESS,
	HOW_ARG
};

static const struct {
	uint8_t how, to; /* enum how; field, or number of the argument */
} call_keys[KEY_COUNT] = {
	[KEY_arch] = { HOW_ARCH, 0 },
	[KEY_syscall] = { HOW_NR, 0 },
	[KEY_success] = { HOW_SUCCESS, 0 },
	[KEY_exit] = { HOW_I64, FIELD_EVT_RAWRES },
	[KEY_a0] = { HOW_ARG, 0 },
	[KEY_a1] = { HOW_ARG, 1 },
	[KEY_a2] = { HOW_ARG, 2 },
	[KEY_a3] = { HOW_ARG, 3 },
	[KEY_items] = { HOW_I64, FIELD_AUDIT_ITEMS },
	[KEY_ppid] = { HOW_I64, FIELD_PROC_PPID },
	[KEY_pid] = { HOW_I64, FIELD_PROC_PID },
	[KEY_auid] = { HOW_ID, FIELD_USER_LOGINUID },
	[KEY_uid] = { HOW_ID, FIELD_AUDIT_UID },
	[KEY_gid] = { HOW_ID, FIELD_AUDIT_GID },
	[KEY_euid] = { HOW_ID, FIELD_USER_UID },
	[KEY_suid] = { HOW_ID, FIELD_AUDIT_SUID },
	[KEY_fsuid] = { HOW_ID, FIELD_AUDIT_FSUID },
	[KEY_egid] = { HOW_ID, FIELD_GROUP_GID },
	[KEY_sgid] = { HOW_ID, FIELD_AUDIT_SGID },
	[KEY_fsgid] = { HOW_ID, FIELD_AUDIT_FSGID },
	[KEY_tty] = { HOW_TTY, FIELD_AUDIT_TERMINAL },
	[KEY_ses] = { HOW_SESSION, FIELD_AUDIT_SESSION },
	[KEY_comm] = { HOW_TEXT, FIELD_PROC_NAME },
	[KEY_exe] = { HOW_TEXT, FIELD_PROC_EXEPATH },
	[KEY_subj] = { HOW_TEXT, FIELD_AUDIT_SUBJ },
	[KEY_key] = { HOW_KEY, FIELD_AUDIT_KEYS },
};

/* A user or group id; all ones is none. */
static inline bool take_id(struct event *ev, int field, struct span s)
{
	int64_t v = -1;

	if (!(s.n == 10 && memcmp(s.p, "4294967295", 10) == 0) && !value_i64_padded(s, &v))
		return false;
	event_set_i64(ev, field, v);
	return true;
}

/* The device number of pts0, tty1, ttyS0: Documentation/admin-guide/devices.txt, new_encode_dev() of linux/kdev_t.h. */
void norm_tty(struct event *ev, struct span name)
{
	static const struct {
		struct span prefix;
		unsigned major, minor;
	} kinds[] = { { { "pts", 3 }, 136, 0 }, { { "ttyS", 4 }, 4, 64 }, { { "tty", 3 }, 4, 0 }, { { "hvc", 3 }, 229, 0 } };

	event_set_text(ev, FIELD_AUDIT_TERMINAL, name.p, name.n);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		uint64_t n, minor, major = kinds[i].major;

		if (!span_starts(name, kinds[i].prefix) ||
		    !value_u64(span_of(name.p + kinds[i].prefix.n, name.n - kinds[i].prefix.n), &n) || n > 1048575)
			continue;
		minor = kinds[i].minor + n;
		event_set_u64(ev, FIELD_PROC_TTY, (minor & 0xff) | major << 8 | (minor & ~UINT64_C(0xff)) << 12);
		return;
	}
}

/* key=: one text, or several with \x01 between (hex then). */
void norm_keys(struct event *ev, const struct kv *kv)
{
	struct span *list, key = norm_text(ev, kv);
	size_t n = 1;
	const char *p;

	if (!key.n)
		return; /* nor does it take back one that came before */
	ev->key = key;
	event_set_list(ev, FIELD_AUDIT_KEYS, &ev->key, 1);
	if (kv->quote != KV_BARE)
		return;
	for (size_t i = 0; i < ev->key.n; i++)
		n += ev->key.p[i] == 1;
	list = n > 1 ? arena_alloc(ev->arena, n * sizeof(*list)) : NULL;
	if (!list) /* one, or so many that it is a forgery: kept as one */
		return;
	p = ev->key.p;
	for (size_t i = 0; i < n; i++) {
		const char *end = i + 1 < n ? memchr(p, 1, (size_t)(ev->key.p + ev->key.n - p)) : ev->key.p + ev->key.n;

		list[i] = span_of(p, (size_t)(end - p));
		p = end + 1;
	}
	event_set_list(ev, FIELD_AUDIT_KEYS, list, n);
}

static bool take_arch(struct event *ev, struct span s)
{
	uint64_t u;

	if (!value_hex64_padded(s, &u))
		return false;
	ev->arch = arch_find((uint32_t)u);
	ev->big_endian = arch_is_big_endian((uint32_t)u);
	if (ev->arch >= 0)
		event_set_name(ev, FIELD_AUDIT_ARCH, arch_name(ev->arch));
	else
		event_set_text(ev, FIELD_AUDIT_ARCH, s.p, s.n);
	return true;
}

/* False: the value is not what its key should have. */
static bool take_call_pair(struct event *ev, const struct kv *kv)
{
	struct span s = kv_span(kv);
	unsigned to = call_keys[kv->id].to;
	int64_t i;

	switch (call_keys[kv->id].how) {
	case HOW_I64:
		if (!value_i64_padded(s, &i))
			return false;
		event_set_i64(ev, (int)to, i);
		return true;
	case HOW_ID:
		return take_id(ev, (int)to, s);
	case HOW_SESSION:
		if (!value_i64_padded(s, &i))
			return false;
		if (i != UINT32_MAX && i != -1)
			event_set_i64(ev, (int)to, i);
		return true;
	case HOW_NR:
		return value_i64_padded(s, &ev->nr);
	case HOW_ARG:
		if (!value_hex64_padded(s, &ev->a[to]))
			return false;
		ev->a_known |= (uint8_t)(1u << to);
		return true;
	case HOW_ARCH:
		return take_arch(ev, s);
	case HOW_SUCCESS:
		if (!span_eq(s, SPAN("yes")) && !span_eq(s, SPAN("no")))
			return false;
		event_set_bool(ev, FIELD_EVT_FAILED, s.n == 2);
		return true;
	case HOW_KEY:
		norm_keys(ev, kv);
		return true;
	case HOW_TEXT:
	case HOW_TTY:
		s = norm_text(ev, kv);
		if (s.p && call_keys[kv->id].how == HOW_TTY)
			norm_tty(ev, s);
		else if (s.p)
			event_set_text(ev, (int)to, s.p, s.n);
		return true;
	}
	return false;
}

/* evt.res and evt.failed, from success= and exit=. exit and exit_group have neither. */
static void tell_result(struct event *ev)
{
	bool has_exit = event_has(ev, FIELD_EVT_RAWRES);
	int64_t exit = has_exit ? ev->value[FIELD_EVT_RAWRES].i64 : 0;
	struct span name;
	char text[24];

	if (!event_has(ev, FIELD_EVT_FAILED)) {
		if (!has_exit)
			return;
		event_set_bool(ev, FIELD_EVT_FAILED, exit < 0 && exit >= -4095);
	}
	if (!ev->value[FIELD_EVT_FAILED].b) {
		event_set_name(ev, FIELD_EVT_RES, SPAN("SUCCESS"));
		return;
	}
	name = SPAN("FAILED");
	if (exit < 0 && exit >= -4095) {
		name = errno_name((unsigned)-exit);
		if (!name.n)
			name = norm_copy(ev, text, (size_t)snprintf(text, sizeof(text), "E%d", (int)-exit));
	}
	event_set_name(ev, FIELD_EVT_RES, name);
}

/*
 * ipc(2)'s first, second and third as the arguments of the call it stands for, 0 where only its pointer or its sixth
 * argument, which SYSCALL does not show, would tell (ipc/syscall.c ksys_ipc()).
 */
#define IPC_CALLS 25
static const uint8_t ipc_args[IPC_CALLS][5] = {
	[1] = { 1, 0, 2 },	   /* semop */
	[2] = { 1, 2, 3 },	   /* semget */
	[3] = { 1, 2, 3 },	   /* semctl */
	[4] = { 1, 0, 2 },	   /* semtimedop */
	[11] = { 1, 0, 2, 3 },	   /* msgsnd */
	[12] = { 1, 0, 2, 0, 3 }, /* msgrcv */
	[13] = { 1, 2 },	   /* msgget */
	[14] = { 1, 2 },	   /* msgctl */
	[21] = { 1, 0, 2 },	   /* shmat */
	[23] = { 1, 2, 3 },	   /* shmget */
	[24] = { 1, 2 },	   /* shmctl */
};

static void spread_ipc(struct event *ev)
{
	const uint8_t *from = ipc_args[(ev->a[0] & 0xffff) < IPC_CALLS ? ev->a[0] & 0xffff : 0];
	uint64_t a[6] = { 0 };
	uint8_t known = 0;

	for (unsigned i = 0; i < sizeof(ipc_args[0]); i++)
		if (from[i]) {
			a[i] = ev->a[from[i]];
			known |= (uint8_t)((ev->a_known >> from[i] & 1) << i);
		}
	memcpy(ev->a, a, sizeof(a));
	ev->a_known = known;
}

/* The call that socketcall(2) or ipc(2) stands for, its arguments in their places. */
static void unwrap_call(struct event *ev)
{
	const struct syscall_info *real = NULL;

	if (syscall_is_socketcall(ev->call)) {
		real = syscall_of_socketcall((int64_t)ev->a[0]);
		if (real)
			ev->a_known = 0; /* a1 points to the arguments; SOCKETCALL may tell them */
		ev->socketcall = real;
	} else if (syscall_is_ipc(ev->call)) {
		real = syscall_of_ipc((int64_t)(ev->a[0] & 0xffff));
		if (real)
			spread_ipc(ev);
	}
	if (real)
		ev->call = real;
}

static void name_call(struct event *ev)
{
	char text[32];
	struct span name;

	if (ev->arch >= 0 && ev->nr >= 0)
		ev->call = syscall_find(ev->arch, ev->nr);
	if (ev->call) {
		name = syscall_native_name(ev->arch, ev->nr);
		event_set_name(ev, FIELD_SYSCALL_TYPE, name.n ? name : syscall_name(ev->call));
		if (ev->a_known & 1)
			unwrap_call(ev);
		event_set_name(ev, FIELD_EVT_TYPE, syscall_name(ev->call));
		event_set_name(ev, FIELD_EVT_CATEGORY, category_name((enum category)ev->call->category));
		return;
	}
	name = norm_copy(ev, text, (size_t)snprintf(text, sizeof(text), "syscall_%lld", (long long)ev->nr));
	event_set_name(ev, FIELD_EVT_TYPE, name);
	event_set_name(ev, FIELD_SYSCALL_TYPE, name);
	event_set_name(ev, FIELD_EVT_CATEGORY, SPAN("other"));
}

/* AUID="root" EUID="root" ... behind the 0x1D of an enriched record. */
static const uint8_t enriched_fields[KEY_COUNT] = {
	[KEY_AUID] = FIELD_USER_LOGINNAME, [KEY_EUID] = FIELD_USER_NAME, [KEY_EGID] = FIELD_GROUP_NAME
};

void norm_enriched(struct event *ev, const struct record *r, struct span type)
{
	struct kv kv[PAIRS_MAX];
	struct span rest;
	size_t n;

	if (!r->enriched.n)
		return;
	n = record_pairs(&ev->by->memo, r->enriched, kv, PAIRS_MAX, &rest);
	for (size_t i = 0; i < n; i++) {
		int field = kv[i].id == KEY_UID && type.n ? FIELD_USER_NAME : enriched_fields[kv[i].id];

		if (!kv[i].val_len || span_eq(kv_span(&kv[i]), SPAN("unset")) || span_eq(kv_span(&kv[i]), SPAN("unknown")))
			continue;
		if (field && !event_has(ev, field))
			event_set_text(ev, field, kv[i].val, kv[i].val_len);
		else if (!field && type.n)
			norm_pair(ev, type, 0, &kv[i]);
	}
}

void norm_syscall(struct event *ev, const struct record *r)
{
	struct kv kv[PAIRS_MAX];
	struct span rest = r->body;

	do {
		size_t n = record_pairs(&ev->by->memo, rest, kv, PAIRS_MAX, &rest);

		for (size_t i = 0; i < n; i++)
			if (!take_call_pair(ev, &kv[i]))
				norm_pair(ev, SPAN("syscall"), 0, &kv[i]);
	} while (rest.n);
	ev->seen |= 1u << SEEN_SYSCALL;
	event_set_name(ev, FIELD_EVT_SOURCE, SPAN("syscall"));
	event_set_name(ev, FIELD_EVT_DIR, SPAN("<"));
	name_call(ev);
	tell_result(ev);
	norm_enriched(ev, r, span_of(NULL, 0));
}
