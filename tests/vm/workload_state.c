/*
 * Sockets, other processes, identities, the kernel: and messages that programs send to the audit system themselves.
 */
#include <arpa/inet.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.h"

static void connect_to(int family, int type, const void *address, size_t size)
{
	int fd = socket(family, type | SOCK_CLOEXEC, 0);

	if (connect(fd, address, (socklen_t)size) < 0 && fd < 0)
		perror("socket");
	close(fd);
}

static void connect_inet(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(9) };

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	connect_to(AF_INET, SOCK_STREAM, &a, sizeof(a));
	connect_to(AF_INET, SOCK_DGRAM, &a, sizeof(a));
	connect_to(AF_INET, SOCK_DGRAM, &a, 4);
}

static void connect_inet6(void)
{
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(9), .sin6_addr = IN6ADDR_LOOPBACK_INIT };

	connect_to(AF_INET6, SOCK_STREAM, &a, sizeof(a));
	connect_to(AF_INET6, SOCK_DGRAM, &a, sizeof(a));
}

static void connect_unix(void)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX, .sun_path = WORK_DIR "/socket" };
	int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	connect_to(AF_UNIX, SOCK_STREAM, &a, sizeof(a));
	if (bind(server, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(server, 1) < 0)
		perror("bind");
	connect_to(AF_UNIX, SOCK_STREAM, &a, offsetof(struct sockaddr_un, sun_path) + strlen(a.sun_path));
	memset(a.sun_path, 0, sizeof(a.sun_path));
	memcpy(a.sun_path, "\0tiercel \"x\"", 12);
	connect_to(AF_UNIX, SOCK_DGRAM, &a, offsetof(struct sockaddr_un, sun_path) + 12);
}

static void connect_other(void)
{
	struct sockaddr_nl n = { .nl_family = AF_NETLINK, .nl_pid = 0, .nl_groups = 0 };
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	connect_to(AF_NETLINK, SOCK_RAW, &n, sizeof(n));
	connect_to(AF_INET, SOCK_DGRAM, &none, sizeof(none));
	connect(77, &none, sizeof(none));
}

static pid_t sleeper(void)
{
	pid_t child = fork();

	if (child == 0) {
		for (;;)
			pause();
	}
	return child;
}

static void trace(void)
{
	pid_t child = sleeper();

	ptrace(PTRACE_ATTACH, child, NULL, NULL);
	waitpid(child, NULL, 0);
	ptrace(PTRACE_DETACH, child, NULL, NULL);
	ptrace(PTRACE_ATTACH, 99999, NULL, NULL);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void signals(void)
{
	pid_t child = sleeper();

	kill(child, 0);
	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
	kill(99999, SIGTERM);
	child = sleeper();
	syscall(SYS_tgkill, child, child, SIGINT);
	waitpid(child, NULL, 0);
}

/* What is no module is refused, with and without a file. */
static void modules(void)
{
	static const char text[] = "no module at all, but long enough to be looked at";

	syscall(SYS_init_module, text, sizeof(text), "option=1");
	syscall(SYS_finit_module, STDIN_FILENO, "", 0);
	syscall(SYS_delete_module, "no_such_module", 0);
}

static void identities(void)
{
	if (setgid(65534) < 0 || setresuid(1, 2, 3) < 0 || setuid(1) < 0)
		perror("identity");
	if (setuid(0) == 0 || setgid(0) == 0)
		perror("identity");
}

static void send_message(int fd, unsigned type, const char *text)
{
	struct {
		struct nlmsghdr head;
		char text[512];
	} m;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	memset(&m, 0, sizeof(m));
	snprintf(m.text, sizeof(m.text), "%s", text);
	m.head.nlmsg_len = (unsigned)NLMSG_LENGTH(strlen(text) + 1);
	m.head.nlmsg_type = (unsigned short)type;
	m.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (sendto(fd, &m, m.head.nlmsg_len, 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0 ||
	    recv(fd, &m, sizeof(m), 0) < 0)
		perror("audit message");
}

/* As login, sudo and others send them; the last one lies. */
static void user_messages(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	send_message(fd, AUDIT_USER, "plain words of a program");
	send_message(fd, 1112 /* USER_LOGIN */,
		     "op=login id=1000 exe=\"/bin/login\" hostname=host.example addr=192.0.2.7 terminal=tty1 res=success");
	send_message(fd, 1100 /* USER_AUTH */,
		     "op=PAM:authentication acct=\"alice\" exe=\"/usr/bin/sudo\" hostname=? addr=? terminal=/dev/pts/0 res=failed");
	send_message(fd, 1123 /* USER_CMD */,
		     "cwd=\"/root\" cmd=6C73202D6C202F726F6F74 exe=\"/usr/bin/sudo\" terminal=pts/0 res=success");
	send_message(fd, 1100 /* USER_AUTH */,
		     "op=login acct=6D616C6C6F727920726573 exe=\"/bin/x\" hostname=a res=success addr=? terminal=ssh res=failed");
	close(fd);
}

const struct work_case work_state[] = {
	{ "connect-inet", "to a port where nobody listens; a short address", connect_inet, NULL },
	{ "connect-inet6", "the same by IPv6", connect_inet6, NULL },
	{ "connect-unix", "by path, absent and there, and to an abstract name", connect_unix, NULL },
	{ "connect-other", "netlink, no family, no socket", connect_other, NULL },
	{ "ptrace", "attach and detach, and to nobody", trace, NULL },
	{ "kill", "kill, tgkill, and to nobody", signals, NULL },
	{ "module", "modules that are refused", modules, NULL },
	{ "setuid", "other identities, and the way back refused", identities, NULL },
	{ "user", "messages by programs: USER, USER_LOGIN, USER_AUTH, USER_CMD", user_messages, NULL },
	{ NULL, NULL, NULL, NULL },
};
