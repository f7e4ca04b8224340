/*
 * bare_reader [-w FILE]: the floor of the live benchmark. It registers as the audit daemon (unicast) and takes each
 * record with one recv(), and does nothing with it; with -w it writes "type=N msg=TEXT" lines, buffered. It prints
 * "ready" on standard output, and at SIGTERM "records N events M", M by the EOE records.
 *
 * It becomes the owner of the kernel's audit stream: for a guest only, where TIERCEL_GUEST is set.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/netlink.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define RECEIVE_BUFFER (32 << 20)

static volatile sig_atomic_t stop;

static void on_signal(int signal)
{
	(void)signal;
	stop = 1;
}

static int set_status(int fd, unsigned mask, unsigned pid, unsigned enabled)
{
	struct {
		struct nlmsghdr head;
		struct audit_status status;
	} m;
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	memset(&m, 0, sizeof(m));
	m.head.nlmsg_len = sizeof(m);
	m.head.nlmsg_type = AUDIT_SET;
	m.head.nlmsg_flags = NLM_F_REQUEST;
	m.status.mask = mask;
	m.status.pid = pid;
	m.status.enabled = enabled;
	return sendto(fd, &m, sizeof(m), 0, (struct sockaddr *)&kernel, sizeof(kernel)) < 0 ? -1 : 0;
}

int main(int argc, char **argv)
{
	static char buffer[65536];
	struct sigaction action = { .sa_handler = on_signal };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT), size = RECEIVE_BUFFER;
	unsigned long records = 0, events = 0;
	FILE *out = NULL;

	if (!getenv("TIERCEL_GUEST")) {
		fprintf(stderr, "bare_reader: only for the guest of tests/vm/run\n");
		return 2;
	}
	if (argc == 3 && strcmp(argv[1], "-w") == 0) {
		out = fopen(argv[2], "w");
		if (out)
			setvbuf(out, NULL, _IOFBF, 65536);
	}
	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0 ||
	    set_status(fd, AUDIT_STATUS_PID, (unsigned)getpid(), 0) < 0 ||
	    set_status(fd, AUDIT_STATUS_ENABLED, 0, 1) < 0) {
		perror("bare_reader");
		return 1;
	}
	sigaction(SIGTERM, &action, NULL);
	puts("ready");
	fflush(stdout);
	while (!stop) {
		ssize_t n = recv(fd, buffer, sizeof(buffer), 0);
		const struct nlmsghdr *head = (const struct nlmsghdr *)buffer;

		if (n < (ssize_t)sizeof(*head) || head->nlmsg_type < AUDIT_FIRST_USER_MSG)
			continue;
		records++;
		events += head->nlmsg_type == AUDIT_EOE;
		if (out)
			fprintf(out, "type=%u msg=%.*s\n", head->nlmsg_type, (int)(n - (ssize_t)sizeof(*head)),
				buffer + sizeof(*head));
	}
	if (out)
		fclose(out);
	printf("records %lu events %lu\n", records, events);
	return 0;
}
