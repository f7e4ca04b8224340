#include "daemon/live.h"

#include "rule/plan_select.h"
#include "source/src_follow.h"
#include "source/src_plugin.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool live_is_fed(void)
{
	struct stat st;

	return fstat(STDIN_FILENO, &st) == 0 && (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode));
}

static struct probe_wish wish_of(const struct config_audit *c)
{
	return (struct probe_wish){
		.mode = (enum probe_mode)c->mode, .load_rules = c->load_rules, .audisp_socket = c->audisp_socket, .log = c->log
	};
}

static bool wants_plugin(const struct config_audit *wish)
{
	return (wish->mode == MODE_AUTO || wish->mode == MODE_AUDISP) && live_is_fed();
}

int live_choose(struct live *l, const struct config_audit *config, struct err *err)
{
	struct probe_wish wish = wish_of(config);
	struct err cause;
	int rc;

	memset(l, 0, sizeof(*l));
	l->priv.fd = -1;
	l->plugin = wants_plugin(config);
	if (l->plugin) {
		l->choice.mode = MODE_AUDISP;
		l->choice.load_rules = config->load_rules == 1;
		snprintf(l->choice.why, sizeof(l->choice.why), "standard input is a pipe or a socket, as for a plugin of auditd");
	}
	rc = l->plugin && !l->choice.load_rules ? -ENOSYS : priv_open(&l->priv, &cause);
	if (rc == 0) {
		l->ctl = audit_ctl_new(l->priv.fd, AUDIT_CTL_TIMEOUT_MS);
		rc = l->ctl ? 0 : -ENOMEM;
	}
	if (l->plugin)
		return 0;
	probe_read(&l->probe, l->ctl, rc, &wish);
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
		return src_follow_open(&l->source, wish->log, false, sink, err);
	default:
		return err_set(err, -ENOENT, NULL, "[source audit] mode = off: there is nothing to read from");
	}
}

void live_close(struct live *l)
{
	if (l->source)
		l->source->ops->close(l->source);
	audit_ctl_free(l->ctl);
	if (l->priv.fd >= 0)
		priv_close(&l->priv);
	l->source = NULL;
	l->ctl = NULL;
	l->priv.fd = -1;
}

struct plan *live_plan(const struct live *l, const struct select_set *select, bool path_by_object)
{
	struct plan_host host = { .path_by_object = path_by_object, .pid = (uint32_t)getpid() };
	struct plan *plan = plan_new();
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (!plan)
		return NULL;
	if (n > 0) {
		self[n] = '\0';
		host.self = self;
	}
	host.features = plan_features(l->probe.version);
	if (plan_arches(l->probe.machine, host.arches) == 0 && plan_select(plan, select, &host) == 0)
		return plan;
	plan_free(plan);
	return NULL;
}
