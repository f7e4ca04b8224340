#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "sys/audit_ctl.h"
#include "sys/probe.h"
#include "sys/probe_host.h"
#include "sys/probe_rules.h"

#include "fake_kernel.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONTROL (UINT64_C(1) << 30)

/* Situations. Each begins as root on Linux 6.1, audit=1, nothing else there. */
static void plain(struct probe *p)
{
	(void)p;
}

static void stale_owner(struct probe *p)
{
	p->status.pid = 612;
}

static void beside_auditd(struct probe *p)
{
	p->owner_alive = true;
	p->status.pid = 612;
	strcpy(p->owner, "auditd");
	p->rules = 7;
}

static void el7(struct probe *p)
{
	strcpy(p->release, "3.10.0-1062.el7.x86_64");
	p->version = PROBE_KERNEL(3, 10, 0);
	p->multicast = -EOPNOTSUPP;
	p->plugin = "/etc/audisp/plugins.d/af_unix.conf";
}

static void el7_auditd(struct probe *p)
{
	beside_auditd(p);
	el7(p);
}

static void el7_socket(struct probe *p)
{
	el7_auditd(p);
	p->audisp_errno = 0;
}

static void el7_log(struct probe *p)
{
	el7_auditd(p);
	p->log_errno = 0;
}

static void el7_stale_socket(struct probe *p)
{
	el7_log(p);
	p->audisp_errno = ECONNREFUSED;
}

static void unasked(struct probe *p, int error)
{
	p->audit = -error;
	p->rules = -ENODATA;
	memset(&p->status, 0, sizeof(p->status));
}

static void user(struct probe *p)
{
	unasked(p, EPERM);
	p->caps = 0;
	p->multicast = -EPERM;
}

static void user_listening(struct probe *p)
{
	user(p);
	p->multicast = 0;
}

static void user_reading(struct probe *p)
{
	user(p);
	p->log_errno = 0;
}

static void user_denied(struct probe *p)
{
	user(p);
	p->log_errno = EACCES;
	p->audisp_errno = EACCES;
}

static void confined(struct probe *p)
{
	user(p);
	p->caps = CONTROL;
}

static void compiled_out(struct probe *p)
{
	unasked(p, EPROTONOSUPPORT);
	p->multicast = -EPROTONOSUPPORT;
	p->audit_at_boot = PROBE_UNKNOWN;
	p->log_errno = 0;
}

static void off_at_boot(struct probe *p)
{
	compiled_out(p);
	p->audit_at_boot = PROBE_NO;
}

static void user_namespace(struct probe *p)
{
	unasked(p, ECONNREFUSED);
	p->init_user_ns = PROBE_NO;
	p->multicast = -EPERM;
}

static void user_namespace_log(struct probe *p)
{
	user_namespace(p);
	p->log_errno = 0;
}

static void pid_namespace(struct probe *p)
{
	unasked(p, EPERM);
	p->init_pid_ns = PROBE_NO;
}

static void container(struct probe *p)
{
	pid_namespace(p);
	p->init_net_ns = PROBE_NO;
}

static void net_namespace(struct probe *p)
{
	p->init_net_ns = PROBE_NO;
}

static void net_namespace_auditd(struct probe *p)
{
	beside_auditd(p);
	net_namespace(p);
}

static void net_namespace_old(struct probe *p)
{
	el7(p);
	unasked(p, ECONNREFUSED);
	net_namespace(p);
}

static void podman(struct probe *p)
{
	unasked(p, EINVAL);
	p->multicast = -EINVAL;
}

static void no_netlink(struct probe *p)
{
	unasked(p, EAFNOSUPPORT);
	p->multicast = -EAFNOSUPPORT;
}

static void selinux(struct probe *p)
{
	unasked(p, EACCES);
	p->multicast = -EACCES;
}

static void stuck(struct probe *p)
{
	el7(p);
	unasked(p, ETIMEDOUT);
	p->stuck = 612;
	strcpy(p->owner, "auditd");
	p->log_errno = 0;
}

static void stuck_somebody(struct probe *p)
{
	unasked(p, ETIMEDOUT);
}

static void unbuilt(struct probe *p)
{
	unasked(p, ENOSYS);
}

static void broken(struct probe *p)
{
	unasked(p, EPIPE);
	p->multicast = -EIO;
}

static void immutable(struct probe *p)
{
	p->status.enabled = 2;
	p->rules = 3;
}

static void immutable_empty(struct probe *p)
{
	p->status.enabled = 2;
}

static void task_never(struct probe *p)
{
	p->task_never = true;
	p->rules = 1;
}

static void never_on(struct probe *p)
{
	p->status.enabled = 0;
	p->audit_at_boot = PROBE_UNKNOWN;
}

static void auditd_off(struct probe *p)
{
	beside_auditd(p);
	p->status.enabled = 0;
}

static void auditd_deaf(struct probe *p)
{
	beside_auditd(p);
	p->multicast = -EPERM;
}

static void auditd_no_rules(struct probe *p)
{
	beside_auditd(p);
	p->rules = 0;
}

static void all_there(struct probe *p)
{
	beside_auditd(p);
	p->audisp_errno = p->log_errno = 0;
}

static void odd_paths(struct probe *p)
{
	p->audisp_errno = ENOTSOCK;
	p->log_errno = EISDIR;
	p->audisp_socket = "/a/long/way/to/go/before/the/socket/comes/into/sight/far/away/behind/the/hills";
}

static void others_never(struct probe *p)
{
	p->never = 2;
	p->rules = 2;
}

static void left_never(struct probe *p)
{
	others_never(p);
	p->never = 1;
	p->own_rules = 1;
}

static void others_exclude(struct probe *p)
{
	p->excluded = 1 << 1 | 1 << 2;
	p->rules = 2;
}

static void rated(struct probe *p)
{
	p->status.rate_limit = 100;
}

/* As much as can come together. */
static void all_wrong(struct probe *p)
{
	never_on(p);
	task_never(p);
	others_never(p);
	rated(p);
	p->excluded = UINT32_MAX;
}

static void other_owner(struct probe *p)
{
	beside_auditd(p);
	strcpy(p->owner, "go-audit");
}

enum { AUTO, YES, NO }; /* load_rules */

static const struct choice_case {
	void (*situation)(struct probe *p);
	enum probe_mode wish;
	int load_rules;
	int rc;
	enum probe_mode mode;
	bool loads;
	const char *why, *advice; /* in them; "": that it is empty */
} cases[] = {
	{ plain, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program owns the audit stream", "" },
	{ plain, MODE_AUTO, NO, 0, MODE_UNICAST, false, "no other program", "use load_rules = yes" },
	{ plain, MODE_UNICAST, AUTO, 0, MODE_UNICAST, true, "the configuration asks for it", "" },
	{ plain, MODE_MULTICAST, AUTO, 0, MODE_MULTICAST, true, "the configuration asks for it", "the kernel's log gets records" },
	{ plain, MODE_AUDISP, AUTO, -ENOENT, MODE_OFF, false, "there is no socket /run/s", "active = yes in /etc/audit/plugins.d" },
	{ plain, MODE_FOLLOW, AUTO, -ENOENT, MODE_OFF, false, "there is no log /var/l", "log = PATH" },
	{ plain, MODE_OFF, YES, 0, MODE_OFF, false, "the configuration asks for it", "" },
	{ stale_owner, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program", "" },
	{ odd_paths, MODE_AUDISP, AUTO, -ENOTSOCK, MODE_OFF, false, ".../go/before/the/socket", "audisp_socket = PATH" },
	{ odd_paths, MODE_FOLLOW, AUTO, -EISDIR, MODE_OFF, false, "/var/l can't be read (Is a directory)", "log = PATH" },

	{ beside_auditd, MODE_AUTO, AUTO, 0, MODE_MULTICAST, false, "auditd (pid 612) owns the audit stream, so tierceld listens",
		"only what the loaded rules (7) select is seen; load_rules = yes" },
	{ beside_auditd, MODE_AUTO, YES, 0, MODE_MULTICAST, true, "auditd (pid 612) owns", "" },
	{ beside_auditd, MODE_UNICAST, AUTO, -EBUSY, MODE_OFF, false, "auditd (pid 612) owns the audit stream",
		"stop it (service auditd stop), or use mode = multicast" },
	{ other_owner, MODE_UNICAST, AUTO, -EBUSY, MODE_OFF, false, "go-audit (pid 612) owns the audit stream",
		"stop it, or use mode = multicast" },
	{ beside_auditd, MODE_MULTICAST, AUTO, 0, MODE_MULTICAST, false, "the configuration", "load_rules = yes" },
	{ auditd_no_rules, MODE_AUTO, AUTO, 0, MODE_MULTICAST, false, "owns", "no audit rules are loaded" },
	{ auditd_off, MODE_AUTO, AUTO, 0, MODE_MULTICAST, false, "owns", "switch it on: auditctl -e 1 does" },
	{ auditd_deaf, MODE_AUTO, AUTO, -EBUSY, MODE_OFF, false, "owns the audit stream, and there is no right to listen",
		"CAP_AUDIT_READ" },
	{ all_there, MODE_AUTO, AUTO, 0, MODE_MULTICAST, false, "owns", "load_rules = yes" },
	{ all_there, MODE_AUDISP, AUTO, 0, MODE_AUDISP, false, "the configuration", "load_rules = yes" },
	{ all_there, MODE_FOLLOW, YES, 0, MODE_FOLLOW, true, "the configuration", "" },

	{ el7, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program", "" },
	{ el7, MODE_MULTICAST, AUTO, -EOPNOTSUPP, MODE_OFF, false, "may bind, but gets nothing", "mode = auto" },
	{ el7_auditd, MODE_UNICAST, AUTO, -EBUSY, MODE_OFF, false, "auditd (pid 612) owns",
		"stop it (service auditd stop), or turn on its af_unix plugin (active = yes in /etc/audisp/plugins.d/af_unix.conf)" },
	{ el7_auditd, MODE_AUTO, AUTO, -EBUSY, MODE_OFF, false, "owns the audit stream, and on kernel 3.10.0-1062.el7.x86_64",
		"turn on its af_unix plugin" },
	{ el7_socket, MODE_AUTO, AUTO, 0, MODE_AUDISP, false, "so tierceld takes the records that auditd passes on at /run/s",
		"load_rules = yes" },
	{ el7_log, MODE_AUTO, AUTO, 0, MODE_FOLLOW, false, "so tierceld reads /var/l as it grows", "turn on its af_unix plugin" },
	{ el7_stale_socket, MODE_AUTO, AUTO, 0, MODE_FOLLOW, false, "so tierceld reads /var/l", "af_unix" },
	{ el7_stale_socket, MODE_AUDISP, AUTO, -ECONNREFUSED, MODE_OFF, false, "nobody listens at /run/s", "start auditd" },

	{ user, MODE_AUTO, AUTO, -EPERM, MODE_OFF, false, "no right to control the kernel's audit (CAP_AUDIT_CONTROL)",
		"run as root" },
	{ user, MODE_MULTICAST, AUTO, -EPERM, MODE_OFF, false, "CAP_AUDIT_READ", "run as root" },
	{ user_listening, MODE_AUTO, AUTO, 0, MODE_MULTICAST, false, "CAP_AUDIT_CONTROL), so tierceld listens", "run as root" },
	{ user_listening, MODE_MULTICAST, YES, 0, MODE_MULTICAST, false, "the configuration", "load_rules = yes is in vain" },
	{ user_reading, MODE_AUTO, AUTO, 0, MODE_FOLLOW, false, "so tierceld reads /var/l", "run as root" },
	{ user_denied, MODE_FOLLOW, AUTO, -EACCES, MODE_OFF, false, "no right to read /var/l", "run as root" },
	{ user_denied, MODE_AUDISP, AUTO, -EACCES, MODE_OFF, false, "no right to connect to /run/s", "run as root" },
	{ confined, MODE_AUTO, AUTO, -EPERM, MODE_OFF, false, "in spite of CAP_AUDIT_CONTROL", "SELinux" },
	{ selinux, MODE_AUTO, AUTO, -EACCES, MODE_OFF, false, "a security module", "ausearch -m avc" },

	{ compiled_out, MODE_AUTO, AUTO, -EPROTONOSUPPORT, MODE_OFF, false, "kernel 6.1.0 is built without audit", "boot one" },
	{ compiled_out, MODE_MULTICAST, AUTO, -EPROTONOSUPPORT, MODE_OFF, false, "is built without audit", "boot one" },
	{ compiled_out, MODE_FOLLOW, AUTO, 0, MODE_FOLLOW, false, "the configuration", "" },
	{ off_at_boot, MODE_AUTO, AUTO, -EPROTONOSUPPORT, MODE_OFF, false, "turned off at boot (audit=0)", "take audit=0 off" },
	{ off_at_boot, MODE_UNICAST, AUTO, -EPROTONOSUPPORT, MODE_OFF, false, "turned off at boot", "take audit=0 off" },

	{ user_namespace, MODE_AUTO, AUTO, -ECONNREFUSED, MODE_OFF, false, "not the host's user namespace", "on the host" },
	{ user_namespace, MODE_MULTICAST, AUTO, -EPERM, MODE_OFF, false, "not the host's user namespace", "on the host" },
	{ user_namespace_log, MODE_AUTO, AUTO, 0, MODE_FOLLOW, false, "so tierceld reads /var/l", "on the host" },
	{ pid_namespace, MODE_AUTO, AUTO, 0, MODE_MULTICAST, false, "not the host's pid namespace", "on the host" },
	{ pid_namespace, MODE_UNICAST, AUTO, -EPERM, MODE_OFF, false, "not the host's pid namespace", "mode = follow" },
	{ container, MODE_AUTO, AUTO, -EPERM, MODE_OFF, false, "not the host's pid namespace", "on the host" },
	{ container, MODE_MULTICAST, AUTO, -EOPNOTSUPP, MODE_OFF, false, "network namespace", "on the host" },
	{ net_namespace, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program", "" },
	{ net_namespace_auditd, MODE_AUTO, AUTO, -EBUSY, MODE_OFF, false, "owns the audit stream, and multicast reaches",
		"in the host's network namespace" },
	{ net_namespace_old, MODE_AUTO, AUTO, -ECONNREFUSED, MODE_OFF, false, "not the host's network namespace", "on the host" },
	{ podman, MODE_AUTO, AUTO, -EINVAL, MODE_OFF, false, "seccomp filter", "on the host" },
	{ no_netlink, MODE_AUTO, AUTO, -EAFNOSUPPORT, MODE_OFF, false, "netlink sockets are forbidden", "RestrictAddressFamilies" },

	{ stuck, MODE_AUTO, AUTO, -ETIMEDOUT, MODE_OFF, false, "auditd (pid 612), does not read it", "kill -CONT" },
	{ stuck_somebody, MODE_AUTO, AUTO, -ETIMEDOUT, MODE_OFF, false, "as if the reader of its stream were stuck", "auditd" },
	{ unbuilt, MODE_AUTO, AUTO, -ENOSYS, MODE_OFF, false, "has no libmnl", "libmnl-dev" },
	{ unbuilt, MODE_MULTICAST, AUTO, -ENOSYS, MODE_OFF, false, "has no libmnl", "libmnl-dev" },
	{ broken, MODE_UNICAST, AUTO, -EPIPE, MODE_OFF, false, "can't be asked (Broken pipe)", "" },
	{ broken, MODE_MULTICAST, AUTO, -EIO, MODE_OFF, false, "can't be listened to (", "" },

	{ immutable, MODE_AUTO, AUTO, 0, MODE_UNICAST, false, "the rules are locked until the next boot", "" },
	{ immutable, MODE_AUTO, YES, 0, MODE_UNICAST, false, "the rules are locked until the next boot", "" },
	{ immutable, MODE_AUTO, NO, 0, MODE_UNICAST, false, "so the kernel sends it to tierceld", "" },
	{ immutable_empty, MODE_AUTO, AUTO, 0, MODE_UNICAST, false, "locked", "hardly any system call is told until the next boot" },
	{ task_never, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program", "auditctl -d task,never" },
	{ never_on, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program", "boot with audit=1" },
	{ never_on, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program", "the shell that you type in, too" },
	{ never_on, MODE_MULTICAST, NO, 0, MODE_MULTICAST, false, "asks", "auditctl -e 1" },
	{ never_on, MODE_MULTICAST, AUTO, 0, MODE_MULTICAST, true, "asks", "tierceld does not switch it on: auditctl -e 1" },
	{ others_never, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program",
		"2 rules of others say never, before tierceld's are asked: what fits is not seen (auditctl -l)" },
	{ left_never, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program", "1 rule of others says never, before" },
	{ others_never, MODE_AUTO, NO, 0, MODE_UNICAST, false, "no other program", "only what the loaded rules (2) select" },
	{ others_exclude, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program",
		"rules of others exclude PATH, CWD records: files can't be told by name (auditctl -l)" },
	{ others_exclude, MODE_OFF, AUTO, 0, MODE_OFF, false, "asks", "" },
	{ rated, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program", "passes 100 records a second at most" },
	{ all_wrong, MODE_AUTO, AUTO, 0, MODE_UNICAST, true, "no other program", "100 records a second" },
	{ all_wrong, MODE_AUTO, NO, 0, MODE_UNICAST, false, "no other program", "100 records a second" },
	{ all_wrong, MODE_MULTICAST, AUTO, 0, MODE_MULTICAST, true, "asks", "the kernel's log gets records" },
	{ all_wrong, MODE_MULTICAST, NO, 0, MODE_MULTICAST, false, "asks", "the kernel's log gets records" }
};

static void begin(struct probe *p)
{
	memset(p, 0, sizeof(*p));
	strcpy(p->release, "6.1.0");
	p->version = PROBE_KERNEL(6, 1, 0);
	p->caps = ~UINT64_C(0);
	p->init_user_ns = p->init_pid_ns = p->init_net_ns = p->audit_at_boot = PROBE_YES;
	p->status.enabled = 1;
	p->audisp_socket = "/run/s";
	p->log = "/var/l";
	p->audisp_errno = p->log_errno = ENOENT;
	p->plugin = "/etc/audit/plugins.d/af_unix.conf";
}

static bool tells(const char *text, const char *word)
{
	return *word ? strstr(text, word) != NULL : !*text;
}

static void test_choose(void **state)
{
	unsigned wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct choice_case *c = &cases[i];
		const struct probe_wish wish = { .mode = c->wish, .load_rules = c->load_rules };
		struct probe_choice choice;
		struct probe p;

		begin(&p);
		c->situation(&p);
		memset(&choice, 0xff, sizeof(choice));
		int rc = probe_choose(&p, &wish, &choice);
		if (rc == c->rc && choice.mode == c->mode && choice.load_rules == c->loads &&
			tells(choice.why, c->why) && tells(choice.advice, c->advice) &&
			!strchr(choice.why, '{') && !strchr(choice.advice, '{'))
			continue;
		wrong++;
		print_error("case %zu, mode %s: %d, %s%s\n  %s\n  %s\n", i, probe_mode_name(c->wish), rc,
			probe_mode_name(choice.mode), choice.load_rules ? ", rules" : "", choice.why, choice.advice);
	}
	assert_int_equal(wrong, 0);
}

/* Each begins where the last one ended, the most blinding first. */
static void test_order(void **state)
{
	static const char *const in_order[] = {
		"auditing is off", "; a task,never rule", "; 2 rules of others say never", "; rules of others exclude SYSCALL, PATH",
		"; the kernel passes 100", "; nobody owns the stream"
	};
	const struct probe_wish wish = { .mode = MODE_MULTICAST };
	struct probe_choice choice;
	const char *at = choice.advice;
	struct probe p;

	(void)state;
	begin(&p);
	all_wrong(&p);
	assert_int_equal(probe_choose(&p, &wish, &choice), 0);
	for (size_t i = 0; i < sizeof(in_order) / sizeof(in_order[0]); i++) {
		at = strstr(at, in_order[i]);
		assert_non_null(at);
		at += strlen(in_order[i]);
	}
}

/* A refusal goes into struct err, the whole of it. */
static void test_refusals_fit(void **state)
{
	struct probe_choice choice;
	struct probe p;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct probe_wish wish = { .mode = cases[i].wish, .load_rules = cases[i].load_rules };

		begin(&p);
		cases[i].situation(&p);
		if (probe_choose(&p, &wish, &choice) < 0)
			assert_in_range(strlen(choice.why) + strlen(choice.advice), 10, 280);
	}
}

static void test_causes(void **state)
{
	struct probe p;
	char text[320];

	(void)state;
	begin(&p);
	assert_string_equal(probe_audit_cause(&p, text), "");
	assert_string_equal(probe_mode_cause(&p, MODE_UNICAST, text), "");
	beside_auditd(&p);
	assert_string_equal(probe_audit_cause(&p, text), "");
	assert_string_equal(probe_mode_cause(&p, MODE_UNICAST, text), "auditd (pid 612) owns the audit stream");
	assert_string_equal(probe_mode_cause(&p, MODE_FOLLOW, text), "there is no log /var/l");
	user(&p);
	assert_string_equal(probe_audit_cause(&p, text), "there is no right to control the kernel's audit (CAP_AUDIT_CONTROL)");
	*p.owner = '\0';
	unasked(&p, ETIMEDOUT);
	p.stuck = 5;
	assert_non_null(strstr(probe_audit_cause(&p, text), "another program (pid 5)"));
}

static void test_version(void **state)
{
	static const struct {
		const char *release;
		unsigned version;
	} releases[] = {
		{ "2.6.32-754.el6.x86_64", PROBE_KERNEL(2, 6, 32) }, { "3.10.0-1062.el7", PROBE_KERNEL(3, 10, 0) },
		{ "4.19.300", PROBE_KERNEL(4, 19, 255) }, { "6.1-rc2", PROBE_KERNEL(6, 1, 0) }, { "6", 0 }, { "", 0 }, { "six", 0 }
	};

	(void)state;
	for (size_t i = 0; i < sizeof(releases) / sizeof(releases[0]); i++)
		assert_int_equal(probe_host_version(releases[i].release), releases[i].version);
}

/* A tree of files below a directory of its own. */
struct tree {
	char root[64];
	struct probe_host host;
	struct probe_wish wish;
	struct probe probe;
};

static unsigned listens;

static int listen_ok(void)
{
	listens++;
	return 0;
}

static int listen_refused(void)
{
	listens++;
	return -EPERM;
}

static int setup(void **state)
{
	struct tree *t = calloc(1, sizeof(*t));

	if (!t)
		return -1;
	snprintf(t->root, sizeof(t->root), "/tmp/test_probe.XXXXXX");
	if (!mkdtemp(t->root))
		return -1;
	t->host = (struct probe_host){ .root = t->root, .release = "6.1.0", .machine = "x86_64", .listen = listen_ok };
	*state = t;
	return 0;
}

static int teardown(void **state)
{
	struct tree *t = *state;
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", t->root);
	if (system(command) != 0)
		return -1;
	free(t);
	return 0;
}

/* The path below the root, its directories made. */
static const char *place(struct tree *t, const char *name, char path[256])
{
	snprintf(path, 256, "%s%s", t->root, name);
	for (char *slash = path + strlen(t->root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(path, 0755) < 0)
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
	return path;
}

static void put_bytes(struct tree *t, const char *name, const char *text, size_t n)
{
	char path[256];
	FILE *f = fopen(place(t, name, path), "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, n, f), n);
	fclose(f);
}

static void put_file(struct tree *t, const char *name, const char *text)
{
	put_bytes(t, name, text, strlen(text));
}

static void put_link(struct tree *t, const char *name, const char *to)
{
	char path[256];

	unlink(place(t, name, path));
	assert_int_equal(symlink(to, path), 0);
}

static void look(struct tree *t)
{
	memset(&t->probe, 0, sizeof(t->probe));
	t->probe.version = probe_host_version(t->host.release);
	snprintf(t->probe.release, sizeof(t->probe.release), "%s", t->host.release);
	probe_host_read(&t->probe, &t->host, &t->wish);
}

static void test_empty_tree(void **state)
{
	struct tree *t = *state;
	struct probe *p = &t->probe;

	look(t);
	assert_true(!p->init_user_ns && !p->init_pid_ns && !p->init_net_ns && !p->audit_at_boot && !p->bpf);
	assert_int_equal(p->btf, PROBE_NO);
	assert_true(p->caps == 0 && !*p->container && !*p->lockdown);
	assert_int_equal(p->audisp_errno, ENOENT);
	assert_int_equal(p->log_errno, ENOENT);
	assert_string_equal(p->plugin, "/etc/audit/plugins.d/af_unix.conf");
}

static void test_namespaces(void **state)
{
	struct tree *t = *state;
	struct probe *p = &t->probe;

	put_link(t, "/proc/self/ns/user", "user:[4026531837]");
	put_link(t, "/proc/self/ns/pid", "pid:[4026531836]");
	put_link(t, "/proc/self/ns/net", "net:[4026531840]");
	put_link(t, "/proc/1/ns/net", "net:[4026531840]");
	look(t);
	assert_true(p->init_user_ns == PROBE_YES && p->init_pid_ns == PROBE_YES && p->init_net_ns == PROBE_YES);
	put_link(t, "/proc/self/ns/net", "net:[4026532000]");
	put_link(t, "/proc/self/ns/user", "user:[4026532001]");
	put_file(t, "/proc/sys/net/core/somaxconn", "4096\n");
	put_file(t, "/proc/sys/net/core/netdev_max_backlog", "1000\n");
	look(t);
	assert_true(p->init_user_ns == PROBE_NO && p->init_pid_ns == PROBE_YES && p->init_net_ns == PROBE_NO);
	/* In a container process 1 is its own; the sysctl tells. */
	put_link(t, "/proc/self/ns/pid", "pid:[4026532002]");
	put_link(t, "/proc/1/ns/net", "net:[4026532000]");
	look(t);
	assert_true(p->init_pid_ns == PROBE_NO && p->init_net_ns == PROBE_YES);
	char path[256];
	unlink(place(t, "/proc/sys/net/core/netdev_max_backlog", path));
	look(t);
	assert_int_equal(p->init_net_ns, PROBE_NO);
}

static void test_host_files(void **state)
{
	struct tree *t = *state;
	struct probe *p = &t->probe;

	put_file(t, "/proc/self/status", "Name:\tx\nCapPrm:\t0000000000000001\nCapEff:\t000001ffffffffff\nCapBnd:\t0\n");
	put_file(t, "/proc/cmdline", "BOOT_IMAGE=/vmlinuz audit=0 quiet audit=1 -- audit=0\n");
	put_file(t, "/sys/kernel/security/lockdown", "none [integrity] confidentiality\n");
	put_file(t, "/proc/filesystems", "nodev\tsysfs\nnodev\tbpf\n\text4\n");
	put_file(t, "/proc/mounts", "sysfs /sys sysfs rw 0 0\nsecurityfs /sys/kernel/security securityfs rw 0 0\n");
	put_file(t, "/sys/kernel/btf/vmlinux", "x");
	put_file(t, "/etc/audisp/plugins.d/af_unix.conf", "active = no\n");
	look(t);
	assert_true(p->caps == UINT64_C(0x1ffffffffff));
	assert_int_equal(p->audit_at_boot, PROBE_YES);
	assert_string_equal(p->lockdown, "integrity");
	assert_int_equal(p->securityfs, PROBE_YES);
	assert_true(p->bpf == PROBE_YES && p->btf == PROBE_YES);
	assert_string_equal(p->plugin, "/etc/audisp/plugins.d/af_unix.conf");

	put_file(t, "/proc/cmdline", "quiet audit=OFF");
	put_file(t, "/sys/kernel/security/lockdown", "none [\033odd");
	put_file(t, "/proc/mounts", "sysfs /sys sysfs rw 0 0\n");
	put_file(t, "/proc/filesystems", "nodev\tsysfs\n");
	put_file(t, "/etc/audit/plugins.d/af_unix.conf", "active = no\n");
	look(t);
	assert_int_equal(p->audit_at_boot, PROBE_NO);
	assert_string_equal(p->lockdown, "");
	assert_int_equal(p->securityfs, PROBE_NO);
	assert_int_equal(p->bpf, PROBE_NO);
	assert_string_equal(p->plugin, "/etc/audit/plugins.d/af_unix.conf");

	/* RHEL 7 has the call, but no file system for it. */
	t->host.release = "3.10.0-1062.el7";
	look(t);
	assert_int_equal(p->bpf, PROBE_UNKNOWN);
	put_file(t, "/boot/config-3.10.0-1062.el7", "CONFIG_BPF=y\n# CONFIG_BPF_SYSCALL is not set\n");
	look(t);
	assert_int_equal(p->bpf, PROBE_NO);
	put_file(t, "/boot/config-3.10.0-1062.el7", "CONFIG_BPF=y\nCONFIG_BPF_SYSCALL=y\n");
	look(t);
	assert_int_equal(p->bpf, PROBE_YES);
}

static void test_container(void **state)
{
	struct tree *t = *state;
	static const char environment[] = "HOME=/\0container=lxc\nx";

	put_file(t, "/proc/sys/kernel/osrelease", "5.15.90.1-microsoft-standard-WSL2\n");
	look(t);
	assert_string_equal(t->probe.container, "wsl");
	put_file(t, "/proc/1/cgroup", "0::/kubepods/besteffort/pod1\n");
	look(t);
	assert_string_equal(t->probe.container, "kubernetes");
	put_bytes(t, "/proc/1/environ", environment, sizeof(environment));
	look(t);
	assert_string_equal(t->probe.container, "lxc");
	put_file(t, "/.dockerenv", "");
	look(t);
	assert_string_equal(t->probe.container, "docker");
	put_file(t, "/run/systemd/container", "systemd-\033[31mnspawn-with-a-name-that-goes-on-and-on\n");
	look(t);
	assert_string_equal(t->probe.container, "systemd-?[31mnspawn-with-a-name");
}

static int bind_at(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	snprintf(at.sun_path, sizeof(at.sun_path), "%.*s", (int)sizeof(at.sun_path) - 1, path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&at, sizeof(at)), 0);
	return fd;
}

static void test_paths(void **state)
{
	struct tree *t = *state;
	struct probe *p = &t->probe;
	char socket_path[256], log_path[256];
	int fd = bind_at(place(t, "/run/events", socket_path));

	t->wish = (struct probe_wish){ .audisp_socket = socket_path, .log = place(t, "/log/audit.log", log_path) };
	look(t);
	assert_int_equal(p->audisp_errno, 0);
	assert_int_equal(p->log_errno, ENOENT);
	assert_ptr_equal(p->audisp_socket, socket_path);
	put_file(t, "/log/audit.log", "");
	put_file(t, "/proc/net/unix", "Num       RefCount Protocol Flags    Type St Inode Path\n"
		"ffff880036db7a40: 00000002 00000000 00000000 0001 01 14117 /elsewhere/events\n"
		"ffff880036db7a40: 00000002 00000000 00010000 0001 01 14118\n"
		"ffff880036db7a40: 00000002 00000000 00010000 0001 01 14118 /run/other\n");
	look(t);
	assert_int_equal(p->audisp_errno, ECONNREFUSED);
	assert_int_equal(p->log_errno, 0);
	put_file(t, "/proc/net/unix", "ffff880036db7a40: 00000002 00000000 00010000 0001 01 14117 /elsewhere/events\n");
	look(t);
	assert_int_equal(p->audisp_errno, 0);
	t->wish.audisp_socket = log_path;
	t->wish.log = t->root;
	look(t);
	assert_int_equal(p->audisp_errno, ENOTSOCK);
	assert_int_equal(p->log_errno, EISDIR);
	close(fd);
}

static void test_process(void **state)
{
	struct tree *t = *state;
	char file[64], name[17];
	uint32_t self = (uint32_t)getpid();
	pid_t child;

	assert_false(probe_host_process(&t->host, 0, name));
	assert_false(probe_host_process(&t->host, UINT32_MAX, name));
	assert_true(probe_host_process(&t->host, self, name));
	assert_string_equal(name, "");
	snprintf(file, sizeof(file), "/proc/%u/stat", self);
	put_file(t, file, "7 (a) Z (\033b) S 1 7 7 0\n");
	assert_true(probe_host_process(&t->host, self, name));
	assert_string_equal(name, "a)?Z?(?b");
	put_file(t, file, "7 (auditd) Z 1 7 7 0\n");
	assert_false(probe_host_process(&t->host, self, name));
	child = fork();
	if (child == 0)
		_exit(0);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(probe_host_process(&t->host, (uint32_t)child, name));
}

static void test_named(void **state)
{
	struct tree *t = *state;
	char file[64], stat[64];

	assert_false(probe_host_named(&t->host, "tierceld"));
	snprintf(file, sizeof(file), "/proc/%u/stat", (unsigned)getpid());
	put_file(t, file, "9 (tierceld) S 1 7 7 0\n");
	snprintf(stat, sizeof(stat), "7 (tierceld) S %u 7 7 0\n", (unsigned)getpid());
	put_file(t, "/proc/7/stat", stat);
	put_file(t, "/proc/8/stat", "8 (tierceld) Z 1 7 7 0\n");
	put_file(t, "/proc/10/stat", "10 (tierceldx) S 1 7 7 0\n");
	put_file(t, "/proc/11/stat", "11 (tierceld\n");
	put_file(t, "/proc/tty/stat", "1 (tierceld) S 1 7 7 0\n");
	assert_false(probe_host_named(&t->host, "tierceld"));
	put_file(t, "/proc/12/stat", "12 (tierceld) S 1 7 7 0\n");
	assert_true(probe_host_named(&t->host, "tierceld"));
}

static void test_stuck(void **state)
{
	struct tree *t = *state;
	char text[1024];

	assert_int_equal(probe_host_stuck(&t->host), 0);
	snprintf(text, sizeof(text), "sk       Eth Pid    Groups   Rmem     Wmem     Dump     Locks     Drops     Inode\n"
		"ffff8800372d1000 0   612    00000111 9999999  0    0000000000000000 2        0        8\n"
		"ffff8800372d1000 9   0      00000000 7        0    0000000000000000 2        0        8\n"
		"ffff8800372d2000 9   612    00000000 212992   0    0000000000000000 2        0        9\n"
		"ffff8800372d3000 9   700    00000001 1024     0    0000000000000000 2        0        9\n"
		"ffff8800372d3000 9   %u     00000001 999999   0    0000000000000000 2        0        9\n", (unsigned)getpid());
	put_file(t, "/proc/net/netlink", text);
	assert_int_equal(probe_host_stuck(&t->host), 612);
	put_file(t, "/proc/net/netlink", "sk Eth Pid\nffff 9 612 00000000 0 0\n");
	assert_int_equal(probe_host_stuck(&t->host), 0);
}

/* The kernel's answers. */
struct talk {
	struct fake_kernel *kernel;
	struct audit_ctl *ctl;
	int fd;
};

static void talk_start(struct talk *k, const struct fake_kernel_traits *traits, int timeout_ms)
{
	k->kernel = fake_kernel_new(traits);
	assert_non_null(k->kernel);
	k->fd = fake_kernel_control(k->kernel);
	assert_true(k->fd >= 0);
	k->ctl = audit_ctl_new(k->fd, timeout_ms);
	assert_non_null(k->ctl);
}

static void talk_end(struct talk *k)
{
	audit_ctl_free(k->ctl);
	close(k->fd);
	fake_kernel_free(k->kernel);
}

static void test_read(void **state)
{
	static const struct fake_kernel_traits *const kernels[] = { &KERNEL_EL6, &KERNEL_EL7, &KERNEL_6_1 };
	static const char *const releases[] = { "2.6.32-754.el6", "3.10.0-1062.el7", "6.1.0" };
	struct tree *t = *state;
	struct probe *p = &t->probe;

	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		const struct wire_rule on_exit = { .flags = WIRE_LIST_EXIT, .action = WIRE_ALWAYS };
		const struct wire_rule on_task = { .flags = WIRE_LIST_TASK, .action = WIRE_NEVER };
		const struct wire_rule some_tasks = {
			.flags = WIRE_LIST_TASK, .action = WIRE_NEVER, .field_count = 1, .fields = { WIRE_UID },
			.ops = { WIRE_EQUAL }
		};
		struct talk k;

		talk_start(&k, kernels[i], 1000);
		t->host.release = releases[i];
		listens = 0;
		probe_read_at(p, &t->host, k.ctl, 0, &t->wish);
		assert_int_equal(p->audit, 0);
		assert_int_equal(p->status.backlog_limit, 64);
		assert_true(!p->owner_alive && !p->task_never);
		assert_int_equal(p->rules, 0);
		/* Where it means nothing, a bind is not even tried. */
		assert_int_equal(p->multicast, i < 2 ? -EOPNOTSUPP : 0);
		assert_int_equal(listens, i < 2 ? 0 : 1);
		assert_string_equal(p->machine, "x86_64");

		fake_kernel_add_rule(k.kernel, &on_exit, sizeof(on_exit));
		fake_kernel_add_rule(k.kernel, &some_tasks, sizeof(some_tasks));
		fake_kernel_set(k.kernel, WIRE_SET_PID, (uint32_t)getpid());
		t->host.listen = listen_refused;
		probe_read_at(p, &t->host, k.ctl, 0, &t->wish);
		assert_int_equal(p->rules, 2);
		assert_true(!p->owner_alive && !p->task_never);
		assert_int_equal(p->multicast, i < 2 ? -EOPNOTSUPP : -EPERM);
		t->host.listen = listen_ok;

		fake_kernel_add_rule(k.kernel, &on_task, sizeof(on_task));
		fake_kernel_set(k.kernel, WIRE_SET_PID, (uint32_t)getppid());
		fake_kernel_set(k.kernel, WIRE_SET_ENABLED, 2);
		probe_read_at(p, &t->host, k.ctl, 0, &t->wish);
		assert_int_equal(p->rules, 3);
		assert_true(p->owner_alive && p->task_never);
		assert_int_equal(p->status.pid, getppid());
		assert_int_equal(p->status.enabled, 2);
		/* Nothing was asked for but what only tells. */
		assert_int_equal(fake_kernel_requests(k.kernel, WIRE_SET), 0);
		talk_end(&k);
	}
}

static void test_read_nobody(void **state)
{
	struct fake_kernel_traits held = KERNEL_EL7;
	struct tree *t = *state;
	struct talk k;

	probe_read_at(&t->probe, &t->host, NULL, -EPROTONOSUPPORT, &t->wish);
	assert_int_equal(t->probe.audit, -EPROTONOSUPPORT);
	assert_true(t->probe.rules < 0);
	assert_false(t->probe.owner_alive);
	probe_read_at(&t->probe, &t->host, NULL, 0, &t->wish);
	assert_true(t->probe.audit < 0);

	held.block_ms = FAKE_NEVER;
	talk_start(&k, &held, 50);
	put_file(t, "/proc/net/netlink", "sk Eth Pid\nffff 9 1 00000000 212992 0\n");
	put_file(t, "/proc/1/stat", "1 (auditd) S 0 1 1 0\n");
	probe_read_at(&t->probe, &t->host, k.ctl, 0, &t->wish);
	assert_int_equal(t->probe.audit, -ETIMEDOUT);
	assert_int_equal(t->probe.stuck, 1);
	assert_string_equal(t->probe.owner, "auditd");
	assert_false(t->probe.owner_alive);
	fake_kernel_behave(k.kernel, &KERNEL_EL7);
	talk_end(&k);
}

/* Rules of others, as a listing brings them; ours bear a mark. */
enum { OWN_MARK = 77 };

static bool is_marked(const struct wire_rule *rule, size_t n)
{
	assert_true(n >= WIRE_RULE_MIN);
	return rule->field_count && rule->fields[rule->field_count - 1] == WIRE_PERS &&
		rule->values[rule->field_count - 1] == OWN_MARK;
}

struct test_of {
	uint32_t field, op, value;
};

static const struct rules_case {
	struct {
		uint32_t list, action;
		struct test_of tests[2]; /* up to an op 0 */
	} rules[4]; /* up to one that is all 0 */
	unsigned own, never;
	const char *excluded; /* NULL: none */
} rules_cases[] = {
	{ { { WIRE_LIST_EXIT, WIRE_ALWAYS, { { 0, 0, 0 } } } }, 0, 0, NULL },
	{ { { WIRE_LIST_EXIT, WIRE_NEVER, { { 0, 0, 0 } } },
		{ WIRE_LIST_EXIT, WIRE_NEVER, { { WIRE_UID, WIRE_EQUAL, 5 } } },
		{ WIRE_LIST_TASK, WIRE_NEVER, { { WIRE_UID, WIRE_EQUAL, 5 } } } }, 0, 2, NULL },
	/* One of ours that is loaded stands before the second; that which leaves ourselves out asks for nothing. */
	{ { { WIRE_LIST_EXIT, WIRE_NEVER, { { WIRE_UID, WIRE_EQUAL, 5 } } },
		{ WIRE_LIST_EXIT, WIRE_ALWAYS, { { WIRE_PERS, WIRE_EQUAL, OWN_MARK } } },
		{ WIRE_LIST_EXIT, WIRE_NEVER, { { WIRE_UID, WIRE_EQUAL, 6 } } } }, 1, 1, NULL },
	{ { { WIRE_LIST_EXIT, WIRE_NEVER, { { WIRE_PERS, WIRE_EQUAL, OWN_MARK } } },
		{ WIRE_LIST_EXIT, WIRE_NEVER, { { WIRE_UID, WIRE_EQUAL, 6 } } } }, 1, 1, NULL },
	{ { { WIRE_LIST_EXIT, WIRE_NEVER, { { WIRE_PERS, WIRE_EQUAL, OWN_MARK } } },
		{ WIRE_LIST_EXIT, WIRE_ALWAYS, { { WIRE_PERS, WIRE_EQUAL, OWN_MARK } } },
		{ WIRE_LIST_EXIT, WIRE_NEVER, { { WIRE_UID, WIRE_EQUAL, 6 } } } }, 2, 0, NULL },
	{ { { WIRE_LIST_EXCLUDE, WIRE_ALWAYS, { { WIRE_MSGTYPE, WIRE_EQUAL, 1307 } } },
		{ WIRE_LIST_EXCLUDE, WIRE_NEVER, { { WIRE_MSGTYPE, WIRE_EQUAL, 1302 } } } }, 0, 0,
		"PATH, CWD records: files can't be told by name" },
	{ { { WIRE_LIST_EXCLUDE, WIRE_ALWAYS, { { WIRE_MSGTYPE, WIRE_EQUAL, 1306 } } },
		{ WIRE_LIST_EXCLUDE, WIRE_ALWAYS, { { WIRE_MSGTYPE, WIRE_EQUAL, 1325 } } } }, 0, 0,
		"SOCKADDR and some other records: connections have no addresses" },
	{ { { WIRE_LIST_EXCLUDE, WIRE_ALWAYS,
		{ { WIRE_MSGTYPE, WIRE_GREATER_EQUAL, 1300 }, { WIRE_MSGTYPE, WIRE_LESS, 1303 } } } }, 0, 0,
		"SYSCALL, PATH records: no system call is told" },
	{ { { WIRE_LIST_EXCLUDE, WIRE_ALWAYS,
		{ { WIRE_MSGTYPE, WIRE_GREATER, 1306 }, { WIRE_MSGTYPE, WIRE_LESS_EQUAL, 1309 } } } }, 0, 0,
		"CWD, EXECVE records: files of relative names can't be told" },
	{ { { WIRE_LIST_EXCLUDE, WIRE_ALWAYS, { { WIRE_MSGTYPE, WIRE_NOT_EQUAL, 1300 } } } }, 0, 0,
		"PATH, CWD, SOCKADDR, EXECVE, LOGIN, USER_LOGIN, USER_AUTH, USER_CMD, EOE, PROCTITLE records: files can't be told by "
		"name" },
	{ { { WIRE_LIST_EXCLUDE, WIRE_ALWAYS,
		{ { WIRE_MSGTYPE, WIRE_EQUAL, 1300 }, { WIRE_UID, WIRE_EQUAL, 33 } } } }, 0, 0,
		"some records: those are not seen" },
	{ { { WIRE_LIST_EXCLUDE, WIRE_ALWAYS, { { WIRE_MSGTYPE, WIRE_BIT_TEST, 1300 } } } }, 0, 0,
		"some records: those are not seen" }
};

static void add_rules(struct fake_kernel *kernel, const struct rules_case *c)
{
	for (size_t i = 0; i < sizeof(c->rules) / sizeof(c->rules[0]) && c->rules[i].list; i++) {
		struct wire_rule rule = { .flags = c->rules[i].list, .action = c->rules[i].action };
		const struct test_of *tests = c->rules[i].tests;

		for (uint32_t n = 0; n < 2 && tests[n].op; n++) {
			rule.fields[n] = tests[n].field;
			rule.ops[n] = tests[n].op;
			rule.values[n] = tests[n].value;
			rule.field_count = n + 1;
		}
		fake_kernel_add_rule(kernel, &rule, sizeof(rule));
	}
}

static void test_rules(void **state)
{
	struct tree *t = *state;
	const struct probe *p = &t->probe;

	t->wish.is_own = is_marked;
	for (size_t i = 0; i < sizeof(rules_cases) / sizeof(rules_cases[0]); i++) {
		const struct rules_case *c = &rules_cases[i];
		char text[256];
		struct buf b = { text, 0, sizeof(text) - 1, false };
		struct talk k;

		talk_start(&k, &KERNEL_6_1, 1000);
		add_rules(k.kernel, c);
		probe_read_at(&t->probe, &t->host, k.ctl, 0, &t->wish);
		assert_int_equal(p->rules, fake_kernel_rules(k.kernel));
		assert_int_equal(p->own_rules, c->own);
		assert_int_equal(p->never, c->never);
		assert_int_equal(p->excluded != 0, c->excluded != NULL);
		if (c->excluded) {
			probe_rules_put_excluded(&b, p);
			text[b.n] = '\0';
			assert_string_equal(text, c->excluded);
		}
		talk_end(&k);
	}
}

#define IN_TREE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_choose), cmocka_unit_test(test_order),
		cmocka_unit_test(test_refusals_fit), cmocka_unit_test(test_causes),
		cmocka_unit_test(test_version), IN_TREE(test_empty_tree), IN_TREE(test_namespaces),
		IN_TREE(test_host_files), IN_TREE(test_container), IN_TREE(test_paths), IN_TREE(test_process),
		IN_TREE(test_named), IN_TREE(test_stuck), IN_TREE(test_rules), IN_TREE(test_read),
		IN_TREE(test_read_nobody)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
