#include "daemon/route.h"

#include "base/log.h"
#include "base/plural.h"
#include "config/config_check.h"
#include "config/config_fields.h"
#include "daemon/by_rule.h"
#include "filter/words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define TELL_MS 60000 /* an output that comes and goes, a rule over its limit: told of so often at most */

/* Of one output. */
struct known {
	const char *name;
	const char *path; /* NULL: stdout; syslog: a socket, which no source reads */
	int code;         /* the fault that was told, errno */
	int64_t next;     /* ms: not to be told of before */
	uint64_t lost;    /* lines, told */
	uint64_t dropped; /* lines, before anything was told */
	struct by_rule by_rule;
};

/* Of one rule. */
struct limited {
	uint64_t told; /* matches over its limit */
	int64_t when;  /* that was, ms; 0: never */
};

struct route {
	struct config *config; /* NULL: none */
	struct pipeline_route as_pipeline;
	struct known *known;   /* of each output */
	struct limited *limited; /* of each rule */
	struct output *standard;
	struct span *members;  /* of --fields */
	int signals;           /* the wish's */
};

struct reported {
	size_t warnings;
	struct err *first; /* error; NULL: nobody asks for it */
};

static void on_report(void *ctx, enum config_level level, const struct err *e)
{
	struct reported *r = ctx;

	if (level == CONFIG_ERROR) {
		log_err(e);
		if (r->first && !r->first->code)
			*r->first = *e;
		return;
	}
	r->warnings++;
	log_say(LOG_LEVEL_WARNING, e->where, "warning: %s", e->what);
}

/* "14 rules, ", and of rules how many are off; nothing where there are none. */
static void tell_count(size_t n, const char *word, size_t disabled)
{
	if (n)
		printf("%zu %s%s", n, word, plural(n));
	if (disabled)
		printf(" (%zu disabled)", disabled);
	if (n)
		printf(", ");
}

static void tell_counts(const char *path, const struct config *c)
{
	size_t disabled = 0;

	for (size_t i = 0; i < c->rule_count; i++)
		disabled += !c->rule[i].spec.enabled;
	printf("%s: ok (%zu selection%s, ", path, c->select_count, plural(c->select_count));
	tell_count(c->rule_count, "rule", disabled);
	tell_count(c->list_count, "list", 0);
	tell_count(c->macro_count, "macro", 0);
	printf("%zu output%s)", c->output_count, plural(c->output_count));
}

int route_check(const char *path)
{
	struct config *c;
	struct reported reported = { .warnings = 0 };
	struct utsname host;
	int rc = config_load(&c, path, on_report, &reported);

	if (rc < 0)
		return rc;
	uname(&host);
	if (config_check(c, host.release, host.machine, on_report, &reported) < 0)
		log_error("%s", strerror(ENOMEM));
	tell_counts(path, c);
	if (reported.warnings)
		printf(", %zu warning%s", reported.warnings, plural(reported.warnings));
	putchar('\n');
	config_free(c);
	return 0;
}

static int choose_fields(struct route *r, const char *text, struct encode_options *options)
{
	struct words words = { .text = text };
	struct field_fault fault;
	struct span word;

	r->members = calloc(strlen(text) / 2 + 1, sizeof(*r->members));
	if (!r->members)
		return -ENOMEM;
	while (words_next(&words, &word)) {
		if (encode_options_add(options, r->members, word) < 0) {
			log_error("--fields: %s", config_field_fault(word, &fault));
			return -EDOM;
		}
	}
	return 0;
}

/* `rules`: they may change what is shown. */
static int open_output(struct route *r, const struct output_settings *settings, struct pipeline_output *o, bool rules,
	struct err *err)
{
	struct pipeline_route *to = &r->as_pipeline;
	bool standard = strcmp(settings->type, "stdout") == 0;
	struct known *known = &r->known[to->output_count];
	struct output_settings mine = *settings;

	mine.signals = r->signals;
	if (output_open(&o->to, &mine, err) < 0)
		return err->code;
	if (standard) {
		o->patience_ms = 0;
		r->standard = o->to;
	}
	known->name = settings->name;
	known->path = settings->path;
	to->outputs[to->output_count++] = *o;
	if (rules && by_rule_init(&known->by_rule, r->config, &o->options) < 0)
		return err_set(err, -ENOMEM, NULL, "%s", strerror(ENOMEM));
	to->outputs[to->output_count - 1].by_rule = known->by_rule.options;
	return 0;
}

static int open_wished(struct route *r, const struct route_wish *wish)
{
	static const struct output_settings settings = { .name = "stdout", .type = "stdout" };
	const char *format = wish->format ? wish->format : "json";
	struct pipeline_output o = {
		.format = encoder_find(span_of(format, strlen(format))),
		.options = { .raw = wish->raw, .budget = ENCODE_BUDGET_DEFAULT },
		.priority = 7
	};
	struct err err;
	int rc;

	if (!o.format) {
		log_error("there is no format '%s': json, text or raw", format);
		return -EDOM;
	}
	rc = choose_fields(r, wish->fields ? wish->fields : "@all", &o.options);
	if (!rc) {
		rc = open_output(r, &settings, &o, r->config && !wish->fields, &err);
		if (rc < 0)
			log_err(&err);
	}
	return rc;
}

/* Is the output for runs like this one? */
static bool is_meant(const struct config_output *c, bool background)
{
	return c->when == WHEN_ALWAYS || (c->when == WHEN_BACKGROUND) == background;
}

static int open_configured(struct route *r, const struct route_wish *wish)
{
	struct config_where where;
	struct err err;

	for (size_t i = 0; i < r->config->output_count; i++) {
		const struct config_output *c = &r->config->outputs[i];
		struct pipeline_output o = {
			.format = c->encoder,
			.options = c->encode,
			.priority = c->priority,
			.patience_ms = wish->patience_ms
		};
		int rc = is_meant(c, wish->background) ? open_output(r, &c->settings, &o, true, &err) : 0;

		if (rc == 0)
			continue;
		config_output_where(c, &where);
		log_say(LOG_LEVEL_ERROR, *where.text ? where.text : NULL, "[output %s]: %s: %s", c->settings.name,
			err.where, err.what);
		return rc;
	}
	if (r->as_pipeline.output_count)
		return 0;
	log_error("%s: no output is left: every one is for runs in the %s only (when =)", wish->config,
		wish->background ? "foreground" : "background");
	return -EINVAL;
}

static size_t rule_count(const struct route *r)
{
	return r->as_pipeline.rules ? ruleset_count(r->as_pipeline.rules) : 0;
}

static int open_all(struct route *r, const struct route_wish *wish)
{
	bool wished = wish->format || !r->config;
	size_t count = wished ? 1 : r->config->output_count;

	if (r->config) {
		r->as_pipeline.select = r->config->select;
		r->as_pipeline.rules = r->config->rules;
	}
	r->as_pipeline.outputs = calloc(count, sizeof(*r->as_pipeline.outputs));
	r->known = calloc(count, sizeof(*r->known));
	r->limited = calloc(rule_count(r) + 1, sizeof(*r->limited));
	if (!r->as_pipeline.outputs || !r->known || !r->limited)
		return -ENOMEM;
	return wished ? open_wished(r, wish) : open_configured(r, wish);
}

int route_load(struct route **out, const struct route_wish *wish)
{
	struct reported reported = { .first = wish->fault };
	struct route *r = calloc(1, sizeof(*r));
	int rc = r ? 0 : -ENOMEM;

	if (!rc && wish->config)
		rc = config_load(&r->config, wish->config, on_report, &reported);
	if (!rc) {
		r->signals = wish->signals;
		rc = open_all(r, wish);
	}
	if (rc < 0) {
		if (rc == -ENOMEM)
			log_error("%s", strerror(ENOMEM));
		route_free(r);
		r = NULL;
	}
	*out = r;
	return rc;
}

void route_free(struct route *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->as_pipeline.output_count; i++) {
		output_close(r->as_pipeline.outputs[i].to);
		by_rule_release(&r->known[i].by_rule);
	}
	free(r->as_pipeline.outputs);
	free(r->known);
	free(r->limited);
	free(r->members);
	config_free(r->config);
	free(r);
}

const struct pipeline_route *route_of(const struct route *r)
{
	return &r->as_pipeline;
}

const struct config *route_config(const struct route *r)
{
	return r->config;
}

bool route_tty_data(const struct route *r)
{
	return r->config && r->config->tiercel.tty_data;
}

bool route_has_stdout(const struct route *r)
{
	return r->standard != NULL;
}

const char *route_writes_to(const struct route *r, const struct stat *file)
{
	for (size_t i = 0; i < r->as_pipeline.output_count; i++) {
		const char *path = r->known[i].path;
		struct stat st;

		if ((path ? stat(path, &st) : fstat(STDOUT_FILENO, &st)) == 0 && S_ISREG(st.st_mode) &&
			st.st_dev == file->st_dev && st.st_ino == file->st_ino)
			return r->known[i].name;
	}
	return NULL;
}

int route_reopen(struct route *r)
{
	struct err err;
	int rc = 0;

	for (size_t i = 0; i < r->as_pipeline.output_count; i++) {
		if (output_reopen(r->as_pipeline.outputs[i].to, &err) == 0)
			continue;
		log_err(&err);
		rc = err.code;
	}
	return rc;
}

int route_stdout_error(const struct route *r)
{
	if (!r->standard)
		return 0;
	return output_closed(r->standard) ? -EPIPE : -output_counts(r->standard)->last_errno;
}

static const char *cause(int code)
{
	if (code == EAGAIN)
		return "its reader takes nothing";
	return code ? strerror(code) : "no room";
}

static void tell_fault(const struct known *k, const struct output *o, int code)
{
	if (output_closed(o))
		log_error("output %s: nobody reads standard output any more: what goes there is lost", k->name);
	else if (code == output_counts(o)->rotate_errno)
		log_warning("output %s: cannot be rotated: %s", k->name, cause(code));
	else if (code)
		log_error("output %s: %s; it is tried again", k->name, cause(code));
	else
		log_info("output %s: works again, %llu lines lost so far", k->name,
			(unsigned long long)output_counts(o)->dropped);
}

void route_watch(struct route *r, int64_t now_ms)
{
	for (size_t i = 0; i < r->as_pipeline.output_count; i++) {
		const struct output *o = r->as_pipeline.outputs[i].to;
		const struct output_counts *c = output_counts(o);
		int code = c->last_errno ? c->last_errno : c->rotate_errno;
		struct known *k = &r->known[i];

		if (code == k->code || now_ms < k->next)
			continue;
		tell_fault(k, o, code);
		k->code = code;
		k->next = now_ms + TELL_MS;
	}
}

int route_tell_lost(struct route *r, bool (*tell)(void *ctx, const char *name, uint64_t lines), void *ctx)
{
	const struct pipeline_route *to = &r->as_pipeline;
	int rc = 0;

	for (size_t i = 0; i < to->output_count; i++)
		r->known[i].dropped = output_counts(to->outputs[i].to)->dropped;
	for (size_t i = 0; i < to->output_count; i++) {
		struct known *k = &r->known[i];

		if (k->dropped == k->lost || output_closed(to->outputs[i].to))
			continue;
		if (tell(ctx, k->name, k->dropped - k->lost)) {
			k->lost = k->dropped;
			rc = rc ? rc : 1;
		} else {
			rc = -EAGAIN;
		}
	}
	/* Of the words themselves, which an output may have refused, there is nothing to tell. */
	for (size_t i = 0; i < to->output_count; i++)
		r->known[i].lost += output_counts(to->outputs[i].to)->dropped - r->known[i].dropped;
	return rc;
}

void route_tell_limits(struct route *r, int64_t now_ms,
	bool (*tell)(void *ctx, const struct rule *rule, uint64_t matches), void *ctx)
{
	for (size_t i = 0, n = rule_count(r); i < n; i++) {
		const struct rule *rule = ruleset_rule(r->as_pipeline.rules, i);
		struct limited *l = &r->limited[i];

		if (rule->suppressed == l->told || (l->when && now_ms - l->when < TELL_MS))
			continue;
		if (tell(ctx, rule, rule->suppressed - l->told))
			l->told = rule->suppressed;
		l->when = now_ms;
	}
}

int route_finish(struct route *r)
{
	int rc = 0;

	for (size_t i = 0; i < r->as_pipeline.output_count; i++) {
		struct output *o = r->as_pipeline.outputs[i].to;
		const struct output_counts *c = output_counts(o);

		if (c->rotate_errno && c->rotate_errno != r->known[i].code)
			tell_fault(&r->known[i], o, c->rotate_errno);
		if (!c->dropped || (output_closed(o) && !r->signals))
			continue;
		log_error("output %s: %llu lines lost: %s", r->known[i].name, (unsigned long long)c->dropped,
			cause(c->last_errno));
		rc = -EIO;
	}
	return rc;
}
