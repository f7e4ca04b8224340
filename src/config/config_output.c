#include "config/config_load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { TO_STDOUT, TO_FILE, TO_SYSLOG, TYPES };

/* In the order of the choices in config_keys.def. */
static const char *const type_names[TYPES] = { "stdout", "file", "syslog" };
static const struct encoder *const formats[] = { &encoder_json, &encoder_text, &encoder_raw };

/* Keys of one type of output. */
static const struct {
	const char *name;
	int type;
} own_keys[] = {
	{ "path", TO_FILE }, { "rotate_size", TO_FILE }, { "rotate_keep", TO_FILE }, { "address", TO_SYSLOG },
	{ "facility", TO_SYSLOG }
};

/* Daemons cut at 8 KiB unless told otherwise (rsyslog), and a datagram of more than 64 KiB passes few sockets. */
#define SYSLOG_BUDGET 8000
#define SYSLOG_BUDGET_MAX 65536
#define SYSLOG_FIELDS "@core"

#define SYSLOG_LOCAL "unix:"
static const char *const later_schemes[] = { "udp://", "tcp://", "tls://" };

/* The words of facility: user to ftp are 1 to 11, local0 to local7 are 16 to 23 (RFC 3164, 4.1.1). */
#define FACILITY_LOCAL0 11

static int wrong(struct reporter *r, const struct config_output *o, const char *key, const char *what)
{
	struct section_label label;

	report_error(r, -EINVAL, o->from.at->file, ini_line(o->from.at, key), "%s %s",
		section_label(o->from.at, &label), what);
	return -EINVAL;
}

static char *directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return strndup(path, slash == path ? 1 : (size_t)(slash - path));
}

static void check_directory(const struct config_output *o, struct reporter *r)
{
	char *directory = directory_of(o->path);
	struct stat st;

	if (directory && stat(directory, &st) < 0 && (errno == ENOENT || errno == ENOTDIR))
		report_warning(r, o->from.at->file, ini_line(o->from.at, "path"), "path: there is no directory %s", directory);
	free(directory);
}

static int check_own_keys(const struct config_output *o, struct reporter *r)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof(own_keys) / sizeof(own_keys[0]); i++) {
		const struct ini_key *k = own_keys[i].type == o->type ? NULL : ini_find(o->from.at, own_keys[i].name);

		if (!k || strcmp(k->name, own_keys[i].name) != 0) /* Path is told as unknown */
			continue;
		report_error(r, -EINVAL, o->from.at->file, k->line, "%s is for type = %s only", k->name,
			type_names[own_keys[i].type]);
		rc = -EINVAL;
	}
	return rc;
}

static int check_file(const struct config_output *o, struct reporter *r)
{
	if (!o->path && o->from.faulty)
		return -EINVAL;
	if (!o->path)
		return wrong(r, o, "type", "needs a path");
	check_directory(o, r);
	if (!o->from.faulty && o->rotate_size == 0 && ini_find(o->from.at, "rotate_keep"))
		report_warning(r, o->from.at->file, ini_line(o->from.at, "rotate_keep"),
			"rotate_keep does nothing without rotate_size");
	return 0;
}

static int check_address(const struct config_output *o, struct reporter *r)
{
	for (size_t i = 0; i < sizeof(later_schemes) / sizeof(later_schemes[0]); i++) {
		if (strncmp(o->address, later_schemes[i], strlen(later_schemes[i])) != 0)
			continue;
		report_error(r, -EINVAL, o->from.at->file, ini_line(o->from.at, "address"),
			"address: %s is not in this version yet; only " SYSLOG_LOCAL "PATH is", later_schemes[i]);
		return -EINVAL;
	}
	if (strncmp(o->address, SYSLOG_LOCAL "/", strlen(SYSLOG_LOCAL "/")) == 0)
		return 0;
	return wrong(r, o, "address", "needs an address like " SYSLOG_LOCAL "/dev/log");
}

static int check_syslog(struct config_output *o, struct reporter *r)
{
	if (!ini_find(o->from.at, "fields"))
		o->fields = SYSLOG_FIELDS;
	if (!ini_find(o->from.at, "budget"))
		o->budget = SYSLOG_BUDGET;
	if (check_address(o, r) < 0)
		return -EINVAL;
	o->path = o->address + strlen(SYSLOG_LOCAL);
	if (o->budget > SYSLOG_BUDGET_MAX)
		return wrong(r, o, "budget", "has a budget of more than 64K, which syslog does not take");
	return 0;
}

static int check_type(struct config_output *o, struct reporter *r)
{
	int rc;

	if (o->type < 0)
		return -EINVAL;
	rc = check_own_keys(o, r);
	if (o->type == TO_FILE)
		return check_file(o, r) < 0 ? -EINVAL : rc;
	if (o->type == TO_SYSLOG)
		return check_syslog(o, r) < 0 ? -EINVAL : rc;
	if (!o->from.faulty && o->when == WHEN_BACKGROUND)
		report_warning(r, o->from.at->file, ini_line(o->from.at, "when"),
			"when: nobody reads the standard output of a daemon");
	return rc;
}

/* Keys that the format does not look at. */
static void check_format(const struct config_output *o, struct reporter *r)
{
	static const char *const json_keys[] = { "fields", "raw" };

	for (size_t i = 0; i < sizeof(json_keys) / sizeof(json_keys[0]) && o->encoder != &encoder_json; i++) {
		if (ini_find(o->from.at, json_keys[i]))
			report_warning(r, o->from.at->file, ini_line(o->from.at, json_keys[i]),
				"%s does nothing with format = %s",
				json_keys[i], o->encoder->name);
	}
}

static void settle(struct config_output *o, const char *name)
{
	o->encoder = formats[o->format];
	o->encode.raw = o->raw;
	o->encode.budget = (size_t)o->budget;
	o->settings = (struct output_settings){
		.name = name, .type = type_names[o->type], .path = o->path,
		.facility = (unsigned)o->facility + (o->facility < FACILITY_LOCAL0 ? 1 : 5),
		.rotate_size = o->rotate_size, .rotate_keep = (unsigned)o->rotate_keep
	};
}

int config_output_resolve(struct config_output *o, struct reporter *r)
{
	if (o->type < 0 && !o->from.faulty)
		wrong(r, o, "type", "needs a type: stdout, file or syslog");
	int good = check_type(o, r), named = config_fields_resolve(&o->encode, o->fields, o->from.at, r);
	if (o->type >= 0) {
		settle(o, o->from.at->name);
		check_format(o, r);
	}
	return named < 0 ? named : good;
}

void config_output_where(const struct config_output *o, struct config_where *where)
{
	where->text[0] = '\0';
	if (o->from.at)
		snprintf(where->text, sizeof(where->text), "%s:%u", o->from.at->file,
			ini_line(o->from.at, o->type == TO_SYSLOG ? "address" : "path"));
}

int config_output_default(struct config_output *o)
{
	o->type = TO_STDOUT;
	settle(o, "stdout");
	return config_fields_resolve(&o->encode, o->fields, NULL, NULL);
}

static bool same_file(const char *a, const char *b)
{
	struct stat x, y;

	return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool same_directory(const char *a, const char *b)
{
	char *x = directory_of(a), *y = directory_of(b);
	bool same = x && y && (strcmp(x, y) == 0 || same_file(x, y));

	free(x);
	free(y);
	return same;
}

static const char *base_name(const char *path)
{
	return strrchr(path, '/') + 1;
}

/* However they spell it: two that write to one file tear each other's lines and rotate it twice. */
static bool same_path(const char *a, const char *b)
{
	if (strcmp(base_name(a), base_name(b)) == 0 && same_directory(a, b))
		return true;
	return same_file(a, b);
}

static bool is_file(const struct config_output *o)
{
	return o->type == TO_FILE && o->path;
}

static bool same_place(const struct config_output *a, const struct config_output *b)
{
	if (a->type == TO_STDOUT)
		return b->type == TO_STDOUT && (a->when == b->when || a->when == WHEN_ALWAYS || b->when == WHEN_ALWAYS);
	return is_file(a) && is_file(b) && same_path(a->path, b->path);
}

/* Does a move its full files to b's path? Then b would write on into what a throws away. */
static bool moves_onto(const struct config_output *a, const struct config_output *b)
{
	const char *number;
	char *end;
	size_t n;

	if (!is_file(a) || !is_file(b) || !a->rotate_size)
		return false;
	n = strlen(base_name(a->path));
	number = base_name(b->path) + n;
	if (strncmp(base_name(a->path), base_name(b->path), n) != 0 || number[0] != '.' || number[1] < '1' ||
		number[1] > '9')
		return false;
	return strtoull(number + 1, &end, 10) <= a->rotate_keep && !*end && same_directory(a->path, b->path);
}

static const struct config_output *clash_of(const struct config *c, size_t i, const char **how)
{
	const struct config_output *o = &c->outputs[i];

	*how = "goes already";
	for (size_t k = 0; k < i; k++)
		if (same_place(o, &c->outputs[k]))
			return &c->outputs[k];
	*how = "moves its full files";
	for (size_t k = 0; k < c->output_count; k++)
		if (moves_onto(&c->outputs[k], o))
			return &c->outputs[k];
	return NULL;
}

int config_outputs_clash(const struct config *c, struct reporter *r)
{
	struct section_label label;
	int rc = 0;

	for (size_t i = 0; i < c->output_count; i++) {
		const struct config_output *o = &c->outputs[i], *other;
		const char *how;

		other = clash_of(c, i, &how);
		if (!other)
			continue;
		report_error(r, -EINVAL, o->from.at->file, ini_line(o->from.at, o->path ? "path" : "type"), "%s is where %s %s",
			o->path ? o->path : type_names[o->type], section_label(other->from.at, &label), how);
		rc = -EINVAL;
	}
	return rc;
}

void config_outputs_priority(const struct config *c, struct reporter *r)
{
	int highest = c->rule_count && !c->select_count ? 8 : CONFIG_SELECTED;

	for (size_t i = 0; i < c->rule_count; i++) {
		const struct rule_spec *rule = &c->rule[i].spec;
		if (rule->enabled && rule->priority < highest)
			highest = rule->priority;
	}
	for (size_t i = 0; i < c->output_count; i++) {
		const struct config_output *o = &c->outputs[i];
		if (!o->from.at || o->priority >= highest)
			continue;
		report_warning(r, o->from.at->file, ini_line(o->from.at, "priority"),
			"priority: nothing that is let through is so severe: only Tiercel's own events can be written");
	}
}
