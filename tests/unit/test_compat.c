#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sys/compat.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MESSAGES = 4, ROOM = 8 };

struct batch {
	char text[MESSAGES][ROOM];
	struct iovec parts[MESSAGES];
	struct mmsghdr messages[MESSAGES];
};

static void batch_init(struct batch *b)
{
	memset(b, 0, sizeof(*b));
	for (int i = 0; i < MESSAGES; i++) {
		b->parts[i] = (struct iovec){ b->text[i], ROOM };
		b->messages[i].msg_hdr.msg_iov = &b->parts[i];
		b->messages[i].msg_hdr.msg_iovlen = 1;
	}
}

/* How often it takes to get "one", "2" and a message that is longer than the room; 0: it went wrong. */
static int receive_three(void)
{
	struct batch b;
	int pair[2], calls = 0, n;
	unsigned got = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) < 0 || send(pair[1], "one", 3, 0) != 3 ||
		send(pair[1], "2", 1, 0) != 1 || send(pair[1], "long as it is", 13, 0) != 13)
		return 0;
	batch_init(&b);
	while ((n = compat_receive(pair[0], b.messages + got, MESSAGES - got)) > 0) {
		got += (unsigned)n;
		calls++;
	}
	close(pair[0]);
	close(pair[1]);
	if (n != -EAGAIN || got != 3 || b.messages[0].msg_len != 3 || memcmp(b.text[0], "one", 3) != 0 ||
		b.messages[1].msg_len != 1 || b.text[1][0] != '2' || b.messages[2].msg_len != ROOM ||
		!(b.messages[2].msg_hdr.msg_flags & MSG_TRUNC) || b.messages[1].msg_hdr.msg_flags & MSG_TRUNC)
		return 0;
	return calls;
}

static void one_call_for_many(void **state)
{
	(void)state;
	assert_int_equal(receive_three(), 1);
}

/* Numbers of linux/prctl.h and linux/seccomp.h, which old headers lack. */
static int forbid_recvmmsg(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_recvmmsg, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0x00050000 | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, 0x7fff0000)
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };

	return prctl(38, 1, 0, 0, 0) < 0 || prctl(22, 2, &program) < 0 ? -1 : 0;
}

/* On a kernel that has no recvmmsg: one message a call. */
static void one_by_one(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	if (child == 0)
		_exit(forbid_recvmmsg() < 0 ? 77 : receive_three());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 3);
}

static void an_error_is_told(void **state)
{
	struct batch b;

	(void)state;
	batch_init(&b);
	assert_int_equal(compat_receive(-1, b.messages, MESSAGES), -EBADF);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_call_for_many),
		cmocka_unit_test(one_by_one),
		cmocka_unit_test(an_error_is_told)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
