/* The time, in numbers that can be subtracted. */
#ifndef TIERCEL_BASE_CLOCK_H
#define TIERCEL_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline int64_t clock_ns_of(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Since some start, whoever sets the host's clock. */
static inline int64_t clock_ns(void)
{
	return clock_ns_of(CLOCK_MONOTONIC);
}

static inline int64_t clock_ms(void)
{
	return clock_ns() / 1000000;
}

/* Since the epoch. */
static inline int64_t clock_epoch_ms(void)
{
	return clock_ns_of(CLOCK_REALTIME) / 1000000;
}

#endif
