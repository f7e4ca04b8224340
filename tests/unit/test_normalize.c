/* System calls: every family by small logs. What an audit record looks like: kernel/audit.c, kernel/auditsc.c. */
#include "cases.h"
#include "event/names.h"

#include <unistd.h>

static const struct log_case common_cases[] = {
	{ "identity", CALL(39, OK("20"), "a0=0 a1=1 a2=2 a3=3"),
	  { { "evt.type", "getpid" }, { "syscall.type", "getpid" }, { "evt.category", "process" }, { "evt.source", "syscall" },
	    { "evt.origin", "log" }, { "evt.dir", "<" }, { "evt.res", "SUCCESS" }, { "evt.rawres", "20" },
	    { "evt.failed", "false" }, { "evt.num", "1" }, { "audit.arch", "x86_64" }, { "proc.ppid", "10" },
	    { "proc.pid", "20" }, { "user.loginuid", "1000" }, { "audit.uid", "1" }, { "audit.gid", "2" }, { "user.uid", "3" },
	    { "audit.suid", "4" }, { "audit.fsuid", "5" }, { "group.gid", "6" }, { "audit.sgid", "7" }, { "audit.fsgid", "8" },
	    { "audit.terminal", "pts1" }, { "proc.tty", "34817" }, { "audit.session", "9" }, { "proc.name", "cmd" },
	    { "proc.exepath", "/bin/cmd" }, { "audit.keys", NULL }, { "evt.args", NULL }, { "audit.types", "SYSCALL" },
	    { "audit.items", "0" }, { "evt.incomplete", NULL }, { "evt.truncated", NULL }, { "user.name", NULL } } },
	{ "time and id", CALL(39, OK("20"), "a0=0"),
	  { { "evt.time", "1700000000123000000" }, { "evt.rawtime", "1700000000123000000" },
	    { "evt.time.iso8601", "2023-11-14T22:13:20.123000000Z" }, { "evt.datetime", "2023-11-14 22:13:20.123000000" },
	    { "evt.id", "log/1700000000.123:7" }, { "audit.serial", "7" }, { "evt.hostname", "here" }, { "audit.node", NULL } } },
	{ "node", "node=web1 " CALL(39, OK("20"), "a0=0"), { { "audit.node", "web1" }, { "evt.hostname", "web1" } } },
	{ "epoch", "type=KERNEL msg=audit(0.000:0): x=1\n",
	  { { "evt.time", "0" }, { "evt.id", "log/0.000:0" }, { "evt.time.iso8601", "1970-01-01T00:00:00.000000000Z" } } },
	{ "unset", REC("SYSCALL", "arch=c000003e syscall=39 success=yes exit=0 auid=4294967295 uid=4294967295 ses=4294967295 "
		"tty=(none) comm=(null) exe=? key=(null) subj= "),
	  { { "user.loginuid", "-1" }, { "audit.uid", "-1" }, { "audit.session", NULL }, { "audit.terminal", NULL },
	    { "proc.tty", NULL }, { "proc.name", NULL }, { "proc.exepath", NULL }, { "audit.keys", NULL }, { "audit.subj", NULL } } },
	{ "unset as -1", REC("SYSCALL", "arch=c000003e syscall=39 success=yes exit=0 auid=-1 uid=-1 ses=-1"),
	  { { "user.loginuid", "-1" }, { "audit.session", NULL } } },
	{ "subject", REC("SYSCALL", "arch=c000003e syscall=39 subj==unconfined pid=4"), { { "audit.subj", "=unconfined" } } },
	{ "subject of AppArmor", REC("SYSCALL", "arch=c000003e syscall=39 subj=/usr/sbin/ntpd (enforce) pid=4"),
	  { { "audit.subj", "/usr/sbin/ntpd (enforce)" }, { "proc.pid", "4" } } },
	{ "hex names", REC("SYSCALL", "arch=c000003e syscall=39 comm=6120FF exe=2F746D702F6120622028782964656C"),
	  { { "proc.name", "a \xff" }, { "proc.exepath", "/tmp/a b (x)del" } } },
	{ "names that look like hex", REC("SYSCALL", "arch=c000003e syscall=39 comm=\"cafe\" exe=\"/bin/cafe\" key=\"ABCD\""),
	  { { "proc.name", "cafe" }, { "audit.keys", "ABCD" } } },
	{ "several keys", REC("SYSCALL", "arch=c000003e syscall=39 key=6B6579310161016232"), { { "audit.keys", "key1,a,b2" } } },
	{ "a second key without a value", REC("SYSCALL", "arch=c000003e syscall=39 key=\"k\" key=(null)"), { { "audit.keys", "k" } } },
	{ "one key with a blank", REC("SYSCALL", "arch=c000003e syscall=39 key=612062"), { { "audit.keys", "a b" } } },
	{ "unknown number", CALL(4095, OK("0"), "a0=1"),
	  { { "evt.type", "syscall_4095" }, { "syscall.type", "syscall_4095" }, { "evt.category", "other" }, { "evt.args", "a0=0x1" } } },
	{ "unknown arch", CALL_OF("c00000f3", 64, OK("1"), "a0=1"),
	  { { "evt.type", "syscall_64" }, { "audit.arch", "c00000f3" }, { "proc.pid", "20" } } },
	{ "no arch", REC("SYSCALL", "syscall=39 success=yes exit=0 pid=1"), { { "evt.type", "syscall_39" }, { "proc.pid", "1" } } },
	{ "no number", REC("SYSCALL", "arch=c000003e pid=1"), { { "evt.source", "syscall" }, { "proc.pid", "1" } } },
	{ "errno", CALL(257, BAD("-2"), "a0=ffffff9c a1=7f a2=0 a3=0"),
	  { { "evt.res", "ENOENT" }, { "evt.rawres", "-2" }, { "evt.failed", "true" }, { "fd.num", "-1" } } },
	{ "errno of the kernel alone", CALL(257, BAD("-512"), "a0=ffffff9c"), { { "evt.res", "ERESTARTSYS" } } },
	{ "errno without a name", CALL(257, BAD("-4000"), "a0=ffffff9c"), { { "evt.res", "E4000" }, { "evt.failed", "true" } } },
	{ "huge result", CALL(9, OK("140245612322816"), "a0=0"), { { "evt.rawres", "140245612322816" }, { "evt.res", "SUCCESS" } } },
	{ "negative result of a success", CALL(140, OK("-5"), "a0=0"), { { "evt.res", "SUCCESS" }, { "evt.rawres", "-5" } } },
	{ "exit has no result", REC("SYSCALL", "arch=c000003e syscall=231 a0=2 a1=0 items=0 pid=5"),
	  { { "evt.type", "exit_group" }, { "evt.res", NULL }, { "evt.rawres", NULL }, { "evt.failed", NULL },
	    { "evt.args", "error_code=2" } } },
	{ "no success=", REC("SYSCALL", "arch=c000003e syscall=39 exit=-13"), { { "evt.res", "EACCES" }, { "evt.failed", "true" } } },
	{ "other keys", REC("SYSCALL", "arch=c000003e syscall=39 per=8 compat=1 novel=\"x y\""),
	  { { "audit.syscall.per", "8" }, { "audit.syscall.compat", "1" }, { "audit.syscall.novel", "x y" } } },
	{ "enriched", "type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=39 auid=1000 uid=0 euid=0 egid=0\x1d"
		"ARCH=x86_64 SYSCALL=getpid AUID=\"ada\" UID=\"root\" GID=\"g\" EUID=\"toor\" SUID=\"s\" EGID=\"wheel\"\n",
	  { { "user.loginname", "ada" }, { "user.name", "toor" }, { "group.name", "wheel" } } },
	{ "enriched unset", "type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=39\x1d" "AUID=\"unset\" EUID=\"unknown\"\n",
	  { { "user.loginname", NULL }, { "user.name", NULL } } },
	{ "types once", CALL(39, OK("1"), "a0=0") PATH(0, "\"/a\"", "NORMAL") PATH(1, "\"/b\"", "NORMAL") CWD("\"/\"") TITLE("\"x\""),
	  { { "audit.types", "SYSCALL,PATH,CWD,PROCTITLE" } } },
	{ "any order", PATH(0, "\"f\"", "NORMAL") CWD("\"/d\"") CALL(257, OK("3"), "a0=ffffff9c a1=7f a2=0 a3=0"),
	  { { "fd.name", "/d/f" }, { "evt.type", "openat" } } },
	{ "terminals", REC("SYSCALL", "arch=c000003e syscall=39 tty=ttyS0"), { { "proc.tty", "1088" }, { "audit.terminal", "ttyS0" } } },
	{ "terminal tty1", REC("SYSCALL", "arch=c000003e syscall=39 tty=tty1"), { { "proc.tty", "1025" } } },
	{ "terminal pts300", REC("SYSCALL", "arch=c000003e syscall=39 tty=pts300"), { { "proc.tty", "1083436" } } },
	{ "terminal of no number", REC("SYSCALL", "arch=c000003e syscall=39 tty=console0x"),
	  { { "proc.tty", NULL }, { "audit.terminal", "console0x" } } },
};

static const struct log_case arch_cases[] = {
	{ "i386 execve", CALL32(11, OK("0"), "a0=1 a1=2 a2=3") ARGV("argc=1 a0=\"/x\""),
	  { { "evt.type", "execve" }, { "syscall.type", "execve" }, { "audit.arch", "i386" } } },
	{ "i386 setuid32", CALL32(213, OK("0"), "a0=ffffffff"),
	  { { "evt.type", "setuid" }, { "syscall.type", "setuid32" }, { "evt.arg.uid", "-1" }, { "evt.category", "user" } } },
	{ "i386 32 bits", CALL32(20, OK("5"), "a0=0"), { { "evt.type", "getpid" } } },
	{ "i386 socketcall connect", CALL32(102, BAD("-111"), "a0=3 a1=bfff0000 a2=0 a3=0") ADDR("020000517F0000010000000000000000"),
	  { { "evt.type", "connect" }, { "syscall.type", "socketcall" }, { "evt.category", "net" }, { "fd.sip", "127.0.0.1" },
	    { "fd.sport", "81" }, { "fd.num", NULL }, { "evt.args", "addr=127.0.0.1:81" }, { "evt.res", "ECONNREFUSED" } } },
	{ "i386 socketcall told", CALL32(102, OK("0"), "a0=3 a1=bfff0000") REC("SOCKETCALL", "nargs=3 a0=4 a1=bfff1000 a2=10")
		ADDR("020000517F0000010000000000000000"),
	  { { "evt.type", "connect" }, { "fd.num", "4" }, { "evt.args", "fd=4 addr=127.0.0.1:81 addrlen=16" } } },
	{ "i386 socketcall unknown", CALL32(102, OK("0"), "a0=63 a1=2"),
	  { { "evt.type", "socketcall" }, { "evt.args", "call=99 args=0x2" } } },
	{ "i386 socketcall socket", CALL32(102, OK("3"), "a0=1 a1=bfff0000") REC("SOCKETCALL", "nargs=3 a0=2 a1=80801 a2=6"),
	  { { "evt.type", "socket" }, { "fd.num", "3" },
	    { "evt.args", "fd=3 domain=AF_INET type=SOCK_STREAM|SOCK_NONBLOCK|SOCK_CLOEXEC proto=6" } } },
	{ "i386 ipc shmget", CALL32(117, OK("7"), "a0=17 a1=1234 a2=1000 a3=3b6"),
	  { { "evt.type", "shmget" }, { "syscall.type", "ipc" }, { "evt.category", "ipc" }, { "evt.arg.key", "0x1234" },
	    { "evt.arg.size", "4096" } } },
	{ "i386 ipc with a version", CALL32(117, OK("0"), "a0=10001 a1=5 a2=1 a3=0"),
	  { { "evt.type", "semop" }, { "evt.arg.semid", "5" } } },
	{ "s390 socketcall, big-endian address", CALL_OF("80000016", 102, OK("0"), "a0=3 a1=3ff") ADDR("000200507F0000010000000000000000"),
	  { { "evt.type", "connect" }, { "audit.arch", "s390x" }, { "fd.sip", "127.0.0.1" }, { "fd.sport", "80" } } },
	{ "ppc64, big-endian unix address", CALL_OF("80000015", 328, OK("0"), "a0=3 a1=3ff a2=10") ADDR("00012F72756E2F7300"),
	  { { "evt.type", "connect" }, { "audit.arch", "ppc64" }, { "fd.name", "/run/s" } } },
	{ "aarch64", CALL_OF("c00000b7", 221, OK("0"), "a0=1") ARGV("argc=1 a0=\"/x\""), { { "evt.type", "execve" }, { "audit.arch", "aarch64" } } },
	{ "arm", CALL_OF("40000028", 322, OK("3"), "a0=ffffff9c a1=1 a2=0 a3=0") PATH(0, "\"/f\"", "NORMAL"),
	  { { "evt.type", "openat" }, { "audit.arch", "arm" }, { "fd.name", "/f" } } },
	{ "ppc64le", CALL_OF("c0000015", 286, OK("3"), "a0=ffffff9c a1=1 a2=0 a3=0") PATH(0, "\"/f\"", "NORMAL"),
	  { { "evt.type", "openat" }, { "audit.arch", "ppc64le" } } },
	{ "x32", CALL_OF("c000003e", 1073741863, OK("20"), "a0=0"), { { "evt.type", "getpid" } } },
};

static const struct log_case open_cases[] = {
	{ "openat", CALL(257, OK("3"), "a0=ffffff9c a1=7ffc a2=42 a3=180") CWD("\"/root\"") PATH(0, "\"/tmp/ev/\"", "PARENT")
		PATH(1, "2F746D702F65762F776974682073706163652E747874", "CREATE"),
	  { { "evt.args", "fd=3 dirfd=AT_FDCWD name=\"/tmp/ev/with space.txt\" flags=O_RDWR|O_CREAT mode=0600" },
	    { "fd.name", "/tmp/ev/with space.txt" }, { "fd.nameraw", "/tmp/ev/with space.txt" }, { "fd.num", "3" },
	    { "fd.directory", "/tmp/ev" }, { "fd.filename", "with space.txt" }, { "fd.type", "file" }, { "fd.typechar", "f" },
	    { "evt.is_open_read", "true" }, { "evt.is_open_write", "true" }, { "evt.is_open_create", "true" },
	    { "evt.is_open_exec", "false" }, { "evt.abspath", "/tmp/ev/with space.txt" }, { "proc.cwd", "/root" },
	    { "evt.arg.flags", "O_RDWR|O_CREAT" }, { "evt.arg.mode", "0600" }, { "evt.arg.fd", "3" },
	    { "audit.path[0].nametype", "PARENT" }, { "audit.path[1].name", "/tmp/ev/with space.txt" },
	    { "audit.path[1].inode", "5" }, { "audit.path[1].dev", "fd:01" }, { "audit.path[1].mode", "0100644" },
	    { "audit.path[2].name", NULL }, { "evt.incomplete", NULL }, { "fs.path.name", NULL } } },
	{ "no mode without O_CREAT", CALL(257, OK("3"), "a0=ffffff9c a1=7ffc a2=80000 a3=1b6") PATH(0, "\"/f\"", "NORMAL"),
	  { { "evt.args", "fd=3 dirfd=AT_FDCWD name=/f flags=O_RDONLY|O_CLOEXEC" }, { "evt.arg.mode", NULL },
	    { "evt.is_open_read", "true" }, { "evt.is_open_write", "false" }, { "evt.is_open_create", "false" } } },
	{ "O_TMPFILE has a mode", CALL(257, OK("3"), "a0=ffffff9c a1=7ffc a2=410002 a3=180") MODE(0, "\"/tmp\"", "041777", "NORMAL"),
	  { { "evt.arg.mode", "0600" }, { "fd.type", "directory" } } },
	{ "open that created a program", CALL(2, OK("3"), "a0=7ffc a1=41 a2=1ed a3=0") MODE(0, "\"/x\"", "0100755", "CREATE"),
	  { { "evt.type", "open" }, { "evt.is_open_exec", "true" }, { "evt.is_open_create", "true" }, { "evt.is_open_read", "false" },
	    { "evt.args", "fd=3 name=/x flags=O_WRONLY|O_CREAT mode=0755" } } },
	{ "open that found its file", CALL(2, OK("3"), "a0=7ffc a1=42 a2=1ed a3=0") MODE(0, "\"/x\"", "0100755", "NORMAL"),
	  { { "evt.is_open_exec", "false" }, { "evt.is_open_create", "false" } } },
	{ "creat", CALL(85, OK("3"), "a0=7ffc a1=1a4") PATH(0, "\"/x\"", "CREATE"),
	  { { "evt.args", "fd=3 name=/x mode=0644" }, { "evt.is_open_write", "true" }, { "evt.is_open_create", "true" } } },
	{ "openat2", CALL(437, OK("3"), "a0=5 a1=7ffc a2=7ffd a3=18") REC("OPENAT2", "oflag=0101 mode=0600 resolve=0x8")
		CWD("\"/root\"") PATH(0, "\"/r/f\"", "CREATE"),
	  { { "evt.args", "fd=3 dirfd=5 name=/r/f flags=O_WRONLY|O_CREAT mode=0600 resolve=RESOLVE_BENEATH" },
	    { "evt.is_open_write", "true" }, { "fd.name", "/r/f" } } },
	{ "openat2 without its record", CALL(437, OK("3"), "a0=5 a1=7ffc a2=7ffd a3=18"),
	  { { "evt.args", "fd=3 dirfd=5" }, { "evt.is_open_write", NULL } } },
	{ "relative to the cwd", CALL(257, OK("3"), "a0=ffffff9c a2=0") CWD("\"/a/b\"") PATH(0, "\"../c/./d//e\"", "NORMAL"),
	  { { "fd.name", "/a/c/d/e" }, { "fd.nameraw", "../c/./d//e" }, { "fd.directory", "/a/c/d" }, { "evt.incomplete", NULL } } },
	{ "above the root", CALL(257, OK("3"), "a0=ffffff9c a2=0") CWD("\"/\"") PATH(0, "\"../../etc\"", "NORMAL"), { { "fd.name", "/etc" } } },
	{ "dot", CALL(257, OK("3"), "a0=ffffff9c a2=10000") CWD("\"/a/b\"") MODE(0, "\".\"", "040755", "NORMAL"),
	  { { "fd.name", "/a/b" }, { "fd.type", "directory" }, { "fd.typechar", "d" } } },
	{ "the root", CALL(257, OK("3"), "a0=ffffff9c a2=0") PATH(0, "\"/\"", "NORMAL"),
	  { { "fd.name", "/" }, { "fd.directory", "/" }, { "fd.filename", NULL } } },
	{ "dot file stays", CALL(257, OK("3"), "a0=ffffff9c a2=0") PATH(0, "\"/a/.b\"", "NORMAL"), { { "fd.name", "/a/.b" } } },
	{ "dots at the end", CALL(257, OK("3"), "a0=ffffff9c a2=0") PATH(0, "\"/a/b/..\"", "NORMAL"), { { "fd.name", "/a" } } },
	{ "relative to a descriptor", CALL(257, OK("3"), "a0=5 a2=0") CWD("\"/a\"") PATH(0, "\"f\"", "NORMAL"),
	  { { "fd.name", "f" }, { "evt.incomplete", "dirfd" }, { "evt.abspath", NULL }, { "fd.directory", NULL },
	    { "fd.filename", "f" } } },
	{ "relative, no CWD", CALL(257, OK("3"), "a0=ffffff9c a2=0") PATH(0, "\"f\"", "NORMAL"),
	  { { "fd.name", "f" }, { "evt.incomplete", "CWD" } } },
	{ "cwd in hex, gone", CALL(257, OK("3"), "a0=ffffff9c a2=0") CWD("2F746D702F61202864656C6574656429") PATH(0, "\"f\"", "NORMAL"),
	  { { "proc.cwd", "/tmp/a (deleted)" } } },
	{ "cwd of UTF-8", CALL(257, OK("3"), "a0=ffffff9c a2=0") CWD("2F746D702FC3A9") PATH(0, "\"f\"", "NORMAL"),
	  { { "proc.cwd", "/tmp/\xc3\xa9" }, { "fd.name", "/tmp/\xc3\xa9/f" } } },
	{ "two blanks in front of cwd", CALL(2, OK("3"), "a0=1 a1=0") REC("CWD", " cwd=\"/x\"") PATH(0, "\"f\"", "NORMAL"), { { "fd.name", "/x/f" } } },
	{ "name (null)", CALL(257, OK("3"), "a0=5 a2=0") PATH(0, "(null)", "NORMAL"),
	  { { "fd.name", NULL }, { "audit.path[0].name", NULL }, { "audit.path[0].nametype", "NORMAL" } } },
	{ "name that is (null)", CALL(257, OK("3"), "a0=5 a2=0") CWD("\"/\"") PATH(0, "\"(null)\"", "NORMAL"), { { "fd.nameraw", "(null)" } } },
	{ "name that is ?", CALL(257, OK("3"), "a0=5 a2=0") PATH(0, "\"?\"", "NORMAL"), { { "audit.path[0].name", "?" } } },
	{ "objtype, of RHEL 7", CALL(2, OK("3"), "a0=1 a1=0") REC("PATH", "item=0 name=\"/d/\" objtype=PARENT")
		REC("PATH", "item=1 name=\"/d/f\" inode=1 dev=fd:00 mode=0100600 objtype=CREATE cap_fp=0000000000000000"),
	  { { "fd.name", "/d/f" }, { "audit.path[1].nametype", "CREATE" }, { "audit.path[1].cap_fp", "0000000000000000" } } },
	{ "obj before nametype, of RHEL 6", CALL(2, OK("3"), "a0=1 a1=0")
		REC("PATH", "item=0 name=\"/f\" inode=1 dev=fd:00 mode=0100600 ouid=0 ogid=0 rdev=00:00 obj=u:o:r:s0 nametype=NORMAL"),
	  { { "fd.name", "/f" }, { "audit.path[0].obj", "u:o:r:s0" }, { "audit.path[0].rdev", "00:00" } } },
	{ "ids of a PATH", CALL(2, OK("3"), "a0=1 a1=0")
		REC("PATH", "item=0 name=\"/f\" ouid=4294967295 ogid=7 cap_frootid=0 inode=18446744073709551615 nametype=NORMAL"),
	  { { "audit.path[0].ouid", "-1" }, { "audit.path[0].ogid", "7" }, { "audit.path[0].cap_frootid", "0" },
	    { "audit.path[0].inode", "18446744073709551615" } } },
	{ "items missing", REC("SYSCALL", "arch=c000003e syscall=2 success=yes exit=3 a0=1 a1=0 items=2") PATH(0, "\"/f\"", "NORMAL"),
	  { { "evt.incomplete", "PATH" } } },
	{ "items of mq_open", REC("SYSCALL", "arch=c000003e syscall=240 success=yes exit=3 a0=1 a1=0 items=2") PATH(0, "\"q\"", "NORMAL"),
	  { { "evt.type", "mq_open" }, { "evt.incomplete", NULL }, { "fs.path.name", NULL }, { "evt.arg.name", "q" } } },
	{ "no SYSCALL", CWD("\"/\"") PATH(0, "\"/f\"", "NORMAL") TITLE("\"x\""),
	  { { "evt.incomplete", "SYSCALL" }, { "evt.type", "cwd" }, { "fs.path.name", "/f" }, { "proc.cwd", "/" },
	    { "audit.types", "CWD,PATH,PROCTITLE" } } },
	{ "flags by architecture", CALL_OF("c00000b7", 56, OK("3"), "a0=ffffff9c a1=1 a2=4000 a3=0"),
	  { { "evt.type", "openat" }, { "evt.arg.flags", "O_RDONLY|O_DIRECTORY" } } },
	{ "unknown flags", CALL(2, OK("3"), "a0=1 a1=80000000 a2=0"), { { "evt.arg.flags", "O_RDONLY|0x80000000" } } },
	{ "device", CALL(2, OK("3"), "a0=1 a1=0") MODE(0, "\"/dev/null\"", "020666", "NORMAL"), { { "fd.typechar", "f" } } },
	{ "fifo", CALL(2, OK("3"), "a0=1 a1=0") MODE(0, "\"/p\"", "010666", "NORMAL"), { { "fd.type", "pipe" }, { "fd.typechar", "p" } } },
};

static const struct log_case file_cases[] = {
	{ "fchmod", CALL(91, OK("0"), "a0=3 a1=1ff") PATH(0, "(null)", "NORMAL"),
	  { { "evt.args", "fd=3 mode=0777" }, { "fd.num", "3" }, { "fd.name", NULL }, { "evt.incomplete", NULL } } },
	{ "fchown, told by a PATH", CALL(93, OK("0"), "a0=3 a1=0 a2=ffffffff") PATH(0, "\"/f\"", "NORMAL"),
	  { { "fd.name", "/f" }, { "evt.args", "fd=3 uid=0 gid=-1" } } },
	{ "chmod", CALL(90, OK("0"), "a0=1 a1=9ed") CWD("\"/d\"") PATH(0, "\"f\"", "NORMAL"),
	  { { "evt.args", "filename=f mode=04755" }, { "fs.path.name", "/d/f" }, { "fs.path.nameraw", "f" }, { "fd.name", NULL },
	    { "fd.num", NULL }, { "evt.abspath", "/d/f" } } },
	{ "mkdir", CALL(83, OK("0"), "a0=1 a1=1ff") CWD("\"/d\"") MODE(0, "\"/d\"", "040755", "PARENT") MODE(1, "\"n\"", "040755", "CREATE"),
	  { { "evt.type", "mkdir" }, { "evt.args", "path=n mode=0777" }, { "fs.path.name", "/d/n" } } },
	{ "unlinkat", CALL(263, OK("0"), "a0=ffffff9c a1=1 a2=200") CWD("\"/d\"") PATH(0, "\"/d\"", "PARENT") PATH(1, "\"n\"", "DELETE"),
	  { { "evt.args", "dirfd=AT_FDCWD name=n flags=AT_REMOVEDIR" }, { "fs.path.name", "/d/n" } } },
	{ "unlink that failed", CALL(87, BAD("-2"), "a0=1") CWD("\"/d\"") PATH(0, "\"/d/\"", "PARENT"),
	  { { "fs.path.name", NULL }, { "evt.res", "ENOENT" } } },
	{ "rename", CALL(82, OK("0"), "a0=1 a1=2") CWD("\"/root\"") PATH(0, "\"/tmp/ev/\"", "PARENT") PATH(1, "\"/tmp/ev/\"", "PARENT")
		PATH(2, "2F746D702F65762F612062", "DELETE") PATH(3, "\"/tmp/ev/target\"", "DELETE") PATH(4, "\"/tmp/ev/target\"", "CREATE"),
	  { { "evt.args", "oldpath=\"/tmp/ev/a b\" newpath=/tmp/ev/target" }, { "fs.path.source", "/tmp/ev/a b" },
	    { "fs.path.target", "/tmp/ev/target" }, { "fs.path.sourceraw", "/tmp/ev/a b" }, { "fd.name", NULL },
	    { "fs.path.name", NULL }, { "evt.category", "file" } } },
	{ "renameat2 that exchanges", CALL(316, OK("0"), "a0=ffffff9c a1=1 a2=ffffff9c a3=2") CWD("\"/d\"")
	  PATH(0, "\"/d\"", "PARENT") PATH(1, "\"/d\"", "PARENT") PATH(2, "\"a\"", "DELETE") PATH(3, "\"b\"", "DELETE")
	  PATH(4, "\"b\"", "CREATE") PATH(5, "\"a\"", "CREATE"),
	  { { "fs.path.source", "/d/a" }, { "fs.path.target", "/d/b" } } },
	{ "renameat2 of relative names", CALL(316, OK("0"), "a0=ffffff9c a1=1 a2=5 a3=2") CWD("\"/d\"") PATH(0, "\"/d\"", "PARENT")
		PATH(1, "\"x\"", "PARENT") PATH(2, "\"a\"", "DELETE") PATH(3, "\"b\"", "CREATE"),
	  { { "fs.path.source", "/d/a" }, { "fs.path.target", "b" }, { "evt.incomplete", "dirfd" },
	    { "evt.args", "olddirfd=AT_FDCWD oldpath=a newdirfd=5 newpath=b" } } },
	{ "link", CALL(86, OK("0"), "a0=1 a1=2") CWD("\"/d\"") PATH(0, "\"a\"", "NORMAL") PATH(1, "\"/d\"", "PARENT") PATH(2, "\"b\"", "CREATE"),
	  { { "evt.args", "oldpath=a newpath=b" }, { "fs.path.source", "/d/b" }, { "fs.path.target", "/d/a" } } },
	{ "symlink", CALL(88, OK("0"), "a0=1 a1=2") CWD("\"/d\"") PATH(0, "\"/d\"", "PARENT") PATH(1, "\"../up\"", "UNKNOWN")
		PATH(2, "\"l\"", "CREATE"),
	  { { "evt.args", "target=../up linkpath=l" }, { "fs.path.source", "/d/l" }, { "fs.path.target", "../up" } } },
	{ "symlinkat", CALL(266, OK("0"), "a0=1 a1=ffffff9c a2=2") CWD("\"/d\"") PATH(0, "\"/d\"", "PARENT") PATH(1, "\"t\"", "UNKNOWN")
		PATH(2, "\"l\"", "CREATE"),
	  { { "evt.args", "target=t linkdirfd=AT_FDCWD linkpath=l" }, { "fs.path.source", "/d/l" }, { "fs.path.target", "t" } } },
	{ "link that ANOM_LINK tells of",
	  REC("ANOM_LINK", "op=linkat ppid=1 pid=2 auid=0 uid=9 tty=(none) ses=1 comm=\"ln\" exe=\"/bin/ln\" res=0")
	  PATH(0, "\"/tmp/ev/rootfile\"", "NORMAL") CALL(265, BAD("-1"), "a0=ffffff9c a1=1 a2=ffffff9c a3=2") CWD("\"/root\"")
	  PATH(0, "\"/tmp/ev/rootfile\"", "NORMAL") PATH(1, "\"/tmp/ev/sticky/\"", "PARENT"),
	  { { "evt.type", "linkat" }, { "fs.path.target", "/tmp/ev/rootfile" }, { "fs.path.source", NULL }, { "evt.res", "EPERM" },
	    { "audit.path[0].name", "/tmp/ev/rootfile" }, { "audit.path[1].nametype", "PARENT" },
	    { "audit.path[2].name", "/tmp/ev/rootfile" }, { "audit.op", "linkat" } } },
	{ "truncate", CALL(76, OK("0"), "a0=1 a1=1000") PATH(0, "\"/f\"", "NORMAL"), { { "evt.args", "path=/f length=4096" } } },
	{ "chown", CALL(92, OK("0"), "a0=1 a1=3e8 a2=ffffffff") PATH(0, "\"/f\"", "NORMAL"), { { "evt.args", "path=/f uid=1000 gid=-1" } } },
	{ "setxattr", CALL(188, OK("0"), "a0=1 a1=2 a2=3 a3=8") PATH(0, "\"/f\"", "NORMAL"),
	  { { "fs.path.name", "/f" }, { "evt.args", "path=/f value=0x3 size=8" } } },
	{ "quoting in evt.args", CALL(87, OK("0"), "a0=1") PATH(0, "2F612022625C0A093D01", "DELETE"),
	  { { "evt.args", "path=\"/a \\\"b\\\\\\n\\t=\\x01\"" }, { "fs.path.name", "/a \"b\\\n\t=\x01" } } },
	{ "mount", CALL(165, OK("0"), "a0=1 a1=2 a2=3 a3=1000") CWD("\"/root\"") MODE(0, "\"/mnt\"", "040755", "NORMAL")
		MODE(1, "\"/srv\"", "040755", "NORMAL"),
	  { { "evt.arg.dev", "/srv" }, { "evt.arg.dir", "/mnt" }, { "evt.arg.flags", "MS_BIND" }, { "fs.path.source", "/srv" },
	    { "fs.path.target", "/mnt" } } },
	{ "mount of no file", CALL(165, OK("0"), "a0=1 a1=2 a2=3 a3=0") CWD("\"/\"") MODE(0, "\"mnt\"", "040755", "NORMAL"),
	  { { "fs.path.target", "/mnt" }, { "fs.path.source", NULL }, { "evt.arg.dir", "mnt" } } },
	{ "pivot_root", CALL(155, OK("0"), "a0=1 a1=2") CWD("\"/\"") MODE(0, "\"new\"", "040755", "NORMAL") MODE(1, "\"new/old\"", "040755", "NORMAL"),
	  { { "evt.args", "new_root=new put_old=new/old" } } },
	{ "umount2", CALL(166, OK("0"), "a0=1 a1=2") CWD("\"/\"") PATH(0, "\"/mnt\"", "NORMAL"),
	  { { "evt.type", "umount2" }, { "evt.args", "name=/mnt flags=MNT_DETACH" }, { "fs.path.name", "/mnt" } } },
	{ "chroot", CALL(161, OK("0"), "a0=1") CWD("\"/\"") PATH(0, "\"jail\"", "NORMAL"), { { "fs.path.name", "/jail" } } },
};

static const struct log_case exec_cases[] = {
	{ "execve", CALL(59, OK("0"), "a0=1 a1=2 a2=3") ARGV("argc=3 a0=\"ls\" a1=\"-l\" a2=612062") CWD("\"/d\"")
		MODE(0, "\"/bin/ls\"", "0100755", "NORMAL") MODE(1, "\"/lib64/ld-linux-x86-64.so.2\"", "0100755", "NORMAL") TITLE("6C73002D6C"),
	  { { "proc.cmdline", "ls -l a b" }, { "proc.exeline", "ls -l a b" }, { "proc.exe", "ls" }, { "proc.args", "-l a b" },
	    { "proc.cmdnargs", "2" }, { "evt.args", "filename=/bin/ls args=\"-l a b\" envp=0x3" }, { "evt.incomplete", NULL },
	    { "fd.name", NULL }, { "fs.path.name", NULL }, { "proc.is_exe_from_memfd", "false" } } },
	{ "one argument", CALL(59, OK("0"), "a0=1") ARGV("argc=1 a0=\"ls\""),
	  { { "proc.cmdline", "ls" }, { "proc.exe", "ls" }, { "proc.args", NULL }, { "proc.cmdnargs", "0" } } },
	{ "no arguments", CALL(59, OK("0"), "a0=1") ARGV("argc=0"), { { "proc.cmdline", NULL }, { "evt.incomplete", NULL } } },
	{ "empty arguments", CALL(59, OK("0"), "a0=1") ARGV("argc=4 a0=\"x\" a1=\"\" a2=\"\" a3=\"y\""),
	  { { "proc.cmdline", "x   y" }, { "proc.cmdnargs", "3" }, { "proc.args", "  y" } } },
	{ "empty arguments left out", CALL(59, OK("0"), "a0=1") ARGV("argc=4 a0=\"x\" a3=\"y\""),
	  { { "proc.cmdline", "x   y" }, { "proc.cmdnargs", "3" } } },
	{ "empty arguments left out at the end", CALL(59, OK("0"), "a0=1") ARGV("argc=3 a0=\"x\" a1=\"y\""),
	  { { "proc.cmdline", "x y" }, { "proc.cmdnargs", "2" } } },
	{ "arguments (null)", CALL(59, OK("0"), "a0=1") ARGV("argc=2 a0=\"x\" a1=(null)"), { { "proc.exe", "x" }, { "proc.cmdnargs", "1" } } },
	{ "chunks", CALL(59, OK("0"), "a0=1") ARGV("argc=3 a0=\"x\" a1_len=12 a1[0]=414243") ARGV("a1[1]=444546 a2=\"z\""),
	  { { "proc.cmdline", "x ABCDEF z" }, { "proc.cmdnargs", "2" } } },
	{ "quoted chunks", CALL(59, OK("0"), "a0=1") ARGV("argc=2 a0=\"x\" a1_len=6 a1[0]=\"ABC\"") ARGV("a1[1]=\"DEF\""),
	  { { "proc.cmdline", "x ABCDEF" } } },
	{ "length that lies", CALL(59, OK("0"), "a0=1") ARGV("argc=99 a0=\"x\" a1_len=999999999 a1[0]=41"), { { "proc.cmdline", "x A" } } },
	{ "more records", CALL(59, OK("0"), "a0=1") ARGV("argc=4 a0=\"a\" a1=\"b\"") ARGV(" a2=\"c\" a3=\"d\""), { { "proc.cmdline", "a b c d" } } },
	{ "a script's two records", CALL(59, OK("0"), "a0=1") ARGV("argc=2 a0=\"./s\" a1=\"x\"") ARGV("argc=3 a0=\"/bin/sh\" a1=\"./s\" a2=\"x\""),
	  { { "proc.cmdline", "./s x" }, { "proc.cmdnargs", "1" } } },
	{ "bare text that is no hex", CALL(59, OK("0"), "a0=1") ARGV("argc=2 a0=xyz a1=4142Z"), { { "proc.cmdline", "xyz 4142Z" } } },
	{ "failed", CALL(59, BAD("-2"), "a0=1 a1=2 a2=3") CWD("\"/\"") PATH(0, "\"/nope\"", "UNKNOWN") TITLE("6261736800"),
	  { { "evt.args", "filename=/nope envp=0x3" }, { "evt.incomplete", NULL }, { "proc.cmdline", "bash" } } },
	{ "EXECVE lost", CALL(59, OK("0"), "a0=1"), { { "evt.incomplete", "EXECVE" } } },
	{ "execveat", CALL(322, OK("0"), "a0=3 a1=1 a2=2 a3=3") ARGV("argc=1 a0=\"x\""),
	  { { "evt.type", "execveat" }, { "evt.arg.dirfd", "3" }, { "proc.cmdline", "x" } } },
	{ "memfd", REC("SYSCALL", "arch=c000003e syscall=39 exe=2F6D656D66643A78202864656C6574656429"),
	  { { "proc.is_exe_from_memfd", "true" }, { "proc.exepath", "/memfd:x (deleted)" } } },
	{ "title in hex", CALL(39, OK("1"), "a0=0") TITLE("6C73002D6C00612062"),
	  { { "proc.cmdline", "ls -l a b" }, { "proc.exe", "ls" }, { "proc.args", "-l a b" }, { "proc.cmdnargs", "2" } } },
	{ "title in quotes", CALL(39, OK("1"), "a0=0") TITLE("\"sleep\""),
	  { { "proc.cmdline", "sleep" }, { "proc.exe", "sleep" }, { "proc.args", NULL }, { "proc.cmdnargs", "0" } } },
	{ "title (null)", CALL(39, OK("1"), "a0=0") TITLE("(null)"), { { "proc.cmdline", NULL } } },
	{ "title \"(null)\", of RHEL 7", CALL(39, OK("1"), "a0=0") TITLE("\"(null)\""), { { "proc.cmdline", NULL } } },
	{ "title with NULs at the end", CALL(39, OK("1"), "a0=0") TITLE("6C73000000"), { { "proc.cmdline", "ls" }, { "proc.cmdnargs", "0" } } },
	{ "title of NULs", CALL(39, OK("1"), "a0=0") TITLE("000000"), { { "proc.cmdline", NULL }, { "proc.cmdnargs", NULL } } },
	{ "title that begins with a NUL", CALL(39, OK("1"), "a0=0") TITLE("006C73"), { { "proc.cmdline", " ls" }, { "proc.args", "ls" } } },
};

static const struct log_case process_cases[] = {
	{ "clone", CALL(56, OK("21"), "a0=1200011 a1=0 a2=0 a3=7f"),
	  { { "evt.type", "clone" }, { "evt.category", "process" }, { "evt.arg.flags", "CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD" } } },
	{ "clone of i386", CALL32(120, OK("21"), "a0=1200011 a1=0 a2=1 a3=2"), { { "evt.arg.tls", "0x2" }, { "evt.arg.parent_tid", "0x1" } } },
	{ "clone of s390x", CALL_OF("80000016", 120, OK("21"), "a0=9 a1=1200011 a2=1 a3=2"), { { "evt.arg.newsp", "0x9" } } },
	{ "kill", CALL(62, OK("0"), "a0=ffffffff a1=9") REC("OBJ_PID", "opid=77 oauid=4294967295 ouid=0 oses=4294967295 obj=u:r:t ocomm=\"sleep\"")
		REC("OBJ_PID", "opid=78 oauid=5 ouid=0 oses=1 ocomm=612062"),
	  { { "evt.args", "pid=-1 sig=SIGKILL" }, { "evt.category", "signal" }, { "audit.obj_pid.opid", "77" },
	    { "audit.obj_pid.oauid", "-1" }, { "audit.obj_pid.ocomm", "sleep" }, { "audit.obj_pid[1].opid", "78" },
	    { "audit.obj_pid[1].ocomm", "a b" }, { "audit.obj_pid[1].oauid", "5" } } },
	{ "tgkill", CALL(234, OK("0"), "a0=5 a1=6 a2=f"), { { "evt.args", "pid=5 tid=6 sig=SIGTERM" } } },
	{ "a signal of no name", CALL(62, BAD("-22"), "a0=1 a1=c8"), { { "evt.args", "pid=1 sig=200" }, { "evt.res", "EINVAL" } } },
	{ "ptrace", CALL(101, OK("0"), "a0=10 a1=4d a2=0 a3=0") REC("OBJ_PID", "opid=77 oauid=-1 ouid=0 oses=-1 ocomm=\"x\""),
	  { { "evt.arg.request", "PTRACE_ATTACH" }, { "evt.arg.pid", "77" }, { "audit.obj_pid.opid", "77" } } },
	{ "setuid", CALL(105, BAD("-1"), "a0=0"), { { "evt.args", "uid=0" }, { "evt.category", "user" }, { "evt.res", "EPERM" } } },
	{ "setresuid", CALL(117, OK("0"), "a0=ffffffff a1=3e8 a2=ffffffffffffffff"), { { "evt.args", "ruid=-1 euid=1000 suid=-1" } } },
	{ "capset", CALL(126, OK("0"), "a0=1 a1=2") REC("CAPSET", "pid=20 cap_pi=0 cap_pp=1fffffffff cap_pe=1fffffffff cap_pa=0"),
	  { { "audit.capset.cap_pe", "1fffffffff" }, { "evt.type", "capset" } } },
	{ "capabilities by exec", CALL(59, OK("0"), "a0=1") REC("BPRM_FCAPS", "fver=2 fp=2000 fi=0 fe=1 old_pp=0 new_pp=2000 frootid=0")
		ARGV("argc=1 a0=\"ping\""), { { "audit.bprm_fcaps.fp", "2000" }, { "proc.cmdline", "ping" } } },
	{ "prctl", CALL(157, OK("0"), "a0=f a1=7f a2=0 a3=0"), { { "evt.arg.option", "PR_SET_NAME" } } },
	{ "setns", CALL(308, OK("0"), "a0=3 a1=40000000"), { { "evt.args", "fd=3 nstype=CLONE_NEWNET" } } },
	{ "init_module", CALL(175, OK("0"), "a0=1 a1=100 a2=2") REC("KERN_MODULE", "name=\"dummy\""),
	  { { "evt.type", "init_module" }, { "audit.kern_module.name", "dummy" }, { "evt.args", "img=0x1 length=256" } } },
	{ "finit_module", CALL(313, OK("0"), "a0=3 a1=2 a2=1") REC("KERN_MODULE", "name=\"dummy\"") PATH(0, "\"/lib/m.ko\"", "NORMAL"),
	  { { "fd.num", "3" }, { "fd.name", "/lib/m.ko" }, { "evt.arg.flags", "MODULE_INIT_IGNORE_MODVERSIONS" } } },
	{ "delete_module", CALL(176, OK("0"), "a0=1 a1=800") REC("KERN_MODULE", "name=6120"),
	  { { "audit.kern_module.name", "a " }, { "evt.args", "name=\"a \" flags=O_NONBLOCK" } } },
	{ "delete_module of no record", CALL(176, BAD("-2"), "a0=1 a1=800"), { { "evt.args", "flags=O_NONBLOCK" } } },
	{ "bpf", CALL(321, OK("5"), "a0=5 a1=2 a2=80") REC("BPF", "prog-id=12 op=LOAD"),
	  { { "evt.arg.cmd", "BPF_PROG_LOAD" }, { "audit.bpf.prog_id", "12" }, { "audit.op", "LOAD" } } },
	{ "mmap", CALL(9, OK("140245612322816"), "a0=0 a1=1000 a2=5 a3=2") REC("MMAP", "fd=3 flags=0x2"),
	  { { "evt.category", "memory" }, { "evt.args", "addr=0x0 length=4096 prot=PROT_READ|PROT_EXEC flags=MAP_PRIVATE fd=3" } } },
	{ "mprotect", CALL(10, OK("0"), "a0=7f00 a1=1000 a2=7"), { { "evt.args", "addr=0x7f00 length=4096 prot=PROT_READ|PROT_WRITE|PROT_EXEC" } } },
	{ "memfd_create", CALL(319, OK("4"), "a0=1 a1=1"), { { "evt.args", "fd=4 flags=MFD_CLOEXEC" }, { "evt.arg.name", NULL } } },
	{ "clock_settime", CALL(227, OK("0"), "a0=0 a1=1") REC("TIME_INJOFFSET", "sec=-5 nsec=10"),
	  { { "evt.arg.which_clock", "CLOCK_REALTIME" }, { "evt.category", "time" }, { "audit.time_injoffset.sec", "-5" },
	    { "audit.time_injoffset.nsec", "10" } } },
	{ "adjtimex", CALL(159, OK("0"), "a0=1") REC("TIME_ADJNTPVAL", "op=status old=64 new=8192") REC("TIME_ADJNTPVAL", "op=freq old=1 new=2"),
	  { { "audit.op", "status" }, { "audit.time_adjntpval.old", "64" }, { "audit.time_adjntpval[1].op", "freq" },
	    { "audit.time_adjntpval[1].new", "2" } } },
	{ "a queue's attributes", CALL(240, OK("3"), "a0=1 a1=42 a2=180 a3=1") REC("MQ_OPEN", "oflag=0x42 mode=0600 mq_flags=0x0 mq_maxmsg=4 "
		"mq_msgsize=64 mq_curmsgs=0"), { { "audit.mq_open.mq_maxmsg", "4" }, { "audit.mq_open.mode", "0600" } } },
	{ "System V ipc", CALL(31, OK("0"), "a0=1") REC("IPC", "ouid=0 ogid=0 mode=0600") REC("IPC_SET_PERM", "qbytes=4 ouid=1 ogid=2 mode=0666"),
	  { { "audit.ipc.ouid", "0" }, { "audit.ipc_set_perm.qbytes", "4" }, { "audit.ipc_set_perm.mode", "0666" } } },
	{ "FD_PAIR", CALL(22, OK("0"), "a0=1") REC("FD_PAIR", "fd0=3 fd1=4"), { { "audit.fd_pair.fd0", "3" }, { "audit.fd_pair.fd1", "4" } } },
};

static const struct log_case network_cases[] = {
	{ "connect", CALL(42, BAD("-111"), "a0=4 a1=1 a2=10") ADDR("020000517F0000010000000000000000"),
	  { { "evt.args", "fd=4 addr=127.0.0.1:81 addrlen=16" }, { "evt.category", "net" }, { "evt.rawres", "-111" },
	    { "evt.res", "ECONNREFUSED" }, { "fd.name", "->127.0.0.1:81" }, { "fd.num", "4" }, { "fd.sip", "127.0.0.1" },
	    { "fd.sport", "81" }, { "fd.rip", "127.0.0.1" }, { "fd.rport", "81" }, { "fd.ip", "127.0.0.1" }, { "fd.port", "81" },
	    { "fd.snet", "127.0.0.1" }, { "fd.rnet", "127.0.0.1" }, { "fd.net", "127.0.0.1" }, { "fd.sockfamily", "ip" },
	    { "fd.type", "ipv4" }, { "fd.typechar", "4" }, { "fd.cip", NULL }, { "fd.lip", NULL } } },
	{ "connect, inet6", CALL(42, OK("0"), "a0=4 a1=1 a2=1c") ADDR("0A0000500000000000000000000000000000000000000001"
		"00000000"), { { "fd.name", "->::1:80" }, { "fd.sip", "::1" }, { "fd.type", "ipv6" }, { "fd.typechar", "6" } } },
	{ "bind", CALL(49, OK("0"), "a0=4 a1=1 a2=10") ADDR("02000050000000000000000000000000"),
	  { { "fd.name", "0.0.0.0:80" }, { "fd.sip", "0.0.0.0" }, { "fd.sport", "80" }, { "fd.lip", "0.0.0.0" }, { "fd.lport", "80" },
	    { "fd.rip", NULL }, { "fd.num", "4" } } },
	{ "accept4", CALL(288, OK("5"), "a0=4 a1=1 a2=10 a3=80800") ADDR("0200C0000A0000010000000000000000"),
	  { { "fd.name", "10.0.0.1:49152->" }, { "fd.cip", "10.0.0.1" }, { "fd.cport", "49152" }, { "fd.rip", "10.0.0.1" },
	    { "fd.num", "5" }, { "fd.sip", NULL }, { "evt.arg.sockfd", "4" }, { "evt.arg.flags", "SOCK_NONBLOCK|SOCK_CLOEXEC" } } },
	{ "accept that failed", CALL(43, BAD("-11"), "a0=4 a1=1 a2=10"), { { "fd.num", "-1" }, { "evt.res", "EAGAIN" } } },
	{ "sendto", CALL(44, OK("9"), "a0=4 a1=1 a2=9 a3=4000") ADDR("02000035080808080000000000000000"),
	  { { "fd.sip", "8.8.8.8" }, { "fd.sport", "53" }, { "fd.name", "->8.8.8.8:53" }, { "evt.arg.addr", "8.8.8.8:53" },
	    { "evt.arg.flags", "MSG_NOSIGNAL" } } },
	{ "socket", CALL(41, OK("3"), "a0=a a1=80002 a2=0"),
	  { { "evt.args", "fd=3 domain=AF_INET6 type=SOCK_DGRAM|SOCK_CLOEXEC proto=0" }, { "fd.num", "3" } } },
	{ "unix", CALL(42, OK("0"), "a0=4 a1=1 a2=6e") ADDR("01002F72756E2F73797374656D642F6E6F746966790041414141"),
	  { { "fd.name", "/run/systemd/notify" }, { "fd.sockfamily", "unix" }, { "fd.type", "unix" }, { "fd.typechar", "u" },
	    { "evt.arg.addr", "/run/systemd/notify" } } },
	{ "unix, abstract", CALL(42, OK("0"), "a0=4 a1=1 a2=6e") ADDR("0100006162630000"), { { "fd.name", "@abc" }, { "evt.arg.addr", "@abc" } } },
	{ "unix, unnamed", CALL(49, OK("0"), "a0=4 a1=1 a2=2") ADDR("0100"), { { "fd.name", NULL }, { "fd.type", "unix" } } },
	{ "netlink", CALL(49, OK("0"), "a0=4 a1=1 a2=c") ADDR("100000002200000001000000"),
	  { { "fd.type", "netlink" }, { "evt.arg.addr", "AF_NETLINK:34" } } },
	{ "family 0", CALL(42, OK("0"), "a0=4 a1=1 a2=10") ADDR("0000000000000000"), { { "evt.arg.addr", "AF_UNSPEC" }, { "fd.name", NULL } } },
	{ "short address", CALL(42, OK("0"), "a0=4 a1=1 a2=4") ADDR("02000050"), { { "fd.sip", NULL }, { "evt.arg.addr", "02000050" } } },
	{ "address that is no hex", CALL(42, OK("0"), "a0=4 a1=1 a2=4") ADDR("0200005Z"), { { "evt.arg.addr", "0200005Z" } } },
	{ "SOCKADDR lost", CALL(42, OK("0"), "a0=4 a1=1 a2=10"), { { "evt.incomplete", "SOCKADDR" }, { "evt.args", "fd=4 addrlen=16" } } },
	{ "connect in progress", CALL(42, BAD("-115"), "a0=4 a1=1 a2=10"), { { "evt.res", "EINPROGRESS" }, { "evt.incomplete", NULL } } },
};

/* The process table, by several events. */
#define AT(ms, n, type, body) "type=" type " msg=audit(1700000000." ms ":" n "): " body "\n"
#define PROC(pid, ppid, comm) "items=0 ppid=" ppid " pid=" pid " auid=0 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0 sgid=0 fsgid=0 " \
	"tty=(none) ses=1 comm=\"" comm "\" exe=\"/bin/" comm "\" key=(null)"
static const struct log_case tree_cases[] = {
	{ "parent and ancestors",
	  AT("100", "1", "SYSCALL", "arch=c000003e syscall=59 success=yes exit=0 a0=1 " PROC("10", "1", "sshd"))
	  AT("100", "1", "EXECVE", "argc=2 a0=\"sshd\" a1=\"-D\"") AT("100", "1", "PROCTITLE", "proctitle=\"sshd\"")
	  AT("200", "2", "SYSCALL", "arch=c000003e syscall=59 success=yes exit=0 a0=1 " PROC("20", "10", "bash"))
	  AT("200", "2", "EXECVE", "argc=1 a0=\"-bash\"") AT("200", "2", "PROCTITLE", "proctitle=\"bash\"")
	  AT("700", "3", "SYSCALL", "arch=c000003e syscall=39 success=yes exit=20 " PROC("20", "10", "bash")),
	  { { "proc.pname", "sshd" }, { "proc.pexepath", "/bin/sshd" }, { "proc.pexe", "sshd" }, { "proc.pcmdline", "sshd -D" },
	    { "proc.aname[0]", "bash" }, { "proc.aname[1]", "sshd" }, { "proc.aname[2]", NULL }, { "proc.apid[0]", "20" },
	    { "proc.apid[1]", "10" }, { "proc.aexe[1]", "sshd" }, { "proc.aexepath[1]", "/bin/sshd" },
	    { "proc.acmdline[1]", "sshd -D" }, { "proc.duration", "500000000" }, { "proc.cmdline", "-bash" },
	    { "proc.aname", NULL }, { "proc.aname[", NULL }, { "proc.aname[]", NULL }, { "proc.aname[x]", NULL },
	    { "proc.aname[1]x", NULL }, { "proc.aname[99999999999]", NULL } } },
	{ "nothing known", CALL(39, OK("1"), "a0=0"),
	  { { "proc.pname", NULL }, { "proc.duration", NULL }, { "proc.aname[0]", "cmd" }, { "proc.aname[1]", NULL } } },
};

static void common(void **state)
{
	(void)state;
	RUN_CASES(common_cases);
}

static void architectures(void **state)
{
	(void)state;
	RUN_CASES(arch_cases);
}

static void opens(void **state)
{
	(void)state;
	RUN_CASES(open_cases);
}

static void files(void **state)
{
	(void)state;
	RUN_CASES(file_cases);
}

static void execs(void **state)
{
	(void)state;
	RUN_CASES(exec_cases);
}

static void processes(void **state)
{
	(void)state;
	RUN_CASES(process_cases);
}

static void network(void **state)
{
	(void)state;
	RUN_CASES(network_cases);
}

static void on_pruned(void *ctx, struct event *ev)
{
	unsigned *events = ctx;
	struct value v;

	if (ev->group->serial == 8) { /* a directory that no record tells */
		assert_true(event_kit_get(ev, "evt.incomplete", &v));
		assert_true(v.n == 1 && span_eq(v.list[0], SPAN("dirfd")));
	} else {
		assert_false(event_kit_get(ev, "evt.incomplete", &v));
	}
	++*events;
}

/* What the kernel was told to leave out is not missed. */
static void pruned(void **state)
{
	static const struct {
		uint32_t seen;
		const char *log;
	} rows[] = {
		{ 1u << SEEN_CWD, CALL(257, OK("3"), "a0=ffffff9c a1=7f a2=0 a3=0") PATH(0, "\"f\"", "NORMAL") },
		{ 1u << SEEN_CWD, "type=SYSCALL msg=audit(1700000000.123:8): arch=c000003e syscall=257 success=yes exit=3 a0=4 a1=7f\n"
			"type=PATH msg=audit(1700000000.123:8): item=0 name=\"f\" nametype=NORMAL\n" },
		{ 1u << SEEN_PATH, REC("SYSCALL", "arch=c000003e syscall=257 success=yes exit=3 a0=ffffff9c items=2") },
		{ 1u << SEEN_EXECVE, CALL(59, OK("0"), "a0=1") },
		{ 1u << SEEN_SOCKADDR, CALL(42, OK("0"), "a0=4 a1=1 a2=10") },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned events = 0;
		struct event_kit k = {
			.on_event = on_pruned, .ctx = &events,
			.options = {
				.origin = SPAN("log"), .boot = SPAN("log"), .hostname = SPAN("unknown"), .pruned = rows[i].seen
			}
		};

		event_kit_start(&k, NULL);
		event_kit_feed(&k, rows[i].log, strlen(rows[i].log));
		event_kit_end(&k);
		assert_int_equal(events, 1);
	}
}

static void tree(void **state)
{
	(void)state;
	RUN_CASES(tree_cases);
}

/* A log that grows, and what its event said. */
struct grown {
	char *p;
	size_t n, cap;
	struct span line; /* proc.cmdline, a copy */
	uint64_t nargs;
	char truncated[200];
};

static void grow(struct grown *g, const char *format, ...)
{
	va_list args;

	if (g->n + 300 > g->cap) {
		g->cap = 2 * g->cap + 4096;
		g->p = realloc(g->p, g->cap);
		assert_non_null(g->p);
	}
	va_start(args, format);
	g->n += (size_t)vsnprintf(g->p + g->n, 300, format, args);
	va_end(args);
}

static void on_grown(void *ctx, struct event *ev)
{
	struct grown *g = ctx;
	const struct value *line = event_get(ev, FIELD_PROC_CMDLINE), *nargs = event_get(ev, FIELD_PROC_CMDNARGS);
	struct buf b = { g->truncated, 0, sizeof(g->truncated) - 1, false };
	char *copy;

	assert_non_null(line);
	assert_non_null(nargs);
	copy = malloc(line->n);
	assert_non_null(copy);
	memcpy(copy, line->p, line->n);
	g->line = span_of(copy, line->n);
	g->nargs = nargs->u64;
	for (uint32_t i = 0; i < ev->truncated_count; i++) {
		buf_put(&b, ev->truncated[i].p, ev->truncated[i].n);
		buf_putc(&b, ' ');
	}
	g->truncated[b.n] = '\0';
}

static void finish(struct grown *g)
{
	struct event_kit k = { .on_event = on_grown, .ctx = g };

	event_kit_start(&k, NULL);
	event_kit_feed(&k, g->p, g->n);
	event_kit_end(&k);
	assert_int_equal(k.groups, 1);
	free(g->p);
	g->p = NULL;
	g->n = g->cap = 0;
}

/* 2^16 arguments of one byte, over many records. */
static void many_arguments(void **state)
{
	struct grown g = { 0 };
	unsigned i = 0;

	(void)state;
	grow(&g, "%s", CALL(59, OK("0"), "a0=1 a1=2 a2=3"));
	while (i < 65536) {
		grow(&g, "type=EXECVE msg=audit(1700000000.123:7):%s", i ? "" : " argc=65536");
		for (unsigned last = i + 700; i < last && i < 65536; i++)
			grow(&g, " a%u=\"%c\"", i, 'a' + i % 26);
		grow(&g, "\n");
	}
	finish(&g);
	assert_int_equal(g.nargs, 65535);
	assert_int_equal(g.line.n, 60000);
	assert_memory_equal(g.line.p, "a b c d ", 8);
	assert_memory_equal(g.line.p + g.line.n - 7, "m n o p", 7);
	assert_memory_equal(g.line.p + 29998, "x ...", 5);
	assert_non_null(strstr(g.truncated, "proc.cmdline:131071 "));
	assert_non_null(strstr(g.truncated, "proc.args:131069 "));
	free((char *)(uintptr_t)g.line.p);
}

/* Arguments of many chunks, and bounds of the text to a byte. */
static void long_arguments(void **state)
{
	(void)state;
	for (unsigned last = 59990; last <= 60010; last++) {
		struct grown g = { 0 };
		unsigned left = last - 2; /* "x " stands before */

		grow(&g, "%s", CALL(59, OK("0"), "a0=1 a1=2 a2=3"));
		grow(&g, "type=EXECVE msg=audit(1700000000.123:7): argc=2 a0=\"x\" a1_len=%u", 2 * left);
		for (unsigned chunk = 0; left; chunk++) {
			unsigned n = left < 3000 ? left : 3000;

			grow(&g, " a1[%u]=", chunk);
			for (unsigned i = 0; i < n; i++)
				grow(&g, "%02X", i + 1 == left ? 'E' : 'm');
			grow(&g, "\ntype=EXECVE msg=audit(1700000000.123:7):");
			left -= n;
		}
		finish(&g);
		assert_int_equal(g.nargs, 1);
		assert_int_equal(g.line.n, last < 60000 ? last : 60000);
		assert_memory_equal(g.line.p, "x mmm", 5);
		assert_memory_equal(g.line.p + g.line.n - 3, "mmE", 3);
		assert_int_equal(strstr(g.truncated, "proc.cmdline:") != NULL, last > 60000);
		assert_int_equal(memmem(g.line.p, g.line.n, "...", 3) != NULL, last > 60000);
		free((char *)(uintptr_t)g.line.p);
	}
}

/* What is known of a line: whole, or its head and its tail around dots, which it has not itself. */
static void assert_kept(const struct value *v, struct span whole, bool cut)
{
	const char *dots = memmem(v->p, v->n, "...", 3);
	size_t head, tail;

	assert_int_equal(v->cut, cut);
	assert_int_equal(dots != NULL, cut);
	if (!cut) {
		assert_true(span_eq(span_of(v->p, v->n), whole));
		return;
	}
	head = (size_t)(dots - v->p);
	tail = v->n - head - 3;
	assert_true(head + tail < whole.n);
	assert_memory_equal(v->p, whole.p, head);
	assert_memory_equal(v->p + head + 3, whole.p + whole.n - tail, tail);
}

struct two_arguments {
	char line[70000];
	size_t first;
};

static void on_two_arguments(void *ctx, struct event *ev)
{
	const struct two_arguments *t = ctx;
	struct span line = span_of(t->line, sizeof(t->line)), exe = span_of(t->line, t->first);
	struct span args = span_of(t->line + t->first + 1, sizeof(t->line) - t->first - 1);
	bool args_whole = t->first + 1 >= sizeof(t->line) - 30000 + 3;
	struct value v;

	assert_true(event_kit_get(ev, "proc.cmdline", &v));
	assert_kept(&v, line, true);
	assert_int_equal(v.n, 60000);
	assert_true(event_kit_get(ev, "proc.exeline", &v));
	assert_kept(&v, line, true);
	assert_true(event_kit_get(ev, "proc.exe", &v));
	assert_kept(&v, exe, t->first > 30000);
	assert_true(event_kit_get(ev, "proc.args", &v));
	assert_kept(&v, args, !args_whole);
	assert_true(event_kit_get(ev, "evt.arg.args", &v));
	assert_kept(&v, args, !args_whole);
	assert_true(event_kit_get(ev, "evt.args", &v));
	assert_int_equal(v.cut, !args_whole);
}

/* The cut lies in the one, in the other or in both. */
static void cut_arguments(void **state)
{
	static const size_t firsts[] = {
		1, 29998, 29999, 30000, 30001, 35000, 40001, 40002, 40003, 40004, 69990, 69998
	};
	static struct two_arguments t;

	(void)state;
	for (size_t i = 0; i < sizeof(firsts) / sizeof(firsts[0]); i++) {
		struct event_kit k = { .on_event = on_two_arguments, .ctx = &t };
		struct grown g = { 0 };

		for (size_t at = 0; at < sizeof(t.line); at++)
			t.line[at] = (char)('a' + at * 7 % 26);
		t.first = firsts[i];
		t.line[t.first] = ' ';
		grow(&g, "%s", CALL(59, OK("0"), "a0=1 a1=2 a2=3"));
		for (size_t at = 0, n; at < sizeof(t.line); at += n) {
			bool second = at > t.first;
			size_t end = second ? sizeof(t.line) : t.first, from = second ? t.first + 1 : 0;

			n = end - at < 200 ? end - at : 200;
			grow(&g, "type=EXECVE msg=audit(1700000000.123:7):%s", at ? "" : " argc=2");
			if (at == from)
				grow(&g, " a%d_len=%lu", second, (unsigned long)(end - from));
			grow(&g, " a%d[%lu]=\"", second, (unsigned long)(at - from) / 200);
			grow(&g, "%.*s\"\n", (int)n, t.line + at);
			n += at + n == t.first;
		}
		event_kit_start(&k, NULL);
		event_kit_feed(&k, g.p, g.n);
		event_kit_end(&k);
		assert_int_equal(k.groups, 1);
		free(g.p);
	}
}

#define IDS(ids) REC("SYSCALL", "arch=c000003e syscall=39 success=yes exit=0 pid=4 " ids)

static const struct log_case name_cases[] = {
	{ "known ids", IDS("auid=1000 uid=5 euid=0 egid=7"),
	  { { "user.name", "root" }, { "user.loginname", "anna" }, { "group.name", "lp" } } },
	{ "unknown ids", IDS("auid=1001 euid=1002 egid=8"),
	  { { "user.name", NULL }, { "user.loginname", NULL }, { "group.name", NULL } } },
	{ "unset", IDS("auid=4294967295 euid=-1 egid=4294967295"),
	  { { "user.loginuid", "-1" }, { "user.name", NULL }, { "user.loginname", NULL }, { "group.name", NULL } } },
	{ "no id", IDS("auid=-2 euid=8589934592"), { { "user.name", NULL }, { "user.loginname", NULL } } },
	{ "enriched", IDS("auid=1000 euid=0 egid=7\035AUID=\"anna@net\" EUID=\"unknown\" EGID=\"printers\""),
	  { { "user.loginname", "anna@net" }, { "user.name", "root" }, { "group.name", "printers" } } },
	{ "odd names", IDS("auid=1003 euid=0"), { { "user.loginname", "j\303\266rg\"\\" } } },
	{ "user record", REC("USER_LOGIN", "pid=7 uid=0 auid=1000 msg='op=login res=success'"),
	  { { "user.name", "root" }, { "user.loginname", "anna" }, { "group.name", NULL } } },
	{ "our node", "node=here " IDS("auid=1000 euid=0"), { { "user.name", "root" }, { "user.loginname", "anna" } } },
	{ "another node", "node=there " IDS("auid=1000 euid=0"), { { "user.name", NULL }, { "user.loginname", NULL } } },
};

/* Of ids, for live events. */
static void names(void **state)
{
	char passwd[] = "/tmp/test_normalize.XXXXXX", group[] = "/tmp/test_normalize.XXXXXX";
	static const char users[] = "root:x:0:0:::\nanna:x:1000:100:::\nj\303\266rg\"\\:x:1003:100:::\nhigh:x:4294967294:1:::\n";
	struct normalize_options options = { .origin = SPAN("log"), .boot = SPAN("log"), .hostname = SPAN("here") };
	int fd = mkstemp(passwd);
	struct names *known;

	(void)state;
	assert_int_equal(write(fd, users, strlen(users)), strlen(users));
	close(fd);
	fd = mkstemp(group);
	assert_int_equal(write(fd, "lp:x:7:\n", 8), 8);
	close(fd);
	known = names_new(passwd, group);
	assert_non_null(known);
	options.names = known;
	run_cases_with(name_cases, sizeof(name_cases) / sizeof(name_cases[0]), &options);
	names_free(known);
	unlink(passwd);
	unlink(group);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(common), cmocka_unit_test(architectures), cmocka_unit_test(opens),
		cmocka_unit_test(files), cmocka_unit_test(execs), cmocka_unit_test(processes),
		cmocka_unit_test(network), cmocka_unit_test(pruned), cmocka_unit_test(tree),
		cmocka_unit_test(many_arguments),
		cmocka_unit_test(long_arguments), cmocka_unit_test(cut_arguments), cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
