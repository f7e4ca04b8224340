#!/bin/sh
# The presets: they are without warnings, alone and together; explain knows them for old and new kernels; and each rule
# takes what tests/presets/*.txt says, and nothing else of it.
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

presets=$top_srcdir/conf/presets
tables=$top_srcdir/tests/presets
"$tiercel" syscalls --arch x86_64 | awk '$1 ~ /^[0-9]+$/ { print $1, $2 }' >"$dir/calls"

# What the kernel can't test for one rule crosses for all: of all that presets ask for, only calls that are rare do.
rare='bpf create_module delete_module finit_module init_module kexec_file_load kexec_load query_module'

# sound FILE: no errors, no warnings, and few calls that cross whatever they are called with.
sound()
{
	gives 0 "$tiercel" check "$1"
	silent
	says "^$1: ok (0 selections, [0-9]* rules, [^(]*)$"
	for kernel in 2.6.32 3.10 4.18 5.14 6.1; do
		gives 0 "$tiercel" explain -c "$1" --arch x86_64 --kernel $kernel
		silent
		says "^Kernel $kernel"
		tr -s ' \n' '  ' <"$out" | sed -n 's/.*[0-9] system calls* cross[es]* whatever [a-z]* are called with: \([^.]*\)\..*/\1/p' |
			tr -d , | tr ' ' '\n' >"$dir/crossing"
		for call in $rare; do
			grep -vx "$call" "$dir/crossing" >"$dir/left"
			mv "$dir/left" "$dir/crossing"
		done
		is "$1, kernel $kernel: calls that cross for all" "$(tr '\n' ' ' <"$dir/crossing")" ""
	done
}

# took: of replay's JSON, "SERIAL RULES", the rules by section and in order of name.
took()
{
	awk '
		function add(name) {
			if (!(name in section))
				print "no rule is called " name
			list[++n] = section[name]
		}
		FNR == NR {
			if (/^\[rule /)
				rule = substr($2, 1, length($2) - 1)
			if (/^name = /)
				section[substr($0, 8)] = rule
			next
		}
		{
			n = 0
			serial = rules = $0
			sub(/.*"audit.serial":/, "", serial)
			if (sub(/.*"evt.rules":\["/, "", rules)) {
				sub(/"\].*/, "", rules)
				count = split(rules, name, "\",\"")
			} else {
				sub(/.*"rule":"/, "", rules)
				sub(/".*/, "", rules)
				name[count = 1] = rules
			}
			for (i = 1; i <= count; i++)
				add(name[i])
			for (i = 1; i <= n; i++)
				print serial + 0, list[i]
		}' "$1" "$2" | sort
}

for ini in "$presets"/*.ini; do
	name=$(basename "$ini" .ini)
	sound "$ini"
	gives 0 awk -v calls="$dir/calls" -v wanted="$dir/wanted" -f "$tables/events.awk" "$tables/$name.txt"
	silent
	cp "$out" "$dir/log"
	gives 0 "$tiercel" replay -q -c "$ini" "$dir/log"
	silent
	took "$ini" "$out" >"$dir/took"
	awk '$2 != "-" { n = split($2, rule, ","); for (i = 1; i <= n; i++) print $1, rule[i] }' "$dir/wanted" |
		sort >"$dir/want"
	what="$name.txt: line and rule, < wanted, > taken"
	diff "$dir/want" "$dir/took" >"$out" || fail "they differ"
	sed -n 's/^\[rule \(.*\)\]$/\1/p' "$ini" | sort >"$dir/rules"
	is "$name: rules that nothing tries" "$(cut -d ' ' -f 2 "$dir/took" | sort -u | comm -13 - "$dir/rules")" ""
	is "$name: near misses" "$(($(grep -c ' -$' "$dir/wanted") > 1))" 1
	echo "presets: $name: $(wc -l <"$dir/wanted") events, $(wc -l <"$dir/rules") rules"
done

# All of them at once, as a host has them.
mkdir "$dir/conf.d"
cp "$presets"/*.ini "$dir/conf.d"
cp "$top_srcdir/conf/tiercel.ini" "$dir/tiercel.ini"
gives 0 "$tiercel" check "$dir/tiercel.ini"
silent
says "ok (17 selections, $(cat "$presets"/*.ini "$dir/tiercel.ini" | grep -c '^\[rule ') rules"
printf '[tiercel]\ninclude = conf.d/*.ini\n' >"$dir/tiercel.ini"
for kernel in 2.6.32 6.1; do
	gives 0 "$tiercel" explain -c "$dir/tiercel.ini" --arch x86_64 --kernel $kernel --rules
	silent
	is "a hundred rules or so" "$(($(wc -l <"$out") > 40 && $(wc -l <"$out") < 200))" 1
done

# Nor need there be any.
rm -r "$dir/conf.d"
gives 0 "$tiercel" check "$dir/tiercel.ini"
gives 0 "$tiercel" check "$top_srcdir/conf/tiercel.ini"
silent
exit "$failed"
