#include "sys/probe_host.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INIT_USER_NS "user:[4026531837]" /* PROC_USER_INIT_INO, see PROBE_INIT_PID_NS */

struct path {
	char text[PATH_MAX];
};

static const char *below(const struct probe_host *host, const char *name, struct path *path)
{
	snprintf(path->text, sizeof(path->text), "%s%s", host->root, name);
	return path->text;
}

static bool exists(const struct probe_host *host, const char *name)
{
	struct path path;

	return access(below(host, name, &path), F_OK) == 0;
}

static FILE *open_text(const struct probe_host *host, const char *name)
{
	struct path path;

	return fopen(below(host, name, &path), "re");
}

/* The first size - 1 bytes; how many, 0 where there is no such file. NULs come as newlines. */
static size_t read_text(const struct probe_host *host, const char *name, char *text, size_t size)
{
	FILE *f = open_text(host, name);
	size_t n = 0;

	if (f) {
		n = fread(text, 1, size - 1, f);
		fclose(f);
	}
	for (size_t i = 0; i < n; i++)
		if (text[i] == '\0')
			text[i] = '\n';
	text[n] = '\0';
	return n;
}

/* To be shown: printable, cut to fit. Ends at a line break. */
static void take_word(char *out, size_t size, const char *p)
{
	size_t n = 0;

	for (; n + 1 < size && p[n] && p[n] != '\n'; n++)
		out[n] = p[n] > ' ' && p[n] < 0x7f ? p[n] : '?';
	out[n] = '\0';
}

unsigned probe_host_version(const char *release)
{
	unsigned part[3] = { 0, 0, 0 };

	if (sscanf(release, "%3u.%3u.%3u", &part[0], &part[1], &part[2]) < 2)
		return 0;
	for (int i = 0; i < 3; i++)
		if (part[i] > 255)
			part[i] = 255;
	return PROBE_KERNEL(part[0], part[1], part[2]);
}

static bool read_link(const struct probe_host *host, const char *name, char *text, size_t size)
{
	struct path path;
	ssize_t n = readlink(below(host, name, &path), text, size - 1);

	text[n > 0 ? n : 0] = '\0';
	return n > 0;
}

static enum probe_answer answer(bool yes)
{
	return yes ? PROBE_YES : PROBE_NO;
}

static void look_at_namespaces(struct probe *p, const struct probe_host *host)
{
	char own[64], first[64];

	if (read_link(host, "/proc/self/ns/user", own, sizeof(own)))
		p->init_user_ns = answer(strcmp(own, INIT_USER_NS) == 0);
	if (read_link(host, "/proc/self/ns/pid", own, sizeof(own)))
		p->init_pid_ns = answer(strcmp(own, PROBE_INIT_PID_NS) == 0);
	/* Process 1 is the host's only there. Else: this setting is to be seen in the first network namespace alone. */
	if (p->init_pid_ns == PROBE_YES && read_link(host, "/proc/self/ns/net", own, sizeof(own)) &&
		read_link(host, "/proc/1/ns/net", first, sizeof(first)))
		p->init_net_ns = answer(strcmp(own, first) == 0);
	else if (exists(host, "/proc/sys/net/core/somaxconn"))
		p->init_net_ns = answer(exists(host, "/proc/sys/net/core/netdev_max_backlog"));
}

static void look_for_container(struct probe *p, const struct probe_host *host)
{
	static const struct {
		const char *file;
		const char *mark; /* text in it; NULL: that it is there */
		const char *name; /* NULL: what follows the mark */
	} signs[] = {
		{ "/run/systemd/container", "", NULL }, { "/.dockerenv", NULL, "docker" }, { "/run/.containerenv", NULL, "podman" },
		{ "/proc/1/environ", "container=", NULL }, { "/proc/1/cgroup", "kubepods", "kubernetes" },
		{ "/proc/1/cgroup", "docker", "docker" }, { "/proc/1/cgroup", "libpod", "podman" },
		{ "/proc/1/cgroup", "lxc", "lxc" }, { "/proc/sys/kernel/osrelease", "icrosoft", "wsl" }
	};
	char text[4096];

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]) && !*p->container; i++) {
		const char *at = text;

		if (!signs[i].mark && !exists(host, signs[i].file))
			continue;
		if (signs[i].mark) {
			read_text(host, signs[i].file, text, sizeof(text));
			at = strstr(text, signs[i].mark);
			if (!at)
				continue;
			at += strlen(signs[i].mark);
		}
		take_word(p->container, sizeof(p->container), signs[i].name ? signs[i].name : at);
	}
}

static void read_caps(struct probe *p, const struct probe_host *host)
{
	char text[4096];
	const char *at;

	read_text(host, "/proc/self/status", text, sizeof(text));
	at = strstr(text, "\nCapEff:");
	if (at)
		p->caps = strtoull(at + strlen("\nCapEff:"), NULL, 16);
}

/* audit= of the kernel's command line, as kernel/audit.c audit_enable() has it; the last one counts. */
static void read_command_line(struct probe *p, const struct probe_host *host)
{
	char text[4096], *rest = text, *word;

	read_text(host, "/proc/cmdline", text, sizeof(text));
	while ((word = strsep(&rest, " \t\n")) && strcmp(word, "--") != 0) {
		if (strncmp(word, "audit=", 6) == 0)
			p->audit_at_boot = answer(strcmp(word + 6, "0") != 0 && strcasecmp(word + 6, "off") != 0);
	}
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Does somebody listen at a socket of this name? By its last part, as /var/run and /run are one. */
static bool has_listener(const struct probe_host *host, const char *path)
{
	FILE *f = open_text(host, "/proc/net/unix");
	char line[512], name[256];
	unsigned flags;
	bool found = !f; /* can't be told */

	while (!found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%*s %*x %*x %x %*x %*x %*u %255[^\n]", &flags, name) == 2 && flags & 0x10000 &&
			strcmp(base_name(name), base_name(path)) == 0;
	if (f)
		fclose(f);
	return found;
}

/* No connection is tried: auditd's plugin has few of them to give. */
static int socket_errno(struct probe *p, const struct probe_host *host, const char *path)
{
	struct stat st;

	if (!path)
		return ENOENT;
	if (stat(path, &st) < 0)
		return errno;
	if (!S_ISSOCK(st.st_mode))
		return ENOTSOCK;
	if (access(path, W_OK) < 0)
		return errno;
	/* Sockets of another network namespace are not listed here. */
	return p->init_net_ns != PROBE_NO && !has_listener(host, path) ? ECONNREFUSED : 0;
}

static int log_errno(const char *path)
{
	struct stat st;

	if (!path)
		return ENOENT;
	if (stat(path, &st) < 0)
		return errno;
	if (S_ISDIR(st.st_mode))
		return EISDIR;
	return access(path, R_OK) < 0 ? errno : 0;
}

static void look_at_paths(struct probe *p, const struct probe_host *host, const struct probe_wish *wish)
{
	static const char *const plugins[] = { "/etc/audit/plugins.d/af_unix.conf", "/etc/audisp/plugins.d/af_unix.conf" };

	p->audisp_socket = wish->audisp_socket;
	p->log = wish->log;
	p->audisp_errno = socket_errno(p, host, wish->audisp_socket);
	p->log_errno = log_errno(wish->log);
	p->plugin = plugins[!exists(host, plugins[0]) && exists(host, plugins[1])];
}

static bool has_line(const struct probe_host *host, const char *file, const char *wanted)
{
	FILE *f = open_text(host, file);
	char line[256];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		found = strcmp(line, wanted) == 0;
	}
	if (f)
		fclose(f);
	return found;
}

/* Its file system came with 4.4, the call with 3.18; RHEL 7 has the call alone. */
static enum probe_answer look_for_bpf(const struct probe *p, const struct probe_host *host)
{
	char config[96];

	if (has_line(host, "/proc/filesystems", "nodev\tbpf"))
		return PROBE_YES;
	if (p->version >= PROBE_KERNEL(4, 4, 0) && exists(host, "/proc/filesystems"))
		return PROBE_NO;
	snprintf(config, sizeof(config), "/boot/config-%s", p->release);
	if (exists(host, config))
		return answer(has_line(host, config, "CONFIG_BPF_SYSCALL=y"));
	return PROBE_UNKNOWN;
}

static bool has_mount(const struct probe_host *host, const char *wanted)
{
	FILE *f = open_text(host, "/proc/mounts");
	char line[512], point[256];
	bool found = false;

	while (f && !found && fgets(line, sizeof(line), f))
		found = sscanf(line, "%*s %255s", point) == 1 && strcmp(point, wanted) == 0;
	if (f)
		fclose(f);
	return found;
}

/* "none [integrity] confidentiality": the one in brackets. */
static void read_lockdown(struct probe *p, const struct probe_host *host)
{
	char text[128], *at, *end;

	if (exists(host, "/proc/mounts"))
		p->securityfs = answer(has_mount(host, "/sys/kernel/security"));
	read_text(host, "/sys/kernel/security/lockdown", text, sizeof(text));
	at = strchr(text, '[');
	end = at ? strchr(at, ']') : NULL;
	if (!end)
		return;
	*end = '\0';
	take_word(p->lockdown, sizeof(p->lockdown), at + 1);
}

void probe_host_read(struct probe *p, const struct probe_host *host, const struct probe_wish *wish)
{
	look_at_namespaces(p, host);
	look_for_container(p, host);
	read_caps(p, host);
	read_command_line(p, host);
	look_at_paths(p, host, wish);
	read_lockdown(p, host);
	p->bpf = look_for_bpf(p, host);
	p->btf = answer(exists(host, "/sys/kernel/btf/vmlinux"));
}

/* Of /proc/PID/stat, "612 (auditd) S 1 ...": its name, which may hold anything, state and parent. */
struct process {
	char name[17], state;
	unsigned parent;
};

static bool read_process(const struct probe_host *host, uint32_t pid, struct process *process)
{
	char file[32], text[512], *open, *close;

	snprintf(file, sizeof(file), "/proc/%u/stat", pid);
	read_text(host, file, text, sizeof(text));
	open = strchr(text, '(');
	close = strrchr(text, ')');
	if (!open || !close || close < open)
		return false;
	*close = '\0';
	take_word(process->name, sizeof(process->name), open + 1);
	return sscanf(close + 1, " %c %u", &process->state, &process->parent) == 2;
}

static bool is_dead(const struct process *process)
{
	return process->state == 'Z' || process->state == 'X';
}

bool probe_host_process(const struct probe_host *host, uint32_t pid, char name[17])
{
	struct process process;

	name[0] = '\0';
	if (pid == 0 || pid > INT_MAX || (kill((pid_t)pid, 0) < 0 && errno == ESRCH))
		return false;
	if (!read_process(host, pid, &process))
		return true;
	memcpy(name, process.name, sizeof(process.name));
	return !is_dead(&process);
}

bool probe_host_named(const struct probe_host *host, const char *name)
{
	struct path path;
	DIR *proc = opendir(below(host, "/proc", &path));
	const struct dirent *entry;
	unsigned self = (unsigned)getpid();
	bool found = false;

	while (proc && !found && (entry = readdir(proc))) {
		uint32_t pid = (uint32_t)strtoul(entry->d_name, NULL, 10);
		struct process process;

		found = pid && pid != self && read_process(host, pid, &process) && process.parent != self &&
			!is_dead(&process) && strcmp(process.name, name) == 0;
	}
	if (proc)
		closedir(proc);
	return found;
}

uint32_t probe_host_stuck(const struct probe_host *host)
{
	FILE *f = open_text(host, "/proc/net/netlink");
	uint32_t worst = 0, protocol, port, most = 0, unread;
	char line[256];

	/* sk Eth Pid Groups Rmem ...: the port is the pid of a process's first socket. */
	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%*s %" SCNu32 " %" SCNu32 " %*x %" SCNu32, &protocol, &port, &unread) != 3 ||
			protocol != WIRE_PROTOCOL || port == 0 || port == (uint32_t)getpid() || unread <= most)
			continue;
		worst = port;
		most = unread;
	}
	if (f)
		fclose(f);
	return worst;
}
