#include "cli/progress.h"

#include "base/clock.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define EVERY_MS 200
#define MB 1e6

void progress_start(struct progress *p, uint64_t whole)
{
	memset(p, 0, sizeof(*p));
	p->on = isatty(STDERR_FILENO) && !isatty(STDOUT_FILENO);
	p->whole = whole;
	p->start = clock_ms();
	p->next = p->start + EVERY_MS;
}

void progress_show(struct progress *p, uint64_t bytes, uint64_t events)
{
	double done = (double)(p->before + bytes);
	int64_t now;

	if (!p->on)
		return;
	now = clock_ms();
	if (now < p->next)
		return;
	p->next = now + EVERY_MS;
	fprintf(stderr, "\r%.1f MB", done / MB);
	if (p->whole)
		fprintf(stderr, " of %.1f MB", (double)p->whole / MB);
	fprintf(stderr, ", %.1f MB/s, %llu events\033[K", done / MB * 1000 / (double)(now - p->start),
		(unsigned long long)events);
	p->shown = true;
}

void progress_end(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stderr);
	p->shown = false;
}
