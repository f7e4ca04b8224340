# record_types.tab -> record_type_gen.h: the names in both cases, RECORD_TYPES { number, place, length, alone }, an
# index by number from RECORD_TYPE_FIRST on (0: none) and the hash of the names.

content() {
	if ($1 !~ /^[12][0-9][0-9][0-9]$/ || $2 !~ /^[A-Z][A-Z0-9_]*$/ || NF > 3 || (NF == 3 && $3 != "alone"))
		fault("not NUMBER NAME [alone]: " $0)
	if (count && numbers[count] >= $1 + 0)
		fault("out of order: " $0)
	if ($2 in seen)
		fault("name twice: " $2)
	seen[$2] = 1
	names[++count] = $2
	numbers[count] = $1 + 0
	rows = rows sprintf(" \\\n\t{ %d, %d, %d, %s },", $1, text_place($2), length($2), NF == 3 ? "true" : "false")
	place[$1 + 0] = count
}

END {
	if (failed)
		exit 1
	if (count > 255) {
		print FILENAME ": more than 255 types" | "cat 1>&2"
		exit 1
	}
	head()
	print_text("RECORD_TYPE_TEXT")
	for (i = 1; i <= text_count; i++)
		texts[i] = tolower(texts[i])
	print_text("RECORD_TYPE_TEXT_LOWER")
	print "#define RECORD_TYPES \\\n\t{ 0, 0, 0, false }," rows
	printf "#define RECORD_TYPE_FIRST %d\n", numbers[1]
	printf "#define RECORD_TYPE_INDEX"
	for (i = numbers[1]; i <= numbers[count]; i++)
		printf "%s%d,", ((i - numbers[1]) % 24 == 0 ? " \\\n\t" : " "), (i in place) ? place[i] : 0
	print ""
	print_hash("RECORD_TYPE", names, count)
}
