#!/bin/sh
# Each check of lint.sh must be able to fail: a small tree that is clean, spoilt in one way at a time.
set -u
here=$(cd "$(dirname "$0")" && pwd) || exit 2
tmp=$(mktemp -d) || exit 2
trap 'rm -rf "$tmp"' EXIT
trap 'exit 2' HUP INT TERM
failed=0

# A fresh clean tree in $tmp/tree; the objects of it, where there are any, in $tmp/build.
plant()
{
	rm -rf "$tmp/tree" "$tmp/build"
	mkdir -p "$tmp/build/src/base" "$tmp/tree/tests" "$tmp/tree/contrib"
	for room in base sys table record event filter source config; do
		mkdir -p "$tmp/tree/src/$room"
	done
	cd "$tmp/tree" || exit 2
	cp "$here/../.clang-format" .
	cat >src/base/good.h <<'END'
#ifndef GOOD_H
#define GOOD_H

int good_sum(int a, int b);

#endif
END
	cat >src/base/good.c <<'END'
#include "base/good.h"

static const char *const names[] = { "a", "b" };

int good_sum(int a, int b)
{
	if (a == b)
		return names[0][0];
	return a + b;
}
END
	cat >src/event/fields.def <<'END'
FIELD(A_B, "a.b", STR)
FIELD(A_C, "a.c", STR)
END
	printf '# Names, bytewise order.\nalpha\nbeta\n' >src/table/names.tab
	printf '# NUMBER NAME, rising.\n9 alpha\n10 beta\n' >src/table/numbers.tab
	printf '#!/bin/sh\necho ok\n' >contrib/good.sh
	printf '#include "source/src_file.h"\n#include "base/good.h"\n' >src/tiercel.c
}

lint()
{
	sh "$here/lint.sh" "$tmp/tree" "$tmp/build" >"$tmp/out" 2>&1
}

# expect FILE:LINE TEXT: lint fails and says this of that place.
expect()
{
	if lint; then
		echo "FAIL: lint passed, wanted $1: $2"
		failed=1
	elif ! grep -F "$1: " "$tmp/out" | grep -qF "$2"; then
		echo "FAIL: lint did not say $1: $2, but:"
		sed 's/^/    /' "$tmp/out"
		failed=1
	else
		echo "ok: $2"
	fi
	plant
}

# repeat N TEXT: the text as N lines.
repeat()
{
	awk -v n="$1" -v text="$2" 'BEGIN { while (n-- > 0) print text }'
}

has()
{
	command -v "$1" >/dev/null
}

plant
if lint; then
	echo "ok: a clean tree"
else
	echo "FAIL: lint finds fault with a clean tree:"
	cat "$tmp/out"
	failed=1
fi

# Layers.
echo '#include "event/event.h"' >src/record/up.c
expect src/record/up.c:1 "layer: record (2) includes event (3)"
echo '#include "filter/cond.h"' >src/source/across.c
expect src/source/across.c:1 "layer: source (4) includes filter (4)"
echo '#include "../event/event.h"' >src/base/dots.c
expect src/base/dots.c:1 "name it from src/"
mkdir src/attic && echo 'int attic(void);' >src/attic/attic.h
expect src/attic/attic.h:1 "has no layer"
printf '/* Made by a generator. */\n#include "event/event.h"\n' >src/base/made.h
expect src/base/made.h:2 "layer: base (0) includes event (3)"
echo '#include "base/log.h"' >src/source/loud.c
expect src/source/loud.c:1 "base/log.h below layer 5"
echo '#include "base/log.h"' >src/base/loud.c
expect src/base/loud.c:1 "base/log.h below layer 5"
echo '#include "base/log.h"' | tee src/base/log.c >src/config/loud.c
lint || {
	echo "FAIL: base/log and what lies above layer 4 may not log"
	failed=1
}
plant

# Rooms of the libraries.
echo '#include <libaudit.h>' >src/event/lib.c
expect src/event/lib.c:1 "libaudit outside its rooms"
echo '#include <libmnl/libmnl.h>' >src/source/src_file.c
expect src/source/src_file.c:1 "libmnl outside its rooms"
echo '#include <seccomp.h>' >src/sys/audit_ctl.c
expect src/sys/audit_ctl.c:1 "libseccomp outside its rooms"
echo '#include <iniparser/iniparser.h>' >src/config/config.c
expect src/config/config.c:1 "iniparser outside its rooms"
echo '#include <zlib.h>' >src/record/gz.c
expect src/record/gz.c:1 "zlib outside its rooms"
echo '#include <zlib.h>' | tee src/source/src_a.c >src/source/src_b.c
expect src/source/src_b.c:1 "zlib in a second file"

# Mutable globals.
if has objdump && has "${CC:-cc}"; then
	# How an object is compiled must not matter, where the compiler knows the way.
	for how in '' '-flto -ffat-lto-objects'; do
		for variable in 'static int count = 1;' 'static long count;' 'int count;' 'static __thread int count;'; do
			printf '%s\n%s\n' "$variable" 'int *bad_count(void);' >src/base/bad.c
			printf 'int *bad_count(void)\n{\n\treturn (int *)&count;\n}\n' >>src/base/bad.c
			# Two options.
			# shellcheck disable=SC2086
			"${CC:-cc}" -Werror $how -c -o "$tmp/build/src/base/lib-bad.o" src/base/bad.c 2>/dev/null || continue
			expect src/base/bad.c:1 "mutable file-scope variable count"
		done
	done
	"${CC:-cc}" -fPIC -Isrc -c -o "$tmp/build/src/base/good.o" src/base/good.c
	lint || {
		echo "FAIL: a constant table counts as a mutable global"
		failed=1
	}
else
	echo "skipped: mutable globals, no compiler or objdump"
fi

# Budgets.
repeat 500 '/* x */' >src/base/long.c
expect src/base/long.c:500 "a file of 500 lines"
{ printf 'void long_one(void)\n{\n' && repeat 60 '	good();' && echo '}'; } >src/base/fun.c
expect src/base/fun.c:2 "a function of 60 lines"
{ printf '#ifndef WIDE_H\n#define WIDE_H\n' && repeat 17 'int wide_one(int x);' && echo '#endif'; } >src/base/wide.h
echo '#include "base/wide.h"' >src/event/use.c
expect src/base/wide.h:1 "a public header of 17 functions"
repeat 40 '/* ding */' >src/tierceld.c
expect src/tierceld.c:40 "a doorbell of 40 lines"
{ printf '/* ' && repeat 121 x | tr -d '\n' && echo ' */'; } >src/base/columns.c
expect src/base/columns.c:1 "a line of 127 columns"

# Choices at compile time.
printf '#ifdef __linux__\n#endif\n' >src/base/choice.c
expect src/base/choice.c:1 "#ifdef outside sys/ and stubs"
printf '#ifndef X_H\n#define X_H\n#if X\n#endif\n#endif\n' >src/base/choice.h
expect src/base/choice.h:3 "#if outside sys/ and stubs"
printf '#ifndef LATE\n#define EARLY\n#endif\n' >src/base/choice.h
expect src/base/choice.h:1 "#ifndef outside sys/ and stubs"

# Order.
echo 'FIELD(A_A, "a.a", STR)' >>src/event/fields.def
expect src/event/fields.def:3 "a.a is out of bytewise order"
printf 'alpha\n' >>src/table/names.tab
expect src/table/names.tab:4 "alpha is out of bytewise order"
printf '9 gamma\n' >>src/table/numbers.tab
expect src/table/numbers.tab:4 "9 is out of rising order"

# Format.
if clang-format-14 --version >/dev/null 2>&1 || clang-format --version 2>/dev/null | grep -q 'version 14\.'; then
	printf 'int f(int a)\n{\n    return a;\n}\n' >src/base/spaces.c
	expect src/base/spaces.c:3 "format: indentation"
	printf 'int f(int a)\n{\n\treturn a+1;\n}\n' >src/base/blanks.c
	expect src/base/blanks.c:3 "format: blanks"
	printf 'int f(int a)\n{\n\tif (a)\n\t{\n\t\ta++;\n\t}\n\treturn a;\n}\n' >src/base/brace.c
	expect src/base/brace.c:4 "format: this belongs on the line before"
	printf 'int f(int a)\n{\n\tif (a) return 1;\n\treturn 2;\n}\n' >src/base/joined.c
	expect src/base/joined.c:3 "format: a line break is missing"
	printf 'int f(int a)\n{\n\n\n\treturn a;\n}\n' >src/base/empty.c
	expect src/base/empty.c:5 "format: empty lines"
else
	echo "skipped: format, no clang-format 14"
fi

# Shell.
if has shellcheck; then
	# The fault is meant to stand in the file.
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nrm $1\n' >contrib/bad.sh
	expect contrib/bad.sh:2:4 "SC2086"
else
	echo "skipped: shell scripts, no shellcheck"
fi

# Text.
printf '# see /%s/jdoe/src\n' home >contrib/path.sh
expect contrib/path.sh:1 "a path of one machine"
printf 'tail \n' >contrib/notes
expect contrib/notes:1 "blanks at the end"

exit $failed
