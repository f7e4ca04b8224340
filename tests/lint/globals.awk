# Mutable file-scope variables, from: objdump -t OBJECT...   Prints "object|symbol".
# Not from nm, which asks gcc's plugin about objects that hold both kinds of code, and so hears of no sections.
# Constants that hold addresses stand in .data.rel.ro: read-only once the program runs.

/: +file format / {
	object = $0
	sub(/: +file format .*/, "", object)
	next
}

# VALUE FLAGS SECTION<tab>SIZE NAME, with flags seven wide: the sixth of a section's own symbol is d.
/^[0-9a-f]+ .......[ ].*\t/ {
	flags = $0
	sub(/^[0-9a-f]+ /, "", flags)
	section = substr(flags, 9)
	sub(/\t.*/, "", section)
	if (substr(flags, 6, 1) ~ /[df]/ || $NF ~ /^__gnu_lto_/ || section ~ /^\.data\.rel\.ro/)
		next
	if (section ~ /^\.(s|t|l)?(data|bss)(\.|$)/ || section ~ /COM\*?$/)
		print object "|" $NF
}
