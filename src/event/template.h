/*
 * Output templates: text with %FIELD and %FAMILY members in it (%evt.arg.flags, %proc.aname[2]), expanded with an
 * event's values. Falco's %evt.arg[flags] is %evt.arg.flags. Numbers come in decimal, but %evt.time as the time of the
 * day (%evt.rawtime is the number); lists with a comma between; a value that the event does not have is <NA>. %% is a
 * percent sign, one alone a fault. Falco's leading * (print all the same) is taken, and means nothing here, as every
 * line is printed.
 */
#ifndef TIERCEL_EVENT_TEMPLATE_H
#define TIERCEL_EVENT_TEMPLATE_H

#include "event/event.h"

struct template;
struct template_fault {
	size_t at;      /* byte of the text, from 0 */
	char what[320]; /* cause, and a hint where there is one */
};
/* 0, the template is the caller's to free; -EINVAL, *fault filled; -ENOMEM. The text need not outlive the call. */
int template_new(struct template **out, const char *text, struct template_fault *fault);
void template_free(struct template *t);
/* Add every field that it names, families by their own bit. */
void template_needs(const struct template *t, struct field_set *set);
/* The whole name of the ith member of a family that it names, each once; n 0: no further. Lives with the template. */
struct span template_member(const struct template *t, size_t i);
/*
 * The text in the event's arena, any bytes, EVENT_PAD behind. Of one over 60,000 bytes long values are cut, each to its
 * share, and evt.truncated tells it. p NULL: no memory.
 */
struct span template_expand(const struct template *t, struct event *ev);

#endif
