#!/bin/sh
# names.sh prepare | run: files by many names, for sound.sh, inside the guest. What is there before anybody looks, and what
# is done then; run twice, it does the same.
set -u
LC_ALL=C
export LC_ALL
at=/dev/shm/names

prepare()
{
	for mount in late covered bind jail/dev/shm; do
		umount -l "$at/$mount" 2>/dev/null
	done
	rm -rf "$at"
	mkdir -p "$at/real/below" "$at/target" "$at/late" "$at/covered" "$at/bind" "$at/jail/real" "$at/jail/dev/shm"
	for file in real/one real/two real/below/three target/file covered/under jail/real/inside; do
		echo "$file" >"$at/$file"
	done
	ln -s real "$at/link"
	ln -s target/file "$at/file-link"
	ln -s ../target/file "$at/real/out"
	ln -s ../target "$at/real/out-dir"
	cp "${top_builddir:?}/tests/vm/workload" "$at/real/program"
	cp "$at/real/program" "$at/jail/program"
	ln -s real/program "$at/program-link"
	mount --bind "$at/real" "$at/bind"
	mount --bind /dev/shm "$at/jail/dev/shm"
}

run()
{
	cd "$at" || exit 1
	cat real/one real/below/three link/two file-link real/out real/out-dir/file bind/one >/dev/null
	cat "$at/real/one" "$at/link/below/three" "$at/file-link" "$at/real/out" "$at/bind/two" >/dev/null
	cat "$at/real/absent" "$at/link/absent" "$at/late/absent" 2>/dev/null
	echo new >"$at/real/new"
	mv "$at/real/new" "$at/real/moved"
	rm "$at/real/moved"
	"$at/real/program" nothing
	"$at/program-link" nothing
	chroot "$at/jail" /program open /real/inside
	chroot "$at/jail" /program open /dev/shm/names/real/one
	mount -t tmpfs none "$at/late"
	mount -t tmpfs none "$at/covered"
	mkdir -p "$at/new/deep"
	# What comes later is looked up a moment after it came.
	sleep 4
	echo late >"$at/late/file"
	echo late >"$at/covered/over"
	cat "$at/late/file" "$at/covered/over" >/dev/null
	echo later >"$at/new/deep/file"
	rm -r "$at/new"
	umount "$at/late" "$at/covered"
	sleep 3
	cat "$at/covered/under" >/dev/null
}

if [ "$1" = run ]; then
	echo 4242 >/proc/self/loginuid
	run
else
	prepare
fi
