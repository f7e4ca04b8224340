/* Operands: fields by the names that conditions use, what to say of one that is not there, and transformers. */
#include "filter/cond_falco.h"
#include "filter/cond_part.h"
#include "table/syscall.h"

static const struct span word_val = SPAN_INIT("val");

const char *cond_type_words(enum field_type type)
{
	static const char *const words[] = {
		[TYPE_STR] = "text", [TYPE_I64] = "a number", [TYPE_U64] = "a number", [TYPE_BOOL] = "true or false",
		[TYPE_TIME] = "a time", [TYPE_REL] = "a duration", [TYPE_IP] = "an address", [TYPE_PORT] = "a port",
		[TYPE_LIST] = "a list", [TYPE_FAMILY] = "several fields",
	};

	return words[type];
}

static bool ancestors_of(int family)
{
	return fields[family].stage == STAGE_TREE;
}

static enum field_type ancestor_type(int family)
{
	return family == FIELD_PROC_APID ? TYPE_I64 : TYPE_STR;
}

/* Behind "NAME[" the number and "]"; what follows goes to *rest. */
static bool number_in_brackets(struct span s, struct span *rest)
{
	size_t i = 1;

	if (s.n < 3 || s.p[0] != '[')
		return false;
	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	if (i == 1 || i > 5 || i == s.n || s.p[i] != ']')
		return false;
	*rest = span_of(s.p + i + 1, s.n - i - 1);
	return true;
}

static bool no_argument(struct span name)
{
	for (unsigned id = 0; id < syscall_count(); id++) {
		const struct syscall_info *call = syscall_by_id(id);

		for (unsigned i = 0; i < call->arg_count; i++)
			if (span_eq(syscall_arg_name(syscall_arg(call, i)), name))
				return false;
	}
	return !(name.n == 2 && name.p[0] == 'a' && name.p[1] >= '0' && name.p[1] <= '5');
}

static bool argument_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* evt.arg.NAME; Falco's evt.arg[NAME] and evt.arg['NAME'] are the same. */
static bool argument(struct cond_parser *ps, struct span word, size_t at, struct cond_operand *out)
{
	struct span key = span_of(word.p + 8, word.n - 8);
	struct nearest near = { .word = key };

	if (word.p[7] == '[') {
		bool quotes = key.n > 2 && (key.p[0] == '"' || key.p[0] == '\'') && key.p[key.n - 2] == key.p[0];
		key = span_of(key.p + quotes, key.n - 1 - 2 * quotes);
		if (key.n && key.p[0] >= '0' && key.p[0] <= '9') {
			cond_fault(ps, at, "arguments have names here: evt.arg.NAME; `tiercel syscalls` lists them");
			return false;
		}
		char *p = cond_room(ps, ps->keep, 8 + key.n);
		if (!p)
			return false;
		memcpy(p, "evt.arg.", 8);
		memcpy(p + 8, key.p, key.n);
		out->member = span_of(p, 8 + key.n);
		key.p = p + 8;
	}
	for (size_t i = 0; i < key.n; i++)
		if (!argument_byte(key.p[i])) {
			cond_fault(ps, at, "'%.*s' is no name of an argument", COND_WORD(key));
			return false;
		}
	near.word = key;
	if (no_argument(key)) {
		for (unsigned id = 0; id < syscall_count(); id++) {
			const struct syscall_info *call = syscall_by_id(id);
			for (unsigned i = 0; i < call->arg_count; i++)
				nearest_offer(&near, syscall_arg_name(syscall_arg(call, i)));
		}
		cond_warn(ps, at, "no system call has an argument '%.*s'%s%.*s%s", COND_WORD(key),
			near.best.p ? "; did you mean '" : "", COND_WORD(near.best), near.best.p ? "'?" : "");
	}
	return true;
}

/* audit.path[n].KEY */
static bool path(struct cond_parser *ps, struct span word, size_t at, struct cond_operand *out)
{
	struct span rest = span_of(word.p + 10, word.n - 10), key;
	struct nearest near = { .word = rest };

	if (!number_in_brackets(rest, &rest) || rest.n < 2 || rest.p[0] != '.') {
		cond_fault(ps, at, "a path has a number and a key: audit.path[0].name");
		return false;
	}
	key = near.word = span_of(rest.p + 1, rest.n - 1);
	for (int k = 0; k < PATH_KEY_COUNT; k++) {
		if (span_eq(path_key_names[k], key)) {
			bool number = k == PATH_inode || k == PATH_ouid || k == PATH_ogid || k == PATH_cap_frootid;
			out->type = number ? TYPE_I64 : TYPE_STR;
			return true;
		}
		nearest_offer(&near, path_key_names[k]);
	}
	cond_fault(ps, at, "a path has no key '%.*s'%s%.*s%s", COND_WORD(key), near.best.p ? "; did you mean '" : "",
		COND_WORD(near.best), near.best.p ? "'?" : "");
	return false;
}

static bool member(struct cond_parser *ps, struct span word, size_t at, struct cond_operand *out)
{
	struct span rest = span_of(word.p + fields[out->field].name.n, word.n - fields[out->field].name.n);

	out->member = word;
	if (out->field == FIELD_EVT_ARG)
		return argument(ps, word, at, out);
	if (out->field == FIELD_AUDIT_PATH)
		return path(ps, word, at, out);
	if (ancestors_of(out->field)) {
		out->type = ancestor_type(out->field);
		if (number_in_brackets(rest, &rest) && rest.n == 0)
			return true;
		cond_fault(ps, at, "an ancestor has a number: %.*s[1] is the parent; without one it is any of them",
			COND_WORD(fields[out->field].name));
		return false;
	}
	return true;
}

/* No field: Falco's, or one by mistake. */
static void unknown(struct cond_parser *ps, struct span word, size_t at)
{
	const struct cond_falco *falco = cond_falco(word);
	struct nearest near = { .word = word };
	const char *bracket = memchr(word.p, '[', word.n);
	int f = bracket ? field_find(span_of(word.p, (size_t)(bracket - word.p))) : -1;

	if (f >= 0) {
		cond_fault(ps, at, "%.*s takes no [...]", COND_WORD(fields[f].name));
		return;
	}
	if (falco) {
		cond_fault(ps, at, "Falco has '%.*s', no source here tells it%s%s", COND_WORD(word), falco->instead ? "; " : "",
			falco->instead ? falco->instead : "");
		return;
	}
	if (!memchr(word.p, '.', word.n)) {
		cond_fault(ps, at, "'%.*s' is no field: their names have a dot (proc.name); `tiercel fields` lists them",
			COND_WORD(word));
		return;
	}
	for (f = 0; f < FIELD_COUNT; f++)
		nearest_offer(&near, fields[f].name);
	if (near.best.p)
		cond_fault(ps, at, "unknown field '%.*s'; did you mean '%.*s'?", COND_WORD(word), COND_WORD(near.best));
	else
		cond_fault(ps, at, "unknown field '%.*s'; `tiercel fields` lists them", COND_WORD(word));
}

static bool field(struct cond_parser *ps, struct span word, size_t at, struct cond_operand *out)
{
	int f = field_find(word);

	if (f < 0)
		f = field_family(word);
	if (f < 0 || (fields[f].type == TYPE_FAMILY && memchr(word.p, '*', word.n))) {
		unknown(ps, word, at);
		return false;
	}
	out->field = f;
	out->type = fields[f].type;
	if (out->type != TYPE_FAMILY)
		return true;
	out->type = TYPE_STR;
	if (!span_eq(fields[f].name, word))
		return member(ps, word, at, out);
	if (ancestors_of(f)) {
		out->ancestors = true;
		out->type = ancestor_type(f);
		return true;
	}
	cond_fault(ps, at, "'%.*s' is several fields: %s", COND_WORD(word), fields[f].meaning);
	return false;
}

/* --- transformers --- */

static int transform_of(struct span name)
{
	for (int t = 0; t < COND_TRANSFORM_COUNT; t++)
		if (span_eq(cond_transform_names[t], name))
			return t;
	return -1;
}

static void unknown_transform(struct cond_parser *ps, struct span name, size_t at)
{
	static const struct span falcos[] = { SPAN_INIT("b64"), SPAN_INIT("join"), SPAN_INIT("concat"), SPAN_INIT("getopt") };
	struct nearest near = { .word = name };

	if (span_eq(name, word_val)) {
		cond_fault(ps, at, "val() stands on the right side of an operator only");
		return;
	}
	for (size_t i = 0; i < sizeof(falcos) / sizeof(*falcos); i++)
		if (span_eq(falcos[i], name)) {
			cond_fault(ps, at, "Falco has %.*s(); here are tolower() toupper() basename() len()", COND_WORD(name));
			return;
		}
	for (int t = 0; t < COND_TRANSFORM_COUNT; t++)
		nearest_offer(&near, cond_transform_names[t]);
	if (near.best.p)
		cond_fault(ps, at, "unknown transformer '%.*s'; did you mean '%.*s'?", COND_WORD(name), COND_WORD(near.best));
	else
		cond_fault(ps, at, "unknown transformer '%.*s'; there are tolower() toupper() basename() len()", COND_WORD(name));
}

/* What a transformer makes of the operand; false: told. */
static bool transform(struct cond_parser *ps, struct cond_operand *o, enum cond_transform t, size_t at)
{
	bool text = o->type == TYPE_STR, len = t == COND_LEN;

	if (!text && !(len && o->type == TYPE_LIST)) {
		cond_fault(ps, at, "%.*s() takes %s, and what stands in it is %s", COND_WORD(cond_transform_names[t]),
			len ? "text or a list" : "text", cond_type_words(o->type));
		return false;
	}
	o->transforms[o->transform_count++] = (uint8_t)t;
	if (len)
		o->type = TYPE_U64;
	return true;
}

/* "tolower(len(" up to the field's name, which stays; how many, -1: told. val has no transformer: COND_TRANSFORM_COUNT. */
static int outer_transforms(struct cond_parser *ps, bool right, enum cond_transform *outer, size_t *at)
{
	unsigned n = 0;

	for (;;) {
		struct span name = cond_lex_peek(&ps->lex);
		int t = transform_of(name);
		bool val = right && n == 0 && span_eq(name, word_val);

		if (!name.n || name.p[name.n] != '(')
			return (int)n;
		if (n == COND_TRANSFORMS)
			cond_fault(ps, ps->lex.at, "more than %d transformers in each other", COND_TRANSFORMS);
		else if (t < 0 && !val)
			unknown_transform(ps, name, ps->lex.at);
		at[n < COND_TRANSFORMS ? n : 0] = ps->lex.at;
		ps->lex.at += name.n + 1;
		if (n == COND_TRANSFORMS || (t < 0 && !val)) {
			cond_lex_close(&ps->lex, n + 1);
			return -1;
		}
		outer[n++] = val ? COND_TRANSFORM_COUNT : (enum cond_transform)t;
	}
}

bool cond_operand(struct cond_parser *ps, bool right, struct cond_operand *out)
{
	enum cond_transform outer[COND_TRANSFORMS];
	size_t at[COND_TRANSFORMS];
	int n = outer_transforms(ps, right, outer, at);
	struct span name;

	if (n < 0)
		return false;
	name = cond_lex_name(&ps->lex);
	*out = (struct cond_operand){ .field = -1 };
	if (!name.n)
		cond_fault(ps, ps->lex.at, "a field is wanted here");
	if (!name.n || !field(ps, name, ps->lex.at - name.n, out)) {
		cond_lex_close(&ps->lex, (size_t)n);
		return false;
	}
	while (n--) {
		if (!cond_lex_take(&ps->lex, ')')) {
			cond_fault(ps, ps->lex.at, "')' is wanted here: a transformer takes one field");
			cond_lex_close(&ps->lex, (size_t)n + 1);
			return false;
		}
		if (outer[n] != COND_TRANSFORM_COUNT && !transform(ps, out, outer[n], at[n])) {
			cond_lex_close(&ps->lex, (size_t)n);
			return false;
		}
	}
	return true;
}
