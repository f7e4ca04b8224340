#!/bin/sh
# guest.sh MODE DIRECTORY: inside the guest of tests/vm/run, as root. Starts tierceld in that mode, auditd where the mode
# wants one, lets the workload run, and stops all again. DIRECTORY then has
#   events    what tierceld wrote        cases     what the workload did      status   how tierceld ended
#   messages  what it said at the end    auditd    what auditd said
# Exit 77: the mode can't be tried here, the last line says why.
: "${top_srcdir:?}" "${top_builddir:?}"
mode=$1 out=$2
# shellcheck source=tests/live/lib.sh
. "$top_srcdir/tests/live/lib.sh"
login=4242 workload=$top_builddir/tests/vm/workload
calls="execve execveat open openat creat connect rename renameat renameat2 link linkat symlink symlinkat unlink unlinkat
rmdir mkdir chmod fchmod fchmodat chown lchown fchown fchownat truncate mount umount2 ptrace kill tgkill init_module
finit_module delete_module setuid setgid setresuid"

# configure MODE [LINE...]
configure()
{
	{
		echo '[source audit]'
		printf '%s\n' "mode = $1"
		shift
		[ $# = 0 ] || printf '%s\n' "$@"
		echo '[select calls]'
		# iniparser bounds a line: the list goes over several.
		# shellcheck disable=SC2086 # words
		set -- $calls
		printf 'syscalls = %s' "$1"
		shift
		printf ', \\\n\t%s' "$@"
		printf '\nauid = %s\n' $login
		printf '[select words]\ntypes = login, user, user_login, user_auth, user_cmd\nauid = %s\n' $login
		printf '[output file]\ntype = file\nbudget = 1M\npath = %s\n' "$out/events"
	} >"$run/tiercel.ini"
}

# The kernel rules of others, where tierceld has none of its own. With the key that its own have, as it shows.
load_rules()
{
	words=
	for call in $calls; do
		words="$words -S $call"
	done
	for arch in b64 b32; do
		# shellcheck disable=SC2086 # words
		auditctl -a always,exit -F arch=$arch $words -F auid=$login -k tiercel >/dev/null || return 1
	done
	auditctl -a always,exit -F arch=b32 -S socketcall -F a0=3 -F auid=$login -k tiercel >/dev/null
}

start_tierceld()
{
	(
		"$tierceld" -f -c "$run/tiercel.ini" </dev/null >"$out/stdout" 2>"$out/messages"
		echo $? >"$out/status"
	) &
	shell=$!
	until_true 20 test -f "$out/events" || {
		cat "$out/messages"
		echo "tierceld did not start"
		exit 1
	}
	sleep 1
}

# shellcheck disable=SC2317 # called by until_true
is_over()
{
	[ -s "$out/status" ] || grep -q '"evt.arg.name":"/case/end"' "$out/events"
}

# As auditd's plugin it leaves its words where the plugin's script says.
stop_tierceld()
{
	pid=$(process_of tierceld)
	[ -z "$pid" ] || kill -TERM "$pid"
	[ -z "$shell" ] || wait "$shell"
}

shell=
case $mode in
unicast)
	configure unicast
	start_tierceld
	;;
multicast)
	start_auditd
	load_rules || skip "auditctl refused the rules"
	configure multicast
	start_tierceld
	;;
follow)
	log_format=RAW
	start_auditd
	load_rules || skip "auditctl refused the rules"
	configure follow "log = $run/log/audit.log"
	start_tierceld
	;;
plugin)
	configure audisp
	# auditd gives its plugins no standard error.
	cat >"$run/plugin" <<-END
		#!/bin/sh
		"$tierceld" -c "$run/tiercel.ini" 2>"$out/messages"
		echo \$? >"$out/status"
	END
	chmod 750 "$run/plugin"
	start_auditd "active = yes" "direction = out" "path = $run/plugin" "type = always" "format = string"
	load_rules || skip "auditctl refused the rules"
	until_true 20 test -f "$out/events"
	;;
socket)
	start_auditd "active = yes" "direction = out" "path = builtin_af_unix" "type = builtin" \
		"args = 0640 $run/events" "format = string"
	load_rules || skip "auditctl refused the rules"
	until_true 20 test -S "$run/events" || skip "this auditd has no builtin af_unix plugin"
	configure audisp "audisp_socket = $run/events"
	start_tierceld
	;;
*)
	echo "no mode $mode"
	exit 2
	;;
esac

TIERCEL_GUEST=1 "$workload" run >"$out/cases" 2>"$out/workload"
until_true 30 is_over || echo "the end of the workload did not come in 30 s"
if [ "$mode" = plugin ]; then
	# Its input ends as auditd does.
	stop_auditd
	until_true 10 test -s "$out/status" || stop_tierceld
else
	stop_tierceld
	auditctl -l >"$out/rules" 2>&1
	stop_auditd
fi
exit 0
