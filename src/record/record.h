/*
 * One audit record: a line of a log or a netlink datagram, read without copying.
 * Formats: audit(8), kernel/audit.c audit_log_format(), auditd.conf(5) log_format, audispd protocol.
 */
#ifndef TIERCEL_RECORD_RECORD_H
#define TIERCEL_RECORD_RECORD_H

#include "base/span.h"

#include <stdint.h>

/* Text handed in must have this many readable bytes behind its end, of any value. */
#define RECORD_PAD 64

struct record {
	struct span raw;      /* the line or datagram as it came, without newline or NUL */
	struct span body;     /* key=value text behind the "): " of the header, up to the 0x1D */
	struct span enriched; /* KEY="..." text behind the 0x1D, or empty */
	struct span node;     /* value of node=, or empty */
	int64_t time_ms;      /* of the event, since the epoch */
	uint32_t serial;      /* of the event; wraps, restarts at boot */
	uint16_t type;        /* AUDIT_*; UNKNOWN[1334] is 1334; 0 for a name without a number, record_type_text() */
	bool bare;            /* a datagram: its type came beside it, raw begins with audit( */
};

enum record_status {
	RECORD_OK,
	RECORD_BLANK,       /* an empty line, or what ausearch puts between events: no record, no error */
	RECORD_MALFORMED,   /* no type or no audit(time:serial): keep it raw */
	/*
	 * Output of ausearch -i, of its csv format or of auditctl: refuse the input with a clear word. Where records
	 * were read before it, keep it raw: a raw newline in a user's message can forge such a line in the middle of a
	 * good log.
	 */
	RECORD_INTERPRETED,
	RECORD_STATUS_COUNT
};

/*
 * Remembers the latest stamp and some types' names: records of one event come together, and the types are few. Zero it
 * to start.
 */
struct record_memo {
	char stamp[32];      /* "1795289840.625:112):" */
	uint32_t stamp_mask; /* bit per byte that counts; 0: none yet */
	uint32_t serial;
	int64_t time_ms;
	bool plain;          /* set by the caller: there is no 0x1D in the lines to come, none is looked for */
	struct {
		char name[16]; /* "SYSCALL " */
		uint16_t mask, type;
	} types[16];
};

/*
 * A line in any shape: audit.log, node=, enriched, behind a syslog header, or the kernel log's form. r->raw is always
 * set.
 */
enum record_status record_from_line(struct record *r, const char *p, size_t n);
/* The same for a stream of lines. */
enum record_status record_from_next_line(struct record_memo *memo, struct record *r, const char *p, size_t n);
/*
 * A netlink or audispd payload "audit(time:serial): body" with its type from the header. r->raw is the payload. One
 * that is a whole line (audispd's protocol version 1) is read as such.
 */
enum record_status record_from_datagram(struct record *r, unsigned type, const char *p, size_t n);
/* The type as a line of status RECORD_OK spells it; empty for a datagram. Not for hot paths. */
struct span record_type_text(const struct record *r);
/*
 * What a bare record's raw text lacks to be the line that auditd writes of it: "type=SYSCALL msg=", UNKNOWN[1999] for a
 * type without a name (auditd's format_raw()). To be shown in front of it. Returns its length, 0 for a line; no NUL.
 */
#define RECORD_HEAD_MAX 48
size_t record_head(const struct record *r, char head[RECORD_HEAD_MAX]);

/* How a value was written decides how it is read, never its shape. */
enum kv_quote {
	KV_BARE,   /* key=value */
	KV_DOUBLE, /* key="value": val is without the quotes */
	KV_SINGLE, /* msg='...': val is without the quotes, itself a text of pairs for record_pairs_msg() */
	KV_BRACE,  /* { ... }: val is the inside; key is empty (AVC's permissions) or SADDR of enriched text */
	KV_WORDS   /* words that belong to no key; key is empty */
};

struct kv {
	const char *key, *val;
	uint32_t val_len;
	uint16_t id; /* enum key of table/key.h, KEY_NONE for a name not in the table */
	uint8_t key_len;
	uint8_t quote; /* enum kv_quote */
};

static inline struct span kv_span(const struct kv *kv)
{
	return span_of(kv->val, kv->val_len);
}

/*
 * Remembers which key followed which, so that a steady stream costs a compare a key. Zero it to start; any content is
 * safe.
 */
struct kv_memo {
	uint16_t next[512];
	uint16_t first[64]; /* of a text, by its first four bytes */
};

/*
 * Cut a body or enriched text into at most `max` pairs, in order, duplicates kept. Returns how many; where there are
 * more, *rest is the text not yet read (empty else). Reads at most RECORD_PAD bytes behind the end, whose value
 * changes nothing. Spans lie within the text. A bare value ends at a blank, and takes a word in parentheses behind it
 * along: subj=/usr/sbin/ntpd (enforce); "..." ends at the next quote; '...' at the last one of the text. What no span
 * covers are blanks, the quotes and braces that kv_quote tells of, and lone ':' and ','. "old auid=1 new auid=2" gives
 * the keys "old auid" and "new auid" (KEY_NONE).
 */
size_t record_pairs(struct kv_memo *memo, struct span text, struct kv *out, size_t max, struct span *rest);
/*
 * The same for the inside of msg='...', which programs write as they like: a bare value reaches to the next word that
 * is a key ("op=adding user id=1"), may be empty ("op= id=1"), and loses the punctuation of "(hostname=?, addr=?
 * res=success)".
 */
size_t record_pairs_msg(struct kv_memo *memo, struct span text, struct kv *out, size_t max, struct span *rest);

#endif
