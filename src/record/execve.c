#include "record/execve.h"

#include "record/value.h"

/* Decimal digits at *p, which is moved behind them; false: none, or over 32 bits. */
static bool take_index(const char **p, const char *end, uint32_t *out)
{
	const char *start = *p;
	uint64_t v = 0;

	while (*p < end && **p >= '0' && **p <= '9' && v <= UINT32_MAX)
		v = v * 10 + (uint64_t)(*(*p)++ - '0');
	*out = (uint32_t)v;
	return *p > start && v <= UINT32_MAX;
}

bool execve_part(const struct kv *kv, struct execve_part *out)
{
	const char *p = kv->key, *end = p + kv->key_len;
	struct span left;

	if (kv->key_len < 2 || *p++ != 'a')
		return false;
	out->val = span_of(kv->val, kv->val_len);
	out->quoted = kv->quote == KV_DOUBLE;
	out->index = out->chunk = 0;
	out->number = 0;
	if (span_eq(span_of(p, (size_t)(end - p)), SPAN("rgc"))) {
		out->kind = EXECVE_ARGC;
		return value_u64(out->val, &out->number);
	}
	if (!take_index(&p, end, &out->index))
		return false;
	left = span_of(p, (size_t)(end - p));
	if (left.n == 0) {
		out->kind = EXECVE_WHOLE;
		return true;
	}
	if (span_eq(left, SPAN("_len"))) {
		out->kind = EXECVE_LENGTH;
		return value_u64(out->val, &out->number);
	}
	out->kind = EXECVE_CHUNK;
	return *p++ == '[' && take_index(&p, end, &out->chunk) && end - p == 1 && *p == ']';
}
