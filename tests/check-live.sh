#!/bin/sh
# make check-live: the scripted workload on a kernel of its own, under each mode of tierceld. Every event that it must give
# is compared field by field with tests/live/expect/CASE; one that is missing, or too many, or has another field, fails.
#
#   MODES='unicast follow' make check-live   only these
#   UPDATE=yes make check-live               write what came of the first mode as what is expected: then read it in git
#   KEEP=DIRECTORY make check-live           leave what the guest wrote there
#
# Lines are those of make check: PASS, FAIL or SKIP, "live MODE CASE", and why. Exit 77: nothing could be tried.
set -u
LC_ALL=C
export LC_ALL
: "${top_srcdir:?}" "${top_builddir:?}"
MODES=${MODES:-unicast multicast plugin socket follow reload sound}
flatten=$top_builddir/tests/live/flatten
expect=$top_srcdir/tests/live/expect
dir=${KEEP:-}
if [ -z "$dir" ]; then
	dir=$(mktemp -d) || exit 99
	trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir"
failed=0 passed=0

result()
{
	echo "$@"
	case $1 in
	FAIL:) failed=$((failed + 1)) ;;
	PASS:) passed=$((passed + 1)) ;;
	esac
}

# Received = emitted + filtered + dropped, and nothing of it lost: the last line of tierceld says so.
check_sums()
{
	last=$(grep 'received [0-9]* events' "$1/messages" | tail -n 1)
	if [ "$(cat "$1/status" 2>/dev/null)" != 0 ]; then
		result FAIL: "live $mode sums: tierceld ended with status $(cat "$1/status" 2>/dev/null): $(tail -n 1 "$1/messages")"
	elif echo "$last" | awk '
		match($0, /received [0-9]+ events/) { received = substr($0, RSTART + 9) + 0 }
		match($0, /[0-9]+ malformed/) { malformed = substr($0, RSTART) + 0 }
		match($0, /emitted [0-9]+/) { emitted = substr($0, RSTART + 8) + 0 }
		match($0, /filtered [0-9]+/) { filtered = substr($0, RSTART + 9) + 0 }
		match($0, /dropped [0-9]+/) { dropped = substr($0, RSTART + 8) + 0 }
		END { exit !(received > 0 && received == emitted + filtered + dropped && !malformed && !dropped) }'; then
		result PASS: "live $mode sums"
	else
		result FAIL: "live $mode sums: ${last:-tierceld told no counts}"
	fi
}

# auditd tells its plugins whose the ids are, the kernel nobody.
check_names()
{
	case $mode in
	plugin | socket) ;;
	*) return ;;
	esac
	if grep -q '"user.name":"root"' "$1/events"; then
		result PASS: "live $mode names"
	else
		result FAIL: "live $mode names: no user.name in what auditd enriched"
	fi
}

check_case()
{
	if [ -n "${UPDATE:-}" ]; then cp "$1/flat/$2" "$expect/$2"; fi
	if [ ! -e "$expect/$2" ]; then
		result FAIL: "live $mode $2: there is no expectation (UPDATE=yes makes one)"
	elif [ ! -e "$1/flat/$2" ]; then
		result FAIL: "live $mode $2: none of its events came"
	elif diff -U 3 "$expect/$2" "$1/flat/$2" >"$1/diff"; then
		result PASS: "live $mode $2"
	else
		result FAIL: "live $mode $2: other events than expected"
		sed 's/^/  /' "$1/diff" | head -n 40
	fi
}

# run_guest SECONDS SCRIPT ARGUMENT...: false where it came to nothing, and that was said; 77 where there is no machine.
run_guest()
{
	seconds=$1 script=$2
	shift 2
	into=$dir/$mode
	rm -rf "$into"
	mkdir -p "$into/flat"
	# Security modules look at files on their own, which makes records: without any, all kernels tell the same.
	"$top_srcdir/tests/vm/run" -t "$seconds" -a 'audit=1 lsm=capability' -w "$into" -- \
		env top_srcdir="$top_srcdir" top_builddir="$top_builddir" sh "$top_srcdir/tests/live/$script" "$@" "$into" \
		>"$into/console" 2>"$into/qemu"
	status=$?
	case $status in
	0) return 0 ;;
	77)
		if grep -q '^tests/vm/run: kernel' "$into/qemu"; then
			result SKIP: "live $mode: $(tail -n 1 "$into/console")"
			return 1
		fi
		result SKIP: "live: $(tail -n 1 "$into/qemu")"
		return 77
		;;
	*)
		result FAIL: "live $mode: the guest ended with $status: $(tail -n 1 "$into/qemu")"
		tail -n 20 "$into/console" | sed 's/^/  /'
		return 1
		;;
	esac
}

check_sound()
{
	run_guest 1200 sound.sh || return
	sh "$top_srcdir/tests/live/compare.sh" "$into" >"$into/result"
	while IFS= read -r line; do
		case $line in
		PASS:* | FAIL:*) result "${line%%:*}:" "${line#*: }" ;;
		*) echo "$line" ;;
		esac
	done <"$into/result"
}

# once PATTERN COUNT WHAT: so many different ones, each once.
once()
{
	found=$(grep -o "$1" "$into/events" | sort | uniq -c | awk '$1 == 1 { once++ } END { print once + 0, NR }')
	if [ "$found" = "$2 $2" ]; then
		result PASS: "live reload $3 ($2 events, each once)"
	else
		result FAIL: "live reload $3: of $2 events came (once, in all): $found"
	fi
}

check_reload()
{
	run_guest 300 reload.sh || return
	check_sums "$into"
	count=$(cat "$into/count")
	once '"fd.name":"/load/[0-9]*"' "$count" opens
	once '"proc.args":"nothing /load/[0-9]*"' $((count / 20)) programs
	if grep -q 'was read again: [1-9][0-9]* audit rules more, [1-9]' "$into/messages" &&
		grep -q 'was not taken .*stays in use' "$into/messages" &&
		grep -q '"evt.type":"reload","internal.added":[1-9][0-9]*,"internal.deleted":[1-9]' "$into/events"; then
		result PASS: "live reload words"
	else
		result FAIL: "live reload words: $(tail -n 4 "$into/messages" | head -n 1)"
	fi
}

# check_mode MODE: exit status 77 where the machine can't be had, for then no mode will do.
check_mode()
{
	mode=$1
	case $mode in
	sound | reload)
		check_"$mode"
		[ $? != 77 ]
		return
		;;
	esac
	run_guest 300 guest.sh "$mode" || {
		[ $? != 77 ]
		return
	}
	sed 's/^/  /' "$into/console"
	if [ ! -e "$into/events" ]; then
		result FAIL: "live $mode: tierceld wrote nothing: $(tail -n 1 "$into/messages")"
		return 0
	fi
	if ! "$flatten" 4242 "$into/flat" <"$into/events" 2>"$into/flatten"; then
		result FAIL: "live $mode: $(cut -c 1-200 "$into/flatten")"
		return 0
	fi
	check_sums "$into"
	check_names "$into"
	check_case "$into" begin
	while read -r what name why; do
		case $what in
		case) check_case "$into" "$name" ;;
		skip) result SKIP: "live $mode ${name%:}: $why" ;;
		esac
	done <"$into/cases"
	UPDATE=
}

for program in "$top_builddir/tests/vm/workload" "$flatten"; do
	[ -x "$program" ] || {
		result SKIP: "live: $program was not built (a static C library is wanted: libc6-dev, glibc-static)"
		exit 77
	}
done
"$top_srcdir/tests/vm/run" -k || {
	result SKIP: "live: see above"
	exit 77
}
for mode in $MODES; do
	check_mode "$mode" || break
done
echo "check-live: $passed passed, $failed failed"
[ $failed -eq 0 ] || exit 1
[ $passed -gt 0 ] || exit 77
