#include "filter/glob.h"

/* One name against one piece of a pattern, neither with a slash. Only the last star can have to give way. */
static bool name_match(struct span pattern, struct span name)
{
	size_t p = 0, n = 0, star = (size_t)-1, resume = 0;

	while (n < name.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			resume = n;
		} else if (p < pattern.n && (pattern.p[p] == '?' || pattern.p[p] == name.p[n])) {
			p++;
			n++;
		} else if (star != (size_t)-1) {
			p = star + 1;
			n = ++resume;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

/* Take the next name off the front; false at the end. */
static bool name_next(struct span *rest, struct span *name)
{
	while (rest->n && rest->p[0] == '/') {
		rest->p++;
		rest->n--;
	}
	if (rest->n == 0)
		return false;
	const char *slash = memchr(rest->p, '/', rest->n);
	*name = span_of(rest->p, slash ? (size_t)(slash - rest->p) : rest->n);
	rest->p += name->n;
	rest->n -= name->n;
	return true;
}

bool glob_match(struct span pattern, struct span path)
{
	struct span piece = { NULL, 0 }, name, retry_pattern = { NULL, 0 }, retry_path = { NULL, 0 };
	bool rooted = path.n && path.p[0] == '/';

	if (pattern.n && pattern.p[0] == '/' ? !rooted : rooted && !span_starts(pattern, SPAN("**")))
		return false;
	for (;;) {
		bool more = name_next(&pattern, &piece);
		if (more && span_eq(piece, SPAN("**"))) {
			struct span last = pattern;
			if (!name_next(&last, &piece))
				return name_next(&path, &name);
			retry_pattern = pattern;
			retry_path = path;
			continue;
		}
		if (name_next(&path, &name) ? more && name_match(piece, name) : !more) {
			if (!more)
				return true;
			continue;
		}
		/* Only the last ** can have to take a name more: what stands before it matched as early as can be. */
		if (!retry_pattern.p || !name_next(&retry_path, &name))
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
	while (name_next(&pattern, &piece)) {
		for (size_t i = 1; i < piece.n && piece.n > 2; i++) {
			if (piece.p[i - 1] == '*' && piece.p[i] == '*')
				return "'**' must stand alone between slashes, as in /etc/**/*.conf";
		}
	}
	return NULL;
}
