# Mutable file-scope variables, from: nm -A -f sysv OBJECT...   Prints "object|symbol".
# Constants that hold addresses stand in .data.rel.ro: read-only once the program runs.

BEGIN { FS = "|" }

{
	symbol = $1
	sub(/^.*:/, "", symbol)
	object = substr($1, 1, length($1) - length(symbol) - 1)
	section = $NF
	gsub(/[ \t]/, "", symbol)
	gsub(/[ \t]/, "", section)
	if (section ~ /^\.data\.rel\.ro/)
		next
	if (section ~ /^\.(s|t|l)?(data|bss)(\.|$)/ || section ~ /COM\*?$/ || $3 ~ /^ *[CBDbd] *$/ && section == "")
		print object "|" symbol
}
