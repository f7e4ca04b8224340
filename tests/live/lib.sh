# shellcheck shell=sh
# What the scripts inside the guest share; source it. $run is a directory of theirs, $out is the one that the host sees.
set -u
: "${top_builddir:?}" "${out:?}"
LC_ALL=C
export LC_ALL
run=/run/tiercel-test
mkdir -p "$run"
# shellcheck disable=SC2034 # for those who source this
tierceld=$top_builddir/tierceld
auditd='' log_format=ENRICHED q_depth=2000

skip()
{
	echo "$*"
	exit 77
}

# until_true SECONDS COMMAND...
until_true()
{
	tries=$(($1 * 10))
	shift
	until "$@" 2>/dev/null; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# start_auditd [PLUGIN LINE...]: with a directory of its own, and one plugin or none.
start_auditd()
{
	command -v auditd >/dev/null || skip "there is no auditd"
	rm -rf "$run/audit" "$run/log"
	mkdir -p "$run/audit/plugins.d" "$run/log"
	cat >"$run/audit/auditd.conf" <<-END
		local_events = yes
		write_logs = yes
		log_file = $run/log/audit.log
		log_format = $log_format
		flush = NONE
		max_log_file = 100
		max_log_file_action = ROTATE
		num_logs = 5
		space_left = 2
		space_left_action = IGNORE
		admin_space_left = 1
		admin_space_left_action = IGNORE
		disk_full_action = IGNORE
		disk_error_action = IGNORE
		q_depth = $q_depth
		plugin_dir = $run/audit/plugins.d
	END
	chmod 640 "$run/audit/auditd.conf"
	if [ $# -gt 0 ]; then
		printf '%s\n' "$@" >"$run/audit/plugins.d/test.conf"
		chmod 640 "$run/audit/plugins.d/test.conf"
	fi
	auditctl -b 8192 >/dev/null
	auditd -n -c "$run/audit" >"$out/auditd" 2>&1 &
	auditd=$!
	until_true 20 grep -q DAEMON_START "$run/log/audit.log" || skip "auditd did not start: $(tail -n 1 "$out/auditd")"
}

stop_auditd()
{
	[ -n "$auditd" ] || return
	kill -TERM "$auditd"
	wait "$auditd"
	auditd=
}

# process_of NAME: its id, the first one's.
process_of()
{
	for process in /proc/[0-9]*; do
		if [ "$(cat "$process/comm" 2>/dev/null)" = "$1" ]; then echo "${process#/proc/}"; fi
	done | sort -n | head -n 1
}
