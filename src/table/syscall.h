/* System calls by architecture, and what is known of each: canonical (Falco) name, category, kind, arguments. */
#ifndef TIERCEL_TABLE_SYSCALL_H
#define TIERCEL_TABLE_SYSCALL_H

#include "base/span.h"

#include <stdint.h>

enum table_arch {
	ARCH_X86_64, ARCH_I386, ARCH_AARCH64, ARCH_ARM, ARCH_PPC64, ARCH_PPC64LE, ARCH_S390X, ARCH_S390, ARCH_COUNT
};
/* From AUDIT_ARCH_* (linux/audit.h, elf-em.h); -1: unknown. x32 is x86_64 with bit 30 in the number. */
int arch_find(uint32_t audit_arch);
/* The other way round, of ARM the little end; 0: no such arch. */
uint32_t arch_audit(int arch);
struct span arch_name(int arch);
/* From the __AUDIT_ARCH_LE bit alone, so it is right for unknown ones too. */
bool arch_is_big_endian(uint32_t audit_arch);

enum category {
	CATEGORY_OTHER, CATEGORY_FILE, CATEGORY_NET, CATEGORY_IPC, CATEGORY_PROCESS, CATEGORY_SIGNAL, CATEGORY_USER,
	CATEGORY_SYSTEM, CATEGORY_MEMORY, CATEGORY_TIME, CATEGORY_WAIT, CATEGORY_SLEEP, CATEGORY_SCHEDULER,
	CATEGORY_COUNT
};
struct span category_name(enum category c);

/* What the call acts on; decides which of fd.* and fs.path.* it fills. */
enum call_kind {
	CALL_PLAIN,
	CALL_OPEN,    /* path to a new descriptor: open openat openat2 creat ... -> fd.name, fd.num = result */
	CALL_FD,      /* acts on the descriptor a0: fchmod ftruncate ... -> fd.num, fd.name where a PATH tells it */
	CALL_PATH,    /* acts on one path: mkdir unlink chmod chdir ... -> fs.path.name */
	CALL_PAIR,    /* rename link -> fs.path.source, fs.path.target */
	CALL_SYMLINK, /* symlink: source is text, target is made */
	CALL_MOUNT,
	CALL_EXEC,
	CALL_SOCKET,  /* makes one: fd.num = result */
	CALL_CONNECT, /* a0, address of the server */
	CALL_BIND,    /* a0, address of ourselves */
	CALL_ACCEPT,  /* result, address of the client */
	CALL_SEND     /* a0, address of the peer where given */
};

enum arg_from { ARG_A0, ARG_A1, ARG_A2, ARG_A3, ARG_A4, ARG_A5, ARG_RET };
enum arg_as {
	AS_INT,         /* signed 32 bit */
	AS_UINT,        /* unsigned 32 bit */
	AS_LONG,        /* signed by the arch's word */
	AS_ULONG,
	AS_HEX,         /* 0x... : pointers to structures and buffers too */
	AS_OCTAL,       /* modes: 0644 */
	AS_MODE,        /* like AS_OCTAL, but absent unless the call's open flags create */
	AS_FD,          /* signed 32 bit */
	AS_DIRFD,       /* AT_FDCWD or a number */
	AS_ID,          /* uid or gid: 32 bit, all ones is -1 */
	AS_FLAGS,       /* table is an enum flags_table */
	AS_ENUM,        /* table is an enum enum_table; unknown numbers as decimal */
	/* From here on: not told by the register. */
	AS_PATH,        /* the call's (first) path, from PATH */
	AS_PATH_TARGET, /* the second path of a CALL_PAIR, CALL_SYMLINK or CALL_MOUNT */
	AS_SOCKADDR,    /* from SOCKADDR */
	AS_ARGV,        /* from EXECVE */
	AS_STRING,      /* text in the caller's memory, absent in audit, but a module's "name" is in KERN_MODULE */
	AS_OPENHOW_FLAGS, AS_OPENHOW_MODE, AS_OPENHOW_RESOLVE /* from OPENAT2 */
};

/* Places instead of pointers: a third of the size, and nothing for the loader to relocate. */
struct syscall_arg {
	uint16_t name_at;
	uint8_t name_len;
	uint8_t from, as, table;
	uint8_t rank; /* place of this name among the call's argument names in bytewise order */
};

struct syscall_info {
	uint16_t name_at;
	uint8_t name_len;
	uint8_t category;
	uint16_t id;       /* 0 .. syscall_count() - 1, bytewise order of names; native variants of a call share it */
	uint8_t kind;
	uint8_t flags_arg; /* index of the open flags among a0..a3 for CALL_OPEN, 255 none (creat, openat2) */
	uint8_t arg_count;
	uint16_t args_at;
};

/* What the places are of. */
extern const char syscall_text[];
extern const struct syscall_arg syscall_arg_table[];

/* The canonical name. */
static inline struct span syscall_name(const struct syscall_info *s)
{
	return span_of(syscall_text + s->name_at, s->name_len);
}

/* The ith of arg_count arguments, in the order of the prototype, in Falco's order where it has the call. */
static inline const struct syscall_arg *syscall_arg(const struct syscall_info *s, unsigned i)
{
	return syscall_arg_table + s->args_at + i;
}

static inline struct span syscall_arg_name(const struct syscall_arg *a)
{
	return span_of(syscall_text + a->name_at, a->name_len);
}

/* Hot: direct tables by number. NULL / empty span: unknown number. */
const struct syscall_info *syscall_find(int arch, int64_t nr);
struct span syscall_native_name(int arch, int64_t nr);
/* No number from here on has a call but those of ARM's and of x32's own, which are far above. */
#define SYSCALL_END 640
/* By canonical or any native name; NULL: unknown. */
const struct syscall_info *syscall_by_name(struct span name);
const struct syscall_info *syscall_by_id(unsigned id);
unsigned syscall_count(void);
/* socketcall(2) and ipc(2) carry many calls: the one meant by their first argument, NULL unknown. */
const struct syscall_info *syscall_of_socketcall(int64_t call);
const struct syscall_info *syscall_of_ipc(int64_t call);
/* Is the call this arch's socketcall or ipc? */
bool syscall_is_socketcall(const struct syscall_info *s);
bool syscall_is_ipc(const struct syscall_info *s);

/* Groups for [select]: "@file" "@file-write" ...; at() is 0 .. count-1; a group is a list of canonical names. */
struct syscall_group {
	struct span name;
	const char *meaning;
	const uint16_t *ids;
	unsigned count;
	bool opens_write; /* of its calls of kind CALL_OPEN only those count whose flags ask to write */
};
unsigned syscall_group_count(void);
const struct syscall_group *syscall_group_at(unsigned i);

#endif
