#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "source/src_stream.h"

#include "collect.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* A pipe that is filled piece by piece, and the stream that reads it. */
struct rig {
	int in, out;
	struct src_stream *s;
	struct collect got;
};

static void rig_up(struct rig *r, enum src_stream_kind kind)
{
	struct source_sink sink = collect_sink(&r->got);
	int fds[2];

	assert_int_equal(pipe(fds), 0);
	assert_int_equal(fcntl(fds[0], F_SETFL, O_NONBLOCK), 0);
	r->out = fds[0];
	r->in = fds[1];
	r->s = src_stream_new(kind, &sink);
	assert_non_null(r->s);
	src_stream_open(r->s, r->out);
}

static void rig_down(struct rig *r)
{
	src_stream_free(r->s);
	close(r->out);
	if (r->in >= 0)
		close(r->in);
	collect_release(&r->got);
}

static void feed(struct rig *r, const char *p, size_t n)
{
	while (n) {
		size_t some = n < 32768 ? n : 32768;

		assert_int_equal(write(r->in, p, some), some);
		for (size_t left = some; left;) {
			int rc = src_stream_read(r->s);

			assert_true(rc > 0);
			left -= (size_t)rc;
		}
		p += some;
		n -= some;
	}
	assert_int_equal(src_stream_read(r->s), -EAGAIN);
}

static int end(struct rig *r)
{
	close(r->in);
	r->in = -1;
	return src_stream_read(r->s);
}

static const char text[] = "type=SYSCALL msg=audit(1.000:1): a=1\n\n\ntype=EOE msg=audit(1.000:1):\n x\ny";
static const char text_out[] = "Ltype=SYSCALL msg=audit(1.000:1): a=1\nL\nL\nLtype=EOE msg=audit(1.000:1):\nL x\nLy\n";

static void lines_are_the_same_at_every_cut(void **state)
{
	(void)state;
	for (size_t first = 0; first < sizeof(text); first++) {
		for (size_t second = first; second < sizeof(text); second++) {
			struct rig r;

			rig_up(&r, first % 2 ? SRC_STREAM_AUDISP : SRC_STREAM_FILE);
			feed(&r, text, first);
			feed(&r, text + first, second - first);
			feed(&r, text + second, sizeof(text) - 1 - second);
			assert_int_equal(end(&r), 0);
			assert_int_equal(src_stream_bytes(r.s), sizeof(text) - 1);
			assert_string_equal(r.got.text, text_out);
			rig_down(&r);
		}
	}
}

static void lines_are_the_same_byte_by_byte(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, SRC_STREAM_FILE);
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		feed(&r, text + i, 1);
	assert_int_equal(end(&r), 0);
	assert_string_equal(r.got.text, text_out);
	rig_down(&r);
}

static void nothing_makes_no_line(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, SRC_STREAM_FILE);
	assert_int_equal(end(&r), 0);
	assert_string_equal(r.got.text, "");
	assert_int_equal(r.got.settled, 0);
	rig_down(&r);
}

/* A line of `n` bytes between two short ones, in pieces of `piece`. */
static void expect_long(size_t n, size_t piece, bool newline, const char *head)
{
	char *p = malloc(n + 32);
	size_t all = 0;
	struct rig r;

	assert_non_null(p);
	memcpy(p, "before\n", 7);
	for (all = 7; all < 7 + n; all++)
		p[all] = (char)('a' + all % 26);
	if (newline) {
		memcpy(p + all, "\nafter\n", 7);
		all += 7;
	}
	rig_up(&r, SRC_STREAM_FILE);
	for (size_t i = 0; i < all; i += piece)
		feed(&r, p + i, piece < all - i ? piece : all - i);
	assert_int_equal(end(&r), 0);
	assert_memory_equal(r.got.text, "Lbefore\n", 8);
	assert_memory_equal(r.got.text + 8, head, strlen(head));
	n = n < SRC_STREAM_LINE_MAX ? n : SRC_STREAM_LINE_MAX;
	assert_memory_equal(r.got.text + 8 + strlen(head), p + 7, n);
	assert_string_equal(r.got.text + 8 + strlen(head) + n, newline ? "\nLafter\n" : "\n");
	rig_down(&r);
	free(p);
}

static void long_lines_are_bounded(void **state)
{
	static const size_t pieces[] = { 999, 4096, 30000, 65536, 1 << 20 };

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		for (int newline = 0; newline < 2; newline++) {
			expect_long(65535, pieces[i], newline, "L");
			expect_long(65536, pieces[i], newline, "L");
			expect_long(65537, pieces[i], newline, "O65536:65537:");
			expect_long(65538, pieces[i], newline, "O65536:65538:");
			expect_long(300000, pieces[i], newline, "O65536:300000:");
			expect_long(1234567, pieces[i], newline, "O65536:1234567:");
		}
	}
}

/* More than the buffer holds, in lines of all lengths: settling comes before the memory changes (collect.h looks). */
static void the_buffer_goes_round(void **state)
{
	size_t n = 3 * 1024 * 1024, at = 0;
	char *p = malloc(n);
	struct rig r;

	(void)state;
	assert_non_null(p);
	for (size_t i = 0, len = 0; i < n; i++) {
		p[i] = i == at ? '\n' : (char)('A' + i % 57);
		if (i == at)
			at += 1 + (len += 13) % 5000;
	}
	rig_up(&r, SRC_STREAM_FILE);
	for (size_t i = 0, piece = 1; i < n; i += piece, piece = 1 + piece * 7 % 50021)
		feed(&r, p + i, piece < n - i ? piece : n - i);
	assert_int_equal(end(&r), 0);
	assert_true(r.got.settled > 3);
	for (size_t i = 0, o = 0; i < n; o++) {
		assert_int_equal(r.got.text[o++], 'L');
		for (; i < n && p[i] != '\n'; i++, o++)
			assert_int_equal(r.got.text[o], p[i]);
		i++;
	}
	rig_down(&r);
	free(p);
}

static void a_directory_is_told(void **state)
{
	struct collect got;
	struct source_sink sink = collect_sink(&got);
	struct src_stream *s = src_stream_new(SRC_STREAM_FILE, &sink);
	int fd = open("/", O_RDONLY);
	struct err err;

	(void)state;
	assert_non_null(s);
	src_stream_open(s, fd);
	assert_int_equal(src_stream_read(s), -EISDIR);
	assert_int_equal(src_stream_explain(s, -EISDIR, "dir", &err), -EISDIR);
	assert_string_equal(err.where, "dir");
	assert_string_equal(err.what, "Is a directory");
	close(fd);
	src_stream_free(s);
	collect_release(&got);
}

static void a_stream_serves_one_file_after_the_other(void **state)
{
	struct rig r;
	int fds[2];

	(void)state;
	rig_up(&r, SRC_STREAM_FILE);
	feed(&r, "torn", 4);
	assert_int_equal(pipe(fds), 0);
	src_stream_open(r.s, fds[0]);
	assert_int_equal(write(fds[1], "whole\n", 6), 6);
	close(fds[1]);
	assert_int_equal(src_stream_read(r.s), 6);
	assert_int_equal(src_stream_read(r.s), 0);
	assert_int_equal(src_stream_bytes(r.s), 6);
	assert_string_equal(r.got.text, "Lwhole\n");
	close(fds[0]);
	rig_down(&r);
}

static void other_compressions_are_refused_by_name(void **state)
{
	static const struct {
		const char *p;
		size_t n;
		const char *what;
	} cases[] = {
		{ "\xfd" "7zXZ\0\0\4\n", 9, "compressed by xz: give it through xz -dc" },
		{ "\x28\xb5\x2f\xfd\n\n", 6, "compressed by zstd: give it through zstd -dc" },
		{ "BZh91AY&SY\n", 11, "compressed by bzip2: give it through bzip2 -dc" },
	};

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct rig r;
		struct err err;

		rig_up(&r, SRC_STREAM_FILE);
		feed(&r, cases[i].p, 2);
		assert_int_equal(write(r.in, cases[i].p + 2, cases[i].n - 2), cases[i].n - 2);
		assert_int_equal(src_stream_read(r.s), -ENOTSUP);
		src_stream_explain(r.s, -ENOTSUP, "f", &err);
		assert_string_equal(err.what, cases[i].what);
		assert_string_equal(r.got.text, "");
		rig_down(&r);
	}
}

static void what_only_begins_like_a_packing_is_text(void **state)
{
	struct rig r;

	(void)state;
	rig_up(&r, SRC_STREAM_FILE);
	feed(&r, "BZh9", 4);
	assert_int_equal(end(&r), 0);
	assert_string_equal(r.got.text, "LBZh9\n");
	rig_down(&r);
	rig_up(&r, SRC_STREAM_FILE);
	feed(&r, "BZ\nBZh91AY&SY\n", 14);
	assert_string_equal(r.got.text, "LBZ\nLBZh91AY&SY\n");
	assert_int_equal(end(&r), 0);
	rig_down(&r);
}

/* The end of what grows is none, until its reader says so. */
static void what_is_followed_has_no_end(void **state)
{
	char name[] = "/tmp/tiercel-stream-XXXXXX";
	struct rig r;
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	unlink(name);
	rig_up(&r, SRC_STREAM_FOLLOW);
	src_stream_open(r.s, fd);
	assert_int_equal(src_stream_read(r.s), -EAGAIN);
	for (size_t i = 0; i < sizeof(text) - 1; i++) {
		assert_int_equal(pwrite(fd, text + i, 1, (off_t)i), 1);
		assert_int_equal(src_stream_read(r.s), 1);
		assert_int_equal(src_stream_read(r.s), -EAGAIN);
	}
	assert_int_equal(r.got.settled, 0);
	assert_memory_equal(r.got.text, text_out, sizeof(text_out) - 4); /* the last line has no newline */
	src_stream_end(r.s);
	assert_string_equal(r.got.text, text_out);
	assert_int_equal(r.got.settled, 1);
	src_stream_end(r.s);
	assert_string_equal(r.got.text, text_out);
	assert_int_equal(src_stream_bytes(r.s), sizeof(text) - 1);
	close(fd);
	rig_down(&r);
}

/* gzip is known at a file's start alone: what follows is text whatever it looks like. */
static void what_is_followed_is_plain(void **state)
{
	static const char packed[] = "\x1f\x8b\x08...\n\x1f\x8b\n";
	char name[] = "/tmp/tiercel-stream-XXXXXX";
	struct rig r;
	struct err err;
	int fd = mkstemp(name);

	(void)state;
	assert_true(fd >= 0);
	unlink(name);
	assert_int_equal(write(fd, packed, sizeof(packed) - 1), sizeof(packed) - 1);
	rig_up(&r, SRC_STREAM_FOLLOW);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	src_stream_open(r.s, fd);
	assert_int_equal(src_stream_read(r.s), -ENOTSUP);
	src_stream_explain(r.s, -ENOTSUP, "f", &err);
	assert_string_equal(err.what, "compressed by gzip: what is followed must be plain text");
	assert_string_equal(r.got.text, "");
	assert_int_equal(lseek(fd, 7, SEEK_SET), 7);
	src_stream_open(r.s, fd);
	assert_int_equal(src_stream_read(r.s), 3);
	assert_string_equal(r.got.text, "L\x1f\x8b\n");
	close(fd);
	rig_down(&r);
}

static void audisp_binary_reaches_the_sink(void **state)
{
	static const uint32_t v0[] = { 0, 16, 1320, 16 }, v1[] = { 1, 16, 1300, 9 }, bad[] = { 1, 17, 1300, 9 };
	struct rig r;
	struct err err;

	(void)state;
	rig_up(&r, SRC_STREAM_AUDISP);
	feed(&r, (const char *)v0, 16);
	feed(&r, "audit(1.000:1): ", 16);
	feed(&r, (const char *)v1, 3);
	feed(&r, (const char *)v1 + 3, 13);
	feed(&r, "type=X y\n", 9);
	assert_string_equal(r.got.text, "D1320:audit(1.000:1): \nLtype=X y\n");
	assert_int_equal(write(r.in, bad, 16), 16);
	assert_int_equal(src_stream_read(r.s), -EPROTO);
	src_stream_explain(r.s, -EPROTO, "audisp", &err);
	assert_string_equal(err.what, "neither text nor the audispd protocol, at byte 57");
	rig_down(&r);
}

static void audisp_cut_short_is_told(void **state)
{
	static const uint32_t v0[] = { 0, 16, 1320, 16 };
	struct rig r;
	struct err err;

	(void)state;
	rig_up(&r, SRC_STREAM_AUDISP);
	feed(&r, (const char *)v0, 16);
	feed(&r, "audit(1", 7);
	assert_int_equal(end(&r), -EPROTO);
	src_stream_explain(r.s, -EPROTO, "audisp", &err);
	assert_string_equal(err.what, "the stream ends inside a message of the audispd protocol, at byte 0");
	rig_down(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_are_the_same_at_every_cut),
		cmocka_unit_test(lines_are_the_same_byte_by_byte),
		cmocka_unit_test(nothing_makes_no_line),
		cmocka_unit_test(long_lines_are_bounded),
		cmocka_unit_test(the_buffer_goes_round),
		cmocka_unit_test(a_directory_is_told),
		cmocka_unit_test(a_stream_serves_one_file_after_the_other),
		cmocka_unit_test(other_compressions_are_refused_by_name),
		cmocka_unit_test(what_only_begins_like_a_packing_is_text),
		cmocka_unit_test(what_is_followed_has_no_end),
		cmocka_unit_test(what_is_followed_is_plain),
		cmocka_unit_test(audisp_binary_reaches_the_sink),
		cmocka_unit_test(audisp_cut_short_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
