# Tables that promise an order keep it. fields.def: by the quoted name. A .tab file whose comments say "bytewise order": by
# its first word; "numeric order": by its first number.
# usage: LC_ALL=C awk -f sorted.awk FILE...   Prints "file:line: what".

FNR == 1 {
	order = FILENAME ~ /\.def$/ ? "field" : ""
	have = 0
}

FILENAME ~ /\.tab$/ && /^[ \t]*#/ {
	if (/bytewise order/)
		order = "word"
	else if (/numeric order/)
		order = "number"
	next
}

order == "" || (order == "field" && !/^FIELD\(/) { next }

{
	if (order == "field") {
		split($0, part, "\"")
		key = part[2]
	} else {
		sub(/[ \t]#.*/, "")
		key = $1
		for (i = 1; order == "number" && i <= NF; i++)
			if ($i ~ /^[0-9]+$/) {
				key = $i + 0
				break
			}
	}
	if (key == "")
		next
	if (have && (order == "number" ? key + 0 < last + 0 : key "" <= last ""))
		printf "%s:%d: %s is out of %s order, it follows %s\n", FILENAME, FNR, key, \
			order == "number" ? "numeric" : "bytewise", last
	last = key
	have = 1
}
