#!/bin/sh
# Offline benchmark: every figure that README and NEWS state comes from here. Tools take turns, so that a slow machine is slow
# for all of them; medians of RUNS rounds. Peers that are not installed are left out and named.
#
#   make bench                     the corpus that CORPUS names (a log, plain or .gz), else ../shared/data/corpus.log.gz,
#                                  else a synthetic one of the same mixture made from the sample that ships
#   RUNS=7 make bench              more rounds
#   PEER_BYTES=52428800 make bench how much of the corpus the slow peers get (they are compared per byte)
#   PARTS='replay rules'           what to measure: the corpus beside the peers, what rules cost
#   FALCO_RULES=FILE               a Falco rules file, else ../shared/data/falco_rules.yaml: measured where it is there
#
# Exit 1 where a bar is missed.
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
whole=$(wc -c < "$dir/corpus.log")
events=$("$tiercel" replay -o raw --fields evt.num "$dir/corpus.log" 2>&1 >/dev/null | sed -n 's/^tiercel: received \([0-9]*\) events.*/\1/p')

have() { command -v "$1" > /dev/null 2>&1; }

# For awk, of a list of n words.
median='
function median(list, n,   a, i, j, t) {
	split(list, a, " ")
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && a[j - 1] + 0 > a[j] + 0; j--) { t = a[j]; a[j] = a[j - 1]; a[j - 1] = t }
	return a[int((n + 1) / 2)]
}'

# ---- The corpus, beside the peers

replay_round() {
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

prepare_peers() {
	# Whole events only: the peers' part ends behind a PROCTITLE.
	head -c "$PEER_BYTES" "$dir/corpus.log" | awk '{ l[++n] = $0 } /^type=PROCTITLE/ { for (i = 1; i <= n; i++) print l[i]; n = 0 }' > "$dir/part.log"
	# laurel wants the EOE of the live stream.
	awk '{ print } /^type=PROCTITLE/ { match($0, /msg=audit\([^)]*\)/); print "type=EOE " substr($0, RSTART, RLENGTH) ": " }' \
		"$dir/part.log" > "$dir/eoe.log"
	part=$(wc -c < "$dir/part.log")
	mkdir "$dir/laurel"
	printf 'directory = "%s"\nstatusreport-period = 0\n[auditlog]\nfile = "audit.log"\nsize = 5000000000\n' "$dir/laurel" > "$dir/laurel.toml"

	missing=
	for t in laurel ausearch; do
		have "$t" || missing="$missing $t"
	done
	[ -x "$walk" ] || missing="$missing libauparse"
}

replay_part() {
	prepare_peers
	i=0
	while [ "$i" -lt "$RUNS" ]; do
		replay_round
		i=$((i + 1))
	done > "$dir/replay"
	echo "corpus $whole bytes, $events events; peers read its first $part bytes; medians of $RUNS rounds, CPU time (user + system)"
	[ -z "$missing" ] || echo "not installed, left out:$missing (sh contrib/quickstart.sh bench installs them)"
	awk -v events="$events" -v whole="$whole" "$median"'
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
	}' "$dir/replay"
	tierceld=$top_builddir/tierceld
	if [ -x "$tierceld" ] && have strip; then
		strip -o "$dir/tierceld" "$tierceld"
		echo "tierceld stripped: $(wc -c < "$dir/tierceld") bytes"
	fi
}

# ---- Rules

rules_round() {
	for n in $rulesets; do
		"$measure" "load-$n" "$tiercel" replay -q -c "$dir/$n.ini" "$dir/nothing"
		"$measure" "match-$n" "$tiercel" replay -q -c "$dir/$n.ini" "$dir/corpus.log"
	done
	"$measure" plan "$tiercel" explain --rules -c "$dir/1000.ini"
	"$measure" check "$tiercel" check "$dir/1000.ini" 2> "$dir/warnings"
}

prepare_rules() {
	rulesets='1 100 1000'
	: > "$dir/nothing"
	for n in $rulesets; do
		awk -v N="$n" -f "$top_srcdir/tests/bench/make_rules.awk" > "$dir/$n.ini"
	done
	falco=${FALCO_RULES:-$top_srcdir/../shared/data/falco_rules.yaml}
	if [ -r "$falco" ]; then
		"$tiercel" fields > "$dir/fields"
		awk -v FIELDS="$dir/fields" -f "$top_srcdir/tests/bench/falco_to_ini.awk" "$falco" > "$dir/falco.ini"
		printf '[output none]\ntype = file\npath = /dev/null\n' >> "$dir/falco.ini"
		rulesets="$rulesets falco"
	else
		echo "no Falco rules file at hand (FALCO_RULES=FILE): left out"
	fi
	for n in $rulesets; do
		matched=$("$tiercel" replay -c "$dir/$n.ini" "$dir/corpus.log" 2>&1 | sed -n 's/.*= emitted \([0-9]*\) .*/\1/p')
		echo "matched-$n ${matched:-none}"
		echo "rules-$n $(grep -c '^\[rule ' "$dir/$n.ini")"
	done > "$dir/matched"
}

# What is read and made ready once is no part of an event's cost.
rules_part() {
	prepare_rules
	i=0
	while [ "$i" -lt "$RUNS" ]; do
		rules_round
		i=$((i + 1))
	done > "$dir/rules"
	echo "rules over $events events: CPU time an event beyond that of one rule; medians of $RUNS rounds"
	cat "$dir/matched" "$dir/rules" | awk -v events="$events" -v sets="$rulesets" "$median"'
	function bar(value, most) {
		if (value < most)
			return "met (under " most ")"
		missed++
		return "MISSED (under " most ")"
	}
	NF == 2 { is[$1] = $2; next }
	$5 != 0 { print $1 " ended with " $5; missed++ }
	{ cpu[$1, ++n[$1]] = $2 }
	function row(set, most,   i, list) {
		for (i = 1; i <= n["match-" set]; i++)
			list = list " " (cpu["match-" set, i] - cpu["load-" set, i] - cpu["match-1", i] + cpu["load-1", i]) / events * 1e6
		list = median(list, i - 1)
		printf "%-28s %10d %12d %12.2f%s\n", set == "falco" ? "Falco rules" : "rules", is["rules-" set], is["matched-" set], list,
			most ? "   bar: " bar(list, most) : ""
	}
	function all(name,   i, list) {
		for (i = 1; i <= n[name]; i++)
			list = list " " cpu[name, i] * 1e3
		return median(list, i - 1)
	}
	END {
		printf "%-28s %10s %12s %12s\n", "", "rules", "matched", "us/event"
		row(100, 1)
		row(1000, 5)
		if (sets ~ /falco/)
			row("falco")
		if (!is["matched-1000"]) {
			print "no rule matched: that is no measure"
			missed++
		}
		printf "1000 rules, ms: %.0f to load, %.0f to load and plan   bar: %s; %.0f to check\n", all("load-1000"), all("plan"),
			bar(all("plan"), 200), all("check")
		exit missed > 0
	}'
}

status=0
for part in ${PARTS:-replay rules}; do
	case $part in
	replay) replay_part || status=1 ;;
	rules) rules_part || status=1 ;;
	esac
done
exit $status
