# flags.tab -> flags_gen.h: FLAGS_TEXT, FLAGS_BITS { mask, field or WHOLE, place in the text, length, families },
# FLAGS_RANGES [table] = { first, count }.

BEGIN {
	family["x86"] = 1
	family["s390"] = 2
	family["arm"] = 4
	family["ppc"] = 8
}

function close_table()
{
	if (table != "")
		ranges = ranges sprintf(" \\\n\t[FLAGS_%s] = { %d, %d },", table, first, count - first)
}

content() {
	if ($0 ~ /^\[[a-z]+\]$/) {
		close_table()
		table = toupper(substr($0, 2, length($0) - 2))
		first = count
		room = 511 - 19 # what flags_print() has, and a hex number behind the names
		next
	}
	parts = split($1, bits, "/")
	if (NF < 2 || NF > 3 || parts > 2 || $2 !~ /^[A-Z_][A-Z0-9_a-z]*$/)
		fault("not MASK[/VALUE] NAME [FAMILY,...]: " $0)
	for (i = 1; i <= parts; i++)
		if (bits[i] !~ /^(0x[0-9a-f]+|[0-9]+)$/)
			fault("not a number: " bits[i])
	if (table == "")
		fault("a flag before the first [table]")
	room -= length($2) + 1
	if (room < 0)
		fault("all the names of this table together are too long for flags_print()")
	families = 0
	if (NF == 3) {
		n = split($3, words, ",")
		for (i = 1; i <= n; i++) {
			if (!(words[i] in family))
				fault("no such family of architectures: " words[i])
			families += family[words[i]]
		}
	} else
		families = 15
	rows = rows sprintf(" \\\n\t{ %s, %s, %d, %d, %d },", bits[1], parts == 2 ? bits[2] : "WHOLE", \
		text_place($2), length($2), families)
	count++
}

END {
	if (failed)
		exit 1
	close_table()
	head()
	print_text("FLAGS_TEXT")
	print "#define FLAGS_BITS" rows
	print "#define FLAGS_RANGES" ranges
}
