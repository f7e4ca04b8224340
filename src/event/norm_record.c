/* Records that are no system call: logins, user records, MAC, anomalies, configuration, and those that nobody knows. */
#include "event/norm.h"

#include "record/value.h"
#include "table/syscall.h"
#include "table/table.h"

#include <stdio.h>

#define REDACTED "(redacted; tty_data = yes shows it)"
static const char redacted[sizeof(REDACTED) + EVENT_PAD] = REDACTED;

/* Where a key goes when its field is still free. FIELD_AUDIT_ANY (0) marks keys that have no field. */
enum to { TO_TEXT = 1, TO_I64, TO_ID, TO_SESSION, TO_TTY, TO_KEYS, TO_ARCH, TO_SUCCESS, TO_EXIT, TO_LAST };

struct target {
	uint8_t to, field;
};

/* In the record itself. */
static const struct target outer_keys[KEY_COUNT] = {
	[KEY_pid] = { TO_I64, FIELD_PROC_PID },
	[KEY_ppid] = { TO_I64, FIELD_PROC_PPID },
	[KEY_uid] = { TO_ID, FIELD_AUDIT_UID },
	[KEY_gid] = { TO_ID, FIELD_AUDIT_GID },
	[KEY_auid] = { TO_ID, FIELD_USER_LOGINUID },
	[KEY_euid] = { TO_ID, FIELD_USER_UID },
	[KEY_egid] = { TO_ID, FIELD_GROUP_GID },
	[KEY_suid] = { TO_ID, FIELD_AUDIT_SUID },
	[KEY_sgid] = { TO_ID, FIELD_AUDIT_SGID },
	[KEY_fsuid] = { TO_ID, FIELD_AUDIT_FSUID },
	[KEY_fsgid] = { TO_ID, FIELD_AUDIT_FSGID },
	[KEY_ses] = { TO_SESSION, FIELD_AUDIT_SESSION },
	[KEY_items] = { TO_I64, FIELD_AUDIT_ITEMS },
	[KEY_tty] = { TO_TTY, FIELD_AUDIT_TERMINAL },
	[KEY_terminal] = { TO_TEXT, FIELD_AUDIT_TERMINAL },
	[KEY_comm] = { TO_TEXT, FIELD_PROC_NAME },
	[KEY_exe] = { TO_TEXT, FIELD_PROC_EXEPATH },
	[KEY_subj] = { TO_TEXT, FIELD_AUDIT_SUBJ },
	[KEY_key] = { TO_KEYS, FIELD_AUDIT_KEYS },
	[KEY_arch] = { TO_ARCH, FIELD_AUDIT_ARCH },
	[KEY_op] = { TO_TEXT, FIELD_AUDIT_OP },
	[KEY_acct] = { TO_TEXT, FIELD_AUDIT_ACCT },
	[KEY_addr] = { TO_TEXT, FIELD_AUDIT_ADDR },
	[KEY_res] = { TO_TEXT, FIELD_AUDIT_RES },
	[KEY_result] = { TO_TEXT, FIELD_AUDIT_RES },
	[KEY_success] = { TO_SUCCESS, FIELD_EVT_RES }, /* URINGOP has its result as SYSCALL has */
	[KEY_exit] = { TO_EXIT, FIELD_EVT_RAWRES },
};

/*
 * Inside msg='...'; pid and uid there are not the sender's. libaudit writes "... exe= hostname= addr= terminal= res=", and
 * a hostname is the client's: blanks in it forge what follows, but never the last of its kind (lib/audit_logging.c).
 */
static const struct target inner_keys[KEY_COUNT] = {
	[KEY_op] = { TO_TEXT, FIELD_AUDIT_OP },
	[KEY_acct] = { TO_TEXT, FIELD_AUDIT_ACCT },
	[KEY_exe] = { TO_TEXT, FIELD_AUDIT_EXE },
	[KEY_addr] = { TO_LAST, FIELD_AUDIT_ADDR },
	[KEY_terminal] = { TO_LAST, FIELD_AUDIT_TERMINAL },
	[KEY_res] = { TO_LAST, FIELD_AUDIT_RES },
	[KEY_result] = { TO_LAST, FIELD_AUDIT_RES },
	[KEY_unit] = { TO_TEXT, FIELD_AUDIT_UNIT },
};

struct context {
	struct event *ev;
	const struct target *targets;
	struct span type;  /* of audit.TYPE.KEY */
	unsigned idx;      /* which of the event's records of this type */
	bool mac;          /* an access decision: its pairs are audit.avc.* wherever they stand */
	bool hide_data;
	unsigned record_type;
};

static bool same_number(const struct event *ev, int field, int64_t v)
{
	return ev->value[field].kind == VALUE_I64 && ev->value[field].i64 == v;
}

/* Sets a free field. True: the pair is told, by now or by another record before. */
static bool take_number(struct event *ev, const struct target *t, struct span s)
{
	int64_t v;

	if (!value_i64(s, &v))
		return false;
	if (t->to != TO_I64 && v == UINT32_MAX)
		v = -1;
	if (event_has(ev, t->field))
		return same_number(ev, t->field, v);
	if (t->to != TO_SESSION || v != -1)
		event_set_i64(ev, t->field, v);
	return true;
}

static bool take_arch(struct event *ev, struct span s)
{
	uint64_t u;

	if (ev->seen >> SEEN_SYSCALL & 1 || !value_hex64(s, &u))
		return false;
	ev->arch = arch_find((uint32_t)u);
	ev->big_endian = arch_is_big_endian((uint32_t)u);
	if (ev->arch < 0)
		return false;
	event_set_name(ev, FIELD_AUDIT_ARCH, arch_name(ev->arch));
	return true;
}

static bool take_text(struct event *ev, const struct target *t, const struct kv *kv)
{
	struct span s = norm_text(ev, kv);

	if (!s.p)
		return true; /* says that there is none */
	if (event_has(ev, t->field)) {
		const struct value *v = &ev->value[t->field];

		if (v->kind == VALUE_LIST)
			return v->n == 1 && span_eq(v->list[0], s);
		if (t->to != TO_LAST || span_eq(span_of(v->p, v->n), s))
			return span_eq(span_of(v->p, v->n), s);
		norm_extra(ev, SPAN("msg"), 0, span_of(kv->key, kv->key_len), *v);
	}
	if (t->to == TO_TTY)
		norm_tty(ev, s);
	else if (t->to == TO_KEYS)
		norm_keys(ev, kv);
	else
		event_set_text(ev, t->field, s.p, s.n);
	return true;
}

static void tell_failed(struct event *ev, bool failed)
{
	if (ev->seen >> SEEN_SYSCALL & 1)
		return; /* the call's own result counts */
	event_set_bool(ev, FIELD_EVT_FAILED, failed);
	event_set_name(ev, FIELD_EVT_RES, failed ? SPAN("FAILED") : SPAN("SUCCESS"));
}

/* exit= of a record that stands alone. */
static bool take_exit(struct event *ev, struct span s)
{
	struct span name;
	int64_t v;

	if (ev->seen >> SEEN_SYSCALL & 1 || !value_i64(s, &v))
		return false;
	event_set_i64(ev, FIELD_EVT_RAWRES, v);
	if (v >= 0 || v < -4095)
		return true;
	name = errno_name((unsigned)-v);
	tell_failed(ev, true);
	if (name.n)
		event_set_name(ev, FIELD_EVT_RES, name);
	return true;
}

static bool take_success(struct event *ev, struct span s)
{
	if (ev->seen >> SEEN_SYSCALL & 1)
		return false;
	tell_failed(ev, span_eq(s, SPAN("no")));
	return true;
}

static bool take_field(struct event *ev, const struct target *t, const struct kv *kv)
{
	switch (t->to) {
	case TO_I64:
	case TO_ID:
	case TO_SESSION:
		return take_number(ev, t, kv_span(kv));
	case TO_ARCH:
		return take_arch(ev, kv_span(kv));
	case TO_SUCCESS:
		return take_success(ev, kv_span(kv));
	case TO_EXIT:
		return take_exit(ev, kv_span(kv));
	case TO_TEXT:
	case TO_TTY:
	case TO_KEYS:
	case TO_LAST:
		return take_text(ev, t, kv);
	}
	return false;
}

/* { read write }: a list; without a key, the permissions of an access decision. */
static void take_list(struct context *c, const struct kv *kv)
{
	struct span s = kv_span(kv);
	struct span key = kv->key_len ? span_of(kv->key, kv->key_len) : SPAN("permissions");
	struct span *list = arena_alloc(c->ev->arena, sizeof(*list) * 64);
	uint32_t n = 0;

	if (!list)
		return;
	for (size_t i = 0; i < s.n && n < 64; i++) {
		size_t start = i;

		while (i < s.n && s.p[i] != ' ')
			i++;
		if (i > start)
			list[n++] = span_of(s.p + start, i - start);
	}
	if (n)
		norm_extra(c->ev, c->type, c->idx, key, as_list(list, n));
}

static bool contains(struct span s, struct span word)
{
	for (size_t i = 0; i + word.n <= s.n; i++)
		if (memcmp(s.p + i, word.p, word.n) == 0)
			return true;
	return false;
}

/* "avc:  denied", "for" and other words between the pairs. */
static void take_words(struct context *c, const struct kv *kv)
{
	struct span s = kv_span(kv);

	if (c->mac) {
		bool denied = contains(s, SPAN("denied"));

		if (denied || contains(s, SPAN("granted"))) {
			tell_failed(c->ev, denied);
			norm_extra(c->ev, c->type, c->idx, SPAN("result"), as_name(denied ? SPAN("denied") : SPAN("granted")));
			return;
		}
		if (span_eq(s, SPAN("for")))
			return;
	}
	if (c->targets == outer_keys && (span_eq(s, SPAN("user")) || span_eq(s, SPAN("tty")) || span_eq(s, SPAN("login"))))
		return; /* RHEL 6: "user pid=" */
	norm_pair(c->ev, c->type, c->idx, kv);
}

/* Old LOGIN records: "old auid=4294967295 new auid=1000 old ses=4294967295 new ses=1". */
static bool take_login(struct context *c, struct kv *kv)
{
	static const struct {
		struct span key;
		uint16_t id; /* of the key that it is today */
	} names[] = {
		{ { "new auid", 8 }, KEY_auid }, { { "new ses", 7 }, KEY_ses },
		{ { "old auid", 8 }, KEY_old_auid }, { { "old ses", 7 }, KEY_old_ses },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (span_eq(span_of(kv->key, kv->key_len), names[i].key))
			kv->id = names[i].id;
	return take_field(c->ev, &outer_keys[kv->id], kv);
}

/* The call that a seccomp filter stopped: it made no SYSCALL record. */
static void tell_seccomp_call(struct event *ev, struct span s)
{
	struct span name = { NULL, 0 };
	int64_t nr;

	if (ev->arch >= 0 && value_i64(s, &nr))
		name = syscall_native_name(ev->arch, nr);
	if (name.n)
		event_set_name(ev, FIELD_SYSCALL_TYPE, name);
}

/* audit.op of records that tell it by a number. */
static void tell_op(struct event *ev, enum enum_table table, int64_t v)
{
	struct span name = enum_name(table, v);

	if (name.n && !event_has(ev, FIELD_AUDIT_OP))
		event_set_name(ev, FIELD_AUDIT_OP, name);
}

/* What a pair tells beside itself. */
static void heed(struct context *c, const struct kv *kv)
{
	struct span s = kv_span(kv);
	int64_t i;
	uint64_t u;

	switch (c->record_type << 16 | kv->id) {
	case RECORD_TYPE_KERN_MODULE << 16 | KEY_name:
		c->ev->module = norm_text(c->ev, kv);
		break;
	case RECORD_TYPE_SECCOMP << 16 | KEY_syscall:
		if (!(c->ev->seen >> SEEN_SYSCALL & 1))
			tell_seccomp_call(c->ev, s);
		break;
	case RECORD_TYPE_SECCOMP << 16 | KEY_code:
		if (span_starts(s, SPAN("0x")) && value_hex64(span_of(s.p + 2, s.n - 2), &u))
			tell_op(c->ev, ENUM_SECCOMPRET, (int64_t)(u & 0xffff0000));
		break;
	case RECORD_TYPE_URINGOP << 16 | KEY_uring_op:
		if (value_i64(s, &i))
			tell_op(c->ev, ENUM_URINGOP, i);
		break;
	}
	if (c->mac && kv->id == KEY_apparmor)
		tell_failed(c->ev, span_eq(s, SPAN("DENIED")));
	if (c->mac && kv->id == KEY_permissive && span_eq(s, SPAN("1")))
		tell_failed(c->ev, false); /* denied, and let through */
	if (c->mac && kv->id == KEY_seresult)
		tell_failed(c->ev, span_eq(s, SPAN("denied")));
}

/* old= and new= are numbers, but the directories of make_equiv, in hex where need be. */
static bool is_equivalence(const struct context *c, const struct kv *kv)
{
	const struct value *op = &c->ev->value[FIELD_AUDIT_OP];

	return c->record_type == RECORD_TYPE_CONFIG_CHANGE && (kv->id == KEY_old || kv->id == KEY_new) &&
	       event_has(c->ev, FIELD_AUDIT_OP) && span_eq(span_of(op->p, op->n), SPAN("make_equiv"));
}

static void take_pairs(struct context *c, struct span text);

static void take_msg(struct context *c, struct span text)
{
	struct context inner = *c;

	inner.targets = inner_keys;
	inner.type = c->mac ? SPAN("avc") : SPAN("msg");
	inner.idx = 0;
	take_pairs(&inner, text);
}

/* Programs say "?" in quotes, too; only a command could be called so. */
static bool is_unknown(const struct context *c, const struct kv *kv)
{
	return c->targets == inner_keys && kv->quote == KV_DOUBLE && kv->val_len == 1 && *kv->val == '?' &&
		kv->id != KEY_cmd;
}

static void take_pair(struct context *c, const struct kv *kv)
{
	const struct target *t = &c->targets[kv->id];
	struct kv mine = *kv;

	if (kv->id == KEY_data && c->hide_data) {
		mine.val = redacted;
		mine.val_len = sizeof(REDACTED) - 1;
		mine.quote = KV_DOUBLE;
	} else if (kv->quote == KV_SINGLE && kv->id == KEY_msg) {
		take_msg(c, kv_span(kv));
		return;
	} else if (kv->quote == KV_BRACE) {
		take_list(c, kv);
		return;
	} else if (!kv->key_len) {
		take_words(c, kv);
		return;
	} else if (is_unknown(c, kv)) {
		return;
	}
	heed(c, kv);
	if (c->mac && kv->id == KEY_addr && c->targets == outer_keys)
		t = &outer_keys[KEY_NONE]; /* AppArmor's is a socket's, not the user's */
	if ((t->to && take_field(c->ev, t, kv)) || (c->record_type == RECORD_TYPE_LOGIN && take_login(c, &mine)))
		return;
	if (is_equivalence(c, kv))
		mine.id = KEY_path;
	norm_pair(c->ev, c->type, c->idx, &mine);
}

static void take_pairs(struct context *c, struct span text)
{
	struct kv kv[PAIRS_MAX];
	struct span rest = text;

	do {
		size_t n = c->targets == inner_keys ? record_pairs_msg(&c->ev->by->memo, rest, kv, PAIRS_MAX, &rest)
						    : record_pairs(&c->ev->by->memo, rest, kv, PAIRS_MAX, &rest);

		for (size_t i = 0; i < n; i++)
			take_pair(c, &kv[i]);
	} while (rest.n);
}

/* What is derived once all pairs are known: the effective ids where only the real ones are told, and the result. */
static void finish(struct event *ev)
{
	const struct value *res = &ev->value[FIELD_AUDIT_RES];

	if (ev->seen >> SEEN_SYSCALL & 1)
		return;
	if (!event_has(ev, FIELD_USER_UID) && event_has(ev, FIELD_AUDIT_UID))
		event_set_i64(ev, FIELD_USER_UID, ev->value[FIELD_AUDIT_UID].i64);
	if (!event_has(ev, FIELD_GROUP_GID) && event_has(ev, FIELD_AUDIT_GID))
		event_set_i64(ev, FIELD_GROUP_GID, ev->value[FIELD_AUDIT_GID].i64);
	if (!event_has(ev, FIELD_PROC_EXEPATH) && event_has(ev, FIELD_AUDIT_EXE))
		event_set_text(ev, FIELD_PROC_EXEPATH, ev->value[FIELD_AUDIT_EXE].p, ev->value[FIELD_AUDIT_EXE].n);
	if (event_has(ev, FIELD_AUDIT_RES) && !event_has(ev, FIELD_EVT_RES) && res->n)
		tell_failed(ev, res->p[0] == 'f' || res->p[0] == '0' || res->p[0] == 'n');
}

/* Of user space: told inside msg='...' (include/uapi/linux/audit.h). */
static bool is_user(unsigned type)
{
	return (type >= 1100 && type <= 1199) || (type >= 2100 && type <= 2999);
}

static bool is_mac(unsigned type)
{
	return type == RECORD_TYPE_AVC || type == RECORD_TYPE_USER_AVC || type == RECORD_TYPE_SELINUX_ERR ||
		(type >= 1500 && type <= 1599);
}

/* What was typed must not leave by the record's own text either: audit.raw, the raw encoder. */
static void hide_data(struct event *ev, const struct record *r)
{
	static const struct span data = { "data=", 5 };
	struct span *raw = &ev->group->records[r - ev->group->records].raw;
	const char *end = r->body.p + r->body.n, *at = r->body.p;
	size_t head, tail;
	char *text;

	while (at < end && !span_starts(span_of(at, (size_t)(end - at)), data))
		at++;
	if (at == end)
		return;
	head = (size_t)(at - raw->p) + data.n;
	tail = (size_t)(raw->p + raw->n - end);
	text = norm_room(ev, head + sizeof(REDACTED) + tail);
	if (!text) {
		raw->n = head;
		return;
	}
	memcpy(text, raw->p, head);
	memcpy(text + head, REDACTED, sizeof(REDACTED) - 1);
	memcpy(text + head + sizeof(REDACTED) - 1, end, tail);
	*raw = span_of(text, head + sizeof(REDACTED) - 1 + tail);
}

void norm_record(struct event *ev, const struct record *r)
{
	struct context c = { .ev = ev, .targets = outer_keys, .type = norm_type_lower(ev, r), .record_type = r->type };

	for (const struct record *o = ev->group->records; o < r; o++)
		c.idx += o->type == r->type;
	c.mac = is_mac(r->type);
	if (c.mac)
		c.type = SPAN("avc");
	c.hide_data = (r->type == RECORD_TYPE_TTY || r->type == RECORD_TYPE_USER_TTY) && !ev->by->options->tty_data;
	if (r->type == RECORD_TYPE_URINGOP)
		ev->seen |= 1u << SEEN_URINGOP;
	if (r->type == RECORD_TYPE_APPARMOR_DENIED)
		tell_failed(ev, true);
	take_pairs(&c, r->body);
	norm_enriched(ev, r, c.mac || !is_user(r->type) ? c.type : SPAN("msg"));
	finish(ev);
	if (c.hide_data)
		hide_data(ev, r);
}
