# enums.tab, errno.tab -> enum_gen.h: ENUM_TEXT, ENUM_VALUES { number, place in the text, length },
# ENUM_RANGES [table] = { first, count }.

function close_table()
{
	if (table != "")
		ranges = ranges sprintf(" \\\n\t[ENUM_%s] = { %d, %d },", table, first, count - first)
}

FNR == 1 && FILENAME ~ /errno\.tab$/ {
	close_table()
	table = "ERRNO"
	first = count
	last = -1
}

content() {
	if ($0 ~ /^\[[a-z]+\]$/) {
		close_table()
		table = toupper(substr($0, 2, length($0) - 2))
		first = count
		last = -1
		next
	}
	if (NF != 2 || $1 !~ /^([0-9]+|0x[0-9a-f]+)$/ || $2 !~ /^[A-Za-z][A-Za-z0-9_|]*$/)
		fault("not a number and a name: " $0)
	if (table == "")
		fault("a value before the first [table]")
	if (number($1) <= last)
		fault("out of order: " $0)
	last = number($1)
	values = values sprintf(" \\\n\t{ %s, %d, %d },", $1, text_place($2), length($2))
	count++
}

END {
	if (failed)
		exit 1
	close_table()
	head()
	print_text("ENUM_TEXT")
	print "#define ENUM_VALUES" values
	print "#define ENUM_RANGES" ranges
}
