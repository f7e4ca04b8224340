/* One line on the terminal that tells how far long work has come. */
#ifndef TIERCEL_CLI_PROGRESS_H
#define TIERCEL_CLI_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool on;
	bool shown;          /* a line is on the terminal */
	uint64_t whole;      /* bytes of all inputs; 0 unknown */
	uint64_t before;     /* bytes of the inputs that are done */
	int64_t start, next; /* ms */
};

/* Shows only where stderr is a terminal and stdout is not, as events would run through it. */
void progress_start(struct progress *p, uint64_t whole);
/* At most five times a second: `bytes` of the present input and events so far. */
void progress_show(struct progress *p, uint64_t bytes, uint64_t events);
/* Take the line away. */
void progress_end(struct progress *p);

#endif
