#include "source/src_files.h"

#include "base/span.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* In order of age, oldest first. */
enum age { AGE_DATED, AGE_NUMBERED, AGE_BASE };

struct member {
	const char *name;
	struct span base;
	struct span mark; /* the date, or the number without leading zeros */
	enum age age;
	size_t given; /* place among the names as given */
	size_t set;   /* place of the set's first member */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Cut ".N" off the end of base. */
static bool cut_number(struct span *base, struct span *mark)
{
	size_t dot = base->n;

	while (dot > 0 && is_digit(base->p[dot - 1]))
		dot--;
	if (dot < 2 || dot == base->n || base->p[dot - 1] != '.')
		return false;
	*mark = span_of(base->p + dot, base->n - dot);
	while (mark->n > 1 && *mark->p == '0')
		*mark = span_of(mark->p + 1, mark->n - 1);
	base->n = dot - 1;
	return true;
}

/* Cut "-DATE" off the end of base: 20260131, 2026-01-31, 20260131-1769817600. */
static bool cut_date(struct span *base, struct span *mark)
{
	size_t begin = base->n, digits = 0;

	while (begin > 0 && (is_digit(base->p[begin - 1]) || base->p[begin - 1] == '-')) {
		digits += is_digit(base->p[begin - 1]);
		begin--;
	}
	if (begin == 0 || digits < 8 || base->p[begin] != '-')
		return false;
	*mark = span_of(base->p + begin + 1, base->n - begin - 1);
	base->n = begin;
	return true;
}

static void read_name(struct member *m, const char *name, size_t given)
{
	*m = (struct member){ .name = name, .base = span_of(name, strlen(name)), .age = AGE_BASE, .given = given };
	if (m->base.n > 3 && !memcmp(name + m->base.n - 3, ".gz", 3))
		m->base.n -= 3;
	if (cut_number(&m->base, &m->mark))
		m->age = AGE_NUMBERED;
	else if (cut_date(&m->base, &m->mark))
		m->age = AGE_DATED;
}

/* Longer numbers are greater ones. */
static int compare_number(struct span a, struct span b)
{
	return a.n != b.n ? (a.n > b.n) - (a.n < b.n) : span_compare(a, b);
}

static int compare_given(const struct member *a, const struct member *b)
{
	return (a->given > b->given) - (a->given < b->given);
}

static int by_base(const void *va, const void *vb)
{
	const struct member *a = va, *b = vb;
	int diff = span_compare(a->base, b->base);

	return diff ? diff : compare_given(a, b);
}

static int by_set_and_age(const void *va, const void *vb)
{
	const struct member *a = va, *b = vb;
	int diff = (a->set > b->set) - (a->set < b->set);

	if (!diff)
		diff = (int)a->age - (int)b->age;
	if (!diff && a->age == AGE_NUMBERED)
		diff = compare_number(b->mark, a->mark);
	if (!diff && a->age == AGE_DATED)
		diff = span_compare(a->mark, b->mark);
	return diff ? diff : compare_given(a, b);
}

int src_files_order(const char **names, size_t count)
{
	struct member *members = count ? calloc(count, sizeof(*members)) : NULL;

	if (!members)
		return count ? -ENOMEM : 0;
	for (size_t i = 0; i < count; i++)
		read_name(&members[i], names[i], i);
	qsort(members, count, sizeof(*members), by_base);
	for (size_t i = 0; i < count; i++)
		members[i].set = i && span_eq(members[i - 1].base, members[i].base) ?
			members[i - 1].set : members[i].given;
	qsort(members, count, sizeof(*members), by_set_and_age);
	for (size_t i = 0; i < count; i++)
		names[i] = members[i].name;
	free(members);
	return 0;
}

static void wait_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	poll(&p, 1, -1);
}

static int pump(struct src_stream *s, int fd, src_files_step *step, void *ctx)
{
	int n;

	src_stream_open(s, fd);
	do {
		n = src_stream_read(s);
		if (n == -EAGAIN)
			wait_readable(fd);
		else if (n > 0 && step && !step(ctx, src_stream_bytes(s)))
			return 0;
	} while (n > 0 || n == -EAGAIN);
	return n;
}

int src_files_read(struct src_stream *s, const char *name, src_files_step *step, void *ctx, struct err *err)
{
	bool standard_input = !strcmp(name, "-");
	int fd = standard_input ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int rc;

	if (fd < 0) {
		rc = -errno;
		return err_set(err, rc, name, "%s", strerror(-rc));
	}
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	rc = pump(s, fd, step, ctx);
	if (rc < 0)
		src_stream_explain(s, rc, standard_input ? "standard input" : name, err);
	if (!standard_input)
		close(fd);
	return rc;
}
