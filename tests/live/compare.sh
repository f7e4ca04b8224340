#!/bin/sh
# compare.sh DIRECTORY: what sound.sh left there. Every event that a condition matches in the whole log must be among those
# that came with its rules, as often. Lines are those of make check.
set -u
LC_ALL=C
export LC_ALL
: "${top_srcdir:?}" "${top_builddir:?}"
dir=$1 failed=0

# What two runs must have alike: not the time, nor what others did.
strip()
{
	sed -n 's/^[0-9:.]*: [A-Z][a-z]* //; / auid=4242 /p' "$1" | sort | uniq -c
}

result()
{
	echo "$@"
	if [ "$1" = FAIL: ]; then failed=1; fi
}

# The whole of it is a log like any other; one that lost something proves nothing.
check_whole()
{
	if grep -q 'lost' "$dir/$1.messages" || ! grep -q '^status 0$' "$dir/$1.messages"; then
		result FAIL: "live sound $1: the whole log is not whole: $(tail -n 2 "$dir/$1.messages" | head -n 1)"
		return 1
	fi
}

check()
{
	if [ ! -e "$dir/$2.got" ] || ! grep -q '^status 0$' "$dir/$2.messages"; then
		result FAIL: "live sound $2: tierceld did not run: $(tail -n 2 "$dir/$2.messages" 2>/dev/null | head -n 1)"
		return
	fi
	"$top_builddir/tiercel" replay -q -c "$dir/$2.ini" -o text "$dir/$1.log" >"$dir/$2.all" 2>"$dir/$2.err"
	strip "$dir/$2.all" >"$dir/$2.want"
	strip "$dir/$2.got" >"$dir/$2.have"
	# Each line of the one, as often in the other.
	awk '{ n = $1; sub(/^ *[0-9]+ /, "") } FNR == NR { have[$0] = n; next } have[$0] < n { print n - have[$0] " missing: " $0 }' \
		"$dir/$2.have" "$dir/$2.want" >"$dir/$2.missing"
	wanted=$(awk '{ n += $1 } END { print n + 0 }' "$dir/$2.want")
	if [ "$wanted" = 0 ]; then
		result FAIL: "live sound $2: the workload has no such event"
	elif [ -s "$dir/$2.missing" ]; then
		result FAIL: "live sound $2: events did not come"
		sed 's/^/  /' "$dir/$2.missing" | head -n 10
	else
		result PASS: "live sound $2 ($wanted events)"
	fi
}

# An event is a SYSCALL and an EOE, but for the few of other kinds.
if [ -e "$dir/narrow.ini" ]; then
	if sed -n 's/.*received \([0-9]*\) events (\([0-9]*\) records.*/\1 \2/p' "$dir/narrow.messages" |
		awk '{ few = $1 > 500 && $2 < 2.2 * $1 } END { exit !few }'; then
		result PASS: "live sound narrow"
	else
		result FAIL: "live sound narrow: records came that nobody looks at: $(tail -n 2 "$dir/narrow.messages" | head -n 1)"
	fi
fi
tab=$(printf '\t')
last='' whole=yes
while IFS=$tab read -r workload name _; do
	case $workload in
	'' | '#'*) continue ;;
	esac
	[ -e "$dir/$name.ini" ] || continue
	if [ "$workload" != "$last" ]; then
		check_whole "$workload" && whole=yes || whole=no
	fi
	last=$workload
	if [ $whole = yes ]; then check "$workload" "$name"; fi
done <"$top_srcdir/tests/live/conditions.txt"
exit $failed
