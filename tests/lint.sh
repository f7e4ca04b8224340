#!/bin/sh
# Holds the house rules: sh tests/lint.sh [TREE [BUILD]]. Each finding is "file:line: what"; exit 1 on any.
# BUILD is where the objects are, for the search for mutable globals.
set -u
LC_ALL=C
export LC_ALL

tree=${1:-${top_srcdir:-.}}
build=${2:-${top_builddir:-$tree}}
here=$(cd "$(dirname "$0")/lint" && pwd) || exit 2
build=$(cd "$build" && pwd) || exit 2
cd "$tree" || exit 2

tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' HUP INT TERM

skip()
{
	echo "lint: skipped: $*"
}

# Every file of the project by its path from the top. In a tarball there is no git to ask.
list_files()
{
	if [ -e .git ] && git ls-files -z >/dev/null 2>&1; then
		git ls-files --cached --others --exclude-standard
	else
		find . -name .git -prune -o -name autom4te.cache -prune -o -name build-aux -prune -o -name 'build-*' -prune \
			-o -type f ! -path ./Makefile ! -path ./Makefile.in ! -path ./aclocal.m4 ! -path ./configure \
			! -path './config.*' ! -name '*.[oa]' ! -name .dirstamp -print | sed 's,^\./,,'
	fi | sort -u | while IFS= read -r file; do
		if [ -f "$file" ]; then echo "$file"; fi
	done
}

# Those of the files that match a pattern of grep -E.
files()
{
	grep -E -e "$1" "$tmp/files"
}

# A file that a generator wrote says so at its top.
is_generated()
{
	head -n 3 "$1" | grep -Eq '^/\* (Made|Generated) by '
}

# Layers, rooms of the libraries, #if, sizes of files, functions, headers and lines.
check_house()
{
	files '^(src|tests)/.*\.[ch]$' >"$tmp/c"
	[ -s "$tmp/c" ] || return 0
	xargs awk -f "$here/code.awk" -f "$here/house.awk" <"$tmp/c"
}

# Only base/log and base/stats may hold variables: all else belongs to a struct that somebody owns.
check_globals()
{
	if ! command -v objdump >/dev/null; then
		skip "mutable globals: there is no objdump" >&2
		return 0
	fi
	(cd "$build" && find src -name '*.o' 2>/dev/null | grep -Ev '^src/base/([^/]*-)?(log|stats)\.o$') >"$tmp/objects"
	if [ ! -s "$tmp/objects" ]; then
		skip "mutable globals: no objects in $build/src, run make first" >&2
		return 0
	fi
	(cd "$build" && xargs objdump -t <"$tmp/objects") >"$tmp/symbols" 2>/dev/null
	# Sanitizers and coverage put variables into the objects, link-time optimisation alone leaves nothing there.
	if grep -Eq ' (__asan_|__ubsan_|__sanitizer_|__sancov|__llvm_|__gcov|__gnu_lto_slim)' "$tmp/symbols"; then
		skip "mutable globals: these objects are instrumented" >&2
		return 0
	fi
	awk -f "$here/globals.awk" "$tmp/symbols" | while IFS='|' read -r object symbol; do
		symbol=${symbol%%.*}
		source=${object%.o}.c
		[ -f "$source" ] || source=${object%/*}/$(basename "$object" .o | sed 's/^[^-]*-//').c
		line=$(grep -nE "(^|[^A-Za-z0-9_])$symbol([^A-Za-z0-9_]|\$)" "$source" 2>/dev/null | head -n 1)
		echo "$source:${line%%:*}: mutable file-scope variable $symbol"
	done
}

check_sorted()
{
	files '^src/event/fields\.def$|^src/.*\.tab$' >"$tmp/tables"
	[ -s "$tmp/tables" ] || return 0
	xargs awk -f "$here/sorted.awk" <"$tmp/tables"
}

check_format()
{
	formatter=
	for name in clang-format-14 clang-format; do
		if "$name" --version 2>/dev/null | grep -q 'version 14\.'; then
			formatter=$name
			break
		fi
	done
	if [ -z "$formatter" ]; then
		skip "format: there is no clang-format 14" >&2
		return 0
	fi
	while IFS= read -r file; do
		is_generated "$file" && continue
		"$formatter" --style=file "$file" >"$tmp/formatted" || echo "$file:1: clang-format failed"
		awk -f "$here/code.awk" -f "$here/format.awk" -v name="$file" "$tmp/formatted" "$file"
	done <"$tmp/c"
}

check_shell()
{
	if ! command -v shellcheck >/dev/null; then
		skip "shell scripts: there is no shellcheck" >&2
		return 0
	fi
	{
		files '\.sh$'
		files '^(\.ci|contrib|tests)/' | while IFS= read -r file; do
			head -n 1 "$file" | grep -Eq '^#! ?/(usr/)?bin/(env )?(ba|da)?sh' && echo "$file"
		done
	} | sort -u >"$tmp/sh"
	[ -s "$tmp/sh" ] || return 0
	xargs shellcheck -f gcc <"$tmp/sh"
}

# Paths of a developer's machine (alice, bob and the like are nobody), and blanks at the end of lines. Recorded logs and
# what comes of them are as they are.
check_text()
{
	files '' | grep -Ev '^tests/(fuzz/corpus|golden|samples[^/]*)/|\.(log|json|gz|png)$|(^|/)COPYING$' >"$tmp/text"
	[ -s "$tmp/text" ] || return 0
	xargs grep -InE '(^|[^A-Za-z0-9_.-])/(work|home/[a-z][a-z0-9]*|Users/[A-Za-z]+)/' /dev/null <"$tmp/text" |
		grep -Ev '/home/(alice|bob|user|me|[a-z])/' | sed 's/^\([^:]*:[0-9]*:\).*/\1 a path of one machine/'
	tab=$(printf '\t')
	xargs grep -InE "[ $tab]+\$" /dev/null <"$tmp/text" | sed 's/^\([^:]*:[0-9]*:\).*/\1 blanks at the end of the line/'
}

list_files >"$tmp/files"
for check in house globals sorted format shell text; do
	"check_$check"
done >"$tmp/findings"
sort -u -t: -k1,1 -k2,2n -k3 "$tmp/findings"
count=$(sort -u "$tmp/findings" | grep -c .)
echo "lint: $(grep -c . "$tmp/files") files, $count findings"
[ "$count" -eq 0 ]
