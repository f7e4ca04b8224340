#!/bin/sh
# make bench-live: what an event costs each reader of the kernel's audit stream, what is lost and who is held up, on a
# kernel of its own (tests/vm/run). The guest counts instructions, one a nanosecond, on one CPU: the figures are the same
# at each run. One event is an openat of a file in memory, five records.
#
#   PARTS='cpu loss stopped start select'   what to measure; select is bench-select.sh's, and counts events only
#   COUNT, RATE                             of the events for cpu, and how many a second
#   LOSS_RATES                              for loss
#   KEEP=FILE, KEEP_SELECT=DIRECTORY        keep the raw lines; what the guest wrote for select
#
# Exit 1 where a bar is missed. Where there is no guest to be had it says so, and that is no fault.
set -u
LC_ALL=C
export LC_ALL
: "${top_srcdir:?}" "${top_builddir:?}"

left_out()
{
	echo "bench-live: left out: $*"
	exit 0
}

dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
for program in tests/bench/loadgen tests/bench/bare_reader tests/vm/workload; do
	[ -x "$top_builddir/$program" ] || left_out "$program was not built: a static C library is wanted"
done
"$top_srcdir/tests/vm/run" -k 2>"$dir/kernel" || left_out "$(tail -n 1 "$dir/kernel")"
sed 's,^tests/vm/run: ,,' "$dir/kernel"
live='' select=''
for part in ${PARTS:-cpu loss stopped start select}; do
	case $part in
	cpu | loss | stopped | start) live="$live $part" ;;
	select) select=yes ;;
	esac
done
missed=0
if [ -n "$select" ]; then sh "$top_srcdir/tests/bench/bench-select.sh" || missed=1; fi
[ -n "$live" ] || exit $missed
PARTS=$live
for variable in PARTS COUNT RATE LOSS_RATES LOSS_COUNT; do
	eval "value=\${$variable:-}"
	[ -z "$value" ] || printf '%s=%s\n' "$variable" "$value"
done >"$dir/wishes"
set --
while IFS= read -r wish; do
	set -- "$@" "$wish"
done <"$dir/wishes"
"$top_srcdir/tests/vm/run" -i -t 900 -m 2G -a audit=1 -w "$dir" -- env top_srcdir="$top_srcdir" top_builddir="$top_builddir" \
	"$@" sh "$top_srcdir/tests/bench/live.sh" "$dir" >"$dir/figures" 2>"$dir/qemu"
status=$?
[ -z "${KEEP:-}" ] || cp "$dir/figures" "$KEEP"
grep '^bench-live:' "$dir/figures"
if [ $status != 0 ]; then
	tail -n 5 "$dir/figures" "$dir/qemu"
	echo "bench-live: the guest ended with $status" >&2
	exit 1
fi
awk '
function bar(value, most)
{
	if (value <= most)
		return "met (at most " most ")"
	missed++
	return "MISSED (at most " most ")"
}
$1 == "cpu" {
	per = $4 / $3 / 1000
	if (!floor)
		floor = per
	if (!cpu++)
		printf "%-16s %22s %12s\n", "reader", "k instructions/event", "times floor"
	printf "%-16s %22.1f %12.1f   %s\n", $2, per, per / floor, $2 == "tierceld" ? "bar: " bar(per, 35) : ""
	if ($2 == "tierceld")
		ours = per
	if ($2 == "auditd" && ours)
		printf "%-16s %22s %12.1f\n", "", "auditd / tierceld", per / ours
}
$1 == "loss" {
	if (!losses++)
		printf "%-16s %10s %10s %10s %10s\n", "reader", "events/s", "sent", "received", "lost"
	printf "%-16s %10d %10d %10d %10d   %s\n", $2, $3, $4, $5, $4 - $5, $2 == "tierceld" ? "bar: " bar($4 - $5, 0) : ""
}
$1 == "blocked" {
	printf "%s stopped: the longest of 20000 opens took %d us, %d over 1 ms   bar: %s\n", $2, $3, $4, bar($3, 20000)
}
$1 == "lost" { printf "%s stopped: %d events are missing, %d losses told   bar: %s\n", $2, $3, $4, bar($3 - $4, 0) }
$1 == "first" { printf "start to first event: %d ms   bar: %s\n", $2, bar($2, 100) }
$1 == "rss" { printf "memory at most: %.1f MB   bar: %s\n", $2 / 1024, bar($2 / 1024, 8) }
END { exit missed > 0 }' "$dir/figures" || missed=1
exit $missed
