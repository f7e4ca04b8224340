/*
 * Requests to the privileged process: datagrams, each behind two bytes with its length. Whatever reaches the kernel
 * must be one message, whole, of an allowed type, and never set the pid; each other gets one refusal, as long as it has
 * a header.
 */
#include "sys/audit_wire.h"
#include "sys/priv_serve.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* All of them find room in a socket's buffer. */
enum { DATAGRAMS_MAX = 8, LENGTH_MAX = WIRE_BUFFER + 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool ok)
{
	if (!ok)
		abort();
}

/* Send them. How many had a header. */
static unsigned send_all(int fd, const uint8_t *data, size_t size)
{
	unsigned whole = 0;

	for (unsigned i = 0; i < DATAGRAMS_MAX && size > 2; i++) {
		size_t n = (size_t)data[0] | (size_t)data[1] << 8;

		data += 2;
		size -= 2;
		n = n < size ? n : size;
		n = n < LENGTH_MAX ? n : LENGTH_MAX;
		if (!n)
			break;
		must(send(fd, data, n, MSG_DONTWAIT) == (ssize_t)n);
		whole += n >= sizeof(struct nlmsghdr);
		data += n;
		size -= n;
	}
	must(shutdown(fd, SHUT_WR) == 0);
	return whole;
}

/* What the kernel would read. */
static void check_request(const struct nlmsghdr *h, size_t n)
{
	static const uint16_t types[] = {
		WIRE_GET, WIRE_SET, WIRE_LIST_RULES, WIRE_ADD_RULE, WIRE_DEL_RULE, WIRE_GET_FEATURE, WIRE_TRUSTED_APP
	};
	struct wire_rule rule;
	uint32_t mask;
	bool known = false;

	must(n >= sizeof(*h) && h->nlmsg_len == n);
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		known |= types[i] == h->nlmsg_type;
	must(known);
	if (h->nlmsg_type == WIRE_SET) {
		must(n >= sizeof(*h) + WIRE_STATUS_MIN);
		memcpy(&mask, h + 1, sizeof(mask));
		must(mask && !(mask & WIRE_SET_PID));
	}
	if (h->nlmsg_type == WIRE_ADD_RULE || h->nlmsg_type == WIRE_DEL_RULE) {
		must(n >= sizeof(*h) + WIRE_RULE_MIN);
		memcpy(&rule, h + 1, WIRE_RULE_MIN);
		must(rule.buf_size <= n - sizeof(*h) - WIRE_RULE_MIN);
	}
}

static void check_refusal(const struct nlmsghdr *h, size_t n)
{
	int32_t code;

	must(n == sizeof(*h) + sizeof(struct nlmsgerr) && h->nlmsg_len == n && h->nlmsg_type == NLMSG_ERROR);
	memcpy(&code, h + 1, sizeof(code));
	must(code == -EPERM);
}

/* How many there are. */
static unsigned check_all(int fd, void (*check)(const struct nlmsghdr *h, size_t n))
{
	union {
		struct nlmsghdr h;
		char bytes[2 * WIRE_BUFFER];
	} u;
	unsigned count = 0;
	ssize_t n;

	while ((n = recv(fd, u.bytes, sizeof(u), MSG_DONTWAIT)) > 0) {
		check(&u.h, (size_t)n);
		count++;
	}
	return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int pair[2], kernel[2];
	unsigned whole, passed, refused;

	must(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0 && socketpair(AF_UNIX, SOCK_SEQPACKET, 0, kernel) == 0);
	whole = send_all(pair[0], data, size);
	must(priv_serve(pair[1], kernel[1], compat_receive) == 0);
	passed = check_all(kernel[0], check_request);
	refused = check_all(pair[0], check_refusal);
	must(passed + refused == whole);
	for (int i = 0; i < 2; i++) {
		close(pair[i]);
		close(kernel[i]);
	}
	return 0;
}
