/* Numbers to names and back. Every table is generated from a *.tab file by gen.awk; all names returned are static. */
#ifndef TIERCEL_TABLE_TABLE_H
#define TIERCEL_TABLE_TABLE_H

#include "base/buf.h"
#include "base/span.h"

#include <stdint.h>

/* ECONNREFUSED of 111; empty span: unknown. */
struct span errno_name(unsigned number);
/* The ith that has a name, by rising number; empty span: there are no more. */
struct span errno_at(unsigned i, uint32_t *number);

/* Types that code names; include/uapi/linux/audit.h of any age may lack the later ones. */
enum {
	RECORD_TYPE_LOGIN = 1006,
	RECORD_TYPE_USER_AVC = 1107,
	RECORD_TYPE_USER_TTY = 1124,
	RECORD_TYPE_FIRST_DAEMON = 1200,
	RECORD_TYPE_LAST_DAEMON = 1299,
	RECORD_TYPE_SYSCALL = 1300,
	RECORD_TYPE_PATH = 1302,
	RECORD_TYPE_SOCKETCALL = 1304,
	RECORD_TYPE_CONFIG_CHANGE = 1305,
	RECORD_TYPE_SOCKADDR = 1306,
	RECORD_TYPE_CWD = 1307,
	RECORD_TYPE_EXECVE = 1309,
	RECORD_TYPE_TTY = 1319,
	RECORD_TYPE_EOE = 1320,
	RECORD_TYPE_MMAP = 1323,
	RECORD_TYPE_SECCOMP = 1326,
	RECORD_TYPE_PROCTITLE = 1327,
	RECORD_TYPE_KERN_MODULE = 1330,
	RECORD_TYPE_URINGOP = 1336,
	RECORD_TYPE_OPENAT2 = 1337,
	RECORD_TYPE_AVC = 1400,
	RECORD_TYPE_SELINUX_ERR = 1401,
	RECORD_TYPE_APPARMOR_DENIED = 1503
};

/* SYSCALL of 1300; empty: unknown. The second in lower case: syscall. */
struct span record_type_name(unsigned type);
struct span record_type_lower(unsigned type);
/* The number of "SYSCALL" (exactly so written), -1: unknown. Hot: an open hash over the length and a few bytes. */
int record_type_find(const char *p, size_t n);
/* Does a record of this type always make an event of its own (kernel-facts.md Records 1 and 2)? */
bool record_type_alone(unsigned type);

/* Tables of values, one name a number. */
enum enum_table {
	ENUM_SIGNAL, ENUM_PTRACE, ENUM_PRCTL, ENUM_CAP, ENUM_FAMILY, ENUM_SOCKTYPE, ENUM_PROTO, ENUM_RLIMIT,
	ENUM_WHENCE, ENUM_FCNTL, ENUM_BPF, ENUM_SECCOMP, ENUM_CLOCK, ENUM_SOCKETCALL, ENUM_IPC, ENUM_FUTEX,
	ENUM_EPOLL, ENUM_KEYCTL, ENUM_URINGOP, ENUM_SCHED, ENUM_QUOTA, ENUM_MADVISE, ENUM_SHMCTL, ENUM_MSGCTL,
	ENUM_SEMCTL, ENUM_SECCOMPRET, ENUM_COUNT
};
struct span enum_name(enum enum_table table, int64_t number);
/* The ith value of the table, by rising number; empty span: there are no more. */
struct span enum_at(enum enum_table table, unsigned i, uint32_t *number);

/* Tables of bits; FLAGS_OPEN knows O_RDONLY and the access mode. FLAGS_FD: of other calls that make descriptors. */
enum flags_table {
	FLAGS_OPEN, FLAGS_CLONE, FLAGS_PROT, FLAGS_MMAP, FLAGS_MOUNT, FLAGS_UMOUNT, FLAGS_AT, FLAGS_ACCESS, FLAGS_MSG,
	FLAGS_SOCK, FLAGS_UNSHARE, FLAGS_RENAME, FLAGS_MODULE, FLAGS_PIDFD, FLAGS_SPLICE, FLAGS_MEMFD, FLAGS_IPC,
	FLAGS_XATTR, FLAGS_INOTIFY, FLAGS_EPOLL, FLAGS_SECCOMP, FLAGS_FD, FLAGS_SHMGET, FLAGS_SHMAT, FLAGS_MSGQUEUE,
	FLAGS_FLOCK, FLAGS_WAIT, FLAGS_FALLOCATE, FLAGS_RESOLVE, FLAGS_COUNT
};
/*
 * "O_RDWR|O_CREAT"; bits without a name follow as one hex number, those of FLAGS_IPC and FLAGS_SHMGET that are a mode in
 * octal; 0 without a name for zero: "0". Returns bytes written (< 512). arch is an enum table_arch, as some bits differ;
 * -1: x86's.
 */
size_t flags_print(enum flags_table table, int arch, uint64_t bits, char out[512]);
/*
 * The ith name of the table that the architecture has, and the bits that are all set wherever it is printed (none:
 * O_RDONLY and its like); empty span: there are no more.
 */
struct span flags_at(enum flags_table table, int arch, unsigned i, uint64_t *bits);

#endif
