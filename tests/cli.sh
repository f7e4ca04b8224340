#!/bin/sh
# tiercel as a person meets it: commands, options, exit statuses, messages.
# shellcheck source=tests/lib.sh disable=SC2016
. "$(dirname "$0")/lib.sh"

log=$dir/audit.log
{ event 1 cat; event 2 "with"; event 3 ls; } >"$log"

# help and version
gives 0 "$tiercel" --help
says '^Usage: tiercel COMMAND'
gives 0 "$tiercel" --version
says '^tiercel [0-9]'
gives 2 "$tiercel"
complains '^Usage:'
gives 2 "$tiercel" repaly
complains "^tiercel: there is no command 'repaly'; did you mean 'replay'?"
gives 2 "$tiercel" --nothing
complains "no option '--nothing'"
for command in replay check explain probe fields syscalls; do
	gives 0 "$tiercel" "$command" --help
	says "^Usage: tiercel $command"
	says '^Example: '
	silent
	gives 0 "$tiercel" help "$command"
	says "^Usage: tiercel $command"
	gives 2 "$tiercel" "$command" --no-such-option
	complains "^tiercel $command: "
	complains "^Try 'tiercel $command --help'"
done
gives 1 sh -c '"$1" --help >/dev/full' sh "$tiercel"
complains '^tiercel: write error: '

# replay
gives 0 "$tiercel" replay "$log"
is "lines" "$(wc -l <"$out")" 3
says '"evt.type":"openat"'
says '"hostname":"unknown"'
complains '^tiercel: received 3 events (6 records, 0 malformed) = emitted 3 + filtered 0 + dropped 0$'
cp "$out" "$dir/whole"
gives 0 "$tiercel" replay -q "$log"
silent
cmp -s "$out" "$dir/whole" || fail "another output at the second replay"
gives 0 sh -c '"$1" replay -q <"$2"' sh "$tiercel" "$log"
cmp -s "$out" "$dir/whole" || fail "stdin gives another output"
gives 0 sh -c 'cat "$2" | "$1" replay -q -' sh "$tiercel" "$log"
cmp -s "$out" "$dir/whole" || fail "a pipe gives another output"
gives 0 "$tiercel" replay -q -o text "$log"
says ' openat .*by cat '
gives 0 "$tiercel" replay -q --output=raw "$log"
cmp -s "$out" "$log" || fail "raw is not what came in"
gives 0 "$tiercel" replay -q --fields proc.name,evt.type --host app1 "$log"
says '"hostname":"app1"'
says '"output_fields":{"evt.type":"openat","proc.name":"cat"}'
gives 0 "$tiercel" replay -q --raw "$log"
says '"audit.raw":"type=SYSCALL'
gives 2 "$tiercel" replay --fields evt.type,proc.nam "$log"
complains "^tiercel: --fields: unknown field 'proc.nam'; did you mean 'proc.name'?$"
complains "^Try 'tiercel replay --help'"
gives 2 "$tiercel" replay -f 'proc.pn*' "$log"
complains "fields are no patterns, '\*' is a class as a whole: 'proc.pn\*'; did you mean 'proc.\*'?$"
gives 2 "$tiercel" replay -f 'prco.*' "$log"
complains "unknown class of fields 'prco.\*'; did you mean 'proc.\*'?$"
gives 2 "$tiercel" replay -o xml "$log"
complains "no format 'xml'"
complains "^Try 'tiercel replay --help'"

# rotated sets in the order of time, whatever the order of the names
event 4 older >"$log.1"
event 5 oldest >"$log.2"
gives 0 "$tiercel" replay -q --fields proc.name "$log" "$log.1" "$log.2"
is "rotated" "$(sed 's/.*"proc.name":"\([a-z]*\)".*/\1/' "$out" | tr '\n' ' ')" "oldest older cat with ls "

# what can't be read
gives 2 "$tiercel" replay --host '' "$log"
complains '--host wants a name'
gives 1 "$tiercel" replay "$dir/none" "$log"
complains "^tiercel: $dir/none: No such file"
is "the others are read" "$(wc -l <"$out")" 3
gives 1 "$tiercel" replay "$dir"
complains "$dir: Is a directory"
gives 0 "$tiercel" replay /dev/null
complains 'received 0 events'
printf '%s\n' ---- \
	'type=SYSCALL msg=audit(11/14/2023 22:13:20.001:1) : arch=x86_64 syscall=openat success=yes exit=3' >"$dir/inter"
gives 1 "$tiercel" replay "$dir/inter"
complains "^tiercel: $dir/inter:2: this is output of ausearch -i.*use ausearch --raw"
is "nothing of it" "$(grep -c SYSCALL "$out")" 0
printf 'what is this\n\377\376\n' >"$dir/junk"
gives 0 "$tiercel" replay "$dir/junk"
is "junk comes out" "$(grep -c '"evt.type":"audit.raw"' "$out")" 2
complains 'received 2 events (2 records, 2 malformed) = emitted 2'

# an input that grows by its own events would never end
cp "$log" "$dir/self"
gives 1 sh -c '"$1" replay -q "$2" >>"$2"' sh "$tiercel" "$dir/self"
complains "^tiercel: $dir/self: is what output stdout writes to"
gives 1 sh -c '"$1" replay -q <"$2" >>"$2"' sh "$tiercel" "$dir/self"
complains '^tiercel: -: is what output stdout writes to'
ln -s "$dir/self" "$dir/self.link"
printf '[output own]\ntype = file\npath = %s\n' "$dir/self" >"$dir/self.ini"
gives 1 "$tiercel" replay -q -c "$dir/self.ini" "$dir/self.link" "$log"
complains "^tiercel: $dir/self.link: is what output own writes to"
is "the other one was read" "$(grep -c '^{' "$dir/self")" 3

# a full disk, a closed pipe
gives 1 sh -c '"$1" replay "$2" >/dev/full' sh "$tiercel" "$log"
complains 'output stdout: 3 lines lost: No space left'
complains 'received 3 events (6 records, 0 malformed) = emitted 0 + filtered 0 + dropped 3 (3 lost at the end)$'
is "all was read" "$(grep -c 'stopped here' "$err")" 0
i=0
while [ $i -lt 1000 ]; do
	cat "$log"
	i=$((i + 1))
done >"$dir/long"
gives 1 sh -c '"$1" replay "$2" "$3" >/dev/full' sh "$tiercel" "$dir/long" "$log"
complains "^tiercel: $dir/long:[1-9][0-9]*: stopped here, as nothing takes the output; the rest was not read$"
gives 1 sh -c 'cat "$2" | "$1" replay >/dev/full' sh "$tiercel" "$dir/long"
complains "^tiercel: stdin:[1-9][0-9]*: stopped here"
gives 1 sh -c 'ulimit -f 1; "$1" replay "$2" >"$3"' sh "$tiercel" "$log" "$dir/limited"
complains 'output stdout: [0-9]* lines lost: File too large'
i=0
while [ $i -lt 2000 ]; do
	cat "$dir/whole"
	i=$((i + 1))
done >"$dir/many"
what="closed pipe"
{ "$tiercel" replay "$dir/many" 2>"$err"; echo $? >"$dir/status"; } | head -n 1 >"$out"
is "closed pipe: status as of SIGPIPE" "$(cat "$dir/status")" 141
silent

# with a configuration
cat >"$dir/conf.ini" <<END
[select cats]
syscalls = openat
exe = /usr/bin/cat
[output file]
type = file
path = $dir/events
fields = proc.name
END
gives 0 "$tiercel" replay -c "$dir/conf.ini" "$log"
complains 'received 3 events (6 records, 0 malformed) = emitted 1 + filtered 2 + dropped 0'
[ ! -s "$out" ] || fail "events on stdout too"
is "file output" "$(grep -c '"proc.name":"cat"' "$dir/events")" 1
gives 0 "$tiercel" replay -q -c "$dir/conf.ini" -o text "$log"
is "-o beside -c" "$(wc -l <"$out")" 1
gives 2 "$tiercel" replay -c "$dir/conf.ini" --raw "$log"
gives 1 "$tiercel" replay -c "$dir/none.ini" "$log"
complains "^tiercel: $dir/none.ini: No such file"

# the largest budget still finds room
printf '[output file]\ntype = file\npath = %s\nbudget = 1M\n' "$dir/large" >"$dir/large.ini"
gives 0 "$tiercel" replay -c "$dir/large.ini" "$log"
is "budget = 1M" "$(wc -l <"$dir/large")" 3

# a file that grows over its size is told of
long=$(printf %0254d 0)
printf '[output long]\ntype = file\npath = %s\nrotate_size = 1K\n' "$dir/$long" >"$dir/long.ini"
gives 0 "$tiercel" replay -q -c "$dir/long.ini" "$log"
complains '^tiercel: output long: cannot be rotated: '
is "nothing lost by it" "$(wc -l <"$dir/$long")" 3

# check
gives 0 "$tiercel" check "$dir/conf.ini"
says "^$dir/conf.ini: ok (1 selection, 1 output)$"
printf '[output x]\ntype = file\npth = /var/log/x\nformat = jsn\n' >"$dir/bad.ini"
gives 1 "$tiercel" check "$dir/bad.ini"
complains "^tiercel: $dir/bad.ini:3: .*pth.*path"
complains "^tiercel: $dir/bad.ini:4: .*jsn.*json"
gives 1 "$tierceld" -t -c "$dir/bad.ini"
complains "^tierceld: $dir/bad.ini:3: "
gives 0 "$tierceld" -t -c "$dir/conf.ini"
printf '[output x]\ntype = stdout\nformat = raw\nraw = yes\n' >"$dir/warn.ini"
gives 0 "$tiercel" check "$dir/warn.ini"
complains "^tiercel: $dir/warn.ini:4: warning: raw does nothing"
says "^$dir/warn.ini: ok (0 selections, 1 output), 1 warning$"
gives 0 "$tierceld" -t -c "$dir/warn.ini"
complains "^tierceld: $dir/warn.ini:4: warning: raw does nothing"
printf '[output x]\ntype = file\npriority = Warning\npath = %s/no/x\n' "$dir" >"$dir/never.ini"
gives 0 "$tiercel" check "$dir/never.ini"
complains "^tiercel: $dir/never.ini:3: warning: priority: nothing that is let through is so severe: only Tiercel's own"
complains "^tiercel: $dir/never.ini:4: warning: path: there is no directory $dir/no$"
says ", 2 warnings$"
gives 1 "$tiercel" replay -c "$dir/never.ini" "$log"
complains "^tiercel: $dir/never.ini:4: \[output x\]: $dir/no/x: No such file"
printf '[list l]\nitems = a\n[rule r]\ncondition = evt.type = execve and \\\n\tproc.nam in (l)\n' >"$dir/rule.ini"
gives 1 "$tiercel" check "$dir/rule.ini"
complains "^tiercel: $dir/rule.ini:5:2: \[rule r\] condition: unknown field 'proc.nam'; did you mean 'proc.name'"
printf '[list l]\nitems = a\n[rule r]\ncondition = evt.type = execv\n[rule s]\ncondition = evt.type = bpf\nenabled = no\n' \
	>"$dir/rule.ini"
gives 0 "$tiercel" check "$dir/rule.ini"
complains "^tiercel: $dir/rule.ini:1: warning: no rule uses the list 'l'$"
complains "^tiercel: $dir/rule.ini:4:13: warning: \[rule r\] condition: evt.type is never 'execv'; did you mean 'execve'?$"
says "^$dir/rule.ini: ok (0 selections, 2 rules (1 disabled), 1 list, 1 output), 2 warnings$"
gives 2 "$tiercel" check a b
gives 0 "$tiercel" check -c "$dir/conf.ini"
says "^$dir/conf.ini: ok "
gives 2 "$tiercel" check -c "$dir/conf.ini" b
complains "unexpected argument 'b'"

# dictionaries
gives 0 "$tiercel" fields
says '^evt\.type  *string  *core,falco  *'
is "every field" "$(($(wc -l <"$out") - 1))" "$(grep -c '^FIELD(' "$top_srcdir/src/event/fields.def")"
gives 0 "$tiercel" fields @core
is "@core" "$(grep -c proc.env "$out")" 0
gives 0 "$tiercel" fields 'fd.*' proc.name
says '^fd\.name '
is "fd.* and proc.name" "$(grep -c '^proc' "$out")" 1
gives 0 "$tiercel" fields evt.arg.flags 'proc.aexepath[2]'
is "families of members" "$(sed 's/ .*//' "$out" | tr '\n' ' ')" "NAME evt.arg proc.aexepath "
gives 0 "$tiercel" fields --json
is "JSON lines" "$(grep -c '^{"meaning":"[^"\\]*","name":"[a-z0-9_.*]*","sets":\[[a-z",]*\],"type":"[a-z]*"}$' "$out")" \
	"$(wc -l <"$out")"
gives 2 "$tiercel" fields @nothing
complains "unknown field '@nothing'; 'tiercel fields' lists them"
gives 2 "$tiercel" fields proc.aname
complains "'proc.aname' are many fields: name one, as 'proc.aname\[1\]'"
gives 2 "$tiercel" fields prox.name
complains "unknown field 'prox.name'; did you mean 'proc.name'?"
complains "^Try 'tiercel fields --help'"
gives 0 "$tiercel" syscalls --arch x86_64
says '^ *257  openat  *openat  *file '
gives 0 "$tiercel" syscalls -a i686
says '^ *11  execve '
gives 2 "$tiercel" syscalls --arch vax
complains "architecture 'vax'"
gives 0 "$tiercel" syscalls openat newfstatat
is "arguments of two" "$(tr '\n' ' ' <"$out")" "openat(fd, dirfd, name, flags, mode) newfstatat(dirfd, path, flags) "
gives 2 "$tiercel" syscalls opnat execve
says '^execve('
complains "^tiercel: unknown system call 'opnat'; did you mean 'openat'?$"
gives 0 "$tiercel" syscalls --args
says '^ptrace('
is "calls alone" "$(grep -vc '^[a-z0-9_]*([a-z0-9_, ]*)$' "$out")" 0
gives 2 "$tiercel" syscalls --args --groups
complains "take one of them"
gives 2 "$tiercel" syscalls --arch arm openat
complains "without --arch"
gives 2 "$tiercel" syscalls --groups openat
complains "unexpected argument 'openat'"
gives 0 "$tiercel" syscalls --groups
says '^@file-write: '

# The manual knows every command and option.
for word in replay check explain fields syscalls; do
	"$tiercel" "$word" --help | sed -n 's/^ .*--\([a-z-]*\).*/\1/p' | while read -r option; do
		[ "$option" = help ] || grep -q -e "Fl .*-$option" "$top_srcdir/man/tiercel.1" || echo "$word --$option"
	done
done >"$out"
is "tiercel(1) has every option" "$(cat "$out")" ""

# A terminal: nobody types an audit log.
if command -v script >/dev/null 2>&1; then
	gives 2 script -qec "$tiercel replay" /dev/null
	says 'name a log'
fi
exit $failed
