# A Falco rules file (YAML, as Falco writes its own) as an INI file of lists, macros and rules: enough of both languages
# for measuring, no import. A check of a field that no source here tells is never true: the value is missing. The fields
# are in FIELDS, one a line ("tiercel fields" prints them).
#
#   awk -v FIELDS=FILE -f falco_to_ini.awk falco_rules.yaml > falco.ini

BEGIN {
	bare = "^[A-Za-z0-9_./+@*:-]+$"
	while ((getline line < FIELDS) > 0) {
		split(line, word, " ")
		known[word[1]] = 1
	}
	print "; Made from a Falco rules file by falco_to_ini.awk.\n"
}

function trim(s) {
	sub(/^[ \t]+/, "", s)
	sub(/[ \t]+$/, "", s)
	return s
}

# KEY = TEXT, in parts of lines that iniparser can hold, broken outside quotes; no part begins with one.
function put(key, text,    part, at, i, c, quote, last, name) {
	part = 1
	while (text != "") {
		name = part == 1 ? key : key "." part
		if (length(text) <= 900) {
			print name " = " text
			return
		}
		quote = ""
		last = 0
		for (i = 1; i <= 900; i++) {
			c = substr(text, i, 1)
			if (quote != "") {
				if (c == "\\")
					i++
				else if (c == quote)
					quote = ""
			} else if (c == "\"" || c == "'")
				quote = c
			else if (c == "," && i > 1 || c == " " && substr(text, i + 1, 1) !~ /["']/)
				last = i
		}
		print name " = " trim(substr(text, 1, last - 1))
		text = trim(substr(text, last))
		part++
	}
}

function is_known(field,    base) {
	base = field
	sub(/\[.*/, "", base)
	while (base != "") {
		if (base in known)
			return 1
		if (base !~ /^(evt\.arg|audit)\./)
			return 0
		sub(/\.[^.]*$/, "", base)
	}
	return 0
}

# A quoted word or a bare one at the start of s: its length.
function word_length(s,    q, i, c) {
	q = substr(s, 1, 1)
	if (q != "\"" && q != "'") {
		match(s, /^[^ \t()=,"']+/)
		return RLENGTH
	}
	for (i = 2; i <= length(s); i++) {
		c = substr(s, i, 1)
		if (c == "\\")
			i++
		else if (c == q)
			return i
	}
	return length(s)
}

function skip(s) {
	sub(/^[ \t]+/, "", s)
	return s
}

# The checks of unknown fields become evt.source=none, which nothing has, and the plan knows that.
function replace(s,    out, n, word, rest, op) {
	out = ""
	while (s != "") {
		if (substr(s, 1, 1) ~ /[ \t()=,<>!]/) {
			out = out substr(s, 1, 1)
			s = substr(s, 2)
			continue
		}
		n = word_length(s)
		if (n < 1)
			n = 1
		word = substr(s, 1, n)
		s = substr(s, n + 1)
		if (word !~ /^[a-z][a-z0-9_]*\.[a-z]/ || word ~ /[^a-z0-9_.\[\]]/ || s !~ /^[ \t]*(=|!|<|>|in[ (]|exists|contains|icontains|startswith|endswith|glob|pmatch|intersects)/ || is_known(word)) {
			out = out word
			continue
		}
		rest = skip(s)
		match(rest, /^([=!<>]+|[a-z]+)/)
		op = substr(rest, 1, RLENGTH)
		rest = skip(substr(rest, RLENGTH + 1))
		if (op == "in" || op == "pmatch" || op == "intersects")
			rest = substr(rest, index(rest, ")") + 1)
		else if (op != "exists")
			rest = substr(rest, word_length(rest) + 1)
		out = out "evt.source=none"
		s = rest
	}
	return out
}

# %FIELD of unknown fields are <NA> in Falco, too, where they have no value.
function outputs(s,    out, field) {
	out = ""
	while (match(s, /%[a-z][a-z0-9_.]*(\[[^]]*\])?/)) {
		field = substr(s, RSTART + 1, RLENGTH - 1)
		sub(/\.$/, "", field)
		out = out substr(s, 1, RSTART - 1) (is_known(field) ? "%" field : "<NA>")
		s = substr(s, RSTART + 1 + length(field))
	}
	s = out s
	gsub(/%container_[a-z_]*/, "", s)
	gsub(/[ \t]*[;#]/, ",", s)
	return s
}

# YAML's list, in brackets or one item a line: items as the condition language writes them.
function items(s,    out, n, word, q) {
	out = ""
	sub(/^\[/, "", s)
	sub(/\][ \t]*$/, "", s)
	s = skip(s)
	while (s != "") {
		if (substr(s, 1, 1) ~ /[,\001]/) {
			s = skip(substr(s, 2))
			continue
		}
		q = substr(s, 1, 1)
		if (q == "'") {
			n = 2
			while (substr(s, n, 1) != "'" || substr(s, n + 1, 1) == "'")
				n += substr(s, n, 1) == "'" ? 2 : 1
			word = substr(s, 2, n - 2)
			gsub(/''/, "'", word)
		} else if (q == "\"") {
			n = word_length(s)
			word = substr(s, 1, n)
		} else {
			match(s, /^[^,\001]+/)
			n = RLENGTH
			word = trim(substr(s, 1, n))
			if (word !~ bare)
				word = "\"" word "\""
		}
		if (substr(word, 2, length(word) - 2) ~ bare)
			gsub(/^"|"$/, "", word)
		out = out (out == "" ? "" : ", ") word
		s = skip(substr(s, n + 1))
	}
	# A value that begins with a quote would end at the next one.
	if (out ~ /^["']/ && match(out, /, [A-Za-z0-9\/]/)) {
		word = substr(out, RSTART + 2)
		sub(/,.*/, "", word)
		out = word ", " out
	} else if (out ~ /^["']/)
		out = "no_such_word, " out
	return out
}

function identifier(s) {
	s = tolower(s)
	gsub(/[^a-z0-9]+/, "_", s)
	return substr(s, 1, 60)
}

function flush_entry() {
	if (kind == "list" && value["items"] ~ /[^\[\] \t\001]/) {
		print "[list " name "]"
		put("items", items(value["items"]))
		print ""
	} else if (kind == "list") {
		print "[list " name "]\nitems = no_such_word\n"
	} else if (kind == "macro") {
		print "[macro " name "]"
		put("condition", replace(value["condition"]))
		print ""
	} else if (kind == "rule") {
		print "[rule " identifier(name) "]\nname = " name
		put("condition", replace(value["condition"]))
		put("output", outputs(value["output"]))
		print "priority = " value["priority"]
		gsub(/[\[\]]/, "", value["tags"])
		print "tags = " value["tags"] "\n"
	}
	kind = ""
	split("", value)
}

/^#/ || /^[ \t]*$/ { next }
/^- [a-z_]+:/ {
	flush_entry()
	kind = $2
	sub(/:$/, "", kind)
	name = $0
	sub(/^- [a-z_]+:[ \t]*/, "", name)
	key = ""
	next
}
/^  [a-z_]+:/ {
	key = $1
	sub(/:$/, "", key)
	text = $0
	sub(/^  [a-z_]+:[ \t]*/, "", text)
	value[key] = text == ">" || text == "|" ? "" : text
	next
}
key != "" {
	text = trim($0)
	if (text ~ /^#/)
		next
	if (key == "items" && text ~ /^- /)
		value[key] = value[key] "\001" substr(text, 3)
	else
		value[key] = trim(value[key] " " text)
}
END { flush_entry() }
