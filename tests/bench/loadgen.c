/*
 * loadgen FILE COUNT [RATE]: opens and closes a file so many times, as fast as it goes or so many a second, and prints
 * what the opens took:
 *
 *     opens COUNT seconds S max_us M over_1ms N
 *
 * S is the time from the first open to the last, M the longest single open, N how many took more than 1 ms. Started by
 * root it becomes nobody (65534) first: one rule for that user, and nothing else is audited.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define USER 65534 /* "nobody": auditd looks names up, and one that is not there costs it more */

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Opens that are late are made up for, so that the rate holds over the whole run. */
static void wait_until(double when)
{
	double left = when - now();

	if (left > 0) {
		struct timespec t = { (time_t)left, (long)((left - (double)(time_t)left) * 1e9) };

		nanosleep(&t, NULL);
	}
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
	double rate = argc > 3 ? strtod(argv[3], NULL) : 0;
	double start, longest = 0;
	long slow = 0;

	if (count <= 0) {
		fprintf(stderr, "usage: loadgen FILE COUNT [RATE]\n");
		return 2;
	}
	if (getuid() == 0 && setresuid(USER, USER, USER) < 0) {
		perror("loadgen");
		return 1;
	}
	start = now();
	for (long i = 0; i < count; i++) {
		double began, took;
		long fd;

		if (rate > 0)
			wait_until(start + (double)i / rate);
		began = now();
		/* By number: a C library may have open() call another. */
		fd = syscall(SYS_openat, AT_FDCWD, argv[1], O_RDONLY, 0);
		took = now() - began;
		if (fd >= 0)
			close((int)fd);
		if (took > longest)
			longest = took;
		slow += took > 0.001;
	}
	printf("opens %ld seconds %.3f max_us %.0f over_1ms %ld\n", count, now() - start, longest * 1e6, slow);
	return 0;
}
