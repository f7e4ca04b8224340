#!/bin/sh
# live.sh DIRECTORY: inside the guest of tests/vm/run -i, where a nanosecond is an instruction. Measures readers of the
# kernel's audit stream on the same opens (loadgen), one after the other, and prints a line for each figure:
#
#   cpu NAME EVENTS NANOSECONDS     what the reader's processes took from its first event to its last
#   loss NAME RATE SENT RECEIVED    at so many events a second
#   blocked NAME MAX_US OVER_1MS    the longest that an audited open took while the reader was stopped
#   lost NAME MISSING TOLD          events of it that then are missing, and how many losses the reader told of
#   first MILLISECONDS              from tierceld's start to the first event that it saw
#   rss KIB                         the most that tierceld ever had in memory, with a receive buffer of 32 MB
: "${top_srcdir:?}" "${top_builddir:?}"
out=$1
# shellcheck source=tests/live/lib.sh
. "$top_srcdir/tests/live/lib.sh"
bare=$top_builddir/tests/bench/bare_reader loadgen=$top_builddir/tests/bench/loadgen
COUNT=${COUNT:-4000} RATE=${RATE:-400} LOSS_RATES=${LOSS_RATES:-2000 4000 8000} LOSS_COUNT=${LOSS_COUNT:-12000}
# More records than the receive buffer and the kernel's backlog hold.
STOPPED_COUNT=20000
TIERCEL_GUEST=1
export TIERCEL_GUEST

note()
{
	echo "bench-live: $*" >&2
}

# cpu NAME...: nanoseconds that the processes of these names have run, threads and all.
cpu()
{
	for process in /proc/[0-9]*; do
		read -r name <"$process/comm" || continue
		case " $* " in
		*" $name "*) cat "$process"/task/*/schedstat ;;
		esac
	done 2>/dev/null | awk '{ sum += $1 } END { printf "%.0f\n", sum }'
}

# settle NAME...: wait until they have next to nothing left to do: under 2 ms of a second.
settle()
{
	before=$(cpu "$@") tries=60
	while sleep 1 && now=$(cpu "$@") && [ $((now - before)) -gt 2000000 ] && [ $tries -gt 0 ]; do
		before=$now
		tries=$((tries - 1))
	done
}

# load COUNT [RATE]: opens of a file in memory. The host's files take the host's time, which here is none or hours.
load()
{
	"$loadgen" "$run/file" "$@"
}

add_rule()
{
	auditctl -a always,exit -F arch=b64 -S openat -F uid=65534 >/dev/null
}

# Nobody reads, nothing is audited, as after the boot.
clean()
{
	auditctl -D >/dev/null 2>&1
	auditctl -e 0 >/dev/null 2>&1
	rm -f "$run/events" "$run/text"
}

# measure NAME PROCESS...: what the load costs these processes.
measure()
{
	what=$1
	shift
	# Warm up: caches, tables, the first flush.
	load 200 "$RATE" >/dev/null
	settle "$@"
	from=$(cpu "$@")
	load "$COUNT" "$RATE" >/dev/null
	settle "$@"
	echo "cpu $what $COUNT $(($(cpu "$@") - from))"
}

start_bare()
{
	auditctl -b 8192 >/dev/null
	"$bare" "$@" >"$run/bare" &
	bare_pid=$!
	until_true 10 grep -q ready "$run/bare"
	add_rule
}

stop_bare()
{
	kill -TERM "$bare_pid"
	wait "$bare_pid"
}

# start_tierceld_live [LINE...]: as owner of the stream, all fields as JSON to a file; the lines go into [source audit].
start_tierceld_live()
{
	cat >"$run/tiercel.ini" <<-END
		[source audit]
		mode = unicast
		receive_buffer = 32M
		backlog_limit = 8192
		on_overload = drop
		[select opens]
		syscalls = openat
		uid = 65534
		[output file]
		type = file
		format = json
		fields = @all
		path = $run/events
	END
	"$tierceld" -f -c "$run/tiercel.ini" </dev/null >/dev/null 2>"$out/messages" &
	tierceld_pid=$!
	until_true 10 test -f "$run/events" || {
		note "tierceld did not start: $(tail -n 1 "$out/messages")"
		return 1
	}
	until_true 5 rules_are_there
}

# shellcheck disable=SC2317 # called by until_true
rules_are_there()
{
	auditctl -l | grep -q 'uid=65534'
}

stop_tierceld_live()
{
	kill -TERM "$tierceld_pid"
	wait "$tierceld_pid"
}

# with_auditd FORMAT COMMAND...: auditd as it is by default, but for its log's format; with laurel where plugin is set.
with_auditd()
{
	log_format=$1
	shift
	if [ -n "$plugin" ]; then
		start_auditd 'active = yes' 'direction = out' 'type = always' 'format = string' \
			"path = $(command -v laurel)" "args = --config $run/laurel.toml"
		until_true 10 test -f "$run/laurel/audit.log" || note "laurel did not start"
	else
		start_auditd
	fi
	add_rule
	"$@"
	stop_auditd
	clean
}

opens_in()
{
	grep -c 'uid=65534\|"uid":65534\|"audit.uid":65534' "$1"
}

cpu_figures()
{
	start_bare && measure bare bare_reader
	stop_bare
	clean
	start_bare -w "$run/text" && measure bare-text bare_reader
	stop_bare
	clean
	if start_tierceld_live; then
		measure tierceld tierceld
		stop_tierceld_live
	fi
	clean
	command -v auditd >/dev/null || return
	plugin=
	with_auditd RAW measure auditd-raw auditd
	with_auditd ENRICHED measure auditd auditd
	command -v laurel >/dev/null || return
	plugin=laurel
	with_auditd ENRICHED measure auditd-laurel auditd laurel
}

# loss NAME FILE PROCESS...
loss()
{
	what=$1 file=$2
	shift 2
	for rate in $LOSS_RATES; do
		had=$(opens_in "$file")
		load "$LOSS_COUNT" "$rate" >/dev/null
		settle "$@"
		echo "loss $what $rate $LOSS_COUNT $(($(opens_in "$file") - had))"
	done
}

loss_figures()
{
	if start_tierceld_live; then
		loss tierceld "$run/events" tierceld
		stop_tierceld_live
	fi
	clean
	command -v laurel >/dev/null && command -v auditd >/dev/null || return
	plugin=laurel
	with_auditd ENRICHED loss auditd-laurel "$run/laurel/audit.log" auditd laurel
}

# Nobody may be held up by a reader that stands still, however much is lost.
stopped_figures()
{
	start_tierceld_live || return
	kill -STOP "$tierceld_pid"
	load "$STOPPED_COUNT" | awk '{ print "blocked tierceld", $6, $8 }'
	kill -CONT "$tierceld_pid"
	settle tierceld
	missing=$((STOPPED_COUNT - $(opens_in "$run/events")))
	stop_tierceld_live
	grep 'lost on the way to us' "$out/messages" | tail -n 1 | sed 's/.*us: //' |
		awk -v missing=$missing -v RS=, '{ told += $1 } END { print "lost tierceld", missing, told + 0 }'
	clean
}

start_figures()
{
	load 3000 1000 >/dev/null &
	load_pid=$!
	sleep 0.2
	began=$(date +%s%N)
	start_tierceld_live || return
	until_true 5 test -s "$run/events"
	first=$(grep -m 1 '"audit.uid":65534' "$run/events" | sed 's/.*"evt.rawtime":\([0-9]*\).*/\1/')
	echo "first $(((${first:-0} - began) / 1000000))"
	wait "$load_pid"
	sed -n 's/^VmHWM:[^0-9]*\([0-9]*\).*/rss \1/p' "/proc/$tierceld_pid/status"
	stop_tierceld_live
	clean
}

mkdir -p "$run/laurel"
: >"$run/file"
printf 'directory = "%s"\nstatusreport-period = 0\n[auditlog]\nfile = "audit.log"\nsize = 500000000\n' "$run/laurel" \
	>"$run/laurel.toml"
for part in ${PARTS:-cpu loss stopped start}; do
	"${part}_figures"
done
