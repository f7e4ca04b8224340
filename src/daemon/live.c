#include "daemon/live.h"

#include "base/log.h"
#include "rule/rule_audit.h"
#include "source/src_follow.h"
#include "source/src_plugin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool live_is_fed(void)
{
	struct stat st;

	return fstat(STDIN_FILENO, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

struct probe_wish live_wish(const struct config_audit *c)
{
	return (struct probe_wish){
		.mode = (enum probe_mode)c->mode, .load_rules = c->load_rules,
		.audisp_socket = c->audisp_socket, .log = c->log, .is_own = rule_audit_is_own
	};
}

static bool wants_plugin(const struct probe_wish *wish)
{
	return (wish->mode == MODE_AUTO || wish->mode == MODE_AUDISP) && live_is_fed();
}

/* Rules are loaded only where that is asked for by name, unless the stream comes from the kernel itself. */
static bool needs_kernel(const struct live *l, const struct probe_wish *wish)
{
	return wish->load_rules == 1 ||
		(!l->plugin && (wish->mode == MODE_AUTO || wish->mode == MODE_UNICAST || wish->mode == MODE_MULTICAST));
}

static void close_kernel(struct live *l)
{
	audit_ctl_free(l->ctl);
	l->ctl = NULL;
	if (l->priv.fd >= 0)
		priv_close(&l->priv);
	l->priv.fd = -1;
}

int live_ask_kernel(struct live *l)
{
	struct audit_ctl *ctl;
	struct priv priv;
	struct err err;
	int rc = priv_open(&priv, &err);

	if (rc < 0)
		return rc;
	ctl = audit_ctl_new(priv.fd, AUDIT_CTL_TIMEOUT_MS);
	if (!ctl) {
		priv_close(&priv);
		return -ENOMEM;
	}
	close_kernel(l);
	l->priv = priv;
	l->ctl = ctl;
	return 0;
}

int live_choose(struct live *l, const struct config_audit *config, struct err *err)
{
	struct probe_wish wish = live_wish(config);
	int rc;

	memset(l, 0, sizeof(*l));
	l->priv.fd = -1;
	l->plugin = wants_plugin(&wish);
	if (l->plugin)
		wish.mode = MODE_AUDISP;
	l->choice.mode = wish.mode;
	snprintf(l->choice.why, sizeof(l->choice.why), "%s", l->plugin ?
		"standard input is a pipe or a socket, as a plugin of auditd has it (</dev/null: the kernel's)" : "as the configuration says");
	if (!needs_kernel(l, &wish))
		return 0;
	rc = live_ask_kernel(l);
	probe_read(&l->probe, l->ctl, rc, &wish);
	if (l->plugin) {
		l->choice.load_rules = l->ctl != NULL;
		return 0;
	}
	rc = probe_choose(&l->probe, &wish, &l->choice);
	if (rc == 0)
		return 0;
	return err_set(err, rc, NULL, "no audit records can be had: %s%s%s", l->choice.why, *l->choice.advice ? ": " : "",
		l->choice.advice);
}

static int open_netlink(struct live *l, const struct config_audit *wish, const struct source_sink *sink,
	struct err *err)
{
	const struct src_netlink_options options = {
		.multicast = l->choice.mode == MODE_MULTICAST, .receive_buffer = wish->receive_buffer, .fd = -1
	};
	int rc = src_netlink_open(&l->netlink, &options, sink, err);

	if (rc == 0)
		l->source = src_netlink_source(l->netlink);
	return rc;
}

static int open_follow(struct live *l, const char *log, const struct source_sink *sink, struct err *err)
{
	int rc = src_follow_open(&l->source, log, false, sink, err);

	if (rc == 0 && access(log, F_OK) < 0) {
		l->source->ops->explain(l->source, -EAGAIN, err);
		log_say(LOG_LEVEL_WARNING, err->where, "warning: %s", err->what);
	}
	return rc;
}

int live_open(struct live *l, const struct config_audit *wish, const struct source_sink *sink, struct err *err)
{
	switch (l->choice.mode) {
	case MODE_UNICAST:
	case MODE_MULTICAST:
		return open_netlink(l, wish, sink, err);
	case MODE_AUDISP:
		if (l->plugin)
			return src_plugin_stdin(&l->source, sink, err);
		return src_plugin_socket(&l->source, wish->audisp_socket, sink, err);
	case MODE_FOLLOW:
		return open_follow(l, wish->log, sink, err);
	default:
		return err_set(err, -ENOENT, NULL, "[source audit] mode = off: there is nothing to read from");
	}
}

void live_close(struct live *l)
{
	if (l->source)
		l->source->ops->close(l->source);
	l->source = NULL;
	close_kernel(l);
}
