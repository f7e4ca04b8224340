/*
 * Programs that are started: many arguments, long ones, odd ones, scripts, refusals, 32 bits.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "workload.h"

#define MANY 300
#define LONG_SIZE 102400

int work_spawn(char *const *argv)
{
	char *environment[] = { NULL };
	int status = -1;
	pid_t child;

	kill(getpid(), 0); /* an event: the child's parent is known, even if it is gone when that is read */
	child = fork();
	if (child == 0) {
		execve(argv[0], argv, environment);
		_exit(127);
	}
	waitpid(child, &status, 0);
	return status;
}

static void many(void)
{
	static char text[MANY][16];
	char *argv[MANY + 1] = { WORK_PROGRAM, "nothing" };

	for (int i = 2; i < MANY; i++) {
		snprintf(text[i], sizeof(text[i]), "argument-%d", i);
		argv[i] = text[i];
	}
	work_spawn(argv);
}

/* Two of 100 KiB: each is split over some fourteen records. */
static void long_ones(void)
{
	static char text[2][LONG_SIZE + 1];
	char *argv[] = { WORK_PROGRAM, "nothing", text[0], text[1], NULL };

	for (int i = 0; i < LONG_SIZE; i++) {
		text[0][i] = (char)('a' + i % 26);
		text[1][i] = (char)(i % 7 ? 'A' + i % 26 : ' ');
	}
	work_spawn(argv);
}

static void odd(void)
{
	char *argv[] = { WORK_PROGRAM, "nothing",    "",	 "two words", "quo\"te", "apos'trophe", "new\nline",
			 "tab\t",      "gr\303\274n", "\377\376", "6162",      "(null)",  "a0=x",	 NULL };

	work_spawn(argv);
}

static void script(void)
{
	static const char text[] = "#!" WORK_PROGRAM " nothing\n";
	char *argv[] = { WORK_DIR "/script", "one", NULL };
	int fd = open(argv[0], O_WRONLY | O_CREAT, 0755);

	if (write(fd, text, sizeof(text) - 1) < 0)
		perror("script");
	close(fd);
	work_spawn(argv);
}

static void failed(void)
{
	char *absent[] = { "absent", "x", NULL };
	char *directory[] = { WORK_DIR, NULL };
	char *no_program[] = { "/proc/self/status", NULL };

	work_spawn(absent);
	work_spawn(directory);
	work_spawn(no_program);
}

static void bits_32(void)
{
	char *argv[] = { WORK_DIR "/program-32", "one", "two", NULL };

	work_spawn(argv);
}

static const char *lacks_32(void)
{
	return access(WORK_DIR "/program-32", X_OK) < 0 ? "no workload32 (Debian: gcc-multilib), or it does not run here" : NULL;
}

/* It waits, so that /proc still has it. */
static void silent(void)
{
	pid_t child = fork();

	if (child == 0) {
		open("/absent", O_RDONLY);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	sleep(3);
}

const struct work_case work_exec[] = {
	{ "exec-many", "a program with 300 arguments", many, NULL },
	{ "exec-long", "200 KiB of arguments", long_ones, NULL },
	{ "exec-odd", "arguments with blanks, quotes, newlines, UTF-8 and invalid bytes", odd, NULL },
	{ "exec-script", "a script with an argument for its interpreter", script, NULL },
	{ "exec-failed", "what is not there, a directory, no program", failed, NULL },
	{ "exec-32", "a 32-bit program and its calls", bits_32, lacks_32 },
	{ "parent-silent", "a parent that no event tells of", silent, NULL },
	{ NULL, NULL, NULL, NULL },
};
