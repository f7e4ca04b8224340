# keys.tab -> key_gen.h: KEY_LIST(X) with X(identifier, "name"), and the hash of the names.

content() {
	if (NF != 1 || $1 !~ /^[A-Za-z][A-Za-z0-9_-]*$/)
		fault("a key is one word of letters, digits, '_' and '-': " $0)
	if (length($1) > 23)
		fault("key longer than 23 bytes: " $1)
	if (count && names[count] >= $1)
		fault("out of bytewise order: " $1)
	names[++count] = $1
	known[$1] = 1
}

END {
	if (failed)
		exit 1
	if (count > 510) {
		print FILENAME ": more than 510 keys" | "cat 1>&2"
		exit 1
	}
	head()
	printf "#define KEY_LIST(X)"
	for (i = 1; i <= count; i++) {
		id = names[i]
		gsub(/-/, "_", id)
		if (id != names[i] && id in known) {
			id = names[i]
			gsub(/-/, "_dash_", id)
		}
		printf " \\\n\tX(%s, \"%s\")", id, names[i]
	}
	print ""
	print_hash("KEY", names, count)
}
