/* A condition that nothing matches: what in it is to blame. */
#include "config/config_check_part.h"

#include <stdlib.h>

#define ALTERNATIVES 4 /* of an OR, told one by one */

struct quoted {
	char text[80];
};

static const char *quote(const struct cond_node *n, struct quoted *room)
{
	struct buf b = { room->text, 0, sizeof(room->text) - 4, false };

	cond_print(n, &b);
	memcpy(room->text + b.n, b.full ? "..." : "", b.full ? 4 : 1);
	return room->text;
}

static bool all_can(struct check *k, check_can *can, const struct cond_node **part, size_t count)
{
	const struct cond_node all = { .kind = COND_AND, .part = part, .count = count };
	const struct cond cond = { .root = &all };

	return can(k, &cond);
}

static size_t at_of(const struct cond_node *n)
{
	while (n->kind != COND_CHECK && n->count)
		n = n->part[0];
	return n->kind == COND_CHECK ? n->check->at : INI_WHOLE;
}

/* Fields that tell of the same thing with other calls. */
static const enum field_id kin[][4] = {
	{ FIELD_FD_NAME, FIELD_FS_PATH_NAME, FIELD_FS_PATH_SOURCE, FIELD_FS_PATH_TARGET },
	{ FIELD_FD_NAMERAW, FIELD_FS_PATH_NAMERAW, FIELD_FS_PATH_SOURCERAW, FIELD_FS_PATH_TARGETRAW },
	{ FIELD_FD_DIRECTORY, FIELD_FS_PATH_NAME, FIELD_FS_PATH_SOURCE, FIELD_FS_PATH_TARGET },
	{ FIELD_FD_FILENAME, FIELD_FS_PATH_NAME, FIELD_FS_PATH_SOURCE, FIELD_FS_PATH_TARGET },
	{ FIELD_FD_SIP, FIELD_FD_CIP, FIELD_FD_LIP, FIELD_FD_RIP },
	{ FIELD_FD_SPORT, FIELD_FD_CPORT, FIELD_FD_LPORT, FIELD_FD_RPORT },
};

/* Can the other part be of an event that has this field at all? */
static bool has(struct check *k, check_can *can, const struct cond_node *other, const struct cond_operand *field)
{
	const struct cond_check exists = { .left = *field, .op = COND_EXISTS };
	const struct cond_node node = { .kind = COND_CHECK, .check = &exists };
	const struct cond_node *both[] = { other, &node };

	return all_can(k, can, both, 2);
}

static const enum field_id *kin_of(int field)
{
	for (size_t row = 0; row < sizeof(kin) / sizeof(kin[0]); row++)
		for (unsigned i = 0; i < 4; i++)
			if ((int)kin[row][i] == field)
				return kin[row];
	return NULL;
}

/* "; fs.path.name has it" */
static void put_kin(struct check *k, check_can *can, const struct cond_node *other, int field, struct buf *b)
{
	const enum field_id *row = kin_of(field);
	unsigned found = 0;

	for (unsigned i = 0; row && i < 4; i++) {
		const struct cond_operand o = { .field = (int)row[i], .type = fields[row[i]].type };

		if (!has(k, can, other, &o))
			continue;
		buf_text(b, found++ ? " and " : "; ");
		buf_put(b, fields[o.field].name.p, fields[o.field].name.n);
	}
	if (found)
		buf_text(b, found > 1 ? " have it" : " has it");
}

/* evt.type = CALL, and nothing else. */
static bool is_one_call(const struct cond_node *n)
{
	const struct cond_check *c = n->check;

	return n->kind == COND_CHECK && !n->negated && c->left.field == FIELD_EVT_TYPE && !c->left.transform_count &&
		!c->right && c->count == 1 && (c->op == COND_EQUAL || c->op == COND_IN || c->op == COND_INTERSECTS);
}

/* Is it that no event of the other part has the field of this one? Then that is told. */
static bool tell_missing(struct check *k, check_can *can, const struct cond_node *n, const struct cond_node *other)
{
	char text[160];
	struct buf kins = { text, 0, sizeof(text) - 1, false };
	struct quoted what;
	struct shown call;
	struct span name;

	if (n->kind != COND_CHECK || n->negated || has(k, can, other, &n->check->left))
		return false;
	name = n->check->left.member.n ? n->check->left.member : fields[n->check->left.field].name;
	put_kin(k, can, other, n->check->left.field, &kins);
	text[kins.n] = '\0';
	if (is_one_call(other))
		config_check_warn(k, at_of(n), "never matches: %s has no %.*s%s", show(other->check->values[0].text, &call),
			(int)(name.n < 64 ? name.n : 64), name.p, text);
	else
		config_check_warn(k, at_of(n), "never matches: no event that is '%s' has %.*s%s", quote(other, &what),
			(int)(name.n < 64 ? name.n : 64), name.p, text);
	return true;
}

/* Parts of which none can be left out. */
static void tell_parts(struct check *k, check_can *can, const struct cond_node **part, size_t count)
{
	struct quoted first, second, third;

	if (count == 1) {
		config_check_warn(k, at_of(part[0]), "never matches: no event is '%s'", quote(part[0], &first));
	} else if (count > 2) {
		config_check_warn(k, at_of(part[0]), "never matches: no event is all of '%s', '%s', '%s'%s",
			quote(part[0], &first), quote(part[1], &second), quote(part[2], &third), count > 3 ? " ..." : "");
	} else if (count == 2 && !tell_missing(k, can, part[1], part[0]) && !tell_missing(k, can, part[0], part[1])) {
		config_check_warn(k, at_of(part[1]), "never matches: no event is both '%s' and '%s'", quote(part[0], &first),
			quote(part[1], &second));
	}
}

/* Of an AND: a part that can't be; else as many as exclude each other, once all that can go are gone. */
static void blame(struct check *k, check_can *can, const struct cond_node *n)
{
	const struct cond_node **left = calloc(n->count + 1, sizeof(*left));
	size_t count = n->count;

	if (!left) {
		k->no_memory = true;
		return;
	}
	for (size_t i = 0; i < n->count; i++) {
		if (!all_can(k, can, &n->part[i], 1)) {
			free(left);
			config_check_never(k, n->part[i], can);
			return;
		}
	}
	memcpy(left, n->part, count * sizeof(*left));
	for (size_t i = 0; i < count;) {
		const struct cond_node *gone = left[i];

		memmove(&left[i], &left[i + 1], (count - i - 1) * sizeof(*left));
		if (!all_can(k, can, left, count - 1)) {
			count--;
			continue;
		}
		memmove(&left[i + 1], &left[i], (count - i - 1) * sizeof(*left));
		left[i++] = gone;
	}
	tell_parts(k, can, left, count);
	free(left);
}

void config_check_never(struct check *k, const struct cond_node *root, check_can *can)
{
	if (root->kind == COND_AND && root->count)
		blame(k, can, root);
	else if (root->kind == COND_OR && root->count)
		for (size_t i = 0; i < root->count && i < ALTERNATIVES; i++)
			config_check_never(k, root->part[i], can);
	else
		tell_parts(k, can, &root, 1);
}
