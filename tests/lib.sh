# shellcheck shell=sh disable=SC2034
# What the scripts here share; source it. top_srcdir and top_builddir may say where; $dir is theirs, and removed at the end.
LC_ALL=C
export LC_ALL
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}" "${top_builddir:=$top_srcdir}"
tiercel=$top_builddir/tiercel tierceld=$top_builddir/tierceld
[ -x "$tiercel" ] || {
	echo "no $tiercel: build first, or set top_builddir" >&2
	exit 99
}
dir=$(mktemp -d) || exit 99
trap 'rm -rf "$dir"' EXIT
out=$dir/out err=$dir/err
failed=0 what=

fail()
{
	echo "FAIL: $what: $*" >&2
	sed 's/^/  stdout: /' "$out" | head -n 5 >&2
	sed 's/^/  stderr: /' "$err" | head -n 5 >&2
	failed=1
}

# gives STATUS COMMAND...: run it, keep what it prints in $out and $err.
gives()
{
	want=$1
	shift
	what=$*
	"$@" >"$out" 2>"$err"
	got=$?
	[ "$got" -eq "$want" ] || fail "exit status $got, not $want"
}

# What the last command printed.
says()
{
	grep -q -e "$1" "$out" || fail "no '$1' on stdout"
}

complains()
{
	grep -q -e "$1" "$err" || fail "no '$1' on stderr"
}

silent()
{
	[ ! -s "$err" ] || fail "not quiet on stderr"
}

# is NAME ACTUAL EXPECTED
is()
{
	what=$1
	[ "$2" = "$3" ] || fail "'$2', not '$3'"
}

# One event of two records: event SERIAL COMM
event()
{
	echo "type=SYSCALL msg=audit(1700000000.$(printf %03d "$1"):$1): arch=c000003e syscall=257 success=yes exit=3" \
		"a0=ffffff9c a1=0 a2=0 a3=0 items=1 ppid=1 pid=2 auid=1000 uid=0 gid=0 euid=0 suid=0 fsuid=0 egid=0" \
		"sgid=0 fsgid=0 tty=(none) ses=1 comm=\"$2\" exe=\"/usr/bin/$2\" key=(null)"
	echo "type=PROCTITLE msg=audit(1700000000.$(printf %03d "$1"):$1): proctitle=\"$2\""
}
