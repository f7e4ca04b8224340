/*
 * flatten LOGIN_ID DIRECTORY <events: cuts tierceld's JSON into one text file a case of the workload, fit for diff.
 *
 * Of each event of that login id it writes the fields of output_fields, one a line, sorted as they come; then the same
 * of the next event, by serial. What can't be the same twice is shown as "*", so that only its presence counts; process
 * ids by the order in which they appear (pid1, pid2); texts over LONG bytes by head, tail, length and a hash; equal
 * events in a row once, with their number.
 *
 * A case begins with the open of /case/NAME; DIRECTORY/begin has what comes before the first. Exit 1 where a line is no
 * event, or nothing came.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/json_check.h"

#define MAX_PIDS 256
#define LONG 300
#define SHOWN 60
#define MARKER "\"/case/"
#define PLACE "\"/dev/shm/" /* where the workload works: a program elsewhere is left out */

/* How a field of this name is shown; a name that ends in '*' or begins with it stands for all that fit. */
static const struct rule {
	const char *name;
	enum kind { AS_IT_IS, VARIES, DIGITS_VARY, PID, SCRUBBED, LEFT_OUT, OURS } kind;
} rules[] = {
	/* kernels and security modules differ */
	{ "audit.subj", LEFT_OUT },
	{ "audit.obj", LEFT_OUT },
	{ "*.obj", LEFT_OUT },
	{ "*.cap_frootid", LEFT_OUT },
	/* so do sources: auditd knows the names of ids */
	{ "user.name", LEFT_OUT },
	{ "user.loginname", LEFT_OUT },
	{ "group.name", LEFT_OUT },
	/* sh, which runs the workload, is another program on each host */
	{ "proc.pexepath", OURS },
	{ "evt.origin", VARIES },
	{ "audit.serial", VARIES },
	{ "audit.session", VARIES },
	{ "*.oses", VARIES },
	{ "*.old_ses", VARIES },
	{ "evt.truncated", DIGITS_VARY },
	{ "evt.args.hex", VARIES },
	{ "evt.id", VARIES },
	{ "evt.num", VARIES },
	{ "evt.hostname", VARIES },
	{ "evt.time*", VARIES },
	{ "evt.rawtime", VARIES },
	{ "evt.datetime*", VARIES },
	{ "*.inode", VARIES },
	{ "*.dev", VARIES },
	{ "proc.duration", VARIES },
	{ "proc.pid", PID },
	{ "proc.ppid", PID },
	{ "*.opid", PID },
	{ "evt.arg.*", SCRUBBED },
	{ "evt.args", SCRUBBED },
	{ "evt.rawres", SCRUBBED },

};

struct event {
	unsigned long long serial;
	const char *line;
	char *text;
	bool marker;
};

struct output {
	char *p;
	size_t n, size;
	long pids[MAX_PIDS];
	int n_pids;
};

static void put(struct output *o, const char *p, size_t n)
{
	if (o->n + n + 1 > o->size) {
		o->size = 2 * (o->n + n + 1);
		o->p = realloc(o->p, o->size);
		if (!o->p)
			abort();
	}
	memcpy(o->p + o->n, p, n);
	o->n += n;
	o->p[o->n] = '\0';
}

static bool fits(const char *pattern, struct span name)
{
	size_t n = strlen(pattern);

	if (pattern[0] == '*')
		return name.n >= n - 1 && memcmp(name.p + name.n - (n - 1), pattern + 1, n - 1) == 0;
	if (pattern[n - 1] == '*')
		return name.n >= n - 1 && memcmp(name.p, pattern, n - 1) == 0;
	return name.n == n && memcmp(name.p, pattern, n) == 0;
}

static const struct rule *find_rule(struct span name)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (fits(rules[i].name, name))
			return &rules[i];
	return NULL;
}

/* The name of a process, given at its first appearance where learn says so; 0 where it is no process's. */
static int pid_name(struct output *o, long pid, bool learn)
{
	for (int i = 0; i < o->n_pids; i++)
		if (o->pids[i] == pid)
			return i + 1;
	if (!learn || o->n_pids == MAX_PIDS)
		return 0;
	o->pids[o->n_pids++] = pid;
	return o->n_pids;
}

/* How long the pointer at p is, if one is there: it leads to another place each time. */
static size_t pointer_size(const char *p, const char *end)
{
	size_t n = 2;

	if (end - p < 7 || p[0] != '0' || p[1] != 'x')
		return 0;
	while (p + n < end && ((p[n] >= '0' && p[n] <= '9') || (p[n] >= 'a' && p[n] <= 'f')))
		n++;
	return n >= 7 ? n : 0;
}

/* Text with numbers that are known processes', or pointers, among others. */
static void put_scrubbed(struct output *o, struct span value)
{
	const char *p = value.p, *end = value.p + value.n;
	char text[32];

	while (p < end) {
		const char *start = p;
		size_t pointer = pointer_size(p, end);
		int name = 0;

		if (pointer) {
			put(o, "0x*", 3);
			p += pointer;
			continue;
		}
		while (p < end && *p >= '0' && *p <= '9')
			p++;
		/* A number by itself; small ones are descriptors and flags. */
		if (p - start >= 2 && p - start < 10 && (start == value.p || start[-1] == '=' || start[-1] == '"'))
			name = pid_name(o, strtol(start, NULL, 10), false);
		if (p == start)
			p++;
		if (name)
			put(o, text, (size_t)snprintf(text, sizeof(text), "pid%d", name));
		else
			put(o, start, (size_t)(p - start));
	}
}

static void put_digits(struct output *o, struct span value)
{
	for (size_t i = 0; i < value.n; i++) {
		bool digit = value.p[i] >= '0' && value.p[i] <= '9';

		if (!digit)
			put(o, value.p + i, 1);
		else if (value.p[i - 1] < '0' || value.p[i - 1] > '9')
			put(o, "#", 1);
	}
}

/* What was written behind `start`, if it is long, by its ends and a hash. */
static void shorten(struct output *o, size_t start)
{
	char text[64], tail[SHOWN];
	size_t n = o->n - start;
	unsigned hash = 2166136261u;

	if (n <= LONG)
		return;
	for (size_t i = start; i < o->n; i++)
		hash = (hash ^ (unsigned char)o->p[i]) * 16777619u;
	memcpy(tail, o->p + o->n - SHOWN, SHOWN);
	o->n = start + SHOWN;
	put(o, text, (size_t)snprintf(text, sizeof(text), " ...%zu bytes, %08x... ", n, hash));
	put(o, tail, SHOWN);
}

/* auditd adds the names of ids under keys in capitals. */
static bool is_enriched(struct span name)
{
	size_t i = name.n;

	while (i > 0 && name.p[i - 1] != '.')
		i--;
	return i < name.n && name.p[i] >= 'A' && name.p[i] <= 'Z';
}

static void put_field(struct output *o, struct span name, struct span value)
{
	const struct rule *rule = find_rule(name);
	size_t start;
	char text[32];
	int pid;

	if (is_enriched(name) || (rule && rule->kind == LEFT_OUT))
		return;
	if (rule && rule->kind == OURS && !span_starts(value, SPAN(PLACE)))
		return;
	put(o, "  ", 2);
	put(o, name.p, name.n);
	put(o, " = ", 3);
	start = o->n;
	switch (rule ? rule->kind : AS_IT_IS) {
	case AS_IT_IS:
		put(o, value.p, value.n);
		break;
	case VARIES:
		put(o, "*", 1);
		break;
	case DIGITS_VARY:
		put_digits(o, value);
		break;
	case PID:
		pid = pid_name(o, strtol(value.p, NULL, 10), true);
		put(o, text, (size_t)snprintf(text, sizeof(text), "pid%d", pid));
		break;
	default:
		put_scrubbed(o, value);
	}
	shorten(o, start);
	put(o, "\n", 1);
}

/* The value of "key" among the keys at c, which is behind a '{'. Each is given to act. */
static bool walk(struct json_check *c, void (*act)(void *context, struct span name, struct span value), void *context)
{
	do {
		struct span name;
		const char *start;

		if (!json_check_string(c, &name) || !json_check_take(c, ':'))
			return false;
		start = c->p;
		if (!json_check_value(c, JSON_CHECK_DEPTH))
			return false;
		act(context, name, span_of(start, (size_t)(c->p - start)));
	} while (json_check_take(c, ','));
	return json_check_take(c, '}');
}

struct search {
	const char *name;
	struct span value;
};

static void look(void *context, struct span name, struct span value)
{
	struct search *s = context;

	if (name.n == strlen(s->name) && memcmp(name.p, s->name, name.n) == 0)
		s->value = value;
}

static struct span find(const char *object, const char *name)
{
	struct json_check c = { object + 1, object + strlen(object), NULL };
	struct search s = { name, { "", 0 } };

	walk(&c, look, &s);
	return s.value;
}

static void each_field(void *context, struct span name, struct span value)
{
	put_field(context, name, value);
}

/* What is beside output_fields, in words of our own, then they. */
static void render(struct event *e, struct output *o)
{
	static const char *const beside[] = { "priority", "rule", "source", "tags" };
	struct span fields = find(e->line, "output_fields");
	struct json_check c = { fields.p + 1, fields.p + fields.n, NULL };

	o->n = 0;
	put(o, "event\n", 6);
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++)
		put_field(o, span_of(beside[i], strlen(beside[i])), find(e->line, beside[i]));
	walk(&c, each_field, o);
	e->text = strdup(o->p);
}

static int by_serial(const void *a, const void *b)
{
	const struct event *x = a, *y = b;

	return x->serial < y->serial ? -1 : x->serial > y->serial;
}

/* The events of the login id, in a list of their own. */
static size_t read_events(const char *login, struct event **list)
{
	struct event *e = NULL;
	char *line = NULL;
	size_t size = 0, n = 0, room = 0;
	ssize_t length;

	while ((length = getline(&line, &size, stdin)) > 0) {
		const char *error = json_check_line(line, (size_t)length);
		struct span fields, id, path;

		if (error) {
			fprintf(stderr, "flatten: %s: %s", error, line);
			exit(1);
		}
		fields = find(line, "output_fields");
		id = find(fields.p, "user.loginuid");
		if (id.n != strlen(login) || memcmp(id.p, login, id.n) != 0)
			continue;
		if (n == room) {
			room = 2 * room + 64;
			e = realloc(e, room * sizeof(*e));
			if (!e)
				abort();
		}
		path = find(fields.p, "evt.arg.name");
		e[n].marker = path.n > strlen(MARKER) && memcmp(path.p, MARKER, strlen(MARKER)) == 0;
		e[n].serial = strtoull(find(fields.p, "audit.serial").p, NULL, 10);
		e[n].text = NULL;
		e[n++].line = strdup(line);
	}
	free(line);
	if (n)
		qsort(e, n, sizeof(*e), by_serial);
	*list = e;
	return n;
}

static FILE *open_case(const char *directory, struct span name)
{
	char path[4096];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%.*s", directory, (int)name.n, name.p);
	f = fopen(path, "w");
	if (!f) {
		perror(path);
		exit(1);
	}
	return f;
}

static void print_run(FILE *f, const struct event *e, unsigned times)
{
	fputs(e->text, f);
	if (times > 1)
		fprintf(f, "%u times\n", times);
}

int main(int argc, char **argv)
{
	static struct output o;
	struct event *e;
	size_t n, same;
	FILE *f;

	if (argc != 3) {
		fprintf(stderr, "usage: flatten LOGIN_ID DIRECTORY <EVENTS\n");
		return 2;
	}
	n = read_events(argv[1], &e);
	if (!n) {
		fprintf(stderr, "flatten: no event of login id %s\n", argv[1]);
		return 1;
	}
	f = open_case(argv[2], SPAN("begin"));
	for (size_t i = 0; i < n; i += same) {
		if (e[i].marker) {
			struct span path = find(find(e[i].line, "output_fields").p, "evt.arg.name");

			fclose(f);
			f = open_case(argv[2], span_of(path.p + strlen(MARKER), path.n - strlen(MARKER) - 1));
			o.n_pids = 0;
		}
		if (!e[i].text)
			render(&e[i], &o);
		for (same = 1; i + same < n && !e[i + same].marker; same++) {
			render(&e[i + same], &o);
			if (strcmp(e[i + same].text, e[i].text) != 0)
				break;
		}
		print_run(f, &e[i], (unsigned)same);
	}
	return fclose(f) != 0;
}
