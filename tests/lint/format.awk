# Where a source departs from what clang-format makes of it.
# usage: clang-format FILE | awk -f code.awk -f format.awk -v name=FILE - FILE
#
# Three things stay the author's: how many blanks align a column inside a line, where a statement's second line
# begins, and how enum lists, initialisers and macros are laid out. Everything else is law: indentation, where blanks
# and line breaks are, empty lines.

function finding(line, what)
{
	printf "%s:%d: format: %s\n", name, line, what
}

function squeeze(s)
{
	sub(/\\$/, "", s)
	gsub(/[ \t]+/, " ", s)
	sub(/ $/, "", s)
	return s
}

function indent_of(s)
{
	match(s, /^[ \t]*/)
	return substr(s, 1, RLENGTH)
}

# Both texts have the same bytes but for blanks: a byte's place among those that are not blank names it in both.
function ink(s)
{
	sub(/\\$/, "", s)
	gsub(/[ \t]/, "", s)
	return length(s)
}

# Braces of a list or an enum begin a region that is the author's; `before` is the code in front of them.
function follow(code,    i, n, c)
{
	n = length(code)
	for (i = 1; i <= n; i++) {
		c = substr(code, i, 1)
		if (c == "{") {
			if (free || before ~ /(=|\((const )?(struct|union) [a-z_0-9]+(\[\])?\))[ \t]*$/ || before ~ /(^|[ \t])enum[ \t]*[a-z_0-9]*[ \t]*$/)
				entered = ++free
		} else if (c == "}" && free) {
			free--
		}
		paren += (c == "(") - (c == ")")
		before = substr(before c, length(before) > 200 ? 100 : 1)
	}
	before = before " "
}

FNR == 1 {
	reading++
	at = 0
	empty = 0
}

reading == 1 {
	if ($0 == "") {
		empty++
		next
	}
	text[at] = squeeze(substr($0, length(indent_of($0)) + 1))
	indent[at] = indent_of($0)
	empties[at] = empty
	at += ink($0)
	empty = 0
	next
}

/^[ \t]*$/ {
	empty++
	next
}

{
	ours = squeeze(substr($0, length(indent_of($0)) + 1))
	was_free = free
	inside = paren > 0 || before ~ /[-=+*\/|&?,] *$/ || ours ~ /^[-=+*\/|&?]/
	entered = 0
	was_macro = macro
	macro = (macro || $0 ~ /^[ \t]*#[ \t]*define/) && $0 ~ /\\$/
	code = code_of($0)
	if (!macro && !was_macro && code !~ /^[ \t]*#/)
		follow(code)
	if (!was_free && !macro && !was_macro) {
		if (!(at in text)) {
			if (!inside)
				finding(FNR, "this belongs on the line before")
		} else if (indent[at] != indent_of($0) && !inside) {
			finding(FNR, "indentation")
		} else if (empties[at] != empty && empty != 0) {
			finding(FNR, "empty lines before")
		} else if (!entered && length(text[at]) < length(ours) && substr(ours, 1, length(text[at])) == text[at]) {
			if (text[at] ~ /^[^#].*[;{}):]$/)
				finding(FNR, "a line break is missing after: " text[at])
		} else if (!entered && substr(text[at], 1, length(ours)) != ours) {
			finding(FNR, "blanks: " text[at])
		}
	}
	at += ink($0)
	empty = 0
}
