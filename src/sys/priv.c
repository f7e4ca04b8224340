#include "sys/priv.h"
#include "sys/audit_wire.h"
#include "sys/compat.h"
#include "sys/priv_serve.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libmnl/libmnl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CLOSE_WAIT_MS = 1000 };
/* All that is open there, behind the standard three. */
enum { PAIR_FD = 3, KERNEL_FD, KEPT };
/* Of linux/prctl.h (3.5) and linux/capability.h. */
enum { NO_NEW_PRIVS = 38, AUDIT_WRITE = 29, AUDIT_CONTROL = 30 };

/* Where it got to: told to who started it, before anything else goes over the pair. */
enum step { STEP_READY, STEP_DESCRIPTORS, STEP_CAPABILITIES, STEP_SOCKET };

struct report {
	int step, code;
};

/* Signals that a terminal or an operator sends to all of us: the other process ends us, once its rules are gone. */
static void ignore_signals(void)
{
	static const int those[] = { SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGUSR2, SIGPIPE };

	for (size_t i = 0; i < sizeof(those) / sizeof(those[0]); i++)
		signal(those[i], SIG_IGN);
}

static void close_from(int first)
{
	struct rlimit limit = { 1024, 1024 };
	DIR *d = opendir("/proc/self/fd");
	struct dirent *e;

	if (!d) {
		getrlimit(RLIMIT_NOFILE, &limit);
		for (int fd = first; (rlim_t)fd < limit.rlim_cur && fd < 65536; fd++)
			close(fd);
		return;
	}
	while ((e = readdir(d))) {
		int fd = atoi(e->d_name);

		if (fd >= first && fd != dirfd(d))
			close(fd);
	}
	closedir(d);
}

/* Nothing open but /dev/null, the pair, and the kernel's descriptor if there is one already. */
static int keep_descriptors(int pair, int kernel)
{
	int null = open("/dev/null", O_RDWR);
	int from[KEPT] = { null, null, null, pair, kernel >= 0 ? kernel : null };

	if (null < 0)
		return -errno;
	/* First out of the way of where they go. */
	for (int i = 0; i < KEPT; i++) {
		from[i] = fcntl(from[i], F_DUPFD, KEPT);
		if (from[i] < 0)
			return -errno;
	}
	for (int i = 0; i < KEPT; i++) {
		if (dup2(from[i], i) < 0)
			return -errno;
	}
	close_from(KEPT);
	return 0;
}

/* Of what we have, only the two: to change audit's settings, and to write a record. */
static int keep_capabilities(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	memset(data, 0, sizeof(data));
	if (syscall(SYS_capget, &header, data) < 0)
		return -errno;
	data[0].permitted &= 1u << AUDIT_WRITE | 1u << AUDIT_CONTROL;
	data[0].effective = data[0].permitted;
	data[0].inheritable = 0;
	data[1] = (struct __user_cap_data_struct){ 0, 0, 0 };
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

/* The kernel's descriptor, or -errno. */
static int open_kernel(void)
{
	struct mnl_socket *socket = mnl_socket_open(WIRE_PROTOCOL);

	if (!socket || mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0)
		return -errno;
	return mnl_socket_get_fd(socket);
}

static struct report prepare(int pair, int *kernel)
{
	int rc = keep_descriptors(pair, *kernel);

	if (rc < 0)
		return (struct report){ STEP_DESCRIPTORS, rc };
	*kernel = *kernel >= 0 ? KERNEL_FD : -1;
	rc = keep_capabilities();
	if (rc < 0)
		return (struct report){ STEP_CAPABILITIES, rc };
	if (*kernel < 0)
		*kernel = open_kernel();
	return (struct report){ *kernel < 0 ? STEP_SOCKET : STEP_READY, *kernel < 0 ? *kernel : 0 };
}

/* The privileged process. It leaves no trace of the other's: no exit handlers, no flushing of its buffers. */
static void run(int pair, int kernel, priv_receive *receive)
{
	struct report report;

	ignore_signals();
	prctl(PR_SET_NAME, "tierceld-priv");
	prctl(NO_NEW_PRIVS, 1, 0, 0, 0); /* where the kernel knows it */
	report = prepare(pair, &kernel);
	if (report.step != STEP_DESCRIPTORS)
		pair = PAIR_FD;
	if (chdir("/") < 0 || send(pair, &report, sizeof(report), MSG_NOSIGNAL) < 0 || report.step != STEP_READY)
		_exit(1);
	_exit(priv_serve(pair, kernel, receive) < 0);
}

static int explain(const struct report *r, struct err *err)
{
	static const char *const steps[] = {
		[STEP_DESCRIPTORS] = "can't sort out its descriptors",
		[STEP_CAPABILITIES] = "can't drop its capabilities",
		[STEP_SOCKET] = "can't open an audit socket"
	};

	if (r->step == STEP_SOCKET && r->code == -EPROTONOSUPPORT)
		return err_set(err, r->code, NULL, "this kernel was built without audit (CONFIG_AUDIT): "
			"use a kernel that has it, or read another host's log with tiercel replay");
	if (r->step == STEP_SOCKET && (r->code == -EPERM || r->code == -EACCES || r->code == -EAFNOSUPPORT))
		return err_set(err, r->code, NULL, "opening an audit socket is forbidden here (%s): by a container, a seccomp "
			"filter, SELinux, or RestrictAddressFamilies= of the unit, which wants AF_NETLINK", strerror(-r->code));
	return err_set(err, r->code, NULL, "the privileged process %s: %s", steps[r->step], strerror(-r->code));
}

static int wait_ready(int fd, struct err *err)
{
	struct report report;
	ssize_t n;

	do {
		n = recv(fd, &report, sizeof(report), 0);
	} while (n < 0 && errno == EINTR);
	if (n != sizeof(report))
		return err_set(err, -EPROTO, NULL, "the privileged process ended before it was ready");
	return report.step == STEP_READY ? 0 : explain(&report, err);
}

int priv_start(struct priv *p, int kernel, priv_receive *receive, struct err *err)
{
	int pair[2], rc;

	*p = (struct priv){ -1, -1 };
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return err_set(err, -errno, NULL, "no socket for the privileged process: %s", strerror(errno));
	p->pid = fork();
	if (p->pid == 0)
		run(pair[1], kernel, receive);
	rc = p->pid < 0 ? -errno : 0;
	close(pair[1]);
	p->fd = pair[0];
	rc = rc < 0 ? err_set(err, rc, NULL, "no privileged process: %s", strerror(-rc)) : wait_ready(p->fd, err);
	if (rc < 0)
		priv_close(p);
	return rc;
}

int priv_open(struct priv *p, struct err *err)
{
	return priv_start(p, -1, compat_receive, err);
}

void priv_close(struct priv *p)
{
	if (p->fd >= 0)
		close(p->fd);
	for (int ms = 1; p->pid > 0 && ms <= CLOSE_WAIT_MS; ms *= 2) {
		pid_t rc = waitpid(p->pid, NULL, WNOHANG);

		if (rc == p->pid || (rc < 0 && errno != EINTR))
			break;
		poll(NULL, 0, ms);
	}
	*p = (struct priv){ -1, -1 };
}
