/* From what was parsed to a condition: macros put in, ANDs of ANDs and ORs of ORs made one, memory in blocks. */
#include "filter/cond_part.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define FAULTS_MAX 20
#define BLOCK_LEAST 1024
#define BLOCK_MOST 65536
#define ALIGN 16

struct cond_block {
	struct cond_block *next;
	size_t used, size;
	char data[] __attribute__((aligned(ALIGN)));
};

static void say(struct cond_parser *ps, bool warning, size_t at, const char *fmt, va_list ap)
{
	struct cond_fault f = { .place = ps->place, .index = ps->index, .at = at, .warning = warning };

	if (!ps->report || ps->told++ >= FAULTS_MAX)
		return;
	vsnprintf(f.what, sizeof(f.what), fmt, ap);
	ps->report(ps->ctx, &f);
}

void cond_fault(struct cond_parser *ps, size_t at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(ps, false, at, fmt, ap);
	va_end(ap);
	if (ps->rc == 0)
		ps->rc = -EINVAL;
}

void cond_warn(struct cond_parser *ps, size_t at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(ps, true, at, fmt, ap);
	va_end(ap);
}

void *cond_room(struct cond_parser *ps, struct cond_block **blocks, size_t n)
{
	struct cond_block *b = *blocks;
	void *p;

	n = (n + ALIGN - 1) / ALIGN * ALIGN;
	if (!b || b->size - b->used < n) {
		size_t size = b ? b->size * 2 : BLOCK_LEAST;

		size = size > BLOCK_MOST ? BLOCK_MOST : size;
		size = size < n ? n : size;
		b = calloc(1, sizeof(*b) + size);
		if (!b) {
			ps->rc = -ENOMEM;
			return NULL;
		}
		b->size = size;
		b->next = *blocks;
		*blocks = b;
	}
	p = b->data + b->used;
	b->used += n;
	return p;
}

void cond_blocks_free(struct cond_block *b)
{
	while (b) {
		struct cond_block *next = b->next;

		free(b);
		b = next;
	}
}

struct span cond_word_text(struct cond_parser *ps, const struct cond_word *word)
{
	char *p = word->quoted ? cond_room(ps, ps->keep, word->raw.n + 1) : NULL;

	return p ? span_of(p, cond_lex_unescape(word->raw, p)) : word->raw;
}

/* --- the tree --- */

struct build {
	struct cond_parser *ps;
	size_t cost;
};

static enum cond_kind turned(enum cond_kind kind, bool negated)
{
	if (kind == COND_CHECK || !negated)
		return kind;
	return kind == COND_AND ? COND_OR : COND_AND;
}

static bool too_large(struct build *b, size_t cost, size_t at)
{
	if (cost > COND_NODES_MAX && b->ps->rc == 0)
		cond_fault(b->ps, at, COND_TOO_LARGE, COND_NODES_MAX);
	return cost > COND_NODES_MAX;
}

static struct cond_node *new_node(struct build *b, enum cond_kind kind, size_t cost, size_t depth, size_t at)
{
	struct cond_node *node;

	b->cost += cost;
	if (kind != COND_CHECK && depth > COND_DEPTH_MAX) { /* what is printed has so many parentheses */
		if (b->ps->rc == 0)
			cond_fault(b->ps, at, "more than %d levels of and, or, with macros put in", COND_DEPTH_MAX);
		return NULL;
	}
	if (too_large(b, b->cost, at) || !cond_scope_node(b->ps, at))
		return NULL;
	node = cond_room(b->ps, b->ps->keep, sizeof(*node));
	if (node)
		node->kind = kind;
	return node;
}

static struct cond_node *
new_check(struct build *b, const struct cond_check *check, bool negated, size_t depth, size_t at)
{
	struct cond_node *node = new_node(b, COND_CHECK, 1 + check->count, depth, at);

	if (node) {
		node->check = check;
		node->negated = negated;
	}
	return node;
}

static bool room_for_parts(struct build *b, struct cond_node *node, size_t count, size_t at)
{
	if (too_large(b, count, at))
		return false;
	node->part = cond_room(b->ps, b->ps->keep, count * sizeof(*node->part));
	return node->part != NULL;
}

/* A macro's tree, as it stands at `at` of this text. */
static const struct cond_node *
copy(struct build *b, const struct cond_node *from, bool negated, size_t at, size_t depth)
{
	struct cond_node *node;
	struct cond_check *check;

	if (from->kind == COND_CHECK) {
		check = cond_room(b->ps, b->ps->keep, sizeof(*check));
		if (!check)
			return NULL;
		*check = *from->check;
		check->at = at;
		return new_check(b, check, from->negated != negated, depth, at);
	}
	node = new_node(b, turned(from->kind, negated), 1, depth, at);
	if (!node || !room_for_parts(b, node, from->count, at))
		return NULL;
	for (; node->count < from->count; node->count++) {
		node->part[node->count] = copy(b, from->part[node->count], negated, at, depth + 1);
		if (!node->part[node->count])
			return NULL;
	}
	return node;
}

static enum cond_kind kind_of(enum cond_raw_kind kind)
{
	return kind == RAW_AND ? COND_AND : kind == RAW_OR ? COND_OR : COND_CHECK;
}

static const struct cond_node *macro_root(struct build *b, const struct cond_raw *raw)
{
	const struct cond_node *root = cond_scope_macro_at(b->ps->scope, raw->macro)->root;

	if (!root && b->ps->rc == 0)
		b->ps->rc = -EINVAL; /* told where the macro stands */
	return root;
}

static const struct cond_node *build(struct build *b, const struct cond_raw *raw, size_t depth);

/* Parts that raw gives to a node of this kind around it. */
static size_t parts(struct build *b, const struct cond_raw *raw, enum cond_kind kind)
{
	const struct cond_node *root;
	size_t n = 0;

	if (raw->kind == RAW_MACRO) {
		root = macro_root(b, raw);
		return root && turned(root->kind, raw->negated) == kind ? root->count : 1;
	}
	if (kind_of(raw->kind) != kind)
		return 1;
	for (const struct cond_raw *r = raw->first; r; r = r->next)
		n += parts(b, r, kind);
	return n;
}

static bool add(struct cond_node *node, const struct cond_node *part)
{
	if (part)
		node->part[node->count++] = part;
	return part != NULL;
}

static bool fill(struct build *b, struct cond_node *node, const struct cond_raw *raw, size_t depth)
{
	const struct cond_node *root = raw->kind == RAW_MACRO ? macro_root(b, raw) : NULL;

	if (raw->kind == RAW_MACRO && !root)
		return false;
	if (root && turned(root->kind, raw->negated) == node->kind) {
		for (size_t i = 0; i < root->count; i++)
			if (!add(node, copy(b, root->part[i], raw->negated, raw->at, depth + 1)))
				return false;
		return true;
	}
	if (root || kind_of(raw->kind) != node->kind)
		return add(node, build(b, raw, depth + 1));
	for (const struct cond_raw *r = raw->first; r; r = r->next)
		if (!fill(b, node, r, depth))
			return false;
	return true;
}

static const struct cond_node *build(struct build *b, const struct cond_raw *raw, size_t depth)
{
	const struct cond_node *root;
	struct cond_node *node;

	if (raw->kind == RAW_MACRO) {
		root = macro_root(b, raw);
		return root ? copy(b, root, raw->negated, raw->at, depth) : NULL;
	}
	if (raw->kind == RAW_CHECK)
		return new_check(b, raw->check, raw->negated, depth, raw->at);
	node = new_node(b, kind_of(raw->kind), 1, depth, raw->at);
	if (!node || !room_for_parts(b, node, parts(b, raw, node->kind), raw->at) || !fill(b, node, raw, depth))
		return NULL;
	return node;
}

const struct cond_node *cond_build(struct cond_parser *ps, const struct cond_raw *raw)
{
	struct build b = { .ps = ps };
	const struct cond_node *root = build(&b, raw, 0);

	return ps->rc ? NULL : root;
}

/* --- a rule's condition --- */

int cond_parse(struct cond *out, struct cond_scope *scope, const char *text, size_t index, cond_report *report,
	void *ctx)
{
	struct cond_block *keep = NULL;
	struct cond_parser ps = {
		.lex = { .text = text }, .place = COND_IN_RULE, .index = index, .report = report, .ctx = ctx,
		.scope = scope, .rule = true, .keep = &keep
	};
	struct cond_raw *raw = cond_parse_text(&ps);

	*out = (struct cond){ NULL, NULL, NULL };
	if (raw)
		out->root = cond_build(&ps, raw);
	cond_blocks_free(ps.scrap);
	if (ps.rc || !out->root) {
		cond_blocks_free(keep);
		out->root = NULL;
		return ps.rc ? ps.rc : -EINVAL;
	}
	out->blocks = keep;
	out->scope = scope;
	cond_scope_hold(scope);
	return 0;
}

void cond_release(struct cond *c)
{
	cond_blocks_free(c->blocks);
	cond_scope_free(c->scope);
	*c = (struct cond){ NULL, NULL, NULL };
}
