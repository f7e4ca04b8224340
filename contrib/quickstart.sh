#!/bin/sh
# Tiercel on a fresh machine (Debian, Ubuntu, or the RHEL family), in one command:
#
#   sh contrib/quickstart.sh run [ARGS]   install what is missing, build, and do the main job; ARGS go to the program
#   sh contrib/quickstart.sh test         install what is missing, build, and pass every test
#   sh contrib/quickstart.sh bench        install the peers too, build, and measure: make bench
#
# Installing needs root; where nothing is missing, anybody can run this. Only packages are installed, and none of them gets
# to start a service. Builds go to $TIERCEL_BUILD, by default build-quickstart in the checkout, which git does not see.
set -u
LC_ALL=C
export LC_ALL

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
build=${TIERCEL_BUILD:-$top/build-quickstart}
jobs=$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1)

say()
{
	echo "quickstart: $*" >&2
}

die()
{
	say "$*"
	exit 1
}

# ---- What is needed, how to see that it is there, and who has it

# FOR (run, test or bench; what run needs, all need) | must or may | what | Debian packages, the first that exists | RHEL packages, all
# Without a `must` nothing works; without a `may` something is left out, and said to be.
needs()
{
	cat <<-'END'
		run | must | command cc | gcc | gcc
		run | must | header stdio.h | libc6-dev | glibc-devel
		run | must | command make | make | make
		run | must | autotool autoconf | autoconf | autoconf
		run | must | autotool automake | automake | automake
		run | must | command awk | mawk | gawk
		run | must | iniparser | libiniparser-dev | iniparser-devel
		run | must | header libmnl/libmnl.h | libmnl-dev | libmnl-devel
		run | may | header zlib.h | zlib1g-dev | zlib-devel
		run | may | pcre2 | libpcre2-dev | pcre2-devel
		test | must | command gcc | gcc | gcc
		test | may | cmocka | libcmocka-dev | libcmocka-devel
		test | may | header libaudit.h | libaudit-dev | audit-libs-devel
		test | may | header seccomp.h | libseccomp-dev | libseccomp-devel
		test | may | command clang | clang | clang
		test | may | fuzzer | libclang-rt-dev libclang-rt-14-dev | compiler-rt
		test | may | sanitizer | gcc | libasan libubsan
		test | may | command clang-format | clang-format-14 clang-format | clang-tools-extra
		test | may | command shellcheck | shellcheck | ShellCheck
		test | may | command valgrind | valgrind | valgrind
		test | may | command jq | jq | jq
		test | may | command git | git | git
		test | may | command qemu-system-x86_64 | qemu-system-x86 | qemu-kvm
		test | may | command cpio | cpio | cpio
		test | may | command xz | xz-utils | xz
		test | may | command auditd | auditd | audit
		test | may | static | libc6-dev | glibc-static
		test | may | m32 | gcc-multilib | glibc-devel.i686
		bench | must | command gzip | gzip | gzip
		bench | may | command laurel | laurel | laurel
		bench | may | command ausearch | auditd | audit
		bench | may | command qemu-system-x86_64 | qemu-system-x86 | qemu-kvm
		bench | may | command cpio | cpio | cpio
		bench | may | static | libc6-dev | glibc-static
		bench | may | header auparse.h | libauparse-dev | audit-libs-devel
	END
}

compiles()
{
	printf '%s\n' "$1" | "${CC:-cc}" -fsyntax-only -x c - 2>/dev/null
}

# The headers for 32 bits, or another machine than x86, where nobody asks for them.
compiles_32()
{
	[ "$(uname -m)" != x86_64 ] ||
		printf '#include <stdint.h>\n' | "${CC:-cc}" -m32 -fsyntax-only -x c - 2>/dev/null
}

links()
{
	compiler=$1
	flags=$2
	command -v "$compiler" >/dev/null 2>&1 || return 1
	probe=$(mktemp -d) || return 1
	printf '%s\n' "$3" >"$probe/probe.c"
	# shellcheck disable=SC2086 # flags are words
	"$compiler" $flags -o "$probe/probe" "$probe/probe.c" 2>/dev/null
	status=$?
	rm -rf "$probe"
	return $status
}

is_there()
{
	case $1 in
	command) command -v "$2" >/dev/null 2>&1 ;;
	header) compiles "#include <$2>" ;;
	# A release tarball brings its configure script.
	autotool) { [ -x "$top/configure" ] && [ ! -e "$top/.git" ]; } || command -v "$2" >/dev/null 2>&1 ;;
	iniparser) compiles '#include <iniparser/iniparser.h>' || compiles '#include <iniparser.h>' ;;
	pcre2) compiles '#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>' ;;
	cmocka) compiles '#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>' ;;
	fuzzer) links clang -fsanitize=fuzzer,address '#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerTestOneInput(const uint8_t *p, size_t n) { return p && n > 9 ? 0 : 0; }' ;;
	static) links "${CC:-cc}" -static 'int main(void) { return 0; }' ;;
	m32) compiles_32 ;;
	sanitizer) links "${CC:-cc}" -fsanitize=address,undefined 'int main(void) { return 0; }' ;;
	esac
}

# The rows of needs() for this command that are not there.
missing()
{
	needs | while IFS='|' read -r purpose level what debian rhel; do
		case $purpose in
		'run ' | "$1 ") ;;
		*) continue ;;
		esac
		# shellcheck disable=SC2086 # a test and its word
		is_there $what || echo "$level|$what|$debian|$rhel"
	done
}

# names LEVEL: of the rows on stdin, what is missing, in words.
names()
{
	grep "^ $1" | cut -d'|' -f2 | sed 's/ \(command\|header\|autotool\)//' | tr -d ' ' | tr '\n' ',' | sed 's/,$//; s/,/, /g'
}

# words COLUMN: of the rows on stdin, each word of that column once.
words()
{
	cut -d'|' -f"$1" | tr ' ' '\n' | grep . | sort -u | tr '\n' ' '
}

# ---- Installing

# Packages may want to start their services: no. A guard of somebody else's stays as it is.
guard=/usr/sbin/policy-rc.d
guard_is_ours=

guard_services()
{
	if [ ! -e "$guard" ] && printf '#!/bin/sh\nexit 101\n' >"$guard" && chmod 755 "$guard"; then
		guard_is_ours=yes
	fi
}

unguard_services()
{
	[ -z "$guard_is_ours" ] || rm -f "$guard"
	guard_is_ours=
}

apt_has()
{
	apt-cache policy "$1" 2>/dev/null | grep -q 'Candidate: [^(]'
}

# Stdin: rows of missing(). The first of each row's packages that exists.
debian_packages()
{
	while IFS='|' read -r _ _ debian _; do
		for package in $debian; do
			if apt_has "$package"; then
				echo "$package"
				break
			fi
		done
	done | sort -u
}

install_debian()
{
	apt-get -q update >&2 || say "apt-get update failed; going on with the lists that are there"
	packages=$(echo "$1" | debian_packages | tr '\n' ' ')
	[ -n "$packages" ] || return 1
	say "installing: $packages"
	guard_services
	# shellcheck disable=SC2086 # a list of packages
	DEBIAN_FRONTEND=noninteractive apt-get -q -y -o Dpkg::Use-Pty=0 install --no-install-recommends $packages >&2
	status=$?
	unguard_services
	return $status
}

# Some -devel packages stand in a repository that is off by default: turn it on for this one command only.
rhel_repositories()
{
	"$1" repolist all 2>/dev/null | awk '{ print $1 }' | sed 's,[/!].*,,' |
		grep -Ei '^(crb|powertools|codeready-builder-for-rhel-.*-rpms|ol[0-9]+_codeready_builder|rhel-.-server-optional-rpms)$' |
		sed 's/^/--enablerepo=/' | tr '\n' ' '
}

install_rhel()
{
	manager=yum
	lenient=
	if command -v dnf >/dev/null 2>&1; then
		manager=dnf
		lenient=--setopt=strict=0
	fi
	packages=$(echo "$1" | words 4)
	extra=$(rhel_repositories $manager)
	# EPEL has iniparser. On RHEL itself EPEL's release package has to be fetched by hand, which is left to the owner.
	# shellcheck disable=SC2086 # lists
	if ! $manager -q $extra list iniparser-devel >/dev/null 2>&1; then
		$manager -q -y install epel-release >&2 || say "EPEL is not set up: see https://docs.fedoraproject.org/en-US/epel/"
	fi
	say "installing: $packages"
	# shellcheck disable=SC2086 # lists
	$manager -q -y $lenient $extra install $packages >&2
}

installed=

# Install what this command misses; end here where a `must` stays missing.
provide()
{
	rows=$(missing "$1")
	[ -n "$rows" ] || return 0
	if command -v apt-get >/dev/null 2>&1; then
		installer=install_debian
		by_hand="apt-get install $(echo "$rows" | sed 's/| *\([^ ]*\)[^|]*|\([^|]*\)$/|\1|\2/' | words 3)"
	elif command -v dnf >/dev/null 2>&1 || command -v yum >/dev/null 2>&1; then
		installer=install_rhel
		by_hand="yum install $(echo "$rows" | words 4)"
	else
		installer=false
		by_hand="install $(echo "$rows" | names m) by hand"
	fi
	if [ "$(id -u)" = 0 ]; then
		$installer "$rows" || say "not everything could be installed"
		installed=yes
		rows=$(missing "$1")
	elif echo "$rows" | grep -q '^ must'; then
		die "some packages are missing, and only root can install them. As root: $by_hand"
	else
		say "as root, this would bring $(echo "$rows" | names may): $by_hand"
	fi
	if echo "$rows" | grep -q '^ may'; then
		say "goes without: $(echo "$rows" | names may)"
	fi
	if echo "$rows" | grep -q '^ must'; then
		die "still missing: $(echo "$rows" | names must). Try: $by_hand"
	fi
}

# ---- Building

# A build directory that git does not see.
prepare()
{
	mkdir -p "$build" && build=$(cd "$build" && pwd)
	echo '*' >"$build/.gitignore" || die "$build: can't be written; set TIERCEL_BUILD"
	if [ -e "$top/config.status" ]; then
		die "$top was configured in place, which bars builds elsewhere: run 'make distclean' there first"
	fi
	if [ ! -x "$top/configure" ]; then
		if ! (cd "$top" && autoreconf -fi) >"$build/autoreconf.log" 2>&1; then
			cat "$build/autoreconf.log" >&2
			die "autoreconf failed"
		fi
	fi
}

# configure_in NAME ARGS: a build directory of that name, configured.
configure_in()
{
	mkdir -p "$build/$1"
	cd "$build/$1" || return 1
	shift
	[ -e Makefile ] || "$top/configure" "$@"
}

build_program()
{
	# What was just installed may change what configure finds.
	[ -z "$installed" ] || rm -f "$build/run/Makefile"
	configure_in run && make -j"$jobs"
}

# ---- run

run()
{
	provide run
	prepare
	say "building in $build/run"
	if ! (build_program) >"$build/run.log" 2>&1; then
		tail -n 40 "$build/run.log" >&2
		die "the build failed; all of it is in $build/run.log"
	fi
	program=$build/run/tiercel
	config=$top/conf/tiercel.ini
	for argument; do
		case $argument in
		-h | --help) exec "$build/run/tierceld" --help ;;
		esac
	done
	say "what this host offers ('tiercel probe'):"
	if "$program" probe -c "$config" >&2; then
		say "watching it with $config; Ctrl-C ends it, and leaves the kernel as it was"
		exec "$build/run/tierceld" -f -c "$config" "$@" </dev/null
	fi
	say "so nothing can be watched live here; replaying the sample that ships, contrib/sample.log"
	if [ -t 1 ]; then
		say "as text, for a person; 'tiercel replay' shows every field"
		exec "$program" replay -o text "$top/contrib/sample.log"
	fi
	exec "$program" replay "$top/contrib/sample.log"
}

# ---- test

failed=
passed_tests=0
failed_tests=0
skipped_tests=0

# section NAME COMMAND...: run it with its output in a log, shown where it fails. Status 77: skipped, the last line says why.
section()
{
	name=$1
	shift
	log=$build/log/$(echo "$name" | tr -c 'a-z0-9\n' '-').log
	printf '\n==== %s\n' "$name"
	began=$(date +%s)
	(
		set -e
		"$@"
	) >"$log" 2>&1 </dev/null
	status=$?
	took=$(($(date +%s) - began))
	count_tests "$log" $status
	case $status in
	0)
		grep ': skipped: ' "$log"
		echo "     passed, $took s$count_text"
		;;
	77) echo "     SKIPPED, $took s: $(tail -n 1 "$log")" ;;
	*)
		failed="$failed${failed:+, }$name"
		tail -n 400 "$log"
		echo "     FAILED, $took s$count_text: status $status, log in $log"
		;;
	esac
}

count_lines()
{
	grep -cE "^($2): " "$1"
}

# Automake's results, one line a test. A section without any, or that fails beside them, is one test itself.
count_tests()
{
	p=$(count_lines "$1" 'PASS|XFAIL')
	f=$(count_lines "$1" 'FAIL|XPASS|ERROR')
	s=$(count_lines "$1" 'SKIP')
	count_text=
	if [ $((p + f + s)) -gt 0 ]; then
		count_text=" ($p passed, $f failed, $s skipped)"
		if [ "$2" != 0 ] && [ "$f" = 0 ]; then f=1; fi
	else
		case $2 in
		0) p=1 ;;
		77) s=1 ;;
		*) f=1 ;;
		esac
	fi
	passed_tests=$((passed_tests + p))
	failed_tests=$((failed_tests + f))
	skipped_tests=$((skipped_tests + s))
}

left_out()
{
	echo "$*"
	exit 77
}

environment()
{
	uname -srm
	sed -n 's/^PRETTY_NAME=//p' /etc/os-release 2>/dev/null || true
	echo "processors: $jobs"
	for tool in gcc clang make autoconf automake clang-format shellcheck valgrind; do
		printf '%-13s ' "$tool"
		{ "$tool" --version 2>/dev/null || echo none; } | grep -m 1 '[0-9]\.[0-9]\|none'
	done
}

# A checkout as a compiler sees it: everything built without a warning, every test run.
suite()
{
	name=$1
	compiler=$2
	shift 2
	command -v "$compiler" >/dev/null || left_out "there is no $compiler"
	configure_in "$name" CC="$compiler" "$@"
	make -j"$jobs"
	show_failures make -j"$jobs" check
}

# Automake keeps the output of failed tests in a file: bring it to light, indented, so that no line counts as a result.
show_failures()
{
	status=0
	"$@" || status=$?
	[ $status = 0 ] || find . -name test-suite.log -exec sed 's/^/  /' {} +
	return $status
}

sanitizers()
{
	for CC in clang gcc; do
		if is_there sanitizer; then
			suite sanitizers "$CC" --enable-sanitizers --enable-werror
			return
		fi
	done
	left_out "no compiler here has the sanitizers"
}

# A minute for all of them.
fuzzers()
{
	is_there fuzzer || left_out "there is no clang with libFuzzer"
	count=0
	for target in "$top"/tests/fuzz/fuzz_*.c; do
		[ ! -e "$target" ] || count=$((count + 1))
	done
	[ $count -gt 0 ] || left_out "there are no fuzz targets"
	configure_in fuzzers CC=clang --enable-fuzzers
	make -j"$jobs" fuzz FUZZ_SECONDS=$((count < 60 ? 60 / count : 1))
}

lint()
{
	cd "$build/gcc"
	make -s lint
}

valgrind_units()
{
	command -v valgrind >/dev/null || left_out "there is no valgrind"
	cd "$build/gcc"
	for unit in tests/unit/test_*; do
		if [ -f "$unit" ] && [ -x "$unit" ]; then echo "$unit"; fi
	done >units
	[ -s units ] || left_out "no unit tests were built"
	top_srcdir=$top
	top_builddir=$build/gcc
	# Random tests: a few rounds, as each takes 30 times as long; all of them run without valgrind.
	PLAN_ROUNDS=10
	COND_ROUNDS=200
	COND_SETS=10
	export top_srcdir top_builddir PLAN_ROUNDS COND_ROUNDS COND_SETS
	# shellcheck disable=SC2016 # for the inner shell
	xargs -P "$jobs" -n 1 sh -c '
		if out=$(timeout 240 valgrind -q --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite "$1" 2>&1); then
			echo "PASS: valgrind $1"
		else
			echo "$out"
			echo "FAIL: valgrind $1"
			exit 1
		fi' sh <units
}

# Every mode on a kernel of its own, in a virtual machine.
live()
{
	cd "$build/gcc"
	make -s check-live
}

distcheck()
{
	cd "$build/gcc"
	show_failures make -j"$jobs" distcheck
}

test_all()
{
	provide test
	prepare
	for old in gcc clang sanitizers fuzzers log; do
		[ ! -d "$build/$old" ] || { chmod -R u+w "$build/$old" && rm -rf "${build:?}/$old"; }
	done
	mkdir -p "$build/log"
	start=$(date +%s)
	printf '\n==== environment\n'
	environment
	section "gcc: no warnings, all tests" suite gcc gcc --enable-werror
	section "lint" lint
	section "clang: no warnings, all tests" suite clang clang --enable-werror
	section "address and undefined behaviour sanitizers: all tests" sanitizers
	section "valgrind: unit tests" valgrind_units
	section "fuzzers: 60 s in all" fuzzers
	section "live: every mode in a virtual machine" live
	section "distcheck" distcheck
	printf '\n==== %s s in all\n' $(($(date +%s) - start))
	[ -z "$failed" ] || echo "failed: $failed"
	echo "$passed_tests passed, $failed_tests failed, $skipped_tests skipped"
	[ -z "$failed" ]
}

bench()
{
	provide bench
	prepare
	(build_program) >"$build/bench.log" 2>&1 || { tail -n 40 "$build/bench.log" >&2; die "the build failed"; }
	cd "$build/run" && exec make -s bench
}

trap unguard_services EXIT
trap 'exit 130' INT
trap 'exit 143' HUP TERM

case ${1:-} in
run)
	shift
	run "$@"
	;;
test)
	[ $# = 1 ] || die "test takes no arguments"
	test_all
	;;
bench)
	[ $# = 1 ] || die "bench takes no arguments; make bench takes RUNS, CORPUS and PEER_BYTES from the environment"
	bench
	;;
*)
	sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
	exit 2
	;;
esac
