/*
 * The grammar, by recursive descent: or, and, check. `not` is carried down as `negated`, so that what comes out has
 * negations at its leaves only. After a fault the parser goes on behind the next `and` or `or`.
 */
#include "filter/cond_part.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

static const struct span word_and = SPAN_INIT("and"), word_or = SPAN_INIT("or"), word_not = SPAN_INIT("not");

static struct cond_raw *parse_or(struct cond_parser *ps, bool negated);

static bool same_word(struct span name, struct span word)
{
	return name.n == word.n && strncasecmp(name.p, word.p, word.n) == 0;
}

static bool logical(struct span name)
{
	return span_eq(name, word_and) || span_eq(name, word_or) || span_eq(name, word_not);
}

static struct cond_raw *new_raw(struct cond_parser *ps, enum cond_raw_kind kind, bool negated, size_t at)
{
	struct cond_raw *raw = cond_room(ps, &ps->scrap, sizeof(*raw));

	if (raw) {
		raw->kind = kind;
		raw->negated = negated;
		raw->at = at;
	}
	return raw;
}

/* --- values --- */

/* What to do about a value that is none, where that is known. */
static const char *hint(const struct cond_check *check)
{
	static const struct {
		int field;
		const char *hint;
	} hints[] = {
		{ FIELD_USER_UID, "; user.name has names" }, { FIELD_USER_LOGINUID, "; user.loginname has names" },
		{ FIELD_GROUP_GID, "; group.name has names" },
	};

	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (hints[i].field == check->left.field)
			return hints[i].hint;
	return "";
}

/* A value for this check into *out; where it has a fault, or is a list's name, false and told. */
static bool typed_word(struct cond_parser *ps, const struct cond_check *check, const struct cond_word *word,
	struct cond_value *out)
{
	const char *why = cond_type_value(ps, cond_value_kind(check), cond_word_text(ps, word), out);

	if (!why && check->left.field == FIELD_EVT_TYPE && span_starts(out->text, SPAN("@")))
		why = "is a group, and groups are for [select]: name the calls, evt.type in (...)";
	if (why && ps->rc != -ENOMEM)
		cond_fault(ps, word->at, "'%.*s' %s%s", COND_WORD(word->raw), why, hint(check));
	else if (check->left.type == TYPE_I64 && out->i64 == UINT32_MAX)
		cond_warn(ps, word->at, "an id that is not set is -1 here, and audit.session is absent");
	return !why;
}

/* What stands there is no value: why. */
static void no_value(struct cond_parser *ps, const struct cond_word *word, const char *behind)
{
	char c = cond_lex_next(&ps->lex);

	if (word->why)
		cond_fault(ps, word->why_at, "%s", word->why);
	else if (c == '(')
		cond_fault(ps, ps->lex.at, "one value is wanted behind %s; of several: in (...), or contains anyof (...)", behind);
	else if (c == '=')
		cond_fault(ps, ps->lex.at, "'=' can't stand here; a value with = in it wants quotes");
	else
		cond_fault(ps, ps->lex.at, "the value is missing behind %s", behind);
}

/* One item of "(a, list, 'b')" at the end of the chain. */
struct item {
	struct cond_value value;
	const struct cond_values *list;
	struct item *next;
};

static struct item *parse_item(struct cond_parser *ps, const struct cond_check *check)
{
	struct item *item = cond_room(ps, &ps->scrap, sizeof(*item));
	struct cond_word word;
	long list = -1;

	if (!item)
		return NULL;
	if (!cond_lex_value(&ps->lex, &word)) {
		no_value(ps, &word, "the comma or parenthesis");
		return NULL;
	}
	if (!word.quoted)
		list = cond_scope_list(ps, word.raw, word.at);
	if (list >= 0)
		item->list = cond_scope_values(ps, (size_t)list, cond_value_kind(check), word.at);
	else
		typed_word(ps, check, &word, &item->value);
	return item;
}

/* All of the chain, each value once. A single list is not copied. */
static void join(struct cond_parser *ps, struct cond_check *check, const struct item *first)
{
	struct cond_value *value;
	size_t n = 0;

	check->values = NULL;
	check->count = 0;
	if (first && first->list && !first->next) {
		check->values = first->list->value;
		check->count = first->list->count;
		return;
	}
	for (const struct item *i = first; i; i = i->next)
		n += i->list ? i->list->count : 1;
	if (n > COND_NODES_MAX)
		cond_fault(ps, check->at, COND_TOO_LARGE, COND_NODES_MAX);
	if (!n || n > COND_NODES_MAX)
		return;
	value = cond_room(ps, ps->keep, n * sizeof(*value));
	if (!value)
		return;
	n = 0;
	for (const struct item *i = first; i; i = i->next) {
		if (i->list && i->list->count)
			memcpy(value + n, i->list->value, i->list->count * sizeof(*value));
		else if (!i->list)
			value[n] = i->value;
		n += i->list ? i->list->count : 1;
	}
	check->values = value;
	check->count = cond_type_unique(ps, cond_value_kind(check), value, n);
}

static void parse_items(struct cond_parser *ps, struct cond_check *check)
{
	struct item *first = NULL, **end = &first;
	size_t open;

	cond_lex_next(&ps->lex);
	open = ps->lex.at++;
	if (cond_lex_take(&ps->lex, ')')) {
		cond_warn(ps, open, "no value stands in the parentheses: this never holds");
		return;
	}
	do {
		*end = parse_item(ps, check);
		if (!*end) {
			cond_lex_close(&ps->lex, 1);
			return;
		}
		end = &(*end)->next;
	} while (cond_lex_take(&ps->lex, ','));
	if (cond_lex_take(&ps->lex, ')')) {
		if (ps->rc == 0)
			join(ps, check, first);
		return;
	}
	if (cond_lex_next(&ps->lex) == '\0' || logical(cond_lex_peek(&ps->lex)))
		cond_fault(ps, open, "the parenthesis that begins here has no end");
	else
		cond_fault(ps, ps->lex.at, "',' or ')' is wanted here; a value with blanks or = in it wants quotes");
	cond_lex_close(&ps->lex, 1);
}

static bool parse_value(struct cond_parser *ps, struct cond_check *check)
{
	char behind[32];
	struct span peek = cond_lex_peek(&ps->lex);
	struct cond_value *value;
	struct cond_word word;

	snprintf(behind, sizeof(behind), "'%.*s'", COND_WORD(cond_op_names[check->op]));
	if (logical(peek)) {
		cond_fault(ps, ps->lex.at, "the value is missing behind %s; if the word '%.*s' is meant, quote it", behind,
			COND_WORD(peek));
		return false;
	}
	if (!cond_lex_value(&ps->lex, &word)) {
		no_value(ps, &word, behind);
		return false;
	}
	if (!word.quoted && cond_scope_list(ps, word.raw, word.at) >= 0) {
		cond_fault(ps, word.at, "'%.*s' is a list: in (%.*s); if the word is meant, quote it", COND_WORD(word.raw),
			COND_WORD(word.raw));
		return true;
	}
	value = cond_room(ps, ps->keep, sizeof(*value));
	if (value && typed_word(ps, check, &word, value)) {
		check->values = value;
		check->count = 1;
	}
	return true;
}

/* --- checks --- */

static bool parse_right(struct cond_parser *ps, struct cond_check *check)
{
	struct cond_operand *right = cond_room(ps, ps->keep, sizeof(*right));

	if (!right || !cond_operand(ps, true, right))
		return false;
	check->right = right;
	return true;
}

static void no_operator(struct cond_parser *ps, struct span field)
{
	struct span name = cond_lex_peek(&ps->lex);
	struct nearest near = { .word = name };
	char c = cond_lex_next(&ps->lex);

	for (int op = 0; name.n && op < COND_OP_COUNT; op++)
		nearest_offer(&near, cond_op_names[op]);
	if (c == '[')
		cond_fault(ps, ps->lex.at, "']' is missing");
	else if (c == '!' || c == '&' || c == '|')
		cond_fault(ps, ps->lex.at, "unknown operator '%c'; there are = != < <= > >= and words", c);
	else if (same_word(name, word_not))
		cond_fault(ps, ps->lex.at, "'not' stands in front of the field: not %.*s ...", COND_WORD(field));
	else if (c == '\0' || c == ')' || logical(name))
		cond_fault(ps, ps->lex.at, "an operator is missing behind '%.*s'; `%.*s exists` asks whether it has a value",
			COND_WORD(field), COND_WORD(field));
	else if (near.best.p)
		cond_fault(ps, ps->lex.at, "unknown operator '%.*s'; did you mean '%.*s'?", COND_WORD(name), COND_WORD(near.best));
	else
		cond_fault(ps, ps->lex.at, "an operator is wanted behind '%.*s'", COND_WORD(field));
}

static bool many(enum cond_op op)
{
	return op == COND_IN || op == COND_INTERSECTS || op == COND_PMATCH;
}

/* anyof, oneof, allof in front of a parenthesis. */
static enum cond_among parse_among(struct cond_parser *ps)
{
	static const struct span words[] = { SPAN_INIT("anyof"), SPAN_INIT("oneof"), SPAN_INIT("allof") };
	struct cond_lex before = ps->lex;
	struct span name = cond_lex_name(&ps->lex);

	if (cond_lex_next(&ps->lex) == '(')
		for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
			if (span_eq(words[i], name))
				return i < 2 ? COND_ANYOF : COND_ALLOF;
	ps->lex = before;
	return COND_ONE;
}

/* What stands behind the operator; false: the rest of the check is to be skipped. */
static bool parse_right_side(struct cond_parser *ps, struct cond_check *check)
{
	struct span name = cond_lex_peek(&ps->lex);
	bool call = name.n && name.p[name.n] == '(' && !logical(name); /* no value has parentheses */

	if (check->op == COND_EXISTS)
		return true;
	if (check->among != COND_ONE || (many(check->op) && cond_lex_next(&ps->lex) == '(')) {
		parse_items(ps, check);
		return true;
	}
	if (call)
		return parse_right(ps, check);
	if (many(check->op)) {
		cond_fault(ps, ps->lex.at, "'%.*s' wants parentheses: %.*s (value, list, ...)",
			COND_WORD(cond_op_names[check->op]), COND_WORD(cond_op_names[check->op]));
		return false;
	}
	return parse_value(ps, check);
}

static struct cond_raw *parse_check(struct cond_parser *ps, struct span name, size_t at, bool negated)
{
	struct cond_check *check = cond_room(ps, ps->keep, sizeof(*check));
	struct cond_raw *raw = new_raw(ps, RAW_CHECK, negated, at);
	bool known, good;
	size_t op_at, right_at;
	int op;

	if (!check || !raw)
		return NULL;
	known = cond_operand(ps, false, &check->left);
	cond_lex_next(&ps->lex);
	op_at = ps->lex.at;
	op = known ? cond_lex_operator(&ps->lex) : -1;
	if (op < 0) {
		if (known)
			no_operator(ps, name);
		cond_lex_recover(&ps->lex);
		return NULL;
	}
	check->op = (enum cond_op)op;
	check->at = at;
	if (op >= COND_CONTAINS && op <= COND_REGEX)
		check->among = parse_among(ps);
	cond_lex_next(&ps->lex);
	right_at = ps->lex.at;
	/* A wrong operator makes every value wrong: one fault is enough. */
	good = cond_type_operator(ps, check, op_at) && parse_right_side(ps, check) &&
		(!check->right || cond_type_right(ps, check, right_at));
	if (!good)
		cond_lex_recover(&ps->lex);
	raw->check = check;
	return raw;
}

static struct cond_raw *parse_macro(struct cond_parser *ps, struct span name, size_t at, bool negated)
{
	long macro = cond_scope_macro(ps, name, at);
	struct cond_raw *raw;

	if (macro < 0) {
		cond_scope_no_macro(ps, name, at);
		return NULL;
	}
	raw = new_raw(ps, RAW_MACRO, negated, at);
	if (raw)
		raw->macro = (size_t)macro;
	return raw;
}

/* --- logic --- */

static struct cond_raw *parse_inner(struct cond_parser *ps, bool negated)
{
	size_t open = ps->lex.at++;
	struct cond_raw *raw;

	if (ps->depth == COND_DEPTH_MAX) {
		cond_fault(ps, open, "more than %d parentheses in each other", COND_DEPTH_MAX);
		ps->lex.at += strlen(ps->lex.text + ps->lex.at);
		return NULL;
	}
	ps->depth++;
	raw = parse_or(ps, negated);
	ps->depth--;
	if (!cond_lex_take(&ps->lex, ')') && ps->rc == 0)
		cond_fault(ps, open, "the parenthesis that begins here has no end");
	return raw;
}

/* A field or macro is wanted, and none is there. */
static void no_operand(struct cond_parser *ps)
{
	char c = cond_lex_next(&ps->lex);

	if (c == '\0')
		cond_fault(ps, ps->lex.at, ps->lex.at ? "the condition ends where a check is wanted" : "the condition is empty");
	else if (c == ')')
		cond_fault(ps, ps->lex.at, "a check is wanted in front of ')'");
	else if (c == '!')
		cond_fault(ps, ps->lex.at, "unknown sign '!'; write not");
	else if (c == '"' || c == '\'')
		cond_fault(ps, ps->lex.at, "a value stands where a field or a macro is wanted; fields and macros have no quotes");
	else if (c == '@')
		cond_fault(ps, ps->lex.at, "groups are for [select]; here evt.type in (...)");
	else
		cond_fault(ps, ps->lex.at, "a field or a macro is wanted here");
}

/* Then the name was to be a field, not a macro. */
static bool behind_is_operator(struct cond_lex lex, struct span name)
{
	lex.at += name.n;
	return cond_lex_operator(&lex) >= 0;
}

/* not ... CHECK, not ... ( ... ) */
static struct cond_raw *parse_not(struct cond_parser *ps, bool negated)
{
	struct span name;
	size_t at;

	for (name = cond_lex_peek(&ps->lex); same_word(name, word_not); name = cond_lex_peek(&ps->lex)) {
		if (!span_eq(name, word_not))
			cond_fault(ps, ps->lex.at, "'%.*s' is written in lower case", COND_WORD(name));
		ps->lex.at += name.n;
		negated = !negated;
	}
	if (cond_lex_next(&ps->lex) == '(')
		return parse_inner(ps, negated);
	at = ps->lex.at;
	if (!name.n) {
		no_operand(ps);
		cond_lex_recover(&ps->lex);
		return NULL;
	}
	if (span_eq(name, word_and) || span_eq(name, word_or)) {
		cond_fault(ps, at, "a check is wanted in front of '%.*s'", COND_WORD(name));
		return NULL;
	}
	if (name.p[name.n] == '(' || memchr(name.p, '.', name.n) || behind_is_operator(ps->lex, name))
		return parse_check(ps, name, at, negated);
	ps->lex.at += name.n;
	return parse_macro(ps, name, at, negated);
}

static bool at_end_of_check(struct cond_parser *ps)
{
	struct span name = cond_lex_peek(&ps->lex);
	char c = ps->lex.text[ps->lex.at];

	return c == '\0' || c == ')' || span_eq(name, word_and) || span_eq(name, word_or);
}

/* Behind a check: what takes the place of `and`, `or` by mistake. Does the next check follow? */
static bool no_word(struct cond_parser *ps)
{
	struct span name = cond_lex_peek(&ps->lex);
	char c = cond_lex_next(&ps->lex);

	if (same_word(name, word_and) || same_word(name, word_or)) {
		cond_fault(ps, ps->lex.at, "'%.*s' is written in lower case", COND_WORD(name));
		ps->lex.at += name.n;
		return true;
	}
	if (c == '&' || c == '|') {
		cond_fault(ps, ps->lex.at, "unknown sign '%c'; write %s", c, c == '&' ? "and" : "or");
		ps->lex.at += strspn(ps->lex.text + ps->lex.at, "&|");
		return true;
	}
	if (c == '=')
		cond_fault(ps, ps->lex.at, "'=' can't stand here; a value with = in it wants quotes");
	else if (c == ',')
		cond_fault(ps, ps->lex.at, "',' can't stand here; several values: in (...), or contains anyof (...)");
	else
		cond_fault(ps, ps->lex.at, "'and' or 'or' is wanted here; a value with blanks or parentheses wants quotes");
	cond_lex_recover(&ps->lex);
	return false;
}

/* Parts joined by `and`, or such joined by `or`; one alone stays itself. */
static struct cond_raw *parse_joined(struct cond_parser *ps, bool negated, bool all)
{
	struct cond_raw *group = new_raw(ps, all == negated ? RAW_OR : RAW_AND, false, ps->lex.at), *part;

	bool more;

	if (!group)
		return NULL;
	do {
		part = all ? parse_not(ps, negated) : parse_joined(ps, negated, true);
		if (part && group->last)
			group->last->next = part;
		else if (part)
			group->first = part;
		if (part)
			group->last = part;
		more = all && !at_end_of_check(ps) && no_word(ps);
	} while (more || cond_lex_keyword(&ps->lex, all ? word_and : word_or));
	return group->first == group->last ? group->first : group;
}

static struct cond_raw *parse_or(struct cond_parser *ps, bool negated)
{
	return parse_joined(ps, negated, false);
}

struct cond_raw *cond_parse_text(struct cond_parser *ps)
{
	struct cond_raw *raw = parse_or(ps, false);

	while (cond_lex_next(&ps->lex) == ')') {
		cond_fault(ps, ps->lex.at++, "this ')' closes nothing");
		bool more = !at_end_of_check(ps) && no_word(ps);
		if (more || cond_lex_keyword(&ps->lex, word_and) || cond_lex_keyword(&ps->lex, word_or))
			parse_or(ps, false);
	}
	return ps->rc ? NULL : raw;
}
