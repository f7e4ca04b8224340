/*
 * The 32-bit half of the workload: system calls by int 0x80, as old programs make them, without a C library.
 * The workload's case exec-32 starts it; the i386 table has other numbers, which the events must show by name.
 */
#if !defined(__i386__)
#error "for 32-bit x86 only"
#endif

enum {
	I386_EXIT = 1,
	I386_OPEN = 5,
	I386_UNLINK = 10,
	I386_CHMOD = 15,
	I386_RENAME = 38,
	I386_SOCKETCALL = 102,
};

#define SYS_SOCKET 1
#define SYS_CONNECT 3

void _start(void);

static long call(long number, const void *a, long b, long c)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "0"(number), "b"(a), "c"(b), "d"(c) : "memory");
	return result;
}

static long socketcall(long number, const unsigned long *arguments)
{
	return call(I386_SOCKETCALL, (const void *)number, (long)arguments, 0);
}

void _start(void)
{
	/* AF_INET, port 9, 127.0.0.1, as bytes. */
	static const unsigned char address[16] = { 2, 0, 0, 9, 127, 0, 0, 1 };
	unsigned long arguments[3] = { 2, 1, 0 };

	call(I386_OPEN, "old-32", 0101, 0600);
	call(I386_CHMOD, "old-32", 0644, 0);
	call(I386_RENAME, "old-32", (long)"new-32", 0);
	call(I386_UNLINK, "new-32", 0, 0);
	arguments[0] = (unsigned long)socketcall(SYS_SOCKET, arguments);
	arguments[1] = (unsigned long)address;
	arguments[2] = sizeof(address);
	socketcall(SYS_CONNECT, arguments);
	call(I386_EXIT, (const void *)0, 0, 0);
}
