#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "table/syscall.h"
#include "table/table.h"

#include <linux/audit.h>

/* Newer than the headers of RHEL 6. */
#ifndef AUDIT_ARCH_AARCH64
#define AUDIT_ARCH_AARCH64 0xc00000b7
#endif
#ifndef AUDIT_ARCH_PPC64LE
#define AUDIT_ARCH_PPC64LE 0xc0000015
#endif

static void expect_span(struct span got, const char *want)
{
	if (!span_eq(got, span_of(want, strlen(want))))
		fail_msg("got '%.*s', want '%s'", (int)got.n, got.p ? got.p : "", want);
}

static const struct syscall_info *by_name(const char *name)
{
	return syscall_by_name(span_of(name, strlen(name)));
}

/* <0, 0, >0 as strcmp. */
static int compare(struct span a, struct span b)
{
	int c = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

static void arches_are_found(void **state)
{
	static const struct {
		uint32_t audit;
		int arch;
		const char *name;
		bool big;
	} cases[] = {
		{ AUDIT_ARCH_X86_64, ARCH_X86_64, "x86_64", false }, { AUDIT_ARCH_I386, ARCH_I386, "i386", false },
		{ AUDIT_ARCH_AARCH64, ARCH_AARCH64, "aarch64", false }, { AUDIT_ARCH_ARM, ARCH_ARM, "arm", false },
		{ AUDIT_ARCH_ARMEB, ARCH_ARM, "arm", true }, { AUDIT_ARCH_PPC64, ARCH_PPC64, "ppc64", true },
		{ AUDIT_ARCH_PPC64LE, ARCH_PPC64LE, "ppc64le", false }, { AUDIT_ARCH_S390X, ARCH_S390X, "s390x", true },
		{ AUDIT_ARCH_S390, ARCH_S390, "s390", true }, { AUDIT_ARCH_PPC, -1, "", true },
		{ AUDIT_ARCH_MIPS, -1, "", true }, { AUDIT_ARCH_MIPSEL64, -1, "", false },
		{ AUDIT_ARCH_SPARC64, -1, "", true },
		{ AUDIT_ARCH_IA64, -1, "", false }, { 0, -1, "", true }, { UINT32_MAX, -1, "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(arch_find(cases[i].audit), cases[i].arch);
		expect_span(arch_name(arch_find(cases[i].audit)), cases[i].name);
		assert_int_equal(arch_is_big_endian(cases[i].audit), cases[i].big);
		if (cases[i].audit != AUDIT_ARCH_ARMEB)
			assert_int_equal(arch_audit(cases[i].arch), cases[i].arch < 0 ? 0 : cases[i].audit);
	}
	expect_span(arch_name(ARCH_COUNT), "");
	assert_int_equal(arch_audit(ARCH_COUNT), 0);
}

static void categories_have_names(void **state)
{
	(void)state;
	for (int c = 0; c < CATEGORY_COUNT; c++)
		assert_true(category_name(c).n > 0);
	expect_span(category_name(CATEGORY_SCHEDULER), "scheduler");
	expect_span(category_name(CATEGORY_OTHER), "other");
	expect_span(category_name(CATEGORY_COUNT), "");
}

static void numbers_are_true(void **state)
{
	static const struct {
		int arch;
		int64_t nr;
		const char *native, *canonical;
	} cases[] = {
		{ ARCH_X86_64, 59, "execve", "execve" }, { ARCH_I386, 11, "execve", "execve" },
		{ ARCH_AARCH64, 221, "execve", "execve" }, { ARCH_ARM, 11, "execve", "execve" },
		{ ARCH_PPC64, 11, "execve", "execve" }, { ARCH_PPC64LE, 11, "execve", "execve" },
		{ ARCH_S390X, 11, "execve", "execve" }, { ARCH_S390, 11, "execve", "execve" },
		{ ARCH_X86_64, 0, "read", "read" }, { ARCH_X86_64, 257, "openat", "openat" },
		{ ARCH_X86_64, 166, "umount2", "umount2" },
		{ ARCH_I386, 22, "umount", "umount" }, { ARCH_I386, 102, "socketcall", "socketcall" },
		{ ARCH_I386, 117, "ipc", "ipc" },
		{ ARCH_I386, 213, "setuid32", "setuid" }, { ARCH_I386, 221, "fcntl64", "fcntl" },
		{ ARCH_I386, 195, "stat64", "stat" },
		{ ARCH_I386, 192, "mmap2", "mmap2" }, { ARCH_I386, 140, "_llseek", "llseek" },
		{ ARCH_I386, 142, "_newselect", "select" },
		{ ARCH_I386, 300, "fstatat64", "newfstatat" }, { ARCH_I386, 422, "futex_time64", "futex" },
		{ ARCH_X86_64, 17, "pread64", "pread" }, { ARCH_X86_64, 302, "prlimit64", "prlimit" },
		{ ARCH_X86_64, 217, "getdents64", "getdents64" }, { ARCH_X86_64, 262, "newfstatat", "newfstatat" },
		{ ARCH_AARCH64, 56, "openat", "openat" }, { ARCH_AARCH64, 80, "fstat", "fstat" },
		{ ARCH_AARCH64, 61, "getdents64", "getdents64" },
		{ ARCH_ARM, 283, "connect", "connect" }, { ARCH_ARM, 983045, "set_tls", "set_tls" },
		{ ARCH_ARM, 270, "arm_fadvise64_64", "fadvise64" },
		{ ARCH_PPC64, 286, "openat", "openat" }, { ARCH_PPC64LE, 328, "connect", "connect" },
		{ ARCH_S390X, 288, "openat", "openat" }, { ARCH_S390X, 362, "connect", "connect" },
		{ ARCH_S390, 213, "setuid32", "setuid" },
		{ ARCH_X86_64, 435, "clone3", "clone3" }, { ARCH_S390X, 437, "openat2", "openat2" },
		{ ARCH_ARM, 462, "mseal", "mseal" },
		{ ARCH_PPC64LE, 463, "setxattrat", "setxattrat" }, { ARCH_I386, 470, "listns", "listns" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct syscall_info *s = syscall_find(cases[i].arch, cases[i].nr);

		expect_span(syscall_native_name(cases[i].arch, cases[i].nr), cases[i].native);
		assert_non_null(s);
		expect_span(syscall_name(s), cases[i].canonical);
		assert_int_equal(by_name(cases[i].native)->id, s->id);
		assert_int_equal(by_name(cases[i].canonical)->id, s->id);
	}
}

static void unknown_numbers_are_unknown(void **state)
{
	static const int64_t none[] = { -1, 10000, 0xffff, 983039, 983100, INT64_MAX, INT64_MIN, 0x7fffffff };

	(void)state;
	for (int arch = -1; arch <= ARCH_COUNT; arch++)
		for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
			assert_null(syscall_find(arch, none[i]));
			assert_int_equal(syscall_native_name(arch, none[i]).n, 0);
		}
	assert_null(syscall_find(-1, 1));
	assert_null(syscall_find(ARCH_COUNT, 1));
	assert_null(syscall_find(ARCH_AARCH64, 244));
	assert_null(syscall_find(ARCH_ARM, 513));
	assert_null(by_name(""));
	assert_null(by_name("execv"));
	assert_null(by_name("execvex"));
	assert_null(by_name("OPEN"));
	assert_null(syscall_by_id(syscall_count()));
}

static void x32_is_x86_64_with_a_bit(void **state)
{
	(void)state;
	expect_span(syscall_native_name(ARCH_X86_64, 0x40000000 + 257), "openat");
	expect_span(syscall_native_name(ARCH_X86_64, 0x40000000 + 520), "execve");
	expect_span(syscall_name(syscall_find(ARCH_X86_64, 0x40000000 + 547)), "pwritev2");
	assert_null(syscall_find(ARCH_X86_64, 0x40000000 + 5000));
	assert_null(syscall_find(ARCH_I386, 0x40000000 + 11));
}

/* Another native call of the same name may have its arguments elsewhere. */
static void variants_share_the_call(void **state)
{
	const struct syscall_info *s390x = syscall_find(ARCH_S390X, 120), *x86 = syscall_find(ARCH_X86_64, 56);
	const struct syscall_info *arm = syscall_find(ARCH_ARM, 193);

	(void)state;
	expect_span(syscall_name(s390x), "clone");
	assert_int_equal(s390x->id, x86->id);
	assert_ptr_equal(x86, syscall_by_id(x86->id));
	expect_span(syscall_arg_name(syscall_arg(x86, 0)), "flags");
	assert_int_equal(syscall_arg(x86, 0)->from, ARG_A0);
	expect_span(syscall_arg_name(syscall_arg(s390x, 1)), "flags");
	assert_int_equal(syscall_arg(s390x, 1)->from, ARG_A1);
	expect_span(syscall_name(arm), "truncate");
	assert_int_equal(syscall_arg(arm, 1)->from, ARG_A2);
	expect_span(syscall_arg_name(syscall_arg(syscall_find(ARCH_I386, 90), 0)), "args");
	assert_int_equal(syscall_find(ARCH_I386, 90)->id, by_name("mmap")->id);
}

static void expect_args(const char *call, const char *const *want)
{
	const struct syscall_info *s = by_name(call);
	unsigned i;

	assert_non_null(s);
	for (i = 0; want[i]; i++) {
		assert_true(i < s->arg_count);
		expect_span(syscall_arg_name(syscall_arg(s, i)), want[i]);
	}
	assert_int_equal(s->arg_count, i);
}

static void arguments_are_falcos(void **state)
{
	const struct syscall_info *openat = by_name("openat");

	(void)state;
	expect_args("openat", (const char *const[]){ "fd", "dirfd", "name", "flags", "mode", NULL });
	expect_args("connect", (const char *const[]){ "fd", "addr", "addrlen", NULL });
	expect_args("rename", (const char *const[]){ "oldpath", "newpath", NULL });
	expect_args("symlinkat", (const char *const[]){ "target", "linkdirfd", "linkpath", NULL });
	expect_args("socket", (const char *const[]){ "fd", "domain", "type", "proto", NULL });
	expect_args("ptrace", (const char *const[]){ "request", "pid", "addr", "data", NULL });
	expect_args("execve", (const char *const[]){ "filename", "args", "envp", NULL });
	expect_args("openat2", (const char *const[]){ "fd", "dirfd", "name", "flags", "mode", "resolve", NULL });
	expect_args("getpid", (const char *const[]){ NULL });
	assert_int_equal(openat->kind, CALL_OPEN);
	assert_int_equal(openat->category, CATEGORY_FILE);
	assert_int_equal(openat->flags_arg, 2);
	assert_int_equal(by_name("open")->flags_arg, 1);
	assert_int_equal(by_name("open_by_handle_at")->flags_arg, 2);
	assert_int_equal(by_name("creat")->flags_arg, 255);
	assert_int_equal(by_name("openat2")->flags_arg, 255);
	assert_int_equal(by_name("dup3")->flags_arg, 255);
	assert_int_equal(syscall_arg(openat, 0)->from, ARG_RET);
	assert_int_equal(syscall_arg(openat, 4)->as, AS_MODE);
	assert_int_equal(syscall_arg(openat, 3)->as, AS_FLAGS);
	assert_int_equal(syscall_arg(openat, 3)->table, FLAGS_OPEN);
}

/* A name in memory is no number to show; a buffer's place is. */
static void strings_are_not_pointers(void **state)
{
	static const struct {
		const char *call, *arg;
		unsigned as;
	} cases[] = {
		{ "memfd_create", "name", AS_STRING }, { "lsetxattr", "name", AS_STRING }, { "lsetxattr", "value", AS_HEX },
		{ "removexattrat", "name", AS_STRING }, { "mount", "type", AS_STRING }, { "mount", "data", AS_HEX },
		{ "request_key", "description", AS_STRING }, { "add_key", "payload", AS_HEX },
		{ "fsconfig", "key", AS_STRING }, { "fsconfig", "value", AS_HEX }, { "sethostname", "name", AS_STRING },
		{ "uname", "name", AS_HEX }, { "delete_module", "name", AS_STRING }, { "init_module", "img", AS_HEX },
		{ "finit_module", "uargs", AS_STRING }, { "getxattrat", "uargs", AS_HEX },
		{ "accept", "addrlen", AS_HEX }, { "mq_unlink", "name", AS_PATH },
	};

	(void)state;
	assert_true(AS_STRING > AS_PATH && AS_HEX < AS_PATH);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct syscall_info *s = by_name(cases[i].call);
		struct span want = span_of(cases[i].arg, strlen(cases[i].arg));
		unsigned k = 0;

		while (k < s->arg_count && !span_eq(syscall_arg_name(syscall_arg(s, k)), want))
			k++;
		assert_true(k < s->arg_count);
		assert_int_equal(syscall_arg(s, k)->as, cases[i].as);
	}
}

static unsigned count_as(const struct syscall_info *s, unsigned as)
{
	unsigned n = 0;

	for (unsigned i = 0; i < s->arg_count; i++)
		n += syscall_arg(s, i)->as == as;
	return n;
}

static void arguments_are_sound(const struct syscall_info *s)
{
	for (unsigned i = 0; i < s->arg_count; i++) {
		const struct syscall_arg *a = syscall_arg(s, i);
		unsigned rank = 0;

		assert_true(syscall_arg_name(a).n > 0 && a->from <= ARG_RET && a->as <= AS_OPENHOW_RESOLVE);
		assert_true(a->as != AS_FLAGS || a->table < FLAGS_COUNT);
		assert_true(a->as != AS_ENUM || a->table < ENUM_COUNT);
		for (unsigned k = 0; k < s->arg_count; k++) {
			assert_true(k == i || compare(syscall_arg_name(syscall_arg(s, k)), syscall_arg_name(a)) != 0);
			rank += compare(syscall_arg_name(syscall_arg(s, k)), syscall_arg_name(a)) < 0;
		}
		assert_int_equal(a->rank, rank);
	}
}

static bool makes_two_paths(unsigned kind)
{
	return kind == CALL_PAIR || kind == CALL_SYMLINK || kind == CALL_MOUNT;
}

static void kind_is_sound(const struct syscall_info *s)
{
	unsigned paths = count_as(s, AS_PATH), seconds = count_as(s, AS_PATH_TARGET);

	assert_true(s->kind <= CALL_SEND && s->category < CATEGORY_COUNT);
	assert_true(paths <= 1 && seconds <= 1);
	if (makes_two_paths(s->kind))
		assert_true(paths == 1 && seconds == 1);
	else
		assert_int_equal(seconds, 0);
	if (s->kind == CALL_OPEN || s->kind == CALL_PATH || s->kind == CALL_EXEC)
		assert_int_equal(paths, 1);
	if (s->kind == CALL_PLAIN || s->kind == CALL_FD)
		assert_int_equal(paths, 0);
	if (s->kind == CALL_CONNECT || s->kind == CALL_BIND || s->kind == CALL_ACCEPT || s->kind == CALL_SEND)
		assert_int_equal(count_as(s, AS_SOCKADDR), 1);
	if (s->kind == CALL_FD)
		assert_int_equal(syscall_arg(s, 0)->from, ARG_A0);
	assert_true(s->flags_arg == 255 || (s->kind == CALL_OPEN && s->flags_arg <= 3));
}

static void every_call_is_sound(void **state)
{
	(void)state;
	assert_true(syscall_count() > 430);
	for (unsigned id = 0; id < syscall_count(); id++) {
		const struct syscall_info *s = syscall_by_id(id);

		assert_int_equal(s->id, id);
		assert_true(id == 0 || compare(syscall_name(syscall_by_id(id - 1)), syscall_name(s)) < 0);
		assert_ptr_equal(syscall_by_name(syscall_name(s)), s);
		arguments_are_sound(s);
		kind_is_sound(s);
	}
}

static void every_number_is_sound(void **state)
{
	(void)state;
	for (int arch = 0; arch < ARCH_COUNT; arch++) {
		unsigned known = 0;

		for (int64_t nr = 0; nr < 1000000; nr++) {
			const struct syscall_info *s = syscall_find(arch, nr);

			assert_int_equal(s != NULL, syscall_native_name(arch, nr).n > 0);
			if (!s)
				continue;
			known++;
			assert_int_equal(syscall_by_name(syscall_native_name(arch, nr))->id, s->id);
			assert_int_equal(compare(syscall_name(syscall_by_id(s->id)), syscall_name(s)), 0);
			arguments_are_sound(s);
			kind_is_sound(s);
		}
		assert_true(known > 320);
	}
	for (int64_t nr = 0; nr < 1000; nr++)
		assert_ptr_equal(syscall_find(ARCH_PPC64, nr), syscall_find(ARCH_PPC64LE, nr));
}

/* Up to where those of ARM and x32 begin. */
static void numbers_end(void **state)
{
	(void)state;
	for (int arch = 0; arch < ARCH_COUNT; arch++)
		for (unsigned nr = SYSCALL_END; nr < 0xf0000; nr++)
			assert_null(syscall_find(arch, nr));
}

static void multiplexers_are_taken_apart(void **state)
{
	(void)state;
	for (int64_t call = -2; call < 30; call++)
		assert_int_equal(syscall_of_socketcall(call) != NULL, call >= 1 && call <= 20);
	expect_span(syscall_name(syscall_of_socketcall(1)), "socket");
	expect_span(syscall_name(syscall_of_socketcall(3)), "connect");
	expect_span(syscall_name(syscall_of_socketcall(20)), "sendmmsg");
	expect_span(syscall_name(syscall_of_ipc(1)), "semop");
	expect_span(syscall_name(syscall_of_ipc(24)), "shmctl");
	expect_span(syscall_name(syscall_of_ipc(0x10000 + 11)), "msgsnd");
	assert_null(syscall_of_ipc(0));
	assert_null(syscall_of_ipc(25));
	assert_null(syscall_of_socketcall(INT64_C(0x100000003)));
	assert_true(syscall_is_socketcall(syscall_find(ARCH_I386, 102)));
	assert_true(syscall_is_ipc(syscall_find(ARCH_S390X, 117)));
	assert_false(syscall_is_ipc(by_name("socketcall")));
	assert_false(syscall_is_socketcall(NULL));
	assert_false(syscall_is_ipc(NULL));
}

static const struct syscall_group *group(const char *name)
{
	for (unsigned i = 0; i < syscall_group_count(); i++)
		if (span_eq(syscall_group_at(i)->name, span_of(name, strlen(name))))
			return syscall_group_at(i);
	fail_msg("no group %s", name);
	return NULL;
}

static bool group_has(const struct syscall_group *g, unsigned id)
{
	for (unsigned i = 0; i < g->count; i++)
		if (g->ids[i] == id)
			return true;
	return false;
}

static void groups_cover_every_call(void **state)
{
	static const char *const textbook[] = {
		"@file", "@process", "@memory", "@device", "@information", "@communication"
	};
	static const char *const practical[] = {
		"@file-write", "@exec", "@network", "@identity", "@module", "@mount", "@ptrace", "@time", "@bpf"
	};

	(void)state;
	assert_int_equal(syscall_group_count(), 15);
	assert_null(syscall_group_at(15));
	for (unsigned i = 0; i < sizeof(practical) / sizeof(practical[0]); i++)
		assert_true(group(practical[i])->count > 0);
	for (unsigned i = 0; i < syscall_group_count(); i++) {
		const struct syscall_group *g = syscall_group_at(i);

		assert_true(strlen(g->meaning) > 10);
		for (unsigned k = 0; k < g->count; k++)
			assert_true(g->ids[k] < syscall_count() && (k == 0 || g->ids[k - 1] < g->ids[k]));
	}
	for (unsigned id = 0; id < syscall_count(); id++) {
		unsigned in = 0;

		for (unsigned i = 0; i < sizeof(textbook) / sizeof(textbook[0]); i++)
			in += group_has(group(textbook[i]), id);
		if (in == 0)
			fail_msg("%.*s is in no group", (int)syscall_name(syscall_by_id(id)).n, syscall_name(syscall_by_id(id)).p);
	}
	assert_true(group_has(group("@exec"), by_name("execveat")->id));
	assert_true(group_has(group("@file-write"), by_name("openat")->id));
	assert_false(group_has(group("@file-write"), by_name("stat")->id));
	assert_true(group("@file-write")->opens_write);
	assert_false(group("@file")->opens_write);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arches_are_found),
		cmocka_unit_test(categories_have_names),
		cmocka_unit_test(numbers_are_true),
		cmocka_unit_test(unknown_numbers_are_unknown),
		cmocka_unit_test(x32_is_x86_64_with_a_bit),
		cmocka_unit_test(variants_share_the_call),
		cmocka_unit_test(arguments_are_falcos),
		cmocka_unit_test(strings_are_not_pointers),
		cmocka_unit_test(every_call_is_sound),
		cmocka_unit_test(every_number_is_sound),
		cmocka_unit_test(numbers_end),
		cmocka_unit_test(multiplexers_are_taken_apart),
		cmocka_unit_test(groups_cover_every_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
