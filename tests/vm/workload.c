/*
 * What the live tests watch: a scripted life, the same at each run.
 *
 *     workload list            the cases
 *     workload run [CASE...]   these, in this order, or all
 *     workload open FILE       no more than that: for where there is no other program
 *     workload load COUNT      that many opens, one in a millisecond
 *
 * It runs with the login id 4242, which marks all that it does. Each case begins with an open of /case/NAME, which is
 * not there: the events between two such openings are the case's (tests/live/flatten.c cuts them apart). /case/end is
 * the last. For each it prints "case NAME", or "skip NAME: why".
 *
 * It changes the machine's state and sends audit messages, so it runs only where tests/live says that this is a guest
 * (TIERCEL_GUEST in the environment). It is linked statically, so that it runs on the kernels of old distributions.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "workload.h"

#define PROGRAM_32 WORK_DIR "/program-32"
#define LOAD_EXECS 20

static const struct work_case *const groups[] = { work_exec, work_files, work_state };

/* Who, and where: set up before anybody looks. */
static int copy_program(const char *from, const char *to)
{
	char block[65536];
	int in = open(from, O_RDONLY | O_CLOEXEC), out;
	ssize_t n;

	if (in < 0)
		return -1;
	out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0755);
	while ((n = read(in, block, sizeof(block))) > 0)
		if (write(out, block, (size_t)n) != n)
			n = -1;
	close(in);
	return close(out) < 0 || n < 0 ? -1 : 0;
}

/* The directory of the program itself, for its 32-bit half beside it. */
static void neighbour(const char *name, char *path, size_t size)
{
	ssize_t n = readlink("/proc/self/exe", path, size - strlen(name) - 2);

	path[n > 0 ? n : 0] = '\0';
	if (strrchr(path, '/'))
		strcpy(strrchr(path, '/') + 1, name);
}

static int set_login_id(void)
{
	int fd = open("/proc/self/loginuid", O_WRONLY | O_CLOEXEC), result;

	if (fd < 0)
		return -1;
	result = write(fd, WORK_LOGIN_ID, strlen(WORK_LOGIN_ID)) < 0 ? -1 : 0;
	close(fd);
	return result;
}

static int prepare(void)
{
	char path[4096], *program_32[] = { PROGRAM_32, NULL };

	/* Descriptors show in the events: none of our parents'. */
	for (int fd = STDERR_FILENO + 1; fd < 64; fd++)
		close(fd);
	umask(022);
	if (mkdir(WORK_DIR, 0755) < 0 || chdir(WORK_DIR) < 0)
		return -1;
	if (copy_program("/proc/self/exe", WORK_PROGRAM) < 0)
		return -1;
	neighbour("workload32", path, sizeof(path));
	/* Not every kernel runs it; that is tried before anybody looks. */
	if (copy_program(path, PROGRAM_32) < 0 || work_spawn(program_32) != 0)
		unlink(PROGRAM_32);
	return 0;
}

static void mark(const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/case/%s", name);
	open(path, O_RDONLY);
}

static void run_case(const struct work_case *c)
{
	const char *why = c->missing ? c->missing() : NULL;
	int status;
	pid_t child;

	if (why) {
		printf("skip %s: %s\n", c->name, why);
		return;
	}
	printf("case %s\n", c->name);
	fflush(stdout);
	mark(c->name);
	child = fork();
	if (child == 0) {
		c->run();
		_exit(0);
	}
	waitpid(child, &status, 0);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		printf("skip %s: it ended with status %#x\n", c->name, (unsigned)status);
}

/* The cases that a name selects, or all where it is NULL; false where there is none. */
static bool each(const char *name, void (*act)(const struct work_case *c))
{
	bool found = false;

	for (size_t g = 0; g < sizeof(groups) / sizeof(groups[0]); g++) {
		for (const struct work_case *c = groups[g]; c->name; c++) {
			if (name && strcmp(c->name, name) != 0)
				continue;
			act(c);
			found = true;
		}
	}
	return found;
}

static void print_case(const struct work_case *c)
{
	printf("%-16s %s\n", c->name, c->what);
}

/* A steady life: opens of /load/1, /load/2 ... which are not there, and at times a program that is told the number. */
static int load(int count)
{
	static const struct timespec pause = { 0, 1000000 };
	char path[64], *program[] = { "/proc/self/exe", "nothing", path, NULL };

	for (int i = 1; i <= count; i++) {
		snprintf(path, sizeof(path), "/load/%d", i);
		open(path, O_RDONLY);
		if (i % LOAD_EXECS == 0)
			work_spawn(program);
		nanosleep(&pause, NULL);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	int failed = 0;

	if (strcmp(how, "nothing") == 0)
		return 0;
	if (strcmp(how, "open") == 0 && argc == 3)
		return open(argv[2], O_RDONLY) < 0;
	if (strcmp(how, "load") == 0 && argc == 3)
		return load(atoi(argv[2]));
	if (strcmp(how, "list") == 0)
		return !each(NULL, print_case);
	if (strcmp(how, "run") == 0 && getenv("TIERCEL_GUEST")) {
		if (prepare() == 0) {
			argv[0] = WORK_PROGRAM;
			argv[1] = "prepared";
			execv(WORK_PROGRAM, argv);
		}
		perror("workload");
		return 1;
	}
	if (strcmp(how, "prepared") != 0) {
		fprintf(stderr, "usage: workload list | workload run [CASE...]\n"
				"It runs where TIERCEL_GUEST is set: in the guest of tests/vm/run, and nowhere else.\n");
		return 2;
	}
	if (set_login_id() < 0) {
		perror("login id");
		return 1;
	}
	if (argc == 2)
		each(NULL, run_case);
	for (int i = 2; i < argc; i++)
		failed |= !each(argv[i], run_case);
	mark("end");
	return failed;
}
