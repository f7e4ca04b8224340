#!/bin/sh
# select.sh DIRECTORY: inside the guest of tests/vm/run, as root. For the rules of each DIRECTORY/NAME.rules: what comes to
# user space of the scripted workload and of a slice of ordinary life, once as if nobody and once as if somebody had
# logged in for it,
#
#   all     with everything recorded (all.log has it, for all the rules)
#   calls   with the system calls that the rules are about, whatever these are called with
#   plan    with what tierceld makes of the rules (NAME.got has what they emitted)
#
# and how much where nothing is done at all. For each a line "select NAME HOW RECEIVED NOTHING KERNEL_RULES".
: "${top_srcdir:?}" "${top_builddir:?}"
out=$1
# shellcheck source=tests/live/lib.sh
. "$top_srcdir/tests/live/lib.sh"
tiercel=$top_builddir/tiercel
work=/dev/shm/tiercel-life
TIERCEL_GUEST=1
export TIERCEL_GUEST

# Between start and stop this script itself runs no programs: what it does is as good as nothing.
start()
{
	rm -f "$run/messages"
	mkfifo "$run/messages"
	"$tierceld" -f -c "$out/$1.ini" </dev/null >/dev/null 2>"$run/messages" &
	pid=$!
	exec 3<"$run/messages"
	: >"$out/$1.messages"
	while IFS= read -r line <&3; do
		echo "$line" >>"$out/$1.messages"
		case $line in
		*'in mode unicast'*) return ;;
		esac
	done
	echo "bench-live: tierceld did not start: $line"
	exit 1
}

stop()
{
	kill -TERM "$pid"
	wait "$pid"
	status=$?
	cat <&3 >>"$out/$1.messages"
	exec 3<&-
	if [ $status != 0 ] || grep -q ' lost' "$out/$1.messages"; then
		echo "bench-live: select $1: $(tail -n 1 "$out/$1.messages")"
		exit 1
	fi
	received=$(sed -n 's/.*received \([0-9]*\) events.*/\1/p' "$out/$1.messages" | tail -n 1)
	loaded=$(sed -n 's/.*: \([0-9]*\) audit rules\{0,1\} loaded.*/\1/p' "$out/$1.messages" | tail -n 1)
}

live()
{
	"$top_builddir/tests/vm/workload" run >"$run/cases" 2>"$run/workload"
	sh "$top_srcdir/tests/bench/life.sh" "$top_srcdir/src" $work/nobody 2>>"$run/life"
	(
		echo 4242 >/proc/self/loginuid
		exec sh "$top_srcdir/tests/bench/life.sh" "$top_srcdir/src" $work/somebody 2>>"$run/life"
	)
}

# measure RULES HOW INI
measure()
{
	start "$3"
	stop "$3"
	nothing=$received
	rm -rf /dev/shm/tiercel-workload $work "$out/all.log" "$out/$1.got"
	mkdir -p $work/nobody $work/somebody
	: >"$run/life"
	start "$3"
	live
	stop "$3"
	if [ -s "$run/life" ]; then
		echo "bench-live: select: $(head -n 1 "$run/life")"
		exit 1
	fi
	echo "select $1 $2 $received $nothing $loaded"
}

settings()
{
	printf '[source audit]\nmode = unicast\non_overload = block\nbacklog_limit = 65536\nreceive_buffer = 64M\n'
}

output()
{
	printf '%s\n' '[output file]' 'type = file' 'budget = 1M' "$@"
}

# Every system call that a kernel rule of these would be for.
calls_of()
{
	"$tiercel" explain --json -c "$1" | tr -d ' \n' | grep -o '"calls":\[[^]]*\]' | sed 's/^"calls":\[//; s/[]"]//g' |
		tr , '\n' | sort -u
}

{
	settings
	printf '[select all]\nsyscalls = all\n'
	output 'format = raw' "path = $out/all.log"
} >"$out/all.ini"
measure - all all
mv "$out/all.log" "$out/whole.log"
for rules in "$out"/*.rules; do
	name=$(basename "$rules" .rules)
	{
		settings
		cat "$rules"
		output 'format = text' "path = $out/$name.got"
	} >"$out/$name.ini"
	{
		settings
		printf '[select calls]\nsyscalls = '
		calls_of "$out/$name.ini" | awk '{ printf "%s%s", (NR > 1 ? ", \\\n\t" : ""), $0 } END { print "" }'
		output 'format = text' 'path = /dev/null'
	} >"$out/$name-calls.ini"
	measure "$name" calls "$name-calls"
	measure "$name" plan "$name"
done
