#include "event/serials.h"

/* Numbers are compared by their distance, which wraps as they do. */

static inline uint64_t *word_of(struct serials *s, uint32_t n)
{
	return &s->seen[n % SERIALS_WINDOW / 64];
}

/* `n` numbers from `first` on never came. 0 may be among them: older kernels leave it out when they wrap. */
static void miss(struct serials *s, uint32_t first, uint32_t n)
{
	uint32_t last = first + n - 1, lost = n - (0u - first < n);

	if (!lost)
		return;
	if (!s->untold)
		s->first = first ? first : 1;
	s->last = last ? last : UINT32_MAX;
	s->untold += lost;
	s->missing += lost;
}

/* All below `to` is counted from now on. */
static void settle(struct serials *s, uint32_t to)
{
	for (; s->settled != to && s->settled != s->next; s->settled++) {
		uint64_t *word = word_of(s, s->settled), bit = UINT64_C(1) << s->settled % 64;

		if (!(*word & bit))
			miss(s, s->settled, 1);
		*word &= ~bit;
	}
	if (s->settled != to)
		miss(s, s->settled, to - s->settled);
	s->settled = to;
}

/* What is there without a gap need not be remembered. */
static void settle_seen(struct serials *s)
{
	while (s->settled != s->next && *word_of(s, s->settled) >> s->settled % 64 & 1) {
		*word_of(s, s->settled) &= ~(UINT64_C(1) << s->settled % 64);
		s->settled++;
	}
}

static void start(struct serials *s, uint32_t serial)
{
	s->started = true;
	s->next = s->settled = serial + 1;
	s->strays = 0;
	s->marked = false;
}

static void push_stray(struct serials *s, uint32_t serial)
{
	if (s->strays && serial == s->stray)
		return; /* another record of the same event */
	if (s->strays && serial - s->stray + SERIALS_WINDOW > 2 * SERIALS_WINDOW)
		s->strays = 0;
	s->stray = serial;
	if (++s->strays < SERIALS_ASTRAY)
		return;
	serials_end(s);
	s->resets++;
	start(s, serial);
}

/* Any but the next one in an unbroken row. */
static void push_odd(struct serials *s, uint32_t serial)
{
	uint32_t behind = s->next - serial, next = serial + 1;

	if (!s->started) {
		start(s, serial);
		return;
	}
	if (behind - 1 >= SERIALS_WINDOW && serial - s->next >= SERIALS_FAR) {
		push_stray(s, serial);
		return;
	}
	s->strays = 0;
	if (behind - 1 >= SERIALS_WINDOW) {
		if (next - s->settled > SERIALS_WINDOW)
			settle(s, next - SERIALS_WINDOW);
		s->next = next;
	} else if (behind > s->next - s->settled) {
		return; /* another record of an event that is counted */
	}
	*word_of(s, serial) |= UINT64_C(1) << serial % 64;
	settle_seen(s);
}

void serials_push(struct serials *s, uint32_t serial)
{
	if (serial == s->next && s->settled == s->next && s->started) {
		s->next++;
		s->settled++;
		s->strays = 0;
	} else {
		push_odd(s, serial);
	}
}

void serials_tick(struct serials *s, int64_t now_ms)
{
	if (s->marked && now_ms - s->mark_ms < SERIALS_QUIET_MS)
		return;
	if (s->marked && s->mark - s->settled <= s->next - s->settled) {
		settle(s, s->mark);
		settle_seen(s);
	}
	s->marked = s->started;
	s->mark = s->next;
	s->mark_ms = now_ms;
}

void serials_end(struct serials *s)
{
	settle(s, s->next);
}

uint64_t serials_told(struct serials *s, uint32_t *first, uint32_t *last)
{
	uint64_t n = s->untold;

	*first = s->first;
	*last = s->last;
	s->untold = 0;
	return n;
}
