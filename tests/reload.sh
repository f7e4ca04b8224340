#!/bin/sh
# tierceld reads its configuration again: what the outputs before had lost by then is told to those that follow; rules
# are others from then on, or stay where there is a fault in the new ones.
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

# start WHAT: a daemon that reads $conf, a log and events of its own.
start()
{
	what=$1
	: >"$log"
	rm -f "$events"
	"$tierceld" -f -c "$conf" </dev/null >"$out" 2>"$err" &
	pid=$!
	until_true lines_are 1 '"evt.type":"start"' || fail "it did not start"
}

{
	printf '[source audit]\nmode = follow\nlog = %s\n[output good]\ntype = file\npath = %s\n' "$log" "$events"
	printf '[output full]\ntype = file\npath = /dev/full\n'
} >"$conf"
start reload
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

# rule CONDITION: one that also tells what the old configuration was
rule()
{
	printf '[source audit]\nmode = follow\nlog = %s\n[output good]\ntype = file\npath = %s\n[macro m]\ncondition = %s\n' \
		"$log" "$events" "$1"
	printf '[rule r]\ncondition = m\noutput = acct %%audit.acct\n'
}

# reread CONDITION: by a daemon that runs.
reread()
{
	rule "$1" >"$conf"
	kill -HUP $pid
}

# logins SERIAL: of ann and of bob
logins()
{
	for acct in ann bob; do
		echo "type=USER_LOGIN msg=audit(1700000000.000:$1): pid=1 uid=0 msg='op=login acct=\"$acct\" res=success'"
		set $(($1 + 1))
	done >>"$log"
}

rule 'audit.acct = ann' >"$conf"
start "reload with rules"
logins 1
until_true lines_are 1 'Notice acct ann","output_fields":{.*"rule":"r"' || fail "the first rule does not match"
reread 'audit.acct = bob'
until_true lines_are 1 'was read again' || fail "it was not read again"
logins 3
until_true lines_are 1 'Notice acct bob' || fail "the new rule does not match"
reread 'audit.acct = ann and audit.actt = x'
until_true lines_are 1 "conf.ini:8:[0-9]*: .*audit.actt.*stays in use" || fail "a fault in a macro is not told"
logins 5
until_true lines_are 2 'Notice acct bob' || fail "the rules before are not in use"
is "reload with rules: events" "$(grep -c '"rule":"r"' "$events")" 3
kill -TERM $pid
wait $pid
is "reload with rules: exit status" $? 0
complains '^tierceld: received 6 events (6 records, 0 malformed) = emitted 3 + filtered 3 + dropped 0$'
exit $failed
