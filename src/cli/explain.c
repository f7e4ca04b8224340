#include "cli/explain.h"

#include "base/nearest.h"
#include "config/config_needs.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define RULE_ROOM (1 << 18) /* bytes of a rule, in lines */

static const struct {
	const char *name;
	unsigned feature;
} features[] = {
	{ "exe", PLAN_EXE }, { "exe!=", PLAN_EXE_NOT }, { "loginuid_set", PLAN_LOGINUID_SET },
	{ "obj_uid", PLAN_OBJECT_IDS }, { "perm of openat2", PLAN_PERM_OPENAT2 }, { "saddr_fam", PLAN_SADDR_FAM }, { "sessionid", PLAN_SESSIONID },
};

static const struct {
	bool objects; /* only where files are tested by what they are */
	const char *what;
} unknown[] = {
	{ false, "Whether these rules are loaded: load_rules = auto does where tierceld owns the kernel's stream, not beside "
		"auditd; auditing may be off, or locked until the next boot. \"tiercel probe\" tells." },
	{ false, "Rules of others: the kernel's list is one for all, and theirs let more through, or hide some of it (never)." },
	{ false, "Tests that a distribution's kernel has before its version (RHEL 7 tests exe, though it is a 3.10): with "
		"them, less crosses than is said here." },
	{ true, "Other names of files: dir=, path= and exe= are about the object that a name leads to when the rules are "
		"loaded, not about what is called so in a chroot, or mounted there later; see path_match in tiercel.ini(5)." },
	{ false, "Seccomp filters: this version loads none; what they would hand over is a view of the next one." },
};

const char *explain_feature(const struct explain *e, unsigned i, bool *has)
{
	if (i >= sizeof(features) / sizeof(features[0]))
		return NULL;
	*has = (e->host.features & features[i].feature) != 0;
	return features[i].name;
}

const char *explain_unknown(const struct explain *e, unsigned i)
{
	for (size_t k = 0; k < sizeof(unknown) / sizeof(unknown[0]); k++)
		if ((!unknown[k].objects || e->host.path_by_object) && i-- == 0)
			return unknown[k].what;
	return NULL;
}

const char *explain_unpruned(const struct explain *e)
{
	if (e->raw)
		return "None, as an output shows the records as they are (audit.raw, or format = raw).";
	return "None: a field that an output shows, or a rule looks at, comes from each (without fields =, an output shows @all).";
}

static bool is_rule(const struct explain *e, size_t section)
{
	return strcmp(e->plan->sections[section].kind, "rule") == 0;
}

void explain_label(const struct explain *e, size_t section, struct buf *out)
{
	const struct plan_section *s = &e->plan->sections[section];

	buf_printf(out, "[%s%s%s]", s->kind, s->name ? " " : "", s->name ? s->name : "");
}

void explain_labels(const struct explain *e, const unsigned *sections, size_t count, struct buf *out)
{
	size_t shown = count > EXPLAIN_LABELS ? EXPLAIN_LABELS - 1 : count;

	for (size_t i = 0; i < shown; i++) {
		if (i)
			buf_text(out, i + 1 == count ? " and " : ", ");
		explain_label(e, sections[i], out);
	}
	if (shown < count)
		buf_printf(out, " and %zu more", count - shown);
}

void explain_calls(const struct explain *e, const struct plan_calls *calls, size_t most, struct buf *out)
{
	struct plan_tell_names names;
	size_t shown;

	plan_tell_names(e->tell, calls, &names);
	shown = names.count > most ? most / 2 : names.count;
	if (names.but)
		buf_text(out, names.count ? "every system call but " : "every system call");
	if (shown < names.count)
		buf_printf(out, "%zu calls (", names.count);
	for (size_t i = 0; i < shown; i++) {
		if (i)
			buf_lit(out, ", ");
		buf_put(out, names.name[i].p, names.name[i].n);
	}
	buf_text(out, shown < names.count ? " ...)" : "");
}

static bool key_of_select(const struct select_spec *spec, unsigned i, struct explain_key *key)
{
	static const char *const names[SELECT_TEXTS] = {
		[SELECT_SYSCALLS] = "syscalls", [SELECT_TYPES] = "types", [SELECT_PATH] = "path", [SELECT_EXE] = "exe",
		[SELECT_UID] = "uid", [SELECT_AUID] = "auid"
	};

	for (unsigned k = 0; k < SELECT_TEXTS; k++) {
		if (!spec->text[k] || i-- > 0)
			continue;
		*key = (struct explain_key){ names[k], spec->text[k] };
		return true;
	}
	*key = (struct explain_key){ "success", spec->success ? "yes" : "no" };
	return spec->success >= 0 && i == 0;
}

static bool key_of_rule(const struct explain *e, size_t place, unsigned i, struct explain_key *key,
	char expanded[EXPLAIN_EXPANDED + 1])
{
	const char *written = e->config->rule[place].spec.condition;
	struct buf b = { expanded, 0, EXPLAIN_EXPANDED, false };

	*key = (struct explain_key){ "condition", written };
	if (i != 1)
		return i == 0;
	cond_print(ruleset_rule(e->config->rules, place)->condition.root, &b);
	expanded[b.n] = '\0';
	*key = (struct explain_key){ "expanded", expanded };
	return !b.full && strcmp(expanded, written) != 0;
}

bool explain_key(const struct explain *e, size_t section, unsigned i, struct explain_key *key,
	char expanded[EXPLAIN_EXPANDED + 1])
{
	size_t place = e->source[section];

	if (is_rule(e, section))
		return key_of_rule(e, place, i, key, expanded);
	return key_of_select(&e->config->selects[place].spec, i, key);
}

bool explain_is_shown(const struct explain *e, const struct plan_tell_widening *w)
{
	bool some = false;

	for (size_t i = 0; i < w->by_count; i++)
		some = some || e->shown[w->by[i]];
	for (size_t i = 0; i < w->ask_count; i++)
		some = some || e->shown[w->asks[i].section];
	return some;
}

/* The place of a rule or selection by its section's name. */
static size_t place_of(const struct explain *e, size_t section)
{
	const struct plan_section *s = &e->plan->sections[section];
	bool rule = is_rule(e, section);
	size_t count = rule ? e->config->rule_count : e->config->select_count;
	size_t near = section - (rule && section >= e->config->select_count ? e->config->select_count : 0);

	/* Where all are enabled they stand in the same order. */
	for (size_t i = 0; i < count; i++) {
		size_t at = (near + i) % count;
		const char *name = rule ? e->config->rule[at].spec.id : e->config->selects[at].spec.name;

		if (s->name && name && strcmp(name, s->name) == 0)
			return at;
	}
	return 0;
}

/* Is it NAME, or KIND NAME, as in the section's head? */
static bool is_called(const char *kind, const char *name, const char *wished)
{
	size_t n = strlen(kind);

	if (!name)
		return false;
	if (strncasecmp(wished, kind, n) == 0 && wished[n] == ' ')
		wished += n + 1;
	return strcasecmp(wished, name) == 0;
}

/* Was a file meant, as check takes one? */
static bool is_file(const char *word)
{
	size_t n = strlen(word);

	return strchr(word, '/') || (n > 4 && strcmp(word + n - 4, ".ini") == 0) || access(word, F_OK) == 0;
}

static int no_section(const struct explain *e, struct err *err)
{
	const char *wished = e->wish.section;
	struct nearest near = { .word = span_of(wished, strlen(wished)) };

	if (is_file(wished))
		return err_set(err, -ENOENT, e->wish.path, "there is no [rule] or [select] '%.60s'; did you mean -c %.60s?",
			wished, wished);
	for (size_t i = 0; i < e->config->rule_count; i++)
		if (!e->config->rule[i].spec.enabled && is_called("rule", e->config->rule[i].spec.id, wished))
			return err_set(err, -ENOENT, e->wish.path,
				"[rule %s] is not enabled: nothing is asked of the kernel for it", e->config->rule[i].spec.id);
	for (size_t s = 0; s < e->plan->section_count; s++)
		if (e->plan->sections[s].name)
			nearest_offer(&near, span_of(e->plan->sections[s].name, strlen(e->plan->sections[s].name)));
	if (near.best.p)
		return err_set(err, -ENOENT, e->wish.path, "there is no [rule] or [select] '%.60s'; did you mean '%.*s'?", wished,
			(int)near.best.n, near.best.p);
	return err_set(err, -ENOENT, e->wish.path, "there is no [rule] or [select] '%.60s'", wished);
}

static int choose(struct explain *e, struct err *err)
{
	const struct plan *plan = e->plan;
	bool some = false;

	e->shown = calloc(plan->section_count + 1, sizeof(*e->shown));
	e->source = calloc(plan->section_count + 1, sizeof(*e->source));
	if (!e->shown || !e->source)
		return -ENOMEM;
	for (size_t s = 0; s < plan->section_count; s++) {
		const struct plan_section *named = &plan->sections[s];

		e->source[s] = place_of(e, s);
		e->shown[s] = !e->wish.section || is_called(named->kind, named->name, e->wish.section);
		some = some || e->shown[s];
	}
	return some || !e->wish.section ? 0 : no_section(e, err);
}

static int prune(struct explain *e)
{
	e->pruned_rules = e->plan->count;
	e->pruned_notes = e->plan->note_count;
	return config_prune(e->config, e->plan, &e->raw);
}

static int fill(struct explain *e, struct plan_wants **wants, struct err *err)
{
	int rc = plan_build_wants(wants, e->plan, e->config->select, e->config->rules, &e->host);

	if (rc == 0)
		rc = plan_make_apart(e->plan, e->apart, *wants, e->plan->section_count, &e->host);
	if (rc == 0 && !e->wish.rules_alone) {
		e->tell = plan_tell_new(e->plan, e->apart, *wants, &e->host);
		rc = e->tell ? 0 : -ENOMEM;
	}
	if (rc == 0)
		rc = choose(e, err);
	return rc ? rc : prune(e);
}

int explain_make(struct explain *e, const struct config *config, const struct explain_wish *wish, struct err *err)
{
	struct plan_wants *wants = NULL;
	int rc;

	memset(e, 0, sizeof(*e));
	e->wish = *wish;
	e->config = config;
	e->host.features = plan_features(wish->version);
	e->host.path_by_object = config->tiercel.path_match == 0;
	e->host.self = SBINDIR "/tierceld";
	if (plan_arches(wish->machine, e->host.arches) < 0)
		return err_set(err, -ENOTSUP, NULL, "the system calls of this machine (%s) are not known", wish->machine);
	e->plan = plan_new();
	e->apart = plan_new();
	rc = e->plan && e->apart ? fill(e, &wants, err) : -ENOMEM;
	for (size_t i = 0; wants && i < e->plan->section_count; i++)
		plan_wants_release(&wants[i]);
	free(wants);
	return rc == -ENOMEM ? err_set(err, rc, NULL, "%s", strerror(ENOMEM)) : rc;
}

void explain_release(struct explain *e)
{
	plan_tell_free(e->tell);
	plan_free(e->plan);
	plan_free(e->apart);
	free(e->source);
	free(e->shown);
}

int explain_rules(const struct explain *e, FILE *to)
{
	struct buf b = { malloc(RULE_ROOM), 0, RULE_ROOM, false };

	if (!b.p)
		return -ENOMEM;
	for (size_t i = 0; i < e->pruned_rules; i++) {
		struct plan one = { .rules = &e->plan->rules[i], .count = 1 };

		if (one.rules->action == WIRE_NEVER && !(e->host.features & PLAN_EXE))
			continue; /* of a process that is not there */
		plan_print_numbers(&one, &b);
		fwrite(b.p, 1, b.n, to);
		b.n = 0;
	}
	free(b.p);
	return 0;
}
