# Shared by the checks that read C.

# The line without comments, and with strings emptied; `in_comment` goes on to the next line.
function code_of(s,    out, c, i, n, quote)
{
	out = ""
	n = length(s)
	quote = ""
	for (i = 1; i <= n; i++) {
		c = substr(s, i, 1)
		if (in_comment) {
			if (c == "*" && substr(s, i + 1, 1) == "/") {
				in_comment = 0
				i++
			}
		} else if (quote != "") {
			if (c == "\\")
				i++
			else if (c == quote) {
				quote = ""
				out = out c
			}
		} else if (c == "/" && substr(s, i + 1, 1) == "*") {
			in_comment = 1
			i++
		} else if (c == "/" && substr(s, i + 1, 1) == "/") {
			break
		} else {
			if (c == "\"" || c == "'")
				quote = c
			out = out c
		}
	}
	sub(/[ \t]+$/, "", out)
	return out
}
