#!/bin/sh
# tiercel explain: what it says of the configurations in tests/explain, word for word. A line "; golden NAME: OPTIONS" of
# one of them is one run, which gives NAME.txt and NAME.json.
# usage: explain.sh [--update]
# shellcheck source=tests/lib.sh disable=SC2016,SC2086
. "$(dirname "$0")/lib.sh"

update=${1:-}
golden=$(cd "$top_srcdir/tests/explain" && pwd)
cd "$golden" || exit 99

# Where this build would be installed is no part of what is said.
neutral()
{
	sed 's|exe=[^ "]*/tierceld|exe=/usr/sbin/tierceld|' "$out" >"$dir/neutral"
}

# holds FILE: is what was said that of the file?
holds()
{
	neutral
	if [ -n "$update" ]; then
		cp "$dir/neutral" "$golden/$1"
	elif ! diff -u "$golden/$1" "$dir/neutral" >"$dir/diff"; then
		fail "not what $1 says"
		sed 's/^/  /' "$dir/diff" | head -n 40 >&2
	fi
}

runs=0
for ini in *.ini; do
	sed -n 's/^; golden \([^:]*\): \(.*\)/\1 \2/p' "$ini" >"$dir/runs"
	[ -s "$dir/runs" ] || fail "$ini has no golden line"
	gives 0 "$tiercel" check "$ini"
	while read -r name options; do
		gives 0 "$tiercel" explain -c "$ini" $options
		silent
		is "$name: no line over 100 columns" "$(grep -v tierceld "$out" | awk 'length($0) > 100' | head -n 1)" ""
		holds "$name.txt"
		gives 0 "$tiercel" explain -c "$ini" --json $options
		is "$name: one line of JSON" "$(wc -l <"$out")" 1
		# Easier to read in a difference; nothing but line ends is put in.
		sed 's/,"/,\
"/g; s/{"/{\
"/g' "$out" >"$dir/broken"
		mv "$dir/broken" "$out"
		holds "$name.json"
		runs=$((runs + 1))
	done <"$dir/runs"
done
is "there were runs" "$((runs > 5))" 1

# The rules alone: all of the text's, by number.
gives 0 "$tiercel" explain -c selects.ini --kernel 6.12 --arch x86_64 --rules
is "nothing but rules" "$(grep -vc '^-[aA] [a-z]*,exit ' "$out")" 0
is "all of them" "$(wc -l <"$out")" "$(grep -c '^"sections":\[[]"]' selects.json)"
gives 0 "$tiercel" explain -c selects.ini --kernel 2.6.32 --arch x86_64 --rules
is "no rule of a process that is not there" "$(grep -c pid= "$out")" 0

# Sections by name, and what there is not.
gives 0 "$tiercel" explain -c selects.ini 'select exec'
says '^\[select exec\]$'
is "no other" "$(grep -c '^\[select' "$out")" 1
gives 1 "$tiercel" explain -c selects.ini exce
complains "^tiercel: selects.ini: there is no \[rule\] or \[select\] 'exce'; did you mean 'exec'?$"
gives 1 "$tiercel" explain -c selects.ini 'rule exec'
complains "there is no \[rule\] or \[select\] 'rule exec'"
gives 1 "$tiercel" explain -c rules.ini off
complains "\[rule off\] is not enabled"
gives 1 "$tiercel" explain -c "$dir/none.ini"
complains "$dir/none.ini: No such file"
gives 2 "$tiercel" explain -c selects.ini --kernel new
complains "^tiercel: --kernel wants a version, as 3.10 or 6.12.0, not 'new'$"
gives 2 "$tiercel" explain -c selects.ini --arch vax
complains "the system calls of the machine 'vax' are not known"
gives 2 "$tiercel" explain -c selects.ini a b
for file in selects.ini /etc/hosts none.ini none.txt; do
	gives 1 "$tiercel" explain -c selects.ini "$file"
	complains "there is no \[rule\] or \[select\] '$file'; did you mean -c $file?$"
done
gives 2 "$tiercel" explain -c selects.ini --json --rules
complains "^tiercel: --json and --rules are two forms"
gives 1 sh -c '"$1" explain -c selects.ini >/dev/full' sh "$tiercel"
complains '^tiercel: write error: '
exit $failed
