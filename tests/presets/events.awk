# Makes audit records of a table of events, one line each, 5 s apart: the line's number is the serial.
#
#   RULES  WHAT  WORD...
#
# RULES are the sections that must take it, joined by commas, or - for none. WHAT is a system call, or the type of a
# record in capitals. A WORD is a file that the call names (/path, ./path), w (the open asks to write), or one of
#
#   auid= uid= gid=   1000 0 0 unless told; uid and gid are the effective ids too, but for euid= egid=
#   res=              EACCES ...: so it failed (of a record: failed)    as=    the effective user's name, as auditd adds it
#   exe= comm= pid= ppid= cwd=    exe is /usr/bin/test, of an exec what it names; comm its last name
#   to=               ADDRESS:PORT, or a path: where to connect
#   with=             of a record: the system call that it is part of
#
# calls: a file of lines "NUMBER NAME". The rules wanted go to the file wanted as "SERIAL RULES".

function fail(why) { print FILENAME ":" FNR ": " why | "cat >&2"; bad = 1 }

function last_name(path) { sub(/.*\//, "", path); return path }

function record(type, body) { printf "type=%s msg=audit(%d.000:%d): %s\n", type, 1700000000 + 5 * FNR, FNR, body }

function hex(part, n,    i, text) {
	for (i = 1; i <= n; i++)
		text = text sprintf("%02X", part[i])
	return text
}

function address(to,    part, n, i, text) {
	if (to ~ /^\//)
		return "01002F74657374"
	n = split(to, part, /[.:]/)
	return sprintf("0200%04X%s0000000000000000", part[5], hex(part, 4))
}

# Of the n-th file that the call names.
function nametype(call, n) {
	if (call ~ /^rename/)
		return n == 1 ? "DELETE" : "CREATE"
	if (call ~ /^symlink/)
		return n == 1 ? "UNKNOWN" : "CREATE"
	if (call ~ /^link/)
		return n == 1 ? "NORMAL" : "CREATE"
	return call ~ /^(unlink|rmdir)/ ? "DELETE" : "NORMAL"
}

function system_call(call,    i, exec, arg, at) {
	if (!(call in number))
		fail("no system call " call)
	exec = call ~ /^execve/
	if (exec && files && !("exe" in is) && !failed)
		is["exe"] = file[1]
	if (!("exe" in is))
		is["exe"] = "/usr/bin/test"
	if (!("comm" in is))
		is["comm"] = substr(last_name(is["exe"]), 1, 15)
	split("0 0 0 0", arg)
	at = call ~ /at2?$/
	if (at)
		arg[1] = "ffffff9c"
	if (call ~ /^(rename|link)at/)
		arg[3] = "ffffff9c"
	if (writes)
		arg[2 + at] = "241"
	record("SYSCALL", sprintf("arch=c000003e syscall=%d success=%s exit=%d a0=%s a1=%s a2=%s a3=%s items=%d " \
		"ppid=%d pid=%d auid=%s uid=%d gid=%d euid=%d suid=%d fsuid=%d egid=%d sgid=%d fsgid=%d tty=pts0 ses=1 " \
		"comm=\"%s\" exe=\"%s\" key=\"tiercel\"%s", number[call], failed ? "no" : "yes",
		failed ? errno[is["res"]] : 0, arg[1], arg[2], arg[3], arg[4], files, is["ppid"], is["pid"], is["auid"],
		is["uid"], is["gid"], is["euid"], is["euid"], is["euid"], is["egid"], is["egid"], is["egid"],
		is["comm"], is["exe"], "as" in is ? "\035EUID=\"" is["as"] "\"" : ""))
	if (exec && !failed)
		record("EXECVE", "argc=1 a0=\"" is["comm"] "\"")
	if (call == "openat2")
		record("OPENAT2", "oflag=" (writes ? "01101" : "0") " mode=0 resolve=0x0")
	if ("to" in is)
		record("SOCKADDR", "saddr=" address(is["to"]))
	record("CWD", "cwd=\"" is["cwd"] "\"")
	for (i = 1; i <= files; i++)
		record("PATH", sprintf("item=%d name=\"%s\" inode=%d dev=fe:00 mode=0100644 ouid=0 ogid=0 rdev=00:00 nametype=%s",
			i - 1, file[i], i, nametype(call, i)))
}

function lone(type) {
	if (type == "AVC")
		record(type, "avc:  denied  { read } for  pid=1 comm=\"x\" scontext=a:b:c tcontext=d:e:f tclass=file permissive=0")
	else if (type ~ /^(CONFIG_CHANGE|LOGIN|MAC_|SELINUX_ERR|DAEMON_)/)
		record(type, "op=set auid=" is["auid"] " ses=1 res=" (failed ? 0 : 1))
	else
		record(type, sprintf("pid=%d uid=%d auid=%s ses=1 msg='op=x acct=\"bob\" exe=\"/usr/sbin/sshd\" " \
			"hostname=? addr=192.0.2.7 terminal=ssh res=%s'", is["pid"], is["uid"], is["auid"], failed ? "failed" : "success"))
}

BEGIN {
	while ((getline line < calls) > 0) {
		split(line, word, " ")
		number[word[2]] = word[1]
	}
	errno["EPERM"] = -1
	errno["ENOENT"] = -2
	errno["ENOEXEC"] = -8
	errno["EACCES"] = -13
	errno["EINPROGRESS"] = -115
	split("auid=1000 uid=0 gid=0 ppid=1 cwd=/root", usual, " ")
}
/^#/ || NF == 0 { next }
{
	split("", is)
	files = writes = 0
	for (i in usual)
		is[substr(usual[i], 1, index(usual[i], "=") - 1)] = substr(usual[i], index(usual[i], "=") + 1)
	is["pid"] = 1000 + FNR
	for (i = 3; i <= NF; i++) {
		at = index($i, "=")
		if ($i ~ /^\.?\//)
			file[++files] = $i
		else if ($i == "w")
			writes = 1
		else if (at)
			is[substr($i, 1, at - 1)] = substr($i, at + 1)
		else
			fail("what is " $i)
	}
	if (!("euid" in is))
		is["euid"] = is["uid"]
	if (!("egid" in is))
		is["egid"] = is["gid"]
	failed = "res" in is
	if (failed && $2 ~ /^[a-z]/ && !(is["res"] in errno))
		fail("what is " is["res"])
	if ($2 ~ /^[a-z]/) {
		system_call($2)
	} else {
		lone($2)
		if ("with" in is)
			system_call(is["with"])
	}
	if ($2 ~ /^[a-z]/ || "with" in is)
		record("PROCTITLE", "proctitle=\"test\"")
	print FNR, $1 >wanted
}
END { exit bad }
