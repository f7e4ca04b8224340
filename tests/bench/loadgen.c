/*
 * loadgen COUNT [RATE]: opens and closes a file of its own so many times, as fast as it goes or so many a second, and
 * prints what the opens took:
 *
 *     opens COUNT seconds S max_us M over_1ms N
 *
 * S is the time from the first open to the last, M the longest single open, N how many took more than 1 ms. A rule for
 * its user id alone makes it all that is audited: run it as that user (the benchmark uses uid 4243).
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

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
	long count = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
	double rate = argc > 2 ? strtod(argv[2], NULL) : 0;
	double start = now(), longest = 0;
	long slow = 0;

	if (count <= 0) {
		fprintf(stderr, "usage: loadgen COUNT [RATE]\n");
		return 2;
	}
	for (long i = 0; i < count; i++) {
		double began, took;
		long fd;

		if (rate > 0)
			wait_until(start + (double)i / rate);
		began = now();
		/* By number: a C library may have open() call another. */
		fd = syscall(SYS_openat, AT_FDCWD, "/etc/hostname", O_RDONLY, 0);
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
