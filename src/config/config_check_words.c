/* Words that a field never is, and fields that no event has. */
#include "config/config_check_part.h"

#include "base/nearest.h"
#include "table/table.h"

#include <stdlib.h>

bool config_check_told(struct check *k, int field, struct span text)
{
	struct check_word *told;

	for (size_t i = 0; i < k->told_count; i++) {
		if (k->told[i].field == field && span_eq(k->told[i].text, text))
			return true;
	}
	told = realloc(k->told, (k->told_count + 1) * sizeof(*told));
	if (!told) {
		k->no_memory = true;
		return true;
	}
	k->told = told;
	told[k->told_count++] = (struct check_word){ field, text };
	return false;
}

static struct span name_of(const struct cond_operand *o)
{
	return o->member.n ? o->member : fields[o->field].name;
}

void config_check_never_is(struct check *k, const struct cond_check *c, const struct nearest *near, const char *there)
{
	struct shown field, word, other;

	show(name_of(&c->left), &field);
	show(near->word, &word);
	if (near->best.p)
		config_check_warn(k, c->at, "%s is never '%s'; did you mean '%s'?", field.text, word.text,
			show(near->best, &other));
	else
		config_check_warn(k, c->at, "%s is never '%s'%s%s", field.text, word.text, there ? ": " : "", there ? there : "");
}

bool config_check_looks_at(const struct cond_node *n, int field)
{
	for (size_t i = 0; i < n->count; i++) {
		if (config_check_looks_at(n->part[i], field))
			return true;
	}
	return n->kind == COND_CHECK && n->check->left.field == field;
}

/* ---- evt.type ---- */

/* The record type of this name in lower case; 0: none. */
static unsigned find_type(struct span name, struct nearest *near)
{
	for (unsigned type = 1000; type < 3000; type++) {
		struct span lower = record_type_lower(type);
		if (lower.n && span_eq(lower, name))
			return type;
		nearest_offer(near, lower);
	}
	return 0;
}

/* The event of a call has its name, whatever records have joined it. */
static void check_joined(struct check *k, const struct cond_check *check, unsigned type)
{
	struct span lower = record_type_lower(type), name = record_type_name(type);

	if (!record_type_alone(type) && !k->types && !config_check_told(k, FIELD_EVT_TYPE, lower))
		config_check_warn(k, check->at, "evt.type is '%.*s' only where that record came without a system call, else it is the call's "
			"name; of both: audit.types intersects (%.*s)", (int)lower.n, lower.p, (int)name.n, name.p);
}

/* Words that stand for a call or a record without a name, or for what is no record. */
static bool is_nameless(struct span name)
{
	return span_starts(name, SPAN("syscall_")) || span_starts(name, SPAN("unknown")) || span_eq(name, SPAN("audit.raw"));
}

/* A value of evt.type; false: it is no name of an event that this host can have. */
static bool check_type(struct check *k, const struct cond_check *check, struct span name)
{
	const struct syscall_info *call = syscall_by_name(name);
	struct nearest near = { .word = name };
	struct shown shown, other;
	unsigned type;

	show(name, &shown);
	if (call && span_eq(syscall_name(call), name))
		return !k->known || plan_calls_has(&k->here, call->id);
	for (unsigned i = 0; i < syscall_count(); i++)
		nearest_offer(&near, syscall_name(syscall_by_id(i)));
	type = find_type(name, &near);
	if (type)
		check_joined(k, check, type);
	if (type || is_nameless(name) || config_check_told(k, FIELD_EVT_TYPE, name))
		return true;
	if (call)
		config_check_warn(k, check->at, "evt.type is never '%s': it is '%s', and syscall.type tells which variant", shown.text,
			show(syscall_name(call), &other));
	else
		config_check_never_is(k, check, &near, "no system call and no record type has that name");
	return true;
}

/* Rules are for many hosts: that some of its calls are not here is no fault, that none of them is may be one. */
static void check_types(struct check *k, const struct cond_check *check)
{
	size_t here = 0;
	struct shown shown;

	for (size_t i = 0; i < check->count; i++)
		here += check_type(k, check, check->values[i].text);
	if (check->count && !here && !config_check_told(k, FIELD_EVT_TYPE, check->values[0].text))
		config_check_warn(k, check->at, "this machine has no system call '%s'%s", show(check->values[0].text, &shown),
			check->count > 1 ? ", nor any other of these" : "");
}

/* ---- fields of a few words ---- */

static bool any_of(const struct span *words, size_t count, unsigned i, struct span *out)
{
	*out = i < count ? words[i] : span_of(NULL, 0);
	return i < count;
}
#define ANY_OF(words, i, out) any_of(words, sizeof(words) / sizeof((words)[0]), i, out)

static bool category(unsigned i, struct span *out)
{
	static const struct span others[] = { SPAN_INIT("audit"), SPAN_INIT("internal") };

	if (i >= CATEGORY_COUNT)
		return ANY_OF(others, i - CATEGORY_COUNT, out);
	*out = category_name((enum category)i);
	return true;
}

static bool direction(unsigned i, struct span *out)
{
	static const struct span words[] = { SPAN_INIT("<") };

	return ANY_OF(words, i, out);
}

static bool source(unsigned i, struct span *out)
{
	static const struct span words[] = { SPAN_INIT("syscall"), SPAN_INIT("audit"), SPAN_INIT("internal") };

	return ANY_OF(words, i, out);
}

static bool result(unsigned i, struct span *out)
{
	static const struct span words[] = { SPAN_INIT("SUCCESS"), SPAN_INIT("FAILED") };
	uint32_t number;

	if (ANY_OF(words, i, out))
		return true;
	*out = errno_at(i - 2, &number);
	return out->n > 0;
}

/* Errors that the table does not know are E and digits. */
static bool other_result(struct span word)
{
	for (size_t i = 1; i < word.n; i++)
		if (word.p[i] < '0' || word.p[i] > '9')
			return false;
	return word.n > 1 && word.p[0] == 'E';
}

static bool file_type(unsigned i, struct span *out)
{
	static const struct span words[] = {
		SPAN_INIT("file"), SPAN_INIT("directory"), SPAN_INIT("pipe"), SPAN_INIT("unix"), SPAN_INIT("ipv4"),
		SPAN_INIT("ipv6"), SPAN_INIT("netlink")
	};

	return ANY_OF(words, i, out);
}

static bool file_char(unsigned i, struct span *out)
{
	static const struct span words[] = {
		SPAN_INIT("f"), SPAN_INIT("d"), SPAN_INIT("p"), SPAN_INIT("u"), SPAN_INIT("4"), SPAN_INIT("6"), SPAN_INIT("n")
	};

	return ANY_OF(words, i, out);
}

static bool family(unsigned i, struct span *out)
{
	static const struct span words[] = { SPAN_INIT("ip"), SPAN_INIT("unix") };

	return ANY_OF(words, i, out);
}

static bool record_type(unsigned i, struct span *out)
{
	*out = record_type_name(1000 + i);
	return i < 2000;
}

static bool other_record_type(struct span word)
{
	return span_starts(word, SPAN("UNKNOWN["));
}

static const struct closed {
	int field;
	bool (*word)(unsigned i, struct span *out); /* false: there are no more; n 0: a gap */
	bool (*other)(struct span word);            /* NULL: nothing else */
	const char *there;
} closed[] = {
	{ FIELD_EVT_CATEGORY, category, NULL, "`tiercel fields` tells the words" },
	{ FIELD_EVT_DIR, direction, NULL, "the kernel tells of calls that have run: '<'" },
	{ FIELD_EVT_SOURCE, source, NULL, "it is syscall, audit or internal" },
	{ FIELD_EVT_RES, result, other_result, "it is SUCCESS, the name of an error, or FAILED" },
	{ FIELD_FD_TYPE, file_type, NULL, "it is file, directory, pipe, unix, ipv4, ipv6 or netlink" },
	{ FIELD_FD_TYPECHAR, file_char, NULL, "it is f, d, p, u, 4, 6 or n" },
	{ FIELD_FD_SOCKFAMILY, family, NULL, "it is ip or unix" },
	{ FIELD_AUDIT_TYPES, record_type, other_record_type, "no record type has that name" },
};

static void check_closed(struct check *k, const struct cond_check *c, const struct closed *of)
{
	for (size_t v = 0; v < c->count; v++) {
		struct nearest near = { .word = c->values[v].text };
		struct span word;
		bool there = of->other && of->other(near.word);

		for (unsigned i = 0; !there && of->word(i, &word); i++) {
			there = word.n && span_eq(word, near.word);
			nearest_offer(&near, word);
		}
		if (!there && !config_check_told(k, of->field, near.word))
			config_check_never_is(k, c, &near, of->there);
	}
}

/* ---- texts ---- */

/* PATHS: absolute, or what a socket is called. NAMES: text that '=' does not take for a pattern. */
enum text_kind { OTHER, NAMES, PATHS, COMM };
static enum text_kind kind_of(int field)
{
	switch (field) {
	case FIELD_FD_NAME:
	case FIELD_FS_PATH_NAME:
	case FIELD_EVT_ABSPATH:
	case FIELD_PROC_EXEPATH:
		return PATHS;
	case FIELD_FD_DIRECTORY:
	case FIELD_FD_FILENAME:
	case FIELD_FS_PATH_SOURCE:
	case FIELD_FS_PATH_TARGET:
	case FIELD_PROC_CWD:
	case FIELD_PROC_PEXEPATH:
		return NAMES;
	case FIELD_PROC_NAME:
	case FIELD_PROC_PNAME:
	case FIELD_PROC_ANAME:
		return COMM;
	default:
		return OTHER;
	}
}

#define COMM_MAX 15 /* TASK_COMM_LEN, include/linux/sched.h, with its NUL */

static bool is_whole(enum cond_op op)
{
	return op == COND_EQUAL || op == COND_NOT_EQUAL || op == COND_IN || op == COND_INTERSECTS;
}

/* fd.name of a socket: "->1.2.3.4:80", "1.2.3.4:80->", "@abstract"; or what it may begin with. */
static bool is_socket(int field, struct span text)
{
	return field == FIELD_FD_NAME && (strchr("@-:0123456789", text.p[0]) || memchr(text.p, ':', text.n));
}

static void check_path(struct check *k, const struct cond_check *c, struct span text)
{
	struct span field = fields[c->left.field].name;
	struct shown word;

	if (text.p[0] == '/' || is_socket(c->left.field, text) || (c->op == COND_PMATCH && strchr("*?[", text.p[0])) ||
		config_check_told(k, c->left.field, text))
		return;
	if (is_whole(c->op))
		config_check_warn(k, c->at, "%.*s is an absolute path, never '%s'; did you mean endswith '/%s'?", (int)field.n,
			field.p, show(text, &word), word.text);
	else
		config_check_warn(k, c->at, "%.*s is an absolute path, which never begins with '%s'; did you mean '/%s'?",
			(int)field.n, field.p, show(text, &word), word.text);
}

/* A list that is compared with another field, too, has what is good for that. */
static bool is_shared(const struct cond_node *n, const struct cond_check *c)
{
	for (size_t i = 0; i < n->count; i++)
		if (is_shared(n->part[i], c))
			return true;
	return n->kind == COND_CHECK && n->check->values == c->values && n->check->left.field != c->left.field;
}

static void check_text(struct check *k, const struct cond_check *c, enum text_kind kind, struct span text)
{
	struct span field = name_of(&c->left);
	struct shown word;
	bool literal = is_whole(c->op) || c->op == COND_STARTSWITH;

	if (!text.n)
		return;
	if (kind == COMM) {
		if (is_whole(c->op) && text.n > COMM_MAX && !is_shared(k->root, c) &&
			!config_check_told(k, c->left.field, text))
			config_check_warn(k, c->at, "%.*s is never '%s': the kernel keeps 15 bytes, '%.15s'", (int)field.n, field.p,
				show(text, &word), text.p);
	} else if (literal && (memchr(text.p, '*', text.n) || memchr(text.p, '?', text.n))) {
		if (!config_check_told(k, c->left.field, text))
			config_check_warn(k, c->at, "%s compares '%s' as written; glob takes patterns",
				c->op == COND_STARTSWITH ? "startswith" : c->op == COND_IN || c->op == COND_INTERSECTS ? "in" : "=",
				show(text, &word));
	} else if (kind == PATHS && (literal || c->op == COND_PMATCH)) {
		check_path(k, c, text);
	}
}

/* ---- fields that no event has ---- */

static const char of_seccomp[] = "audit's events do not have it, only those of seccomp notify";
static const char of_containers[] = "no event has it: audit knows no containers";

static const struct {
	int field;
	const char *why;
} untold[] = {
	{ FIELD_PROC_ENV, of_seccomp }, { FIELD_PROC_PGID, of_seccomp }, { FIELD_PROC_SID, of_seccomp },
	{ FIELD_PROC_VPID, of_seccomp }, { FIELD_THREAD_TID, of_seccomp },
	{ FIELD_CONTAINER_ID, of_containers }, { FIELD_CONTAINER_IMAGE, of_containers },
	{ FIELD_CONTAINER_NAME, of_containers },
};

static void check_operand(struct check *k, const struct cond_check *check, const struct cond_operand *o)
{
	for (size_t i = 0; o && i < sizeof(untold) / sizeof(untold[0]); i++) {
		if (o->field != untold[i].field || field_set_has(&k->fields, o->field))
			continue;
		field_set_add(&k->fields, o->field);
		config_check_warn(k, check->at, "%.*s: %s", (int)fields[o->field].name.n, fields[o->field].name.p,
			untold[i].why);
	}
}

static void check_values(struct check *k, const struct cond_check *c)
{
	enum text_kind kind = kind_of(c->left.field);

	if (is_whole(c->op) && c->left.field == FIELD_EVT_TYPE)
		check_types(k, c);
	for (size_t i = 0; is_whole(c->op) && i < sizeof(closed) / sizeof(closed[0]); i++)
		if (closed[i].field == c->left.field)
			check_closed(k, c, &closed[i]);
	for (size_t i = 0; kind != OTHER && i < c->count; i++)
		check_text(k, c, kind, c->values[i].text);
}

static void check_node(struct check *k, const struct cond_node *n)
{
	for (size_t i = 0; i < n->count; i++)
		check_node(k, n->part[i]);
	if (n->kind != COND_CHECK)
		return;
	check_operand(k, n->check, &n->check->left);
	check_operand(k, n->check, n->check->right);
	if (!n->check->left.transform_count && !n->check->right)
		check_values(k, n->check);
}

void config_check_words(struct check *k, const struct cond_node *root)
{
	k->root = root;
	k->types = config_check_looks_at(root, FIELD_AUDIT_TYPES);
	check_node(k, root);
}
