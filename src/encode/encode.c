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

int encode_fields_add(struct field_set *set, struct span word)
{
	int found = -ENOENT, field;

	for (size_t i = 0; i < sizeof(sets) / sizeof(sets[0]); i++)
		if (span_eq(word, sets[i].word)) {
			for (int f = 0; f < FIELD_COUNT; f++)
				if ((fields[f].sets & sets[i].want) == sets[i].want && !(fields[f].sets & sets[i].refuse))
					field_set_add(set, f);
			return 0;
		}
	if (word.n > 2 && word.p[word.n - 1] == '*' && word.p[word.n - 2] == '.') {
		for (int f = 0; f < FIELD_COUNT; f++)
			if (span_starts(fields[f].name, span_of(word.p, word.n - 1)) && !(fields[f].sets & SET_ASKED)) {
				field_set_add(set, f);
				found = 0;
			}
		return found;
	}
	field = field_find(word);
	if (field < 0)
		return -ENOENT;
	field_set_add(set, field);
	return 0;
}
