# Common part of the table generators: awk -f gen.awk -f gen_WHAT.awk FILE.tab ... > WHAT_gen.h
# POSIX awk (mawk, gawk 3.1 and busybox run it), under LC_ALL=C. A fault in a table is told as file:line; awk exits 1.
#
# The tables are complete of themselves: an old libaudit lacks names that records of a new kernel bear, and the daemon
# runs where there is no libaudit at all. Where there is one, a unit test holds all that it knows against these tables.

BEGIN {
	for (i = 33; i < 127; i++)
		ord[sprintf("%c", i)] = i
	failed = 0
}

function fault(text)
{
	printf "%s:%d: %s\n", FILENAME, FNR, text | "cat 1>&2"
	failed = 1
	exit 1
}

function head()
{
	print "/* Made by src/table/gen.awk; the source is the .tab files beside it. */"
}

# The line without its comment and without blanks at the ends, in $0; false when nothing is left.
function content(   at)
{
	sub(/(^|[ \t])#.*/, "")
	gsub(/^[ \t]+|[ \t]+$/, "")
	return $0 != ""
}

# Same as name_hash() in names.h.
function name_hash(s,   n, h)
{
	n = length(s)
	h = n * 137 + ord[substr(s, 1, 1)]
	h = h * 137 + ord[substr(s, int(n / 4) + 1, 1)]
	h = h * 137 + ord[substr(s, int(n / 2) + 1, 1)]
	return h * 137 + ord[substr(s, n, 1)]
}

# An open hash of names[1..count] (linear probing, 0 is empty), as a macro of initialisers and one of its size.
function print_hash(macro, names, count,   size, slot, i, at)
{
	for (size = 16; size < 2 * count; size *= 2)
		;
	for (i = 1; i <= count; i++) {
		for (at = name_hash(names[i]) % size; at in slot; at = (at + 1) % size)
			;
		slot[at] = i
	}
	printf "#define %s_SLOTS %d\n", macro, size
	printf "#define %s_HASH", macro
	for (i = 0; i < size; i++)
		printf "%s%d,", (i % 24 == 0 ? " \\\n\t" : " "), ((i in slot) ? slot[i] : 0)
	print ""
}

# All names of a table in one string without separators: where this one lies.
function text_place(s)
{
	if (!(s in text_at)) {
		text_at[s] = text_end + 0
		text_end += length(s)
		texts[++text_count] = s
	}
	return text_at[s]
}

function print_text(macro,   i)
{
	printf "#define %s", macro
	for (i = 1; i <= text_count; i++)
		printf "%s\"%s\"", (i % 8 == 1 ? " \\\n\t" : " "), texts[i]
	print ""
}

# 0x1f or 31; awk itself reads no hex.
function number(s,   n, i)
{
	if (s !~ /^0x/)
		return s + 0
	for (i = 3; i <= length(s); i++)
		n = n * 16 + index("0123456789abcdef", substr(s, i, 1)) - 1
	return n
}
