#!/bin/sh
# bench-select.sh, by make bench-live: how many events cross into user space on a kernel of its own, with everything
# recorded, with the system calls of the rules recorded, and with what tierceld makes of the rules; for a preset and for
# Falco's rules, where they are at hand (FALCO_RULES=FILE, else ../shared/data/falco_rules.yaml). What the rules emit must
# be the same, or less is no gain: exit 1.
set -u
LC_ALL=C
export LC_ALL
: "${top_srcdir:?}" "${top_builddir:?}"
tiercel=$top_builddir/tiercel
dir=${KEEP_SELECT:-}
if [ -z "$dir" ]; then
	dir=$(mktemp -d) || exit 1
	trap 'rm -rf "$dir"' EXIT
fi
mkdir -p "$dir"

# The same rules, but telling what two runs must have alike, and all of it.
comparable()
{
	awk '
	{ skip = /^(output|rate_limit)(\.[0-9]+)? *=/ || (skip && more) }
	{ more = /\\$/ }
	skip { next }
	{ print }
	/^\[rule / {
		sub(/^\[rule */, "")
		sub(/\].*/, "")
		print "output = " $0 " %evt.type %syscall.type %evt.res %evt.args name=%proc.name exe=%proc.exepath fd=%fd.name" \
			" fs=%fs.path.name from=%fs.path.source to=%fs.path.target uid=%audit.uid euid=%user.uid auid=%user.loginuid"
	}'
}

# The same without those rules that explain says widen system calls for all others, which a file then names.
narrowed()
{
	{
		cat "$1"
		printf '[output none]\ntype = file\npath = /dev/null\n'
	} >"$dir/wide.ini"
	"$tiercel" explain --json -c "$dir/wide.ini" | tr -d '\n' | grep -o '"because": *\[[^]]*\]' | grep -o '\[rule [^]"]*' |
		sort -u >"$2"
	awk 'FNR == NR { wide[$0 "]"]; next } { print } $0 in wide { print "enabled = no" }' "$2" "$1"
}

comparable <"$top_srcdir/conf/presets/stig.ini" >"$dir/stig.rules"
falco=${FALCO_RULES:-$top_srcdir/../shared/data/falco_rules.yaml}
if [ -r "$falco" ]; then
	"$tiercel" fields >"$dir/fields"
	awk -v FIELDS="$dir/fields" -f "$top_srcdir/tests/bench/falco_to_ini.awk" "$falco" | comparable >"$dir/falco.rules"
	narrowed "$dir/falco.rules" "$dir/wide" >"$dir/falco-less.rules"
else
	echo "no Falco rules file at hand (FALCO_RULES=FILE): left out"
fi
"$top_srcdir/tests/vm/run" -t 900 -m 3G -a 'audit=1 lsm=capability' -w "$dir" -- env top_srcdir="$top_srcdir" \
	top_builddir="$top_builddir" sh "$top_srcdir/tests/bench/select.sh" "$dir" >"$dir/figures" 2>"$dir/qemu"
status=$?
if [ $status != 0 ]; then
	tail -n 5 "$dir/figures" "$dir/qemu"
	echo "bench-live: the guest ended with $status" >&2
	exit 1
fi

# Neither the time, nor where things lie in memory, nor who has which process id; and what rules say only.
strip()
{
	sed -n 's/^[0-9:.]*: [A-Z][a-z]* //; s/0x[0-9a-f]\{9,\}/ADDRESS/g; s/ pid=[0-9]*/ pid=PID/g; / auid=/p' | sort | uniq -c
}

# What rules emitted of a whole log, and what by their plan: "events NAME EVENTS MISSING MORE".
compare()
{
	"$tiercel" replay -q -c "$dir/$1.ini" -o text "$dir/whole.log" 2>"$dir/$1.err" | strip >"$dir/$1.want"
	strip <"$dir/$1.got" >"$dir/$1.have"
	awk -v name="$1" '
	{ n = $1; sub(/^ *[0-9]+ /, "") }
	FNR == NR { have[$0] = n; came += n; next }
	{ want += n; both += n < have[$0] ? n : have[$0] }
	END { print "events", name, want + 0, want - both, came - both }' "$dir/$1.have" "$dir/$1.want"
}

for rules in "$dir"/*.rules; do
	name=$(basename "$rules" .rules)
	compare "$name"
done >"$dir/events"
if [ -s "$dir/wide" ]; then
	echo "falco-less: without what widens calls for all others, as tiercel explain says:" \
		"$(sed 's/^\[rule //' "$dir/wide" | tr '\n' ' ')"
fi >>"$dir/events"
cat "$dir/events" "$dir/figures" | awk '
$1 == "events" { events[$2] = $3; missing[$2] = $4; more[$2] = $5; next }
$1 != "select" { print; next }
{ received = $4 - $5 }
$3 == "all" {
	all = received
	printf "%-10s %-34s %10s %10s %14s\n", "rules", "recorded by the kernel", "events", "per cent", "kernel rules"
	printf "%-10s %-34s %10d %10.2f %14d\n", "any", "everything", all, 100, $6
}
$3 == "calls" { calls = received }
$3 != "all" {
	printf "%-10s %-34s %10d %10.2f %14d", $2, $3 == "calls" ? "the system calls of the rules" : "what tierceld plans",
		received, 100 * received / all, $6
	if ($3 == "plan")
		printf "   %.1f times less than calls alone", calls / received
	print ""
}
$3 == "plan" {
	same = events[$2] > 0 && !missing[$2] && !more[$2]
	printf "%-10s %-34s %10d %10.2f   of everything: %s\n", $2, "what the rules emit", events[$2], 100 * events[$2] / all,
		same ? "the same" : missing[$2] " MISSING by the plan, " more[$2] " more"
	wrong += !same
}
END { exit !all || wrong > 0 }'
