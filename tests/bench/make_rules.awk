# N rules such as people write them, no two alike, for measuring: files by name, directory and part of a name, programs by
# their own, their parents' and their ancestors' names, calls by argument, addresses and ports, users. Few events match:
# of the corpus those that remove the links of a runlevel.
#
#   awk -v N=100 -f make_rules.awk > FILE

function rule(i, condition) {
	printf "[rule bench_%d]\nname = Bench rule %d\ncondition = %s\n", i, i, condition
	printf "output = Bench (file=%%fd.name command=%%proc.cmdline parent=%%proc.pname user=%%user.name)\npriority = Notice\n\n"
}

BEGIN {
	print "[macro open_write]\ncondition = evt.type in (open, openat, openat2) and evt.is_open_write = true and fd.num >= 0\n"
	print "[macro open_read]\ncondition = evt.type in (open, openat, openat2) and evt.is_open_read = true and fd.num >= 0\n"
	print "[macro spawned]\ncondition = evt.type in (execve, execveat) and evt.failed = false\n"
	print "[macro linked]\ncondition = evt.type in (rename, renameat, renameat2, link, linkat, symlink, symlinkat)\n"
	print "[list shells]\nitems = ash, bash, csh, dash, ksh, sh, tcsh, zsh\n"
	print "[list packages]\nitems = apt, apt-get, aptitude, dnf, dpkg, rpm, yum, zypper, snapd, pip, npm\n"
	print "[list servers]\nitems = httpd, nginx, mysqld, postgres, redis-server, named, smbd, exim4, master\n"
	for (i = 0; i < N; i++) {
		k = int(i / 12)
		if (i % 12 == 0)
			rule(i, "open_write and fd.name startswith /etc/service" k "/ and not proc.name in (packages)")
		else if (i % 12 == 1)
			rule(i, "open_read and fd.name in (/etc/secret" k ", /srv/key" k ".pem) and not proc.name in (servers)")
		else if (i % 12 == 2)
			rule(i, "spawned and proc.name = tool" k " and proc.pname in (servers)")
		else if (i % 12 == 3)
			rule(i, "spawned and proc.name in (shells) and proc.aname[2] = daemon" k)
		else if (i % 12 == 4)
			rule(i, "evt.type = connect and fd.sport = " 20000 + k " and not fd.snet in (10.0.0.0/8, 192.168.0.0/16)")
		else if (i % 12 == 5)
			rule(i, "linked and fs.path.target startswith /srv/data" k "/")
		else if (i % 12 == 6)
			rule(i, "evt.type in (unlink, unlinkat) and fs.path.name contains /rc" k ".d/ and user.loginuid >= 1000")
		else if (i % 12 == 7)
			rule(i, "open_read and fd.filename = id_rsa" k " and user.loginuid > 0")
		else if (i % 12 == 8)
			rule(i, "evt.type in (chmod, fchmod, fchmodat) and evt.arg.mode contains 0" 4000 + k " and user.loginuid = " 1000 + k)
		else if (i % 12 == 9)
			rule(i, "spawned and proc.cmdline contains \"--option-" k "\" and proc.pname exists")
		else if (i % 12 == 10)
			rule(i, "open_write and fd.directory = /usr/lib/module" k " and not proc.name in (packages)")
		else
			rule(i, "evt.type in (user_login, user_auth) and audit.acct = user" k " and evt.failed = true")
	}
	print "[output none]\ntype = file\npath = /dev/null\n"
}
