#!/bin/sh
# contrib/tiercel.rules, as far as it can be judged without loading it: options and fields that auditctl(8) has, system
# calls that exist, and for each [select] of conf/tiercel.ini that asks for system calls, and each [rule] that it does
# not say to need none, rules with its key.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

rules=$top_srcdir/contrib/tiercel.rules
: >"$out"
: >"$err"
what=tiercel.rules

for arch in x86_64 i386; do
	"$tiercel" syscalls --arch $arch | awk -v arch=$arch '$1 ~ /^[0-9]+$/ { print arch, $2 }'
done >"$dir/calls"
sed -n 's/^\[select \(.*\)\]$/select \1/p; s/^syscalls = .*/syscalls/p' "$top_srcdir/conf/tiercel.ini" |
	awk '$1 == "select" { name = $2; next } { print name }' >"$dir/selects"
sed -n 's/^\[rule \(.*\)\]$/\1/p' "$top_srcdir/conf/tiercel.ini" | while read -r name; do
	grep -q "^# \[rule $name\] asks for nothing" "$rules" || echo "$name"
done >>"$dir/selects"
grep -qx denied "$dir/selects" || fail "the rules were not found"
[ "$(wc -l <"$dir/selects")" -ge 10 ] || fail "the selections were not found"

# Rules behind a mark are to be taken as they are, so they count too.
sed 's/^# \(-[aw] \)/\1/' "$rules" | awk -v calls="$dir/calls" '
	function bad(why) { print "line " FNR ": " why ": " $0 }
	function wrong_call(list, arch,    name, n, i) {
		n = split(list, name, ",")
		for (i = 1; i <= n; i++)
			if (name[i] !~ /^[0-9]+$/ && !((arch, name[i]) in known))
				bad("no system call of " arch ": " name[i])
	}
	BEGIN {
		while ((getline line < calls) > 0) {
			split(line, part, " ")
			known[part[1], part[2]] = 1
		}
		abi["arch=b64"] = "x86_64"
		abi["arch=b32"] = "i386"
	}
	/^#/ || /^$/ { next }
	$1 == "-w" {
		if (NF != 6 || $2 !~ /^\/[a-z0-9._\/]+$/ || $3 != "-p" || $4 !~ /^[rwxa]+$/ || $5 != "-k")
			bad("no watch")
	}
	$1 == "-a" {
		arch = abi[$4]
		if ($2 != "always,exit" || $3 != "-F" || !arch || NF % 2)
			bad("does not begin as a rule does")
		for (i = 5; i < NF; i += 2)
			if ($i == "-S")
				wrong_call($(i + 1), arch)
			else if ($i == "-F" ? $(i + 1) !~ /^(a[0-3]=[0-9]+|success=[01]|exit=-E[A-Z]+|auid!=4294967295)$/ : $i != "-k" || i != NF - 1)
				bad("what is " $i " " $(i + 1))
	}
	$1 != "-w" && $1 != "-a" { bad("neither rule nor watch") }
	$(NF - 1) != "-k" || $NF !~ /^tiercel-[a-z]+$/ { bad("no key tiercel-NAME") }
	seen[$0]++ { bad("twice") }
	length($0) > 120 { bad("too long") }
	{ print "key " $NF }
' >"$dir/judged"
grep -v '^key ' "$dir/judged" >"$out" && fail "auditctl would refuse it"
sed -n 's/^key tiercel-//p' "$dir/judged" | sort -u >"$dir/keys"
sort "$dir/selects" | comm -3 - "$dir/keys" >"$out"
[ ! -s "$out" ] || fail "keys and selections differ"
echo "rules: $(grep -c '^key ' "$dir/judged") rules"
exit "$failed"
