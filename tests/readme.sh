#!/bin/sh
# What README says is so: its commands run, its examples are what the program prints, its fields exist.
# The commands see a root of their own: /etc and /var/log are below $dir, and what would ask the host is a stub there.
# shellcheck source=tests/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

readme=$top_srcdir/README
sample=$(cd "$top_srcdir" && pwd)/contrib/sample.log
root=$dir/root

# blocks KIND N: the inside of the Nth fenced block of this kind; of all of them where N is 0.
blocks()
{
	awk -v kind="$1" -v n="$2" '
		/^```/ { inside = $0 == "```" kind && (++count == n || !n); next }
		inside' "$readme"
}

# Wrapped text as it was: a line that begins with blanks goes on with the one before, behind a GLUE.
unwrapped()
{
	awk -v glue="$1" '
		/^ / { sub(/^ +/, ""); text = text glue $0; next }
		NR > 1 { print text }
		{ text = $0 }
		END { print text }'
}

# Its own /etc and /var/log.
rooted()
{
	sed "s,\(^\|[^A-Za-z0-9_.]\)/\(etc\|var/log\)/,\1$root/\2/,g"
}

stub()
{
	cat >"$root/bin/$1"
	chmod +x "$root/bin/$1"
}

furnish()
{
	mkdir -p "$root/bin" "$root/contrib" "$root/etc/tiercel" "$root/etc/audit/plugins.d" "$root/etc/audit/rules.d" \
		"$root/var/log/audit"
	cp "$sample" "$top_srcdir/contrib/au-tiercel.conf" "$top_srcdir/contrib/tiercel.rules" "$root/contrib/"
	printf 'q_depth = 10000\n' >"$root/etc/audit/auditd.conf"
	blocks ini 1 >"$root/rules.ini"
	cp "$sample" "$root/sample.log"
	blocks ini 2 | rooted >"$root/etc/tiercel/tiercel.ini"
	# A rotated set; each cut is between two events.
	sed -n '1,/^type=PROCTITLE/p' "$sample" | gzip -c >"$root/var/log/audit/audit.log.2.gz"
	sed '1,/^type=PROCTITLE/d' "$sample" | sed -n '1,/^type=PROCTITLE/p' >"$root/var/log/audit/audit.log.1"
	sed '1,/^type=PROCTITLE/d' "$sample" | sed '1,/^type=PROCTITLE/d' >"$root/var/log/audit/audit.log"
	{
		echo 'Nov 21 19:37:20 db1 sshd[12]: Server listening'
		sed 's/^/Nov 21 19:37:20 db1 audispd: /' "$sample"
	} >"$root/var/log/messages"
	printf '#!/bin/sh\nexec cat %s\n' "$sample" | stub ausearch
	printf '#!/bin/sh\nsed -n "s/^type=SYSCALL msg=/[   12.3] audit: type=1300 /p" %s\n' "$sample" | stub dmesg
}

# Why a command can't be run here; nothing where it can.
excuse()
{
	case $1 in
	*quickstart.sh*) echo "installs packages; CI and make check-chroot run it" ;;
	autoreconf* | mkdir\ build* | ../configure* | make*) echo "this very build did it" ;;
	tiercel\ probe | tierceld | tierceld\ -f*) echo "watches this host; make check-live does it in a virtual machine" ;;
	pkill* | auditctl* | augenrules* | journalctl*) echo "is about this host's auditd" ;;
	*jq* | *serials) command -v jq >/dev/null || echo "there is no jq" ;;
	esac
}

run_commands()
{
	blocks sh 0 | sed 's/ \{1,\}# .*//' >"$dir/commands"
	while IFS= read -r line; do
		why=$(excuse "$line")
		if [ -n "$why" ]; then
			echo "readme: skipped: $line: $why"
			continue
		fi
		command=$(echo "$line" | rooted)
		gives 0 sh -c 'cd "$1" && PATH=$1/bin:$2:$PATH && eval "$3"' sh "$root" "$(cd "$top_builddir" && pwd)" "$command" \
			</dev/null
		ran=$((ran + 1))
		case $line in
		*'> events.json') cp "$root/events.json" "$out" ;;
		*'> all.json') cp "$root/all.json" "$out" ;;
		*'> serials') cp "$root/serials" "$out" ;;
		esac
		case $line in
		cp* | mkdir* | jq*select*) ;;
		*) [ -s "$out" ] || fail "it prints nothing" ;;
		esac
		case $line in
		*'replay -c rules.ini'*) says ' Warning Process looked into: ptrace ' ;;
		*'replay -c'*) says '"evt.type"' ;;
		grep\ *:112*) cp "$out" "$dir/first" ;;
		*'audit.log*'*) is "$line: events" "$(wc -l <"$out")" "$(wc -l <"$dir/whole")" ;;
		*'dmesg'* | *'-o text'*) says ' Informational ' ;;
		*'--host db1'*) says '^{"hostname":"db1"' ;;
		tiercel\ replay*jq*) says ' Informational .*: E[A-Z]*$' ;;
		tiercel\ replay*) says '^{"hostname":"' ;;
		esac
	done <"$dir/commands"
}

ran=0
furnish
gives 0 "$tiercel" replay "$sample"
cp "$out" "$dir/whole"
is "the line of counts" "$(blocks text 3)" "$(cat "$err")"

run_commands
[ "$ran" -ge 12 ] || fail "only $ran commands were found"

# The example configuration, as it stands and with what README does before.
gives 0 "$tiercel" replay -c "$root/etc/tiercel/tiercel.ini" "$sample"
is "mode of the directory" "$(find "$root/var/log/tiercel" -prune -perm 700)" "$root/var/log/tiercel"
[ -f "$root/var/log/tiercel/events.json" ] || fail "the example wrote no file"
blocks ini 3 >"$dir/recipes.ini"
gives 0 "$tiercel" check "$dir/recipes.ini"

# The first screen.
what=README
blocks text 1 | unwrapped ' ' >"$out"
grep ':112)' "$sample" | cmp -s - "$out" || fail "the first screen's records are not the sample's"
blocks json 1 | unwrapped '' >"$out"
cmp -s "$dir/first" "$out" || fail "the first screen's event is not what the program prints"

# The kernel rules that its example becomes.
gives 0 "$tiercel" explain -c "$root/rules.ini" --kernel 6.1 --arch x86_64
tr -s ' \n' ' ' <"$out" >"$dir/explained"
blocks text 2 | unwrapped ' ' >"$dir/rules"
while IFS= read -r line; do
	grep -qF -e "$line" "$dir/explained" || fail "explain does not say: $line"
done <"$dir/rules"

# The table of fields, and what it says of configure.
"$tiercel" fields | awk '{ print $1 }' >"$dir/known"
sed -n '/^## Fields/,/^## Loss/s/^| *\(`.*`\) *|.*|$/\1/p' "$readme" | tr -d '`' | tr ' ' '\n' >"$dir/named"
[ "$(wc -l <"$dir/named")" -ge 30 ] || fail "the table of fields was not found"
is "fields that do not exist" "$(grep -vxFf "$dir/known" "$dir/named")" ""
grep -o -e '--enable-[a-z]*' "$readme" >"$dir/options"
while IFS= read -r option; do
	grep -q "AC_ARG_ENABLE(\[${option#--enable-}\]" "$top_srcdir/configure.ac" || fail "configure has no $option"
done <"$dir/options"
for file in HACKING CONTRIBUTING SECURITY NEWS COPYING conf/tiercel.ini contrib/tierceld.service contrib/tiercel.logrotate; do
	[ -f "$top_srcdir/$file" ] || fail "there is no $file"
done
echo "readme: $ran commands ran"
exit "$failed"
