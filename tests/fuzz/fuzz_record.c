/*
 * The input is one line. It is read as a line and as a datagram; every pair of its body, of the msg='...' inside and
 * of its enriched text must lie within it, and neither the pad behind it, the memo nor the size of the array may
 * change a pair.
 */
#include "record/execve.h"
#include "record/record.h"
#include "table/key.h"

#include <stdlib.h>

#define PAIRS 7

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef size_t pairs_fn(struct kv_memo *memo, struct span text, struct kv *out, size_t max, struct span *rest);

static void require(bool held)
{
	if (!held)
		abort();
}

static bool within(struct span inner, struct span outer)
{
	return inner.p >= outer.p && inner.n <= outer.n && (size_t)(inner.p - outer.p) <= outer.n - inner.n;
}

static void check_pair(const struct kv *kv, struct span text)
{
	struct execve_part part;

	require(within(span_of(kv->key, kv->key_len), text) && within(span_of(kv->val, kv->val_len), text));
	require(kv->quote <= KV_WORDS && kv->id < KEY_COUNT && kv->id == key_find(kv->key, kv->key_len));
	if (execve_part(kv, &part))
		require(within(part.val, text));
}

/* The same spans, and read in the same way. */
static bool same_pair(const struct kv *a, const struct kv *b)
{
	return a->key == b->key && a->val == b->val && a->val_len == b->val_len && a->id == b->id
		&& a->key_len == b->key_len && a->quote == b->quote;
}

static void check_pairs(pairs_fn *fn, struct kv_memo *memo, struct span text)
{
	struct kv_memo fresh = { .next = { 0 } };
	struct kv kv[PAIRS], one;
	struct span rest = text, rest_one = text, before;

	do {
		before = rest;
		size_t n = fn(memo, rest, kv, PAIRS, &rest);

		require(n <= PAIRS && (n == PAIRS || rest.n == 0));
		require(within(rest, before) && (rest.n == 0 || rest.n < before.n));
		for (size_t i = 0; i < n; i++) {
			check_pair(&kv[i], text);
			require(fn(&fresh, rest_one, &one, 1, &rest_one) == 1);
			require(same_pair(&one, &kv[i]));
			if (kv[i].quote == KV_SINGLE && fn == record_pairs)
				check_pairs(record_pairs_msg, memo, span_of(kv[i].val, kv[i].val_len));
		}
	} while (rest.n > 0);
	require(fn(&fresh, rest_one, &one, 1, &rest_one) == 0 && rest_one.n == 0);
}

static void check_record(const struct record *r, enum record_status status, struct kv_memo *memo, struct span line)
{
	require(status < RECORD_STATUS_COUNT && within(r->raw, line));
	if (status != RECORD_OK)
		return;
	require(within(r->body, r->raw) && within(r->enriched, r->raw) && within(r->node, r->raw));
	require(within(record_type_text(r), r->raw));
	check_pairs(record_pairs, memo, r->body);
	check_pairs(record_pairs, memo, r->enriched);
}

/* A datagram as it is shown, read as a line, is the same record. */
static void check_head(const char *p, size_t n)
{
	char *text = malloc(RECORD_HEAD_MAX + n + RECORD_PAD);
	struct record r, again;
	size_t head;

	if (!text)
		abort();
	memset(text, 0, RECORD_HEAD_MAX + n + RECORD_PAD);
	if (record_from_datagram(&r, 1300, p, n) == RECORD_OK && r.bare) {
		head = record_head(&r, text);
		memcpy(text + head, r.raw.p, r.raw.n);
		require(record_from_line(&again, text, head + r.raw.n) == RECORD_OK);
		require(again.type == r.type && again.time_ms == r.time_ms && again.serial == r.serial && !again.bare);
		require(again.body.n == r.body.n && again.enriched.n == r.enriched.n);
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *block = malloc(size + RECORD_PAD);
	struct span line = span_of(block, size);
	struct kv_memo memo;
	struct record r;
	enum record_status status, again;

	if (!block)
		abort();
	if (size > 0)
		memcpy(block, data, size);
	/* The pad goes on where the line began, the memo is made of the line: both would gladly be believed. */
	for (size_t i = 0; i < RECORD_PAD; i++)
		block[size + i] = size ? block[i % size] : '\0';
	for (size_t i = 0; i < sizeof(memo); i++)
		((char *)&memo)[i] = size ? block[i % size] : '\0';
	status = record_from_line(&r, block, size);
	check_record(&r, status, &memo, line);
	memset(block + size, '"', RECORD_PAD);
	again = record_from_line(&r, block, size);
	require(again == status);
	check_record(&r, again, &memo, line);
	check_record(&r, record_from_datagram(&r, 1300, block, size), &memo, line);
	check_head(block, size);
	check_pairs(record_pairs, &memo, line);
	check_pairs(record_pairs_msg, &memo, line);
	free(block);
	return 0;
}
