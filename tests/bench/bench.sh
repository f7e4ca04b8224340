#!/bin/sh
# Offline benchmark: every figure that README and NEWS state comes from here. Tools take turns, so that a slow machine is slow
# for all of them; medians of RUNS rounds. Peers that are not installed are left out and named.
#
#   make bench                     the corpus that CORPUS names (a log, plain or .gz), else ../shared/data/corpus.log.gz,
#                                  else a synthetic one of the same mixture made from the sample that ships
#   RUNS=7 make bench              more rounds
#   PEER_BYTES=52428800 make bench how much of the corpus the slow peers get (they are compared per byte)
set -eu

: "${top_srcdir:=.}" "${top_builddir:=.}"
RUNS=${RUNS:-5}
PEER_BYTES=${PEER_BYTES:-52428800}
tiercel=$top_builddir/tiercel
measure=$top_builddir/tests/bench/measure
walk=$top_builddir/tests/bench/auparse_walk

dir=
for d in /dev/shm "${TMPDIR:-/tmp}"; do
	if [ -d "$d" ] && [ -w "$d" ]; then
		dir=$(mktemp -d "$d/tiercel-bench.XXXXXX")
		break
	fi
done
[ -n "$dir" ] || { echo "bench: no place for temporary files" >&2; exit 1; }
trap 'rm -rf "$dir"' EXIT INT TERM

unpack() {
	case $1 in
	*.gz) gzip -dc "$1" ;;
	*) cat "$1" ;;
	esac
}

# A corpus of our own where the real one is not at hand: the sample over and over, with serials that go on.
synthesize() {
	awk '{ line[NR] = $0 }
	END {
		for (bytes = 0; bytes < 160000000; round++)
			for (i = 1; i <= NR; i++) {
				s = line[i]
				if (match(s, /:[0-9]+\)/))
					s = substr(s, 1, RSTART) (substr(s, RSTART + 1, RLENGTH - 2) + round * 10000) substr(s, RSTART + RLENGTH - 1)
				print s
				bytes += length(s) + 1
			}
	}' "$top_srcdir/contrib/sample.log"
}

corpus=${CORPUS:-$top_srcdir/../shared/data/corpus.log.gz}
if [ -r "$corpus" ]; then
	unpack "$corpus" > "$dir/corpus.log"
else
	echo "bench: no corpus at hand (set CORPUS=FILE): a synthetic one is used" >&2
	synthesize > "$dir/corpus.log"
fi
# Whole events only: the peers' part ends behind a PROCTITLE.
head -c "$PEER_BYTES" "$dir/corpus.log" | awk '{ l[++n] = $0 } /^type=PROCTITLE/ { for (i = 1; i <= n; i++) print l[i]; n = 0 }' > "$dir/part.log"
# laurel wants the EOE of the live stream.
awk '{ print } /^type=PROCTITLE/ { match($0, /msg=audit\([^)]*\)/); print "type=EOE " substr($0, RSTART, RLENGTH) ": " }' \
	"$dir/part.log" > "$dir/eoe.log"
whole=$(wc -c < "$dir/corpus.log")
part=$(wc -c < "$dir/part.log")
events=$("$tiercel" replay -o raw --fields evt.num "$dir/corpus.log" 2>&1 >/dev/null | sed -n 's/^tiercel: received \([0-9]*\) events.*/\1/p')
mkdir "$dir/laurel"
printf 'directory = "%s"\nstatusreport-period = 0\n[auditlog]\nfile = "audit.log"\nsize = 5000000000\n' "$dir/laurel" > "$dir/laurel.toml"

have() { command -v "$1" > /dev/null 2>&1; }
missing=
for t in laurel ausearch; do
	have "$t" || missing="$missing $t"
done
[ -x "$walk" ] || missing="$missing libauparse"

round() {
	"$measure" "tiercel-json-all $whole" "$tiercel" replay -q -o json "$dir/corpus.log"
	OUTPUT=$dir/out "$measure" "tiercel-json-all-to-tmpfs $whole" "$tiercel" replay -q -o json "$dir/corpus.log"
	rm -f "$dir/out"
	"$measure" "tiercel-json-core $whole" "$tiercel" replay -q -o json --fields @core "$dir/corpus.log"
	"$measure" "tiercel-text $whole" "$tiercel" replay -q -o text "$dir/corpus.log"
	"$measure" "tiercel-json-all-part $part" "$tiercel" replay -q -o json "$dir/part.log"
	if have laurel; then
		INPUT=$dir/eoe.log "$measure" "laurel-json $part" laurel -c "$dir/laurel.toml"
		rm -f "$dir"/laurel/*
	fi
	if [ -x "$walk" ]; then
		"$measure" "auparse-walk $part" "$walk" "$dir/part.log"
		"$measure" "auparse-walk-interpreted $part" "$walk" -i "$dir/part.log"
	fi
	if have ausearch; then
		"$measure" "ausearch-raw $part" ausearch -if "$dir/part.log" --format raw
		"$measure" "ausearch-csv $part" ausearch -if "$dir/part.log" --format csv
	fi
}

i=0
while [ "$i" -lt "$RUNS" ]; do
	round >> "$dir/figures"
	i=$((i + 1))
done

echo "corpus $whole bytes, $events events; peers read its first $part bytes; medians of $RUNS rounds, CPU time (user + system)"
[ -z "$missing" ] || echo "not installed, left out:$missing (sh contrib/quickstart.sh bench installs them)"
awk -v events="$events" -v whole="$whole" '
function median(list, n,   a, i, j, t) {
	split(list, a, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && a[j - 1] + 0 > a[j] + 0; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
	return a[int((n + 1) / 2)]
}
{
	if (!($1 in n)) order[++names] = $1
	n[$1]++
	bytes[$1] = $2
	cpu[$1] = cpu[$1] " " $3
	rss[$1] = rss[$1] " " $5
	if ($6 != 0 && $1 !~ /^ausearch/) failed[$1] = $6
}
END {
	for (i = 1; i <= names; i++)
		rate[order[i]] = bytes[order[i]] / 1e6 / median(cpu[order[i]], n[order[i]])
	base = rate["laurel-json"]
	printf "%-28s %10s %12s %12s %14s\n", "tool", "MB/s", "events/s", "peak MiB", base ? "times laurel" : ""
	for (i = 1; i <= names; i++) {
		t = order[i]
		printf "%-28s %10.1f %12d %12.1f %14s%s\n", t, rate[t], rate[t] * 1e6 / whole * events, median(rss[t], n[t]) / 1024,
			base ? sprintf("%.1f", rate[t] / base) : "", (t in failed) ? "  (exit " failed[t] ")" : ""
	}
}' "$dir/figures"
tierceld=$top_builddir/tierceld
if [ -x "$tierceld" ] && have strip; then
	strip -o "$dir/tierceld" "$tierceld"
	echo "tierceld stripped: $(wc -c < "$dir/tierceld") bytes"
fi
