/*
 * Lists and macros by name. What a name depends on is noted as its text is read; then they are taken in an order in
 * which each comes behind what it uses: lists first, which know no macros.
 */
#include "base/hash.h"
#include "filter/cond_order.h"
#include "filter/cond_part.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

struct item {
	struct span text;
	long list; /* place in names, -1: it is a value */
};

struct list {
	struct item *items;
	size_t count, cap;
	struct cond_value *flat; /* text alone: lists in it put in, each value once */
	size_t flat_count;
	struct cond_values typed[COND_VALUE_KINDS];
};

struct cond_scope {
	struct cond_name *names; /* lists, then macros */
	size_t list_count, macro_count;
	struct list *lists;
	struct cond_macro *macros;
	uint32_t *order;    /* of names: each behind what it uses */
	size_t ordered;
	uint32_t *slot;     /* place in names + 1, by hash */
	size_t slots;
	struct cond_block *blocks;
	size_t nodes;       /* of all conditions so far */
	unsigned holders;
};

static size_t total(const struct cond_scope *s)
{
	return s->list_count + s->macro_count;
}

/* Of two outcomes: no memory, then a fault. */
static int worse(int a, int b)
{
	return a == -ENOMEM || !b ? a : b;
}

/* Room for one more in an array that doubles. */
static void *grown(struct cond_parser *ps, void *array, size_t count, size_t *cap, size_t size)
{
	void *bigger;

	if (count < *cap)
		return array;
	bigger = realloc(array, (*cap ? *cap * 2 : 4) * size);
	if (bigger)
		*cap = *cap ? *cap * 2 : 4;
	else
		ps->rc = -ENOMEM;
	return bigger;
}

/* --- names --- */

static size_t slot_of(const struct cond_scope *s, struct span word, bool macro)
{
	size_t h = hash_bytes(macro, word.p, word.n) & (s->slots - 1);

	while (s->slot[h]) {
		size_t i = s->slot[h] - 1;

		if ((i >= s->list_count) == macro && span_eq(s->names[i].word, word))
			break;
		h = (h + 1) & (s->slots - 1);
	}
	return h;
}

static long lookup(struct cond_parser *ps, struct span word, bool macro, size_t at)
{
	struct cond_scope *s = ps->scope;
	struct cond_name *own;
	uint32_t found;

	if (!s)
		return -1;
	found = s->slot[slot_of(s, word, macro)];
	if (!found)
		return -1;
	found--;
	if (ps->rule) {
		s->names[found].used = true;
		return found;
	}
	own = &s->names[ps->index + (ps->place == COND_IN_MACRO ? s->list_count : 0)];
	struct cond_use *uses = grown(ps, own->uses, own->use_count, &own->use_cap, sizeof(*uses));
	if (uses) {
		own->uses = uses;
		uses[own->use_count++] = (struct cond_use){ found, at };
	}
	return found;
}

long cond_scope_list(struct cond_parser *ps, struct span name, size_t at)
{
	return lookup(ps, name, false, at);
}

long cond_scope_macro(struct cond_parser *ps, struct span name, size_t at)
{
	long found = lookup(ps, name, true, at);

	return found < 0 ? -1 : found - (long)ps->scope->list_count;
}

const struct cond_macro *cond_scope_macro_at(const struct cond_scope *s, size_t index)
{
	return &s->macros[index];
}

void cond_scope_no_macro(struct cond_parser *ps, struct span name, size_t at)
{
	const struct cond_scope *s = ps->scope;
	struct nearest near = { .word = name };

	if (s && s->slot[slot_of(s, name, false)]) {
		cond_fault(ps, at, "'%.*s' is a list: FIELD in (%.*s)", COND_WORD(name), COND_WORD(name));
		return;
	}
	for (size_t i = s ? s->list_count : 0; s && i < total(s); i++)
		nearest_offer(&near, s->names[i].word);
	if (near.best.p)
		cond_fault(ps, at, "unknown macro '%.*s'; did you mean '%.*s'?", COND_WORD(name), COND_WORD(near.best));
	else
		cond_fault(ps, at, "unknown macro '%.*s'; a field has a dot in its name", COND_WORD(name));
}

static bool name_is_good(struct cond_parser *ps, struct span word, bool macro)
{
	static const struct span taken[] = { SPAN_INIT("and"), SPAN_INIT("or"), SPAN_INIT("not") };
	struct cond_lex lex = { .text = word.p };
	struct cond_word whole;

	for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++)
		if (span_eq(taken[i], word)) {
			cond_fault(ps, 0, "'%.*s' is a word of the language, no name", COND_WORD(word));
			return false;
		}
	if (macro && word.n && cond_lex_name(&lex).n == word.n && !strpbrk(word.p, ".[~"))
		return true;
	if (!macro && cond_lex_value(&lex, &whole) && !whole.quoted && whole.raw.n == word.n)
		return true;
	if (macro)
		cond_fault(ps, 0, "a macro's name is made of letters, digits, _ and -, and begins with a letter or _: '%.*s'",
			COND_WORD(word));
	else
		cond_fault(ps, 0, "a list's name has no blanks, quotes, commas, parentheses or =: '%.*s'", COND_WORD(word));
	return false;
}

/* The parser for the text of names[i]. */
static struct cond_parser at_work(struct cond_scope *s, size_t i, cond_report *report, void *ctx)
{
	bool macro = i >= s->list_count;

	return (struct cond_parser){
		.lex = { .text = s->names[i].text }, .place = macro ? COND_IN_MACRO : COND_IN_LIST,
		.index = macro ? i - s->list_count : i, .report = report, .ctx = ctx, .scope = s, .keep = &s->blocks
	};
}

static int enter_names(struct cond_scope *s, cond_report *report, void *ctx)
{
	int rc = 0;

	for (size_t i = 0; i < total(s); i++) {
		struct cond_parser ps = at_work(s, i, report, ctx);
		struct cond_name *name = &s->names[i];
		size_t h = slot_of(s, name->word, i >= s->list_count);

		if (s->slot[h])
			cond_fault(&ps, 0, "'%.*s' is there twice", COND_WORD(name->word));
		else if (name_is_good(&ps, name->word, i >= s->list_count))
			s->slot[h] = (uint32_t)i + 1;
		name->broken = ps.rc != 0;
		rc = worse(rc, ps.rc);
	}
	return rc;
}

/* --- order --- */

/* Who is told of a circle. */
struct listener {
	struct cond_scope *scope;
	cond_report *report;
	void *ctx;
	int rc;
};

static void tell_cycle(void *ctx, const struct cond_step *way, size_t count)
{
	struct listener *to = ctx;
	struct cond_scope *s = to->scope;
	const struct cond_name *first = &s->names[way[0].name];
	struct cond_parser ps = at_work(s, way[0].name, to->report, to->ctx);
	char text[200];
	struct buf out = { .p = text, .cap = sizeof(text) - 8 };

	for (size_t i = 0; i < count && !out.full; i++) {
		struct span word = s->names[way[i].name].word;
		buf_put(&out, word.p, word.n);
		if (!out.full)
			buf_lit(&out, " -> ");
	}
	if (out.full) {
		out.cap = sizeof(text);
		buf_lit(&out, "... -> ");
	}
	cond_fault(&ps, first->uses[way[0].next - 1].at, "goes round: %.*s%.*s%s", (int)out.n, text, COND_WORD(first->word),
		ps.place == COND_IN_LIST ? "; an item that is just a word wants quotes" : "");
	to->rc = ps.rc;
}

static int put_in_order(struct cond_scope *s, size_t from, size_t to, cond_report *report, void *ctx)
{
	struct listener listener = { s, report, ctx, 0 };
	int rc = cond_order(s->names, from, to, s->order, &s->ordered, tell_cycle, &listener);

	return rc ? rc : listener.rc;
}

/* --- lists --- */

static void read_items(struct cond_parser *ps, struct list *list)
{
	struct cond_word word;
	struct item *items;

	if (cond_lex_next(&ps->lex) == '\0')
		return;
	do {
		if (!cond_lex_value(&ps->lex, &word)) {
			cond_fault(ps, word.why ? word.why_at : ps->lex.at, "%s", word.why ? word.why :
				"an item is missing, or has an odd byte and wants quotes");
			return;
		}
		items = grown(ps, list->items, list->count, &list->cap, sizeof(*items));
		if (!items)
			return;
		list->items = items;
		items[list->count++] = (struct item){
			cond_word_text(ps, &word), word.quoted ? -1 : cond_scope_list(ps, word.raw, word.at)
		};
	} while (cond_lex_take(&ps->lex, ','));
	if (cond_lex_next(&ps->lex) != '\0')
		cond_fault(ps, ps->lex.at, "',' is wanted here; an item with blanks, quotes, = or parentheses wants quotes");
}

static void flatten(struct cond_scope *s, struct list *list, struct cond_parser *ps)
{
	size_t n = 0;

	for (size_t i = 0; i < list->count; i++)
		n += list->items[i].list < 0 ? 1 : s->lists[list->items[i].list].flat_count;
	if (n > COND_NODES_MAX) {
		cond_fault(ps, 0, "more than %d values, with lists put in", COND_NODES_MAX);
		return;
	}
	list->flat = n ? cond_room(ps, ps->keep, n * sizeof(*list->flat)) : NULL;
	if (!list->flat)
		return;
	n = 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct item *item = &list->items[i];
		const struct list *inner = item->list < 0 ? NULL : &s->lists[item->list];

		if (!inner)
			list->flat[n].text = item->text;
		else if (inner->flat_count)
			memcpy(list->flat + n, inner->flat, inner->flat_count * sizeof(*inner->flat));
		n += inner ? inner->flat_count : 1;
	}
	list->flat_count = cond_type_unique(ps, COND_AS_TEXT, list->flat, n);
	list->typed[COND_AS_TEXT] = (struct cond_values){ list->flat, list->flat_count, true };
}

static int make_lists(struct cond_scope *s, cond_report *report, void *ctx)
{
	int rc = 0;

	for (size_t i = 0; i < s->list_count; i++) {
		struct cond_parser ps = at_work(s, i, report, ctx);

		read_items(&ps, &s->lists[i]);
		s->names[i].broken |= ps.rc != 0;
		rc = worse(rc, ps.rc);
	}
	rc = worse(rc, put_in_order(s, 0, s->list_count, report, ctx));
	for (size_t i = 0; i < s->ordered && rc != -ENOMEM; i++) {
		uint32_t l = s->order[i];
		struct cond_parser ps = at_work(s, l, report, ctx);

		if (!s->names[l].broken)
			flatten(s, &s->lists[l], &ps);
		s->names[l].broken |= ps.rc != 0;
		rc = worse(rc, ps.rc);
	}
	return rc;
}

const struct cond_values *cond_scope_values(struct cond_parser *ps, size_t l, enum cond_value_kind kind, size_t at)
{
	struct cond_scope *s = ps->scope;
	struct list *list = &s->lists[l];
	struct cond_values *typed = &list->typed[kind];
	struct cond_value *value;

	if (s->names[l].broken) {
		ps->rc = ps->rc ? ps->rc : -EINVAL;
		return NULL;
	}
	if (typed->there || !list->flat_count)
		return typed;
	value = cond_room(ps, &s->blocks, list->flat_count * sizeof(*value));
	if (!value)
		return NULL;
	for (size_t i = 0; i < list->flat_count; i++) {
		const char *why = cond_type_value(ps, kind, list->flat[i].text, &value[i]);

		if (why && ps->rc != -ENOMEM)
			cond_fault(ps, at, "'%.*s' of the list '%.*s' %s", COND_WORD(list->flat[i].text), COND_WORD(s->names[l].word),
				why);
		if (why)
			return NULL;
	}
	*typed = (struct cond_values){ value, cond_type_unique(ps, kind, value, list->flat_count), true };
	return typed;
}

/* --- macros --- */

static int make_macros(struct cond_scope *s, cond_report *report, void *ctx)
{
	struct cond_block *scrap = NULL;
	int rc = 0;

	for (size_t i = s->list_count; i < total(s); i++) {
		struct cond_parser ps = at_work(s, i, report, ctx);

		ps.scrap = scrap;
		s->macros[i - s->list_count].raw = cond_parse_text(&ps);
		scrap = ps.scrap;
		s->names[i].broken |= ps.rc != 0;
		rc = worse(rc, ps.rc);
	}
	rc = worse(rc, put_in_order(s, s->list_count, total(s), report, ctx));
	for (size_t i = s->list_count; i < s->ordered && rc != -ENOMEM; i++) {
		uint32_t m = s->order[i];
		struct cond_macro *macro = &s->macros[m - s->list_count];
		struct cond_parser ps = at_work(s, m, report, ctx);

		if (!s->names[m].broken && macro->raw)
			macro->root = cond_build(&ps, macro->raw);
		s->names[m].broken |= ps.rc != 0;
		rc = worse(rc, ps.rc);
	}
	for (size_t i = 0; i < s->macro_count; i++)
		s->macros[i].raw = NULL;
	cond_blocks_free(scrap);
	return rc;
}

/* --- the scope --- */

static struct cond_scope *scope_of(size_t lists, size_t macros)
{
	struct cond_scope *s = calloc(1, sizeof(*s));
	size_t n = lists + macros;

	if (!s)
		return NULL;
	s->holders = 1;
	s->list_count = lists;
	s->macro_count = macros;
	for (s->slots = 8; s->slots < n * 2;)
		s->slots *= 2;
	s->names = calloc(n + 1, sizeof(*s->names));
	s->lists = calloc(lists + 1, sizeof(*s->lists));
	s->macros = calloc(macros + 1, sizeof(*s->macros));
	s->order = calloc(n + 1, sizeof(*s->order));
	s->slot = calloc(s->slots, sizeof(*s->slot));
	if (s->names && s->lists && s->macros && s->order && s->slot)
		return s;
	cond_scope_free(s);
	return NULL;
}

int cond_scope_new(struct cond_scope **out, const struct cond_list_spec *lists, size_t list_count,
	const struct cond_macro_spec *macros, size_t macro_count, cond_report *report, void *ctx)
{
	struct cond_scope *s = *out = scope_of(list_count, macro_count);
	int rc;

	if (!s)
		return -ENOMEM;
	for (size_t i = 0; i < list_count; i++)
		s->names[i] = (struct cond_name){
			.word = span_of(lists[i].name, strlen(lists[i].name)), .text = lists[i].items
		};
	for (size_t i = 0; i < macro_count; i++)
		s->names[list_count + i] = (struct cond_name){
			.word = span_of(macros[i].name, strlen(macros[i].name)), .text = macros[i].condition
		};
	rc = enter_names(s, report, ctx);
	rc = worse(rc, make_lists(s, report, ctx));
	if (rc != -ENOMEM)
		rc = worse(rc, make_macros(s, report, ctx));
	if (rc == -ENOMEM) {
		cond_scope_free(s);
		*out = NULL;
	}
	return rc;
}

bool cond_scope_node(struct cond_parser *ps, size_t at)
{
	struct cond_scope *s = ps->scope;

	if (!s || s->nodes++ < COND_SCOPE_MAX)
		return true;
	if (s->nodes == COND_SCOPE_MAX + 1)
		cond_fault(ps, at, "all conditions together have more than %d checks, ands and ors, with macros put in",
			COND_SCOPE_MAX);
	else if (!ps->rc)
		ps->rc = -EINVAL;
	return false;
}

void cond_scope_hold(struct cond_scope *s)
{
	if (s)
		s->holders++;
}

void cond_scope_free(struct cond_scope *s)
{
	if (!s || --s->holders)
		return;
	for (size_t i = 0; s->names && i < total(s); i++)
		free(s->names[i].uses);
	for (size_t i = 0; s->lists && i < s->list_count; i++)
		free(s->lists[i].items);
	cond_blocks_free(s->blocks);
	free(s->names);
	free(s->lists);
	free(s->macros);
	free(s->order);
	free(s->slot);
	free(s);
}

void cond_scope_unused(const struct cond_scope *s, cond_report *report, void *ctx)
{
	bool *used = calloc(total(s) + 1, sizeof(*used));

	for (size_t i = s->ordered; used && i--;) {
		const struct cond_name *name = &s->names[s->order[i]];

		used[s->order[i]] |= name->used;
		for (size_t u = 0; used[s->order[i]] && u < name->use_count; u++)
			used[name->uses[u].name] = true;
	}
	for (size_t i = 0; used && i < total(s); i++) {
		bool macro = i >= s->list_count;
		struct cond_fault f = {
			.place = macro ? COND_IN_MACRO : COND_IN_LIST,
			.index = macro ? i - s->list_count : i,
			.warning = true
		};

		if (used[i] || s->names[i].broken)
			continue;
		snprintf(f.what, sizeof(f.what), "no rule uses the %s '%.*s'", macro ? "macro" : "list",
			COND_WORD(s->names[i].word));
		report(ctx, &f);
	}
	free(used);
}
