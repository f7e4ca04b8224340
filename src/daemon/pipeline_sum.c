/* Everything that came in is accounted for: the counts as a line, and whether they add up. */
#include "daemon/pipeline.h"

#include <errno.h>

static uint64_t dropped(const struct pipeline_counts *c)
{
	uint64_t sum = 0;

	for (int i = 0; i < DROP_COUNT; i++)
		sum += c->dropped[i];
	return sum;
}

static void print_reasons(const struct pipeline_counts *c, struct buf *out)
{
	static const char *const reasons[DROP_COUNT] = {
		[DROP_NO_ROOM] = "no room", [DROP_LOST] = "lost at the end",
		[DROP_LIMIT] = "over a rule's rate limit"
	};
	const char *before = " (";

	for (int i = 0; i < DROP_COUNT; i++) {
		if (!c->dropped[i])
			continue;
		buf_text(out, before);
		buf_put_u64(out, c->dropped[i]);
		buf_putc(out, ' ');
		buf_text(out, reasons[i]);
		before = ", ";
	}
	if (*before == ',')
		buf_putc(out, ')');
}

void pipeline_print(const struct pipeline *p, struct buf *out)
{
	const struct pipeline_counts *c = pipeline_counts(p);
	const struct {
		const char *before;
		uint64_t number;
	} parts[] = {
		{ "received ", c->received }, { " events (", c->records }, { " records, ", c->malformed },
		{ " malformed) = emitted ", c->emitted }, { " + filtered ", c->filtered }, { " + dropped ", dropped(c) }
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		buf_text(out, parts[i].before);
		buf_put_u64(out, parts[i].number);
	}
	print_reasons(c, out);
}

int pipeline_check(const struct pipeline *p, struct err *err)
{
	const struct pipeline_counts *c = pipeline_counts(p);
	const struct assemble_counts *a = pipeline_assembly(p);
	const struct {
		uint64_t in, out;
		const char *what;
	} sums[] = {
		{ c->records, a->records + c->malformed, "records read, and assembled or kept raw" },
		{ a->events + c->malformed, c->received, "events assembled or kept raw, and received" },
		{ c->received, c->emitted + c->filtered + dropped(c), "events in and events out" }
	};

	for (size_t i = 0; i < sizeof(sums) / sizeof(sums[0]); i++)
		if (sums[i].in != sums[i].out)
			return err_set(err, -EPROTO, NULL, "a bug, the counts do not add up: %s: %llu is not %llu",
				sums[i].what, (unsigned long long)sums[i].in, (unsigned long long)sums[i].out);
	return 0;
}
