#!/bin/sh
# Golden pairs: each tests/golden/SET/NAME.log[.gz] replayed gives exactly NAME.json[.gz] beside it, twice over.
#   tests/golden.sh            compare; a difference is shown
#   tests/golden.sh --update   write what comes out now: read the difference in git before you believe it
# shellcheck source=tests/lib.sh
. "${top_srcdir:-.}/tests/lib.sh"

golden=$top_srcdir/tests/golden
count=0

show() {
	case $1 in
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

for log in "$golden"/*/*.log "$golden"/*/*.log.gz; do
	[ -f "$log" ] || continue
	count=$((count + 1))
	json=$(printf '%s' "$log" | sed 's/\.log\(\.gz\)\{0,1\}$/.json\1/')
	gives 0 "$tiercel" replay -q -o json "$log"
	if [ "${1:-}" = --update ]; then
		case $json in
		*.gz) gzip -9nc "$out" >"$json" ;;
		*) cp "$out" "$json" ;;
		esac
		continue
	fi
	what="replay $log"
	if [ ! -f "$json" ]; then
		fail "no $json beside it"
		continue
	fi
	show "$json" >"$dir/want"
	cmp -s "$out" "$dir/want" || { fail "differs from $json"; diff "$dir/want" "$out" | cut -c1-2000 | head -n 6 >&2; }
	cp "$out" "$dir/first"
	"$tiercel" replay -q -o json "$log" >"$out" 2>"$err"
	cmp -s "$out" "$dir/first" || fail "another replay gives other bytes"
	# every line is one JSON object with sorted keys, where there is a reader to ask
	if command -v jq >/dev/null; then
		jq -cS . "$out" >"$dir/sorted" 2>"$err" || fail "not JSON"
		[ "$(wc -l <"$dir/sorted")" -eq "$(wc -l <"$out")" ] || fail "not one object a line"
		jq -c . "$out" 2>"$err" | cmp -s - "$dir/sorted" || fail "keys are not sorted"
	fi
done
what=golden
[ "$count" -gt 0 ] || fail "no golden pairs"
echo "golden: $count logs"
exit "$failed"
