/*
 * Lines "list NAME ITEMS" and "macro NAME CONDITION", in any order, then what is left is a rule. Whatever it is, faults
 * lie within their texts and are counted; what parses is printed, parsed again, and the same.
 */
#include "../unit/cond_same.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NAMES_MAX 16
#define PRINT_MAX (4 << 20)

struct input {
	struct cond_list_spec list[NAMES_MAX];
	struct cond_macro_spec macro[NAMES_MAX];
	size_t list_count, macro_count;
	const char *rule;
	size_t faults;
};

static void on_fault(void *ctx, const struct cond_fault *f)
{
	struct input *in = ctx;
	const char *text = in->rule;

	if (f->place == COND_IN_LIST)
		text = in->list[f->index].items;
	else if (f->place == COND_IN_MACRO)
		text = in->macro[f->index].condition;
	if (f->at > strlen(text) || !f->what[0] || !memchr(f->what, '\0', sizeof(f->what)))
		abort();
	in->faults += !f->warning;
}

/* Cut the text up in place: words and lines end with NUL. */
static void cut(struct input *in, char *p)
{
	while (*p) {
		char *end = strchr(p, '\n');
		bool list = strncmp(p, "list ", 5) == 0;
		char *name = p + (list ? 5 : 6), *text;

		if (!end || (!list && strncmp(p, "macro ", 6) != 0))
			break;
		*end = '\0';
		text = strchr(name, ' ');
		if (text)
			*text++ = '\0';
		if (list && in->list_count < NAMES_MAX)
			in->list[in->list_count++] = (struct cond_list_spec){ name, text ? text : "" };
		else if (!list && in->macro_count < NAMES_MAX)
			in->macro[in->macro_count++] = (struct cond_macro_spec){ name, text ? text : "" };
		p = end + 1;
	}
	in->rule = p;
}

static void print_and_parse(const struct cond *c)
{
	struct buf b = { .p = malloc(PRINT_MAX), .cap = PRINT_MAX - 1 };
	struct cond again;

	if (!b.p)
		abort();
	cond_print(c->root, &b);
	b.p[b.n] = '\0';
	if (!b.full) {
		if (cond_parse(&again, NULL, b.p, 0, NULL, NULL) || !same_cond(c->root, again.root))
			abort();
		cond_release(&again);
	}
	free(b.p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { .faults = 0 };
	struct cond_scope *s;
	struct cond c;
	char *text = malloc(size + 1);
	int rc;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	cut(&in, text);
	rc = cond_scope_new(&s, in.list, in.list_count, in.macro, in.macro_count, on_fault, &in);
	if (rc == -ENOMEM || (rc != 0) != (in.faults != 0))
		abort();
	in.faults = 0;
	rc = cond_parse(&c, s, in.rule, 0, on_fault, &in);
	if (in.faults && !rc)
		abort();
	cond_scope_unused(s, on_fault, &in);
	cond_scope_free(s);
	if (!rc) {
		print_and_parse(&c);
		cond_release(&c);
	}
	free(text);
	return 0;
}
