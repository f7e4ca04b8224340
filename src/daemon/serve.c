#include "daemon/serve_part.h"

#include "base/clock.h"
#include "base/log.h"
#include "daemon/news.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define TICK_MS 200
#define HOLD_MS 20    /* lines wait so long for others to go out with */
#define REST_MS 2000  /* for what a pipe or socket holds at the end */

int serve_signals(void)
{
	static const int wanted[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1 };
	sigset_t set;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file over the limit is an output's fault, as a full disk is */
	signal(SIGUSR2, SIG_IGN); /* auditd(8) resumes by it; not to end by it without counts */
	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		sigaddset(&set, wanted[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

static void reopen(struct serve *d)
{
	if (route_reopen(d->route) == 0)
		log_info("the files of all outputs were opened anew");
}

static void on_signals(struct serve *d)
{
	struct signalfd_siginfo info;

	while (!d->stop && read(d->options->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGHUP) {
			serve_reload(d);
		} else if (info.ssi_signo == SIGUSR1) {
			reopen(d);
		} else {
			d->stop = true;
			raise((int)info.ssi_signo); /* pending again, so that no reader is waited for to the end */
		}
	}
}

static void flush(struct serve *d)
{
	pipeline_flush(d->pipeline);
	d->held = false;
}

static void on_tick(struct serve *d, int64_t now)
{
	struct source *source = d->live.source;

	d->next_tick = now + TICK_MS;
	if (now > d->own_until)
		d->how.own_changes = false;
	source->ops->tick(source, now);
	names_tick(d->names, now);
	if (d->owner && d->touched)
		owner_hurry(d->owner);
	d->touched = false;
	if (d->owner)
		serve_see_to_kernel(d, owner_tick(d->owner, now));
	serve_follow_mounts(d, now);
	serve_follow_objects(d, now);
	d->how.normalize.pruned = rules_pruned(&d->rules, d->owner);
	pipeline_tick(d->pipeline, now);
	loss_tick(&d->loss, d->route, now);
	route_watch(d->route, now);
	flush(d);
}

/* One read: what the source returned, 0 for its end. */
static int take(struct serve *d, int64_t now)
{
	struct source *source = d->live.source;
	int status = source->ops->read(source);

	if (status > 0 && !d->held) {
		d->held = true;
		d->held_since = now;
	}
	return status;
}

/*
 * Input first, as a reader that is slow loses records, or stalls who writes them. Where the socket holds them for us,
 * what comes is left to gather for a moment: to be woken for each event costs as much as the event.
 */
static int loop(struct serve *d)
{
	struct source *source = d->live.source;
	bool gather = false;

	while (!d->stop) {
		int input = gather ? -1 : source->ops->fd(source);
		struct pollfd fds[] = {
			{ .fd = d->options->signals, .events = POLLIN }, { .fd = input, .events = POLLIN },
			{ .fd = d->mounts.fd, .events = POLLPRI }
		};
		int n = poll(fds, 3, gather ? (int)source->gather_ms : d->held ? HOLD_MS : TICK_MS);
		int64_t now = clock_ms();
		bool tick = now >= d->next_tick;
		int status = -EAGAIN;

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0 && fds[0].revents)
			on_signals(d);
		if (n > 0 && fds[2].revents)
			serve_see_mounts(d, now);
		if (gather || (n > 0 && fds[1].revents) || (input < 0 && tick))
			status = take(d, now);
		if (status <= 0 && status != -EAGAIN)
			return status;
		gather = source->gather_ms && status > 0 && status < source->full;
		if (d->held && now - d->held_since >= HOLD_MS)
			flush(d);
		if (tick)
			on_tick(d, now);
	}
	return 0;
}

void serve_read_rest(struct serve *d)
{
	struct source *source = d->live.source;
	struct pollfd in = { .fd = source->ops->fd(source), .events = POLLIN };
	int64_t until = clock_ms() + REST_MS;

	while (clock_ms() < until && poll(&in, 1, 0) > 0)
		if (source->ops->read(source) <= 0)
			return;
}

static void tell_start(struct serve *d)
{
	const struct internal_pair pairs[] = {
		{ .key = "version", .text = PACKAGE_VERSION },
		{ .key = "mode", .text = probe_mode_name(d->live.choice.mode) },
		{ .key = "rules", .number = d->rules.plan ? d->rules.plan->count : 0 }
	};
	const struct news news = {
		.type = "start", .priority = NEWS_NOTICE, .pairs = pairs, .count = sizeof(pairs) / sizeof(pairs[0])
	};

	news_tell(d->pipeline, &news, "version " PACKAGE_VERSION " in mode %s: %s",
		probe_mode_name(d->live.choice.mode), d->live.choice.why);
	if (*d->live.choice.advice)
		log_info("%s", d->live.choice.advice);
}

static void tell_stop(struct serve *d)
{
	const struct pipeline_counts *c = pipeline_counts(d->pipeline);
	const struct internal_pair pairs[] = {
		{ .key = "received", .number = c->received }, { .key = "emitted", .number = c->emitted },
		{ .key = "filtered", .number = c->filtered },
		{ .key = "dropped", .number = c->received - c->emitted - c->filtered },
		{ .key = "lost", .number = loss_total(&d->loss) }
	};
	const struct news news = {
		.type = "stop", .priority = NEWS_NOTICE, .pairs = pairs, .count = sizeof(pairs) / sizeof(pairs[0])
	};

	news_tell(d->pipeline, &news, "stops");
}

static void say(void (*print)(const void *from, struct buf *out), const void *from)
{
	char text[512];
	struct buf out = { .p = text, .cap = sizeof(text) };

	print(from, &out);
	if (out.n)
		log_info("%.*s", (int)out.n, out.p);
}

static void print_counts(const void *pipeline, struct buf *out)
{
	pipeline_print(pipeline, out);
}

static void print_loss(const void *loss, struct buf *out)
{
	loss_print(loss, out);
}

/* Nothing was lost by it: what others send to our socket, and what the kernel tells besides records. */
static void print_ignored(const void *source, struct buf *out)
{
	const struct source *s = source;
	struct source_counts c = { .dropped = 0 };

	s->ops->counts(s, &c);
	if (!c.ignored)
		return;
	buf_put_u64(out, c.ignored);
	buf_lit(out, " datagrams that are no records were ignored");
}

static void print_looks(const void *looks, struct buf *out)
{
	const struct proc_looks *l = looks;

	if (!l->refused)
		return;
	buf_put_u64(out, l->refused);
	buf_lit(out, " processes were not looked up for events of their children, as there were too many");
}

/* Everything that is still on its way, open or held goes out, and every event is accounted for. */
static int end(struct serve *d)
{
	int status = 0, rc;
	struct err err;

	serve_prepare_changes(d);
	rc = owner_stop(d->owner);
	if (rc == -EPERM)
		log_warning("our audit rules are locked: they stay until the next boot, though nobody reads what they tell");
	else if (rc < 0)
		log_error("our audit rules may have stayed (%s): auditctl -D -k " PLAN_KEY " deletes them", strerror(-rc));
	d->live.source->ops->tick(d->live.source, clock_ms()); /* it counts its losses then */
	pipeline_end(d->pipeline);
	loss_end(&d->loss, d->route);
	tell_stop(d);
	pipeline_finish(d->pipeline);
	if (route_finish(d->route) < 0)
		status = 1;
	say(print_loss, &d->loss);
	say(print_ignored, d->live.source);
	say(print_looks, &d->looks);
	say(print_counts, d->pipeline);
	if (pipeline_check(d->pipeline, &err) == 0)
		return status;
	log_err(&err);
	return 1;
}

/* The first digits of the boot's id make evt.id unlike those of other boots: proc(5), /proc/sys/kernel/random. */
static void host_facts(struct serve *d)
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, d->boot, sizeof(d->boot));

	if (fd >= 0)
		close(fd);
	d->how.normalize.boot = n == (ssize_t)sizeof(d->boot) ? span_of(d->boot, sizeof(d->boot)) : SPAN("unknown");
	if (gethostname(d->hostname, sizeof(d->hostname) - 1) < 0 || !*d->hostname)
		strcpy(d->hostname, "unknown");
	d->how.normalize.hostname = span_of(d->hostname, strlen(d->hostname));
}

/* What the one who looks after the kernel has to say. */
static void on_owner(void *ctx, const struct owner_news *what)
{
	struct serve *d = ctx;
	const struct internal_pair pairs[] = {
		{ .key = "pid", .number = what->pid }, { .key = "rules", .number = what->count }
	};
	const struct news news = {
		.type = "audit_control", .priority = owner_news_priority(what),
		.pairs = what->pid ? &pairs[0] : &pairs[1], .count = what->pid || what->count ? 1 : 0
	};

	if (what->pid)
		news_tell(d->pipeline, &news, "%s (process %u)", owner_news_text(what), what->pid);
	else
		news_tell(d->pipeline, &news, "%s", owner_news_text(what));
}

/* Without the right to ask the kernel, a listener goes on: only the kernel's count of losses is missing then. */
static int start_owner(struct serve *d, struct err *err)
{
	const struct config_audit *wish = &route_config(d->route)->audit;
	bool own = d->live.choice.mode == MODE_UNICAST;
	const struct owner_options options = {
		.ctl = d->live.ctl, .source = d->live.source, .netlink = own ? d->live.netlink : NULL,
		.pid = (uint32_t)getpid(), .backlog_limit = (uint32_t)wish->backlog_limit,
		.block = wish->on_overload == 1,
		.drain = d->live.netlink != NULL, .tell = on_owner, .changing = serve_expect_changes, .ctx = d
	};
	int rc;

	if (!d->live.ctl)
		return 0;
	rc = owner_start(&d->owner, &options, err);
	if (rc < 0)
		return own ? rc : 0;
	if (owner_may_block(d->owner))
		log_warning("this kernel can't be told to drop records rather than to wait: a tierceld that hangs holds up "
			"audited processes for a minute");
	return 0;
}

static int open_all(struct serve *d, struct err *err)
{
	struct source_sink sink;
	const char *origin;
	int rc = live_choose(&d->live, &route_config(d->route)->audit, err);

	if (rc < 0)
		return rc;
	host_facts(d);
	d->how.normalize.tty_data = route_tty_data(d->route);
	d->how.serials = &d->serials;
	d->how.touched = &d->touched;
	d->how.normalize.names = d->names = names_new("/etc/passwd", "/etc/group");
	if (proc_looks_init(&d->looks, ""))
		d->how.normalize.look = proc_look;
	d->how.normalize.looks = &d->looks;
	d->pipeline = pipeline_new(&d->how, route_of(d->route));
	if (!d->names || !d->pipeline)
		return err_set(err, -ENOMEM, NULL, "%s", strerror(ENOMEM));
	sink = pipeline_sink(d->pipeline);
	rc = live_open(&d->live, &route_config(d->route)->audit, &sink, err);
	if (rc < 0)
		return rc;
	origin = d->live.source->ops->origin;
	d->how.normalize.origin = span_of(origin, strlen(origin));
	serve_expect_changes(d);
	rc = start_owner(d, err);
	d->loss = (struct loss){
		.pipeline = d->pipeline, .serials = &d->serials, .source = d->live.source, .owner = d->owner
	};
	return rc;
}

static int run(struct serve *d)
{
	struct source *source;
	struct err err;
	int rc, status;

	rc = open_all(d, &err);
	if (rc < 0) {
		log_err(&err);
		return 1;
	}
	source = d->live.source;
	serve_load_rules(d);
	tell_start(d);
	flush(d);
	if (d->options->ready)
		d->options->ready(d->options->ctx);
	rc = loop(d);
	if (rc == 0) {
		serve_read_rest(d);
	} else {
		source->ops->explain(source, rc, &err);
		log_err(&err);
	}
	status = end(d);
	return rc < 0 ? 1 : status;
}

int serve(const struct serve_options *options, struct route *route)
{
	struct serve d = { .options = options, .route = route, .live = { .priv = { .fd = -1 } },
		.rules = { .lock = { .fd = -1 } }, .mounts = { .fd = -1 } };
	int status = run(&d);

	live_close(&d.live);
	owner_free(d.owner);
	rules_release(&d.rules);
	mounts_close(&d.mounts);
	pipeline_free(d.pipeline);
	names_free(d.names);
	route_free(d.route);
	return status;
}
