/* Built without libmnl: no requests to the kernel. */
#include "sys/audit_ctl.h"

#include <errno.h>

struct audit_ctl *audit_ctl_new(int fd, int timeout_ms)
{
	(void)fd, (void)timeout_ms;
	return NULL;
}

void audit_ctl_free(struct audit_ctl *c)
{
	(void)c;
}

void audit_ctl_meanwhile(struct audit_ctl *c, int fd, void (*ready)(void *ctx), void *ctx)
{
	(void)c, (void)fd, (void)ready, (void)ctx;
}

int audit_ctl_status(struct audit_ctl *c, struct wire_status *status)
{
	(void)c, (void)status;
	return -ENOSYS;
}

int audit_ctl_set(struct audit_ctl *c, unsigned what, uint32_t value)
{
	(void)c, (void)what, (void)value;
	return -ENOSYS;
}

int audit_ctl_features(struct audit_ctl *c, struct wire_features *features)
{
	(void)c, (void)features;
	return -ENOSYS;
}

int audit_ctl_rules(struct audit_ctl *c, void (*each)(void *ctx, const struct wire_rule *rule, size_t n), void *ctx)
{
	(void)c, (void)each, (void)ctx;
	return -ENOSYS;
}

int audit_ctl_add_rule(struct audit_ctl *c, const struct wire_rule *rule, size_t n)
{
	(void)c, (void)rule, (void)n;
	return -ENOSYS;
}

int audit_ctl_delete_rule(struct audit_ctl *c, const struct wire_rule *rule, size_t n)
{
	(void)c, (void)rule, (void)n;
	return -ENOSYS;
}

size_t audit_ctl_pid_message(char *out, uint32_t pid, uint32_t seq)
{
	(void)out, (void)pid, (void)seq;
	return 0;
}
