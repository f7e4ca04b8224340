/*
 * The way to this host's syslog daemon, as syslog(3) has it but for one thing: it never waits. A daemon that is stopped
 * would hold up all who speak to it, and them it is not for us to hang with.
 */
#ifndef TIERCEL_BASE_SYSLOG_LINK_H
#define TIERCEL_BASE_SYSLOG_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/un.h>
#include <time.h>

struct syslog_link {
	struct sockaddr_un to;
	int fd;      /* -1: not connected */
	bool stream; /* some syslog-ng: a newline ends a message; else a datagram is one */
};

/* To a socket, not yet connected: false where its path is longer than a socket's can be. */
bool syslog_link_init(struct syslog_link *l, const char *path);
/* Connect if it is not. 0; -errno: nobody listens there. */
int syslog_link_connect(struct syslog_link *l);
void syslog_link_close(struct syslog_link *l);

/* What a message has behind its <PRI>: "Mmm dd hh:mm:ss NAME[PID]: " (RFC 3164), in local time. */
#define SYSLOG_LINK_STAMP 48
void syslog_link_stamp(char out[SYSLOG_LINK_STAMP], time_t now, const char *name);

#endif
