/*
 * The guest's first process, all of its initrd but for modules (see run). It makes the host's file system the root,
 * read-only by 9p, with a tmpfs laid over it: everything can be written and nothing of it lasts. Then it runs the
 * command, tells its exit status by the second serial line, and lets the machine reset, which ends qemu.
 *
 * /command of the initrd holds strings that end in NUL: the share's directory (or nothing), the working directory, the
 * command and its arguments. /modules holds kernel modules, named in the order to load them.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define NO_STATUS 125 /* what run gives where the guest could not run the command */
#define MAX_WORDS 4096
#define P9 "trans=virtio,version=9p2000.L,msize=512000"

struct command {
	char *share, *directory, **argv;
};

static const char *const environment[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/root",
	"TERM=dumb",
	"LC_ALL=C",
	NULL,
};

static void leave(int status) __attribute__((noreturn));

/* Bytes go out as they are, not with a CR before each LF. */
static int open_serial(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios t;

	if (fd >= 0 && tcgetattr(fd, &t) == 0) {
		cfmakeraw(&t);
		tcsetattr(fd, TCSANOW, &t);
	}
	return fd;
}

static void leave(int status)
{
	int fd = open_serial("/dev/ttyS1"), printk = open("/proc/sys/kernel/printk", O_WRONLY | O_CLOEXEC);

	fflush(stdout);
	tcdrain(STDOUT_FILENO);
	if (fd >= 0) {
		dprintf(fd, "%d\n", status);
		tcdrain(fd);
	}
	sync();
	/* Not even "Restarting system" belongs to the command's output. */
	if (printk >= 0 && write(printk, "0", 1) < 0)
		printf("init: printk: %s\n", strerror(errno));
	/* -no-reboot makes a reset the end; a kernel without ACPI can't switch off. */
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void must(int result, const char *what)
{
	if (result >= 0)
		return;
	printf("init: %s: %s\n", what, strerror(errno));
	leave(NO_STATUS);
}

static void mount_at(const char *type, const char *from, const char *at, unsigned long flags, const char *options)
{
	char what[512];

	snprintf(what, sizeof(what), "mount %s at %s", type, at);
	must(mount(from, at, type, flags, options), what);
}

static void make_directories(const char *path)
{
	char part[4096];

	for (const char *p = path; *p; p++) {
		if (p > path && *p == '/') {
			snprintf(part, sizeof(part), "%.*s", (int)(p - path), path);
			mkdir(part, 0755);
		}
	}
	mkdir(path, 0755);
}

static void load_modules(void)
{
	struct dirent **list;
	char path[512];
	int n = scandir("/modules", &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		if (list[i]->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "/modules/%s", list[i]->d_name);
		int fd = open(path, O_RDONLY | O_CLOEXEC);

		if (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST)
			printf("init: %s: %s\n", path, strerror(errno));
		close(fd);
	}
}

static void read_command(struct command *c)
{
	static char text[1 << 20], *words[MAX_WORDS + 1];
	int fd = open("/command", O_RDONLY | O_CLOEXEC), n = 0;
	ssize_t size = read(fd, text, sizeof(text) - 1);

	must((int)size, "/command");
	close(fd);
	for (char *p = text; p < text + size && n < MAX_WORDS; p += strlen(p) + 1)
		words[n++] = p;
	errno = EINVAL;
	must(n < 3 ? -1 : 0, "/command");
	c->share = words[0];
	c->directory = words[1];
	c->argv = words + 2;
}

static void make_root(const struct command *c)
{
	mkdir("/lower", 0755);
	mkdir("/over", 0755);
	mkdir("/root", 0755);
	mount_at("9p", "root", "/lower", MS_RDONLY, "cache=loose," P9);
	mount_at("tmpfs", "over", "/over", 0, "mode=755");
	must(mkdir("/over/up", 0755), "/over/up");
	must(mkdir("/over/work", 0755), "/over/work");
	mount_at("overlay", "root", "/root", 0, "lowerdir=/lower,upperdir=/over/up,workdir=/over/work");
	must(chdir("/root"), "/root");
	mount_at("proc", "proc", "proc", 0, NULL);
	mount_at("sysfs", "sys", "sys", 0, NULL);
	must(mount("/dev", "dev", NULL, MS_MOVE, NULL), "/dev");
	mount_at("tmpfs", "run", "run", MS_NOSUID | MS_NODEV, "mode=755");
	mkdir("dev/pts", 0755);
	mkdir("dev/shm", 01777);
	mount_at("devpts", "pts", "dev/pts", 0, NULL);
	mount_at("tmpfs", "shm", "dev/shm", MS_NOSUID | MS_NODEV, "mode=1777");
	must(mount(".", "/", NULL, MS_MOVE, NULL), "move the root");
	must(chroot("."), "chroot");
	must(chdir("/"), "/");
	if (c->share[0]) {
		make_directories(c->share);
		mount_at("9p", "share", c->share, 0, "cache=none," P9);
	}
}

static void bring_up_loopback(void)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r;

	memset(&r, 0, sizeof(r));
	memcpy(r.ifr_name, "lo", 3);
	r.ifr_flags = IFF_UP;
	if (ioctl(fd, SIOCSIFFLAGS, &r) < 0)
		printf("init: lo: %s\n", strerror(errno));
	close(fd);
}

/* As root, in a session of its own, with nothing on standard input. */
static int run_command(const struct command *c)
{
	pid_t child = fork(), ended;
	int status;

	must(child, "fork");
	if (child == 0) {
		int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

		setsid();
		dup2(null, STDIN_FILENO);
		if (chdir(c->directory) < 0)
			must(chdir("/"), "/");
		execvpe(c->argv[0], c->argv, (char *const *)environment);
		printf("init: %s: %s\n", c->argv[0], strerror(errno));
		fflush(stdout);
		_exit(errno == ENOENT ? 127 : 126);
	}
	/* Orphans come here too. */
	do
		ended = wait(&status);
	while (ended != child && (ended > 0 || errno == EINTR));
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(void)
{
	struct command command;
	int console;

	mkdir("/dev", 0755);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	console = open_serial("/dev/ttyS0");
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		dup2(console, fd);
	/* execvpe() looks for the command along ours. */
	putenv((char *)environment[0]);
	read_command(&command);
	load_modules();
	make_root(&command);
	bring_up_loopback();
	must(sethostname("guest", 5), "host name");
	leave(run_command(&command));
}
