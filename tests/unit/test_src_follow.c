/* A log that grows, rotates, is cut, removed and made anew: no line is lost or comes twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "source/src_follow.h"

#include "collect.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 200
#define NAME_BYTES 96

/* A directory with the log in it, and who reads it. */
struct rig {
	char directory[64];
	char path[72];
	char other[NAME_BYTES];
	struct source *source;
	struct collect got;
	size_t seen;   /* bytes of got.text that were expected already */
	int64_t now;
	unsigned open; /* descriptors before */
};

static unsigned open_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

static int set_up(void **state)
{
	struct rig *r = calloc(1, sizeof(*r));

	if (!r)
		return -1;
	*state = r;
	r->open = open_descriptors();
	r->now = 1000000;
	strcpy(r->directory, "/tmp/tiercel-follow-XXXXXX");
	if (!mkdtemp(r->directory))
		return -1;
	snprintf(r->path, sizeof(r->path), "%s/log", r->directory);
	return 0;
}

static void empty_directory(const char *name)
{
	DIR *d = opendir(name);
	struct dirent *e;
	char path[400];

	while (d && (e = readdir(d))) {
		snprintf(path, sizeof(path), "%s/%s", name, e->d_name);
		if (unlink(path) < 0)
			rmdir(path);
	}
	if (d)
		closedir(d);
}

static int tear_down(void **state)
{
	struct rig *r = *state;
	unsigned now;

	if (r->source) {
		r->source->ops->close(r->source);
		collect_release(&r->got);
	}
	empty_directory(r->directory);
	rmdir(r->directory);
	now = open_descriptors();
	if (now != r->open)
		print_error("%u descriptors before, %u behind\n", r->open, now);
	now -= r->open;
	free(r);
	return now ? -1 : 0;
}

static void start(struct rig *r, bool from_start)
{
	struct source_sink sink = collect_sink(&r->got);
	struct err err;

	if (src_follow_open(&r->source, r->path, from_start, &sink, &err) != 0)
		fail_msg("%s: %s", err.where, err.what);
}

/* LOG.k; 0: LOG. */
static const char *name_of(struct rig *r, int k)
{
	if (!k)
		return r->path;
	snprintf(r->other, sizeof(r->other), "%s.%d", r->path, k);
	return r->other;
}

static void put(struct rig *r, int k, const char *text)
{
	int fd = open(name_of(r, k), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

/* LOG.n-1 to LOG.n ... LOG to LOG.1; those that are not there are none. */
static void rotate(const char *path, int n)
{
	char from[NAME_BYTES], to[NAME_BYTES];

	for (int k = n; k-- > 0;) {
		snprintf(from, sizeof(from), k ? "%s.%d" : "%s", path, k);
		snprintf(to, sizeof(to), "%s.%d", path, k + 1);
		rename(from, to);
	}
}

/* Seconds since the epoch as the time of its last change: the file system's clock is a coarse one. */
static void written_at(struct rig *r, int k, time_t when)
{
	const struct timespec times[2] = { { .tv_sec = when }, { .tv_sec = when } };

	assert_int_equal(utimensat(AT_FDCWD, name_of(r, k), times, 0), 0);
}

/* All that there is, by read() alone. */
static int read_all(struct rig *r)
{
	int rc;

	do
		rc = r->source->ops->read(r->source);
	while (rc > 0);
	return rc;
}

static void tick(struct rig *r, int times)
{
	while (times--) {
		r->now += TICK_MS;
		r->source->ops->tick(r->source, r->now);
		read_all(r);
	}
}

/* What came since the last time. */
static void expect(struct rig *r, const char *want)
{
	assert_int_equal(read_all(r), -EAGAIN);
	if (strcmp(r->got.text + r->seen, want) != 0)
		fail_msg("'%s' is not '%s'", r->got.text + r->seen, want);
	r->seen = r->got.n;
}

static uint64_t restarts(struct rig *r)
{
	struct source_counts c;

	r->source->ops->counts(r->source, &c);
	assert_int_equal(c.dropped + c.congested + c.cut + c.ignored, 0);
	return c.restarts;
}

static void begins_at_the_end(void **state)
{
	struct rig *r = *state;

	put(r, 0, "old\n");
	start(r, false);
	assert_string_equal(r->source->ops->origin, "log");
	expect(r, "");
	put(r, 0, "new\n");
	expect(r, "Lnew\n");
}

/* The line that is being written when we come is whole when it is handed over. */
static void begins_with_a_whole_line(void **state)
{
	static const size_t lengths[] = { 1, 4095, 4096, 4097, 20000, 60000 };
	struct rig *r = *state;
	char *part = malloc(60001), *want = malloc(60010);

	assert_non_null(part);
	assert_non_null(want);
	for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++)
		for (int first = 0; first < 2; first++) { /* it is the file's first line */
			memset(part, 'x', lengths[i]);
			part[lengths[i]] = '\0';
			if (!first)
				put(r, 0, "old\nold too\n");
			put(r, 0, part);
			start(r, false);
			expect(r, "");
			put(r, 0, "y\n");
			sprintf(want, "L%sy\n", part);
			expect(r, want);
			r->source->ops->close(r->source);
			r->source = NULL;
			collect_release(&r->got);
			r->seen = 0;
			unlink(r->path);
		}
	free(part);
	free(want);
}

static void begins_at_the_start(void **state)
{
	struct rig *r = *state;

	put(r, 1, "older\n");
	put(r, 0, "old\n");
	start(r, true);
	expect(r, "Lold\n");
	put(r, 0, "new\n");
	expect(r, "Lnew\n");
}

static void half_a_line_waits(void **state)
{
	struct rig *r = *state;

	put(r, 0, "");
	start(r, true);
	for (const char *p = "type=A\n\ntype=B\nB"; *p; p++) {
		put(r, 0, (char[]){ *p, '\0' });
		assert_int_equal(read_all(r), -EAGAIN);
		tick(r, 1);
	}
	expect(r, "Ltype=A\nL\nLtype=B\n");
	put(r, 0, "Z1");
	expect(r, "");
	put(r, 0, "\n");
	expect(r, "LBZ1\n");
}

static void rotates(void **state)
{
	struct rig *r = *state;

	put(r, 0, "a\n");
	start(r, true);
	expect(r, "La\n");
	put(r, 0, "b\nlast");
	rotate(r->path, 5);
	expect(r, "Lb\n");
	tick(r, 20);
	put(r, 1, " words"); /* whoever writes has not left it yet, though there is a new one */
	put(r, 0, "");
	tick(r, 20);
	put(r, 1, " of a\nc");
	expect(r, "Llast words of a\n");
	put(r, 0, "d\n");
	expect(r, "Lc\nLd\n");
	put(r, 1, "nobody reads this\n");
	put(r, 0, "e\n");
	tick(r, 5);
	expect(r, "Le\n");
	assert_int_equal(restarts(r), 0);
}

/* Some rotations between two looks; the first of them has nothing in it but a line. */
static void rotates_often(void **state)
{
	struct rig *r = *state;

	put(r, 0, "a\n");
	start(r, true);
	expect(r, "La\n");
	for (int i = 0; i < 12; i++) {
		char text[32];

		rotate(r->path, 20);
		snprintf(text, sizeof(text), "%d\nrest %d", i, i);
		put(r, 0, i == 5 ? "" : text);
	}
	assert_int_equal(read_all(r), -EAGAIN);
	tick(r, 3);
	expect(r, "L0\nLrest 0\nL1\nLrest 1\nL2\nLrest 2\nL3\nLrest 3\nL4\nLrest 4\nL6\nLrest 6\nL7\nLrest 7\nL8\nLrest 8\n"
		"L9\nLrest 9\nL10\nLrest 10\nL11\n");
	put(r, 0, "!\n");
	expect(r, "Lrest 11!\n");
	assert_int_equal(restarts(r), 0);
}

/* In the midst of a rotation a name is free: that is waited for, but not for ever. */
static void a_hole(void **state)
{
	struct rig *r = *state;
	char three[NAME_BYTES];

	put(r, 0, "a\n");
	start(r, true);
	expect(r, "La\n");
	tick(r, 1);
	rotate(r->path, 5);
	put(r, 0, "b\n");
	rotate(r->path, 5);
	put(r, 0, "c\n");
	strcpy(three, name_of(r, 3));
	assert_int_equal(rename(name_of(r, 2), three), 0);
	expect(r, "");
	tick(r, 1);
	expect(r, "");
	assert_int_equal(rename(three, name_of(r, 2)), 0); /* it was but a moment */
	tick(r, 1);
	expect(r, "Lb\nLc\n");
	assert_int_equal(restarts(r), 0);
	rotate(r->path, 5);
	put(r, 0, "d\n");
	rotate(r->path, 5);
	put(r, 0, "e\n");
	unlink(name_of(r, 1)); /* d */
	expect(r, "");
	tick(r, 5);
	expect(r, "Le\n");
	assert_int_equal(restarts(r), 1);
}

static void removed_and_made_anew(void **state)
{
	struct rig *r = *state;

	put(r, 1, "older\n");
	written_at(r, 1, 1000);
	put(r, 0, "a\n");
	written_at(r, 0, 2000);
	start(r, true);
	expect(r, "La\n");
	unlink(r->path);
	tick(r, 10);
	put(r, 0, "b\n");
	expect(r, ""); /* ours may have got another name just now */
	tick(r, 5);
	expect(r, "Lb\n");
	assert_int_equal(restarts(r), 0);
}

/* Ours fell off the end: what is left was all written after it, and who knows what was between. */
static void left_behind(void **state)
{
	struct rig *r = *state;

	put(r, 0, "a\n");
	start(r, true);
	expect(r, "La\n");
	written_at(r, 0, 1000);
	unlink(r->path);
	put(r, 3, "b\n");
	written_at(r, 3, 2000);
	put(r, 2, "c\n");
	written_at(r, 2, 3000);
	put(r, 1, "d\n");
	written_at(r, 1, 4000);
	put(r, 0, "e\n");
	tick(r, 5);
	expect(r, "Lb\nLc\nLd\nLe\n");
	assert_int_equal(restarts(r), 1);
}

/* Ours was moved away from among the others: the older one below its place says that nothing was between. */
static void moved_away(void **state)
{
	struct rig *r = *state;
	char away[NAME_BYTES + 16];

	put(r, 1, "older\n");
	written_at(r, 1, 1000);
	put(r, 0, "a\n");
	start(r, true);
	expect(r, "La\n");
	written_at(r, 0, 2000);
	rotate(r->path, 5);
	put(r, 0, "b\n");
	written_at(r, 0, 3000);
	rotate(r->path, 5);
	put(r, 0, "c\n");
	snprintf(away, sizeof(away), "%s/log-20260131", r->directory);
	assert_int_equal(rename(name_of(r, 2), away), 0);
	tick(r, 5);
	expect(r, "Lb\nLc\n");
	assert_int_equal(restarts(r), 0);
}

static void cut_in_its_place(void **state)
{
	struct rig *r = *state;

	put(r, 0, "a\nb\ntorn");
	start(r, true);
	expect(r, "La\nLb\n");
	assert_int_equal(truncate(r->path, 0), 0);
	expect(r, "Ltorn\n");
	assert_int_equal(restarts(r), 1);
	put(r, 0, "c\n");
	expect(r, "Lc\n");
	assert_int_equal(truncate(r->path, 0), 0);
	put(r, 0, "d"); /* before we look */
	expect(r, "");
	put(r, 0, "\n");
	expect(r, "Ld\n");
	assert_int_equal(restarts(r), 2);
}

static void not_there_yet(void **state)
{
	struct rig *r = *state;
	struct err err;

	start(r, false);
	expect(r, "");
	r->source->ops->explain(r->source, -EAGAIN, &err);
	assert_string_equal(err.where, r->path);
	assert_string_equal(err.what, "not there yet: it is waited for");
	tick(r, 50);
	put(r, 0, "a\n");
	expect(r, "La\n");
	assert_int_equal(restarts(r), 0);
}

/* We come when there is none, and it was rotated already when we look. */
static void rotated_before_we_looked(void **state)
{
	struct rig *r = *state;

	start(r, false);
	put(r, 0, "a\n");
	rotate(r->path, 5);
	put(r, 0, "b\n");
	rotate(r->path, 5);
	expect(r, "La\nLb\n");
	put(r, 0, "c\n");
	expect(r, "Lc\n");
	assert_int_equal(restarts(r), 0);
}

/* We come in the midst of a rotation: what was there before us stays unread. */
static void comes_into_a_rotation(void **state)
{
	struct rig *r = *state;
	struct err err;

	put(r, 2, "older\n");
	put(r, 1, "old\n");
	start(r, true);
	tick(r, 10);
	expect(r, "");
	r->source->ops->explain(r->source, -EAGAIN, &err);
	assert_string_equal(err.what, "not there yet: it is waited for");
	put(r, 1, "still\n");
	put(r, 0, "new\n");
	expect(r, "Lstill\nLnew\n");
	assert_int_equal(restarts(r), 0);
}

static void no_directory_yet(void **state)
{
	struct rig *r = *state;
	char there[64], gone[80];

	strcpy(there, r->directory);
	snprintf(gone, sizeof(gone), "%s-gone", there);
	assert_int_equal(rmdir(there), 0);
	start(r, false);
	tick(r, 3);
	expect(r, "");
	assert_int_equal(r->source->ops->fd(r->source), -1); /* nothing to wait for: tried at each tick */
	assert_int_equal(mkdir(there, 0700), 0);
	put(r, 0, "a\n");
	tick(r, 1);
	expect(r, "La\n");
	assert_true(r->source->ops->fd(r->source) >= 0);
	assert_int_equal(rename(there, gone), 0); /* and away with it */
	tick(r, 30);
	expect(r, "");
	assert_int_equal(mkdir(there, 0700), 0);
	put(r, 0, "b\n");
	tick(r, 5);
	expect(r, "Lb\n");
	put(r, 0, "c\n");
	expect(r, "Lc\n");
	empty_directory(gone);
	rmdir(gone);
}

/* A descriptor that is ready when, and only when, there is something to do. */
static void tells_at_once(void **state)
{
	struct rig *r = *state;
	struct pollfd p = { .events = POLLIN };

	put(r, 0, "old\n");
	start(r, true);
	for (int i = 0; i < 20; i++) {
		p.fd = r->source->ops->fd(r->source);
		assert_int_equal(poll(&p, 1, 10000), 1);
		expect(r, i == 0 ? "Lold\n" : i % 5 ? "La\n" : "Lb\n");
		p.fd = r->source->ops->fd(r->source);
		assert_true(p.fd >= 0);
		assert_int_equal(poll(&p, 1, 0), 0);
		if (i % 5 == 4) {
			rotate(r->path, 5);
			put(r, 0, "b\n");
		} else {
			put(r, 0, "a\n");
		}
	}
}

/* More than a read takes: it stays ready, and the rest follows without any news. */
static void a_long_file(void **state)
{
	struct rig *r = *state;
	struct pollfd p = { .events = POLLIN };
	char line[1001];
	int ready = 0;

	memset(line, 'x', 999);
	strcpy(line + 999, "\n");
	for (int i = 0; i < 1000; i++)
		put(r, 0, line);
	start(r, true);
	for (;;) {
		p.fd = r->source->ops->fd(r->source);
		if (poll(&p, 1, 0) < 1)
			break;
		r->source->ops->read(r->source);
		ready++;
	}
	assert_int_equal(r->got.lines, 1000);
	assert_true(ready >= 4);
}

static void expect_end(struct rig *r, int code, const char *what)
{
	struct err err;

	for (int i = 0; i < 50 && read_all(r) == -EAGAIN; i++)
		tick(r, 1);
	assert_int_equal(read_all(r), code);
	assert_int_equal(r->source->ops->fd(r->source), -1);
	r->source->ops->explain(r->source, code, &err);
	assert_int_equal(err.code, code);
	assert_string_equal(err.where, r->path);
	assert_string_equal(err.what, what);
}

/* What comes next can't be read: that is told, after a while. */
static void refused(void **state)
{
	struct rig *r = *state;

	put(r, 0, "a\n");
	start(r, true);
	expect(r, "La\n");
	tick(r, 1);
	rotate(r->path, 5);
	assert_int_equal(mkdir(r->path, 0700), 0);
	tick(r, 10);
	expect(r, ""); /* it may still change */
	expect_end(r, -EINVAL, "not a regular file: there is nothing to follow");
}

static void no_right(void **state)
{
	struct rig *r = *state;
	bool root = geteuid() == 0;

	put(r, 0, "a\n");
	start(r, true);
	expect(r, "La\n");
	rotate(r->path, 5);
	put(r, 0, "b\n");
	chmod(r->path, 0);
	chmod(r->directory, 0755);
	if (root)
		assert_int_equal(seteuid(65534), 0);
	expect_end(r, -EACCES, "Permission denied");
	if (root)
		assert_int_equal(seteuid(0), 0);
}

static void refused_at_once(void **state)
{
	struct rig *r = *state;
	struct source_sink sink = { .ctx = NULL };
	struct source *source = NULL;
	struct err err;

	assert_int_equal(src_follow_open(&source, r->directory, false, &sink, &err), -EINVAL);
	assert_string_equal(err.what, "not a regular file: there is nothing to follow");
	assert_string_equal(err.where, r->directory);
	assert_int_equal(mkfifo(r->path, 0600), 0);
	assert_int_equal(src_follow_open(&source, r->path, false, &sink, &err), -EINVAL);
	assert_null(source);
}

static void plain_text_only(void **state)
{
	struct rig *r = *state;

	put(r, 0, "\x1f\x8b\x08 and so on\n");
	start(r, true);
	expect_end(r, -ENOTSUP, "compressed by gzip: what is followed must be plain text");
	assert_string_equal(r->got.text, "");
}

/* What is in the midst of a file only looks like that. */
static void text_like_a_packing(void **state)
{
	struct rig *r = *state;

	put(r, 0, "a\n");
	start(r, false);
	put(r, 0, "\x1f\x8b\n");
	expect(r, "L\x1f\x8b\n");
}

/* Numbered lines, in pieces, into a log that rotates again and again. */
#define ROTATIONS 50

static void append(const char *path, const char *text, size_t n)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0 || write(fd, text, n) != (ssize_t)n)
		_exit(1);
	close(fd);
}

/* Each line in two pieces, some lines slowly, and now and then none between two rotations. */
static void write_and_rotate(const char *path)
{
	unsigned number = 0;
	char text[400];

	for (int i = 0; i < ROTATIONS; i++) {
		append(path, "", 0);
		for (int lines = rand() % 40; lines > 0; lines--) {
			size_t n = (size_t)sprintf(text, "line %u %*s\n", number++, rand() % 300, "."), first = (size_t)rand() % n;

			append(path, text, first);
			append(path, text + first, n - first);
			if (rand() % 8 == 0)
				poll(NULL, 0, rand() % 4);
		}
		rotate(path, ROTATIONS + 1);
	}
	append(path, text, (size_t)sprintf(text, "end %u\n", number));
	_exit(0);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* As the daemon does it: poll, read when ready, a tick now and then. Now and then it is held up. */
static void follow_until_end(struct rig *r)
{
	int64_t start_ms = now_ms(), next_tick = start_ms;

	while (!strstr(r->got.text + (r->got.n < 600 ? 0 : r->got.n - 600), "Lend ")) {
		struct pollfd p = { .fd = r->source->ops->fd(r->source), .events = POLLIN };
		int n = poll(&p, 1, TICK_MS);
		int64_t now = now_ms();

		if (now - start_ms > 60000)
			fail_msg("no end: '%s'", r->got.text + (r->got.n < 600 ? 0 : r->got.n - 600));
		if (n > 0 || (p.fd < 0 && now >= next_tick))
			assert_true(r->source->ops->read(r->source) != 0);
		if (rand() % 20 == 0)
			poll(NULL, 0, rand() % 30);
		if (now < next_tick)
			continue;
		r->source->ops->tick(r->source, now);
		next_tick = now + TICK_MS;
	}
}

static void under_a_writer(void **state)
{
	struct rig *r = *state;
	const char *p;
	unsigned number = 0, end = 0;
	int status;
	pid_t child;

	print_message("seed 20261121\n");
	srand(20261121);
	start(r, true);
	child = fork();
	assert_true(child >= 0);
	if (child == 0)
		write_and_rotate(r->path);
	follow_until_end(r);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	for (p = r->got.text; !strncmp(p, "Lline ", 6); p = strchr(p, '\n') + 1)
		if (strtoul(p + 6, NULL, 10) != number++)
			fail_msg("line %u, not %.20s", number - 1, p);
	assert_int_equal(sscanf(p, "Lend %u", &end), 1);
	assert_int_equal(end, number);
	assert_true(number > 300);
	assert_int_equal(restarts(r), 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(begins_at_the_end), TEST(begins_with_a_whole_line), TEST(begins_at_the_start),
		TEST(half_a_line_waits), TEST(rotates), TEST(rotates_often), TEST(a_hole),
		TEST(removed_and_made_anew), TEST(left_behind), TEST(moved_away), TEST(cut_in_its_place),
		TEST(not_there_yet), TEST(rotated_before_we_looked), TEST(comes_into_a_rotation),
		TEST(no_directory_yet), TEST(tells_at_once), TEST(a_long_file), TEST(refused), TEST(no_right),
		TEST(refused_at_once), TEST(plain_text_only), TEST(text_like_a_packing), TEST(under_a_writer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
