#!/bin/sh
# life.sh SOURCES DIRECTORY: a slice of ordinary life, the same at each run, on a copy of our own sources: files copied,
# searched, packed, changed and removed, programs started, one compiled, and some things that rules look for. DIRECTORY
# is there, and empty.
set -eu
LC_ALL=C
export LC_ALL
cp -r "$1" "$2/tree"
cd "$2"
umask 022

# Somebody looks about.
{
	id
	uname -a
	cat /etc/passwd /etc/group
	ls -l / /etc
} >seen
find tree -type f -name '*.[ch]' | sort >list
grep -rl 'include <errno.h>' tree | sort >errno
xargs wc -l <list | sort -n | tail -n 5 >longest

# Packs, unpacks, compares.
tar -cf - tree | gzip -1 >tree.tar.gz
mkdir again
gzip -dc tree.tar.gz | tar -C again -xf -
diff -r tree again/tree
cp -p again/tree/base/*.h again
chmod -R go-r again
ln -s again/tree/base link
mv again/tree/sys again/tree/moved
: >again/tree/empty

# A loop of small programs, as scripts are.
for file in tree/base/*.c tree/filter/*.c; do
	sed 's/[ 	]*$//' "$file" >new
	cmp -s new "$file" || echo "$file" >>changed
	mv new "$file"
	name=$(basename "$file" .c)
	expr "$name" : '[a-z0-9_]*$' >/dev/null && echo "$name" >>names
done
if command -v cc >/dev/null; then
	cc -std=gnu99 -pipe -I tree -c tree/base/arena.c -o arena.o || echo "it does not compile" >>changed
fi

# What rules look for.
cat /etc/shadow tree/../../../../../../../../etc/passwd >secrets
find / -maxdepth 2 -name id_rsa >keys 2>&1 || true
ln -s /etc/shadow shadow
cp -p /bin/true program
./program
: >.bash_history
rm -f .bash_history shadow
rm -rf again link tree
