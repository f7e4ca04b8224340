#include "filter/glob.h"

bool glob_name_next(struct span *rest, struct span *name)
{
	while (rest->n && rest->p[0] == '/')
		*rest = span_of(rest->p + 1, rest->n - 1);
	if (rest->n == 0)
		return false;
	const char *slash = memchr(rest->p, '/', rest->n);
	*name = span_of(rest->p, slash ? (size_t)(slash - rest->p) : rest->n);
	*rest = span_of(rest->p + name->n, rest->n - name->n);
	return true;
}

static size_t takes(struct span pattern, size_t at, char byte, bool fold)
{
	(void)fold;
	return pattern.p[at] == '?' || pattern.p[at] == byte;
}

/* Names of files are short: any place. */
static size_t next_place(struct span pattern, size_t at, struct span text, size_t from, bool fold)
{
	(void)pattern, (void)at, (void)text, (void)fold;
	return from;
}

bool glob_match(struct span pattern, struct span path)
{
	struct span piece = { NULL, 0 }, name, retry_pattern = { NULL, 0 }, retry_path = { NULL, 0 };
	bool rooted = path.n && path.p[0] == '/';

	if (pattern.n && pattern.p[0] == '/' ? !rooted : rooted && !span_starts(pattern, SPAN("**")))
		return false;
	for (;;) {
		bool more = glob_name_next(&pattern, &piece);
		if (more && span_eq(piece, SPAN("**"))) {
			struct span last = pattern;
			if (!glob_name_next(&last, &piece))
				return glob_name_next(&path, &name);
			retry_pattern = pattern;
			retry_path = path;
			continue;
		}
		if (glob_name_next(&path, &name) ? more && glob_stars(piece, name, takes, next_place, false) : !more) {
			if (!more)
				return true;
			continue;
		}
		/* Only the last ** can have to take a name more: what stands before it matched as early as can be. */
		if (!retry_pattern.p || !glob_name_next(&retry_path, &name))
			return false;
		pattern = retry_pattern;
		path = retry_path;
	}
}

const char *glob_fault(struct span pattern)
{
	struct span piece = { NULL, 0 };

	if (pattern.n == 0)
		return "an empty word: a comma too many";
	if (pattern.n > 1 && pattern.p[pattern.n - 1] == '/')
		return "ends in '/': write /dir for the directory itself, /dir/** for all below it";
	while (glob_name_next(&pattern, &piece)) {
		for (size_t i = 1; i < piece.n && piece.n > 2; i++) {
			if (piece.p[i - 1] == '*' && piece.p[i] == '*')
				return "'**' must stand alone between slashes, as in /etc/**/*.conf";
		}
	}
	return NULL;
}
