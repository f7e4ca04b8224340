#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "table/key.h"
#include "table/syscall.h"
#include "table/table.h"

#include <ctype.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void expect_span(struct span got, const char *want)
{
	if (!span_eq(got, span_of(want, strlen(want))))
		fail_msg("got '%.*s', want '%s'", (int)got.n, got.p ? got.p : "", want);
}

/* --- keys */

static void keys_are_sorted_and_found(void **state)
{
	(void)state;
	assert_true(KEY_COUNT <= 511);
	for (unsigned i = 1; i < KEY_COUNT; i++) {
		const struct key_entry *e = &key_entries[i];

		assert_int_equal(e->len, strlen(e->name));
		assert_true(i == 1 || strcmp(key_entries[i - 1].name, e->name) < 0);
		for (size_t k = e->len; k < sizeof(e->name); k++)
			assert_int_equal(e->name[k], 0);
		assert_int_equal(key_find(e->name, e->len), i);
	}
}

static void keys_are_exact(void **state)
{
	char longest[64];

	(void)state;
	assert_int_equal(key_find("auid", 4), KEY_auid);
	assert_int_equal(key_find("AUID", 4), KEY_AUID);
	assert_int_equal(key_find("auid", 3), KEY_NONE);
	assert_int_equal(key_find("auids", 5), KEY_NONE);
	assert_int_equal(key_find("", 0), KEY_NONE);
	assert_int_equal(key_find("old-auid", 8), KEY_old_auid);
	assert_int_equal(key_find("old-enabled", 11), KEY_old_dash_enabled);
	assert_int_equal(key_find("old_enabled", 11), KEY_old_enabled);
	memset(longest, 'a', sizeof(longest));
	assert_int_equal(key_find(longest, sizeof(longest)), KEY_NONE);
	assert_int_equal(key_find("\xff\xfe\x00z", 4), KEY_NONE);
	assert_int_equal(key_entries[KEY_NONE].len, 0);
}

/* --- errors, values, record types */

static void errnos_have_names(void **state)
{
	(void)state;
	expect_span(errno_name(1), "EPERM");
	expect_span(errno_name(2), "ENOENT");
	expect_span(errno_name(11), "EAGAIN");
	expect_span(errno_name(111), "ECONNREFUSED");
	expect_span(errno_name(115), "EINPROGRESS");
	expect_span(errno_name(133), "EHWPOISON");
	expect_span(errno_name(516), "ERESTART_RESTARTBLOCK");
	expect_span(errno_name(0), "");
	expect_span(errno_name(41), "");
	expect_span(errno_name(100000), "");
	expect_span(errno_name(UINT_MAX), "");
}

static void values_have_names(void **state)
{
	static const struct {
		enum enum_table table;
		int64_t number;
		const char *name;
	} cases[] = {
		{ ENUM_SIGNAL, 9, "SIGKILL" }, { ENUM_SIGNAL, 0, "" }, { ENUM_SIGNAL, 34, "" }, { ENUM_SIGNAL, -1, "" },
		{ ENUM_PTRACE, 16, "PTRACE_ATTACH" }, { ENUM_PTRACE, 0x4206, "PTRACE_SEIZE" },
		{ ENUM_PRCTL, 15, "PR_SET_NAME" }, { ENUM_PRCTL, 0x59616d61, "PR_SET_PTRACER" },
		{ ENUM_CAP, 21, "CAP_SYS_ADMIN" }, { ENUM_CAP, 40, "CAP_CHECKPOINT_RESTORE" }, { ENUM_CAP, 41, "" },
		{ ENUM_FAMILY, 1, "AF_UNIX" }, { ENUM_FAMILY, 10, "AF_INET6" }, { ENUM_FAMILY, 46, "" },
		{ ENUM_SOCKTYPE, 2, "SOCK_DGRAM" }, { ENUM_PROTO, 17, "IPPROTO_UDP" },
		{ ENUM_RLIMIT, 7, "RLIMIT_NOFILE" }, { ENUM_WHENCE, 2, "SEEK_END" },
		{ ENUM_FCNTL, 1030, "F_DUPFD_CLOEXEC" },
		{ ENUM_BPF, 5, "BPF_PROG_LOAD" }, { ENUM_BPF, 36, "BPF_TOKEN_CREATE" },
		{ ENUM_SECCOMP, 1, "SECCOMP_SET_MODE_FILTER" }, { ENUM_CLOCK, 11, "CLOCK_TAI" },
		{ ENUM_SOCKETCALL, 3, "SYS_CONNECT" }, { ENUM_IPC, 24, "SHMCTL" }, { ENUM_SHMCTL, 0x101, "IPC_64|IPC_SET" },
		{ ENUM_MSGCTL, 11, "MSG_STAT" }, { ENUM_SEMCTL, 16, "SETVAL" },
		{ ENUM_SECCOMPRET, 0x80000000, "SECCOMP_RET_KILL_PROCESS" },
		{ ENUM_FUTEX, 0x81, "FUTEX_WAKE|FUTEX_PRIVATE_FLAG" }, { ENUM_EPOLL, 3, "EPOLL_CTL_MOD" },
		{ ENUM_KEYCTL, 30, "KEYCTL_MOVE" }, { ENUM_URINGOP, 18, "IORING_OP_OPENAT" },
		{ ENUM_SCHED, 6, "SCHED_DEADLINE" },
		{ ENUM_QUOTA, 0x80000200, "Q_QUOTAON|USRQUOTA" },
		{ ENUM_QUOTA, (int32_t)0x80000201, "Q_QUOTAON|GRPQUOTA" },
		{ ENUM_MADVISE, 4, "MADV_DONTNEED" },
		{ ENUM_SIGNAL, INT64_C(0x100000009), "" }, { ENUM_SIGNAL, INT64_MIN, "" },
		{ ENUM_SIGNAL, INT64_MAX, "" },
		{ ENUM_COUNT, 1, "" },
	};
	bool seen[ENUM_COUNT + 1] = { false };

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		expect_span(enum_name(cases[i].table, cases[i].number), cases[i].name);
		seen[cases[i].table] = true;
	}
	for (int t = 0; t < ENUM_COUNT; t++)
		assert_true(seen[t]);
}

static void record_types_go_both_ways(void **state)
{
	unsigned known = 0;

	(void)state;
	for (unsigned type = 0; type < 70000; type++) {
		struct span name = record_type_name(type), lower = record_type_lower(type);

		assert_int_equal(name.n, lower.n);
		if (name.n == 0)
			continue;
		known++;
		assert_int_equal(record_type_find(name.p, name.n), type);
		for (size_t i = 0; i < name.n; i++)
			assert_int_equal(tolower((unsigned char)name.p[i]), lower.p[i]);
	}
	assert_true(known > 200);
	expect_span(record_type_name(1300), "SYSCALL");
	expect_span(record_type_lower(1112), "user_login");
	expect_span(record_type_name(1337), "OPENAT2");
	expect_span(record_type_name(1424), "LANDLOCK_DOMAIN");
	expect_span(record_type_name(1308), "");
	expect_span(record_type_name(UINT_MAX), "");
	assert_int_equal(record_type_find("SYSCAL", 6), -1);
	assert_int_equal(record_type_find("syscall", 7), -1);
	assert_int_equal(record_type_find("", 0), -1);
	assert_int_equal(record_type_find("\xff", 1), -1);
}

static void records_know_whether_they_are_alone(void **state)
{
	static const unsigned alone[] = {
		1005, 1100, 1107, 1112, 1130, 1150, 1200, 1299, 1324, 2000, 2100, 2404, 2500, 2600, 2999
	};
	static const unsigned joined[] = {
		0, 1006, 1300, 1302, 1305, 1309, 1319, 1320, 1325, 1326, 1327, 1328, 1331, 1334, 1336, 1400,
		1500, 1503, 1700, 1701, 1805, 1340, 1990, 3000, UINT_MAX
	};

	(void)state;
	for (size_t i = 0; i < sizeof(alone) / sizeof(alone[0]); i++)
		assert_true(record_type_alone(alone[i]));
	for (size_t i = 0; i < sizeof(joined) / sizeof(joined[0]); i++)
		assert_false(record_type_alone(joined[i]));
}

/* --- flags */

static void flags_print_as_people_write_them(void **state)
{
	static const struct {
		enum flags_table table;
		int arch;
		uint64_t bits;
		const char *text;
	} cases[] = {
		{ FLAGS_OPEN, ARCH_X86_64, 0, "O_RDONLY" },
		{ FLAGS_OPEN, ARCH_X86_64, 0x42, "O_RDWR|O_CREAT" },
		{ FLAGS_OPEN, ARCH_X86_64, 0x90800, "O_RDONLY|O_NONBLOCK|O_DIRECTORY|O_CLOEXEC" },
		{ FLAGS_OPEN, ARCH_AARCH64, 0x84800, "O_RDONLY|O_NONBLOCK|O_DIRECTORY|O_CLOEXEC" },
		{ FLAGS_OPEN, ARCH_PPC64LE, 0x84800, "O_RDONLY|O_NONBLOCK|O_DIRECTORY|O_CLOEXEC" },
		{ FLAGS_OPEN, ARCH_X86_64, 040000, "O_RDONLY|O_DIRECT" },
		{ FLAGS_OPEN, ARCH_ARM, 0200000, "O_RDONLY|O_DIRECT" },
		{ FLAGS_OPEN, ARCH_PPC64, 0400000, "O_RDONLY|O_DIRECT" },
		{ FLAGS_OPEN, ARCH_S390X, 0400000, "O_RDONLY|O_NOFOLLOW" },
		{ FLAGS_OPEN, ARCH_I386, 0100000, "O_RDONLY|O_LARGEFILE" },
		{ FLAGS_OPEN, ARCH_AARCH64, 0400000, "O_RDONLY|O_LARGEFILE" },
		{ FLAGS_OPEN, ARCH_PPC64LE, 0200000, "O_RDONLY|O_LARGEFILE" },
		{ FLAGS_OPEN, -1, 0200000, "O_RDONLY|O_DIRECTORY" },
		{ FLAGS_OPEN, 99, 0200000, "O_RDONLY|O_DIRECTORY" },
		{ FLAGS_OPEN, ARCH_X86_64, 04010001, "O_WRONLY|O_SYNC" },
		{ FLAGS_OPEN, ARCH_X86_64, 010001, "O_WRONLY|O_DSYNC" },
		{ FLAGS_OPEN, ARCH_X86_64, 020200002, "O_RDWR|O_TMPFILE" },
		{ FLAGS_OPEN, ARCH_AARCH64, 020040002, "O_RDWR|O_TMPFILE" },
		{ FLAGS_OPEN, ARCH_X86_64, 0x40000003, "O_ACCMODE|0x40000000" },
		{ FLAGS_OPEN, ARCH_X86_64, UINT64_C(0x8000000000000000), "O_RDONLY|0x8000000000000000" },
		{ FLAGS_CLONE, ARCH_X86_64, 0x1200011, "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD" },
		{ FLAGS_CLONE, ARCH_X86_64, UINT64_C(0x200000000), "CLONE_INTO_CGROUP" },
		{ FLAGS_CLONE, ARCH_X86_64, 0, "0" },
		{ FLAGS_PROT, ARCH_X86_64, 0, "PROT_NONE" },
		{ FLAGS_PROT, ARCH_X86_64, 7, "PROT_READ|PROT_WRITE|PROT_EXEC" },
		{ FLAGS_PROT, ARCH_X86_64, 0x10, "0x10" },
		{ FLAGS_PROT, ARCH_AARCH64, 0x15, "PROT_READ|PROT_EXEC|PROT_BTI" },
		{ FLAGS_MMAP, ARCH_X86_64, 0x22, "MAP_PRIVATE|MAP_ANONYMOUS" },
		{ FLAGS_MMAP, ARCH_X86_64, 0x4003, "MAP_SHARED_VALIDATE|MAP_NORESERVE" },
		{ FLAGS_MMAP, ARCH_PPC64, 0x62, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_NORESERVE" },
		{ FLAGS_MMAP, ARCH_X86_64, 0x62, "MAP_PRIVATE|MAP_ANONYMOUS|MAP_32BIT" },
		{ FLAGS_MMAP, ARCH_S390X, 0x62, "MAP_PRIVATE|MAP_ANONYMOUS|0x40" },
		{ FLAGS_MOUNT, ARCH_X86_64, 0xc0ed0001, "MS_MGC_VAL|MS_RDONLY" },
		{ FLAGS_MOUNT, ARCH_X86_64, 0x44000, "MS_REC|MS_PRIVATE" },
		{ FLAGS_UMOUNT, ARCH_X86_64, 2, "MNT_DETACH" },
		{ FLAGS_AT, ARCH_X86_64, 0x1100, "AT_SYMLINK_NOFOLLOW|AT_EMPTY_PATH" },
		{ FLAGS_ACCESS, ARCH_X86_64, 0, "F_OK" },
		{ FLAGS_ACCESS, ARCH_X86_64, 6, "R_OK|W_OK" },
		{ FLAGS_MSG, ARCH_X86_64, 0x4040, "MSG_DONTWAIT|MSG_NOSIGNAL" },
		{ FLAGS_SOCK, ARCH_X86_64, 0x80801, "SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC" },
		{ FLAGS_SOCK, ARCH_X86_64, 0x80000, "SOCK_CLOEXEC" },
		{ FLAGS_UNSHARE, ARCH_X86_64, 0x40000080, "CLONE_NEWTIME|CLONE_NEWNET" },
		{ FLAGS_RENAME, ARCH_X86_64, 2, "RENAME_EXCHANGE" },
		{ FLAGS_MODULE, ARCH_X86_64, 4, "MODULE_INIT_COMPRESSED_FILE" },
		{ FLAGS_PIDFD, ARCH_X86_64, 04000, "PIDFD_NONBLOCK" },
		{ FLAGS_SPLICE, ARCH_X86_64, 5, "SPLICE_F_MOVE|SPLICE_F_MORE" },
		{ FLAGS_MEMFD, ARCH_X86_64, 3, "MFD_CLOEXEC|MFD_ALLOW_SEALING" },
		{ FLAGS_IPC, ARCH_X86_64, 01600, "IPC_CREAT|0600" },
		{ FLAGS_XATTR, ARCH_X86_64, 1, "XATTR_CREATE" },
		{ FLAGS_INOTIFY, ARCH_X86_64, 0x80000002, "IN_MODIFY|IN_ONESHOT" },
		{ FLAGS_EPOLL, ARCH_X86_64, 02000000, "EPOLL_CLOEXEC" },
		{ FLAGS_SECCOMP, ARCH_X86_64, 8, "SECCOMP_FILTER_FLAG_NEW_LISTENER" },
		{ FLAGS_FD, ARCH_X86_64, 02004000, "O_NONBLOCK|O_CLOEXEC" },
		{ FLAGS_SHMGET, ARCH_X86_64, 04000, "SHM_HUGETLB" },
		{ FLAGS_SHMAT, ARCH_X86_64, 010000, "SHM_RDONLY" },
		{ FLAGS_MSGQUEUE, ARCH_X86_64, 04000, "IPC_NOWAIT" },
		{ FLAGS_FLOCK, ARCH_X86_64, 6, "LOCK_EX|LOCK_NB" },
		{ FLAGS_WAIT, ARCH_X86_64, 0x80000001, "WNOHANG|__WCLONE" },
		{ FLAGS_FALLOCATE, ARCH_X86_64, 3, "FALLOC_FL_KEEP_SIZE|FALLOC_FL_PUNCH_HOLE" },
		{ FLAGS_RESOLVE, ARCH_X86_64, 0xc, "RESOLVE_NO_SYMLINKS|RESOLVE_BENEATH" },
	};
	bool seen[FLAGS_COUNT] = { false };
	char out[512];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = flags_print(cases[i].table, cases[i].arch, cases[i].bits, out);

		expect_span(span_of(out, n), cases[i].text);
		seen[cases[i].table] = true;
	}
	for (int t = 0; t < FLAGS_COUNT; t++)
		assert_true(seen[t]);
	assert_int_equal(flags_print(FLAGS_COUNT, 0, 1, out), 0);
}

/* Every bit at once is the longest that there is: it fits, the hex of the rest too. */
static void flags_fit(void **state)
{
	char out[512];

	(void)state;
	for (int t = 0; t < FLAGS_COUNT; t++)
		for (int arch = -1; arch < ARCH_COUNT; arch++) {
			size_t all = flags_print(t, arch, UINT64_MAX, out);

			assert_true(all > 0 && all < 511);
			for (int bit = 0; bit < 64; bit++)
				assert_true(flags_print(t, arch, UINT64_C(1) << bit, out) > 0);
		}
}

/* --- the generators tell file and line of a fault */

static void generator_refuses(const char *part, const char *tab, const char *want)
{
	const char *top = getenv("top_srcdir");
	char name[] = "/tmp/tiercel-tab-XXXXXX", line[512] = "", command[2048], expected[600];
	int fd = mkstemp(name), status;
	FILE *f;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, tab, strlen(tab)), strlen(tab));
	close(fd);
	snprintf(command, sizeof(command),
		 "LC_ALL=C awk -f '%s/src/table/gen.awk' -f '%s/src/table/gen_%s.awk' %s 2>&1 >/dev/null", top, top, part,
		 name);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof(line), f));
	status = pclose(f);
	unlink(name);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	snprintf(expected, sizeof(expected), "%s:%s\n", name, want);
	assert_string_equal(line, expected);
}

static void generators_tell_faults(void **state)
{
	(void)state;
	if (!getenv("top_srcdir"))
		skip();
	generator_refuses("key", "acct\naddr\nabc\n", "3: out of bytewise order: abc");
	generator_refuses("key", "# c\na b\n", "2: a key is one word of letters, digits, '_' and '-': a b");
	generator_refuses("key", "aaaaaaaaaaaaaaaaaaaaaaaa\n", "1: key longer than 23 bytes: aaaaaaaaaaaaaaaaaaaaaaaa");
	generator_refuses("enum", "[signal]\n2 B\n1 A\n", "3: out of order: 1 A");
	generator_refuses("enum", "1 A\n", "1: a value before the first [table]");
	generator_refuses("flags", "[open]\n1 A vax\n", "2: no such family of architectures: vax");
	generator_refuses("flags", "[open]\nx A\n", "2: not a number: x");
	generator_refuses("record_type", "1300 SYSCALL\n1301 SYSCALL\n", "2: name twice: SYSCALL");
	generator_refuses("syscall", "read file fd nowhere\n", "1: not in syscalls.tab: read");
	generator_refuses("syscall", "group a b\nread file what a\n",
			  "2: not NAME CATEGORY KIND GROUPS ARGUMENT...: read file what a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_are_sorted_and_found),
		cmocka_unit_test(keys_are_exact),
		cmocka_unit_test(errnos_have_names),
		cmocka_unit_test(values_have_names),
		cmocka_unit_test(record_types_go_both_ways),
		cmocka_unit_test(records_know_whether_they_are_alone),
		cmocka_unit_test(flags_print_as_people_write_them),
		cmocka_unit_test(flags_fit),
		cmocka_unit_test(generators_tell_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
