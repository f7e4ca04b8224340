#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "source/src_audisp.h"

#include "collect.h"

#include <errno.h>

#define PADDED 8970

/* A stream in the making; behind it lies the pad that sources promise. */
struct stream {
	char *p;
	size_t n;
};

static void add(struct stream *s, const void *p, size_t n)
{
	s->p = realloc(s->p, s->n + n + RECORD_PAD);
	assert_non_null(s->p);
	if (p)
		memcpy(s->p + s->n, p, n);
	else
		memset(s->p + s->n, 'T', n);
	s->n += n;
	memset(s->p + s->n, 0, RECORD_PAD);
}

static void add_message(struct stream *s, uint32_t version, uint32_t type, const char *text, bool padded)
{
	uint32_t n = (uint32_t)strlen(text);
	uint32_t head[] = { version, 16, type, n };

	add(s, head, sizeof(head));
	add(s, text, n);
	if (padded)
		add(s, NULL, PADDED - n);
}

/* Take the stream in pieces of `piece`, as a reader does that keeps what is not used. */
static int take(const struct stream *s, size_t piece, struct collect *got, bool *may_end)
{
	struct source_sink sink = collect_sink(got);
	struct src_audisp a = { 0 };
	size_t start = 0, used = 0;
	int rc = 0;

	for (size_t end = 0; !rc && end < s->n;) {
		end = s->n - end > piece ? end + piece : s->n;
		rc = src_audisp_take(&a, &sink, s->p + start, end - start, &used);
		start += used;
	}
	*may_end = src_audisp_may_end(&a, s->n - start);
	sink.settle(got);
	return rc;
}

static const size_t pieces[] = { 1, 7, 15, 16, 17, 100, 4096, 8986, 100000 };

static void expect(struct stream *s, const char *want, int want_rc, bool want_end)
{
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct collect got;
		bool may_end;

		assert_int_equal(take(s, pieces[i], &got, &may_end), want_rc);
		assert_string_equal(got.text, want);
		if (!want_rc)
			assert_int_equal(may_end, want_end);
		collect_release(&got);
	}
	free(s->p);
}

static void both_framings_bring_the_same(void **state)
{
	(void)state;
	for (int padded = 0; padded < 2; padded++) {
		struct stream s = { 0 };

		add_message(&s, 0, 1300, "audit(1.000:7): a=b", padded);
		add_message(&s, 0, 1320, "", padded);
		add_message(&s, 1, 1300, "node=n type=SYSCALL msg=audit(1.000:8): c\n", padded);
		add_message(&s, 0, 65535, "z\n", padded);
		expect(&s, "D1300:audit(1.000:7): a=b\nD1320:\nLnode=n type=SYSCALL msg=audit(1.000:8): c\nD65535:z\n",
			0, true);
	}
}

static void a_message_that_fills_the_padding_tells_nothing(void **state)
{
	char full[PADDED + 1], want[3 * PADDED];

	(void)state;
	memset(full, 'f', PADDED);
	full[PADDED] = '\0';
	for (int padded = 0; padded < 2; padded++) {
		struct stream s = { 0 };

		add_message(&s, 0, 1, full, false);
		full[PADDED - 3] = '\0';
		add_message(&s, 0, 2, full, padded);
		snprintf(want, sizeof(want), "D1:%sfff\nD2:%s\nD3:end\n", full, full);
		full[PADDED - 3] = 'f';
		add_message(&s, 0, 3, "end", padded);
		expect(&s, want, 0, true);
	}
}

static void trailing_nul_is_no_text(void **state)
{
	static const uint32_t head[] = { 0, 16, 1300, 5 };
	struct stream s = { 0 };

	(void)state;
	add(&s, head, sizeof(head));
	add(&s, "abc\n\0", 5);
	expect(&s, "D1300:abc\n", 0, true);
}

static void bad_headers_are_refused(void **state)
{
	static const uint32_t bad[][4] = {
		{ 2, 16, 1300, 1 }, { 0, 12, 1300, 1 }, { 0, 16, 65536, 1 },
		{ 0, 16, 1300, 65537 }, { 0, 16, 1300, UINT32_MAX }, { 0, 0x10000000, 1300, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct stream s = { 0 };

		add(&s, bad[i], 16);
		expect(&s, "", -EPROTO, true);
		s = (struct stream){ 0 };
		add_message(&s, 0, 1, "one", false);
		add_message(&s, 0, 2, "two", false);
		add(&s, bad[i], 16);
		expect(&s, "D1:one\nD2:two\n", -EPROTO, true);
	}
}

static void an_end_inside_a_message_is_a_loss(void **state)
{
	static const uint32_t head[] = { 0, 16, 1300, 5 };
	struct stream s = { 0 };

	(void)state;
	add(&s, head, 9);
	expect(&s, "", 0, false);
	s = (struct stream){ 0 };
	add(&s, head, sizeof(head));
	add(&s, "abcd", 4);
	expect(&s, "", 0, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_framings_bring_the_same),
		cmocka_unit_test(a_message_that_fills_the_padding_tells_nothing),
		cmocka_unit_test(trailing_nul_is_no_text),
		cmocka_unit_test(bad_headers_are_refused),
		cmocka_unit_test(an_end_inside_a_message_is_a_loss),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
