/* The small records that the kernel adds to a SYSCALL: each has one or two things to tell. */
#include "event/norm.h"

#include "record/value.h"
#include "table/syscall.h"

/* The pairs of a small record: what `take` leaves becomes audit.TYPE.KEY. */
static void take_small(struct event *ev, struct span body, struct span type,
		       bool (*take)(struct event *, const struct kv *))
{
	struct kv kv[16];
	struct span rest = body;

	do {
		size_t n = record_pairs(&ev->by->memo, rest, kv, sizeof(kv) / sizeof(kv[0]), &rest);

		for (size_t i = 0; i < n; i++)
			if (!take(ev, &kv[i]))
				norm_pair(ev, type, 0, &kv[i]);
	} while (rest.n);
}

/* The value of a body that is just key="value"; p NULL: it is something else. `key` is with = and quote. */
static struct span only_quoted(struct span body, struct span key)
{
	const char *end = body.p + body.n - 1;

	if (body.n <= key.n || !span_starts(body, key) || *end != '"' || memchr(body.p + key.n, '"', (size_t)(end - body.p) - key.n))
		return span_of(NULL, 0);
	return span_of(body.p + key.n, (size_t)(end - body.p) - key.n);
}

static bool take_cwd(struct event *ev, const struct kv *kv)
{
	if (kv->id != KEY_cwd || ev->cwd.n)
		return false;
	ev->cwd = norm_text(ev, kv);
	return true;
}

void norm_cwd(struct event *ev, const struct record *r)
{
	ev->seen |= 1u << SEEN_CWD;
	ev->cwd = only_quoted(r->body, SPAN("cwd=\""));
	if (!ev->cwd.n)
		take_small(ev, r->body, SPAN("cwd"), take_cwd);
}

/* proctitle= in hex, as it is wherever there are two arguments. */
static bool take_hex_title(struct event *ev, struct span body)
{
	static const struct span key = { "proctitle=", 10 };
	struct span hex = span_of(body.p + key.n, body.n - key.n);
	char *text;

	if (body.n <= key.n || hex.n % 2 || !span_starts(body, key))
		return false;
	text = norm_room(ev, hex.n / 2);
	if (!text || !value_unhex_padded(hex, text))
		return false;
	ev->proctitle = span_of(text, hex.n / 2);
	return true;
}

static bool take_proctitle(struct event *ev, const struct kv *kv)
{
	if (kv->id != KEY_proctitle || ev->proctitle.n)
		return false;
	if (span_eq(kv_span(kv), SPAN("(null)"))) /* RHEL 7 puts it in quotes */
		return true;
	ev->proctitle = norm_text(ev, kv);
	if (kv->quote == KV_DOUBLE) /* the record's own bytes, and norm_proc() writes over NULs */
		ev->proctitle = norm_copy(ev, ev->proctitle.p, ev->proctitle.n);
	return true;
}

void norm_proctitle(struct event *ev, const struct record *r)
{
	ev->seen |= 1u << SEEN_PROCTITLE;
	if (!take_hex_title(ev, r->body))
		take_small(ev, r->body, SPAN("proctitle"), take_proctitle);
}

/* Has the call an argument that the address tells? That of sendmmsg or of an io_uring operation would be lost else. */
static bool has_address(const struct event *ev)
{
	for (unsigned i = 0; ev->call && i < ev->call->arg_count; i++)
		if (syscall_arg(ev->call, i)->as == AS_SOCKADDR)
			return true;
	return false;
}

static bool take_sockaddr(struct event *ev, const struct kv *kv)
{
	if (kv->id != KEY_saddr || ev->saddr.n)
		return false;
	ev->saddr = kv_span(kv);
	return has_address(ev);
}

void norm_sockaddr(struct event *ev, const struct record *r)
{
	ev->seen |= 1u << SEEN_SOCKADDR;
	take_small(ev, r->body, SPAN("sockaddr"), take_sockaddr);
}

static bool take_socketcall(struct event *ev, const struct kv *kv)
{
	unsigned k = kv->key_len == 2 && kv->key[0] == 'a' ? (unsigned)(kv->key[1] - '0') : 6;

	if (kv->id == KEY_nargs)
		return true;
	if (k >= 6 || !ev->socketcall || !value_hex64_padded(kv_span(kv), &ev->a[k]))
		return false;
	ev->a_known |= (uint8_t)(1u << k);
	return true;
}

void norm_socketcall(struct event *ev, const struct record *r)
{
	take_small(ev, r->body, SPAN("socketcall"), take_socketcall);
}

/* mmap's fifth argument comes in a record of its own; its flags are a3 once more. */
static bool take_mmap(struct event *ev, const struct kv *kv)
{
	int64_t fd;

	if (kv->id == KEY_flags)
		return true;
	if (kv->id != KEY_fd || !value_i64_padded(kv_span(kv), &fd))
		return false;
	ev->a[4] = (uint64_t)fd;
	ev->a_known |= 1u << 4;
	return true;
}

void norm_mmap(struct event *ev, const struct record *r)
{
	take_small(ev, r->body, SPAN("mmap"), take_mmap);
}

/* oflag= and mode= in octal, resolve= with 0x. */
static bool take_openat2(struct event *ev, const struct kv *kv)
{
	struct span s = kv_span(kv);

	if (kv->id == KEY_oflag)
		return ev->openhow_known = value_octal(s, &ev->openhow[0]);
	if (kv->id == KEY_mode)
		return value_octal(s, &ev->openhow[1]);
	return kv->id == KEY_resolve && s.n > 2 && value_hex64_padded(span_of(s.p + 2, s.n - 2), &ev->openhow[2]);
}

void norm_openat2(struct event *ev, const struct record *r)
{
	take_small(ev, r->body, SPAN("openat2"), take_openat2);
}
