/* An error for start-up, config and rule code, on the stack: says where and why. Hot paths use status enums. */
#ifndef TIERCEL_BASE_ERR_H
#define TIERCEL_BASE_ERR_H

struct err {
	int code;          /* -errno */
	char where[192];   /* "file:line", or empty */
	char what[320];    /* cause, and a hint where there is one */
};

/* Fill and return -code's sign: err_set(e, -EINVAL, "conf:3", "unknown key 'x'") returns -EINVAL. `where` may be NULL. */
int err_set(struct err *e, int code, const char *where, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
