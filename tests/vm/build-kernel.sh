#!/bin/sh
# make vm-kernel: a small kernel with audit and without BPF from the distribution's sources, for tests/vm/run. Ten
# minutes on two CPUs. It takes the sources of linux-source where that is installed, else it fetches the package.
#   JOBS=N  how many jobs at once (as many as there are CPUs)
set -eu
LC_ALL=C
export LC_ALL
: "${top_srcdir:=$(cd "$(dirname "$0")/../.." && pwd)}" "${top_builddir:=$top_srcdir}"
vm=$top_builddir/tests/vm

die()
{
	echo "vm-kernel: $*" >&2
	exit 1
}

[ "$(uname -m)" = x86_64 ] || die "only x86_64 so far, not $(uname -m)"
absent=
for tool in gcc make flex bison bc xz perl cpio; do
	command -v $tool >/dev/null || absent="$absent $tool"
done
echo '#include <gelf.h>' | gcc -fsyntax-only -x c - 2>/dev/null || absent="$absent libelf"
[ -z "$absent" ] || die "missing:$absent (Debian: apt-get install build-essential flex bison bc xz-utils cpio libelf-dev)"

mkdir -p "$vm/kernel"
cd "$vm/kernel"

newest()
{
	for tarball in "$1"/usr/src/linux-source-*.tar.xz; do
		[ ! -e "$tarball" ] || echo "$tarball"
	done | tail -n 1
}

tarball=$(newest "")
[ -n "$tarball" ] || tarball=$(newest .)
if [ -z "$tarball" ]; then
	command -v apt-get >/dev/null || die "no sources. Here they come as a package of their own: on RHEL, rpmbuild -bp of" \
		"the kernel's source package, then pack the tree as ./usr/src/linux-source-VERSION.tar.xz in $vm/kernel"
	package=$(apt-cache depends linux-source | sed -n 's/.*Depends: \(linux-source-[0-9.]*\)$/\1/p' | head -n 1)
	[ -n "$package" ] || die "apt knows no linux-source: run apt-get update"
	apt-get -q download "$package"
	dpkg -x "$package"_*.deb .
	rm -f "$package"_*.deb
	tarball=$(newest .)
fi
echo "vm-kernel: from $tarball"
mkdir -p source
[ -e source/Makefile ] || tar -xf "$tarball" -C source --strip-components=1
cd source
# Nothing but the fragment, and what it needs.
make -s KCONFIG_ALLCONFIG="$top_srcdir/tests/vm/kernel.fragment" allnoconfig
# An option that another one bars is left out without a word: look.
grep -E '^CONFIG' "$top_srcdir/tests/vm/kernel.fragment" | while read -r line; do
	grep -qxF "$line" .config || echo "vm-kernel: this kernel goes without $line" >&2
done
for option in AUDITSYSCALL 9P_FS OVERLAY_FS; do
	grep -q "^CONFIG_$option=y" .config || die "the configuration lost CONFIG_$option"
done
if grep -q '^CONFIG_BPF_SYSCALL=y' .config; then die "the configuration brought BPF back"; fi
make -s -j"${JOBS:-$(getconf _NPROCESSORS_ONLN)}" bzImage
cp arch/x86/boot/bzImage "$vm/bzImage"
echo "vm-kernel: $vm/bzImage, $(wc -c <"$vm/bzImage") bytes"
