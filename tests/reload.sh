#!/bin/sh
# tierceld reads its configuration again: what the outputs before had lost by then is told to those that follow.
# shellcheck source=tests/lib.sh disable=SC2016,SC2059,SC2317
. "$(dirname "$0")/lib.sh"

conf=$dir/conf.ini events=$dir/events log=$dir/audit.log

# until COMMAND...: true within ten seconds
until_true()
{
	tries=0
	until "$@" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 200 ] || return 1
		sleep 0.05
	done
}

# lines_are COUNT PATTERN
lines_are()
{
	[ "$(grep -c "$2" "$events")" -eq "$1" ]
}

: >"$log"
{
	printf '[source audit]\nmode = follow\nlog = %s\n[output good]\ntype = file\npath = %s\n' "$log" "$events"
	printf '[output full]\ntype = file\npath = /dev/full\n'
} >"$conf"
"$tierceld" -f -c "$conf" </dev/null >"$out" 2>"$err" &
pid=$!
what=reload
until_true lines_are 1 '"evt.type":"start"' || fail "it did not start"
for serial in 1 2 3; do
	echo "type=USER_CMD msg=audit(1700000000.000:$serial): pid=1 uid=0 msg='cmd=x res=success'" >>"$log"
done
until_true lines_are 3 '"evt.type":"user_cmd"' || fail "3 events did not come"
kill -HUP $pid
until_true lines_are 1 '"evt.type":"reload"' || fail "it was not read again"
kill -TERM $pid
wait $pid
# start, and the three
lines_are 1 '"evt.type":"lost".*"internal.lines":4,"internal.output":"full"' || {
	fail "what output full had lost was not told"
	cat "$events"
}
exit $failed
