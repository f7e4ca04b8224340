#!/bin/sh
# sound.sh DIRECTORY [NAME...]: inside the guest, as root. For each workload of conditions.txt: once with all its system
# calls recorded, which goes to DIRECTORY/WORKLOAD.log; then once for each condition (of these names), with the rules that
# are made of it. DIRECTORY/NAME.ini is that configuration, NAME.got what came of it, NAME.messages what was said.
: "${top_srcdir:?}" "${top_builddir:?}"
out=$1
shift
# shellcheck source=tests/live/lib.sh
. "$top_srcdir/tests/live/lib.sh"
export top_builddir
wanted=" $* "
program=$top_builddir/tests/vm/workload

# start NAME: with NAME.ini.
start()
{
	"$tierceld" -f -c "$out/$1.ini" </dev/null >"$run/stdout" 2>"$out/$1.messages" &
	pid=$!
	until_true 30 grep -q 'in mode unicast' "$out/$1.messages" || {
		cat "$out/$1.messages"
		exit 1
	}
}

# stop NAME: what came, with what the kernel was told.
stop()
{
	auditctl -l >"$out/$1.rules" 2>/dev/null
	kill -TERM "$pid"
	wait "$pid"
	echo "status $?" >>"$out/$1.messages"
}

work()
{
	case $1 in
	life)
		rm -rf /dev/shm/tiercel-workload
		TIERCEL_GUEST=1 "$program" run >"$run/cases" 2>"$run/workload"
		;;
	names) sh "$top_srcdir/tests/live/names.sh" run >"$run/cases" 2>"$run/workload" ;;
	esac
}

prepare()
{
	rm -rf /dev/shm/tiercel-workload
	[ "$1" != names ] || sh "$top_srcdir/tests/live/names.sh" prepare
}

settings()
{
	printf '[source audit]\nmode = unicast\non_overload = block\nbacklog_limit = 65536\n'
}

everything()
{
	prepare "$1"
	{
		settings
		printf '[select all]\nsyscalls = all\nauid = 4242\n'
		printf '[output file]\ntype = file\nformat = raw\npath = %s\n' "$out/$1.log"
	} >"$out/$1.ini"
	start "$1"
	work "$1"
	stop "$1"
}

# condition WORKLOAD NAME KEY=VALUE CONDITION. The rule's output is all that both runs of a workload must have alike.
condition()
{
	prepare "$1"
	{
		[ -z "$3" ] || printf '[tiercel]\n%s\n' "$3"
		settings
		printf '[rule test]\ncondition = %s\noutput = ' "$4"
		printf '%%evt.type %%syscall.type %%audit.arch %%evt.res %%proc.name %%proc.exepath \\\n'
		printf '\tfd=%%fd.name fs=%%fs.path.name from=%%fs.path.source to=%%fs.path.target \\\n'
		printf '\tuid=%%audit.uid euid=%%user.uid auid=%%user.loginuid port=%%fd.sport type=%%fd.type\n'
		printf '[output file]\ntype = file\nformat = text\npath = %s\n' "$out/$2.got"
	} >"$out/$2.ini"
	start "$2"
	work "$1"
	stop "$2"
}

# Where nobody looks at more than the SYSCALL record tells, none of the others comes.
narrow()
{
	prepare life
	{
		settings
		printf '[rule test]\ncondition = evt.type in (open, openat)\noutput = %%evt.type %%evt.res\n'
		printf '[output file]\ntype = file\nformat = text\npath = %s\n' "$out/narrow.got"
	} >"$out/narrow.ini"
	start narrow
	work life
	stop narrow
}

case $wanted in
'  ' | *' narrow '*) narrow ;;
esac
tab=$(printf '\t')
last=
while IFS=$tab read -r workload name key rest; do
	case $workload in
	'' | '#'*) continue ;;
	esac
	if [ -z "$rest" ]; then
		rest=$key key=
	fi
	case $wanted in
	'  ' | *" $name "*) ;;
	*) continue ;;
	esac
	[ "$workload" = "$last" ] || everything "$workload"
	last=$workload
	condition "$workload" "$name" "${key%,}" "$rest"
	echo "$workload $name"
done <"$top_srcdir/tests/live/conditions.txt"
