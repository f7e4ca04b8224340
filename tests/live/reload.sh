#!/bin/sh
# reload.sh DIRECTORY: inside the guest, as root. A steady load, while tierceld reads its configuration again and again:
# now a rule selects it, now a [select], and the kernel's rules are wholly others. DIRECTORY/events has what came.
: "${top_srcdir:?}" "${top_builddir:?}"
out=$1
# shellcheck source=tests/live/lib.sh
. "$top_srcdir/tests/live/lib.sh"
count=6000
program=$top_builddir/tests/vm/workload

settings()
{
	printf '[source audit]\nmode = unicast\non_overload = block\nbacklog_limit = 65536\n'
	printf '[output file]\ntype = file\nbudget = 1M\npath = %s\nfields = evt.type, fd.name, proc.args, internal.*\n' "$out/events"
}

{
	settings
	printf '[rule opens]\ncondition = evt.type in (open, openat) and evt.failed = true and fd.name startswith /load/\n'
	printf 'output = %%evt.type\n'
	printf '[rule programs]\ncondition = evt.type = execve and proc.args startswith "nothing /load/"\noutput = %%evt.type\n'
} >"$run/rules.ini"
{
	settings
	printf '[select all]\nsyscalls = open, openat, execve\nauid = 4242\n'
} >"$run/select.ini"
{
	cat "$run/rules.ini"
	printf '[rule wrong]\ncondition = evt.type = = 7\n'
} >"$run/wrong.ini"

cp "$run/rules.ini" "$run/tiercel.ini"
"$tierceld" -f -c "$run/tiercel.ini" </dev/null >"$run/stdout" 2>"$out/messages" &
pid=$!
until_true 30 grep -q 'in mode unicast' "$out/messages" || exit 1
(
	echo 4242 >/proc/self/loginuid
	exec "$program" load $count
) &
load=$!
# reload NAME: and wait for its word.
reload()
{
	reloads=$((reloads + 1))
	cp "$run/$1.ini" "$run/tiercel.ini"
	kill -HUP $pid
	until_true 30 is_read
}

# shellcheck disable=SC2317 # called by until_true
is_read()
{
	[ "$(grep -c -e 'was read again' -e 'was not taken' "$out/messages")" -ge $reloads ]
}

reloads=0
while kill -0 $load 2>/dev/null; do
	for name in select wrong rules; do
		reload $name
		sleep 0.2
	done
done
wait $load
kill -TERM $pid
wait $pid
echo $? >"$out/status"
echo "$count" >"$out/count"
