/* Keys that go on: condition, condition.2, condition.3 ... are one value. */
#include "config/config_keys.h"
#include "config/config_scan.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct parts {
	struct ini_section *section;
	const struct config_key *key;
	struct ini_key *part[INI_KEYS_MAX + 1]; /* by number, from 1 */
	size_t last;                            /* the highest number; 0: the key is not there */
	char *text;                             /* where the next joined text goes, and its pieces */
	struct ini_piece *piece;
	struct reporter *r;
	int rc;
};

static void __attribute__((format(printf, 3, 4)))
wrong(struct parts *p, const struct ini_key *k, const char *fmt, ...)
{
	struct ini_place at = { p->section->file, k->line, 0 };
	char what[sizeof(((struct err *)0)->what)];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	report_at(p->r, CONFIG_ERROR, &at, "%s", what);
	p->section->faulty = true;
	p->rc = -EINVAL;
}

/* The number behind the key's name and a dot; 1 for the name alone; 0: another key. */
static size_t number_of(const struct config_key *key, const char *name)
{
	size_t n = strlen(key->name), v = 0;

	if (strncmp(name, key->name, n) != 0)
		return 0;
	name += n;
	if (*name == '\0')
		return 1;
	if (*name++ != '.' || *name == '0')
		return 0;
	for (; *name >= '0' && *name <= '9'; name++)
		v = v > INI_KEYS_MAX ? v : v * 10 + (size_t)(*name - '0');
	return *name ? 0 : v;
}

bool ini_next_part(struct span name, struct ini_part *part)
{
	char text[INI_NAME_MAX + 1];

	if (name.n > INI_NAME_MAX)
		return false;
	memcpy(text, name.p, name.n);
	text[name.n] = '\0';
	for (size_t i = 0; i < config_key_count; i++) {
		size_t number = config_key_continues(&config_keys[i]) ? number_of(&config_keys[i], text) : 0;

		if (!number)
			continue;
		part->key = config_keys[i].name;
		snprintf(part->name, sizeof(part->name), "%s.%zu", part->key, number + 1);
		return true;
	}
	return false;
}

static void take_part(struct parts *p, struct ini_key *k, size_t number)
{
	const char *name = p->key->name;

	if (!config_key_continues(p->key)) {
		wrong(p, k, "%s has no parts: write '%s', once", name, name);
	} else if (number > INI_KEYS_MAX) {
		wrong(p, k, "%s: more parts than a section may have keys, %d", k->name, INI_KEYS_MAX);
	} else if (p->part[number]) {
		wrong(p, k, "%s is the first part, which line %u is already: begin with %s.2", k->name,
			p->part[number]->line, name);
	} else {
		p->part[number] = k;
		p->last = number > p->last ? number : p->last;
	}
	k->text = NULL; /* what is no part either was told */
}

static bool parts_good(struct parts *p)
{
	unsigned errors = p->r->errors;

	for (size_t i = 1; i <= p->last; i++) {
		const struct ini_key *k = p->part[i];

		if (k && !*k->value)
			wrong(p, k, "%s has no value", k->name);
		if (!k || i == 1 || p->part[i - 1])
			continue;
		if (i == 2)
			wrong(p, k, "%s: there is no '%s', the first part", k->name, p->key->name);
		else
			wrong(p, k, "%s: there is no '%s.%zu' before it", k->name, p->key->name, i - 1);
	}
	return errors == p->r->errors;
}

/* Words of a list stay words: a comma is put in, where neither part has one there. `n` bytes are before it. */
static const char *glue(const struct parts *p, size_t n, const char *next)
{
	return p->key->type == CONFIG_LIST && n && p->text[n - 1] != ',' && *next != ',' ? ", " : " ";
}

static void join_parts(struct parts *p)
{
	struct ini_key *first = p->part[1];
	size_t n = 0, pieces = 0;

	for (size_t i = 1; i <= p->last; i++) {
		const struct ini_key *k = p->part[i];
		size_t length = strlen(k->value);

		if (i > 1) {
			const char *between = glue(p, n, k->value);
			memcpy(p->text + n, between, strlen(between));
			n += strlen(between);
		}
		memcpy(p->text + n, k->value, length);
		for (size_t at = 0; at < k->piece_count; at++) {
			p->piece[pieces] = k->pieces[at];
			p->piece[pieces++].at += n;
		}
		n += length;
	}
	p->text[n] = '\0';
	first->text = p->text;
	first->pieces = p->piece;
	first->piece_count = pieces;
	p->text += n + 1;
	p->piece += pieces;
}

static void join_key(struct parts *p)
{
	struct ini_section *s = p->section;

	memset(p->part, 0, sizeof(p->part));
	p->last = 0;
	for (size_t i = 0; i < s->key_count; i++) {
		if (strcmp(s->keys[i].name, p->key->name) == 0 && config_key_continues(p->key))
			take_part(p, &s->keys[i], 1);
	}
	for (size_t i = 0; i < s->key_count; i++) {
		size_t number = number_of(p->key, s->keys[i].name);
		if (number && strcmp(s->keys[i].name, p->key->name) != 0)
			take_part(p, &s->keys[i], number);
	}
	if (p->part[1]) {
		p->part[1]->base = p->key->name;
		p->part[1]->text = p->part[1]->value;
	}
	if (p->last > 1 && parts_good(p))
		join_parts(p);
}

static void join_section(struct parts *p, struct ini_section *s)
{
	int id = config_section_find(s->kind, s->name);

	p->section = s;
	for (size_t i = 0; i < config_key_count; i++) {
		p->key = &config_keys[i];
		if ((int)p->key->section == id)
			join_key(p);
	}
}

int ini_join(struct ini *ini, struct reporter *r)
{
	struct parts p = { .r = r };
	size_t bytes = 1;

	for (size_t i = 0; i < ini->key_count; i++)
		bytes += strlen(ini->keys[i].value) + 3;
	p.text = ini->joined_text = malloc(bytes);
	p.piece = ini->joined_pieces = calloc(ini->piece_count + 1, sizeof(*p.piece));
	if (!p.text || !p.piece)
		return -ENOMEM;
	for (size_t i = 0; i < ini->section_count; i++)
		join_section(&p, &ini->sections[i]);
	return p.rc;
}
