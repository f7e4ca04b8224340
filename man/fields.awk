# fields.def becomes the head of tiercel-fields(7); man/fields.tail is the rest.
# usage: awk -f fields.awk fields.def | cat - fields.tail > tiercel-fields.7
BEGIN {
	words = "STR string I64 int U64 uint BOOL bool TIME time REL duration IP ip PORT port LIST list FAMILY family"
	n = split(words, word, " ")
	for (i = 1; i < n; i += 2)
		type_word[word[i]] = word[i + 1]
	print ".\\\" Generated from src/event/fields.def by man/fields.awk."
	print ".Dd November 21, 2026\n.Dt TIERCEL-FIELDS 7\n.Os"
	print ".Sh NAME\n.Nm tiercel-fields\n.Nd the fields of an event"
	print ".Sh DESCRIPTION"
	print "Every event that\n.Xr tiercel 1\nand\n.Xr tierceld 8\nwrite has some of the fields below."
	print "Names that Falco has too mean what they mean there."
	print "A field without a value is absent."
	print ".Pp\nThe types are string (any bytes), int, uint, bool, time (nanoseconds since the epoch), duration"
	print "(nanoseconds), ip, port, list (of strings) and family: a name that goes on with a key or an index,"
	print "such as\n.Li evt.arg.flags\nor\n.Li audit.path[0].name ."
	print ".Pp\nThe sets are core (what people read:\n.Li @core ) ,"
	print "falco (Falco has the field by the same name:\n.Li @falco )"
	print "and asked (shown only where an output asks for the field by its name).\n.Li @all"
	print "is everything but those."
	print ".Sh FIELDS\n.Bl -tag -width Ds"
}

# Text for mdoc: no word of it may be taken for a macro or an escape, and what is ASCII stays so.
function plain(s)
{
	gsub(/\\/, "\\e", s)
	gsub(/'/, "\\(aq", s)
	gsub(/-/, "\\-", s)
	if (s ~ /^[.']/)
		s = "\\&" s
	return s
}

/^FIELD\(/ {
	split($0, quoted, "\"")
	name = quoted[2]
	meaning = quoted[4]
	rest = quoted[3]
	gsub(/[ \t]/, "", rest)
	split(rest, part, ",")
	sets = part[4]
	gsub(/SET_/, "", sets)
	gsub(/\|/, ", ", sets)
	sets = sets == "0" ? "" : "; " tolower(sets)
	if (!(part[2] in type_word)) {
		print "man/fields.awk: " name ": type " part[2] " is not known here" > "/dev/stderr"
		failed = 1
		exit
	}
	printf ".It Li %s\n(%s%s)\n%s\n", name, type_word[part[2]], sets, plain(meaning)
}

END {
	if (failed)
		exit 1
	print ".El"
}
