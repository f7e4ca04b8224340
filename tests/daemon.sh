#!/bin/sh
# tierceld as auditd's plugin: both protocols, signals, counts; beside auditd's log; as a daemon.
# shellcheck source=tests/lib.sh disable=SC2016,SC2059,SC2317
. "$(dirname "$0")/lib.sh"

conf=$dir/conf.ini events=$dir/events log=$dir/audit.log

# Never the kernel of this machine: a mode is always told, or standard input is a pipe.
audisp="[source audit]\nmode = audisp\naudisp_socket = $dir/no-socket\n"
follow="[source audit]\nmode = follow\nlog = $log\n"
source=$audisp

configure()
{
	printf "$source"'[select all]\nsyscalls = all\n[output file]\ntype = file\npath = %s\nfields = %s\n' "$events" "$1" \
		>"$conf"
}

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

# Events of what is watched: those of tierceld itself (start, reload ...) stand between them.
told()
{
	grep -v '"source":"internal"' "$1"
}

lines_are()
{
	[ -f "$1" ] && [ "$(told "$1" | wc -l)" -eq "$2" ]
}

# Start it with a pipe that we hold open as descriptor 3.
start()
{
	rm -f "$dir/pipe" "$events" "$events".*
	mkfifo "$dir/pipe"
	"$tierceld" -c "$conf" <"$dir/pipe" >"$out" 2>"$err" &
	pid=$!
	exec 3>"$dir/pipe"
	what=start
	until_true test -f "$events" || fail "it did not open its output"
}

ends()
{
	wait "$pid"
	is "$1: exit status" $? 0
	exec 3>&-
	what=$1
	complains "^tierceld: received $2$"
}

# A 32 bit number in the byte order of this machine.
u32()
{
	set -- $(($1 & 255)) $(($1 >> 8 & 255))
	if [ "$(printf '\1\0' | od -An -tu2 | tr -d ' ')" = 1 ]; then
		set -- "$1" "$2" 0 0
	else
		set -- 0 0 "$2" "$1"
	fi
	# shellcheck disable=SC2059
	printf "$(printf '\\%03o' "$@")"
}

# binary VERSION TYPE TEXT: a message of the audispd protocol
binary()
{
	u32 "$1"
	u32 16
	u32 "$2"
	u32 ${#3}
	printf %s "$3"
}

# string protocol; an event appears while the input is open, not only at its end
configure proc.name,evt.origin
start
{ event 1 cat; event 2 ls; } >&3
what="string protocol"
until_true lines_are "$events" 2 || fail "no two events while the input is open"
is "origin" "$(told "$events" | grep -c '"evt.origin":"audisp"')" 2
exec 3>&-
ends "end of input" "2 events (4 records, 0 malformed) = emitted 2 + filtered 0 + dropped 0"

# an event that never ends is closed by the clock
start
event 7 slow | sed 1q >&3
what="quiet event"
until_true lines_are "$events" 1 || fail "it was not closed"
kill -TERM "$pid"
ends SIGTERM "1 events (1 records, 0 malformed) = emitted 1 + filtered 0 + dropped 0"

# what lies in the pipe at SIGTERM is not lost
start
{ event 1 a; event 2 b; event 3 c; } >&3
kill -TERM "$pid"
ends "SIGTERM behind input" "3 events (6 records, 0 malformed) = emitted 3 + filtered 0 + dropped 0"

# binary protocol, both versions
start
record=$(event 9 bin | sed -n 1p)
title=$(event 9 bin | sed -n 2p)
{
	binary 0 1300 "${record#* msg=}"
	binary 0 1327 "${title#* msg=}"
	binary 1 1300 "node=far $(event 10 far | sed -n 1p)"
	binary 1 1327 "node=far $(event 10 far | sed -n 2p)"
} >&3
what="binary protocol"
until_true lines_are "$events" 2 || fail "no two events"
is "node" "$(told "$events" | grep -c '"hostname":"far"')" 1
exec 3>&-
ends "binary protocol" "2 events (4 records, 0 malformed) = emitted 2 + filtered 0 + dropped 0"

# SIGUSR1: the file was moved away
start
event 1 before >&3
until_true lines_are "$events" 1
mv "$events" "$events.1"
kill -USR1 "$pid"
what=SIGUSR1
until_true test -f "$events" || fail "no new file"
until_true grep -q 'outputs were opened anew' "$err" || fail "no word of it"
kill -USR2 "$pid"
event 2 after >&3
until_true lines_are "$events" 1 || fail "no event in the new file"
exec 3>&-
ends SIGUSR1 "2 events (4 records, 0 malformed) = emitted 2 + filtered 0 + dropped 0"

# SIGHUP: a good configuration is taken, a bad one is not
start
event 1 one >&3
until_true lines_are "$events" 1
configure evt.type
kill -HUP "$pid"
what=SIGHUP
until_true grep -q 'was read again' "$err" || fail "no word of it"
event 2 two >&3
until_true lines_are "$events" 2
is "new fields" "$(told "$events" | sed -n 2p | grep -c '"output_fields":{"evt.type":"openat"}')" 1
echo 'nonsense = 1' >>"$conf"
kill -HUP "$pid"
what="SIGHUP with an error"
until_true grep -q 'stays in use' "$err" || fail "no word of it"
complains "^tierceld: $conf:[0-9]*: .*nonsense"
event 3 three >&3
until_true lines_are "$events" 3 || fail "the old configuration is not in use"
exec 3>&-
ends SIGHUP "3 events (6 records, 0 malformed) = emitted 3 + filtered 0 + dropped 0"

# What is lost at the end is not emitted, unless another output has it; one that takes nothing has no say.
full_and()
{
	printf '[output full]\ntype = stdout\n[output b]\ntype = file\npath = %s\n%s\n' "$1" "$2" >"$dir/full.ini"
	event 1 a >"$dir/one"
	gives 1 sh -c 'cat "$2" | "$1" -c "$3" >/dev/full' sh "$tierceld" "$dir/one" "$dir/full.ini"
	complains 'output full: 3 lines lost: No space left'
	complains "= $3\$"
}
full_and "$dir/kept" '' 'emitted 1 + filtered 0 + dropped 0'
full_and /dev/full '' 'emitted 0 + filtered 0 + dropped 1 (1 lost at the end)'
full_and "$dir/loud" 'priority = Error' 'emitted 0 + filtered 0 + dropped 1 (1 lost at the end)'

# A fault is told when it comes, not only at the end.
printf '[output full]\ntype = file\npath = /dev/full\n' >"$dir/full.ini"
rm -f "$dir/pipe"
mkfifo "$dir/pipe"
"$tierceld" -c "$dir/full.ini" <"$dir/pipe" >"$out" 2>"$err" &
pid=$!
exec 3>"$dir/pipe"
event 1 a >&3
what="a full disk"
until_true grep -q 'output full: No space left on device; it is tried again' "$err" || fail "not told"
exec 3>&-
wait "$pid"
is "a full disk: told once" "$(grep -c 'tried again' "$err")" 1

# Nor does a limit to the size of files end it.
printf '[output small]\ntype = file\npath = %s\n' "$dir/small" >"$dir/small.ini"
i=0
while [ $i -lt 50 ]; do
	event $i large
	i=$((i + 1))
done >"$dir/fifty"
gives 1 sh -c 'ulimit -f 20; cat "$2" | "$1" -c "$3"' sh "$tierceld" "$dir/fifty" "$dir/small.ini"
complains 'output small: [0-9]* lines lost: File too large'
complains 'received 50 events'

# A reader of stdout that takes nothing must not keep it from stopping, nor one that goes away end it.
is_gone()
{
	! kill -0 "$1"
}
printf '[output unread]\ntype = stdout\n' >"$dir/stdout.ini"
mkfifo "$dir/stuck"
exec 4<>"$dir/stuck"
rm -f "$dir/pipe"
mkfifo "$dir/pipe"
"$tierceld" -c "$dir/stdout.ini" <"$dir/pipe" >&4 2>"$err" &
pid=$!
exec 3>"$dir/pipe"
i=0
while [ $i -lt 200 ]; do
	event $i stuck
	i=$((i + 1))
done >&3
sleep 0.3
kill -TERM "$pid"
what="SIGTERM while nobody reads"
until_true is_gone "$pid" || {
	fail "it waits for the reader"
	kill -KILL "$pid"
}
wait "$pid"
is "SIGTERM while nobody reads: exit status" $? 1
exec 3>&- 4>&-
complains 'output unread: [0-9]* lines lost: its reader takes nothing'
complains 'received 200 events'
what="reader gone"
{
	{
		event 1 a
		sleep 0.5
		event 2 b
		sleep 0.5
		event 3 c
	} | "$tierceld" -c "$dir/stdout.ini" 2>"$err"
	echo $? >"$dir/status"
} | sed 1q >"$out"
is "reader gone: exit status" "$(cat "$dir/status")" 1
complains 'nobody reads standard output any more'
complains 'output unread: [0-9]* lines lost: Broken pipe'
complains 'received 3 events'

# The log that auditd writes: from its end on, and over a rotation.
source=$follow
internal()
{
	grep '"source":"internal"' "$events" | grep -c -e "$1"
}
# internal_is COUNT PATTERN
internal_is()
{
	[ "$(internal "$2")" -eq "$1" ]
}
start_following()
{
	rm -f "$events"
	"$tierceld" -f -c "$conf" </dev/null >"$out" 2>"$err" &
	pid=$!
	what="start in mode follow"
	until_true internal_is 1 '"evt.type":"start"' || fail "no event tells it"
}
configure evt.type,evt.origin,proc.name,user.name,internal.*
event 10 before >"$log"
start_following
is "start: mode" "$(internal '"internal.mode":"follow","internal.rules":0,')" 1
event 11 first >>"$log"
what=follow
until_true lines_are "$events" 1 || fail "no event of the log"
mv "$log" "$log.1"
event 12 late >>"$log.1"
event 13 rotated >"$log"
what="a log that rotates"
until_true lines_are "$events" 3 || fail "no three events"
is "follow: names" "$(told "$events" | sed 's/.*"proc.name":"\([^"]*\)".*/\1/' | tr '\n' ' ')" "first late rotated "
is "follow: origin" "$(told "$events" | grep -c '"evt.origin":"log"')" 3
root=$(sed -n 's/^\([^:]*\):[^:]*:0:.*/\1/p' /etc/passwd 2>/dev/null | head -n 1)
[ -z "$root" ] || is "user.name" "$(told "$events" | grep -c "\"user.name\":\"$root\"")" 3

# Numbers that do not come are told while it runs, and not again.
{ event 14 gap; event 23 gap; } >>"$log"
what="a gap"
until_true internal_is 1 '"evt.type":"lost"' || fail "not told"
is "a gap: fields" "$(internal '"internal.first_serial":15,"internal.last_serial":22,"internal.missing_events":8,')" 1
complains '^tierceld: lost on the way to us: 8 events by gaps in the serials$'

# Words of its own about a configuration that is read again.
kill -HUP "$pid"
what="SIGHUP, as an event"
until_true internal_is 1 '"evt.type":"reload".*was read again.*"priority":"Notice"' || fail "none"
echo 'nonsense = 1' >>"$conf"
kill -HUP "$pid"
what="SIGHUP with an error, as an event"
until_true internal_is 1 '"evt.type":"reload".*:[0-9]*: .*stays in use.*"priority":"Error"' || fail "none"
kill -TERM "$pid"
ends follow "5 events (10 records, 0 malformed) = emitted 5 + filtered 0 + dropped 0"
is "stop: counts" "$(internal '"evt.type":"stop","internal.dropped":0,"internal.emitted":5,"internal.filtered":0,"internal.lost":8,"internal.received":5')" 1
is "stop: the last" "$(tail -n 1 "$events" | grep -c '"evt.type":"stop"')" 1
is "lost: once" "$(internal '"evt.type":"lost"')" 1

# A log that is not there yet is said once, and read from its beginning.
rm -f "$log" "$log.1"
configure proc.name,evt.type,internal.*
start_following
sleep 0.5
event 1 new >"$log"
what="a log that comes later"
until_true lines_are "$events" 1 || fail "it was not found"
kill -TERM "$pid"
ends "a log that comes later" "1 events (2 records, 0 malformed) = emitted 1 + filtered 0 + dropped 0"
is "a log that comes later: said once" "$(grep -c "^tierceld: $log: warning: not there yet: it is waited for\$" "$err")" 1

# Rules: what they say of events; matches over a limit are left out, counted and told.
{
	printf "$audisp"'[rule cats]\nname = A cat\ncondition = proc.name = cat\noutput = %%proc.name runs\nrate_limit = 1/h\n'
	printf '[output file]\ntype = file\npath = %s\nfields = evt.type, internal.*\n' "$events"
} >"$conf"
start
{ event 1 cat; event 2 ls; event 3 cat; event 4 cat; } >&3
what="a rule's limit"
until_true internal '"evt.type":"rate_limit","internal.matches":[12],"internal.rule":"A cat"' >"$dir/count" || fail "not told"
exec 3>&-
ends rules "4 events (8 records, 0 malformed) = emitted 1 + filtered 1 + dropped 2 (2 over a rule's rate limit)"
is "rules: the event" "$(told "$events" | grep -c ': Notice cat runs","output_fields":{"evt.type":"openat","proc.name":"cat"},.*"rule":"A cat"')" 1
is "rules: all that was left out" "$(sed -n 's/.*"internal.matches":\([0-9]*\).*/\1/p' "$events" | awk '{ n += $1 } END { print n }')" 2
is "rules: stop" "$(internal '"internal.dropped":2,"internal.emitted":1,"internal.filtered":1,"internal.lost":0,')" 1

# As a daemon: the command ends when all is open, and the pid file tells of the process.
pidfile=$dir/pid
{
	printf "[tiercel]\npid_file = $pidfile\n$follow"
	printf '[output %s]\ntype = file\npath = %s\nwhen = %s\n' back "$events" background front "$dir/front" foreground
} >"$dir/daemon.ini"
trap 'kill "$(cat "$pidfile" 2>/dev/null)" 2>/dev/null; rm -rf "$dir"' EXIT
rm -f "$events"
: >"$log"
gives 0 "$tierceld" -c "$dir/daemon.ini" </dev/null
complains 'version .* in mode follow'
is "daemon: is up" "$(internal '"evt.type":"start"')" 1
is "daemon: pid file" "$(tr -d '0-9' <"$pidfile" | od -An -c | tr -d ' ')" '\n'
pid=$(cat "$pidfile")
kill -0 "$pid" || fail "no such process"
[ "$pid" -ne $$ ] || fail "the pid is ours"
[ ! -e "$dir/front" ] || fail "an output of the foreground was opened"
event 1 seen >>"$log"
what="daemon: an event"
until_true lines_are "$events" 1 || fail "none"
gives 1 "$tierceld" -c "$dir/daemon.ini" </dev/null
complains "^tierceld: $pidfile: tierceld already runs as pid $pid\$"
gives 1 "$tierceld" -f -c "$dir/daemon.ini" </dev/null
complains "already runs as pid $pid\$"
is "daemon: the second did nothing to it" "$(cat "$pidfile")" "$pid"
kill -TERM "$pid"
what="daemon: SIGTERM"
until_true test ! -e "$pidfile" || fail "the pid file is still there"
is "daemon: stop" "$(internal '"evt.type":"stop".*"internal.received":1')" 1

# What is meant for the other kind of run is left alone.
rm -f "$events" "$dir/front"
"$tierceld" -f -c "$dir/daemon.ini" </dev/null >"$out" 2>"$err" &
pid=$!
what="when = foreground"
until_true grep -q '"evt.type":"start"' "$dir/front" || fail "not opened"
is "foreground: pid file" "$(cat "$pidfile")" "$pid"
kill -TERM "$pid"
wait "$pid"
is "when = foreground: exit status" $? 0
[ ! -e "$events" ] || fail "an output of the background was opened"
[ ! -e "$pidfile" ] || fail "the pid file is still there"

# A daemon that does not come up says why, and leaves nothing.
{
	cat "$dir/daemon.ini"
	echo 'nonsense = 1'
} >"$dir/bad.ini"
gives 1 "$tierceld" -c "$dir/bad.ini" </dev/null
complains "^tierceld: $dir/bad.ini:[0-9]*: .*nonsense"
sed "s,^log = .*,log = $dir," "$dir/daemon.ini" >"$dir/bad.ini"
gives 1 "$tierceld" -c "$dir/bad.ini" </dev/null
complains "^tierceld: $dir: not a regular file"
gives 1 "$tierceld" -c "$dir/none" </dev/null
complains "^tierceld: $dir/none: No such file"
[ ! -e "$pidfile" ] || fail "a pid file was left"

# no source
source=$audisp
configure @all
gives 1 "$tierceld" -f -c "$conf" </dev/null
complains "$dir/no-socket"
sed 's/mode = audisp/mode = off/' "$conf" >"$dir/off.ini"
gives 1 "$tierceld" -f -c "$dir/off.ini" </dev/null
complains 'nothing to read'
gives 1 sh -c ': | "$1" -c "$2"' sh "$tierceld" "$dir/none"
complains "^tierceld: $dir/none: No such file"
gives 1 "$tierceld" -f -c "$dir/none" </dev/null
complains "^tierceld: $dir/none: No such file"
printf '[output x]\ntype = stdout\n' >"$dir/unread.ini"
gives 0 sh -c ': | "$1" -c "$2" >/dev/null' sh "$tierceld" "$dir/unread.ini"
complains '^tierceld: warning: events go to standard output, which is /dev/null'
gives 0 sh -c ': | "$1" -c "$2"' sh "$tierceld" "$dir/unread.ini"
is "no such warning else" "$(grep -c warning "$err")" 0
gives 2 "$tierceld" --nonsense
gives 2 "$tierceld" word
gives 0 "$tierceld" --help
says '^Usage: tierceld'
gives 0 "$tierceld" --version
exit $failed
