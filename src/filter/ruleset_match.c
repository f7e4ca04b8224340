/* The rules that an event matches. */
#include "filter/ruleset_part.h"

/* How far events may be out of order; a time further back is a clock that was set. */
#define DISORDER_MS 60000

/* The stamps of 2^32 events ago must not count. */
static void forget(struct ruleset *s)
{
	for (size_t i = 0; i < s->operands; i++)
		s->operand[i].fetched = 0;
	for (size_t i = 0; i < s->indexes; i++)
		s->index[i].ran = 0;
	for (size_t i = 0; i < s->checks; i++) {
		struct rule_check *c = &s->check[i];
		c->asked = c->hit = c->assumed[0] = c->assumed[1] = 0;
	}
	s->generation = 1;
}

static uint32_t class_of(struct ruleset *s)
{
	const struct rule_index *x = &s->index[0];

	ruleset_search(s, 0);
	if (s->operand[0].count == 0)
		return x->set.count + 1;
	return x->found != COND_SET_NONE ? x->found : x->set.count;
}

static void assume(struct ruleset *s, const struct step *step)
{
	struct rule_check *c = &s->check[step->check];

	if (c->assumed[step->negated] == s->generation)
		return;
	c->assumed[step->negated] = s->generation;
	s->assumed_what[s->assumed_count] = step->check * 2 + step->negated;
	s->assumed[s->assumed_count++] = c->text[step->negated];
}

/* What a rule that does not match has assumed is of no interest. */
static void forget_assumed(struct ruleset *s, uint32_t count)
{
	while (s->assumed_count > count) {
		uint32_t what = s->assumed_what[--s->assumed_count];
		s->check[what / 2].assumed[what % 2] = 0;
	}
}

static bool holds(struct ruleset *s, uint32_t rule)
{
	uint32_t at = s->start[rule];

	while (at < STEP_FALSE) {
		const struct step *step = &s->step[at];
		enum cond_answer answer = ruleset_answer(s, step->check);

		if (answer == COND_UNKNOWN)
			assume(s, step);
		at = answer == COND_UNKNOWN || (answer == COND_TRUE) != step->negated ? step->yes : step->no;
	}
	return at == STEP_TRUE;
}

/* Is there a token left? */
static bool bucket_take(struct bucket *b, int64_t now_ms)
{
	uint64_t passed;

	if (!b->rate)
		return true;
	passed = now_ms > b->at_ms ? (uint64_t)now_ms - (uint64_t)b->at_ms : 0;
	if (passed > (b->full - b->credit) / b->rate)
		b->credit = b->full;
	else
		b->credit += passed * b->rate;
	if (passed || (uint64_t)b->at_ms - (uint64_t)now_ms > DISORDER_MS)
		b->at_ms = now_ms;
	if (b->credit < b->price)
		return false;
	b->credit -= b->price;
	return true;
}

static void take(struct ruleset *s, uint32_t i, struct ruleset_match *m, uint32_t assumed)
{
	struct rule *rule = &s->rule[i];

	rule->matched++;
	if (!bucket_take(&s->bucket[i], s->event->group ? s->event->group->time_ms : 0)) {
		rule->suppressed++;
		m->suppressed = true;
		forget_assumed(s, assumed);
		return;
	}
	s->names[m->count++] = rule->name;
	if (!m->rule || rule->priority < m->rule->priority) {
		m->rule = rule;
		m->index = i;
	}
}

static void start(struct ruleset *s, struct event *ev, struct ruleset_match *m)
{
	s->event = ev;
	s->assumed_count = 0;
	if (++s->generation == 0)
		forget(s);
	memset(s->fired, 0, s->words * sizeof(*s->fired));
	memset(m, 0, sizeof(*m));
	m->names = s->names;
	m->assumed = s->assumed;
}

void ruleset_match(struct ruleset *s, struct event *ev, struct ruleset_match *m)
{
	uint32_t cls;
	bool done = false;

	start(s, ev, m);
	cls = class_of(s);
	for (uint32_t i = s->lookups.first[cls]; i < s->lookups.first[cls + 1]; i++)
		ruleset_search(s, s->lookups.item[i]);
	for (uint32_t w = 0; w < s->words && !done; w++) {
		uint64_t may = s->may[(size_t)cls * s->words + w], always = s->always[(size_t)cls * s->words + w];

		for (uint64_t left = always | (may & s->fired[w]); left && !done; left &= left - 1) {
			uint32_t rule = w * 64 + (uint32_t)__builtin_ctzll(left), assumed = s->assumed_count;

			if (holds(s, rule)) {
				take(s, rule, m, assumed);
				done = s->first;
			} else {
				forget_assumed(s, assumed);
			}
		}
	}
	m->assumed_count = s->assumed_count;
	m->suppressed = m->suppressed && !m->rule;
}
