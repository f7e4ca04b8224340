#include "base/simd.h"
#include "record/record.h"
#include "table/key.h"

/*
 * Two roads. The fast one, in cut(), knows where the blanks are from a bitmap of the next 64 bytes and guesses each
 * key from the one before it; it takes key=value and key="value". Whatever looks otherwise goes down the odd road, one
 * item at a time.
 */

enum {
	KEY_MAX = 255,      /* bytes of a key: kv.key_len */
	BRACE_MAX = 512,    /* bytes between braces; a bound, as an unclosed one is looked for again and again */
	AHEAD_MAX = 1024,   /* bytes that the fast road looks ahead; a bound, as the odd one may stop sooner */
	HEAD_BITS = 6       /* of kv_memo.first */
};

/* Ids must fit kv_memo.next. */
typedef char ids_fit[KEY_COUNT <= 512 ? 1 : -1];

/*
 * The keys once more, for one compare each: "name=", and which of its first 16 bytes count. What is longer has a bit
 * over those 16 and so never matches: such names are rare and can be looked up.
 */
static const struct shape {
	char name[24];
	uint32_t mask;
	uint8_t len;
} shapes[KEY_COUNT] __attribute__((aligned(32))) = {
	{ "", 1u << 16, 0 },
#define X(id, name) { name "=", (1u << (sizeof(name) < 17 ? sizeof(name) : 17)) - 1, sizeof(name) - 1 },
	KEY_LIST(X)
#undef X
};

struct cutter {
	const char *p, *end;  /* not yet read */
	struct kv *out;
	size_t n;             /* pairs in out, of this call */
	bool msg;             /* inside of msg='...' */
};

#define KEY_START 1
#define KEY_INNER 2
static const uint8_t key_class[256] = {
	['A' ... 'Z'] = KEY_START | KEY_INNER, ['a' ... 'z'] = KEY_START | KEY_INNER, ['_'] = KEY_START | KEY_INNER,
	['0' ... '9'] = KEY_INNER, ['-'] = KEY_INNER, ['.'] = KEY_INNER, ['['] = KEY_INNER, [']'] = KEY_INNER,
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\n';
}

/* Length of the key at p, which a '=' follows before the end; 0: there is no key. */
static size_t key_at(const char *p, const char *end)
{
	const char *at = p;

	if (end - p > KEY_MAX + 1)
		end = p + KEY_MAX + 1;
	if (p >= end || !(key_class[(unsigned char)*p] & KEY_START))
		return 0;
	while (at < end && key_class[(unsigned char)*at] & KEY_INNER)
		at++;
	return at < end && *at == '=' ? (size_t)(at - p) : 0;
}

/* The same, also behind the '(' of "(hostname=?, addr=?)". */
static bool is_item(const char *p, const char *end)
{
	return key_at(p, end) > 0 || (p < end && *p == '(' && key_at(p + 1, end) > 0);
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && is_blank(*p))
		p++;
	return p;
}

static const char *word_end(const char *p, const char *end, bool msg)
{
	const char *at;

	if (!msg) {
		at = memchr(p, ' ', (size_t)(end - p));
		return at ? at : end;
	}
	while (p < end && !is_blank(*p))
		p++;
	return p;
}

static const char *trim_blanks(const char *p, const char *end)
{
	while (end > p && is_blank(end[-1]))
		end--;
	return end;
}

static unsigned key_id(const char *p, size_t n)
{
	/* a6, a6_len, a6[3]: there may be thousands, and none is in the table. */
	if (n > 2 && p[0] == 'a' && p[1] <= '9')
		return KEY_NONE;
	return key_find(p, n);
}

static void put(struct kv *kv, enum kv_quote quote, const char *val, const char *end)
{
	kv->val = val;
	kv->val_len = (uint32_t)(end - val);
	kv->quote = (uint8_t)quote;
}

/*
 * "...": to the next quote that a blank or the end follows, in a user's message to the next quote at all. The kernel
 * writes no quote inside, and no blank but for its own words. To the end where the kernel cut the record.
 */
static const char *cut_double(struct kv *kv, const char *v, const char *end, bool msg)
{
	const char *at = v + 1;

	while ((at = memchr(at, '"', (size_t)(end - at))) && !msg && at + 1 < end && at[1] != ' ')
		at++;
	put(kv, KV_DOUBLE, v + 1, at ? at : end);
	return at ? at + 1 : end;
}

/*
 * '...': to the last quote, if nothing or a pair follows it; else the closing one was lost, as by a newline in the
 * message.
 */
static const char *cut_single(struct kv *kv, const char *v, const char *end)
{
	const char *at = end;

	while (at > v + 1 && at[-1] != '\'')
		at--;
	if (at > v + 1 && (skip_blanks(at, end) == end || (is_blank(*at) && is_item(skip_blanks(at, end), end)))) {
		put(kv, KV_SINGLE, v + 1, at - 1);
		return at;
	}
	put(kv, KV_SINGLE, v + 1, end);
	return end;
}

/* The '}' of the '{' at p; NULL where there is none, or not within bounds. */
static const char *brace_end(const char *p, const char *end)
{
	if (p == end || *p != '{')
		return NULL;
	return memchr(p, '}', (size_t)(end - p > BRACE_MAX ? BRACE_MAX : end - p));
}

/* { ... }: NULL where it is none. */
static const char *cut_brace(struct kv *kv, const char *v, const char *end)
{
	const char *close = brace_end(v, end), *start;

	if (!close)
		return NULL;
	start = skip_blanks(v + 1, close);
	put(kv, KV_BRACE, start, trim_blanks(start, close));
	return close + 1;
}

/* A bare value in a user's message: up to the next key, without punctuation around it. */
static const char *cut_bare_msg(struct kv *kv, const char *v, const char *end)
{
	const char *at = word_end(v, end, true), *next, *tail;

	for (next = skip_blanks(at, end); next < end && !is_item(next, end); next = skip_blanks(at, end))
		at = word_end(next, end, true);
	tail = trim_blanks(v, at);
	/* "acct="root" : exe=" and "uid=0: exe=" of old sshd, but addr=2001:db8:: */
	if (tail - v >= 2 && tail[-1] == ':' && (is_blank(tail[-2]) || (next < end && tail[-2] != ':')))
		tail = trim_blanks(v, tail - 1);
	if (tail > v && tail[-1] == ',')
		tail--;
	if (tail > v && tail[-1] == ')' && !memchr(v, '(', (size_t)(tail - v)))
		tail--;
	put(kv, KV_BARE, v, tail);
	return at;
}

static const char *cut_bare(struct kv *kv, const char *v, const char *end)
{
	const char *at = word_end(v, end, false);

	/* "res=success, auditd pid=1" of old daemons */
	put(kv, KV_BARE, v, at > v && at < end && at[-1] == ',' ? at - 1 : at);
	return at;
}

static const char *cut_value(const struct cutter *c, struct kv *kv, const char *v)
{
	const char *at;

	if (v < c->end && *v == '"')
		return cut_double(kv, v, c->end, c->msg);
	if (v < c->end && *v == '\'' && !c->msg)
		return cut_single(kv, v, c->end);
	at = cut_brace(kv, v, c->end);
	if (at)
		return at;
	return c->msg ? cut_bare_msg(kv, v, c->end) : cut_bare(kv, v, c->end);
}

/* "old auid=1", "new ses=2" of LOGIN records before 3.14: the length of such a key, or 0. */
static size_t two_word_key(const char *p, const char *end)
{
	size_t n;

	if (end - p < 5 || (memcmp(p, "old ", 4) != 0 && memcmp(p, "new ", 4) != 0))
		return 0;
	n = key_at(p + 4, end);
	return n > 0 && n + 4 <= KEY_MAX ? n + 4 : 0;
}

/* A word in parentheses that follows a bare value belongs to it: "/usr/sbin/ntpd (enforce)", "/tmp/x (deleted)". */
static void take_parenthesis(struct cutter *c)
{
	struct kv *last = &c->out[c->n - 1];
	const char *at;

	if (c->end - c->p < 3 || c->p[0] != ' ' || c->p[1] != '(' || last->quote != KV_BARE
		|| last->val + last->val_len != c->p || is_item(c->p + 1, c->end))
		return;
	at = word_end(c->p + 1, c->end, c->msg);
	if (at[-1] != ')')
		return;
	put(last, KV_BARE, last->val, at);
	c->p = at;
}

/* Words up to the next key or brace; none where they are only a lone ':' or ','. */
static void cut_words(struct cutter *c)
{
	const char *start = c->p, *at = start;
	struct kv *kv = &c->out[c->n];

	do {
		c->p = word_end(at, c->end, c->msg);
		at = skip_blanks(c->p, c->end);
	} while (at < c->end && !brace_end(at, c->end) && !is_item(at, c->end) && !two_word_key(at, c->end));
	if (c->p - start == 1 && (*start == ':' || *start == ',' || *start == ')'))
		return;
	*kv = (struct kv){ .key = start, .id = KEY_NONE };
	put(kv, KV_WORDS, start, c->p);
	c->n++;
}

/* One item of any shape at c->p, or none where only blanks are left; there is room for it. */
static void __attribute__((noinline)) cut_odd(struct cutter *c)
{
	struct kv *kv = &c->out[c->n];
	const char *at;
	size_t n;

	if (c->n > 0)
		take_parenthesis(c);
	c->p = skip_blanks(c->p, c->end);
	if (c->p == c->end)
		return;
	*kv = (struct kv){ .key = c->p, .id = KEY_NONE };
	at = cut_brace(kv, c->p, c->end);
	if (at) {
		c->p = at;
		c->n++;
		return;
	}
	if (*c->p == '(' && key_at(c->p + 1, c->end) > 0)
		c->p++;
	n = key_at(c->p, c->end);
	if (n == 0)
		n = two_word_key(c->p, c->end);
	if (n == 0) {
		cut_words(c);
		return;
	}
	kv->key = c->p;
	kv->key_len = (uint8_t)n;
	kv->id = (uint16_t)key_id(c->p, n);
	c->p = cut_value(c, kv, c->p + n + 1);
	c->n++;
}

/* What is left; a parenthesis that belongs to the last pair is not. */
static void finish(struct cutter *c, size_t max, struct span *rest)
{
	if (c->n == max && c->n > 0 && c->end > c->p && *c->p == '(' && c->p[-1] == ' ') {
		c->p--;
		take_parenthesis(c);
	}
	c->p = skip_blanks(c->p, c->end);
	*rest = span_of(c->p, (size_t)(c->end - c->p));
}

/*
 * Bit i: base[i] is a blank (in a message a newline is one, too), or the end. Bits behind the end mean nothing; there
 * is one at it.
 */
static inline uint64_t blanks_from(const char *base, const char *end, bool msg)
{
	uint64_t blanks = simd_eq64(base, ' ');

	if (msg)
		blanks |= simd_eq64(base, '\n');
	return end - base < 64 ? blanks | UINT64_C(1) << (end - base) : blanks;
}

/* Can the fast road take the value, not empty, from v to the blank at `at`? If so, *kv has it. */
static inline bool cut_plain(struct kv *kv, const char *v, const char *at, const char *end, bool msg)
{
	if (*v == '"') {
		if (at[-1] != '"' || at - v < 2 || (msg && memchr(v + 1, '"', (size_t)(at - v - 2))))
			return false;
		put(kv, KV_DOUBLE, v + 1, at - 1);
		return true;
	}
	if ((unsigned char)*v <= '\'' || *v == '{' || at[-1] == ',')
		return false;
	if (msg && (at[-1] == ')' || at[-1] == ':' || (at < end && !is_item(at + 1, end))))
		return false;
	put(kv, KV_BARE, v, at);
	return true;
}

static inline bool is_shape(const struct shape *s, const char *p)
{
	return (simd_same16(p, s->name) & s->mask) == s->mask;
}

/* Where a text begins, nothing came before: its first four bytes tell the kind of record well enough. */
static inline uint16_t *memo_first(struct kv_memo *memo, const char *p)
{
	uint32_t head;

	memcpy(&head, p, sizeof(head));
	return &memo->first[head * UINT32_C(0x9e3779b1) >> (32 - HEAD_BITS)];
}

/* The key at p by looking, and into the memo; its length, 0 where the odd road has to look. */
static size_t __attribute__((noinline)) cut_key(uint16_t *slot, const char *p, const char *end)
{
	size_t n = key_at(p, end);

	if (n > 0)
		*slot = (uint16_t)key_id(p, n);
	return n;
}

static inline __attribute__((always_inline)) size_t cut(struct kv_memo *memo, struct span text, struct kv *out,
	size_t max, struct span *rest, const bool msg)
{
	const char *p = text.p, *const end = p + text.n, *base = p, *at, *v;
	struct kv *kv = out, *const limit = out + max;
	uint64_t blanks = blanks_from(base, end, msg);
	uint16_t *slot = memo_first(memo, p);
	struct cutter c = { .end = end, .out = out, .msg = msg };
	size_t id, n;

	while (p < end && kv < limit) {
		while (blanks == 0 && base - p < AHEAD_MAX) {
			base += 64;
			blanks = blanks_from(base, end, msg);
		}
		at = blanks ? base + simd_first(blanks) : p;
		id = *slot;
		if (id < KEY_COUNT && is_shape(&shapes[id], p)) {
			n = shapes[id].len;
		} else {
			n = cut_key(slot, p, end);
			id = *slot;
		}
		v = p + n + 1;
		if (n > 0 && v < at && cut_plain(kv, v, at, end, msg)) {
			kv->key = p;
			kv->key_len = (uint8_t)n;
			kv->id = (uint16_t)id;
			kv++;
			slot = &memo->next[id];
			blanks &= blanks - 1;
			p = at + 1;
			continue;
		}
		c.p = p > text.p && p[-1] == ' ' ? p - 1 : p;
		c.n = (size_t)(kv - out);
		cut_odd(&c);
		p = c.p < end && *c.p == ' ' ? c.p + 1 : c.p;
		if (kv < out + c.n)
			slot = &memo->next[kv->id];
		kv = out + c.n;
		/* A blank found far ahead still stands. */
		if (p > at) {
			base = text.p + ((p - text.p) & ~(ptrdiff_t)63);
			blanks = blanks_from(base, end, msg) & ~UINT64_C(0) << (p - base);
		}
	}
	c.p = p < end ? p : end;
	c.n = (size_t)(kv - out);
	finish(&c, max, rest);
	return c.n;
}

size_t record_pairs(struct kv_memo *memo, struct span text, struct kv *out, size_t max, struct span *rest)
{
	return cut(memo, text, out, max, rest, false);
}

size_t record_pairs_msg(struct kv_memo *memo, struct span text, struct kv *out, size_t max, struct span *rest)
{
	return cut(memo, text, out, max, rest, true);
}
