/* tiercel probe: what this host offers, and what tierceld would make of it. */
#include "cli/cli.h"

#include "base/buf.h"
#include "base/log.h"
#include "config/config.h"
#include "config/config_keys.h"
#include "daemon/live.h"
#include "daemon/route.h"
#include "sys/probe.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { NAME_COLUMNS = 13, COLUMNS = 110, AUDIT_CONTROL = 30, AUDIT_READ = 37 };

struct report {
	const char *config; /* the file */
	const char *unread; /* why it was not read, so that the defaults hold; else empty */
	struct config_audit asked;
	struct probe_wish wish;
	struct probe probe;
	struct probe_choice choice;
	int rc;             /* probe_choose() */
};

static void put_kernel(const struct report *r, struct buf *b)
{
	buf_printf(b, "%s on %s", r->probe.release, r->probe.machine);
}

static void put_right(struct buf *b, const struct probe *p, int bit, const char *name)
{
	buf_printf(b, "%s: %s", name, p->caps >> bit & 1 ? "yes" : "no");
}

/* That a right is missing is told once, by the rights themselves. */
static bool lacks(const struct report *r, int bit, int error)
{
	return error == -EPERM && !(r->probe.caps >> bit & 1);
}

static void put_rights(const struct report *r, struct buf *b)
{
	put_right(b, &r->probe, AUDIT_CONTROL, "CAP_AUDIT_CONTROL (own the stream, load rules)");
	if (r->probe.version >= PROBE_KERNEL(3, 16, 0))
		put_right(b, &r->probe, AUDIT_READ, "; CAP_AUDIT_READ (listen)");
	if (geteuid() != 0 && r->probe.init_user_ns != PROBE_NO)
		buf_text(b, "; root sees more: sudo tiercel probe");
}

static void put_namespaces(const struct report *r, struct buf *b)
{
	const struct probe *p = &r->probe;
	const struct {
		enum probe_answer init;
		const char *name;
	} all[] = { { p->init_user_ns, "user" }, { p->init_pid_ns, "pid" }, { p->init_net_ns, "network" } };
	bool known = true;

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		known = known && all[i].init != PROBE_UNKNOWN;
		if (all[i].init == PROBE_NO)
			buf_printf(b, "%s %s", b->n ? "" : "not the host's:", all[i].name);
	}
	if (b->n == 0)
		buf_text(b, known ? "the host's own" : "the host's own, as far as this kernel tells");
	else if (*p->container)
		buf_printf(b, " (%s)", p->container);
}

static void put_audit(const struct report *r, struct buf *b)
{
	static const char *const states[] = {
		"switched off", "switched on", "switched on, and locked: rules can't be changed until the next boot (auditctl -e 2)"
	};
	uint32_t enabled = r->probe.status.enabled;
	char cause[320];

	if (lacks(r, AUDIT_CONTROL, r->probe.audit))
		buf_text(b, "not known without CAP_AUDIT_CONTROL, nor are owner, rules, records and features");
	else
		buf_text(b, r->probe.audit != 0 ? probe_audit_cause(&r->probe, cause) :
			states[enabled < 2 ? enabled : 2]);
	if (r->rc == 0 && r->choice.mode == MODE_UNICAST && enabled == 0)
		buf_text(b, "; tierceld switches it on");
}

static void put_boot(const struct report *r, struct buf *b)
{
	static const char *const says[] = {
		[PROBE_UNKNOWN] = "no audit=1: processes that are older than auditing stay unseen",
		[PROBE_NO] = "audit=0: no auditing until the next boot",
		[PROBE_YES] = "audit=1: all processes can be seen"
	};

	buf_text(b, says[r->probe.audit_at_boot]);
}

static void put_owner(const struct report *r, struct buf *b)
{
	const struct probe *p = &r->probe;

	if (p->audit != 0)
		return;
	if (p->owner_alive && strcmp(p->owner, "tierceld") == 0)
		buf_printf(b, "tierceld (pid %u) runs already; this is about a second one", p->status.pid);
	else if (p->owner_alive)
		buf_printf(b, "%s (pid %u) gets the stream", *p->owner ? p->owner : "another program", p->status.pid);
	else if (p->status.pid)
		buf_printf(b, "pid %u, which is gone: the stream is free", p->status.pid);
	else
		buf_text(b, "none: the stream is free");
}

static void put_rules(const struct report *r, struct buf *b)
{
	const struct probe *p = &r->probe;

	if (p->audit != 0)
		return;
	if (p->rules < 0) {
		buf_text(b, "not known");
		return;
	}
	buf_printf(b, "%d loaded, %u of them tierceld's", p->rules, p->own_rules);
	if (p->own_rules && !p->tierceld_lives)
		buf_text(b, ", left by one that died: the next one that loads rules takes them over");
	if (p->task_never)
		buf_text(b, "; one is task,never: no system calls are told");
}

static void put_records(const struct report *r, struct buf *b)
{
	const struct wire_status *s = &r->probe.status;

	if (r->probe.audit != 0)
		return;
	buf_printf(b, "%u lost since boot; %u wait, of %u at most (backlog_limit)", s->lost, s->backlog, s->backlog_limit);
	if (s->rate_limit)
		buf_printf(b, "; %u a second at most (rate_limit)", s->rate_limit);
}

static void put_features(const struct report *r, struct buf *b)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
		{ WIRE_FEATURE_BACKLOG_WAIT_TIME, "drop rather than block, " }, { WIRE_FEATURE_EXECUTABLE_PATH, "exe=, " },
		{ WIRE_FEATURE_EXCLUDE_EXTEND, "exclude by user or process, " }, { WIRE_FEATURE_SESSIONID_FILTER, "sessionid=, " },
		{ WIRE_FEATURE_FILTER_FS, "fstype=, " }
	};
	size_t start = b->n;

	if (r->probe.audit != 0)
		return;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (r->probe.status.features & names[i].bit)
			buf_text(b, names[i].name);
	if (b->n > start)
		b->n -= 2;
	else
		buf_text(b, "none");
}

static void put_mode(const struct report *r, enum probe_mode mode, const char *possible, struct buf *b)
{
	char cause[320];

	buf_text(b, *probe_mode_cause(&r->probe, mode, cause) ? cause : possible);
}

static void put_multicast(const struct report *r, struct buf *b)
{
	if (lacks(r, AUDIT_READ, r->probe.multicast) && r->probe.init_user_ns != PROBE_NO)
		buf_text(b, "not without CAP_AUDIT_READ");
	else
		put_mode(r, MODE_MULTICAST, "a listener gets a copy of the stream", b);
}

static void put_audisp(const struct report *r, struct buf *b)
{
	put_mode(r, MODE_AUDISP, r->wish.audisp_socket, b);
}

static void put_follow(const struct report *r, struct buf *b)
{
	put_mode(r, MODE_FOLLOW, r->wish.log, b);
}

static void put_seccomp(const struct report *r, struct buf *b)
{
	const struct probe *p = &r->probe;

	buf_text(b, p->seccomp == PROBE_YES ? "filters" : "no filters");
	buf_text(b, p->seccomp_log == PROBE_YES ? ", log" : ", no log");
	buf_text(b, p->seccomp_notify == PROBE_YES ? ", user notification" : ", no user notification");
}

static void put_lockdown(const struct report *r, struct buf *b)
{
	const char *state = r->probe.lockdown;

	buf_text(b, *state ? state : r->probe.securityfs == PROBE_NO ? "not known: securityfs is not mounted" : "not known");
	if (strcmp(state, "confidentiality") == 0)
		buf_text(b, ": BPF may not read the kernel's memory; Tiercel need not");
}

static void put_bpf(const struct report *r, struct buf *b)
{
	const struct probe *p = &r->probe;

	if (p->bpf == PROBE_NO)
		buf_text(b, "no bpf(2): tools that need it can't work here, Tiercel can");
	else if (p->bpf == PROBE_UNKNOWN)
		buf_text(b, "not known; Tiercel needs none");
	else if (p->btf == PROBE_YES)
		buf_text(b, "bpf(2) and BTF are there; Tiercel needs neither");
	else
		buf_text(b, "bpf(2), but no BTF, which most tools of today need; Tiercel needs neither");
}

static void put_config(const struct report *r, struct buf *b)
{
	static const char *const words[] = { "auto", "yes", "no" };

	buf_printf(b, "%s%s: mode = %s, load_rules = %s", r->config, r->unread, probe_mode_name(r->wish.mode),
		words[r->wish.load_rules]);
}

static void put_choice(const struct report *r, struct buf *b)
{
	buf_printf(b, "%s: %s", r->rc == 0 ? probe_mode_name(r->choice.mode) : "none", r->choice.why);
	if (r->rc == 0 && r->choice.mode != MODE_OFF)
		buf_text(b, r->choice.load_rules ? "; it loads its own rules" : "; it loads no rules");
}

static void put_advice(const struct report *r, struct buf *b)
{
	buf_text(b, r->choice.advice);
}

static const struct {
	const char *name;
	void (*put)(const struct report *r, struct buf *b);
} lines[] = {
	{ "kernel", put_kernel }, { "rights", put_rights }, { "namespaces", put_namespaces }, { "audit", put_audit },
	{ "boot", put_boot }, { "owner", put_owner }, { "rules", put_rules }, { "records", put_records },
	{ "features", put_features }, { "multicast", put_multicast }, { "audisp", put_audisp }, { "log", put_follow },
	{ "seccomp", put_seccomp }, { "lockdown", put_lockdown }, { "BPF", put_bpf }, { "config", put_config },
	{ "mode", put_choice }, { "advice", put_advice }
};

/* Broken at blanks, the next lines below the first. */
static void print_line(const char *name, const char *text)
{
	size_t column = (size_t)printf("%s:%*s", name, (int)(NAME_COLUMNS - strlen(name) - 1), "");
	const char *gap = "";

	while (*text) {
		size_t n = strcspn(text, " ");

		if (*gap && column + 1 + n > COLUMNS)
			column = (size_t)printf("\n%*s", NAME_COLUMNS, "") - 1;
		else
			column += (size_t)printf("%s", gap);
		column += (size_t)printf("%.*s", (int)n, text);
		text += n + (text[n] == ' ');
		gap = " ";
	}
	putchar('\n');
}

static void print(const struct report *r)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		char text[4096];
		struct buf b = { text, 0, sizeof(text) - 1, false };

		lines[i].put(r, &b);
		text[b.n] = '\0';
		if (b.n)
			print_line(lines[i].name, text);
	}
}

static void on_report(void *ctx, enum config_level level, const struct err *e)
{
	(void)ctx;
	if (level == CONFIG_ERROR)
		log_err(e);
}

/* The usual file need not be there, nor be for everybody to read. */
static int read_config(struct report *r, const char *path, struct config **config)
{
	for (size_t i = 0; i < config_key_count; i++)
		if (config_keys[i].section == CONFIG_SECTION_audit)
			config_value_set(&config_keys[i], config_keys[i].initial, &r->asked);
	r->config = path ? path : ROUTE_CONFIG;
	r->unread = path || access(ROUTE_CONFIG, R_OK) == 0 ? "" : errno == ENOENT ? " (not there)" : " (not readable)";
	if (!*r->unread) {
		int rc = config_load(config, r->config, on_report, NULL);

		if (rc < 0)
			return rc;
		r->asked = (*config)->audit;
	}
	r->wish = live_wish(&r->asked);
	return 0;
}

static void ask(struct report *r)
{
	struct live live = { .priv = { .fd = -1 } };
	int rc = live_ask_kernel(&live);

	probe_read(&r->probe, live.ctl, rc, &r->wish);
	live_close(&live);
	r->rc = probe_choose(&r->probe, &r->wish, &r->choice);
}

static int run(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' }, { "help", no_argument, NULL, 'h' }, { NULL, 0, NULL, 0 }
	};
	struct report r = { .rc = 0 };
	struct config *config = NULL;
	const char *path = NULL;
	int c;

	while ((c = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		if (c == 'h')
			return cli_help(&cli_probe);
		if (c != 'c')
			return cli_usage(&cli_probe);
		path = optarg;
	}
	if (optind < argc) {
		log_error("unexpected argument '%s'", argv[optind]);
		return cli_usage(&cli_probe);
	}
	if (read_config(&r, path, &config) < 0)
		return CLI_FAILED;
	ask(&r);
	print(&r);
	config_free(config);
	return r.rc == 0 ? CLI_OK : CLI_FAILED;
}

const struct cli_command cli_probe = {
	.name = "probe",
	.title = "tiercel probe",
	.line = "what this host offers, and the mode that tierceld would take",
	.help =
		"Usage: tiercel probe [-c FILE]\n"
		"Ask the kernel what it offers, one fact a line; then the mode by which tierceld would get records here, and\n"
		"why; then what could be done for more. Nothing is changed. Root sees more than others.\n\n"
		"  -c, --config FILE  take mode, load_rules, audisp_socket and log of its [source audit]; by default those of\n"
		"                     " ROUTE_CONFIG ", where it is there\n"
		"  -h, --help         this text\n\n"
		"Example: sudo tiercel probe\n"
		"Exit status: 0 there is a way to get records, 1 there is none, or the file has errors, 2 wrong usage.\n",
	.run = run
};
