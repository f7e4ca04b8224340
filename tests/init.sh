#!/bin/sh
# contrib/tierceld.init, with its paths elsewhere and a log that is followed: what it does, and its exit statuses.
# shellcheck source=tests/lib.sh disable=SC2317
. "$(dirname "$0")/lib.sh"

init=$dir/tierceld.init pidfile=$dir/run/pid lock=$dir/subsys/tierceld conf=$dir/conf.ini events=$dir/events
mkdir "$dir/run" "$dir/subsys"
trap 'kill "$(cat "$pidfile" 2>/dev/null)" 2>/dev/null; rm -rf "$dir"' EXIT
sed "s,^daemon=.*,daemon=$tierceld,
	s,^config=.*,config=$conf,
	s,^pidfile=.*,pidfile=$pidfile,
	s,^lock=.*,lock=$lock," "$top_srcdir/contrib/tierceld.init" >"$init"
is "paths of the script" "$(grep -c "^[a-z]*=$dir/\|^daemon=$tierceld\$" "$init")" 4

configure()
{
	{
		printf '[tiercel]\npid_file = %s\n[source audit]\nmode = follow\nlog = %s\n' "$pidfile" "$dir/log"
		printf '[output events]\ntype = file\npath = %s\n' "$events"
	} >"$conf"
	: >"$dir/log"
}

# Even where it is told so by a pipe, as ssh and the like do.
init()
{
	: | sh "$init" "$1"
}

told()
{
	grep -c "\"evt.type\":\"$1\"" "$events"
}

gives 6 init start
complains "there is no $conf"
configure
gives 3 init status
gives 7 init reload
gives 0 init stop
gives 0 init condrestart
gives 0 init try-restart
[ ! -e "$events" ] || fail "it was started"

gives 0 init start
says '^tierceld: started$'
is "start: it is up" "$(told start)" 1
pid=$(cat "$pidfile")
[ -e "$lock" ] || fail "no lock"
gives 0 init status
says "^tierceld: runs as pid $pid\$"
gives 0 init start
says "already runs as pid $pid"
is "start twice" "$(told start)" 1

gives 0 init reload
tries=0
until [ "$(told reload)" -eq 1 ] || [ $tries -eq 100 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
is "reload" "$(told reload)" 1
gives 0 init condrestart
is "condrestart" "$(told stop) $(told start)" "1 2"
[ "$(cat "$pidfile")" != "$pid" ] || fail "still the same process"
pid=$(cat "$pidfile")
gives 0 init restart
is "restart" "$(told stop) $(told start)" "2 3"

# A configuration with an error leaves what runs alone.
pid=$(cat "$pidfile")
echo 'nonsense = 1' >>"$conf"
for how in restart condrestart reload force-reload; do
	gives 6 init $how
	complains nonsense
	is "$how with an error" "$(cat "$pidfile")" "$pid"
done
is "nothing was stopped or read" "$(told stop) $(told reload)" "2 1"
gives 0 init stop
is "stop" "$(told stop)" 3
[ ! -e "$pidfile" ] || fail "the pid file is left"
[ ! -e "$lock" ] || fail "the lock is left"
gives 3 init status
gives 6 init start

# One that died.
configure
gives 0 init start
kill -KILL "$(cat "$pidfile")"
tries=0
until ! sh "$init" status >/dev/null 2>&1 || [ $tries -eq 100 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
gives 1 init status
complains "is dead, and $pidfile is left"
gives 7 init reload
# Its number is another's now.
echo $$ >"$pidfile"
gives 1 init status
gives 0 init stop
kill -0 $$ || fail "not ours to end"
gives 3 init status
echo 'no number' >"$pidfile"
gives 1 init status
rm "$pidfile"
: >"$lock"
gives 2 init status
gives 0 init start
gives 0 init stop

# It does not come up.
rm "$dir/log"
mkdir "$dir/log"
gives 1 init start
complains "$dir/log: not a regular file"
[ ! -e "$lock" ] || fail "a lock was made"
gives 2 init nonsense
gives 2 sh "$init"
complains '^Usage: '
sed "s,^daemon=.*,daemon=$dir/none," "$init" >"$dir/none.init"
gives 5 sh "$dir/none.init" start
sed "s,^pidfile=.*,pidfile=$dir/none/pid," "$init" >"$dir/none.init"
gives 4 sh "$dir/none.init" start
exit $failed
