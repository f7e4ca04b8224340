# Tables that promise an order keep it. fields.def: by the quoted name, each once. A .tab file whose first comment says
# "bytewise order": by its first word, lines with "=" behind it following what they are like; "rising": by its first word, a
# number. An empty line or a [section] begins anew.
# usage: LC_ALL=C awk -f sorted.awk FILE...   Prints "file:line: what".

FNR == 1 {
	order = FILENAME ~ /\.def$/ ? "field" : ""
	head = 1
	have = 0
}

FILENAME ~ /\.tab$/ && /^[ \t]*#/ {
	if (head && /bytewise order/)
		order = "bytewise"
	else if (head && /rising/)
		order = "rising"
	next
}

{ head = 0 }

/^[ \t]*$/ || /^\[/ {
	have = 0
	next
}

order == "" || (order == "field" && !/^FIELD\(/) || (order == "bytewise" && $2 == "=") || (order == "rising" && $1 !~ /^[0-9]+$/) { next }

{
	key = $1
	if (order == "field") {
		split($0, part, "\"")
		key = part[2]
	}
	if (order == "rising")
		fault = have && key + 0 < last + 0
	else
		fault = have && (key "" < last "" || order == "field" && key "" == last "")
	if (fault)
		printf "%s:%d: %s is out of %s order, it follows %s\n", FILENAME, FNR, key, \
			order == "rising" ? "rising" : "bytewise", last
	last = key
	have = 1
}
