#include "cli/wrap.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

/* The end of a word at p, of n bytes, blanks before it included; "-F dir=/etc" and "[rule a]" are one. */
static size_t word_end(const char *p, size_t n)
{
	const char *bracket;
	size_t i = 0;

	while (i < n && p[i] == ' ')
		i++;
	bracket = i < n && p[i] == '[' ? memchr(p + i, ']', n - i) : NULL;
	if (bracket)
		i = (size_t)(bracket - p);
	else if (n - i > 3 && p[i] == '-' && (p[i + 1] == 'F' || p[i + 1] == 'S') && p[i + 2] == ' ')
		i += 3;
	while (i < n && p[i] != ' ')
		i++;
	return i;
}

/*
 * How much of the n bytes at p goes into a line of `room`: whole words; of a list that is longer than a line, a
 * `whole` one, whole items.
 */
static size_t fit(const char *p, size_t n, size_t room, size_t whole)
{
	size_t done = 0;

	while (done < n) {
		size_t start = done + (done && p[done] == ' '), stop = start + word_end(p + start, n - start);

		if (stop <= room) {
			done = stop;
			continue;
		}
		if (stop - start > whole)
			for (size_t i = room; i > start; i--)
				if (p[i - 1] == ',')
					return i;
		return done ? done : stop;
	}
	return n;
}

/* Bytes that a terminal may take for more than text are shown by number. */
static void put_bytes(struct wrap *w, const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] < 0x20 || p[i] > 0x7e)
			fprintf(w->to, "\\x%02x", (unsigned char)p[i]);
		else
			putc(p[i], w->to);
}

static size_t room_at(const struct wrap *w, unsigned column)
{
	return w->columns > column + 20 ? w->columns - column : 20;
}

void wrap_end(struct wrap *w, unsigned indent, unsigned hang)
{
	const char *p = w->text.p;
	size_t left = w->text.n;

	while (left) {
		const char *newline = memchr(p, '\n', left);
		size_t line = newline ? (size_t)(newline - p) : left;
		unsigned column = indent;

		for (size_t done = 0; done < line; column = hang) {
			size_t n = fit(p + done, line - done, room_at(w, column), room_at(w, hang));

			fprintf(w->to, "%*s", (int)column, "");
			put_bytes(w, p + done, n);
			putc('\n', w->to);
			done += n;
			done += done < line && p[done] == ' ';
		}
		left -= line + (newline != NULL);
		p += line + (newline != NULL);
	}
	w->text.n = 0;
	w->text.full = false;
}

void wrap_say(struct wrap *w, unsigned indent, unsigned hang, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(w->text.p + w->text.n, w->text.cap - w->text.n, fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < w->text.cap - w->text.n)
		w->text.n += (size_t)n;
	wrap_end(w, indent, hang);
}

int wrap_init(struct wrap *w, FILE *to, unsigned columns, size_t room)
{
	memset(w, 0, sizeof(*w));
	w->to = to;
	w->columns = columns < 40 ? 40 : columns;
	w->text.p = malloc(room);
	w->text.cap = room;
	return w->text.p ? 0 : -ENOMEM;
}

void wrap_release(struct wrap *w)
{
	free(w->text.p);
}
