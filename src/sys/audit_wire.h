/*
 * What goes over an audit netlink socket, as include/uapi/linux/audit.h and kernel/audit.c have it. Our own copy: the
 * headers of old distributions lack the later names, and every build is to know every kernel.
 */
#ifndef TIERCEL_SYS_AUDIT_WIRE_H
#define TIERCEL_SYS_AUDIT_WIRE_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WIRE_PROTOCOL = 9 /* NETLINK_AUDIT */, WIRE_GROUP_READLOG = 1, WIRE_HEADER = 16, WIRE_MESSAGE_MAX = 8970 };
enum { WIRE_BUFFER = 9216 /* room for any message with its header, and more, to see that one is too long */ };

/* Types of messages. From WIRE_FIRST_RECORD on they are records, but for WIRE_REPLACE, which is binary. */
enum {
	WIRE_GET = 1000, WIRE_SET = 1001, WIRE_ADD_RULE = 1011, WIRE_DEL_RULE = 1012, WIRE_LIST_RULES = 1013,
	WIRE_SET_FEATURE = 1018, WIRE_GET_FEATURE = 1019,
	WIRE_FIRST_RECORD = 1100, WIRE_TRUSTED_APP = 1121, WIRE_REPLACE = 1329, WIRE_LAST_RECORD = 2999
};

/* struct audit_status. Kernels send 32 bytes (2.6.32), 36 (3.10), 40 or 44: what did not come is 0. */
struct wire_status {
	uint32_t mask; /* in a reply of 2.6.32: never written, any bytes */
	uint32_t enabled, failure, pid, rate_limit, backlog_limit, lost, backlog;
	uint32_t features; /* version before 3.14 */
	uint32_t backlog_wait_time, backlog_wait_time_actual;
};
enum { WIRE_STATUS_MIN = 32 };

/* Bits of wire_status.mask: which member a SET is about. One at a time. */
enum {
	WIRE_SET_ENABLED = 0x01, WIRE_SET_FAILURE = 0x02, WIRE_SET_PID = 0x04, WIRE_SET_RATE_LIMIT = 0x08,
	WIRE_SET_BACKLOG_LIMIT = 0x10, WIRE_SET_BACKLOG_WAIT_TIME = 0x20, WIRE_SET_LOST = 0x40
};

/* Bits of wire_status.features, from 3.14 on (RHEL 7 has some, too). */
enum {
	WIRE_FEATURE_BACKLOG_LIMIT = 0x01, WIRE_FEATURE_BACKLOG_WAIT_TIME = 0x02, WIRE_FEATURE_EXECUTABLE_PATH = 0x04,
	WIRE_FEATURE_EXCLUDE_EXTEND = 0x08, WIRE_FEATURE_SESSIONID_FILTER = 0x10, WIRE_FEATURE_LOST_RESET = 0x20,
	WIRE_FEATURE_FILTER_FS = 0x40
};

/* struct audit_features: GET_FEATURE's reply, whose message type is WIRE_GET. */
struct wire_features {
	uint32_t version, mask, features, lock;
};

/* struct audit_rule_data. buf holds the strings of the fields, without NUL, in their order. */
enum { WIRE_MASK_WORDS = 64, WIRE_FIELDS_MAX = 64, WIRE_KEY_MAX = 256 };
struct wire_rule {
	uint32_t flags, action, field_count;
	uint32_t mask[WIRE_MASK_WORDS];
	uint32_t fields[WIRE_FIELDS_MAX], values[WIRE_FIELDS_MAX], ops[WIRE_FIELDS_MAX];
	uint32_t buf_size;
	char buf[];
};
#define WIRE_RULE_MIN offsetof(struct wire_rule, buf)

/* wire_rule.flags: the list; PREPEND puts the rule first. wire_rule.action. */
enum {
	WIRE_LIST_USER = 0, WIRE_LIST_TASK = 1, WIRE_LIST_EXIT = 4, WIRE_LIST_EXCLUDE = 5, WIRE_LIST_FILESYSTEM = 6,
	WIRE_PREPEND = 0x10
};
enum { WIRE_NEVER = 0, WIRE_ALWAYS = 2 };

/* wire_rule.fields. */
enum {
	WIRE_PID = 0, WIRE_UID = 1, WIRE_EUID = 2, WIRE_SUID = 3, WIRE_FSUID = 4, WIRE_GID = 5, WIRE_EGID = 6,
	WIRE_SGID = 7, WIRE_FSGID = 8, WIRE_LOGINUID = 9, WIRE_PERS = 10, WIRE_ARCH = 11, WIRE_MSGTYPE = 12,
	WIRE_SUBJ_USER = 13, WIRE_SUBJ_ROLE = 14, WIRE_SUBJ_TYPE = 15, WIRE_SUBJ_SEN = 16, WIRE_SUBJ_CLR = 17,
	WIRE_PPID = 18, WIRE_OBJ_USER = 19, WIRE_OBJ_ROLE = 20, WIRE_OBJ_TYPE = 21, WIRE_OBJ_LEV_LOW = 22,
	WIRE_OBJ_LEV_HIGH = 23, WIRE_LOGINUID_SET = 24, WIRE_SESSIONID = 25, WIRE_FSTYPE = 26, WIRE_DEVMAJOR = 100,
	WIRE_DEVMINOR = 101, WIRE_INODE = 102, WIRE_EXIT = 103, WIRE_SUCCESS = 104, WIRE_WATCH = 105, WIRE_PERM = 106,
	WIRE_DIR = 107, WIRE_FILETYPE = 108, WIRE_OBJ_UID = 109, WIRE_OBJ_GID = 110, WIRE_FIELD_COMPARE = 111,
	WIRE_EXE = 112, WIRE_SADDR_FAM = 113, WIRE_ARG0 = 200, WIRE_ARG1 = 201, WIRE_ARG2 = 202, WIRE_ARG3 = 203,
	WIRE_FILTERKEY = 210
};

/* wire_rule.ops. Compares are unsigned, 32 bits wide, of values cut to that. */
enum {
	WIRE_BIT_MASK = 0x08000000, WIRE_LESS = 0x10000000, WIRE_GREATER = 0x20000000, WIRE_NOT_EQUAL = 0x30000000,
	WIRE_EQUAL = 0x40000000, WIRE_BIT_TEST = WIRE_BIT_MASK | WIRE_EQUAL, WIRE_LESS_EQUAL = WIRE_LESS | WIRE_EQUAL,
	WIRE_GREATER_EQUAL = WIRE_GREATER | WIRE_EQUAL
};

/* What an answer (struct nlmsgerr) says: 0, or -errno as the kernel knows it; what is beyond its numbers is EPROTO. */
static inline int wire_error(int32_t error)
{
	return error >= 0 ? 0 : error < -4095 /* MAX_ERRNO */ ? -EPROTO : error;
}

/* audit_comparator() of kernel/auditfilter.c. */
static inline bool wire_compare(uint32_t left, uint32_t op, uint32_t right)
{
	switch (op) {
	case WIRE_EQUAL:
		return left == right;
	case WIRE_NOT_EQUAL:
		return left != right;
	case WIRE_LESS:
		return left < right;
	case WIRE_LESS_EQUAL:
		return left <= right;
	case WIRE_GREATER:
		return left > right;
	case WIRE_GREATER_EQUAL:
		return left >= right;
	case WIRE_BIT_MASK:
		return (left & right) != 0;
	case WIRE_BIT_TEST:
		return (left & right) == right;
	default:
		return false;
	}
}

/* Values of WIRE_PERM. */
enum { WIRE_PERM_EXEC = 1, WIRE_PERM_WRITE = 2, WIRE_PERM_READ = 4, WIRE_PERM_ATTR = 8 };

#define WIRE_UNSET UINT32_MAX /* a login user id, a session */

#endif
