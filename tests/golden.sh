#!/bin/sh
# Golden pairs: each tests/golden/SET/NAME.log[.gz] replayed gives exactly NAME.json[.gz] beside it, twice over. Where there
# is a NAME.ini, it is the configuration; where there is a NAME.text, it is what comes out as text.
#   tests/golden.sh            compare; a difference is shown
#   tests/golden.sh --update   write what comes out now: read the difference in git before you believe it
# shellcheck source=tests/lib.sh
. "${top_srcdir:-.}/tests/lib.sh"

golden=$top_srcdir/tests/golden
count=0 update=
[ "${1:-}" != --update ] || update=yes

show() {
	case $1 in
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

# replayed FORMAT LOG: to $out
replayed()
{
	if [ -f "${2%.log*}.ini" ]; then
		gives 0 "$tiercel" replay -q -c "${2%.log*}.ini" -o "$1" "$2"
	else
		gives 0 "$tiercel" replay -q -o "$1" "$2"
	fi
}

# agrees WANT: $out with the file that tells what it should be, or is to be written
agrees()
{
	if [ "$update" ]; then
		case $1 in
		*.gz) gzip -9nc "$out" >"$1" ;;
		*) cp "$out" "$1" ;;
		esac
		return
	fi
	if [ ! -f "$1" ]; then
		fail "no $1 beside it"
		return
	fi
	show "$1" >"$dir/want"
	cmp -s "$out" "$dir/want" || { fail "differs from $1"; diff "$dir/want" "$out" | cut -c1-2000 | head -n 6 >&2; }
}

for log in "$golden"/*/*.log "$golden"/*/*.log.gz; do
	[ -f "$log" ] || continue
	count=$((count + 1))
	replayed json "$log"
	agrees "$(printf '%s' "$log" | sed 's/\.log\(\.gz\)\{0,1\}$/.json\1/')"
	cp "$out" "$dir/first"
	replayed json "$log"
	cmp -s "$out" "$dir/first" || fail "another replay gives other bytes"
	# every line is one JSON object with sorted keys, where there is a reader to ask
	if command -v jq >/dev/null; then
		jq -cS . "$out" >"$dir/sorted" 2>"$err" || fail "not JSON"
		[ "$(wc -l <"$dir/sorted")" -eq "$(wc -l <"$out")" ] || fail "not one object a line"
		jq -c . "$out" 2>"$err" | cmp -s - "$dir/sorted" || fail "keys are not sorted"
	fi
	[ -f "${log%.log*}.text" ] || continue
	replayed text "$log"
	agrees "${log%.log*}.text"
done
what=golden
[ "$count" -gt 0 ] || fail "no golden pairs"
echo "golden: $count logs"
exit "$failed"
