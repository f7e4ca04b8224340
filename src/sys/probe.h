/* What this host offers: every question about the kernel in one struct, and the mode that follows from the answers. */
#ifndef TIERCEL_SYS_PROBE_H
#define TIERCEL_SYS_PROBE_H

#include "sys/audit_wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PROBE_KERNEL(a, b, c) ((unsigned)(a) << 16 | (unsigned)(b) << 8 | (unsigned)(c))

enum probe_answer { PROBE_UNKNOWN, PROBE_NO, PROBE_YES };

/* In the order of the configuration's words (config_keys.def, [source audit] mode). */
enum probe_mode { MODE_AUTO, MODE_UNICAST, MODE_MULTICAST, MODE_AUDISP, MODE_FOLLOW, MODE_OFF };

struct probe {
	char release[65], machine[65]; /* uname(2) */
	unsigned version;              /* PROBE_KERNEL of the release */
	uint64_t caps;                 /* effective, bits of linux/capability.h */
	enum probe_answer init_user_ns, init_pid_ns, init_net_ns; /* is it the host's own? unknown before 3.8 */
	char container[32];            /* what we seem to run in: docker, podman, lxc ...; empty: nothing known */

	int audit;                     /* 0: AUDIT_GET was answered; else -errno: why not */
	struct wire_status status;     /* where it was */
	struct wire_features features;
	enum probe_answer audit_at_boot; /* audit=0 or audit=1 of /proc/cmdline; unknown: neither */
	bool owner_alive;              /* status.pid is a live process, and not this one */
	char owner[17];                /* its name */
	uint32_t stuck;                /* AUDIT_GET timed out: pid of the reader with most unread; `owner`: its name */
	int multicast;                 /* 0: a bind to the group succeeded; else -errno; -EOPNOTSUPP: too old for it */
	int rules;                     /* how many are loaded, ours included; -errno: unknown */
	unsigned own_rules;            /* of these, those that are the wish's own */
	bool task_never;               /* a task,never rule hides all system calls */
	unsigned never;                /* rules of others that say never, and come before ours */
	uint32_t excluded;             /* records that rules of others exclude, see probe_rules.c */
	bool tierceld_lives;           /* one, besides this process and its children */

	const char *audisp_socket, *log; /* the paths asked about */
	int audisp_errno, log_errno;   /* 0: can be connected to, can be read; else errno */
	const char *plugin;            /* where auditd's af_unix plugin is turned on */

	enum probe_answer seccomp, seccomp_log, seccomp_notify; /* SECCOMP_GET_ACTION_AVAIL; never by trying */
	char lockdown[32];             /* /sys/kernel/security/lockdown; empty: unknown */
	enum probe_answer securityfs;  /* is that file system mounted? */
	enum probe_answer bpf;         /* is bpf(2) there? By /proc/filesystems and /boot/config; it is never called */
	enum probe_answer btf;         /* /sys/kernel/btf/vmlinux, which BPF tools of today need */
};

struct audit_ctl;
struct probe_wish {
	enum probe_mode mode;
	int load_rules;                  /* 0 auto, 1 yes, 2 no */
	const char *audisp_socket, *log; /* paths */
	/* Is a rule as the kernel lists it (n bytes) one of ours? NULL: none is. */
	bool (*is_own)(const struct wire_rule *rule, size_t n);
};

/* Ask. `ctl` NULL: could not be opened, audit_error says why. Nothing is changed. Never fails as a whole. */
void probe_read(struct probe *p, struct audit_ctl *ctl, int audit_error, const struct probe_wish *wish);

struct probe_choice {
	enum probe_mode mode;
	bool load_rules;
	char why[320];    /* one sentence: what was found */
	char advice[960]; /* what to do for more, the most pressing first; empty: nothing */
};

/*
 * The mode for what is wished, by the answers alone. 0; -errno: nothing is possible (or what was asked for is not), and
 * why and advice tell the person what to do: -EPERM, -EOPNOTSUPP, -EBUSY (another owner), -ENOENT ...
 */
int probe_choose(const struct probe *p, const struct probe_wish *wish, struct probe_choice *choice);
/* One plain sentence: what keeps AUDIT_GET from being answered, what stands in the way of a mode; empty: nothing. */
const char *probe_audit_cause(const struct probe *p, char out[320]);
const char *probe_mode_cause(const struct probe *p, enum probe_mode mode, char out[320]);
const char *probe_mode_name(enum probe_mode mode);

#endif
