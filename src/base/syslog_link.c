#include "base/syslog_link.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool syslog_link_init(struct syslog_link *l, const char *path)
{
	memset(l, 0, sizeof(*l));
	l->fd = -1;
	l->to.sun_family = AF_UNIX;
	if (strlen(path) >= sizeof(l->to.sun_path))
		return false;
	strcpy(l->to.sun_path, path);
	return true;
}

void syslog_link_close(struct syslog_link *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
}

static int connect_as(struct syslog_link *l, int type)
{
	int rc;

	l->fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return -errno;
	rc = connect(l->fd, (const struct sockaddr *)&l->to, sizeof(l->to)) < 0 ? -errno : 0;
	if (rc < 0)
		syslog_link_close(l);
	l->stream = type == SOCK_STREAM;
	return rc;
}

/* unix(7): EPROTOTYPE where the other end is of another type. */
int syslog_link_connect(struct syslog_link *l)
{
	int rc = l->fd < 0 ? connect_as(l, SOCK_DGRAM) : 0;

	return rc == -EPROTOTYPE ? connect_as(l, SOCK_STREAM) : rc;
}

void syslog_link_stamp(char out[SYSLOG_LINK_STAMP], time_t now, const char *name)
{
	static const char months[12][4] = {
		"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
	};
	struct tm t;

	if (!localtime_r(&now, &t))
		memset(&t, 0, sizeof(t));
	snprintf(out, SYSLOG_LINK_STAMP, "%s %2d %02d:%02d:%02d %.12s[%d]: ", months[t.tm_mon % 12], t.tm_mday % 100,
		t.tm_hour % 100, t.tm_min % 100, t.tm_sec % 100, name, (int)getpid());
}
