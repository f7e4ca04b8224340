/*
 * From a probe's answers to the mode, by two tables: what stands in the way of each mode, with what to do about it, and
 * what is to be remarked beside a mode that works. Their sentences are completed by say().
 */
#include "sys/probe_rules.h"

#include "base/span.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { CAP_AUDIT_CONTROL_BIT = 30 };
/* How long a path is shown whole. */
enum { PATH_SHOWN = 64 };

static const char *const mode_names[] = { "auto", "unicast", "multicast", "audisp", "follow", "off" };

const char *probe_mode_name(enum probe_mode mode)
{
	return mode_names[mode];
}

/* What is true of a host. */
static bool off_at_boot(const struct probe *p)
{
	return p->audit_at_boot == PROBE_NO;
}

static bool foreign_user(const struct probe *p)
{
	return p->init_user_ns == PROBE_NO;
}

static bool foreign_pid(const struct probe *p)
{
	return p->init_pid_ns == PROBE_NO;
}

static bool foreign_net(const struct probe *p)
{
	return p->init_net_ns == PROBE_NO;
}

/* Since 3.14 the kernel's audit answers in every network namespace. */
static bool deaf_net(const struct probe *p)
{
	return foreign_net(p) && p->version < PROBE_KERNEL(3, 14, 0);
}

static bool powerless(const struct probe *p)
{
	return !(p->caps >> CAP_AUDIT_CONTROL_BIT & 1);
}

static bool unbuilt(const struct probe *p)
{
	return p->audit == -ENOSYS;
}

static bool stuck(const struct probe *p)
{
	return p->stuck != 0;
}

static bool owned(const struct probe *p)
{
	return p->owner_alive;
}

static bool owned_audible(const struct probe *p)
{
	return p->owner_alive && p->multicast == 0 && !foreign_net(p);
}

static bool owned_apart(const struct probe *p)
{
	return p->owner_alive && p->multicast == 0 && foreign_net(p);
}

static bool owned_deaf(const struct probe *p)
{
	return p->owner_alive && (p->multicast == -EPERM || p->multicast == -EACCES);
}

/* In which modes a row counts, and that there is no use in looking for another mode. */
enum {
	UNICAST = 1 << MODE_UNICAST, MULTICAST = 1 << MODE_MULTICAST, AUDISP = 1 << MODE_AUDISP,
	FOLLOW = 1 << MODE_FOLLOW, FINAL = 1 << 8
};
enum { ANY = -1, EVEN_SO = 0 }; /* any error that the mode met; even where it met none */

#define AS_ROOT "run as root"
#define ON_HOST "run tierceld on the host, or let it read auditd's log in here (mode = follow, log = PATH)"

/* The first row that holds is the reason. */
static const struct obstacle {
	unsigned modes;
	int error;                             /* what the mode's own question met: errno, ANY or EVEN_SO */
	bool (*is)(const struct probe *p);     /* and this; NULL: no more */
	int code;                              /* to be returned; 0: the error met */
	const char *why, *advice;
} obstacles[] = {
	{ UNICAST | MULTICAST, EVEN_SO, unbuilt, ENOSYS, "this build of Tiercel has no libmnl, so it can't ask the kernel's audit",
		"build it with libmnl (libmnl-dev, libmnl-devel)" },
	{ UNICAST | MULTICAST | FINAL, EPROTONOSUPPORT, off_at_boot, 0, "auditing was turned off at boot (audit=0)",
		"take audit=0 off the kernel's command line (audit=1 is best) and boot again" },
	{ UNICAST | MULTICAST | FINAL, EPROTONOSUPPORT, NULL, 0, "kernel {release} is built without audit (CONFIG_AUDIT)",
		"boot one that has it, as the kernels of the distributions do" },
	{ UNICAST | MULTICAST, EAFNOSUPPORT, NULL, 0, "netlink sockets are forbidden here ({error})",
		"let the unit have them: RestrictAddressFamilies=AF_NETLINK AF_UNIX" },
	{ UNICAST | MULTICAST, EINVAL, NULL, 0, "audit's netlink socket is forbidden here ({error}), as by a container's seccomp filter",
		ON_HOST },
	{ UNICAST, ECONNREFUSED, foreign_user, 0,
		"this is not the host's user namespace (a container), the only one that the kernel's audit answers", ON_HOST },
	{ UNICAST, ECONNREFUSED, deaf_net, 0,
		"this is not the host's network namespace (a container), the only one that this kernel's audit answers", ON_HOST },
	{ UNICAST, ECONNREFUSED, NULL, 0, "the kernel's audit answers nobody in here ({error})", ON_HOST },
	{ UNICAST, EPERM, foreign_pid, 0,
		"this is not the host's pid namespace (a container), the only one that may control the kernel's audit", ON_HOST },
	{ UNICAST, EPERM, foreign_user, 0,
		"this is not the host's user namespace (a container), the only one that the kernel's audit answers", ON_HOST },
	{ UNICAST, EPERM, powerless, 0, "there is no right to control the kernel's audit (CAP_AUDIT_CONTROL)", AS_ROOT },
	{ UNICAST, EPERM, NULL, 0, "the kernel's audit may not be controlled, in spite of CAP_AUDIT_CONTROL ({error})",
		"look for what forbids it: SELinux or AppArmor (dmesg, ausearch -m avc), a seccomp filter" },
	{ UNICAST | MULTICAST, EACCES, NULL, 0, "a security module keeps the kernel's audit from us ({error})",
		"look for its denial (dmesg, ausearch -m avc)" },
	{ UNICAST | FINAL, ETIMEDOUT, stuck, 0,
		"the kernel's audit answers nobody, as the reader of the audit stream, {stuck}, does not read it",
		"stop that one, or let it go on (kill -CONT)" },
	{ UNICAST | FINAL, ETIMEDOUT, NULL, 0, "the kernel's audit does not answer, as if the reader of its stream were stuck",
		"look at auditd, or whoever reads the stream: stop it, or let it go on (kill -CONT)" },
	{ UNICAST, ANY, NULL, 0, "the kernel's audit can't be asked ({error})", "" },
	{ UNICAST, EVEN_SO, owned_audible, EBUSY, "{owner} owns the audit stream", "{stop}, or use mode = multicast" },
	{ UNICAST, EVEN_SO, owned_apart, EBUSY, "{owner} owns the audit stream",
		"{stop}, or run in the host's network namespace and use mode = multicast" },
	{ UNICAST, EVEN_SO, owned_deaf, EBUSY, "{owner} owns the audit stream",
		"{stop}, or run as root (CAP_AUDIT_READ) and use mode = multicast" },
	{ UNICAST, EVEN_SO, owned, EBUSY, "{owner} owns the audit stream",
		"{stop}, or turn on its af_unix plugin (active = yes in {plugin}) and use mode = audisp" },

	{ MULTICAST, EOPNOTSUPP, NULL, 0,
		"on kernel {release} a multicast listener may bind, but gets nothing (before 3.16)",
		"use mode = auto, which finds what this host has" },
	{ MULTICAST, EVEN_SO, foreign_net, EOPNOTSUPP,
		"multicast reaches the host's network namespace only, and this is another one (a container)", ON_HOST },
	{ MULTICAST, EPERM, foreign_user, 0,
		"this is not the host's user namespace (a container), the only one that may listen to the kernel's audit", ON_HOST },
	{ MULTICAST, EPERM, NULL, 0, "there is no right to listen to the kernel's audit (CAP_AUDIT_READ)", AS_ROOT },
	{ MULTICAST, ANY, NULL, 0, "the kernel's audit can't be listened to ({error})", "" },

	{ AUDISP, ENOENT, NULL, 0, "there is no socket {socket}",
		"turn on auditd's af_unix plugin (active = yes in {plugin}), or run tierceld as a plugin of auditd" },
	{ AUDISP, ENOTSOCK, NULL, 0, "{socket} is no socket", "name that of auditd's af_unix plugin: audisp_socket = PATH" },
	{ AUDISP, ECONNREFUSED, NULL, 0, "nobody listens at {socket}",
		"start auditd, with its af_unix plugin on (active = yes in {plugin})" },
	{ AUDISP, EACCES, NULL, 0, "there is no right to connect to {socket}", AS_ROOT },
	{ AUDISP, ANY, NULL, 0, "{socket} can't be connected to ({error})", "" },

	{ FOLLOW, ENOENT, NULL, 0, "there is no log {log}", "name auditd's: log = PATH" },
	{ FOLLOW, EACCES, NULL, 0, "there is no right to read {log}", AS_ROOT },
	{ FOLLOW, ANY, NULL, 0, "{log} can't be read ({error})", "name auditd's log: log = PATH" }
};

/* The error that a mode's own question met, 0: none. */
static int met(const struct probe *p, enum probe_mode mode)
{
	switch (mode) {
	case MODE_UNICAST:
		return -p->audit;
	case MODE_MULTICAST:
		return -p->multicast;
	case MODE_AUDISP:
		return p->audisp_errno;
	case MODE_FOLLOW:
		return p->log_errno;
	default:
		return 0;
	}
}

static bool holds(const struct obstacle *o, const struct probe *p, int error)
{
	if (o->error == ANY ? !error : o->error != EVEN_SO && o->error != error)
		return false;
	return !o->is || o->is(p);
}

static const struct obstacle *obstacle_of(const struct probe *p, enum probe_mode mode)
{
	int error = met(p, mode);

	for (size_t i = 0; i < sizeof(obstacles) / sizeof(obstacles[0]); i++)
		if ((obstacles[i].modes >> mode & 1) && holds(&obstacles[i], p, error))
			return &obstacles[i];
	return NULL;
}

static int code_of(const struct probe *p, const struct obstacle *o, enum probe_mode mode)
{
	return -(o->code ? o->code : met(p, mode));
}

/* The end of it tells more. */
static void put_path(struct buf *b, const char *path)
{
	size_t n = path ? strlen(path) : 0;

	if (n > PATH_SHOWN)
		buf_lit(b, "...");
	if (n)
		buf_text(b, n > PATH_SHOWN ? path + n - PATH_SHOWN : path);
}

static void put_process(struct buf *b, const char *name, uint32_t pid)
{
	buf_printf(b, "%s (pid %u)", *name ? name : "another program", pid);
}

static void put_value(struct buf *b, const char *word, size_t n, const struct probe *p, int error)
{
	struct span name = span_of(word, n);

	if (span_eq(name, SPAN("owner")))
		put_process(b, p->owner, p->status.pid);
	else if (span_eq(name, SPAN("stuck")))
		put_process(b, p->owner, p->stuck);
	else if (span_eq(name, SPAN("release")))
		buf_text(b, p->release);
	else if (span_eq(name, SPAN("socket")))
		put_path(b, p->audisp_socket);
	else if (span_eq(name, SPAN("log")))
		put_path(b, p->log);
	else if (span_eq(name, SPAN("plugin")))
		buf_text(b, p->plugin ? p->plugin : "af_unix.conf");
	else if (span_eq(name, SPAN("stop")))
		buf_text(b, strcmp(p->owner, "auditd") == 0 ? "stop it (service auditd stop)" : "stop it");
	else if (span_eq(name, SPAN("rules")))
		buf_printf(b, "%d", p->rules);
	else if (span_eq(name, SPAN("never")))
		buf_printf(b, p->never == 1 ? "%u rule of others says" : "%u rules of others say", p->never);
	else if (span_eq(name, SPAN("excluded")))
		probe_rules_put_excluded(b, p);
	else if (span_eq(name, SPAN("rate")))
		buf_printf(b, "%u", p->status.rate_limit);
	else if (span_eq(name, SPAN("error")))
		buf_text(b, strerror(error));
}

/* A sentence of the tables, its {words} replaced. */
static void say(struct buf *b, const struct probe *p, int error, const char *sentence)
{
	const char *open;

	while ((open = strchr(sentence, '{'))) {
		size_t n = strcspn(open + 1, "}");

		buf_put(b, sentence, (size_t)(open - sentence));
		put_value(b, open + 1, n, p, error);
		sentence = open + n + 2;
	}
	buf_text(b, sentence);
}

static void advise(struct buf *b, const struct probe *p, int error, const char *sentence)
{
	struct buf before = *b;

	if (b->n && *sentence)
		buf_lit(b, "; ");
	say(b, p, error, sentence);
	/* All of it or nothing. */
	if (b->full)
		*b = before;
}

/* Beside a mode that works. */
static bool immutable(const struct probe *p)
{
	return p->audit == 0 && p->status.enabled == 2;
}

static bool hides_tasks(const struct probe *p, const struct probe_choice *c)
{
	(void)c;
	return p->task_never;
}

static bool locked_empty(const struct probe *p, const struct probe_choice *c)
{
	(void)c;
	return immutable(p) && p->rules == 0;
}

static bool asks_nothing(const struct probe *p, const struct probe_choice *c)
{
	return !immutable(p) && p->rules == 0 && !c->load_rules;
}

static bool sees_others(const struct probe *p, const struct probe_choice *c)
{
	return !immutable(p) && p->rules > 0 && !c->load_rules;
}

static bool starts_late(const struct probe *p, const struct probe_choice *c)
{
	return c->mode == MODE_UNICAST && p->status.enabled == 0 && p->audit_at_boot == PROBE_UNKNOWN;
}

static bool overridden(const struct probe *p, const struct probe_choice *c)
{
	return p->never && (c->load_rules || p->own_rules);
}

static bool excludes(const struct probe *p, const struct probe_choice *c)
{
	(void)c;
	return p->excluded != 0;
}

static bool limited(const struct probe *p, const struct probe_choice *c)
{
	(void)c;
	return p->audit == 0 && p->status.rate_limit != 0;
}

/* The kernel prints what nobody takes (kernel/audit.c, kauditd_hold_skb()). */
static bool printed(const struct probe *p, const struct probe_choice *c)
{
	return c->mode == MODE_MULTICAST && p->audit == 0 && !p->owner_alive;
}

static bool switched_off(const struct probe *p, const struct probe_choice *c)
{
	return c->mode != MODE_UNICAST && p->audit == 0 && p->status.enabled == 0;
}

/* What hides most comes first. */
static const struct remark {
	bool (*is)(const struct probe *p, const struct probe_choice *c);
	const char *advice;
} remarks[] = {
	{ switched_off, "auditing is off, and in this mode tierceld does not switch it on: auditctl -e 1 does" },
	{ hides_tasks, "a task,never rule hides the system calls of every process started under it: take it away (auditctl -d "
		"task,never; it may come from /etc/audit/rules.d) and restart what is to be seen" },
	{ overridden, "{never} never, before tierceld's are asked: what fits is not seen (auditctl -l)" },
	{ excludes, "rules of others exclude {excluded} (auditctl -l)" },
	{ locked_empty, "no audit rules are loaded, so that hardly any system call is told until the next boot" },
	{ asks_nothing, "no audit rules are loaded, so that hardly any system call is told: use load_rules = yes" },
	{ sees_others, "only what the loaded rules ({rules}) select is seen; load_rules = yes adds tierceld's own" },
	{ starts_late, "processes that are older than auditing stay unseen (the shell that you type in, too: log in anew to try; "
		"what it starts is seen): boot with audit=1 to see them always" },
	{ limited, "the kernel passes {rate} records a second at most (auditctl -r): it drops the rest" },
	{ printed, "nobody owns the stream, so that the kernel's log gets records, too, unless mode = unicast" }
};

static void remark(const struct probe *p, const struct probe_choice *c, struct buf *advice)
{
	for (size_t i = 0; c->mode != MODE_OFF && i < sizeof(remarks) / sizeof(remarks[0]); i++)
		if (remarks[i].is(p, c))
			advise(advice, p, 0, remarks[i].advice);
}

static bool wants_rules(const struct probe *p, const struct probe_wish *wish, enum probe_mode mode)
{
	if (p->audit != 0 || mode == MODE_OFF || wish->load_rules == 2)
		return false;
	return wish->load_rules == 1 || mode == MODE_UNICAST || (mode == MODE_MULTICAST && !p->owner_alive);
}

static void settle(const struct probe *p, const struct probe_wish *wish, struct probe_choice *c, struct buf *why,
	struct buf *advice)
{
	bool wanted = wants_rules(p, wish, c->mode);

	c->load_rules = wanted && !immutable(p);
	if (wanted && !c->load_rules)
		buf_lit(why, "; the rules are locked until the next boot (auditctl -e 2)");
	if (wish->load_rules == 1 && p->audit != 0 && c->mode != MODE_OFF)
		advise(advice, p, 0, "load_rules = yes is in vain, as the kernel's audit can't be asked");
	remark(p, c, advice);
}

static const char *const gains[] = {
	[MODE_UNICAST] = "no other program owns the audit stream, so the kernel sends it to tierceld",
	[MODE_MULTICAST] = ", so tierceld listens to the kernel's copy (multicast)",
	[MODE_AUDISP] = ", so tierceld takes the records that auditd passes on at {socket}",
	[MODE_FOLLOW] = ", so tierceld reads {log} as it grows"
};

/* The best mode that nothing stands in the way of; `first` is what stands in unicast's. */
static int choose_best(const struct probe *p, const struct obstacle *first, struct probe_choice *c, struct buf *why,
	struct buf *advice)
{
	const struct obstacle *o = first, *multicast = obstacle_of(p, MODE_MULTICAST);

	for (c->mode = MODE_UNICAST; o && c->mode < MODE_OFF && !(o->modes & FINAL);) {
		c->mode++;
		o = obstacle_of(p, c->mode);
	}
	if (first) {
		say(why, p, met(p, MODE_UNICAST), first->why);
		if (first->code == EBUSY && multicast) {
			buf_lit(why, ", and ");
			say(why, p, met(p, MODE_MULTICAST), multicast->why);
		}
	}
	/* Multicast and audisp beside an owner are as good; for the rest there is more to be had. */
	if (first && (first->code != EBUSY || c->mode >= MODE_FOLLOW))
		advise(advice, p, met(p, MODE_UNICAST), first->advice);
	if (c->mode == MODE_OFF || o)
		return code_of(p, first, MODE_UNICAST);
	say(why, p, 0, gains[c->mode]);
	return 0;
}

static int choose_asked(const struct probe *p, struct probe_choice *c, struct buf *why, struct buf *advice)
{
	const struct obstacle *o = obstacle_of(p, c->mode);

	if (!o) {
		buf_lit(why, "the configuration asks for it");
		return 0;
	}
	say(why, p, met(p, c->mode), o->why);
	advise(advice, p, met(p, c->mode), o->advice);
	return code_of(p, o, c->mode);
}

int probe_choose(const struct probe *p, const struct probe_wish *wish, struct probe_choice *choice)
{
	struct buf why = { choice->why, 0, sizeof(choice->why) - 1, false };
	struct buf advice = { choice->advice, 0, sizeof(choice->advice) - 1, false };
	int rc;

	memset(choice, 0, sizeof(*choice));
	choice->mode = wish->mode;
	if (wish->mode == MODE_AUTO)
		rc = choose_best(p, obstacle_of(p, MODE_UNICAST), choice, &why, &advice);
	else
		rc = choose_asked(p, choice, &why, &advice);
	if (rc == 0)
		settle(p, wish, choice, &why, &advice);
	else
		choice->mode = MODE_OFF;
	why.p[why.n] = '\0';
	advice.p[advice.n] = '\0';
	return rc;
}

const char *probe_mode_cause(const struct probe *p, enum probe_mode mode, char out[320])
{
	const struct obstacle *o = obstacle_of(p, mode);
	struct buf b = { out, 0, 319, false };

	if (o)
		say(&b, p, met(p, mode), o->why);
	out[b.n] = '\0';
	return out;
}

const char *probe_audit_cause(const struct probe *p, char out[320])
{
	out[0] = '\0';
	return p->audit == 0 ? out : probe_mode_cause(p, MODE_UNICAST, out);
}
