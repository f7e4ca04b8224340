/* Records that are no system call, as kernel/audit*.c, security/ and programs in user space write them. */
#include "cases.h"

#define USER "pid=746 uid=0 auid=4294967295 ses=4294967295"

static const struct log_case user_cases[] = {
	{ "USER_AUTH", REC("USER_AUTH", USER " msg='op=PAM:authentication grantors=pam_rootok acct=\"sampleuser\" exe=\"/usr/bin/su\" "
		"hostname=? addr=? terminal=? res=success'"),
	  { { "evt.source", "audit" }, { "evt.type", "user_auth" }, { "evt.category", "audit" }, { "evt.res", "SUCCESS" },
	    { "evt.failed", "false" }, { "audit.op", "PAM:authentication" }, { "audit.acct", "sampleuser" },
	    { "audit.res", "success" }, { "audit.exe", "/usr/bin/su" }, { "proc.exepath", "/usr/bin/su" }, { "proc.pid", "746" },
	    { "user.uid", "0" }, { "audit.uid", "0" }, { "user.loginuid", "-1" }, { "audit.session", NULL },
	    { "audit.types", "USER_AUTH" }, { "audit.msg.grantors", "pam_rootok" }, { "audit.msg.hostname", NULL },
	    { "audit.addr", NULL }, { "audit.terminal", NULL }, { "evt.incomplete", NULL }, { "syscall.type", NULL },
	    { "evt.rawres", NULL }, { "evt.dir", NULL } } },
	{ "failed", REC("USER_AUTH", USER " msg='op=PAM:authentication acct=\"x\" exe=\"/e\" hostname=h addr=10.0.0.9 terminal=ssh res=failed'"),
	  { { "evt.res", "FAILED" }, { "evt.failed", "true" }, { "audit.res", "failed" }, { "audit.addr", "10.0.0.9" },
	    { "audit.terminal", "ssh" }, { "audit.msg.hostname", "h" } } },
	{ "account in hex", REC("USER_LOGIN", USER " msg='op=login acct=28756E6B6E6F776E207573657229 exe=\"/s\" hostname=? addr=? terminal=sshd "
		"res=failed'"), { { "audit.acct", "(unknown user)" }, { "evt.type", "user_login" } } },
	{ "inner and outer ids", REC("ADD_USER", "pid=1 uid=0 auid=0 ses=1 msg='op=adding user id=1001 uid=7 pid=8 exe=\"/x\" res=success'"),
	  { { "audit.op", "adding user" }, { "audit.msg.id", "1001" }, { "audit.msg.uid", "7" }, { "audit.msg.pid", "8" },
	    { "proc.pid", "1" }, { "user.uid", "0" } } },
	{ "empty inner values", REC("USER_MGMT", USER " msg='op= acct=\"a\" id= res=success'"), { { "audit.op", NULL }, { "audit.acct", "a" } } },
	{ "RHEL 6", REC("USER_ACCT", "user pid=9 uid=0 auid=500 ses=2 subj=u:r:t:s0 msg='op=PAM:accounting acct=\"root\" exe=\"/usr/sbin/crond\" "
		"hostname=? addr=? terminal=cron res=success'"),
	  { { "proc.pid", "9" }, { "user.loginuid", "500" }, { "audit.session", "2" }, { "audit.terminal", "cron" },
	    { "audit.user_acct.text", NULL } } },
	{ "USER_CMD", REC("USER_CMD", USER " msg='cwd=\"/root\" cmd=6C73202D6C terminal=pts/0 res=success'"),
	  { { "audit.msg.cmd", "ls -l" }, { "audit.msg.cwd", "/root" }, { "audit.terminal", "pts/0" } } },
	{ "a key twice", REC("USER_CMD", USER " msg='a=1 a=2 a=3 b=4 res=success'"),
	  { { "audit.msg.a", "1" }, { "audit.msg.a[1]", "2" }, { "audit.msg.a[2]", "3" }, { "audit.msg.b", "4" } } },
	{ "keys that others make", REC("TRUSTED_APP", USER " msg='a=1 a=2 a[1]=x a.hex=y res=success'"),
	  { { "audit.msg.a", "1" }, { "audit.msg.a[1]", "2" }, { "audit.msg.a.hex", NULL }, { "audit.msg.a~5B1~5D", "x" },
	    { "audit.msg.a~2Ehex", "y" } } },
	{ "free text", REC("USER", USER " msg='hello there'"), { { "audit.msg.text", "hello there" } } },
	{ "SERVICE_START", REC("SERVICE_START", "pid=1 uid=0 auid=4294967295 ses=4294967295 subj=u:r:init_t:s0 msg='unit=cron comm=\"systemd\" "
		"exe=\"/usr/lib/systemd/systemd\" hostname=? addr=? terminal=? res=success'"),
	  { { "audit.unit", "cron" }, { "audit.msg.comm", "systemd" }, { "evt.type", "service_start" }, { "audit.subj", "u:r:init_t:s0" },
	    { "proc.exepath", "/usr/lib/systemd/systemd" } } },
	{ "SERVICE_STOP, enriched", "type=SERVICE_STOP msg=audit(1700000000.123:7): pid=1 uid=0 auid=4294967295 ses=4294967295 "
		"msg='unit=x res=failed'\x1dUID=\"root\" AUID=\"unset\"\n",
	  { { "audit.unit", "x" }, { "evt.res", "FAILED" }, { "user.name", "root" }, { "user.loginname", NULL } } },
	{ "CRYPTO_KEY_USER", REC("CRYPTO_KEY_USER", USER " msg='op=destroy kind=server fp=SHA256:aa:bb direction=? spid=5 suid=0  exe=\"/s\" "
		"hostname=? addr=1.2.3.4 terminal=? res=success'"),
	  { { "audit.op", "destroy" }, { "audit.msg.fp", "SHA256:aa:bb" }, { "audit.msg.kind", "server" }, { "audit.addr", "1.2.3.4" } } },
	{ "DAEMON_START", REC("DAEMON_START", "op=start ver=3.0.9 format=enriched kernel=6.1.0 auid=4294967295 pid=5 uid=0 ses=4294967295 "
		"subj=unconfined  res=success"),
	  { { "audit.op", "start" }, { "audit.daemon_start.ver", "3.0.9" }, { "audit.daemon_start.kernel", "6.1.0" }, { "evt.res", "SUCCESS" } } },
	{ "DAEMON_START, old", REC("DAEMON_START", "auditd start, ver=2.3.7 format=raw kernel=2.6.32 auid=0 pid=5 res=success"),
	  { { "audit.daemon_start.ver", "2.3.7" }, { "proc.pid", "5" }, { "user.loginuid", "0" } } },
};

static const struct log_case login_cases[] = {
	{ "a hostname that forges", REC("USER_AUTH", "pid=9 uid=0 msg='op=x hostname=x addr=10.0.0.1 res=success addr=9.9.9.9 res=failed'"),
	  { { "audit.res", "failed" }, { "evt.res", "FAILED" }, { "audit.addr", "9.9.9.9" }, { "audit.msg.res", "success" },
	    { "audit.msg.addr", "10.0.0.1" } } },
	{ "LOGIN", REC("LOGIN", "pid=5 uid=0 subj=u old-auid=4294967295 auid=1000 tty=(none) old-ses=4294967295 ses=1 res=1"),
	  { { "evt.type", "login" }, { "user.loginuid", "1000" }, { "audit.session", "1" }, { "audit.login.old_auid", "-1" },
	    { "audit.login.old_ses", "-1" }, { "evt.res", "SUCCESS" }, { "audit.res", "1" } } },
	{ "LOGIN of RHEL 7", REC("LOGIN", "pid=5 uid=0 old-auid=4294967295 auid=1000 old-ses=4294967295 ses=1 res=0"),
	  { { "evt.res", "FAILED" }, { "user.loginuid", "1000" } } },
	{ "LOGIN of RHEL 6", REC("LOGIN", "pid=5 uid=0 subj=u old auid=4294967295 new auid=1000 old ses=4294967295 new ses=1"),
	  { { "user.loginuid", "1000" }, { "audit.session", "1" }, { "audit.login.old_auid", "-1" }, { "audit.login.old_ses", "-1" },
	    { "proc.pid", "5" }, { "evt.res", NULL } } },
	{ "LOGIN in front of RHEL 6", REC("LOGIN", "login pid=5 uid=0 old auid=700 new auid=700"),
	  { { "proc.pid", "5" }, { "user.loginuid", "700" }, { "audit.login.old_auid", "700" } } },
	{ "LOGIN joins SYSCALL", REC("LOGIN", "pid=20 uid=1 old-auid=4294967295 auid=1000 old-ses=4294967295 ses=9 res=1")
		CALL(1, OK("4"), "a0=3 a1=1 a2=4"),
	  { { "evt.type", "write" }, { "audit.types", "LOGIN,SYSCALL" }, { "audit.login.old_auid", "-1" }, { "user.loginuid", "1000" },
	    { "audit.res", "1" } } },
};

static const struct log_case mac_cases[] = {
	{ "AVC", REC("AVC", "avc:  denied  { read write } for  pid=20 comm=\"httpd\" name=612062 dev=\"dm-0\" ino=5 "
		"scontext=u:r:t:s0-s0:c0.c1023 tcontext=u:o:f:s0 tclass=file permissive=0"),
	  { { "evt.type", "avc" }, { "evt.category", "audit" }, { "evt.res", "FAILED" }, { "evt.failed", "true" },
	    { "audit.avc.result", "denied" }, { "audit.avc.permissions", "read,write" }, { "audit.avc.scontext", "u:r:t:s0-s0:c0.c1023" },
	    { "audit.avc.tcontext", "u:o:f:s0" }, { "audit.avc.tclass", "file" }, { "audit.avc.name", "a b" },
	    { "audit.avc.permissive", "0" }, { "audit.avc.ino", "5" }, { "proc.pid", "20" }, { "proc.name", "httpd" } } },
	{ "AVC granted", REC("AVC", "avc:  granted  { setenforce } for  pid=20 comm=\"x\" scontext=a tcontext=b tclass=security"),
	  { { "evt.res", "SUCCESS" }, { "audit.avc.result", "granted" }, { "audit.avc.permissions", "setenforce" } } },
	{ "AVC before SYSCALL", REC("AVC", "avc:  denied  { open } for  pid=20 comm=\"cmd\" path=\"/x\" scontext=a tcontext=b tclass=file")
		REC("AVC", "avc:  denied  { getattr } for  pid=20 comm=\"cmd\" path=\"/y\" scontext=a tcontext=c tclass=file")
		CALL(2, BAD("-13"), "a0=1 a1=0 a2=0"),
	  { { "evt.type", "open" }, { "evt.res", "EACCES" }, { "audit.avc.permissions", "open" }, { "audit.avc.path", "/x" },
	    { "audit.avc[1].permissions", "getattr" }, { "audit.avc[1].path", "/y" }, { "audit.avc[1].tcontext", "c" },
	    { "audit.avc.result", "denied" }, { "audit.types", "AVC,SYSCALL" } } },
	{ "AppArmor", REC("AVC", "apparmor=\"DENIED\" operation=\"open\" class=\"file\" info=\"text with spaces\" error=-13 profile=\"/usr/sbin/cupsd\" "
		"name=2F746D702F612062 pid=3 comm=\"cupsd\" requested_mask=\"r\" denied_mask=\"r\" fsuid=0 ouid=0"),
	  { { "evt.res", "FAILED" }, { "audit.avc.apparmor", "DENIED" }, { "audit.avc.operation", "open" },
	    { "audit.avc.info", "text with spaces" }, { "audit.avc.profile", "/usr/sbin/cupsd" }, { "audit.avc.name", "/tmp/a b" },
	    { "audit.avc.error", "-13" }, { "proc.name", "cupsd" }, { "audit.fsuid", "0" }, { "audit.avc.ouid", "0" } } },
	{ "AppArmor allowed", REC("APPARMOR_ALLOWED", "apparmor=\"ALLOWED\" operation=\"exec\" profile=\"p\" name=\"/x\" pid=3 comm=\"x\""),
	  { { "evt.res", "SUCCESS" }, { "audit.avc.apparmor", "ALLOWED" } } },
	{ "AppArmor status", REC("AVC", "apparmor=\"STATUS\" operation=\"profile_load\" profile=\"unconfined\" name=\"x\" pid=4 comm=\"apparmor_parser\""),
	  { { "evt.res", "SUCCESS" }, { "audit.avc.operation", "profile_load" } } },
	{ "USER_AVC", REC("USER_AVC", "pid=1 uid=0 auid=4294967295 ses=4294967295 subj=u:r:t msg='avc:  denied  { start } for auid=0 uid=5 gid=6 "
		"path=\"/x\" cmdline=\"\" scontext=a tcontext=b tclass=service permissive=0  exe=\"/s\" sauid=0 hostname=? addr=? terminal=?'"),
	  { { "evt.type", "user_avc" }, { "evt.res", "FAILED" }, { "audit.avc.permissions", "start" }, { "audit.avc.scontext", "a" },
	    { "audit.avc.tclass", "service" }, { "audit.exe", "/s" }, { "proc.pid", "1" }, { "user.loginuid", "-1" },
	    { "audit.avc.uid", "5" }, { "audit.avc.path", "/x" } } },
	{ "USER_AVC of D-Bus", REC("USER_AVC", "pid=1 uid=81 auid=4294967295 ses=4294967295 msg='avc:  denied  { send_msg } for msgtype=method_call "
		"interface=org.a.B member=C dest=:1.2 spid=3 tpid=4 scontext=a tcontext=b tclass=dbus  exe=\"/d\" sauid=81'"),
	  { { "audit.avc.permissions", "send_msg" }, { "audit.avc.interface", "org.a.B" }, { "audit.avc.dest", ":1.2" } } },
	{ "SELINUX_ERR", REC("SELINUX_ERR", "op=security_compute_sid invalid_context=\"a b\" scontext=s tcontext=t tclass=process"),
	  { { "audit.op", "security_compute_sid" }, { "audit.avc.invalid_context", "a b" }, { "audit.avc.tclass", "process" } } },
	{ "SELINUX_ERR of text", REC("SELINUX_ERR", "SELinux:  unrecognized netlink message type=1112 for sclass=49"),
	  { { "evt.type", "selinux_err" }, { "audit.avc.sclass", "49" }, { "audit.avc.type", "1112" } } },
	{ "MAC_STATUS", REC("MAC_STATUS", "enforcing=0 old_enforcing=1 auid=0 ses=1 enabled=1 old-enabled=1 lsm=selinux res=1"),
	  { { "audit.mac_status.enforcing", "0" }, { "audit.mac_status.old_enforcing", "1" }, { "audit.mac_status.lsm", "selinux" } } },
	{ "MAC_POLICY_LOAD", REC("MAC_POLICY_LOAD", "auid=0 ses=1 lsm=selinux res=1"), { { "evt.type", "mac_policy_load" }, { "evt.res", "SUCCESS" } } },
};

static const struct log_case kernel_cases[] = {
	{ "ANOM_ABEND", REC("ANOM_ABEND", "auid=1000 uid=0 gid=7 ses=3 subj=u pid=20 comm=\"a\" exe=\"/a\" sig=11 res=1"),
	  { { "evt.type", "anom_abend" }, { "audit.anom_abend.sig", "11" }, { "proc.pid", "20" }, { "user.loginuid", "1000" },
	    { "group.gid", "7" }, { "user.uid", "0" }, { "evt.res", "SUCCESS" } } },
	{ "ANOM_ABEND of RHEL 7", REC("ANOM_ABEND", "auid=0 uid=0 gid=0 ses=1 pid=20 comm=\"a\" reason=\"memory violation\" sig=11"),
	  { { "audit.anom_abend.reason", "memory violation" }, { "audit.anom_abend.sig", "11" }, { "evt.res", NULL } } },
	{ "ANOM_PROMISCUOUS", REC("ANOM_PROMISCUOUS", "dev=lo prom=256 old_prom=0 auid=0 uid=0 gid=0 ses=1"),
	  { { "audit.anom_promiscuous.dev", "lo" }, { "audit.anom_promiscuous.prom", "256" }, { "audit.anom_promiscuous.old_prom", "0" } } },
	{ "ANOM_LINK alone", REC("ANOM_LINK", "op=follow_link ppid=1 pid=2 auid=0 uid=9 euid=8 tty=pts0 ses=1 comm=\"ln\" exe=\"/bin/ln\" res=0"),
	  { { "audit.op", "follow_link" }, { "evt.res", "FAILED" }, { "proc.ppid", "1" }, { "user.uid", "8" }, { "audit.uid", "9" },
	    { "proc.tty", "34816" } } },
	{ "CONFIG_CHANGE", REC("CONFIG_CHANGE", "auid=0 ses=1 subj=u op=add_rule key=\"a\" list=4 res=1"),
	  { { "evt.type", "config_change" }, { "audit.op", "add_rule" }, { "audit.keys", "a" }, { "audit.config_change.list", "4" },
	    { "evt.res", "SUCCESS" } } },
	{ "CONFIG_CHANGE of RHEL 6", REC("CONFIG_CHANGE", "auid=0 ses=1 op=\"add rule\" key=(null) list=4 res=1"),
	  { { "audit.op", "add rule" }, { "audit.keys", NULL } } },
	{ "CONFIG_CHANGE without op", REC("CONFIG_CHANGE", "audit_pid=1050 old=1024 auid=4294967295 ses=4294967295 res=1"),
	  { { "audit.config_change.audit_pid", "1050" }, { "audit.config_change.old", "1024" }, { "audit.op", NULL } } },
	{ "CONFIG_CHANGE of a watch", REC("CONFIG_CHANGE", "auid=0 ses=1 op=updated_rules path=\"/etc/shadow\" key=6B31016B32 list=4 res=1"),
	  { { "audit.config_change.path", "/etc/shadow" }, { "audit.keys", "k1,k2" } } },
	{ "FEATURE_CHANGE", REC("FEATURE_CHANGE", "auid=0 ses=1 feature=loginuid_immutable old=0 new=1 old_lock=0 new_lock=0 res=1"),
	  { { "audit.feature_change.feature", "loginuid_immutable" }, { "audit.feature_change.new_lock", "0" } } },
	{ "INTEGRITY_DATA", REC("INTEGRITY_DATA", "pid=1 uid=0 auid=0 ses=1 op=\"appraise_data\" cause=\"missing-hash\" comm=\"a\" name=\"/b\" dev=\"sda\" "
		"ino=9 res=0"),
	  { { "audit.op", "appraise_data" }, { "audit.integrity_data.cause", "missing-hash" }, { "audit.integrity_data.name", "/b" },
	    { "audit.integrity_data.ino", "9" }, { "evt.res", "FAILED" }, { "proc.name", "a" } } },
	{ "INTEGRITY_RULE", REC("INTEGRITY_RULE", "file=\"/bin/x\" hash=\"sha256:00\" ppid=1 pid=2 auid=0 uid=0 tty=(none) ses=1 comm=\"x\" exe=\"/bin/x\""),
	  { { "audit.integrity_rule.file", "/bin/x" }, { "audit.integrity_rule.hash", "sha256:00" } } },
	{ "NETFILTER_CFG", REC("NETFILTER_CFG", "table=filter:5 family=2 entries=4 op=xt_replace pid=4 subj=u comm=\"iptables\""),
	  { { "audit.netfilter_cfg.table", "filter:5" }, { "audit.netfilter_cfg.family", "2" }, { "audit.netfilter_cfg.entries", "4" },
	    { "audit.op", "xt_replace" }, { "proc.pid", "4" } } },
	{ "NETFILTER_CFG in a call", REC("NETFILTER_CFG", "table=filter family=2 entries=4") CALL(54, OK("0"), "a0=4 a1=0 a2=40 a3=1")
		REC("NETFILTER_CFG", "table=nat family=10 entries=5"),
	  { { "evt.type", "setsockopt" }, { "audit.netfilter_cfg.table", "filter" }, { "audit.netfilter_cfg[1].table", "nat" } } },
	{ "SECCOMP", REC("SECCOMP", "auid=0 uid=0 gid=0 ses=1 subj=u pid=2 comm=\"a\" exe=\"/a\" sig=31 arch=c000003e syscall=59 compat=0 ip=0x7f00 "
		"code=0x80000000"),
	  { { "evt.type", "seccomp" }, { "evt.source", "audit" }, { "audit.arch", "x86_64" }, { "syscall.type", "execve" },
	    { "audit.seccomp.syscall", "59" }, { "audit.seccomp.sig", "31" }, { "audit.seccomp.code", "0x80000000" },
	    { "audit.seccomp.ip", "0x7f00" } } },
	{ "SECCOMP in a call", REC("SECCOMP", "auid=1000 uid=1 gid=2 ses=9 pid=20 comm=\"cmd\" exe=\"/bin/cmd\" sig=0 arch=c000003e syscall=39 compat=0 "
		"ip=0x7f code=0x7ffc0000") CALL(39, OK("1"), "a0=0"),
	  { { "evt.type", "getpid" }, { "audit.seccomp.code", "0x7ffc0000" }, { "audit.seccomp.sig", "0" } } },
	{ "TTY", REC("TTY", "tty pid=5 uid=0 auid=0 ses=1 major=136 minor=0 comm=\"sh\" data=736563726574"),
	  { { "audit.tty.data", "(redacted; tty_data = yes shows it)" }, { "proc.name", "sh" }, { "audit.tty.major", "136" } } },
	{ "USER_TTY", REC("USER_TTY", "pid=5 uid=0 auid=0 ses=1 data=\"secret\""), { { "audit.user_tty.data", "(redacted; tty_data = yes shows it)" } } },
	{ "USER_TTY in msg", REC("USER_TTY", "user pid=5 uid=0 auid=0 ses=1 msg='op=tty data=736563726574'"),
	  { { "audit.msg.data", "(redacted; tty_data = yes shows it)" } } },
	{ "KERN_MODULE alone", REC("KERN_MODULE", "name=\"dummy\""), { { "evt.type", "kern_module" }, { "audit.kern_module.name", "dummy" } } },
	{ "BPF", REC("BPF", "prog-id=12 op=UNLOAD"), { { "evt.type", "bpf" }, { "audit.bpf.prog_id", "12" }, { "audit.op", "UNLOAD" } } },
	{ "URINGOP", REC("URINGOP", "uring_op=18 success=yes exit=5 items=1 ppid=1 pid=2 uid=3 gid=0 euid=4 suid=0 fsuid=0 egid=5 sgid=0 fsgid=0 "
		"subj=u key=\"k\"") CWD("\"/\"") PATH(0, "\"f\"", "NORMAL"),
	  { { "evt.type", "uringop" }, { "audit.uringop.uring_op", "18" }, { "proc.pid", "2" }, { "user.uid", "4" }, { "audit.uid", "3" },
	    { "evt.res", "SUCCESS" }, { "evt.incomplete", NULL }, { "audit.keys", "k" }, { "fs.path.name", "/f" },
	    { "evt.rawres", "5" } } },
	{ "FANOTIFY", REC("FANOTIFY", "resp=2 fan_type=1 fan_info=3137 subj_trust=3 obj_trust=5"),
	  { { "evt.type", "fanotify" }, { "audit.fanotify.resp", "2" }, { "audit.fanotify.fan_type", "1" }, { "audit.fanotify.fan_info", "3137" } } },
	{ "TIME_ADJNTPVAL", REC("TIME_ADJNTPVAL", "op=status old=64 new=8192"), { { "audit.op", "status" }, { "audit.time_adjntpval.new", "8192" } } },
	{ "unknown number", REC("UNKNOWN[1999]", "a=1 b=\"two words\" bare words c=3 novel=\"\""),
	  { { "evt.type", "unknown_1999" }, { "audit.types", "UNKNOWN[1999]" }, { "audit.unknown_1999.a", "1" },
	    { "audit.unknown_1999.b", "two words" }, { "audit.unknown_1999.text", "bare words" },
	    { "audit.unknown_1999.c", "3" }, { "audit.unknown_1999.novel", NULL } } },
	{ "unknown name", REC("NOVELTY", "a=1"), { { "evt.type", "novelty" }, { "audit.types", "NOVELTY" }, { "audit.novelty.a", "1" } } },
	{ "odd keys", REC("UNKNOWN[1999]", "x-y=4 a.b=6 a[1]=5 k%y=1 \xc3\xa9=2"),
	  { { "audit.unknown_1999.x_y", "4" }, { "audit.unknown_1999.a~2Eb", "6" }, { "audit.unknown_1999.a~5B1~5D", "5" },
	    { "audit.unknown_1999.text", "k%y=1 \xc3\xa9=2" } } },
	{ "kernel log", "audit: type=1130 audit(1700000000.123:7): pid=1 uid=0 msg='unit=x res=failed'\n",
	  { { "evt.type", "service_start" }, { "audit.unit", "x" }, { "evt.res", "FAILED" } } },
	{ "behind syslog", "Nov 21 10:00:00 host kernel: [ 12.3] audit: type=1701 audit(1700000000.123:7): auid=0 sig=6\n",
	  { { "evt.type", "anom_abend" }, { "audit.anom_abend.sig", "6" } } },
	{ "no record", "what is this\n",
	  { { "evt.type", "audit.raw" }, { "evt.category", "audit" }, { "evt.source", "audit" }, { "audit.raw", "what is this" },
	    { "audit.op", "no record" }, { "evt.incomplete", NULL }, { "audit.serial", NULL } } },
	{ "raw", CALL(39, OK("1"), "a0=0") TITLE("\"x\""),
	  { { "audit.raw", "type=SYSCALL msg=audit(1700000000.123:7): arch=c000003e syscall=39 success=yes exit=1 a0=0 items=0 " WHO
		" comm=\"cmd\" exe=\"/bin/cmd\" key=(null)\ntype=PROCTITLE msg=audit(1700000000.123:7): proctitle=\"x\"" } } },
};

static const struct log_case tty_cases[] = {
	{ "TTY", REC("TTY", "tty pid=5 uid=0 auid=0 ses=1 major=136 minor=0 comm=\"sh\" data=736563726574"), { { "audit.tty.data", "secret" } } },
	{ "USER_TTY", REC("USER_TTY", "pid=5 uid=0 auid=0 ses=1 data=\"secret\""), { { "audit.user_tty.data", "secret" } } },
};

static void users(void **state)
{
	(void)state;
	RUN_CASES(user_cases);
}

static void logins(void **state)
{
	(void)state;
	RUN_CASES(login_cases);
}

static void mac(void **state)
{
	(void)state;
	RUN_CASES(mac_cases);
}

static void kernel(void **state)
{
	(void)state;
	RUN_CASES(kernel_cases);
}

static void tty_data_shown(void **state)
{
	(void)state;
	run_cases(tty_cases, sizeof(tty_cases) / sizeof(tty_cases[0]), true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(users), cmocka_unit_test(logins), cmocka_unit_test(mac), cmocka_unit_test(kernel),
		cmocka_unit_test(tty_data_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
