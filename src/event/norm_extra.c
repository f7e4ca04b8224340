/* Pairs without a field of their own: audit.TYPE.KEY and audit.msg.KEY, typed by their key; internal.KEY. */
#include "event/norm.h"

#include "record/value.h"

#include <stdio.h>

#define EXTRAS_MAX 512 /* of one event; what is over is told in evt.truncated */

/* How a key's bare value is read; everything else is text as it stands. */
enum key_type { KEY_TYPE_TEXT, KEY_TYPE_ENCODED, KEY_TYPE_NUMBER, KEY_TYPE_ID };

#define ENCODED(k) [KEY_##k] = KEY_TYPE_ENCODED
#define NUMBER(k) [KEY_##k] = KEY_TYPE_NUMBER
#define ID(k) [KEY_##k] = KEY_TYPE_ID

static const uint8_t key_types[KEY_COUNT] = {
	/* written in hex by audit_log_untrustedstring() or audit_encode_value() when they hold odd bytes */
	ENCODED(acct), ENCODED(cgroup), ENCODED(cmd), ENCODED(comm), ENCODED(cwd), ENCODED(data), ENCODED(device),
	ENCODED(dir), ENCODED(exe), ENCODED(execpath), ENCODED(file), ENCODED(fstype), ENCODED(grp),
	ENCODED(interface), ENCODED(invalid_context), ENCODED(key), ENCODED(label), ENCODED(name),
	ENCODED(new_chardev), ENCODED(new_disk), ENCODED(new_fs), ENCODED(new_group), ENCODED(new_net),
	ENCODED(new_rng), ENCODED(ocomm), ENCODED(old_chardev), ENCODED(old_disk), ENCODED(old_fs), ENCODED(old_net),
	ENCODED(old_rng), ENCODED(path), ENCODED(peer), ENCODED(proctitle), ENCODED(profile), ENCODED(root_dir),
	ENCODED(src_name), ENCODED(srcname), ENCODED(sw), ENCODED(target), ENCODED(vm), ENCODED(watch),
	NUMBER(abs_timeout_nsec), NUMBER(abs_timeout_sec), NUMBER(argc), NUMBER(audit_backlog_limit),
	NUMBER(audit_backlog_wait_time), NUMBER(audit_enabled), NUMBER(audit_failure), NUMBER(audit_pid),
	NUMBER(audit_rate_limit), NUMBER(capability), NUMBER(compat), NUMBER(dport), NUMBER(dst_prefixlen),
	NUMBER(enforcing), NUMBER(entries), NUMBER(errno), NUMBER(exit), NUMBER(family), NUMBER(fan_type),
	NUMBER(fd), NUMBER(fd0), NUMBER(fd1), NUMBER(fport), NUMBER(frootid), NUMBER(gpg_res), NUMBER(ino),
	NUMBER(inode), NUMBER(item), NUMBER(items), NUMBER(key_enforce), NUMBER(ksize), NUMBER(list), NUMBER(lost),
	NUMBER(lport), NUMBER(major), NUMBER(minor), NUMBER(mq_curmsgs), NUMBER(mq_maxmsg), NUMBER(mq_msgsize),
	NUMBER(mqdes), NUMBER(msg_len), NUMBER(msg_prio), NUMBER(nargs), NUMBER(new_lock), NUMBER(new_mem),
	NUMBER(new_vcpu), NUMBER(nsec), NUMBER(obj_trust), NUMBER(old_enforcing), NUMBER(old_lock), NUMBER(old_mem),
	NUMBER(old_prom), NUMBER(old_val), NUMBER(old_vcpu), NUMBER(opid), NUMBER(permissive), NUMBER(pid),
	NUMBER(ppid), NUMBER(prog_id), NUMBER(prom), NUMBER(qbytes), NUMBER(resp), NUMBER(rport), NUMBER(sec),
	NUMBER(sector), NUMBER(sig), NUMBER(sigev_signo), NUMBER(spid), NUMBER(sport), NUMBER(src_prefixlen),
	NUMBER(subj_trust), NUMBER(syscall), NUMBER(tpid), NUMBER(uring_op), NUMBER(val), NUMBER(vm_pid),
	ID(auid), ID(egid), ID(euid), ID(fsgid), ID(fsuid), ID(gid), ID(id), ID(igid), ID(inode_gid), ID(inode_uid),
	ID(iuid), ID(new_gid), ID(oauid), ID(obj_gid), ID(obj_uid), ID(ogid), ID(old_auid), ID(old_ses), ID(oses),
	ID(ouid), ID(sauid), ID(ses), ID(sgid), ID(suid), ID(uid),
};

struct span norm_text(struct event *ev, const struct kv *kv)
{
	struct span s = kv_span(kv);
	char *text;

	if (!s.n)
		return span_of(NULL, 0);
	if (kv->quote != KV_BARE)
		return s;
	if ((s.p[0] == '(' || s.p[0] == '?') && value_is_absent(s))
		return span_of(NULL, 0);
	if (key_types[kv->id] != KEY_TYPE_ENCODED || s.n % 2)
		return s;
	text = norm_room(ev, s.n / 2);
	if (!text || !value_unhex_padded(s, text))
		return s;
	return span_of(text, s.n / 2);
}

static struct event_extra *extra_room(struct event *ev)
{
	if (ev->extra_count >= EXTRAS_MAX)
		return NULL;
	if (ev->extra_count == ev->extra_cap) {
		uint32_t cap = ev->extra_cap ? ev->extra_cap * 2 : 16;
		struct event_extra *more = arena_alloc(ev->arena, cap * sizeof(*more));

		if (!more)
			return NULL;
		if (ev->extra_count)
			memcpy(more, ev->extras, ev->extra_count * sizeof(*more));
		ev->extras = more;
		ev->extra_cap = cap;
	}
	return &ev->extras[ev->extra_count];
}

/*
 * A field's name must be plain in every encoder, and nobody may forge what is made of names here: KEY[1], KEY.hex.
 * Blank and dash become '_', other bytes that are not plain, or sort before the dot of KEY.hex, ~XX. Returns bytes
 * written, 3 * n at most.
 */
static size_t put_key(char *out, struct span key)
{
	size_t w = 0;

	for (size_t i = 0; i < key.n; i++) {
		unsigned char c = (unsigned char)key.p[i];

		if (c == ' ' || c == '-')
			out[w++] = '_';
		else if (c < '/' || c > 0x7d || memchr("\"\\=[]", c, 5))
			w += (size_t)sprintf(out + w, "~%02X", c);
		else
			out[w++] = (char)c;
	}
	return w;
}

void norm_extra_named(struct event *ev, struct span name, struct value value)
{
	struct event_extra *extra = name.p ? extra_room(ev) : NULL;

	if (!extra) {
		ev->extras_cut++;
		return;
	}
	*extra = (struct event_extra){ name, value };
	ev->extra_count++;
}

void norm_extra(struct event *ev, struct span type, unsigned idx, struct span key, struct value value)
{
	char *name = norm_room(ev, sizeof("audit..[4294967295]") + type.n + 3 * key.n);
	size_t n = 0;

	if (!name) {
		ev->extras_cut++;
		return;
	}
	memcpy(name, "audit.", 6);
	n = 6;
	memcpy(name + n, type.p, type.n);
	n += type.n;
	if (idx)
		n += (size_t)sprintf(name + n, "[%u]", idx);
	name[n++] = '.';
	n += put_key(name + n, key);
	norm_extra_named(ev, span_of(name, n), value);
}

void norm_pair(struct event *ev, struct span type, unsigned idx, const struct kv *kv)
{
	struct span key = kv->key_len ? span_of(kv->key, kv->key_len) : SPAN("text");
	struct span s = kv_span(kv);
	int64_t v;

	if (kv->quote == KV_BARE && key_types[kv->id] >= KEY_TYPE_NUMBER && value_i64(s, &v)) {
		norm_extra(ev, type, idx, key, as_i64(key_types[kv->id] == KEY_TYPE_ID && v == UINT32_MAX ? -1 : v));
	} else {
		s = norm_text(ev, kv);
		if (s.p)
			norm_extra(ev, type, idx, key, as_text(s));
	}
}

/* Insertion: stable, no memory, and there are few (EXTRAS_MAX bounds a forgery's cost). */
static void sort_extras(struct event_extra *e, uint32_t n)
{
	for (uint32_t i = 1; i < n; i++) {
		struct event_extra x = e[i];
		uint32_t k = i;

		while (k > 0 && span_compare(e[k - 1].name, x.name) > 0) {
			e[k] = e[k - 1];
			k--;
		}
		e[k] = x;
	}
}

/* Keys that come twice: the later ones are KEY[1], KEY[2] ... */
static bool number_doubles(struct event *ev)
{
	struct event_extra *e = ev->extras;
	bool changed = false;

	for (uint32_t i = 1, times = 0; i < ev->extra_count; i++) {
		struct span base = e[i - 1 - times].name;
		char *name;

		if (!span_eq(e[i].name, base)) {
			times = 0;
			continue;
		}
		times++;
		name = norm_room(ev, base.n + sizeof("[4294967295]"));
		if (!name) {
			memmove(&e[i], &e[i + 1], (ev->extra_count - i - 1) * sizeof(*e));
			ev->extra_count--;
			ev->extras_cut++;
			i--;
			times--;
			continue;
		}
		memcpy(name, base.p, base.n);
		e[i].name = span_of(name, base.n + (size_t)sprintf(name + base.n, "[%u]", times));
		changed = true;
	}
	return changed;
}

void norm_extras_done(struct event *ev)
{
	sort_extras(ev->extras, ev->extra_count);
	if (number_doubles(ev))
		sort_extras(ev->extras, ev->extra_count);
}
