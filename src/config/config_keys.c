#include "config/config_keys.h"
#include "config/config.h"

#include <stddef.h>
#include <strings.h>

const struct config_section_kind config_sections[CONFIG_SECTION_COUNT] = {
#define SECTION(id, kind, name, built, meaning) { kind, name, built, meaning },
#define KEY(section, member, key, type, initial, low, high, choices, later, meaning)
#include "config/config_keys.def"
#undef SECTION
#undef KEY
};

const struct config_key config_keys[] = {
#define SECTION(id, kind, name, built, meaning)
#define KEY(section, member, key, type, initial, low, high, choices, later, meaning) \
	{ CONFIG_SECTION_##section, key, CONFIG_##type, offsetof(struct config_##section, member), \
		initial, low, high, choices, later, meaning },
#include "config/config_keys.def"
#undef SECTION
#undef KEY
};
const size_t config_key_count = sizeof(config_keys) / sizeof(config_keys[0]);

struct unit {
	enum config_type type;
	const char *name;
	uint64_t factor;
};
static const struct unit units[] = {
	{ CONFIG_NUMBER, "", 1 },
	{ CONFIG_SIZE, "", 1 }, { CONFIG_SIZE, "K", 1 << 10 }, { CONFIG_SIZE, "M", 1 << 20 }, { CONFIG_SIZE, "G",
		1 << 30 },
	{ CONFIG_TIME, "ms", 1 }, { CONFIG_TIME, "s", 1000 }, { CONFIG_TIME, "m", 60000 }, { CONFIG_TIME, "h", 3600000 }
};

int config_section_find(const char *kind, const char *name)
{
	for (int i = 0; i < CONFIG_SECTION_COUNT; i++) {
		const struct config_section_kind *k = &config_sections[i];
		if (strcmp(k->kind, kind) != 0 || !k->name != !name)
			continue;
		if (!name || strcmp(k->name, "NAME") == 0 || strcmp(k->name, name) == 0)
			return i;
	}
	return -1;
}

const struct config_key *config_key_find(enum config_section_id section, struct span name)
{
	for (size_t i = 0; i < config_key_count; i++) {
		if (config_keys[i].section == section && span_eq(name, span_of(config_keys[i].name,
			strlen(config_keys[i].name))))
			return &config_keys[i];
	}
	return NULL;
}

bool config_number(enum config_type type, const char *text, uint64_t *out)
{
	uint64_t v = 0;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned digit = (unsigned)(*p - '0');
		if (v > (UINT64_MAX - digit) / 10)
			return false;
		v = v * 10 + digit;
	}
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]) && p != text; i++) {
		if (units[i].type != type || strcmp(units[i].name, p) != 0)
			continue;
		if (v > UINT64_MAX / units[i].factor)
			return false;
		*out = v * units[i].factor;
		return true;
	}
	return false;
}

/* Words that are known by another name too, as Falco has it. */
static const struct {
	const char *word, *is;
} aliases[] = { { "info", "Informational" } };

/* Where among the words (one blank between) `text` is, -1: not there. */
static int choice(const char *words, const char *text)
{
	size_t n;

	for (size_t i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++) {
		if (strcasecmp(text, aliases[i].word) == 0)
			text = aliases[i].is;
	}
	n = strlen(text);
	for (int i = 0; words && *words; i++) {
		size_t word = strcspn(words, " ");
		if (word == n && strncasecmp(words, text, n) == 0)
			return i;
		words += word + (words[word] == ' ');
	}
	return -1;
}

/* `type`: of the numbers in low and high. */
static bool in_range(const struct config_key *key, enum config_type type, uint64_t v)
{
	uint64_t low, high;

	if (config_number(type, key->low, &low) && v < low)
		return false;
	return !config_number(type, key->high, &high) || v <= high;
}

static enum config_fault set_number(const struct config_key *key, const char *text, uint64_t *into)
{
	static const enum config_fault faults[] = {
		[CONFIG_NUMBER] = FAULT_NO_NUMBER, [CONFIG_SIZE] = FAULT_NO_SIZE, [CONFIG_TIME] = FAULT_NO_TIME
	};
	uint64_t v;

	if (!config_number(key->type, text, &v))
		return faults[key->type];
	if (!in_range(key, key->type, v))
		return FAULT_RANGE;
	*into = v;
	return FAULT_NONE;
}

/* A number's end in `text`, NULL: there is none at its start. */
static const char *take_number(const char *text, uint64_t *v)
{
	char digits[21];
	size_t n = strspn(text, "0123456789");

	if (n == 0 || n >= sizeof(digits))
		return NULL;
	memcpy(digits, text, n);
	digits[n] = '\0';
	return config_number(CONFIG_NUMBER, digits, v) ? text + n : NULL;
}

/* "10/s burst 100", with any blanks between the words. */
static enum config_fault set_rate(const struct config_key *key, const char *text, struct config_rate *into)
{
	static const struct unit per[] = {
		{ CONFIG_RATE, "/s", 1000 }, { CONFIG_RATE, "/m", 60000 }, { CONFIG_RATE, "/h", 3600000 }
	};
	struct config_rate rate = { .count = 0 };
	const char *p = take_number(text, &rate.count);

	for (size_t i = 0; p && i < sizeof(per) / sizeof(per[0]); i++) {
		if (strncmp(p, per[i].name, 2) == 0)
			rate.per_ms = per[i].factor;
	}
	if (!rate.per_ms)
		return FAULT_NO_RATE;
	p += 2;
	if (*p) {
		size_t blanks = strspn(p, " \t");
		p += blanks;
		if (!blanks || strncmp(p, "burst", 5) != 0 || (p[5] != ' ' && p[5] != '\t'))
			return FAULT_NO_RATE;
		p += 5;
		p = take_number(p + strspn(p, " \t"), &rate.burst);
		if (!p || *p)
			return FAULT_NO_RATE;
		if (!in_range(key, CONFIG_NUMBER, rate.burst))
			return FAULT_RANGE;
	}
	if (!in_range(key, CONFIG_NUMBER, rate.count))
		return FAULT_RANGE;
	*into = rate;
	return FAULT_NONE;
}

enum config_fault config_value_set(const struct config_key *key, const char *text, void *into)
{
	void *member = (char *)into + key->member;
	int i;

	if (*text == '\0')
		return FAULT_EMPTY;
	switch (key->type) {
	case CONFIG_PATH:
		if (*text != '/')
			return FAULT_NO_PATH;
		*(const char **)member = text;
		return FAULT_NONE;
	case CONFIG_LIST:
		/* As YAML writes it: its first and last word would have a bracket. */
		if (text[0] == '[' && text[strlen(text) - 1] == ']')
			return FAULT_BRACKETS;
		*(const char **)member = text;
		return FAULT_NONE;
	case CONFIG_TEXT:
	case CONFIG_CONDITION:
	case CONFIG_OUTPUT:
		*(const char **)member = text;
		return FAULT_NONE;
	case CONFIG_BOOL:
		i = choice("no yes", text);
		if (i < 0)
			return FAULT_NO_BOOL;
		*(bool *)member = i == 1;
		return FAULT_NONE;
	case CONFIG_CHOICE:
		i = choice(key->choices, text);
		if (i < 0)
			return choice(key->later, text) < 0 ? FAULT_NO_CHOICE : FAULT_LATER;
		*(int *)member = i;
		return FAULT_NONE;
	case CONFIG_RATE:
		return set_rate(key, text, member);
	default:
		return set_number(key, text, member);
	}
}
