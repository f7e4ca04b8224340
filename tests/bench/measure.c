/*
 * measure NAME COMMAND ARG...: run it once with its output thrown away (or as OUTPUT says: a file) and its input from
 * INPUT, and print "NAME cpu_seconds wall_seconds peak_rss_kib exit_status". The figures are the kernel's own (wait4(2)).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int move(const char *path, int flags, int to)
{
	int fd = open(path, flags | O_CLOEXEC, 0600);

	if (fd < 0 || dup2(fd, to) < 0) {
		fprintf(stderr, "measure: %s: %s\n", path, strerror(errno));
		return -1;
	}
	return 0;
}

static double seconds(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

int main(int argc, char **argv)
{
	const char *input = getenv("INPUT"), *output = getenv("OUTPUT");
	struct timespec start, end;
	struct rusage use;
	int status;
	pid_t pid;

	if (argc < 3) {
		fprintf(stderr, "usage: measure NAME COMMAND [ARG...]\n");
		return 2;
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	pid = fork();
	if (pid == 0) {
		if (move(input ? input : "/dev/null", O_RDONLY, 0) ||
		    move(output ? output : "/dev/null", O_WRONLY | O_CREAT | O_TRUNC, 1) || move("/dev/null", O_WRONLY, 2))
			_exit(126);
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &use) < 0) {
		perror("measure");
		return 1;
	}
	clock_gettime(CLOCK_MONOTONIC, &end);
	printf("%s %.3f %.3f %ld %d\n", argv[1], seconds(use.ru_utime) + seconds(use.ru_stime),
	       (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) / 1e9, use.ru_maxrss,
	       WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 0;
}
