/* Formats by name, and sets of fields by word. */
#include "encode/encode.h"

#include <errno.h>

const struct encoder *const encoders[] = { &encoder_json, &encoder_text, &encoder_raw, NULL };

const struct encoder *encoder_find(struct span name)
{
	for (const struct encoder *const *e = encoders; *e; e++)
		if (span_eq(name, span_of((*e)->name, strlen((*e)->name))))
			return *e;
	return NULL;
}

static const struct {
	struct span word;
	unsigned want, refuse; /* sets that a field must, and must not be in */
} sets[] = {
	{ { "@all", 4 }, 0, SET_ASKED },
	{ { "@core", 5 }, SET_CORE, 0 },
	{ { "@falco", 6 }, SET_FALCO, SET_ASKED },
};

static void add_set(struct field_set *set, unsigned want, unsigned refuse)
{
	for (int f = 0; f < FIELD_COUNT; f++)
		if ((fields[f].sets & want) == want && !(fields[f].sets & refuse))
			field_set_add(set, f);
}

/* Every field of a class: "proc." of "proc.*". */
static int add_class(struct field_set *set, struct span prefix)
{
	int found = -ENOENT;

	for (int f = 0; f < FIELD_COUNT; f++)
		if (span_starts(fields[f].name, prefix) && !(fields[f].sets & SET_ASKED)) {
			field_set_add(set, f);
			found = 0;
		}
	return found;
}

static void add_member(struct encode_options *o, struct span *members, struct span word)
{
	size_t k = o->member_count;

	o->members = members;
	while (k > 0 && span_compare(members[k - 1], word) > 0)
		k--;
	if (k > 0 && span_eq(members[k - 1], word))
		return;
	memmove(members + k + 1, members + k, (o->member_count - k) * sizeof(*members));
	members[k] = word;
	o->member_count++;
}

int encode_fields_add(struct field_set *set, struct span word)
{
	int field = field_find(word);

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (span_eq(word, sets[i].word)) {
			add_set(set, sets[i].want, sets[i].refuse);
			return 0;
		}
	if (word.n > 2 && word.p[word.n - 1] == '*' && word.p[word.n - 2] == '.')
		return add_class(set, span_of(word.p, word.n - 1));
	if (field < 0 || (fields[field].type == TYPE_FAMILY && fields[field].sets & SET_ASKED)) /* which ancestor? */
		return -ENOENT;
	field_set_add(set, field);
	return 0;
}

int encode_options_add(struct encode_options *o, struct span *members, struct span word)
{
	int rc = encode_fields_add(&o->fields, word);

	if (rc == 0 || field_family(word) < 0)
		return rc;
	add_member(o, members, word);
	return 0;
}
