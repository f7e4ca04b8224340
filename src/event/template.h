/*
 * Output templates: text with %FIELD, %FIELD[ARG] and %FAMILY.MEMBER in it, expanded with an event's values. A value
 * that the event does not have is <NA>; %% is a percent sign. Falco's leading * (print all the same) is taken, and means
 * nothing here, as every line is printed.
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
/* The text in the event's arena, any bytes, EVENT_PAD behind; cut at 60,000 bytes. n 0: no memory. */
struct span template_expand(const struct template *t, struct event *ev);

#endif
