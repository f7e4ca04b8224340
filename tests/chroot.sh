#!/bin/sh
# `quickstart.sh run` on a machine that has nothing: a bare Debian by debootstrap, in a directory of its own.
# Needs root, debootstrap and a network, so it is no part of make check: run `make check-chroot`. Status 77: skipped.
# It runs without the rights to the kernel's audit subsystem, which is this host's: so it replays the sample.
# The packages come from where this host takes its own; TIERCEL_MIRROR and TIERCEL_SUITE choose others.
set -u
LC_ALL=C
export LC_ALL

top=${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}

skip()
{
	echo "SKIP: $*"
	exit 77
}

fail()
{
	echo "FAIL: $*" >&2
	exit 1
}

# The first package source of this host that is for its own release: "MIRROR KEYRING", the keyring being - for the default.
host_mirror()
{
	cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null | awk -v suite="$suite" '
		function found(uri, keyring) {
			if (!done)
				print uri, keyring ? keyring : "-"
			done = 1
		}
		function end_paragraph() {
			if (index(suites, " " suite " "))
				found(uri, keyring)
			uri = suites = keyring = ""
		}
		# One-line form: deb [options] URI SUITE COMPONENT...
		$1 == "deb" {
			signer = match($0, /signed-by=[^] ]*/) ? substr($0, RSTART + 10, RLENGTH - 10) : ""
			sub(/\[[^]]*\]/, "")
			if ($3 == suite)
				found($2, signer)
		}
		# Paragraph form.
		$1 == "Types:" { end_paragraph() }
		$1 == "URIs:" { uri = $2 }
		$1 == "Suites:" { suites = $0 " " }
		$1 == "Signed-By:" { keyring = $2 }
		END { end_paragraph() }'
}

# Tracked files and new ones, but nothing that git ignores; in a tarball, all of it.
copy_checkout()
{
	mkdir -p "$1"
	if [ -e "$top/.git" ] && git -C "$top" ls-files -z >/dev/null 2>&1; then
		(cd "$top" && git ls-files --cached --others --exclude-standard | while IFS= read -r file; do
			if [ -f "$file" ]; then echo "$file"; fi
		done >"$tmp/files" && tar cf - -T "$tmp/files")
	else
		(cd "$top" && tar cf - --exclude='./build*' .)
	fi | tar xf - -C "$1" || fail "the checkout can't be copied"
}

in_chroot()
{
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" \
		setpriv --bounding-set -audit_control,-audit_read,-audit_write chroot "$root" "$@" </dev/null
}

[ "$(id -u)" = 0 ] || skip "only root can make a chroot"
command -v debootstrap >/dev/null || skip "there is no debootstrap"
command -v setpriv >/dev/null || skip "there is no setpriv"
# shellcheck source=/dev/null
suite=${TIERCEL_SUITE:-$(. /etc/os-release && echo "${VERSION_CODENAME:-}")}
[ -n "$suite" ] || skip "this host's release has no name: set TIERCEL_SUITE"

tmp=$(mktemp -d "${TMPDIR:-/var/tmp}/tiercel-chroot.XXXXXX") || exit 1
trap 'rm -rf --one-file-system "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
root=$tmp/root

mirror=${TIERCEL_MIRROR:-}
keyring=-
if [ -z "$mirror" ]; then
	host_mirror >"$tmp/mirror"
	read -r mirror keyring <"$tmp/mirror" || skip "no package source of this host is for $suite: set TIERCEL_MIRROR"
fi

echo "making a bare $suite"
set -- --variant=minbase
[ "$keyring" = - ] || set -- "$@" --keyring="$keyring"
debootstrap "$@" "$suite" "$root" "$mirror" >"$tmp/log" 2>&1 || {
	tail -n 20 "$tmp/log"
	fail "debootstrap"
}
# How this host reaches its packages (proxies and the like) holds for the chroot too.
grep -ls 'Acquire::' /etc/apt/apt.conf /etc/apt/apt.conf.d/* | while IFS= read -r conf; do
	cp "$conf" "$root/etc/apt/apt.conf.d/"
done
cp /etc/resolv.conf "$root/etc/resolv.conf"
copy_checkout "$root/src/tiercel"

for round in first second; do
	echo "quickstart.sh run, $round time"
	in_chroot sh /src/tiercel/contrib/quickstart.sh run >"$tmp/out" 2>"$tmp/err" || {
		tail -n 60 "$tmp/err"
		fail "quickstart.sh run ended with an error"
	}
	[ -s "$tmp/out" ] || fail "no events came out"
	if grep -qvE '^\{"hostname":.*\}$' "$tmp/out"; then
		fail "a line is no JSON event: $(grep -vE '^\{"hostname":.*\}$' "$tmp/out" | head -n 1)"
	fi
	for type in execve connect openat rename ptrace user_auth add_user; do
		grep -q "\"evt.type\":\"$type\"" "$tmp/out" || fail "no $type event"
	done
	grep -q 'sample' "$tmp/err" || fail "it does not say that it replays the sample"
	[ ! -e "$root/usr/sbin/policy-rc.d" ] || fail "the guard against services was left behind"
done
if grep -q 'installing' "$tmp/err"; then fail "the second time installs again"; fi
if command -v jq >/dev/null && ! jq -e . <"$tmp/out" >/dev/null; then fail "jq does not take the events"; fi
echo "PASS: $(grep -c . "$tmp/out") events in a bare $suite"
