#include "sys/proc.h"

#include "base/clock.h"
#include "sys/probe_host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#ifndef CLOCK_BOOTTIME
#define CLOCK_BOOTTIME 7 /* Linux 2.6.39 */
#endif

#define START_FIELD 22 /* of stat, counted from 1; 3 is the state, the first behind the name: proc(5) */
#define PARENT_FIELD 4

/* A look for each millisecond gone by, as far as they were not saved up. */
static bool may_look(struct proc_looks *looks)
{
	int64_t now = clock_ms();

	looks->left += (now - looks->filled_ms) * PROC_LOOKS_PER_S / 1000;
	looks->filled_ms = now;
	if (looks->left > PROC_LOOKS_PER_S)
		looks->left = PROC_LOOKS_PER_S;
	if (looks->left <= 0) {
		looks->refused++;
		return false;
	}
	looks->left--;
	return true;
}

/* The first bytes of a small file, with a NUL behind; -errno. */
static ssize_t read_at(int dir, const char *name, char *text, size_t size)
{
	int fd = openat(dir, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	ssize_t n;

	if (fd < 0)
		return -errno;
	do
		n = read(fd, text, size - 1);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		n = -errno;
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	return n;
}

static void take_comm(struct proc_facts *facts, const char *p, size_t n)
{
	facts->comm_n = n < sizeof(facts->comm) ? n : sizeof(facts->comm);
	memcpy(facts->comm, p, facts->comm_n);
}

/* Ticks since boot as time since the epoch. Held up between the clocks, we tell too early a start, not too late. */
static int64_t start_of(uint64_t ticks)
{
	int64_t now = clock_ns_of(CLOCK_REALTIME);
	uint64_t per_s = (uint64_t)sysconf(_SC_CLK_TCK);
	struct timespec boot;
	int64_t up;

	if (clock_gettime(CLOCK_BOOTTIME, &boot) < 0 || !per_s || ticks / per_s > (uint64_t)boot.tv_sec + 1)
		return 0;
	up = (int64_t)boot.tv_sec * 1000000000 + boot.tv_nsec;
	return now - (up - (int64_t)(ticks / per_s * 1000000000 + ticks % per_s * 1000000000 / per_s));
}

/* "612 (a name) S 1 ...": the name may hold blanks and parentheses, what follows it is numbers. */
static bool take_stat(struct proc_facts *facts, char *text)
{
	char *open = strchr(text, '('), *close = strrchr(text, ')'), *at;
	unsigned long long value;
	unsigned field = 2;

	if (!open || !close || close < open)
		return false;
	take_comm(facts, open + 1, (size_t)(close - open - 1));
	for (at = close + 1; *at == ' ' && field < START_FIELD; at += strcspn(at, " ")) {
		at++;
		field++;
		if (field != PARENT_FIELD && field != START_FIELD)
			continue;
		if (sscanf(at, "%20llu", &value) != 1)
			return false;
		if (field == PARENT_FIELD)
			facts->ppid = value <= INT_MAX ? (uint32_t)value : 0;
		else
			facts->start_ns = start_of(value);
	}
	return field == START_FIELD;
}

/* From 4.18 on stat shows a newline and a backslash of the name as \n and \\; comm, from 2.6.33 on, as they are. */
static void read_comm(struct proc_facts *facts, int dir)
{
	char text[PROC_COMM_MAX + 2];
	ssize_t n;

	if (!memchr(facts->comm, '\\', facts->comm_n))
		return;
	n = read_at(dir, "comm", text, sizeof(text));
	if (n > 0 && text[n - 1] == '\n')
		take_comm(facts, text, (size_t)n - 1);
}

/* All through one descriptor: it is of one process, and of none when that has gone. */
static int read_facts(const struct proc_looks *looks, int dir, struct proc_facts *facts)
{
	char text[1024];
	ssize_t n = read_at(dir, "stat", text, sizeof(text));

	if (n < 0)
		return n == -ENOENT ? -ESRCH : (int)n;
	if (!take_stat(facts, text))
		return -EPROTO;
	read_comm(facts, dir);
	if (looks->exe) {
		n = readlinkat(dir, "exe", facts->exe, sizeof(facts->exe));
		facts->exe_n = n > 0 ? (size_t)n : 0;
	}
	return 0;
}

bool proc_looks_init(struct proc_looks *looks, const char *root)
{
	char path[PATH_MAX], name[64];
	struct utsname host;
	ssize_t n;

	*looks = (struct proc_looks){ .root = root };
	looks->exe = uname(&host) == 0 && probe_host_version(host.release) >= PROBE_KERNEL(4, 1, 0);
	snprintf(path, sizeof(path), "%s/proc/self/ns/pid", root);
	n = readlink(path, name, sizeof(name));
	return n <= 0 || span_eq(span_of(name, (size_t)n), SPAN(PROBE_INIT_PID_NS));
}

int proc_look(void *looks, uint32_t pid, struct proc_facts *facts)
{
	struct proc_looks *l = looks;
	char path[PATH_MAX];
	int dir, rc;

	facts->ppid = 0;
	facts->start_ns = 0;
	facts->comm_n = facts->exe_n = 0;
	if (!may_look(l))
		return -EAGAIN;
	if ((size_t)snprintf(path, sizeof(path), "%s/proc/%u", l->root, pid) >= sizeof(path))
		return -ENAMETOOLONG;
	dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return errno == ENOENT ? -ESRCH : -errno;
	rc = read_facts(l, dir, facts);
	close(dir);
	return rc;
}
