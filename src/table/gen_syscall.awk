# syscalls.tab calls.tab -> syscall_gen.h. Both files say at their heads what they hold. Macros of initialisers are made:
#   SYSCALL_TEXT     every name once, in one string that the others point into
#   SYSCALL_ARGS     lists of arguments
#   SYSCALL_CALLS    calls by id, then the variants that share an id
#   SYSCALL_NATIVES  { name, call } of native calls; the first stands for "no such number"
#   SYSCALL_NUMBERS  natives by number, one architecture behind the other; SYSCALL_RANGES says where
#   SYSCALL_NAMES    { place, length, id } of every name, canonical or native, with its hash
#   SYSCALL_GROUPS   and the ids in them

BEGIN {
	arch_count = split("x86_64 i386 aarch64 arm ppc64 s390x s390", archs, " ")
	for (i = 1; i <= arch_count; i++)
		arch_index[archs[i]] = i
	private_from = 983040
	private_at = 512
	words("other file net ipc process signal user system memory time wait sleep scheduler", categories)
	words("plain open fd path pair symlink mount exec socket connect bind accept send", kinds)
	words("int uint long ulong hex octal mode fd dirfd id", plain)
	code["path"] = "AS_PATH"
	code["path2"] = "AS_PATH_TARGET"
	code["sockaddr"] = "AS_SOCKADDR"
	code["argv"] = "AS_ARGV"
	code["string"] = "AS_STRING"
	code["how-flags"] = "AS_OPENHOW_FLAGS"
	code["how-mode"] = "AS_OPENHOW_MODE"
	code["how-resolve"] = "AS_OPENHOW_RESOLVE"
	for (word in plain)
		code[word] = "AS_" toupper(word)
	text_place("")
}

function words(list, set,   n, part, i)
{
	n = split(list, part, " ")
	for (i = 1; i <= n; i++)
		set[part[i]] = 1
}

# One argument: its initialiser without the rank, its name in arg_name.
function parse_arg(word, kind,   eq, part, n, from)
{
	eq = index(word, "=")
	arg_name = substr(word, 1, eq - 1)
	n = split(substr(word, eq + 1), part, ":")
	if (arg_name !~ /^[a-z][a-z0-9_]*$/ || n < 2 || n > 3 || part[1] !~ /^(a[0-5]|ret)$/)
		fault("not name=FROM:AS[:TABLE]: " word)
	from = "ARG_" toupper(part[1])
	if (n == 2 && part[2] in code)
		return sprintf("%s, %s, 0", from, code[part[2]])
	if (n != 3 || part[2] !~ /^(flags|enum)$/ || part[3] !~ /^[a-z]+$/)
		fault("no such way to show an argument: " word)
	if (kind == "open" && word ~ /=a[0-3]:flags:open$/)
		open_flags = substr(part[1], 2)
	return sprintf("%s, AS_%s, %s_%s", from, toupper(part[2]), toupper(part[2]), toupper(part[3]))
}

# A call (key: its id) or a variant of one (v1, v2, ...), with arguments from field `first` on. list_of[key] is the list of
# them: " ROW ROW ... ", a row being one argument, rank included. Where the list will lie is known only at the end.
function add_call(key, name, id, first,   i, j, rank, arg, row, init, total)
{
	open_flags = 255
	total = NF - first + 1
	for (i = 1; i <= total; i++) {
		init[i] = parse_arg($(first + i - 1), kind_of[id])
		arg[i] = arg_name
		for (j = 1; j < i; j++)
			if (arg[j] == arg[i])
				fault("argument twice: " arg[i])
	}
	list_of[key] = " "
	for (i = 1; i <= total; i++) {
		rank = 0
		for (j = 1; j <= total; j++)
			if ((arg[j] "") < (arg[i] ""))
				rank++
		row = sprintf("{ %d, %d, %s, %d },", text_place(arg[i]), length(arg[i]), init[i], rank)
		if (!(row in arg_row)) {
			arg_row[row] = ++arg_rows
			arg_text[arg_rows] = row
		}
		list_of[key] = list_of[key] arg_row[row] " "
	}
	call_text[key] = sprintf("{ %d, %d, CATEGORY_%s, %d, CALL_%s, %d, %d,", text_place(name), length(name), \
		toupper(category_of[id]), id, toupper(kind_of[id]), open_flags, total)
}

function add_name(name, id)
{
	if (name in name_id)
		return
	name_id[name] = id
	names[++name_total] = name
	name_index[name] = name_total - 1
}

# --- syscalls.tab

content() && FILENAME ~ /syscalls\.tab$/ {
	if (NF != 2 + arch_count)
		fault("not NATIVE CANONICAL and " arch_count " numbers: " $0)
	if ($1 in canonical)
		fault("native name twice: " $1)
	natives[++native_total] = $1
	canonical[$1] = $2 == "=" ? $1 : $2
	canonical_line[canonical[$1]] = FNR
	for (a = 1; a <= arch_count; a++) {
		if ($(2 + a) == "-")
			continue
		n = split($(2 + a), part, ",")
		for (i = 1; i <= n; i++) {
			nr = part[i] + 0
			if (part[i] !~ /^[0-9]+$/)
				fault("not a number: " part[i])
			if (nr >= private_from && a == arch_index["arm"])
				nr = nr - private_from + private_at
			else if (a == arch_index["arm"] && nr >= private_at || nr >= 1024)
				fault("number too large: " nr)
			if ((a, nr) in native_of)
				fault("number " nr " of " archs[a] " twice: " native_of[a, nr] " and " $1)
			native_of[a, nr] = $1
			has[$1, a] = 1
			if (nr >= limit[a])
				limit[a] = nr + 1
		}
	}
	next
}

# --- calls.tab

$1 == "group" && NF > 2 {
	group_names[++group_total] = $2
	group_index[$2] = group_total
	meaning[group_total] = $0
	sub(/^group [^ ]+ /, "", meaning[group_total])
	next
}

NF && $2 == "=" {
	slash = index($1, "/")
	native = slash ? substr($1, 1, slash - 1) : $1
	if (!(native in canonical))
		fault("variant of an unknown native call: " native)
	if (!(canonical[native] in id_of))
		fault("variant before its call " canonical[native])
	id = id_of[canonical[native]]
	add_call("v" ++variant_total, canonical[native], id, 3)
	n = slash ? split(substr($1, slash + 1), part, ",") : arch_count
	for (i = 1; i <= n; i++) {
		a = slash ? arch_index[part[i]] : i
		if (a == 0)
			fault("no such architecture: " part[i])
		if (slash && !((native, a) in has))
			fault(part[i] " has no " native)
		if (slash || !((native, a) in variant_of))
			variant_of[native, a] = variant_total
	}
	next
}

NF {
	if (NF < 4 || !($2 in categories) || !($3 in kinds))
		fault("not NAME CATEGORY KIND GROUPS ARGUMENT...: " $0)
	if (!($1 in canonical_line))
		fault("not in syscalls.tab: " $1)
	if (call_total && (last_call "") >= ($1 ""))
		fault("out of bytewise order: " $1)
	last_call = $1
	id = call_total++
	id_of[$1] = id
	category_of[id] = $2
	kind_of[id] = $3
	add_call(id, $1, id, 5)
	n = split($4, part, ",")
	for (i = 1; i <= n; i++) {
		g = part[i]
		by_flags = sub(/\?$/, "", g)
		if (!(g in group_index))
			fault("no such group: " g)
		if (by_flags && $3 != "open")
			fault("only an open can be in a group by its flags: " part[i])
		if (by_flags)
			opens[group_index[g]] = 1
		members[group_index[g]] = members[group_index[g]] " " id ","
		member_total[group_index[g]]++
	}
	add_name($1, id)
}

# Lay out the lists, long ones first, so that a short one may lie inside a long one.
function print_args(   key, size, longest, all, place, n, part, i)
{
	for (key in list_of) {
		size[key] = gsub(/ /, " ", list_of[key])
		if (size[key] > longest)
			longest = size[key]
	}
	all = " "
	for (; longest; longest--)
		for (i = 0; i < call_total + variant_total; i++) {
			key = i < call_total ? i : "v" (i - call_total + 1)
			if (size[key] != longest)
				continue
			if (!index(all, list_of[key]))
				all = all substr(list_of[key], 2)
			place = substr(all, 1, index(all, list_of[key]))
			place_of[key] = gsub(/ /, " ", place) - 1
		}
	n = split(all, part, " ")
	printf "#define SYSCALL_ARGS"
	for (i = 1; i <= n; i++)
		printf " \\\n\t%s", arg_text[part[i]]
	print ""
}

function print_calls(   i, key)
{
	printf "#define SYSCALL_CALLS"
	for (i = 0; i < call_total + variant_total; i++) {
		key = i < call_total ? i : "v" (i - call_total + 1)
		printf " \\\n\t%s %d },", call_text[key], place_of[key]
	}
	printf "\n#define SYSCALL_COUNT %d\n", call_total
}

# The row of NATIVES for a native call on one architecture, made when first asked for.
function native_row(native, a,   call, key)
{
	call = (native, a) in variant_of ? call_total + variant_of[native, a] - 1 : id_of[canonical[native]]
	key = native SUBSEP call
	if (!(key in row_of)) {
		row_of[key] = ++row_total
		rows = rows sprintf(" \\\n\t{ %d, %d },", name_index[native], call)
	}
	return row_of[key]
}

function print_numbers(   a, nr, start)
{
	printf "#define SYSCALL_NUMBERS"
	for (a = 1; a <= arch_count; a++) {
		range[a] = sprintf("{ %d, %d },", start, limit[a])
		start += limit[a]
		for (nr = 0; nr < limit[a]; nr++)
			printf "%s%d,", (nr % 24 == 0 ? " \\\n\t" : " "), \
				((a, nr) in native_of) ? native_row(native_of[a, nr], a) : 0
	}
	print ""
	printf "#define SYSCALL_RANGES"
	for (a = 1; a <= arch_count; a++) {
		printf " \\\n\t[ARCH_%s] = %s", toupper(archs[a]), range[a]
		if (archs[a] == "ppc64")
			printf " \\\n\t[ARCH_PPC64LE] = %s", range[a]
	}
	print ""
}

function print_groups(   g, start)
{
	printf "#define SYSCALL_GROUPS"
	for (g = 1; g <= group_total; g++) {
		printf " \\\n\t{ { \"@%s\", %d }, \"%s\", syscall_group_ids + %d, %d, %s },", group_names[g], \
			length(group_names[g]) + 1, meaning[g], start, member_total[g], (g in opens) ? "true" : "false"
		start += member_total[g]
	}
	printf "\n#define SYSCALL_GROUP_IDS"
	for (g = 1; g <= group_total; g++)
		printf " \\\n\t%s", substr(members[g], 2)
	print ""
}

END {
	if (failed)
		exit 1
	for (name in canonical_line)
		if (!(name in id_of)) {
			printf "syscalls.tab:%d: no line in calls.tab: %s\n", canonical_line[name], name | "cat 1>&2"
			exit 1
		}
	for (i = 1; i <= native_total; i++)
		add_name(natives[i], id_of[canonical[natives[i]]])
	head()
	print_numbers()
	print "#define SYSCALL_NATIVES \\\n\t{ 0, 0 }," rows
	print_args()
	print_calls()
	printf "#define SYSCALL_NAMES"
	for (i = 1; i <= name_total; i++)
		printf " \\\n\t{ %d, %d, %d },", text_place(names[i]), length(names[i]), name_id[names[i]]
	print ""
	print_hash("SYSCALL", names, name_total)
	print_groups()
	print_text("SYSCALL_TEXT")
	printf "#define SYSCALL_PRIVATE_FROM %d\n#define SYSCALL_PRIVATE_AT %d\n", private_from, private_at
}
