#include "config/config_fields.h"

#include "base/nearest.h"
#include "config/config_load.h"
#include "filter/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* %.*s of a word in a message: long ones are cut. */
#define WORD(s) (int)((s).n < 64 ? (s).n : 64), (s).p

/* "proc." of proc.name, with the dot; empty: it has none. */
static struct span class_of(struct span field)
{
	const char *dot = memchr(field.p, '.', field.n);

	return span_of(field.p, dot ? (size_t)(dot - field.p) + 1 : 0);
}

static void offer_classes(struct nearest *near)
{
	for (int i = 0; i < FIELD_COUNT; i++)
		nearest_offer(near, class_of(fields[i].name));
}

static void offer_fields(struct nearest *near)
{
	static const struct span sets[] = { SPAN_INIT("@all"), SPAN_INIT("@core"), SPAN_INIT("@falco") };

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		nearest_offer(near, sets[i]);
	for (int i = 0; i < FIELD_COUNT; i++)
		nearest_offer(near, fields[i].name);
}

/* proc.pn* and prco.*: a class is proc.*, and no other pattern is known. */
static void explain_pattern(struct span word, struct field_fault *room)
{
	struct nearest near = { .word = class_of(word) };
	bool whole = near.word.n + 1 == word.n;
	const char *what = whole ? "unknown class of fields" : "fields are no patterns, '*' is a class as a whole:";

	offer_classes(&near);
	if (near.best.p)
		snprintf(room->text, sizeof(room->text), "%s '%.*s'; did you mean '%.*s*'?", what, WORD(word),
			WORD(near.best));
	else
		snprintf(room->text, sizeof(room->text), "%s '%.*s'; 'tiercel fields' lists them", what, WORD(word));
}

const char *config_field_fault(struct span word, struct field_fault *room)
{
	struct nearest near = { .word = word };

	if (word.n && word.p[word.n - 1] == '*') {
		explain_pattern(word, room);
		return room->text;
	}
	offer_fields(&near);
	if (word.n == 0)
		snprintf(room->text, sizeof(room->text), "an empty word: a comma too many");
	else if (span_eq(near.best, word)) /* the word is right, but says too little */
		snprintf(room->text, sizeof(room->text), "'%.*s' are many fields: name one, as '%.*s[1]'", WORD(word),
			WORD(word));
	else if (near.best.p)
		snprintf(room->text, sizeof(room->text), "unknown field '%.*s'; did you mean '%.*s'?", WORD(word),
			WORD(near.best));
	else
		snprintf(room->text, sizeof(room->text), "unknown field '%.*s'; 'tiercel fields' lists them",
			WORD(word));
	return room->text;
}

int config_fields_resolve(struct encode_options *o, const char *text, const struct ini_section *at, struct reporter *r)
{
	struct words w = { .text = text };
	struct span word, *member = calloc(strlen(text) / 2 + 1, sizeof(*member));
	struct field_fault fault;
	int rc = 0;

	if (!member)
		return -ENOMEM;
	o->members = member;
	while (words_next(&w, &word)) {
		if (word.n && encode_options_add(o, member, word) == 0)
			continue;
		struct ini_place place = ini_place(at, "fields", w.column - 1);
		report_at(r, CONFIG_ERROR, &place, "fields: %s", config_field_fault(word, &fault));
		rc = -EINVAL;
	}
	return rc;
}
