/* tierceld at work: from the first record to the last one, signals on the way. */
#ifndef TIERCEL_DAEMON_SERVE_H
#define TIERCEL_DAEMON_SERVE_H

#include "daemon/route.h"

struct serve_options {
	struct route_wish wish;
	int signals;                  /* descriptor of serve_signals() */
	void (*ready)(void *ctx);     /* called once all is open and registered; may be NULL */
	void *ctx;
};

/*
 * Block the signals that are ours and give a descriptor to read them from; -errno. They come by a descriptor, so that
 * nothing happens between two lines but what the loop asks for.
 */
int serve_signals(void);
/* Run until a signal or the end of the input. `route` is taken over. Returns the exit status: 0 or 1. */
int serve(const struct serve_options *options, struct route *route);

#endif
