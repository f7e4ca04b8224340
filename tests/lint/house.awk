# The invariants that a C file shows by itself: layers, rooms of the libraries, #if, budgets.
# usage: awk -f code.awk -f house.awk FILE...   with paths from the top of the tree. Prints "file:line: what".

BEGIN {
	layers = "base 0 sys 1 table 1 record 2 event 3 filter 4 source 4 encode 4 output 4 rule 5 config 6 control 6 daemon 7 cli 8"
	n = split(layers, word, " ")
	for (i = 1; i < n; i += 2)
		layer[word[i]] = word[i + 1]

	# A library's headers, and the files that may know it.
	room("libaudit\\.h|auparse[^>\"]*\\.h", "^src/table/|^src/sys/audit_ctl", "libaudit")
	room("libmnl/[^>\"]*", "^src/source/src_netlink|^src/sys/(audit_ctl|priv)", "libmnl")
	room("seccomp\\.h", "^src/source/src_notify|^src/rule/rule_seccomp|^src/sys/sandbox_seccomp", "libseccomp")
	room("(iniparser/)?(iniparser|dictionary)\\.h", "^src/config/config_ini", "iniparser")
	room("zlib\\.h", "^src/source/", "zlib")
	room("pcre2\\.h", "^src/filter/cond_regex_pcre2", "pcre2")

	# Where a choice at compile time may stand: the system rooms, stubs, and the one file that picks the vector unit.
	conditional_ok = "^src/sys/|_(none|stub)\\.[ch]$|^src/base/simd\\.h$"

	# The layers that return a cause and log nothing.
	MAX_SILENT = 4

	MAX_FILE = 499
	MAX_FUNCTION = 59
	MAX_DOORBELL = 39
	MAX_PROTOTYPES = 16
	MAX_COLUMNS = 120
}

function room(header, place, name)
{
	rooms++
	room_header[rooms] = "^[ \t]*#[ \t]*include[ \t]*[<\"](" header ")[>\"]"
	room_place[rooms] = place
	room_name[rooms] = name
}

function finding(line, what)
{
	printf "%s:%d: %s\n", file, line, what
}

# Tabs are eight wide; bytes of UTF-8 that continue a character have no width.
function columns(s,    part, n, i, width)
{
	gsub(/[\200-\277]/, "", s)
	n = split(s, part, "\t")
	width = 0
	for (i = 1; i < n; i++) {
		width += length(part[i])
		width += 8 - width % 8
	}
	return width + length(part[n])
}

# Is it only a string that makes the line long? Those are not broken, so that they can be searched for.
function long_string(s)
{
	return gsub(/"([^"\\]|\\.)*"/, "\"\"", s) && columns(s) <= MAX_COLUMNS
}

function start_file(    path)
{
	file = FILENAME
	generated = 0
	in_comment = 0
	depth = 0
	opened = 0
	prototypes = 0
	statement = ""
	continued = 0
	guard = ""
	directives = 0
	in_src = file ~ /^src\//
	folder = file
	sub(/^src\//, "", folder)
	doorbell = in_src && folder !~ /\//
	sub(/\/.*/, "", folder)
	if (in_src && !doorbell && !(folder in layer) && !(folder in unknown)) {
		unknown[folder] = 1
		finding(1, "folder src/" folder " has no layer in tests/lint/house.awk")
	}
}

function end_file()
{
	if (file == "" || generated || !in_src)
		return
	if (doorbell && lines > MAX_DOORBELL)
		finding(MAX_DOORBELL + 1, "a doorbell of " lines " lines, at most " MAX_DOORBELL)
	else if (lines > MAX_FILE)
		finding(MAX_FILE + 1, "a file of " lines " lines, at most " MAX_FILE)
	if (file ~ /\.h$/)
		functions_of[file] = prototypes
}

function check_include(raw,    target, header, i)
{
	for (i = 1; i <= rooms; i++) {
		if (raw !~ room_header[i])
			continue
		if (file !~ room_place[i])
			finding(FNR, room_name[i] " outside its rooms")
		else if (room_name[i] == "zlib" && zlib_file != "" && zlib_file != file)
			finding(FNR, "zlib in a second file, " zlib_file " has it already")
		else if (room_name[i] == "zlib")
			zlib_file = file
	}
	if (raw !~ /include[ \t]*"/)
		return
	target = raw
	sub(/^[^"]*"/, "", target)
	sub(/".*/, "", target)
	if (target ~ /(^|\/)\.\.?\//) {
		finding(FNR, "include \"" target "\": name it from src/")
		return
	}
	header = target
	sub(/\/.*/, "", target)
	if (header == "base/log.h" && folder in layer && layer[folder] <= MAX_SILENT && file != "src/base/log.c")
		finding(FNR, "base/log.h below layer " MAX_SILENT + 1 ": return a cause, let the caller say it")
	if (target == header || target == folder)
		return
	is_public["src/" header] = 1
	if (doorbell)
		return
	if (!(target in layer))
		finding(FNR, "include from " target "/, which has no layer")
	else if (folder in layer && layer[target] + 0 >= layer[folder] + 0)
		finding(FNR, "layer: " folder " (" layer[folder] ") includes " target " (" layer[target] ")")
}

# The first two directives of a header are its guard: #ifndef X, #define X.
function check_directive(code,    what, word)
{
	what = code
	sub(/^[ \t]*#[ \t]*/, "", what)
	split(what, word, /[ \t(]+/)
	directives++
	if (guard != "") {
		if (!(word[1] == "define" && word[2] == guard))
			finding(guard_line, "#ifndef outside sys/ and stubs")
		guard = ""
	}
	if (word[1] !~ /^(if|ifdef|ifndef|elif)$/ || file ~ conditional_ok)
		return
	if (word[1] == "ifndef" && directives == 1 && file ~ /\.h$/) {
		guard = word[2]
		guard_line = FNR
		return
	}
	finding(FNR, "#" word[1] " outside sys/ and stubs")
}

# Count what stands outside of every brace: prototypes, and the lines of functions.
function check_code(code,    i, n, c)
{
	if (code ~ /^[{]/ && depth == 0)
		opened = FNR
	n = length(code)
	for (i = 1; i <= n; i++) {
		c = substr(code, i, 1)
		if (c == "{") {
			depth++
			if (depth == 1)
				statement = statement "{"
		} else if (c == "}") {
			depth--
			if (depth == 0 && statement ~ /\)[ \t]*[{]$/)
				statement = ""
		} else if (depth == 0 && c == ";") {
			if (is_prototype(statement))
				prototypes++
			statement = ""
		} else if (depth == 0) {
			statement = statement c
		}
	}
	if (depth == 0)
		statement = statement " "
	if (depth == 0 && opened) {
		n = FNR - opened + 1
		if (n - 2 > MAX_FUNCTION)
			finding(opened, "a function of " n - 2 " lines, at most " MAX_FUNCTION)
		opened = 0
	}
}

function is_prototype(s)
{
	gsub(/__attribute__[ \t]*\(\(.*\)\)/, "", s)
	sub(/^[ \t]+/, "", s)
	return s ~ /^[A-Za-z_][A-Za-z0-9_ \t*]*[ \t*][a-z_][a-z0-9_]*[ \t]*\(/ && s !~ /^(typedef|static)[ \t]/ && s !~ /[={]/
}

FNR == 1 {
	end_file()
	start_file()
}

{ lines = FNR }

FNR <= 3 && /^\/\* (Made|Generated) by / { generated = 1 }

generated && !/^[ \t]*#[ \t]*include/ { next }

{
	if (!generated && columns($0) > MAX_COLUMNS && !long_string($0))
		finding(FNR, "a line of " columns($0) " columns, at most " MAX_COLUMNS)
}

!in_src { next }

{
	if (in_comment || continued) {
		code = code_of($0)
		if (continued) {
			continued = $0 ~ /\\$/
			next
		}
	} else {
		if ($0 ~ /^[ \t]*#[ \t]*include/)
			check_include($0)
		code = code_of($0)
	}
	if (generated)
		next
	if (code ~ /^[ \t]*#/) {
		check_directive(code)
		continued = $0 ~ /\\$/
		next
	}
	check_code(code)
}

END {
	end_file()
	# A header that only its own folder includes is no public one.
	for (file in functions_of)
		if (file in is_public && functions_of[file] > MAX_PROTOTYPES)
			finding(1, "a public header of " functions_of[file] " functions, at most " MAX_PROTOTYPES)
}
