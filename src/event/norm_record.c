/* Records that are no system call: login and user records, MAC, anomalies, configuration, and those that nobody knows. */
#include "event/norm.h"

#include "record/value.h"
#include "table/syscall.h"
#include "table/table.h"

#include <stdio.h>

#define REDACTED "(redacted; tty_data = yes shows it)"

/* Where a key goes when its field is still free. FIELD_AUDIT_ANY (0) marks keys that have no field. */
enum to { TO_TEXT = 1, TO_I64, TO_ID, TO_SESSION, TO_TTY, TO_KEYS, TO_ARCH };

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
	[KEY_success] = { TO_TEXT, FIELD_AUDIT_RES },
};

/* Inside msg='...'; pid and uid there are not the sender's. */
static const struct target inner_keys[KEY_COUNT] = {
	[KEY_op] = { TO_TEXT, FIELD_AUDIT_OP },
	[KEY_acct] = { TO_TEXT, FIELD_AUDIT_ACCT },
	[KEY_exe] = { TO_TEXT, FIELD_AUDIT_EXE },
	[KEY_addr] = { TO_TEXT, FIELD_AUDIT_ADDR },
	[KEY_terminal] = { TO_TEXT, FIELD_AUDIT_TERMINAL },
	[KEY_res] = { TO_TEXT, FIELD_AUDIT_RES },
	[KEY_result] = { TO_TEXT, FIELD_AUDIT_RES },
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
		return span_eq(span_of(v->p, v->n), s);
	}
	if (t->to == TO_TTY)
		norm_tty(ev, s);
	else if (t->to == TO_KEYS)
		norm_keys(ev, kv);
	else
		event_set_text(ev, t->field, s.p, s.n);
	return true;
}

static bool take_field(struct event *ev, const struct target *t, const struct kv *kv)
{
	switch (t->to) {
	case TO_I64:
	case TO_ID:
	case TO_SESSION:
		return take_number(ev, t, span_of(kv->val, kv->val_len));
	case TO_ARCH:
		return take_arch(ev, span_of(kv->val, kv->val_len));
	case TO_TEXT:
	case TO_TTY:
	case TO_KEYS:
		return take_text(ev, t, kv);
	}
	return false;
}

/* { read write } of an access decision: a list. */
static void take_permissions(struct context *c, struct span s)
{
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
		norm_extra(c->ev, c->type, c->idx, SPAN("permissions"), (struct value){ .list = list, .n = n, .kind = VALUE_LIST });
}

static bool contains(struct span s, struct span word)
{
	for (size_t i = 0; i + word.n <= s.n; i++)
		if (memcmp(s.p + i, word.p, word.n) == 0)
			return true;
	return false;
}

static void tell_failed(struct event *ev, bool failed)
{
	if (ev->seen >> SEEN_SYSCALL & 1)
		return; /* the call's own result counts */
	event_set_bool(ev, FIELD_EVT_FAILED, failed);
	event_set_name(ev, FIELD_EVT_RES, failed ? SPAN("FAILED") : SPAN("SUCCESS"));
}

/* "avc:  denied", "for" and other words between the pairs. */
static void take_words(struct context *c, const struct kv *kv)
{
	struct span s = span_of(kv->val, kv->val_len);

	if (c->mac) {
		bool denied = contains(s, SPAN("denied"));

		if (denied || contains(s, SPAN("granted"))) {
			tell_failed(c->ev, denied);
			norm_extra(c->ev, c->type, c->idx, SPAN("result"),
				   (struct value){ .p = denied ? "denied" : "granted", .n = denied ? 6 : 7, .kind = VALUE_NAME });
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
static bool take_login(struct context *c, const struct kv *kv)
{
	struct span key = span_of(kv->key, kv->key_len);
	struct target t = { 0, 0 };

	if (span_eq(key, SPAN("new auid")))
		t = (struct target){ TO_ID, FIELD_USER_LOGINUID };
	else if (span_eq(key, SPAN("new ses")))
		t = (struct target){ TO_SESSION, FIELD_AUDIT_SESSION };
	return t.to && take_field(c->ev, &t, kv);
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

static void take_pair(struct context *c, const struct kv *kv)
{
	const struct target *t = &c->targets[kv->id];
	struct kv hidden = *kv;

	if (kv->quote == KV_SINGLE) {
		take_msg(c, span_of(kv->val, kv->val_len));
		return;
	}
	if (kv->quote == KV_BRACE) {
		take_permissions(c, span_of(kv->val, kv->val_len));
		return;
	}
	if (!kv->key_len) {
		take_words(c, kv);
		return;
	}
	if (c->record_type == RECORD_TYPE_KERN_MODULE && kv->id == KEY_name)
		c->ev->module = norm_text(c->ev, kv);
	if (kv->id == KEY_data && c->hide_data) {
		struct span text = norm_copy(c->ev, REDACTED, sizeof(REDACTED) - 1);

		hidden.val = text.p;
		hidden.val_len = (uint32_t)text.n;
		hidden.quote = KV_DOUBLE;
	}
	if (c->mac && kv->id == KEY_apparmor)
		tell_failed(c->ev, kv->val_len == 6 && memcmp(kv->val, "DENIED", 6) == 0);
	if (c->record_type == RECORD_TYPE_SECCOMP && kv->id == KEY_syscall && !(c->ev->seen >> SEEN_SYSCALL & 1)) {
		int64_t nr;
		struct span name = { NULL, 0 };

		if (c->ev->arch >= 0 && value_i64(span_of(kv->val, kv->val_len), &nr))
			name = syscall_native_name(c->ev->arch, nr);
		if (name.n)
			event_set_name(c->ev, FIELD_SYSCALL_TYPE, name);
	}
	if ((t->to && take_field(c->ev, t, kv)) || (c->record_type == RECORD_TYPE_LOGIN && take_login(c, kv)))
		return;
	norm_pair(c->ev, c->type, c->idx, &hidden);
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
	return type == RECORD_TYPE_AVC || type == RECORD_TYPE_USER_AVC || (type >= 1500 && type <= 1599) || type == RECORD_TYPE_SELINUX_ERR;
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
	take_pairs(&c, r->body);
	norm_enriched(ev, r, c.mac ? c.type : is_user(r->type) ? SPAN("msg") : c.type);
	finish(ev);
}
